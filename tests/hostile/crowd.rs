//! Many places of one kind in one file: each is judged, and none costs more for the others.

use plimsoll::guard::LIMITS;
use plimsoll::model::FileKind;

use super::source::{Judge, PATIENCE};

const CONTEXT: &str = "source/python/tls-context-off";

/// Most findings of one rule in a file.
const MOST: usize = LIMITS.findings_per_rule;

/// The limits are in the release; a build for tests is given less to do.
const LESS: usize = if cfg!(debug_assertions) { 3 } else { 1 };

/// A text for every number below a limit.
fn each(most: usize, text: impl Fn(usize) -> String) -> String {
    (0..most / LESS).map(text).collect()
}

/// How often a rule says something about a file that has to be judged in time.
fn findings(kind: FileKind, rule: &str, text: &str) -> usize {
    let judged = Judge::new().judge(kind, rule, text.as_bytes());
    let found = judged.lines.len();
    if std::env::var_os("PLIMSOLL_SHOW").is_some() {
        eprintln!("{rule}, {} bytes: {found} in {:?}", text.len(), judged.cost);
    }
    assert!(judged.cost < PATIENCE, "{rule}: {:?}", judged.cost);
    // A long one is parsed in pieces, and says so.
    let is_long = text.len() > LIMITS.piece + LIMITS.piece / 2;
    let is_other = |reason: &&&'static str| match **reason {
        "too-many-findings" => false,
        "in-pieces" => !is_long,
        _ => true,
    };
    let mut others = judged.skipped.iter().filter(is_other);
    assert_eq!(others.next(), None, "{rule}");
    found
}

#[test]
fn the_callers_of_a_function_are_asked_once_for_all_that_it_does() {
    let places = each(3000, |n| format!("    c{n}.check_hostname = False\n"));
    let calls = each(3500, |_| "if insecure:\n    f(1)\n".to_owned());
    let text = format!("import ssl\ndef f(c):\n    pass\n{places}{calls}");
    findings(FileKind::Python, CONTEXT, &text);
}

#[test]
fn functions_of_one_name_do_not_ask_all_of_its_callers_each() {
    let places = each(3000, |n| {
        format!("class A{n}:\n  def f(c):\n    c.check_hostname = False\n")
    });
    let calls = each(3000, |_| "if insecure:\n    f(1)\n".to_owned());
    let text = format!("import ssl\n{places}{calls}");
    findings(FileKind::Python, CONTEXT, &text);
}

#[test]
fn a_variable_of_options_is_looked_up_once_for_all_who_use_it() {
    let uses = each(10_000, |_| {
        "args=(-sSf -k)\nargs+=(--retry \"$n\")\ncurl \"${args[@]}\" https://example.com/a -o a\n"
            .to_owned()
    });
    let text = format!("#!/bin/bash\n{uses}");
    let found = findings(FileKind::Shell, "source/shell/tls-verification-off", &text);
    assert!(found > 0);
}

#[test]
fn what_a_script_tests_is_read_once_for_all_that_it_removes() {
    let lines = each(10_000, |n| {
        format!("[ -n \"$a{n}\" ]\nrm -rf ${{folder}}/*\n")
    });
    let text = format!("#!/bin/bash\n{lines}");
    let rule = "source/shell/empty-variable-removal";
    assert_eq!(findings(FileKind::Shell, rule, &text), MOST);
}

#[test]
fn a_file_that_every_download_is_written_into_does_not_hold_them_all() {
    let line = "wget -qO- https://get.example.com | tee setup.log | gunzip | python3 -\n";
    let text = format!("#!/bin/sh\n{}", each(10_000, |_| line.to_owned()));
    assert!(findings(FileKind::Shell, "source/shell/remote-script", &text) > 0);
}

#[test]
fn what_a_name_is_set_to_is_looked_up_once_for_all_who_ask_by_names() {
    let asks = each(100_000, |_| {
        "if (!NAME_REGEX.test(x)) { log(x); }\n".to_owned()
    });
    let text = format!(
        "const {{ exec }} = require('child_process');\nconst app = require('express')();\n\
         app.get('/a', (req, res) => {{\nconst x = req.query.x;\n{asks}exec(x);\n}});\n"
    );
    findings(
        FileKind::JavaScript,
        "source/javascript/child-process-exec",
        &text,
    );
}
