//! requirements.txt and constraints: a line a requirement, continued by a backslash. Only `==` and
//! `===` without a wildcard pin a version; everything else names a package without one. The notes
//! that pip-compile and uv write (`# via`) tell who needs it.
//!
//! A file that `-r` includes under a name of its own kind is read for itself, and lists itself. One
//! that nobody would take for a requirements file is listed here, at the line that includes it.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use super::connected::{Asked, Names};
use super::needs::{Needs, Scopes, Want};
use super::pep508::{Demand, Location};
use super::{Ask, Input, Lockfile, SyntaxError, near, pyproject};
use crate::classify::classify;
use crate::model::{
    Ecosystem, FileKind, Package, PackageFacts, PackageSource, RepoPath, Requested, Scope, Span,
};
use crate::text::LineIndex;

/// What one file says, without the files that it includes.
#[derive(Default)]
struct File {
    entries: Vec<Entry>,
    includes: Vec<Include>,
    errors: Vec<SyntaxError>,
    /// Lines that name packages in a way that only the build can tell.
    unknown: Vec<String>,
    /// The index that is asked instead of the public one.
    index: Option<String>,
}

struct Entry {
    name: String,
    version: String,
    /// The versions that it allows, as written.
    range: String,
    span: Span,
    source: PackageSource,
    facts: PackageFacts,
    /// Names after `# via`; `None` without such a note.
    via: Option<Vec<String>>,
}

struct Include {
    target: String,
    is_constraint: bool,
    span: Span,
}

/// Included files that one file may lead to.
const MOST_INCLUDED: usize = 500;

pub fn wants(input: &Input<'_>) -> Vec<Ask> {
    let file = File::read(input.text);
    let mut asks: Vec<Ask> = manifests(input, &file).map(Ask::File).collect();
    follow(input, &file, &mut |followed| {
        asks.push(Ask::File(followed.path.clone()));
    });
    asks
}

/// The files that `# via` notes name: what the pins were made from.
fn manifests<'f>(input: &'f Input<'_>, file: &'f File) -> impl Iterator<Item = RepoPath> + 'f {
    let notes = file.entries.iter().filter_map(|entry| entry.via.as_ref());
    let named: BTreeSet<&str> = notes.flatten().filter_map(|note| manifest(note)).collect();
    // The tool was started at the root or beside the file.
    let places = |name: &str| {
        [
            input.near(name),
            near(&RepoPath::from(""), name).filter(|_| name.contains('/')),
        ]
    };
    let paths: Vec<RepoPath> = named.into_iter().flat_map(places).flatten().collect();
    paths.into_iter().take(MOST_INCLUDED)
}

/// `-r requirements.in` or `name (pyproject.toml)`.
fn manifest(note: &str) -> Option<&str> {
    if let Some(path) = note.strip_prefix("-r ") {
        return Some(path.trim());
    }
    let (_, path) = note.strip_suffix(')')?.rsplit_once('(')?;
    path.ends_with("pyproject.toml").then_some(path)
}

/// A file that another one leads to.
struct Followed<'f> {
    /// The line of the first file.
    by: &'f Include,
    path: &'f RepoPath,
    is_constraint: bool,
    /// The text and what it says, where it is there.
    found: Option<(&'f str, &'f File)>,
}

/// Walks through what the file includes, each file once: those of another name, and constraints.
/// False where there are too many.
fn follow(input: &Input<'_>, file: &File, seen: &mut dyn FnMut(Followed<'_>)) -> bool {
    let mut known = BTreeSet::from([input.path.clone()]);
    for first in &file.includes {
        let mut open = vec![(
            input.path.parent(),
            first.target.clone(),
            first.is_constraint,
        )];
        while let Some((folder, target, is_constraint)) = open.pop() {
            let Some(path) = near(&folder, &target) else {
                continue;
            };
            let lists_itself = classify(&path, b"") == FileKind::Requirements;
            if lists_itself && !is_constraint || known.contains(&path) {
                continue;
            }
            if known.len() > MOST_INCLUDED {
                return false;
            }
            known.insert(path.clone());
            let mut followed = Followed {
                by: first,
                path: &path,
                is_constraint,
                found: None,
            };
            let Some(text) = input.beside.file(&path) else {
                seen(followed);
                continue;
            };
            let included = File::read(text);
            followed.found = Some((text, &included));
            seen(followed);
            // In the order of the file.
            for next in included.includes.iter().rev() {
                let is_constraint = is_constraint || next.is_constraint;
                open.push((path.parent(), next.target.clone(), is_constraint));
            }
        }
    }
    true
}

