//! The secrets of a whole history.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::UNIX_EPOCH;

use crate::advisory::Advisories;
use crate::detect::Context;
use crate::engine::{Clean, HistoryOptions, HistoryScan, Progress, conceal, scan_history};
use crate::input::{Excludes, History, HistorySelection, InputError, Repository, Root};
use crate::model::{Finding, RepoPath, Report, RuleId, SourceId, Span, Suppressed};
use crate::policy::{Config, Policy, PolicyOptions, Vex};
use crate::rules::{ActiveRules, RuleSet, Selection};

use super::{CheckError, CheckRequest, Outcome, baseline, configured, given};

/// A run over a history, as asked for.
#[derive(Debug)]
pub struct HistoryRequest {
    /// Rules, configuration and threads; what it says of an input counts for nothing.
    pub check: CheckRequest,
    /// Revisions and ranges; none means every reference.
    pub revisions: Vec<String>,
    /// Seconds since 1970.
    pub since: Option<i64>,
    pub until: Option<i64>,
    /// Only these files and folders, relative to the current folder.
    pub paths: Vec<PathBuf>,
    /// Whether contents that were clean the last time are passed over.
    pub remember: bool,
}

/// A finished run over a history.
#[derive(Debug)]
pub struct HistoryOutcome {
    pub outcome: Outcome,
    /// True where it was ended before it was through: the report is not whole.
    pub interrupted: bool,
}

/// The only family that runs over a history.
const FAMILY: &str = "secret";

/// Looks for secrets in every commit that was asked for. Once `stop` is set, it ends soon.
pub fn history(
    request: HistoryRequest,
    stop: &AtomicBool,
    progress: &dyn Progress,
) -> Result<HistoryOutcome, CheckError> {
    let check = &request.check;
    let repository = Repository::open_for_history(&check.current_dir)?;
    let root = repository.root().to_owned();
    let folder = Arc::new(Root::open(&root)?);
    let (config, config_file, rules) = configured(check, None, &folder)?;
    let active = active(check, &config, Arc::clone(&rules))?;
    let excludes = Excludes::new(&root, &config.exclude)?;
    let selection = HistorySelection {
        revisions: request.revisions.clone(),
        since: request.since,
        until: request.until,
        paths: paths(&request, &root)?,
        excludes: &excludes,
    };
    let history = History::list(&repository, &selection, &|| !stop.load(Ordering::Relaxed))?;
    let given = given(check, &config, &rules);
    let advisories = Advisories::open(None);
    let cx = Context {
        rules: &active,
        advisories: &advisories,
        given: &given,
    };
    let clean = clean(&request, &repository, &active, &config);
    let options = HistoryOptions {
        threads: check.threads,
        clean: clean.as_ref(),
        stop,
    };
    let found = scan_history(&cx, &repository, history, options, progress);
    let interrupted = found.interrupted;
    let baseline = baseline(check, None, &root)?;
    // A history is looked through for secrets alone.
    let vex = Vex::default();
    let policy = Policy {
        vex: &vex,
        advisories: &advisories,
        baseline: baseline.as_ref(),
        is_there: &|_| true,
        config: &config,
        config_file,
        rules: &active,
        options: PolicyOptions {
            honour_ignores: check.honour_ignores,
            whole_files: true,
            whole_repository: false,
            today: check.today,
        },
    };
    let mut report = judge(&policy, found, check.honour_ignores);
    conceal(&mut report);
    Ok(HistoryOutcome {
        outcome: Outcome {
            report,
            fail_on: config.fail_on,
            root,
            changes: None,
        },
        interrupted,
    })
}

fn active(
    check: &CheckRequest,
    config: &Config,
    rules: Arc<RuleSet>,
) -> Result<ActiveRules, CheckError> {
    let only = match check.only.is_empty() {
        true => vec![FAMILY.to_owned()],
        false => check.only.clone(),
    };
    let selection = Selection {
        profile: check.profile.or(config.profile).unwrap_or_default(),
        only,
        skip: check.skip.clone(),
        severity: check.severity,
        confidence: check.confidence,
        levels: config.levels.clone(),
    };
    let active = ActiveRules::new(rules, &selection)?;
    match active.any_of(FAMILY) {
        true => Ok(active),
        false => Err(CheckError::NoSecretRules),
    }
}

