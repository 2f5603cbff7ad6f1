//! unpinned-clone: a build puts to use whatever a branch holds today.

use super::clone::{Clone, clones};
use super::{Shell, clone_use};
use crate::detect::Sink;

const HELP: &str = "check out a commit after it (`git checkout <sha>`), or ADD the repository at a commit: ADD https://...git#<sha> /src";

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for clone in clones(shell.script) {
        let (Some(branch), Some(used)) = (moving(&clone), clone_use::used(shell, &clone)) else {
            continue;
        };
        let shown = clone.shown();
        let message = format!("the build puts to use whatever {branch} of {shown} holds today");
        out.report(rule, clone.url.span, message)
            .text("not a fixed revision")
            .label(used, "put to use here")
            .help(HELP);
    }
    for command in shell.script.named(&["git"]) {
        let is_update = command.has_arg("submodule") && command.has_arg("update");
        let remote = command.args().iter().find(|word| word.text == "--remote");
        if let Some(word) = remote.filter(|_| is_update) {
            out.report(
                rule,
                word.span,
                "the build takes whatever the submodules' branches hold today",
            )
            .text("not a fixed revision")
            .help("remove it: git then takes the commits that the repository names");
        }
    }
}

/// What a clone takes that can be another thing tomorrow.
pub(super) fn moving(clone: &Clone<'_>) -> Option<String> {
    if clone.is_settled {
        return None;
    }
    let branches = [
        "main", "master", "develop", "dev", "trunk", "devel", "HEAD", "next", "latest",
    ];
    match clone.reference {
        None => Some("the default branch".to_owned()),
        Some(word) if branches.contains(&word.text.as_str()) => {
            Some(format!("the branch {}", word.text))
        }
        Some(_) => None,
    }
}
