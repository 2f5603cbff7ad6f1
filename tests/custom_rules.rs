//! Rules of a team's own: in the configuration or in a folder, everywhere where ours are.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::process::Output;

use serde_json::Value;
use support::{Scratch, words};

fn plimsoll(scratch: &Scratch, arguments: &[&str]) -> Output {
    let mut command = scratch.command(env!("CARGO_BIN_EXE_plimsoll"));
    command.args(arguments).output().unwrap()
}

fn findings(scratch: &Scratch, arguments: &[&str]) -> Vec<(String, String)> {
    let output = plimsoll(scratch, &[arguments, &["--format", "json"]].concat());
    let report: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", words(&output)));
    let text = |f: &Value, key: &str| f[key].as_str().unwrap().to_owned();
    let all = report["findings"].as_array().unwrap();
    all.iter()
        .map(|f| (text(f, "rule"), text(f, "path")))
        .collect()
}

fn of(rule: &str, path: &str) -> (String, String) {
    (rule.to_owned(), path.to_owned())
}

/// What is wrong with a configuration, and that nothing was checked.
fn refused(scratch: &Scratch) -> String {
    let output = plimsoll(scratch, &["check"]);
    assert_eq!(output.status.code(), Some(2), "{}", words(&output));
    words(&output)
}

const BODY: &str = "kX3vQm9dTzR7wLpB2cNf";

fn token() -> String {
    ["acme", "_", BODY].concat()
}

const FORM: &str = r#"
[[rule]]
id = "secret/acme-token"
title = "Token of the Acme deployment service"
severity = "critical"
aliases = ["acme-1"]
[rule.pattern]
prefixes = ["acme_"]
body = ["alnum{20}"]
"#;

const REGEX: &str = r#"
[[rule]]
id = "secret/acme-pin"
title = "PIN of the Acme gate"
[rule.pattern]
regex = '(?i)acme.?pin\W{1,5}([0-9]{6})\b'
near = ["acme"]
unless = ['^0{6}$', '^123']
unless_line = ['for tests']
unless_path = ['(^|/)docs/']
"#;

#[test]
fn a_kind_of_ones_own_is_found_explained_selected_ignored_and_masked() {
    let scratch = Scratch::repository();
    scratch.write("plimsoll.toml", FORM);
    scratch.write("run.py", format!("start('{}')\n", token()));
    let own = of("secret/acme-token", "run.py");
    assert_eq!(findings(&scratch, &["check"]), std::slice::from_ref(&own));
    for only in ["secret/acme-token", "secret", "acme-1"] {
        assert_eq!(
            findings(&scratch, &["check", "--only", only]),
            std::slice::from_ref(&own),
            "{only}"
        );
    }
    assert_eq!(findings(&scratch, &["check", "--skip", "acme-1"]), []);
    assert_eq!(findings(&scratch, &["check", "--no-config"]), []);
    for format in ["pretty", "json", "sarif", "concise", "lsp"] {
        let output = plimsoll(&scratch, &["check", "-v", "--format", format]);
        let shown = words(&output);
        assert!(shown.contains("secret/acme-token"), "{format}");
        for start in 0..=BODY.len() - 8 {
            assert!(!shown.contains(&BODY[start..start + 8]), "{format}");
        }
    }
    let explained = words(&plimsoll(&scratch, &["explain", "secret/acme-token"]));
    assert!(explained.contains("Acme deployment"), "{explained}");
    assert!(words(&plimsoll(&scratch, &["rules"])).contains("secret/acme-token"));
    assert!(!words(&plimsoll(&scratch, &["rules", "--no-config"])).contains("secret/acme-token"));
    scratch.write(
        "run.py",
        format!("start('{}')  # plimsoll: ignore[acme-1] x\n", token()),
    );
    assert_eq!(findings(&scratch, &["check"]), []);
    scratch.write("run.py", format!("start('{}')\n", token()));
    assert_eq!(
        plimsoll(&scratch, &["baseline", "create"]).status.code(),
        Some(0)
    );
    assert_eq!(findings(&scratch, &["check"]), []);
    scratch.git(&["add", "-A"]);
    assert_eq!(findings(&scratch, &["staged", "--no-baseline"]), [own]);
}

