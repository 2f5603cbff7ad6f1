//! The checks that tokens carry inside themselves.

use super::pattern::secret::Checksum;

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BECH32: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

impl Checksum {
    /// True where the check of a token with this prefix and body holds.
    pub fn holds(self, prefix: &[u8], body: &[u8]) -> bool {
        match self {
            Self::Crc32Base62 => body
                .split_last_chunk::<6>()
                .is_some_and(|(payload, check)| *check == crc32_base62(payload)),
            Self::Bech32 => bech32_holds(prefix, body),
        }
    }

    /// The body with its check behind it.
    pub fn complete(self, prefix: &str, payload: &str) -> String {
        let check = match self {
            Self::Crc32Base62 => crc32_base62(payload.as_bytes()).to_vec(),
            Self::Bech32 => bech32_check(prefix.as_bytes(), payload.as_bytes()),
        };
        payload
            .chars()
            .chain(check.into_iter().map(char::from))
            .collect()
    }
}

/// CRC-32 (IEEE), bit by bit: tokens are short.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |mut crc, byte| {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
        }
        crc
    })
}

fn crc32_base62(payload: &[u8]) -> [u8; 6] {
    let mut rest = crc32(payload) as usize;
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit = BASE62.get(rest % 62).copied().unwrap_or(b'0');
        rest /= 62;
    }
    digits
}

/// One step of the Bech32 code (BIP-173).
fn polymod(check: u32, value: u8) -> u32 {
    const GENERATOR: [u32; 5] = [
        0x3b6a_57b2,
        0x2650_8e6d,
        0x1ea1_19fa,
        0x3d42_33dd,
        0x2a14_62b3,
    ];
    let top = check >> 25;
    let shifted = ((check & 0x01ff_ffff) << 5) ^ u32::from(value);
    GENERATOR
        .iter()
        .enumerate()
        .filter(|(bit, _)| top >> bit & 1 == 1)
        .fold(shifted, |check, (_, generator)| check ^ generator)
}

/// The state after the human-readable part: the prefix without its final `1`, in lower case.
fn bech32_start(prefix: &[u8]) -> u32 {
    let human = prefix
        .strip_suffix(b"1")
        .unwrap_or(prefix)
        .to_ascii_lowercase();
    let high = human.iter().map(|c| c >> 5);
    let low = human.iter().map(|c| c & 31);
    high.chain([0]).chain(low).fold(1, polymod)
}

fn bech32_values(body: &[u8]) -> Option<Vec<u8>> {
    body.iter()
        .map(|c| {
            let at = BECH32
                .iter()
                .position(|known| *known == c.to_ascii_lowercase())?;
            u8::try_from(at).ok()
        })
        .collect()
}

fn bech32_holds(prefix: &[u8], body: &[u8]) -> bool {
    bech32_values(body)
        .is_some_and(|values| values.into_iter().fold(bech32_start(prefix), polymod) == 1)
}

fn bech32_check(prefix: &[u8], payload: &[u8]) -> Vec<u8> {
    let values = bech32_values(payload).unwrap_or_default();
    let state = values
        .into_iter()
        .chain([0; 6])
        .fold(bech32_start(prefix), polymod)
        ^ 1;
    (0..6)
        .map(|at| {
            let value = (state >> (5 * (5 - at))) & 31;
            BECH32
                .get(value as usize)
                .copied()
                .unwrap_or(b'q')
                .to_ascii_uppercase()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crc32_agrees_with_its_published_check_value() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn bech32_agrees_with_the_example_of_its_specification() {
        assert!(bech32_holds(b"A1", b"2UEL5L"));
        assert!(bech32_holds(
            b"abcdef1",
            b"qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw"
        ));
        assert!(!bech32_holds(
            b"abcdef1",
            b"qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxx"
        ));
    }

    #[test]
    fn what_is_completed_holds_and_a_changed_character_does_not() {
        let body = Checksum::Crc32Base62.complete("ghp_", "abcdefghijklmnopqrstuvwxyz0123");
        assert!(Checksum::Crc32Base62.holds(b"ghp_", body.as_bytes()));
        let changed = body.replacen('a', "b", 1);
        assert!(!Checksum::Crc32Base62.holds(b"ghp_", changed.as_bytes()));
        let body = Checksum::Bech32.complete("AGE-SECRET-KEY-1", "QPZRY9X8GF");
        assert!(Checksum::Bech32.holds(b"AGE-SECRET-KEY-1", body.as_bytes()));
    }
}
