//! What takes the defects of a version away, and whether those who ask for it let that happen.

use super::{Pinned, update};
use crate::advisory::{Dossier, Kind, Matches};
use crate::model::{Asked, Ecosystem, FileKind, Package, Source};
use crate::parse::version::Version;
use crate::parse::version::requirement::Requirement;

/// The way to a version without known vulnerabilities.
#[derive(Debug, Default)]
pub struct Remedy {
    /// The lowest such version that is allowed, or else the lowest of all.
    pub target: Option<Version>,
    /// Whether everybody who asks for the package allows it; `None` where nobody can tell.
    pub in_range: Option<bool>,
    /// The ranges that allow it, each once.
    pub inside: Vec<String>,
    /// Who asks for other versions.
    pub blocked_by: Vec<Asked>,
    /// What the project's own manifest asks for.
    pub manifest: Option<Asked>,
    /// True where the project's own manifest is what stands in the way.
    pub is_ours: bool,
    pub command: Option<String>,
    /// What to do where no command does it.
    pub by_hand: Option<&'static str>,
    /// Who has to be updated first, because what it asks for is not compatible with the target.
    pub first: Option<String>,
}

/// Versions that are tried.
const CANDIDATES: usize = 16;
/// Ranges that are read for one package.
const MOST_ASKED: usize = 200;

impl Remedy {
    pub fn find(
        known: &Dossier<'_>,
        source: &Source,
        pinned: &Pinned<'_>,
        version: &Version,
        matches: &Matches,
    ) -> Self {
        let package = pinned.package;
        let manifest = package.requested.as_ref().map(|asked| Asked {
            by: format!("{}:{}", asked.path.display(), asked.line),
            range: asked.requirement.clone(),
        });
        let asked = asked(pinned, manifest.as_ref());
        let mut remedy = Self {
            target: lowest_clean(known, version, matches),
            manifest,
            ..Self::default()
        };
        let Some(lowest) = &remedy.target else {
            return remedy;
        };
        let allows = |target: &Version| {
            let mut known = asked.iter().filter_map(|(_, range)| range.as_ref());
            known.all(|range| range.allows(target))
        };
        let other = (!allows(lowest))
            .then(|| {
                fixes(version, matches)
                    .into_iter()
                    .find(|fix| allows(fix) && is_clean(known, fix))
            })
            .flatten();
        let target = other.unwrap_or_else(|| lowest.clone());
        for (who, range) in &asked {
            match range {
                Some(range) if !range.allows(&target) => remedy.blocked_by.push(who.clone()),
                Some(_) if !remedy.inside.contains(&who.range) => {
                    remedy.inside.push(who.range.clone());
                }
                _ => {}
            }
        }
        let all_known = !asked.is_empty() && asked.iter().all(|(_, range)| range.is_some());
        remedy.in_range = match remedy.blocked_by.is_empty() {
            false => Some(false),
            true => all_known.then_some(true),
        };
        let ours = |who: &Asked| who.by.is_empty() || remedy.manifest.as_ref() == Some(who);
        remedy.is_ours = remedy.blocked_by.iter().any(ours);
        let blocked_elsewhere = remedy.blocked_by.iter().any(|who| !ours(who));
        remedy.command = match remedy.in_range {
            Some(false) if blocked_elsewhere => None,
            Some(false) => update::require(source, package, target.as_str()),
            None if is_out_of_reach(source, package, &target) => {
                remedy.first = package.dependency_path.iter().rev().nth(1).cloned();
                match remedy.first {
                    Some(_) => None,
                    None => update::require(source, package, target.as_str()),
                }
            }
            _ => update::inside(source, package)
                .or_else(|| update::require(source, package, target.as_str())),
        };
        remedy.by_hand = update::by_hand(source, package);
        remedy.target = Some(target);
        remedy
    }
}

/// A Cargo.lock does not say what its crates ask for, but a requirement without an operator, as
/// nearly all are, allows compatible versions alone.
fn is_out_of_reach(source: &Source, package: &Package, target: &Version) -> bool {
    source.kind == FileKind::CargoLock
        && Requirement::parse(Ecosystem::CratesIo, &package.version)
            .is_some_and(|range| !range.allows(target))
}