#[test]
fn an_expression_is_tried_around_its_words_with_all_its_conditions() {
    let scratch = Scratch::repository();
    scratch.write("plimsoll.toml", REGEX);
    let pin = |n: u32| format!("ACME_PIN = \"{n:06}\"\n");
    scratch.write("a.py", pin(481_516));
    scratch.write("b.py", pin(0));
    scratch.write("c.py", pin(123_456));
    scratch.write("d.py", pin(481_516).replace('\n', "  # for tests\n"));
    scratch.write("docs/e.py", pin(481_516));
    scratch.write("f.py", "pin = \"481516\"\n");
    scratch.write(
        "g.py",
        format!("{}{}", "x = 1\n".repeat(50_000), pin(481_517)),
    );
    let only = ["check", "--only", "secret/acme-pin"];
    let rule = "secret/acme-pin";
    assert_eq!(
        findings(&scratch, &only),
        [of(rule, "a.py"), of(rule, "g.py")]
    );
}

#[test]
fn a_form_without_a_prefix_is_found_near_its_words() {
    let scratch = Scratch::repository();
    let rule = "[[rule]]\nid = \"secret/acme-id\"\ntitle = \"t\"\n[rule.pattern]\n\
                near = [\"acmeid\"]\nbody = [\"upper{12}\"]\n";
    scratch.write("plimsoll.toml", rule);
    scratch.write("a.txt", "acmeId: Q7RW2KX9ZP4M and more\n");
    scratch.write("b.txt", "other: Q7RW2KX9ZP4M and more\n");
    let found = findings(&scratch, &["check", "--only", "secret/acme-id"]);
    assert_eq!(found, [of("secret/acme-id", "a.txt")]);
}

#[test]
fn a_folder_holds_one_rule_a_file_with_examples_that_can_be_tried() {
    let scratch = Scratch::repository();
    let file = FORM
        .replace("[[rule]]\n", "")
        .replace("[rule.pattern]", "[pattern]");
    let with =
        |examples: &str| scratch.write(".plimsoll/rules/acme.toml", format!("{file}{examples}"));
    let bad = "[[bad]]\npath = \"a.py\"\ntext = \"t = '${join:ac|me_}${rand:alnum:20}'\"\n\
               at = \"${join:ac|me_}${rand:alnum:20}\"\n";
    let good = "[[good]]\npath = \"a.py\"\ntext = \"t = 'acme_short'\"\n";
    with(&format!("{bad}{good}"));
    scratch.write("run.py", format!("start('{}')\n", token()));
    assert_eq!(
        findings(&scratch, &["check"]),
        [of("secret/acme-token", "run.py")]
    );
    scratch.git(&["add", "-A"]);
    assert_eq!(
        findings(&scratch, &["staged"]),
        [of("secret/acme-token", "run.py")]
    );
    let tried = plimsoll(&scratch, &["rules", "--check"]);
    assert_eq!(tried.status.code(), Some(0), "{}", words(&tried));
    with(&bad.replace("[[bad]]", "[[good]]").replace("at =", "#"));
    let tried = plimsoll(&scratch, &["rules", "--check"]);
    assert_eq!(tried.status.code(), Some(1), "{}", words(&tried));
    with(&good.replace("[[good]]", "[[bad]]"));
    assert_eq!(
        plimsoll(&scratch, &["rules", "--check"]).status.code(),
        Some(1)
    );
    // A link leads nowhere.
    #[cfg(unix)]
    {
        std::fs::remove_file(scratch.root().join(".plimsoll/rules/acme.toml")).unwrap();
        std::fs::write(scratch.top().join("outside.toml"), &file).unwrap();
        let link = scratch.root().join(".plimsoll/rules/acme.toml");
        std::os::unix::fs::symlink(scratch.top().join("outside.toml"), link).unwrap();
        assert_eq!(findings(&scratch, &["check", "run.py"]), []);
    }
}

