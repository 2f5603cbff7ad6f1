//! apk-without-no-cache: apk stores an index that nobody uses again.

use super::Shell;
use super::apt_lists_left::covers;
use super::install::{Action, Manager};
use crate::detect::Sink;
use crate::model::Safety;

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for call in shell.build_calls() {
        let cached = shell.image.is_some_and(|image| {
            image.keeps_out(call.command, |target| {
                covers(target, "/var/cache/apk") || covers(target, "/etc/apk/cache")
            })
        });
        if call.manager != Manager::Apk
            || !call.is(Action::Install)
            || call.has(&["no-cache"])
            || cached
        {
            continue;
        }
        let found = out
            .report(rule, call.verb.span, "apk add stores the index of packages")
            .text("writes /var/cache/apk")
            .help("add --no-cache: it uses a fresh index and stores none");
        let edit = shell
            .image
            .and_then(|image| image.argument_after(call.command, call.verb, "--no-cache"));
        if let Some(edit) = edit {
            found.fix_all("Add --no-cache", Safety::Safe, vec![edit]);
        }
    }
}
