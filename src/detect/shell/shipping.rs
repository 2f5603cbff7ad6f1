//! Which way a file of a stage takes into the image.

use super::{Image, removal};
use crate::model::Span;
use crate::parse::dockerfile::{Base, Body, Keyword, Origin};

/// How a file of a stage gets into the image that the build makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The stage itself is part of it.
    Layer,
    /// A `COPY --from` takes it over: the word that names it or a folder above it.
    Copied(Span),
}

/// The way of a file that this stage holds; `None` where it stays behind.
pub fn way(image: &Image<'_>, path: &str) -> Option<Way> {
    if image.stage.ships {
        return Some(Way::Layer);
    }
    let file = image.file;
    if !image.may_take(file.stages.len()) {
        return None;
    }
    // For each stage the path under which it holds the file, and the first COPY on the way.
    let mut held: Vec<Option<(String, Option<Span>)>> = vec![None; file.stages.len()];
    *held.get_mut(image.stage.index)? = Some((path.to_owned(), None));
    for stage in file.stages.iter().skip(image.stage.index + 1) {
        if !image.may_take(stage.instructions.len() + 1) {
            return None;
        }
        let inherited = match stage.base {
            Base::Stage(parent) => held.get(parent).cloned().flatten(),
            _ => None,
        };
        let found = inherited.or_else(|| {
            file.instructions_of(stage).find_map(|instruction| {
                let from = instruction.flag("from")?.value.as_ref()?;
                let Origin::Stage(origin) = file.origin(stage.index, from) else {
                    return None;
                };
                let (path, via) = held.get(origin)?.as_ref()?;
                let Body::Transfer {
                    sources,
                    destination,
                } = &instruction.body
                else {
                    return None;
                };
                let source = sources.iter().find(|source| covers(source.text(), path))?;
                let rest = path
                    .strip_prefix(source.text().trim_end_matches(['/', '.']))
                    .unwrap_or_default();
                let target = destination.text().trim_end_matches('/');
                let is_copy = instruction.keyword == Keyword::Copy;
                is_copy.then(|| (format!("{target}{rest}"), via.or(Some(source.span))))
            })
        });
        if let (true, Some((_, Some(via)))) = (stage.ships, &found) {
            return Some(Way::Copied(*via));
        }
        if let Some(slot) = held.get_mut(stage.index) {
            *slot = found;
        }
    }
    None
}

/// True where copying `source` from a stage takes `path` along.
fn covers(source: &str, path: &str) -> bool {
    let source = source.trim_end_matches('.').trim_end_matches('/');
    let source = match source.starts_with(['/', '~']) || source.is_empty() {
        true => source.to_owned(),
        false => format!("/{source}"),
    };
    removal::covers(&source, path)
}
