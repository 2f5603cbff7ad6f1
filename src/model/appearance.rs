use std::fmt;

/// When a commit's author made it, by the clock on the author's wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuthorDate {
    /// Since 1970.
    pub seconds: i64,
    /// Minutes east of Greenwich.
    pub zone: i32,
}

/// A commit, or an annotated tag, as reports name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitName {
    pub id: String,
    pub author_date: AuthorDate,
    pub is_tag: bool,
}

/// What a history tells about a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appearance {
    /// Where it first appeared; `None` for what a reference names itself.
    pub commit: Option<CommitName>,
    /// True where it stands in the commit's message.
    pub in_message: bool,
    /// How many different contents of the file, or messages, hold it.
    pub versions: u32,
    /// Whether the current tree still holds it; `None` where there is no such tree.
    pub in_head: Option<bool>,
}

impl CommitName {
    /// As many digits as people read.
    pub fn short(&self) -> &str {
        self.id.get(..12).unwrap_or(&self.id)
    }
}

impl Appearance {
    /// What became of the secret, in a few words.
    pub fn fate(&self) -> &'static str {
        match (self.in_message, self.in_head) {
            (true, _) => "in the history's messages",
            (false, Some(true)) => "still in the current tree",
            (false, Some(false)) => "removed in the current tree, but in the history",
            (false, None) => "in the history",
        }
    }
}

/// Years that RFC 3339 can write.
const YEARS: std::ops::RangeInclusive<i64> = 0..=9999;

impl AuthorDate {
    /// Year, month, day and seconds of the day on the author's wall; 1970 begins for what no
    /// calendar has.
    fn parts(self) -> (i64, i64, i64, i64) {
        let local = self.seconds.saturating_add(i64::from(self.zone) * 60);
        let (days, rest) = (local.div_euclid(86_400), local.rem_euclid(86_400));
        // Days of years that begin in March, so that the leap day is the last one.
        let shifted = days.saturating_add(719_468);
        let era = shifted.div_euclid(146_097);
        let day = shifted.rem_euclid(146_097);
        let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
        let day = day - (365 * year + year / 4 - year / 100);
        let month = (5 * day + 2) / 153;
        let day = day - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = year + era * 400 + i64::from(month <= 2);
        match YEARS.contains(&year) {
            true => (year, month, day, rest),
            false => (1970, 1, 1, 0),
        }
    }

    /// The day alone.
    pub fn day(self) -> String {
        let (year, month, day, _) = self.parts();
        format!("{year:04}-{month:02}-{day:02}")
    }
}

impl fmt::Display for AuthorDate {
    /// As RFC 3339 has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (_, _, _, rest) = self.parts();
        let (hours, minutes, seconds) = (rest / 3600, rest / 60 % 60, rest % 60);
        write!(f, "{}T{hours:02}:{minutes:02}:{seconds:02}", self.day())?;
        let zone = self.zone.clamp(-1439, 1439);
        let sign = if zone < 0 { '-' } else { '+' };
        write!(f, "{sign}{:02}:{:02}", zone.abs() / 60, zone.abs() % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::AuthorDate;

    fn shown(seconds: i64, zone: i32) -> String {
        AuthorDate { seconds, zone }.to_string()
    }

    #[test]
    fn a_date_is_shown_as_the_author_saw_it() {
        assert_eq!(shown(0, 0), "1970-01-01T00:00:00+00:00");
        assert_eq!(shown(1_709_251_199, 60), "2024-03-01T00:59:59+01:00");
        assert_eq!(shown(951_782_400, -300), "2000-02-28T19:00:00-05:00");
        assert_eq!(shown(-1, 0), "1969-12-31T23:59:59+00:00");
    }

    #[test]
    fn a_date_beyond_the_calendar_does_no_harm() {
        assert_eq!(shown(i64::MAX, 99_999), "1970-01-01T00:00:00+23:59");
        assert_eq!(shown(i64::MIN, -99_999), "1970-01-01T00:00:00-23:59");
    }
}
