//! Quotes, escapes and `$variables` in the words of instructions.

use super::value::Value;
use crate::model::Span;

/// What a name stands for.
#[derive(Clone, Debug)]
pub(super) enum Lookup {
    Set(Value),
    /// Declared without a value, which a build argument may give.
    Open,
    /// Nothing in the file sets or declares it; the base image may.
    Unset,
}

/// A variable that a text names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mention {
    /// Of the name in the text.
    pub at: usize,
    pub name: String,
    pub is_declared: bool,
    /// True in the forms that say what holds where it is not set: `${x:-y}` and the like.
    pub is_guarded: bool,
}

/// Longest text that expansion builds, in bytes; longer ones count as unknown.
const LONGEST: usize = 32 << 10;
/// Deepest nesting of `${a:-${b:-...}}` that is followed.
const DEEPEST: u32 = 16;
/// Longest text and pattern that are matched against each other.
const LONGEST_MATCHED: usize = 1024;

/// The meaning of a word: quotes removed, escapes resolved, variables replaced.
///
/// A variable that nothing sets makes the whole unknown, except in the forms that say what to use
/// instead. `None` for what BuildKit refuses: quotes or braces that do not close, forms of `${...}`
/// that it does not have.
pub(super) fn expand(raw: &str, escape: char, lookup: &dyn Fn(&str) -> Lookup) -> Option<Value> {
    read(raw, escape, lookup).0
}

/// As [`expand`], and the variables that the text names.
pub(super) fn read(
    raw: &str,
    escape: char,
    lookup: &dyn Fn(&str) -> Lookup,
) -> (Option<Value>, Vec<Mention>) {
    if !raw.contains(['$', '\'', '"', escape]) {
        return (Some(Value::new(raw)), Vec::new());
    }
    let mut reader = Reader {
        length: raw.len(),
        rest: raw,
        escape,
        lookup,
        origin: None,
        known: true,
        given_up: false,
        mentions: Vec::new(),
    };
    let text = reader.until(None, false, 0);
    let Reader {
        origin,
        known,
        given_up,
        mentions,
        ..
    } = reader;
    if text.is_none() && !given_up {
        return (None, mentions);
    }
    let text = text.filter(|text| known && text.len() <= LONGEST);
    let value = match origin {
        Some(origin) => Value::from_binding(text, origin),
        None => text.map_or(Value::UNKNOWN, Value::new),
    };
    (Some(value), mentions)
}

struct Reader<'r> {
    /// Of the whole text.
    length: usize,
    rest: &'r str,
    escape: char,
    lookup: &'r dyn Fn(&str) -> Lookup,
    origin: Option<Span>,
    known: bool,
    /// True where a limit of ours ended the reading.
    given_up: bool,
    mentions: Vec<Mention>,
}

impl<'r> Reader<'r> {
    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    /// Reads up to `stop`, which is consumed, or to the end. `None`: not well formed.
    fn until(&mut self, stop: Option<char>, keep_escapes: bool, depth: u32) -> Option<String> {
        let mut text = String::new();
        while let Some(c) = self.next() {
            if Some(c) == stop {
                return Some(text);
            }
            match c {
                '\'' => {
                    let (quoted, rest) = self.rest.split_once('\'')?;
                    text.push_str(quoted);
                    self.rest = rest;
                }
                '"' => self.double_quoted(&mut text, depth)?,
                '$' => self.dollar(&mut text, depth)?,
                c if c == self.escape => {
                    if keep_escapes {
                        text.push(c);
                    }
                    text.extend(self.next());
                }
                c => text.push(c),
            }
            if text.len() > LONGEST {
                self.given_up = true;
                return None;
            }
        }
        stop.is_none().then_some(text)
    }

    fn double_quoted(&mut self, text: &mut String, depth: u32) -> Option<()> {
        loop {
            match self.next()? {
                '"' => return Some(()),
                '$' => self.dollar(text, depth)?,
                c if c == self.escape => match self.peek() {
                    Some(next) if next == '"' || next == '$' || next == self.escape => {
                        self.next();
                        text.push(next);
                    }
                    _ => text.push(c),
                },
                c => text.push(c),
            }
        }
    }

