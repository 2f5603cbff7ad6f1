//! `docker build` in scripts, makefiles and the steps of workflows.

use super::resolve;
use crate::model::{RepoPath, Span};
use crate::parse::shell::{Script, Syntax, Word};
use crate::parse::surroundings::{Build, BuildArg, Tool};

const SYNTAX: Syntax = Syntax {
    short: "cfmt",
    long: &[
        "add-host",
        "build-arg",
        "build-context",
        "builder",
        "cache-from",
        "cache-to",
        "file",
        "iidfile",
        "label",
        "metadata-file",
        "network",
        "output",
        "platform",
        "progress",
        "secret",
        "ssh",
        "tag",
        "target",
    ],
};

/// The builds that a script starts; `folders` are those that it may run in.
pub(super) fn builds(by: &str, text: &str, folders: &[RepoPath]) -> Vec<Build> {
    let has = |word: &str| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    let is_needed = has("build") && ["docker", "podman", "nerdctl"].iter().any(|p| has(p));
    if !is_needed {
        return Vec::new();
    }
    let script = Script::parse(text.as_bytes());
    let commands = script.named(&["docker", "podman", "nerdctl"]);
    commands
        .flat_map(|command| {
            let starts = folders.iter().filter_map(|folder| {
                let start = match command.cwd.as_str() {
                    "" => folder.clone(),
                    cwd => resolve(folder, cwd)?,
                };
                build(by, &start, command)
            });
            starts.collect::<Vec<_>>()
        })
        .collect()
}

fn build(by: &str, start: &RepoPath, command: &crate::parse::shell::Command) -> Option<Build> {
    let options = command.options(SYNTAX);
    let mut words = options.positional.iter().copied();
    let first = words.next()?;
    let verb = match first.text.as_str() {
        "buildx" | "image" => words.next()?,
        _ => first,
    };
    if verb.text != "build" {
        return None;
    }
    let place = |word: &Word| {
        word.is_known()
            .then(|| resolve(start, &word.text))
            .flatten()
    };
    let option = |names: &[&str]| {
        options
            .get(names)
            .map(|option| (option.value_word, option.value))
    };
    let context = words.next().and_then(place);
    let dockerfile = match option(&["f", "file"]) {
        Some((word, value)) => {
            word.filter(|word| word.is_known())?;
            resolve(start, value?)?
        }
        None => resolve(context.as_ref()?, "Dockerfile")?,
    };
    let target = match option(&["target"]) {
        Some((word, value)) => {
            word.filter(|word| word.is_known())?;
            value.map(str::to_owned)
        }
        None => None,
    };
    let args = options.all(&["build-arg"]).filter_map(|option| {
        let (name, value) = option.value?.split_once('=')?;
        let is_known = option.value_word.is_some_and(Word::is_known);
        Some(BuildArg {
            name: name.to_owned(),
            value: is_known.then(|| value.to_owned()),
            span: Span::default(),
        })
    });
    let contexts = options.all(&["build-context"]);
    Some(Build {
        by: by.to_owned(),
        tool: Tool::Command,
        dockerfile,
        context,
        target,
        args: args.collect(),
        named_contexts: contexts
            .filter_map(|option| Some(option.value?.split_once('=')?.0.to_owned()))
            .collect(),
    })
}

/// The recipes of a makefile, as one script.
pub(super) fn recipes(text: &str) -> String {
    let lines = text.lines().filter_map(|line| line.strip_prefix('\t'));
    lines.fold(String::new(), |script, line| {
        script + line.trim_start_matches(['@', '-', '+']) + "\n"
    })
}
