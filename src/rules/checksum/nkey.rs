//! Seeds in base32 whose last two bytes are the CRC-16 of the others: NATS and Stellar.

use super::{bits, crc};

/// What every seed of NATS and of Stellar begins with: `S`.
const SEED: u8 = 18 << 3;

/// The bytes before a check that holds.
fn checked(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = bits::base32(text)?;
    let (payload, check) = bytes.split_last_chunk::<2>()?;
    if crc::crc16(payload).to_le_bytes() != *check {
        return None;
    }
    bytes.truncate(bytes.len() - 2);
    Some(bytes)
}

/// Two bytes that hold `S` and the role (`U`, `A`, `O`, `N`, `C`, `X`), and 32 of the seed.
pub fn is_nats_seed(text: &[u8]) -> bool {
    checked(text).is_some_and(|bytes| {
        bytes.len() == 34 && bytes.first().is_some_and(|first| first & 0xf8 == SEED)
    })
}

pub fn is_stellar_seed(text: &[u8]) -> bool {
    checked(text).is_some_and(|bytes| bytes.len() == 33 && bytes.first() == Some(&SEED))
}

/// The bytes with their check behind them, in base32.
pub fn encode(bytes: &[u8]) -> String {
    bits::to_base32(&[bytes, &crc::crc16(bytes).to_le_bytes()].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_told_by_its_check_its_length_and_its_role() {
        let body = [7u8; 32];
        let nats = encode(&[&[SEED | 5, 0][..], &body].concat());
        let stellar = encode(&[&[SEED][..], &body].concat());
        assert!(nats.starts_with("SUA") && nats.len() == 58);
        assert!(stellar.starts_with('S') && stellar.len() == 56);
        assert!(is_nats_seed(nats.as_bytes()) && !is_stellar_seed(nats.as_bytes()));
        assert!(is_stellar_seed(stellar.as_bytes()) && !is_nats_seed(stellar.as_bytes()));
        let changed = nats.replacen("SUA", "SUB", 1);
        assert!(!is_nats_seed(changed.as_bytes()));
        let public = encode(&[&[20 << 3][..], &body].concat());
        assert!(!is_nats_seed(public.as_bytes()) && !is_stellar_seed(public.as_bytes()));
    }
}
