//! dockerfile/relative-search-path

use super::Facts;
use super::unsafe_search_path::parts;
use crate::detect::Sink;
use crate::parse::dockerfile::Body;

const LISTS: &[&str] = &["PYTHONPATH", "NODE_PATH", "PERL5LIB", "RUBYLIB"];

/// Reports the folder among those searched for code that depends on where a program starts.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for instruction in &facts.file.instructions {
        let Body::Env(pairs) = &instruction.body else {
            continue;
        };
        for pair in pairs {
            let (name, Some(value)) = (pair.name.text(), &pair.value) else {
                continue;
            };
            let mut parts = parts(value, ':').filter(|_| LISTS.contains(&name));
            let is_whole = |folder: &str| folder.is_empty() || folder.starts_with(['/', '$', '~']);
            if let Some((folder, span)) = parts.find(|(folder, _)| !is_whole(folder)) {
                out.report(
                    "dockerfile/relative-search-path",
                    span,
                    format!("{name} holds {folder}, which is looked for where the program starts"),
                )
                .help("write the whole path");
            }
        }
    }
}
