//! Findings that other tools know, found again among ours.

use gix::hash::{Kind, hasher};

use super::{Audited, Left, Migration, Positional};
use crate::model::{Evidence, FileKind, Finding, Origin, RepoPath, Report, Source, SourceId};
use crate::rules::is_same_id;

/// The findings that are known, and the entries whose finding is not there.
#[derive(Debug, Default)]
pub struct Known<'r> {
    pub findings: Vec<(&'r Finding, &'r RepoPath)>,
    pub left: Vec<Left>,
}

impl Migration {
    /// Finds what the entries mean among the secrets of a report. `read` gives a file's bytes,
    /// which are compared in memory and kept nowhere.
    pub fn known<'r>(
        &self,
        report: &'r Report,
        read: &mut dyn FnMut(&str) -> Option<Vec<u8>>,
    ) -> Known<'r> {
        let secrets: Vec<(&Finding, &Source)> = report
            .findings
            .iter()
            .filter(|finding| matches!(finding.evidence, Evidence::Secret(_)))
            .filter_map(|finding| {
                let label = finding.primary()?;
                Some((finding, report.sources.get(label.source)?))
            })
            .collect();
        let mut known = Known::default();
        for entry in &self.positional {
            let same = secrets.iter().find(|(f, source)| is_at(entry, f, source));
            match same {
                Some((finding, source)) => known.findings.push((finding, &source.path)),
                None => known.left.push(Left {
                    path: entry.from.clone(),
                    line: Some(entry.at),
                    what: format!("{}:{}", entry.path, entry.line),
                    why: match entry.of_commit {
                        true => "no such secret is at this place of today's tree".to_owned(),
                        false => "there is no secret at this place".to_owned(),
                    },
                }),
            }
        }
        for entry in &self.audited {
            let of_file = |path: &RepoPath| path.to_text() == entry.path;
            let mut here = secrets.iter().filter(|(_, source)| of_file(&source.path));
            let bytes = here.clone().next().and_then(|_| read(&entry.path));
            let same = bytes.and_then(|bytes| {
                let path = RepoPath::from(entry.path.as_str());
                let file = Source::new(SourceId(0), path, FileKind::Text, &bytes, Origin::Buffer);
                here.find(|(finding, _)| has_hash(entry, finding, &file))
            });
            match same {
                Some((finding, source)) => known.findings.push((finding, &source.path)),
                None => known.left.push(Left {
                    path: entry.from.clone(),
                    line: Some(entry.at),
                    what: format!("{} in {}", entry.kind, entry.path),
                    why: "no finding of plimsoll's has this value".to_owned(),
                }),
            }
        }
        known
    }
}

/// True where a finding stands at the place of an entry. A commit's lines may have moved since, so
/// there the rule must be the same, too.
fn is_at(entry: &Positional, finding: &Finding, source: &Source) -> bool {
    let Some(label) = finding.primary() else {
        return false;
    };
    let (first, last) = source.line_span(label.span);
    let same_rule = || {
        finding
            .aliases
            .iter()
            .any(|alias| is_same_id(&entry.rule, alias))
    };
    source.path.to_text() == entry.path
        && (first..=last).contains(&entry.line)
        && (!entry.of_commit || same_rule())
}

/// True where a finding's value, or what the other tool takes for it, has the entry's hash.
fn has_hash(entry: &Audited, finding: &Finding, file: &Source) -> bool {
    let Some(label) = finding.primary() else {
        return false;
    };
    let value = file.slice(label.span);
    let bare = value.trim_ascii();
    let unquoted = bare
        .strip_prefix(b"\"")
        .and_then(|v| v.strip_suffix(b"\""))
        .or_else(|| bare.strip_prefix(b"'").and_then(|v| v.strip_suffix(b"'")));
    // Of a private key, its header counts.
    let header = bare
        .strip_prefix(b"-----")
        .map(|v| v.strip_suffix(b"-----").unwrap_or(v));
    [Some(value), Some(bare), unquoted, header]
        .into_iter()
        .flatten()
        .any(|value| sha1(value).as_deref() == Some(&entry.sha1))
}

fn sha1(value: &[u8]) -> Option<String> {
    let mut hasher = hasher(Kind::Sha1);
    hasher.update(value);
    Some(hasher.try_finalize().ok()?.to_hex().to_string())
}
