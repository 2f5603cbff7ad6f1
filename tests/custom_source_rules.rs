//! Rules of a team's own about source code: everywhere where ours are, and bounded.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::process::Output;
use std::time::{Duration, Instant};

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

/// Every finding as rule, path, severity.
fn findings(scratch: &Scratch, arguments: &[&str]) -> Vec<String> {
    let report = report(scratch, arguments);
    let text = |f: &Value, key: &str| f[key].as_str().unwrap().to_owned();
    let all = report["findings"].as_array().unwrap();
    all.iter()
        .map(|f| format!("{} {}", text(f, "rule"), text(f, "path")))
        .collect()
}

fn refused(scratch: &Scratch) -> String {
    let output = plimsoll(scratch, &["check"]);
    assert_eq!(output.status.code(), Some(2), "{}", words(&output));
    words(&output)
}

const RULE: &str = r#"
id = "source/python/acme-legacy-client"
title = "Legacy client of Acme"
severity = "high"
aliases = ["acme-7"]

[pattern]
[[pattern.any]]
call = ["acme.legacy.{connect,open}"]
message = "{callee} speaks the old protocol"
help = "Use acme.client"
where = [{ at = ["0", "host"], tainted = ["any"] }]

[[bad]]
path = "a.py"
text = """
import sys
from acme.legacy import connect as c
c(sys.argv[1])
"""
at = "c"
nth = 5

[[good]]
path = "a.py"
text = """
from acme.legacy import connect as c
c("localhost")
"""
"#;

/// No rule of ours has a word in this file.
const CODE: &str = "import sys\nfrom acme import legacy\nlegacy.open(host=sys.argv[1])\n";

fn with_rule(rule: &str) -> Scratch {
    let scratch = Scratch::repository();
    scratch.write(".plimsoll/rules/acme.toml", rule);
    scratch.write("run.py", CODE);
    scratch
}

const FOUND: &str = "source/python/acme-legacy-client run.py";

#[test]
fn a_source_rule_of_ones_own_is_found_explained_selected_and_ignored() {
    let scratch = with_rule(RULE);
    assert_eq!(findings(&scratch, &["check"]), [FOUND]);
    for only in [
        "source/python/acme-legacy-client",
        "source/python",
        "source",
        "acme-7",
    ] {
        assert_eq!(findings(&scratch, &["check", "--only", only]), [FOUND]);
    }
    assert!(findings(&scratch, &["check", "--skip", "acme-7"]).is_empty());
    assert!(findings(&scratch, &["check", "--no-config"]).is_empty());
    let report = report(&scratch, &["check"]);
    let finding = &report["findings"][0];
    assert_eq!(
        finding["message"],
        "acme.legacy.open speaks the old protocol"
    );
    for format in ["pretty", "sarif", "concise", "lsp"] {
        let shown = words(&plimsoll(&scratch, &["check", "--format", format]));
        assert!(shown.contains("acme-legacy-client"), "{format}: {shown}");
    }
    let id = "source/python/acme-legacy-client";
    let explained = words(&plimsoll(&scratch, &["explain", id]));
    assert!(explained.contains("Legacy client of Acme"), "{explained}");
    assert!(words(&plimsoll(&scratch, &["rules"])).contains(id));
    assert!(!words(&plimsoll(&scratch, &["rules", "--no-config"])).contains(id));
    let tried = plimsoll(&scratch, &["rules", "--check"]);
    assert_eq!(tried.status.code(), Some(0), "{}", words(&tried));
    assert!(words(&tried).contains("2 examples"), "{}", words(&tried));
    scratch.git(&["add", "-A"]);
    assert_eq!(findings(&scratch, &["staged"]), [FOUND]);
    scratch.write(
        "run.py",
        CODE.replace("[1])", "[1])  # plimsoll: ignore[acme-7] until next year"),
    );
    assert!(findings(&scratch, &["check"]).is_empty());
    scratch.write(
        "plimsoll.toml",
        "[rules]\n\"source/python/acme-legacy-client\" = \"off\"\n",
    );
    scratch.write("run.py", CODE);
    assert!(findings(&scratch, &["check"]).is_empty());
}

#[test]
fn a_source_rule_may_stand_in_the_configuration() {
    let scratch = Scratch::repository();
    let rule = RULE
        .replace("[pattern]\n", "")
        .replace("[[pattern", "[[rule.pattern")
        .replace("[[bad]]", "[[rule.bad]]")
        .replace("[[good]]", "[[rule.good]]");
    scratch.write("plimsoll.toml", format!("[[rule]]{rule}"));
    scratch.write("run.py", CODE);
    assert_eq!(findings(&scratch, &["check"]), [FOUND]);
}

