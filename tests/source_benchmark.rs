//! What benchmarks of web vulnerabilities are made of: pages in which data of a request goes some
//! way to a sink, or nearly. Of every category most must be found, and hardly a near miss.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Deserialize;
use serde_json::Value;
use support::{Scratch, words};

/// Ways to each sink; the next sink goes on with the next ones.
const WAYS: usize = 12;

/// A language's parts: `fixtures/benchmark/*.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    path: String,
    frames: Vec<String>,
    source: Vec<Part>,
    way: Vec<Part>,
    sink: Vec<Part>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Part {
    name: String,
    text: String,
    category: String,
    /// Nothing that an attacker says comes through.
    is_safe: bool,
    /// The categories that it makes its data harmless for.
    escapes: Vec<String>,
    /// It needs no data of a request.
    is_alone: bool,
}

struct Case {
    path: String,
    category: String,
    is_vulnerable: bool,
    parts: String,
}

/// The weaknesses that a finding of a category may name.
fn weaknesses(category: &str) -> &'static [u64] {
    match category {
        "cmdi" => &[78, 88],
        "codeinj" => &[94, 95],
        "crypto" => &[327],
        "deserialization" => &[502],
        "hash" => &[327, 328],
        "ldapi" => &[90],
        "pathtraver" => &[22],
        "redirect" => &[601],
        "securecookie" => &[614],
        "sqli" => &[89],
        "trustbound" => &[501],
        "weakrand" => &[330, 338],
        "xpathi" => &[643],
        "xss" => &[79],
        "xxe" => &[611],
        _ => panic!("{category}"),
    }
}

/// A frame with its parts in their places, each as far in as its place is.
fn assembled(frame: &str, parts: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for line in frame.lines() {
        let place = parts.iter().find(|(place, _)| line.trim() == *place);
        let Some((place, part)) = place else {
            text += line;
            text.push('\n');
            continue;
        };
        let margin = line.strip_suffix(place).unwrap();
        for line in part.lines() {
            text += &format!("{margin}{line}\n");
        }
    }
    text
}

fn write(parts: &Parts, scratch: &Scratch) -> Vec<Case> {
    let mut cases = Vec::new();
    for (at, sink) in parts.sink.iter().enumerate() {
        let direct = parts
            .way
            .iter()
            .position(|way| way.name == "direct")
            .unwrap();
        let ways = match sink.is_alone {
            true => 1,
            false => WAYS,
        };
        for turn in 0..ways {
            let number = at * WAYS + turn;
            let way = match sink.is_alone {
                true => direct,
                false => number % parts.way.len(),
            };
            let (way, source) = (
                &parts.way[way],
                &parts.source[(number + at) % parts.source.len()],
            );
            let frame = &parts.frames[number % parts.frames.len()];
            let name = format!("Page{number:04}");
            let texts = [
                ("@source@", source.text.as_str()),
                ("@way@", &way.text),
                ("@sink@", &sink.text),
            ];
            let path = parts.path.replace("@name@", &name);
            scratch.write(&path, assembled(frame, &texts).replace("@name@", &name));
            let arrives = sink.is_alone
                || !source.is_safe && !way.is_safe && !way.escapes.contains(&sink.category);
            cases.push(Case {
                path,
                category: sink.category.clone(),
                is_vulnerable: arrives && !sink.is_safe,
                parts: format!("{} {} {}", source.name, way.name, sink.name),
            });
        }
    }
    cases
}

/// The weaknesses that were found, by file.
fn found(scratch: &Scratch) -> HashMap<String, HashSet<u64>> {
    let mut command = scratch.command(env!("CARGO_BIN_EXE_plimsoll"));
    let output = command
        .args(["check", "--only", "source", "--format", "json"])
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", words(&output)));
    let mut all: HashMap<String, HashSet<u64>> = HashMap::new();
    for finding in report["findings"].as_array().unwrap() {
        let path = finding["path"].as_str().unwrap().to_owned();
        let cwe = finding["cwe"].as_array().unwrap();
        let cwe = cwe.iter().map(|number| number.as_u64().unwrap());
        all.entry(path).or_default().extend(cwe);
    }
    all
}

/// Writes all pages, and compares what is found in them with what is in them: the share of the
/// vulnerable ones less that of the others must not fall below these floors, by category.
fn judge(parts: &str, floors: &[(&str, f64)]) {
    let parts: Parts = toml::from_str(parts).unwrap();
    let scratch = Scratch::repository();
    let cases = write(&parts, &scratch);
    let found = found(&scratch);
    // By category: found and all, of those that are vulnerable and of those that are not.
    let mut counts: BTreeMap<&str, [[f64; 2]; 2]> = BTreeMap::new();
    let mut wrong: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for case in &cases {
        let expected = weaknesses(&case.category);
        let is_found = found
            .get(&case.path)
            .is_some_and(|all| expected.iter().any(|cwe| all.contains(cwe)));
        let count = counts.entry(&case.category).or_default();
        let of_kind = &mut count[usize::from(!case.is_vulnerable)];
        of_kind[0] += f64::from(u8::from(is_found));
        of_kind[1] += 1.0;
        if is_found != case.is_vulnerable {
            let what = if is_found { "wrong" } else { "missed" };
            let wrong = wrong.entry(&case.category).or_default();
            wrong.push(format!("{what}: {}", case.parts));
        }
    }
    assert_eq!(counts.len(), floors.len());
    for (category, floor) in floors {
        let [vulnerable, fine] = counts[category];
        let youden = vulnerable[0] / vulnerable[1] - fine[0] / fine[1];
        let why = wrong.remove(category).unwrap_or_default().join("\n  ");
        assert!(youden >= *floor, "{category}: {youden:.2}\n  {why}");
    }
}

#[test]
fn servlets_are_told_apart_by_what_reaches_their_sinks() {
    judge(
        include_str!("../fixtures/benchmark/java.toml"),
        &[
            ("cmdi", 0.85),
            ("crypto", 0.95),
            ("hash", 0.6),
            ("ldapi", 0.85),
            ("pathtraver", 0.95),
            ("securecookie", 0.95),
            ("sqli", 0.85),
            ("trustbound", 0.95),
            ("weakrand", 0.95),
            ("xpathi", 0.95),
            ("xss", 0.95),
        ],
    );
}

#[test]
fn views_of_flask_are_told_apart_by_what_reaches_their_sinks() {
    judge(
        include_str!("../fixtures/benchmark/python.toml"),
        &[
            ("cmdi", 0.95),
            ("codeinj", 0.95),
            ("deserialization", 0.9),
            ("hash", 0.75),
            ("ldapi", 0.9),
            ("pathtraver", 0.85),
            ("redirect", 0.95),
            ("securecookie", 0.95),
            ("sqli", 0.95),
            ("trustbound", 0.95),
            ("weakrand", 0.95),
            ("xpathi", 0.95),
            ("xss", 0.9),
            ("xxe", 0.65),
        ],
    );
}
