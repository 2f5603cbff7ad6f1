//! The built program, run on a scratch repository and looked at from all sides.

use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::support::{Scratch, words};

pub const PLIMSOLL: &str = env!("CARGO_BIN_EXE_plimsoll");

/// A comment that is a finding in every kind of file, with the rule that reports it.
pub const PROBE: &str = "# plimsoll: ignore[no-such/rule] probe\n";

/// Longest that anything here may take. Builds for tests are some ten times slower than releases.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub fn plimsoll(scratch: &Scratch, arguments: &[&str]) -> Output {
    let mut command = scratch.command(PLIMSOLL);
    command.args(arguments);
    run(command)
}

/// Runs to the end, or fails after the patience is gone; then looks at how it ended.
pub fn run(mut command: Command) -> Output {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let gather = |mut stream: Box<dyn std::io::Read + Send>| {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = stream.read_to_end(&mut bytes);
            bytes
        })
    };
    let stdout = gather(Box::new(child.stdout.take().unwrap()));
    let stderr = gather(Box::new(child.stderr.take().unwrap()));
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if start.elapsed() > PATIENCE {
            child.kill().unwrap();
            panic!("{command:?} did not end");
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let output = Output {
        status,
        stdout: stdout.join().unwrap(),
        stderr: stderr.join().unwrap(),
    };
    behaves(&output);
    output
}

/// It ended by itself, without a panic, and wrote nothing that moves a cursor.
pub fn behaves(output: &Output) {
    let code = output.status.code();
    assert!(
        matches!(code, Some(0..=3)),
        "{:?}: {}",
        output.status,
        tail(output)
    );
    let text = words(output);
    assert!(!text.contains("panicked"), "{}", tail(output));
    // A machine's format may carry what only a terminal would obey.
    let is_machines = output
        .stdout
        .first()
        .is_some_and(|b| matches!(b, b'{' | b'['));
    let hostile = text.chars().find(|c| {
        (c.is_control() && !matches!(c, '\n' | '\t'))
            || !is_machines && matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
    });
    assert_eq!(hostile, None, "{}", tail(output));
}

pub fn tail(output: &Output) -> String {
    let text = words(output);
    let start = text.len().saturating_sub(2000);
    text.chars().skip(text[..start].chars().count()).collect()
}

pub fn json(scratch: &Scratch, arguments: &[&str]) -> serde_json::Value {
    let mut all = arguments.to_vec();
    all.extend(["--format", "json"]);
    let output = plimsoll(scratch, &all);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {}", tail(&output)))
}

/// `path reason` of everything skipped.
pub fn skipped(report: &serde_json::Value) -> Vec<String> {
    let rows = report["skipped"].as_array().unwrap();
    rows.iter()
        .map(|row| {
            format!(
                "{} {}",
                row["path"].as_str().unwrap(),
                row["reason"].as_str().unwrap()
            )
        })
        .collect()
}

/// `path:line:column rule` of every finding.
pub fn findings(report: &serde_json::Value) -> Vec<String> {
    let rows = report["findings"].as_array().unwrap();
    rows.iter()
        .map(|f| {
            let start = &f["range"]["start"];
            format!(
                "{}:{}:{} {}",
                f["path"].as_str().unwrap(),
                start["line"],
                start["column"],
                f["rule"].as_str().unwrap()
            )
        })
        .collect()
}

pub fn has_probe(report: &serde_json::Value, path: &str) -> bool {
    findings(report)
        .iter()
        .any(|f| f.starts_with(&format!("{path}:")) && f.ends_with("policy/unused-suppression"))
}