#[test]
fn what_is_wrong_with_a_rule_is_shown_where_it_stands_and_nothing_is_checked() {
    let scratch = Scratch::repository();
    for (from, to, shown) in [
        (
            "secret/acme-token",
            "secret/github-token",
            "rule of plimsoll's own",
        ),
        ("secret/acme-token", "acme", "secret/ and small letters"),
        (
            "prefixes = [\"acme_\"]",
            "prefixes = [\"a\"]",
            "shorter than three bytes",
        ),
        ("alnum{20}", "alnum{0}", "alnum{0}"),
        ("body =", "bodies =", "bodies"),
        ("critical", "terrible", "terrible"),
    ] {
        scratch.write("plimsoll.toml", FORM.replace(from, to));
        let said = refused(&scratch);
        assert!(
            said.contains(shown) && said.contains("plimsoll.toml"),
            "{said}"
        );
    }
    for (from, to, shown) in [
        ("[0-9]{6}", "[0-9]{6}(?=x)", "linear time"),
        ("[0-9]{6}", "(([0-9]{900}){900}){900}", "too large"),
        ("near = [\"acme\"]", "near = [\"a\"]", "three bytes"),
        ("near = [\"acme\"]", "group = 7", "1 group"),
    ] {
        scratch.write("plimsoll.toml", REGEX.replace(from, to));
        let said = refused(&scratch);
        assert!(said.contains(shown), "{said}");
    }
    scratch.write("plimsoll.toml", [FORM, FORM].concat());
    assert!(refused(&scratch).contains("two rules"));
    std::fs::remove_file(scratch.root().join("plimsoll.toml")).unwrap();
    scratch.write(".plimsoll/rules/a.toml", "id = 3\n");
    assert!(refused(&scratch).contains(".plimsoll/rules/a.toml"));
}

#[test]
fn rules_of_a_repository_are_counted() {
    let scratch = Scratch::repository();
    let one = |n: usize| {
        FORM.replace("acme-token", &format!("acme-{n}"))
            .replace("acme-1\"]", "\"]")
    };
    let many: String = (0..501).map(one).collect();
    scratch.write("plimsoll.toml", many);
    assert!(refused(&scratch).contains("at most 500"));
}

#[test]
fn a_rule_of_a_repository_weakens_none_of_ours() {
    let scratch = Scratch::repository();
    let vendor = plimsoll::rules::example::expand("${crc32:ghp_:30}").into_owned();
    scratch.write(
        "a.py",
        format!("github = '{vendor}'\ndb_password = '{BODY}'\n"),
    );
    let before = findings(&scratch, &["check"]);
    assert_eq!(before.len(), 2);
    scratch.write(
        "plimsoll.toml",
        "[[rule]]\nid = \"secret/mine\"\ntitle = \"t\"\nseverity = \"low\"\n[rule.pattern]\n\
         regex = \"[a-z_]+ = '[^']+'\"\nnear = [\"github\", \"password\"]\n",
    );
    assert_eq!(findings(&scratch, &["check"]), before);
}

#[test]
fn an_ignore_by_value_line_or_path_counts_as_ignored() {
    let scratch = Scratch::repository();
    scratch.write("app/a.py", format!("db_password = '{BODY}'  # local\n"));
    let ignore = |more: &str| {
        let text = format!("[[ignore]]\nrule = \"secret\"\nreason = \"x\"\n{more}\n");
        scratch.write("plimsoll.toml", text);
        let output = plimsoll(&scratch, &["check", "--format", "json"]);
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        report["summary"]["suppressed"].as_u64().unwrap()
    };
    assert_eq!(ignore("value = '^kX3v'"), 1);
    assert_eq!(ignore("value = '^kX3v.$'"), 0);
    assert_eq!(ignore("line = '# local$'"), 1);
    assert_eq!(ignore("line = '# remote$'"), 0);
    assert_eq!(ignore("path-regex = '^app/.*\\.py$'"), 1);
    assert_eq!(ignore("path-regex = '^\\.py$'"), 0);
    for bad in [
        "value = '['",
        "line = '('",
        "path-regex = '('",
        "value = 'a'\nline = 'b'",
    ] {
        scratch.write(
            "plimsoll.toml",
            format!("[[ignore]]\nrule = \"secret\"\nreason = \"x\"\n{bad}\n"),
        );
        refused(&scratch);
    }
}
