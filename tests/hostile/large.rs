//! Files that are larger than what is held at once, and texts that invite quadratic work.

use std::time::Duration;

use plimsoll::guard::LIMITS;

use super::container::{planted, token};
use super::program::{json, plimsoll, skipped};
use super::support::{Scratch, words};

/// `line:column@byte` of each finding of a token.
fn places(report: &serde_json::Value) -> Vec<String> {
    let all = report["findings"].as_array().unwrap().iter();
    all.filter(|f| f["rule"] == "secret/gitlab-token")
        .map(|f| {
            let start = &f["range"]["start"];
            format!("{}:{}@{}", start["line"], start["column"], start["byte"])
        })
        .collect()
}

#[test]
fn secrets_at_the_start_at_the_end_and_across_window_edges_are_found_once() {
    let mut text = planted(1);
    let mut expected = vec!["1:9@8".to_owned()];
    let mut lines = 1;
    let filler = "nothing to see here, only é and words that fill a line of some length\n";
    let (step, overlap) = (LIMITS.window, LIMITS.overlap);
    let mut n = 1;
    while text.len() < LIMITS.parse as usize + (3 << 20) {
        // Around every edge of every window, wherever windows overlap.
        let edge = (n as usize).div_ceil(8) * (step - overlap) + (n as usize % 8) * overlap / 8;
        while text.len() < edge {
            text.push_str(filler);
            lines += 1;
        }
        n += 1;
        expected.push(format!("{}:9@{}", lines + 1, text.len() + 8));
        text.push_str(&planted(n));
        lines += 1;
    }
    expected.push(format!("{}:9@{}", lines + 1, text.len() + 8));
    text.push_str(planted(999).trim_end());
    let scratch = Scratch::new();
    scratch.write("dump.log", &text);
    let report = json(&scratch, &["check"]);
    assert_eq!(places(&report), expected);
    assert_eq!(skipped(&report), ["dump.log too-large-to-parse"]);
    let output = plimsoll(&scratch, &["check", "--format", "pretty"]);
    assert!(!words(&output).contains(&token(1)[8..16]));
}

