//! What a whole-tree check costs above the least that any scanner must do: reading every file and
//! one Aho-Corasick pass. CPU time, in one process, one after the other.
//!
//! `cargo bench --bench floor -- PATH`

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr
)]

use std::path::{Path, PathBuf};
use std::time::Duration;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use rustix::time::{ClockId, clock_gettime};

use plimsoll::check::{CheckRequest, ConfigChoice, What, check};
use plimsoll::engine::Silent;

/// Words of the kind that secret scanners look for.
const WORDS: &[&str] = &[
    "AKIA",
    "ASIA",
    "ghp_",
    "gho_",
    "ghs_",
    "github_pat_",
    "glpat-",
    "npm_",
    "pypi-",
    "xoxb-",
    "xoxp-",
    "sk_live_",
    "rk_live_",
    "AIza",
    "SG.",
    "key-",
    "sk-ant-",
    "hf_",
    "dop_v1_",
    "shpat_",
    "-----BEGIN",
    "eyJ",
    "://",
    "password",
    "passwd",
    "secret",
    "token",
    "api_key",
    "apikey",
    "authorization",
    "private_key",
    "credential",
];

fn cpu() -> Duration {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(
        u64::try_from(now.tv_sec).unwrap(),
        u32::try_from(now.tv_nsec).unwrap(),
    )
}

fn floor(root: &Path) -> (u64, u64, usize) {
    let automaton = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .kind(Some(AhoCorasickKind::DFA))
        .build(WORDS)
        .unwrap();
    let (mut files, mut bytes, mut hits) = (0, 0, 0);
    for entry in walkdir::WalkDir::new(root).into_iter().flatten() {
        if entry.file_type().is_file()
            && let Ok(content) = std::fs::read(entry.path())
        {
            files += 1;
            bytes += content.len() as u64;
            hits += automaton.find_iter(&content).count();
        }
    }
    (files, bytes, hits)
}

fn main() {
    let path = std::env::args()
        .skip(1)
        .find(|a| !a.starts_with('-'))
        .map_or_else(|| PathBuf::from("."), PathBuf::from);
    let root = path.canonicalize().expect("a folder");
    // Once for the page cache.
    let (files, bytes, hits) = floor(&root);
    let mut best_floor = Duration::MAX;
    let mut best_check = Duration::MAX;
    let mut findings = 0;
    for _ in 0..3 {
        let start = cpu();
        floor(&root);
        best_floor = best_floor.min(cpu() - start);
        let start = cpu();
        let request = CheckRequest {
            config: ConfigChoice::None,
            ..CheckRequest::new(What::Paths(vec![root.clone()]), root.clone())
        };
        findings = check(request, &Silent)
            .expect("a report")
            .report
            .findings
            .len();
        best_check = best_check.min(cpu() - start);
    }
    println!(
        "{files} files, {} MB, {hits} hits; floor {:.0} ms CPU, check {:.0} ms CPU ({findings} findings): ratio {:.2}",
        bytes / 1_000_000,
        best_floor.as_secs_f64() * 1000.0,
        best_check.as_secs_f64() * 1000.0,
        best_check.as_secs_f64() / best_floor.as_secs_f64(),
    );
}
