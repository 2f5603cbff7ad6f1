//! unanswered-prompt: a package manager asks a question that nobody answers.

use super::install::{Action, Call, Manager};
use super::{Shell, apt_setting};
use crate::detect::Sink;
use crate::model::{Confidence, Safety, Severity};

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let configured = apt_setting::since(shell, "assume-yes", true);
    for call in shell.build_calls() {
        let asks = matches!(
            call.action,
            Action::Install | Action::Upgrade | Action::Release | Action::Remove
        );
        // Where nothing is left to remove, nothing is asked.
        let asks = asks && !call.verb.text.starts_with("auto");
        let Some((yes, word, aliases)) = answer(call).filter(|_| asks) else {
            continue;
        };
        let answered = call.has(yes)
            || is_quiet_enough(call)
            || apt_setting::is_given(call, "assume-yes", true)
            || call.manager.is_apt() && configured.is_some_and(|at| at <= call.command.span.start)
            || call.has(&[
                "s",
                "simulate",
                "just-print",
                "dry-run",
                "print-uris",
                "h",
                "help",
            ]);
        // Something else answers: `yes |`, or a file.
        let script = shell.script;
        let fed = script.pipe(call.command).is_some_and(|(_, at)| at > 0)
            || script.inputs(call.command).next().is_some();
        if answered || fed {
            continue;
        }
        let verb = &call.verb.text;
        let shown = match verb == call.program() {
            true => verb.clone(),
            false => format!("{} {verb}", call.program()),
        };
        let found = out
            .report(rule, call.verb.span, format!("{shown} waits for an answer"))
            .text("nobody can say yes")
            .aliases(aliases)
            .help(format!("add {word}"));
        let edit = shell
            .image
            .and_then(|image| image.argument_after(call.command, call.verb, word));
        let found = match edit {
            Some(edit) => found.fix_all(format!("Add {word}"), Safety::Safe, vec![edit]),
            None => found,
        };
        if call.manager == Manager::Microdnf {
            // Up to version 3 it never asks; the later one, which is dnf 5, does.
            found.severity(Severity::Low).confidence(Confidence::Low);
        }
    }
}

type Answer = (
    &'static [&'static str],
    &'static str,
    &'static [&'static str],
);

/// The options that answer every question, the one to add, and the peers' ids.
fn answer(call: &Call<'_>) -> Option<Answer> {
    let installs = call.is(Action::Install);
    let verb = call.verb.text.as_str();
    Some(match call.manager {
        Manager::AptGet if verb == "install" => (
            APT,
            "-y",
            &["DL3014", "DS-0021", "missing-assume-yes-switch"],
        ),
        Manager::AptGet | Manager::Apt | Manager::Aptitude => (APT, "-y", &[]),
        Manager::Yum if installs => (RPM, "-y", &["DL3030", "missing-yum-assume-yes-switch"]),
        Manager::Dnf | Manager::Microdnf if installs => {
            (RPM, "-y", &["DL3038", "missing-dnf-assume-yes-switch"])
        }
        Manager::Yum | Manager::Dnf | Manager::Tdnf => (RPM, "-y", &[]),
        Manager::Zypper if installs || matches!(verb, "remove" | "rm" | "patch") => (
            ZYPPER,
            "-y",
            &["DL3034", "missing-zypper-no-confirm-switch"],
        ),
        Manager::Zypper => (ZYPPER, "-y", &[]),
        Manager::Pacman => (&["noconfirm"], "--noconfirm", &[]),
        _ => return None,
    })
}

const APT: &[&str] = &["y", "yes", "assume-yes", "force-yes", "assume-no"];
const RPM: &[&str] = &["y", "assumeyes", "assumeno"];
const ZYPPER: &[&str] = &["y", "no-confirm", "n", "non-interactive"];

/// `-qq` and `-q=2` imply `-y`.
fn is_quiet_enough(call: &Call<'_>) -> bool {
    call.manager.is_apt()
        && (call.options.all(&["q", "quiet"]).count() >= 2
            || call
                .options
                .options
                .iter()
                .any(|o| matches!(o.word.text.as_str(), "-q=2" | "--quiet=2")))
}
