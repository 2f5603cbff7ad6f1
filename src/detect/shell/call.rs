use std::collections::HashMap;

use crate::parse::shell::{Command, Function, PartKind, Script, Word};

/// Longest word, and most words, that parameters are put into: calls within calls multiply.
const LONGEST: usize = 8192;
const WORDS: usize = 200;

/// What the words of a function mean in one call of it.
pub(super) struct Locals<'c> {
    arguments: &'c [Word],
    /// Variables that it sets from its arguments.
    variables: HashMap<&'c str, Word>,
}

impl<'c> Locals<'c> {
    pub fn of(script: &'c Script, function: &Function, call: &'c Command) -> Self {
        let mut locals = Self {
            arguments: call.args(),
            variables: HashMap::new(),
        };
        let inside = script
            .assignments
            .iter()
            .filter(|assignment| (function.first..=function.end).contains(&assignment.before));
        for assignment in inside {
            if !assignment.value.is_known() {
                let value = locals.fill(&assignment.value);
                locals.variables.insert(&assignment.name, value);
            }
        }
        locals
    }

    /// A command of the function with the words of this call.
    pub fn filled(&self, command: &Command) -> Command {
        let mut filled = command.clone();
        let program = command.words.iter().take(command.program + 1).cloned();
        let mut words: Vec<Word> = program.collect();
        for word in command.args() {
            match word.text.as_str() {
                "${@}" | "${*}" if words.len() < WORDS => {
                    words.extend(self.arguments.iter().cloned())
                }
                _ => words.push(self.fill(word)),
            }
        }
        filled.words = words;
        filled
    }

    /// A word with its parameters replaced. One that is nothing but a parameter stands where the
    /// call writes it.
    fn fill(&self, word: &Word) -> Word {
        if let [part] = word.parts.as_slice()
            && let PartKind::Variable { name, .. } = &part.kind
            && let Some(value) = self.value(name)
        {
            return value.clone();
        }
        let mut filled = word.clone();
        let mut length = word.text.len();
        for part in &mut filled.parts {
            if let PartKind::Variable {
                name, known: false, ..
            } = &part.kind
                && let Some(value) = self.value(name)
                && length + value.text.len() <= LONGEST
            {
                length += value.text.len();
                part.text.clone_from(&value.text);
            }
        }
        filled.text = filled.parts.iter().map(|part| part.text.as_str()).collect();
        filled
    }

    fn value(&self, name: &str) -> Option<&Word> {
        match name.parse::<usize>() {
            Ok(number) => self.arguments.get(number.checked_sub(1)?),
            Err(_) => self.variables.get(name),
        }
    }
}
