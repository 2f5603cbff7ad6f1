//! One record in the OSV schema (<https://ossf.github.io/osv-schema/>).

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{Imported, rating};
use crate::advisory::Day;
use crate::advisory::record::{Event, Kind, Range, Record};
use crate::model::{Ecosystem, Severity};

/// How many affected functions of one package are kept.
const FUNCTIONS: usize = 64;

#[derive(Deserialize)]
struct Osv {
    id: String,
    modified: Option<String>,
    published: Option<String>,
    withdrawn: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    aliases: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    summary: String,
    #[serde(default, deserialize_with = "or_default")]
    details: String,
    #[serde(default, deserialize_with = "or_default")]
    severity: Vec<Rated>,
    #[serde(default, deserialize_with = "or_default")]
    affected: Vec<Affected>,
    #[serde(default)]
    database_specific: Value,
}

#[derive(Deserialize)]
struct Rated {
    #[serde(rename = "type", default)]
    system: String,
    #[serde(default)]
    score: String,
}

#[derive(Deserialize)]
struct Affected {
    package: Option<Package>,
    #[serde(default, deserialize_with = "or_default")]
    severity: Vec<Rated>,
    #[serde(default, deserialize_with = "or_default")]
    ranges: Vec<Ranges>,
    #[serde(default, deserialize_with = "or_default")]
    versions: Vec<String>,
    #[serde(default)]
    ecosystem_specific: Value,
    #[serde(default)]
    database_specific: Value,
}

#[derive(Deserialize)]
struct Package {
    ecosystem: String,
    name: String,
}

#[derive(Deserialize)]
struct Ranges {
    #[serde(rename = "type", default)]
    system: String,
    #[serde(default, deserialize_with = "or_default")]
    events: Vec<Events>,
}

/// One event; several keys in one object are read as several events.
#[derive(Deserialize)]
struct Events {
    introduced: Option<String>,
    fixed: Option<String>,
    last_affected: Option<String>,
    limit: Option<String>,
}

/// Databases write `null` for empty lists.
fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    from: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

