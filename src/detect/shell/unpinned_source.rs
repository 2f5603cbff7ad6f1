//! unpinned-source: what is installed from a repository is whatever its branch holds today.

use super::Shell;
use super::install::{Call, Manager, Origin};
use crate::detect::Sink;
use crate::model::Span;

/// Names that branches have, and tags and commits do not.
const BRANCHES: &[&str] = &[
    "main",
    "master",
    "HEAD",
    "head",
    "trunk",
    "default",
    "develop",
    "development",
    "devel",
    "dev",
    "nightly",
    "edge",
    "unstable",
    "next",
    "staging",
];

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for call in shell.build_calls() {
        for package in &call.packages {
            let branch = match package.origin {
                Origin::Repository { reference: None } => None,
                Origin::Repository {
                    reference: Some(name),
                } if BRANCHES.contains(&name) => Some(name),
                Origin::Index {
                    version: Some(name),
                } if call.manager == Manager::Go && BRANCHES.contains(&name) => Some(name),
                Origin::Url => match branch_of_archive(&package.word.text) {
                    Some(name) => Some(name),
                    None => continue,
                },
                _ => continue,
            };
            // The peers accept every reference, and take each `@` for one.
            let is_named = call.has(&["e", "editable"]) || package.word.text.contains(" @ ");
            let aliases: &[&str] = match (call.manager, branch) {
                (Manager::Pip | Manager::Pipx, None) if is_named => &[],
                (Manager::Pip | Manager::Pipx, None) => &["DL3013"],
                (Manager::Npm, None) => &["DL3016"],
                _ => &[],
            };
            report(rule, package.word.span, branch, out).aliases(aliases);
        }
        if call.manager == Manager::Cargo {
            cargo(rule, call, out);
        }
    }
}

fn cargo(rule: &str, call: &Call<'_>, out: &mut Sink<'_>) {
    let Some(git) = call.options.get(&["git"]) else {
        return;
    };
    if call.has(&["rev", "tag"]) {
        return;
    }
    let branch = call.options.get(&["branch"]).and_then(|o| o.value);
    let word = git.value_word.unwrap_or(git.word);
    report(rule, word.span, branch, out).aliases(&[]);
}

fn report<'s>(
    rule: &str,
    span: Span,
    branch: Option<&str>,
    out: &'s mut Sink<'_>,
) -> crate::detect::Reported<'s> {
    let what = match branch {
        Some(name) => {
            format!("this installs whatever the branch {name} holds on the day of the build")
        }
        None => {
            "this installs whatever the default branch holds on the day of the build".to_owned()
        }
    };
    out.report(rule, span, what)
        .text("no commit")
        .help("name a commit, or a release that is signed or checked against a hash")
}

/// The branch whose archive an address of a forge names.
fn branch_of_archive(url: &str) -> Option<&str> {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    let marks = [
        "/archive/refs/heads/",
        "/archive/",
        "/tarball/",
        "/zipball/",
    ];
    let rest = marks.iter().find_map(|mark| path.split_once(mark))?.1;
    let name = rest.split('/').next_back()?;
    let ends = [".tar.gz", ".tar.bz2", ".zip", ".tgz"];
    let name = ends
        .iter()
        .find_map(|end| name.strip_suffix(end))
        .unwrap_or(name);
    BRANCHES.contains(&name).then_some(name)
}