#[test]
fn an_example_that_does_not_hold_is_told() {
    for (from, to) in [
        ("at = \"c\"", "at = \"sys\""),
        ("\"localhost\"", "sys.argv"),
    ] {
        let scratch = with_rule(&RULE.replace(from, to));
        let tried = plimsoll(&scratch, &["rules", "--check"]);
        assert_eq!(tried.status.code(), Some(1), "{}", words(&tried));
    }
}

#[test]
fn what_is_wrong_with_a_source_rule_is_shown_where_it_stands_and_nothing_is_checked() {
    for (from, to, shown, place) in [
        (
            "source/python/acme-legacy-client",
            "source/cobol/acme",
            "known are python",
            2,
        ),
        (
            "source/python/acme-legacy-client",
            "source/python/unsafe-yaml-load",
            "",
            2,
        ),
        (
            "source/python/acme-legacy-client",
            "source/Python",
            "small letters",
            2,
        ),
        ("help =", "hepl =", "hepl", 11),
        ("tainted =", "tinted =", "tinted", 12),
        ("\"any\"", "\"everything\"", "unknown source of data", 12),
        (
            "message =",
            "severity = \"bad\"\nmessage =",
            "unknown level",
            10,
        ),
        ("message =", "receiver = '('\nmessage =", "linear time", 10),
        (
            "message =",
            "within = '(?=x)'\nmessage =",
            "linear time",
            10,
        ),
        (
            "message =",
            "unless_path = '['\nmessage =",
            "linear time",
            10,
        ),
        ("where = [{", "where = [{ made = '(', ", "linear time", 12),
        (
            "message =",
            "path = '((a{900}){900}){900}'\nmessage =",
            "too large",
            10,
        ),
        (
            "where = [{",
            "where = [{ matches = '[', ",
            "linear time",
            12,
        ),
        (
            "call = [\"acme.legacy.{connect,open}\"]",
            "call = [\"acme.*\"]",
            "not a word",
            9,
        ),
        (
            "call = [\"acme.legacy.{connect,open}\"]",
            "",
            "exactly one of",
            8,
        ),
        ("call =", "assign = [\"x\"]\ncall =", "exactly one of", 8),
        ("[[pattern.any]]", "[[pattern.all]]", "all", 8),
        ("severity = \"high\"", "fixable = true", "no clause", 4),
        (
            "severity = \"high\"",
            "check = \"native\"",
            "are patterns",
            4,
        ),
    ] {
        let text = RULE.replace(from, to);
        assert_ne!(text, RULE);
        let scratch = with_rule(&text);
        if to.contains("unsafe-yaml") {
            continue;
        }
        let said = refused(&scratch);
        let line = format!(".plimsoll/rules/acme.toml:{place}:");
        assert!(said.contains(shown) && said.contains(&line), "{to}: {said}");
    }
    let without = RULE.split("[pattern]").next().unwrap();
    assert!(refused(&with_rule(without)).contains("pattern"));
    assert!(refused(&with_rule(&format!("{without}[pattern]\nany = []\n"))).contains("any"));
}

#[test]
fn a_source_rule_takes_no_id_of_ours_and_silences_nothing() {
    let ours = "import os, sys\nos.system('ls ' + sys.argv[1])\n";
    let before = {
        let scratch = Scratch::repository();
        scratch.write("a.py", ours);
        findings(&scratch, &["check"])
    };
    assert_eq!(before.len(), 1, "{before:?}");
    let own = before[0].split(' ').next().unwrap();
    let scratch = with_rule(&RULE.replace("source/python/acme-legacy-client", own));
    assert!(refused(&scratch).contains("rule of plimsoll's own"));
    let mine = "id = \"source/python/mine\"\ntitle = \"t\"\nseverity = \"low\"\n\
                [[pattern.any]]\ncall = [\"os.system\"]\nmessage = \"mine\"\n";
    let scratch = Scratch::repository();
    scratch.write("a.py", ours);
    scratch.write(".plimsoll/rules/mine.toml", mine);
    let both = findings(&scratch, &["check"]);
    assert!(both.contains(&before[0]) && both.len() == 2, "{both:?}");
}

#[test]
fn a_source_rule_judges_the_files_of_its_language_alone() {
    let scratch = with_rule(RULE);
    scratch.write("run.rb", "require 'acme'\nAcme::Legacy.open(ARGV[0])\n");
    scratch.write("b.js", "require('acme').legacy.open(process.argv[2]);\n");
    assert_eq!(findings(&scratch, &["check"]), [FOUND]);
}

