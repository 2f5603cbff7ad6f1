//! writable-application: the user of the container may change what the container runs.

use super::{Shell, brought};
use crate::detect::Sink;
use crate::model::Span;
use crate::parse::dockerfile::{Body, Keyword};
use crate::parse::shell::Command;

/// Endings of files that an interpreter runs.
const SCRIPTS: &[&str] = &[
    ".py", ".js", ".mjs", ".cjs", ".ts", ".rb", ".php", ".pl", ".sh", ".jar",
];

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let Some(image) = shell.image.filter(|image| image.is_target()) else {
        return;
    };
    let user = image.file.state_of(image.stage).user;
    let user = user.and_then(|place| image.file.instructions.get(place));
    let Some(Body::Text(user)) = user.map(|instruction| &instruction.body) else {
        return;
    };
    let name = user.text().split(':').next().unwrap_or_default();
    if matches!(name, "root" | "0") || name.contains('$') {
        return;
    }
    let started = shell.script.commands.iter().filter(|command| {
        let keyword = image.instruction(command).map(|i| i.keyword);
        matches!(keyword, Some(Keyword::Cmd | Keyword::Entrypoint))
    });
    let programs: Vec<String> = started.flat_map(programs).collect();
    for (owner, span, path) in given(shell) {
        let is_in = |program: &&String| {
            let rest = program.strip_prefix(path.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let program = programs.iter().find(is_in);
        if let Some(program) = program.filter(|_| owner == name) {
            let message =
                format!("{name}, as whom the container runs, may change {program}, which it runs");
            out.report(rule, span, message)
                .text("gives the program away")
                .label(user.span, "runs as this user")
                .help("leave programs to root, readable for all, and give the user only the folders that it writes data to");
        }
    }
}

/// The files that a command runs, by their paths.
fn programs(command: &Command) -> Vec<String> {
    let words = command.words.iter().skip(command.program).enumerate();
    let files = words.filter(|(at, word)| {
        let text = word.text.as_str();
        let is_script = SCRIPTS.iter().any(|ending| text.ends_with(ending));
        !text.starts_with('-') && (is_script || (*at == 0 && text.contains('/')))
    });
    files.map(|(_, word)| command.path(&word.text)).collect()
}

/// Owners that COPY and chown give to paths: the owner, where, and the path.
fn given(shell: &Shell<'_>) -> Vec<(String, Span, String)> {
    let Some(image) = shell.image else {
        return Vec::new();
    };
    let user = |owner: &str| owner.split(':').next().unwrap_or_default().to_owned();
    let mut given = Vec::new();
    let range = image.stage.instructions.clone();
    for (place, instruction) in image.file.instructions.iter().enumerate() {
        let flag = instruction
            .flag("chown")
            .and_then(|flag| flag.value.as_ref());
        let (
            Some(owner),
            Body::Transfer {
                sources,
                destination,
            },
            true,
        ) = (flag, &instruction.body, range.contains(&place))
        else {
            continue;
        };
        for source in sources {
            // Of `COPY a b/` only b/a is given, of `COPY . b/` all of b.
            let is_one =
                !source.text().ends_with(['.', '/']) && destination.text().ends_with(['.', '/']);
            let mut paths = brought::destinations(&image, place, source, destination).into_iter();
            let path = if is_one { paths.next() } else { paths.last() };
            given.extend(path.map(|path| (user(owner.text()), owner.span, path)));
        }
    }
    for command in shell.script.named(&["chown"]) {
        let mut words = command.args().iter().filter(|w| !w.text.starts_with('-'));
        let Some(owner) = words.next() else {
            continue;
        };
        given.extend(words.map(|w| (user(&owner.text), owner.span, command.path(&w.text))));
    }
    given
}
