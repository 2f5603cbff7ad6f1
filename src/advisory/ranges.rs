//! Whether a record applies to a version: the evaluation of the OSV schema
//! (<https://ossf.github.io/osv-schema/#evaluation>), with events sorted stably so that the
//! publisher's order decides between equal versions.

use super::record::{Event, Range, Record};
use crate::parse::version::Version;

/// Why and until when a version is affected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Affected {
    /// Higher versions that the record calls fixed and that are not affected again, lowest first.
    pub fixed_in: Vec<String>,
    /// The last version that is known to be affected, where the record names that and no fix.
    pub last_affected: Option<String>,
    /// The version stands in the record's list of versions rather than in a range.
    pub listed: bool,
}

/// What a record says about a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judgement {
    Affected(Affected),
    NotAffected,
    /// The version is none that its ecosystem can order, so that no range holds or fails.
    Unknown,
}

/// Judges one record. A version that cannot be ordered is affected only if every version is, or
/// if the record lists it.
pub fn judge(record: &Record, version: &Version) -> Judgement {
    if record.withdrawn.is_some() {
        return Judgement::NotAffected;
    }
    match verdict(record, version) {
        Verdict::No => Judgement::NotAffected,
        Verdict::Unknown => Judgement::Unknown,
        Verdict::Yes { listed } => {
            let fixed_in = fixes(record, version);
            let last_affected = if fixed_in.is_empty() {
                last_affected(record, version)
            } else {
                None
            };
            Judgement::Affected(Affected {
                fixed_in,
                last_affected,
                listed,
            })
        }
    }
}

/// True where one of the record's ranges holds, whatever its list of versions says.
pub fn covers(record: &Record, version: &Version) -> bool {
    matches!(by_range(record, version), Verdict::Yes { .. })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Yes { listed: bool },
    No,
    Unknown,
}

fn verdict(record: &Record, version: &Version) -> Verdict {
    let comparable = version.is_parsable();
    let listed = record.versions.iter().any(|listed| {
        listed == version.as_str() || (comparable && version.scheme().parse(listed) == *version)
    });
    if listed {
        Verdict::Yes { listed }
    } else {
        by_range(record, version)
    }
}

fn by_range(record: &Record, version: &Version) -> Verdict {
    // Advisories speak of public versions.
    let version = &version.public();
    match any_range(&record.ranges, version) {
        Verdict::Yes { listed } => {
            if record.narrowed_by.is_empty() || counts_commits(version) {
                Verdict::Yes { listed }
            } else {
                any_range(&record.narrowed_by, version)
            }
        }
        other => other,
    }
}

/// A Go pseudo-version without a release before it says nothing about releases, so that custom
/// ranges, which count releases, cannot clear it.
fn counts_commits(version: &Version) -> bool {
    let text = version.as_str();
    text.strip_prefix('v').unwrap_or(text).starts_with("0.0.0-")
}

fn any_range(ranges: &[Range], version: &Version) -> Verdict {
    let mut result = Verdict::No;
    for range in ranges {
        match in_range(range, version) {
            Verdict::No => {}
            Verdict::Unknown => result = Verdict::Unknown,
            yes => return yes,
        }
    }
    result
}

fn in_range(range: &Range, version: &Version) -> Verdict {
    const YES: Verdict = Verdict::Yes { listed: false };
    // True without a look at the version: this is what records of malicious packages say.
    if !range.events.is_empty() && range.events.iter().all(is_introduced_at_zero) {
        return YES;
    }
    if !version.is_parsable() {
        return Verdict::Unknown;
    }
    let parse = |text: &str| version.scheme().parse(text);
    let mut limits = range.events.iter().filter_map(|event| match event {
        Event::Limit(limit) => Some(limit.as_str()),
        _ => None,
    });
    let below = |limit: &str| limit == "*" || *version < parse(limit);
    if let Some(first) = limits.next()
        && !below(first)
        && !limits.any(below)
    {
        return Verdict::No;
    }
    // `None` stands before every version. The sort is stable: see above.
    let mut events: Vec<(Option<Version>, &Event)> = range
        .events
        .iter()
        .filter(|event| !matches!(event, Event::Limit(_)))
        .map(|event| {
            let zero = is_introduced_at_zero(event);
            ((!zero).then(|| parse(version_of(event))), event)
        })
        .collect();
    events.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut affected = false;
    for (at, event) in &events {
        let at = at.as_ref();
        match event {
            Event::Introduced(_) if at.is_none_or(|at| version >= at) => affected = true,
            Event::Fixed(_) if at.is_none_or(|at| version >= at) => affected = false,
            Event::LastAffected(_) if at.is_none_or(|at| version > at) => affected = false,
            _ => {}
        }
    }
    if affected { YES } else { Verdict::No }
}

