//! dockerfile/ending-image

use super::Facts;
use super::end_of_life::releases;
use crate::detect::Sink;
use crate::model::Evidence;

/// How long before its end a release is reported.
const DAYS: u32 = 180;

/// Reports the image that holds a release which gets fixes for a few months only.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    let Some(today) = facts.today() else {
        return;
    };
    for image in facts.images() {
        for release in releases(&image.reference) {
            let Some(day) = release.last_day().filter(|_| !release.is_over(today)) else {
                continue;
            };
            let left = today.age(day);
            if left <= DAYS {
                out.report(
                    "dockerfile/ending-image",
                    image.span(),
                    format!(
                        "{} {} gets fixes for {left} more days, until {day}",
                        release.title, release.version
                    ),
                )
                .evidence(Evidence::Image {
                    reference: image.reference.clone(),
                })
                .help(format!(
                    "plan the move to a newer release of {}",
                    release.title
                ));
            }
        }
    }
}
