//! The data of a Secret of Kubernetes, in YAML (templates included) or JSON.

use std::ops::Range;

/// What stands in a manifest that is a Secret.
pub const ANCHORS: &[&str] = &[
    "kind: secret",
    "\"kind\": \"secret\"",
    "\"kind\":\"secret\"",
];

/// How far from its kind a manifest is looked at.
const REACH: usize = 64 << 10;

/// Most entries of one manifest.
const MOST: usize = 256;

/// One entry of `data`: its key, and the base64 it is given.
#[derive(Debug, PartialEq, Eq)]
pub struct Entry {
    pub name: Range<usize>,
    pub value: Range<usize>,
}

/// The entries of `data` in the manifest whose kind stands at `hit`; `from` is the end of the one
/// before. Also, where this one ends.
pub fn data(text: &[u8], hit: Range<usize>, from: usize) -> (usize, Vec<Entry>) {
    if text.get(hit.start) == Some(&b'"') {
        return in_json(text, hit, from);
    }
    match is_alone(text, &hit) {
        Some(column) => in_yaml(text, hit, column, from),
        None => (hit.end, Vec::new()),
    }
}

/// The column of `kind: Secret` where nothing else stands on its line.
fn is_alone(text: &[u8], hit: &Range<usize>) -> Option<usize> {
    let before = text.get(hit.start.saturating_sub(200)..hit.start)?;
    let start = memchr::memrchr(b'\n', before).map_or(0, |feed| feed + 1);
    let before = before.get(start..)?;
    let after = text.get(hit.end..text.len().min(hit.end + 200))?;
    let end = memchr::memchr(b'\n', after).unwrap_or(after.len());
    let after = after.get(..end)?.trim_ascii();
    let indented = before.iter().all(|b| matches!(b, b' ' | b'-'));
    (indented && (after.is_empty() || after.starts_with(b"#"))).then_some(before.len())
}

/// A line of YAML: its range without the line end, and the columns of its first dash, if it has
/// one, and of what follows.
struct Line {
    range: Range<usize>,
    dash: Option<usize>,
    column: usize,
    /// Nothing, a comment, a template's action.
    is_blank: bool,
    is_mark: bool,
}

fn line(text: &[u8], range: Range<usize>) -> Line {
    let bytes = text.get(range.clone()).unwrap_or_default();
    let spaces = |from: usize| {
        let rest = bytes.get(from..).unwrap_or_default();
        from + rest.iter().take_while(|b| **b == b' ').count()
    };
    let mut column = spaces(0);
    let is_mark = bytes.starts_with(b"---") || bytes.starts_with(b"...");
    let mut dash = None;
    while !is_mark && bytes.get(column) == Some(&b'-') && bytes.get(column + 1) == Some(&b' ') {
        dash = dash.or(Some(column));
        column = spaces(column + 1);
    }
    let rest = bytes.get(column..).unwrap_or_default().trim_ascii();
    Line {
        dash,
        column,
        is_blank: rest.is_empty() || rest.starts_with(b"#") || rest.starts_with(b"{{"),
        is_mark,
        range,
    }
}

fn in_yaml(text: &[u8], hit: Range<usize>, column: usize, from: usize) -> (usize, Vec<Entry>) {
    let lines = lines_of_manifest(text, hit, column, from);
    let end = lines.last().map_or(0, |line| line.range.end);
    let mut entries = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        at += 1;
        let is_data = !line.is_blank
            && line.column == column
            && key(text, line)
                .is_some_and(|(name, rest)| text.get(name) == Some(b"data") && rest.is_empty());
        if is_data {
            at = entries_of(text, &lines, at, column, &mut entries);
        }
    }
    (end, entries)
}

