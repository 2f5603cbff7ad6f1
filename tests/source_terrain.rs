//! Tests, generated, vendored and minified source code: what is judged how, and what is listed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::process::Output;

use serde_json::Value;
use support::{Scratch, words};

fn plimsoll(scratch: &Scratch, arguments: &[&str]) -> Output {
    let mut command = scratch.command(env!("CARGO_BIN_EXE_plimsoll"));
    command.args(arguments).output().unwrap()
}

fn report(scratch: &Scratch, arguments: &[&str]) -> Value {
    let output = plimsoll(scratch, &[arguments, &["--format", "json"]].concat());
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", words(&output)))
}

/// Every finding as path and severity.
fn found(scratch: &Scratch, arguments: &[&str]) -> Vec<String> {
    let report = report(scratch, arguments);
    let all = report["findings"].as_array().unwrap().clone();
    let show = |f: &Value| {
        let text = |key: &str| f[key].as_str().unwrap().to_owned();
        format!("{} {}", text("path"), text("severity"))
    };
    all.iter().map(show).collect()
}

/// Every skipped file as path and reason.
fn skipped(scratch: &Scratch, arguments: &[&str]) -> Vec<String> {
    let report = report(scratch, arguments);
    let all = report["skipped"].as_array().unwrap().clone();
    let show = |s: &Value| {
        let text = |key: &str| s[key].as_str().unwrap().to_owned();
        format!("{} {}", text("path"), text("reason"))
    };
    all.iter().map(show).collect()
}

const PYTHON: &str = "import os, sys\nos.system('ls ' + sys.argv[1])\n";
const SCRIPT: &str = "const { exec } = require('child_process');
require('express')().get('/', (req, res) => exec('ls ' + req.query.name));
";

#[test]
fn test_code_weighs_less_unless_somebody_asks() {
    let scratch = Scratch::repository();
    scratch.write("tests/run.py", PYTHON);
    let in_full = found(&scratch, &["check", "--tests"]);
    let weight = in_full[0].rsplit(' ').next().unwrap().to_owned();
    assert_ne!(weight, "low");
    assert_eq!(found(&scratch, &["check"]), ["tests/run.py low"]);
    assert_eq!(
        found(&scratch, &["check", "--vendored"]),
        ["tests/run.py low"]
    );
    scratch.git(&["add", "-A"]);
    assert_eq!(found(&scratch, &["staged"]), ["tests/run.py low"]);
    assert_eq!(found(&scratch, &["staged", "--tests"]), in_full);
    scratch.write("plimsoll.toml", "[source]\ntests = true\n");
    assert_eq!(found(&scratch, &["check"]), in_full);
    assert_eq!(
        found(&scratch, &["check", "--no-config"]),
        ["tests/run.py low"]
    );
    scratch.write("plimsoll.toml", "[source]\ntest = true\n");
    let output = plimsoll(&scratch, &["check"]);
    assert_eq!(output.status.code(), Some(2), "{}", words(&output));
}

#[test]
fn unit_tests_are_left_to_those_who_ask_for_more() {
    let scratch = Scratch::repository();
    scratch.write("tests/test_run.py", format!("import pytest\n{PYTHON}"));
    scratch.write("src/test_run.py", PYTHON);
    assert_eq!(found(&scratch, &["check"]), ["src/test_run.py low"]);
    let listed = ["tests/test_run.py unit-tests"];
    assert_eq!(skipped(&scratch, &["check"]), listed);
    let shown = words(&plimsoll(&scratch, &["check"]));
    assert!(
        shown.contains("1 file of unit tests and examples; --tests"),
        "{shown}"
    );
    let full = plimsoll(&scratch, &["check", "--strict-scan", "--fail-on", "high"]);
    assert_eq!(full.status.code(), Some(0), "{}", words(&full));
    let strict = found(&scratch, &["check", "--profile", "strict"]);
    assert_eq!(strict, ["src/test_run.py low", "tests/test_run.py low"]);
    assert!(skipped(&scratch, &["check", "--tests"]).is_empty());
    assert_eq!(found(&scratch, &["check", "--tests"]).len(), 2);
    // A team's rules may be about tests.
    let rule = "[[rule]]\nid = \"source/python/sleepy\"\ntitle = \"A test sleeps\"\nseverity = \"medium\"\n\
                [[rule.pattern.any]]\ncall = [\"os.system\"]\nmessage = \"it sleeps\"\n";
    scratch.write("plimsoll.toml", rule);
    let team = ["check", "--only", "source/python/sleepy"];
    assert_eq!(found(&scratch, &team).len(), 2);
}

