//! Maven: tokens with the separator before them, trailing nulls trimmed, qualifiers ranked.

use std::cmp::Ordering;

use super::number::Number;

#[derive(Clone, Debug)]
pub struct Maven {
    tokens: Vec<Token>,
}

#[derive(Clone, Debug)]
struct Token {
    /// A `-`, or the border between digits and letters, stands before it; else a `.` or nothing.
    dashed: bool,
    value: Value,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    Word(Qualifier),
    Number(Number),
}

/// The known qualifiers in their order, all others above and alphabetical.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Qualifier {
    Alpha,
    Beta,
    Milestone,
    Candidate,
    Snapshot,
    /// Nothing, `ga`, `final`, `release`.
    Release,
    ServicePack,
    Other(String),
}

impl Qualifier {
    fn parse(word: &str, digit_follows: bool) -> Self {
        match word {
            "alpha" => Self::Alpha,
            "beta" => Self::Beta,
            "milestone" => Self::Milestone,
            "a" if digit_follows => Self::Alpha,
            "b" if digit_follows => Self::Beta,
            "m" if digit_follows => Self::Milestone,
            "rc" | "cr" => Self::Candidate,
            "snapshot" => Self::Snapshot,
            "" | "ga" | "final" | "release" => Self::Release,
            "sp" => Self::ServicePack,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl Value {
    fn is_null(&self) -> bool {
        match self {
            Self::Word(word) => *word == Qualifier::Release,
            Self::Number(number) => number.is_zero(),
        }
    }
}

impl Maven {
    pub fn parse(text: &str) -> Self {
        let text = text.to_lowercase();
        let mut tokens = Vec::new();
        let mut dashed = false;
        let mut rest = text.as_str();
        loop {
            let end = token_end(rest);
            let (token, after) = rest.split_at(end);
            let digit_follows = after.starts_with(|c: char| c.is_ascii_digit());
            let value = match Number::parse(token) {
                Some(number) => Value::Number(number),
                None if token.is_empty() => Value::Number(Number::ZERO),
                None => Value::Word(Qualifier::parse(token, digit_follows)),
            };
            tokens.push(Token { dashed, value });
            match after.as_bytes().first() {
                None => break,
                Some(b'.') => (dashed, rest) = (false, &after[1..]),
                Some(b'-') => (dashed, rest) = (true, &after[1..]),
                Some(_) => (dashed, rest) = (true, after),
            }
        }
        Self {
            tokens: trimmed(tokens),
        }
    }

    pub fn cmp(&self, other: &Self) -> Ordering {
        (0..self.tokens.len().max(other.tokens.len()))
            .map(|at| match (self.tokens.get(at), other.tokens.get(at)) {
                (Some(a), Some(b)) => a.cmp(b),
                (Some(a), None) => a.cmp(&a.padding()),
                (None, Some(b)) => b.padding().cmp(b),
                (None, None) => Ordering::Equal,
            })
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

/// Where the token at the start of `text` ends: at a separator, or between digits and letters.
fn token_end(text: &str) -> usize {
    let mut before = None;
    for (at, c) in text.char_indices() {
        let digit = c.is_ascii_digit();
        if c == '.' || c == '-' || before.is_some_and(|before| before != digit) {
            return at;
        }
        before = Some(digit);
    }
    text.len()
}

/// Drops null tokens at the end and before every dash.
fn trimmed(tokens: Vec<Token>) -> Vec<Token> {
    let mut kept: Vec<Token> = Vec::with_capacity(tokens.len());
    for token in tokens {
        if token.dashed {
            drop_nulls(&mut kept);
        }
        kept.push(token);
    }
    drop_nulls(&mut kept);
    kept
}

fn drop_nulls(tokens: &mut Vec<Token>) {
    while tokens.last().is_some_and(|token| token.value.is_null()) {
        tokens.pop();
    }
}

impl Token {
    /// What a missing token opposite this one counts as.
    fn padding(&self) -> Self {
        Self {
            dashed: self.dashed,
            value: match &self.value {
                Value::Number(_) if !self.dashed => Value::Number(Number::ZERO),
                _ => Value::Word(Qualifier::Release),
            },
        }
    }

    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.value, &other.value) {
            // `2.x` is before `2-x`.
            (Value::Word(a), Value::Word(b)) => {
                self.dashed.cmp(&other.dashed).then_with(|| a.cmp(b))
            }
            (Value::Word(_), Value::Number(_)) => Ordering::Less,
            (Value::Number(_), Value::Word(_)) => Ordering::Greater,
            // `2-1` is before `2.1`.
            (Value::Number(a), Value::Number(b)) => {
                other.dashed.cmp(&self.dashed).then_with(|| a.cmp(b))
            }
        }
    }
}
