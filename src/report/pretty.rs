use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::guard::printable;
use crate::model::{Appearance, Finding, Label, Report, Role, SkipReason, SourceId};

use super::fold::{Told, told};
use super::place::place;
use super::snippet::{Message, draw};
use super::summary::{advisory_line, plural, summary_line};
use super::window::{Mark, chunks};
use super::{RenderContext, Reporter};

/// For people: every finding with its window, then one line that says what was looked at.
pub(super) struct Pretty;

/// Findings of one rule in one file that are drawn; the others get a line each.
const DRAWN: usize = 3;
/// Lines for those others, before a count takes over.
const LISTED: usize = 20;
/// Skipped files that are listed without `--verbose`.
const SKIPPED: usize = 5;

impl Reporter for Pretty {
    fn write(&self, report: &Report, cx: &RenderContext, w: &mut dyn Write) -> io::Result<()> {
        // Of a large file, several parts may be at hand.
        let file = |finding: &Finding| {
            let source = report.sources.get(finding.primary()?.source)?;
            Some(source.path.clone())
        };
        for findings in report.findings.chunk_by(|a, b| file(a) == file(b)) {
            of_one_file(report, findings, cx, w)?;
        }
        skipped(report, cx, w)?;
        writeln!(w, "plimsoll: {}", summary_line(report))?;
        if let Some(line) = advisory_line(report) {
            writeln!(w, "          {}", printable::line(&line))?;
        }
        if !report.tool.policy.is_empty() {
            let policy = report.tool.policy.join(", ");
            writeln!(w, "          policy: {}", printable::line(&policy))?;
        }
        if let Some(hint) = &cx.hint {
            writeln!(w, "          {}", printable::line(hint))?;
        }
        Ok(())
    }
}

/// The findings of one file: the first ones of every rule are drawn, the others are lines below.
fn of_one_file(
    report: &Report,
    findings: &[Finding],
    cx: &RenderContext,
    w: &mut dyn Write,
) -> io::Result<()> {
    let mut by_rule: BTreeMap<&str, Vec<Told<'_>>> = BTreeMap::new();
    for told in told(findings) {
        let same = by_rule.entry(told.finding.rule.as_str()).or_default();
        if same.len() < DRAWN {
            writeln!(w, "{}", message(report, &told, cx))?;
        }
        same.push(told);
    }
    for (rule, same) in by_rule {
        let more = same.get(DRAWN..).unwrap_or_default();
        if more.is_empty() {
            continue;
        }
        writeln!(w, "{} more of {rule}:", more.len())?;
        for told in more.iter().take(LISTED) {
            if let Some(at) = told.finding.primary().and_then(|l| place(report, l)) {
                writeln!(
                    w,
                    "  {}:{}:{}  {}",
                    at.source.path.display(),
                    at.start.line,
                    at.start.column,
                    printable::line(&told.line())
                )?;
            }
        }
        if more.len() > LISTED {
            writeln!(
                w,
                "  and {} more; --format concise lists them all",
                more.len() - LISTED
            )?;
        }
        writeln!(w)?;
    }
    Ok(())
}

fn message(report: &Report, told: &Told<'_>, cx: &RenderContext) -> String {
    let finding = told.finding;
    let own_words = told.label();
    let mut by_source: Vec<(SourceId, Vec<Mark>)> = Vec::new();
    let is_step = |label: &&Label| matches!(label.role, Role::Flow(_));
    let steps = finding.labels.iter().filter(is_step).count();
    let cause = finding.primary();
    for label in &finding.labels {
        let same_place = |other: &&Label| other.source == label.source && other.span == label.span;
        // One place has one label: the cause speaks, with the number of the step that it is.
        let text = match label.role {
            Role::Flow(_) | Role::Secondary
                if cause.filter(same_place).is_some_and(|c| !c.text.is_empty()) =>
            {
                continue;
            }
            Role::Flow(n) if steps > 1 => format!("{n}. {}", label.text),
            Role::Primary if !label.text.is_empty() && steps > 1 => {
                let step = finding.labels.iter().filter(same_place).find(is_step);
                match step.map(|step| step.role) {
                    Some(Role::Flow(n)) => format!("{n}. {}", label.text),
                    _ => label.text.clone(),
                }
            }
            Role::Primary => own_words.clone().unwrap_or_else(|| label.text.clone()),
            Role::Flow(_) | Role::Secondary => label.text.clone(),
        };
        let mark = Mark {
            span: label.span,
            text,
            primary: label.role == Role::Primary,
        };
        match by_source.iter_mut().find(|(id, _)| *id == label.source) {
            Some((_, marks)) => marks.push(mark),
            None => by_source.push((label.source, vec![mark])),
        }
    }
    let chunks = by_source
        .iter()
        .filter_map(|(id, marks)| Some((report.sources.get(*id)?, marks)))
        .flat_map(|(source, marks)| {
            chunks(source, marks, cx.width)
                .into_iter()
                .map(|chunk| (source.path.clone(), chunk))
        })
        .collect();
    let help = told.help(cx.verbose);
    let code = format!("{} ({})", finding.rule, finding.severity.name());
    draw(
        Message {
            code: &code,
            at: finding.appearance.as_deref().and_then(since),
            level: finding.severity.level(),
            text: &told.message(),
            help: (!help.is_empty()).then_some(help),
            chunks,
        },
        cx,
    )
}

/// The commit that a secret first stood in.
fn since(appearance: &Appearance) -> Option<String> {
    let commit = appearance.commit.as_ref()?;
    let kind = if commit.is_tag { "tag" } else { "commit" };
    let day = commit.author_date.day();
    Some(format!("{kind} {} of {day}", commit.short()))
}

/// What was not scanned: the reasons that cost something one by one, the others as a count.
fn skipped(report: &Report, cx: &RenderContext, w: &mut dyn Write) -> io::Result<()> {
    let (incomplete, usual): (Vec<_>, Vec<_>) = report
        .skipped
        .iter()
        .partition(|s| s.reason.is_incomplete());
    let shown = |all: usize| if cx.verbose { all } else { all.min(SKIPPED) };
    if !incomplete.is_empty() {
        writeln!(w, "not checked, or not in full:")?;
        for one in incomplete.iter().take(shown(incomplete.len())) {
            writeln!(
                w,
                "  - {}: {}",
                one.path.display(),
                printable::line(&one.reason.to_string())
            )?;
        }
        if shown(incomplete.len()) < incomplete.len() {
            let rest = incomplete.len() - shown(incomplete.len());
            writeln!(w, "  and {}; -v lists them", plural(rest, "more file"))?;
        }
        writeln!(w)?;
    }
    let files = |is: fn(&SkipReason) -> bool| usual.iter().filter(|s| is(&s.reason)).count();
    let vendored = files(SkipReason::is_vendored);
    let tests = files(|reason| matches!(reason, SkipReason::UnitTests));
    for (count, of, option) in [
        (vendored, "vendored or minified code", "--vendored"),
        (tests, "unit tests and examples", "--tests"),
    ] {
        if !cx.verbose && count > 0 {
            let files = plural(count, "file");
            writeln!(
                w,
                "left out: {files} of {of}; {option} judges them, -v lists them\n"
            )?;
        }
    }
    if cx.verbose && !usual.is_empty() {
        writeln!(w, "left out on purpose:")?;
        for one in usual {
            writeln!(
                w,
                "  - {}: {}",
                one.path.display(),
                printable::line(&one.reason.to_string())
            )?;
        }
        writeln!(w)?;
    }
    Ok(())
}
