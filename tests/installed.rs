//! Packages that no lockfile knows, on small repositories made here.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use serde_json::Value;
use support::Scratch;

fn run(sandbox: &Scratch, arguments: &[&str]) -> String {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_plimsoll"));
    let output = command.args(arguments).output().expect("it runs");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

const COMPOSE: &str = "\
services:
  web:
    build:
      dockerfile_inline: |
        FROM python:3.12-slim
        RUN pip install django==3.2.12
";

#[test]
fn they_are_listed_with_their_lines() {
    let repo = Scratch::repository();
    repo.write("compose.yaml", COMPOSE);
    repo.write("run.sh", "#!/bin/sh\n\nnpx lodash@4.17.20\n");
    let json = run(&repo, &["packages", "-f", "json"]);
    let packages: Value = serde_json::from_str(&json).expect("JSON");
    let packages = packages.as_array().expect("a list");
    let shown = packages.iter().map(|package| {
        let text = |key: &str| package[key].as_str().unwrap().to_owned();
        let place = format!("{}:{}", text("path"), package["line"]);
        assert_eq!(package["direct"], true);
        format!(
            "{place} {} {} {}",
            text("ecosystem"),
            text("name"),
            text("version")
        )
    });
    assert_eq!(
        shown.collect::<Vec<_>>(),
        [
            "compose.yaml:6 PyPI django 3.2.12",
            "run.sh:3 npm lodash 4.17.20"
        ]
    );
}

#[test]
fn they_are_found_inside_a_compose_file_at_the_word() {
    let repo = Scratch::repository();
    repo.write("compose.yaml", COMPOSE);
    let arguments = ["check", "--only", "dependency", "-f", "concise"];
    let lines = run(&repo, &arguments);
    assert!(!lines.is_empty());
    for line in lines.lines() {
        assert!(line.starts_with("compose.yaml:6:25: "), "{line}");
    }
}

#[test]
fn a_fix_replaces_the_version_and_nothing_else() {
    let repo = Scratch::repository();
    let script = "#!/bin/sh\nnpm i -g \"lodash@4.17.20\" x@1.0.0\ngem install y -v 1.0\n";
    let path = repo.write("run.sh", script);
    let arguments = ["check", "--only", "dependency/vulnerable", "--fix=all"];
    run(&repo, &arguments);
    let fixed = std::fs::read_to_string(path).expect("the script");
    assert_eq!(fixed, script.replace("4.17.20", "4.17.21"));
}
