//! A team's own rules about source code: patterns like those of `rules/source/<language>/`.
//!
//! Patterns are data: names, constants, expressions that run in linear time and queries on syntax
//! trees. What they may weigh is bounded here, before anything is compiled.

use regex_syntax::ParserBuilder;
use serde::de::DeserializeOwned;
use toml::Spanned;

use super::pattern::source::{Clause, FixTemplate, SourcePattern, Test, alternatives_of};
use super::spanned::{Part, read};
use super::team::{DEEPEST, LONGEST, TeamRuleError, at, weight};

/// The languages that patterns are written for: the folders of `rules/source/` that hold them.
pub const LANGUAGES: [&str; 8] = [
    "python",
    "javascript",
    "go",
    "rust",
    "php",
    "ruby",
    "java",
    "csharp",
];

/// Clauses of one rule, and tests of one clause.
const CLAUSES: usize = 50;
const TESTS: usize = 50;
/// Names and words of one rule, alternatives counted one by one.
const NAMES: usize = 1000;
/// Queries of one rule.
const QUERIES: usize = 10;
/// States of a rule's expressions, roughly. A class of Unicode's letters has a few thousand.
const HEAVIEST: usize = 200_000;
/// The same of all rules of a repository together.
pub const HEAVIEST_OF_ALL: usize = 10_000_000;
/// Queries of all rules of a repository together: each is compiled before anything is checked.
pub const QUERIES_OF_ALL: usize = 100;

/// What a rule of a team's own says about source code.
#[derive(Clone, Debug)]
pub struct TeamSource {
    pub language: String,
    pub pattern: SourcePattern,
    /// The queries with their places in the file: only who has grammars can judge them.
    pub queries: Vec<Spanned<String>>,
    /// About how many states its expressions become.
    pub weight: usize,
}

/// The language of an id, where it is one of a rule about source code.
pub fn language_of(id: &str) -> Option<(&str, &str)> {
    id.strip_prefix("source/")?.split_once('/')
}

/// Checks the `[pattern]` of a rule for a language.
pub fn settle(language: &str, table: &Spanned<Part>) -> Result<TeamSource, TeamRuleError> {
    let clauses = entry(table, "any").map_or(&[][..], |any| any.get_ref().elements());
    if let Some(one) = clauses.get(CLAUSES) {
        return Err(at(one, format!("a rule has at most {CLAUSES} clauses")));
    }
    let mut size = Size::default();
    for clause in clauses {
        settle_clause(clause, &mut size)?;
    }
    fits::<SourcePattern>(table)?;
    let pattern: SourcePattern = whole(table)?;
    pattern.validate().map_err(|message| at(table, message))?;
    Ok(TeamSource {
        language: language.to_owned(),
        pattern,
        queries: size.queries,
        weight: size.weight,
    })
}

/// What the clauses of a rule come to.
#[derive(Default)]
struct Size {
    names: usize,
    weight: usize,
    queries: Vec<Spanned<String>>,
}

fn settle_clause(clause: &Spanned<Part>, size: &mut Size) -> Result<(), TeamRuleError> {
    for key in ["where", "unless"] {
        let tests = entry(clause, key).map_or(&[][..], |tests| tests.get_ref().elements());
        if let Some(one) = tests.get(TESTS) {
            return Err(at(one, format!("a clause has at most {TESTS} tests")));
        }
        for test in tests {
            fits::<Test>(test)?;
            size.expressions(test, &Test::EXPRESSIONS)?;
            size.names(test, &Test::NAMES)?;
            let valid = whole::<Test>(test)?.validate();
            valid.map_err(|message| misfit(test, message))?;
        }
    }
    if let Some(fix) = entry(clause, "fix") {
        fits::<FixTemplate>(fix)?;
    }
    fits::<Clause>(clause)?;
    size.expressions(clause, &Clause::EXPRESSIONS)?;
    size.names(clause, &Clause::NAMES)?;
    if let Some(query) = entry(clause, "query")
        && let Some(text) = query.get_ref().as_str()
    {
        if size.queries.len() == QUERIES {
            return Err(at(query, format!("a rule has at most {QUERIES} queries")));
        }
        // What is no expression is the name of a token, or a mistake that the grammar's side tells.
        let expressions = strings(text).into_iter();
        let weights = expressions.filter_map(|text| weigh(&text, By::Characters).ok());
        size.add(weights.sum(), query)?;
        size.queries
            .push(Spanned::new(query.span(), text.to_owned()));
    }
    let valid = whole::<Clause>(clause)?.validate();
    valid.map_err(|message| misfit(clause, message))
}

