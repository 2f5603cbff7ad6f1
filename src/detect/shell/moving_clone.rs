//! moving-clone: a build keeps whatever a branch holds today.

use super::clone::clones;
use super::{Shell, clone_use, unpinned_clone};
use crate::detect::Sink;

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for clone in clones(shell.script) {
        let Some(branch) = unpinned_clone::moving(&clone) else {
            continue;
        };
        // What is put to use is the business of unpinned-clone.
        if clone_use::used(shell, &clone).is_some() {
            continue;
        }
        let shown = clone.shown();
        let message = format!("the build takes whatever {branch} of {shown} holds today");
        out.report(rule, clone.url.span, message)
            .text("not a fixed revision")
            .help("check out a commit after it (`git checkout <sha>`), or ADD the repository at a commit");
    }
}
