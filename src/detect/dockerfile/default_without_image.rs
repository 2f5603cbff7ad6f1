//! dockerfile/default-without-image

use super::Facts;
use super::variable::{PREDEFINED, references};
use crate::detect::Sink;
use crate::parse::dockerfile::{Body, Dockerfile, ImageReference, Word};

/// Reports the image that is none while the build's arguments have their defaults.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for stage in &facts.file.stages {
        let Some(image) = with_defaults(facts.file, &stage.image) else {
            continue;
        };
        if ImageReference::parse(&image).is_none() {
            let said = if image.is_empty() {
                "nothing".to_owned()
            } else {
                format!("\"{image}\"")
            };
            out.report(
                "dockerfile/default-without-image",
                stage.image.span,
                format!("without build arguments this is {said}, which is no image"),
            )
            .help("give the argument a default");
        }
    }
}

/// An image while every declared argument has its default, or is empty for want of one.
fn with_defaults(file: &Dockerfile, image: &Word) -> Option<String> {
    if let Some(known) = image.value.known() {
        return Some(known.to_owned());
    }
    let mut text = image.raw.clone();
    for used in references(image, file.escape) {
        if used.has_default || PREDEFINED.contains(&used.name) {
            return None;
        }
        let globals = file.instructions.iter().take_while(|i| i.stage.is_none());
        let pairs = globals.filter_map(|i| match &i.body {
            Body::Arg(pairs) => Some(pairs),
            _ => None,
        });
        // What nothing declares, another rule reports.
        let pair = pairs
            .flatten()
            .filter(|pair| pair.name.text() == used.name)
            .last()?;
        let value = match &pair.value {
            Some(value) => value.value.known()?,
            None => "",
        };
        let name = used.name;
        text = text.replace(&format!("${{{name}}}"), value);
        text = text.replace(&format!("${name}"), value);
    }
    (!text.contains('$')).then_some(text)
}
