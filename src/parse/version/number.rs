//! Numbers and identifiers that versions are made of.

use std::cmp::Ordering;

/// A whole number of any size: versions are text, and text does not overflow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Number {
    Small(u64),
    /// Digits without leading zeros, of a number that does not fit `Small`.
    Big(Box<str>),
}

impl Number {
    pub const ZERO: Self = Self::Small(0);

    /// Reads ASCII digits; anything else, the empty text included, is not a number.
    pub fn parse(digits: &str) -> Option<Self> {
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        Some(match digits.parse() {
            Ok(small) => Self::Small(small),
            Err(_) => {
                let significant = digits.trim_start_matches('0');
                // Many leading zeros overflow the length, not the value.
                significant
                    .parse()
                    .map_or_else(|_| Self::Big(significant.into()), Self::Small)
            }
        })
    }

    pub fn is_zero(&self) -> bool {
        *self == Self::ZERO
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Small(a), Self::Small(b)) => a.cmp(b),
            (Self::Small(_), Self::Big(_)) => Ordering::Less,
            (Self::Big(_), Self::Small(_)) => Ordering::Greater,
            (Self::Big(a), Self::Big(b)) => a.len().cmp(&b.len()).then_with(|| a.cmp(b)),
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A dot-separated identifier of Semantic Versioning: numbers stand below words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Identifier {
    Number(Number),
    Word(Box<str>),
}

impl Identifier {
    pub fn parse(text: &str) -> Self {
        Number::parse(text).map_or_else(|| Self::Word(text.into()), Self::Number)
    }

    pub fn list(text: &str) -> Vec<Self> {
        text.split('.').map(Self::parse).collect()
    }
}

/// Compares number by number; what is missing counts as zero.
pub fn compare_padded(a: &[Number], b: &[Number]) -> Ordering {
    (0..a.len().max(b.len()))
        .map(|at| {
            let (a, b) = (a.get(at), b.get(at));
            a.unwrap_or(&Number::ZERO).cmp(b.unwrap_or(&Number::ZERO))
        })
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

/// Splits the text after its leading ASCII digits.
pub fn split_digits(text: &str) -> (&str, &str) {
    let end = text
        .bytes()
        .position(|b| !b.is_ascii_digit())
        .unwrap_or(text.len());
    text.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::Number;

    #[test]
    fn leading_zeros_and_size_do_not_matter() {
        let number = |text: &str| Number::parse(text).unwrap();
        assert_eq!(number("007"), number("7"));
        assert_eq!(number(&format!("{}7", "0".repeat(40))), number("7"));
        assert!(number("99999999999999999999999999") > number("18446744073709551615"));
        assert!(number("100000000000000000000") > number("99999999999999999999"));
    }
}
