use crate::advisory::Freshness;
use crate::model::{AdvisoryInfo, Stale};

use super::Date;

/// How old advisories may be, and what it means where they are older.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaxAge {
    pub days: u32,
    /// Whether a run counts as incomplete then.
    pub fails: bool,
}

impl Default for MaxAge {
    fn default() -> Self {
        Self {
            days: Freshness::STALE_AFTER,
            fails: false,
        }
    }
}

impl MaxAge {
    /// Reads `30d` or `4w`.
    pub fn parse(text: &str) -> Option<u32> {
        let (number, days) = match text.strip_suffix('w') {
            Some(weeks) => (weeks, 7),
            None => (text.strip_suffix('d')?, 1),
        };
        let digits = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        let number: u32 = digits.then(|| number.parse().ok()).flatten()?;
        number.checked_mul(days).filter(|days| *days > 0)
    }

    /// Says in the description of advisories that they are old, where anything was looked up in
    /// them.
    pub fn judge(
        self,
        mut advisories: AdvisoryInfo,
        packages: u64,
        today: Option<Date>,
    ) -> AdvisoryInfo {
        let age = today.and_then(|today| Freshness::of(&advisories.date, today.day()));
        advisories.stale = age
            .filter(|age| packages > 0 && age.days > self.days)
            .map(|age| Stale {
                days: age.days,
                max_age: self.days,
                fails: self.fails,
            });
        advisories
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_days_or_weeks() {
        assert_eq!(MaxAge::parse("30d"), Some(30));
        assert_eq!(MaxAge::parse("4w"), Some(28));
        for bad in [
            "",
            "d",
            "0d",
            "30",
            "-1d",
            "+1d",
            "1 d",
            "1m",
            "999999999999d",
            "4000000000w",
        ] {
            assert_eq!(MaxAge::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn only_data_that_was_needed_and_is_older_than_allowed_is_stale() {
        let max_age = MaxAge::default();
        let judged = |date: &str, packages| {
            let info = AdvisoryInfo {
                date: date.into(),
                ..AdvisoryInfo::default()
            };
            let judged = max_age.judge(info, packages, Date::parse("2026-03-03"));
            judged.stale.map(|stale| stale.days)
        };
        assert_eq!(judged("2026-01-31", 1), Some(31));
        assert_eq!(judged("2026-02-01", 1), None);
        assert_eq!(judged("2026-01-31", 0), None);
        assert_eq!(judged("2027-01-31", 1), None);
        assert_eq!(judged("", 1), None);
    }
}
