/// Decodes characters that stand for `bits` bits each, up to padding; `None` where one stands for
/// nothing.
fn decode(text: &[u8], bits: u32, value: impl Fn(u8) -> Option<u8>) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let (mut held, mut count) = (0u32, 0u32);
    let end = text.iter().rposition(|b| *b != b'=').map_or(0, |at| at + 1);
    for byte in text.get(..end)? {
        held = held << bits | u32::from(value(*byte)?);
        count += bits;
        if count >= 8 {
            count -= 8;
            out.push((held >> count & 0xff) as u8);
        }
    }
    Some(out)
}

pub fn base32(text: &[u8]) -> Option<Vec<u8>> {
    decode(text, 5, |byte| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'2'..=b'7' => Some(byte - b'2' + 26),
        _ => None,
    })
}

/// Base64 of either alphabet.
pub fn base64(text: &[u8]) -> Option<Vec<u8>> {
    decode(text, 6, |byte| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    })
}

/// Without padding.
pub fn to_base32(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bit = |at: usize| {
        let byte = bytes.get(at / 8).copied().unwrap_or(0);
        usize::from(byte >> (7 - at % 8) & 1)
    };
    (0..(bytes.len() * 8).div_ceil(5))
        .map(|at| (0..5).fold(0, |value, n| value << 1 | bit(at * 5 + n)))
        .filter_map(|value| LETTERS.get(value).copied())
        .map(char::from)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_rfc_4648_come_out() {
        assert_eq!(base32(b"MZXW6YTBOI======"), Some(b"foobar".to_vec()));
        assert_eq!(to_base32(b"foobar"), "MZXW6YTBOI");
        assert_eq!(base64(b"Zm9vYmE="), Some(b"fooba".to_vec()));
        assert_eq!(base32(b"M1"), None);
        assert_eq!(base64(b"a b"), None);
    }
}
