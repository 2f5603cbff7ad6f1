//! Packages that no lockfile knows: what commands and instructions install in one exact version.
//!
//! Where the version is not known for sure, no advisory is looked up: a range or a variable of the
//! run is no version. Whoever bans a package in every version is told of it all the same.

mod command;
mod elsewhere;
mod mention;
mod release;
mod spec;
mod tool;

use super::advisories::{self, Command};
use super::{banned, pinned};
use crate::detect::shell::{StageScript, stage_scripts};
use crate::detect::{Context, Detector, Sink};
use crate::model::{
    Confidence, Ecosystem, FileKind, KindSet, Package, PackageSource, Source, Span,
};
use crate::parse::Document;
use crate::parse::builds::{Run, inline, runs};
use crate::parse::dockerfile::{Body, Dockerfile, Keyword};
use crate::parse::grammar::Clock;
use crate::parse::shell::{Builder, Script, Settings};
use crate::parse::version::Scheme;
use elsewhere::Elsewhere;

pub use mention::is_worth_reading;

/// The files that install packages by commands.
pub const KINDS: KindSet = KindSet::of(&[
    FileKind::Dockerfile,
    FileKind::Shell,
    FileKind::Compose,
    FileKind::Workflow,
]);

/// One package, in one version or, where that is empty, in any, and the word that installs it.
#[derive(Clone, Debug)]
pub struct Installed {
    pub package: Package,
    /// Where the version stands, if it stands there as it is.
    version: Option<Span>,
    certainty: Certainty,
}

/// How sure it is which package a word names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Certainty {
    Named,
    /// A package of Go, whose path leads to its module most likely.
    Module,
    /// A package of Go, whose path is that of its module or goes on below it.
    Path,
    /// The same, found in a module that the advisories know.
    Above,
    /// A release of a repository that is a module of Go if the advisories know one of its name.
    Repository,
}

/// The detector for files whose commands nobody else reads: compose files and workflows.
#[derive(Debug)]
pub struct Installs;

impl Detector for Installs {
    fn family(&self) -> &'static str {
        "dependency"
    }

    fn kinds(&self) -> KindSet {
        KindSet::of(&[FileKind::Compose, FileKind::Workflow])
    }

    fn check(&self, cx: &Context<'_>, doc: &Document<'_>, out: &mut Sink<'_>) {
        if is_looked_for(cx, doc.source) {
            check(cx, doc.source, of_runs(doc.source), out);
        }
    }
}

/// True where what a file installs is of interest: in one version, or in any to those who ban it.
pub fn is_looked_for(cx: &Context<'_>, source: &Source) -> bool {
    let is_banned = !cx.given.bans.is_empty() && cx.rules.is_enabled("dependency/banned");
    cx.rules.any_of("dependency") && (is_banned || is_worth_reading(source))
}

/// Looks up what is installed.
pub fn check(cx: &Context<'_>, source: &Source, mut installed: Vec<Installed>, out: &mut Sink<'_>) {
    let named = installed
        .iter()
        .filter(|one| one.certainty != Certainty::Repository);
    banned::check(&cx.given.bans, named.map(|one| &one.package), out);
    installed.retain_mut(|one| {
        !one.package.version.is_empty()
            && one.package.source == PackageSource::Registry
            && settle(cx, one)
    });
    let packages = installed.iter().map(|one| {
        let is_written = |span: &Span| source.text(*span) == one.package.version;
        let command = Command {
            version: one.version.filter(is_written),
            confidence: match one.certainty {
                Certainty::Named | Certainty::Path => Confidence::High,
                Certainty::Module => Confidence::Medium,
                Certainty::Above | Certainty::Repository => Confidence::Low,
            },
            note: match one.certainty {
                Certainty::Named | Certainty::Path => "",
                Certainty::Module | Certainty::Above => {
                    "; the program is taken for a part of this module"
                }
                Certainty::Repository => "; the download is taken for a release of this module",
            },
        };
        (&one.package, Some(command))
    });
    let packages = pinned(packages);
    out.count_packages(packages.len() as u64);
    for pinned in packages {
        advisories::check(cx, source, &pinned, out);
    }
}

/// Finds the module of Go that is meant, with the help of the advisories; false where a release of
/// a repository is none that they know.
fn settle(cx: &Context<'_>, one: &mut Installed) -> bool {
    let package = &mut one.package;
    let known = |name: &str| !cx.advisories.lookup(Ecosystem::Go, name).is_empty();
    match one.certainty {
        Certainty::Named | Certainty::Module => true,
        Certainty::Path => {
            let mut path = package.name.as_str();
            while !known(path) {
                match path.rsplit_once('/') {
                    Some((above, _)) => path = above,
                    None => return true,
                }
            }
            if path.len() < package.name.len() {
                package.name = path.to_owned();
                one.certainty = Certainty::Above;
            }
            true
        }
        Certainty::Above => true,
        Certainty::Repository => {
            let major = package.version.split('.').next().unwrap_or_default();
            let is_first = matches!(major, "v0" | "v1");
            let with_major = format!("{}/{major}", package.name);
            if !is_first && known(&with_major) {
                package.name = with_major;
                return true;
            }
            // Records of the first major version that know no fix say nothing about later ones.
            is_first && known(&package.name)
        }
    }
}

