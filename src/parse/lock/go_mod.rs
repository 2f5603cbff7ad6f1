//! go.mod: what the module requires. Since Go 1.17 that is every module of the build, below it only
//! the direct ones, and go.sum knows the others.
//!
//! The standard library is one more package: of the version of the `toolchain` line. The `go` line
//! is only the lowest version that will do, and is marked as such.

use std::collections::{HashMap, HashSet};

use super::go_sum::Sums;
use super::{Ask, Input, Lockfile, SyntaxError, near};
use crate::model::{Ecosystem, Package, PackageFacts, PackageSource, RepoPath, Scope, Span};
use crate::parse::version::Scheme;

/// A word with its place, without its quotes.
#[derive(Clone, Copy, Debug)]
pub struct Word<'t> {
    pub text: &'t str,
    pub span: Span,
}

#[derive(Debug)]
struct Require<'t> {
    module: Word<'t>,
    version: Word<'t>,
    indirect: bool,
}

/// Old module, old version or all of them, and what comes instead.
#[derive(Clone, Copy, Debug)]
pub struct Replacement<'t> {
    version: Option<&'t str>,
    pub module: Word<'t>,
    /// `None` for a folder.
    pub with: Option<Word<'t>>,
}

pub type Replacements<'t> = HashMap<&'t str, Vec<Replacement<'t>>>;

/// The lines of a go.mod or a go.work.
#[derive(Debug, Default)]
pub struct File<'t> {
    go: Option<Word<'t>>,
    toolchain: Option<Word<'t>>,
    required: Vec<Require<'t>>,
    pub replaced: Replacements<'t>,
    /// The folders of the modules of a workspace.
    pub used: Vec<&'t str>,
    pub errors: Vec<SyntaxError>,
}

/// Folders above a module in which the file of its workspace may stand.
const MOST_LEVELS: usize = 16;

pub fn wants(input: &Input<'_>) -> Vec<Ask> {
    let mut asks: Vec<Ask> = input.near("go.sum").map(Ask::File).into_iter().collect();
    asks.extend(workspaces(input.path).map(Ask::File));
    asks
}

/// Where a go.work may stand: in the module's own folder and in those above it.
fn workspaces(path: &RepoPath) -> impl Iterator<Item = RepoPath> {
    let folders = path.folders().take(MOST_LEVELS);
    folders.map(|folder| folder.join(b"go.work"))
}

pub fn read(input: &Input<'_>) -> Lockfile {
    let file = File::read(input.text);
    let workspace = workspaces(input.path).find_map(|path| {
        let text = input.beside.file(&path)?;
        let workspace = File::read(text);
        let folder = path.parent();
        let mut used = workspace.used.iter();
        let is_ours = used.any(|used| near(&folder, used) == Some(input.path.parent()));
        is_ours.then_some(workspace.replaced)
    });
    let sum = input
        .near("go.sum")
        .and_then(|path| input.beside.file(&path));
    let sums = Sums::read(sum.unwrap_or(""));
    let mut packages: Vec<Package> = file
        .required
        .iter()
        .map(|require| file.package(require, workspace.as_ref(), &sums))
        .collect();
    packages.extend(file.standard_library());
    if file.is_before_1_17() {
        packages.extend(file.of_sums(&packages, &sums));
    }
    Lockfile {
        packages,
        errors: file.errors,
        unknown: Vec::new(),
    }
}

