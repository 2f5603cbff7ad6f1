//! pip-cache-kept: pip stores what it downloads, and nobody uses it again.

use super::apt_lists_left::covers;
use super::install::{Action, Manager};
use super::{Image, Shell};
use crate::detect::Sink;
use crate::model::Safety;
use crate::parse::shell::Command;

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let Some(image) = shell.image else {
        return;
    };
    let settings = image.settings("PIP_NO_CACHE_DIR");
    let exported: Vec<_> = shell
        .script
        .assignments
        .iter()
        .filter(|a| a.name == "PIP_NO_CACHE_DIR")
        .collect();
    for call in shell.build_calls() {
        if call.manager != Manager::Pip || !call.is(Action::Install) {
            continue;
        }
        let command = call.command;
        let before = image.place(command).unwrap_or(usize::MAX);
        let set = settings.partition_point(|(place, _)| *place < before);
        let in_image = set
            .checked_sub(1)
            .and_then(|last| settings.get(last))
            .and_then(|(_, value)| *value);
        let in_step = exported.iter().rev().find(|a| {
            a.prefix_of == Some(command.id)
                || a.prefix_of.is_none()
                    && a.before <= command.id
                    && shell
                        .script
                        .commands
                        .get(a.before)
                        .is_some_and(|c| c.unit == command.unit)
        });
        let value = in_step.map(|a| a.value.text.as_str()).or(in_image);
        if value.is_some_and(|value| !is_off(value))
            || call.has(&["no-cache-dir", "no-cache"])
            || is_mounted(image, command)
        {
            continue;
        }
        let found = out
            .report(
                rule,
                call.verb.span,
                "pip install stores what it downloads in a cache",
            )
            .text("writes ~/.cache/pip")
            .help("add --no-cache-dir, or mount a cache at ~/.cache/pip");
        if let Some(edit) = image.argument_after(command, call.verb, "--no-cache-dir") {
            found.fix_all("Add --no-cache-dir", Safety::Safe, vec![edit]);
        }
    }
}

fn is_off(value: &str) -> bool {
    matches!(
        value.to_ascii_lowercase().as_str(),
        "" | "0" | "off" | "false" | "no"
    )
}

fn is_mounted(image: Image<'_>, command: &Command) -> bool {
    image.keeps_out(command, |target| {
        target.contains("pip") || covers(target, "/root/.cache/pip") || target.ends_with("/.cache")
    })
}
