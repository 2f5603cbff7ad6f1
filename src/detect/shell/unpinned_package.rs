//! unpinned-package: the version that is installed depends on the day.

use super::{Shell, install};
use crate::detect::Sink;
use crate::parse::shell::{Command, Options, Syntax, Word};

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for command in &shell.script.commands {
        let (words, aliases): (Vec<&Word>, &[&str]) = match command.name.as_str() {
            "apt-get" | "apt" => (install::packages(command), &["DL3008"]),
            "apk" => (install::packages(command), &["DL3018"]),
            "npm" => (npm(command), &["DL3016"]),
            name if name.starts_with("pip") => (pip(command.args()), &["DL3013"]),
            name if name.starts_with("python") && command.has_arg("pip") => {
                let after = command
                    .args()
                    .iter()
                    .position(|w| w.text == "pip")
                    .unwrap_or(0);
                (
                    pip(command.args().get(after + 1..).unwrap_or_default()),
                    &["DL3013"],
                )
            }
            _ => continue,
        };
        for word in words {
            if !is_pinned(&command.name, word) {
                out.report(
                    rule,
                    word.span,
                    format!("{} is installed in whatever version there is", word.text),
                )
                .text("no version")
                .aliases(aliases)
                .help("name the version, or install from a lockfile");
            }
        }
    }
}

fn npm(command: &Command) -> Vec<&Word> {
    let options = Options::read(
        command.args(),
        Syntax {
            short: "",
            long: &["prefix", "registry", "cache", "loglevel"],
        },
    );
    let mut words = options.positional.into_iter();
    match words.next() {
        Some(verb) if matches!(verb.text.as_str(), "install" | "i" | "add") => words.collect(),
        _ => Vec::new(),
    }
}

fn pip(args: &[Word]) -> Vec<&Word> {
    let syntax = Syntax {
        short: "rceitfd",
        long: &[
            "requirement",
            "constraint",
            "editable",
            "index-url",
            "extra-index-url",
            "target",
            "find-links",
            "trusted-host",
            "prefix",
            "root",
            "timeout",
            "cache-dir",
            "python",
            "only-binary",
            "no-binary",
            "default-timeout",
            "retries",
            "proxy",
            "cert",
            "platform",
            "config-settings",
            "global-option",
            "src",
            "upgrade-strategy",
            "log",
        ],
    };
    let options = Options::read(args, syntax);
    if options.has(&["c", "constraint"]) {
        return Vec::new();
    }
    let mut words = options.positional.into_iter();
    match words.next() {
        Some(verb) if verb.text == "install" => words.collect(),
        _ => Vec::new(),
    }
}

fn is_pinned(manager: &str, word: &Word) -> bool {
    let text = word.text.as_str();
    // What only the run knows, files and addresses are others' business.
    if !word.is_known()
        || text.contains('/') && !text.starts_with('@')
        || text.starts_with('.')
        || text.contains("://")
    {
        return true;
    }
    match manager {
        "npm" => text.get(1..).is_some_and(|rest| rest.contains('@')) || text.ends_with(".tgz"),
        "apk" => text.contains(['=', '~', '<', '>']) || text.starts_with('.'),
        "apt" | "apt-get" => text.contains('=') || text.ends_with(".deb"),
        _ => {
            text.contains("==")
                || text.contains('@')
                || text.ends_with(".whl")
                || text.ends_with(".gz")
                || text.ends_with(".txt")
        }
    }
}
