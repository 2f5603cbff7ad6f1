//! Variables that hold several words of a command: arrays, and texts that are known in part.

use std::collections::HashMap;

use super::{Part, PartKind, Word};
use crate::model::Span;

/// Most words that a variable is known to hold.
pub(super) const MOST_WORDS: usize = 64;

/// The words that variables hold whose text is not known as a whole.
#[derive(Debug, Default)]
pub(super) struct Phrases {
    held: HashMap<String, Vec<Word>>,
}

impl Phrases {
    /// Notes what an assignment leaves in a variable: `words` alone, or after those it held.
    pub fn set(&mut self, name: &str, words: Vec<Word>, appends: bool) {
        let mut all = self.held.remove(name).unwrap_or_default();
        if !appends {
            all.clear();
        }
        all.extend(words);
        if !all.is_empty() && all.len() <= MOST_WORDS {
            self.held.insert(name.to_owned(), all);
        }
    }

    pub fn forget(&mut self, name: &str) {
        self.held.remove(name);
    }

    /// The words that a word of a command stands for: an unquoted variable, or all of an array.
    pub fn of(&self, word: &Word) -> Option<Vec<Word>> {
        if self.held.is_empty() {
            return None;
        }
        let [part] = word.parts.as_slice() else {
            return None;
        };
        let words = self.named_by(part, part.quoted)?;
        let here = |held: &Word| {
            let parts = held.parts.iter().map(|part| Part {
                span: word.span,
                ..part.clone()
            });
            Word {
                span: word.span,
                text: held.text.clone(),
                parts: parts.collect(),
            }
        };
        Some(words.iter().map(here).collect())
    }

    fn named_by(&self, part: &Part, quoted: bool) -> Option<&Vec<Word>> {
        let PartKind::Variable {
            name, known: false, ..
        } = &part.kind
        else {
            return None;
        };
        let operator = part.text.strip_prefix("${")?.strip_prefix(name.as_str())?;
        let is_all = matches!(operator, "[@]}" | "[*]}") || (!quoted && operator == "}");
        self.held.get(name).filter(|_| is_all)
    }

    /// The words of a text with blanks in it, as a command sees them that is given `name`.
    pub fn split(&self, name: &str, value: &Word) -> Vec<Word> {
        let mut words: Vec<Word> = Vec::new();
        let mut current: Option<Word> = None;
        for part in &value.parts {
            let is_text = matches!(
                part.kind,
                PartKind::Literal | PartKind::Variable { known: true, .. }
            );
            if !is_text {
                match self.named_by(part, false).filter(|_| current.is_none()) {
                    Some(held) => words.extend(held.iter().cloned()),
                    None => push(&mut current, part.clone()),
                }
                continue;
            }
            for (index, text) in part.text.split(char::is_whitespace).enumerate() {
                if index > 0 {
                    words.extend(current.take());
                }
                if !text.is_empty() {
                    push(&mut current, owned(name, part, text));
                }
            }
        }
        words.extend(current);
        words
    }
}

/// The words of a text without quotes.
pub(super) fn known(name: &str, text: &str) -> Vec<Word> {
    let words = text.split_whitespace().take(MOST_WORDS + 1);
    let word = |text: &str| Word {
        text: text.to_owned(),
        parts: vec![Part {
            kind: variable(name),
            text: text.to_owned(),
            span: Span::default(),
            quoted: false,
            at: 0,
        }],
        ..Word::default()
    };
    words.map(word).collect()
}

/// An element of an array.
pub(super) fn element(name: &str, mut word: Word) -> Word {
    for part in &mut word.parts {
        if part.kind == PartKind::Literal {
            part.kind = variable(name);
        }
    }
    word
}

/// A text that stands where the variable does.
fn owned(name: &str, part: &Part, text: &str) -> Part {
    Part {
        kind: variable(name),
        text: text.to_owned(),
        ..part.clone()
    }
}

fn variable(name: &str) -> PartKind {
    PartKind::Variable {
        name: name.to_owned(),
        known: true,
        guarded: false,
    }
}

fn push(current: &mut Option<Word>, part: Part) {
    let word = current.get_or_insert_with(Word::default);
    word.text.push_str(&part.text);
    word.parts.push(part);
}
