//! stored-login: a login of the build stays in the image as a file.

use super::secret_flow::is_mount;
use super::{Shell, keeper, removal};
use crate::detect::Sink;
use crate::model::Severity;
use crate::parse::dockerfile::Keyword;
use crate::parse::shell::Command;

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let Some(image) = shell.image else {
        return;
    };
    let commands = &shell.script.commands;
    for command in commands
        .iter()
        .filter(|command| keeper::logs_in(command))
        .take(100)
    {
        let Some(file) = keeper::file(command) else {
            continue;
        };
        // With a secret mount the author took care; that this program keeps a copy is its own doing.
        let is_careless = image.instruction(command).is_some_and(|i| {
            i.keyword == Keyword::Run && !i.flags.iter().any(|flag| is_mount(flag, "secret"))
        });
        let told = shell.leaks().iter().any(|leak| leak.command == command.id);
        let forgets = |later: &Command| {
            later.unit == command.unit
                && (keeper::undoes(later, command) || removal::removes(later, file).is_some())
        };
        let after = commands.get(command.id + 1..).unwrap_or_default();
        let same = after.iter().take_while(|later| later.unit == command.unit);
        if !is_careless || told || same.into_iter().any(forgets) {
            continue;
        }
        let finding = out
            .report(
                rule,
                command.program_span(),
                format!("{} stores the login in {file}, which stays in the layer", command.name),
            )
            .text("the login is kept")
            .help("mount the credential for the one command that needs it (RUN --mount=type=secret), and log out in the same RUN");
        if !image.stage.ships {
            finding.severity(Severity::Low);
        }
    }
}
