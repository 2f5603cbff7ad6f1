//! The Dockerfile grammar, asked about single instructions: where does this one stop making sense?
//!
//! Which instructions there are is not its decision: on valid files it stumbles now and then, and
//! an instruction that BuildKit builds must not be lost or called an error.

use tree_sitter::Node;

use crate::model::Span;
use crate::parse::grammar;

/// The first piece of a joined instruction that the grammar cannot place; `None` where it reads
/// all of it, or finds no certain place.
pub(super) fn first_error(line: &str) -> Option<Span> {
    let language = tree_sitter_dockerfile::LANGUAGE.into();
    let tree = grammar::parse(&language, line.as_bytes()).ok()?;
    let mut cursor = tree.walk();
    // Down the first child with an error until the error itself: a path, so no stack can overflow.
    while cursor.node().has_error() {
        let node = cursor.node();
        if node.is_error() {
            return Some(span_of(node)).filter(|span| !span.is_empty());
        }
        if node.is_missing() || !cursor.goto_first_child() {
            return None;
        }
        while !cursor.node().has_error() && !cursor.node().is_missing() {
            if !cursor.goto_next_sibling() {
                return None;
            }
        }
    }
    None
}

fn span_of(node: Node<'_>) -> Span {
    Span::from_usize(node.start_byte(), node.end_byte())
}

/// The kind of the grammar's first instruction, for comparing it with ours.
#[cfg(test)]
pub(super) fn kind(line: &str) -> Option<String> {
    let language = tree_sitter_dockerfile::LANGUAGE.into();
    let tree = grammar::parse(&language, line.as_bytes()).ok()?;
    let root = tree.root_node();
    let first = root.named_child(0)?;
    (!root.has_error()).then(|| first.kind().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_of_an_error_is_found() {
        let line = "FROM debian:13 AS base extra\n";
        let span = first_error(line).unwrap();
        assert!(line[span.range()].contains("extra"), "{span:?}");
    }

    #[test]
    fn what_the_grammar_reads_has_no_error() {
        for line in [
            "FROM debian:13 AS base\n",
            "RUN ls\n",
            "ENV A=1 B=\"x y\"\n",
        ] {
            assert_eq!(first_error(line), None, "{line}");
        }
    }
}
