//! dockerfile/undefined-variable

use std::collections::HashSet;

use super::Facts;
use super::known_image::official_name;
use super::variable::{PREDEFINED, nearest, references};
use crate::detect::Sink;
use crate::model::SkipReason;
use crate::parse::dockerfile::{Base, Body, Dockerfile, ImageReference, Instruction, Stage, Word};

/// Names of one file that are handed on from stage to stage or compared with a name.
const MOST_COMPARED: usize = 5_000_000;

/// Set in every container, or by nearly every image.
const FROM_IMAGES: &[&str] = &[
    "PATH",
    "HOME",
    "HOSTNAME",
    "USER",
    "PWD",
    "LANG",
    "LC_ALL",
    "TERM",
    "SHELL",
    "TZ",
    "container",
];

/// Images that set nothing else.
const BARE: &[&str] = &[
    "alpine",
    "debian",
    "ubuntu",
    "busybox",
    "fedora",
    "rockylinux",
    "almalinux",
    "centos",
    "amazonlinux",
    "archlinux",
    "oraclelinux",
    "photon",
];

/// Reports the variable that no ARG and no ENV before it names, where the base image is known to
/// set none, or where a name that is declared was meant.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    let file = facts.file;
    let mut elsewhere: HashSet<&str> = HashSet::new();
    for instruction in &file.instructions {
        elsewhere.extend(names(instruction));
    }
    let mut left = MOST_COMPARED;
    // What each stage has set at its end.
    let mut of_stages: Vec<HashSet<&str>> = Vec::with_capacity(file.stages.len());
    for stage in &file.stages {
        let mut set: HashSet<&str> = match stage.base {
            Base::Stage(parent) => of_stages.get(parent).cloned().unwrap_or_default(),
            _ => FROM_IMAGES.iter().copied().collect(),
        };
        left = left.saturating_sub(set.len());
        let is_bare = is_bare(file, stage);
        for instruction in file.instructions_of(stage) {
            set.extend(names(instruction));
            for used in words(instruction)
                .into_iter()
                .flat_map(|word| references(word, file.escape))
            {
                if used.has_default || set.contains(used.name) {
                    continue;
                }
                left = left.saturating_sub(set.len());
                if left == 0 {
                    break;
                }
                let near = nearest(
                    used.name,
                    set.iter().copied().filter(|n| !FROM_IMAGES.contains(n)),
                );
                let is_elsewhere = elsewhere.contains(used.name) || PREDEFINED.contains(&used.name);
                let help = match near {
                    _ if is_elsewhere => format!("declare it in this stage: ARG {}", used.name),
                    Some(near) => format!("write {near}"),
                    None if is_bare => format!(
                        "declare it with ARG {}, or give a default in place",
                        used.name
                    ),
                    None => continue,
                };
                out.report(
                    "dockerfile/undefined-variable",
                    used.span,
                    format!("nothing in this stage sets {}", used.name),
                )
                .help(help);
            }
        }
        of_stages.push(set);
        if left == 0 {
            out.skip(SkipReason::Other(
                "more stages and variables than are compared".into(),
            ));
            return;
        }
    }
}

/// True where nothing that a stage stands on sets variables of its own.
fn is_bare(file: &Dockerfile, stage: &Stage) -> bool {
    match &file.root_of(stage).base {
        Base::Scratch => true,
        Base::Image(image) => ImageReference::parse(image)
            .is_some_and(|image| BARE.contains(&official_name(&image).as_str())),
        _ => false,
    }
}

/// The variables that an instruction declares.
fn names(instruction: &Instruction) -> impl Iterator<Item = &str> {
    let pairs = match &instruction.body {
        Body::Env(pairs) | Body::Arg(pairs) => pairs.as_slice(),
        _ => &[],
    };
    pairs.iter().map(|pair| pair.name.text())
}

/// The words of an instruction in which the build replaces variables.
fn words(instruction: &Instruction) -> Vec<&Word> {
    match &instruction.body {
        Body::Env(pairs) | Body::Arg(pairs) | Body::Label(pairs) => pairs
            .iter()
            .filter_map(|pair| pair.value.as_ref())
            .collect(),
        Body::Transfer {
            sources,
            destination,
        } => sources.iter().chain([destination]).collect(),
        Body::Words(words) => words.iter().collect(),
        Body::Text(word) => vec![word],
        _ => Vec::new(),
    }
}
