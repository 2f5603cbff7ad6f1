//! `--archives`: what is in an archive is found at its place; what means harm is bounded and listed.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::container::{Entry, crc, deflated, gzip, planted, tar, tar_entry, token, zip, zstd};
use super::program::{PROBE, findings, json, plimsoll, skipped, tail};
use super::support::{Scratch, words};

/// `archive member:line:column` of each finding of a token.
fn tokens(report: &Value) -> Vec<String> {
    let all = report["findings"].as_array().unwrap().iter();
    let mut found: Vec<String> = all
        .filter(|f| f["rule"] == "secret/gitlab-token")
        .map(|f| {
            let start = &f["range"]["start"];
            let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
            format!(
                "{} {}:{}:{}",
                text(&f["path"]),
                text(&f["member"]),
                start["line"],
                start["column"]
            )
        })
        .collect();
    found.sort();
    found
}

/// `archive member reason` of each row about an archive.
fn rows(report: &Value) -> Vec<String> {
    let all = report["skipped"].as_array().unwrap().iter();
    all.map(|row| {
        let text = |name: &str| row[name].as_str().unwrap_or("-").to_owned();
        format!("{} {} {}", text("path"), text("member"), text("reason"))
    })
    .collect()
}

fn check(files: &[(&str, Vec<u8>)]) -> Value {
    let scratch = Scratch::new();
    for (path, bytes) in files {
        scratch.write(path, bytes);
    }
    json(&scratch, &["check", "--archives"])
}

fn check_one(bytes: Vec<u8>) -> Value {
    check(&[("a.bin", bytes)])
}

fn over(report: &Value, limit: &str) -> Vec<String> {
    let all = report["skipped"].as_array().unwrap().iter();
    all.filter(|row| {
        let detail = row["detail"].as_str().unwrap();
        detail.starts_with(&format!("over the limit {limit}:"))
    })
    .map(|row| row["member"].as_str().unwrap_or("-").to_owned())
    .collect()
}

#[test]
fn a_secret_is_found_at_its_place_in_every_kind_of_archive() {
    let text = format!("first\n\n{}", planted(1));
    let text = text.as_bytes();
    let name = "config/app.properties";
    let report = check(&[
        ("a.jar", zip(&[Entry::new(name, text)])),
        ("b.whl", zip(&[Entry::stored(name, text)])),
        ("c.tar", tar(&[(name, text)])),
        ("d.tgz", gzip(&tar(&[(name, text)]))),
        ("e.tar.zst", zstd(&tar(&[(name, text)]))),
        ("f.log.gz", gzip(text)),
        ("g.log.zst", zstd(text)),
        // The name says nothing.
        ("h.png", zip(&[Entry::new(name, text)])),
        (
            "i.war",
            zip(&[Entry::new("lib/x.jar", &zip(&[Entry::new(name, text)]))]),
        ),
        (
            "j.gz",
            [gzip(b"one\n\n"), gzip(planted(2).as_bytes())].concat(),
        ),
    ]);
    assert_eq!(
        tokens(&report),
        [
            "a.jar config/app.properties:3:9",
            "b.whl config/app.properties:3:9",
            "c.tar config/app.properties:3:9",
            "d.tgz config/app.properties:3:9",
            "e.tar.zst config/app.properties:3:9",
            "f.log.gz f.log:3:9",
            "g.log.zst g.log:3:9",
            "h.png config/app.properties:3:9",
            "i.war lib/x.jar!/config/app.properties:3:9",
            "j.gz j:3:9",
        ],
    );
    assert_eq!(rows(&report), Vec::<String>::new());
}