/// The paths that were asked for, relative to the root, whether or not they are there today.
fn paths(request: &HistoryRequest, root: &Path) -> Result<Vec<RepoPath>, InputError> {
    let current = &request.check.current_dir;
    let base = match current.starts_with(root) {
        true => current.clone(),
        false => current.canonicalize().unwrap_or_else(|_| current.clone()),
    };
    let inside = |path: &PathBuf| -> Option<RepoPath> {
        let mut plain = PathBuf::new();
        for part in base.join(path).components() {
            match part {
                Component::CurDir => {}
                Component::ParentDir => {
                    plain.pop();
                }
                part => plain.push(part),
            }
        }
        plain.strip_prefix(root).ok().map(RepoPath::from_path)
    };
    let paths = request.paths.iter();
    paths
        .map(|path| inside(path).ok_or_else(|| InputError::NoSuchPath(path.clone())))
        .collect()
}

fn clean(
    request: &HistoryRequest,
    repository: &Repository,
    active: &ActiveRules,
    config: &Config,
) -> Option<Clean> {
    let cache = request
        .check
        .cache
        .as_deref()
        .filter(|_| request.remember)?;
    let check = &request.check;
    let options = format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {}",
        check.profile.or(config.profile),
        check.only,
        check.skip,
        check.severity,
        check.confidence,
        config.levels,
        check.strict_checksum || config.strict_checksum,
    );
    let rules = active.set().hash();
    let conditions: [&[u8]; 4] = [
        env!("CARGO_PKG_VERSION").as_bytes(),
        rules.as_bytes(),
        options.as_bytes(),
        &program(),
    ];
    Some(Clean::open(cache, &repository.common_dir(), &conditions))
}

/// What tells this program from another build of the same version.
fn program() -> Vec<u8> {
    let meta = std::env::current_exe().and_then(|path| path.metadata());
    let built = meta.and_then(|meta| Ok((meta.len(), meta.modified()?)));
    let built = built.map(|(length, time)| (length, time.duration_since(UNIX_EPOCH).ok()));
    format!("{:?}", built.ok()).into_bytes()
}

type Place = (SourceId, Span, RuleId);

fn place(finding: &Finding) -> Option<Place> {
    let label = finding.primary()?;
    Some((label.source, label.span, finding.rule.clone()))
}

/// Applies the policy. Nobody can write a comment into an old commit: one that stands at the same
/// secret in the current tree silences its whole history.
fn judge(policy: &Policy<'_>, found: HistoryScan, honour_ignores: bool) -> Report {
    let HistoryScan {
        scan,
        current,
        pairs,
        ..
    } = found;
    let pairs: Vec<(Place, Place)> = pairs
        .iter()
        .filter_map(|(now, first)| {
            let now = place(current.findings.get(*now)?)?;
            Some((now, place(scan.findings.get(*first)?)?))
        })
        .collect();
    let now = policy.apply(current, Default::default(), Vec::new());
    let silenced: Vec<(Place, &Suppressed)> = now
        .suppressed
        .iter()
        .filter_map(|suppressed| {
            let at = place(&suppressed.finding)?;
            let (_, first) = pairs.iter().find(|(now, _)| *now == at)?;
            Some((first.clone(), suppressed))
        })
        .collect();
    let mut notes = Vec::new();
    if !honour_ignores {
        notes.push("ignores switched off".to_owned());
    }
    let mut report = policy.apply(scan, Default::default(), notes);
    for finding in std::mem::take(&mut report.findings) {
        let by = place(&finding)
            .and_then(|at| silenced.iter().find(|(first, _)| *first == at))
            .map(|(_, suppressed)| suppressed.by.clone());
        match by {
            Some(by) => report.suppressed.push(Suppressed { finding, by }),
            None => report.findings.push(finding),
        }
    }
    // A comment of an old version may have been of use to other rules.
    report.unused_suppressions.clear();
    report
}
