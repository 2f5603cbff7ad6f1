//! dockerfile/copied-ignored-file

use super::Facts;
use crate::detect::Sink;
use crate::parse::dockerfile::Body;
use crate::parse::dockerignore::clean;

/// Reports the source of a COPY or ADD that the ignore file keeps from the build.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for instruction in &facts.file.instructions {
        let Body::Transfer { sources, .. } = &instruction.body else {
            continue;
        };
        if instruction.has_flag("from") || !instruction.is_direct() {
            continue;
        }
        for source in sources {
            let Some(text) = source.value.known().filter(|text| !text.contains("://")) else {
                continue;
            };
            let path = clean(&format!("/{text}"));
            if path == "." || path.contains(['*', '?', '[']) {
                continue;
            }
            for used in facts.contexts {
                let context = &used.context;
                let Some((ignore, file)) = &context.ignore else {
                    continue;
                };
                let Some((at, line)) = file.deciding(&path) else {
                    continue;
                };
                // Something inside may be taken back in.
                let may_hold = match context.files.is_empty() {
                    true => file.has_exception_after(at),
                    false => context.copied(text).any(|file| !file.is_folder),
                };
                if line.is_exception || may_hold {
                    continue;
                }
                let ignore = ignore.display();
                out.report(
                    "dockerfile/copied-ignored-file",
                    source.span,
                    format!(
                        "the build does not see {text}: {ignore} excludes it ({})",
                        line.raw
                    ),
                )
                .help(format!(
                    "take it back in with a line !{path} at the end of {ignore}, or do not copy it"
                ));
            }
        }
    }
}
