use super::{Syntax, Word};

/// A program that runs the program named in its arguments.
struct Wrapper {
    name: &'static str,
    syntax: Syntax,
    /// Arguments of its own before the program.
    positional: usize,
    /// `NAME=value` may stand before the program.
    assignments: bool,
}

const fn wrapper(
    name: &'static str,
    short: &'static str,
    long: &'static [&'static str],
) -> Wrapper {
    Wrapper {
        name,
        syntax: Syntax { short, long },
        positional: 0,
        assignments: false,
    }
}

const fn with_positional(mut wrapper: Wrapper, positional: usize) -> Wrapper {
    wrapper.positional = positional;
    wrapper
}

const fn with_assignments(mut wrapper: Wrapper) -> Wrapper {
    wrapper.assignments = true;
    wrapper
}

static WRAPPERS: &[Wrapper] = &[
    with_assignments(wrapper(
        "sudo",
        "ugpChrtTUDR",
        &[
            "user", "group", "prompt", "host", "role", "type", "chdir", "chroot",
        ],
    )),
    wrapper("doas", "uC", &[]),
    with_assignments(wrapper("env", "uC", &["unset", "chdir"])),
    wrapper("exec", "a", &[]),
    wrapper("time", "fo", &["format", "output"]),
    wrapper("nice", "n", &["adjustment"]),
    wrapper("ionice", "cn", &["class", "classdata"]),
    wrapper("nohup", "", &[]),
    wrapper("setsid", "", &[]),
    wrapper("stdbuf", "ioe", &["input", "output", "error"]),
    wrapper("command", "", &[]),
    wrapper("builtin", "", &[]),
    wrapper("eatmydata", "", &[]),
    wrapper(
        "xargs",
        "IinPLdEsa",
        &["max-args", "max-procs", "delimiter", "arg-file"],
    ),
    with_positional(wrapper("timeout", "ks", &["kill-after", "signal"]), 1),
    with_positional(wrapper("chroot", "", &["userspec", "groups"]), 1),
    with_positional(wrapper("gosu", "", &[]), 1),
    with_positional(wrapper("su-exec", "", &[]), 1),
    with_positional(
        wrapper("flock", "wEF", &["timeout", "conflict-exit-code"]),
        1,
    ),
    wrapper("runuser", "ugG", &["user", "group", "supp-group"]),
    wrapper("busybox", "", &[]),
    wrapper("tini", "", &[]),
    wrapper("dumb-init", "", &[]),
];

/// The file name of a program's path.
pub(super) fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Finds the program behind its wrappers: which word it is, and what was peeled off.
pub(super) fn peel(words: &[Word]) -> (usize, Vec<String>) {
    let mut peeled = Vec::new();
    let mut at = 0;
    while let Some(found) = words.get(at).and_then(|word| {
        let name = base_name(&word.text);
        WRAPPERS.iter().find(|wrapper| wrapper.name == name)
    }) {
        let Some(next) = skip_own_arguments(found, words, at + 1) else {
            break;
        };
        peeled.push(found.name.to_owned());
        at = next;
    }
    (at, peeled)
}

/// The word after a wrapper's own arguments; `None` where it wraps nothing.
fn skip_own_arguments(wrapper: &Wrapper, words: &[Word], first: usize) -> Option<usize> {
    let mut at = first;
    let mut positional = wrapper.positional;
    while let Some(word) = words.get(at) {
        let text = word.text.as_str();
        if text == "--" {
            at += 1;
            break;
        }
        if text.len() > 1 && text.starts_with('-') {
            // `command -v x` and `runuser -c x` ask or run something else than their argument.
            if (wrapper.name == "command" && text.contains(['v', 'V']))
                || (wrapper.name == "runuser" && text.starts_with("-c"))
            {
                return None;
            }
            let takes_next = match text.strip_prefix("--") {
                Some(long) => wrapper.syntax.long.contains(&long),
                None => text
                    .char_indices()
                    .skip(1)
                    .find(|(_, letter)| wrapper.syntax.short.contains(*letter))
                    .is_some_and(|(place, letter)| place + letter.len_utf8() == text.len()),
            };
            at += 1 + usize::from(takes_next);
        } else if wrapper.assignments && is_assignment(text) {
            at += 1;
        } else if positional > 0 {
            positional -= 1;
            at += 1;
        } else {
            break;
        }
    }
    (at < words.len() && positional == 0).then_some(at)
}

fn is_assignment(text: &str) -> bool {
    text.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    })
}
