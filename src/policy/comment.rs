//! Inline ignores: `# plimsoll: ignore[rule, ...] reason, until=2027-01-31`.

use crate::model::{Source, Span};

use super::Date;
use super::ignore::{Ignore, Reach};

const MARKER: &[u8] = b"plimsoll:";

/// What may stand before the marker in the comment syntaxes of the field.
const LEADERS: [&str; 8] = ["#", "//", "--", "/*", "<!--", ";", "*", "%"];
/// What ends a comment on its own line.
const TRAILERS: [&str; 4] = ["*/}", "*/", "-->", "#}"];
/// Ignore comments of one source that are read; more than any person writes.
const MOST: usize = 10_000;

/// All ignore comments of a source.
pub fn inline_ignores(source: &Source) -> Vec<Ignore> {
    memchr::memmem::find_iter(&source.bytes, MARKER)
        .filter_map(|at| read(source, at))
        .take(MOST)
        .collect()
}

fn read(source: &Source, at: usize) -> Option<Ignore> {
    let lines = source.lines();
    let line = lines.line(u32::try_from(at).ok()?);
    let range = lines.line_range(line, &source.bytes);
    let before = String::from_utf8_lossy(source.bytes.get(range.start..at)?).into_owned();
    if !is_comment_start(&before) {
        return None;
    }
    let text = std::str::from_utf8(source.bytes.get(at..range.end)?).ok()?;
    let text = text.trim_end();
    let text = TRAILERS
        .iter()
        .find_map(|end| text.strip_suffix(end))
        .unwrap_or(text)
        .trim_end();
    let rest = text[MARKER.len()..].trim_start();
    let body = rest.strip_prefix("ignore")?.trim_start();
    let span = Span::from_usize(at, at + text.len());
    let (first, last) = covered(source, line, before.trim_start());
    let mut ignore = Ignore {
        peer: None,
        span,
        rules: Vec::new(),
        reason: None,
        until: None,
        problem: None,
        reach: Reach::lines(first, last),
    };
    let listed = body.strip_prefix('[').and_then(|b| b.split_once(']'));
    let Some((names, tail)) = listed else {
        ignore.problem = Some("an ignore names its rules: ignore[family/rule] reason".into());
        return Some(ignore);
    };
    let mut from = at + (names.as_ptr() as usize - text.as_ptr() as usize);
    for name in names.split(',') {
        let lead = name.len() - name.trim_start().len();
        let trimmed = name.trim();
        if !trimmed.is_empty() {
            let start = from + lead;
            ignore.rules.push((
                trimmed.to_owned(),
                Span::from_usize(start, start + trimmed.len()),
            ));
        }
        from += name.len() + 1;
    }
    if ignore.rules.is_empty() {
        ignore.problem = Some("an ignore names its rules: ignore[family/rule] reason".into());
    }
    read_tail(tail, &mut ignore);
    Some(ignore)
}

/// The reason, and an expiry wherever it stands.
fn read_tail(tail: &str, ignore: &mut Ignore) {
    let mut reason = tail.trim().to_owned();
    if let Some(at) = reason.find("until=") {
        let day: String = reason[at + 6..]
            .chars()
            .take_while(|c| c.is_ascii_digit() || *c == '-')
            .collect();
        match Date::parse(&day) {
            Some(date) => ignore.until = Some(date),
            None => ignore.problem = Some(format!("\"until={day}\" is not a day (YYYY-MM-DD)")),
        }
        reason.replace_range(at..at + 6 + day.len(), "");
    }
    let reason = reason.trim().trim_matches([',', ':']).trim();
    if !reason.is_empty() {
        ignore.reason = Some(reason.to_owned());
    }
}

/// True where the text before the marker ends with a comment leader that is not inside a string.
fn is_comment_start(before: &str) -> bool {
    let trimmed = before.trim_end();
    let Some(leader) = LEADERS.iter().find(|l| trimmed.ends_with(**l)) else {
        return false;
    };
    let code = &trimmed[..trimmed.len() - leader.len()];
    let plain = code
        .replace("\\\\", "")
        .replace("\\\"", "")
        .replace("\\'", "");
    let odd = |quote: char| plain.matches(quote).count() % 2 == 1;
    !odd('"') && !odd('\'') && !odd('`')
}

