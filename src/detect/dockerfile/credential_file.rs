//! Which files of a build context hold credentials: by name, place and how they begin.

use super::credential::is_secret_name;
use super::sensitive_path::{Sensitive, judge};
use crate::detect::secret::{is_made_up, is_reference};
use crate::model::{Confidence, Severity};
use crate::parse::surroundings::{BuildContext, ContextFile};

/// Words in the names of folders whose keys and passwords are there for everybody to see.
const SHOWN: &[&str] = &[
    "demo",
    "doc",
    "docs",
    "e2e",
    "example",
    "examples",
    "fixture",
    "fixtures",
    "integration",
    "mock",
    "mocks",
    "sample",
    "samples",
    "spec",
    "specs",
    "test",
    "testdata",
    "testing",
    "tests",
    "tutorial",
];

/// What a file of a context holds that no image should.
pub(super) fn judge_file(context: &BuildContext, file: &ContextFile) -> Option<Sensitive> {
    if file.is_folder {
        return None;
    }
    let found = judge(&file.path)?;
    let name = file.path.rsplit('/').next()?.to_ascii_lowercase();
    // git's folder is another rule's matter, and everybody has Android's debug key.
    let is_other = file.path.split('/').any(|part| part == ".git") || name.starts_with("debug.");
    let place = context.folder.join(file.path.as_bytes()).parent().to_text();
    let mut words = place.split(|c: char| !c.is_ascii_alphanumeric());
    let is_shown = words.any(|word| SHOWN.contains(&word.to_ascii_lowercase().as_str()));
    if is_other || is_shown {
        return None;
    }
    match &file.beginning {
        None => Some(found),
        Some(bytes) if name.starts_with(".env") => environment(found, bytes, file.is_private),
        Some(bytes) => holds(&name, bytes).then_some(found),
    }
}

/// How much an environment file weighs: by what it says, and by whether git hides it.
fn environment(found: Sensitive, bytes: &[u8], is_private: bool) -> Option<Sensitive> {
    if holds(".env", bytes) {
        return Some(found);
    }
    let text = String::from_utf8_lossy(bytes);
    if is_sealed(&text) {
        return None;
    }
    let values = || {
        let lines = text.lines().map(str::trim);
        lines
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.trim_start_matches("export ").split_once('='))
            .filter(|(_, value)| {
                let value = value.trim().trim_matches(['"', '\'']);
                !value.is_empty() && !is_reference(value.as_bytes())
            })
    };
    let is_named = |(name, _): (&str, &str)| is_secret_name(name.trim());
    let (severity, confidence) = if values().any(is_named) {
        (found.severity, Confidence::Medium)
    } else if values().next().is_none() {
        return None;
    } else if is_private {
        (Severity::Medium, Confidence::Low)
    } else {
        (Severity::Low, Confidence::Low)
    };
    Some(Sensitive {
        what: "an environment file",
        severity,
        confidence,
    })
}

fn is_sealed(text: &str) -> bool {
    ["ENC[", "sops", "$ANSIBLE_VAULT", "-----BEGIN AGE"]
        .iter()
        .any(|mark| text.contains(mark))
}

/// True where the beginning of a file of this name bears out what the name says.
fn holds(name: &str, bytes: &[u8]) -> bool {
    if bytes.trim_ascii().is_empty() || bytes.starts_with(b"PK\x03\x04") {
        return false;
    }
    let text = String::from_utf8_lossy(bytes);
    if is_sealed(&text) {
        return false;
    }
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    match name {
        ".npmrc" | ".yarnrc" => text.lines().any(|line| {
            let (key, value) = line.split_once(['=', ' ']).unwrap_or((line, ""));
            let key = key.trim();
            ["_authToken", "_password", "_auth"]
                .iter()
                .any(|end| key.ends_with(end))
                && is_value(value)
        }),
        _ if name.starts_with(".env") || name.ends_with(".tfvars") => text.lines().any(is_secret),
        _ if name.ends_with(".key") || name.ends_with(".pem") => has(&["PRIVATE KEY"]),
        _ if name.ends_with(".json") && name.starts_with("service") => has(&["private_key"]),
        "credentials.json" => has(&["private_key", "secret", "token", "password"]),
        _ => true,
    }
}

/// True for `NAME=value` where the name promises a secret, or the value is a URL with a password.
fn is_secret(line: &str) -> bool {
    let line = line.trim().trim_start_matches("export ");
    let Some((name, value)) = line.split_once('=').filter(|_| !line.starts_with('#')) else {
        return false;
    };
    let in_url = value.split_once("://").is_some_and(|(_, rest)| {
        let login = rest.split(['/', '?']).next().unwrap_or_default();
        let password = login.rsplit_once('@').and_then(|(l, _)| l.split_once(':'));
        password.is_some_and(|(_, password)| is_value(password))
    });
    in_url || is_secret_name(name.trim()) && is_value(value)
}

fn is_value(value: &str) -> bool {
    let value = value.trim().trim_matches(['"', '\'']).as_bytes();
    !value.is_empty()
        && !value.starts_with(b"<")
        && !is_reference(value)
        && !is_made_up(value)
        && ![
            &b"true"[..],
            b"false",
            b"null",
            b"none",
            b"changeme",
            b"change-me",
        ]
        .contains(&value.to_ascii_lowercase().as_slice())
}
