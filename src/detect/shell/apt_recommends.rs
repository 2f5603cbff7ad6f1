//! apt-recommends: packages are installed that nothing needs.

use super::install::{Action, Manager};
use super::{Shell, apt_setting};
use crate::detect::Sink;
use crate::model::Safety;

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let configured = apt_setting::since(shell, "install-recommends", false);
    for call in shell.build_calls() {
        if !call.manager.is_apt()
            || !call.is(Action::Install)
            || call.has(&["no-install-recommends", "R", "without-recommends"])
            || apt_setting::is_given(call, "install-recommends", false)
            || configured.is_some_and(|at| at <= call.command.span.start)
        {
            continue;
        }
        let found = out
            .report(
                rule,
                call.verb.span,
                format!(
                    "{} also installs what the packages only recommend",
                    call.program()
                ),
            )
            .text("recommended packages come too")
            .help("add --no-install-recommends, and name the packages that are needed");
        let found = match call.manager {
            Manager::AptGet => found,
            _ => found.aliases(&["DS-0029", "missing-no-install-recommends"]),
        };
        let edit = shell.image.and_then(|image| {
            image.argument_after(call.command, call.verb, "--no-install-recommends")
        });
        if let Some(edit) = edit {
            // What a build needs may come in as a recommendation only.
            found.fix_all("Leave recommended packages out", Safety::Unsafe, vec![edit]);
        }
    }
}
