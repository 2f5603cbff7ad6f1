//! dockerfile/root-build-stage

use super::Facts;
use crate::detect::Sink;
use crate::parse::dockerfile::{Body, Keyword};

/// Reports the last USER of each stage that is root as it is written, unless it is the one that
/// an image ends with.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    let file = facts.file;
    let ends = facts
        .targets()
        .filter_map(|target| file.state_of(target).user);
    let ends: Vec<_> = ends.filter_map(|at| file.instructions.get(at)).collect();
    for stage in &file.stages {
        let mut users = file.instructions_of(stage).rev();
        let Some(last) = users.find(|i| i.keyword == Keyword::User) else {
            continue;
        };
        let Body::Text(word) = &last.body else {
            continue;
        };
        let user = word.raw.split(':').next().unwrap_or_default();
        let is_shipped = ends.iter().any(|end| end.span == last.span);
        if matches!(user, "root" | "0") && !is_shipped {
            out.report(
                "dockerfile/root-build-stage",
                word.span,
                format!("this stage ends as {}", word.raw),
            )
            .help("end the stage with USER and the number of an unprivileged user");
        }
    }
}
