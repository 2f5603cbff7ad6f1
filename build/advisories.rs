//! Makes the tables under `rules/data/advisories/` into segments that the binary embeds; with
//! `PLIMSOLL_ADVISORIES`, the segments of an index that `plimsoll db import` made, in the place of
//! the tables of the same ecosystems.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

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
#[path = "../src/advisory/table.rs"]
mod table;
#[path = "../src/advisory/writer.rs"]
mod writer;

use day::Day;
use record::{Event, Kind, Range, Record};

use crate::model::Severity;

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

/// Names the folder of an index: `db` in the cache folder, or the one in it that has the manifest.
const INDEX: &str = "PLIMSOLL_ADVISORIES";

/// Writes one segment an ecosystem to `out`, and `starter.rs` that embeds them.
pub fn embed(tables: &Path, out: &Path) {
    println!("cargo::rerun-if-env-changed={INDEX}");
    let index = std::env::var_os(INDEX).filter(|folder| !folder.is_empty());
    let mut segments = from_tables(tables);
    let set = match index {
        None => "starter",
        Some(folder) => {
            let folder = PathBuf::from(folder);
            println!("cargo::rerun-if-changed={}", folder.display());
            let index =
                from_index(&folder).unwrap_or_else(|e| panic!("{INDEX}={}: {e}", folder.display()));
            segments.extend(index);
            "embedded"
        }
    };
    let mut code = String::from("static STARTER: &[(&str, &[u8])] = &[\n");
    let mut hashed = Vec::new();
    for (number, (ecosystem, bytes)) in segments.into_iter().enumerate() {
        let place = out.join(format!("starter_{number}.segment"));
        std::fs::write(&place, &bytes).expect("a writable output folder");
        writeln!(code, "({ecosystem:?}, include_bytes!({place:?})),").unwrap();
        // The head has the hashes of all pages.
        let head = layout::Head::read(&bytes).expect("a segment").length();
        hashed.extend_from_slice(&bytes[..head]);
    }
    let hash = xxhash_rust::xxh3::xxh3_64(&hashed);
    writeln!(code, "];\nstatic STARTER_HASH: &str = \"{hash:016x}\";").unwrap();
    writeln!(code, "static STARTER_SET: &str = {set:?};").unwrap();
    std::fs::write(out.join("starter.rs"), code).expect("a writable output folder");
}

#[derive(Deserialize)]
struct Manifest {
    schema: u32,
    parts: Vec<Part>,
}

#[derive(Deserialize)]
struct Part {
    ecosystem: String,
    bytes: u64,
    head: String,
}

/// The segments of an index, each of them checked whole.
fn from_index(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>, String> {
    const HOW: &str = "make one with `plimsoll db import PATH`; it is the folder `plimsoll/db` below \
                       XDG_CACHE_HOME";
    let current = std::fs::read_to_string(folder.join("CURRENT"));
    let folder = current.map_or(folder.to_owned(), |hash| folder.join(hash.trim()));
    let manifest = std::fs::read(folder.join("MANIFEST"))
        .map_err(|e| format!("there is no index of advisories here ({e}); {HOW}"))?;
    let manifest: Manifest =
        serde_json::from_slice(&manifest).map_err(|e| format!("MANIFEST: {e}; {HOW}"))?;
    if manifest.schema != layout::SCHEMA {
        return Err(format!(
            "another version of plimsoll made this index; {HOW}"
        ));
    }
    let mut segments = BTreeMap::new();
    for part in manifest.parts {
        let name = format!("{}.segment", part.ecosystem);
        let bytes = std::fs::read(folder.join(&name)).map_err(|e| format!("{name}: {e}"))?;
        let head = layout::Head::read(&bytes).map_err(|e| format!("{name}: {e}"))?;
        let whole = bytes.len() as u64 == part.bytes
            && bytes
                .get(head.length()..)
                .is_some_and(|body| head.write(body) == bytes[..head.length()])
            && layout::claimed(&bytes).is_some_and(|hash| format!("{hash:032x}") == part.head);
        if !whole {
            return Err(format!("{name} is damaged"));
        }
        segments.insert(part.ecosystem, bytes);
    }
    Ok(segments)
}

/// One segment a table.
fn from_tables(tables: &Path) -> BTreeMap<String, Vec<u8>> {
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
    let mut segments = BTreeMap::new();
    for path in paths {
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).expect("a readable table");
        let bytes = segment_of(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        segments.insert(ecosystem(&stem).to_owned(), bytes);
    }
    segments
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
                record.ranges.push(Range {
                    events,
                    ..Range::default()
                });
            }
            packages
                .entry(affected.package.clone())
                .or_default()
                .push(record);
        }
    }
    writer::write(packages).ok_or_else(|| "too large".to_owned())
}
