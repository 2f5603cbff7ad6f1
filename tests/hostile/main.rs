//! Input that means harm, through the built program: it must end, say what it left out, print
//! nothing that a file chose, and never call a failure a pass. The rows are those of the threat
//! model; what needs no program is tested beside its code.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr
)]

mod archives;
mod configuration;
mod container;
mod crowd;
mod dockerfile;
mod git;
mod large;
mod program;
mod source;
mod statements;
#[path = "../support/mod.rs"]
mod support;

use std::io::Read as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use program::{PLIMSOLL, PROBE, behaves, findings, has_probe, json, plimsoll, run, skipped, tail};
use support::{Scratch, words};

// H5: long lines and long files.

#[test]
fn a_line_of_megabytes_ends_in_time_and_its_report_stays_short() {
    let scratch = Scratch::new();
    // The limits are in the release; a build for tests is given less to do.
    let megabytes = if cfg!(debug_assertions) { 20 } else { 100 };
    let mut line = "x = 'abc' ".repeat((megabytes << 20) / 20);
    line.push_str(PROBE.trim_end());
    line.push_str(&" y".repeat((megabytes << 20) / 4));
    scratch.write("line.txt", &line);
    scratch.write("good.txt", PROBE);
    let output = plimsoll(&scratch, &["check"]);
    assert!(output.stdout.len() < 64 << 10, "{}", output.stdout.len());
    assert!(words(&output).contains("good.txt"), "{}", tail(&output));
}

#[test]
fn a_million_lines_are_read() {
    let scratch = Scratch::new();
    scratch.write("a.py", "x = 1\n".repeat(200_000) + PROBE);
    let report = json(&scratch, &["check"]);
    assert!(
        findings(&report)
            .iter()
            .any(|f| f.starts_with("a.py:200001:")),
        "{report}"
    );
}

#[test]
fn a_file_over_the_limit_is_listed() {
    let scratch = Scratch::new();
    let file = std::fs::File::create(scratch.root().join("huge")).unwrap();
    file.set_len(4 << 30).unwrap();
    assert_eq!(skipped(&json(&scratch, &["check"])), ["huge too-large"]);
    let output = plimsoll(&scratch, &["check", "--strict-scan"]);
    assert_eq!(output.status.code(), Some(3), "{}", tail(&output));
}

// H6, H7: nesting and expansion.

#[test]
fn a_hundred_thousand_levels_overflow_no_stack() {
    const DEEP: usize = 100_000;
    let nested = |open: &str, close: &str| open.repeat(DEEP) + &close.repeat(DEEP);
    let indented: String = (0..2000).map(|n| " ".repeat(n) + "a:\n").collect();
    let files: Vec<(&str, String)> = vec![
        ("parens.py", format!("x = {}\n", nested("(", ")"))),
        ("open.py", "f(".repeat(DEEP)),
        (
            "blocks.py",
            (0..2000).map(|n| " ".repeat(n) + "if x:\n").collect(),
        ),
        ("brackets.js", format!("x = {};\n", nested("[", "]"))),
        ("braces.js", nested("{", "}")),
        ("templates.js", "`${".repeat(DEEP)),
        ("generics.ts", format!("let x: {};\n", nested("A<", ">"))),
        ("tags.tsx", format!("x = {};\n", nested("<a>", "</a>"))),
        ("substitution.sh", format!("echo {}\n", nested("$(", ")"))),
        ("quotes.sh", format!("echo {}\n", "\"$(".repeat(DEEP))),
        ("ifs.sh", "if true; then\n".repeat(DEEP)),
        ("backticks.sh", "`".repeat(DEEP)),
        ("Dockerfile", format!("FROM a\nRUN {}\n", nested("(", ")"))),
        (
            "vars.Dockerfile",
            format!("FROM {}\n", nested("${a:-", "}")),
        ),
        (
            "json.Dockerfile",
            format!("FROM a\nCMD {}\n", nested("[", "]")),
        ),
        (
            "onbuild.Dockerfile",
            format!("FROM a\n{}RUN x\n", "ONBUILD ".repeat(DEEP)),
        ),
        (
            "heredocs.Dockerfile",
            format!("FROM a\nRUN {}\n", "<<A ".repeat(DEEP)),
        ),
        ("deep.json", nested("[", "]")),
        (
            "package-lock.json",
            nested("{\"dependencies\":{\"a\":", "}}"),
        ),
        ("flow.yaml", nested("[", "]")),
        (
            "docker-compose.yml",
            format!("services: {}\n", nested("{a: ", "}")),
        ),
        (".github/workflows/a.yml", indented),
        ("poetry.lock", format!("a = {}\n", nested("[", "]"))),
        ("Cargo.lock", format!("a{} = 1\n", ".a".repeat(DEEP))),
        ("uv.lock", format!("a = {}\n", nested("{a = ", "}"))),
        ("pyproject.toml", format!("[{}]\n", "a.".repeat(DEEP))),
        ("go.mod", nested("require (\n", ")\n")),
        ("pom.xml", nested("<a>", "</a>")),
        ("a.rs", nested("(", ")")),
        ("a.go", nested("{", "}")),
    ];
    let scratch = Scratch::new();
    for (path, text) in &files {
        scratch.write(path, text);
    }
    scratch.write("good.txt", PROBE);
    let report = json(&scratch, &["check"]);
    assert!(has_probe(&report, "good.txt"), "{}", report["summary"]);
    let failed = skipped(&report);
    assert!(
        !failed.iter().any(|row| row.ends_with("detector-failed")),
        "{failed:?}"
    );
}

