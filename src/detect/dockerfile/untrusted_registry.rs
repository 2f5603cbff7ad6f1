//! dockerfile/untrusted-registry

use super::Facts;
use super::known_image::fits;
use crate::detect::Sink;
use crate::model::Evidence;
use crate::parse::dockerfile::ImageReference;

/// Reports the image that comes from a place which the configuration does not list.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    let Some(trusted) = &facts.given.registries else {
        return;
    };
    for image in facts.images().filter(|image| !image.may_be_context(facts)) {
        let Some(reference) = image.parsed() else {
            continue;
        };
        let (registry, name) = full_name(&reference);
        if trusted
            .iter()
            .any(|pattern| allows(pattern, &registry, &name))
        {
            continue;
        }
        let aliases: &[&str] = if image.is_base() { &["DL3026"] } else { &[] };
        out.report(
            "dockerfile/untrusted-registry",
            image.span(),
            format!("{name} is from none of the places that the configuration allows"),
        )
        .aliases(aliases)
        .evidence(Evidence::Image {
            reference: image.reference.clone(),
        })
        .help(format!("take it from one of {}", trusted.join(", ")));
    }
}

/// The registry, and the whole name with it: `docker.io/library/debian` for `debian`.
fn full_name(reference: &ImageReference<'_>) -> (String, String) {
    let familiar = reference.familiar();
    match reference.registry {
        Some(registry) if familiar.starts_with(registry) => (registry.to_owned(), familiar),
        _ if familiar.contains('/') => ("docker.io".into(), format!("docker.io/{familiar}")),
        _ => ("docker.io".into(), format!("docker.io/library/{familiar}")),
    }
}

/// A pattern is a registry, or a name that may end in `*`.
fn allows(pattern: &str, registry: &str, name: &str) -> bool {
    pattern.trim_end_matches('/') == registry || fits(pattern, name)
}
