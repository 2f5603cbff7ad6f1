//! Files that ask for builds of Dockerfiles: compose files, bake files, workflows, scripts and
//! makefiles.

mod bake;
mod command;
mod compose;
mod hcl;
mod run;
mod workflow;

use super::dockerignore::clean;
use super::surroundings::Build;
use crate::model::{FileKind, RepoPath};

pub use compose::{Inline, inline};
pub use run::{Run, runs};

/// Largest file that is read, in bytes.
pub const LARGEST: usize = 1 << 20;

/// What the name of a file says about the builds that it may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Compose,
    BakeHcl,
    BakeJson,
    Workflow,
    Script,
    Makefile,
}

impl Form {
    pub fn of(path: &RepoPath) -> Option<Self> {
        let name = path.file_name().to_ascii_lowercase();
        match name.as_slice() {
            b"docker-bake.hcl" | b"docker-bake.override.hcl" => Some(Self::BakeHcl),
            b"docker-bake.json" | b"docker-bake.override.json" => Some(Self::BakeJson),
            b"makefile" | b"gnumakefile" => Some(Self::Makefile),
            _ => match crate::classify::classify(path, b"") {
                FileKind::Compose => Some(Self::Compose),
                FileKind::Workflow => Some(Self::Workflow),
                FileKind::Shell => Some(Self::Script),
                _ => None,
            },
        }
    }
}

/// The builds that a file asks for. Never fails: what is not understood is left out.
pub fn read(path: &RepoPath, bytes: &[u8]) -> Vec<Build> {
    let Some((form, text)) = Form::of(path).zip(std::str::from_utf8(bytes).ok()) else {
        return Vec::new();
    };
    if text.len() > LARGEST {
        return Vec::new();
    }
    match form {
        Form::Compose => compose::builds(path, text),
        Form::BakeHcl | Form::BakeJson => bake::builds(path, text, form == Form::BakeJson),
        Form::Workflow => workflow::builds(path, text),
        Form::Script | Form::Makefile => {
            // Where a script is started is not known: at the top, or where it lies.
            let mut folders = vec![path.parent(), RepoPath::default()];
            folders.dedup();
            let text = match form {
                Form::Makefile => command::recipes(text),
                _ => text.to_owned(),
            };
            command::builds(&path.display(), &text, &folders)
        }
    }
}

/// A path that a file in `folder` names; `None` where it leads out of the repository or elsewhere.
fn resolve(folder: &RepoPath, path: &str) -> Option<RepoPath> {
    let is_elsewhere = path.contains("://")
        || path.starts_with("git@")
        || path.starts_with("github.com/")
        || path.starts_with(['/', '~', '$'])
        || path.contains(['\\', '\0']);
    if is_elsewhere {
        return None;
    }
    let whole = clean(&format!(
        "{}/{path}",
        match folder.to_text().as_str() {
            "" => ".",
            folder => folder,
        }
    ));
    match whole.as_str() {
        "." => Some(RepoPath::default()),
        inside if inside.split('/').next() == Some("..") => None,
        inside => Some(RepoPath::from(inside)),
    }
}

/// The value of a text with variables, as far as their defaults tell.
fn interpolated(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(rest.get(..at)?);
        rest = rest.get(at + 1..)?;
        if let Some(after) = rest.strip_prefix('$') {
            out.push('$');
            rest = after;
        } else {
            let (inside, after) = rest.strip_prefix('{')?.split_once('}')?;
            let (_, default) = inside.split_once('-')?;
            if default.contains('$') {
                return None;
            }
            out.push_str(default);
            rest = after;
        }
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests;
