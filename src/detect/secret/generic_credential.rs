use crate::model::{Confidence, FileKind, Redacted, Span};

use super::assignment::{Assignment, Style};
use super::candidate::{Candidate, Rank, Weight};
use super::identifier::{Promise, promise};
use super::place::Place;
use super::text::Text;
use super::value;

const RULE: &str = "secret/generic-credential";

/// Judges a value by the name it is given, its own shape, and where it stands.
pub fn check(text: &Text<'_>, found: &Assignment) -> Option<Candidate> {
    let bytes = text.slice(found.value.clone());
    let name = text.slice(found.name.clone());
    let promised = match found.style {
        Style::Position => Promise::Password,
        _ => promise(name)?,
    };
    let place = text.place(found.value.start);
    if matches!(place, Place::Lockfile | Place::Translation)
        || value::is_reference(bytes)
        || value::is_public(bytes)
        || value::is_common(bytes)
        || repeats_name(name, bytes)
    {
        return None;
    }
    let random = value::is_random_token(bytes);
    let convincing = match promised {
        Promise::Token => random && is_strong_enough(text, found, bytes),
        Promise::Password => {
            let chosen = match found.style {
                Style::Given | Style::Embedded | Style::Position => true,
                Style::Listed => in_definition(text, found),
                Style::Compared | Style::Told | Style::Below => false,
            };
            random
                || (chosen
                    && place == Place::Ordinary
                    && !text.is_minified(found.value.start)
                    && value::is_password(bytes, !is_configuration(text.kind)))
        }
    };
    if !convincing {
        return None;
    }
    let what = match promised {
        Promise::Password => "Password",
        Promise::Token => "Secret",
    };
    let span = Span::from(found.value.clone());
    let lenient = place.is_lenient() || text.is_minified(found.value.start);
    Some(Candidate {
        rule: RULE,
        rank: Rank::Generic,
        label: span,
        mask: span,
        weight: if lenient { Weight::Note } else { Weight::Full },
        confidence: if lenient { Confidence::Low } else { Confidence::Medium },
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

/// The name for a message; it is made of letters, digits, `_` and `-` alone.
fn printable_name(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

/// In generated text, and where a value merely stands beside a name, only hard evidence counts.
fn is_strong_enough(text: &Text<'_>, found: &Assignment, value: &[u8]) -> bool {
    let doubtful = found.style != Style::Given
        || text.is_minified(found.value.start)
        || (!found.quoted && !is_configuration(text.kind));
    !doubtful || (value.len() >= 20 && (value::is_mixed(value) || value::is_hex(value)))
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
        kind,
        FileKind::Env
            | FileKind::Ini
            | FileKind::Yaml
            | FileKind::Compose
            | FileKind::Workflow
            | FileKind::Kubernetes
            | FileKind::Json
            | FileKind::Toml
            | FileKind::Xml
            | FileKind::Dockerfile
            | FileKind::Shell
    )
}

/// `client_secret: "client_secret_2"`: the value is a name for the same thing.
fn repeats_name(name: &[u8], value: &[u8]) -> bool {
    let plain = |text: &[u8]| -> Vec<u8> {
        text.iter()
            .filter(|b| b.is_ascii_alphabetic())
            .map(u8::to_ascii_lowercase)
            .collect()
    };
    let (name, value) = (plain(name), plain(value));
    !name.is_empty()
        && !value.is_empty()
        && name.len() >= 6
        && memchr::memmem::find(&value, &name).is_some()
}
