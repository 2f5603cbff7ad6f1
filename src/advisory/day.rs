//! A calendar day, as advisories date themselves. Shared with `build.rs`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Day(u32);

impl Day {
    /// Whole days since 1970-01-01.
    pub fn from_days(days: u32) -> Self {
        Self(days)
    }

    /// Reads the date at the start of an RFC 3339 text. `None` for what is no date, and for the
    /// years before 1970 that some databases write for "unknown".
    pub fn parse(text: &str) -> Option<Self> {
        let date = text.get(..10)?;
        if text.len() > 10 && !matches!(text.as_bytes().get(10), Some(b'T' | b't' | b' ')) {
            return None;
        }
        let mut parts = date.split('-');
        let year: i64 = number(parts.next()?, 4)?;
        let month: i64 = number(parts.next()?, 2)?;
        let day: i64 = number(parts.next()?, 2)?;
        if parts.next().is_some() || !(1..=12).contains(&month) || day < 1 {
            return None;
        }
        let parsed = Self(u32::try_from(days_from_civil(year, month, day)).ok()?);
        // A 30th of February comes back as another date.
        (parsed.civil() == (year, month, day)).then_some(parsed)
    }

    /// Days since 1970-01-01.
    pub fn days(self) -> u32 {
        self.0
    }

    /// How many days `self` lies before `today`; 0 for the future.
    pub fn age(self, today: Self) -> u32 {
        today.0.saturating_sub(self.0)
    }

    fn civil(self) -> (i64, i64, i64) {
        // Days are counted in eras of 400 years that begin on a 1st of March, so that the leap day
        // is the last day of a year.
        let shifted = i64::from(self.0) + 719_468;
        let era = shifted / 146_097;
        let day_of_era = shifted % 146_097;
        let year_of_era =
            (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 {
            shifted_month + 3
        } else {
            shifted_month - 9
        };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        (year, month, day)
    }
}

fn number(digits: &str, length: usize) -> Option<i64> {
    let plain = digits.len() == length && digits.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let shifted_month = (month + 9) % 12;
    let day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::Day;

    #[test]
    fn every_day_of_two_centuries_survives_writing_and_reading() {
        for days in 0..73_050 {
            let day = Day::from_days(days);
            assert_eq!(Day::parse(&day.to_string()), Some(day));
        }
        assert_eq!(
            Day::parse("2026-11-21T21:53:35Z").map(|d| d.to_string()),
            Some("2026-11-21".into())
        );
        assert_eq!(Day::parse("1970-01-02"), Some(Day::from_days(1)));
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "0001-01-01T00:00:00Z",
            "2026-02-30",
            "2026-13-01",
            "2026-1-011",
            "+026-01-01",
            "2026-01-011",
            "2026-01-0é",
        ] {
            assert_eq!(Day::parse(text), None, "{text}");
        }
    }

    #[test]
    fn an_age_is_never_negative() {
        let (old, new) = (Day::from_days(10), Day::from_days(13));
        assert_eq!((old.age(new), new.age(old)), (3, 0));
    }
}