fn is_introduced_at_zero(event: &Event) -> bool {
    matches!(event, Event::Introduced(at) if at == "0")
}

fn version_of(event: &Event) -> &str {
    match event {
        Event::Introduced(at) | Event::Fixed(at) | Event::LastAffected(at) | Event::Limit(at) => at,
    }
}

fn events(record: &Record) -> impl Iterator<Item = &Event> {
    record
        .ranges
        .iter()
        .chain(&record.narrowed_by)
        .flat_map(|range| &range.events)
}

/// Every fixed version above `version` that the record does not affect again.
fn fixes(record: &Record, version: &Version) -> Vec<String> {
    let mut fixes: Vec<Version> = Vec::new();
    for event in events(record) {
        let Event::Fixed(fixed) = event else { continue };
        let fixed = version.scheme().parse(fixed);
        let higher = !version.is_parsable() || fixed > *version;
        if higher && !fixes.contains(&fixed) && verdict(record, &fixed) == Verdict::No {
            fixes.push(fixed);
        }
    }
    fixes.sort();
    fixes.iter().map(|fix| fix.as_str().to_owned()).collect()
}

/// The lowest `last_affected` that is not below `version`.
fn last_affected(record: &Record, version: &Version) -> Option<String> {
    events(record)
        .filter_map(|event| match event {
            Event::LastAffected(at) => Some(version.scheme().parse(at)),
            _ => None,
        })
        .filter(|at| !version.is_parsable() || at >= version)
        .min()
        .map(|at| at.as_str().to_owned())
}

