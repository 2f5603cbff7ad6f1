//! go.sum: hashes of what was downloaded. It names versions that nobody builds with, so that it is
//! listed only where no go.mod stands beside it.

use std::collections::HashMap;

use super::go_mod::package;
use super::{Ask, Input, Lockfile, SyntaxError};
use crate::model::Span;
use crate::parse::version::Scheme;

/// The modules of which not only the go.mod was downloaded.
#[derive(Debug, Default)]
pub struct Sums<'t> {
    /// Module, version, hash, place.
    rows: Vec<(&'t str, &'t str, &'t str, Span)>,
    places: HashMap<(&'t str, &'t str), usize>,
    errors: Vec<SyntaxError>,
}

pub fn wants(input: &Input<'_>) -> Vec<Ask> {
    let path = input.near("go.mod");
    path.map(Ask::File).into_iter().collect()
}

pub fn read(input: &Input<'_>) -> Lockfile {
    let module = input.near("go.mod");
    // The hashes of a workspace are those of its modules, which list themselves.
    let of_workspace = input.path.file_name() == b"go.work.sum";
    if of_workspace || module.is_some_and(|path| input.beside.file(&path).is_some()) {
        return Lockfile::default();
    }
    let sums = Sums::read(input.text);
    let packages = sums.rows.iter().map(|(module, version, hash, span)| {
        let mut package = package(module, version, *span);
        package.facts.integrity.push((*hash).to_owned());
        package
    });
    Lockfile {
        packages: packages.collect(),
        errors: sums.errors.clone(),
        unknown: Vec::new(),
    }
}

impl<'t> Sums<'t> {
    /// `module version hash`, a line each; `version/go.mod` is the hash of that file alone.
    pub fn read(text: &'t str) -> Self {
        let mut sums = Self::default();
        let mut start = if text.starts_with('\u{feff}') { 3 } else { 0 };
        for line in text[start..].split_inclusive('\n') {
            let at = start;
            start += line.len();
            let mut words = line.split_whitespace();
            let found = (words.next(), words.next(), words.next(), words.next());
            match found {
                (None, ..) => {}
                (Some(_), Some(version), Some(_), None) if version.ends_with("/go.mod") => {}
                (Some(module), Some(version), Some(hash), None) => {
                    let end = at
                        + line
                            .find(hash)
                            .map_or(0, |hash| line[..hash].trim_end().len());
                    let row = (module, version, hash, Span::from_usize(at, end));
                    let place = sums.rows.len();
                    if sums.places.insert((module, version), place).is_none() {
                        sums.rows.push(row);
                    }
                }
                _ => sums.errors.push(SyntaxError {
                    span: Span::from_usize(at, at + line.trim_end().len()),
                    message: "not a module, a version and a hash".to_owned(),
                }),
            }
        }
        sums
    }

    pub fn hash(&self, module: &str, version: &str) -> Option<String> {
        let row = self.rows.get(*self.places.get(&(module, version))?)?;
        Some(row.2.to_owned())
    }

    /// Every module once, with its highest version.
    pub fn highest(&self) -> impl Iterator<Item = (&'t str, &'t str)> {
        let mut highest: HashMap<&str, usize> = HashMap::new();
        for (at, (module, version, ..)) in self.rows.iter().enumerate() {
            let best = highest.entry(module).or_insert(at);
            let higher = |than: &str| Scheme::Go.parse(version) > Scheme::Go.parse(than);
            if self.rows.get(*best).is_some_and(|row| higher(row.1)) {
                *best = at;
            }
        }
        let rows = self.rows.iter().enumerate();
        rows.filter(move |(at, row)| highest.get(row.0) == Some(at))
            .map(|(_, row)| (row.0, row.1))
    }
}
