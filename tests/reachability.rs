//! Whether code uses a package with a defect, on small repositories made here.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use serde_json::Value;
use support::Scratch;

const LOCK: &str = r#"{
  "name": "app",
  "lockfileVersion": 3,
  "packages": {
    "": { "dependencies": { "express": "*", "lodash": "*", "minimist": "*" } },
    "node_modules/express": { "version": "4.17.0", "dependencies": { "qs": "6.7.0" } },
    "node_modules/lodash": { "version": "4.17.20" },
    "node_modules/minimist": { "version": "1.2.5" },
    "node_modules/qs": { "version": "6.7.0" }
  }
}
"#;

/// Name, state, places and the last words of the help of each finding, each once, in order.
fn found(sandbox: &Scratch, arguments: &[&str]) -> Vec<String> {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_plimsoll"));
    let rules = [
        "--no-config",
        "-f",
        "json",
        "--only",
        "dependency/vulnerable",
    ];
    let output = command.args(arguments).args(rules).output();
    let report: Value = serde_json::from_slice(&output.expect("it runs").stdout).expect("JSON");
    let findings = report["findings"].as_array().expect("findings");
    let mut shown: Vec<String> = Vec::new();
    for finding in findings {
        let evidence = &finding["evidence"];
        let reached = &evidence["reachability"];
        let places = reached["at"].as_array().into_iter().flatten();
        let places: Vec<_> = places.filter_map(Value::as_str).collect();
        let help = finding["help"].as_str().expect("a help");
        let words = help.rsplit("; ").next().expect("words");
        let line = match reached["state"].as_str() {
            Some(state) => format!(
                "{} {state} {} {words}",
                evidence["name"].as_str().unwrap(),
                places.join(" ")
            ),
            None => evidence["name"].as_str().unwrap().to_owned(),
        };
        if !shown.contains(&line) {
            shown.push(line);
        }
    }
    shown
}

#[test]
fn what_code_imports_comes_first_and_what_it_does_not_comes_last() {
    let repo = Scratch::repository();
    repo.write("package-lock.json", LOCK);
    repo.write("src/b.js", "const m = require('minimist');\n");
    repo.write("src/a.ts", "\nimport x from 'minimist';\n");
    repo.write("node_modules/x/index.js", "require('lodash')\n");
    assert_eq!(
        found(&repo, &["check"]),
        [
            "minimist imported src/a.ts:2 src/b.js:1 it is imported in src/a.ts:2",
            "qs",
            "express not-seen  no checked file imports it",
            "lodash not-seen  no checked file imports it",
        ]
    );
}

#[test]
fn nothing_is_said_where_not_everything_was_seen() {
    let repo = Scratch::repository();
    repo.write("package-lock.json", LOCK);
    let unknown = ["express", "lodash", "minimist", "qs"];
    // There is no code at all.
    assert_eq!(found(&repo, &["check"]), unknown);
    repo.write("a.js", "require('minimist');\n");
    assert_eq!(
        found(&repo, &["check", "package-lock.json", "a.js"]),
        unknown
    );
    repo.git(&["add", "."]);
    assert_eq!(found(&repo, &["staged"]), unknown);
}

const ADVISORY: &str = r#"{
  "id": "GO-2099-0001",
  "modified": "2099-01-01T00:00:00Z",
  "summary": "parsing never ends",
  "affected": [{
    "package": { "ecosystem": "Go", "name": "example.org/m" },
    "ranges": [{ "type": "SEMVER", "events": [{ "introduced": "0" }, { "fixed": "1.2.0" }] }],
    "ecosystem_specific": {
      "imports": [{ "path": "example.org/m/html", "symbols": ["Parse", "Node.Walk"] }]
    }
  }]
}
"#;

#[test]
fn a_call_of_the_affected_function_says_more_than_an_import() {
    let repo = Scratch::repository();
    let advisory = repo.home().join("GO-2099-0001.json");
    std::fs::write(&advisory, ADVISORY).expect("a file");
    let mut import = repo.command(env!("CARGO_BIN_EXE_plimsoll"));
    let imported = import.args(["db", "import"]).arg(&advisory).output();
    assert!(imported.expect("it runs").status.success());
    repo.write(
        "go.mod",
        "module example.org/app\n\nrequire example.org/m v1.1.0\n",
    );
    let with = |import: &str, code: &str| {
        repo.write(
            "a.go",
            format!("package a\n\nimport (\n\t{import}\n)\n\n{code}\n"),
        );
        found(&repo, &["check"])
    };
    assert_eq!(
        with("h \"example.org/m/html\"", "var n = h.Parse(r)"),
        ["example.org/m called a.go:7 h.Parse is called in a.go:7"]
    );
    assert_eq!(
        with("\"example.org/m/html\"", "var n = html.Render(r)"),
        ["example.org/m imported a.go:4 example.org/m/html is imported in a.go:4"]
    );
    assert_eq!(
        with("\"example.org/m/http2\"", ""),
        ["example.org/m not-seen  no checked file imports the affected example.org/m/html"]
    );
    assert_eq!(
        with("\"fmt\"", ""),
        ["example.org/m not-seen  no checked file imports it"]
    );
}
