//! Packagist: the order of PHP's own `version_compare`.

use std::cmp::Ordering;

use super::number::Number;

#[derive(Clone, Debug)]
pub struct Packagist {
    parts: Vec<Part>,
    parsable: bool,
}

#[derive(Clone, Debug)]
enum Part {
    Number(Number),
    /// Where the word stands; a number counts as `RELEASE`.
    Word(u8),
}

const RELEASE: u8 = 5;

impl Packagist {
    pub fn parse(text: &str) -> Self {
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let mut parts = Vec::new();
        for piece in text.split(['.', '-', '_', '+']) {
            let mut rest = piece;
            while let Some(first) = rest.chars().next() {
                let digits = first.is_ascii_digit();
                let end = rest
                    .find(|c: char| c.is_ascii_digit() != digits)
                    .unwrap_or(rest.len());
                let (part, after) = rest.split_at(end);
                parts.push(match Number::parse(part) {
                    Some(number) => Part::Number(number),
                    None => Part::Word(rank(part)),
                });
                rest = after;
            }
        }
        Self {
            // A branch (`dev-main`, `1.x-dev`) is a name; names have no order.
            parsable: matches!(parts.first(), Some(Part::Number(_)))
                && !text.to_ascii_lowercase().ends_with("x-dev"),
            parts,
        }
    }

    pub fn is_parsable(&self) -> bool {
        self.parsable
    }

    pub fn cmp(&self, other: &Self) -> Ordering {
        (0..self.parts.len().max(other.parts.len()))
            .map(|at| match (self.parts.get(at), other.parts.get(at)) {
                (Some(a), Some(b)) => a.cmp(b),
                (Some(a), None) => a.cmp_to_nothing(),
                (None, Some(b)) => b.cmp_to_nothing().reverse(),
                (None, None) => Ordering::Equal,
            })
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

impl Part {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.cmp(b),
            (Self::Word(a), Self::Word(b)) => a.cmp(b),
            (Self::Number(_), Self::Word(b)) => RELEASE.cmp(b),
            (Self::Word(a), Self::Number(_)) => a.cmp(&RELEASE),
        }
    }

    fn cmp_to_nothing(&self) -> Ordering {
        match self {
            Self::Number(_) => Ordering::Greater,
            Self::Word(rank) => rank.cmp(&RELEASE),
        }
    }
}

/// PHP looks at how the word begins.
fn rank(word: &str) -> u8 {
    const FORMS: [(&str, u8); 8] = [
        ("dev", 1),
        ("a", 2),
        ("b", 3),
        ("RC", 4),
        ("rc", 4),
        ("#", RELEASE),
        ("pl", 6),
        ("p", 6),
    ];
    FORMS
        .iter()
        .find(|(form, _)| word.starts_with(form))
        .map_or(0, |(_, rank)| *rank)
}
