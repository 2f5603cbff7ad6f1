//! Debian: epoch, upstream version and revision, each compared in runs of text and digits.

use std::cmp::Ordering;

use super::number::{Number, split_digits};

#[derive(Clone, Debug)]
pub struct Debian {
    epoch: Number,
    upstream: Box<str>,
    revision: Box<str>,
    parsable: bool,
}

impl Debian {
    pub fn parse(text: &str) -> Self {
        let (epoch, rest) = match text.split_once(':') {
            Some((epoch, rest)) => (Number::parse(epoch), rest),
            None => (Some(Number::ZERO), text),
        };
        let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, ""));
        Self {
            parsable: epoch.is_some() && !upstream.is_empty(),
            epoch: epoch.unwrap_or(Number::ZERO),
            upstream: upstream.into(),
            revision: revision.into(),
        }
    }

    pub fn is_parsable(&self) -> bool {
        self.parsable
    }

    pub fn cmp(&self, other: &Self) -> Ordering {
        self.epoch
            .cmp(&other.epoch)
            .then_with(|| compare_runs(&self.upstream, &other.upstream))
            .then_with(|| compare_runs(&self.revision, &other.revision))
    }
}

fn compare_runs(mut a: &str, mut b: &str) -> Ordering {
    while !a.is_empty() || !b.is_empty() {
        let (text_a, rest_a) = split_text(a);
        let (text_b, rest_b) = split_text(b);
        let (digits_a, after_a) = split_digits(rest_a);
        let (digits_b, after_b) = split_digits(rest_b);
        let number = |digits| Number::parse(digits).unwrap_or(Number::ZERO);
        let order =
            compare_text(text_a, text_b).then_with(|| number(digits_a).cmp(&number(digits_b)));
        if order.is_ne() {
            return order;
        }
        (a, b) = (after_a, after_b);
    }
    Ordering::Equal
}

fn split_text(text: &str) -> (&str, &str) {
    let end = text
        .bytes()
        .position(|b| b.is_ascii_digit())
        .unwrap_or(text.len());
    text.split_at(end)
}

/// `~` stands below the end, the end below letters, letters below everything else.
fn compare_text(a: &str, b: &str) -> Ordering {
    let weight = |byte: Option<u8>| match byte {
        Some(b'~') => -1,
        None => 0,
        Some(letter) if letter.is_ascii_alphabetic() => i32::from(letter),
        Some(other) => i32::from(other) + 256,
    };
    let (mut a, mut b) = (a.bytes(), b.bytes());
    loop {
        let (left, right) = (a.next(), b.next());
        let order = weight(left).cmp(&weight(right));
        if order.is_ne() || left.is_none() {
            return order;
        }
    }
}
