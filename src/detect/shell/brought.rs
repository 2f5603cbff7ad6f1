//! Files of credentials that a stage brings into its layers, and what deletes them again.

use super::{Image, fetch, removal};
use crate::detect::dockerfile::sensitive_path::{Sensitive, judge};
use crate::model::Span;
use crate::parse::dockerfile::{Body, Keyword, Word};
use crate::parse::shell::Command;

/// A file that holds credentials by its name.
#[derive(Clone, Debug)]
pub struct Brought {
    /// As the file names it.
    pub shown: String,
    pub span: Span,
    pub sensitive: Sensitive,
    /// The place of the instruction.
    pub place: usize,
    /// Where it may be in the image.
    pub paths: Vec<String>,
    /// A COPY or ADD, and not a program that downloads.
    pub is_copied: bool,
}

/// What COPY and ADD take from the build context, and what commands download.
pub fn of(image: &Image<'_>) -> Vec<Brought> {
    let mut found = copied(image, judge);
    found.extend(downloads(image));
    found
}

/// What COPY and ADD take from the build context and is a credential in this judgement.
pub fn copied(image: &Image<'_>, judge: fn(&str) -> Option<Sensitive>) -> Vec<Brought> {
    let mut found = Vec::new();
    let range = image.stage.instructions.clone();
    let instructions = image
        .file
        .instructions
        .get(range.clone())
        .unwrap_or_default();
    for (instruction, place) in instructions.iter().zip(range) {
        let Body::Transfer {
            sources,
            destination,
        } = &instruction.body
        else {
            continue;
        };
        let is_local = matches!(instruction.keyword, Keyword::Add | Keyword::Copy);
        if !is_local || instruction.has_flag("from") {
            continue;
        }
        for source in sources {
            if let Some(sensitive) = judge(source.text()) {
                found.push(Brought {
                    shown: source.text().to_owned(),
                    span: source.span,
                    sensitive,
                    place,
                    paths: destinations(image, place, source, destination),
                    is_copied: true,
                });
            }
        }
    }
    found
}

fn downloads(image: &Image<'_>) -> Vec<Brought> {
    let commands = image.own.script.commands.iter();
    let fetched = commands.filter_map(|command| {
        let fetch = fetch::fetch(command)?;
        let file = fetch.files.first()?;
        let path = command.path(file);
        let sensitive = judge(&path)?;
        let place = image.place(command)?;
        let word = command
            .args()
            .iter()
            .find(|word| word.text.ends_with(file.as_str()))?;
        Some(Brought {
            shown: path.clone(),
            span: word.span,
            sensitive,
            place,
            paths: vec![path],
            is_copied: false,
        })
    });
    fetched.collect()
}

/// The destination itself, and the file's name below it.
pub fn destinations(
    image: &Image<'_>,
    place: usize,
    source: &Word,
    destination: &Word,
) -> Vec<String> {
    let base = working_directory(image, place);
    let target = destination.text();
    let whole = match target.starts_with(['/', '~', '$']) {
        true => target.to_owned(),
        false => format!("{base}/{}", target.trim_start_matches("./")),
    };
    let whole = whole.trim_end_matches(['/', '.']).to_owned();
    let source = source.text().trim_end_matches('/');
    let name = source.rsplit('/').next().unwrap_or(source);
    vec![format!("{whole}/{name}"), whole]
}

/// The working directory at an instruction as far as the file tells.
pub fn working_directory(image: &Image<'_>, place: usize) -> String {
    let Some(at) = image.file.state_before(place).workdir else {
        return String::new();
    };
    match image.file.instructions.get(at).map(|i| &i.body) {
        Some(Body::Text(word)) if word.text() != "/" => {
            word.text().trim_end_matches('/').to_owned()
        }
        _ => String::new(),
    }
}

/// The word of a later instruction, in this stage or one that stands on it, that deletes the file.
pub fn deleted_later(image: &Image<'_>, paths: &[String], place: usize) -> Option<Span> {
    let later = |stage: &&crate::parse::dockerfile::Stage| {
        image
            .file
            .ancestry(stage)
            .any(|s| s.index == image.stage.index)
    };
    let stages = image
        .file
        .stages
        .iter()
        .skip(image.stage.index)
        .take(50)
        .filter(later);
    stages
        .filter_map(|stage| image.stages.get(stage.index))
        .take_while(|own| image.may_take(own.removals.len() + 1))
        .find_map(|own| {
            let steps = |command: &Command| paths.len().saturating_mul(command.args().len());
            let mut removals = own.removals().take_while(|c| image.may_take(steps(c)));
            removals.find_map(|command| {
                let at = *own.units.get(command.unit)?;
                let instruction = image.file.instructions.get(at)?;
                if at <= place || instruction.keyword != Keyword::Run {
                    return None;
                }
                paths
                    .iter()
                    .find_map(|path| removal::removes(command, path))
                    .map(|word| word.span)
            })
        })
}

/// True where the same instruction deletes the file again.
pub fn deleted_at_once(image: &Image<'_>, brought: &Brought) -> bool {
    !brought.is_copied
        && image.may_take(image.own.removals.len() + 1)
        && image
            .own
            .removals()
            .filter(|command| image.place(command) == Some(brought.place))
            .any(|command| {
                command.span.start > brought.span.start
                    && brought
                        .paths
                        .iter()
                        .any(|path| removal::removes(command, path).is_some())
            })
}
