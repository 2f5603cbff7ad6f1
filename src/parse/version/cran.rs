//! CRAN: numbers between dots and dashes; a longer version stands above its beginning.

use std::cmp::Ordering;

use super::number::Number;

#[derive(Clone, Debug)]
pub struct Cran {
    parts: Vec<Number>,
    parsable: bool,
}

impl Cran {
    pub fn parse(text: &str) -> Self {
        let read: Vec<_> = text.split(['.', '-']).map(Number::parse).collect();
        Self {
            parsable: read.iter().all(Option::is_some),
            parts: read.into_iter().flatten().collect(),
        }
    }

    pub fn is_parsable(&self) -> bool {
        self.parsable
    }

    pub fn cmp(&self, other: &Self) -> Ordering {
        self.parts.cmp(&other.parts)
    }
}
