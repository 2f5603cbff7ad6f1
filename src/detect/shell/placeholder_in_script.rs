//! placeholder-in-script: a file's name becomes a part of a script.

use super::Shell;
use crate::detect::Sink;
use crate::parse::shell::{Command, Word};

const SHELLS: &[&str] = &["sh", "bash", "dash", "zsh", "ksh", "ash"];

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for command in &shell.script.commands {
        let Some((program, placeholder)) = placeholder(command) else {
            continue;
        };
        if let Some(script) = script(command).filter(|word| word.text.contains(placeholder)) {
            let message = format!("{program} puts names into this script before it runs");
            out.report(rule, script.span, message)
                .text("a name with $(...) in it is executed")
                .help("pass the name as an argument: sh -c '... \"$1\"' sh {}");
        }
    }
}

/// What puts names in, and what stands for one.
fn placeholder(command: &Command) -> Option<(&'static str, &str)> {
    if command.name == "find" {
        return Some(("find", "{}"));
    }
    if !command.wrappers.iter().any(|wrapper| wrapper == "xargs") {
        return None;
    }
    let words = &command.words;
    let at = words.iter().position(|word| word.text.starts_with("-I"))?;
    let option = words.get(at)?.text.strip_prefix("-I")?;
    let placeholder = match option {
        "" => words.get(at + 1)?.text.as_str(),
        own => own,
    };
    Some(("xargs", placeholder))
}

/// The text after `sh -c`.
fn script(command: &Command) -> Option<&Word> {
    command.words.windows(3).find_map(|words| match words {
        [shell, option, script]
            if SHELLS.contains(&shell.text.rsplit('/').next().unwrap_or_default())
                && option.text.starts_with('-')
                && option.text.ends_with('c') =>
        {
            Some(script)
        }
        _ => None,
    })
}
