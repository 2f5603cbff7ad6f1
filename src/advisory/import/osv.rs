//! One record in the OSV schema (<https://ossf.github.io/osv-schema/>).
//!
//! Whatever a publisher adds to the schema, or writes into a field in another type than the schema
//! says, costs that field and not the record. Kinds of events, ranges and ratings that are not
//! known are counted.

use std::borrow::Cow;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::{Imported, headline, rating};
use crate::advisory::Day;
use crate::advisory::record::{Event, Kind, Range, Record};
use crate::model::{Ecosystem, Severity};

/// How many affected functions of one package are kept.
const FUNCTIONS: usize = 512;

#[derive(Deserialize)]
struct Osv<'j> {
    #[serde(borrow)]
    id: Cow<'j, str>,
    #[serde(borrow, default, deserialize_with = "lenient")]
    modified: Cow<'j, str>,
    #[serde(borrow, default, deserialize_with = "lenient")]
    published: Cow<'j, str>,
    // Any other value than none means that it is withdrawn.
    #[serde(borrow, default)]
    withdrawn: Option<&'j RawValue>,
    #[serde(default, deserialize_with = "or_default")]
    aliases: Vec<String>,
    #[serde(borrow, default, deserialize_with = "lenient")]
    summary: Cow<'j, str>,
    /// Long, and seldom needed.
    #[serde(borrow, default)]
    details: Option<&'j RawValue>,
    #[serde(borrow, default, deserialize_with = "or_default")]
    severity: Vec<Rated<'j>>,
    #[serde(borrow, default, deserialize_with = "or_default")]
    affected: Vec<Affected<'j>>,
    /// Seldom needed as well.
    #[serde(borrow, default)]
    references: Option<&'j RawValue>,
    #[serde(borrow, default, deserialize_with = "lenient")]
    database_specific: Specific<'j>,
}

#[derive(Deserialize)]
struct Reference<'j> {
    #[serde(borrow, rename = "type", default)]
    kind: Cow<'j, str>,
    #[serde(borrow, default)]
    url: Cow<'j, str>,
}

#[derive(Deserialize)]
struct Rated<'j> {
    #[serde(borrow, rename = "type", default)]
    system: Cow<'j, str>,
    #[serde(borrow, default)]
    score: Cow<'j, str>,
}

#[derive(Deserialize)]
struct Affected<'j> {
    #[serde(borrow)]
    package: Option<Package<'j>>,
    #[serde(borrow, default, deserialize_with = "or_default")]
    severity: Vec<Rated<'j>>,
    #[serde(borrow, default, deserialize_with = "or_default")]
    ranges: Vec<Ranges<'j>>,
    #[serde(default, deserialize_with = "or_default")]
    versions: Vec<String>,
    #[serde(borrow, default, deserialize_with = "lenient")]
    ecosystem_specific: Specific<'j>,
    #[serde(borrow, default, deserialize_with = "lenient")]
    database_specific: Specific<'j>,
}

#[derive(Deserialize)]
struct Package<'j> {
    #[serde(borrow)]
    ecosystem: Cow<'j, str>,
    #[serde(borrow)]
    name: Cow<'j, str>,
}

#[derive(Deserialize)]
struct Ranges<'j> {
    #[serde(borrow, rename = "type", default)]
    system: Cow<'j, str>,
    #[serde(default, deserialize_with = "or_default")]
    events: Vec<Events>,
}

/// What databases say beyond the schema, as far as it concerns us.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Specific<'j> {
    #[serde(borrow, deserialize_with = "lenient")]
    review_status: Cow<'j, str>,
    #[serde(borrow, deserialize_with = "lenient")]
    informational: Cow<'j, str>,
    #[serde(borrow, deserialize_with = "lenient")]
    severity: Cow<'j, str>,
    #[serde(borrow)]
    cvss_v4: Option<&'j RawValue>,
    #[serde(borrow)]
    cvss_v3: Option<&'j RawValue>,
    #[serde(borrow)]
    cvss_v2: Option<&'j RawValue>,
    #[serde(deserialize_with = "lenient")]
    cwe_ids: Vec<String>,
    #[serde(deserialize_with = "lenient")]
    affects: Affects,
    #[serde(deserialize_with = "lenient")]
    imports: Vec<Import>,
    #[serde(borrow, deserialize_with = "lenient")]
    custom_ranges: Vec<Ranges<'j>>,
}

