//! Rounds of fixes, each followed by a new look, until nothing changes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::input::{Refusal, Root, Unfit};
use crate::model::{Finding, Fingerprint, Fix, Origin, RepoPath, Report, Source, SourceId};
use crate::parse::syntax_errors;
use crate::text::Encoding;

use super::apply::{apply, has_crlf};
use super::select::Plan;
use super::version::mask_alike;
use super::{Edited, Level, Version};

/// Rounds after which fixes that make work for each other are stopped.
const ROUNDS: usize = 10;

/// What a check says about the files as they are or would be.
#[derive(Debug)]
pub struct Look {
    pub report: Report,
    /// The bytes of the report's sources, not masked.
    pub originals: BTreeMap<SourceId, Arc<[u8]>>,
}

/// Which fixes are wanted, and what becomes of them.
#[derive(Clone, Copy, Debug)]
pub struct Mode {
    pub level: Level,
    /// False: shown only.
    pub write: bool,
}

/// What fixing came to.
#[derive(Debug)]
pub struct Repair {
    /// The files that each applied fix touched.
    pub applied: Vec<BTreeSet<RepoPath>>,
    /// Each changed file as it was (`None`: it is new) and as it is.
    pub changes: BTreeMap<RepoPath, (Option<Version>, Version)>,
    /// Files that have fixes and were left alone.
    pub refused: Vec<Refusal>,
    /// Fixes that would have made a syntax error.
    pub broken: usize,
    /// Fixes that overlapped with others to the last.
    pub waiting: usize,
}

impl Repair {
    pub fn edited(&self) -> Edited {
        self.changes
            .iter()
            .map(|(path, (_, after))| (path.clone(), Arc::clone(&after.raw)))
            .collect()
    }
}

/// Applies fixes to the findings of `first`, looking again after every round, and writes the files
/// at the end where that is wanted. Gives the last look, too: what is left.
pub fn repair<E>(
    first: Look,
    mode: Mode,
    root: &Root,
    look: &mut dyn FnMut(&Edited) -> Result<Look, E>,
) -> Result<(Repair, Look), E> {
    let mut rounds = Rounds {
        root,
        level: mode.level,
        fit: BTreeMap::new(),
        broken: BTreeSet::new(),
        left: first,
        done: Repair {
            applied: Vec::new(),
            changes: BTreeMap::new(),
            refused: Vec::new(),
            broken: 0,
            waiting: 0,
        },
    };
    for _ in 0..ROUNDS {
        if !rounds.run() {
            break;
        }
        rounds.left = look(&rounds.done.edited())?;
        rounds.mask();
    }
    let (mut done, mut left) = rounds.finish();
    if mode.write && write(&mut done, root) {
        left = look(&done.edited())?;
    }
    for (before, after) in done.changes.values_mut() {
        mask_alike(before.as_mut(), after);
    }
    Ok((done, left))
}

struct Rounds<'r> {
    root: &'r Root,
    level: Level,
    /// Whether a file may be changed, once that is known.
    fit: BTreeMap<RepoPath, bool>,
    /// Findings whose fix makes a syntax error.
    broken: BTreeSet<Fingerprint>,
    /// What the last look said.
    left: Look,
    done: Repair,
}

