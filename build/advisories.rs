//! Makes the tables under `rules/data/advisories/` into segments that the binary embeds.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;

#[allow(dead_code)]
#[path = "../src/advisory/alias.rs"]
mod alias;
#[allow(dead_code)]
#[path = "../src/advisory/day.rs"]
mod day;
#[allow(dead_code)]
#[path = "../src/advisory/layout.rs"]
mod layout;
#[allow(dead_code)]
#[path = "../src/advisory/record.rs"]
mod record;
#[allow(dead_code)]
#[path = "../src/model/severity.rs"]
mod severity;
#[allow(dead_code)]
#[path = "../src/advisory/table.rs"]
mod table;
#[path = "../src/advisory/writer.rs"]
mod writer;

use day::Day;
use record::{Event, Kind, Range, Record};
use severity::Severity;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    advisory: Vec<Advisory>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advisory {
    id: String,
    aliases: Vec<String>,
    summary: String,
    severity: Severity,
    cvss: Option<String>,
    kind: String,
    #[serde(default)]
    exploited: bool,
    /// Left out where the database does not say.
    published: Option<String>,
    affected: Vec<Affected>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Affected {
    package: String,
    #[serde(default)]
    ranges: Vec<Interval>,
    #[serde(default)]
    versions: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Interval {
    introduced: String,
    fixed: Option<String>,
    last_affected: Option<String>,
}

/// Writes one segment a table to `out`, and `starter.rs` that embeds them.
pub fn embed(tables: &Path, out: &Path) {
    for shared in ["alias", "day", "layout", "record", "table", "writer"] {
        println!("cargo::rerun-if-changed=src/advisory/{shared}.rs");
    }
    println!("cargo::rerun-if-changed=build/advisories.rs");
    let mut paths: Vec<_> = std::fs::read_dir(tables)
        .expect("the folder of the starter advisories")
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .collect();
    paths.sort();
    let mut code = String::from("static STARTER: &[(&str, &[u8])] = &[\n");
    let mut hashed = Vec::new();
    for path in paths {
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).expect("a readable table");
        let bytes = segment_of(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let place = out.join(format!("starter_{stem}.seg"));
        std::fs::write(&place, &bytes).expect("a writable output folder");
        writeln!(code, "({:?}, include_bytes!({place:?})),", ecosystem(&stem)).unwrap();
        hashed.extend(bytes);
    }
    let hash = xxhash_rust::xxh3::xxh3_64(&hashed);
    writeln!(code, "];\nstatic STARTER_HASH: &str = \"{hash:016x}\";").unwrap();
    std::fs::write(out.join("starter.rs"), code).expect("a writable output folder");
}

/// OSV's name of the ecosystem of a table.
fn ecosystem(stem: &str) -> &str {
    match stem {
        "crates-io" => "crates.io",
        "go" => "Go",
        "maven" => "Maven",
        "npm" => "npm",
        "packagist" => "Packagist",
        "pypi" => "PyPI",
        "rubygems" => "RubyGems",
        "nuget" => "NuGet",
        "hex" => "Hex",
        "pub" => "Pub",
        other => panic!("{other}.toml is named after no ecosystem"),
    }
}

fn segment_of(text: &str) -> Result<Vec<u8>, String> {
    let file: File = toml::from_str(text).map_err(|e| e.to_string())?;
    let mut ids = BTreeSet::new();
    let mut packages: BTreeMap<String, Vec<Record>> = BTreeMap::new();
    for advisory in file.advisory {
        let fail = |what: &str| Err(format!("{}: {what}", advisory.id));
        if !ids.insert(advisory.id.clone()) {
            return fail("is there twice");
        }
        if advisory.summary.is_empty() || advisory.summary.contains('\n') {
            return fail("wants a summary of one line");
        }
        let published = advisory.published.as_deref().map(Day::parse);
        if published == Some(None) {
            return fail("`published` is no date");
        }
        let Some(kind) = Kind::parse(&advisory.kind) else {
            return fail("unknown kind");
        };
        if advisory.affected.is_empty() {
            return fail("affects nothing");
        }
        for affected in &advisory.affected {
            if affected.ranges.is_empty() && affected.versions.is_empty() {
                return fail("names no versions");
            }
            let mut record = Record::new(&advisory.id);
            record.aliases.clone_from(&advisory.aliases);
            record.aliases.sort();
            record.summary.clone_from(&advisory.summary);
            record.kind = kind;
            record.severity = Some(advisory.severity);
            record.cvss.clone_from(&advisory.cvss);
            record.published = published.flatten();
            record.exploited = advisory.exploited;
            record.versions.clone_from(&affected.versions);
            for interval in &affected.ranges {
                let mut events = vec![Event::Introduced(interval.introduced.clone())];
                match (&interval.fixed, &interval.last_affected) {
                    (Some(_), Some(_)) => return fail("`fixed` beside `last_affected`"),
                    (Some(fixed), None) => events.push(Event::Fixed(fixed.clone())),
                    (None, Some(last)) => events.push(Event::LastAffected(last.clone())),
                    (None, None) => {}
                }
                record.ranges.push(Range { events });
            }
            packages
                .entry(affected.package.clone())
                .or_default()
                .push(record);
        }
    }
    writer::write(packages).ok_or_else(|| "too large".to_owned())
}
