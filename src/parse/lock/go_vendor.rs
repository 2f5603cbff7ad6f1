//! vendor/modules.txt: the modules that are built from the copies beside it. What go.mod names in
//! the same version stands there already.

use std::collections::HashSet;

use super::go_mod::{self, package};
use super::{Ask, Input, Lockfile, SyntaxError};
use crate::model::{Package, PackageSource, Span};

pub fn wants(input: &Input<'_>) -> Vec<Ask> {
    let path = input.near("../go.mod");
    path.map(Ask::File).into_iter().collect()
}

pub fn read(input: &Input<'_>) -> Lockfile {
    let module = input.near("../go.mod");
    let module = module.and_then(|path| Some((input.beside.file(&path)?, path)));
    let named: HashSet<(String, String)> = match &module {
        Some((text, path)) => {
            let beside = input.beside;
            let listed = go_mod::read(&Input { path, text, beside }).packages;
            listed.into_iter().map(|p| (p.name, p.version)).collect()
        }
        None => HashSet::new(),
    };
    let mut lockfile = Lockfile::default();
    let mut start = 0;
    for line in input.text.split_inclusive('\n') {
        let at = start;
        start += line.len();
        if let Some(marks) = line.strip_prefix("## ") {
            let is_explicit = marks.split(';').any(|mark| mark.trim() == "explicit");
            if let Some(last) = lockfile.packages.last_mut().filter(|_| is_explicit) {
                last.direct = Some(true);
                last.dependency_path = vec![last.name.clone()];
            }
            continue;
        }
        // The packages of a module stand below it, without a mark.
        let Some(rest) = line.strip_prefix("# ") else {
            continue;
        };
        let span = Span::from_usize(at, at + line.trim_end().len());
        match read_module(rest, span) {
            Some(package) => lockfile.packages.push(package),
            None if rest.contains("=>") => {}
            None => lockfile.errors.push(SyntaxError {
                span,
                message: "not a module and a version".to_owned(),
            }),
        }
    }
    lockfile
        .packages
        .retain(|package| !named.contains(&(package.name.clone(), package.version.clone())));
    lockfile
}

/// `module version`, `module version => other version` or `module version => folder`; a
/// replacement of a module that is not built has no version.
fn read_module(rest: &str, span: Span) -> Option<Package> {
    let words: Vec<&str> = rest.split_whitespace().take(6).collect();
    let mut read = match words[..] {
        [module, version] | [module, version, "=>", _] => package(module, version, span),
        [_, version, "=>", module, with] if version != "=>" => package(module, with, span),
        _ => return None,
    };
    if words.len() == 4 {
        read.source = PackageSource::Path;
    }
    read.direct = Some(false);
    Some(read)
}
