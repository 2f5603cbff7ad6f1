//! unlocked-install: an install may leave the lockfile behind, and nothing here says that it is there.

use super::Shell;
use super::install::Manager;
use super::lockfile_bypassed::{copied, is_held, locked_form};
use crate::detect::Sink;

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let Some(image) = shell.image else {
        return;
    };
    let copied = copied(image);
    for call in shell.build_calls() {
        let managers = [Manager::Pnpm, Manager::Uv, Manager::Yarn];
        let Some(locked) = locked_form(call).filter(|_| managers.contains(&call.manager)) else {
            continue;
        };
        // Where the lockfile is copied by name, lockfile-bypassed reports it.
        let is_known = locked.files.iter().any(|name| copied.contains(name));
        if is_known || is_held(call, &locked, shell) {
            continue;
        }
        let what = call.shown();
        let message =
            format!("{what} may resolve the versions anew instead of taking a lockfile's");
        out.report(rule, call.verb.span, message)
            .text("the lockfile may be changed on the way")
            .help(format!("write {}", locked.help));
    }
    for command in shell.built().filter(|command| command.name == "poetry") {
        let verbs = ["lock", "update"];
        let verb = command
            .args()
            .iter()
            .find(|w| verbs.contains(&w.text.as_str()));
        if let Some(verb) = verb.filter(|_| copied.contains("poetry.lock")) {
            let message = format!("poetry {} replaces the lockfile that was copied", verb.text);
            out.report(rule, verb.span, message)
                .text("installs what is newest")
                .help("lock where the project is developed, and only run poetry install here");
        }
    }
}
