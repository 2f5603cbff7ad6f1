//! stale-package-index: the index is a layer of its own, and stays when the next one is built anew.

use super::apt_lists_left::covers;
use super::install::{Action, Call, Manager};
use super::{Image, Shell};
use crate::detect::Sink;

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let Some(image) = shell.image else {
        return;
    };
    let calls: Vec<_> = shell.build_calls().collect();
    for (at, call) in calls.iter().enumerate() {
        if !call.is(Action::Refresh) || !keeps_index(call) || is_shared(image, call) {
            continue;
        }
        let later = calls.get(at + 1..).unwrap_or_default();
        let mut kin = later.iter().filter(|o| o.manager.is_kin_of(call.manager));
        // The next call decides: in the same step it uses the index, in another one it relies on it.
        let Some(next) = kin.next() else { continue };
        let relies = next.is(Action::Install)
            && !next.packages.is_empty()
            && !next.has(&["no-cache", "U", "update-cache", "update"]);
        if next.command.unit == call.command.unit || !relies {
            continue;
        }
        out.report(rule, call.verb.span, "this index is kept in the build cache while the packages that are installed from it change")
            .text("a layer of its own")
            .label(next.verb.span, "installs from it")
            .help(format!("run `{} update` in the step that installs", call.program()));
    }
}

/// Managers that use an index without asking whether it is still right.
fn keeps_index(call: &Call<'_>) -> bool {
    call.manager.is_apt() || call.manager == Manager::Apk
}

fn is_shared(image: Image<'_>, call: &Call<'_>) -> bool {
    image.keeps_out(call.command, |target| {
        covers(target, "/var/lib/apt/lists") || covers(target, "/var/cache/apk")
    })
}
