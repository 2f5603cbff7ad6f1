//! Why something could not be fetched: what happened, where, and what to do.

use std::fmt;
use std::io;
use std::time::Duration;

/// What went wrong at one address.
#[derive(Debug, thiserror::Error)]
#[error("{at}: {what}")]
pub struct FetchError {
    /// Without credentials.
    pub at: String,
    #[source]
    pub what: Trouble,
}

/// What can go wrong.
#[derive(Debug)]
pub enum Trouble {
    NotFound,
    Refused(u16),
    Status(u16),
    /// Too many requests, or down for a while; how long the server asks to wait.
    Busy(u16, Option<Duration>),
    NoAnswer(String),
    /// The connection ended before an answer.
    Lost(io::Error),
    Stalled(Duration),
    Slow(Duration),
    TooLong(Duration),
    Cut(u64, Option<u64>),
    Redirects,
    Redirect(String),
    Encoded(String),
    TooLarge(u64),
    Range,
    NoAuthorities(String),
    /// The other side could not show that it is who it should be.
    Certificate(String),
    Hash {
        is: String,
        wanted: String,
    },
    Unusable(String),
    Disk(io::Error),
    Skipped(String),
}

impl Trouble {
    pub fn at(self, at: impl Into<String>) -> FetchError {
        FetchError {
            at: at.into(),
            what: self,
        }
    }

    /// True where asking the same host for something else would end the same way.
    pub fn is_the_hosts(&self) -> bool {
        matches!(
            self,
            Self::Busy(..)
                | Self::NoAnswer(_)
                | Self::Lost(_)
                | Self::Stalled(_)
                | Self::Slow(_)
                | Self::TooLong(_)
                | Self::NoAuthorities(_)
                | Self::Certificate(_)
        )
    }

    /// True where the same request may well succeed.
    pub fn is_lost_connection(&self) -> bool {
        matches!(self, Self::Lost(_))
    }
}

impl std::error::Error for Trouble {}

const AGAIN: &str = "try again later, what was fetched is kept";

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => write!(f, "not there (404): check the address of the source"),
            Self::Refused(status) => {
                write!(
                    f,
                    "refused ({status}): check the credentials in the URL of the source"
                )
            }
            Self::Status(status) => write!(f, "the server failed ({status}): {AGAIN}"),
            Self::Busy(status, None) => write!(f, "the server is busy ({status}): {AGAIN}"),
            Self::Busy(status, Some(wait)) => write!(
                f,
                "the server is busy ({status}) and asks to come back in {}",
                words(*wait)
            ),
            Self::NoAnswer(why) => write!(f, "no connection ({why}): check network and proxy"),
            Self::Lost(error) => write!(f, "the connection ended ({error}): {AGAIN}"),
            Self::Stalled(after) => {
                write!(f, "nothing came for {}: {AGAIN}", words(*after))
            }
            Self::Slow(during) => {
                write!(f, "next to nothing came in {}: {AGAIN}", words(*during))
            }
            Self::TooLong(limit) => {
                write!(f, "not done after {}: {AGAIN}", words(*limit))
            }
            Self::Cut(got, Some(of)) => {
                write!(f, "the connection ended after {got} of {of} bytes: {AGAIN}")
            }
            Self::Cut(got, None) => {
                write!(f, "the connection ended after {got} bytes: {AGAIN}")
            }
            Self::Redirects => write!(
                f,
                "redirected again and again: check the address of the source"
            ),
            Self::Redirect(why) => write!(f, "{why} is not followed"),
            Self::Encoded(encoding) => write!(
                f,
                "the answer is encoded ({encoding}) although nobody asked for it"
            ),
            Self::TooLarge(limit) => {
                write!(f, "more than {limit} bytes (limit `download`)")
            }
            Self::Range => write!(
                f,
                "the server sent another part than was asked for: {AGAIN}"
            ),
            Self::NoAuthorities(why) => write!(
                f,
                "this machine has no certificate authorities to check https with ({why}): install \
                 them, or point SSL_CERT_FILE at them"
            ),
            Self::Certificate(why) => write!(
                f,
                "its certificate is not trusted ({why}): if your network looks into https, point \
                 SSL_CERT_FILE at its authorities"
            ),
            Self::Hash { is, wanted } => write!(f, "its sha256 is {is}, and not {wanted}"),
            Self::Unusable(why) => write!(f, "it cannot be used ({why})"),
            Self::Disk(error) => write!(f, "what comes cannot be kept ({error})"),
            Self::Skipped(host) => write!(f, "not asked after {host} failed"),
        }
    }
}

/// A time in words.
pub fn words(time: Duration) -> String {
    match (time.as_secs(), time.subsec_millis()) {
        (0, millis) => format!("{millis} ms"),
        (seconds, _) if seconds < 300 => format!("{seconds} s"),
        (seconds, _) => format!("{} min", seconds.div_ceil(60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_short_words() {
        for (millis, text) in [
            (0, "0 ms"),
            (1500, "1 s"),
            (120_000, "120 s"),
            (300_001, "5 min"),
        ] {
            assert_eq!(words(Duration::from_millis(millis)), text);
        }
    }
}
