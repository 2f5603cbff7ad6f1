//! apt-recommends: packages are installed that nothing needs.

use super::{Shell, install};
use crate::detect::Sink;
use crate::model::Safety;

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for command in shell.script.named(&["apt-get", "apt"]) {
        let verb = command.args().iter().find(|w| w.text == "install");
        let (Some(verb), false) = (verb, install::packages(command).is_empty()) else {
            continue;
        };
        let declined = command.args().iter().any(|w| {
            let text = w.text.to_lowercase();
            text == "--no-install-recommends"
                || text.contains("install-recommends=")
                || text.contains("recommends=0")
        });
        if !declined {
            out.report(
                rule,
                verb.span,
                "apt-get also installs what the packages only recommend",
            )
            .text("recommended packages come too")
            .help("add --no-install-recommends, and name the packages that are needed")
            .fix(
                "Leave recommended packages out",
                Safety::Unsafe,
                verb.span,
                "install --no-install-recommends",
            );
        }
    }
}