/// Everybody who asks for the package, with what they ask for where that can be read.
fn asked(pinned: &Pinned<'_>, manifest: Option<&Asked>) -> Vec<(Asked, Option<Requirement>)> {
    let mut asked: Vec<Asked> = manifest.cloned().into_iter().collect();
    let packages = pinned.elsewhere.iter().copied().chain([pinned.package]);
    for need in packages.flat_map(|package| &package.facts.required_by) {
        // The project itself is known better by its line.
        let is_manifest = need.by.is_empty() && manifest.is_some_and(|m| m.range == need.range);
        let who = Asked {
            by: need.by.clone(),
            range: need.range.clone(),
        };
        if !is_manifest && !asked.contains(&who) && asked.len() < MOST_ASKED {
            asked.push(who);
        }
    }
    let read = |who: Asked| {
        let range = Requirement::parse(pinned.package.ecosystem, &who.range);
        (who, range)
    };
    asked.into_iter().map(read).collect()
}

fn is_defect(kind: Kind) -> bool {
    matches!(kind, Kind::Vulnerability | Kind::Malicious)
}

/// Every version that one of the advisories calls fixed, lowest first.
fn fixes(version: &Version, matches: &Matches) -> Vec<Version> {
    let defects = matches
        .affected
        .iter()
        .filter(|found| is_defect(found.record.kind));
    let named = defects.flat_map(|found| &found.affected.fixed_in);
    let mut fixes: Vec<Version> = named.map(|fix| version.scheme().parse(fix)).collect();
    fixes.sort();
    fixes.dedup();
    fixes.truncate(CANDIDATES);
    fixes
}

fn is_clean(known: &Dossier<'_>, version: &Version) -> bool {
    !known
        .affecting(version)
        .affected
        .iter()
        .any(|found| is_defect(found.record.kind))
}

/// Updates that lead to another affected version, before it is given up.
const ROUNDS: usize = 8;

