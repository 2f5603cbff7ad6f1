use super::crc;

/// The eight hex digits at the end are the CRC-32 of what precedes them. In which order its bytes
/// stand, and whether the prefix counts, is not documented: each reading is proof, and none is
/// needed.
pub fn holds(prefix: &[u8], body: &[u8]) -> bool {
    let Some((secret, check)) = body.split_last_chunk::<9>() else {
        return false;
    };
    let says = |bytes: &[u8]| {
        let sum = crc::crc32(bytes);
        [sum, sum.swap_bytes()]
            .iter()
            .any(|sum| format!("_{sum:08x}").as_bytes() == check)
    };
    says(secret) || says(&[prefix, secret].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_order_of_bytes_is_proof_and_a_changed_character_is_none() {
        let secret = "abcdefghijklmnopqrstuvwxyz012345";
        let sum = crc::crc32(format!("glsa_{secret}").as_bytes());
        for sum in [sum, sum.swap_bytes()] {
            let body = format!("{secret}_{sum:08x}");
            assert!(holds(b"glsa_", body.as_bytes()));
            assert!(!holds(b"glsa_", body.replacen('b', "c", 1).as_bytes()));
        }
        assert!(!holds(b"glsa_", b"short"));
    }
}
