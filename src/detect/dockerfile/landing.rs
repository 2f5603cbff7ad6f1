//! Where the files of a COPY end up.

use crate::model::Span;
use crate::parse::dockerfile::{Body, Dockerfile, Instruction, Origin};
use crate::parse::dockerignore::{IgnoreFile, clean};

/// How a copied file gets into an image.
pub(super) enum Way {
    /// The stage that it is copied into ships.
    Direct,
    /// A stage that ships copies it on: the last source that does.
    CopiedOn(Span),
}

/// Most copies that a file is followed through.
const MOST_COPIES: usize = 100;

/// How the file that COPY or ADD (the instruction at `place`) takes from its `source` gets into an
/// image; `None` where it stays behind, or nobody can tell.
pub(super) fn way(file: &Dockerfile, place: usize, source: &str, path: &str) -> Option<Way> {
    let instruction = file.instructions.get(place)?;
    if file.ships(instruction) {
        return Some(Way::Direct);
    }
    let mut seen = vec![place];
    let mut open = vec![(
        instruction.stage?,
        landing(file, place, source, path, false)?,
    )];
    while let Some((stage, landed)) = open.pop().filter(|_| seen.len() < MOST_COPIES) {
        for (next, taker) in file.instructions.iter().enumerate() {
            let Body::Transfer { sources, .. } = &taker.body else {
                continue;
            };
            if seen.contains(&next) || !takes_from(file, taker, stage) {
                continue;
            }
            let takes = |source: &&_| covers(source_text(source), &landed);
            let Some(source) = sources.iter().find(takes) else {
                continue;
            };
            seen.push(next);
            if file.ships(taker) {
                return Some(Way::CopiedOn(source.span));
            }
            if let (Some(stage), Some(landed)) = (
                taker.stage,
                landing(file, next, source_text(source), &landed, true),
            ) {
                open.push((stage, landed));
            }
        }
    }
    None
}

fn source_text(word: &crate::parse::dockerfile::Word) -> &str {
    word.value.known().unwrap_or_default()
}

/// True where an instruction copies from a stage, or from one that stands on it.
fn takes_from(file: &Dockerfile, taker: &Instruction, stage: usize) -> bool {
    let from = taker.flag("from").and_then(|flag| flag.value.as_ref());
    let Some((from, own)) = from.zip(taker.stage) else {
        return false;
    };
    let Origin::Stage(origin) = file.origin(own, from) else {
        return false;
    };
    taker.is_direct()
        && file
            .stages
            .get(origin)
            .is_some_and(|origin| file.ancestry(origin).any(|s| s.index == stage))
}

/// True where a source of a copy stands for a path, or for a folder above it.
fn covers(source: &str, path: &str) -> bool {
    let source = clean(&format!("/{source}"));
    source == "." || IgnoreFile::of([source.as_str()]).excludes(path)
}

/// The path, without its leading slash, that a copied file has in the stage.
fn landing(
    file: &Dockerfile,
    place: usize,
    source: &str,
    path: &str,
    is_stage: bool,
) -> Option<String> {
    let Body::Transfer { destination, .. } = &file.instructions.get(place)?.body else {
        return None;
    };
    let folder = absolute(file, place, destination.value.known()?)?;
    let source = clean(&format!("/{source}"));
    let rest = match source.as_str() {
        "." => path,
        source => {
            let pattern = IgnoreFile::of([source]);
            let parts = path.match_indices('/').map(|(at, _)| at);
            // The shortest folder that the source stands for: what is in it is copied.
            match parts
                .into_iter()
                .find(|at| path.get(..*at).is_some_and(|part| pattern.excludes(part)))
            {
                Some(at) => path.get(at + 1..)?,
                // The file itself: into a folder, or under a name that is its own matter.
                None if is_stage && !destination.raw.ends_with('/') => {
                    return Some(folder);
                }
                None => path.rsplit('/').next()?,
            }
        }
    };
    Some(match folder.as_str() {
        "." => rest.to_owned(),
        folder => format!("{folder}/{rest}"),
    })
}

/// A path in a stage, without its leading slash, seen from the working directory at `place`.
fn absolute(file: &Dockerfile, place: usize, path: &str) -> Option<String> {
    let mut whole = path.to_owned();
    let mut place = place;
    while !whole.starts_with('/') {
        if whole.contains(['\\', ':']) {
            return None;
        }
        // Without a WORKDIR the base image decides.
        let before = file.state_before(place).workdir?;
        let Body::Text(folder) = &file.instructions.get(before)?.body else {
            return None;
        };
        whole = format!("{}/{whole}", folder.value.known()?);
        place = before;
    }
    Some(clean(&whole))
}