pub fn read(input: &Input<'_>) -> Lockfile {
    let mut file = File::read(input.text);
    let mut listed: BTreeSet<(String, String)> = file.entries.iter().map(Entry::key).collect();
    let mut included: Vec<(Entry, Requested)> = Vec::new();
    let mut pins: HashMap<String, Pin> = HashMap::new();
    let mut unknown = Vec::new();
    let is_all = follow(input, &file, &mut |followed| {
        let path = followed.path;
        let Some((text, file)) = followed.found else {
            let is_missing = input.beside.knows(&Ask::File(path.clone()));
            let why = if is_missing {
                "is not there"
            } else {
                "was not looked at"
            };
            unknown.push(format!("{} {why}", path.display()));
            return;
        };
        let lines = LineIndex::new(text.as_bytes());
        for entry in &file.entries {
            let requested = Requested {
                path: path.clone(),
                line: lines.line(entry.span.start),
                requirement: entry.range.clone(),
            };
            if followed.is_constraint {
                let lists_itself = classify(path, b"") == FileKind::Requirements;
                pins.entry(entry.name.clone()).or_insert(Pin {
                    version: entry.version.clone(),
                    lists_itself,
                    requested,
                });
            } else if listed.insert(entry.key()) {
                included.push((entry.at(followed.by.span), requested));
            }
        }
        unknown.extend(file.unknown.iter().cloned());
    });
    if !is_all {
        unknown.push(format!("more than {MOST_INCLUDED} files are included"));
    }
    for include in &file.includes {
        if near(&input.path.parent(), &include.target).is_none() {
            unknown.push(format!("{} lies elsewhere", include.target));
        }
    }
    let asked = asked(input, &file);
    let errors = std::mem::take(&mut file.errors);
    unknown.extend(std::mem::take(&mut file.unknown));
    unknown.dedup();
    Lockfile {
        packages: packages(input.path, file, included, &pins, &asked),
        errors,
        unknown,
    }
}

/// Adds what one line asks for that stands in a file of another kind.
pub fn add(code: &str, at: usize, lockfile: &mut Lockfile) {
    match Line::read(code, at) {
        Line::Nothing | Line::Index(_) => {}
        Line::Entry(entry) => lockfile.packages.push(Package {
            direct: Some(true),
            source: entry.source,
            dependency_path: vec![entry.name.clone()],
            facts: entry.facts,
            ..Package::new(Ecosystem::PyPI, &entry.name, &entry.version, entry.span)
        }),
        Line::Include(target, _) => {
            // A file of requirements lists itself.
            let path = RepoPath::from(target.as_str());
            if classify(&path, b"") != FileKind::Requirements {
                lockfile.unknown.push(format!("what {target} asks for"));
            }
        }
        Line::Unknown(what) => lockfile.unknown.push(what),
        Line::Error(message) => lockfile.errors.push(SyntaxError {
            span: Span::from_usize(at, at + code.len()),
            message: message.into(),
        }),
    }
}

/// What a constraint says of a package.
struct Pin {
    version: String,
    /// The file is read for itself: what it pins is listed there.
    lists_itself: bool,
    requested: Requested,
}

/// What the manifests ask for that the notes name.
fn asked(input: &Input<'_>, file: &File) -> Asked {
    let mut asked = Asked::default();
    for path in manifests(input, file) {
        if path.file_name() == b"pyproject.toml" {
            pyproject::add(input, &path, &mut asked);
        } else if let Some(text) = input.beside.file(&path) {
            let lines = LineIndex::new(text.as_bytes());
            for entry in File::read(text).entries {
                let requested = Requested {
                    path: path.clone(),
                    line: lines.line(entry.span.start),
                    requirement: entry.range,
                };
                asked.add(&entry.name, scope(&path), Some(requested));
            }
        }
    }
    asked
}

impl Entry {
    fn key(&self) -> (String, String) {
        (self.name.clone(), self.version.clone())
    }

    /// The same requirement at the line that includes its file.
    fn at(&self, span: Span) -> Self {
        Self {
            name: self.name.clone(),
            version: self.version.clone(),
            range: self.range.clone(),
            span,
            source: self.source,
            facts: self.facts.clone(),
            via: None,
        }
    }
}

