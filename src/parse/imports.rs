//! The modules that source code imports, by a look at its text: no grammar is asked, so that every
//! file can be looked at. What is written in an unusual way is missed, and an example in a comment
//! may be taken for the real thing.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::model::{Ecosystem, FileKind};

/// Longest name of a module.
const LONGEST: usize = 256;
/// Bytes of a file that are looked at: what is longer was not written by hand.
const LOOKED: usize = 256 << 10;
/// Names of one file that are remembered beside the set of all.
const RECENT: usize = 64;

/// The ecosystem whose packages the code of a kind imports.
pub fn ecosystem(kind: FileKind) -> Option<Ecosystem> {
    Some(match kind.syntax() {
        FileKind::Python => Ecosystem::PyPI,
        FileKind::JavaScript | FileKind::TypeScript | FileKind::Tsx => Ecosystem::Npm,
        FileKind::Go => Ecosystem::Go,
        FileKind::Rust => Ecosystem::CratesIo,
        _ => return None,
    })
}

/// Each module that a file imports, with the byte at which it first does.
///
/// Python: the first name, and longer ones where several packages share it. JavaScript: the name
/// of the package. Go: the import path. Rust: the first name of a path, whatever it leads to.
pub fn imports(kind: FileKind, text: &[u8]) -> Vec<(Cow<'_, [u8]>, usize)> {
    let mut found = Found::default();
    let text = text.get(..LOOKED).unwrap_or(text);
    match ecosystem(kind) {
        Some(Ecosystem::PyPI) => python(text, &mut found),
        Some(Ecosystem::Npm) => javascript(text, &mut found),
        Some(Ecosystem::Go) => go(text, &mut found),
        Some(Ecosystem::CratesIo) => rust(text, &mut found),
        _ => {}
    }
    found.list
}

#[derive(Default)]
struct Found<'t> {
    list: Vec<(Cow<'t, [u8]>, usize)>,
    seen: HashSet<&'t [u8]>,
}

impl<'t> Found<'t> {
    fn add(&mut self, module: &'t [u8], at: usize) {
        if !module.is_empty() && module.len() <= LONGEST && self.seen.insert(module) {
            self.list.push((Cow::Borrowed(module), at));
        }
    }
}

fn is_word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_'
}

/// The line around a place, as far as it is short, and where it starts.
fn line(text: &[u8], at: usize) -> (&[u8], usize) {
    let from = at.saturating_sub(LONGEST);
    let before = text.get(from..at).unwrap_or_default();
    let start = memchr::memrchr(b'\n', before).map_or(from, |n| from + n + 1);
    let rest = text.get(at..).unwrap_or_default();
    let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    (text.get(start..at + end).unwrap_or_default(), start)
}

/// First names that several packages share.
const SHARED: &[&[u8]] = &[
    b"google",
    b"azure",
    b"zope",
    b"backports",
    b"jaraco",
    b"sphinxcontrib",
    b"ruamel",
];

