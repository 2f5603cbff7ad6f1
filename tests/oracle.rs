//! The advisories of the field judged twice: by the product, and by a slow, literal transcription of
//! the OSV schema's evaluation (<https://ossf.github.io/osv-schema/#evaluation>) with its own reading
//! of the records and its own ordering of the versions.
//!
//! The records lie beside the repository (`../shared`, or where `PLIMSOLL_SHARED` points).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr
)]

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use plimsoll::advisory::{Advisories, Imported, Installed, Judgement, judge};
use plimsoll::model::Ecosystem;
use plimsoll::parse::version::Scheme;
use serde_json::Value;

const SETS: [(&str, Ecosystem, Order); 4] = [
    ("PyPI", Ecosystem::PyPI, pypi),
    ("Go", Ecosystem::Go, go),
    ("Packagist", Ecosystem::Packagist, packagist),
    ("RubyGems", Ecosystem::RubyGems, rubygems),
];

/// How an ecosystem orders two versions; `None` where one of them is no version.
type Order = fn(&str, &str) -> Option<Ordering>;

/// Versions of one package that are judged, about; fewer where hundreds of records are about it.
const VERSIONS: usize = 120;
/// Judgements of one package, about.
const JUDGEMENTS: usize = 3000;

/// The file of a set, if this machine has it.
fn shared(name: &str) -> Option<PathBuf> {
    let named = std::env::var_os("PLIMSOLL_SHARED").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    [named, Some(beside)]
        .into_iter()
        .flatten()
        .map(|folder| folder.join(format!("advisories/{name}.jsonl.zst")))
        .find(|file| file.is_file())
}

#[test]
fn the_product_judges_a_hundred_thousand_versions_as_the_specification_says() {
    let (mut pairs, mut hits) = (0, 0);
    std::thread::scope(|scope| {
        let sets = SETS.map(|(name, ecosystem, order)| {
            let file = shared(name);
            if file.is_none() {
                eprintln!("skipped: no {name}.jsonl.zst in ../shared or PLIMSOLL_SHARED");
            }
            file.map(|file| scope.spawn(move || compare(&file, ecosystem, order)))
        });
        for set in sets.into_iter().flatten() {
            let (own_pairs, own_hits) = set.join().expect("an agreement");
            pairs += own_pairs;
            hits += own_hits;
        }
    });
    if SETS.iter().all(|(name, ..)| shared(name).is_some()) {
        assert!(
            pairs >= 100_000 && hits >= 50_000,
            "{pairs} pairs, {hits} hits"
        );
    }
}

/// One `affected` entry with the record that it stands in.
struct Statement<'j> {
    record: &'j Value,
    affected: &'j Value,
}

/// How many pairs of a package and a version were compared, and how often a record applied.
fn compare(file: &Path, ecosystem: Ecosystem, order: Order) -> (usize, usize) {
    let cache = tempfile::tempdir().expect("a temporary folder");
    let imported = Imported::read(&[file.to_owned()]).expect("advisories");
    Installed::install(cache.path(), imported, false).expect("installed");
    let advisories = Advisories::open(Some(cache.path()));
    let scheme = Scheme::for_ecosystem(ecosystem);

    let records = records(file);
    let ids: BTreeSet<&str> = records
        .iter()
        .filter_map(|record| record["id"].as_str())
        .collect();
    let mut packages: BTreeMap<String, Vec<Statement<'_>>> = BTreeMap::new();
    for record in &records {
        for affected in record["affected"].as_array().into_iter().flatten() {
            let name = normalised(
                ecosystem,
                affected["package"]["name"].as_str().expect("a name"),
            );
            let statement = Statement { record, affected };
            packages.entry(name).or_default().push(statement);
        }
    }

    let (mut pairs, mut hits) = (0, 0);
    let mut wrong = Vec::new();
    for (name, statements) in &packages {
        let ours = advisories.lookup(ecosystem, name);
        let dossier = advisories.dossier(ecosystem, name);
        for version in versions(ecosystem, statements) {
            pairs += 1;
            let expected = affecting(statements, &version, order);
            hits += expected.len();
            let parsed = scheme.parse(&version);
            let place = |what: &str| format!("{name} {version}: {what}");

            // Record by record. What a better source of the same database says in its place is
            // not there.
            for record in &ours {
                let hit = matches!(judge(record, &parsed), Judgement::Affected(_));
                if hit != expected.contains(record.id.as_str()) {
                    wrong.push(place(&format!("{} is {hit}", record.id)));
                }
            }

            // Defect by defect.
            let matches = dossier.affecting(&parsed);
            let mut told = BTreeSet::new();
            for found in &matches.affected {
                if !expected.contains(found.record.id.as_str()) {
                    wrong.push(place(&format!("{} is reported", found.record.id)));
                }
                for id in std::iter::once(&found.record.id).chain(&found.record.aliases) {
                    if ids.contains(id.as_str()) && !told.insert(id.clone()) {
                        wrong.push(place(&format!("{id} is reported twice")));
                    }
                }
            }
            for id in &expected {
                if !told.contains(*id) && !gives_way(id, statements, &version, order) {
                    wrong.push(place(&format!("{id} is not reported")));
                }
            }
        }
    }
    wrong.truncate(40);
    assert!(wrong.is_empty(), "{pairs} pairs: {wrong:#?}");
    eprintln!("{}: {pairs} pairs, {hits} hits", ecosystem.name());
    (pairs, hits)
}

