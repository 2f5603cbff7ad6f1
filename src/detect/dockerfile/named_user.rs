//! dockerfile/named-user

use super::Facts;
use super::variable::references;
use crate::detect::Sink;
use crate::parse::dockerfile::{Body, Dockerfile, Keyword, Word};

/// Reports the USER that is no number as it stands.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for (place, instruction) in facts.file.instructions.iter().enumerate() {
        let (Keyword::User, Body::Text(word)) = (instruction.keyword, &instruction.body) else {
            continue;
        };
        let user = word.raw.split(':').next().unwrap_or_default();
        let known = word.value.known().unwrap_or(&word.raw);
        let is_number = |text: &str| text.chars().all(|c| c.is_ascii_digit());
        if !is_number(known.split(':').next().unwrap_or_default())
            && !is_chosen_by_the_build(facts.file, place, word)
        {
            out.report(
                "dockerfile/named-user",
                word.span,
                format!("only inside the image is it certain who {user} is"),
            )
            .help("write the user's number");
        }
    }
}

/// True where an ARG before it is part of the user: whoever builds can give a number.
fn is_chosen_by_the_build(file: &Dockerfile, place: usize, user: &Word) -> bool {
    let used = references(user, file.escape);
    let before = file.instructions.get(..place).unwrap_or_default();
    let mut arguments = before
        .iter()
        .filter_map(|instruction| match &instruction.body {
            Body::Arg(pairs) => Some(pairs),
            _ => None,
        });
    !used.is_empty()
        && arguments.any(|pairs| {
            let mut names = pairs.iter().map(|pair| pair.name.text());
            names.any(|name| {
                used.iter()
                    .any(|used| used.name == name && !used.has_default)
            })
        })
}
