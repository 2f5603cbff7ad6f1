const MAGIC: &[u8] = b"openssh-key-v1\0";

/// What OpenSSH's own format tells: whether its parts are all there, and whether it needs a
/// passphrase. `None`: it is not that format.
pub fn read(bytes: &[u8]) -> Option<(bool, bool)> {
    let rest = bytes.strip_prefix(MAGIC)?;
    let (cipher, rest) = string(rest)?;
    let encrypted = cipher != b"none";
    let whole = || {
        let (_function, rest) = string(rest)?;
        let (_options, rest) = string(rest)?;
        let (_public, rest) = string(rest.get(4..)?)?;
        let (private, _) = string(rest)?;
        (!private.is_empty()).then_some(())
    };
    Some((whole().is_some(), encrypted))
}

/// A string behind its length, and what follows.
fn string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(u32::from_be_bytes(*length) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(cipher: &[u8]) -> Vec<u8> {
        let mut key = MAGIC.to_vec();
        for part in [cipher, b"none", b""] {
            key.extend((part.len() as u32).to_be_bytes());
            key.extend(part);
        }
        key.extend([0, 0, 0, 1, 0, 0, 0, 2, 7, 7, 0, 0, 0, 3, 9, 9, 9]);
        key
    }

    #[test]
    fn a_key_is_whole_and_open_or_not() {
        assert_eq!(read(&key(b"none")), Some((true, false)));
        assert_eq!(read(&key(b"aes256-ctr")), Some((true, true)));
        let plain = key(b"none");
        for length in 0..plain.len() {
            let told = read(&plain[..length]);
            assert!(told.is_none_or(|(whole, _)| !whole), "{length}");
        }
        let mut lies = MAGIC.to_vec();
        lies.extend([0xff; 8]);
        assert_eq!(read(&lies), None);
    }
}
