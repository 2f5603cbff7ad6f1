use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::advisory::Advisories;
use crate::engine::Scan;
use crate::model::{
    AdvisoryInfo, Evidence, FileKind, Finding, Fingerprint, Origin, RepoPath, Report, Role, Source,
    SourceId, SourceTable, Suppressed, SuppressedBy, ToolInfo, UnusedSuppression,
};
use crate::rules::{ActiveRules, is_alias};

use super::baseline::{Baseline, Matches};
use super::comment::inline_ignores;
use super::config::{Config, FAMILY, IgnoreEntry};
use super::date::Date;
use super::entry_use::EntryUse;
use super::ignore::{Ignore, MALICIOUS};
use super::peers::peer_ignores;
use super::vex::{Status, Vex};

/// What the caller decides beside the configuration.
#[derive(Clone, Copy, Debug)]
pub struct PolicyOptions {
    /// Whether ignores of any kind count.
    pub honour_ignores: bool,
    /// Whether findings on unchanged lines count too.
    pub whole_files: bool,
    /// Whether everything was scanned, so that a configured ignore without a match is dead.
    pub whole_repository: bool,
    /// For expiries; without it nothing expires.
    pub today: Option<Date>,
}

/// Turns a scan into a report.
pub struct Policy<'a> {
    pub config: &'a Config,
    /// Path and text of the configuration, for findings that point into it.
    pub config_file: Option<(RepoPath, String)>,
    pub rules: &'a ActiveRules,
    pub options: PolicyOptions,
    pub baseline: Option<&'a BaselineFile>,
    /// What documents say about packages.
    pub vex: &'a Vex,
    /// For ignores that name an advisory.
    pub advisories: &'a Advisories,
    /// Whether a path is part of the state that is checked.
    pub is_there: &'a (dyn Fn(&RepoPath) -> bool + Sync),
}

impl std::fmt::Debug for Policy<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Policy")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

/// A baseline with the path and the text of its file, for remarks that point into it.
#[derive(Clone, Debug)]
pub struct BaselineFile {
    pub path: RepoPath,
    pub text: String,
    pub baseline: Baseline,
}

/// An ignore, with whether each of its rules has silenced something.
pub(super) type Used = (Ignore, Vec<bool>);

