//! `.dockerignore` files, read as BuildKit reads them. The syntax looks like git's and is not:
//! patterns are anchored at the root of the context, and the last one that matches a path or a
//! folder above it decides.

mod pattern;

use std::path::{Component, Path};

use crate::model::Span;

pub use pattern::Pattern;

/// Patterns of one file that are read; nobody writes as many.
const MOST_PATTERNS: usize = 10_000;

/// What keeps files of a build context from the build.
#[derive(Clone, Debug, Default)]
pub struct IgnoreFile {
    /// In the order of the file.
    pub lines: Vec<Line>,
}

/// One pattern and where it stands.
#[derive(Clone, Debug)]
pub struct Line {
    /// In the file, without the blanks around it, with its `!`.
    pub span: Span,
    /// True for `!`, which takes files back in.
    pub is_exception: bool,
    /// As the builder understands it: without `!`, `.`, `..` and the slashes at either end.
    pub text: String,
    /// As written, without `!`.
    pub raw: String,
    /// `None` where it is no valid pattern: the builder refuses the whole file.
    pub pattern: Option<Pattern>,
}

impl IgnoreFile {
    pub fn parse(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let mut lines = Vec::new();
        let mut at = 0;
        for whole in text.split_inclusive('\n') {
            let start = at;
            at += whole.len();
            let line = if start == 0 {
                whole.trim_start_matches('\u{feff}')
            } else {
                whole
            };
            // Only in the first column: an indented `#` begins a pattern.
            if line.starts_with('#') || line.trim().is_empty() {
                continue;
            }
            let from = start + (whole.len() - line.len()) + (line.len() - line.trim_start().len());
            lines.push(Line::new(line.trim(), from));
            if lines.len() == MOST_PATTERNS {
                break;
            }
        }
        Self { lines }
    }

    /// Patterns that do not come from a file, such as those of `COPY --exclude`.
    pub fn of<'p>(patterns: impl IntoIterator<Item = &'p str>) -> Self {
        let lines = patterns.into_iter().map(|p| Line::new(p.trim(), 0));
        Self {
            lines: lines.collect(),
        }
    }

    /// The place of the last pattern from `from` on that matches this very path, which is relative
    /// to the root of the context.
    ///
    /// A pattern that matches a folder matches all that is in it: who walks a tree carries the
    /// greatest place of the folders above.
    pub fn last_match(&self, path: &str, from: usize) -> Option<usize> {
        let matches = |line: &Line| line.pattern.as_ref().is_some_and(|p| p.matches(path));
        let after = self.lines.get(from..)?;
        after.iter().rposition(matches).map(|n| from + n)
    }

    /// The pattern that decides about a path: the last that matches it or a folder above it.
    pub fn deciding(&self, path: &str) -> Option<(usize, &Line)> {
        let covers = |line: &Line| line.pattern.as_ref().is_some_and(|p| p.covers(path));
        let all = self.lines.iter().enumerate();
        all.rev().find(|(_, line)| covers(line))
    }

    /// True where the builder never sees the path.
    pub fn excludes(&self, path: &str) -> bool {
        self.deciding(path)
            .is_some_and(|(_, line)| !line.is_exception)
    }

    /// True where a pattern after `place` takes files back in.
    pub fn has_exception_after(&self, place: usize) -> bool {
        let after = self.lines.get(place + 1..).unwrap_or_default();
        after.iter().any(|line| line.is_exception)
    }
}

impl Line {
    fn new(trimmed: &str, at: usize) -> Self {
        let raw = trimmed.strip_prefix('!').map_or(trimmed, str::trim);
        let text = clean(raw);
        let is_exception = trimmed.starts_with('!');
        Self {
            span: Span::from_usize(at, at + trimmed.len()),
            is_exception,
            // `!/` leaves nothing to except.
            pattern: Pattern::new(&text)
                .filter(|_| !(is_exception && raw.starts_with('/') && text == ".")),
            raw: raw.to_owned(),
            text,
        }
    }
}

/// A path without `.`, `..` and doubled slashes, as far as its words tell; relative.
pub fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let is_absolute = path.starts_with('/');
    for component in Path::new(path).components() {
        match component {
            Component::Normal(part) => parts.push(part.to_str().unwrap_or_default()),
            Component::ParentDir if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            Component::ParentDir if !is_absolute => parts.push(".."),
            _ => {}
        }
    }
    if parts.is_empty() && !path.is_empty() {
        return ".".to_owned();
    }
    parts.join("/")
}

#[cfg(test)]
mod tests;