/// `import a.b, c as d` and `from a.b import c`.
fn python<'t>(text: &'t [u8], found: &mut Found<'t>) {
    static IMPORT: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"import"));
    let mut past = 0;
    for at in IMPORT.find_iter(text) {
        if at < past {
            continue;
        }
        let (line, start) = line(text, at);
        past = start + line.len();
        let code = line.trim_ascii_start();
        let start = past - code.len();
        let mut members: &[u8] = b"";
        let names = match code {
            [b'i', b'm', b'p', b'o', b'r', b't', b' ', names @ ..] => names,
            [b'f', b'r', b'o', b'm', b' ', name @ ..] => {
                let name = name.trim_ascii_start();
                let end = name.iter().position(u8::is_ascii_whitespace);
                let (name, rest) = name.split_at(end.unwrap_or(0));
                let rest = rest.trim_ascii_start().strip_prefix(b"import");
                members = rest.unwrap_or_default();
                name
            }
            _ => continue,
        };
        let end = names.iter().position(|b| matches!(b, b'#' | b';'));
        let names = names.get(..end.unwrap_or(names.len())).unwrap_or_default();
        for name in names.split(|b| *b == b',') {
            let name = name.trim_ascii();
            let is_path = |b: &u8| is_word(*b) || *b == b'.';
            let end = name.iter().position(|b| !is_path(b)).unwrap_or(name.len());
            let path = name.get(..end).unwrap_or_default();
            let first = path.split(|b| *b == b'.').next().unwrap_or_default();
            found.add(first, start);
            if SHARED.contains(&first) {
                let dots = path.iter().enumerate().filter(|(_, b)| **b == b'.');
                for (dot, _) in dots.skip(1) {
                    found.add(path.get(..dot).unwrap_or_default(), start);
                }
                found.add(path, start);
                for member in members.split(|b| matches!(b, b',' | b'(' | b')' | b'#')) {
                    let name = member.trim_ascii().split(u8::is_ascii_whitespace).next();
                    let name = name.filter(|name| !name.is_empty());
                    let whole = name.map(|name| [path, b".", name].concat());
                    found
                        .list
                        .extend(whole.map(|whole| (Cow::Owned(whole), start)));
                }
            }
        }
    }
}

/// `import x from "a"`, `import "a"`, `import("a")`, `export * from "a"` and `require("a")`.
fn javascript<'t>(text: &'t [u8], found: &mut Found<'t>) {
    static WORDS: LazyLock<[Finder<'static>; 3]> =
        LazyLock::new(|| ["require", "import", "from"].map(|word| Finder::new(word.as_bytes())));
    let hits = WORDS.iter().flat_map(|word| {
        let ends = word
            .find_iter(text)
            .map(|at| (at, at + word.needle().len()));
        ends.filter_map(|(at, end)| Some((package_of_node(text, end)?, at)))
    });
    let mut hits: Vec<(&[u8], usize)> = hits.collect();
    hits.sort_by_key(|(_, at)| *at);
    for (name, at) in hits {
        found.add(name, at);
    }
}

/// The package of the text in quotes that follows, perhaps in parentheses.
fn package_of_node(text: &[u8], end: usize) -> Option<&[u8]> {
    let rest = text.get(end..end + LONGEST).or_else(|| text.get(end..))?;
    let rest = rest.trim_ascii_start();
    let rest = rest
        .strip_prefix(b"(")
        .map_or(rest, <[u8]>::trim_ascii_start);
    let (quote, rest) = rest.split_first()?;
    if !matches!(quote, b'\'' | b'"') {
        return None;
    }
    let name = rest.get(..memchr::memchr2(*quote, b'\n', rest)?)?;
    if name.starts_with(b".") || name.starts_with(b"/") || name.contains(&b':') {
        return None;
    }
    let mut slashes = memchr::memchr_iter(b'/', name);
    if name.starts_with(b"@") {
        slashes.next();
    }
    name.get(..slashes.next().unwrap_or(name.len()))
}

/// `import "a"` and `import ( x "a" ... )`, before anything else is declared.
fn go<'t>(text: &'t [u8], found: &mut Found<'t>) {
    static IMPORT: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\nimport"));
    let mut at = IMPORT.find(text);
    while let Some(begin) = at {
        let rest = text.get(begin + "\nimport".len()..).unwrap_or_default();
        let list = rest.trim_ascii_start();
        let (list, end) = match list.strip_prefix(b"(") {
            Some(list) => (list, memchr::memchr(b')', list)),
            None => (list, memchr::memchr(b'\n', list)),
        };
        let mut place = text.len() - list.len();
        let list = list.get(..end.unwrap_or(list.len())).unwrap_or_default();
        for line in list.split_inclusive(|b| *b == b'\n') {
            let is_remark = line.trim_ascii_start().starts_with(b"//");
            let mut texts = line.split(|b| *b == b'"');
            if let Some(path) = texts
                .nth(1)
                .filter(|_| !is_remark && texts.next().is_some())
            {
                found.add(path, place);
            }
            place += line.len();
        }
        // The next one follows, if there is one: blanks and remarks may stand between them.
        let after = text.get(place..).unwrap_or_default();
        let head = after.get(..LONGEST).unwrap_or(after);
        at = IMPORT.find(head).map(|next| place + next);
    }
}

