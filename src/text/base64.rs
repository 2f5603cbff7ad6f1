/// Decodes base64 of either alphabet, padded or not; `None` where a byte does not belong.
pub fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut held) = (0u32, 0u32);
    let trimmed = text
        .iter()
        .rposition(|b| *b != b'=')
        .map_or(0, |last| last + 1);
    for byte in text.get(..trimmed)? {
        bits = bits << 6 | u32::from(digit(*byte)?);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push(u8::try_from(bits >> held & 0xff).ok()?);
        }
    }
    Some(out)
}

/// The value of a digit of base64, of either alphabet.
pub fn digit(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn both_alphabets_decode_with_and_without_padding() {
        assert_eq!(decode(b"aGk_"), Some(b"hi?".to_vec()));
        assert_eq!(decode(b"aGk/"), Some(b"hi?".to_vec()));
        assert_eq!(decode(b"aGVsbG8="), Some(b"hello".to_vec()));
        assert_eq!(decode(b"aGVsbG8"), Some(b"hello".to_vec()));
        assert_eq!(decode(b"a b"), None);
    }
}
