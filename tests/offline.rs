//! A build without the feature `fetch` has no network, and says so.

#![cfg(not(feature = "fetch"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::process::Command;

#[test]
fn an_update_without_a_network_says_what_to_do_instead() {
    let home = tempfile::tempdir().expect("a folder");
    let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(["db", "update"])
        .env("HOME", home.path())
        .env("XDG_CACHE_HOME", home.path().join("cache"))
        .output()
        .expect("plimsoll runs");
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(text.contains("this build has no network"), "{text}");
    assert!(text.contains("plimsoll db import"), "{text}");
}
