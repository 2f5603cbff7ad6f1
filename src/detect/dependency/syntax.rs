//! dependency/syntax-error

use crate::detect::Sink;
use crate::model::{FileKind, SkipReason, Source};
use crate::parse::lock::Lockfile;

/// Reports every piece that could not be read: the packages of it were not looked up.
pub fn check(source: &Source, lockfile: &Lockfile, out: &mut Sink<'_>) {
    for what in &lockfile.unknown {
        out.skip(SkipReason::NotResolved(what.clone()));
    }
    let Some(first) = lockfile.errors.first() else {
        return;
    };
    // Prose has the name of a requirements file now and then.
    let prose = source.kind == FileKind::Requirements
        && lockfile.errors.len() > lockfile.packages.len() + 3;
    let what = if prose {
        "not a list of requirements".to_owned()
    } else {
        first.message.clone()
    };
    out.skip(SkipReason::Malformed(what));
    if prose {
        return;
    }
    let name = source.kind.name();
    for error in &lockfile.errors {
        out.report(
            "dependency/syntax-error",
            error.span,
            format!("this {name} cannot be read here: {}", error.message),
        )
        .text("not understood")
        .help("generate the file again with the tool that owns it; packages that stand here or below may not have been checked");
    }
}
