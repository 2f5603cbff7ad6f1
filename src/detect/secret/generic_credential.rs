use crate::model::{Confidence, FileKind, Redacted, Span};

use super::assignment::{Assignment, Style};
use super::candidate::{Candidate, Rank, Weight};
use super::chance::{odds, odds_of_rest};
use super::identifier::{Promise, Promised, promise};
use super::place::Place;
use super::syntax::Syntax;
use super::text::Text;
use super::value;

const RULE: &str = "secret/generic-credential";

/// Judges a value by the name it is given, its own shape, and where it stands.
pub fn check(text: &Text<'_>, found: &Assignment) -> Option<Candidate> {
    let bytes = text.slice(found.value.clone());
    let name = text.slice(found.name.clone());
    let promised = match found.style {
        Style::Position => Promised::PASSWORD,
        _ => promise(name)?,
    };
    let place = text.place(found.value.start);
    if !is_convincing(text, found, promised, place) {
        return None;
    }
    let what = match promised.what {
        Promise::Password => "Password",
        Promise::Token => "Secret",
        Promise::Key => "Key",
    };
    let span = Span::from(found.value.clone());
    Some(Candidate {
        rule: RULE,
        rank: Rank::Generic,
        label: span,
        mask: span,
        weight: Weight::Full,
        confidence: Confidence::Medium,
        message: match found.style {
            Style::Position => format!("{what} is written into {}", text.called(found.value.start)),
            _ => format!(
                "{what} `{}` has its value written into {}",
                printable_name(name),
                text.called(found.value.start)
            ),
        },
        help: "Replace it where it is valid, then read it at run time from the environment, a mounted file or a secret store".to_owned(),
        redacted: Redacted::new("", bytes.len()),
    })
}

/// The cheapest tests come first: values are judged by the million.
fn is_convincing(text: &Text<'_>, found: &Assignment, promised: Promised, place: Place) -> bool {
    let value = text.slice(found.value.clone());
    let strict = matches!(place, Place::Lockfile | Place::Translation)
        || text.is_minified(found.value.start);
    let random = is_random(value, promised, doubt(text, found, promised, strict));
    // Only a new value can leak what nobody generated: elsewhere it is an example.
    let chosen = !random
        && promised.what == Promise::Password
        && !promised.vaguely
        && !strict
        && match found.style {
            Style::Given | Style::Embedded | Style::Position => true,
            Style::Listed => in_definition(text, found),
            Style::Compared | Style::Told | Style::Below => false,
        }
        && match place {
            Place::Ordinary => value::is_password(value, !is_configuration(text.kind)),
            _ => value::is_strong_password(value),
        };
    (random || chosen)
        && !matches!(place, Place::Lockfile | Place::Translation)
        && !value::is_reference(value)
        && !value::is_public(value)
        && !value::is_place(value)
        && (!value::is_common(value) || value::is_chosen_number(value))
        && !value::is_made_up(value)
        && !repeats_name(text.slice(found.name.clone()), value)
        && !is_test_vector(text, found, promised)
        && !is_of_badge(text, found)
        && !is_of_public_key(text, found)
        && !value::says_words(value)
}

/// `Public Key Token: b03f...`, `Token="b77a..." PublicKey="0024..."`, `GPG key: 9554 ...`: the
/// digest of a key that everybody may have.
fn is_of_public_key(text: &Text<'_>, found: &Assignment) -> bool {
    let (name, value) = (&found.name, &found.value);
    let before = text.slice(name.start.saturating_sub(12)..name.start);
    let before = before.to_ascii_lowercase();
    let behind = text.slice(value.end..text.bytes.len().min(value.end + 12));
    let behind = behind.to_ascii_lowercase();
    let holds = |words: &[u8], sign: &[u8]| memchr::memmem::find(words, sign).is_some();
    value::is_hex(text.slice(value.clone()))
        && (holds(&before, b"public key")
            || holds(&before, b"gpg ")
            || holds(&before, b"pgp ")
            || holds(&behind, b"publickey"))
}

/// Odds that are asked for beyond what the name asks, for what stands around.
fn doubt(text: &Text<'_>, found: &Assignment, promised: Promised, strict: bool) -> i32 {
    let in_code = !is_configuration(text.kind);
    let mut doubt = 0;
    if strict {
        doubt += 32;
    }
    if promised.vaguely {
        doubt += 16;
    }
    let value = text.slice(found.value.clone());
    let shouted = !value.iter().any(u8::is_ascii_lowercase);
    if shouted && value.iter().any(|b| b"_:.-".contains(b)) {
        doubt += 12;
    }
    doubt += match found.style {
        Style::Position if value.len() < 6 => 16,
        // One of many texts in a row is no name.
        Style::Listed if follows_comma(text, found) => 24,
        Style::Listed if !in_definition(text, found) => 8,
        // Text about a prefix quotes the prefix.
        Style::Told if value.ends_with(b"-") || value.ends_with(b"_") => 48,
        Style::Told | Style::Below => 8,
        Style::Compared => 4,
        _ => 0,
    };
    if !found.quoted && in_code {
        doubt += 8;
    }
    doubt
}

