//! build.gradle and build.gradle.kts: the dependencies whose coordinates are written out. Scripts
//! are programs and are never run: what they compute is not known. Where Gradle has locked the
//! versions, the lockfile speaks.

use std::collections::HashMap;

use super::gradle_lock::scope;
use super::gradle_script::{Kind, Token, tokens};
use super::{Ask, Input, Lockfile, maven};
use crate::model::{Ecosystem, Package, RepoPath, Requested, Scope, Span};
use crate::text::LineIndex;

/// Folders above a script in which properties for it may stand.
const MOST_LEVELS: usize = 8;
/// Files in one folder that define properties.
const DEFINING: [&[u8]; 3] = [b"gradle.properties", b"build.gradle", b"build.gradle.kts"];

pub fn wants(input: &Input<'_>) -> Vec<Ask> {
    let mut asks: Vec<Ask> = locks(input).into_iter().map(Ask::Folder).collect();
    asks.extend(definitions(input.path).map(Ask::File));
    asks
}

/// The folders in which lockfiles of the project stand.
fn locks(input: &Input<'_>) -> [RepoPath; 2] {
    let own = input.path.parent();
    let old = own.join(b"gradle").join(b"dependency-locks");
    [own, old]
}

fn definitions(path: &RepoPath) -> impl Iterator<Item = RepoPath> {
    let own = path.clone();
    path.folders()
        .take(MOST_LEVELS)
        .flat_map(|folder| DEFINING.map(|name| folder.join(name)))
        .filter(move |path| *path != own)
}

pub fn read(input: &Input<'_>) -> Lockfile {
    let is_lock = |name: &String| name.ends_with(".lockfile") && !name.starts_with("buildscript");
    let mut names = locks(input)
        .into_iter()
        .flat_map(|folder| input.beside.folder(&folder).to_vec());
    if names.any(|name| is_lock(&name)) {
        return Lockfile::default();
    }
    let tokens = tokens(input.text);
    let mut properties = Properties::default();
    properties.add_script(&tokens);
    for path in definitions(input.path) {
        let Some(text) = input.beside.file(&path) else {
            continue;
        };
        if path.file_name() == b"gradle.properties" {
            properties.add_lines(text);
        } else {
            properties.add_script(&super::gradle_script::tokens(text));
        }
    }
    let mut reader = Reader {
        input,
        lines: LineIndex::new(input.text.as_bytes()),
        properties,
        lockfile: Lockfile::default(),
        undefined: Vec::new(),
    };
    reader.read(&tokens);
    if !reader.undefined.is_empty() {
        let names = reader.undefined.join(", ");
        let unknown = format!("nothing that is read here defines {names}");
        reader.lockfile.unknown.push(unknown);
    }
    if !reader.lockfile.packages.is_empty() {
        let unknown = "a build script does not name what its dependencies depend on";
        reader.lockfile.unknown.push(unknown.into());
    }
    reader.lockfile
}

/// What names stand for, as far as a text is given to them: nearer files first. `None` for a name
/// that the same file gives several texts.
#[derive(Debug, Default)]
struct Properties {
    known: HashMap<String, Option<String>>,
}

