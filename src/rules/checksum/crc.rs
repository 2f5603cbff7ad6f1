const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE36: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

/// CRC-32 (IEEE), bit by bit: tokens are short.
pub fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |mut crc, byte| {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
        }
        crc
    })
}

/// CRC-16/XMODEM.
pub fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0u16, |mut crc, byte| {
        crc ^= u16::from(*byte) << 8;
        for _ in 0..8 {
            crc = (crc << 1) ^ (0x1021 & (crc >> 15).wrapping_neg());
        }
        crc
    })
}

/// A number in the digits of an alphabet, filled up with zeros.
fn digits<const N: usize>(number: u32, alphabet: &[u8]) -> [u8; N] {
    let mut rest = number as usize;
    let mut digits = [b'0'; N];
    for digit in digits.iter_mut().rev() {
        *digit = alphabet.get(rest % alphabet.len()).copied().unwrap_or(b'0');
        rest /= alphabet.len();
    }
    digits
}

pub fn base36<const N: usize>(number: u32) -> [u8; N] {
    digits(number, BASE36)
}

/// True where the last six characters are the CRC-32 of the others.
pub fn base62_holds(body: &[u8]) -> bool {
    body.split_last_chunk::<6>()
        .is_some_and(|(payload, check)| *check == digits(crc32(payload), BASE62))
}

/// The payload with its check behind it.
pub fn complete_base62(payload: &str) -> String {
    let check: [u8; 6] = digits(crc32(payload.as_bytes()), BASE62);
    payload.chars().chain(check.map(char::from)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_check_values_come_out() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc16(b"123456789"), 0x31c3);
    }

    #[test]
    fn what_is_completed_holds_and_a_changed_character_does_not() {
        let body = complete_base62("abcdefghijklmnopqrstuvwxyz0123");
        assert!(base62_holds(body.as_bytes()));
        assert!(!base62_holds(body.replacen('a', "b", 1).as_bytes()));
        assert!(!base62_holds(b"abc"));
    }
}
