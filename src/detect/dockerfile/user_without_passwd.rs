//! dockerfile/user-without-passwd

use super::Facts;
use crate::detect::Sink;
use crate::parse::dockerfile::{Base, Body, Keyword};

/// Reports the name in USER where the image has no file that knows names.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    let file = facts.file;
    for stage in &file.stages {
        if file.root_of(stage).base != Base::Scratch {
            continue;
        }
        let bringers = file
            .ancestry(stage)
            .flat_map(|stage| file.instructions_of(stage));
        let brings_names = bringers
            .into_iter()
            .any(|instruction| match &instruction.body {
                Body::Transfer {
                    sources,
                    destination,
                } => {
                    let to = destination.text().trim_end_matches(['/', '.']);
                    let is_archive = instruction.keyword == Keyword::Add;
                    is_archive
                        || matches!(to, "" | "/etc" | "etc" | "/etc/passwd" | "etc/passwd")
                        || sources
                            .iter()
                            .any(|source| source.text().ends_with("passwd"))
                }
                // A step that can run at all may write the file.
                Body::Command(_) => instruction.keyword == Keyword::Run,
                _ => false,
            });
        for instruction in file.instructions_of(stage) {
            let (Keyword::User, Body::Text(word)) = (instruction.keyword, &instruction.body) else {
                continue;
            };
            let Some(user) = word.value.known() else {
                continue;
            };
            let name = user.split(':').next().unwrap_or_default();
            let is_number = name.chars().all(|c| c.is_ascii_digit());
            if !brings_names && !is_number && name != "root" {
                out.report("dockerfile/user-without-passwd", word.span, format!("the image has no /etc/passwd that knows {name}: the container does not start"))
                    .help("write the number, for example USER 10001, or copy /etc/passwd from the stage that makes the account");
            }
        }
    }
}