impl Rounds<'_> {
    /// One round; false where it changed nothing.
    fn run(&mut self) -> bool {
        // The findings move out, so that the rest may change while they are looked at.
        let findings = std::mem::take(&mut self.left.report.findings);
        let mut wanted: Vec<(&Finding, &Fix)> = findings
            .iter()
            .filter(|f| !self.broken.contains(&f.fingerprint))
            .filter_map(|f| Some((f, self.level.choose(f)?)))
            .collect();
        wanted.retain(|(_, fix)| self.may_touch(fix));
        let mut plan = Plan::default();
        let mut taken = Vec::new();
        self.done.waiting = 0;
        for (finding, fix) in in_order(wanted) {
            if plan.add(fix) {
                taken.push((finding, fix));
            } else {
                self.done.waiting += 1;
            }
        }
        let mut plan = Plan::default();
        let admitted = self.admit(&mut plan, &taken);
        let changed = self.change(&plan);
        if changed {
            let touched: Vec<_> = admitted.iter().map(|fix| self.touched(fix)).collect();
            self.done.applied.extend(touched);
        }
        self.left.report.findings = findings;
        changed
    }

    /// Adds the fixes that leave no new syntax error: all at once where that goes well, else half
    /// by half.
    fn admit<'f>(&mut self, plan: &mut Plan<'f>, fixes: &[(&'f Finding, &'f Fix)]) -> Vec<&'f Fix> {
        let mut stack = vec![fixes];
        let mut admitted = Vec::new();
        while let Some(fixes) = stack.pop() {
            if fixes.is_empty() {
                continue;
            }
            let mut next = plan.clone();
            for (_, fix) in fixes {
                next.add(fix);
            }
            if self.is_sound(&next, fixes) {
                *plan = next;
                admitted.extend(fixes.iter().map(|(_, fix)| *fix));
            } else if let [(finding, _)] = fixes {
                self.broken.insert(finding.fingerprint);
            } else {
                let (first, second) = fixes.split_at(fixes.len() / 2);
                stack.push(second);
                stack.push(first);
            }
        }
        admitted
    }

    fn touched(&self, fix: &Fix) -> BTreeSet<RepoPath> {
        let sources = &self.left.report.sources;
        let edited = fix.edits.iter().filter_map(|e| sources.get(e.source));
        let made = fix.creates.iter().map(|file| file.path.clone());
        edited.map(|s| s.path.clone()).chain(made).collect()
    }

    /// True where no file that the fixes touch gets more syntax errors than it has.
    fn is_sound(&self, plan: &Plan<'_>, fixes: &[(&Finding, &Fix)]) -> bool {
        let touched: BTreeSet<SourceId> = fixes
            .iter()
            .flat_map(|(_, fix)| fix.edits.iter().map(|edit| edit.source))
            .collect();
        touched.into_iter().all(|id| {
            let Some((source, raw)) = self.source(id) else {
                return false;
            };
            let Some(edits) = plan.edits.get(&id) else {
                return true;
            };
            let as_source = |bytes: &[u8]| {
                Source::new(id, source.path.clone(), source.kind, bytes, Origin::Buffer)
            };
            apply(raw, edits, has_crlf(raw)).is_some_and(|after| {
                syntax_errors(&as_source(&after)) <= syntax_errors(&as_source(raw))
            })
        })
    }

    /// Puts what a plan leaves among the changes; false where it leaves everything as it was.
    fn change(&mut self, plan: &Plan<'_>) -> bool {
        let mut changed = false;
        for (id, edits) in &plan.edits {
            let Some((source, raw)) = self.source(*id) else {
                continue;
            };
            let crlf = has_crlf(raw);
            let known = self.done.changes.get(&source.path);
            let before = match known {
                Some((_, now)) => now.clone(),
                None => Version::new(Arc::clone(raw), source),
            };
            let (Some(raw), Some(masked)) = (
                apply(&before.raw, edits, crlf),
                apply(&before.masked, edits, crlf),
            ) else {
                continue;
            };
            if raw[..] == before.raw[..] {
                continue;
            }
            let after = Version {
                raw: raw.into(),
                masked: masked.into(),
            };
            let path = source.path.clone();
            changed = true;
            match self.done.changes.get_mut(&path) {
                Some((_, now)) => *now = after,
                None => {
                    self.done.changes.insert(path, (Some(before), after));
                }
            }
        }
        for (path, text) in &plan.creates {
            let bytes: Arc<[u8]> = text.as_bytes().into();
            let made = Version {
                raw: Arc::clone(&bytes),
                masked: bytes,
            };
            if !self.done.changes.contains_key(path) {
                changed = true;
                self.done.changes.insert((*path).clone(), (None, made));
            }
        }
        changed
    }

    /// Blanks in the changed files what the last look knows for a secret.
    fn mask(&mut self) {
        for source in self.left.report.sources.0.values() {
            if let Some((_, now)) = self.done.changes.get_mut(&source.path) {
                now.mask_also(&source.bytes);
            }
        }
    }

    fn source(&self, id: SourceId) -> Option<(&Source, &Arc<[u8]>)> {
        Some((
            self.left.report.sources.get(id)?,
            self.left.originals.get(&id)?,
        ))
    }

    /// True where every file that a fix touches may be changed; the others are noted.
    fn may_touch(&mut self, fix: &Fix) -> bool {
        let mut all = true;
        for edit in &fix.edits {
            let Some((source, raw)) = self.source(edit.source) else {
                return false;
            };
            let path = source.path.clone();
            if self.done.changes.contains_key(&path) {
                continue;
            }
            if let Some(fit) = self.fit.get(&path) {
                all &= *fit;
                continue;
            }
            let why = if source.encoding != Encoding::Utf8 {
                Some(Unfit::Utf16)
            } else if source.origin == Origin::Stdin {
                None
            } else {
                self.root.is_fit(&path, Some(raw)).err()
            };
            all &= self.note(path, why);
        }
        for file in &fix.creates {
            let fit = match self.fit.get(&file.path) {
                Some(fit) => *fit,
                None => {
                    let fit = self.root.is_fit(&file.path, None);
                    self.note(file.path.clone(), fit.err())
                }
            };
            all &= fit && !self.done.changes.contains_key(&file.path);
        }
        all
    }

    fn note(&mut self, path: RepoPath, why: Option<Unfit>) -> bool {
        let fit = why.is_none();
        self.fit.insert(path.clone(), fit);
        self.done
            .refused
            .extend(why.map(|why| Refusal { path, why }));
        fit
    }

    fn finish(mut self) -> (Repair, Look) {
        self.done.broken = self.broken.len();
        let back_again = |(before, after): &(Option<Version>, Version)| {
            before
                .as_ref()
                .is_some_and(|before| before.raw == after.raw)
        };
        self.done.changes.retain(|_, change| !back_again(change));
        let done = &mut self.done;
        done.applied
            .retain(|touched| touched.iter().all(|path| done.changes.contains_key(path)));
        (self.done, self.left)
    }
}

/// By the place of the first edit; what only makes files comes first.
fn in_order<'f>(mut fixes: Vec<(&'f Finding, &'f Fix)>) -> Vec<(&'f Finding, &'f Fix)> {
    fixes.sort_by_key(|(_, fix)| fix.edits.iter().map(|e| (e.source, e.span)).min());
    fixes
}

/// Writes the changes; those that fail are taken back and noted. True where one failed.
fn write(done: &mut Repair, root: &Root) -> bool {
    let mut failed = false;
    let refused = &mut done.refused;
    done.changes.retain(|path, (before, after)| {
        let old = before.as_ref().map(|before| &before.raw[..]);
        match root.replace(path, old, &after.raw) {
            Ok(()) => true,
            Err(why) => {
                failed = true;
                refused.push(Refusal {
                    path: path.clone(),
                    why,
                });
                false
            }
        }
    });
    done.applied
        .retain(|touched| touched.iter().all(|path| done.changes.contains_key(path)));
    failed
}
