//! Whether a record applies to a version: the evaluation of the OSV schema
//! (<https://ossf.github.io/osv-schema/#evaluation>), with events sorted stably so that the
//! publisher's order decides between equal versions.

use super::record::{Event, Range, Record};
use crate::parse::version::{Scheme, Version};

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
    Bounds::of(record, version.scheme()).judge(&Subject::new(version))
}

/// A version that records are held against.
#[derive(Debug)]
pub struct Subject<'v> {
    version: &'v Version,
    /// Advisories speak of public versions.
    public: Version,
}

impl<'v> Subject<'v> {
    pub fn new(version: &'v Version) -> Self {
        Self {
            version,
            public: version.public(),
        }
    }
}

/// What a record says of versions, read once for any number of them.
#[derive(Debug)]
pub struct Bounds {
    withdrawn: bool,
    ranges: Vec<Line>,
    listed: Vec<Version>,
}

/// One range along the line of versions.
#[derive(Debug)]
struct Line {
    /// Every version is affected.
    all: bool,
    /// `None` is no limit.
    limits: Vec<Option<Version>>,
    /// In order; `None` stands before every version. The sort is stable: see above.
    events: Vec<(Option<Version>, Change)>,
    /// Where there are any, one of them must hold as well.
    narrowed_by: Vec<Self>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    Introduced,
    Fixed,
    LastAffected,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Yes { listed: bool },
    No,
    Unknown,
}

impl Bounds {
    pub fn of(record: &Record, scheme: Scheme) -> Self {
        Self {
            withdrawn: record.withdrawn.is_some(),
            ranges: record
                .ranges
                .iter()
                .map(|range| Line::of(range, scheme))
                .collect(),
            listed: record
                .versions
                .iter()
                .map(|text| scheme.parse(text))
                .collect(),
        }
    }