    /// Reads what follows a `$`.
    fn dollar(&mut self, text: &mut String, depth: u32) -> Option<()> {
        if depth > DEEPEST {
            self.given_up = true;
            return None;
        }
        if self.peek() != Some('{') {
            let name = self.name();
            if name.is_empty() {
                text.push('$');
            } else {
                self.mention(name, false);
                self.plain(name, text);
            }
            return Some(());
        }
        self.next();
        let name = self.name();
        if name.is_empty() {
            return None;
        }
        let next = self.rest.trim_start_matches(':').chars().next();
        self.mention(name, matches!(next, Some('-' | '+' | '?')));
        match self.next()? {
            '}' => self.plain(name, text),
            ':' => {
                let kind = self.next().filter(|c| matches!(c, '-' | '+' | '?'))?;
                self.conditional(name, kind, true, text, depth)?;
            }
            kind @ ('-' | '+' | '?') => self.conditional(name, kind, false, text, depth)?,
            kind @ ('#' | '%') => {
                let longest = self.peek() == Some(kind);
                if longest {
                    self.next();
                }
                let pattern = self.until(Some('}'), true, depth + 1)?;
                let value = self.value_of(name);
                match value
                    .as_deref()
                    .and_then(|value| trim(value, &pattern, kind, longest))
                {
                    Some(trimmed) => text.push_str(&trimmed),
                    None => self.known = false,
                }
            }
            '/' => {
                let all = self.peek() == Some('/');
                if all {
                    self.next();
                }
                let pattern = self.until(Some('/'), true, depth + 1)?;
                let with = self.until(Some('}'), true, depth + 1)?;
                let value = self.value_of(name);
                match value
                    .as_deref()
                    .and_then(|value| replace(value, &pattern, &with, all))
                {
                    Some(replaced) => text.push_str(&replaced),
                    None => self.known = false,
                }
            }
            _ => return None,
        }
        Some(())
    }

    fn conditional(
        &mut self,
        name: &str,
        kind: char,
        null_is_unset: bool,
        text: &mut String,
        depth: u32,
    ) -> Option<()> {
        // A word that is not used must not make the whole unknown.
        let (known, origin) = (self.known, self.origin);
        let word = self.until(Some('}'), false, depth + 1)?;
        let word_known = std::mem::replace(&mut self.known, known);
        let word_origin = std::mem::replace(&mut self.origin, origin);
        let found = (self.lookup)(name);
        if let Lookup::Set(value) = &found {
            self.origin = value.origin.or(self.origin);
        }
        let set = match &found {
            Lookup::Set(value) => match value.known() {
                Some(known) => !(null_is_unset && known.is_empty()),
                None => {
                    self.known = false;
                    return Some(());
                }
            },
            Lookup::Open | Lookup::Unset => false,
        };
        match (kind, set) {
            ('-', false) | ('+', true) => {
                self.known &= word_known;
                self.origin = word_origin.or(self.origin);
                text.push_str(&word);
            }
            ('-' | '?', true) => {
                if let Lookup::Set(value) = &found {
                    text.push_str(value.known().unwrap_or_default());
                }
            }
            ('+', false) => {}
            _ => self.known = false,
        }
        Some(())
    }

    fn plain(&mut self, name: &str, text: &mut String) {
        match self.value_of(name) {
            Some(value) => text.push_str(&value),
            None => self.known = false,
        }
    }

    fn value_of(&mut self, name: &str) -> Option<String> {
        match (self.lookup)(name) {
            Lookup::Set(value) => {
                self.origin = value.origin.or(self.origin);
                value.known().map(str::to_owned)
            }
            Lookup::Open | Lookup::Unset => None,
        }
    }

    /// Notes the variable whose name was read last.
    fn mention(&mut self, name: &str, is_guarded: bool) {
        self.mentions.push(Mention {
            at: self.length - self.rest.len() - name.len(),
            name: name.to_owned(),
            is_declared: !matches!((self.lookup)(name), Lookup::Unset),
            is_guarded,
        });
    }

    /// A variable's name: letters, digits and `_`, or one of the shell's special parameters.
    fn name(&mut self) -> &'r str {
        let rest = self.rest;
        let length = match rest.chars().next() {
            Some(c) if c.is_ascii_digit() => {
                rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len()
            }
            Some('@' | '*' | '#' | '?' | '-' | '$' | '!') => 1,
            _ => {
                let word = |c: char| c.is_alphanumeric() || c == '_';
                rest.len() - rest.trim_start_matches(word).len()
            }
        };
        let (name, rest) = rest.split_at(length);
        self.rest = rest;
        name
    }
}

