const BECH32: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

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
fn start(prefix: &[u8]) -> u32 {
    let human = prefix
        .strip_suffix(b"1")
        .unwrap_or(prefix)
        .to_ascii_lowercase();
    let high = human.iter().map(|c| c >> 5);
    let low = human.iter().map(|c| c & 31);
    high.chain([0]).chain(low).fold(1, polymod)
}

fn values(body: &[u8]) -> Option<Vec<u8>> {
    let value = |c: &u8| {
        let at = BECH32
            .iter()
            .position(|known| *known == c.to_ascii_lowercase())?;
        u8::try_from(at).ok()
    };
    body.iter().map(value).collect()
}

pub fn holds(prefix: &[u8], body: &[u8]) -> bool {
    values(body).is_some_and(|values| values.into_iter().fold(start(prefix), polymod) == 1)
}

/// The payload with its check behind it, in capitals.
pub fn complete(prefix: &str, payload: &str) -> String {
    let values = values(payload.as_bytes()).unwrap_or_default();
    let state = values
        .into_iter()
        .chain([0; 6])
        .fold(start(prefix.as_bytes()), polymod)
        ^ 1;
    let check = (0..6).map(|at| {
        let value = (state >> (5 * (5 - at))) & 31;
        let letter = BECH32.get(value as usize).copied().unwrap_or(b'q');
        char::from(letter.to_ascii_uppercase())
    });
    payload.chars().chain(check).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_specification_hold() {
        assert!(holds(b"A1", b"2UEL5L"));
        let values = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
        assert!(holds(b"abcdef1", format!("{values}mqqqxw").as_bytes()));
        assert!(!holds(b"abcdef1", format!("{values}mqqqxx").as_bytes()));
    }

    #[test]
    fn what_is_completed_holds() {
        let body = complete("AGE-SECRET-KEY-1", &"QPZRY9".repeat(2));
        assert!(holds(b"AGE-SECRET-KEY-1", body.as_bytes()));
        assert!(!holds(
            b"AGE-SECRET-KEY-1",
            body.replacen('P', "Z", 1).as_bytes()
        ));
    }
}
