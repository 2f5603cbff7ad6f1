use super::bits;

/// Bits below the milliseconds of a Discord id, which count from 2015.
const SHIFT: u32 = 22;
/// A year in milliseconds.
const YEAR: u64 = 365 * 24 * 3600 * 1000;

/// True where the first part of a bot's token is its id: a number in base64 whose time lies
/// between 2015 and 2045.
pub fn holds(body: &[u8]) -> bool {
    let first = body.split(|b| *b == b'.').next().unwrap_or_default();
    let id = || {
        let text = bits::base64(first)?;
        let digits = (17..=20).contains(&text.len()) && text.iter().all(u8::is_ascii_digit);
        let id: u64 = std::str::from_utf8(&text).ok()?.parse().ok()?;
        digits.then_some(id)
    };
    id().is_some_and(|id| (1..30 * YEAR).contains(&(id >> SHIFT)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_part_is_an_id_with_a_time_or_nothing_is_said() {
        // 175928847299117063, the id of Discord's own documentation.
        assert!(holds(b"MTc1OTI4ODQ3Mjk5MTE3MDYz.a.b"));
        assert!(!holds(b"NTc1OTI4ODQ3Mjk5MTE3MDYa.a.b"));
        assert!(!holds(b"") && !holds(b"aGVsbG8.a.b"));
    }
}