fn records(file: &Path) -> Vec<Value> {
    let packed = std::fs::File::open(file).expect("readable");
    let mut text = String::new();
    ruzstd::decoding::StreamingDecoder::new(packed)
        .expect("zstd")
        .read_to_string(&mut text)
        .expect("text");
    text.lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

fn normalised(ecosystem: Ecosystem, name: &str) -> String {
    match ecosystem {
        Ecosystem::PyPI => {
            // re.sub(r"[-_.]+", "-", name).lower()
            let words: Vec<&str> = name
                .split(['-', '_', '.'])
                .filter(|w| !w.is_empty())
                .collect();
            words.join("-").to_lowercase()
        }
        Ecosystem::Packagist => name.to_lowercase(),
        _ => name.to_owned(),
    }
}

/// The ids of the records that apply, as the specification's pseudocode says.
fn affecting<'j>(statements: &[Statement<'j>], version: &str, order: Order) -> BTreeSet<&'j str> {
    statements
        .iter()
        .filter(|statement| statement.record.get("withdrawn").is_none_or(Value::is_null))
        .filter(|statement| is_affected(statement.affected, version, order))
        .map(|statement| statement.record["id"].as_str().expect("an id"))
        .collect()
}

fn list<'j>(value: &'j Value, key: &str) -> &'j [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn is_affected(affected: &Value, version: &str, order: Order) -> bool {
    let enumerated = list(affected, "versions").iter().any(|listed| {
        let listed = listed.as_str().expect("a version");
        listed == version || order(listed, version) == Some(Ordering::Equal)
    });
    let ranges = list(affected, "ranges");
    let custom = list(&affected["ecosystem_specific"], "custom_ranges");
    let in_ranges = ranges.iter().any(|range| is_in(range, version, order));
    // Go's own addition: where releases are numbered otherwise than modules, the custom ranges say
    // which releases are meant. A commit has no number.
    let commit = version.trim_start_matches('v').starts_with("0.0.0-");
    let narrowed = custom.is_empty() || commit || custom.iter().any(|r| is_in(r, version, order));
    enumerated || (in_ranges && narrowed)
}

