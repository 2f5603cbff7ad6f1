//! entry-drops-privileges: the container starts as root, and its start command changes the user.

use super::Shell;
use crate::detect::Sink;
use crate::parse::dockerfile::Keyword;

const PROGRAMS: &[&str] = &[
    "gosu",
    "su-exec",
    "setpriv",
    "s6-setuidgid",
    "setuidgid",
    "chpst",
    "runuser",
];

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let Some(image) = shell.image else {
        return;
    };
    for command in &shell.script.commands {
        let starts = image
            .instruction(command)
            .is_some_and(|i| matches!(i.keyword, Keyword::Cmd | Keyword::Entrypoint));
        let word = command.words.iter().find(|word| {
            let name = word.text.rsplit('/').next().unwrap_or_default();
            PROGRAMS.contains(&name)
                || (name == "chroot"
                    && command
                        .words
                        .iter()
                        .any(|w| w.text.starts_with("--userspec")))
        });
        if let Some(word) = word.filter(|_| starts) {
            out.report(rule, word.span, format!("the container starts as root, and {} gives that up", word.text))
                .text("the user changes here")
                .help("where nothing before it needs root, USER says the same for everybody to see, and the platform can check it");
        }
    }
}
