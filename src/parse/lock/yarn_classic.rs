//! yarn.lock of yarn 1: what was asked for, then two spaces deep what came of it.
//!
//! ```text
//! "@scope/a@^1.0.0", b@^2:
//!   version "1.2.3"
//!   dependencies:
//!     c "^3"
//! ```
//!
//! It does not say what the project asks for: its package.json and those of its workspaces do.

use std::borrow::Cow;
use std::collections::HashMap;

use super::needs::{Needs, Scopes};
use super::origin::Origin;
use super::package_json::Manifest;
use super::yarn::split;
use super::{Input, Lockfile, SyntaxError};
use crate::model::{Ecosystem, Package, PackageFacts, PackageSource, Span};

/// Errors of one file that are told.
const MOST_ERRORS: usize = 20;

#[derive(Default)]
struct Entry<'t> {
    key: Span,
    patterns: Vec<Cow<'t, str>>,
    name: Option<Cow<'t, str>>,
    version: Option<(Cow<'t, str>, Span)>,
    resolved: Option<Cow<'t, str>>,
    integrity: Option<Cow<'t, str>>,
    /// Name, range and whether it is optional.
    needs: Vec<(Cow<'t, str>, Cow<'t, str>, bool)>,
}

struct Word<'t> {
    text: Cow<'t, str>,
    span: Span,
}

/// A line without its indentation.
struct Line<'t> {
    words: Vec<Word<'t>>,
    /// It opens what is indented below it.
    opens: bool,
}

pub fn read(input: &Input<'_>) -> Lockfile {
    let mut lockfile = Lockfile::default();
    let mut entries: Vec<Entry<'_>> = Vec::new();
    // The list that lines four spaces deep belong to; true where what it names is optional.
    let mut list: Option<bool> = None;
    let mut start = 0;
    for whole in input.text.split_inclusive('\n') {
        let at = start;
        start += whole.len();
        let line = whole.trim_start_matches('\u{feff}');
        let code = line.trim();
        if code.is_empty() || code.starts_with('#') {
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        let code_at = at + (whole.len() - line.len()) + indent;
        let words = words(code, code_at);
        let understood = match (&words, indent, entries.last_mut()) {
            (Some(line), 0, _) if line.opens => {
                list = None;
                entries.push(Entry::new(line));
                true
            }
            (Some(line), 2, Some(entry)) => {
                list = None;
                entry.take(line, &mut list)
            }
            (Some(line), 4, Some(entry)) => match (&line.words[..], list) {
                ([name, range], Some(optional)) => {
                    let need = (name.text.clone(), range.text.clone(), optional);
                    entry.needs.push(need);
                    true
                }
                // Lists of which nothing is read.
                _ => list.is_none() && !line.words.is_empty(),
            },
            _ => false,
        };
        if !understood && lockfile.errors.len() < MOST_ERRORS {
            lockfile.errors.push(SyntaxError {
                span: Span::from_usize(code_at, code_at + code.len()),
                message: "not a line of a yarn.lock".into(),
            });
        }
    }
    for entry in entries.iter().filter(|entry| entry.version.is_none()) {
        lockfile.errors.push(SyntaxError {
            span: entry.key,
            message: "a package without a version".into(),
        });
    }
    lockfile.packages = packages(input, &entries);
    lockfile
}

/// Words between spaces and commas, some in quotes; `None` where a quote is not closed.
fn words(code: &str, at: usize) -> Option<Line<'_>> {
    let (code, opens) = match code.strip_suffix(':') {
        Some(code) => (code, true),
        None => (code, false),
    };
    let mut words = Vec::new();
    let mut place = 0;
    while let Some(rest) = code.get(place..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with([' ', ',']) {
            place += 1;
            continue;
        }
        let (text, length) = if rest.starts_with('"') {
            let length = closing_quote(rest)? + 1;
            let text = rest.get(1..length - 1)?;
            let text = if text.contains('\\') {
                Cow::Owned(serde_json::from_str(rest.get(..length)?).ok()?)
            } else {
                Cow::Borrowed(text)
            };
            (text, length)
        } else {
            let length = rest.find([' ', ',']).unwrap_or(rest.len());
            (Cow::Borrowed(rest.get(..length)?), length)
        };
        words.push(Word {
            text,
            span: Span::from_usize(at + place, at + place + length),
        });
        place += length;
    }
    Some(Line { words, opens })
}

