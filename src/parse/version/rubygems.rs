//! RubyGems: segments of digits and letters; letters mean a pre-release and stand below digits.

use std::cmp::Ordering;

use super::number::Number;

#[derive(Clone, Debug)]
pub struct RubyGems {
    segments: Vec<Segment>,
    parsable: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Segment {
    Word(Box<str>),
    Number(Number),
}

impl RubyGems {
    pub fn parse(text: &str) -> Self {
        let text = text.replace('-', ".pre.");
        let mut segments = Vec::new();
        let mut rest = text.as_str();
        while let Some(first) = rest.chars().next() {
            let alike = |c: char| match first {
                '0'..='9' => c.is_ascii_digit(),
                'a'..='z' | 'A'..='Z' => c.is_ascii_alphabetic(),
                _ => false,
            };
            let end = rest.find(|c| !alike(c)).unwrap_or(rest.len());
            let (segment, after) = rest.split_at(end);
            if let Some(number) = Number::parse(segment) {
                segments.push(Segment::Number(number));
            } else if !segment.is_empty() {
                segments.push(Segment::Word(segment.into()));
            }
            rest = if end == 0 {
                &rest[first.len_utf8()..]
            } else {
                after
            };
        }
        let parsable = text.starts_with(|c: char| c.is_ascii_digit())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '.')
            && !text.split('.').any(str::is_empty);
        Self {
            segments: canonical(segments),
            parsable,
        }
    }

    pub fn is_parsable(&self) -> bool {
        self.parsable
    }

    pub fn cmp(&self, other: &Self) -> Ordering {
        const ZERO: &Segment = &Segment::Number(Number::ZERO);
        (0..self.segments.len().max(other.segments.len()))
            .map(|at| {
                let (a, b) = (self.segments.get(at), other.segments.get(at));
                a.unwrap_or(ZERO).cmp(b.unwrap_or(ZERO))
            })
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

/// Without the zeros that end the leading numbers, and those that end the rest.
fn canonical(segments: Vec<Segment>) -> Vec<Segment> {
    let zero = |segment: &Segment| matches!(segment, Segment::Number(n) if n.is_zero());
    let word = segments
        .iter()
        .position(|segment| matches!(segment, Segment::Word(_)))
        .unwrap_or(segments.len());
    let (numbers, rest) = segments.split_at(word);
    let mut kept = Vec::with_capacity(segments.len());
    for part in [numbers, rest] {
        let end = part.iter().rposition(|s| !zero(s)).map_or(0, |at| at + 1);
        kept.extend_from_slice(&part[..end]);
    }
    kept
}
