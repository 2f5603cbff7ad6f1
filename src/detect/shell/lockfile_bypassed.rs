//! lockfile-bypassed: a lockfile is there, and what is installed need not be what it says.

use std::collections::HashSet;

use super::install::{Action, Call, Manager};
use super::{Image, Shell};
use crate::detect::Sink;
use crate::model::{Confidence, Safety, Severity};
use crate::parse::dockerfile::Body;

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let Some(image) = shell.image else {
        return;
    };
    let copied = copied(image);
    for call in shell.build_calls() {
        if let Some(option) = call
            .options
            .options
            .iter()
            .find(|o| ignores_lock(call, o.name))
        {
            let name = &option.word.text;
            out.report(
                rule,
                option.word.span,
                format!("{name} switches the lockfile off"),
            )
            .text("installs what is newest")
            .help("install from the lockfile");
            continue;
        }
        let Some(locked) = locked_form(call) else {
            continue;
        };
        // A list of names, or a tool of its own, is not what a project's lockfile is about.
        let has_lock =
            locked.files.is_empty() || locked.files.iter().any(|name| copied.contains(name));
        if !has_lock || is_held(call, &locked, shell) {
            continue;
        }
        let is_certain = locked
            .files
            .iter()
            .any(|name| *name != NODE_GLOB && copied.contains(name));
        let what = call.shown();
        let found = out
            .report(
                rule,
                call.verb.span,
                format!("{what} may install other versions than {}", locked.lock),
            )
            .text("the lockfile may be changed on the way")
            .help(format!("write {}", locked.help));
        let found = match call.manager {
            Manager::Cargo => found,
            _ if is_certain => found.severity(Severity::Low).confidence(Confidence::Medium),
            _ => found.severity(Severity::Low).confidence(Confidence::Low),
        };
        if let Some((span, with)) = image.argument_after(call.command, call.verb, locked.added) {
            let with = match call.manager {
                Manager::Npm => "ci".to_owned(),
                _ => with,
            };
            found.fix(format!("Write {}", locked.help), Safety::Unsafe, span, with);
        }
    }
}

/// What the manual of Node copies: the lockfile too, if there is one.
const NODE_GLOB: &str = "package*.json";

pub(super) struct Locked {
    /// Names under which the lockfile, of which one has to be copied, is known.
    pub files: &'static [&'static str],
    lock: &'static str,
    /// Options with which the lockfile decides.
    options: &'static [&'static str],
    /// Variables that do the same.
    variables: &'static [&'static str],
    added: &'static str,
    pub help: &'static str,
    /// Words that may stand after the subcommand.
    names: usize,
}

/// True where an option or a variable lets the lockfile decide, or the call names packages.
pub(super) fn is_held(call: &Call<'_>, locked: &Locked, shell: &Shell<'_>) -> bool {
    let is_one = |name: &str| locked.variables.contains(&name);
    let is_set = || {
        let mut assignments = shell.script.assignments.iter();
        let files = shell.image.iter();
        let instructions = files.flat_map(|image| &image.file.instructions);
        let mut pairs = instructions.flat_map(|instruction| match &instruction.body {
            Body::Env(pairs) | Body::Arg(pairs) => pairs.as_slice(),
            _ => &[],
        });
        assignments.any(|a| is_one(&a.name)) || pairs.any(|p| is_one(p.name.text()))
    };
    call.packages_named() > locked.names || call.has(locked.options) || is_set()
}

pub(super) fn locked_form(call: &Call<'_>) -> Option<Locked> {
    let verb = call.verb.text.as_str();
    Some(match call.manager {
        Manager::Npm if matches!(verb, "install" | "i") && !call.has(&["g", "global"]) => Locked {
            files: &["package-lock.json", "npm-shrinkwrap.json", NODE_GLOB],
            lock: "package-lock.json says",
            options: &["prefix", "C", "package-lock-only"],
            variables: &[],
            added: "",
            help: "npm ci",
            names: 0,
        },
        Manager::Yarn if call.is(Action::Install) && !verb.ends_with("add") => Locked {
            files: &["yarn.lock"],
            lock: "yarn.lock says",
            options: &["frozen-lockfile", "immutable", "pure-lockfile"],
            variables: &["YARN_ENABLE_IMMUTABLE_INSTALLS"],
            added: "--frozen-lockfile",
            help: "yarn install --frozen-lockfile, or --immutable from version 2 on",
            names: 0,
        },
        Manager::Pnpm if matches!(verb, "install" | "i") => Locked {
            files: &["pnpm-lock.yaml"],
            lock: "pnpm-lock.yaml says",
            options: &[
                "frozen-lockfile",
                "offline",
                "g",
                "global",
                "lockfile-only",
                "fix-lockfile",
            ],
            variables: &["CI"],
            added: "--frozen-lockfile",
            help: "pnpm install --frozen-lockfile",
            names: 0,
        },
        Manager::Uv if verb == "sync" => Locked {
            files: &["uv.lock"],
            lock: "uv.lock says",
            options: &["locked", "frozen"],
            variables: &["UV_LOCKED", "UV_FROZEN"],
            added: "--locked",
            help: "uv sync --locked",
            names: 0,
        },
        Manager::Cargo if call.is(Action::Install) => Locked {
            files: &[],
            lock: "the Cargo.lock that the program was released with",
            options: &["locked", "frozen", "path", "list"],
            variables: &[],
            added: "--locked",
            help: "cargo install --locked",
            names: usize::MAX,
        },
        _ => return None,
    })
}

fn ignores_lock(call: &Call<'_>, option: &str) -> bool {
    call.is(Action::Install)
        && match call.manager {
            Manager::Npm => option == "no-package-lock",
            Manager::Yarn => option == "no-lockfile",
            Manager::Pnpm => matches!(option, "no-lockfile" | "no-frozen-lockfile"),
            _ => false,
        }
}

/// The names of the files that COPY and ADD of a stage name.
pub(super) fn copied(image: Image<'_>) -> HashSet<&str> {
    let instructions = image
        .file
        .instructions
        .get(image.stage.instructions.clone());
    let sources =
        instructions
            .unwrap_or_default()
            .iter()
            .flat_map(|instruction| match &instruction.body {
                Body::Transfer { sources, .. } => sources.as_slice(),
                _ => &[],
            });
    sources
        .map(|source| source.text().rsplit('/').next().unwrap_or_default())
        .map(|name| name.trim_end_matches('*'))
        .collect()
}
