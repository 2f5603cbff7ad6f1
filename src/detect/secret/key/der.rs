/// Length in bytes of the DER sequence that starts here, its header included.
pub fn sequence_length(bytes: &[u8]) -> Option<usize> {
    let (length, header) = match *bytes {
        [0x30, short, ..] if short < 0x80 => (usize::from(short), 2),
        [0x30, 0x81, one, ..] => (usize::from(one), 3),
        [0x30, 0x82, high, low, ..] => (usize::from(high) << 8 | usize::from(low), 4),
        [0x30, 0x83, top, high, low, ..] => (
            usize::from(top) << 16 | usize::from(high) << 8 | usize::from(low),
            5,
        ),
        _ => return None,
    };
    Some(length + header)
}

/// What follows the header of a sequence.
pub fn content(bytes: &[u8]) -> Option<&[u8]> {
    let header = match *bytes {
        [0x30, short, ..] if short < 0x80 => 2,
        [0x30, long, ..] if (0x81..=0x84).contains(&long) => usize::from(long - 0x80) + 2,
        _ => return None,
    };
    bytes.get(header..)
}

/// A sequence whose length says that it ends where the bytes end.
pub fn is_whole(bytes: &[u8]) -> bool {
    sequence_length(bytes) == Some(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_may_lie() {
        assert!(is_whole(&[0x30, 2, 5, 0]));
        assert!(is_whole(&[&[0x30, 0x81, 0x80][..], &[0; 128]].concat()));
        assert!(!is_whole(&[0x30, 3, 5, 0]));
        assert!(!is_whole(&[0x30, 0x83, 0xff, 0xff, 0xff]));
        assert!(!is_whole(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]));
        assert!(!is_whole(&[]) && !is_whole(&[0x30]) && !is_whole(&[0x31, 0]));
        assert_eq!(content(&[0x30, 0x82, 0, 1, 9]), Some(&[9][..]));
    }
}