/// A trailing comment covers its line; one on a line of its own covers the statement below it.
fn covered(source: &Source, line: u32, before: &str) -> (u32, u32) {
    let own_line = LEADERS
        .iter()
        .any(|leader| before.trim_end() == *leader || before.trim_end() == format!("{{{leader}"));
    if !own_line {
        return (line, line);
    }
    let text = |n: u32| source.text(source.lines().line_range(n, &source.bytes).into());
    let last = source.lines().count();
    let mut first = line + 1;
    while first < last && is_skippable(&text(first)) {
        first += 1;
    }
    (line, statement_end(source, first.min(last)))
}

fn is_skippable(line: &str) -> bool {
    let line = line.trim_start();
    line.is_empty()
        || ["#", "//", "--", "<!--"]
            .iter()
            .any(|l| line.starts_with(l))
}

/// Longest statement that one comment covers, in lines.
const STATEMENT: u32 = 400;

/// The last line of the statement that starts on `first`: through continuations, open brackets and
/// heredocs, in whatever language.
pub(super) fn statement_end(source: &Source, first: u32) -> u32 {
    let last = source.lines().count().min(first.saturating_add(STATEMENT));
    let mut depth = 0i64;
    let mut heredocs: Vec<String> = Vec::new();
    let mut line = first;
    let mut continues = false;
    while line <= last {
        let text = source.text(source.lines().line_range(line, &source.bytes).into());
        let trimmed = text.trim();
        if let Some(end) = heredocs.first() {
            if trimmed == end {
                heredocs.remove(0);
            }
        } else if !(continues && (trimmed.is_empty() || trimmed.starts_with('#'))) {
            for byte in trimmed.bytes() {
                match byte {
                    b'(' | b'[' | b'{' => depth += 1,
                    b')' | b']' | b'}' => depth -= 1,
                    _ => {}
                }
            }
            heredocs.extend(heredoc_ends(trimmed));
            continues = trimmed.ends_with('\\') || trimmed.ends_with('`');
        }
        if !continues && depth <= 0 && heredocs.is_empty() {
            break;
        }
        line += 1;
    }
    line.min(last)
}

/// The terminators of the heredocs that a line opens.
fn heredoc_ends(line: &str) -> Vec<String> {
    line.match_indices("<<")
        .filter_map(|(at, _)| {
            let rest = line[at + 2..].trim_start_matches('-');
            let word: String = rest
                .trim_start_matches(['"', '\''])
                .chars()
                .take_while(|c| c.is_alphanumeric() || "_.".contains(*c))
                .collect();
            (!word.is_empty() && !word.starts_with(|c: char| c.is_ascii_digit())).then_some(word)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FileKind, Origin, RepoPath, SourceId};

    fn ignores(text: &str) -> Vec<Ignore> {
        inline_ignores(&Source::new(
            SourceId(0),
            RepoPath::from("f"),
            FileKind::Text,
            text.as_bytes(),
            Origin::Buffer,
        ))
    }

    #[test]
    fn rules_reason_and_expiry_are_read() {
        let found = ignores("x # plimsoll: ignore[a/b, c] tested by hand, until=2027-01-31\n");
        assert_eq!(found[0].rules[1].0, "c");
        assert_eq!(found[0].reason.as_deref(), Some("tested by hand"));
        assert_eq!(found[0].until, Date::parse("2027-01-31"));
        assert_eq!(found[0].reach.lines, (1, 1));
    }

    #[test]
    fn a_comment_above_covers_the_whole_statement() {
        let text =
            "# plimsoll: ignore[a/b] x\n\nRUN a \\\n  # note\n  && b <<EOF\nbody\nEOF\nRUN c\n";
        assert_eq!(ignores(text)[0].reach.lines, (1, 7));
    }

    #[test]
    fn every_comment_syntax_is_understood_and_strings_are_not_comments() {
        for text in [
            "/* plimsoll: ignore[a/b] x */",
            "<!-- plimsoll: ignore[a/b] x -->",
            "-- plimsoll: ignore[a/b] x",
            "; plimsoll: ignore[a/b] x",
        ] {
            let found = ignores(text);
            assert_eq!(found[0].reason.as_deref(), Some("x"), "{text}");
        }
        assert!(ignores("s = \"# plimsoll: ignore[a/b] x\"").is_empty());
        assert!(ignores("see plimsoll: ignore[a/b]").is_empty());
    }

    #[test]
    fn a_blanket_ignore_is_a_problem_not_an_ignore() {
        let found = ignores("# plimsoll: ignore\nx\n");
        assert!(found[0].problem.is_some() && found[0].rules.is_empty());
    }
}
