//! `plimsoll init`: a first configuration, and what the files of other tools come to in it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::process::Output;

use support::{Scratch, words};

fn plimsoll(scratch: &Scratch, arguments: &[&str]) -> Output {
    let mut command = scratch.command(env!("CARGO_BIN_EXE_plimsoll"));
    command.args(arguments).output().unwrap()
}

/// Runs a verb that must succeed, and gives what it printed.
fn done(scratch: &Scratch, arguments: &[&str]) -> String {
    let output = plimsoll(scratch, arguments);
    assert_eq!(output.status.code(), Some(0), "{}", words(&output));
    words(&output)
}

fn read(scratch: &Scratch, path: &str) -> String {
    std::fs::read_to_string(scratch.root().join(path)).unwrap()
}

const VALUE: &str = "kX3vQm9dTzR7wLpB";

#[test]
fn without_other_tools_a_valid_configuration_full_of_comments_is_written_once() {
    let scratch = Scratch::repository();
    let said = done(&scratch, &["init"]);
    assert!(said.contains("plimsoll.toml: written"), "{said}");
    let text = read(&scratch, "plimsoll.toml");
    assert!(
        text.lines()
            .all(|l| l.is_empty() || l.starts_with('#') || l == "[rules]"),
        "{text}"
    );
    done(&scratch, &["check"]);
    let again = plimsoll(&scratch, &["init"]);
    assert_eq!(again.status.code(), Some(2));
    assert!(words(&again).contains("--force"));
    scratch.write("plimsoll.toml", "profile = \"all\"\n");
    done(&scratch, &["init", "--force"]);
    assert_eq!(read(&scratch, "plimsoll.toml"), text);
    std::fs::remove_file(scratch.root().join("plimsoll.toml")).unwrap();
    scratch.write(".plimsoll.toml", "");
    assert_eq!(plimsoll(&scratch, &["init"]).status.code(), Some(2));
    std::fs::remove_file(scratch.root().join(".plimsoll.toml")).unwrap();
    let shown = plimsoll(&scratch, &["init", "--stdout"]);
    assert_eq!(String::from_utf8(shown.stdout).unwrap(), text);
    assert!(!scratch.root().join("plimsoll.toml").exists());
}

/// What is commented out is right, too.
#[test]
fn every_example_of_the_configuration_is_valid() {
    let scratch = Scratch::repository();
    done(&scratch, &["init"]);
    let text = read(&scratch, "plimsoll.toml");
    let is_code = |line: &&str| line.contains(" = ") || line.starts_with("# [");
    let live: Vec<&str> = text
        .lines()
        .filter(|l| is_code(l) || *l == "[rules]")
        .map(|l| l.strip_prefix("# ").unwrap_or(l))
        .filter(|l| !l.contains(':'))
        .collect();
    scratch.write("plimsoll.toml", live.join("\n"));
    done(&scratch, &["check"]);
}

const GITLEAKS: &str = r#"
title = "ours"
[extend]
useDefault = true
disabledRules = ["generic-api-key", "no-such-rule"]

[[rules]]
id = "Acme_Token"
description = "Token of Acme."
regex = '''acme-([a-z0-9]{20})'''
secretGroup = 1
entropy = 3
keywords = ["ACME"]
[rules.allowlist]
regexes = ['''^0+''']
stopwords = ["Sample"]
paths = ['''^docs/''']

[[rules]]
id = "looks-ahead"
regex = '''x(?=y)'''
keywords = ["abc"]

[[rules]]
id = "path-only"
path = '''\.pem$'''

[[rules]]
id = "github-pat"
regex = '''ghp_[0-9a-zA-Z]{36}'''

[allowlist]
description = "made up"
paths = ['''(^|/)testdata/''', '''(?<!x)y''']
regexes = ['''^dummy''']
stopwords = ["fixture+"]
commits = ["0123456789012345678901234567890123456789"]