/// Every package that a file installs, whatever kind it is of, for lists of packages.
pub fn of_document(doc: &Document<'_>) -> Vec<Package> {
    let source = doc.source;
    let mut found = match source.kind {
        FileKind::Dockerfile => {
            let file = doc.dockerfile();
            of_stages(file, &stage_scripts(file))
        }
        FileKind::Shell if is_worth_reading(source) => of_script(&Script::parse(&source.bytes)),
        FileKind::Compose => {
            let mut found = match is_worth_reading(source) {
                true => of_runs(source),
                false => Vec::new(),
            };
            for inline in inline(&source.path, &source.text_all()) {
                let file = Dockerfile::parse(inline.text.as_str().as_bytes());
                let mut inner = of_stages(&file, &stage_scripts(&file));
                for one in &mut inner {
                    one.package.span = inline.text.span(one.package.span);
                }
                found.extend(inner);
            }
            found
        }
        FileKind::Workflow if is_worth_reading(source) => of_runs(source),
        _ => Vec::new(),
    };
    found.retain(|one| one.certainty != Certainty::Repository && !one.package.version.is_empty());
    let packages = found.into_iter().map(|one| one.package);
    packages.collect()
}

/// What a script installs.
pub fn of_script(script: &Script) -> Vec<Installed> {
    of_scripts(&[script], Elsewhere::default())
}

fn of_scripts(scripts: &[&Script], mut elsewhere: Elsewhere) -> Vec<Installed> {
    for script in scripts {
        elsewhere.script(script);
    }
    let commands = scripts.iter().flat_map(|script| &script.commands);
    commands
        .flat_map(|command| command::read(command, &elsewhere))
        .collect()
}

/// What a Dockerfile installs, in all its stages.
pub fn of_stages(file: &Dockerfile, stages: &[StageScript]) -> Vec<Installed> {
    let mut elsewhere = Elsewhere::default();
    let mut added = Vec::new();
    for instruction in &file.instructions {
        match &instruction.body {
            Body::Env(pairs) | Body::Arg(pairs) => {
                for pair in pairs {
                    let value = pair.value.as_ref().and_then(|word| word.value.known());
                    if pair.value.is_some() {
                        elsewhere.variable(pair.name.text(), value);
                    }
                }
            }
            Body::Transfer { sources, .. } if instruction.keyword == Keyword::Add => {
                let urls = sources
                    .iter()
                    .filter_map(|source| Some((source.value.known()?, source.span)));
                added.extend(urls.filter_map(|(url, span)| command::released(url, span)));
            }
            _ => {}
        }
    }
    let scripts = stages
        .iter()
        .flat_map(|stage| std::iter::once(&stage.script).chain(&stage.wrappers));
    let scripts: Vec<&Script> = scripts.collect();
    added.extend(of_scripts(&scripts, elsewhere));
    added
}

/// What the steps of a workflow and the services of a compose file install.
fn of_runs(source: &Source) -> Vec<Installed> {
    let mut scripts = Vec::new();
    let mut elsewhere = Elsewhere::default();
    let mut clock = Clock::default();
    for run in runs(&source.path, &source.text_all()) {
        let mut builder = Builder::with(clock);
        match run {
            Run::Script { text, variables } => {
                elsewhere.variables(&variables);
                builder.start_unit(variables, "", Settings::default());
                builder.text(&text);
            }
            Run::Words(words) => builder.argv(&words),
        }
        let (script, left) = builder.finish();
        scripts.push(script);
        clock = left;
    }
    let scripts: Vec<&Script> = scripts.iter().collect();
    of_scripts(&scripts, elsewhere)
}

fn package(
    ecosystem: Ecosystem,
    name: &str,
    version: &str,
    span: Span,
    source: PackageSource,
) -> Package {
    Package {
        direct: Some(true),
        source,
        ..Package::new(ecosystem, name, version, span)
    }
}

/// Bytes of a version: what is longer is none.
const LONGEST_VERSION: usize = 200;

/// The version that a text asks for, where it is one and not a range of them.
fn exact(ecosystem: Ecosystem, text: &str) -> Option<&str> {
    let text = text.trim();
    let text = text.strip_prefix('=').map_or(text, str::trim_start);
    let bare = text.strip_prefix('v').unwrap_or(text);
    let version = match ecosystem {
        Ecosystem::Go if bare.len() == text.len() => return None,
        Ecosystem::Npm | Ecosystem::Packagist => bare,
        _ => text,
    };
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b".-+_!".contains(&b);
    let is_short = bare.len() <= LONGEST_VERSION;
    if !is_short || !bare.starts_with(|c: char| c.is_ascii_digit()) || !bare.bytes().all(is_plain) {
        return None;
    }
    let core = bare.split(['-', '+']).next()?;
    let parts = core.split('.').count();
    let is_number = |part: &str| part.bytes().all(|b| b.is_ascii_digit()) && !part.is_empty();
    let is_exact = match ecosystem {
        Ecosystem::Npm | Ecosystem::CratesIo | Ecosystem::Hex | Ecosystem::Pub | Ecosystem::Go => {
            parts == 3 && core.split('.').all(is_number)
        }
        Ecosystem::NuGet | Ecosystem::Packagist => parts > 1 && core.split('.').all(is_number),
        _ => true,
    };
    let parsed = Scheme::for_ecosystem(ecosystem).parse(version);
    (is_exact && parsed.is_parsable()).then_some(version)
}

#[cfg(test)]
mod tests;
