//! dockerfile/missing-user

use super::Facts;
use super::known_image::{DefaultUser, default_user, steps_down};
use crate::detect::Sink;
use crate::model::{Evidence, Severity};
use crate::parse::dockerfile::{Base, Keyword, Stage};

/// Reports the base that makes an image run as root because nothing sets a user.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for target in facts.targets() {
        judge(facts, target, out);
    }
}

fn judge(facts: &Facts<'_>, target: &Stage, out: &mut Sink<'_>) {
    let file = facts.file;
    if file.state_of(target).user.is_some() || steps_down(file, target) {
        return;
    }
    let starts = |keyword: Keyword| {
        file.ancestry(target)
            .any(|stage| file.instructions_of(stage).any(|i| i.keyword == keyword))
    };
    let root = file.root_of(target);
    let (severity, fact) = match &root.base {
        // Without a command the image only carries files out of the build.
        Base::Scratch if starts(Keyword::Entrypoint) || starts(Keyword::Cmd) => (
            Severity::Low,
            "nothing sets a user, and on scratch that means root".to_owned(),
        ),
        Base::Image(image) => match default_user(image) {
            // What starts nothing of its own is there to be built upon or built in.
            DefaultUser::Root if !starts(Keyword::Entrypoint) && !starts(Keyword::Cmd) => (
                Severity::Low,
                format!("nothing sets a user, and {image} runs as root"),
            ),
            DefaultUser::Root => (
                Severity::Medium,
                format!("nothing sets a user, and {image} runs as root"),
            ),
            DefaultUser::StepsDown if starts(Keyword::Entrypoint) => (
                Severity::Medium,
                format!(
                    "nothing sets a user, and the ENTRYPOINT replaces the one by which {image} leaves root"
                ),
            ),
            _ => return,
        },
        _ => return,
    };
    let span = target.image.span;
    let mut finding = out
        .report("dockerfile/missing-user", span, fact)
        .severity(severity)
        .help("create an unprivileged user and end the last stage with USER and its number");
    if let Some(by) = facts.asked_by(target) {
        finding = finding.text(format!("built for {by}"));
    }
    if root.index != target.index {
        finding = finding.label(root.image.span, "this image decides");
    }
    if let Base::Image(image) = &root.base {
        finding.evidence(Evidence::Image {
            reference: image.clone(),
        });
    }
}
