//! dockerfile/named-user

use super::Facts;
use crate::detect::Sink;
use crate::parse::dockerfile::{Body, Keyword};

/// Reports the USER that is no number as it stands.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for instruction in &facts.file.instructions {
        let (Keyword::User, Body::Text(word)) = (instruction.keyword, &instruction.body) else {
            continue;
        };
        let user = word.raw.split(':').next().unwrap_or_default();
        if !user.chars().all(|c| c.is_ascii_digit()) {
            out.report(
                "dockerfile/named-user",
                word.span,
                format!("only inside the image is it certain who {user} is"),
            )
            .help("write the user's number");
        }
    }
}
