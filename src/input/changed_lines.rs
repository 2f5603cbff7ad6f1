use gix::diff::blob::{Algorithm, Diff, InternedInput};

use crate::model::ChangedLines;
use crate::text::{LineIndex, decode};

/// Most lines of either side that are compared one by one; of a longer change, every line from its
/// first to its last counts as changed.
const LIMIT: usize = 100_000;

/// The lines of `after` that are not in `before`, and the two neighbours of every removal, so that
/// what a removal causes beside itself can be seen.
///
/// Lines are compared without their ends: a file that only changed from CRLF to LF has no changed
/// line.
pub(super) fn changed_lines(before: &[u8], after: &[u8]) -> ChangedLines {
    let (_, before) = decode(before);
    let (_, after) = decode(after);
    let old = lines(&before);
    let new = lines(&after);
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let tail = old[head..]
        .iter()
        .rev()
        .zip(new[head..].iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let old = &old[head..old.len() - tail];
    let count = new.len();
    let new = &new[head..count - tail];
    let mut ranges = Ranges {
        ranges: Vec::new(),
        count,
    };
    if old.len() > LIMIT || new.len() > LIMIT {
        ranges.add(head, head + new.len());
    } else {
        let mut input = InternedInput::default();
        input.update_before(old.iter().copied());
        input.update_after(new.iter().copied());
        for hunk in Diff::compute(Algorithm::Myers, &input).hunks() {
            ranges.add(
                head + hunk.after.start as usize,
                head + hunk.after.end as usize,
            );
        }
    }
    ChangedLines(ranges.ranges)
}

/// True where at least half of the longer text's lines are in the other one too, blank ones apart.
pub(super) fn is_similar(before: &[u8], after: &[u8]) -> bool {
    let says_something = |line: &&[u8]| !line.trim_ascii().is_empty();
    let old: Vec<&[u8]> = lines(before).into_iter().filter(says_something).collect();
    let new: Vec<&[u8]> = lines(after).into_iter().filter(says_something).collect();
    let longest = old.len().max(new.len());
    if longest == 0 || longest > LIMIT || old.len().min(new.len()) * 2 < longest {
        return false;
    }
    let mut input = InternedInput::default();
    input.update_before(old.iter().copied());
    input.update_after(new.iter().copied());
    let diff = Diff::compute(Algorithm::Myers, &input);
    let kept = new.len() - diff.count_additions() as usize;
    kept * 2 >= longest
}

fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    let index = LineIndex::new(bytes);
    (1..=index.count())
        .map(|line| &bytes[index.line_range(line, bytes)])
        .collect()
}

struct Ranges {
    ranges: Vec<(u32, u32)>,
    count: usize,
}

impl Ranges {
    /// Adds the lines `start..end`, counted from 0; an empty range stands for a removal there.
    fn add(&mut self, start: usize, end: usize) {
        let (first, last) = if start < end {
            (start + 1, end)
        } else {
            (start.max(1), (start + 1).min(self.count).max(1))
        };
        let narrow = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let (first, last) = (narrow(first), narrow(last));
        match self.ranges.last_mut() {
            Some(range) if first <= range.1.saturating_add(1) => range.1 = range.1.max(last),
            _ => self.ranges.push((first, last)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(before: &str, after: &str) -> Vec<(u32, u32)> {
        changed_lines(before.as_bytes(), after.as_bytes()).0
    }

    #[test]
    fn added_and_altered_lines_are_changed() {
        assert_eq!(changed("a\nb\nc\n", "a\nB\nc\nd\n"), [(2, 2), (4, 4)]);
        assert_eq!(changed("", "a\nb\n"), [(1, 2)]);
        assert_eq!(changed("a\n", "a\n"), []);
    }

    #[test]
    fn a_removal_marks_the_lines_on_both_sides_of_it() {
        assert_eq!(changed("a\nb\nc\nd\n", "a\nd\n"), [(1, 2)]);
        assert_eq!(changed("a\nb\nc\n", "b\nc\n"), [(1, 1)]);
        assert_eq!(changed("a\nb\n", ""), [(1, 1)]);
    }

    #[test]
    fn line_ends_and_encodings_are_no_changes() {
        assert_eq!(changed("a\nb\n", "a\r\nb\r\n"), []);
        let utf16: Vec<u8> = std::iter::once(0xfeff)
            .chain("a\nb\nc\n".encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(changed_lines(b"a\nc\n", &utf16).0, [(2, 2)]);
    }

    #[test]
    fn a_file_with_bare_carriage_returns_has_lines_too() {
        assert_eq!(changed("a\rb\rc\r", "a\rB\rc\r"), [(2, 2)]);
    }

    #[test]
    fn a_change_too_long_to_compare_counts_whole() {
        let old: String = (0..LIMIT + 10).map(|n| format!("a{n}\n")).collect();
        let new: String = (0..LIMIT + 10).map(|n| format!("b{n}\n")).collect();
        let lines = u32::try_from(LIMIT + 10).expect("small");
        assert_eq!(changed(&old, &new), [(1, lines)]);
    }

    #[test]
    fn half_of_the_lines_make_a_file_similar() {
        assert!(is_similar(b"a\nb\nc\nd", b"a\nb\nx\ny"));
        assert!(!is_similar(b"a\nb\nc\nd", b"a\nw\nx\ny"));
        assert!(!is_similar(b"a", b"a\nb\nc\nd"));
        assert!(!is_similar(b"a\n\n", b"b\n\n"));
    }
}