#[test]
fn a_module_of_tests_in_a_file_of_the_program_weighs_less_unless_somebody_asks() {
    let scratch = Scratch::repository();
    let code = "#[cfg(test)]\nmod tests {\n    #[test]\n    fn runs() {\n        let name = std::env::args().nth(1).unwrap();\n        \
                std::process::Command::new(\"sh\").arg(\"-c\").arg(format!(\"ls {name}\")).status().unwrap();\n    }\n}\n";
    scratch.write("src/lib.rs", code);
    assert!(found(&scratch, &["check"]).is_empty());
    let usual = found(&scratch, &["check", "--profile", "all"]);
    let in_full = found(&scratch, &["check", "--profile", "all", "--tests"]);
    assert!(
        !usual.is_empty() && usual.iter().all(|f| f.ends_with(" low")),
        "{usual:?}"
    );
    assert!(in_full.iter().any(|f| !f.ends_with(" low")), "{in_full:?}");
}

#[test]
fn secrets_in_tests_do_not_go_by_what_the_code_is() {
    let scratch = Scratch::repository();
    let vendor = plimsoll::rules::example::expand("${crc32:ghp_:30}").into_owned();
    for path in ["tests/a.py", "node_modules/a/a.js", "vendor/a/a.go"] {
        scratch.write(path, format!("token = '{vendor}'\n"));
    }
    let usual = found(&scratch, &["check", "--only", "secret"]);
    assert_eq!(usual.len(), 3, "{usual:?}");
    let in_full = ["check", "--only", "secret", "--tests", "--vendored"];
    assert_eq!(usual, found(&scratch, &in_full));
}

#[test]
fn vendored_and_minified_code_is_listed_and_judged_on_demand() {
    let scratch = Scratch::repository();
    scratch.write("node_modules/a/index.js", SCRIPT);
    scratch.write("static/app.min.js", SCRIPT);
    scratch.write("third_party/run.py", PYTHON);
    let listed = [
        "node_modules/a/index.js vendored",
        "static/app.min.js minified",
        "third_party/run.py vendored",
    ];
    assert_eq!(skipped(&scratch, &["check"]), listed);
    assert!(found(&scratch, &["check"]).is_empty());
    let shown = words(&plimsoll(&scratch, &["check"]));
    assert!(
        shown.contains("3 files of vendored or minified code; --vendored"),
        "{shown}"
    );
    assert!(!shown.contains("third_party/run.py"), "{shown}");
    let shown = words(&plimsoll(&scratch, &["check", "-v"]));
    assert!(
        shown.contains("third_party/run.py: vendored code"),
        "{shown}"
    );
    let strict = plimsoll(&scratch, &["check", "--strict-scan"]);
    assert_eq!(strict.status.code(), Some(0), "{}", words(&strict));
    let all = found(&scratch, &["check", "--vendored"]);
    assert_eq!(all.len(), 3, "{all:?}");
    assert!(all.iter().all(|f| !f.ends_with(" low")), "{all:?}");
    assert!(skipped(&scratch, &["check", "--vendored"]).is_empty());
    scratch.write("plimsoll.toml", "[source]\nvendored = true\n");
    assert_eq!(found(&scratch, &["check"]), all);
    scratch.git(&["add", "-A"]);
    assert_eq!(
        found(&scratch, &["staged", "--no-config"]),
        Vec::<String>::new()
    );
    assert_eq!(skipped(&scratch, &["staged", "--no-config"]), listed);
}

#[test]
fn a_remark_that_code_is_generated_silences_nothing() {
    let scratch = Scratch::repository();
    scratch.write(
        "a.py",
        format!("# Code generated by x. DO NOT EDIT.\n{PYTHON}"),
    );
    scratch.write("b_pb2.py", PYTHON);
    scratch.write("vendor/views.py", PYTHON);
    assert_eq!(
        found(&scratch, &["check"]),
        ["a.py low", "b_pb2.py low", "vendor/views.py low"]
    );
    assert!(skipped(&scratch, &["check"]).is_empty());
    let in_full = found(&scratch, &["check", "--vendored"]);
    assert!(in_full.iter().all(|f| !f.ends_with(" low")), "{in_full:?}");
}
