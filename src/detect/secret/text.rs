use std::cell::OnceCell;
use std::ops::Range;

use crate::model::{FileKind, Origin, RepoPath, Source};

use super::place::Place;
use super::syntax::Syntax;

/// The text under scan with what its file tells about it.
#[derive(Debug)]
pub struct Text<'a> {
    pub bytes: &'a [u8],
    pub kind: FileKind,
    source: &'a Source,
    place: OnceCell<Place>,
    syntax: OnceCell<Syntax>,
    docstrings: OnceCell<Vec<Range<usize>>>,
}

/// Longest line in which names and values are still written by people.
const LONGEST_WRITTEN_LINE: usize = 2000;

impl<'a> Text<'a> {
    pub fn new(source: &'a Source) -> Self {
        Self {
            bytes: &source.bytes,
            kind: source.kind,
            source,
            place: OnceCell::new(),
            syntax: OnceCell::new(),
            docstrings: OnceCell::new(),
        }
    }

    /// Text that stands encoded in this one at `at`.
    pub fn decoded<'b>(&self, bytes: &'b [u8], kind: FileKind, at: usize) -> Text<'b>
    where
        'a: 'b,
    {
        Text {
            bytes,
            kind,
            source: self.source,
            place: OnceCell::from(self.place(at)),
            syntax: OnceCell::from(Syntax::of(&RepoPath::from(""), kind, bytes)),
            docstrings: OnceCell::from(Vec::new()),
        }
    }

    /// What the text at `at` is for: its file's place, or an example inside an ordinary file.
    pub fn place(&self, at: usize) -> Place {
        let place = *self
            .place
            .get_or_init(|| Place::of(&self.source.path, self.kind));
        let in_example = || self.is_documented(at) || self.line_says_example(at);
        if place == Place::Ordinary && in_example() {
            return Place::Example;
        }
        place
    }

    /// How literals are written in this file.
    pub fn syntax(&self) -> Syntax {
        *self
            .syntax
            .get_or_init(|| Syntax::of(&self.source.path, self.kind, self.bytes))
    }

    /// True inside a string that documents a Python module, class or function.
    fn is_documented(&self, at: usize) -> bool {
        if self.kind.syntax() != FileKind::Python {
            return false;
        }
        let ranges = self.docstrings.get_or_init(|| docstrings(self.bytes));
        let next = ranges.partition_point(|range| range.end <= at);
        ranges.get(next).is_some_and(|range| range.contains(&at))
    }

    fn line_says_example(&self, at: usize) -> bool {
        let before = self.slice(at.saturating_sub(160)..at);
        let line = before.rsplit(|b| *b == b'\n').next().unwrap_or_default();
        let line = line.to_ascii_lowercase();
        memchr::memmem::find(&line, b"example").is_some()
            || memchr::memmem::find(&line, b"e.g.").is_some()
    }

    pub fn path(&self) -> &'a RepoPath {
        &self.source.path
    }

    pub fn at(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    pub fn slice(&self, range: Range<usize>) -> &'a [u8] {
        self.bytes.get(range).unwrap_or_default()
    }

    /// What stands before `at` on its line, at most `reach` bytes of it.
    pub fn line_before(&self, at: usize, reach: usize) -> &'a [u8] {
        let before = self.slice(at.saturating_sub(reach)..at);
        memchr::memrchr(b'\n', before)
            .map_or(before, |end| before.get(end + 1..).unwrap_or_default())
    }

    /// The file's name ends with one of these, in lower case.
    pub fn is_named(&self, ends: &[&str]) -> bool {
        let name = self.source.path.file_name().to_ascii_lowercase();
        ends.iter().any(|end| name.ends_with(end.as_bytes()))
    }

    /// True where the line around `at` is longer than people write: minified or generated text.
    pub fn is_minified(&self, at: usize) -> bool {
        let from = at.saturating_sub(LONGEST_WRITTEN_LINE / 2);
        let to = self.bytes.len().min(at + LONGEST_WRITTEN_LINE / 2);
        to - from >= LONGEST_WRITTEN_LINE / 2
            && memchr::memchr(b'\n', self.slice(from..to)).is_none()
    }

    /// What the file is called in a message: `this Dockerfile`, `this YAML file`.
    pub fn called(&self, at: usize) -> String {
        if matches!(self.source.origin, Origin::Message(_)) {
            return "this message".to_owned();
        }
        let what = match self.place(at) {
            Place::Test => return "this test".to_owned(),
            Place::Example => return "this example".to_owned(),
            _ => self.source.kind.name(),
        };
        let complete = what.contains('.')
            || ["file", "script", "manifest", "workflow", "configuration"]
                .iter()
                .any(|end| what.ends_with(end));
        if complete {
            format!("this {what}")
        } else {
            format!("this {what} file")
        }
    }
}

/// Names whose long strings document a module as well.
const DOCUMENTING: &[&[u8]] = &[b"DOCUMENTATION", b"EXAMPLES", b"RETURN"];

/// Ranges of the triple-quoted strings that stand alone or are given to a documenting name.
fn docstrings(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(quote) = memchr::memchr2_iter(b'"', b'\'', bytes.get(at..).unwrap_or_default())
        .map(|offset| at + offset)
        .find(|quote| is_triple(bytes, *quote))
    {
        let mark = bytes.get(quote..quote + 3).unwrap_or_default();
        let body = bytes.get(quote + 3..).unwrap_or_default();
        let end = memchr::memmem::find(body, mark).map_or(bytes.len(), |n| quote + 6 + n);
        let before = bytes
            .get(quote.saturating_sub(80)..quote)
            .unwrap_or_default();
        let line = before.rsplit(|b| *b == b'\n').next().unwrap_or_default();
        let line = line.trim_ascii().trim_ascii_end();
        let line = line
            .strip_suffix(b"r")
            .or(line.strip_suffix(b"u"))
            .unwrap_or(line);
        if line.is_empty() || DOCUMENTING.iter().any(|name| line.starts_with(name)) {
            found.push(quote..end);
        }
        at = end;
    }
    found
}

fn is_triple(bytes: &[u8], at: usize) -> bool {
    matches!(bytes.get(at..at + 3), Some([a, b, c]) if a == b && b == c)
}

#[cfg(test)]
mod tests {
    use super::docstrings;

    #[test]
    fn only_strings_that_document_are_documentation() {
        let text = b"r\"\"\"one\"\"\"\nKEY = \"\"\"two\"\"\"\nEXAMPLES = r\'\'\'three\'\'\'\n";
        let found: Vec<_> = docstrings(text)
            .into_iter()
            .map(|r| text[r].to_vec())
            .collect();
        assert_eq!(found, [&b"\"\"\"one\"\"\""[..], b"\'\'\'three\'\'\'"]);
    }
}
