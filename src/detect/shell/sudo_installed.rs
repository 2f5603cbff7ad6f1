//! sudo-installed: an image that gives up root takes along the program to become root again.

use super::{Shell, install};
use crate::detect::Sink;
use crate::parse::dockerfile::{Body, Keyword};

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let Some(image) = shell.image.filter(|image| image.stage.ships) else {
        return;
    };
    let users = image.file.targets_on(image.stage).filter_map(|target| {
        let place = image.file.state_of(target).user?;
        match &image.file.instructions.get(place)?.body {
            Body::Text(user) => Some((user, user.text().split(':').next()?)),
            _ => None,
        }
    });
    let Some((user, name)) = users
        .into_iter()
        .find(|(_, name)| !matches!(*name, "root" | "0"))
    else {
        return;
    };
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