impl Properties {
    /// `x = "1"`, `ext.x = "1"`, `spring: "1"`, `set("x", "1")`, `extra["x"] = "1"`,
    /// `val x by extra("1")`.
    fn add_script(&mut self, tokens: &[Token<'_>]) {
        let mut own: HashMap<String, Option<String>> = HashMap::new();
        for (at, token) in tokens.iter().enumerate() {
            let Kind::Text {
                interpolated: false,
            } = token.kind
            else {
                continue;
            };
            let before = |back: usize| at.checked_sub(back).and_then(|at| tokens.get(at));
            let word = |back: usize| before(back).map_or("", |token| token.text);
            let name = match (word(1), word(2), word(3)) {
                ("=" | ":", "]", _) => before(3),
                ("=" | ":", ..) => before(2),
                (",", _, "(") if matches!(word(4), "set" | "property") => before(2),
                ("(", "extra", "by") => before(4),
                _ => None,
            };
            let name = name.filter(|name| matches!(name.kind, Kind::Word | Kind::Text { .. }));
            let Some(name) = name.and_then(|name| name.text.rsplit('.').next()) else {
                continue;
            };
            own.entry(name.to_owned())
                .and_modify(|known| {
                    if known.as_deref() != Some(token.text) {
                        *known = None;
                    }
                })
                .or_insert_with(|| Some(token.text.to_owned()));
        }
        for (name, text) in own {
            self.known.entry(name).or_insert(text);
        }
    }

    /// gradle.properties: `name=text`.
    fn add_lines(&mut self, text: &str) {
        let lines = text.lines().map(str::trim);
        let pairs = lines.filter_map(|line| line.split_once('='));
        for (name, text) in pairs.filter(|(name, _)| !name.starts_with(['#', '!'])) {
            let text = Some(text.trim().to_owned());
            self.known.entry(name.trim().to_owned()).or_insert(text);
        }
    }

    /// A text with its properties filled in; the name of one that is not known.
    fn fill(&self, text: &str, is_kotlin: bool) -> Result<String, String> {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            filled.push_str(&rest[..at]);
            let after = &rest[at + 1..];
            let (name, tail) = match after.strip_prefix('{') {
                Some(inner) => inner.split_once('}').unwrap_or((inner, "")),
                None => {
                    // `$a.b` is one name in Groovy, and a name before `.b` in Kotlin.
                    let in_name =
                        |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.' && !is_kotlin;
                    let end = after.find(|c: char| !in_name(c));
                    after.split_at(end.unwrap_or(after.len()))
                }
            };
            match self.find(name) {
                Some(text) if filled.len() + text.len() <= LONGEST => filled.push_str(text),
                _ => return Err(name.to_owned()),
            }
            rest = tail;
        }
        filled.push_str(rest);
        Ok(filled)
    }

    /// What `versions.spring`, `extra["spring"]` or `spring` stands for.
    fn find(&self, name: &str) -> Option<&str> {
        let name = name.trim_end_matches([')', '(', ']', '"', '\'']);
        let name = name.rsplit(['.', '[', '"', '\'']).next()?;
        self.known.get(name)?.as_deref()
    }
}

/// Bytes of a coordinate.
const LONGEST: usize = 400;

/// Names in one sentence.
const MOST_TOLD: usize = 4;

struct Reader<'r> {
    input: &'r Input<'r>,
    lines: LineIndex,
    properties: Properties,
    lockfile: Lockfile,
    undefined: Vec<String>,
}

/// One statement of a `dependencies` block, as far as it is read.
#[derive(Default)]
struct Statement<'t> {
    /// `testImplementation`.
    head: Option<&'t str>,
    /// The last word.
    word: &'t str,
    /// `group`, `name` and `version`, each with its place.
    named: [Option<Token<'t>>; 3],
}

/// Where a statement stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Elsewhere,
    Dependencies,
    /// What is named there is asked for by nobody: it says which version others get.
    Managed,
}

impl Place {
    /// Within a block of this name that stands here.
    fn within(self, name: &str) -> Self {
        match (self, name) {
            (Self::Managed, _) | (_, "dependencyManagement" | "constraints") => Self::Managed,
            (_, "dependencies") => Self::Dependencies,
            (place, _) => place,
        }
    }
}

/// True behind the sign between a name and its value.
fn is_value(before: Option<&Token<'_>>) -> bool {
    before.is_some_and(|token| matches!(token.text, ":" | "="))
}

