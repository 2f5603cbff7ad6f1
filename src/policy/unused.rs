//! Ignores that silence nothing, or that do not say why.

use std::collections::{BTreeMap, BTreeSet};

use crate::guard::printable;
use crate::model::{
    Edit, Evidence, FileKind, Finding, Fingerprint, Fix, Label, RepoPath, Role, Safety, Skipped,
    Source, SourceId, SourceTable, Span, UnusedSuppression,
};
use crate::rules::{SelectionError, is_same_id, names};

use super::apply::{Policy, Used, config_source};
use super::config::{FAMILY, IgnoreEntry};
use super::entry_use::EntryUse;
use super::ignore::Ignore;

pub(super) const UNUSED: &str = "policy/unused-suppression";
/// The same for the comments of other tools, which may still need them.
pub const UNUSED_PEER: &str = "policy/unused-peer-comment";
pub const WITHOUT_REASON: &str = "policy/ignore-without-reason";
/// For advisories that were changed after somebody had decided about them.
pub(super) const CHANGED: &str = "policy/outdated-ignore";
/// For advisories that are ignored although a version fixes them.
pub(super) const FIXED: &str = "policy/ignored-although-fixed";
/// The rules that speak for advisories.
const ABOUT_ADVISORIES: [&str; 5] = [
    "dependency/vulnerable",
    "dependency/malicious",
    "dependency/unmaintained",
    "dependency/unsound",
    "dependency/notice",
];
/// The same for what a baseline knows.
pub const UNUSED_ENTRY: &str = "policy/unused-baseline-entry";