/// `${x#p}` and its kin. `None` where the texts are too long to try.
fn trim(value: &str, pattern: &str, kind: char, longest: bool) -> Option<String> {
    if value.len() > LONGEST_MATCHED || pattern.len() > LONGEST_MATCHED {
        return None;
    }
    let mut cuts: Vec<usize> = value.char_indices().map(|(at, _)| at).collect();
    cuts.push(value.len());
    // Shortest first: short prefixes end early, short suffixes begin late.
    if (kind == '%') != longest {
        cuts.reverse();
    }
    let matched = |cut: &usize| {
        let (before, after) = value.split_at(*cut);
        matches(pattern, if kind == '#' { before } else { after })
    };
    let kept = match cuts.iter().find(|cut| matched(cut)) {
        None => value,
        Some(cut) if kind == '#' => &value[*cut..],
        Some(cut) => &value[..*cut],
    };
    Some(kept.to_owned())
}

/// `${x/p/r}`, of which only literal patterns are followed.
fn replace(value: &str, pattern: &str, with: &str, all: bool) -> Option<String> {
    if pattern.is_empty() || pattern.contains(['*', '?', '\\']) || value.len() > LONGEST_MATCHED {
        return None;
    }
    Some(if all {
        value.replace(pattern, with)
    } else {
        value.replacen(pattern, with, 1)
    })
}

/// Whether a shell pattern of `*`, `?` and `\` matches all of a text. Time is at most the product
/// of the lengths.
fn matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        let (literal, width) = match pattern.get(p) {
            Some('\\') => (pattern.get(p + 1), 2),
            other => (other, 1),
        };
        match literal {
            Some('*') if width == 1 => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if (*c == '?' && width == 1) || *c == text[t] => {
                p += width;
                t += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    p = at + 1;
                    t = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(raw: &str) -> Option<String> {
        let lookup = |name: &str| match name {
            "x" => Lookup::Set(Value::new("a.b.c")),
            "empty" => Lookup::Set(Value::new("")),
            "platform" => Lookup::Set(Value::new("linux/amd64")),
            "given" => Lookup::Set(Value::UNKNOWN),
            _ => Lookup::Unset,
        };
        expand(raw, '\\', &lookup)?.known().map(str::to_owned)
    }

    fn is(raw: &str, expected: &str) {
        assert_eq!(value(raw).as_deref(), Some(expected), "{raw}");
    }

    #[test]
    fn plain_references_and_quotes() {
        is("$x", "a.b.c");
        is("pre-${x}.post", "pre-a.b.c.post");
        is("\"$x\"", "a.b.c");
        is("'$x'", "$x");
        is("\\$x", "$x");
        is("a\\ b", "a b");
        is("\"a\\nb\"", "a\\nb");
        is("cost$", "cost$");
    }

    #[test]
    fn defaults_and_alternatives() {
        is("${none:-d}", "d");
        is("${none-d}", "d");
        is("${empty:-d}", "d");
        is("${empty-d}", "");
        is("${x:-$none}", "a.b.c");
        is("${x:+set}", "set");
        is("${none:+set}", "");
        is("${none:-${also:-deep}}", "deep");
        is("${x:?needed}", "a.b.c");
        assert_eq!(value("${none:?needed}"), None);
    }

    #[test]
    fn trimming_and_replacing() {
        is("${platform#linux/}", "amd64");
        is("${x#*.}", "b.c");
        is("${x##*.}", "c");
        is("${x%.*}", "a.b");
        is("${x%%.*}", "a");
        is("${x#z}", "a.b.c");
        is("${x/./-}", "a-b.c");
        is("${x//./-}", "a-b-c");
    }

    #[test]
    fn what_nothing_sets_is_unknown() {
        assert_eq!(value("$none"), None);
        assert_eq!(value("a${given}b"), None);
        assert_eq!(value("${given:-d}"), None);
    }

    #[test]
    fn malformed_text_is_told_from_what_is_unknown() {
        for raw in ["${", "'a", "${x^^}", "${#x}", "a\"b"] {
            assert!(expand(raw, '\\', &|_| Lookup::Unset).is_none(), "{raw}");
        }
        let deep = "${x:-".repeat(10_000);
        for raw in ["$none", "${none:?needed}", deep.as_str()] {
            assert!(expand(raw, '\\', &|_| Lookup::Unset).is_some(), "{raw}");
        }
    }

    #[test]
    fn malformed_text_is_unknown_and_harmless() {
        for raw in [
            "${", "${}", "${x", "${x:", "${x:-", "'a", "\"a", "${{x}", "${x!y}", "${x/a",
        ] {
            assert_eq!(value(raw), None, "{raw}");
        }
        assert_eq!(value(&"${x:-".repeat(10_000)), None);
    }

    #[test]
    fn patterns_do_not_take_exponential_time() {
        let text = "a".repeat(1000);
        assert!(!matches(&"*a".repeat(400), &format!("{text}b")));
        assert!(matches("a*b?", "axxbc"));
        assert!(matches("a\\*", "a*"));
    }
}
