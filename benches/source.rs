//! What judging source code costs above parsing it: every file of a folder that is parsed at all,
//! first with its bare grammar, then by all rules. CPU time, in one process, one after the other.
//!
//! `cargo bench --bench source -- PATH`

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use plimsoll::advisory::Advisories;
use plimsoll::classify::classify;
use plimsoll::detect::shell::mention;
use plimsoll::detect::{Context, Given, source as source_code};
use plimsoll::engine::judge_source;
use plimsoll::model::{FileKind, Origin, RepoPath, Source, SourceId};
use plimsoll::parse::grammar;
use plimsoll::parse::source::Language;
use plimsoll::rules::{ActiveRules, RuleSet, Selection};

const RUNS: usize = 5;

fn cpu() -> Duration {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(
        u64::try_from(now.tv_sec).unwrap(),
        u32::try_from(now.tv_nsec).unwrap(),
    )
}

/// The least that some work costs.
fn least(mut work: impl FnMut()) -> Duration {
    let run = |_| {
        let start = cpu();
        work();
        cpu() - start
    };
    (0..RUNS).map(run).min().unwrap()
}

fn language(kind: FileKind) -> Option<(&'static str, tree_sitter::Language)> {
    match Language::of(kind) {
        Some(language) => Some((language.folder(), language.grammar(kind))),
        None if kind == FileKind::Shell => Some(("shell", tree_sitter_bash::LANGUAGE.into())),
        None => None,
    }
}

fn is_parsed(cx: &Context<'_>, source: &Source) -> bool {
    match source.kind {
        FileKind::Shell => mention::is_worth_parsing(&source.bytes, cx.rules),
        _ => source_code::parses(cx, source),
    }
}

/// The sources below a folder by language, and how many bytes of each language there are.
fn sources(root: PathBuf) -> BTreeMap<&'static str, (Vec<Source>, usize)> {
    let mut found: BTreeMap<_, (Vec<Source>, usize)> = BTreeMap::new();
    for entry in walkdir::WalkDir::new(root).into_iter().flatten() {
        if !entry.file_type().is_file() {
            continue;
        }
        let Ok(bytes) = std::fs::read(entry.path()) else {
            continue;
        };
        let path = RepoPath::from(entry.path().to_string_lossy().as_ref());
        let kind = classify(&path, &bytes);
        if let Some((name, _)) = language(kind) {
            let source = Source::new(SourceId(0), path, kind, &bytes, Origin::Buffer);
            let (sources, all) = found.entry(name).or_default();
            *all += bytes.len();
            sources.push(source);
        }
    }
    found
}

fn main() {
    let path = std::env::args()
        .skip(1)
        .find(|a| !a.starts_with('-'))
        .map_or_else(|| PathBuf::from("."), PathBuf::from);
    let selection = Selection {
        only: vec!["source".to_owned()],
        ..Selection::default()
    };
    let rules = ActiveRules::new(Arc::new(RuleSet::embedded()), &selection).expect("rules");
    let advisories = Advisories::open(None);
    let cx = Context {
        rules: &rules,
        advisories: &advisories,
        given: Given::NOTHING,
    };
    println!("language      files      MB  parsed      MB   parse ms   check ms   ratio  rest ms");
    let mut sum = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
    for (name, (all, bytes)) in sources(path) {
        let count = all.len();
        let (parsed, rest): (Vec<_>, Vec<_>) = all.iter().partition(|s| is_parsed(&cx, s));
        let size: usize = parsed.iter().map(|s| s.bytes.len()).sum();
        let run = |sources: &[&Source]| {
            for source in sources {
                judge_source(&cx, source);
            }
        };
        // Rules are made ready on first use.
        run(&parsed);
        let bare = least(|| {
            for source in &parsed {
                let (_, grammar) = language(source.kind).unwrap();
                let _ = grammar::parse(&grammar, &source.bytes);
            }
        });
        let check = least(|| run(&parsed));
        let rest = least(|| run(&rest));
        sum = (sum.0 + bare, sum.1 + check, sum.2 + rest);
        let ms = |time: Duration| time.as_secs_f64() * 1000.0;
        println!(
            "{name:<12} {count:>6} {:>7.1} {:>7} {:>7.1} {:>10.1} {:>10.1} {:>7.2} {:>8.1}",
            bytes as f64 / 1e6,
            parsed.len(),
            size as f64 / 1e6,
            ms(bare),
            ms(check),
            check.as_secs_f64() / bare.as_secs_f64(),
            ms(rest),
        );
    }
    println!(
        "all: parse {:.0} ms, check {:.0} ms, ratio {:.2}; files that are not parsed {:.0} ms",
        sum.0.as_secs_f64() * 1000.0,
        sum.1.as_secs_f64() * 1000.0,
        sum.1.as_secs_f64() / sum.0.as_secs_f64(),
        sum.2.as_secs_f64() * 1000.0,
    );
}
