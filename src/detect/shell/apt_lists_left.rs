//! apt-lists-left: the index of packages stays in the layer.

use std::collections::HashMap;

use super::install::Action;
use super::program::script_argument;
use super::{Image, Shell};
use crate::detect::Sink;
use crate::model::Safety;
use crate::parse::shell::Command;

const LISTS: &str = "/var/lib/apt/lists";

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let Some(image) = shell.image.filter(Image::is_kept) else {
        return;
    };
    // The last removal of each step.
    let removals: HashMap<usize, usize> = shell
        .built()
        .filter(|command| removes_lists(command))
        .map(|command| (command.unit, command.id))
        .collect();
    let last_need = last_need(shell);
    let mut reported = None;
    for call in shell.build_calls() {
        let command = call.command;
        let removed = removals
            .get(&command.unit)
            .is_some_and(|id| *id > command.id);
        let is_first = reported != Some(command.unit);
        if !call.manager.is_apt()
            || !call.is(Action::Refresh)
            || removed
            || !is_first
            || image.keeps_out(command, |target| covers(target, LISTS))
        {
            continue;
        }
        reported = Some(command.unit);
        let found = out
            .report(rule, call.verb.span, "the package lists stay in this layer")
            .text("downloads the lists")
            .help("end the same step with `rm -rf /var/lib/apt/lists/*`, or mount a cache there");
        if let Some(edit) = image.command_at_end(command, "rm -rf /var/lib/apt/lists/*")
            && !image.stage.is_base
            && last_need.is_none_or(|last| last <= command.unit)
        {
            found.fix_all(
                "Remove the lists at the end of the step",
                Safety::Safe,
                vec![edit],
            );
        }
    }
}

/// True where a folder holds a path, or is it.
pub(super) fn covers(folder: &str, path: &str) -> bool {
    path.strip_prefix(folder)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn removes_lists(command: &Command) -> bool {
    let names = |part: &str| command.args().iter().any(|word| word.text.contains(part));
    match command.name.as_str() {
        "rm" | "find" => {
            names("/var/lib/apt")
                || names("/var/lib/{apt")
                || command.cwd.starts_with("/var/lib/apt")
        }
        "apt-get" | "apt" => command.has_arg("distclean") || command.has_arg("dist-clean"),
        _ => false,
    }
}

/// The last step that needs the lists of one before it, or may do so.
fn last_need(shell: &Shell<'_>) -> Option<usize> {
    let mut fresh = None;
    let mut last = None;
    for call in shell.build_calls().filter(|call| call.manager.is_apt()) {
        let unit = call.command.unit;
        if call.is(Action::Refresh) {
            fresh = Some(unit);
        }
        let uses = matches!(
            call.action,
            Action::Install | Action::Upgrade | Action::Other
        );
        if uses && fresh != Some(unit) {
            last = Some(unit);
        }
    }
    let others = shell.built().filter(|command| may_install(command));
    last.max(others.map(|command| command.unit).max())
}

/// True for a script, and for programs that call apt themselves.
fn may_install(command: &Command) -> bool {
    let program = command.program_word().map_or("", |word| &word.text);
    let is_script =
        program.contains('/') && !program.starts_with("/usr/") && !program.starts_with("/bin/");
    let callers = [
        "mk-build-deps",
        "rosdep",
        "gdebi",
        "playwright",
        "npx",
        "make",
        "apt-file",
    ];
    is_script
        || callers.contains(&command.name.as_str())
        || command.is_shell() && script_argument(command).is_some()
}
