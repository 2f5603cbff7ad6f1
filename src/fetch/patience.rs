//! How long to wait for what.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::advisory::Day;

/// The times after which a server is given up. With these, one that stalls at any step costs no
/// more than half a minute.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// To resolve a name, and to connect.
    pub connect: Duration,
    /// Between two bytes.
    pub stall: Duration,
    /// For all pauses that a busy server asks for, together.
    pub retry: Duration,
    /// For one file.
    pub total: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(7),
            stall: Duration::from_secs(8),
            retry: Duration::from_secs(20),
            total: Duration::from_secs(3600),
        }
    }
}

/// Reads `90s`, `1500ms`, `30m`, `2h`.
pub fn parse(text: &str) -> Option<Duration> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits)?;
    let number: u64 = number.parse().ok()?;
    let millis = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    let time = Duration::from_millis(number.checked_mul(millis)?);
    (!time.is_zero() && time <= Duration::from_secs(86_400)).then_some(time)
}

/// What `Retry-After` asks for: seconds or a date.
pub fn retry_after(text: &str, now: SystemTime) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = UNIX_EPOCH + Duration::from_secs(http_date(text)?);
    Some(at.duration_since(now).unwrap_or_default())
}

/// Seconds since 1970 of a date in the form that HTTP asks for: `Sun, 06 Nov 1994 08:49:37 GMT`.
fn http_date(text: &str) -> Option<u64> {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let mut words = text.split_ascii_whitespace().skip(1);
    let (day, month, year, time) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let month = 1 + MONTHS.iter().position(|name| *name == month)?;
    let day = Day::parse(&format!("{year}-{month:02}-{day:0>2}"))?;
    let seconds = seconds_of_day(time)?;
    Some(u64::from(day.days()) * 86_400 + seconds)
}

/// The seconds of `08:49:37` at the start of a text.
fn seconds_of_day(text: &str) -> Option<u64> {
    let mut parts = text.get(..8)?.split(':').map(str::parse::<u64>);
    let (hours, minutes, seconds) = (
        parts.next()?.ok()?,
        parts.next()?.ok()?,
        parts.next()?.ok()?,
    );
    (hours < 24 && minutes < 60 && seconds < 61).then_some(hours * 3600 + minutes * 60 + seconds)
}

/// Seconds since 1970 of an RFC 3339 time in UTC; fractions do not count.
pub fn utc_seconds(text: &str) -> Option<i64> {
    let day = Day::parse(text)?;
    let seconds = text.get(11..).and_then(seconds_of_day).unwrap_or(0);
    i64::try_from(u64::from(day.days()) * 86_400 + seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_a_unit_and_an_end() {
        assert_eq!(parse("1500ms"), Some(Duration::from_millis(1500)));
        assert_eq!(parse("30m"), Some(Duration::from_secs(1800)));
        for bad in [
            "",
            "s",
            "5",
            "0s",
            "-1s",
            "1 s",
            "5d",
            "25h",
            "99999999999999999999s",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_pause_is_asked_for_in_seconds_or_by_date() {
        let now = UNIX_EPOCH + Duration::from_secs(784_111_777);
        let pause = |text| retry_after(text, now).map(|pause| pause.as_secs());
        assert_eq!(pause("120"), Some(120));
        assert_eq!(pause("Sun, 06 Nov 1994 08:49:40 GMT"), Some(3));
        assert_eq!(pause("Sun, 06 Nov 1994 08:49:30 GMT"), Some(0));
        for bad in [
            "soon",
            "-1",
            "Sun, 06 Now 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994",
        ] {
            assert_eq!(pause(bad), None, "{bad}");
        }
    }

    #[test]
    fn times_of_records_are_compared_by_the_second() {
        assert_eq!(utc_seconds("1970-01-02T00:00:01.9Z"), Some(86_401));
        assert_eq!(utc_seconds("1970-01-02"), Some(86_400));
        assert_eq!(utc_seconds("0001-01-01T00:00:00Z"), None);
    }
}
