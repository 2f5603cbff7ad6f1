//! dockerfile/root-user

use super::Facts;
use super::known_image::steps_down;
use crate::detect::Sink;
use crate::model::Severity;
use crate::parse::dockerfile::{Body, Stage};

/// Reports the USER that is in force at the end of an image and means root.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for target in facts.targets() {
        judge(facts, target, out);
    }
}

fn judge(facts: &Facts<'_>, target: &Stage, out: &mut Sink<'_>) {
    let file = facts.file;
    let Some(instruction) = file
        .state_of(target)
        .user
        .and_then(|place| file.instructions.get(place))
    else {
        return;
    };
    let Body::Text(word) = &instruction.body else {
        return;
    };
    let Some(user) = word.value.known().filter(|user| is_root(user)) else {
        return;
    };
    let message = if word.raw == user {
        format!("the image ends as user \"{user}\"")
    } else {
        format!(
            "the image ends as user \"{user}\", which is what {} means",
            word.raw
        )
    };
    // hadolint takes the two plain spellings for root.
    let as_written = word.raw.split(':').next().unwrap_or_default();
    let aliases: &[&str] = if matches!(as_written, "root" | "0") {
        &["DL3002", "DS-0002", "CKV_DOCKER_8", "last-user-is-root"]
    } else {
        &["DS-0002", "CKV_DOCKER_8"]
    };
    let mut finding = out.report("dockerfile/root-user", word.span, message).aliases(aliases).help(
        "end the last stage with USER and the number of an unprivileged user, for example USER 10001",
    );
    if let Some(origin) = word.value.origin {
        finding = finding.label(origin, "the user is set here");
    }
    if instruction.stage != Some(target.index)
        && let Some(from) = file.from_of(target)
    {
        finding = finding.label(from.span, "the stage that is built inherits it");
    }
    if let Some(by) = facts.asked_by(target) {
        finding = finding.label(target.image.span, format!("built for {by}"));
    }
    if steps_down(file, target) {
        finding
            .severity(Severity::Low)
            .help("the entry point changes the user itself; a USER here would make that certain");
    }
}

/// `root`, `0`, `00` and Windows' administrator, with or without a group.
fn is_root(user: &str) -> bool {
    let name = user.split(':').next().unwrap_or_default().trim();
    let is_zero = !name.is_empty() && name.chars().all(|c| c == '0');
    is_zero || name == "root" || name.eq_ignore_ascii_case("ContainerAdministrator")
}
