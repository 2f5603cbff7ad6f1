//! The unified format.

use std::fmt::Write as _;
use std::ops::Range;

use gix::diff::blob::{Algorithm, Diff, InternedInput};

use super::Version;
use crate::guard::printable;
use crate::model::RepoPath;

/// Lines around a change.
const CONTEXT: usize = 3;

/// What changes from one state of a file to another; `None` before: the file is new. Lines are
/// compared as they are and shown as they may be seen.
pub fn unified(path: &RepoPath, before: Option<&Version>, after: &Version) -> String {
    let nothing = Version::default();
    let name = path.display();
    let old_name = before.map_or("/dev/null".to_owned(), |_| format!("a/{name}"));
    let before = before.unwrap_or(&nothing);
    let (old, new) = (lines(&before.raw), lines(&after.raw));
    let (old_shown, new_shown) = (lines(&before.masked), lines(&after.masked));
    let mut input = InternedInput::default();
    input.update_before(old.iter().copied());
    input.update_after(new.iter().copied());
    let mut changes: Vec<(Range<usize>, Range<usize>)> = Vec::new();
    for hunk in Diff::compute(Algorithm::Myers, &input).hunks() {
        changes.push((
            hunk.before.start as usize..hunk.before.end as usize,
            hunk.after.start as usize..hunk.after.end as usize,
        ));
    }
    let mut out = String::new();
    let near = |a: &(Range<usize>, Range<usize>), b: &(Range<usize>, Range<usize>)| {
        b.0.start - a.0.end <= 2 * CONTEXT
    };
    for group in changes.chunk_by(near) {
        let (Some(first), Some(last)) = (group.first(), group.last()) else {
            continue;
        };
        if out.is_empty() {
            let _ = writeln!(out, "--- {old_name}\n+++ b/{name}");
        }
        let lead = first.0.start.min(CONTEXT);
        let tail = (old.len() - last.0.end).min(CONTEXT);
        let _ = writeln!(
            out,
            "@@ -{} +{} @@",
            place(first.0.start - lead..last.0.end + tail),
            place(first.1.start - lead..last.1.end + tail)
        );
        let mut at = first.0.start - lead;
        for (gone, come) in group {
            put(&mut out, ' ', old_shown.get(at..gone.start));
            put(&mut out, '-', old_shown.get(gone.clone()));
            put(&mut out, '+', new_shown.get(come.clone()));
            at = gone.end;
        }
        put(&mut out, ' ', old_shown.get(at..at + tail));
    }
    out
}

/// Lines with their ends.
fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.split_inclusive(|b| *b == b'\n').collect()
}

fn place(lines: Range<usize>) -> String {
    match lines.len() {
        0 => format!("{},0", lines.start),
        1 => format!("{}", lines.start + 1),
        count => format!("{},{count}", lines.start + 1),
    }
}

fn put(out: &mut String, sign: char, lines: Option<&[&[u8]]>) {
    for line in lines.unwrap_or_default() {
        let text = String::from_utf8_lossy(line);
        let body = text.strip_suffix('\n');
        let ended = body.is_some();
        let body = body.unwrap_or(&text);
        // A carriage return at the end belongs to the line's end and does no harm there.
        let (body, end) = match body.strip_suffix('\r').filter(|_| ended) {
            Some(body) => (body, "\r\n"),
            None => (body, "\n"),
        };
        let _ = write!(out, "{sign}{}{end}", printable::block(body));
        if !ended {
            out.push_str("\\ No newline at end of file\n");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(raw: &str, masked: &str) -> Version {
        Version {
            raw: raw.as_bytes().into(),
            masked: masked.as_bytes().into(),
        }
    }

    fn diff(before: &str, after: &str) -> String {
        unified(
            &RepoPath::from("f"),
            Some(&version(before, before)),
            &version(after, after),
        )
    }

    #[test]
    fn changes_that_are_near_share_a_hunk() {
        let before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n";
        let after = before.replace("4\n5", "four\n5").replace("\n15", "");
        assert_eq!(
            diff(before, &after),
            "--- a/f\n+++ b/f\n@@ -1,7 +1,7 @@\n 1\n 2\n 3\n-4\n+four\n 5\n 6\n 7\n\
             @@ -12,5 +12,4 @@\n 12\n 13\n 14\n-15\n 16\n"
        );
        assert_eq!(diff("a\n", "a\n"), "");
    }

    #[test]
    fn ends_of_lines_and_of_files_are_kept() {
        assert_eq!(
            diff("a\r\nb", "a\r\nb\r\n"),
            "--- a/f\n+++ b/f\n@@ -1,2 +1,2 @@\n a\r\n-b\n\\ No newline at end of file\n+b\r\n"
        );
    }

    #[test]
    fn a_new_file_has_nothing_before_it() {
        assert_eq!(
            unified(&RepoPath::from("f"), None, &version("a\n", "a\n")),
            "--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+a\n"
        );
    }

    #[test]
    fn secrets_and_control_characters_do_not_get_through() {
        let shown = unified(
            &RepoPath::from("f"),
            Some(&version("p=hunter2\na\n", "p=*******\na\n")),
            &version("p=hunter2\n\u{1b}b\n", "p=*******\n\u{1b}b\n"),
        );
        assert!(shown.contains(" p=*******\n-a\n+\\x1bb\n"), "{shown}");
    }
}