/// The lines of the mapping that `kind` is a key of.
fn lines_of_manifest(text: &[u8], hit: Range<usize>, column: usize, from: usize) -> Vec<Line> {
    let floor = from.max(hit.start.saturating_sub(REACH)).min(hit.start);
    let own = hit.start - column;
    let mut lines = Vec::new();
    let mut end = own;
    let starts_here = |line: &Line| line.dash.is_some_and(|dash| dash < column);
    if !starts_here(&line(text, own..line_end(text, own))) {
        while end > floor {
            let before = text.get(floor..end - 1).unwrap_or_default();
            let start = memchr::memrchr(b'\n', before).map_or(floor, |feed| floor + feed + 1);
            let line = line(text, start..end - 1);
            if line.is_mark || (!line.is_blank && line.column < column) {
                break;
            }
            let first = starts_here(&line) && line.column == column;
            if starts_here(&line) && !first {
                break;
            }
            end = start;
            lines.push(line);
            if first {
                break;
            }
        }
    }
    lines.reverse();
    let ceiling = text.len().min(hit.end + REACH);
    let mut start = own;
    while start < ceiling {
        let line = line(text, start..line_end(text, start));
        let leaves = line.is_mark
            || (!line.is_blank && line.column < column)
            || (start != own && starts_here(&line));
        if leaves {
            break;
        }
        start = line.range.end + 1;
        lines.push(line);
    }
    lines
}

fn line_end(text: &[u8], start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    memchr::memchr(b'\n', rest).map_or(text.len(), |feed| start + feed)
}

/// The key of a line, and what stands behind its colon without comment and blanks.
fn key(text: &[u8], line: &Line) -> Option<(Range<usize>, Range<usize>)> {
    let start = line.range.start + line.column;
    let bytes = text.get(start..line.range.end)?;
    let (name, colon) = match *bytes.first()? {
        quote @ (b'"' | b'\'') => {
            let close = 1 + memchr::memchr(quote, bytes.get(1..)?)?;
            (1..close, close + 1)
        }
        _ => {
            let colon = memchr::memchr(b':', bytes)?;
            (0..colon, colon)
        }
    };
    let rest = bytes.get(colon..)?.strip_prefix(b":")?;
    let is_key = rest.first().is_none_or(u8::is_ascii_whitespace);
    let comment = memchr::memmem::find(rest, b" #").unwrap_or(rest.len());
    let value = trimmed(text, start + colon + 1..start + colon + 1 + comment);
    is_key.then_some((start + name.start..start + name.end, value))
}

/// Reads the entries below `data`, whose first line is `at`; returns the line behind them.
fn entries_of(
    text: &[u8],
    lines: &[Line],
    mut at: usize,
    column: usize,
    entries: &mut Vec<Entry>,
) -> usize {
    let deeper = |at: usize| {
        lines
            .get(at)
            .is_some_and(|line| line.is_blank || line.column > column)
    };
    let mut own: Option<usize> = None;
    while deeper(at) && entries.len() < MOST {
        let Some(line) = lines.get(at) else { break };
        at += 1;
        if line.is_blank || line.column > *own.get_or_insert(line.column) {
            continue;
        }
        let Some((name, value)) = key(text, line) else {
            continue;
        };
        let first = text.get(value.start).copied().unwrap_or_default();
        let value = if value.is_empty() || matches!(first, b'|' | b'>') {
            let block = lines.get(at..).unwrap_or_default().iter();
            let block = block.take_while(|next| !next.is_blank && next.column > line.column);
            let ranges: Vec<_> = block.map(|l| trimmed(text, l.range.clone())).collect();
            at += ranges.len();
            match (ranges.first(), ranges.last()) {
                (Some(first), Some(last)) => first.start..last.end,
                _ => continue,
            }
        } else {
            unquoted(text, value)
        };
        entries.push(Entry { name, value });
    }
    at
}

fn trimmed(text: &[u8], range: Range<usize>) -> Range<usize> {
    let bytes = text.get(range.clone()).unwrap_or_default();
    let start = range.start + (bytes.len() - bytes.trim_ascii_start().len());
    start..start + bytes.trim_ascii().len()
}

fn unquoted(text: &[u8], range: Range<usize>) -> Range<usize> {
    match text.get(range.clone()) {
        Some([b'"', .., b'"'] | [b'\'', .., b'\'']) => range.start + 1..range.end - 1,
        _ => range,
    }
}

