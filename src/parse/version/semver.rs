//! Semantic Versioning, read tolerantly: a prefix `v` or `=`, missing parts, numbers of any size.

use std::cmp::Ordering;

use super::number::{Identifier, Number, compare_padded, split_digits};

#[derive(Clone, Debug)]
pub struct SemVer {
    parts: Vec<Number>,
    /// Empty for a release, which stands above all its pre-releases.
    pre: Vec<Identifier>,
    parsable: bool,
}

impl SemVer {
    pub fn parse(text: &str) -> Self {
        let text = text.trim_start_matches(['v', 'V', '=', ' ']);
        let text = text.split_once('+').map_or(text, |(before, _)| before);
        let (parts, rest) = numbers(text);
        // `1.0.0rc1` is how `1.0.0-rc1` is written by hand (and by Go's toolchain).
        let pre = rest.strip_prefix(['-', '.']).unwrap_or(rest);
        Self {
            parsable: !parts.is_empty() && (rest.is_empty() || !pre.is_empty()),
            parts,
            pre: if pre.is_empty() {
                Vec::new()
            } else {
                Identifier::list(pre)
            },
        }
    }

    /// The toolchain's own versions are written `go1.21rc2`.
    pub fn parse_go(text: &str) -> Self {
        Self::parse(text.strip_prefix("go").unwrap_or(text))
    }

    pub fn is_parsable(&self) -> bool {
        self.parsable
    }
}

/// Leading dot-separated numbers, and what follows them.
pub fn numbers(text: &str) -> (Vec<Number>, &str) {
    let mut parts = Vec::with_capacity(3);
    let mut rest = text;
    loop {
        let (digits, after) = split_digits(rest);
        let Some(number) = Number::parse(digits) else {
            break;
        };
        parts.push(number);
        rest = after;
        match after.strip_prefix('.') {
            Some(next) if next.starts_with(|c: char| c.is_ascii_digit()) => rest = next,
            _ => break,
        }
    }
    (parts, rest)
}

/// A release stands above its pre-releases; those compare identifier by identifier.
pub fn compare_pre(a: &[Identifier], b: &[Identifier]) -> Ordering {
    match (a.is_empty(), b.is_empty()) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) => a.cmp(b),
    }
}

impl SemVer {
    pub fn cmp(&self, other: &Self) -> Ordering {
        compare_padded(&self.parts, &other.parts).then_with(|| compare_pre(&self.pre, &other.pre))
    }
}

#[cfg(test)]
mod tests {
    use super::SemVer;

    #[test]
    fn a_pseudo_version_stands_below_the_release_it_leads_to() {
        let version = SemVer::parse_go;
        let pseudo = version("v1.2.4-0.20210101000000-abcdef123456");
        assert!(pseudo.cmp(&version("v1.2.4")).is_lt());
        assert!(pseudo.cmp(&version("v1.2.3")).is_gt());
        assert!(
            version("v2.0.0+incompatible")
                .cmp(&version("2.0.0"))
                .is_eq()
        );
        assert!(version("go1.21rc2").cmp(&version("1.21.0-rc2")).is_eq());
    }

    #[test]
    fn what_has_no_number_is_not_parsable() {
        assert!(!SemVer::parse("latest").is_parsable());
        assert!(!SemVer::parse("").is_parsable());
        assert!(SemVer::parse("v1").is_parsable());
    }
}
