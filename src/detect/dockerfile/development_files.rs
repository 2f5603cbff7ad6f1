//! dockerfile/development-files

use super::Facts;
use super::landing::way;
use crate::detect::Sink;
use crate::parse::dockerfile::Body;

/// What only whoever writes or builds the program needs, by the last part of its path.
const NAMES: &[&str] = &[
    ".git",
    ".github",
    ".gitlab-ci.yml",
    ".idea",
    ".mypy_cache",
    ".nyc_output",
    ".pytest_cache",
    ".ruff_cache",
    ".tox",
    ".venv",
    ".vscode",
    "__pycache__",
    "compose.yaml",
    "coverage",
    "docker-compose.yml",
    "docker-compose.yaml",
    "node_modules",
    "venv",
];

/// Things that are named.
const MOST_NAMED: usize = 4;

/// Reports the first source that takes version control, caches and tools' folders along.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for (place, instruction) in facts.file.instructions.iter().enumerate() {
        let Body::Transfer { sources, .. } = &instruction.body else {
            continue;
        };
        if instruction.has_flag("from") || !instruction.is_direct() {
            continue;
        }
        for source in sources {
            let Some(text) = source.value.known() else {
                continue;
            };
            for used in facts.contexts {
                let files = used.context.copied(text).filter(|file| {
                    let name = file.path.rsplit('/').next().unwrap_or_default();
                    NAMES.contains(&name)
                        && file.path != text
                        && way(facts.file, place, text, &file.path).is_some()
                });
                let mut names: Vec<&str> = files
                    .map(|file| file.path.as_str())
                    .take(MOST_NAMED + 1)
                    .collect();
                if names.is_empty() {
                    continue;
                }
                let more = if names.len() > MOST_NAMED {
                    " and more"
                } else {
                    ""
                };
                names.truncate(MOST_NAMED);
                out.report(
                    "dockerfile/development-files",
                    source.span,
                    format!(
                        "{} {text} takes {}{more} into the image",
                        instruction.keyword.name(),
                        names.join(", ")
                    ),
                )
                .help(format!(
                    "exclude what only development needs in {}",
                    used.context.ignore_path().display()
                ));
                return;
            }
        }
    }
}
