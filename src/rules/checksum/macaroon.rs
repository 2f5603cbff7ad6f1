use super::bits;

/// True for a token whose last dash is followed by a macaroon (version 2, binary) that is there
/// from its location to its signature.
pub fn is_whole(token: &[u8]) -> bool {
    let Some(dash) = token.iter().position(|b| *b == b'-') else {
        return false;
    };
    let bytes = token.get(dash + 1..).and_then(bits::base64);
    bytes.is_some_and(|bytes| walk(&bytes).is_some())
}

fn walk(bytes: &[u8]) -> Option<()> {
    let mut rest = bytes.strip_prefix(&[2])?;
    // The header's section, then one for each caveat, each closed by a 0; a 0 closes them all.
    rest = section(rest)?;
    while rest.first() != Some(&0) {
        rest = section(rest)?;
    }
    let (kind, data, rest) = field(rest.get(1..)?)?;
    (kind == 6 && data.len() == 32 && rest.is_empty()).then_some(())
}

fn section(mut rest: &[u8]) -> Option<&[u8]> {
    while rest.first() != Some(&0) {
        let (kind, _, after) = field(rest)?;
        if !matches!(kind, 1 | 2 | 4) {
            return None;
        }
        rest = after;
    }
    rest.get(1..)
}

/// A field's kind, its data, and what follows.
fn field(rest: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (kind, rest) = rest.split_first()?;
    let (low, rest) = rest.split_first()?;
    let (length, rest) = match low & 0x80 {
        0 => (usize::from(*low), rest),
        _ => {
            let (high, rest) = rest.split_first()?;
            (usize::from(low & 0x7f) | usize::from(*high) << 7, rest)
        }
    };
    Some((*kind, rest.get(..length)?, rest.get(length..)?))
}

#[cfg(test)]
mod tests {
    use super::walk;

    #[test]
    fn a_macaroon_is_whole_or_it_is_none() {
        let mut bytes = vec![2, 1, 8];
        bytes.extend(b"pypi.org");
        bytes.extend([2, 3, b'a', b'b', b'c', 0, 2, 2, b'[', b']', 0, 0, 6, 32]);
        bytes.extend([7; 32]);
        assert!(walk(&bytes).is_some());
        for length in 0..bytes.len() {
            assert!(walk(&bytes[..length]).is_none(), "{length}");
        }
        bytes.push(0);
        assert!(walk(&bytes).is_none());
    }
}