/// True where the record names a fix at or below `version`.
pub fn is_past_a_fix(record: &Record, version: &Version) -> bool {
    version.is_parsable()
        && events(record).any(
            |event| matches!(event, Event::Fixed(at) if version.scheme().parse(at) <= *version),
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::version::Scheme;

    enum At {
        In(&'static str),
        Fix(&'static str),
        Last(&'static str),
        Limit(&'static str),
    }
    use At::{Fix, In, Last, Limit};

    fn range(events: &[At]) -> Range {
        let events = events.iter().map(|event| match event {
            In(at) => Event::Introduced((*at).into()),
            Fix(at) => Event::Fixed((*at).into()),
            Last(at) => Event::LastAffected((*at).into()),
            Limit(at) => Event::Limit((*at).into()),
        });
        Range {
            events: events.collect(),
        }
    }

    fn record(ranges: &[&[At]]) -> Record {
        let mut record = Record::new("TEST-1");
        record.ranges = ranges.iter().map(|events| range(events)).collect();
        record
    }

    fn hit(record: &Record, scheme: Scheme, version: &str) -> bool {
        matches!(
            judge(record, &scheme.parse(version)),
            Judgement::Affected(_)
        )
    }

    fn why(record: &Record, scheme: Scheme, version: &str) -> Affected {
        match judge(record, &scheme.parse(version)) {
            Judgement::Affected(why) => why,
            other => panic!("{version}: {other:?}"),
        }
    }

    #[test]
    fn bounds_are_inclusive_where_introduced_and_exclusive_where_fixed() {
        let record = record(&[&[In("1.0.0"), Fix("1.2.0")]]);
        for (version, expected) in [
            ("0.9.9", false),
            ("1.0.0-rc.1", false),
            ("1.0.0", true),
            ("1.1.9", true),
            ("1.2.0-rc.1", true),
            ("1.2.0", false),
            ("1.2.0+build", false),
        ] {
            assert_eq!(hit(&record, Scheme::SemVer, version), expected, "{version}");
        }
    }

    #[test]
    fn several_intervals_in_one_list_need_not_be_in_order() {
        let record = record(&[&[Fix("2.5"), In("2.0"), Fix("1.5"), In("0")]]);
        for (version, expected) in [
            ("0", true),
            ("1.4", true),
            ("1.5", false),
            ("1.9", false),
            ("2.0", true),
            ("2.5", false),
        ] {
            assert_eq!(hit(&record, Scheme::SemVer, version), expected, "{version}");
        }
    }

    #[test]
    fn the_publisher_s_order_decides_a_tie() {
        let again = record(&[&[In("0"), Fix("1.5"), In("1.5"), Fix("1.6")]]);
        assert!(hit(&again, Scheme::SemVer, "1.5"));
        let over = record(&[&[In("0"), In("1.5"), Fix("1.5")]]);
        assert!(!hit(&over, Scheme::SemVer, "1.5"));
        // Equal versions of different text are a tie as well.
        let texts = record(&[&[In("0"), Fix("1.5.0"), In("1.5")]]);
        assert!(hit(&texts, Scheme::Pep440, "1.5"));
    }

    #[test]
    fn zero_stands_before_pre_releases() {
        let record = record(&[&[In("0"), Fix("1.0.0")]]);
        assert!(hit(&record, Scheme::SemVer, "0.0.0-0"));
        assert!(hit(&record, Scheme::Pep440, "0.0.dev1"));
    }

    #[test]
    fn last_affected_claims_no_fix() {
        let record = record(&[&[In("0"), Last("2.0")]]);
        let affected = why(&record, Scheme::Pep440, "2.0");
        assert!(affected.fixed_in.is_empty());
        assert_eq!(affected.last_affected.as_deref(), Some("2.0"));
        assert!(!hit(&record, Scheme::Pep440, "2.0.post1"));
    }

    #[test]
    fn nothing_is_said_beyond_a_limit() {
        let record = record(&[&[In("1.0"), Limit("2.0")], &[In("3.0"), Limit("*")]]);
        assert!(hit(&record, Scheme::SemVer, "1.5"));
        assert!(!hit(&record, Scheme::SemVer, "2.0"));
        assert!(hit(&record, Scheme::SemVer, "4.0"));
    }

    #[test]
    fn every_range_is_looked_at() {
        let record = record(&[&[In("1.0"), Fix("1.1")], &[], &[In("2.0"), Fix("2.1")]]);
        assert!(hit(&record, Scheme::SemVer, "2.0.5"));
        assert!(!hit(&record, Scheme::SemVer, "1.5"));
    }

    #[test]
    fn a_fix_that_another_range_affects_again_is_no_fix() {
        let record = record(&[
            &[In("0"), Fix("1.5")],
            &[In("0"), Fix("2.0")],
            &[In("3.0"), Fix("3.1")],
        ]);
        assert_eq!(why(&record, Scheme::SemVer, "1.0").fixed_in, ["2.0", "3.1"]);
    }

    #[test]
    fn listed_versions_are_compared_as_versions() {
        let mut record = record(&[]);
        record.versions = vec!["4.2".into(), "dev-main".into()];
        assert!(why(&record, Scheme::Pep440, "4.2.0").listed);
        assert!(!hit(&record, Scheme::Pep440, "4.2.1"));
        assert!(hit(&record, Scheme::Packagist, "dev-main"));
    }

    #[test]
    fn a_local_version_is_judged_as_its_public_one() {
        let record = record(&[&[In("0"), Fix("2.0.1")]]);
        assert!(hit(&record, Scheme::Pep440, "2.0.0+cu118"));
        assert!(!hit(&record, Scheme::Pep440, "2.0.1+cu118"));
    }

    #[test]
    fn an_odd_version_is_unknown_unless_every_version_is_affected() {
        let odd = Scheme::Pep440.parse("not a version");
        assert_eq!(
            judge(&record(&[&[In("0"), Fix("2.0")]]), &odd),
            Judgement::Unknown
        );
        assert!(matches!(
            judge(&record(&[&[In("0")]]), &odd),
            Judgement::Affected(_)
        ));
        assert_eq!(judge(&record(&[]), &odd), Judgement::NotAffected);
    }

    #[test]
    fn a_withdrawn_record_affects_nothing() {
        let mut record = record(&[&[In("0")]]);
        record.withdrawn = crate::advisory::Day::parse("2024-05-05");
        assert!(!hit(&record, Scheme::SemVer, "1.0.0"));
    }

    #[test]
    fn custom_ranges_of_go_narrow_an_open_range() {
        let open = record(&[&[In("0")]]);
        // The shape of a module whose releases carry no module versions.
        let mut record = record(&[&[In("1.9.2-0.20250521205822-0ba0b99665a9")]]);
        record.narrowed_by = vec![
            range(&[In("0"), Fix("12.0.7")]),
            range(&[In("12.1.0"), Fix("12.1.4")]),
        ];
        assert_eq!(
            why(&record, Scheme::Go, "v12.0.5").fixed_in,
            ["12.0.7", "12.1.4"]
        );
        assert!(hit(&record, Scheme::Go, "v12.1.3"));
        assert!(!hit(&record, Scheme::Go, "v12.0.7"));
        assert!(
            !hit(&record, Scheme::Go, "v1.9.1"),
            "before the SEMVER range"
        );

        let mut commits = open;
        commits.narrowed_by = vec![range(&[In("2023.1.0"), Fix("2023.5.0")])];
        assert!(
            hit(&commits, Scheme::Go, "v0.0.0-20240101000000-0123456789ab"),
            "a commit cannot be placed among releases"
        );
        assert!(!hit(&commits, Scheme::Go, "v2023.6.0"));
    }

    #[test]
    fn release_candidates_below_a_fix_are_affected() {
        let record = record(&[&[In("0.0.0-0"), Fix("4.3.0")]]);
        assert!(hit(&record, Scheme::SemVer, "4.3.0-rc.1"));
    }
}