/// What RustSec says of the affected code.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Affects {
    #[serde(deserialize_with = "lenient")]
    os: Vec<String>,
    #[serde(deserialize_with = "lenient")]
    arch: Vec<String>,
    #[serde(deserialize_with = "lenient")]
    functions: Vec<String>,
}

/// What Go's database says of it.
#[derive(Deserialize)]
struct Import {
    path: String,
    #[serde(default, deserialize_with = "or_default")]
    symbols: Vec<String>,
}

/// One event, which should have one key, and how many keys of it are not known.
struct Events {
    known: Vec<Event>,
    unknown: u64,
}

impl<'de> Deserialize<'de> for Events {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Keys;
        impl<'de> Visitor<'de> for Keys {
            type Value = Events;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an event")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Events, A::Error> {
                let mut events = Events {
                    known: Vec::with_capacity(1),
                    unknown: 0,
                };
                while let Some(key) = map.next_key::<Cow<'de, str>>()? {
                    let make = match &*key {
                        "introduced" => Event::Introduced,
                        "fixed" => Event::Fixed,
                        "last_affected" => Event::LastAffected,
                        "limit" => Event::Limit,
                        _ => {
                            events.unknown += 1;
                            map.next_value::<IgnoredAny>()?;
                            continue;
                        }
                    };
                    events
                        .known
                        .extend(map.next_value::<Option<String>>()?.map(make));
                }
                Ok(events)
            }
        }
        from.deserialize_map(Keys)
    }
}

/// Databases write `null` for empty lists.
fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    from: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

/// A value of another type than expected counts as none.
fn lenient<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    from: D,
) -> Result<T, D::Error> {
    let raw = <&'de RawValue>::deserialize(from)?;
    Ok(serde_json::from_str(raw.get()).unwrap_or_default())
}

/// Reads one record and adds what it says about the packages of our ecosystems.
pub fn read(json: &[u8], into: &mut Imported) -> Result<(), serde_json::Error> {
    let osv: Osv<'_> = serde_json::from_slice(json)?;
    let base = base_record(&osv);
    for rated in osv
        .severity
        .iter()
        .filter(|rated| !SYSTEMS.contains(&&*rated.system))
    {
        into.unknown("rating", &rated.system);
    }
    // An entry a package: several entries of one package are one statement.
    let mut records: Vec<(Ecosystem, String, Record)> = Vec::new();
    for affected in &osv.affected {
        let Some(package) = &affected.package else {
            into.without_versions += 1;
            continue;
        };
        let Some(ecosystem) = Ecosystem::parse(&package.ecosystem) else {
            let base = package.ecosystem.split(':').next().unwrap_or_default();
            into.elsewhere(base);
            continue;
        };
        let record = record_of(&base, &osv, affected, into);
        let says_nothing = record.ranges.is_empty() && record.versions.is_empty();
        // What was taken back stays known.
        if says_nothing && record.withdrawn.is_none() {
            into.without_versions += 1;
            continue;
        }
        let name = ecosystem.normalise(&package.name);
        let there = records
            .iter_mut()
            .find(|(e, n, _)| (*e, n) == (ecosystem, &name));
        match there {
            Some((_, _, there)) => {
                there.ranges.extend(record.ranges);
                there.versions.extend(record.versions);
                there.functions.extend(record.functions);
                there.severity = there.severity.max(record.severity);
            }
            None => records.push((ecosystem, name, record)),
        }
    }
    for (ecosystem, name, record) in records {
        into.add(ecosystem, &name, record);
    }
    Ok(())
}

/// What holds for every package that the record names.
fn base_record(osv: &Osv<'_>) -> Record {
    let mut record = Record::new(&osv.id);
    record.aliases.clone_from(&osv.aliases);
    record.summary = osv.summary.to_string();
    if record.summary.trim().is_empty() {
        let details = osv.details.map(|raw| serde_json::from_str(raw.get()));
        let details: String = details.and_then(Result::ok).unwrap_or_default();
        record.summary = headline::of_details(&details);
    }
    if !record.has_page() {
        record.page = osv.references.and_then(page);
    }
    record.published = Day::parse(&osv.published);
    record.modified = Day::parse(&osv.modified);
    let withdrawn = osv.withdrawn.map(RawValue::get);
    record.withdrawn = withdrawn.filter(|raw| *raw != "null").map(|raw| {
        // Withdrawn is withdrawn, whatever the date looks like.
        Day::parse(raw.trim_matches('"')).unwrap_or(Day::from_days(0))
    });
    record.unreviewed = osv.database_specific.review_status == "UNREVIEWED";
    // CWE-506: embedded malicious code.
    let malicious = osv
        .database_specific
        .cwe_ids
        .iter()
        .any(|cwe| cwe == "CWE-506");
    if osv.id.starts_with("MAL-") || malicious {
        record.kind = Kind::Malicious;
    }
    record
}

