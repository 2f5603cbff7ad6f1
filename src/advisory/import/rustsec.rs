//! One advisory of the RustSec database in its own format, read by that project's own crate.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rustsec::advisory::Advisory;

use super::{Imported, rating};
use crate::advisory::Day;
use crate::advisory::record::{Event, Kind, Range, Record};
use crate::model::Ecosystem;

/// True where the path, with `/`, is one that the database gives an advisory on a crate. What it
/// has under `rust/` is about the toolchain, which no lockfile names.
pub fn is_advisory(path: &str) -> bool {
    let mut parts = path.rsplit('/');
    let name = parts.next().unwrap_or_default();
    let collection = parts.nth(1);
    name.starts_with("RUSTSEC-") && name.ends_with(".md") && collection != Some("rust")
}

/// Reads one advisory.
pub fn read(text: &str, into: &mut Imported) -> Result<(), String> {
    // The crate asserts on some ranges that contradict each other.
    let parsed = catch_unwind(AssertUnwindSafe(|| {
        let advisory: Advisory = text.parse().map_err(|e: rustsec::Error| e.to_string())?;
        let ranges = rustsec::osv::ranges_for_advisory(&advisory.versions);
        Ok::<_, String>((advisory, ranges))
    }));
    let (advisory, ranges) = parsed.map_err(|_| "contradictory ranges".to_owned())??;
    let metadata = &advisory.metadata;
    let elsewhere = metadata
        .source
        .as_ref()
        .is_some_and(|source| !source.is_default_registry());
    if elsewhere {
        into.elsewhere("other registries");
        return Ok(());
    }
    let mut record = Record::new(metadata.id.as_str());
    record.aliases = metadata.aliases.iter().map(ToString::to_string).collect();
    record.summary.clone_from(&metadata.title);
    record.kind = metadata
        .informational
        .as_ref()
        .map_or(Kind::Vulnerability, |word| {
            Kind::parse(word.as_str()).unwrap_or(Kind::Notice)
        });
    record.cvss = metadata.cvss.as_ref().map(ToString::to_string);
    record.severity = record.cvss.as_deref().and_then(rating::of_vector);
    record.published = Day::parse(metadata.date.as_str());
    record.modified = record.published;
    record.withdrawn = metadata
        .withdrawn
        .as_ref()
        .map(|date| Day::parse(date.as_str()).unwrap_or(Day::from_days(0)));
    record.ranges = ranges.iter().map(range).collect();
    if let Some(affected) = &advisory.affected {
        record.functions = affected.functions.keys().map(ToString::to_string).collect();
        record.os = affected.os.iter().map(|os| os.as_str().into()).collect();
        record.arch = affected.arch.iter().map(|a| a.as_str().into()).collect();
    }
    into.add(Ecosystem::CratesIo, metadata.package.as_str(), record);
    Ok(())
}

fn range(range: &rustsec::osv::OsvRange) -> Range {
    let introduced = match &range.introduced {
        Some(version) => version.to_string(),
        None => "0".to_owned(),
    };
    let mut events = vec![Event::Introduced(introduced)];
    events.extend(range.fixed.as_ref().map(|at| Event::Fixed(at.to_string())));
    Range {
        events,
        ..Range::default()
    }
}