    pub fn judge(&self, subject: &Subject<'_>) -> Judgement {
        if self.withdrawn {
            return Judgement::NotAffected;
        }
        let version = subject.version;
        match self.verdict(subject) {
            Verdict::No => Judgement::NotAffected,
            Verdict::Unknown => Judgement::Unknown,
            Verdict::Yes { listed } => {
                let fixed_in = self.fixes(version);
                let last_affected = if fixed_in.is_empty() {
                    self.last_affected(version)
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

    /// True where a range holds, whatever the list of versions says.
    pub fn covers(&self, version: &Version) -> bool {
        matches!(self.by_range(&version.public()), Verdict::Yes { .. })
    }

    /// True where the record names a fix at or below `version`.
    pub fn is_past_a_fix(&self, version: &Version) -> bool {
        version.is_parsable()
            && self
                .of_kind(Change::Fixed)
                .any(|at| at.is_none_or(|at| at <= version))
    }

    fn verdict(&self, subject: &Subject<'_>) -> Verdict {
        let Subject { version, public } = subject;
        let comparable = version.is_parsable();
        let listed = self.listed.iter().any(|listed| {
            listed.as_str() == version.as_str()
                || (comparable && (listed == *version || listed == public))
        });
        if listed {
            Verdict::Yes { listed }
        } else {
            self.by_range(public)
        }
    }

    fn by_range(&self, version: &Version) -> Verdict {
        any_holds(&self.ranges, version)
    }

    /// The versions of all events of a kind; `None` stands before every version.
    fn of_kind(&self, kind: Change) -> impl Iterator<Item = Option<&Version>> {
        self.ranges
            .iter()
            .flat_map(|line| std::iter::once(line).chain(&line.narrowed_by))
            .flat_map(|line| &line.events)
            .filter(move |(_, change)| *change == kind)
            .map(|(at, _)| at.as_ref())
    }

    /// Every fixed version above `version` that the record does not affect again.
    fn fixes(&self, version: &Version) -> Vec<String> {
        let mut fixes: Vec<&Version> = Vec::new();
        for fixed in self.of_kind(Change::Fixed).flatten() {
            let higher = !version.is_parsable() || fixed > version;
            if higher
                && !fixes.contains(&fixed)
                && self.verdict(&Subject::new(fixed)) == Verdict::No
            {
                fixes.push(fixed);
            }
        }
        fixes.sort();
        fixes.iter().map(|fix| fix.as_str().to_owned()).collect()
    }

    /// The lowest `last_affected` that is not below `version`.
    fn last_affected(&self, version: &Version) -> Option<String> {
        self.of_kind(Change::LastAffected)
            .flatten()
            .filter(|at| !version.is_parsable() || *at >= version)
            .min()
            .map(|at| at.as_str().to_owned())
    }
}

/// A Go pseudo-version without a release before it says nothing about releases, so that custom
/// ranges, which count releases, cannot clear it.
fn counts_commits(version: &Version) -> bool {
    let text = version.as_str();
    text.strip_prefix('v').unwrap_or(text).starts_with("0.0.0-")
}

fn any_holds(lines: &[Line], version: &Version) -> Verdict {
    let mut result = Verdict::No;
    for line in lines {
        match line.holds(version) {
            Verdict::No => {}
            Verdict::Unknown => result = Verdict::Unknown,
            yes => return yes,
        }
    }
    result
}

impl Line {
    fn of(range: &Range, scheme: Scheme) -> Self {
        let narrowed_by = range.narrowed_by.iter();
        Self {
            narrowed_by: narrowed_by
                .map(|events| Self::of_events(events, scheme))
                .collect(),
            ..Self::of_events(&range.events, scheme)
        }
    }

    fn of_events(events: &[Event], scheme: Scheme) -> Self {
        let mut line = Self {
            all: !events.is_empty(),
            limits: Vec::new(),
            events: Vec::with_capacity(events.len()),
            narrowed_by: Vec::new(),
        };
        for event in events {
            let (change, at) = match event {
                Event::Introduced(at) if at == "0" => {
                    line.events.push((None, Change::Introduced));
                    continue;
                }
                Event::Introduced(at) => (Change::Introduced, at),
                Event::Fixed(at) => (Change::Fixed, at),
                Event::LastAffected(at) => (Change::LastAffected, at),
                Event::Limit(at) => {
                    line.all = false;
                    line.limits.push((at != "*").then(|| scheme.parse(at)));
                    continue;
                }
            };
            line.all = false;
            let at = scheme.parse(at);
            // What is no version is never reached: it neither begins nor ends anything.
            if at.is_parsable() {
                line.events.push((Some(at), change));
            }
        }
        line.events.sort_by(|(a, _), (b, _)| a.cmp(b));
        line
    }

    fn holds(&self, version: &Version) -> Verdict {
        match self.holds_alone(version) {
            Verdict::Yes { .. } if !self.narrowed_by.is_empty() && !counts_commits(version) => {
                any_holds(&self.narrowed_by, version)
            }
            verdict => verdict,
        }
    }

    fn holds_alone(&self, version: &Version) -> Verdict {
        const YES: Verdict = Verdict::Yes { listed: false };
        // True without a look at the version: this is what records of malicious packages say.
        if self.all {
            return YES;
        }
        if !version.is_parsable() {
            return Verdict::Unknown;
        }
        let below = |limit: &Option<Version>| limit.as_ref().is_none_or(|limit| version < limit);
        if !self.limits.is_empty() && !self.limits.iter().any(below) {
            return Verdict::No;
        }
        let mut affected = false;
        for (at, change) in &self.events {
            let at = at.as_ref();
            match change {
                Change::Introduced if at.is_none_or(|at| version >= at) => affected = true,
                Change::Fixed if at.is_none_or(|at| version >= at) => affected = false,
                Change::LastAffected if at.is_none_or(|at| version > at) => affected = false,
                _ => {}
            }
        }
        if affected { YES } else { Verdict::No }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            ..Range::default()
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
    fn a_local_build_of_a_listed_version_is_that_version() {
        let mut record = record(&[]);
        record.versions = vec!["4.2".into()];
        assert!(hit(&record, Scheme::Pep440, "4.2.0+cu118"));
        assert!(!hit(&record, Scheme::Pep440, "4.2.1+cu118"));
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
    fn a_bound_that_is_no_version_clears_nothing() {
        let record = record(&[&[In("0"), Fix("main-gha.122")]]);
        assert!(why(&record, Scheme::Go, "v1.2.3").fixed_in.is_empty());
        let odd = self::record(&[&[In("0"), Fix("0.2.0-n653")]]);
        assert!(hit(&odd, Scheme::Pep440, "0.1.0"));
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
        record.ranges[0].narrowed_by = vec![
            range(&[In("0"), Fix("12.0.7")]).events,
            range(&[In("12.1.0"), Fix("12.1.4")]).events,
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
        commits.ranges[0].narrowed_by = vec![range(&[In("2023.1.0"), Fix("2023.5.0")]).events];
        assert!(
            hit(&commits, Scheme::Go, "v0.0.0-20240101000000-0123456789ab"),
            "a commit cannot be placed among releases"
        );
        assert!(!hit(&commits, Scheme::Go, "v2023.6.0"));

        commits
            .ranges
            .push(range(&[In("2023.5.5"), Fix("2023.7.0")]));
        assert!(
            hit(&commits, Scheme::Go, "v2023.6.0"),
            "a range is narrowed by what stands beside it, not by that of another entry"
        );
    }

    #[test]
    fn release_candidates_below_a_fix_are_affected() {
        let record = record(&[&[In("0.0.0-0"), Fix("4.3.0")]]);
        assert!(hit(&record, Scheme::SemVer, "4.3.0-rc.1"));
    }
}
