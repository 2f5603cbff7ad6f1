//! How old advisory data is. The caller says what day it is.

use super::day::Day;

/// The age of advisory data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Freshness {
    pub days: u32,
}

impl Freshness {
    /// Data that is older by days deserves a remark, unless somebody says otherwise.
    pub const STALE_AFTER: u32 = 30;

    /// `date` as [`crate::model::AdvisoryInfo::date`] has it; `None` where it is no date.
    pub fn of(date: &str, today: Day) -> Option<Self> {
        Some(Self {
            days: Day::parse(date)?.age(today),
        })
    }

    /// True where newer advisories are likely to be missing.
    pub fn is_stale(self) -> bool {
        self.days > Self::STALE_AFTER
    }

    /// The age in words.
    pub fn words(self) -> String {
        match self.days {
            0 => "today".into(),
            1 => "1 day old".into(),
            days => format!("{days} days old"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_grows_stale_after_a_month() {
        let today = Day::parse("2026-03-03").expect("a date");
        let age = |date| Freshness::of(date, today).expect("a date");
        assert!(!age("2026-02-01").is_stale());
        assert!(age("2026-01-31").is_stale());
        assert_eq!(age("2026-03-02").words(), "1 day old");
        assert_eq!(age("2027-01-01").days, 0);
        assert_eq!(Freshness::of("", today), None);
    }
}