/// The pairs of strings of the `data` that stands nearest to the kind, behind it or before.
fn in_json(text: &[u8], hit: Range<usize>, from: usize) -> (usize, Vec<Entry>) {
    let ceiling = text.len().min(hit.end + REACH);
    let floor = from.max(hit.start.saturating_sub(REACH)).min(hit.start);
    let after = text.get(hit.end..ceiling).unwrap_or_default();
    // The next manifest of a list has data of its own.
    let next = memchr::memmem::find(after, b"\"kind\"").unwrap_or(after.len());
    let after = after.get(..next).unwrap_or_default();
    let before = text.get(floor..hit.start).unwrap_or_default();
    let behind = memchr::memmem::find(after, b"\"data\"").map(|at| hit.end + at);
    let ahead = memchr::memmem::rfind(before, b"\"data\"").map(|at| floor + at);
    let mut entries = Vec::new();
    let mut end = hit.end;
    if let Some(at) = behind.or(ahead) {
        end = end.max(pairs(text, at + 6, ceiling, &mut entries));
    }
    (end, entries)
}

/// Reads `: { "name": "value", ... }`; returns where it ends.
fn pairs(text: &[u8], start: usize, ceiling: usize, entries: &mut Vec<Entry>) -> usize {
    let mut at = start;
    let mut name: Option<Range<usize>> = None;
    let mut is_open = false;
    while let Some(byte) = text.get(at).filter(|_| at < ceiling) {
        at += 1;
        match byte {
            b'{' if !is_open => is_open = true,
            b'"' if is_open && entries.len() < MOST => {
                let rest = text.get(at..ceiling).unwrap_or_default();
                let Some(length) = memchr::memchr2(b'"', b'\n', rest) else {
                    break;
                };
                let string = at..at + length;
                at = string.end + 1;
                match name.take() {
                    Some(name) => entries.push(Entry {
                        name,
                        value: string,
                    }),
                    None => name = Some(string),
                }
            }
            b':' | b',' => {}
            byte if byte.is_ascii_whitespace() => {}
            _ => break,
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(text: &str) -> Vec<(&str, &str)> {
        let lower = text.to_ascii_lowercase();
        let hits = ANCHORS.iter().find_map(|a| Some((lower.find(a)?, a.len())));
        let (at, length) = hits.expect("an anchor");
        let (_, entries) = data(text.as_bytes(), at..at + length, 0);
        entries
            .into_iter()
            .map(|entry| (&text[entry.name], &text[entry.value]))
            .collect()
    }

    #[test]
    fn data_is_read_before_and_behind_the_kind() {
        for text in [
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\ndata:\n  user: YQ==\n  \"pass\": 'Yg=='  # c\n",
            "---\napiVersion: v1\ndata:\n    user: YQ==\n    pass: \"Yg==\"\nkind: Secret\n---\ndata:\n  x: eA==\n",
            "items:\n- apiVersion: v1\n  data:\n    user: YQ==\n    pass: Yg==\n  kind: Secret\n- data:\n    x: eA==\n",
            "- kind: Secret\n  data:\n    user: YQ==\n    pass: Yg==\n",
            "kind: Secret\r\ndata:\r\n  user: YQ==\r\n  {{- if .x }}\r\n  pass: Yg==\r\n  {{- end }}\r\n",
            r#"{"kind":"Secret","data":{"user":"YQ==","pass":"Yg=="},"x":"y"}"#,
            r#"{"data": {"user": "YQ==", "pass": "Yg=="}, "kind": "Secret"}"#,
        ] {
            assert_eq!(
                entries(text),
                [("user", "YQ=="), ("pass", "Yg==")],
                "{text}"
            );
        }
    }

    #[test]
    fn a_value_may_be_a_block() {
        let text = "kind: Secret\ndata:\n  a.json: |\n    YWJj\n    ZGVm\n  b: eA==\n";
        assert_eq!(entries(text), [("a.json", "YWJj\n    ZGVm"), ("b", "eA==")]);
    }

    #[test]
    fn only_data_of_a_secret_itself_counts() {
        for text in [
            "kind: Secrets\ndata:\n  a: eA==\n",
            "kind: SecretStore\ndata:\n  a: eA==\n",
            "kind: Secret\nstringData:\n  a: eA==\n",
            "kind: Secret\nmetadata:\n  data:\n    a: eA==\n",
            "a: kind: Secret\ndata:\n  a: eA==\n",
        ] {
            assert_eq!(entries(text), [], "{text}");
        }
    }
}
