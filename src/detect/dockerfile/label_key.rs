//! dockerfile/label-key

use super::Facts;
use crate::detect::Sink;
use crate::parse::dockerfile::Body;

const RESERVED: &[&str] = &["com.docker.", "io.docker.", "org.dockerproject."];

/// Reports the key of a label that is not of the recommended shape.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for instruction in &facts.file.instructions {
        let Body::Label(pairs) = &instruction.body else {
            continue;
        };
        for pair in pairs {
            let key = pair.name.raw.trim_matches(['"', '\'']);
            let Some(fault) = fault(key) else {
                continue;
            };
            out.report(
                "dockerfile/label-key",
                pair.name.span,
                format!("the label {key} {fault}"),
            )
            .help("write small letters, digits, dots and hyphens, beginning with your domain turned round");
        }
    }
}

fn fault(key: &str) -> Option<&'static str> {
    let is_small = |c: char| c.is_ascii_lowercase();
    let is_kept = |c: char| is_small(c) || c.is_ascii_digit();
    if RESERVED.iter().any(|space| key.starts_with(space)) {
        Some("stands in a name space that Docker keeps for itself")
    } else if !key.starts_with(is_small) {
        Some("does not begin with a small letter")
    } else if !key.ends_with(is_kept) {
        Some("ends in a separator or a capital letter")
    } else if !key
        .chars()
        .all(|c| is_kept(c) || matches!(c, '.' | '-' | '_' | '/'))
    {
        Some("holds a character that keys do not have")
    } else if key.contains("..") || key.contains("--") {
        Some("holds a doubled separator")
    } else {
        None
    }
}