/// The reference that says most about the defect itself.
fn page(references: &RawValue) -> Option<String> {
    const BEST: [&str; 4] = ["ADVISORY", "WEB", "ARTICLE", "REPORT"];
    const LONGEST: usize = 500;
    let references: Vec<Reference<'_>> = serde_json::from_str(references.get()).ok()?;
    let is_page = |reference: &&Reference<'_>| {
        let url = &reference.url;
        let is_plain = !url.contains(|c: char| c.is_whitespace() || c.is_control());
        url.starts_with("https://") && is_plain && url.len() <= LONGEST
    };
    let pages = references.iter().filter(is_page);
    let best = pages.min_by_key(|reference| {
        let rank = BEST.iter().position(|kind| *kind == reference.kind);
        rank.unwrap_or(BEST.len())
    });
    best.map(|reference| reference.url.to_string())
}

fn record_of(base: &Record, osv: &Osv<'_>, affected: &Affected<'_>, into: &mut Imported) -> Record {
    let mut record = base.clone();
    let informational = &affected.database_specific.informational;
    if !informational.is_empty() {
        record.kind = Kind::parse(informational).unwrap_or(Kind::Notice);
    }
    (record.severity, record.cvss) = severity(osv, affected);
    if record.kind == Kind::Malicious {
        record.severity = Some(Severity::Critical);
    }
    let custom = &affected.ecosystem_specific.custom_ranges;
    let narrowed_by: Vec<_> = custom.iter().map(|range| known(range, into)).collect();
    for range in &affected.ranges {
        match &*range.system {
            "SEMVER" | "ECOSYSTEM" => {
                let events = known(range, into);
                if !events.is_empty() {
                    let narrowed_by = narrowed_by.clone();
                    record.ranges.push(Range {
                        events,
                        narrowed_by,
                    });
                }
            }
            // Commits cannot be compared without the repository.
            "GIT" => {}
            other => into.unknown("range", other),
        }
    }
    record.versions.clone_from(&affected.versions);
    targets(&affected.ecosystem_specific, &mut record);
    record
}

/// The events of a range that we know; the others are counted.
fn known(range: &Ranges<'_>, into: &mut Imported) -> Vec<Event> {
    let mut known = Vec::with_capacity(range.events.len());
    for events in &range.events {
        into.unknown_events += events.unknown;
        known.extend(events.known.iter().cloned());
    }
    known
}

/// Functions, operating systems and architectures as RustSec and Go write them.
fn targets(specific: &Specific<'_>, record: &mut Record) {
    record.os.clone_from(&specific.affects.os);
    record.arch.clone_from(&specific.affects.arch);
    record.functions.clone_from(&specific.affects.functions);
    // All paths before any symbol, so that none is lost to the limit.
    for import in &specific.imports {
        record.functions.push(import.path.clone());
    }
    for import in &specific.imports {
        for symbol in &import.symbols {
            record.functions.push(format!("{}#{symbol}", import.path));
        }
    }
    record.functions.truncate(FUNCTIONS);
}

/// The kinds of ratings that are read, the newest first.
const SYSTEMS: [&str; 3] = ["CVSS_V4", "CVSS_V3", "CVSS_V2"];

/// The newest CVSS that can be read, of the package before the record's; then the database's own
/// word or number.
fn severity(osv: &Osv<'_>, affected: &Affected<'_>) -> (Option<Severity>, Option<String>) {
    for rated in [&affected.severity, &osv.severity] {
        for system in SYSTEMS {
            let vectors = rated.iter().filter(|rated| rated.system == system);
            for vector in vectors.map(|rated| &rated.score) {
                if let Some(severity) = rating::of_vector(vector) {
                    return (Some(severity), Some(vector.to_string()));
                }
            }
        }
    }
    for specific in [&affected.database_specific, &osv.database_specific] {
        if let Some(severity) = rating::of_word(&specific.severity) {
            return (Some(severity), None);
        }
        let scores = [specific.cvss_v4, specific.cvss_v3, specific.cvss_v2];
        let number = |raw: &RawValue| raw.get().trim_matches('"').parse().ok();
        if let Some(score) = scores.into_iter().flatten().find_map(number) {
            return (Some(rating::of_score(score)), None);
        }
    }
    (None, None)
}