/// The first names of paths (`a::b`).
fn rust<'t>(text: &'t [u8], found: &mut Found<'t>) {
    static COLONS: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"::"));
    const OWN: &[&[u8]] = &[b"self", b"super", b"crate", b"std", b"core", b"alloc"];
    // Most names are those of a moment ago.
    let mut recent: [&[u8]; RECENT] = [b""; RECENT];
    for at in COLONS.find_iter(text) {
        let before = text.get(at.saturating_sub(LONGEST)..at).unwrap_or_default();
        let start = before.iter().rposition(|b| !is_word(*b));
        let name = before.get(start.map_or(0, |n| n + 1)..).unwrap_or_default();
        // What stands in the middle of a path, and types, name no crate.
        let is_inside = start.is_some_and(|n| before.get(n) == Some(&b':'));
        let (Some(first @ b'a'..=b'z'), false) = (name.first(), is_inside) else {
            continue;
        };
        let slot =
            (name.len() * 7 + usize::from(*first) + usize::from(*name.last().unwrap_or(first)) * 3)
                % RECENT;
        match recent.get_mut(slot) {
            Some(known) if *known == name => continue,
            Some(known) => *known = name,
            None => {}
        }
        if !OWN.contains(&name) {
            found.add(name, at - name.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::imports;
    use crate::model::FileKind;

    fn found(kind: FileKind, text: &str) -> Vec<String> {
        let found = imports(kind, text.as_bytes());
        let found = found.into_iter().map(|(module, at)| {
            let line = text.get(..at).expect("a place").matches('\n').count() + 1;
            format!("{}:{line}", String::from_utf8_lossy(&module))
        });
        found.collect()
    }

    #[test]
    fn python_imports_by_two_words() {
        let text = "import os.path, yaml as y  # import x\nfrom PIL import Image\n\
                    from . import a\ntry:\n    import simplejson\nx = 'reimport'\n\
                    from google.cloud import storage as s\n";
        assert_eq!(
            found(FileKind::Python, text),
            [
                "os:1",
                "yaml:1",
                "PIL:2",
                "simplejson:5",
                "google:7",
                "google.cloud:7",
                "google.cloud.storage:7"
            ]
        );
    }

    #[test]
    fn javascript_imports_by_name_of_package() {
        let text = "import x from 'lodash/get';\nimport '@a/b/c.css'\nconst y = require( \"express\");\n\
                    export * from './own';\nimport fs from 'node:fs';\nawait import('vite')\n\
                    import type { A } from \"lodash\"\n";
        assert_eq!(
            found(FileKind::TypeScript, text),
            ["lodash:1", "@a/b:2", "express:3", "vite:6"]
        );
    }

    #[test]
    fn go_imports_by_path() {
        let text = "package a\n\nimport \"fmt\"\nimport (\n\tx \"a.b/c\"\n\t// \"a.b/d\"\n\t_ \"e.f/g\" // \"h\"\n)\n\nvar s = \"import\"\n";
        assert_eq!(found(FileKind::Go, text), ["fmt:3", "a.b/c:5", "e.f/g:7"]);
    }

    #[test]
    fn rust_names_crates_at_the_beginning_of_paths() {
        let text = "use serde::Deserialize;\nfn a() { std::mem::take(); tokio::spawn(x::<u8>()); Vec::<T>::new() }\nuse crate::own;\n";
        assert_eq!(found(FileKind::Rust, text), ["serde:1", "tokio:2", "x:2"]);
    }
}
