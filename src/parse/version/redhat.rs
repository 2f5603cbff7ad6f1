//! RPM: epoch, version and release, each compared in runs of letters and digits.

use std::cmp::Ordering;

use super::number::Number;

#[derive(Clone, Debug)]
pub struct RedHat {
    epoch: Box<str>,
    version: Box<str>,
    /// A version without a release stands below every release of it.
    release: Option<Box<str>>,
}

impl RedHat {
    pub fn parse(text: &str) -> Self {
        let (epoch, rest) = text.split_once(':').unwrap_or(("0", text));
        let (version, release) = match rest.split_once('-') {
            Some((version, release)) => (version, Some(release.into())),
            None => (rest, None),
        };
        Self {
            epoch: epoch.into(),
            version: version.into(),
            release,
        }
    }

    pub fn cmp(&self, other: &Self) -> Ordering {
        compare_runs(&self.epoch, &other.epoch)
            .then_with(|| compare_runs(&self.version, &other.version))
            .then_with(|| match (&self.release, &other.release) {
                (Some(a), Some(b)) => compare_runs(a, b),
                (a, b) => a.is_some().cmp(&b.is_some()),
            })
    }
}

fn compare_runs(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    let separates = |c: char| !c.is_ascii_alphanumeric() && c != '~' && c != '^';
    loop {
        a = a.trim_start_matches(separates);
        b = b.trim_start_matches(separates);
        // `~` stands below everything, the end included.
        match (a.strip_prefix('~'), b.strip_prefix('~')) {
            (Some(rest_a), Some(rest_b)) => {
                (a, b) = (rest_a, rest_b);
                continue;
            }
            (Some(_), None) => return Ordering::Less,
            (None, Some(_)) => return Ordering::Greater,
            (None, None) => {}
        }
        // `^` stands above the end and below everything else.
        match (a.strip_prefix('^'), b.strip_prefix('^')) {
            (Some(rest_a), Some(rest_b)) => {
                (a, b) = (rest_a, rest_b);
                continue;
            }
            (Some(_), None) if b.is_empty() => return Ordering::Greater,
            (Some(_), None) => return Ordering::Less,
            (None, Some(_)) if a.is_empty() => return Ordering::Less,
            (None, Some(_)) => return Ordering::Greater,
            (None, None) => {}
        }
        if a.is_empty() || b.is_empty() {
            return b.is_empty().cmp(&a.is_empty());
        }
        let digits = a.starts_with(|c: char| c.is_ascii_digit());
        let (run_a, rest_a) = split_run(a, digits);
        let (run_b, rest_b) = split_run(b, digits);
        let order = if run_b.is_empty() {
            // Digits stand above letters.
            if digits {
                Ordering::Greater
            } else {
                Ordering::Less
            }
        } else if digits {
            Number::parse(run_a).cmp(&Number::parse(run_b))
        } else {
            run_a.cmp(run_b)
        };
        if order.is_ne() {
            return order;
        }
        (a, b) = (rest_a, rest_b);
    }
}

fn split_run(text: &str, digits: bool) -> (&str, &str) {
    let end = text
        .bytes()
        .position(|b| {
            if digits {
                !b.is_ascii_digit()
            } else {
                !b.is_ascii_alphabetic()
            }
        })
        .unwrap_or(text.len());
    text.split_at(end)
}