const QUERY: &str = r#"
id = "source/python/bare-assert"
title = "Assertion that decides about access"
[[pattern.any]]
query = '''
((assert_statement (call function: (identifier) @f)) @at
  (#match? @f "^is_"))
'''
needs = ["assert"]
message = "{mark} is not there with -O"
"#;

#[test]
fn a_query_finds_the_shape_that_it_captures() {
    let scratch = Scratch::repository();
    scratch.write(".plimsoll/rules/a.toml", QUERY);
    scratch.write("a.py", "assert is_admin(user)\nassert other(user)\n");
    scratch.write("b.py", "is_admin(user)\n");
    let report = report(&scratch, &["check", "--only", "source/python/bare-assert"]);
    let all = report["findings"].as_array().unwrap();
    assert_eq!(all.len(), 1, "{all:?}");
    assert_eq!(all[0]["path"], "a.py");
    assert_eq!(
        all[0]["message"],
        "assert is_admin(user) is not there with -O"
    );
}

#[test]
fn a_query_looks_only_into_files_whose_paths_and_words_fit() {
    let scratch = Scratch::repository();
    let limits = "unless_path = '^scripts/'\nneeds_none = [\"unittest\"]\nneeds =";
    scratch.write(".plimsoll/rules/a.toml", QUERY.replace("needs =", limits));
    for path in ["a.py", "scripts/a.py"] {
        scratch.write(path, "assert is_admin(user)\n");
    }
    scratch.write("b.py", "import unittest\nassert is_admin(user)\n");
    let arguments = ["check", "--only", "source/python/bare-assert"];
    assert_eq!(
        findings(&scratch, &arguments),
        ["source/python/bare-assert a.py"]
    );
}

#[test]
fn a_wrong_query_is_shown_at_its_place_in_the_text() {
    for (from, to, shown, place) in [
        (
            "assert_statement",
            "assert_statment",
            "assert_statment",
            "6:3",
        ),
        ("function:", "functio:", "functio", "6:26"),
        ("@f \"^is_\"", "@g \"^is_\"", "@g", ""),
        ("#match?", "#run?", "known predicates", ""),
        ("\"^is_\"", "\"^is_(\"", "predicate", ""),
        ("@at\n", "@here\n", "@at", ""),
        ("\"^is_\"", "\"(\\\\w{90}){90}\"", "too large", ""),
        ("needs = [\"assert\"]", "", "needs words", ""),
        ("needs =", "within = 'x'\nneeds =", "with a query go", ""),
        ("@f))", "@f)", "not a query", ""),
    ] {
        let scratch = Scratch::repository();
        let text = QUERY.replace(from, to);
        assert_ne!(text, QUERY);
        scratch.write(".plimsoll/rules/a.toml", text);
        let said = refused(&scratch);
        assert!(said.contains(shown) && said.contains(place), "{to}: {said}");
    }
}

#[test]
fn many_and_heavy_source_rules_are_refused_or_cost_little() {
    let scratch = Scratch::repository();
    let one = |n: usize| {
        format!(
            "[[rule]]\nid = \"source/python/r{n}\"\ntitle = \"t\"\n[[rule.pattern.any]]\n\
             call = [\"a{n}.{{b,c}}.d{n}\"]\nlacks = '(?i)x{n}[a-z]{{9}}'\nmessage = \"m\"\n"
        )
    };
    scratch.write("plimsoll.toml", (0..501).map(one).collect::<String>());
    assert!(refused(&scratch).contains("at most 500"));
    let names = "{a,b,c,d,e,f,g,h,i,j}".repeat(9);
    let wide = one(1).replace("{b,c}", &names);
    scratch.write("plimsoll.toml", wide);
    assert!(refused(&scratch).contains("at most 1000 names"));
    let clause = "[[rule.pattern.any]]\ncall = [\"a.b\"]\nmessage = \"m\"\n";
    scratch.write("plimsoll.toml", one(1) + &clause.repeat(50));
    assert!(refused(&scratch).contains("at most 50 clauses"));
    let heavy = |n: usize| one(n).replace("[a-z]{9}", "(?u:\\w{60})");
    scratch.write("plimsoll.toml", (0..100).map(heavy).collect::<String>());
    assert!(refused(&scratch).contains("too large together"));
    scratch.write("plimsoll.toml", (0..300).map(one).collect::<String>());
    let calls: String = (0..4000)
        .map(|n| format!("a{0}.b.d{0}()\n", n % 400))
        .collect();
    scratch.write("a.py", calls);
    let start = Instant::now();
    let found = report(&scratch, &["check"]);
    assert!(start.elapsed() < Duration::from_secs(60));
    assert!(found["findings"].as_array().unwrap().len() > 1000);
}