#[test]
fn every_format_names_the_archive_and_the_member() {
    let scratch = Scratch::new();
    let bytes = zip(&[Entry::new("etc/a b.env", planted(3).as_bytes())]);
    scratch.write("app.jar", bytes);
    for format in ["concise", "pretty"] {
        let output = plimsoll(&scratch, &["check", "--archives", "--format", format]);
        let place = "app.jar!/etc/a b.env:1:9";
        assert!(words(&output).contains(place), "{}", tail(&output));
    }
    let output = plimsoll(&scratch, &["check", "--archives", "--format", "sarif"]);
    let sarif: Value = serde_json::from_slice(&output.stdout).unwrap();
    let result = &sarif["runs"][0]["results"][0];
    let place = &result["locations"][0];
    assert_eq!(
        place["physicalLocation"]["artifactLocation"]["uri"],
        "app.jar"
    );
    assert_eq!(
        place["logicalLocations"][0]["fullyQualifiedName"],
        "etc/a b.env:1:9"
    );
    let text = result["message"]["text"].as_str().unwrap();
    assert!(text.starts_with("etc/a b.env:1:9: "), "{text}");
    let output = plimsoll(&scratch, &["check", "--archives", "--format", "lsp"]);
    let lsp: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(lsp["uri"].as_str().unwrap().ends_with("/app.jar"), "{lsp}");
    for format in ["concise", "pretty", "json", "sarif", "lsp"] {
        let output = plimsoll(&scratch, &["check", "--archives", "-v", "--format", format]);
        assert!(!words(&output).contains(&token(3)[8..16]), "{format}");
    }
}

#[test]
fn without_the_flag_an_archive_is_said_to_be_closed() {
    let scratch = Scratch::new();
    scratch.write("a.jar", zip(&[Entry::new("x.env", planted(4).as_bytes())]));
    scratch.write("b.png", b"\x89PNG\0\0");
    let report = json(&scratch, &["check"]);
    assert_eq!(tokens(&report), Vec::<String>::new());
    assert_eq!(skipped(&report), ["a.jar archive", "b.png binary"]);
}

#[test]
fn staged_and_committed_archives_are_opened() {
    let scratch = Scratch::repository();
    scratch.commit_all("first");
    scratch.write("a.jar", zip(&[Entry::new("x.env", planted(5).as_bytes())]));
    scratch.git(&["add", "-A"]);
    let staged = json(&scratch, &["staged", "--archives"]);
    assert_eq!(tokens(&staged), ["a.jar x.env:1:9"]);
    scratch.commit_all("second");
    let diff = json(&scratch, &["diff", "--archives", "HEAD~1..HEAD"]);
    assert_eq!(tokens(&diff), ["a.jar x.env:1:9"]);
}

#[test]
fn members_that_a_change_leaves_alone_are_not_its_business() {
    let scratch = Scratch::repository();
    let old = Entry::new("old.env", planted(41).as_bytes());
    let edited = Entry::new("edited.env", planted(42).as_bytes());
    scratch.write("a.jar", zip(&[old.clone(), edited]));
    scratch.commit_all("first");
    let edited = Entry::new("edited.env", planted(43).as_bytes());
    let new = Entry::new("new.env", planted(41).as_bytes());
    scratch.write("a.jar", zip(&[old, edited, new]));
    scratch.git(&["add", "-A"]);
    let staged = json(&scratch, &["staged", "--archives"]);
    assert_eq!(
        tokens(&staged),
        ["a.jar edited.env:1:9", "a.jar new.env:1:9"]
    );
    assert_eq!(staged["summary"]["unchanged"], 1, "{staged}");
}

#[test]
fn members_pass_through_the_other_families_as_well() {
    let lock = r#"{"lockfileVersion": 3, "packages": {"": {}, "node_modules/left-pad": {"version": "1.3.0", "resolved": "https://registry.npmjs.org/left-pad/-/left-pad-1.3.0.tgz"}}}"#;
    let docker = format!("FROM debian:latest\nENV TOKEN={}\n", token(6));
    let report = check_one(zip(&[
        Entry::new("package-lock.json", lock.as_bytes()),
        Entry::new("Dockerfile", docker.as_bytes()),
        Entry::new("note.txt", PROBE.as_bytes()),
    ]));
    assert_eq!(report["summary"]["packages"], 1, "{report}");
    assert_eq!(tokens(&report), ["a.bin Dockerfile:2:11"]);
    // What a Dockerfile does depends on what stands around it, which is not known here.
    let all = findings(&report);
    assert!(!all.iter().any(|f| f.contains("dockerfile/")), "{all:?}");
    assert_eq!(rows(&report), ["a.bin Dockerfile no-context"]);
    assert!(all.iter().any(|f| f.contains("a.bin:1:")), "{all:?}");
}