#[test]
fn bombs_do_not_go_off() {
    let scratch = Scratch::new();
    let mut yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..9 {
        let aliases = vec![format!("*a{}", level - 1); 9].join(", ");
        yaml += &format!("a{level}: &a{level} [{aliases}]\n");
    }
    scratch.write("docker-compose.yml", format!("{yaml}services: *a8\n"));
    scratch.write("k8s.yaml", format!("apiVersion: v1\nkind: Pod\n{yaml}"));
    scratch.write(".github/workflows/a.yml", "on: push\njobs: &j\n  a: *j\n");
    let keys: String = (0..20_000)
        .map(|_| "\"a\": {\"version\": \"1\"},")
        .collect();
    scratch.write(
        "package-lock.json",
        format!("{{\"packages\": {{{keys}\"b\": {{}}}}}}"),
    );
    let merges: String = (0..20_000).map(|_| "<<: *b\n").collect();
    scratch.write("merge.yaml", format!("x: &b {{a: 1}}\n{merges}"));
    scratch.write("good.txt", PROBE);
    assert!(has_probe(&json(&scratch, &["check"]), "good.txt"));
}

// H8, H9: what is no ordinary file.

#[test]
fn what_cannot_be_scanned_is_listed_and_the_rest_goes_on() {
    let scratch = Scratch::new();
    let root = scratch.root();
    std::fs::write(scratch.top().join("outside"), PROBE).unwrap();
    std::os::unix::fs::symlink("../outside", root.join("link")).unwrap();
    std::os::unix::fs::symlink("loop", root.join("loop")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(root.join("socket")).unwrap();
    assert!(
        scratch
            .command("mkfifo")
            .arg("fifo")
            .status()
            .unwrap()
            .success()
    );
    scratch.write("good.txt", PROBE);
    let report = json(&scratch, &["check"]);
    assert_eq!(
        skipped(&report),
        [
            "fifo not-a-regular-file",
            "link symlink",
            "loop symlink",
            "socket not-a-regular-file"
        ]
    );
    assert!(has_probe(&report, "good.txt"));
    assert_eq!(
        plimsoll(&scratch, &["check", "fifo"]).status.code(),
        Some(0)
    );
    assert_eq!(
        plimsoll(&scratch, &["check", "/dev/zero"]).status.code(),
        Some(0)
    );
}

/// Somebody swaps a folder for a link to elsewhere, over and over, while it is scanned.
#[test]
fn a_race_does_not_lead_out_of_the_root() {
    use plimsoll::input::{Excludes, Found, Root, worktree};
    use plimsoll::model::RepoPath;
    let scratch = Scratch::new();
    let outside = scratch.top().join("outside");
    std::fs::create_dir(&outside).unwrap();
    std::fs::write(outside.join("file"), "outside").unwrap();
    scratch.write("folder/file", "inside");
    let folder = scratch.root().join("folder");
    let aside = scratch.root().join("aside");
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                std::fs::rename(&folder, &aside).unwrap();
                std::os::unix::fs::symlink(&outside, &folder).unwrap();
                std::fs::remove_file(&folder).unwrap();
                std::fs::rename(&aside, &folder).unwrap();
            }
        });
        let root = std::sync::Arc::new(Root::open(&scratch.root()).unwrap());
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(1) {
            let see = |found: Found| {
                if let Found::Item(mut item) = found {
                    let mut bytes = Vec::new();
                    if item.read_into(&mut bytes).is_ok() {
                        assert_ne!(bytes, b"outside");
                    }
                }
                true
            };
            worktree(&root, &[RepoPath::from("")], &Excludes::none(), &see);
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
    });
}

