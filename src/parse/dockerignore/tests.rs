#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::{IgnoreFile, clean};

fn excluded(file: &str, path: &str) -> bool {
    IgnoreFile::parse(file.as_bytes()).excludes(path)
}

#[test]
fn patterns_are_anchored_at_the_root_of_the_context() {
    assert!(excluded("*.key", "a.key"));
    assert!(!excluded("*.key", "a/b.key"));
    assert!(excluded("**/*.key", "a.key"));
    assert!(excluded("**/*.key", "a/b/c.key"));
    assert!(!excluded(".env", "app/.env"));
    assert!(excluded("*/.env", "app/.env"));
    assert!(!excluded("*/.env", ".env"));
}

#[test]
fn slashes_and_dots_at_the_ends_do_not_matter() {
    for pattern in ["/a", "a/", "./a", "b/../a", "//a//", "  a  ", "/../a"] {
        assert!(excluded(pattern, "a"), "{pattern}");
        assert!(excluded(pattern, "a/b"), "{pattern}");
    }
    assert!(!excluded("../a", "a"));
    assert!(!excluded(".", "a"));
    assert!(!excluded("/", "a"));
}

#[test]
fn a_folder_takes_its_content_along() {
    assert!(excluded("node_modules", "node_modules/a/b.js"));
    assert!(excluded("*/build", "x/build/out.o"));
    assert!(!excluded("build", "builder/out.o"));
}

#[test]
fn the_last_pattern_that_matches_decides() {
    assert!(!excluded("*\n!src", "src/main.rs"));
    assert!(excluded("*\n!src", "lib/main.rs"));
    assert!(excluded("*\n!src\nsrc/*.key", "src/a.key"));
    assert!(!excluded("!src\n*.md\n!README.md", "README.md"));
    assert!(excluded("!a\na", "a"));
    assert!(!excluded("a/b\n!a", "a/b/c"));
    assert!(!excluded("* \n! keep", "keep"));
}

#[test]
fn comments_stand_only_in_the_first_column() {
    assert!(!excluded("#a", "#a"));
    assert!(excluded(" #a", "#a"));
    assert!(excluded("a # b", "a # b"));
    assert!(excluded("\u{feff}a\r\nb\r\n", "a"));
    assert!(excluded("\u{feff}# x\nb\r\n", "b"));
}

#[test]
fn two_stars_stand_for_any_number_of_folders() {
    assert!(excluded("a/**/z", "a/z"));
    assert!(excluded("a/**/z", "a/b/c/z"));
    assert!(!excluded("a/**/z", "a/bz"));
    assert!(excluded("a/**", "a/b"));
    assert!(!excluded("a/**", "b"));
    assert!(excluded("**", "x/y"));
    assert!(excluded("**/*", "x/y"));
    assert!(excluded("**/.git", ".git/config"));
    assert!(excluded("**/a*b", "x/y/acb"));
    assert!(!excluded("**/a*b", "x/yacb"));
}

#[test]
fn classes_and_escapes_are_understood_and_broken_ones_match_nothing() {
    assert!(excluded("[a-c]x", "bx"));
    assert!(!excluded("[^a-c]x", "bx"));
    assert!(excluded("a\\*", "a*"));
    assert!(!excluded("a\\*", "ab"));
    for broken in ["[", "[a", "[]a]", "[-x]", "a\\", "!", "!/"] {
        let file = IgnoreFile::parse(broken.as_bytes());
        assert!(file.lines[0].pattern.is_none(), "{broken}");
    }
}

#[test]
fn the_place_of_a_pattern_is_known() {
    let text = "\u{feff}# c\n\n  !a/ \r\nb";
    let file = IgnoreFile::parse(text.as_bytes());
    let shown: Vec<_> = file.lines.iter().map(|l| &text[l.span.range()]).collect();
    assert_eq!(shown, ["!a/", "b"]);
    assert!(file.lines[0].is_exception);
    assert_eq!(file.lines[0].text, "a");
    assert_eq!(file.deciding("b/c").unwrap().1.raw, "b");
}

#[test]
fn a_hostile_pattern_takes_no_longer_than_its_length_times_the_path() {
    let started = std::time::Instant::now();
    let pattern = "*a".repeat(2000);
    let path = "a".repeat(4000);
    assert!(!excluded(&format!("{pattern}b"), &path));
    let pattern = "**/*/".repeat(800);
    assert!(!excluded(&format!("{pattern}x"), &"a/".repeat(2000)));
    assert!(started.elapsed().as_secs() < 20);
}

#[test]
fn paths_are_cleaned_by_their_words() {
    for (path, cleaned) in [
        ("a/./b//c/", "a/b/c"),
        ("../a", "../a"),
        ("a/../../b", "../b"),
        ("/..", "."),
        ("", ""),
        ("./", "."),
    ] {
        assert_eq!(clean(path), cleaned, "{path}");
    }
}
