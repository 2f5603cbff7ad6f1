//! system-upgrade: a build replaces the packages of its base image.

use super::Shell;
use super::install::{Action, Manager};
use crate::detect::Sink;

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let pinned = shell
        .image
        .and_then(|image| image.base())
        .is_some_and(|base| base.contains("@sha256:"));
    for call in shell.build_calls() {
        let aliases: &[&str] = match (call.manager, call.action) {
            (Manager::AptGet | Manager::Apt, Action::Release) => {
                &["DS-0024", "avoid-apt-get-upgrade"]
            }
            (Manager::AptGet | Manager::Apt, Action::Upgrade) => &["avoid-apt-get-upgrade"],
            (Manager::Apk, Action::Upgrade) => &["avoid-apk-upgrade"],
            (Manager::Yum, Action::Upgrade) if call.packages_named() == 0 => &["avoid-yum-update"],
            (Manager::Dnf, Action::Upgrade) if call.packages_named() == 0 => &["avoid-dnf-update"],
            (Manager::Zypper, Action::Release) => &["DL3035", "avoid-zypper-update"],
            (Manager::Zypper, Action::Upgrade) if call.verb.text != "patch" => {
                &["avoid-zypper-update"]
            }
            _ => continue,
        };
        let verb = &call.verb.text;
        let program = call.program();
        let (message, help) = match (call.action, pinned) {
            (Action::Release, _) => (
                format!(
                    "{program} {verb} may replace the release that the base image was chosen for"
                ),
                "start from the release that is wanted",
            ),
            (_, true) => (
                format!(
                    "{program} {verb} replaces packages of an image that is pinned by its digest"
                ),
                "pin a newer digest instead: the same Dockerfile then makes the same image",
            ),
            (_, false) => (
                format!("{program} {verb} makes the image depend on the day of its build"),
                "patches are good: get them by rebuilding on a base image that is updated often, pinned by its digest",
            ),
        };
        out.report(rule, call.verb.span, message)
            .text("replaces packages of the base image")
            .aliases(aliases)
            .help(help);
    }
}
