//! argument-as-command: whoever starts the build says with an argument what it runs.

use std::collections::HashSet;

use super::{Image, Shell};
use crate::detect::Sink;
use crate::parse::dockerfile::Body;
use crate::parse::shell::{Command, PartKind, Word};

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let Some(image) = &shell.image else {
        return;
    };
    let arguments = arguments(image);
    if arguments.is_empty() {
        return;
    }
    for command in &shell.script.commands {
        let Some((word, name)) = run(command, &arguments) else {
            continue;
        };
        out.report(
            rule,
            word.span,
            format!("the build argument {name} is run as a command"),
        )
        .text("run as code")
        .help("write the command here, and pass only its values as arguments");
    }
}

/// The arguments that a stage declares, and that no ENV replaces.
fn arguments<'f>(image: &Image<'f>) -> HashSet<&'f str> {
    let mut names = HashSet::new();
    let stages: Vec<_> = image.file.ancestry(image.stage).collect();
    for stage in stages.iter().rev() {
        for instruction in image.file.instructions_of(stage) {
            match &instruction.body {
                Body::Arg(pairs) => names.extend(pairs.iter().map(|pair| pair.name.text())),
                Body::Env(pairs) => {
                    for pair in pairs {
                        names.remove(pair.name.text());
                    }
                }
                _ => {}
            }
        }
    }
    names
}

fn run<'c>(command: &'c Command, arguments: &HashSet<&str>) -> Option<(&'c Word, &'c str)> {
    let program = command.program_word();
    let text = command.shell_string().and_then(|at| command.words.get(at));
    let evaluated = command.args().first().filter(|_| command.name == "eval");
    [program, text, evaluated]
        .into_iter()
        .flatten()
        .find_map(|word| {
            let name = match &word.parts.first()?.kind {
                PartKind::Variable { name, .. } => name.as_str(),
                _ => return None,
            };
            // `$DIR/bin/tool` is a place, not a program.
            let is_whole = word.parts.len() == 1 || word.parts.get(1)?.text.starts_with(' ');
            (is_whole && arguments.contains(name)).then_some((word, name))
        })
}
