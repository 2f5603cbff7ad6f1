//! Points in time, as people write them.

const UNITS: &[(&str, i64)] = &[
    ("second", 1),
    ("minute", 60),
    ("hour", 3_600),
    ("day", 86_400),
    ("week", 604_800),
    ("month", 2_629_746),
    ("year", 31_556_952),
];

/// Reads a date or a distance from now: `2026-01-31`, RFC 3339 and what git prints, `2 weeks ago`,
/// `90 days`. A day alone is its first second, or its last one where it ends something. Seconds
/// since 1970, in UTC where nothing says otherwise.
pub fn point_in_time(text: &str, now: i64, is_end: bool) -> Option<i64> {
    let text = text.trim();
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    if let [count, unit] | [count, unit, "ago"] = words.as_slice()
        && let Ok(count) = count.parse::<u32>()
    {
        let unit = unit.strip_suffix('s').unwrap_or(unit);
        let (_, seconds) = UNITS.iter().find(|(name, _)| *name == unit)?;
        return now.checked_sub(i64::from(count) * seconds);
    }
    let is_day = text.len() == 10 && text.as_bytes().get(4) == Some(&b'-');
    let full = match is_day {
        true if is_end => format!("{text} 23:59:59 +0000"),
        true => format!("{text} 00:00:00 +0000"),
        false => text.to_owned(),
    };
    gix::date::parse(&full, None).ok().map(|time| time.seconds)
}

#[cfg(test)]
mod tests {
    use super::point_in_time;

    #[test]
    fn dates_and_distances_are_understood() {
        let now = 1_000_000_000;
        let since = |text| point_in_time(text, now, false);
        assert_eq!(since("2001-09-09"), Some(999_993_600));
        assert_eq!(point_in_time("2001-09-09", now, true), Some(1_000_079_999));
        assert_eq!(since("2001-09-09T01:46:40Z"), Some(now));
        assert_eq!(since("2001-09-09T03:46:40+02:00"), Some(now));
        assert_eq!(since("2 weeks ago"), Some(now - 1_209_600));
        assert_eq!(since("1 day"), Some(now - 86_400));
        for bad in ["", "whenever", "2 moons", "2001-13-40"] {
            assert_eq!(since(bad), None, "{bad}");
        }
    }
}
