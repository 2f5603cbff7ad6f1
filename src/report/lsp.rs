use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use serde_json::{Value, json};

use crate::model::{Finding, Label, Level, RepoPath, Report, Role};

use super::place::place;
use super::{RenderContext, Reporter};

/// LSP diagnostics: one `PublishDiagnosticsParams` a line and file (LSP 3.17), 0-based UTF-16
/// positions.
pub(super) struct Lsp;

impl Reporter for Lsp {
    fn write(&self, report: &Report, cx: &RenderContext, w: &mut dyn Write) -> io::Result<()> {
        let root = cx.root.as_deref().unwrap_or(Path::new("/"));
        // Of a large file, several parts may be at hand: an editor wants all of it in one message.
        let mut files: BTreeMap<RepoPath, Vec<Value>> = BTreeMap::new();
        for finding in &report.findings {
            let Some(label) = finding.primary() else {
                continue;
            };
            if let Some(diagnostic) = diagnostic(report, finding, root) {
                let path = report.sources.get(label.source).map(|s| file_of(&s.path));
                files
                    .entry(path.unwrap_or_default())
                    .or_default()
                    .push(diagnostic);
            }
        }
        for (path, diagnostics) in files {
            let params = json!({
                "uri": file_uri(root, &path),
                "diagnostics": diagnostics,
            });
            writeln!(w, "{params}")?;
        }
        Ok(())
    }
}

fn diagnostic(report: &Report, finding: &Finding, root: &Path) -> Option<Value> {
    let primary = finding.primary()?;
    let related: Vec<Value> = finding
        .labels
        .iter()
        .filter(|l| l.role != Role::Primary && !l.text.is_empty())
        .filter_map(|label| {
            let at = place(report, label)?;
            Some(json!({
                "location": {
                    "uri": file_uri(root, &file_of(&at.source.path)),
                    "range": range(report, label)?,
                },
                "message": label.text,
            }))
        })
        .collect();
    let at = place(report, primary)?;
    let mut message = match at.source.path.in_archive() {
        Some((_, member)) => {
            let member = RepoPath::new(member).display();
            let (line, column) = (at.start.line, at.start.column);
            format!("{member}:{line}:{column}: {}", finding.message)
        }
        None => finding.message.clone(),
    };
    if let Some(help) = &finding.help {
        message.push('\n');
        message.push_str(help);
    }
    Some(json!({
        "range": range(report, primary)?,
        "severity": match finding.severity.level() {
            Level::Error => 1,
            Level::Warning => 2,
            Level::Note => 3,
        },
        "code": finding.rule.as_str(),
        "source": "plimsoll",
        "message": message,
        "relatedInformation": related,
        "data": { "fingerprint": finding.fingerprint.to_string() },
    }))
}

/// The file that an editor can open.
fn file_of(path: &RepoPath) -> RepoPath {
    path.in_archive()
        .map_or_else(|| path.clone(), |(file, _)| file)
}

/// Positions count from 0 here. An archive has none.
fn range(report: &Report, label: &Label) -> Option<Value> {
    let at = place(report, label)?;
    if at.source.path.in_archive().is_some() {
        let start = json!({ "line": 0, "character": 0 });
        return Some(json!({ "start": start, "end": start }));
    }
    let zero = |p: crate::text::Position| json!({ "line": p.line - 1, "character": p.column - 1 });
    Some(json!({ "start": zero(at.start_utf16), "end": zero(at.end_utf16) }))
}

fn file_uri(root: &Path, path: &RepoPath) -> String {
    let mut uri = String::from("file://");
    let root = root.as_os_str().as_encoded_bytes();
    if !root.starts_with(b"/") {
        uri.push('/');
    }
    super::uri::encode_path(root, &mut uri);
    if !root.ends_with(b"/") {
        uri.push('/');
    }
    super::uri::encode_path(path.as_bytes(), &mut uri);
    uri
}