/// The lowest version known to have none of the defects: an update for one of them may be affected
/// by another. `None` where some defect has no fix.
fn lowest_clean(known: &Dossier<'_>, version: &Version, matches: &Matches) -> Option<Version> {
    let mut target: Option<Version> = None;
    let mut later;
    let mut matches = matches;
    for _ in 0..ROUNDS {
        let mut defects = matches
            .affected
            .iter()
            .filter(|found| is_defect(found.record.kind))
            .peekable();
        if defects.peek().is_none() {
            return target;
        }
        for found in defects {
            let fixed = version.scheme().parse(found.affected.fixed_in.first()?);
            target = target.max(Some(fixed));
        }
        let next = target.as_ref()?;
        later = known.affecting(next);
        matches = &later;
    }
    None
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::advisory::{Advisories, Event, Range, Record};
    use crate::model::{Origin, RepoPath, Requested, Requirement as Need, SourceId, Span};
    use crate::parse::version::Scheme;

    /// The remedy for x 1.2.0 in a package-lock.json, of which `fixed` say how it is fixed.
    fn remedy(fixed: &[&[&str]], manifest: Option<&str>, needs: &[(&str, &str)]) -> Remedy {
        let records = fixed.iter().enumerate().map(|(at, versions)| {
            let mut record = Record::new(&format!("X-{at}"));
            record.group = u32::try_from(at).expect("few");
            // Each fix is one of its own major version.
            let lists = versions.iter().map(|fix| Range {
                events: vec![
                    Event::Introduced(fix.get(..1).unwrap_or("0").to_owned()),
                    Event::Fixed((*fix).to_owned()),
                ],
                ..Range::default()
            });
            record.ranges = lists.collect();
            if versions.is_empty() {
                let events = vec![Event::Introduced("0".to_owned())];
                record.ranges = vec![Range {
                    events,
                    ..Range::default()
                }];
            }
            record
        });
        let packages = BTreeMap::from([("x".to_owned(), records.collect())]);
        let advisories = Advisories::of(Ecosystem::Npm, packages);
        let path = RepoPath::from("package-lock.json");
        let source = Source::new(SourceId(0), path, FileKind::NpmLock, b"", Origin::Buffer);
        let mut package = Package::new(Ecosystem::Npm, "x", "1.2.0", Span::default());
        package.requested = manifest.map(|range| Requested {
            path: RepoPath::from("package.json"),
            line: 12,
            requirement: range.to_owned(),
        });
        let needs = needs.iter().map(|(by, range)| Need {
            by: (*by).to_owned(),
            range: (*range).to_owned(),
        });
        package.facts.required_by = needs.collect();
        let version = Scheme::SemVer.parse("1.2.0");
        let known = advisories.dossier(Ecosystem::Npm, "x");
        let matches = known.affecting(&version);
        let pinned = Pinned {
            package: &package,
            elsewhere: Vec::new(),
            command: None,
        };
        Remedy::find(&known, &source, &pinned, &version, &matches)
    }

    fn target(remedy: &Remedy) -> Option<&str> {
        remedy.target.as_ref().map(Version::as_str)
    }

    #[test]
    fn a_fix_that_everybody_allows_is_reached_by_an_update() {
        let found = remedy(&[&["1.2.4"]], Some("^1.2.0"), &[("bar", ">=1")]);
        assert_eq!(target(&found), Some("1.2.4"));
        assert_eq!(found.in_range, Some(true));
        assert_eq!(found.command.as_deref(), Some("npm update x"));
        assert_eq!(found.inside, ["^1.2.0", ">=1"]);
    }

    #[test]
    fn whoever_wants_another_version_blocks_the_fix() {
        let found = remedy(&[&["1.3.0"]], None, &[("foo", "^1.0.0"), ("bar", "~1.2.0")]);
        assert_eq!(found.in_range, Some(false));
        assert_eq!(found.blocked_by.len(), 1);
        assert_eq!(found.blocked_by[0].by, "bar");
        assert_eq!(found.command, None);
    }

    #[test]
    fn the_manifest_s_own_line_is_named_with_what_to_ask_for() {
        let found = remedy(&[&["1.9.0"]], Some("~1.2.0"), &[("", "~1.2.0")]);
        assert_eq!(found.blocked_by.len(), 1);
        assert_eq!(found.blocked_by[0].by, "package.json:12");
        assert_eq!(found.command.as_deref(), Some("npm install x@1.9.0"));
    }

    #[test]
    fn a_range_that_nobody_can_read_leaves_the_question_open() {
        let found = remedy(&[&["1.2.4"]], Some("latest"), &[("bar", "^1.0.0")]);
        assert_eq!(found.in_range, None);
        assert_eq!(remedy(&[&["1.2.4"]], None, &[]).in_range, None);
        let blocked = remedy(&[&["1.2.4"]], Some("latest"), &[("bar", "1.2.0")]);
        assert_eq!(blocked.in_range, Some(false), "one is enough to block");
    }

    #[test]
    fn a_later_fix_is_taken_where_only_that_is_allowed() {
        let found = remedy(&[&["1.2.4", "2.0.9"]], Some("1.2.0 || ^2.0.5"), &[]);
        assert_eq!(target(&found), Some("2.0.9"));
        assert_eq!(found.in_range, Some(true));
    }

    #[test]
    fn one_target_fixes_everything_or_there_is_none() {
        let found = remedy(&[&["1.2.4"], &["1.5.0"]], Some("^1.2.0"), &[]);
        assert_eq!(target(&found), Some("1.5.0"));
        let found = remedy(&[&["1.2.4"], &[][..]], Some("^1.2.0"), &[]);
        assert_eq!(target(&found), None);
        assert_eq!(found.in_range, None);
    }

    #[test]
    fn cargo_updates_whoever_asks_for_a_release_that_is_not_compatible() {
        let path = RepoPath::from("Cargo.lock");
        let source = Source::new(SourceId(0), path, FileKind::CargoLock, b"", Origin::Buffer);
        let mut package = Package::new(Ecosystem::CratesIo, "x", "0.2.3", Span::default());
        for (target, expected) in [("0.2.9", false), ("0.3.0", true), ("1.0.0", true)] {
            let target = Scheme::SemVer.parse(target);
            assert_eq!(is_out_of_reach(&source, &package, &target), expected);
        }
        package.version = "1.2.0".to_owned();
        assert!(!is_out_of_reach(
            &source,
            &package,
            &Scheme::SemVer.parse("1.9.0")
        ));
    }
}