#[test]
fn a_list_that_is_out_of_date_is_an_incomplete_scan() {
    let scratch = Scratch::new();
    scratch.write("good.txt", PROBE);
    scratch.write("list", "gone.txt\ngood.txt\n");
    let report = json(&scratch, &["check", "--files-from", "list"]);
    assert_eq!(skipped(&report), ["gone.txt vanished"]);
    assert!(has_probe(&report, "good.txt"));
    let strict = ["check", "--files-from", "list", "--strict-scan"];
    assert_eq!(plimsoll(&scratch, &strict).status.code(), Some(3));
    assert_eq!(
        plimsoll(&scratch, &["check", "gone.txt"]).status.code(),
        Some(2)
    );
}

#[test]
fn a_bare_environment_is_enough() {
    let scratch = Scratch::new();
    scratch.write("good.txt", PROBE);
    let mut command = Command::new(PLIMSOLL);
    command.env_clear().current_dir(scratch.root()).arg("check");
    assert!(words(&run(command)).contains("good.txt"));
    // A current folder that is gone.
    let gone = scratch.top().join("gone");
    std::fs::create_dir(&gone).unwrap();
    let mut command = scratch.command("sh");
    let script = "rmdir \"$1\" && exec \"$2\" check";
    command
        .current_dir(&gone)
        .args(["-c", script, "sh"])
        .arg(&gone)
        .arg(PLIMSOLL);
    let output = run(command);
    assert_eq!(output.status.code(), Some(2), "{}", tail(&output));
}

#[test]
fn what_a_person_may_not_read_is_listed() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    let scratch = Scratch::new();
    scratch.write("closed/a", "");
    scratch.write("shut", "");
    scratch.write("good.txt", PROBE);
    let set = |path: &str, mode| {
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(scratch.root().join(path), mode).unwrap();
    };
    set("closed", 0o000);
    set("shut", 0o000);
    let mut command = scratch.command(PLIMSOLL);
    command.args(["check", "--format", "json", "--strict-scan"]);
    if scratch.root().metadata().unwrap().uid() == 0 {
        // Root may read everything, so somebody else has to look.
        let open = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(scratch.top(), open).unwrap();
        if !is_reachable_by_nobody(&scratch) {
            set("closed", 0o755);
            return;
        }
        command.uid(65534).gid(65534);
    }
    let output = run(command);
    set("closed", 0o755);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(skipped(&report), ["closed unreadable", "shut unreadable"]);
    assert!(has_probe(&report, "good.txt"));
    assert_eq!(output.status.code(), Some(3));
}

fn is_reachable_by_nobody(scratch: &Scratch) -> bool {
    let mut command = scratch.command(PLIMSOLL);
    command.arg("--version").uid(65534).gid(65534);
    command.output().is_ok_and(|output| output.status.success())
}

// H10: names.