#[test]
fn what_cannot_be_read_is_listed_and_the_rest_is_checked() {
    let good = Entry::new("good.env", planted(7).as_bytes());
    let encrypted = Entry {
        flags: 1,
        ..Entry::new("secret.env", b"x")
    };
    let exotic = Entry {
        method: 14,
        ..Entry::new("odd.env", b"x")
    };
    let wrong = Entry {
        crc: 1,
        ..Entry::new("wrong.env", planted(8).as_bytes())
    };
    let lying = Entry {
        size: 3,
        ..Entry::new("lying.env", planted(9).as_bytes())
    };
    let damaged = Entry {
        packed: vec![0xff; 40],
        ..Entry::new("damaged.env", b"x")
    };
    let report = check_one(zip(&[encrypted, exotic, wrong, lying, damaged, good]));
    assert_eq!(
        tokens(&report),
        [
            "a.bin good.env:1:9",
            "a.bin lying.env:1:9",
            "a.bin wrong.env:1:9"
        ]
    );
    assert_eq!(
        rows(&report),
        [
            "a.bin damaged.env malformed",
            "a.bin lying.env malformed",
            "a.bin odd.env unsupported",
            "a.bin secret.env encrypted",
            "a.bin wrong.env malformed",
        ]
    );
}

#[test]
fn a_broken_archive_is_listed_and_looked_at_as_it_is() {
    let text = planted(10);
    let whole = zip(&[Entry::stored("a.env", text.as_bytes())]);
    let cut = whole[..whole.len() - 30].to_vec();
    let tar = tar(&[("a.env", text.as_bytes()), ("b.env", &[b'x'; 2000])]);
    let report = check(&[
        ("cut.zip", cut),
        ("cut.tar", tar[..tar.len() - 2500].to_vec()),
        ("cut.gz", gzip(&tar)[..60].to_vec()),
        ("not.7z", b"7z\xbc\xaf\x27\x1c\0\x04\0\0".to_vec()),
        ("good.txt", planted(11).into_bytes()),
    ]);
    let found = tokens(&report);
    assert!(
        found.iter().any(|f| f.starts_with("cut.zip -")),
        "{found:?}"
    );
    assert!(found.contains(&"cut.tar a.env:1:9".to_owned()), "{found:?}");
    assert!(found.contains(&"good.txt -:1:9".to_owned()), "{found:?}");
    let rows = rows(&report);
    for row in [
        "cut.zip - malformed",
        "cut.gz - malformed",
        "not.7z - unsupported",
    ] {
        assert!(rows.contains(&row.to_owned()), "{row}: {rows:?}");
    }
    assert!(
        rows.iter().any(|row| row.starts_with("cut.tar")),
        "{rows:?}"
    );
}

#[test]
fn nothing_hides_behind_a_trick_of_zips() {
    let text = |n| planted(n).into_bytes();
    let twins = zip(&[
        Entry::new("a.env", &text(12)),
        Entry::new("a.env", &text(13)),
    ]);
    let streamed = Entry {
        flags: 8,
        ..Entry::new("a.env", &text(14))
    };
    let wide = Entry {
        wide: true,
        ..Entry::new("a.env", &text(15))
    };
    let behind = [
        b"#!/bin/sh\nexit 0\n",
        &zip(&[Entry::new("a.env", &text(16))])[..],
    ]
    .concat();
    let folder = Entry::stored("folder/", &text(17));
    let report = check(&[
        ("twins.zip", twins),
        ("streamed.zip", zip(&[streamed])),
        ("wide.zip", zip(&[wide])),
        ("behind.sh", behind),
        ("folder.zip", zip(&[folder])),
        ("dos.zip", zip(&[Entry::new("conf\\.env", &text(18))])),
    ]);
    assert_eq!(
        tokens(&report),
        [
            "behind.sh a.env:1:9",
            "dos.zip conf/.env:1:9",
            "folder.zip folder/:1:9",
            "streamed.zip a.env:1:9",
            "twins.zip a.env:1:9",
            "twins.zip a.env:1:9",
            "wide.zip a.env:1:9",
        ]
    );
}

