//! dockerfile/end-of-life-image

use super::Facts;
use super::end_of_life::{releases, successor};
use crate::detect::Sink;
use crate::model::Evidence;

/// Reports the image that holds a release which gets no more fixes, or that is abandoned itself.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    let Some(today) = facts.today() else {
        return;
    };
    for image in facts.images() {
        let mut over = releases(&image.reference);
        over.retain(|release| release.is_over(today));
        let mut wrong: Vec<String> = over
            .iter()
            .map(|release| match release.last_day() {
                Some(day) => format!(
                    "{} {} has had no fixes since {day}",
                    release.title, release.version
                ),
                None => format!(
                    "{} {} gets no fixes any more",
                    release.title, release.version
                ),
            })
            .collect();
        let instead = successor(&image.reference);
        if instead.is_some() && over.is_empty() {
            wrong.push(format!(
                "{} is not maintained under this name any more",
                image.reference
            ));
        }
        let help = match (instead, over.first()) {
            (Some(instead), _) => format!("take {instead}"),
            (None, Some(release)) => {
                format!("move to a release of {} that is maintained", release.title)
            }
            (None, None) => continue,
        };
        let finding = out
            .report(
                "dockerfile/end-of-life-image",
                image.span(),
                wrong.join(", and "),
            )
            .evidence(Evidence::Image {
                reference: image.reference.clone(),
            })
            .help(help);
        if let Some(origin) = image.word.value.origin {
            finding.label(origin, "the default is set here");
        }
    }
}