fn is_in(range: &Value, version: &str, order: Order) -> bool {
    if range["type"] == "GIT" {
        return false;
    }
    // `(position, event)`, where the position of "0" is before everything.
    let mut events: Vec<(&str, &str)> = Vec::new();
    let mut limits = Vec::new();
    for event in list(range, "events") {
        for (kind, at) in event.as_object().expect("an event") {
            let at = at.as_str().expect("a version");
            match kind.as_str() {
                "limit" => limits.push(at),
                kind => events.push((kind, at)),
            }
        }
    }
    if !events.is_empty() && limits.is_empty() && events == [("introduced", "0")] {
        return true;
    }
    let compare = |a: &str, b: &str| match (a, b) {
        ("0", "0") => Some(Ordering::Equal),
        ("0", _) => Some(Ordering::Less),
        (_, "0") => Some(Ordering::Greater),
        _ => order(a, b),
    };
    let at_least =
        |version: &str, at: &str| at == "0" || order(version, at).is_some_and(Ordering::is_ge);
    if order(version, version).is_none() {
        return false;
    }
    let before_limits = limits.is_empty()
        || limits
            .iter()
            .any(|limit| *limit == "*" || order(version, limit) == Some(Ordering::Less));
    if !before_limits {
        return false;
    }
    // Insertion sort, which is stable: the publisher's order decides a tie.
    for at in 1..events.len() {
        let mut at = at;
        while at > 0 && compare(events[at].1, events[at - 1].1) == Some(Ordering::Less) {
            events.swap(at, at - 1);
            at -= 1;
        }
    }
    let mut vulnerable = false;
    for (kind, at) in events {
        match kind {
            "introduced" if at_least(version, at) => vulnerable = true,
            "fixed" if at_least(version, at) => vulnerable = false,
            "last_affected" if order(version, at) == Some(Ordering::Greater) => vulnerable = false,
            _ => {}
        }
    }
    vulnerable
}