impl Reader<'_> {
    fn read(&mut self, tokens: &[Token<'_>]) {
        let mut open: Vec<Place> = Vec::new();
        let mut statement = Statement::default();
        let mut brackets = 0usize;
        for (at, token) in tokens.iter().enumerate() {
            let place = open.last().copied().unwrap_or_default();
            let before = at.checked_sub(1).and_then(|at| tokens.get(at));
            match (token.kind, token.text) {
                (Kind::Sign, "{") => {
                    let name = before.filter(|token| token.kind == Kind::Word);
                    self.end(&mut statement);
                    open.push(place.within(name.map_or("", |name| name.text)));
                    brackets = 0;
                }
                (Kind::Sign, "}") => {
                    self.end(&mut statement);
                    open.pop();
                    brackets = 0;
                }
                (Kind::Sign, "(") => brackets += 1,
                (Kind::Sign, ")") => brackets = brackets.saturating_sub(1),
                // A list goes on after a comma.
                (Kind::End, _) if brackets > 0 || before.is_some_and(|t| t.text == ",") => {}
                (Kind::End, _) => self.end(&mut statement),
                _ if place != Place::Dependencies => {}
                (Kind::Word, word) => {
                    if is_value(before) && statement.word == "version" {
                        statement.named[2] = Some(*token);
                    }
                    statement.head.get_or_insert(word);
                    statement.word = word;
                }
                (Kind::Text { .. }, _) => self.take(&mut statement, *token, is_value(before)),
                _ => {}
            }
        }
        self.end(&mut statement);
    }

    fn take<'t>(&mut self, statement: &mut Statement<'t>, token: Token<'t>, is_named: bool) {
        // `"runtime"("g:a:1")` and `add("runtime", "g:a:1")`.
        let is_head = matches!(statement.head, None | Some("add"));
        if is_head && !token.text.contains(':') {
            statement.head = Some(token.text);
            return;
        }
        match (is_named, statement.word) {
            (true, "group") => statement.named[0] = Some(token),
            (true, "name") => statement.named[1] = Some(token),
            (true, "version") => statement.named[2] = Some(token),
            (true, _) => {}
            _ => self.coordinates(statement, token),
        }
    }

    /// `group:name:version`, with `:classifier` and `@type` behind it.
    fn coordinates(&mut self, statement: &Statement<'_>, token: Token<'_>) {
        let ignored = ["exclude", "because", "project", "files", "url"];
        let head = statement.head.unwrap_or_default();
        if ignored.contains(&head) || ignored.contains(&statement.word) {
            return;
        }
        let text = token.text.split('@').next().unwrap_or(token.text);
        let mut parts = text.splitn(3, ':');
        let (Some(group), Some(name)) = (parts.next(), parts.next()) else {
            return;
        };
        let version = parts.next().unwrap_or_default();
        let version = match version.contains("${") {
            true => version,
            false => version.split(':').next().unwrap_or(version),
        };
        // What it collects stands in the repository of the platform.
        if matches!(statement.word, "platform" | "enforcedPlatform") {
            if self.lockfile.unknown.len() < MOST_TOLD {
                let unknown = format!("versions may come from {group}:{name}");
                self.lockfile.unknown.push(unknown);
            }
            return;
        }
        self.push(head, [group, name, version], token.span);
    }

    /// Ends a statement: one that names group, name and version apart is complete now.
    fn end(&mut self, statement: &mut Statement<'_>) {
        let ended = std::mem::take(statement);
        let head = ended.head.unwrap_or_default();
        if let [Some(group), Some(name), version] = ended.named
            && head != "exclude"
        {
            let end = version.unwrap_or(name).span;
            let text = match version {
                Some(word) if word.kind == Kind::Word => format!("${{{}}}", word.text),
                Some(text) => text.text.to_owned(),
                None => String::new(),
            };
            let span = group.span.cover(name.span).cover(end);
            self.push(head, [group.text, name.text, &text], span);
        }
    }

    fn push(&mut self, configuration: &str, parts: [&str; 3], span: Span) {
        let is_kotlin = self.input.path.extension() == Some(b"kts");
        let filled = parts.map(|part| self.properties.fill(part, is_kotlin));
        let [Ok(group), Ok(name), version] = filled else {
            for name in filled.into_iter().filter_map(Result::err) {
                self.say_undefined(name);
            }
            return;
        };
        let is_part = |part: &str| {
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
            !part.is_empty() && part.chars().all(plain)
        };
        if !is_part(&group) || !is_part(&name) {
            return;
        }
        let requirement = version.unwrap_or_else(|name| {
            self.say_undefined(name);
            String::new()
        });
        // `1.2!!` allows nothing else.
        let asked = requirement.trim_end_matches("!!");
        let pinned = maven::exact(asked).unwrap_or_default();
        let name = format!("{group}:{name}");
        let package = Package::new(Ecosystem::Maven, &name, pinned, span);
        self.lockfile.packages.push(Package {
            scope: match configuration {
                // What builds the project, and what somebody else brings along.
                "classpath" => Scope::Dev,
                "compileOnly" | "providedCompile" | "providedRuntime" => Scope::Optional,
                configuration => scope(configuration),
            },
            direct: Some(true),
            dependency_path: vec![name],
            requested: Some(Requested {
                path: self.input.path.clone(),
                line: self.lines.line(span.start),
                requirement,
            }),
            ..package
        });
    }

    fn say_undefined(&mut self, name: String) {
        if self.undefined.len() < MOST_TOLD && !self.undefined.contains(&name) {
            self.undefined.push(name);
        }
    }
}