impl Policy<'_> {
    pub fn apply(&self, scan: Scan, advisories: AdvisoryInfo, notes: Vec<String>) -> Report {
        let Scan {
            findings,
            skipped,
            stats,
            mut sources,
            known,
            paths,
            ..
        } = scan;
        let mut ignores: BTreeMap<SourceId, Vec<Used>> = BTreeMap::new();
        if self.options.honour_ignores {
            // Of a source that only a fix needs, nothing was judged.
            let judged = |s: &Source| paths.contains(&s.path);
            for (id, source) in sources.0.iter().filter(|(_, s)| judged(s)) {
                ignores.insert(*id, self.read_ignores(source));
            }
        }
        let mut used_entries = vec![EntryUse::default(); self.config.ignores.len()];
        let mut kept = Vec::new();
        let mut suppressed = Vec::new();
        let matches = self.in_baseline(&findings, &sources);
        for (at, finding) in findings.into_iter().enumerate() {
            // A comment is of use wherever it is understood, also on lines that nobody asks about.
            let inline = self.inline(&finding, &sources, &mut ignores);
            let by = self
                .unchanged(&finding, &sources, &known)
                .or(inline)
                .or_else(|| self.configured(&finding, &sources, &mut used_entries))
                .or_else(|| self.vexed(&finding))
                .or_else(|| {
                    (matches.known.get(at) == Some(&true)).then_some(SuppressedBy::Baseline)
                });
            match by {
                Some(by) => suppressed.push(Suppressed { finding, by }),
                None => kept.push(finding),
            }
        }
        let mut unused = self.unused_comments(&sources, &ignores, &skipped);
        self.unused_entries(&used_entries, &mut sources, &mut unused);
        self.gone_from_baseline(&matches.used, &paths, &skipped, &mut sources, &mut unused);
        let silenced = |u: &UnusedSuppression| {
            // What is not on a changed line is not this commit's business.
            !self.options.whole_files
                && u.source
                    .and_then(|id| sources.get(id))
                    .and_then(|s| s.changed.as_ref())
                    .is_some_and(|changed| !changed.touches(u.line, u.line))
        };
        unused.retain(|u| !silenced(u));
        kept.extend(unused.iter().filter_map(|u| self.as_finding(u)));
        kept.sort_by(|a, b| a.order().cmp(&b.order()));
        let packages = stats.packages;
        let mut policy = notes;
        if let Some((path, _)) = &self.config_file {
            policy.insert(0, path.display());
        }
        if let Some(file) = self.baseline {
            policy.push(file.path.display());
        }
        policy.extend(self.vex.files.iter().map(RepoPath::display));
        Report {
            findings: kept,
            suppressed,
            unused_suppressions: unused,
            skipped,
            stats,
            tool: ToolInfo {
                version: env!("CARGO_PKG_VERSION"),
                rules_hash: self.rules.set().hash(),
                advisories: self
                    .config
                    .max_age
                    .judge(advisories, packages, self.options.today),
                policy,
                baseline: self.baseline.map(|_| matches.used),
            },
            sources,
            rules: Arc::clone(self.rules.set()),
        }
    }

    /// Which findings the baseline has, whatever else is said of them.
    fn in_baseline(&self, findings: &[Finding], sources: &SourceTable) -> Matches {
        let Some(file) = self.baseline else {
            return Matches::default();
        };
        let nowhere = RepoPath::default();
        let path = |finding: &Finding| {
            let label = finding.primary();
            label
                .and_then(|label| sources.0.get(&label.source))
                .map_or(&nowhere, |s| &s.path)
        };
        let placed = findings.iter().map(|finding| (finding, path(finding)));
        file.baseline.matches(placed, self.is_there)
    }

    fn read_ignores(&self, source: &Source) -> Vec<Used> {
        let mut ignores = inline_ignores(source);
        if self.config.peer_comments {
            ignores.extend(peer_ignores(source));
        }
        ignores
            .into_iter()
            .map(|ignore| {
                // Where none is listed, one place says whether the comment itself was of use.
                let unused = vec![false; ignore.rules.len().max(1)];
                (ignore, unused)
            })
            .collect()
    }

    /// A finding that stood there before the change, on lines that it does not touch, is not this
    /// change's. What is wrong with a package is, wherever it stands now, no news.
    fn unchanged(
        &self,
        finding: &Finding,
        sources: &SourceTable,
        known: &BTreeSet<Fingerprint>,
    ) -> Option<SuppressedBy> {
        let is_old = !self.options.whole_files && known.contains(&finding.fingerprint);
        if finding.is_about_packages() {
            return is_old.then_some(SuppressedBy::KnownBefore);
        }
        let touched = || {
            finding
                .labels
                .iter()
                .any(|l| sources.get(l.source).is_none_or(|s| s.is_changed(l.span)))
        };
        (is_old && !touched()).then_some(SuppressedBy::UnchangedLine)
    }

    fn inline(
        &self,
        finding: &Finding,
        sources: &SourceTable,
        ignores: &mut BTreeMap<SourceId, Vec<Used>>,
    ) -> Option<SuppressedBy> {
        let label = finding.primary()?;
        let source = sources.get(label.source)?;
        let (first, last) = source.line_span(label.span);
        let mut by = None;
        for (ignore, used) in ignores.get_mut(&label.source)? {
            let covers = ignore.reach.covers(finding, first, last)
                || ignore.peer.is_some() && is_about_a_step(ignore, finding, source);
            if !covers || !self.is_in_force(ignore) {
                continue;
            }
            let named = ignore.rules.iter().position(|(name, _)| match ignore.peer {
                Some(peer) => peer.means(name, finding),
                None => self.answers(finding, name),
            });
            let of_family = || {
                let family = ignore.peer.is_some_and(|p| p.silences_family(finding));
                (ignore.rules.is_empty() && family).then_some(0)
            };
            // Comments for several tools may stand together, and each of them is of use.
            if let Some(used) = named.or_else(of_family).and_then(|at| used.get_mut(at)) {
                *used = true;
                by.get_or_insert_with(|| SuppressedBy::Inline {
                    reason: reason(ignore),
                });
            }
        }
        by
    }

    fn is_in_force(&self, ignore: &Ignore) -> bool {
        ignore.problem.is_none() && !self.is_over(ignore.until) && self.has_its_reason(ignore)
    }

    /// True where the ignore says why, or nobody asks for it. For a malicious package, everybody
    /// asks.
    pub(super) fn has_its_reason(&self, ignore: &Ignore) -> bool {
        !(self.config.require_reason || ignore.names_malice())
            || ignore.reason.is_some()
            || ignore.peer.is_some_and(|peer| !peer.says_why)
    }

    pub(super) fn is_over(&self, until: Option<Date>) -> bool {
        matches!((until, self.options.today), (Some(until), Some(today)) if until < today)
    }

    fn configured(
        &self,
        finding: &Finding,
        sources: &SourceTable,
        used: &mut [EntryUse],
    ) -> Option<SuppressedBy> {
        if !self.options.honour_ignores {
            return None;
        }
        let path = &sources.get(finding.primary()?.source)?.path;
        let allowed = match &finding.evidence {
            Evidence::Secret(redacted) => redacted.allowed.as_slice(),
            _ => &[],
        };
        for (at, (entry, used)) in self.config.ignores.iter().zip(used).enumerate() {
            if (entry.by_text && !allowed.contains(&at))
                || self.is_over(entry.until)
                || !(self.answers(finding, &entry.rule) || names_malice(entry, finding))
                || !entry.covers_path(path)
                || !covers_package(entry, finding)
                || !entry.covers_print(&finding.fingerprint)
            {
                continue;
            }
            used.note(&entry.scope, finding);
            if used.is_outgrown {
                continue;
            }
            return Some(SuppressedBy::Config {
                reason: Some(entry.reason.clone()),
            });
        }
        None
    }

    /// What documents say of the package: that it is not affected, or not any more.
    fn vexed(&self, finding: &Finding) -> Option<SuppressedBy> {
        let (status, reason) = self.vex.about(finding.advice()?)?;
        let silences = matches!(status, Status::NotAffected | Status::Fixed);
        silences.then(|| SuppressedBy::Vex {
            status: status.name(),
            reason: reason.map(str::to_owned),
        })
    }

    /// True where a name in an ignore means this finding: its rule, a family, or an alias that
    /// holds for it. Malicious packages are never covered by a family's name.
    fn answers(&self, finding: &Finding, name: &str) -> bool {
        let id = finding.rule.as_str();
        if id == MALICIOUS && name != id {
            return false;
        }
        finding.aliases.iter().any(|a| is_alias(name, a))
            || id == name
            || id
                .strip_prefix(name)
                .is_some_and(|rest| rest.starts_with('/'))
    }
}