impl File {
    fn read(text: &str) -> Self {
        let mut file = Self::default();
        let mut via_continues = false;
        for (start, line) in logical_lines(text) {
            let (code, comment) = split_comment(&line);
            // A note stands behind the requirement or on lines of its own below it.
            if let Some(entry) = file.entries.last_mut().filter(|_| code.trim().is_empty()) {
                via_continues = note(entry, comment, via_continues);
                continue;
            }
            via_continues = false;
            let at = start + code.len() - code.trim_start().len();
            let code = code.trim();
            let span = Span::from_usize(at, at + code.len());
            match Line::read(code, at) {
                Line::Nothing => {}
                Line::Entry(mut entry) => {
                    via_continues = note(&mut entry, comment, false);
                    file.entries.push(*entry);
                }
                Line::Include(target, is_constraint) => file.includes.push(Include {
                    target,
                    is_constraint,
                    span,
                }),
                Line::Index(url) => file.index = Some(url),
                Line::Unknown(what) => file.unknown.push(what),
                Line::Error(message) => file.errors.push(SyntaxError {
                    span,
                    message: message.into(),
                }),
            }
        }
        file
    }
}

/// Lines with what a backslash at their end joins to them, and where they start. The backslash and
/// the line's end become blanks, so that places stay.
fn logical_lines(text: &str) -> impl Iterator<Item = (usize, Cow<'_, str>)> {
    let mut at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    std::iter::from_fn(move || {
        let start = at;
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        let mut length = 0;
        let mut joined: Option<String> = None;
        for line in rest.split_inclusive('\n') {
            let content = line.trim_end_matches(['\n', '\r']);
            // A comment does not continue.
            let continues = content.ends_with('\\') && !content.trim_start().starts_with('#');
            if continues || joined.is_some() {
                let joined = joined.get_or_insert_default();
                let kept = if continues {
                    &content[..content.len() - 1]
                } else {
                    line
                };
                joined.push_str(kept);
                joined.extend(std::iter::repeat_n(' ', line.len() - kept.len()));
            }
            length += line.len();
            if !continues {
                break;
            }
        }
        at += length;
        Some(match joined {
            Some(joined) => (start, Cow::Owned(joined)),
            None => {
                let line = rest[..length].trim_end_matches(['\n', '\r']);
                (start, Cow::Borrowed(line))
            }
        })
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
    Entry(Box<Entry>),
    /// A file, and whether it only constrains.
    Include(String, bool),
    Index(String),
    /// Something that cannot be known here, in plain words.
    Unknown(String),
    Error(&'static str),
}

impl Line {
    fn read(code: &str, at: usize) -> Self {
        if code.is_empty() {
            return Self::Nothing;
        }
        if code.starts_with('-') {
            return Self::option(code, at);
        }
        if code.starts_with('$') {
            return match code.starts_with("${") {
                true => Self::Unknown(format!("what {} stands for", first_word(code))),
                false => Self::Error("not a requirement"),
            };
        }
        let word = first_word(code);
        let named = word.split("://").next().is_some_and(|s| s.contains('@'));
        let is_archive = Location::read(word).version.is_some();
        if !named && (word.contains("://") || word.contains('/') || is_archive)
            || word.starts_with('.')
        {
            return located(word, at);
        }
        let demand = match Demand::read(code) {
            Ok(demand) => demand,
            Err(message) => return Self::Error(message),
        };
        let location = demand.location.map(Location::read);
        let facts = PackageFacts {
            resolved: demand.location.map(str::to_owned),
            integrity: hashes(code),
            commit: location.as_ref().and_then(|place| place.commit.clone()),
            ..PackageFacts::default()
        };
        Self::Entry(Box::new(Entry {
            name: Ecosystem::PyPI.normalise(demand.name),
            version: match &location {
                Some(location) => location.version.clone().unwrap_or_default(),
                None => demand.pinned.to_owned(),
            },
            range: demand.specifiers.to_owned(),
            span: Span::from_usize(at, at + demand.length),
            source: location.map_or(PackageSource::Registry, |location| location.source),
            facts,
            via: None,
        }))
    }

    fn option(code: &str, at: usize) -> Self {
        let value = |long: &str, short: &str| {
            let rest = match code.strip_prefix(long) {
                Some(rest) if rest.starts_with(['=', ' ', '\t']) => rest,
                Some(_) => return None,
                // `-rbase.txt` is understood, too.
                None => code.strip_prefix(short).filter(|_| !short.is_empty())?,
            };
            let rest = rest.trim_start();
            let rest = rest.strip_prefix('=').unwrap_or(rest).trim();
            (!rest.is_empty()).then(|| rest.trim_matches(['"', '\'']))
        };
        if let Some(target) = value("--editable", "-e") {
            return located(first_word(target), at + code.rfind(target).unwrap_or(0));
        }
        for (long, short, is_constraint) in
            [("--requirement", "-r", false), ("--constraint", "-c", true)]
        {
            if let Some(target) = value(long, short) {
                return Self::Include(target.to_owned(), is_constraint);
            }
        }
        match value("--index-url", "-i") {
            Some(url) => Self::Index(url.to_owned()),
            None => Self::Nothing,
        }
    }
}

fn first_word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or(text)
}

/// `--hash=sha256:…` of every file that may be installed.
fn hashes(code: &str) -> Vec<String> {
    let mut hashes: Vec<String> = code
        .split("--hash")
        .skip(1)
        .filter_map(|rest| {
            rest.trim_start_matches(['=', ' '])
                .split_whitespace()
                .next()
        })
        .map(str::to_owned)
        .collect();
    hashes.sort();
    hashes
}

/// A URL or a folder: known by name if it says so (`#egg=name`), or by what it is called.
fn located(word: &str, at: usize) -> Line {
    let target = match word.rfind('[') {
        Some(extras) if word.ends_with(']') && !word.contains('#') => &word[..extras],
        _ => word,
    };
    let location = Location::read(target);
    let Some(name) = location.name else {
        // The project itself, or the folder above it.
        let is_here = target.trim_end_matches('/').ends_with('.');
        return match is_here || location.source == PackageSource::Path {
            true => Line::Nothing,
            false => Line::Unknown(format!("which package {target} is")),
        };
    };
    Line::Entry(Box::new(Entry {
        name,
        version: location.version.unwrap_or_default(),
        range: String::new(),
        span: Span::from_usize(at, at + word.len()),
        source: location.source,
        facts: PackageFacts {
            resolved: Some(target.to_owned()),
            commit: location.commit,
            ..PackageFacts::default()
        },
        via: None,
    }))
}

fn packages(
    path: &RepoPath,
    file: File,
    included: Vec<(Entry, Requested)>,
    pins: &HashMap<String, Pin>,
    asked: &Asked,
) -> Vec<Package> {
    let scope = scope(path);
    let names = Names::new(file.entries.iter().map(|entry| entry.name.as_str()));
    let mut all = Needs::default();
    let mut has_note = Vec::with_capacity(file.entries.len());
    for (at, entry) in file.entries.iter().enumerate() {
        has_note.push(entry.via.is_some());
        for via in entry
            .via
            .iter()
            .flatten()
            .filter(|via| !via.starts_with("-c "))
        {
            let word = first_word(via);
            let parents = names.find(&Ecosystem::PyPI.normalise(word));
            if !parents.is_empty() && !via.contains('(') {
                for &parent in parents {
                    all.need(parent, at, None, false);
                }
                continue;
            }
            // `-r requirements.in`, or the project itself: `name (pyproject.toml)`.
            let requested = asked.requested(&entry.name).cloned();
            all.want(Want {
                package: at,
                by: String::new(),
                scope,
                range: requested.as_ref().map(|r| r.requirement.clone()),
                requested,
            });
        }
    }
    let direct = file.entries.into_iter().map(|entry| (entry, None));
    let included = included.into_iter().map(|(entry, r)| (entry, Some(r)));
    for (entry, requested) in direct.chain(included) {
        let is_public = entry.source == PackageSource::Registry;
        let pin = pins
            .get(&entry.name)
            .filter(|pin| is_public && entry.version.is_empty() && !pin.version.is_empty());
        let version = match pin {
            Some(pin) if !pin.lists_itself => &pin.version,
            _ => &entry.version,
        };
        let mut facts = entry.facts;
        if is_public {
            facts.resolved.clone_from(&file.index);
        }
        all.add(Package {
            scope,
            source: entry.source,
            requested: pin.map(|pin| pin.requested.clone()).or(requested),
            facts,
            ..Package::new(Ecosystem::PyPI, &entry.name, version, entry.span)
        });
    }
    let mut packages = all.finish(Scopes::Stated, true);
    for (at, package) in packages.iter_mut().enumerate() {
        // Without a note nobody can tell.
        if !has_note.get(at).is_some_and(|has_note| *has_note) {
            package.direct = None;
        }
    }
    packages
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