/// Reads one record and adds what it says about the packages of our ecosystems.
pub fn read(json: &[u8], into: &mut Imported) -> Result<(), serde_json::Error> {
    let osv: Osv = serde_json::from_slice(json)?;
    let base = base_record(&osv);
    // An entry a package: several entries of one package are one statement.
    let mut records: Vec<(Ecosystem, String, Record)> = Vec::new();
    for affected in &osv.affected {
        let Some(package) = &affected.package else {
            into.without_versions += 1;
            continue;
        };
        let Some(ecosystem) = Ecosystem::parse(&package.ecosystem) else {
            let base = package.ecosystem.split(':').next().unwrap_or_default();
            *into.elsewhere.entry(base.to_owned()).or_default() += 1;
            continue;
        };
        let record = record_of(&base, &osv, affected);
        if record.ranges.is_empty() && record.versions.is_empty() {
            into.without_versions += 1;
            continue;
        }
        let name = ecosystem.normalise(&package.name);
        let there = records.iter_mut().find(|(e, n, other)| {
            (*e, n) == (ecosystem, &name)
                    // Custom ranges narrow the ranges beside them, not those of another entry.
                    && other.narrowed_by.is_empty()
                    && record.narrowed_by.is_empty()
        });
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
    for (ecosystem, name, record) in merged(records) {
        into.add(ecosystem, &name, record);
    }
    Ok(())
}

/// What is left apart because of custom ranges becomes one record, that of the widest statement.
fn merged(records: Vec<(Ecosystem, String, Record)>) -> Vec<(Ecosystem, String, Record)> {
    let mut merged: Vec<(Ecosystem, String, Record)> = Vec::new();
    for (ecosystem, name, record) in records {
        match merged
            .iter_mut()
            .find(|(e, n, _)| (*e, n) == (ecosystem, &name))
        {
            Some((_, _, there)) => {
                // One side without custom ranges: nothing narrows their union.
                if there.narrowed_by.is_empty() || record.narrowed_by.is_empty() {
                    there.narrowed_by.clear();
                } else {
                    there.narrowed_by.extend(record.narrowed_by);
                }
                there.ranges.extend(record.ranges);
                there.versions.extend(record.versions);
                there.functions.extend(record.functions);
            }
            None => merged.push((ecosystem, name, record)),
        }
    }
    merged
}

/// What holds for every package that the record names.
fn base_record(osv: &Osv) -> Record {
    let mut record = Record::new(&osv.id);
    record.aliases.clone_from(&osv.aliases);
    let summary = if osv.summary.trim().is_empty() {
        &osv.details
    } else {
        &osv.summary
    };
    record.summary.clone_from(summary);
    record.published = osv.published.as_deref().and_then(Day::parse);
    record.modified = osv.modified.as_deref().and_then(Day::parse);
    record.withdrawn = osv.withdrawn.as_deref().map(|text| {
        // Withdrawn is withdrawn, whatever the date looks like.
        Day::parse(text).unwrap_or(Day::from_days(0))
    });
    let review = osv.database_specific.get("review_status");
    record.unreviewed = review.and_then(Value::as_str) == Some("UNREVIEWED");
    let cwes = osv
        .database_specific
        .get("cwe_ids")
        .and_then(Value::as_array);
    // CWE-506: embedded malicious code.
    let malicious = cwes.is_some_and(|cwes| cwes.iter().any(|cwe| cwe == "CWE-506"));
    if osv.id.starts_with("MAL-") || malicious {
        record.kind = Kind::Malicious;
    }
    record
}

fn record_of(base: &Record, osv: &Osv, affected: &Affected) -> Record {
    let mut record = base.clone();
    let informational = affected.database_specific.get("informational");
    if let Some(word) = informational.and_then(Value::as_str) {
        record.kind = Kind::parse(word).unwrap_or(Kind::Notice);
    }
    (record.severity, record.cvss) = severity(osv, affected);
    if record.kind == Kind::Malicious {
        record.severity = Some(Severity::Critical);
    }
    // Commits cannot be compared without the repository, and unknown types not at all.
    record.ranges = affected
        .ranges
        .iter()
        .filter(|range| matches!(range.system.as_str(), "SEMVER" | "ECOSYSTEM"))
        .map(range)
        .filter(|range| !range.events.is_empty())
        .collect();
    if let Some(custom) = affected.ecosystem_specific.get("custom_ranges")
        && let Ok(custom) = Vec::<Ranges>::deserialize(custom)
    {
        record.narrowed_by = custom.iter().map(range).collect();
    }
    record.versions.clone_from(&affected.versions);
    targets(&affected.ecosystem_specific, &mut record);
    record
}

fn range(range: &Ranges) -> Range {
    let mut events = Vec::new();
    for event in &range.events {
        events.extend(event.introduced.clone().map(Event::Introduced));
        events.extend(event.fixed.clone().map(Event::Fixed));
        events.extend(event.last_affected.clone().map(Event::LastAffected));
        events.extend(event.limit.clone().map(Event::Limit));
    }
    Range { events }
}

/// Functions, operating systems and architectures as RustSec and Go write them.
fn targets(specific: &Value, record: &mut Record) {
    let texts = |value: Option<&Value>| -> Vec<String> {
        let list = value.and_then(Value::as_array);
        let texts = list.into_iter().flatten().filter_map(Value::as_str);
        texts.map(str::to_owned).collect()
    };
    if let Some(affects) = specific.get("affects") {
        record.os = texts(affects.get("os"));
        record.arch = texts(affects.get("arch"));
        record.functions = texts(affects.get("functions"));
    }
    let imports = specific.get("imports").and_then(Value::as_array);
    for import in imports.into_iter().flatten() {
        let Some(path) = import.get("path").and_then(Value::as_str) else {
            continue;
        };
        let symbols = texts(import.get("symbols"));
        if symbols.is_empty() {
            record.functions.push(path.to_owned());
        }
        for symbol in symbols {
            record.functions.push(format!("{path}.{symbol}"));
        }
    }
    record.functions.truncate(FUNCTIONS);
}

/// The newest CVSS that can be read, of the package before the record's; then the database's own
/// word or number.
fn severity(osv: &Osv, affected: &Affected) -> (Option<Severity>, Option<String>) {
    for rated in [&affected.severity, &osv.severity] {
        for system in ["CVSS_V4", "CVSS_V3", "CVSS_V2"] {
            let vectors = rated.iter().filter(|rated| rated.system == system);
            for vector in vectors.map(|rated| &rated.score) {
                if let Some(severity) = rating::of_vector(vector) {
                    return (Some(severity), Some(vector.clone()));
                }
            }
        }
    }
    for specific in [&affected.database_specific, &osv.database_specific] {
        let word = specific.get("severity").and_then(Value::as_str);
        if let Some(severity) = word.and_then(rating::of_word) {
            return (Some(severity), None);
        }
        for key in ["cvss_v4", "cvss_v3", "cvss_v2"] {
            let score = match specific.get(key) {
                Some(Value::String(text)) => text.parse().ok(),
                Some(number) => number.as_f64(),
                None => None,
            };
            if let Some(score) = score {
                return (Some(rating::of_score(score)), None);
            }
        }
    }
    (None, None)
}
