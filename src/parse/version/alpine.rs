//! Alpine: `digits{.digits}[letter]{_suffix[digits]}[~hash][-rdigits]`, and a rest that is not valid.

use std::cmp::Ordering;

use super::number::{Number, split_digits};

#[derive(Clone, Debug)]
pub struct Alpine {
    numbers: Vec<Component>,
    letter: Option<u8>,
    suffixes: Vec<(Suffix, Number)>,
    revision: Number,
    /// What the grammar does not know.
    rest: Box<str>,
}

#[derive(Clone, Debug)]
struct Component {
    digits: Box<str>,
    value: Number,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Suffix {
    Alpha,
    Beta,
    Pre,
    Candidate,
    /// No suffix: what stands below comes before the release, what stands above after it.
    None,
    Cvs,
    Svn,
    Git,
    Hg,
    Patch,
}

/// Longer names before their beginnings.
const SUFFIXES: [(&str, Suffix); 9] = [
    ("_alpha", Suffix::Alpha),
    ("_beta", Suffix::Beta),
    ("_pre", Suffix::Pre),
    ("_rc", Suffix::Candidate),
    ("_cvs", Suffix::Cvs),
    ("_svn", Suffix::Svn),
    ("_git", Suffix::Git),
    ("_hg", Suffix::Hg),
    ("_p", Suffix::Patch),
];

impl Alpine {
    pub fn parse(text: &str) -> Self {
        let mut rest = text;
        let mut numbers = Vec::new();
        loop {
            let from = if numbers.is_empty() {
                Some(rest)
            } else {
                rest.strip_prefix('.')
            };
            let (digits, after) = from.map(split_digits).unwrap_or_default();
            let Some(value) = Number::parse(digits) else {
                break;
            };
            numbers.push(Component {
                digits: digits.into(),
                value,
            });
            rest = after;
        }
        let letter = rest
            .bytes()
            .next()
            .filter(|b| b.is_ascii_lowercase() && !numbers.is_empty());
        if letter.is_some() {
            rest = &rest[1..];
        }
        let mut suffixes = Vec::new();
        while let Some((after, suffix)) = SUFFIXES
            .iter()
            .find_map(|(name, suffix)| Some((rest.strip_prefix(name)?, *suffix)))
        {
            let (digits, after) = split_digits(after);
            suffixes.push((suffix, Number::parse(digits).unwrap_or(Number::ZERO)));
            rest = after;
        }
        if let Some(hash) = rest.strip_prefix('~') {
            rest = hash.trim_start_matches(|c: char| c.is_ascii_hexdigit());
        }
        let mut revision = Number::ZERO;
        if let Some(after) = rest.strip_prefix("-r") {
            let (digits, after) = split_digits(after);
            let ends = after.is_empty() || after.starts_with('-');
            if ends {
                revision = Number::parse(digits).unwrap_or(Number::ZERO);
                rest = after;
            }
        }
        Self {
            numbers,
            letter,
            suffixes,
            revision,
            rest: rest.into(),
        }
    }

    pub fn is_parsable(&self) -> bool {
        self.rest.is_empty() && !self.numbers.is_empty()
    }

    pub fn cmp(&self, other: &Self) -> Ordering {
        compare_numbers(&self.numbers, &other.numbers)
            .then_with(|| self.letter.cmp(&other.letter))
            .then_with(|| compare_suffixes(&self.suffixes, &other.suffixes))
            .then_with(|| self.revision.cmp(&other.revision))
            .then_with(|| compare_rests(&self.rest, &other.rest))
    }
}

/// After the first number, one with a leading zero compares like a decimal fraction.
fn compare_numbers(a: &[Component], b: &[Component]) -> Ordering {
    a.iter()
        .zip(b)
        .enumerate()
        .map(|(at, (a, b))| {
            if at > 0 && (a.digits.starts_with('0') || b.digits.starts_with('0')) {
                a.digits.cmp(&b.digits)
            } else {
                a.value.cmp(&b.value)
            }
        })
        .find(|order| order.is_ne())
        .unwrap_or_else(|| a.len().cmp(&b.len()))
}

fn compare_suffixes(a: &[(Suffix, Number)], b: &[(Suffix, Number)]) -> Ordering {
    const NONE: &(Suffix, Number) = &(Suffix::None, Number::ZERO);
    (0..a.len().max(b.len()))
        .map(|at| a.get(at).unwrap_or(NONE).cmp(b.get(at).unwrap_or(NONE)))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

/// An invalid rest stands below none; two of them compare as text, unless they are revisions that
/// apk stops reading.
fn compare_rests(a: &str, b: &str) -> Ordering {
    match (a.is_empty(), b.is_empty()) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) if a.starts_with('-') || b.starts_with('-') => Ordering::Equal,
        (false, false) => a.cmp(b),
    }
}
