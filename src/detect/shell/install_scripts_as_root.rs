//! install-scripts-as-root: npm gives up the rights that it would take from packages' scripts.

use super::Shell;
use crate::detect::Sink;
use crate::parse::shell::Word;

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let flag = |word: &&Word| {
        let text = word.text.as_str();
        matches!(
            text,
            "--unsafe-perm" | "--unsafe-perm=true" | "--unsafe" | "--allow-root"
        )
    };
    for command in shell.built() {
        let setting =
            |word: &&Word| matches!(word.text.as_str(), "unsafe-perm" | "unsafe-perm=true");
        let word = match command.name.as_str() {
            "npm" if command.has_arg("config") || command.has_arg("set") => {
                let off = command.has_arg("false") || command.has_arg("delete");
                command.args().iter().find(setting).filter(|_| !off)
            }
            "npm" | "bower" => command.args().iter().find(flag),
            _ => None,
        };
        if let Some(word) = word {
            out.report(rule, word.span, "install scripts of every package run as root")
                .text("keeps root for scripts of others")
                .help("install as the user that runs the application, and allow install scripts only to packages that need them");
        }
    }
}
