use std::collections::BTreeSet;

use crate::guard::printable;
use crate::model::{Report, Severity, SuppressedBy};

/// The last line for a person: what was found, what was checked, what was not.
pub fn summary_line(report: &Report) -> String {
    let mut parts = Vec::new();
    let counts: Vec<String> = Severity::ALL
        .into_iter()
        .filter_map(|s| match report.count(s) {
            0 => None,
            n => Some(format!("{n} {}", s.name())),
        })
        .collect();
    let total = report.findings.len();
    parts.push(if total == 0 {
        "no findings".to_owned()
    } else {
        format!("{} ({})", plural(total, "finding"), counts.join(", "))
    });
    let about: Vec<&str> = report
        .findings
        .iter()
        .filter_map(|finding| Some(finding.advice()?.purl.as_str()))
        .collect();
    let packages = BTreeSet::from_iter(&about).len();
    if packages < about.len() {
        let packages = plural(packages, "package");
        parts.push(format!("{} of them about {packages}", about.len()));
    }
    let stats = &report.stats;
    let files = usize::try_from(stats.files_checked).unwrap_or(usize::MAX);
    let mut checked = match usize::try_from(stats.commits).unwrap_or(usize::MAX) {
        0 => format!("checked {}", plural(files, "file")),
        commits => format!(
            "checked {}, {} of files",
            plural(commits, "commit"),
            plural(files, "version")
        ),
    };
    if stats.packages > 0 {
        let packages = usize::try_from(stats.packages).unwrap_or(usize::MAX);
        checked += &format!(", {}", plural(packages, "package"));
    }
    parts.push(checked);
    parts.push(format!("{} skipped", report.skipped.len()));
    let (mut ignored, mut unchanged, mut baseline, mut known, mut vex) = (0, 0, 0, 0, 0);
    for suppressed in &report.suppressed {
        match suppressed.by {
            SuppressedBy::UnchangedLine => unchanged += 1,
            SuppressedBy::KnownBefore => known += 1,
            SuppressedBy::Vex { .. } => vex += 1,
            SuppressedBy::Baseline => baseline += 1,
            SuppressedBy::Inline { .. } | SuppressedBy::Config { .. } => ignored += 1,
        }
    }
    if ignored > 0 {
        parts.push(format!("{ignored} ignored"));
    }
    if vex > 0 {
        parts.push(format!("{vex} not affected, says VEX"));
    }
    if baseline > 0 {
        parts.push(format!("{baseline} in the baseline"));
    }
    if unchanged > 0 {
        parts.push(format!("{unchanged} on unchanged lines"));
    }
    if known > 0 {
        parts.push(format!("{known} known before this change"));
    }
    parts.join("; ")
}

pub fn plural(count: usize, noun: &str) -> String {
    if count == 1 {
        format!("1 {noun}")
    } else {
        format!("{count} {noun}s")
    }
}

/// Which advisory data stood behind the dependency checks.
pub(super) fn advisory_line(report: &Report) -> Option<String> {
    let advisories = &report.tool.advisories;
    if advisories.set.is_empty() {
        return None;
    }
    let records = usize::try_from(advisories.records).unwrap_or(usize::MAX);
    let mut line = format!(
        "advisories: {} set of {}, {}",
        advisories.set,
        advisories.date,
        plural(records, "record")
    );
    for remark in advisory_remarks(report) {
        line.push_str("; warning: ");
        line.push_str(&remark);
    }
    Some(line)
}

/// What is to be said against the advisories of a run.
pub fn advisory_remarks(report: &Report) -> Vec<String> {
    let problems = report.tool.advisories.problems.iter();
    age_remark(report)
        .into_iter()
        .chain(problems.map(|problem| printable::line(problem)))
        .collect()
}

/// That they are old, where they are.
pub fn age_remark(report: &Report) -> Option<String> {
    let stale = report.tool.advisories.stale?;
    Some(format!(
        "{} days old, where {} are allowed; plimsoll db update fetches newer ones",
        stale.days, stale.max_age
    ))
}