fn closing_quote(quoted: &str) -> Option<usize> {
    let bytes = quoted.as_bytes();
    let mut at = 1;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

impl<'t> Entry<'t> {
    fn new(line: &Line<'t>) -> Self {
        let spans = line.words.iter().map(|word| word.span);
        Self {
            key: spans.reduce(Span::cover).unwrap_or_default(),
            patterns: line.words.iter().map(|word| word.text.clone()).collect(),
            ..Self::default()
        }
    }

    fn take(&mut self, line: &Line<'t>, list: &mut Option<bool>) -> bool {
        match &line.words[..] {
            [name] if line.opens => {
                *list = match &*name.text {
                    "dependencies" => Some(false),
                    "optionalDependencies" => Some(true),
                    _ => None,
                };
            }
            [name, value] => match &*name.text {
                "version" => self.version = Some((value.text.clone(), value.span)),
                "name" => self.name = Some(value.text.clone()),
                "resolved" => self.resolved = Some(value.text.clone()),
                "integrity" => self.integrity = Some(value.text.clone()),
                _ => {}
            },
            // A hash of several parts, or what nobody knows yet.
            [name, ..] => {
                if name.text == "integrity" {
                    let hashes = line.words.iter().skip(1).map(|word| &*word.text);
                    self.integrity = Some(Cow::Owned(hashes.collect::<Vec<_>>().join(" ")));
                }
            }
            [] => return false,
        }
        true
    }

    fn package(&self) -> Package {
        let first = self.patterns.first().map_or("", |pattern| pattern);
        let (asked, range) = split(first).unwrap_or(("", first));
        let named = self.name.as_deref();
        // `foo@npm:real@^1` is another package under this name.
        let real = range.strip_prefix("npm:").filter(|_| !asked.is_empty());
        let real = real.map(|real| split(real).map_or(real, |(name, _)| name));
        let name = match real {
            Some(real) => real,
            None if asked.is_empty() => named.unwrap_or_else(|| last_part(first)),
            None => asked,
        };
        let by_range = if real.is_some() || !is_place(range) {
            None
        } else {
            Some(Origin::of(range))
        };
        let by_place = self.resolved.as_deref().map(Origin::of);
        let is_git = |origin: &Origin| origin.source == PackageSource::Git;
        let origin = match (by_place, by_range) {
            (Some(place), Some(range)) if is_git(&range) && !is_git(&place) => Origin {
                source: PackageSource::Git,
                ..place
            },
            // Who names a place does not get the public package, wherever the place is.
            (Some(place), Some(_)) if place.source == PackageSource::Registry => Origin {
                source: PackageSource::Url,
                ..place
            },
            (Some(place), _) => place,
            (None, Some(range)) => range,
            (None, None) => Origin::of(""),
        };
        let (version, span) = match &self.version {
            Some((version, span)) => (&**version, self.key.cover(*span)),
            None => ("", self.key),
        };
        let span = if span.len() < 400 { span } else { self.key };
        let mut package = Package {
            source: origin.source,
            ..Package::new(Ecosystem::Npm, name, version, span)
        };
        let integrity = self.integrity.as_deref().or_else(|| {
            // Older ones have the hash behind the place alone.
            let (_, hash) = self.resolved.as_deref()?.split_once('#')?;
            (origin.source != PackageSource::Git).then_some(hash)
        });
        let mut integrity: Vec<String> = integrity
            .unwrap_or_default()
            .split_whitespace()
            .map(str::to_owned)
            .collect();
        integrity.sort();
        package.facts = PackageFacts {
            resolved: self.resolved.as_deref().map(str::to_owned),
            integrity,
            commit: origin.commit,
            alias: (real.is_some() && asked != name).then(|| asked.to_owned()),
            ..PackageFacts::default()
        };
        package
    }
}

/// Whether a range names where the package lies: a URL, a folder, `owner/repository`.
fn is_place(range: &str) -> bool {
    range.contains('/') || (range.contains(':') && !range.starts_with("npm:"))
}

/// The name of a repository or archive whose package says no other.
fn last_part(place: &str) -> &str {
    let place = place.split('#').next().unwrap_or(place);
    let last = place.rsplit(['/', ':']).next().unwrap_or(place);
    last.strip_suffix(".git").unwrap_or(last)
}

fn packages(input: &Input<'_>, entries: &[Entry<'_>]) -> Vec<Package> {
    let mut needs = Needs::default();
    let mut by_pattern: HashMap<&str, usize> = HashMap::with_capacity(entries.len());
    // A name that one entry alone has: `resolutions` can answer any range with it.
    let mut by_name: HashMap<&str, Option<usize>> = HashMap::with_capacity(entries.len());
    for (at, entry) in entries.iter().enumerate() {
        needs.add(entry.package());
        let mut names: Vec<&str> = Vec::new();
        for pattern in &entry.patterns {
            by_pattern.insert(pattern, at);
            let name = split(pattern).map_or(&**pattern, |(name, _)| name);
            if !names.contains(&name) && names.len() < 8 {
                names.push(name);
                let only = by_name.entry(name).or_insert(Some(at));
                if *only != Some(at) {
                    *only = None;
                }
            }
        }
    }
    let find = |name: &str, range: &str| {
        let exact = by_pattern.get(format!("{name}@{range}").as_str()).copied();
        exact.or_else(|| by_name.get(name).copied().flatten())
    };
    for (from, entry) in entries.iter().enumerate() {
        for (name, range, optional) in &entry.needs {
            if let Some(to) = find(name, range) {
                needs.need(from, to, Some(range), *optional);
            }
        }
    }
    let root = Manifest::beside(input, "");
    let folders = root.as_ref().map(|root| root.workspaces(input).0);
    let members = folders.unwrap_or_default().into_iter();
    let members: Vec<Manifest> = members
        .filter_map(|folder| Manifest::beside(input, &folder))
        .collect();
    for (is_root, manifest) in root
        .iter()
        .map(|root| (true, root))
        .chain(members.iter().map(|member| (false, member)))
    {
        // This yarn installs no peers of the project.
        for need in manifest.needs.iter().filter(|need| !need.is_peer) {
            if let Some(package) = find(&need.name, &need.range) {
                needs.want(manifest.want(need, package, is_root));
            }
        }
    }
    needs.finish(Scopes::Derived, root.is_some())
}
