use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::engine::Scan;
use crate::model::{
    AdvisoryInfo, Evidence, FileKind, Finding, Fingerprint, Label, Origin, RepoPath, Report, Role,
    Source, SourceId, SourceTable, Span, Suppressed, SuppressedBy, ToolInfo, UnusedSuppression,
};
use crate::rules::{ActiveRules, SelectionError, names};

use super::comment::{InlineIgnore, inline_ignores};
use super::config::{Config, IgnoreEntry};
use super::date::Date;
use super::peers::{PeerIgnore, peer_ignores};

const UNUSED: &str = "policy/unused-suppression";

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
#[derive(Debug)]
pub struct Policy<'a> {
    pub config: &'a Config,
    /// Path and text of the configuration, for findings that point into it.
    pub config_file: Option<(RepoPath, String)>,
    pub rules: &'a ActiveRules,
    pub options: PolicyOptions,
}

/// The ignores of one source, with whether each of their rules has silenced something.
struct SourceIgnores {
    inline: Vec<(InlineIgnore, Vec<bool>)>,
    peers: Vec<PeerIgnore>,
}

impl Policy<'_> {
    pub fn apply(&self, scan: Scan, advisories: AdvisoryInfo, notes: Vec<String>) -> Report {
        let Scan {
            findings,
            skipped,
            stats,
            mut sources,
            known,
            ..
        } = scan;
        let mut ignores: BTreeMap<SourceId, SourceIgnores> = BTreeMap::new();
        if self.options.honour_ignores {
            for (id, source) in &sources.0 {
                ignores.insert(*id, self.read_ignores(source));
            }
        }
        let mut used_entries = vec![false; self.config.ignores.len()];
        let mut kept = Vec::new();
        let mut suppressed = Vec::new();
        for finding in findings {
            let by = self
                .unchanged(&finding, &sources, &known)
                .or_else(|| self.inline(&finding, &sources, &mut ignores))
                .or_else(|| self.configured(&finding, &sources, &mut used_entries));
            match by {
                Some(by) => suppressed.push(Suppressed { finding, by }),
                None => kept.push(finding),
            }
        }
        let mut unused = self.unused_inline(&sources, &ignores);
        self.unused_entries(&used_entries, &mut sources, &mut unused);
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
        kept.sort_by(|a, b| place(a).cmp(&place(b)));
        let mut policy = notes;
        if let Some((path, _)) = &self.config_file {
            policy.insert(0, path.display());
        }
        Report {
            findings: kept,
            suppressed,
            unused_suppressions: unused,
            skipped,
            stats,
            tool: ToolInfo {
                version: env!("CARGO_PKG_VERSION"),
                rules_hash: self.rules.set().hash().to_owned(),
                advisories,
                policy,
            },
            sources,
            rules: Arc::clone(self.rules.set()),
        }
    }

    fn read_ignores(&self, source: &Source) -> SourceIgnores {
        SourceIgnores {
            inline: inline_ignores(source)
                .into_iter()
                .map(|ignore| {
                    let unused = vec![false; ignore.rules.len()];
                    (ignore, unused)
                })
                .collect(),
            peers: if self.config.peer_comments {
                peer_ignores(source)
            } else {
                Vec::new()
            },
        }
    }

    /// A finding that stood there before the change, on lines that it does not touch, is not this
    /// change's.
    fn unchanged(
        &self,
        finding: &Finding,
        sources: &SourceTable,
        known: &BTreeSet<Fingerprint>,
    ) -> Option<SuppressedBy> {
        let is_old = !self.options.whole_files && known.contains(&finding.fingerprint);
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
        ignores: &mut BTreeMap<SourceId, SourceIgnores>,
    ) -> Option<SuppressedBy> {
        let label = finding.primary()?;
        let (first, last) = sources.get(label.source)?.line_span(label.span);
        let ignores = ignores.get_mut(&label.source)?;
        for (ignore, used) in &mut ignores.inline {
            let covers = ignore.lines.0 <= last && first <= ignore.lines.1;
            if !covers || !self.is_in_force(ignore) {
                continue;
            }
            for ((name, _), used) in ignore.rules.iter().zip(used) {
                if self.answers(finding, name) {
                    *used = true;
                    return Some(SuppressedBy::Inline {
                        reason: ignore.reason.clone(),
                    });
                }
            }
        }
        ignores
            .peers
            .iter()
            .find(|peer| peer.covers(finding, first, last))
            .map(|peer| SuppressedBy::Inline {
                reason: Some(format!("{} comment", peer.comment())),
            })
    }

    fn is_in_force(&self, ignore: &InlineIgnore) -> bool {
        ignore.problem.is_none()
            && !self.is_over(ignore.until)
            && (ignore.reason.is_some() || !self.config.require_reason)
    }

    fn is_over(&self, until: Option<Date>) -> bool {
        matches!((until, self.options.today), (Some(until), Some(today)) if until < today)
    }

    fn configured(
        &self,
        finding: &Finding,
        sources: &SourceTable,
        used: &mut [bool],
    ) -> Option<SuppressedBy> {
        if !self.options.honour_ignores {
            return None;
        }
        let path = &sources.get(finding.primary()?.source)?.path;
        for (entry, used) in self.config.ignores.iter().zip(used) {
            if self.is_over(entry.until)
                || !self.answers(finding, &entry.rule)
                || !entry.covers_path(path)
                || !covers_package(entry, finding)
            {
                continue;
            }
            *used = true;
            return Some(SuppressedBy::Config {
                reason: Some(entry.reason.clone()),
            });
        }
        None
    }

    /// True where a name in an ignore means this finding: its rule, a family, or an alias that
    /// holds for it. Malicious packages are never covered by a family's name.
    fn answers(&self, finding: &Finding, name: &str) -> bool {
        let id = finding.rule.as_str();
        if id == "dependency/malicious" && name != id {
            return false;
        }
        finding.aliases.iter().any(|a| a.eq_ignore_ascii_case(name))
            || id == name
            || id
                .strip_prefix(name)
                .is_some_and(|rest| rest.starts_with('/'))
    }

    fn unused_inline(
        &self,
        sources: &SourceTable,
        ignores: &BTreeMap<SourceId, SourceIgnores>,
    ) -> Vec<UnusedSuppression> {
        let mut unused = Vec::new();
        for (id, ignores) in ignores {
            let Some(source) = sources.get(*id) else {
                continue;
            };
            // Documentation shows ignores without meaning them.
            if matches!(source.kind, FileKind::Binary | FileKind::Markdown) {
                continue;
            }
            for (ignore, used) in &ignores.inline {
                let line = source.lines().line(ignore.span.start);
                let mut push = |span: Span, what: String| {
                    unused.push(UnusedSuppression {
                        path: source.path.clone(),
                        source: Some(*id),
                        span,
                        line,
                        what,
                    });
                };
                if let Some(problem) = &ignore.problem {
                    push(ignore.span, problem.clone());
                } else if self.is_over(ignore.until) {
                    let day = ignore.until.map(|d| d.to_string()).unwrap_or_default();
                    push(ignore.span, format!("this ignore expired after {day}"));
                } else if self.config.require_reason && ignore.reason.is_none() {
                    push(
                        ignore.span,
                        "the configuration wants a reason for every ignore".into(),
                    );
                } else {
                    for ((name, span), used) in ignore.rules.iter().zip(used) {
                        if *used {
                            continue;
                        }
                        if let Err(error) = SelectionError::check(self.rules.set(), name) {
                            push(*span, error.to_string());
                        } else if self.ran(name) {
                            push(
                                if ignore.rules.len() == 1 {
                                    ignore.span
                                } else {
                                    *span
                                },
                                format!("{name} finds nothing here to ignore"),
                            );
                        }
                    }
                }
            }
        }
        unused
    }

    /// True where every rule that a name means took part: only then is silence a sign.
    fn ran(&self, name: &str) -> bool {
        self.rules
            .set()
            .iter()
            .filter(|rule| names(rule, name))
            .all(|rule| self.rules.is_enabled(rule.id.as_str()))
            && self.rules.min_severity.is_none()
            && self.rules.min_confidence.is_none()
    }

    /// Configured ignores that have expired, or that matched nothing in the whole repository.
    fn unused_entries(
        &self,
        used: &[bool],
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
            let what = match entry.until {
                Some(day) if self.is_over(entry.until) => {
                    format!("the ignore of {} expired after {day}", entry.rule)
                }
                _ if !used && self.options.whole_repository && self.ran(&entry.rule) => {
                    format!("the ignore of {} matches no finding", entry.rule)
                }
                _ => continue,
            };
            let id = config_source(path, text, sources);
            let span = Span::from(entry.span.clone());
            unused.push(UnusedSuppression {
                path: path.clone(),
                source: Some(id),
                line: sources.get(id).map_or(1, |s| s.lines().line(span.start)),
                span,
                what,
            });
        }
    }

    fn as_finding(&self, unused: &UnusedSuppression) -> Option<Finding> {
        let rule = self.rules.get(UNUSED)?;
        let severity = self.rules.severity_of(UNUSED).unwrap_or(rule.severity);
        if self.rules.min_severity.is_some_and(|min| severity < min) {
            return None;
        }
        let source = unused.source?;
        Some(Finding {
            rule: rule.id.clone(),
            aliases: Vec::new(),
            severity,
            confidence: rule.confidence,
            message: unused.what.clone(),
            labels: vec![Label {
                source,
                span: unused.span,
                text: String::new(),
                role: Role::Primary,
            }],
            help: Some("delete the ignore, or fix it".into()),
            fixes: Vec::new(),
            fingerprint: Fingerprint::of(&[
                UNUSED.as_bytes(),
                unused.path.as_bytes(),
                unused.what.as_bytes(),
            ]),
            evidence: Evidence::None,
        })
    }
}

/// The configuration's place among the sources, made where it is not there yet.
fn config_source(path: &RepoPath, text: &str, sources: &mut SourceTable) -> SourceId {
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

fn covers_package(entry: &IgnoreEntry, finding: &Finding) -> bool {
    if entry.package.is_none() && entry.advisory.is_none() {
        return true;
    }
    let Evidence::Package {
        purl,
        advisory,
        aliases,
        ..
    } = &finding.evidence
    else {
        return false;
    };
    let same_advisory = entry.advisory.as_ref().is_none_or(|id| {
        advisory.eq_ignore_ascii_case(id) || aliases.iter().any(|a| a.eq_ignore_ascii_case(id))
    });
    let same_package = entry.package.as_ref().is_none_or(|name| {
        let bare = purl.split('@').next().unwrap_or(purl);
        bare.split_once('/').is_some_and(|(_, rest)| rest == name)
    });
    same_advisory && same_package
}

fn place(finding: &Finding) -> (Option<SourceId>, Option<Span>, &str, &str) {
    let label = finding.primary();
    (
        label.map(|l| l.source),
        label.map(|l| l.span),
        finding.rule.as_str(),
        &finding.message,
    )
}
