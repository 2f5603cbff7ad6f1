use super::crc;

/// GitLab's routable tokens end in two digits of base 36 for the length of the payload and seven
/// for the CRC-32 of all before them. An instance may put a prefix of its own in front, so that a
/// check that does not hold says nothing.
pub fn holds(prefix: &[u8], body: &[u8]) -> bool {
    let tail = || {
        let dot = body.iter().rposition(|b| *b == b'.')?;
        let (payload, tail) = (body.get(..dot)?, body.get(dot + 1..)?);
        let payload = payload.split(|b| *b == b'.').next()?;
        let (length, check) = tail.split_at_checked(2)?;
        Some((payload.len(), length, check))
    };
    let Some((payload, length, check)) = tail() else {
        return false;
    };
    let before = body.get(..body.len() - check.len()).unwrap_or_default();
    let says = |bytes: &[u8]| check == crc::base36::<7>(crc::crc32(bytes)).as_slice();
    let length_holds =
        u32::try_from(payload).is_ok_and(|payload| length == crc::base36::<2>(payload).as_slice());
    length_holds && (says(&[prefix, before].concat()) || says(before))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_and_check_hold_together_or_nothing_is_said() {
        let payload = "abcdefghijklmnopqrstuvwxyzA";
        for before in [format!("{payload}.01.0r"), format!("{payload}.0r")] {
            let token = format!("glpat-{before}");
            let check = crc::base36::<7>(crc::crc32(token.as_bytes()));
            let body = before + &String::from_utf8_lossy(&check);
            assert!(holds(b"glpat-", body.as_bytes()));
            assert!(!holds(b"glpat-", body.replacen('a', "b", 1).as_bytes()));
            assert!(!holds(b"glpat-", body.replacen(".0r", ".0s", 1).as_bytes()));
        }
        assert!(!holds(b"glpat-", payload.as_bytes()));
    }
}