impl<'t> File<'t> {
    pub fn read(text: &'t str) -> Self {
        let mut file = Self::default();
        let mut block: Option<&str> = None;
        let mut start = if text.starts_with('\u{feff}') { 3 } else { 0 };
        for line in text[start..].split_inclusive('\n') {
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
                // `require ()` opens and closes in one line.
                (None, [_, both]) if both.text == "()" => continue,
                (Some(directive), words) => (directive, words),
                (None, [directive, rest @ ..]) => (directive.text, rest),
            };
            if !file.take(directive, rest, comment) {
                let end = at + line.trim_end().len();
                file.errors.push(SyntaxError {
                    span: Span::from_usize(at, end),
                    message: format!("not a {directive} line"),
                });
            }
        }
        if block.is_some() {
            file.errors.push(SyntaxError {
                span: Span::from_usize(text.len(), text.len()),
                message: "a block without its closing bracket".into(),
            });
        }
        file
    }

    /// Takes a line in; false where it cannot be understood.
    fn take(&mut self, directive: &str, rest: &[Word<'t>], comment: &str) -> bool {
        match (directive, rest) {
            ("require", [module, version]) => {
                let mark = comment.trim();
                self.required.push(Require {
                    module: *module,
                    version: *version,
                    indirect: mark == "indirect" || mark.starts_with("indirect;"),
                });
            }
            ("replace", words) => match replacement(words) {
                Some((old, replacement)) => {
                    let list = self.replaced.entry(old).or_default();
                    if list.len() < MOST_REPLACED {
                        list.push(replacement);
                    }
                }
                None => return false,
            },
            ("require", _) => return false,
            ("go", [version]) => self.go = Some(*version),
            ("toolchain", [version]) => self.toolchain = Some(*version),
            ("use", [folder]) => self.used.push(folder.text),
            // What is excluded or retracted is not built, and Go itself reads over what is new.
            _ => {}
        }
        true
    }

    /// What comes instead of a module; a replacement of this very version goes before one of all.
    fn instead<'r>(
        replaced: &'r Replacements<'t>,
        require: &Require<'_>,
    ) -> Option<&'r Replacement<'t>> {
        let list = replaced.get(require.module.text)?;
        let fits = |version: Option<&str>| version == Some(require.version.text);
        list.iter()
            .find(|r| fits(r.version))
            .or_else(|| list.iter().find(|r| r.version.is_none()))
    }

    fn package(
        &self,
        require: &Require<'t>,
        workspace: Option<&Replacements<'_>>,
        sums: &Sums<'_>,
    ) -> Package {
        let old = require.module.text;
        // Those of the workspace go before the module's own.
        let above = workspace.and_then(|replaced| File::instead(replaced, require));
        let own = Self::instead(&self.replaced, require);
        let of_workspace = above.map(|r| (r.module.text, r.with.map(|with| with.text), None));
        let of_module = own.map(|r| {
            let span = r.with.map(|with| r.module.span.cover(with.span));
            (r.module.text, r.with.map(|with| with.text), span)
        });
        let here = require.module.span.cover(require.version.span);
        let (module, version, span, source) = match of_workspace.or(of_module) {
            Some((module, Some(version), span)) => {
                // The words that decide what is built.
                let span = span.unwrap_or(require.module.span);
                (module, version, span, PackageSource::Registry)
            }
            Some((_, None, _)) => (old, require.version.text, here, PackageSource::Path),
            None => (old, require.version.text, here, PackageSource::Registry),
        };
        let mut package = package(module, version, span);
        package.direct = Some(!require.indirect);
        package.source = source;
        package.facts.alias = (module != old).then(|| old.to_owned());
        package.facts.integrity.extend(sums.hash(module, version));
        if !require.indirect {
            package.dependency_path = vec![module.to_owned()];
        }
        package
    }

    /// The standard library, of the version that builds the module.
    pub fn standard_library(&self) -> Option<Package> {
        let toolchain = self.toolchain.filter(|word| word.text != "default");
        let word = toolchain.or(self.go)?;
        let version = word.text.strip_prefix("go").unwrap_or(word.text);
        // `go1.22.3-custom` is the standard library of 1.22.3.
        let version = version.split('-').next().unwrap_or(version);
        Some(Package {
            direct: Some(true),
            dependency_path: vec!["stdlib".to_owned()],
            facts: PackageFacts {
                is_lowest: toolchain.is_none(),
                ..PackageFacts::default()
            },
            ..Package::new(Ecosystem::Go, "stdlib", version, word.span)
        })
    }

    fn is_before_1_17(&self) -> bool {
        let go = self.go.map_or("1.16", |word| word.text);
        Scheme::Go.parse(go) < Scheme::Go.parse("1.17")
    }

    /// The modules that go.mod does not name and that were downloaded: of each the highest version,
    /// which is the one that Go selects.
    fn of_sums(&self, named: &[Package], sums: &Sums<'_>) -> Vec<Package> {
        let known: HashSet<&str> = named.iter().map(|package| package.name.as_str()).collect();
        let replaced = |module: &str| self.replaced.contains_key(module);
        let place = self.go.map(|word| word.span);
        let place = place.or_else(|| self.required.first().map(|require| require.module.span));
        sums.highest()
            .filter(|(module, _)| !known.contains(module) && !replaced(module))
            .map(|(module, version)| {
                let mut package = package(module, version, place.unwrap_or_default());
                package.direct = Some(false);
                package.facts.integrity.extend(sums.hash(module, version));
                package
            })
            .collect()
    }

    /// The modules of a workspace's replacements.
    pub fn replacing(&self) -> Vec<Package> {
        let all = self.replaced.values().flatten();
        let with = all.filter_map(|r| Some((r.module, r.with?)));
        with.map(|(module, version)| {
            package(module.text, version.text, module.span.cover(version.span))
        })
        .collect()
    }
}

/// Replacements of one module that are told apart by version.
const MOST_REPLACED: usize = 100;

/// A module of a version, as OSV writes it: without the `v`.
pub fn package(module: &str, version: &str, span: Span) -> Package {
    let bare = match version.strip_prefix('v') {
        Some(bare) if bare.starts_with(|c: char| c.is_ascii_digit()) => bare,
        _ => version,
    };
    let (commit, released) = pseudo(bare).unzip();
    Package {
        scope: Scope::Unknown,
        facts: PackageFacts {
            commit,
            released,
            ..PackageFacts::default()
        },
        ..Package::new(Ecosystem::Go, module, bare, span)
    }
}

/// Commit and day of `0.0.0-yyyymmddhhmmss-abcdef123456`.
fn pseudo(version: &str) -> Option<(String, String)> {
    let version = version.split('+').next().unwrap_or(version);
    let (before, commit) = version.rsplit_once('-')?;
    let time = before.rsplit(['-', '.']).next()?;
    let is_pseudo = time.len() == 14
        && time.bytes().all(|b| b.is_ascii_digit())
        && commit.len() == 12
        && commit.bytes().all(|b| b.is_ascii_hexdigit());
    let day = format!("{}-{}-{}", time.get(..4)?, time.get(4..6)?, time.get(6..8)?);
    is_pseudo.then(|| (commit.to_owned(), day))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pseudo_version_tells_commit_and_day() {
        let expected = Some(("75b288015ac9".to_owned(), "2020-06-22".to_owned()));
        assert_eq!(pseudo("0.0.0-20200622213623-75b288015ac9"), expected);
        assert_eq!(pseudo("1.2.4-0.20200622213623-75b288015ac9"), expected);
        assert_eq!(pseudo("1.2.3-rc.1"), None);
        assert_eq!(pseudo("3.2.0+incompatible"), None);
    }
}