/// True where the policy of alias groups sets a record aside: it knows of no fix, and another one
/// that it shares an id with knows one that this version has; or it is an unreviewed copy of a
/// defect that its database describes itself.
fn gives_way(id: &str, statements: &[Statement<'_>], version: &str, order: Order) -> bool {
    let mut group: BTreeSet<&str> = BTreeSet::from([id]);
    loop {
        let before = group.len();
        for Statement { record, .. } in statements {
            let ids: Vec<&str> = std::iter::once(&record["id"])
                .chain(list(record, "aliases"))
                .filter_map(Value::as_str)
                .collect();
            if ids.iter().any(|id| group.contains(id)) {
                group.extend(ids);
            }
        }
        if group.len() == before {
            break;
        }
    }
    let unreviewed = |record: &Value| record["database_specific"]["review_status"] == "UNREVIEWED";
    let own = statements
        .iter()
        .find(|s| s.record["id"] == id)
        .expect("itself");
    let others = || {
        statements.iter().filter(|other| {
            other.record["id"] != id && group.contains(other.record["id"].as_str().expect("an id"))
        })
    };
    let fixes = |affected: &Value| -> Vec<String> {
        let specific = list(&affected["ecosystem_specific"], "custom_ranges");
        let ranges = list(affected, "ranges").iter().chain(specific);
        let events = ranges.flat_map(|range| list(range, "events"));
        let fixes = events.filter_map(|event| event["fixed"].as_str());
        fixes.map(str::to_owned).collect()
    };
    let past_a_fix = |affected: &Value| {
        let is_past = |fix: &String| order(version, fix).is_some_and(Ordering::is_ge);
        fixes(affected).iter().any(is_past)
    };
    let open = !fixes(own.affected)
        .iter()
        .any(|fix| order(fix, version) == Some(Ordering::Greater));
    others().any(|other| {
        (open && !is_affected(other.affected, version, order) && past_a_fix(other.affected))
            || (unreviewed(own.record) && !unreviewed(other.record))
    })
}

/// Versions on, below and above every bound, in the spellings that people use.
fn versions(ecosystem: Ecosystem, statements: &[Statement<'_>]) -> BTreeSet<String> {
    let mut bounds: BTreeSet<&str> = BTreeSet::new();
    for Statement { affected, .. } in statements {
        let custom = list(&affected["ecosystem_specific"], "custom_ranges");
        for range in list(affected, "ranges").iter().chain(custom) {
            if range["type"] == "GIT" {
                continue;
            }
            for event in list(range, "events") {
                bounds.extend(
                    event
                        .as_object()
                        .expect("an event")
                        .values()
                        .filter_map(Value::as_str),
                );
            }
        }
        bounds.extend(
            list(affected, "versions")
                .iter()
                .filter_map(Value::as_str)
                .step_by(7),
        );
    }
    let mut versions: BTreeSet<String> = ["0.0.1", "1.0.0", "999999.0.0"].map(str::to_owned).into();
    let wanted = (JUDGEMENTS / statements.len()).clamp(10, VERSIONS);
    let step = (bounds.len() * 8 / wanted).max(1);
    for bound in bounds.iter().step_by(step) {
        versions.insert((*bound).to_owned());
        if let Some((before, last)) = bound.rsplit_once('.')
            && let Ok(last) = last.parse::<u64>()
        {
            versions.insert(format!("{before}.{}", last + 1));
            versions.insert(format!("{before}.{}", last.saturating_sub(1)));
        }
        let odd: &[String] = &match ecosystem {
            Ecosystem::PyPI => [
                format!("{bound}.0"),
                format!("v{bound}rc1"),
                format!("{bound}.post1"),
                format!("{bound}.dev3"),
                format!("{bound}+local.7"),
            ],
            Ecosystem::Go => [
                format!("v{bound}"),
                format!("v{bound}+incompatible"),
                format!("{}-rc.1", bound.split(['-', '+']).next().unwrap_or("")),
                format!(
                    "v{}-0.20240101000000-0123456789ab",
                    bound.split(['-', '+']).next().unwrap_or("")
                ),
                "v0.0.0-20240101000000-0123456789ab".to_owned(),
            ],
            Ecosystem::RubyGems => [
                format!("{bound}.0"),
                format!("{bound}.1"),
                format!("{bound}.rc1"),
                format!("{bound}.pre"),
                format!("{bound}-x86"),
            ],
            _ => [
                format!("v{bound}"),
                format!("{bound}-RC1"),
                format!("{bound}-beta2"),
                format!("{bound}.1"),
                format!("{bound}-p1"),
            ],
        };
        versions.extend(odd.iter().cloned());
    }
    versions
}

/// PEP 440; advisories speak of the public part of a version.
fn pypi(a: &str, b: &str) -> Option<Ordering> {
    let public = |text: &str| {
        let public = text.split('+').next().unwrap_or(text);
        pep440_rs::Version::from_str(public).ok()
    };
    Some(public(a)?.cmp(&public(b)?))
}

/// Semantic Versioning 2.0.0, section 11; Go's tags begin with `v`, its toolchain's with `go`.
fn go(a: &str, b: &str) -> Option<Ordering> {
    struct Version {
        /// Custom ranges have releases of more than three.
        numbers: [u64; 5],
        pre: Vec<String>,
    }
    fn read(text: &str) -> Option<Version> {
        let text = text.trim_start_matches("go").trim_start_matches('v');
        let text = text.split('+').next()?;
        // `1.0.0b1` is how `1.0.0-b1` is written by hand.
        let is_core = |c: char| c.is_ascii_digit() || c == '.';
        let end = text.find(|c| !is_core(c)).unwrap_or(text.len());
        let (core, pre) = text.split_at(end);
        let pre = pre.trim_start_matches('-');
        let mut numbers = [0; 5];
        for (at, part) in core.split('.').enumerate() {
            *numbers.get_mut(at)? = part.parse().ok()?;
        }
        let pre = pre.split('.').filter(|part| !part.is_empty());
        Some(Version {
            numbers,
            pre: pre.map(str::to_owned).collect(),
        })
    }
    let (a, b) = (read(a)?, read(b)?);
    let identifiers = |a: &String, b: &String| match (a.parse::<u64>(), b.parse::<u64>()) {
        (Ok(a), Ok(b)) => a.cmp(&b),
        (Ok(_), Err(_)) => Ordering::Less,
        (Err(_), Ok(_)) => Ordering::Greater,
        (Err(_), Err(_)) => a.cmp(b),
    };
    Some(a.numbers.cmp(&b.numbers).then_with(|| {
        match (a.pre.is_empty(), b.pre.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            (false, false) => a
                .pre
                .iter()
                .zip(&b.pre)
                .map(|(a, b)| identifiers(a, b))
                .find(|order| order.is_ne())
                .unwrap_or(a.pre.len().cmp(&b.pre.len())),
        }
    }))
}

/// `Gem::Version`: segments of digits and of letters; letters stand below digits.
fn rubygems(a: &str, b: &str) -> Option<Ordering> {
    fn segments(text: &str) -> Option<Vec<Result<u64, String>>> {
        let text = text.replace('-', ".pre.");
        let valid = text
            .split('.')
            .all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric()));
        if !valid || !text.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let mut segments: Vec<Result<u64, String>> = Vec::new();
        for part in text.split('.') {
            let mut rest = part;
            while let Some(first) = rest.chars().next() {
                let same = |c: char| c.is_ascii_digit() == first.is_ascii_digit();
                let end = rest.find(|c| !same(c)).unwrap_or(rest.len());
                segments.push(rest[..end].parse().map_err(|_| rest[..end].to_owned()));
                rest = &rest[end..];
            }
        }
        let letters = segments
            .iter()
            .position(Result::is_err)
            .unwrap_or(segments.len());
        let mut rest = segments.split_off(letters);
        for half in [&mut segments, &mut rest] {
            while half.last() == Some(&Ok(0)) {
                half.pop();
            }
        }
        segments.append(&mut rest);
        Some(segments)
    }
    let (a, b) = (segments(a)?, segments(b)?);
    for at in 0..a.len().max(b.len()) {
        let zero = Ok(0);
        let order = match (a.get(at).unwrap_or(&zero), b.get(at).unwrap_or(&zero)) {
            (Ok(a), Ok(b)) => a.cmp(b),
            (Err(a), Err(b)) => a.cmp(b),
            (Err(_), Ok(_)) => Ordering::Less,
            (Ok(_), Err(_)) => Ordering::Greater,
        };
        if order.is_ne() {
            return Some(order);
        }
    }
    Some(Ordering::Equal)
}

