//! dependency/missing-lockfile, dependency/unlocked-manifest

use crate::detect::Sink;
use crate::model::RepoPath;
use crate::parse::Document;
use crate::parse::lock::unlocked::{self, Absence, Role, Unlocked};

/// Reports a manifest that no lockfile pins, under one rule where nobody can want that and under
/// the other where it may be a library's.
pub fn check(doc: &Document<'_>, out: &mut Sink<'_>) {
    let source = doc.source;
    let Some(found) = unlocked::find(&source.path, &source.bytes, &doc.beside) else {
        return;
    };
    let rule = match found.role {
        Role::Program(_) => "dependency/missing-lockfile",
        _ if found.image.is_some() => "dependency/missing-lockfile",
        Role::Unclear => "dependency/unlocked-manifest",
        Role::Library => return,
    };
    let text = match found.role {
        Role::Program(reason) => reason,
        _ => "any version that fits these ranges may be installed",
    };
    out.report(rule, found.span, message(&source.path, &found))
        .text(text)
        .help(help(&found));
}

fn message(manifest: &RepoPath, found: &Unlocked) -> String {
    let manifest = RepoPath::new(manifest.file_name()).display();
    let cause = match &found.absence {
        Absence::Missing => format!("no lockfile pins what {manifest} asks for"),
        Absence::Ignored(None) => "git is told to leave the lockfile out".to_owned(),
        Absence::Ignored(Some((path, line))) => {
            format!(
                "line {line} of {} keeps the lockfile out of the repository",
                path.display()
            )
        }
        Absence::SwitchedOff(path) => {
            format!("{} tells npm to write no lockfile", path.display())
        }
    };
    match &found.image {
        Some(path) => format!(
            "{cause}, so each build of {} may install other versions",
            path.display()
        ),
        None => format!("{cause}, so each installation may take other versions"),
    }
}

fn help(found: &Unlocked) -> String {
    let Unlocked { lock, command, .. } = found;
    match &found.absence {
        Absence::Missing => format!("run `{command}` and commit {lock}"),
        Absence::Ignored(_) => "let git have the lockfile, and commit it".to_owned(),
        Absence::SwitchedOff(path) => format!(
            "remove `package-lock=false` from {}, run `{command}` and commit {lock}",
            path.display()
        ),
    }
}
