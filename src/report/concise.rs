use std::io::{self, Write};

use crate::guard::printable;
use crate::model::{Appearance, Report};

use super::fold::told;
use super::place::place;
use super::{RenderContext, Reporter};

/// One line a finding: `path:line:column: severity[rule] message`. What is known about one version of
/// a package is one line, too.
pub(super) struct Concise;

impl Reporter for Concise {
    fn write(&self, report: &Report, _cx: &RenderContext, w: &mut dyn Write) -> io::Result<()> {
        for told in told(&report.findings) {
            let finding = told.finding;
            let Some(at) = finding.primary().and_then(|l| place(report, l)) else {
                continue;
            };
            writeln!(
                w,
                "{}:{}:{}: {}[{}] {}{}",
                at.source.path.display(),
                at.start.line,
                at.start.column,
                finding.severity.name(),
                finding.rule,
                printable::line(&told.line()),
                finding
                    .appearance
                    .as_deref()
                    .map_or_else(String::new, since),
            )?;
        }
        Ok(())
    }
}

/// The commit that a secret first stood in, and what became of it.
fn since(appearance: &Appearance) -> String {
    let fate = appearance.fate();
    match &appearance.commit {
        Some(commit) => format!(" ({} {}, {fate})", commit.short(), commit.author_date.day()),
        None => format!(" ({fate})"),
    }
}
