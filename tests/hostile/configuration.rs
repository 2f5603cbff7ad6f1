//! H15: configurations that mean harm.

use crate::program::{PROBE, has_probe, json, plimsoll, tail};
use crate::support::{Scratch, words};

#[test]
fn a_broken_configuration_is_an_error_with_its_place_and_can_be_left_out() {
    let huge = format!("exclude = [{}]\n", "\"a\", ".repeat(2 << 20));
    for text in [
        "[x\n",
        "no-such-key = 1\n",
        "fail-on = \"sometimes\"\n",
        "exclude = [\"a[\"]\n",
        "exclude = 7\n",
        "\u{1b}[2J = 1\n",
        "a = \"\u{202e}\n",
        &"a = [".repeat(10_000),
        &huge,
    ] {
        let scratch = Scratch::new();
        scratch.write("plimsoll.toml", text);
        scratch.write("a.txt", PROBE);
        let output = plimsoll(&scratch, &["check"]);
        let shown: String = text.chars().take(60).collect();
        assert_eq!(output.status.code(), Some(2), "{shown}: {}", tail(&output));
        assert!(
            words(&output).contains("plimsoll.toml") || words(&output).contains("exclude"),
            "{}",
            tail(&output)
        );
        assert!(has_probe(
            &json(&scratch, &["check", "--no-config"]),
            "a.txt"
        ));
    }
}

#[test]
fn a_pattern_of_any_size_ends_in_time() {
    let scratch = Scratch::new();
    let exclude = format!("exclude = [\"{}\"]\n", "{a,b}".repeat(5000));
    scratch.write("plimsoll.toml", exclude);
    scratch.write(".gitignore", "{a,b}*[a-z]**/x".repeat(5000));
    scratch.write("a.txt", PROBE);
    plimsoll(&scratch, &["check"]);
}

#[test]
fn a_configuration_that_is_no_file_does_not_block() {
    for make in [
        "mkfifo plimsoll.toml",
        "ln -s /dev/zero plimsoll.toml",
        "mkdir plimsoll.toml",
    ] {
        let scratch = Scratch::new();
        scratch.write("a.txt", PROBE);
        assert!(
            scratch
                .command("sh")
                .args(["-c", make])
                .status()
                .unwrap()
                .success()
        );
        let output = plimsoll(&scratch, &["check"]);
        assert_eq!(output.status.code(), Some(2), "{make}: {}", tail(&output));
        assert!(has_probe(
            &json(&scratch, &["check", "--no-config"]),
            "a.txt"
        ));
    }
}

#[test]
fn a_commit_is_judged_by_the_configuration_that_it_will_have() {
    let scratch = Scratch::repository();
    scratch.write("plimsoll.toml", "fail-on = \"low\"\n");
    scratch.write("a.txt", PROBE);
    scratch.git(&["add", "."]);
    scratch.write("plimsoll.toml", "fail-on = \"never\"\n");
    assert_eq!(plimsoll(&scratch, &["staged"]).status.code(), Some(1));
    assert_eq!(plimsoll(&scratch, &["check"]).status.code(), Some(0));
}
