//! requirements.txt and constraints: a line a requirement, continued by a backslash. Only `==` and
//! `===` without a wildcard pin a version; everything else names a package without one. The notes
//! that pip-compile and uv write (`# via`) tell who needs it.

use std::collections::HashMap;

use super::graph::Graph;
use super::{Input, Lockfile, SyntaxError};
use crate::model::{Ecosystem, Package, PackageSource, RepoPath, Scope, Span};

struct Entry {
    name: String,
    version: String,
    span: Span,
    source: PackageSource,
    /// Names after `# via`; `None` without such a note.
    via: Option<Vec<String>>,
}

pub fn read(input: &Input<'_>) -> Lockfile {
    let (path, text) = (input.path, input.text);
    let mut entries: Vec<Entry> = Vec::new();
    let mut errors = Vec::new();
    let mut via_continues = false;
    for (start, line) in logical_lines(text) {
        let (code, comment) = split_comment(line);
        // A note stands behind the requirement or on lines of its own below it.
        if let Some(entry) = entries.last_mut().filter(|_| code.trim().is_empty()) {
            via_continues = note(entry, comment, via_continues);
            continue;
        }
        let lead = code.len() - code.trim_start().len();
        match requirement(code.trim(), start + lead) {
            Line::Nothing => via_continues = false,
            Line::Entry(mut entry) => {
                via_continues = note(&mut entry, comment, false);
                entries.push(entry);
            }
            Line::Error(message) => errors.push(SyntaxError {
                span: Span::from_usize(start + lead, start + code.trim_end().len()),
                message: message.into(),
            }),
        }
    }
    Lockfile {
        packages: packages(path, &entries),
        errors,
        unknown: Vec::new(),
    }
}

/// Lines with what a backslash at their end joins to them, and where they start.
fn logical_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    std::iter::from_fn(move || {
        let start = at;
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        let mut length = 0;
        for line in rest.split_inclusive('\n') {
            length += line.len();
            let content = line.trim_end_matches(['\n', '\r']);
            // A comment does not continue.
            if !content.ends_with('\\') || content.trim_start().starts_with('#') {
                break;
            }
        }
        at += length;
        Some((start, rest[..length].trim_end_matches(['\n', '\r'])))
    })
}

/// A comment starts the line or follows white space; `#` within a word belongs to a URL.
fn split_comment(line: &str) -> (&str, &str) {
    let starts = |at: usize| {
        line[..at]
            .chars()
            .next_back()
            .is_none_or(char::is_whitespace)
    };
    match line.match_indices('#').find(|(at, _)| starts(*at)) {
        Some((at, _)) => (&line[..at], &line[at + 1..]),
        None => (line, ""),
    }
}

/// Reads `via a, b`, and the indented names on the lines after a bare `via`.
fn note(entry: &mut Entry, comment: &str, continues: bool) -> bool {
    let comment = comment.trim();
    let names = match comment.strip_prefix("via") {
        Some(rest) if rest.is_empty() || rest.starts_with(' ') => rest,
        _ if continues && !comment.is_empty() => comment,
        _ => return false,
    };
    let via = entry.via.get_or_insert_default();
    via.extend(
        names
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .map(str::to_owned),
    );
    true
}

