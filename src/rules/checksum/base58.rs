use sha2::{Digest, Sha256};

const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// Longest text that is decoded: the work grows with the square of the length.
const LONGEST: usize = 128;

fn decode(text: &[u8]) -> Option<Vec<u8>> {
    // The least significant byte first.
    let mut bytes: Vec<u8> = Vec::new();
    for digit in text.iter().filter(|_| text.len() <= LONGEST) {
        let mut carry = BASE58.iter().position(|known| known == digit)?;
        for byte in &mut bytes {
            carry += usize::from(*byte) * 58;
            *byte = (carry & 0xff) as u8;
            carry >>= 8;
        }
        if carry > 0 {
            bytes.push(u8::try_from(carry).ok()?);
        }
    }
    let zeros = text.iter().take_while(|digit| **digit == b'1').count();
    bytes.extend(std::iter::repeat_n(0, zeros));
    bytes.reverse();
    Some(bytes)
}

fn check(payload: &[u8]) -> [u8; 4] {
    let twice = Sha256::digest(Sha256::digest(payload));
    twice.first_chunk().copied().unwrap_or_default()
}

/// True where the last four bytes are the start of the double SHA-256 of the others.
pub fn holds(text: &[u8]) -> bool {
    decode(text).is_some_and(|bytes| {
        bytes
            .split_last_chunk::<4>()
            .is_some_and(|(payload, last)| !payload.is_empty() && check(payload) == *last)
    })
}

/// The payload with its check behind it, in base 58.
pub fn encode_check(payload: &[u8]) -> String {
    let bytes = [payload, &check(payload)].concat();
    let mut digits: Vec<usize> = Vec::new();
    for byte in &bytes {
        let mut carry = usize::from(*byte);
        for digit in &mut digits {
            carry += *digit * 256;
            *digit = carry % 58;
            carry /= 58;
        }
        while carry > 0 {
            digits.push(carry % 58);
            carry /= 58;
        }
    }
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    digits.extend(std::iter::repeat_n(0, zeros));
    let letters = digits.iter().rev().filter_map(|digit| BASE58.get(*digit));
    letters.map(|letter| char::from(*letter)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_examples_come_out() {
        assert_eq!(decode(b"2NEpo7TZRRrLZSi2U"), Some(b"Hello World!".to_vec()));
        // The address of the first block, known to everybody.
        assert!(holds(b"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"));
        assert!(!holds(b"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb"));
        assert!(!holds(b"0OIl") && !holds(b""));
    }

    #[test]
    fn keys_that_are_encoded_hold_and_look_as_they_should() {
        let extended = encode_check(&[&[0x04, 0x88, 0xad, 0xe4][..], &[5; 74]].concat());
        assert!(extended.starts_with("xprv") && extended.len() == 111);
        assert!(holds(extended.as_bytes()));
        let wallet = encode_check(&[&[0x80][..], &[9; 32], &[1]].concat());
        assert!(matches!(wallet.as_bytes(), [b'K' | b'L', ..]) && wallet.len() == 52);
        assert!(holds(wallet.as_bytes()));
    }

    #[test]
    fn a_long_text_is_not_decoded() {
        assert!(!holds(&[b'z'; 100_000]));
    }
}
