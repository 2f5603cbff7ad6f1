use std::fmt::Write as _;

use crate::model::{FileKind, Level, Origin, RepoPath, Source, SourceId, Span};
use crate::policy::ConfigError;

use super::RenderContext;
use super::snippet::{Message, draw};
use super::window::{Mark, chunks};

/// A mistake in the user's configuration, or in another file that a run depends on, drawn where it
/// stands; `without` is the switch that leaves the file out.
pub fn config_error(
    path: &RepoPath,
    text: &str,
    error: &ConfigError,
    without: &str,
    cx: &RenderContext,
) -> String {
    let source = Source::new(
        SourceId(0),
        path.clone(),
        FileKind::PlimsollConfig,
        text.as_bytes(),
        Origin::Worktree,
    );
    let marks = [Mark {
        span: Span::from(error.span.clone()),
        text: String::new(),
        primary: true,
    }];
    let chunks = chunks(&source, &marks, cx.width)
        .into_iter()
        .map(|chunk| (path.clone(), chunk))
        .collect();
    let mut out = draw(
        Message {
            at: None,
            code: "configuration",
            level: Level::Error,
            text: &error.message,
            help: None,
            chunks,
        },
        cx,
    );
    let _ = writeln!(
        out,
        "plimsoll: nothing was checked: {} must be mended first, or left out with {without}",
        path.display()
    );
    out
}