#[test]
fn links_and_devices_are_listed_and_not_followed() {
    let link = Entry {
        mode: 0o120_777,
        ..Entry::stored("link", b"/etc/passwd")
    };
    let mut bytes = tar_entry("link", b'2', b"");
    bytes.extend(tar_entry("twin", b'1', b""));
    bytes.extend(tar_entry("tty", b'3', b""));
    bytes.extend(tar_entry("pipe", b'6', b""));
    // Some readers skip a link's data, others do not.
    bytes.extend(tar_entry("fat", b'2', planted(19).as_bytes()));
    bytes.extend([0; 1024]);
    let report = check(&[("a.zip", zip(&[link])), ("b.tar", bytes)]);
    assert_eq!(
        rows(&report),
        [
            "a.zip link symlink",
            "b.tar fat symlink",
            "b.tar link symlink",
            "b.tar pipe not-a-regular-file",
            "b.tar tty not-a-regular-file",
        ]
    );
    assert_eq!(tokens(&report), ["b.tar fat:1:9"]);
}

#[test]
fn names_are_only_shown() {
    let names = [
        "../../etc/x.env",
        "/etc/y.env",
        "a\u{1b}[31m\n::error::z.env",
    ];
    let mut entries: Vec<Entry> = names
        .iter()
        .map(|name| Entry::new(name, planted(20).as_bytes()))
        .collect();
    entries.push(Entry::new(&format!("{}.txt", token(21)), PROBE.as_bytes()));
    let scratch = Scratch::new();
    scratch.write("a.zip", zip(&entries));
    let output = plimsoll(
        &scratch,
        &["check", "--archives", "-v", "--format", "concise"],
    );
    let text = words(&output);
    assert!(text.contains("a.zip!/../../etc/x.env:1:9"), "{text}");
    assert!(
        !text.lines().any(|line| line.starts_with("::error")),
        "{text}"
    );
    assert!(!text.contains(&token(21)[8..16]), "{text}");
    let report = json(&scratch, &["check", "--archives"]);
    assert!(!report.to_string().contains(&token(21)[8..16]), "{report}");
    assert_eq!(tokens(&report).len(), 3);
    assert!(!scratch.top().join("etc").exists());
}

#[test]
fn long_names_of_tars_are_read() {
    let long = format!("{}/long.env", "folder/".repeat(30));
    let mut bytes = tar_entry("././@LongLink", b'L', format!("{long}\0").as_bytes());
    bytes.extend(tar_entry("cut", b'0', planted(22).as_bytes()));
    let record = " path=pax.env\n";
    let pax = format!("{}{record}", record.len() + 2);
    bytes.extend(tar_entry("pax", b'x', pax.as_bytes()));
    bytes.extend(tar_entry("cut", b'0', planted(23).as_bytes()));
    bytes.extend([0; 1024]);
    // Behind the end, another one.
    bytes.extend(tar(&[("second.env", planted(24).as_bytes())]));
    let report = check_one(bytes);
    assert_eq!(
        tokens(&report),
        [
            format!("a.bin {long}:1:9"),
            "a.bin pax.env:1:9".to_owned(),
            "a.bin second.env:1:9".to_owned(),
        ]
    );
}

// Bombs.

