//! Queries on syntax trees: the way out for shapes that facts do not show.

use std::ops::ControlFlow;
use std::time::Duration;

use tree_sitter::{
    Query as Compiled, QueryCursor, QueryCursorOptions, QueryCursorState, QueryErrorKind,
    StreamingIterator, Tree,
};

use crate::guard::{LIMITS, nesting};
use crate::model::{FileKind, SkipReason, Span};

use super::Language;
use crate::parse::grammar::now;

/// What a query calls the node that it is about.
const MARK: &str = "at";

/// Deepest nesting of a query: its parser is native and recursive.
const DEEPEST: u32 = 100;

/// Matches that a query may have begun and not ended at one time.
const MOST_OPEN: u32 = 4096;

/// A query, compiled for the grammar of one kind of files.
#[derive(Debug)]
pub struct Query {
    compiled: Compiled,
    mark: u32,
}

/// What is wrong with a query, and at which byte of it.
#[derive(Debug)]
pub struct QueryMistake {
    pub at: usize,
    pub message: String,
}

/// What a query has found.
#[derive(Debug, Default)]
pub struct Matches {
    pub places: Vec<Span>,
    /// Why there may be more.
    pub cut: Option<SkipReason>,
}

/// Time for the queries on one file.
#[derive(Debug)]
pub struct QueryClock {
    left: Duration,
}

impl Default for QueryClock {
    fn default() -> Self {
        Self {
            left: Duration::from_millis(LIMITS.query_millis),
        }
    }
}

impl Query {
    /// Compiles a query for files of a kind.
    pub fn new(kind: FileKind, text: &str) -> Result<Self, QueryMistake> {
        let mistake = |at: usize, message: &str| QueryMistake {
            at,
            message: message.to_owned(),
        };
        let Some(language) = Language::of(kind) else {
            return Err(mistake(0, "files of this kind have no syntax tree"));
        };
        // What the binding says of a mistake goes by bytes.
        if let Some(odd) = text.bytes().position(|b| !b.is_ascii()) {
            return Err(mistake(odd, "a query is written in ASCII"));
        }
        if nesting::exceeds(text.as_bytes(), DEEPEST) {
            return Err(mistake(0, "the query is nested too deep"));
        }
        let compiled = Compiled::new(&language.grammar(kind), text).map_err(|error| {
            let name = error.message.lines().next().unwrap_or_default();
            let at = match error.kind {
                // Of predicates only the line is known.
                QueryErrorKind::Predicate => line_start(text, error.row),
                _ => error.offset,
            };
            let message = match error.kind {
                QueryErrorKind::NodeType => format!("no node of this language is called {name}"),
                QueryErrorKind::Field => format!("no field of this language is called {name}"),
                QueryErrorKind::Capture => format!("nothing is captured as {name}"),
                QueryErrorKind::Structure => "no node of this language has such a part here".into(),
                QueryErrorKind::Predicate => format!("not a predicate: {name}"),
                QueryErrorKind::Syntax | QueryErrorKind::Language => {
                    "not a query: a bracket, a name or a quote is missing or too many here".into()
                }
            };
            QueryMistake { at, message }
        })?;
        let unknown = (0..compiled.pattern_count()).find(|pattern| {
            !compiled.general_predicates(*pattern).is_empty()
                || !compiled.property_settings(*pattern).is_empty()
                || !compiled.property_predicates(*pattern).is_empty()
        });
        if let Some(pattern) = unknown {
            return Err(mistake(
                compiled.start_byte_for_pattern(pattern),
                "known predicates are #eq?, #match?, #any-of?, their negations, and #any-eq? and \
                 #any-match?",
            ));
        }
        match compiled.capture_index_for_name(MARK) {
            Some(mark) => Ok(Self { compiled, mark }),
            None => Err(mistake(0, "a query captures what it finds as @at")),
        }
    }

    /// What the query finds in a tree, each place once, in order.
    pub(super) fn run(&self, tree: &Tree, text: &[u8], clock: &mut QueryClock) -> Matches {
        let mut found = Matches::default();
        let mut cursor = QueryCursor::new();
        cursor.set_match_limit(MOST_OPEN);
        let start = now();
        let deadline = start + clock.left;
        let mut progress = |_: &QueryCursorState| match now() >= deadline {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        };
        if !clock.left.is_zero() {
            let options = QueryCursorOptions::new().progress_callback(&mut progress);
            let root = tree.root_node();
            let mut matches = cursor.matches_with_options(&self.compiled, root, text, options);
            while let Some(one) = matches.next() {
                for node in one.nodes_for_capture_index(self.mark) {
                    let place = Span::from_usize(node.start_byte(), node.end_byte());
                    found.places.push(place);
                }
                // More than this are not listed either.
                if found.places.len() > 2 * LIMITS.findings_per_rule {
                    break;
                }
            }
        }
        clock.left = clock.left.saturating_sub(now().saturating_sub(start));
        if clock.left.is_zero() {
            found.cut = Some(SkipReason::OverLimit {
                name: "query_millis",
                limit: LIMITS.query_millis,
            });
        } else if cursor.did_exceed_match_limit() {
            found.cut = Some(SkipReason::Other(
                "a query has more beginnings here than are followed".into(),
            ));
        }
        found.places.sort_unstable();
        found.places.dedup();
        found
    }
}

