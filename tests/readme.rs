//! The README says what the program does. `PLIMSOLL_BLESS=1 cargo test --test readme` writes its
//! table of rules anew.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fmt::Write as _;

use plimsoll::report::Format;
use plimsoll::rules::RuleSet;

const START: &str = "<!-- rules: written by `PLIMSOLL_BLESS=1 cargo test --test readme` -->\n";
const END: &str = "<!-- end of rules -->\n";

fn path() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")
}

fn table() -> String {
    let rules = RuleSet::embedded();
    let mut text = String::new();
    let mut family = String::new();
    for rule in rules.iter() {
        if rule.family() != family {
            family = rule.family().to_owned();
            let count = rules.iter().filter(|r| r.family() == family).count();
            let _ = writeln!(
                text,
                "\n### {family} ({count})\n\n| rule | says | severity | profile |\n|---|---|---|---|"
            );
        }
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} |",
            rule.id,
            rule.title.replace('|', "\\|"),
            rule.severity.name(),
            rule.profile.name()
        );
    }
    text.push('\n');
    text
}

#[test]
fn the_table_of_rules_is_current() {
    let readme = std::fs::read_to_string(path()).expect("README.md");
    let (head, rest) = readme.split_once(START).expect("the table's start");
    let (written, tail) = rest.split_once(END).expect("the table's end");
    let current = table();
    if std::env::var_os("PLIMSOLL_BLESS").is_some() {
        // The other tests read the file at the same time, so that it must never be half written.
        let fresh = path().with_extension("fresh");
        std::fs::write(&fresh, format!("{head}{START}{current}{END}{tail}")).expect("write");
        std::fs::rename(fresh, path()).expect("rename");
    } else {
        assert!(
            written == current,
            "the table of rules in README.md is old: PLIMSOLL_BLESS=1 cargo test --test readme"
        );
    }
}

#[test]
fn every_format_and_exit_code_is_described() {
    let readme = std::fs::read_to_string(path()).expect("README.md");
    for format in Format::ALL {
        assert!(readme.contains(&format!("`{}`", format.name())));
    }
    for code in 0..=4 {
        assert!(readme.contains(&format!("| {code} |")), "exit code {code}");
    }
}

#[test]
fn the_rules_that_the_readme_uses_as_examples_exist() {
    let readme = std::fs::read_to_string(path()).expect("README.md");
    // The table has a test of its own, and may be being written anew.
    let (head, rest) = readme.split_once(START).expect("the table's start");
    let (_, tail) = rest.split_once(END).expect("the table's end");
    let prose = format!("{head}{tail}");
    let rules = RuleSet::embedded();
    let mut seen = 0;
    for word in prose.split(|c: char| c.is_whitespace() || "`\"[](),".contains(c)) {
        let families = ["dockerfile/", "dependency/", "secret/", "policy/"];
        if families.iter().any(|f| word.starts_with(f)) && word.len() > 12 {
            assert!(rules.get(word).is_some(), "README names {word}");
            seen += 1;
        }
    }
    assert!(seen > 3);
}
