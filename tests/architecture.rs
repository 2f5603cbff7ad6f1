//! The layers, sizes and habits that the design promises.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};

/// From the top down; a layer names only itself and what stands below it. Layers on one line of
/// the design share a rank and may name each other only where `BESIDE` says so.
const RANKS: &[(&str, u32)] = &[
    ("main", 100),
    ("cli", 90),
    ("lsp", 90),
    ("fetch", 89),
    ("hook", 88),
    ("init", 86),
    ("check", 85),
    ("report", 80),
    ("fix", 75),
    ("policy", 70),
    ("shellcheck", 65),
    ("engine", 60),
    ("input", 55),
    ("join", 50),
    ("detect", 40),
    ("advisory", 35),
    ("archive", 30),
    ("parse", 30),
    ("classify", 25),
    ("rules", 20),
    ("model", 20),
    ("text", 10),
    ("guard", 10),
    ("places", 10),
];

/// Neighbours that need one thing of each other: a report carries its rules, rules are made of the
/// model's types, and a text that maps back to its source speaks of spans.
const BESIDE: &[(&str, &str)] = &[("model", "rules"), ("rules", "model"), ("text", "model")];

const LONGEST_FILE: usize = 800;

/// All source files but those that hold nothing but unit tests.
fn sources() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, into: &mut Vec<(PathBuf, String)>) {
        for entry in std::fs::read_dir(folder).expect("a source folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, into);
            } else if path.extension().is_some_and(|e| e == "rs")
                && path
                    .file_stem()
                    .is_some_and(|name| !name.to_string_lossy().starts_with("tests"))
            {
                let text = std::fs::read_to_string(&path).expect("UTF-8");
                into.push((path, text));
            }
        }
    }
    let mut files = Vec::new();
    walk(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut files,
    );
    files.sort();
    files
}

fn relative(path: &Path) -> PathBuf {
    path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
        .expect("below src")
        .to_owned()
}

/// The first folder or file name below `src/`.
fn layer(path: &Path) -> String {
    let path = relative(path);
    let first = path.components().next().expect("a component");
    Path::new(first.as_os_str())
        .file_stem()
        .expect("a name")
        .to_string_lossy()
        .into_owned()
}

fn rank(layer: &str) -> u32 {
    RANKS
        .iter()
        .find(|(name, _)| *name == layer)
        .unwrap_or_else(|| panic!("src/{layer} has no place among the layers: add it to RANKS"))
        .1
}

/// The code before the unit tests, which may use anything.
fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests")
        .next()
        .and_then(|t| t.split("#[cfg(all(test").next())
        .unwrap_or(text)
}

#[test]
fn no_layer_uses_one_above_it() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let own = layer(&path);
        if own == "lib" {
            continue;
        }
        for (_, rest) in without_tests(&text)
            .match_indices("crate::")
            .map(|(at, word)| (at, &text[at + word.len()..]))
        {
            // `use crate::{a::b, c}` names several; every one is the start of a path.
            let heads: Vec<String> = match rest.strip_prefix('{') {
                Some(list) => list
                    .split('}')
                    .next()
                    .unwrap_or_default()
                    .split(',')
                    .map(|part| head(part.trim()))
                    .collect(),
                None => vec![head(rest)],
            };
            for used in heads {
                let known = RANKS.iter().any(|(name, _)| *name == used);
                let allowed = !known
                    || used == own
                    || rank(&used) < rank(&own)
                    || BESIDE.contains(&(own.as_str(), used.as_str()));
                if !allowed {
                    wrong.push(format!("{} uses {used}", relative(&path).display()));
                }
            }
        }
    }
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn head(path: &str) -> String {
    path.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

#[test]
fn no_source_file_is_longer_than_a_sitting() {
    let long: Vec<String> = sources()
        .into_iter()
        .map(|(path, text)| (relative(&path), text.lines().count()))
        .filter(|(_, lines)| *lines > LONGEST_FILE)
        .map(|(path, lines)| format!("{}: {lines} lines", path.display()))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn the_library_never_prints_unwraps_or_exits() {
    let banned = [
        "println!(",
        "eprintln!(",
        "print!(",
        ".unwrap()",
        ".expect(",
        "process::exit",
        "panic!(",
        "dbg!(",
        "todo!(",
    ];
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        for word in banned {
            if without_tests(&text).contains(word) {
                wrong.push(format!("{} has {word}", relative(&path).display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_the_command_line_touches_the_streams() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let at = relative(&path);
        let allowed = at.starts_with("cli") || at.starts_with("lsp");
        for word in ["io::stdout", "io::stderr", "stdin().lock"] {
            if !allowed && without_tests(&text).contains(word) {
                wrong.push(format!("{} has {word}", at.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_an_update_opens_sockets() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let at = relative(&path);
        for word in ["std::net", "TcpStream", "UdpSocket", "ureq", "rustls"] {
            if without_tests(&text).contains(word) && !at.starts_with("fetch") {
                wrong.push(format!("{} has {word}", at.display()));
            }
        }
        // Nothing but the one verb leads there.
        let leads_there = without_tests(&text).contains("crate::fetch");
        let may = ["fetch", "cli/update.rs", "cli/progress.rs"];
        if leads_there && !may.iter().any(|place| at.starts_with(place)) {
            wrong.push(format!("{} uses fetch", at.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_code_starts_a_program_from_a_scan() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let at = relative(&path);
        // `--shellcheck` starts the program that the user asks for, and no other.
        let asked_for = at.starts_with("shellcheck/program.rs");
        if at.starts_with("hook") || at.starts_with("cli") || asked_for {
            continue;
        }
        for word in ["process::Command", "Command::new("] {
            // Rules talk about commands; what counts is our own code starting one.
            if without_tests(&text).contains(word) {
                wrong.push(format!("{} has {word}", at.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
