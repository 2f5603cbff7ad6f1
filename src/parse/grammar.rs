//! The one way to run a native grammar: behind a nesting check and a clock.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use tree_sitter::{Language, ParseOptions, Parser, Tree};

use crate::guard::{LIMITS, nesting};
use crate::model::SkipReason;

/// Time to parse in, spent by one text or by all the texts of a file.
#[derive(Debug)]
pub struct Clock {
    left: Duration,
}

impl Default for Clock {
    fn default() -> Self {
        Self {
            left: Duration::from_millis(LIMITS.parse_millis),
        }
    }
}

/// Parses `text`, or says why it is refused: too deep for a native parser's stack, or too slow.
pub fn parse(language: &Language, text: &[u8]) -> Result<Tree, SkipReason> {
    parse_within(&mut Clock::default(), language, text)
}

/// How many nodes of a tree are errors, or stand for something that is missing.
pub fn errors(tree: &Tree) -> usize {
    let mut cursor = tree.walk();
    let mut count = 0;
    loop {
        let node = cursor.node();
        let is_error = node.is_error() || node.is_missing();
        count += usize::from(is_error);
        if !is_error && node.has_error() && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return count;
            }
        }
    }
}

/// Parses one of several texts that share a clock, so that many slow ones cost as much as one.
pub fn parse_within(
    clock: &mut Clock,
    language: &Language,
    text: &[u8],
) -> Result<Tree, SkipReason> {
    if text.len() as u64 > LIMITS.parse {
        return Err(SkipReason::TooLargeToParse {
            limit: LIMITS.parse,
        });
    }
    if nesting::exceeds(text, LIMITS.nesting) {
        return Err(SkipReason::TooDeep {
            limit: LIMITS.nesting,
        });
    }
    let mut parser = Parser::new();
    parser
        .set_language(language)
        .map_err(|e| SkipReason::Other(format!("the grammar does not fit: {e}")))?;
    let too_slow = SkipReason::TooSlow {
        limit: LIMITS.parse_millis,
    };
    if clock.left.is_zero() {
        return Err(too_slow);
    }
    let start = Instant::now();
    let deadline = start + clock.left;
    let mut progress = |_: &tree_sitter::ParseState| {
        if Instant::now() >= deadline {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let options = ParseOptions::new().progress_callback(&mut progress);
    let len = text.len();
    let tree = parser.parse_with_options(
        &mut |at, _| if at < len { &text[at..] } else { &[][..] },
        None,
        Some(options),
    );
    clock.left = clock.left.saturating_sub(start.elapsed());
    tree.ok_or(too_slow)
}