impl Size {
    fn expressions(&mut self, of: &Spanned<Part>, keys: &[&str]) -> Result<(), TeamRuleError> {
        for key in keys {
            let Some(part) = entry(of, key) else {
                continue;
            };
            let text = part.get_ref().as_str().unwrap_or_default();
            let weight = weigh(text, By::Bytes)
                // A class may name characters beyond ASCII.
                .or_else(|_| weigh(text, By::Characters))
                .map_err(|message| at(part, message))?;
            self.add(weight, part)?;
        }
        Ok(())
    }

    fn add(&mut self, weight: usize, part: &Spanned<Part>) -> Result<(), TeamRuleError> {
        self.weight = self.weight.saturating_add(weight);
        match self.weight > HEAVIEST {
            true => Err(at(
                part,
                "the expressions of this rule are too large: repeat less",
            )),
            false => Ok(()),
        }
    }

    fn names(&mut self, of: &Spanned<Part>, keys: &[&str]) -> Result<(), TeamRuleError> {
        for key in keys {
            let names = entry(of, key).map_or(&[][..], |names| names.get_ref().elements());
            for name in names {
                let text = name.get_ref().as_str().unwrap_or_default();
                self.names = self.names.saturating_add(alternatives_of(text));
                if self.names > NAMES || text.len() > LONGEST {
                    return Err(at(name, format!("a rule has at most {NAMES} names")));
                }
            }
        }
        Ok(())
    }
}

/// The texts in quotes of a query, without their escapes.
fn strings(query: &str) -> Vec<String> {
    let mut strings = Vec::new();
    let mut open: Option<String> = None;
    let mut characters = query.chars();
    while let Some(character) = characters.next() {
        match (character, &mut open) {
            ('"', None) => open = Some(String::new()),
            ('"', Some(_)) => strings.extend(open.take()),
            ('\\', Some(text)) => text.extend(characters.next()),
            (character, Some(text)) => text.push(character),
            (_, None) => {}
        }
    }
    strings
}

/// About how many states an expression becomes, or why it is none.
fn weigh(text: &str, by: By) -> Result<usize, String> {
    if text.len() > LONGEST {
        return Err(format!("an expression has at most {LONGEST} bytes"));
    }
    let mut parser = ParserBuilder::new();
    parser.unicode(matches!(by, By::Characters)).utf8(false);
    let parsed = parser.nest_limit(DEEPEST).build().parse(text);
    parsed
        .map(|parsed| weight(&parsed))
        .map_err(|error| super::team::not_linear(&error))
}

/// What an expression goes by: the ones of queries are compiled by another library.
#[derive(Clone, Copy)]
enum By {
    Bytes,
    Characters,
}

fn entry<'p>(table: &'p Spanned<Part>, name: &str) -> Option<&'p Spanned<Part>> {
    let entries = table.get_ref().entries().iter();
    let mut named = entries.filter(|(key, _)| key.get_ref() == name);
    named.next().map(|(_, part)| part)
}

/// Tries every key of a table by itself, so that a mistake has a place.
fn fits<T: DeserializeOwned>(table: &Spanned<Part>) -> Result<(), TeamRuleError> {
    for (key, part) in table.get_ref().entries() {
        let one = [(key.get_ref().clone(), part.get_ref().plain())];
        if let Err(message) = read::<T>(&one.into_iter().collect()) {
            let is_unknown = message.starts_with("unknown field");
            let span = if is_unknown { key.span() } else { part.span() };
            return Err(TeamRuleError { message, span });
        }
    }
    Ok(())
}

fn whole<T: DeserializeOwned>(table: &Spanned<Part>) -> Result<T, TeamRuleError> {
    read(&table.get_ref().plain()).map_err(|message| at(table, message))
}

/// A mistake where the word stands that the message quotes, or at the table.
fn misfit(table: &Spanned<Part>, message: String) -> TeamRuleError {
    let quoted = |text: &str| {
        message.contains(&format!("\"{text}\"")) || message.contains(&format!("`{text}`"))
    };
    let place = table.get_ref().place_of(&quoted);
    TeamRuleError {
        span: place.unwrap_or_else(|| table.span()),
        message,
    }
}
