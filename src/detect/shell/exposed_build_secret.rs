//! exposed-build-secret: a mounted secret is copied to where it stays.

use super::secret_flow::{Fate, is_mount};
use super::shipping::{Way, way};
use super::{Image, Shell, removal};
use crate::detect::Sink;
use crate::model::{Severity, Span};

const HELP: &str = "let the program read it from /run/secrets, or from a variable: RUN --mount=type=secret,id=...,env=NAME";

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let Some(image) = shell.image else {
        return;
    };
    let mut told = Vec::new();
    for leak in shell.leaks().iter().filter(|leak| leak.given.is_mount) {
        if told.contains(&(leak.given.span, leak.span)) {
            continue;
        }
        told.push((leak.given.span, leak.span));
        let name = &leak.given.name;
        let (span, severity, message, way) = match &leak.fate {
            Fate::Printed => (
                leak.span,
                Severity::High,
                format!("the mounted secret {name} is printed into the build's log"),
                None,
            ),
            Fate::Traced(switch) => (
                *switch,
                Severity::High,
                format!("the shell prints what it runs, and with it the mounted secret {name}"),
                None,
            ),
            Fate::Cached(path) => (
                leak.span,
                Severity::Medium,
                format!(
                    "the mounted secret {name} is written to {path}, a cache that outlives the build"
                ),
                None,
            ),
            Fate::Written(path) => match way(&image, path) {
                Some(way) => (
                    leak.span,
                    Severity::High,
                    format!("the mounted secret {name} is copied into the image, to {path}"),
                    Some(way),
                ),
                None => (
                    leak.span,
                    Severity::Low,
                    format!(
                        "the mounted secret {name} is written to {path} and stays in the build's cache"
                    ),
                    None,
                ),
            },
        };
        let mut finding = out
            .report(rule, span, message)
            .severity(severity)
            .text("leaves its mount here")
            .help(HELP);
        if span != leak.span {
            finding = finding.step(leak.span, "printed here");
        }
        if let Some(Way::Copied(copy)) = way {
            finding.step(copy, "goes into the image here");
        }
    }
    cached_targets(rule, &image, out);
}

/// A secret whose mount point lies in a cache.
fn cached_targets(rule: &str, image: &Image<'_>, out: &mut Sink<'_>) {
    for place in &image.own.units {
        let flags = image
            .file
            .instructions
            .get(*place)
            .map(|i| i.flags.as_slice());
        let flags = flags.unwrap_or_default();
        let target = |flag: &crate::parse::dockerfile::Flag| {
            ["target", "dst", "destination"]
                .iter()
                .find_map(|key| flag.option(key))
        };
        let caches: Vec<String> = flags
            .iter()
            .filter(|flag| is_mount(flag, "cache"))
            .filter_map(|flag| Some(target(flag)?.raw))
            .collect();
        if !caches.is_empty() && !image.may_take(caches.len().saturating_mul(flags.len())) {
            return;
        }
        let secrets = flags.iter().filter(|flag| is_mount(flag, "secret"));
        let inside = |path: &str| caches.iter().any(|cache| removal::covers(cache, path));
        let found: Vec<Span> = secrets
            .filter_map(target)
            .filter(|word| inside(&word.raw))
            .map(|word| word.span)
            .collect();
        for span in found {
            out.report(
                rule,
                span,
                "the secret is mounted inside a cache that other builds share",
            )
            .severity(Severity::Medium)
            .text("inside a cache")
            .help("mount it outside of the cache, for example at its default below /run/secrets");
        }
    }
}
