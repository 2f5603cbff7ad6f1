//! weak-random: a secret is made of what anybody can compute.

use super::Shell;
use crate::detect::Sink;
use crate::parse::shell::Word;

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for assignment in &shell.script.assignments {
        let secret = is_secret(&assignment.name);
        if let Some(source) = secret.then(|| guessable(&assignment.value)).flatten() {
            let name = &assignment.name;
            let message = format!("{name} is made of {source}, which can be guessed");
            out.report(rule, assignment.value.span, message)
                .text("few values to try")
                .help("take it from the system: openssl rand -hex 16");
        }
    }
}

/// `DB_PASSWORD`, `token`; no `TOKEN_FILE`.
fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let last = name.rsplit('_').find(|word| !word.is_empty());
    let plain = last.map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit()));
    matches!(
        plain,
        Some(
            "password"
                | "passwd"
                | "pass"
                | "passphrase"
                | "pw"
                | "secret"
                | "token"
                | "apikey"
                | "otp"
        )
    )
}

fn guessable(value: &Word) -> Option<&'static str> {
    let text = value.text.as_str();
    let strong = [
        "urandom",
        "/dev/random",
        "openssl",
        "pwgen",
        "uuidgen",
        "gpg",
        "mktemp",
    ];
    if strong.iter().any(|word| text.contains(word)) {
        return None;
    }
    if text.contains("$RANDOM") || text.contains("${RANDOM}") {
        return Some("$RANDOM, 32768 values");
    }
    let dated = ["$(date ", "$(date|", "`date ", "`date|"];
    let hashed = ["md5", "sha1", "sha256", "sha512", "base64"];
    let is_dated = value.has_substitution() && dated.iter().any(|start| text.contains(start));
    (is_dated && hashed.iter().any(|word| text.contains(word))).then_some("the time of day")
}
