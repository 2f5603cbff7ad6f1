use std::fmt;

use crate::advisory::Day;

/// A day, for expiries. Policy is given today's; it has no clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date(Day);

impl Date {
    /// Reads `YYYY-MM-DD` and nothing more; days that no calendar has are refused.
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() == 10)
            .then(|| Day::parse(text).map(Self))
            .flatten()
    }

    /// The day as the tables of detection know it.
    pub fn day(self) -> Day {
        self.0
    }

    /// The UTC day of a number of seconds since 1970-01-01.
    pub fn from_unix(seconds: u64) -> Self {
        Self(Day::from_days(
            u32::try_from(seconds / 86_400).unwrap_or(u32::MAX),
        ))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::Date;

    #[test]
    fn only_days_of_the_calendar_are_dates() {
        assert!(Date::parse("2028-02-29").is_some());
        for bad in ["2027-02-29", "2027-13-01", "2027-1-01", "2027-01-01x", "x"] {
            assert_eq!(Date::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn seconds_become_the_right_day() {
        assert_eq!(Date::from_unix(0).to_string(), "1970-01-01");
        assert_eq!(Date::from_unix(951_782_400).to_string(), "2000-02-29");
        assert_eq!(Date::from_unix(1_798_675_200).to_string(), "2026-12-31");
    }
}
