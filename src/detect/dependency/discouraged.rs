//! dependency/discouraged

use std::collections::HashSet;

use crate::detect::Sink;
use crate::parse::lock::Lockfile;

/// Characters of a reason that are told.
const LONGEST: usize = 160;

/// Reports each package whose author asks not to use it, once a version.
pub fn check(lockfile: &Lockfile, out: &mut Sink<'_>) {
    if !out.is_enabled("dependency/discouraged") {
        return;
    }
    let mut told = HashSet::new();
    for package in &lockfile.packages {
        let Some(reason) = &package.facts.discouraged else {
            continue;
        };
        if !told.insert((&package.name, &package.version)) {
            continue;
        }
        let words: Vec<&str> = reason.split_whitespace().collect();
        let reason = words.join(" ");
        let text = match reason.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("{}...", reason.get(..end).unwrap_or("")),
            None if reason.is_empty() => "no reason is given".to_owned(),
            None => reason,
        };
        out.report(
            "dependency/discouraged",
            package.span,
            format!(
                "{} {} is deprecated or abandoned",
                package.name, package.version
            ),
        )
        .text(text)
        .package(package)
        .help("move to the package or version that its author names");
    }
}
