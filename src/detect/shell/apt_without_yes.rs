//! apt-without-yes: apt-get asks a question that nobody answers.

use super::Shell;
use crate::detect::Sink;
use crate::model::Safety;
use crate::parse::shell::{Syntax, Word};

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for command in shell.script.named(&["apt-get"]) {
        let Some(verb) = command.args().iter().find(|w| w.text == "install") else {
            continue;
        };
        let options = command.options(Syntax {
            short: "otc",
            long: &["option", "target-release"],
        });
        let quiet = options.all(&["q", "quiet"]).count() >= 2
            || options
                .options
                .iter()
                .any(|o| o.value == Some("2") && matches!(o.name, "q" | "quiet"));
        let yes = options.has(&["y", "yes", "assume-yes", "force-yes"]) || quiet;
        let configured = |w: &Word| w.text.to_lowercase().contains("assume-yes");
        if yes
            || command.args().iter().any(configured)
            || shell.script.pipe(command).is_some_and(|(_, at)| at > 0)
        {
            continue;
        }
        out.report(rule, verb.span, "apt-get install waits for an answer")
            .text("nobody can say yes")
            .help("add -y")
            .fix("Add -y", Safety::Safe, verb.span, "install -y");
    }
}
