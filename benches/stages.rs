//! The stages one by one, on the repository's own fixtures: `cargo bench --bench stages`.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};

use plimsoll::advisory::Advisories;
use plimsoll::check::{CheckRequest, ConfigChoice, What, check};
use plimsoll::classify::classify;
use plimsoll::detect::{Context, Given};
use plimsoll::engine::{Silent, check_source};
use plimsoll::model::{Origin, RepoPath, Source, SourceId};
use plimsoll::report::{Format, RenderContext};
use plimsoll::rules::{ActiveRules, RuleSet};

fn harbour() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/harbour")
}

fn source(path: &str) -> Source {
    let bytes = std::fs::read(harbour().join(path)).expect("a fixture");
    let path = RepoPath::from(path);
    let kind = classify(&path, &bytes);
    Source::new(SourceId(0), path, kind, &bytes, Origin::Buffer)
}

/// Every family on the file that it is about.
fn detectors(c: &mut Criterion) {
    let rules = ActiveRules::all(Arc::new(RuleSet::embedded()));
    let advisories = Advisories::starter();
    let cx = Context {
        rules: &rules,
        advisories: &advisories,
        given: Given::NOTHING,
    };
    let mut group = c.benchmark_group("check_source");
    for path in [
        "Dockerfile",
        "api/app.py",
        "web/server.js",
        "scripts/bootstrap.sh",
        "web/package-lock.json",
        "ledger/Cargo.lock",
        ".env",
    ] {
        let source = source(path);
        group.throughput(Throughput::Bytes(source.bytes.len() as u64));
        group.bench_function(path, |b| b.iter(|| check_source(&cx, black_box(&source))));
    }
    group.finish();
}

/// A text without anything in it: what every file of a repository pays.
fn plain_text(c: &mut Criterion) {
    let rules = ActiveRules::all(Arc::new(RuleSet::embedded()));
    let advisories = Advisories::starter();
    let cx = Context {
        rules: &rules,
        advisories: &advisories,
        given: Given::NOTHING,
    };
    let words = "the quick brown fox jumps over the lazy dog; value = other + 1;\n";
    let text = words.repeat((1 << 20) / words.len());
    let source = Source::new(
        SourceId(0),
        RepoPath::from("a.txt"),
        plimsoll::model::FileKind::Text,
        text.as_bytes(),
        Origin::Buffer,
    );
    let mut group = c.benchmark_group("plain_text");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("1 MiB", |b| {
        b.iter(|| check_source(&cx, black_box(&source)))
    });
    group.finish();
}

fn reports(c: &mut Criterion) {
    let run = || {
        let request = CheckRequest {
            config: ConfigChoice::None,
            ..CheckRequest::new(What::Paths(Vec::new()), harbour())
        };
        check(request, &Silent).expect("a report")
    };
    c.bench_function("check/harbour", |b| b.iter(run));
    let outcome = run();
    let mut group = c.benchmark_group("report");
    for format in Format::ALL {
        group.bench_function(format.name(), |b| {
            b.iter(|| {
                let mut out = Vec::new();
                let cx = RenderContext::default();
                format
                    .reporter()
                    .write(&outcome.report, &cx, &mut out)
                    .expect("written");
                out
            });
        });
    }
    group.finish();
}

criterion_group!(stages, detectors, plain_text, reports);
criterion_main!(stages);
