//! empty-variable-removal: `rm -rf "$DIR/"` removes everything where DIR is empty.

use std::collections::HashSet;

use super::Shell;
use crate::detect::Sink;
use crate::model::Safety;
use crate::parse::shell::{Command, Part, PartKind, Script, Word};

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let script = shell.script;
    let safe = safe_names(script);
    let strict_from = nounset(script);
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
            if safe.contains(name) || command.id > strict_from || shell.is_tested(name) {
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

fn is_plain(name: &str) -> bool {
    name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// A word that is a variable followed by `/`, `/*` or a system folder, or a variable after `/`.
fn hazard(word: &Word) -> Option<(&str, &Part)> {
    if let [root, variable] = word.parts.as_slice()
        && root.kind == PartKind::Literal
        && root.text == "/"
        && let PartKind::Variable {
            name,
            known: false,
            guarded: false,
        } = &variable.kind
        && variable.text.starts_with("${")
        && is_plain(name)
    {
        return Some((name, variable));
    }
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
    (system.contains(&below) && is_plain(name) && first.text.starts_with("${"))
        .then_some((name, first))
}

/// The variables that the text sets to something or looks at before it uses them.
fn safe_names(script: &Script) -> HashSet<&str> {
    // Set by the system and never empty in practice.
    let mut names: HashSet<&str> = ["PWD", "HOME", "TMPDIR", "OLDPWD"].into();
    names.extend(script.tested.iter().map(String::as_str));
    let filled = script.assignments.iter().filter(|assignment| {
        let parts = &assignment.value.parts;
        let literal = |part: &Part| part.kind == PartKind::Literal && !part.text.is_empty();
        // `${DIR:-/tmp/node}`
        let has_default = |part: &Part| {
            part.text
                .split_once(":-")
                .is_some_and(|(_, default)| !default.trim_end_matches('}').is_empty())
        };
        parts.iter().any(|part| literal(part) || has_default(part))
            || assignment.value.has_substitution()
    });
    names.extend(filled.map(|assignment| assignment.name.as_str()));
    let conditions = script
        .named(&["test", "[", "[["])
        .flat_map(|command| command.args());
    names.extend(conditions.flat_map(Word::variables));
    names
}

/// The first command after which an unset variable stops the script.
fn nounset(script: &Script) -> usize {
    let sets = |command: &&Command| {
        command.args().iter().any(|word| {
            word.text == "nounset" || (word.text.starts_with('-') && word.text.contains('u'))
        })
    };
    script
        .named(&["set"])
        .find(sets)
        .map_or(usize::MAX, |command| command.id)
}
