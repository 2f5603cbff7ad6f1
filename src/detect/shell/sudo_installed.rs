//! sudo-installed: an image that gives up root takes along the program to become root again.

use super::{Shell, install};
use crate::detect::Sink;
use crate::parse::dockerfile::{Body, Keyword};

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let Some(image) = shell.image.filter(|image| image.stage.ships) else {
        return;
    };
    let user = image
        .file
        .target()
        .and_then(|target| image.file.state_of(target).user)
        .and_then(|place| image.file.instructions.get(place));
    let Some(Body::Text(user)) = user.map(|instruction| &instruction.body) else {
        return;
    };
    let name = user.text().split(':').next().unwrap_or_default();
    if matches!(name, "root" | "0") {
        return;
    }
    for command in &shell.script.commands {
        let is_run = image
            .instruction(command)
            .is_some_and(|i| i.keyword == Keyword::Run);
        let packages = install::packages(command);
        let found = packages.into_iter().find(|word| {
            matches!(
                install::bare_name(&word.text),
                "sudo" | "doas" | "opendoas" | "sudo-rs"
            )
        });
        if let (true, Some(word)) = (is_run, found) {
            out.report(
                rule,
                word.span,
                format!(
                    "the image runs as {name}, and has {} to become root again",
                    word.text
                ),
            )
            .text("the way back")
            .label(user.span, "root is given up here")
            .help("do what needs root before USER, and leave the program out");
        }
    }
}
