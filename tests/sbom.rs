//! Bills of materials: those that a repository holds are read, and those that we write say the
//! same when they are read again.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;
use std::process::Command;

use serde_json::Value;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/lockfiles");

fn plimsoll(folder: &Path, args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(args)
        .current_dir(folder)
        .env("XDG_CACHE_HOME", folder.join("no-cache"))
        .env_remove("SOURCE_DATE_EPOCH")
        .output()
        .expect("plimsoll runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// `line: ecosystem name version scope direct source path`, a line a package.
fn table(folder: &Path) -> String {
    let listed: Value =
        serde_json::from_str(&plimsoll(folder, &["packages", "--format", "json"])).unwrap();
    let rows = listed.as_array().unwrap().iter().map(|package| {
        let text = |key: &str| package[key].as_str().unwrap_or("?").to_owned();
        let path: Vec<&str> = package["dependency_path"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_str)
            .collect();
        format!(
            "{}: {} {} {} {} {} {} {}",
            package["line"],
            text("ecosystem"),
            text("name"),
            text("version"),
            text("scope"),
            package["direct"],
            text("source"),
            path.join(">")
        )
        .trim_end()
        .to_owned()
    });
    rows.collect::<Vec<_>>().join("\n")
}

fn expect(story: &str, expected: &str) {
    let expected: Vec<&str> = expected.trim().lines().map(str::trim).collect();
    assert_eq!(
        table(&Path::new(FIXTURES).join(story))
            .lines()
            .collect::<Vec<_>>(),
        expected,
        "{story}"
    );
}

#[test]
fn a_cyclonedx_document_names_nested_packages_their_scopes_and_what_needs_them() {
    expect(
        "cyclonedx/nested",
        "
        13: npm express 4.17.0 prod true registry express
        23: npm @harbour/core 1.0.0 unknown false url
        32: npm qs 6.7.0 unknown false registry express>qs
        41: Maven org.apache.logging.log4j:log4j-core 2.14.1 dev true registry org.apache.logging.log4j:log4j-core
        ",
    );
}

#[test]
fn an_spdx_document_is_read_in_all_three_syntaxes() {
    expect(
        "spdx/json",
        "
        18: PyPI flask 0.12 unknown true registry flask
        36: PyPI click 8.0.0 unknown false registry flask>click
        ",
    );
    expect("spdx/tags", "9: RubyGems rack 2.2.2 unknown null registry");
    expect(
        "spdx/yaml",
        "11: crates.io serde 1.0.0 unknown null registry",
    );
}

#[test]
fn workflows_name_actions_and_only_releases_are_looked_up() {
    expect(
        "workflow/actions",
        "
        5: GitHub Actions harbour/pipelines v1.2.3 dev true registry harbour/pipelines
        9: GitHub Actions actions/checkout v4 dev true git actions/checkout
        10: GitHub Actions tj-actions/changed-files v45.0.7 dev true registry tj-actions/changed-files
        12: GitHub Actions actions/download-artifact v4.1.1 dev true registry actions/download-artifact
        13: GitHub Actions harbour/deploy  dev true git harbour/deploy
        ",
    );
}

/// Ecosystem, name and version of what comes from a registry.
fn registry_packages(folder: &Path) -> Vec<String> {
    let mut rows: Vec<String> = table(folder)
        .lines()
        .filter(|row| row.contains(" registry"))
        .map(|row| {
            let words: Vec<&str> = row.split(' ').skip(1).take(3).collect();
            words.join(" ")
        })
        .collect();
    rows.sort();
    rows.dedup();
    rows
}

#[test]
fn what_we_write_lists_the_same_packages_when_it_is_read_again() {
    for story in ["npm/v3", "cargo/v4", "poetry/groups"] {
        let story = Path::new(FIXTURES).join(story);
        for (format, name) in [("cyclonedx", "bom.json"), ("spdx", "bom.spdx.json")] {
            let document = plimsoll(&story, &["sbom", "--format", format]);
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join(name), &document).unwrap();
            assert_eq!(
                registry_packages(folder.path()),
                registry_packages(&story),
                "{} as {format}",
                story.display()
            );
            assert_eq!(document, plimsoll(&story, &["sbom", "--format", format]));
        }
    }
}

#[test]
fn vulnerabilities_stand_in_the_bill_with_what_was_decided_about_them() {
    let folder = tempfile::tempdir().unwrap();
    let lock = r#"{"lockfileVersion": 3, "packages": {"": {"dependencies": {"lodash": "4"}},
        "node_modules/lodash": {"version": "4.17.15"}}}"#;
    std::fs::write(folder.path().join("package-lock.json"), lock).unwrap();
    let state = |folder: &Path| -> Vec<(String, Value)> {
        let bill: Value = serde_json::from_str(&plimsoll(folder, &["sbom"])).unwrap();
        let found = bill["vulnerabilities"].as_array().unwrap();
        assert!(!found.is_empty());
        found
            .iter()
            .map(|v| {
                assert_eq!(v["affects"][0]["ref"], "pkg:npm/lodash@4.17.15");
                (v["id"].as_str().unwrap().to_owned(), v["analysis"].clone())
            })
            .collect()
    };
    let before = state(folder.path());
    assert!(before.iter().all(|(_, analysis)| analysis.is_null()));
    let ignored = &before[0].0;
    let config = format!(
        "[[ignore]]\nrule = \"dependency/vulnerable\"\nadvisory = \"{ignored}\"\nreason = \"not called\"\n"
    );
    std::fs::write(folder.path().join("plimsoll.toml"), config).unwrap();
    let after = state(folder.path());
    assert_eq!(after.len(), before.len());
    for (id, analysis) in after {
        if id == *ignored {
            assert_eq!(analysis["detail"], "not called");
        } else {
            assert!(analysis.is_null(), "{id}");
        }
    }
}

#[test]
fn a_bill_says_when_it_was_made_only_where_somebody_says_so() {
    let story = Path::new(FIXTURES).join("npm/v3");
    let bill: Value = serde_json::from_str(&plimsoll(&story, &["sbom"])).unwrap();
    assert!(bill["metadata"].get("timestamp").is_none());
    let args = [
        "sbom",
        "--timestamp",
        "2026-01-31T12:00:00Z",
        "--name",
        "harbour",
    ];
    let bill: Value = serde_json::from_str(&plimsoll(&story, &args)).unwrap();
    assert_eq!(bill["metadata"]["timestamp"], "2026-01-31T12:00:00Z");
    assert_eq!(bill["metadata"]["component"]["name"], "harbour");
}