impl Policy<'_> {
    /// What is to be said about the comments of all sources.
    pub(super) fn unused_comments(
        &self,
        sources: &SourceTable,
        ignores: &BTreeMap<SourceId, Vec<Used>>,
        skipped: &[Skipped],
    ) -> Vec<UnusedSuppression> {
        let mut unused = Vec::new();
        // Where a file was not checked in full, silence is no sign.
        let incomplete = skipped.iter().filter(|s| s.reason.is_incomplete());
        let incomplete: BTreeSet<&RepoPath> = incomplete.map(|s| &s.path).collect();
        for (id, ignores) in ignores {
            // Documentation shows ignores without meaning them.
            let Some(source) = sources
                .get(*id)
                .filter(|s| !matches!(s.kind, FileKind::Binary | FileKind::Markdown))
                .filter(|s| !incomplete.contains(&s.path))
            else {
                continue;
            };
            let mut lines: BTreeMap<u32, usize> = BTreeMap::new();
            for (ignore, _) in ignores {
                *lines
                    .entry(source.lines().line(ignore.span.start))
                    .or_default() += 1;
            }
            for (ignore, used) in ignores {
                let line = source.lines().line(ignore.span.start);
                let alone = lines.get(&line) == Some(&1);
                for said in self.about(ignore, used) {
                    unused.push(UnusedSuppression {
                        rule: said.rule,
                        path: source.path.clone(),
                        source: Some(*id),
                        span: said.name.map_or(ignore.span, |(_, span)| span),
                        line,
                        what: said.what,
                        fix: (said.is_dead && alone)
                            .then(|| deletion(source, ignore, said.name.map(|(at, _)| at)))
                            .flatten(),
                    });
                }
            }
        }
        unused
    }

    /// What is to be said about one comment.
    fn about(&self, ignore: &Ignore, used: &[bool]) -> Vec<About> {
        let rule = match ignore.peer {
            None => UNUSED,
            Some(_) if self.rules.is_enabled(UNUSED_PEER) => UNUSED_PEER,
            // A comment that does not count here is our own business.
            Some(_) if !self.has_its_reason(ignore) => UNUSED,
            Some(_) => return self.without_reason(ignore).into_iter().collect(),
        };
        let whole = |what: String, is_dead: bool| {
            vec![About {
                rule,
                name: None,
                what,
                is_dead,
            }]
        };
        if let Some(problem) = &ignore.problem {
            return whole(problem.clone(), false);
        }
        if let Some(day) = ignore.until.filter(|_| self.is_over(ignore.until)) {
            return whole(format!("this ignore expired after {day}"), true);
        }
        if !self.has_its_reason(ignore) {
            let what = match ignore.names_malice() {
                true => "a malicious package is ignored only with a reason",
                false => "the configuration wants a reason for every ignore",
            };
            return whole(what.into(), false);
        }
        let mut said: Vec<About> = self.without_reason(ignore).into_iter().collect();
        if let (Some(peer), true, false) =
            (ignore.peer, ignore.rules.is_empty(), used.contains(&true))
            && peer.families().iter().all(|family| self.ran(family))
        {
            said.extend(whole(
                format!("{} finds nothing here to ignore", peer.name()),
                true,
            ));
        }
        for (at, ((name, span), used)) in ignore.rules.iter().zip(used).enumerate() {
            if let Some((what, is_dead)) = self.unused_name(ignore, name).filter(|_| !used) {
                let is_whole = is_dead && ignore.rules.len() == 1;
                said.push(About {
                    rule,
                    name: (!is_whole).then_some((at, *span)),
                    what,
                    is_dead,
                });
            }
        }
        said
    }

    /// Why a name that silenced nothing is worth a word, and whether it can go.
    fn unused_name(&self, ignore: &Ignore, name: &str) -> Option<(String, bool)> {
        let nothing = || (format!("{name} finds nothing here to ignore"), true);
        let Some(peer) = ignore.peer else {
            if let Err(error) = SelectionError::check(self.rules.set(), name) {
                return Some((error.to_string(), false));
            }
            return self.ran(name).then(nothing);
        };
        if peer.is_foreign(name) {
            let what = format!("{name} is no rule of hadolint, which then drops the whole comment");
            return Some((what, false));
        }
        let mut ours = self
            .rules
            .set()
            .iter()
            .filter(|rule| rule.aliases.iter().any(|alias| is_same_id(name, alias)))
            .peekable();
        ours.peek()?;
        let ran = self.sees_everything() && ours.all(|r| self.rules.is_enabled(r.id.as_str()));
        ran.then(nothing)
    }

    fn without_reason(&self, ignore: &Ignore) -> Option<About> {
        let silent = ignore.reason.is_none() && ignore.peer.is_none_or(|peer| peer.says_why);
        (silent && self.rules.is_enabled(WITHOUT_REASON)).then(|| About {
            rule: WITHOUT_REASON,
            name: None,
            what: "this ignore does not say why".into(),
            is_dead: false,
        })
    }

    /// True where every rule that a name means took part: only then is silence a sign.
    pub(super) fn ran(&self, name: &str) -> bool {
        self.sees_everything()
            && self
                .rules
                .set()
                .iter()
                .filter(|rule| names(rule, name))
                .all(|rule| self.rules.is_enabled(rule.id.as_str()))
    }

    /// The same for an entry: one about packages that names no rule is meant for what advisories
    /// say of them.
    fn ran_for(&self, entry: &IgnoreEntry) -> bool {
        if entry.rule != FAMILY {
            return self.ran(&entry.rule);
        }
        ABOUT_ADVISORIES.iter().all(|rule| self.ran(rule))
    }

    fn sees_everything(&self) -> bool {
        !self.rules.is_narrowed()
    }

    /// What is to be said about the entries of the configuration, once everything was looked at.
    pub(super) fn unused_entries(
        &self,
        used: &[EntryUse],
        sources: &mut SourceTable,
        unused: &mut Vec<UnusedSuppression>,
    ) {
        let Some((path, text)) = &self.config_file else {
            return;
        };
        if !self.options.honour_ignores {
            return;
        }
        for (entry, used) in self.config.ignores.iter().zip(used) {
            for (rule, what) in self.about_entry(entry, used) {
                let id = config_source(path, text, sources);
                let span = Span::from(entry.span.clone());
                unused.push(UnusedSuppression {
                    rule,
                    path: path.clone(),
                    source: Some(id),
                    line: sources.get(id).map_or(1, |s| s.lines().line(span.start)),
                    span,
                    what,
                    fix: None,
                });
            }
        }
    }

    fn about_entry(&self, entry: &IgnoreEntry, used: &EntryUse) -> Vec<(&'static str, String)> {
        let subject = printable::line(entry.subject());
        if let Some(day) = entry.until.filter(|_| self.is_over(entry.until)) {
            return vec![(
                UNUSED,
                format!("the ignore of {subject} expired after {day}"),
            )];
        }
        // A commit is not held up by what became of an advisory.
        if !self.options.whole_repository {
            return Vec::new();
        }
        if !used.is_used && !used.is_outgrown && self.ran_for(entry) {
            return vec![(UNUSED, self.why_unused(entry, &subject))];
        }
        let mut said = Vec::new();
        if let Some((id, fix)) = &used.fixed {
            let (id, fix) = (printable::line(id), printable::line(fix));
            if used.is_outgrown {
                let what = format!("this ignore was to end with a fix of {id}, and {fix} is one");
                said.push((UNUSED, what));
            } else if self.rules.is_enabled(FIXED) {
                said.push((FIXED, format!("{id} is ignored, and {fix} fixes it")));
            }
        }
        if let (Some((id, day)), true) = (&used.changed, self.rules.is_enabled(CHANGED)) {
            let id = printable::line(id);
            let fix = used.fixed.as_ref().map_or_else(String::new, |(_, fix)| {
                format!("; {} fixes it now", printable::line(fix))
            });
            let what = format!("{id} was changed on {day}, after this ignore was written{fix}");
            said.push((CHANGED, what));
        }
        said
    }

    fn why_unused(&self, entry: &IgnoreEntry, subject: &str) -> String {
        let id = entry.scope.advisory.as_deref();
        match id.map(|id| self.advisories.by_id(id)) {
            Some(Some(known)) if let Some(day) = known.withdrawn => {
                format!("{subject} was withdrawn by its publisher on {day}")
            }
            // What the binary carries is far from everything.
            Some(None) if self.advisories.info().set == "imported" => {
                format!("no advisory is called {subject}")
            }
            _ => format!("the ignore of {subject} matches no finding"),
        }
    }

    /// Entries of the baseline whose finding is gone: only where the file was checked in full by
    /// the rule, or is itself gone from what was checked as a whole.
    pub(super) fn gone_from_baseline(
        &self,
        used: &[bool],
        checked: &BTreeSet<RepoPath>,
        skipped: &[Skipped],
        sources: &mut SourceTable,
        unused: &mut Vec<UnusedSuppression>,
    ) {
        let Some(file) = self.baseline else {
            return;
        };
        let incomplete = skipped.iter().filter(|s| s.reason.is_incomplete());
        let incomplete: BTreeSet<&RepoPath> = incomplete.map(|s| &s.path).collect();
        let mut there: BTreeMap<&str, bool> = BTreeMap::new();
        let mut ran: BTreeMap<&str, bool> = BTreeMap::new();
        for (entry, _) in file
            .baseline
            .entries()
            .iter()
            .zip(used)
            .filter(|(_, used)| !**used)
        {
            let path = RepoPath::from(entry.path.as_str());
            let mut is_gone = || {
                let is_there = || (self.is_there)(&path);
                !*there.entry(&entry.path).or_insert_with(is_there)
            };
            let was_judged = if checked.contains(&path) {
                !incomplete.contains(&path)
            } else {
                self.options.whole_repository && is_gone()
            };
            let could_see = *ran
                .entry(&entry.rule)
                .or_insert_with(|| self.ran(&entry.rule));
            if !could_see || !was_judged {
                continue;
            }
            let id = config_source(&file.path, &file.text, sources);
            let span = Span::from(entry.span.clone());
            unused.push(UnusedSuppression {
                rule: UNUSED_ENTRY,
                path: file.path.clone(),
                source: Some(id),
                line: sources.get(id).map_or(1, |s| s.lines().line(span.start)),
                span,
                what: format!(
                    "{} finds this in {} no more",
                    printable::line(&entry.rule),
                    path.display()
                ),
                fix: None,
            });
        }
    }

    pub(super) fn as_finding(&self, unused: &UnusedSuppression) -> Option<Finding> {
        let rule = self.rules.get(unused.rule)?;
        let severity = self.rules.severity_of(unused.rule).unwrap_or(rule.severity);
        if self.rules.min_severity.is_some_and(|min| severity < min) {
            return None;
        }
        let help = match unused.rule {
            WITHOUT_REASON => "write the reason behind the ids",
            UNUSED_ENTRY => "run plimsoll baseline prune",
            CHANGED => "read the advisory again, then renew `as-of` or delete the ignore",
            FIXED => "update the package and delete the ignore",
            _ => "delete the ignore, or fix it",
        };
        Some(Finding {
            rule: rule.id.clone(),
            aliases: rule.aliases.iter().map(str::to_owned).collect(),
            severity,
            confidence: rule.confidence,
            message: unused.what.clone(),
            labels: vec![Label {
                source: unused.source?,
                span: unused.span,
                text: String::new(),
                role: Role::Primary,
            }],
            help: Some(help.into()),
            fixes: unused.fix.clone().into_iter().collect(),
            fingerprint: Fingerprint::of(&[
                unused.rule.as_bytes(),
                unused.path.as_bytes(),
                unused.what.as_bytes(),
            ]),
            evidence: Evidence::None,
            appearance: None,
        })
    }
}

