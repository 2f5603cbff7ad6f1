//! PyPI: PEP 440, and below it the order setuptools gave to everything older.

use std::cmp::Ordering;
use std::str::FromStr;

#[derive(Clone, Debug)]
pub enum Pep440 {
    Legacy(Vec<String>),
    Modern(pep440_rs::Version),
}

impl Pep440 {
    pub fn parse(text: &str) -> Self {
        match pep440_rs::Version::from_str(text) {
            Ok(version) => Self::Modern(version),
            Err(_) => Self::Legacy(legacy_key(text)),
        }
    }

    pub fn is_parsable(&self) -> bool {
        matches!(self, Self::Modern(_))
    }

    pub fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Modern(a), Self::Modern(b)) => a.cmp(b),
            (Self::Legacy(a), Self::Legacy(b)) => a.cmp(b),
            (Self::Legacy(_), Self::Modern(_)) => Ordering::Less,
            (Self::Modern(_), Self::Legacy(_)) => Ordering::Greater,
        }
    }
}

/// Digits are padded so that they compare as text, words are starred so that they stand below
/// them, and what means "before the release" stands below the final mark.
fn legacy_key(text: &str) -> Vec<String> {
    let text = text.to_lowercase();
    let mut key: Vec<String> = Vec::new();
    for part in pieces(&text) {
        if part.starts_with(|c: char| c.is_ascii_digit()) {
            key.push(format!("{part:0>8}"));
            continue;
        }
        let part = match part {
            "." => continue,
            "pre" | "preview" | "rc" => "c",
            "-" => "final-",
            "dev" => "@",
            other => other,
        };
        let part = format!("*{part}");
        push_word(&mut key, part);
    }
    push_word(&mut key, "*final".to_owned());
    key
}

fn push_word(key: &mut Vec<String>, word: String) {
    if word.as_str() < "*final" {
        while key.last().is_some_and(|last| last == "*final-") {
            key.pop();
        }
    }
    while key.last().is_some_and(|last| last == "00000000") {
        key.pop();
    }
    key.push(word);
}

/// Runs of digits, runs of letters, single dots and dashes, and runs of everything else.
fn pieces(text: &str) -> Vec<&str> {
    let class = |c: char| match c {
        '0'..='9' => 0,
        'a'..='z' => 1,
        '.' => 2,
        '-' => 3,
        _ => 4,
    };
    let mut found = Vec::new();
    let mut start = 0;
    let mut before = None;
    for (at, c) in text.char_indices() {
        let now = class(c);
        let splits = before.is_some_and(|before| before != now || now == 2 || now == 3);
        if splits {
            found.push(&text[start..at]);
            start = at;
        }
        before = Some(now);
    }
    if start < text.len() {
        found.push(&text[start..]);
    }
    found
}
