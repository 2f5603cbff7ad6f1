/// The packet of a secret key (RFC 4880) that starts here: whether it needs a passphrase. `None`:
/// it is none.
pub fn secret_key(bytes: &[u8]) -> Option<bool> {
    let (first, rest) = bytes.split_first()?;
    let (tag, header) = match (first & 0xc0, rest.first()?) {
        (0xc0, short) if *short < 192 => (first & 0x3f, 1),
        (0xc0, middle) if *middle < 224 => (first & 0x3f, 2),
        (0xc0, 255) => (first & 0x3f, 5),
        (0x80, _) => (first >> 2 & 15, 1 << (first & 3).min(2)),
        _ => return None,
    };
    let body = rest.get(header..)?;
    let ([4, _, _, _, _, algorithm], fields) = body.split_first_chunk::<6>()? else {
        return None;
    };
    if tag != 5 {
        return None;
    }
    let usage = after_public(*algorithm, fields)?.first()?;
    Some(*usage != 0)
}

/// What follows the public part of a key.
fn after_public(algorithm: u8, fields: &[u8]) -> Option<&[u8]> {
    let (numbers, on_curve) = match algorithm {
        1..=3 => (2, false),
        16 => (3, false),
        17 => (4, false),
        18 | 19 | 22 => (1, true),
        _ => return None,
    };
    let mut rest = fields;
    if on_curve {
        rest = rest.get(1 + usize::from(*rest.first()?)..)?;
    }
    for _ in 0..numbers {
        let (bits, after) = rest.split_first_chunk::<2>()?;
        let bits = usize::from(u16::from_be_bytes(*bits));
        rest = after.get(bits.div_ceil(8)..)?;
    }
    if algorithm == 18 {
        rest = rest.get(1 + usize::from(*rest.first()?)..)?;
    }
    Some(rest)
}

/// The base64 of a block without its check, and whether that holds.
pub fn checked(base64: &[u8]) -> (&[u8], Option<Vec<u8>>) {
    let split = base64.split_last_chunk::<5>();
    let Some((body, [b'=', check @ ..])) = split else {
        return (base64, None);
    };
    let sum = || {
        let bytes = super::super::base64::decode(body)?;
        let check = super::super::base64::decode(check)?;
        (check == crc24(&bytes)).then_some(bytes)
    };
    (body, sum())
}

fn crc24(bytes: &[u8]) -> [u8; 3] {
    let crc = bytes.iter().fold(0x00b7_04ce_u32, |mut crc, byte| {
        crc ^= u32::from(*byte) << 16;
        for _ in 0..8 {
            crc <<= 1;
            if crc & 0x0100_0000 != 0 {
                crc ^= 0x0186_4cfb;
            }
        }
        crc
    });
    let [_, check @ ..] = crc.to_be_bytes();
    check
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_check_value_comes_out() {
        assert_eq!(crc24(b"123456789"), [0x21, 0xcf, 0x02]);
    }

    #[test]
    fn a_key_is_open_or_behind_a_passphrase() {
        let key = |usage: u8| {
            let mut key = vec![0x95, 0, 30, 4, 0, 0, 0, 1, 1, 0, 16, 200, 1, 0, 2, 3, usage];
            key.extend([1; 16]);
            key
        };
        assert_eq!(secret_key(&key(0)), Some(false));
        assert_eq!(secret_key(&key(254)), Some(true));
        let mut public = key(0);
        public[0] = 0x99;
        assert_eq!(secret_key(&public), None);
        for length in 0..16 {
            assert_eq!(secret_key(&key(0)[..length]), None);
        }
    }
}
