//! setup.cfg: what a package asks for in the tables of setuptools.

use super::lines::lines;
use super::pep508::Demand;
use super::pyproject::{self, Wish};
use super::{Ask, Input, Lockfile, SyntaxError};
use crate::classify::classify;
use crate::model::{FileKind, Scope, Span};
use crate::text::LineIndex;

/// Variables of markers: behind a semicolon in one line they are no requirement of their own.
const VARIABLES: [&str; 6] = [
    "python_",
    "sys_",
    "os_",
    "platform_",
    "implementation_",
    "extra",
];

pub fn wants(input: &Input<'_>) -> Vec<Ask> {
    pyproject::wants(input)
}

pub fn read(input: &Input<'_>) -> Lockfile {
    let mut lockfile = Lockfile::default();
    if pyproject::has_lock(input) {
        return lockfile;
    }
    let places = LineIndex::new(input.text.as_bytes());
    let (mut section, mut scope) = ("", None);
    for (start, line) in lines(input.text) {
        let code = line.trim();
        if code.is_empty() || code.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = line.strip_prefix('[') {
            (section, scope) = (name.split(']').next().unwrap_or(name).trim(), None);
            continue;
        }
        let mut value = code;
        if !line.starts_with([' ', '\t']) {
            let (key, after) = code.split_once(['=', ':']).unwrap_or((code, ""));
            scope = scope_of(section, key.trim());
            value = after.trim();
        }
        let Some(scope) = scope else { continue };
        let at = start + line.rfind(value).unwrap_or(0);
        if let Some(files) = value.strip_prefix("file:") {
            let files = files.split(',').map(str::trim);
            lockfile.unknown.extend(files.filter_map(|file| {
                // A file of requirements lists itself.
                let lists_itself = input
                    .near(file)
                    .is_some_and(|path| classify(&path, b"") == FileKind::Requirements);
                (!lists_itself).then(|| format!("what {file} asks for"))
            }));
            continue;
        }
        let mut offset = at;
        for piece in value.split(';') {
            let code = piece.trim();
            let start = offset + piece.find(code).unwrap_or(0);
            offset += piece.len() + 1;
            if code.is_empty() || VARIABLES.iter().any(|begin| code.starts_with(begin)) {
                continue;
            }
            let span = Span::from_usize(start, start + code.len());
            match Demand::read(code) {
                Ok(demand) => {
                    let wish = Wish::of(&demand, scope, span);
                    lockfile.packages.push(wish.package(input.path, &places));
                }
                Err(_) if code.contains("%(") => {
                    lockfile.unknown.push(format!("what {code} stands for"));
                }
                Err(message) => lockfile.errors.push(SyntaxError {
                    span,
                    message: message.to_owned(),
                }),
            }
        }
    }
    lockfile
}

/// The scope of what stands under a key; `None` where that is no list of requirements.
fn scope_of(section: &str, key: &str) -> Option<Scope> {
    match (section, key) {
        ("options", "install_requires") => Some(Scope::Prod),
        ("options", "setup_requires" | "tests_require") => Some(Scope::Dev),
        ("options.extras_require", _) => Some(Scope::Optional),
        _ => None,
    }
}