/// PHP's `version_compare`: any other word < dev < alpha < beta < RC < a number < pl.
fn packagist(a: &str, b: &str) -> Option<Ordering> {
    fn parts(text: &str) -> Option<Vec<String>> {
        let text = text.trim_start_matches(['v', 'V']);
        if !text.starts_with(|c: char| c.is_ascii_digit()) || text.to_lowercase().ends_with("x-dev")
        {
            return None;
        }
        let mut parts = vec![String::new()];
        let mut before = '.';
        for c in text.chars() {
            let separator = matches!(c, '.' | '-' | '_' | '+');
            let turn = c.is_ascii_digit() != before.is_ascii_digit();
            if (separator || turn) && !parts.last()?.is_empty() {
                parts.push(String::new());
            }
            if !separator {
                parts.last_mut()?.push(c);
            }
            before = c;
        }
        parts.retain(|part| !part.is_empty());
        Some(parts)
    }
    fn rank(part: &str) -> i32 {
        const WORDS: [(&str, i32); 9] = [
            ("dev", 0),
            ("alpha", 1),
            ("a", 1),
            ("beta", 2),
            ("b", 2),
            ("RC", 3),
            ("rc", 3),
            ("pl", 5),
            ("p", 5),
        ];
        if part.starts_with(|c: char| c.is_ascii_digit()) {
            return 4;
        }
        WORDS
            .iter()
            .find(|(word, _)| part.starts_with(word))
            .map_or(-1, |(_, rank)| *rank)
    }
    let (a, b) = (parts(a)?, parts(b)?);
    for at in 0..a.len().max(b.len()) {
        let order = match (a.get(at), b.get(at)) {
            (Some(a), Some(b)) => match (a.parse::<u64>(), b.parse::<u64>()) {
                (Ok(a), Ok(b)) => a.cmp(&b),
                _ => rank(a).cmp(&rank(b)),
            },
            // More numbers are more; a word is held against a release.
            (Some(more), None) if rank(more) == 4 => Ordering::Greater,
            (None, Some(more)) if rank(more) == 4 => Ordering::Less,
            (Some(more), None) => rank(more).cmp(&4),
            (None, Some(more)) => 4.cmp(&rank(more)),
            (None, None) => Ordering::Equal,
        };
        if order.is_ne() {
            return Some(order);
        }
    }
    Some(Ordering::Equal)
}