/// Bits of chance, in quarters, that convince under a name of each kind.
fn is_random(value: &[u8], promised: Promised, doubt: i32) -> bool {
    if value::is_uuid(value) {
        return promised.strongly && promised.what == Promise::Token && doubt < 32;
    }
    let plain = value.iter().all(|b| b.is_ascii_graphic() || *b == b' ') && value.len() <= 512;
    let odds = if value.len() < 16 {
        odds_of_rest(value)
    } else {
        odds(value)
    };
    let enough = match promised.what {
        Promise::Password => {
            let asked = match value.len() {
                0..=3 => return false,
                4..=5 if !value.iter().all(u8::is_ascii_alphanumeric) => return false,
                4 => 20,
                5 => 14,
                6 => 12,
                7 => 10,
                _ => 8,
            };
            let titled = matches!(value, [first, rest @ ..]
                if first.is_ascii_uppercase() && rest.iter().all(u8::is_ascii_lowercase));
            (doubt == 0 && value::is_chosen_number(value))
                || odds >= asked + doubt + if titled { 16 } else { 0 }
        }
        Promise::Token if value.len() < 16 => value.len() >= 8 && odds >= 28 + doubt,
        Promise::Token => odds >= 24 + doubt || is_random_hex(value, 16, doubt),
        Promise::Key => (value.len() >= 8 && odds >= 40 + doubt) || is_random_hex(value, 32, doubt),
    };
    let spaces = value.iter().filter(|b| **b == b' ').count();
    plain
        && enough
        && (spaces == 0 || (odds >= 40 && spaces < 8 && promised.what == Promise::Password))
}

/// Hex digits are no words, whatever their letters say.
fn is_random_hex(value: &[u8], least: usize, doubt: i32) -> bool {
    let least = if doubt > 0 { least.max(32) } else { least };
    value.len() >= least && value::is_hex(value) && value::is_random_token(value)
}

/// The name for a message; it is made of letters, digits, `_` and `-` alone.
fn printable_name(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

/// Hex digits among lines that give hex digits to other names, or to the same name again and
/// again: known answers of a cipher.
fn is_test_vector(text: &Text<'_>, found: &Assignment, promised: Promised) -> bool {
    let value = text.slice(found.value.clone());
    if value.starts_with(b"hexkey:") || value.starts_with(b"hexsalt:") {
        return true;
    }
    let digits = value.strip_prefix(b"0x").unwrap_or(value);
    if digits.len() < 16 || !value::is_hex(digits) {
        return false;
    }
    let before = text.slice(found.name.start.saturating_sub(AROUND)..found.name.start);
    let after = text.slice(found.value.end..text.bytes.len().min(found.value.end + AROUND));
    let lines_before = before.rsplit(|b| *b == b'\n').skip(1).take(3);
    let lines_after = after.split(|b| *b == b'\n').skip(1).take(3);
    let beside = lines_before.chain(lines_after);
    let starts_line = before.last().is_none_or(|b| *b == b'\n');
    let name = text.slice(found.name.clone());
    let again = || {
        memchr::memmem::find_iter(before, name).count()
            + memchr::memmem::find_iter(after, name).count()
    };
    (promised.what == Promise::Key && beside.filter(|line| gives_hex(line)).count() >= 2)
        || (promised.what != Promise::Password
            && text.syntax() == Syntax::Prose
            && starts_line
            && again() >= 2)
}

/// How far around a value its neighbours are looked at.
const AROUND: usize = 2000;

/// `CT = 0f1e...`, `"tag": "0f1e...",`, `0f1e...` alone.
fn gives_hex(line: &[u8]) -> bool {
    let mut words = line
        .rsplit(|b| !b.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    words.next().is_some_and(|last| {
        let last = last.strip_prefix(b"0x").unwrap_or(last);
        last.len() >= 8 && value::is_hex(last) && words.count() <= 4
    })
}

/// The token of a badge in a document opens nothing but the badge.
fn is_of_badge(text: &Text<'_>, found: &Assignment) -> bool {
    let before = text.slice(found.name.start.saturating_sub(160)..found.name.start);
    let url = before
        .rsplit(|b| b.is_ascii_whitespace() || b"\"'()<>".contains(b))
        .next()
        .unwrap_or_default();
    [&b"badge"[..], b".svg"]
        .iter()
        .any(|mark| memchr::memmem::find(url, mark).is_some())
}

/// `"enable", "password", "ftc-ftm"`.
fn follows_comma(text: &Text<'_>, found: &Assignment) -> bool {
    let before = text.slice(found.name.start.saturating_sub(24)..found.name.start);
    let before = before.strip_suffix(b"\"").or(before.strip_suffix(b"'"));
    before.is_some_and(|before| before.trim_ascii_end().ends_with(b","))
}

/// `define('DB_PASSWORD', '...')`, `put("password", "...")`.
fn in_definition(text: &Text<'_>, found: &Assignment) -> bool {
    let before = text.slice(found.name.start.saturating_sub(16)..found.name.start);
    let before = before.trim_ascii_end();
    let call = before
        .strip_suffix(b"(\"")
        .or_else(|| before.strip_suffix(b"('"))
        .unwrap_or_default();
    [
        &b"define"[..],
        b"put",
        b"setProperty",
        b"set",
        b"setenv",
        b"putenv",
    ]
    .iter()
    .any(|end| call.ends_with(end))
}

fn is_configuration(kind: FileKind) -> bool {
    matches!(
        kind.syntax(),
        FileKind::Env
            | FileKind::Ini
            | FileKind::Yaml
            | FileKind::Json
            | FileKind::Toml
            | FileKind::Xml
            | FileKind::Dockerfile
            | FileKind::Shell
    )
}

/// `client_secret: "client_secret_2"`, `pma_pw: "pma_pw"`: the value is a name for the same thing.
fn repeats_name(name: &[u8], value: &[u8]) -> bool {
    let plain = |text: &[u8]| -> Vec<u8> {
        text.iter()
            .filter(|b| b.is_ascii_alphabetic())
            .map(u8::to_ascii_lowercase)
            .collect()
    };
    let (name, value) = (plain(name), plain(value));
    name == value || (name.len() >= 6 && memchr::memmem::find(&value, &name).is_some())
}