/// The first byte of a line, counted from 0.
fn line_start(text: &str, row: usize) -> usize {
    let mut ends = memchr::memchr_iter(b'\n', text.as_bytes());
    row.checked_sub(1)
        .and_then(|before| ends.nth(before))
        .map_or(0, |end| end + 1)
}

#[cfg(test)]
mod tests {
    use crate::model::FileKind;
    use std::time::Instant;

    use crate::parse::grammar;
    use crate::parse::source::Pieces;

    use super::*;

    fn found(kind: FileKind, query: &str, text: &str) -> Vec<String> {
        let query = Query::new(kind, query).expect("a query");
        let mut found = Vec::new();
        for facts in Pieces::of(kind, text.as_bytes()).asking(vec![&query]) {
            let facts = facts.expect("facts");
            assert_eq!(facts.matches[0].cut, None);
            let places = facts.matches[0].places.iter();
            found.extend(places.map(|span| facts.text(*span).to_owned()));
        }
        found
    }

    #[test]
    fn a_query_finds_what_its_predicates_let_through() {
        let text = "a(1)\nb(2)\nc(3)\nab(4)\n";
        for (predicate, wanted) in [
            ("(#eq? @f \"a\")", &["a(1)"][..]),
            ("(#not-eq? @f \"a\")", &["b(2)", "c(3)", "ab(4)"]),
            ("(#match? @f \"^a\")", &["a(1)", "ab(4)"]),
            ("(#not-match? @f \"b$\")", &["a(1)", "c(3)"]),
            ("(#any-of? @f \"b\" \"c\")", &["b(2)", "c(3)"]),
        ] {
            let query = format!("((call function: (identifier) @f) @at {predicate})");
            assert_eq!(found(FileKind::Python, &query, text), wanted, "{predicate}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_query_has_a_place() {
        for (query, marked) in [
            ("(cal) @at", "cal) @at"),
            ("(call function: (identifier @at)", "@at)"),
            ("(call fun: (identifier)) @at", "fun: (identifier)) @at"),
            ("(call) @here", "(call) @here"),
            ("((call) @at (#eq? @other \"x\"))", "other \"x\"))"),
            (
                "((call) @at (#match? @at \"(\"))",
                "((call) @at (#match? @at \"(\"))",
            ),
            (
                "(call) @at\n((call) @at (#run? @at))",
                "((call) @at (#run? @at))",
            ),
            ("(call) @at ; \u{e4}", "\u{e4}"),
        ] {
            let mistake = Query::new(FileKind::Python, query).expect_err(query);
            assert_eq!(&query[mistake.at..], marked, "{}", mistake.message);
        }
        for hostile in [
            "(".repeat(4000),
            "((_) @at ".repeat(90) + &")".repeat(90),
            "\0(\u{7f}".into(),
            "\"\\".into(),
            "[[[(call) @at]]] @at \r\n(".into(),
        ] {
            let _ = Query::new(FileKind::Python, &hostile);
        }
    }

    #[test]
    fn a_query_that_never_ends_is_stopped_and_says_so() {
        let text = format!("f({})\n", "a, ".repeat(20_000));
        let grammar = Language::Python.grammar(FileKind::Python);
        let tree = grammar::parse(&grammar, text.as_bytes()).expect("a tree");
        let parts = "(identifier) @a ".repeat(6);
        let query = format!("(argument_list {parts} (integer) @at)");
        let query = Query::new(FileKind::Python, &query).expect("a query");
        let start = Instant::now();
        let matches = query.run(&tree, text.as_bytes(), &mut QueryClock::default());
        assert!(matches.cut.is_some());
        assert!(start.elapsed() < Duration::from_secs(60));
        let mut spent = QueryClock {
            left: Duration::ZERO,
        };
        let none = query.run(&tree, text.as_bytes(), &mut spent);
        assert!(none.cut.is_some() && none.places.is_empty());
    }

    #[test]
    fn a_long_file_is_asked_piece_by_piece_and_every_place_is_its_own() {
        let line = format!("# {}\nf(1)\n", "x".repeat(500));
        let text = line.repeat(5000);
        let query = "((call function: (identifier) @f arguments: (argument_list (integer))) @at \
                     (#eq? @f \"f\"))";
        let query = Query::new(FileKind::Python, query).expect("a query");
        let mut places = Vec::new();
        let mut remarks = Vec::new();
        for facts in Pieces::of(FileKind::Python, text.as_bytes()).asking(vec![&query]) {
            match facts {
                Ok(mut facts) => places.extend(facts.matches.remove(0).places),
                Err(remark) => remarks.push(remark),
            }
        }
        assert_eq!(remarks, [SkipReason::InPieces]);
        assert_eq!(places.len(), 5000);
        assert!(
            places
                .iter()
                .all(|span| text.get(span.range()) == Some("f(1)"))
        );
        assert!(places.is_sorted());
    }
}