enum Line {
    Nothing,
    Entry(Entry),
    Error(&'static str),
}

fn requirement(code: &str, at: usize) -> Line {
    if code.is_empty() {
        return Line::Nothing;
    }
    if let Some(option) = code.strip_prefix('-') {
        let editable = ["e", "-editable"].iter().find_map(|name| {
            let value = option.strip_prefix(name)?;
            value.strip_prefix(['=', ' ', '\t'])
        });
        // Other files that are named here are read on their own.
        let Some(target) = editable.map(str::trim) else {
            return Line::Nothing;
        };
        return located(target, at + code.len() - target.len());
    }
    let is_location = code.contains("://") && !code.split("://").next().unwrap_or("").contains('@');
    if is_location || code.starts_with(['.', '/']) {
        return located(code, at);
    }
    let name_end = code
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
        .unwrap_or(code.len());
    let name = &code[..name_end];
    if !name.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return Line::Error("not a requirement");
    }
    let mut rest = skip_space(&code[name_end..]);
    if rest.starts_with('[') {
        match rest.find(']') {
            Some(end) => rest = skip_space(&rest[end + 1..]),
            None => return Line::Error("extras without their closing bracket"),
        }
    }
    let entry = |version: &str, length: usize, source| {
        Line::Entry(Entry {
            name: Ecosystem::PyPI.normalise(name),
            version: version.to_owned(),
            span: Span::from_usize(at, at + length),
            source,
            via: None,
        })
    };
    if let Some(location) = rest.strip_prefix('@') {
        let location = skip_space(location);
        let target = location.split(char::is_whitespace).next().unwrap_or("");
        let length = code.len() - location.len() + target.len();
        return entry("", length, location_source(target));
    }
    // The specifiers end where a marker or an option begins.
    let end = rest.find([';', '\\']).unwrap_or(rest.len());
    let end = rest[..end].find(" --").unwrap_or(end);
    let specifiers = rest[..end].trim_end();
    let length = (code.len() - rest.len() + specifiers.len()).max(name.len());
    let length = code[..length].trim_end().len();
    let bare = specifiers.trim_matches(['(', ')']);
    if bare.is_empty() {
        let known = rest.is_empty() || rest.starts_with([';', '\\']) || rest.starts_with("--");
        return if known {
            entry("", name.len(), PackageSource::Registry)
        } else {
            Line::Error("not a requirement")
        };
    }
    let mut pinned = "";
    for specifier in bare.split(',').map(str::trim) {
        let Some(operator) = OPERATORS.iter().find(|op| specifier.starts_with(**op)) else {
            return Line::Error("a version without an operator");
        };
        let version = specifier[operator.len()..].trim();
        if matches!(*operator, "==" | "===") && !version.contains('*') {
            pinned = version;
        }
    }
    entry(pinned, length, PackageSource::Registry)
}

/// Longer ones before their beginnings.
const OPERATORS: [&str; 8] = ["===", "==", "~=", "!=", "<=", ">=", "<", ">"];

/// White space, and the line ends that a backslash joins.
fn skip_space(text: &str) -> &str {
    text.trim_start_matches([' ', '\t', '\\', '\r', '\n'])
}

/// A URL or a folder: known by name only if it says so (`#egg=name`).
fn located(target: &str, at: usize) -> Line {
    let word = target.split(char::is_whitespace).next().unwrap_or("");
    let egg = word
        .split(['#', '&'])
        .find_map(|part| part.strip_prefix("egg="));
    let Some(egg) = egg else {
        return Line::Nothing;
    };
    let name = egg.split('[').next().unwrap_or(egg);
    Line::Entry(Entry {
        name: Ecosystem::PyPI.normalise(name),
        version: String::new(),
        span: Span::from_usize(at, at + word.len()),
        source: location_source(word),
        via: None,
    })
}

fn location_source(target: &str) -> PackageSource {
    if target.starts_with("git+") {
        PackageSource::Git
    } else if target.contains("://") && !target.starts_with("file:") {
        PackageSource::Url
    } else {
        PackageSource::Path
    }
}

fn packages(path: &RepoPath, entries: &[Entry]) -> Vec<Package> {
    let by_name: HashMap<&str, usize> = entries
        .iter()
        .enumerate()
        .map(|(at, entry)| (entry.name.as_str(), at))
        .collect();
    let mut graph = Graph::new(entries.len());
    let mut direct = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        for via in entry.via.iter().flatten() {
            let word = via.split(' ').next().unwrap_or(via);
            match by_name.get(Ecosystem::PyPI.normalise(word).as_str()) {
                Some(&parent) if !via.contains('(') => graph.add(parent, at),
                // `-r requirements.in`, or the project itself: `name (pyproject.toml)`.
                _ => direct.push(at),
            }
        }
    }
    let mut is_direct = vec![false; entries.len()];
    for at in &direct {
        is_direct[*at] = true;
    }
    let mut paths = graph.paths(&direct);
    let scope = scope(path);
    entries
        .iter()
        .enumerate()
        .map(|(at, entry)| Package {
            scope,
            direct: entry.via.as_ref().map(|_| is_direct[at]),
            source: entry.source,
            dependency_path: paths.names(at, |at| &entries[at].name),
            ..Package::new(Ecosystem::PyPI, &entry.name, &entry.version, entry.span)
        })
        .collect()
}

/// The format has no scopes, so that people put development requirements in files named so.
fn scope(path: &RepoPath) -> Scope {
    let name = String::from_utf8_lossy(path.file_name()).to_lowercase();
    let mut words = name.split(|c: char| !c.is_ascii_alphanumeric());
    let dev = [
        "dev",
        "develop",
        "development",
        "test",
        "tests",
        "testing",
        "lint",
        "docs",
        "doc",
        "ci",
        "typing",
    ];
    if words.any(|word| dev.contains(&word)) {
        Scope::Dev
    } else {
        Scope::Unknown
    }
}