#[test]
fn names_reach_no_terminal_and_survive_json() {
    let scratch = Scratch::repository();
    let names: [&[u8]; 9] = [
        b"\xff\xfe.txt",
        b"two\nlines.txt",
        b"\x1b]0;title\x07\x1b[2J.txt",
        b"-rf",
        b"--help",
        b" lead.txt",
        "rtl\u{202e}txt.exe".as_bytes(),
        b"\n::error file=x::injected",
        b"CON",
    ];
    for name in names {
        let path = scratch.root().join(std::ffi::OsStr::from_bytes(name));
        std::fs::write(path, PROBE).unwrap();
    }
    let long = "n".repeat(255);
    scratch.write(&long, PROBE);
    scratch.git(&["add", "-A"]);
    for arguments in [&["check"][..], &["staged"], &["check", "-v"]] {
        let output = plimsoll(&scratch, arguments);
        let injected = words(&output)
            .lines()
            .any(|line| line.starts_with("::error"));
        assert!(!injected, "{}", tail(&output));
        let concise = [arguments, &["--format", "concise"]].concat();
        let output = plimsoll(&scratch, &concise);
        assert!(
            !words(&output)
                .lines()
                .any(|line| line.starts_with("::error"))
        );
        let report = json(&scratch, arguments);
        assert_eq!(findings(&report).len(), names.len() + 1, "{report}");
        assert!(has_probe(&report, &long));
        assert!(has_probe(&report, "two\nlines.txt"));
    }
    for format in ["sarif", "lsp"] {
        let output = plimsoll(&scratch, &["check", "--format", format]);
        assert!(
            output.stdout.iter().all(|b| *b >= 0x20 || *b == b'\n'),
            "{format}"
        );
    }
}

#[test]
fn files_whose_text_means_harm_are_shown_harmlessly() {
    let scratch = Scratch::new();
    let line = "\u{1b}[2J\u{9b}31m\u{202e}\u{7}\u{8}\r::error::x ";
    scratch.write("a.txt", format!("{line}\n{line}{PROBE}"));
    scratch.write("requirements.txt", format!("{line}==1\n{PROBE}"));
    scratch.write("Dockerfile", format!("FROM {line}:latest\nRUN {line}\n"));
    scratch.write("package-lock.json", format!("{{\"packages\": {{\"{line}"));
    let output = plimsoll(&scratch, &["check", "-v"]);
    assert!(words(&output).contains("a.txt"), "{}", tail(&output));
    assert!(
        !words(&output)
            .lines()
            .any(|line| line.starts_with("::error"))
    );
}

// H12: encodings.

#[test]
fn the_same_text_has_the_same_findings_in_every_encoding() {
    let text = format!("first line\n{PROBE}third line\n");
    let utf16 = |little: bool, marked: bool| -> Vec<u8> {
        let mark = marked.then_some(0xfeff);
        mark.into_iter()
            .chain(text.encode_utf16())
            .flat_map(|u: u16| {
                if little {
                    u.to_le_bytes()
                } else {
                    u.to_be_bytes()
                }
            })
            .collect()
    };
    let twins: Vec<(&str, Vec<u8>)> = vec![
        ("lf.txt", text.clone().into_bytes()),
        ("crlf.txt", text.replace('\n', "\r\n").into_bytes()),
        ("cr.txt", text.replace('\n', "\r").into_bytes()),
        ("mixed.txt", text.replacen('\n', "\r", 1).into_bytes()),
        ("bom.txt", format!("\u{feff}{text}").into_bytes()),
        ("end.txt", text.trim_end().as_bytes().to_vec()),
        ("latin1.txt", [text.as_bytes(), b"caf\xe9\n"].concat()),
        (
            "invalid.txt",
            [text.as_bytes(), b"\xf0\x28\x8c\x28\n"].concat(),
        ),
        ("le.txt", utf16(true, false)),
        ("be.txt", utf16(false, false)),
        ("le-mark.txt", utf16(true, true)),
        ("be-mark.txt", utf16(false, true)),
    ];
    let scratch = Scratch::new();
    for (path, bytes) in &twins {
        scratch.write(path, bytes);
    }
    for (path, bytes) in [
        ("empty", &b""[..]),
        ("mark", b"\xef\xbb\xbf"),
        ("nul", b"a\0b\n"),
    ] {
        scratch.write(path, bytes);
    }
    let report = json(&scratch, &["check"]);
    let found = findings(&report);
    for (path, _) in &twins {
        let here: Vec<&String> = found
            .iter()
            .filter(|f| f.starts_with(&format!("{path}:")))
            .collect();
        assert_eq!(here.len(), 1, "{path}: {here:?}");
        assert!(here[0].starts_with(&format!("{path}:2:20 ")), "{here:?}");
    }
    assert_eq!(skipped(&report), ["nul binary"]);
}

