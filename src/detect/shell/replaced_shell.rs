//! replaced-shell: the system's shell is another program from here on.

use super::Shell;
use crate::detect::Sink;
use crate::parse::shell::{Command, Syntax};

const LN: Syntax = Syntax {
    short: "tS",
    long: &["target-directory", "suffix"],
};

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for command in shell.built().filter(|command| command.name == "ln") {
        let options = command.options(LN);
        let (target, link) = match options.positional.as_slice() {
            [target, link] => (target, link),
            _ => continue,
        };
        if is_shell(command, &link.text) {
            out.report(
                rule,
                link.span,
                format!(
                    "{} becomes the shell of every script in the image",
                    target.text
                ),
            )
            .text("programs rely on what stood here")
            .help("leave /bin/sh alone and write SHELL [\"/bin/bash\", \"-c\"]")
            .aliases(match link.text.as_str() {
                "/bin/sh" => &["DL4005", "use-shell-instruction"],
                _ => &["use-shell-instruction"],
            });
        }
    }
}

fn is_shell(command: &Command, link: &str) -> bool {
    matches!(command.path(link).as_str(), "/bin/sh" | "/usr/bin/sh")
}
