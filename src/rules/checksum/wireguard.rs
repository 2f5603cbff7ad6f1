use super::bits;

/// True for 32 bytes that are set as private keys of Curve25519 are: the lowest three bits and the
/// highest one are 0, the one below it is 1. One of 32 other texts is set like this.
pub fn is_clamped(key: &[u8]) -> bool {
    matches!(
        bits::base64(key).as_deref(),
        Some([first, .., last]) if first & 7 == 0 && last & 0xc0 == 0x40
    )
}

#[cfg(test)]
mod tests {
    use super::is_clamped;

    #[test]
    fn five_bits_tell() {
        // 32 bytes: 8, zeros, 64.
        let key = format!("C{}EA=", "A".repeat(40));
        assert!(is_clamped(key.as_bytes()));
        assert!(!is_clamped(key.replacen("CA", "CQ", 1).as_bytes()));
        assert!(!is_clamped(b"") && !is_clamped(b"AA"));
    }
}