/// Something to be said about a comment, or about one of its names.
struct About {
    rule: &'static str,
    name: Option<(usize, Span)>,
    what: String,
    /// True where it can be taken away without a change in what counts.
    is_dead: bool,
}

/// Takes a comment away, or one of its names.
fn deletion(source: &Source, ignore: &Ignore, name: Option<usize>) -> Option<Fix> {
    let (span, title) = match name.filter(|_| ignore.rules.len() > 1) {
        Some(at) => (
            name_in_list(ignore, at)?,
            "Delete this name from the ignore",
        ),
        None => (whole_comment(source, ignore)?, "Delete the ignore"),
    };
    Some(Fix {
        title: title.into(),
        safety: Safety::Safe,
        edits: vec![Edit {
            source: source.id,
            span,
            with: String::new(),
        }],
        creates: Vec::new(),
    })
}

/// A name with the comma that parts it from its neighbour.
fn name_in_list(ignore: &Ignore, at: usize) -> Option<Span> {
    let (_, span) = ignore.rules.get(at)?;
    match ignore.rules.get(at + 1) {
        Some((_, next)) => Some(Span::new(span.start, next.start)),
        None => {
            let (_, before) = ignore.rules.get(at.checked_sub(1)?)?;
            Some(Span::new(before.end, span.end))
        }
    }
}

/// The line of a comment that has it to itself, or the comment with the blanks before it. Only
/// comments to the end of the line, with nothing else in them.
fn whole_comment(source: &Source, ignore: &Ignore) -> Option<Span> {
    let lines = source.lines();
    let line = lines.line(ignore.span.start);
    let range = lines.line_range(line, &source.bytes);
    let text = std::str::from_utf8(source.bytes.get(range.clone())?).ok()?;
    let marker = (ignore.span.start as usize).checked_sub(range.start)?;
    let before = text.get(..marker)?.trim_end();
    let code = ["#", "//", ";", "--"]
        .iter()
        .find_map(|leader| before.strip_suffix(leader))?
        .trim_end();
    if text.trim_end().len() != (ignore.span.end as usize).checked_sub(range.start)? {
        return None;
    }
    if !code.is_empty() {
        return Some(Span::from_usize(range.start + code.len(), range.end));
    }
    let next = lines.start(line + 1, &source.bytes);
    // Without it, a comment below could become a directive.
    let tail = source.bytes.get(next..).unwrap_or_default();
    if source.kind == FileKind::Dockerfile && line == 1 && tail.starts_with(b"#") {
        return None;
    }
    Some(Span::from_usize(range.start, next))
}
