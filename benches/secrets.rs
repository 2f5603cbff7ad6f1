//! The secrets pass beside its floor: the same search over the same bytes, doing nothing at a
//! hit. The two should differ by little.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::path::Path;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use plimsoll::advisory::Advisories;
use plimsoll::classify::classify;
use plimsoll::detect::secret::{Secrets, needles};
use plimsoll::detect::{Context, Detector as _, Given, Sink};
use plimsoll::model::{Origin, RepoPath, Source, SourceId};
use plimsoll::parse::Document;
use plimsoll::rules::{ActiveRules, RuleSet};

/// The package's own sources and rules: code, data and prose.
fn corpus() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    ["src", "rules", "tests"]
        .iter()
        .flat_map(|folder| walkdir::WalkDir::new(root.join(folder)).sort_by_file_name())
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let bytes = std::fs::read(entry.path()).expect("a readable file");
            let path =
                RepoPath::from_path(entry.path().strip_prefix(root).expect("below the root"));
            let kind = classify(&path, &bytes);
            Source::new(SourceId(0), path, kind, &bytes, Origin::Buffer)
        })
        .collect()
}

fn secrets(c: &mut Criterion) {
    let corpus = corpus();
    let rules = ActiveRules::all(Arc::new(RuleSet::embedded()));
    let advisories = Advisories::starter();
    let cx = Context {
        rules: &rules,
        advisories: &advisories,
        given: Given::NOTHING,
    };
    let needles = needles();
    let mut group = c.benchmark_group("secrets");
    group.throughput(Throughput::Bytes(
        corpus.iter().map(|s| s.bytes.len() as u64).sum(),
    ));
    group.bench_function("floor: search alone", |b| {
        b.iter(|| {
            let hits = corpus.iter().map(|s| needles.hits(&s.bytes).count());
            hits.sum::<usize>()
        });
    });
    group.bench_function("pass", |b| {
        b.iter(|| {
            let found = corpus.iter().map(|source| {
                let mut out = Sink::new(&rules, source.id);
                Secrets.check(&cx, &Document::new(source), &mut out);
                out.into_collected().findings.len()
            });
            found.sum::<usize>()
        });
    });
    group.finish();
}

criterion_group!(benches, secrets);
criterion_main!(benches);
