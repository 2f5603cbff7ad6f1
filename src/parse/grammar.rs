//! The one way to run a native grammar: behind a nesting check and a clock.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use tree_sitter::{Language, Node, ParseOptions, Parser, Point, Tree};

use crate::guard::{LIMITS, nesting};
use crate::model::SkipReason;

/// What a grammar gets through in a millisecond at the least, where nothing is odd.
const BYTES_A_MILLISECOND: u64 = 2000;

/// Time to parse in, spent by one text or by all the texts of a file.
#[derive(Debug)]
pub struct Clock {
    left: Duration,
}

impl Clock {
    /// Time for a text of this length that is parsed in parts: a long one may take longer.
    pub fn of_length(bytes: usize) -> Self {
        let more = bytes as u64 / BYTES_A_MILLISECOND;
        Self {
            left: Duration::from_millis(LIMITS.parse_millis + more),
        }
    }
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
    let mut count = 0;
    for_each_error(tree, |_| count += 1);
    count
}

/// The outermost nodes that are errors, or stand for something that is missing.
pub fn for_each_error(tree: &Tree, mut see: impl FnMut(Node<'_>)) {
    let mut cursor = tree.walk();
    loop {
        let node = cursor.node();
        let is_error = node.is_error() || node.is_missing();
        if is_error {
            see(node);
        }
        if !is_error && node.has_error() && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return;
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
    run(clock, language, text, &Part::default())
}

/// Where a part of a text stands.
#[derive(Clone, Debug, Default)]
pub struct Part<'t> {
    /// Its first byte in the whole text.
    pub start: usize,
    /// What is read before it, in order: where each stands, and itself.
    pub openings: Vec<(usize, &'t [u8])>,
}

/// Parses a part of a text that was checked for its depth.
pub fn parse_part(
    clock: &mut Clock,
    language: &Language,
    text: &[u8],
    part: &Part<'_>,
) -> Result<Tree, SkipReason> {
    // What is slow must leave time for what comes after it.
    let mut share = Clock {
        left: clock.left / 2,
    };
    let tree = run(&mut share, language, text, part);
    clock.left = clock.left / 2 + share.left;
    tree
}

/// The time that this thread has worked: how busy the machine is changes no result.
#[cfg(unix)]
pub(super) fn now() -> Duration {
    use rustix::time::{ClockId, clock_gettime};
    let now = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(now.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(now.tv_nsec).unwrap_or(0))
}

#[cfg(not(unix))]
pub(super) fn now() -> Duration {
    use std::sync::LazyLock;
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed()
}

fn run(
    clock: &mut Clock,
    language: &Language,
    text: &[u8],
    part: &Part<'_>,
) -> Result<Tree, SkipReason> {
    let mut parser = Parser::new();
    parser
        .set_language(language)
        .map_err(|e| SkipReason::Other(format!("the grammar does not fit: {e}")))?;
    if part.start > 0 {
        // Nobody asks for rows and columns, and no range of a file reaches into another's rows.
        let range = |start: usize, bytes: &[u8], row: usize| tree_sitter::Range {
            start_byte: start,
            end_byte: start + bytes.len(),
            start_point: Point::new(row, 0),
            end_point: Point::new(row, usize::MAX),
        };
        let openings = part.openings.iter().enumerate();
        let mut ranges: Vec<_> = openings
            .map(|(row, (at, text))| range(*at, text, row))
            .collect();
        ranges.push(range(part.start, text, ranges.len()));
        parser
            .set_included_ranges(&ranges)
            .map_err(|e| SkipReason::Other(e.to_string()))?;
    }
    let read = |at: usize| match at.checked_sub(part.start) {
        Some(at) => text.get(at..).unwrap_or(&[]),
        None => {
            let mut openings = part.openings.iter();
            let found = openings.find_map(|(start, text)| text.get(at.checked_sub(*start)?..));
            found.unwrap_or(&[])
        }
    };
    let too_slow = SkipReason::TooSlow {
        limit: LIMITS.parse_millis,
    };
    if clock.left.is_zero() {
        return Err(too_slow);
    }
    let start = now();
    let deadline = start + clock.left;
    let mut looked = Instant::now();
    let mut progress = |_: &tree_sitter::ParseState| {
        // The thread's own clock takes as long to read as a few steps of the parser, and a step may
        // take any time: the cheap clock says when it is worth it.
        let at = Instant::now();
        if at.duration_since(looked) < Duration::from_millis(1) {
            return ControlFlow::Continue(());
        }
        looked = at;
        match now() >= deadline {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    };
    let options = ParseOptions::new().progress_callback(&mut progress);
    let tree = parser.parse_with_options(&mut |at, _| read(at), None, Some(options));
    clock.left = clock.left.saturating_sub(now().saturating_sub(start));
    tree.ok_or(too_slow)
}
