use super::bits;

/// The account that an access key id names: of the ten bytes behind the prefix, 40 bits after the
/// first one. Only ids whose first bit is set hold it; those of earlier years do not.
pub fn account(body: &[u8]) -> Option<u64> {
    let bytes = bits::base32(body).filter(|bytes| bytes.len() == 10)?;
    let top = bytes
        .iter()
        .take(6)
        .fold(0u64, |n, b| n << 8 | u64::from(*b));
    let account = (top & 0x7fff_ffff_ff80) >> 7;
    (top >> 47 == 1 && account <= 999_999_999_999).then_some(account)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_stands_behind_the_first_bit() {
        let number = 581_039_954_779u64;
        let bits = 1 << 47 | number << 7 | 0x55;
        let bytes = [&bits.to_be_bytes()[2..], &[1, 2, 3, 4]].concat();
        let id = bits::to_base32(&bytes);
        assert_eq!(account(id.as_bytes()), Some(number));
        let earlier = format!("I{}", &id[1..]);
        assert_eq!(account(earlier.as_bytes()), None);
        assert_eq!(account(b"ABC"), None);
    }
}
