//! empty-variable-removal: `rm -rf "$DIR/"` removes everything where DIR is empty.

use super::Shell;
use crate::detect::Sink;
use crate::model::Safety;
use crate::parse::shell::{Part, PartKind, Script, Word};

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let script = shell.script;
    for command in script.named(&["rm"]) {
        let recursive = command.args().iter().any(|w| {
            w.text == "--recursive"
                || (w.text.starts_with('-')
                    && !w.text.starts_with("--")
                    && w.text.contains(['r', 'R']))
        });
        if !recursive {
            continue;
        }
        for word in command.args() {
            let Some((name, part)) = hazard(word) else {
                continue;
            };
            if is_safe(script, name, command.id) {
                continue;
            }
            let whole = part.text == format!("${{{name}}}");
            let reported = out
                .report(
                    rule,
                    word.span,
                    format!("removes from the root folder where {name} is empty or unset"),
                )
                .text("becomes / where the variable is empty")
                .aliases(&["SC2115"])
                .help(format!("write ${{{name}:?}}: the shell then stops instead"));
            if whole {
                reported.fix(
                    "Stop where the variable is empty",
                    Safety::Safe,
                    part.span,
                    format!("${{{name}:?}}"),
                );
            }
        }
    }
}

/// A word that is a variable followed by `/`, `/*` or a system folder.
fn hazard(word: &Word) -> Option<(&str, &Part)> {
    let (first, rest) = word.parts.split_first()?;
    let PartKind::Variable {
        name,
        known: false,
        guarded: false,
    } = &first.kind
    else {
        return None;
    };
    if rest.iter().any(|part| part.kind != PartKind::Literal) {
        return None;
    }
    let tail: String = rest.iter().map(|part| part.text.as_str()).collect();
    let below = tail.strip_prefix('/')?.trim_end_matches('/');
    let system = [
        "",
        "*",
        ".*",
        "bin",
        "boot",
        "dev",
        "etc",
        "home",
        "lib",
        "lib64",
        "opt",
        "root",
        "sbin",
        "srv",
        "usr",
        "var",
        "usr/bin",
        "usr/lib",
        "usr/local",
        "var/lib",
        "usr/share",
    ];
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    (system.contains(&below) && plain && first.text.starts_with("${")).then_some((name, first))
}

/// True where the text makes sure that the variable is not empty, or sets it itself.
fn is_safe(script: &Script, name: &str, before: usize) -> bool {
    // Set by the shell itself and never empty in practice.
    if matches!(name, "PWD" | "HOME" | "TMPDIR" | "OLDPWD") {
        return true;
    }
    let earlier = script.commands.get(..before).unwrap_or_default();
    let nounset = earlier.iter().filter(|c| c.name == "set").any(|c| {
        c.args()
            .iter()
            .any(|w| w.text == "nounset" || (w.text.starts_with('-') && w.text.contains('u')))
    });
    let assigned = script
        .assignments
        .iter()
        .filter(|a| a.name == name)
        .any(|a| {
            let text_before = a
                .value
                .parts
                .iter()
                .any(|part| matches!(part.kind, PartKind::Literal if !part.text.is_empty()));
            text_before || a.value.has_substitution()
        });
    let tested = script
        .commands
        .iter()
        .filter(|c| matches!(c.name.as_str(), "test" | "["))
        .any(|c| c.args().iter().any(|w| w.variables().any(|v| v == name)));
    nounset || assigned || tested || script.tests(name)
}