// H7, H9: malformed files of every format.

#[test]
fn malformed_files_cost_themselves_and_nothing_else() {
    let names = [
        "Dockerfile",
        "package-lock.json",
        "Cargo.lock",
        "poetry.lock",
        "uv.lock",
        "requirements.txt",
        "go.mod",
        "docker-compose.yml",
        ".github/workflows/a.yml",
        "a.py",
        "a.js",
        "a.ts",
        "a.sh",
        ".env",
        "a.json",
        "a.toml",
        ".dockerignore",
    ];
    let texts: [&[u8]; 10] = [
        b"",
        b"\n\n\n",
        b"{",
        b"}\x00{",
        b"\xff\xfe\xfd",
        b"[[package]]\nname = \"a\nversion",
        b"FROM\nRUN\nCOPY --from\nENV\nHEALTHCHECK\nONBUILD\n<<EOF\n\\",
        b"FROM a\nRUN <<EOF\nnever ends",
        b"{\"lockfileVersion\": 1e999, \"packages\": {\"\": null, \"a\": [], \"b\": {\"version\": 7}}}",
        b"a: [\n- b: {\n  'c\n\"d: &x *x\n",
    ];
    for (at, text) in texts.iter().enumerate() {
        let scratch = Scratch::new();
        for name in names {
            scratch.write(name, text);
        }
        scratch.write("good.txt", PROBE);
        let report = json(&scratch, &["check", "--profile", "all"]);
        assert!(has_probe(&report, "good.txt"), "text {at}: {report}");
        let failed: Vec<String> = skipped(&report);
        assert!(
            !failed.iter().any(|s| s.ends_with("detector-failed")),
            "text {at}: {failed:?}"
        );
    }
}

// H17, H18: where the report goes.

#[test]
fn a_report_that_cannot_be_written_is_not_a_pass() {
    let scratch = Scratch::new();
    scratch.write("a.txt", PROBE);
    let shell = |script: &str| {
        let mut command = scratch.command("sh");
        command.args(["-c", script, "sh", PLIMSOLL]);
        run(command)
    };
    if Path::new("/dev/full").exists() {
        let output = shell("\"$1\" check > /dev/full");
        assert_eq!(output.status.code(), Some(2), "{}", tail(&output));
        let output = shell("\"$1\" check --format json > /dev/full");
        assert_eq!(output.status.code(), Some(2), "{}", tail(&output));
    }
    let output = shell("\"$1\" check >&-");
    assert_ne!(output.status.code(), Some(101), "{}", tail(&output));
    let output = plimsoll(&scratch, &["check", "--format", "json=no/such/folder/x"]);
    assert_eq!(output.status.code(), Some(2), "{}", tail(&output));
}

#[test]
fn a_reader_that_stops_early_changes_no_verdict() {
    let scratch = Scratch::new();
    scratch.write("plimsoll.toml", "fail-on = \"low\"\n");
    for n in 0..2000 {
        scratch.write(&format!("{n}.txt"), PROBE);
    }
    let mut child = scratch
        .command(PLIMSOLL)
        .args(["check", "--format", "concise"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let output = child.wait_with_output().unwrap();
    behaves(&output);
    assert_eq!(output.status.code(), Some(1), "{}", tail(&output));
}
