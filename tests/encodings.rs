//! Secrets in files of every encoding are found at the line and column that an editor shows.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use serde_json::Value;
use support::Scratch;

fn token() -> String {
    plimsoll::rules::example::expand("${crc32:ghp_:30}").into_owned()
}

/// Line and column of what is found in a file of these bytes.
fn places(bytes: &[u8]) -> Vec<(u64, u64)> {
    let scratch = Scratch::new();
    scratch.write("settings.py", bytes);
    let arguments = ["check", "--no-config", "--only", "secret", "-f", "json"];
    let output = scratch
        .command(env!("CARGO_BIN_EXE_plimsoll"))
        .args(arguments)
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|f| {
            let start = &f["range"]["start"];
            (
                start["line"].as_u64().unwrap(),
                start["column"].as_u64().unwrap(),
            )
        })
        .collect()
}

fn utf16(text: &str, little: bool, marked: bool) -> Vec<u8> {
    let mark = marked.then_some(0xfeff);
    let units = mark.into_iter().chain(text.encode_utf16());
    units
        .flat_map(|unit| match little {
            true => unit.to_le_bytes(),
            false => unit.to_be_bytes(),
        })
        .collect()
}

#[test]
fn utf16_is_read_with_and_without_a_mark() {
    // A line of ordinary text, then one with characters of one and of two code units.
    let text = format!("some text to be told by\r\nä😀 t = '{}'\r\n", token());
    for little in [true, false] {
        for marked in [true, false] {
            let found = places(&utf16(&text, little, marked));
            assert_eq!(found, [(2, 9)], "little {little}, marked {marked}");
        }
    }
}

#[test]
fn a_mark_stray_bytes_and_every_line_end_leave_the_place_right() {
    let token = token();
    for (name, bytes, place) in [
        (
            "a mark",
            format!("\u{feff}a\nt = '{token}'\n").into_bytes(),
            (2, 6),
        ),
        (
            "a lone CR",
            format!("a\rb\rt = '{token}'\r").into_bytes(),
            (3, 6),
        ),
        (
            "CR LF",
            format!("a\r\nb\r\nt = '{token}'").into_bytes(),
            (3, 6),
        ),
        (
            "Latin-1",
            [b"caf\xe9\n\xe9 '", token.as_bytes(), b"'\n"].concat(),
            (2, 4),
        ),
        (
            "no UTF-8",
            [b"\xfd\xff\xfe\n'", token.as_bytes(), b"'"].concat(),
            (2, 2),
        ),
    ] {
        assert_eq!(places(&bytes), [place], "{name}");
    }
}

#[test]
fn tokens_in_binaries_are_found() {
    let bytes = [b"\x7fELF\0\0\0\x01\x02\0", token().as_bytes(), b"\0\0"].concat();
    assert_eq!(places(&bytes).len(), 1);
}
