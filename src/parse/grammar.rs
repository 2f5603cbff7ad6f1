//! The one way to run a native grammar: behind a nesting check and a clock.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use tree_sitter::{Language, ParseOptions, Parser, Tree};

use crate::guard::{LIMITS, nesting};
use crate::model::SkipReason;

/// Parses `text`, or says why it is refused: too deep for a native parser's stack, or too slow.
pub fn parse(language: &Language, text: &[u8]) -> Result<Tree, SkipReason> {
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
    let deadline = Instant::now() + Duration::from_millis(LIMITS.parse_millis);
    let mut progress = |_: &tree_sitter::ParseState| {
        if Instant::now() >= deadline {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let options = ParseOptions::new().progress_callback(&mut progress);
    let len = text.len();
    parser
        .parse_with_options(
            &mut |at, _| if at < len { &text[at..] } else { &[][..] },
            None,
            Some(options),
        )
        .ok_or(SkipReason::TooSlow {
            limit: LIMITS.parse_millis,
        })
}
