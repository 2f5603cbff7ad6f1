use std::ops::Range;

use super::automaton::Engine;
use super::kind::{Kind, Match};
use super::near;
use super::text::Text;

/// Longest value for which kinds are listed.
const LONGEST: usize = 1024;

/// The kinds that have no prefix, by the lengths of their tokens: how many of them there are
/// matters little where few have the length of the value at hand.
#[derive(Debug)]
pub struct Named {
    by_length: Vec<Vec<usize>>,
}

impl Named {
    pub fn new(kinds: &[Kind]) -> Self {
        let mut by_length = vec![Vec::new(); LONGEST + 1];
        for (index, kind) in kinds.iter().enumerate().filter(|(_, k)| k.needs_name()) {
            for (length, list) in by_length.iter_mut().enumerate() {
                if kind.has_length(length) {
                    list.push(index);
                }
            }
        }
        Self { by_length }
    }

    /// The kind that a value is of: of those that it fits, the one whose word stands nearest, in
    /// the name first of all.
    pub fn kind_of<'e>(
        &self,
        engine: &'e Engine,
        text: &Text<'_>,
        value: Range<usize>,
    ) -> Option<(&'e Kind, Match)> {
        let fitting: Vec<(usize, &Kind, Match)> = self
            .by_length
            .get(value.len())?
            .iter()
            .filter_map(|index| {
                let kind = engine.kinds.get(*index)?;
                let found = kind.as_value(text.bytes, value.start, value.end)?;
                Some((*index, kind, found))
            })
            .collect();
        if fitting.is_empty() {
            return None;
        }
        let mut nearest: Option<(usize, &Kind, Match)> = None;
        let around = near::around(text.bytes.len(), value.clone());
        for (range, after) in around {
            for hit in engine
                .automaton
                .find_overlapping_iter(text.slice(range.clone()))
            {
                let distance = match after {
                    false => range.end - (range.start + hit.end()),
                    // What follows names a value less often than what stands before it.
                    true => near::BEFORE + hit.start(),
                };
                let kinds = engine.near.get(hit.pattern().as_usize());
                for index in kinds.into_iter().flatten() {
                    if let Some((_, kind, found)) = fitting.iter().find(|(i, ..)| i == index)
                        && nearest.is_none_or(|(before, ..)| distance < before)
                    {
                        nearest = Some((distance, kind, *found));
                    }
                }
            }
        }
        nearest.map(|(_, kind, found)| (kind, found))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FileKind, Origin, RepoPath, Source, SourceId};

    fn kind(id: &'static str, near: &str) -> Kind {
        let json = format!(
            r#"{{"name":"t","revoke":"r","instead":"i","near":["{near}"],"body":["hex{{16}}"]}}"#
        );
        Kind::new(id, serde_json::from_str(&json).expect("a pattern")).expect("a kind")
    }

    fn kind_of(text: &str) -> Option<&'static str> {
        let kinds = vec![kind("secret/quay", "quay"), kind("secret/pier", "pier")];
        let engine = Engine::new(kinds).expect("an engine");
        let (path, origin) = (RepoPath::from("a.env"), Origin::Buffer);
        let source = Source::new(SourceId(0), path, FileKind::Env, text.as_bytes(), origin);
        let start = text.rfind("3f9a")?;
        let found = engine
            .named
            .kind_of(&engine, &Text::new(&source), start..start + 16);
        found.map(|(kind, _)| kind.id)
    }

    #[test]
    fn the_nearest_word_names_the_kind() {
        let value = "3f9a07c5d2e8b164";
        for (text, kind) in [
            (
                format!("QUAY_URL=x\nPIER_TOKEN={value}"),
                Some("secret/pier"),
            ),
            (
                format!("PIER_URL=x\nQUAY_TOKEN={value}"),
                Some("secret/quay"),
            ),
            (
                format!("# quay\ntoken={value}\npier=1"),
                Some("secret/quay"),
            ),
            (format!("token={value} # Pier"), Some("secret/pier")),
            (format!("token={value}"), None),
        ] {
            assert_eq!(kind_of(&text), kind, "{text}");
        }
    }
}
