//! One message drawn by miette over windows of ours: miette's own reader walks a file from its
//! start for every label, and shows whatever lies between two of them.

use std::fmt;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError,
    MietteSpanContents, Severity as MietteSeverity, SourceCode, SourceSpan, SpanContents,
};

use unicode_width::UnicodeWidthStr;

use crate::guard::printable;
use crate::model::{Level, RepoPath};

use super::RenderContext;
use super::window::Chunk;

/// What a message says, before it is drawn.
#[derive(Debug)]
pub(super) struct Message<'m> {
    pub code: &'m str,
    pub level: Level,
    pub text: &'m str,
    /// Each on a line of its own.
    pub help: Option<Vec<String>>,
    /// What stands behind the names of files.
    pub at: Option<String>,
    /// The chunk with the cause first.
    pub chunks: Vec<(RepoPath, Chunk)>,
}

/// Draws a message.
pub(super) fn draw(message: Message<'_>, cx: &RenderContext) -> String {
    let mut windows = Vec::new();
    let mut labels = Vec::new();
    let mut offset = 0;
    let at = message.at.map_or_else(String::new, |at| format!(" ({at})"));
    for (path, chunk) in message.chunks {
        for (range, text, primary) in &chunk.marks {
            let text = (!text.is_empty()).then(|| text.clone());
            let (start, len) = (offset + range.start, range.len());
            labels.push(if *primary {
                LabeledSpan::new_primary_with_span(text, (start, len))
            } else {
                LabeledSpan::new_with_span(text, (start, len))
            });
        }
        let len = chunk.text.len();
        windows.push(Window {
            offset,
            name: format!("{}:{}:{}{at}", path.display(), chunk.line, chunk.column),
            first_line: chunk.first_line,
            text: chunk.text,
        });
        // Windows never touch, so that no label belongs to two of them.
        offset += len + 2;
    }
    let shown = Shown {
        code: printable::line(message.code),
        text: printable::line(message.text),
        help: message.help.map(|parts| {
            let room = cx.width.max(40) - HELP;
            parts
                .iter()
                .map(|p| wrapped(&printable::line(p), room))
                .collect::<Vec<_>>()
                .join("\n")
        }),
        severity: match message.level {
            Level::Error => MietteSeverity::Error,
            Level::Warning => MietteSeverity::Warning,
            Level::Note => MietteSeverity::Advice,
        },
        windows: Windows(windows),
        labels,
    };
    let theme = if cx.color {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::unicode_nocolor()
    };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(cx.width.max(40))
        .with_links(false)
        .with_wrap_lines(false)
        .without_primary_span_start();
    let mut out = String::new();
    if handler.render_report(&mut out, &shown).is_err() {
        out = format!("{}: {}\n", shown.code, shown.text);
    }
    out.trim_start_matches('\n').to_owned()
}

/// Columns that miette puts in front of help.
const HELP: usize = 8;

/// Lines of at most `room` columns, broken at blanks; a longer word stays in one piece, so that it
/// can be copied.
fn wrapped(text: &str, room: usize) -> String {
    let mut out = String::new();
    let mut used = 0;
    for word in text.split(' ') {
        let width = UnicodeWidthStr::width(word);
        if used > 0 && used + 1 + width > room {
            out.push('\n');
            used = 0;
        } else if !out.is_empty() {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        used += width;
    }
    out
}

#[derive(Debug)]
struct Window {
    /// Where it starts in miette's idea of the source.
    offset: usize,
    name: String,
    first_line: u32,
    text: String,
}

/// All windows of a message, as the source that miette asks.
#[derive(Debug)]
struct Windows(Vec<Window>);

impl SourceCode for Windows {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        _before: usize,
        _after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (start, end) = (span.offset(), span.offset() + span.len());
        let window = self
            .0
            .iter()
            .find(|w| w.offset <= start && end <= w.offset + w.text.len())
            .ok_or(MietteError::OutOfBounds)?;
        Ok(Box::new(MietteSpanContents::new_named(
            window.name.clone(),
            window.text.as_bytes(),
            (window.offset, window.text.len()).into(),
            window.first_line.saturating_sub(1) as usize,
            0,
            window.text.matches('\n').count() + 1,
        )))
    }
}

#[derive(Debug)]
struct Shown {
    code: String,
    text: String,
    help: Option<String>,
    severity: MietteSeverity,
    windows: Windows,
    labels: Vec<LabeledSpan>,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Shown {}

impl Diagnostic for Shown {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.code))
    }

    fn severity(&self) -> Option<MietteSeverity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let help = self.help.as_ref()?;
        Some(Box::new(help))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.windows)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn help_is_broken_at_blanks_and_long_words_stay_whole() {
        assert_eq!(wrapped("one two three", 7), "one two\nthree");
        assert_eq!(wrapped("a verylongword b", 5), "a\nverylongword\nb");
        assert_eq!(wrapped("short", 40), "short");
    }
}