[[allowlists]]
condition = "AND"
paths = ['''a''']
regexes = ['''b''']
"#;

#[test]
fn rules_and_allowlists_of_gitleaks_are_carried_over_and_the_rest_is_named_with_its_place() {
    let scratch = Scratch::repository();
    scratch.write(".gitleaks.toml", GITLEAKS);
    let said = done(&scratch, &["init"]);
    let text = read(&scratch, "plimsoll.toml");
    for part in [
        "id = \"secret/acme-token\"",
        "near = [\"acme\"]",
        "group = 1",
        "entropy = 3.0",
        "unless_words = [\"sample\"]",
        "\"secret/generic-credential\" = \"off\"",
        "reason = \"made up\"",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let line = |what: &str| GITLEAKS.lines().position(|l| l.contains(what)).unwrap() + 1;
    for (what, why) in [
        ("\"no-such-rule\"", "no rule of plimsoll answers"),
        ("looks-ahead", "linear time"),
        ("path-only", "no regex"),
        ("\"github-pat\"", "secret/github"),
        ("(?<!x)y", "linear time"),
        ("commits =", "whichever commit"),
        ("condition =", "AND"),
    ] {
        let place = format!(".gitleaks.toml:{}", line(what));
        let named = said.lines().find(|l| l.contains(&place) && l.contains(why));
        assert!(named.is_some(), "{what}: {place} {why}\n{said}");
    }
    // What was carried over works.
    let body = "k3v9qm7dtzr2wlpb4cnf";
    scratch.write("a.py", format!("x('acme-{body}')\n"));
    scratch.write("docs/a.py", format!("x('acme-{body}')\n"));
    scratch.write("testdata/b.py", format!("x('acme-{body}')\n"));
    let shown = plimsoll(&scratch, &["check", "--format", "concise"]);
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert_eq!(shown.lines().count(), 1, "{shown}");
    assert!(shown.starts_with("a.py:1:"), "{shown}");
}

#[test]
fn findings_known_by_place_become_findings_known_by_content() {
    let scratch = Scratch::repository();
    scratch.write("app/a.py", format!("x = 1\ndb_password = '{VALUE}'\n"));
    scratch.write(
        ".gitleaksignore",
        "# known\napp/a.py:generic-api-key:2\napp/a.py:generic-api-key:7\n\
         0123456789012345678901234567890123456789:app/a.py:generic-api-key:2\n\
         0123456789012345678901234567890123456789:app/a.py:aws-access-token:2\nnonsense\n",
    );
    let said = done(&scratch, &["init"]);
    assert!(said.contains("1 known finding added"), "{said}");
    for place in [
        ".gitleaksignore:3",
        ".gitleaksignore:5",
        ".gitleaksignore:6",
    ] {
        assert!(said.contains(place), "{place}\n{said}");
    }
    done(&scratch, &["check"]);
    scratch.write("app/a.py", format!("\n\n\ndb_password = '{VALUE}'\n"));
    done(&scratch, &["check"]);
    let other: String = VALUE.chars().rev().collect();
    scratch.write("app/a.py", format!("db_password = '{other}'\n"));
    assert_eq!(plimsoll(&scratch, &["check"]).status.code(), Some(1));
}

/// The hash of a value as detect-secrets writes it.
fn sha1(scratch: &Scratch, text: &str) -> String {
    let path = scratch.top().join("value");
    std::fs::write(&path, text).unwrap();
    let output = scratch.command("sha1sum").arg(path).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.split_whitespace()
        .next()
        .unwrap()
        .trim_start_matches('\\')
        .to_owned()
}

#[test]
fn a_baseline_of_detect_secrets_is_matched_by_the_hash_of_the_value() {
    let scratch = Scratch::repository();
    scratch.write("app/a.py", format!("db_password = '{VALUE}'\n"));
    let result = |hash: &str, line: u32| {
        format!(
            "{{\"type\": \"Secret Keyword\", \"filename\": \"app/a.py\", \
             \"hashed_secret\": \"{hash}\", \"is_verified\": false, \"line_number\": {line}}}"
        )
    };
    let (own, other) = (sha1(&scratch, VALUE), sha1(&scratch, "another"));
    let filters = "[{\"path\": \"detect_secrets.filters.heuristic.is_sequential_string\"}, \
                   {\"path\": \"detect_secrets.filters.regex.should_exclude_file\", \
                    \"pattern\": [\"^legacy/\"]}, {\"path\": \"mine.py::filter\"}]";
    scratch.write(
        ".secrets.baseline",
        format!(
            "{{\"version\": \"1.5.0\", \"filters_used\": {filters}, \"results\": \
             {{\"app/a.py\": [\n{},\n{}]}}}}",
            result(&own, 90),
            result(&other, 91)
        ),
    );
    let said = done(&scratch, &["init"]);
    assert!(said.contains("1 known finding added"), "{said}");
    assert!(
        said.contains(".secrets.baseline:3: Secret Keyword in app/a.py"),
        "{said}"
    );
    assert!(said.contains("filter"), "{said}");
    assert!(read(&scratch, "plimsoll.toml").contains("path-regex = \"^legacy/\""));
    let baseline = read(&scratch, ".plimsoll-baseline.json");
    assert!(!baseline.contains(&own) && !baseline.contains(VALUE));
    done(&scratch, &["check"]);
}

#[test]
fn smaller_files_are_read_too() {
    let scratch = Scratch::repository();
    scratch.write(
        ".trivyignore",
        "# x\nDS-0002 exp:2030-01-31\nCVE-2020-1234\nXYZ-1\n",
    );
    scratch.write(
        ".hadolint.yaml",
        "ignored:\n  - DL3008\n  - DL9999\ntrustedRegistries:\n  - ghcr.io\nno-fail: true\n",
    );
    scratch.write(
        "osv-scanner.toml",
        "[[IgnoredVulns]]\nid = \"GHSA-aaaa-bbbb-cccc\"\nignoreUntil = 2030-01-31\nreason = \"not used\"\n",
    );
    scratch.write(".talismanrc", "x");
    let said = done(&scratch, &["init"]);
    let text = read(&scratch, "plimsoll.toml");
    for part in [
        "until = \"2030-01-31\"",
        "advisory = \"CVE-2020-1234\"",
        "advisory = \"GHSA-aaaa-bbbb-cccc\"",
        "registries = [\"ghcr.io\"]",
        "# ignored as DL3008",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    for part in [
        ".trivyignore:4",
        ".hadolint.yaml:3",
        "no-fail",
        ".talismanrc",
    ] {
        assert!(said.contains(part), "{part}\n{said}");
    }
    done(&scratch, &["check"]);
}

#[test]
fn no_text_of_a_secret_is_copied_or_printed() {
    let scratch = Scratch::repository();
    let token = plimsoll::rules::example::expand("${crc32:ghp_:30}").into_owned();
    scratch.write(
        ".gitleaks.toml",
        format!(
            "[extend]\nuseDefault = true\n[allowlist]\nregexes = ['''{token}''', '''^ok$''']\n\
             stopwords = [\"{token}\"]\n[[rules]]\nid = \"acme\"\nregex = '''{token}'''\n"
        ),
    );
    scratch.write(".secretsignore", format!("docs/**\n[secrets]\n{token}\n"));
    let said = done(&scratch, &["init"]);
    let text = read(&scratch, "plimsoll.toml");
    for start in 4..=token.len() - 8 {
        let part = &token[start..start + 8];
        assert!(!said.contains(part) && !text.contains(part), "{said}{text}");
    }
    assert!(text.contains("^ok$") && text.contains("docs/**"), "{text}");
    assert!(
        said.contains(".gitleaks.toml:4") && said.contains(".secretsignore:3"),
        "{said}"
    );
    let broken = format!("[allowlist]\nregexes = \"{token}\"\n");
    scratch.write(".gitleaks.toml", broken);
    let said = done(&scratch, &["init", "--force"]);
    assert!(!said.contains(&token[10..18]), "{said}");
}

/// The `[[ignore]]` tables of the written configuration, without their reason where it is ours.
fn ignores(scratch: &Scratch) -> Vec<String> {
    let text = read(scratch, "plimsoll.toml");
    let tables = text.split("\n\n").filter(|t| t.starts_with("[[ignore]]"));
    tables
        .map(|table| {
            let lines = table.lines().skip(1);
            let said = lines.filter(|l| !l.starts_with("reason = \"listed in "));
            said.collect::<Vec<_>>().join(", ")
        })
        .collect()
}

/// Runs `init` over one file of another tool, and gives the ignores and what was left.
fn migrated(path: &str, text: &str) -> (Vec<String>, Vec<String>) {
    let scratch = Scratch::repository();
    scratch.write(path, text);
    let said = done(&scratch, &["init"]);
    let written = read(&scratch, "plimsoll.toml");
    let start = format!("# {path}:");
    let left: Vec<String> = written
        .lines()
        .filter_map(|line| line.strip_prefix(&start).map(|rest| rest.trim().to_owned()))
        .collect();
    // What the file says is printed, too.
    for line in &left {
        assert!(said.contains(line.as_str()), "{line}\n{said}");
    }
    std::fs::remove_file(scratch.root().join(path)).unwrap();
    done(&scratch, &["check"]);
    (ignores(&scratch), left)
}

#[test]
fn what_cargo_audit_ignores_is_carried_over() {
    let text = "[advisories]\nignore = [\"RUSTSEC-2020-0071\", \"RUSTSEC-2021-0145\"]\n\
                severity_threshold = \"low\"\n[yanked]\nenabled = true\n";
    for path in [".cargo/audit.toml", "audit.toml"] {
        let (ignores, left) = migrated(path, text);
        assert_eq!(
            ignores,
            [
                "rule = \"dependency\", advisory = \"RUSTSEC-2020-0071\"",
                "rule = \"dependency\", advisory = \"RUSTSEC-2021-0145\"",
            ]
        );
        assert_eq!(left.len(), 1, "{left:?}");
        assert!(
            left[0].starts_with("severity_threshold, yanked:"),
            "{left:?}"
        );
    }
}

#[test]
fn what_cargo_deny_ignores_is_carried_over() {
    let (ignores, left) = migrated(
        "deny.toml",
        "[advisories]\nversion = 2\nignore = [\n  \"RUSTSEC-2020-0071\",\n  \
         { id = \"RUSTSEC-2024-0436\", reason = \"no other crate does it\" },\n  \
         { crate = \"bitflags@1.3.2\", reason = \"yanked\" },\n  \"spin@0.9.8\",\n]\n[bans]\nmultiple-versions = \"deny\"\n",
    );
    assert_eq!(
        ignores,
        [
            "rule = \"dependency\", advisory = \"RUSTSEC-2020-0071\"",
            "rule = \"dependency\", advisory = \"RUSTSEC-2024-0436\", \
             reason = \"no other crate does it\"",
        ]
    );
    assert_eq!(left.len(), 3, "{left:?}");
    assert!(left[0].starts_with("6: bitflags@1.3.2:"), "{left:?}");
    assert!(left[1].starts_with("7: spin@0.9.8:"), "{left:?}");
    assert!(left[2].starts_with("version, bans:"), "{left:?}");
}

#[test]
fn what_osv_scanner_ignores_is_carried_over() {
    let (ignores, left) = migrated(
        "osv-scanner.toml",
        "[[IgnoredVulns]]\nid = \"GO-2022-0968\"\nignoreUntil = 2030-01-31T00:00:00Z\n\
         reason = \"no ssh\"\n\
         [[IgnoredVulns]]\nid = \"MAL-2025-46969\"\n\
         [[PackageOverrides]]\nname = \"lodash\"\necosystem = \"npm\"\nignore = true\n\
         effectiveUntil = 2031-02-28\nreason = \"replaced soon\"\n\
         [[PackageOverrides]]\nname = \"minimist\"\nversion = \"1.2.5\"\nvulnerability.ignore = true\n\
         [[PackageOverrides]]\necosystem = \"Go\"\nignore = true\n\
         [[PackageOverrides]]\nname = \"^test-\"\nnameIsRegex = true\nignore = true\n\
         [[PackageOverrides]]\nname = \"mocha\"\ngroup = \"dev\"\nignore = true\n\
         [[PackageOverrides]]\nname = \"ms\"\nlicense.override = [\"MIT\"]\n",
    );
    assert_eq!(
        ignores,
        [
            "rule = \"dependency\", advisory = \"GO-2022-0968\", reason = \"no ssh\", \
             until = \"2030-01-31\"",
            "rule = \"dependency\", package = \"lodash\", reason = \"replaced soon\", \
             until = \"2031-02-28\"",
            "rule = \"dependency\", package = \"minimist\", version = \"1.2.5\"",
        ]
    );
    let starts = [
        "6: MAL-2025-46969:",
        "17: an override:",
        "20: ^test-:",
        "24: mocha:",
        "28: ms:",
    ];
    assert_eq!(left.len(), starts.len(), "{left:?}");
    for (line, start) in left.iter().zip(starts) {
        assert!(line.starts_with(start), "{line} is not {start}");
    }
}

#[test]
fn what_trivy_ignores_is_carried_over() {
    let (ignores, left) = migrated(
        ".trivyignore.yaml",
        "vulnerabilities:\n  - id: CVE-2022-40897\n    paths:\n      - api/poetry.lock\n      \
         - web/poetry.lock\n    expired_at: 2030-01-31\n    statement: build time only\n  \
         - id: CVE-2023-2650\n    purls:\n      - pkg:pypi/setuptools\n      - pkg:deb/debian/openssl\n      \
         - pkg:pypi/wheel@0.37.1\n      - pkg:npm/%40a/b@1.0.0\nmisconfigurations:\n  - id: DS-0002\n    paths: [Dockerfile]\n  \
         - id: KSV-9999\nlicenses:\n  - id: GPL-3.0\n",
    );
    assert_eq!(
        &ignores[..5],
        [
            "rule = \"dependency\", advisory = \"CVE-2022-40897\", path = \"api/poetry.lock\", \
             reason = \"build time only\", until = \"2030-01-31\"",
            "rule = \"dependency\", advisory = \"CVE-2022-40897\", path = \"web/poetry.lock\", \
             reason = \"build time only\", until = \"2030-01-31\"",
            "rule = \"dependency\", advisory = \"CVE-2023-2650\", package = \"setuptools\"",
            "rule = \"dependency\", advisory = \"CVE-2023-2650\", package = \"wheel\", \
             version = \"0.37.1\"",
            "rule = \"dependency\", advisory = \"CVE-2023-2650\", package = \"@a/b\", \
             version = \"1.0.0\"",
        ]
    );
    assert!(ignores[5].ends_with("path = \"Dockerfile\""), "{ignores:?}");
    assert_eq!(ignores.len(), 6, "{ignores:?}");
    assert_eq!(left.len(), 3, "{left:?}");
    assert!(left[0].contains("pkg:deb/debian/openssl"), "{left:?}");
    assert!(
        left[1].contains("KSV-9999") && left[2].contains("GPL-3.0"),
        "{left:?}"
    );
}

#[test]
fn what_grype_ignores_is_carried_over() {
    let (ignores, left) = migrated(
        ".grype.yaml",
        "fail-on-severity: high\nignore:\n  - vulnerability: CVE-2008-4318\n    reason: not reachable\n  \
         - package:\n      name: libcurl\n      location: vendor/**\n  \
         - vulnerability: GHSA-35jh-r3h4-6jhm\n    package:\n      name: lodash\n      version: 4.17.20\n      type: npm\n  \
         - fix-state: wont-fix\n  - vulnerability: CVE-2020-1\n    fix-state: not-fixed\n  \
         - vulnerability: CVE-2020-2\n    fix-state: unknown\n  \
         - package:\n      name: curl\n      type: deb\n",
    );
    assert_eq!(
        ignores,
        [
            "rule = \"dependency\", advisory = \"CVE-2008-4318\", reason = \"not reachable\"",
            "rule = \"dependency\", package = \"libcurl\", path = \"vendor/**\"",
            "rule = \"dependency\", advisory = \"GHSA-35jh-r3h4-6jhm\", package = \"lodash\", \
             version = \"4.17.20\"",
            "rule = \"dependency\", advisory = \"CVE-2020-1\", until = \"fixed\"",
        ]
    );
    assert_eq!(left.len(), 4, "{left:?}");
    assert!(left[0].contains("fail-on-severity"), "{left:?}");
    assert!(left[1].starts_with("13: an entry:"), "{left:?}");
    assert!(left[2].starts_with("16: CVE-2020-2:"), "{left:?}");
    assert!(left[3].starts_with("18: curl:"), "{left:?}");
}

#[test]
fn what_snyk_ignores_is_named_where_it_cannot_be_carried_over() {
    let (ignores, left) = migrated(
        ".snyk",
        "version: v1.25.0\nignore:\n  SNYK-JS-LODASH-567746:\n    - '*':\n        reason: tests\n        \
         expires: 2030-01-31T00:00:00.000Z\n  CVE-2021-23337:\n    - '*':\n        reason: tests\n        \
         expires: 2030-01-31T00:00:00.000Z\n  CVE-2020-8203:\n    - a > lodash:\n        reason: x\npatch: {}\n",
    );
    assert_eq!(
        ignores,
        [
            "rule = \"dependency\", advisory = \"CVE-2021-23337\", reason = \"tests\", \
             until = \"2030-01-31\"",
            "rule = \"dependency\", advisory = \"CVE-2020-8203\", package = \"lodash\", \
             parent = \"a\", reason = \"x\"",
        ]
    );
    assert_eq!(left.len(), 1, "{left:?}");
    assert!(left[0].starts_with("3: SNYK-JS-LODASH-567746:"), "{left:?}");
}

#[test]
fn what_npm_audit_may_report_is_carried_over() {
    let (ignores, left) = migrated(
        ".nsprc",
        "{\n  \"GHSA-ww39-953v-wcq6\": \"dev only\",\n  \
         \"CVE-2021-23337\": { \"active\": true, \"notes\": \"no template\", \"expiry\": 1896048000000 },\n  \
         \"GHSA-c2qf-rxjj-qqgw\": { \"active\": false },\n  \
         \"CVE-2020-7598\": { \"expiry\": \"next summer\" },\n  \"1523\": \"old\"\n}\n",
    );
    assert_eq!(
        ignores,
        [
            "rule = \"dependency\", advisory = \"GHSA-ww39-953v-wcq6\", reason = \"dev only\"",
            "rule = \"dependency\", advisory = \"CVE-2021-23337\", reason = \"no template\", \
             until = \"2030-01-31\"",
        ]
    );
    assert_eq!(left.len(), 3, "{left:?}");
    assert!(left[0].contains("switched off"), "{left:?}");
    assert!(
        left[1].starts_with("5: CVE-2020-7598: its last day"),
        "{left:?}"
    );
    assert!(left[2].starts_with("6: 1523:"), "{left:?}");
}

#[test]
fn what_audit_ci_allows_is_carried_over() {
    let (ignores, left) = migrated(
        "audit-ci.jsonc",
        "{\n  // of the last review\n  \"moderate\": true,\n  \"allowlist\": [\n    \"GHSA-ww39-953v-wcq6\",\n    \
         \"lodash\",\n    \"GHSA-c2qf-rxjj-qqgw|a>@b/c>semver\",\n    \"*>ini\", \"gulp>*\", \"*\",\n    \
         { \"CVE-2021-23337|*\": { \"active\": true, \"notes\": \"x\", \"expiry\": \"2030-01-31\" } },\n  ],\n}\n",
    );
    assert_eq!(
        ignores,
        [
            "rule = \"dependency\", advisory = \"GHSA-ww39-953v-wcq6\"",
            "rule = \"dependency\", package = \"lodash\"",
            "rule = \"dependency\", advisory = \"GHSA-c2qf-rxjj-qqgw\", package = \"semver\", \
             parent = \"a>@b/c\"",
            "rule = \"dependency\", package = \"ini\"",
            "rule = \"dependency\", parent = \"gulp\"",
            "rule = \"dependency\", advisory = \"CVE-2021-23337\", reason = \"x\", \
             until = \"2030-01-31\"",
        ]
    );
    assert_eq!(left.len(), 2, "{left:?}");
    assert!(left[0].starts_with("8: an entry:"), "{left:?}");
    assert!(left[1].starts_with("3: moderate:"), "{left:?}");
}

#[test]
fn a_reason_that_holds_a_secret_is_not_copied() {
    let token = plimsoll::rules::example::expand("${crc32:ghp_:30}").into_owned();
    let (ignores, left) = migrated(
        "deny.toml",
        &format!(
            "[advisories]\nignore = [{{ id = \"RUSTSEC-2020-0071\", reason = \"use {token}\" }}]\n"
        ),
    );
    assert!(ignores.is_empty(), "{ignores:?}");
    assert!(left[0].contains("looks like a secret"), "{left:?}");
    let (ignores, left) = migrated(".nsprc", &format!("{{\"{token}\": \"x\"}}"));
    assert!(
        ignores.is_empty() && !left[0].contains(&token[8..20]),
        "{left:?}"
    );
}

#[test]
fn a_file_that_its_tool_could_not_read_is_named() {
    for path in [
        ".cargo/audit.toml",
        "deny.toml",
        "osv-scanner.toml",
        ".trivyignore.yaml",
        ".grype.yaml",
        ".snyk",
        ".nsprc",
        "audit-ci.json",
    ] {
        let (ignores, left) = migrated(path, "advisories = [\n  : {");
        assert!(ignores.is_empty(), "{path}: {ignores:?}");
        assert_eq!(left.len(), 1, "{path}: {left:?}");
        assert!(left[0].contains("the file"), "{path}: {left:?}");
    }
}

/// What a valid configuration cannot hold is named instead.
#[test]
fn ids_and_names_that_are_neither_are_not_written() {
    let (ignores, left) = migrated(
        "audit-ci.json",
        "{\"allowlist\": [\"GHSA-x y\", \"lodash@4\", \"a b\", \"@scope/name\"]}",
    );
    assert_eq!(
        ignores,
        [
            "rule = \"dependency\", package = \"lodash\", version = \"4\"",
            "rule = \"dependency\", package = \"@scope/name\"",
        ]
    );
    assert_eq!(left.len(), 2, "{left:?}");
    let many: Vec<String> = (0..30).map(|n| format!("p{n}")).collect();
    let purls = many.iter().map(|name| format!("pkg:npm/{name}"));
    let text = format!(
        "vulnerabilities:\n  - id: CVE-2020-1\n    paths: [{}]\n    purls: [{}]\n",
        many.join(", "),
        purls.collect::<Vec<_>>().join(", ")
    );
    let (ignores, left) = migrated(".trivyignore.yaml", &text);
    assert!(ignores.is_empty() && left.len() == 1, "{left:?}");
}