/// True where the comment stands beside a step on the way to the finding: other tools report the text
/// that is put together there, we the place where it is used.
fn is_about_a_step(ignore: &Ignore, finding: &Finding, source: &Source) -> bool {
    finding.labels.iter().any(|label| {
        let (first, last) = source.line_span(label.span);
        label.role != Role::Primary
            && label.source == source.id
            && ignore.reach.covers(finding, first, last)
    })
}

/// The place of a file of ours among the sources, made where it is not there yet.
pub(super) fn config_source(path: &RepoPath, text: &str, sources: &mut SourceTable) -> SourceId {
    if let Some((id, _)) = sources.0.iter().find(|(_, s)| s.path == *path) {
        return *id;
    }
    let id = SourceId(sources.0.keys().next_back().map_or(0, |id| id.0 + 1));
    let source = Source::new(
        id,
        path.clone(),
        FileKind::PlimsollConfig,
        text.as_bytes(),
        Origin::Worktree,
    );
    sources.0.insert(id, Arc::new(source));
    id
}

/// What a report says of a comment: whose it is, and why it is there.
fn reason(ignore: &Ignore) -> Option<String> {
    let Some(peer) = ignore.peer else {
        return ignore.reason.clone();
    };
    Some(match &ignore.reason {
        Some(reason) => format!("{} comment: {reason}", peer.name()),
        None => format!("{} comment", peer.name()),
    })
}

fn covers_package(entry: &IgnoreEntry, finding: &Finding) -> bool {
    entry.scope.is_anything() || entry.scope.covers(finding)
}

/// True for a malicious package whose advisory the entry names. No family's name covers one.
fn names_malice(entry: &IgnoreEntry, finding: &Finding) -> bool {
    entry.rule == FAMILY && entry.scope.advisory.is_some() && finding.rule.as_str() == MALICIOUS
}
