//! dockerfile/end-of-life-image

use super::Facts;
use super::end_of_life::{Ended, ended};
use crate::detect::Sink;
use crate::model::Evidence;
use crate::parse::dockerfile::Base;

/// Reports the FROM whose image holds a release that gets no more fixes.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for stage in &facts.file.stages {
        let Base::Image(image) = &stage.base else {
            continue;
        };
        let all = ended(image);
        let Some(first) = all.first() else {
            continue;
        };
        let mut message = String::new();
        for ended in &all {
            if !message.is_empty() {
                message.push_str(", and ");
            }
            message.push_str(&match ended {
                Ended::Release {
                    product,
                    version,
                    day,
                } => match day {
                    Some(day) => format!("{product} {version} gets no fixes since {day}"),
                    None => format!("{product} {version} gets no fixes any more"),
                },
                Ended::Image { .. } => {
                    format!("{image} is not maintained under this name any more")
                }
            });
        }
        let help = match first {
            Ended::Image { instead } => format!("take {instead}"),
            Ended::Release { product, .. } => {
                format!("move to a release of {product} that is maintained")
            }
        };
        let finding = out
            .report("dockerfile/end-of-life-image", stage.image.span, message)
            .evidence(Evidence::Image {
                reference: image.clone(),
            })
            .help(help);
        if let Some(origin) = stage.image.value.origin {
            finding.label(origin, "the default is set here");
        }
    }
}