#[test]
fn columns_are_right_in_a_line_of_many_windows_and_in_utf16() {
    let half = "é, 😀; ".repeat(1_100_000);
    let line = format!("one\r\n{half}token = {} {half}", token(50));
    let column = half.chars().count() + 9;
    let scratch = Scratch::new();
    scratch.write("line.txt", &line);
    let utf16: Vec<u8> = std::iter::once(0xfeff)
        .chain(line.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    scratch.write("wide.txt", utf16);
    let report = json(&scratch, &["check"]);
    let place = format!("2:{column}@{}", 5 + half.len() + 8);
    assert_eq!(places(&report), [place.clone(), place]);
}

#[test]
fn the_findings_of_all_windows_count_against_one_limit() {
    let scratch = Scratch::new();
    let mut text = String::new();
    for n in 0..3000 {
        text.push_str(&planted(n));
        text.push_str(&"x y z ".repeat(1000));
        text.push('\n');
    }
    scratch.write("dump.log", &text);
    let report = json(&scratch, &["check"]);
    assert_eq!(places(&report).len(), LIMITS.findings_per_rule);
    let rows = report["skipped"].as_array().unwrap();
    let told = rows.iter().any(|row| {
        let detail = row["detail"].as_str().unwrap();
        detail.starts_with("2000 more findings of secret/gitlab-token")
    });
    assert!(told, "{rows:?}");
}

#[test]
fn a_key_across_the_edge_of_a_window_is_masked_beside_other_findings() {
    let canary = "Q7xZt9LmPw3KcVb8";
    let body: String = (0..300)
        .map(|n| format!("MIIEv{n:03}{canary}AhR5TkUeWqYs2DfGjHnBvCxZlKm4NpQr\n"))
        .collect();
    let key = [
        "-----BEGIN RSA PRI",
        "VATE KEY-----\n",
        &body,
        "-----END RSA PRI",
        "VATE KEY-----\n",
    ]
    .concat();
    let (step, overlap) = (LIMITS.window, LIMITS.overlap);
    let scratch = Scratch::new();
    for (name, back) in [
        ("a", 0),
        ("b", key.len() / 2),
        ("c", overlap / 2),
        ("d", overlap),
    ] {
        let mut text = String::new();
        while text.len() < step - back {
            text.push_str("nothing to see here\n");
        }
        text.push_str(&key);
        text.push_str(&planted(60));
        while text.len() <= LIMITS.parse as usize {
            text.push_str("nothing to see here either\n");
        }
        scratch.write(&format!("{name}.log"), &text);
    }
    for format in ["json", "pretty", "sarif"] {
        let output = plimsoll(&scratch, &["check", "-v", "--format", format]);
        let text = words(&output);
        assert!(text.contains("secret/gitlab-token"), "{format}");
        assert!(!text.contains(&canary[4..12]), "{format}");
    }
}

#[test]
fn a_sparse_file_costs_what_is_in_it() {
    use std::os::unix::fs::FileExt as _;
    let scratch = Scratch::new();
    let file = std::fs::File::create(scratch.root().join("disk.img")).unwrap();
    file.set_len(1 << 30).unwrap();
    file.write_all_at(planted(70).as_bytes(), 700 << 20)
        .unwrap();
    let report = json(&scratch, &["check"]);
    let place = format!("1:{}@{}", (700 << 20) + 9, (700 << 20) + 8);
    assert_eq!(places(&report), [place]);
    assert_eq!(skipped(&report), ["disk.img binary"]);
}

#[test]
fn hostile_text_takes_time_by_its_length() {
    use plimsoll::model::{FileKind, Origin, RepoPath, Source, SourceId};
    use rustix::time::{ClockId, clock_gettime};
    let bits: &[(&str, &str)] = &[
        ("equals signs", "="),
        ("names", "password="),
        ("names without values", "password password_token "),
        ("quotes never closed", "password = \"x"),
        ("triple quotes", "\"\"\"'''"),
        ("schemes", "://"),
        ("user parts", "https://user:"),
        ("addresses", "a://b:c@"),
        ("escapes", "\\\\\\\""),
        ("nested escapes", "\\u005cu005c"),
        ("percents", "%25%"),
        ("braces", "{\"a\":"),
        ("pairs", "{\"key\":\"password\",\"value\":"),
        ("tokens that break off", "glpat-"),
        ("web tokens that break off", "eyJhbGciOiJ."),
        ("keys that never end", "-----BEGIN PRIVATE KEY-----\n"),
        ("base64", "QUFBQUFBQUFBQUFB"),
        ("blanks", "password:                \t"),
        ("arrows", "password=>"),
        ("templates", "${password:-${"),
        ("line ends", "password=\r"),
        ("headers", "Authorization: Bearer "),
    ];
    let now = || {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
    };
    let rules = plimsoll::rules::ActiveRules::new(
        std::sync::Arc::new(plimsoll::rules::RuleSet::embedded()),
        &plimsoll::rules::Selection {
            only: vec!["secret".to_owned()],
            ..Default::default()
        },
    )
    .unwrap();
    let advisories = plimsoll::advisory::Advisories::open(None);
    let given = plimsoll::detect::Given::default();
    let cx = plimsoll::detect::Context {
        rules: &rules,
        advisories: &advisories,
        given: &given,
    };
    let cost = |kind: FileKind, text: &str| {
        let path = RepoPath::from("a.txt");
        let source = Source::new(SourceId(0), path, kind, text.as_bytes(), Origin::Buffer);
        let start = now();
        let checked = plimsoll::engine::check_source(&cx, &source);
        assert!(
            checked
                .skipped
                .iter()
                .all(|s| s.code() != "detector-failed")
        );
        now().saturating_sub(start)
    };
    // The automaton is made on first use.
    cost(FileKind::Text, "warm");
    let mut slow = Vec::new();
    for kind in [
        FileKind::Text,
        FileKind::Json,
        FileKind::Yaml,
        FileKind::Python,
    ] {
        for (what, bit) in bits {
            let text = |bytes: usize| bit.repeat(bytes / bit.len());
            let small = cost(kind, &text(32 << 10));
            let large = cost(kind, &text(256 << 10));
            // Eight times the text; the square would be sixty-four times the time.
            if large > small * 20 + Duration::from_millis(100) {
                slow.push(format!("{what} in {kind:?}: {small:?}, then {large:?}"));
            }
        }
    }
    assert!(slow.is_empty(), "{slow:#?}");
}
