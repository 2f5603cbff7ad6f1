use std::cell::OnceCell;

use crate::model::{FileKind, Source};

use super::place::Place;

/// The text under scan with what its file tells about it.
#[derive(Debug)]
pub struct Text<'a> {
    pub bytes: &'a [u8],
    pub kind: FileKind,
    source: &'a Source,
    place: OnceCell<Place>,
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
        }
    }

    pub fn place(&self) -> Place {
        *self
            .place
            .get_or_init(|| Place::of(&self.source.path, self.kind))
    }

    pub fn at(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    pub fn slice(&self, range: std::ops::Range<usize>) -> &'a [u8] {
        self.bytes.get(range).unwrap_or_default()
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
    pub fn called(&self) -> String {
        let what = match self.place() {
            Place::Test => return "this test".to_owned(),
            Place::Example => return "this example".to_owned(),
            _ => self.kind.name(),
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
