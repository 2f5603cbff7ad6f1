//! unused-user: an account is made for the application, and the application runs as root.

use super::{Image, Shell, account};
use crate::detect::Sink;
use crate::model::Span;
use crate::parse::dockerfile::{Body, Keyword, Stage};
use crate::parse::shell::Command;

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let Some(image) = shell.image.filter(|image| image.stage.ships) else {
        return;
    };
    let made = shell.script.commands.iter().filter(|command| {
        image
            .instruction(command)
            .is_some_and(|i| i.keyword == Keyword::Run && i.is_direct())
    });
    let made: Vec<_> = made.filter_map(account::read).collect();
    if made.is_empty() || !image.may_take(image.file.instructions.len()) {
        return;
    }
    // An account that one of the images uses is of use.
    let targets = image.file.targets_on(image.stage);
    let ends: Option<Vec<Span>> = targets
        .map(|target| ends_as_root(&image, target).filter(|_| !may_step_down(&image, target)))
        .collect();
    let Some(last) = ends.and_then(|ends| ends.first().copied()) else {
        return;
    };
    for account in made {
        let name = &account.name.text;
        if account.is_new && account.name.is_known() && name != "root" {
            out.report(
                rule,
                account.name.span,
                format!("{name} is made, and the image still runs as root"),
            )
            .label(last, "this decides the user")
            .help(format!(
                "end the stage that becomes the image with USER {name}, better with its number"
            ));
        }
    }
}

/// What decides that an image runs as root: its last USER, or the base under it.
fn ends_as_root(image: &Image<'_>, target: &Stage) -> Option<Span> {
    let Some(place) = image.file.state_of(target).user else {
        return Some(target.image.span);
    };
    let Body::Text(word) = &image.file.instructions.get(place)?.body else {
        return None;
    };
    let user = word.value.known()?.split(':').next()?;
    matches!(user, "root" | "0").then_some(word.span)
}

/// True where the start of the container changes the user, or is a script that may do so.
fn may_step_down(image: &Image<'_>, target: &Stage) -> bool {
    let stages = image.file.stages.iter().zip(image.stages);
    stages
        .filter(|(stage, _)| stage.ships_in.contains(&target.index))
        .any(|(_, own)| {
            own.script.commands.iter().any(|command| {
                let starts = own
                    .units
                    .get(command.unit)
                    .and_then(|place| image.file.instructions.get(*place))
                    .is_some_and(|i| matches!(i.keyword, Keyword::Cmd | Keyword::Entrypoint));
                starts && (steps_down(command) || is_script(command))
            })
        })
}

fn steps_down(command: &Command) -> bool {
    const PROGRAMS: &[&str] = &[
        "gosu",
        "su-exec",
        "setpriv",
        "s6-setuidgid",
        "setuidgid",
        "chpst",
        "runuser",
        "su",
        "sudo",
        "tini-user",
    ];
    PROGRAMS.contains(&command.name.as_str())
        || command
            .wrappers
            .iter()
            .any(|w| PROGRAMS.contains(&w.as_str()))
        || command
            .args()
            .iter()
            .any(|w| PROGRAMS.contains(&w.text.as_str()))
        || matches!(
            command.name.as_str(),
            "supervisord" | "init" | "systemd" | "runsvdir"
        )
}

/// True where a script, or something that cannot be told from one, is started.
fn is_script(command: &Command) -> bool {
    let script = command.args().first().filter(|_| command.is_shell());
    let mut words = command.program_word().into_iter().chain(script);
    words.any(|w| {
        w.text.ends_with(".sh") || w.text.contains("entrypoint") || w.text.contains("init")
    })
}