#[test]
fn zeros_that_unpack_without_end_are_cut_at_the_ratio() {
    let zeros = vec![0u8; 8 << 20];
    let good = planted(25);
    let report = check(&[
        (
            "a.zip",
            zip(&[
                Entry::new("zeros", &zeros),
                Entry::new("good.env", good.as_bytes()),
            ]),
        ),
        ("b.gz", gzip(&zeros)),
        (
            "c.tgz",
            gzip(&[tar(&[("good.env", good.as_bytes())]), zeros.clone()].concat()),
        ),
    ]);
    assert_eq!(over(&report, "archive_ratio"), ["zeros", "-", "-"]);
    assert_eq!(
        tokens(&report),
        ["a.zip good.env:1:9", "c.tgz good.env:1:9"],
    );
}

#[test]
fn a_member_is_read_up_to_its_limit() {
    // Hard to compress, so that no ratio is in the way.
    let mut noise = 1u64;
    let mut line = || {
        noise = noise
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        format!("{noise:x}\n")
    };
    let piece: String = (0..8000).map(|_| line()).collect();
    let mut text = planted(26);
    while text.len() <= (64 << 20) {
        text.push_str(&piece);
    }
    text.push_str(&planted(27));
    let report = check_one(tar(&[
        ("big.txt", text.as_bytes()),
        ("good.env", planted(28).as_bytes()),
    ]));
    assert_eq!(over(&report, "archive_member"), ["big.txt"]);
    assert_eq!(tokens(&report), ["a.bin big.txt:1:9", "a.bin good.env:1:9"]);
}

#[test]
fn archives_in_archives_end_at_a_depth() {
    let mut bytes = planted(29).into_bytes();
    for n in 0..4 {
        let name = if n == 0 { "x.env" } else { "n.zip" };
        bytes = zip(&[
            Entry::new(name, &bytes),
            Entry::new("good.env", planted(30 + n).as_bytes()),
        ]);
    }
    let report = check_one(bytes);
    assert_eq!(over(&report, "archive_depth"), ["n.zip!/n.zip!/n.zip"]);
    assert_eq!(
        tokens(&report),
        [
            "a.bin good.env:1:9",
            "a.bin n.zip!/good.env:1:9",
            "a.bin n.zip!/n.zip!/good.env:1:9"
        ]
    );
}

#[test]
fn entries_that_share_their_bytes_are_read_once() {
    let kernel = Entry::new("0", &vec![b'x'; 4 << 20]);
    let mut entries = vec![kernel.clone()];
    entries.extend((1..3000).map(|n| Entry {
        name: n.to_string().into_bytes(),
        shares: Some(0),
        ..kernel.clone()
    }));
    let start = Instant::now();
    let report = check_one(zip(&entries));
    assert!(start.elapsed() < Duration::from_secs(20));
    let shared = rows(&report);
    let shared = shared.iter().filter(|row| row.ends_with(" malformed"));
    assert_eq!(shared.count(), 2999);
}

#[test]
fn entries_beyond_the_limit_are_told_about_in_one_row() {
    let entry = Entry::stored("x", b"y");
    let many = vec![entry; 10_050];
    let report = check_one(zip(&many));
    assert_eq!(over(&report, "archive_entries"), ["-"]);
    assert_eq!(report["summary"]["files_checked"], 10_001);
}

#[test]
fn sizes_in_headers_order_nothing() {
    let mut liar = Entry::new("a.env", planted(40).as_bytes());
    liar.size = u32::MAX - 1;
    let mut far = Entry::new("b.env", b"x");
    far.packed = deflated(b"x");
    let mut bytes = zip(&[liar, far]);
    // The second entry's header is said to stand beyond the end.
    let last = memchr::memmem::rfind(&bytes, b"PK\x01\x02").unwrap();
    bytes[last + 42..last + 46].copy_from_slice(&0x7fff_ffffu32.to_le_bytes());
    let report = check_one(bytes);
    assert_eq!(tokens(&report), ["a.bin a.env:1:9"]);
    assert_eq!(
        rows(&report),
        ["a.bin a.env malformed", "a.bin b.env malformed"]
    );
    assert_eq!(crc(b"123456789"), 0xcbf4_3926);
}
