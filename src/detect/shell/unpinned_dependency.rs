//! unpinned-dependency: a language's package manager takes the newest release there is.

use super::Shell;
use super::install::{Call, Manager, Origin, Package};
use crate::detect::Sink;
use crate::model::Confidence;

/// Names of versions that move with every release.
const MOVING: &[&str] = &[
    "latest", "next", "beta", "canary", "nightly", "upgrade", "*", "x",
];

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for call in shell.build_calls().filter(|call| !is_limited(call)) {
        let (aliases, form): (&[&str], _) = match call.manager {
            Manager::Pip | Manager::Pipx => (&["DL3013"], "name==version"),
            Manager::Uv => (&[], "name==version"),
            Manager::Npm => (&["DL3016"], "name@version"),
            Manager::Yarn | Manager::Pnpm | Manager::Bun => (&[], "name@version"),
            Manager::Gem => (&["DL3028"], "name:version"),
            Manager::Go => (&["DL3062"], "name@version"),
            Manager::Cargo => (&[], "name@version"),
            _ => continue,
        };
        for package in &call.packages {
            let moving = moving(package);
            if !package.is_unpinned() && moving.is_none() {
                continue;
            }
            let name = package.shown();
            // A tag counts as a version for npm's check of the peers, but not for Go's.
            let holds = moving.is_none() || call.manager == Manager::Go;
            let found = out
                .report(
                    rule,
                    package.word.span,
                    format!("{name} is installed in whatever version there is"),
                )
                .text(match moving {
                    Some(_) => "moves with every release",
                    None => "no version",
                })
                .aliases(if holds { aliases } else { &[] })
                .help(format!("write {form}, or install from a lockfile"));
            if package.origin == Origin::Unknown {
                found.confidence(Confidence::Low);
            }
        }
    }
}

fn moving<'a>(package: &Package<'a>) -> Option<&'a str> {
    match package.origin {
        Origin::Index { version: Some(v) } => Some(v).filter(|v| MOVING.contains(v)),
        _ => None,
    }
}

/// True where another argument decides on the versions.
fn is_limited(call: &Call<'_>) -> bool {
    match call.manager {
        // A list or a folder of packages stands beside the names.
        Manager::Pip | Manager::Uv => {
            let lists = [
                "r",
                "requirement",
                "requirements",
                "c",
                "constraint",
                "no-index",
            ];
            call.has(&lists) || call.packages.iter().any(|p| p.word.text == ".")
        }
        Manager::Gem => call.has(&["v", "version"]),
        Manager::Cargo => call.has(&["version", "vers", "git", "path"]),
        _ => false,
    }
}
