//! go.mod: what the module requires. Since Go 1.17 that is every module of the build, below it only
//! the direct ones.

use std::collections::HashMap;

use super::{Input, Lockfile, SyntaxError};
use crate::model::{Ecosystem, Package, PackageSource, Span};

/// A word with its place, without its quotes.
#[derive(Clone, Copy)]
struct Word<'t> {
    text: &'t str,
    span: Span,
}

struct Require<'t> {
    module: Word<'t>,
    version: Word<'t>,
    indirect: bool,
}

/// Old module, old version or all of them, and what comes instead.
struct Replacement<'t> {
    version: Option<&'t str>,
    module: Word<'t>,
    /// `None` for a folder.
    with: Option<Word<'t>>,
}

pub fn read(input: &Input<'_>) -> Lockfile {
    let text = input.text;
    let mut errors = Vec::new();
    let mut required: Vec<Require<'_>> = Vec::new();
    let mut replaced: HashMap<&str, Vec<Replacement<'_>>> = HashMap::new();
    let mut block: Option<&str> = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let at = start;
        start += line.len();
        let (code, comment) = line.split_once("//").unwrap_or((line, ""));
        let words = words(code, at);
        let (directive, rest) = match (block, &words[..]) {
            (_, []) => continue,
            (Some(_), [close]) if close.text == ")" => {
                block = None;
                continue;
            }
            (None, [directive, open]) if open.text == "(" => {
                block = Some(directive.text);
                continue;
            }
            (Some(directive), words) => (directive, words),
            (None, [directive, rest @ ..]) => (directive.text, rest),
        };
        let understood = match (directive, rest) {
            ("require", [module, version]) => {
                let mark = comment.trim_start();
                required.push(Require {
                    module: *module,
                    version: *version,
                    indirect: mark == "indirect"
                        || mark.trim_end() == "indirect"
                        || mark.starts_with("indirect;"),
                });
                true
            }
            ("replace", words) => match replacement(words) {
                Some((old, replacement)) => {
                    replaced.entry(old).or_default().push(replacement);
                    true
                }
                None => false,
            },
            ("require", _) => false,
            // What is excluded or retracted is not built, and Go itself reads over what is new.
            _ => true,
        };
        if !understood {
            let end = at + line.trim_end().len();
            errors.push(SyntaxError {
                span: Span::from_usize(at, end),
                message: format!("not a {directive} line"),
            });
        }
    }
    if block.is_some() {
        errors.push(SyntaxError {
            span: Span::from_usize(text.len(), text.len()),
            message: "a block without its closing bracket".into(),
        });
    }
    Lockfile {
        packages: required
            .iter()
            .map(|require| package(require, &replaced))
            .collect(),
        errors,
        unknown: Vec::new(),
    }
}

/// Words between white space; a quoted one may hold spaces.
fn words(code: &str, offset: usize) -> Vec<Word<'_>> {
    let mut words = Vec::with_capacity(4);
    let mut at = 0;
    while let Some(skip) = code[at..].find(|c: char| !c.is_whitespace()) {
        at += skip;
        let rest = &code[at..];
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '`'));
        let (inner, length) = match quote.and_then(|quote| rest[1..].find(quote)) {
            Some(end) => (&rest[1..=end], end + 2),
            None => {
                let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
                (&rest[..end], end)
            }
        };
        words.push(Word {
            text: inner,
            span: Span::from_usize(offset + at, offset + at + length),
        });
        at += length;
    }
    words
}

/// `old [version] => new [version]`.
fn replacement<'t>(words: &[Word<'t>]) -> Option<(&'t str, Replacement<'t>)> {
    let arrow = words.iter().position(|word| word.text == "=>")?;
    let (old, new) = (&words[..arrow], &words[arrow + 1..]);
    Some((
        old.first()?.text,
        Replacement {
            version: old.get(1).map(|word| word.text),
            module: *new.first()?,
            with: new.get(1).copied(),
        },
    ))
}

fn package(require: &Require<'_>, replaced: &HashMap<&str, Vec<Replacement<'_>>>) -> Package {
    let found = replaced.get(require.module.text).and_then(|list| {
        let fits = |version: Option<&str>| version == Some(require.version.text);
        // A replacement of this very version goes before one of all versions.
        list.iter()
            .find(|r| fits(r.version))
            .or_else(|| list.iter().find(|r| r.version.is_none()))
    });
    // The words that decide what is built: those of the replacement, where there is one.
    let (module, version, source) = match found {
        Some(Replacement {
            module,
            with: Some(version),
            ..
        }) => (*module, *version, PackageSource::Registry),
        Some(_) => (require.module, require.version, PackageSource::Path),
        None => (require.module, require.version, PackageSource::Registry),
    };
    Package {
        direct: Some(!require.indirect),
        source,
        dependency_path: if require.indirect {
            Vec::new()
        } else {
            vec![module.text.to_owned()]
        },
        ..Package::new(
            Ecosystem::Go,
            module.text,
            version.text,
            module.span.cover(version.span),
        )
    }
}
