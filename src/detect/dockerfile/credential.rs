//! Which ENV and ARG hold credentials, judged by name and value.

use crate::detect::Sink;
use crate::model::{Confidence, Severity};
use crate::parse::dockerfile::{Body, Dockerfile, Instruction, Keyword, Pair};

/// Words that alone make a name a credential's.
const SECRET_WORDS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "pword",
    "pwd",
    "secret",
    "secrets",
    "token",
    "credential",
    "credentials",
    "apikey",
    "apitoken",
    "authtoken",
    "accesstoken",
    "privatekey",
    "secretkey",
];

/// What makes a `key` a credential when it stands before it.
const KEY_KINDS: &[&str] = &[
    "api",
    "access",
    "secret",
    "private",
    "encryption",
    "signing",
    "master",
    "auth",
    "ssh",
    "deploy",
    "license",
    "licence",
    "storage",
    "account",
    "app",
    "session",
    "service",
];

/// Last words that say the name is about a credential and does not hold one.
const ABOUT: &[&str] = &[
    "url",
    "uri",
    "host",
    "endpoint",
    "file",
    "path",
    "dir",
    "folder",
    "name",
    "type",
    "length",
    "len",
    "size",
    "ttl",
    "expiry",
    "expiration",
    "expires",
    "timeout",
    "enabled",
    "disabled",
    "enable",
    "disable",
    "method",
    "algorithm",
    "algo",
    "header",
    "prefix",
    "suffix",
    "port",
    "issuer",
    "audience",
    "format",
    "field",
    "count",
    "limit",
    "rounds",
    "policy",
    "provider",
    "store",
    "manager",
    "arn",
    "id",
    "version",
    "required",
    "mode",
    "dummy",
    "server",
    "service",
    "region",
    "class",
    "scope",
    "scopes",
    "location",
    "lifetime",
    "age",
    "min",
    "max",
];

/// Words that say that it is no secret, wherever they stand.
const HARMLESS: &[&str] = &[
    "public", "pub", "no", "skip", "without", "disable", "allow", "gpg", "apt",
];

/// True where a variable's name says that it holds a credential.
pub(in crate::detect) fn is_secret_name(name: &str) -> bool {
    let words = words_of(name);
    let has = |word: &str| words.iter().any(|w| w == word);
    if HARMLESS.iter().any(|word| has(word)) {
        return false;
    }
    match words.last() {
        // `PWD` and `OLDPWD` are the shell's.
        None => return false,
        Some(last) if ABOUT.contains(&last.as_str()) => return false,
        Some(last) if words.len() == 1 && last == "pwd" => return false,
        Some(_) => {}
    }
    let is_key = words
        .windows(2)
        .any(|pair| pair[1] == "key" && KEY_KINDS.contains(&pair[0].as_str()));
    is_key || SECRET_WORDS.iter().any(|word| has(word))
}

/// `dbPassword2` and `DB_PASSWORD_2` alike to `db password 2`.
fn words_of(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut previous_lower = false;
    for c in name.chars() {
        if !c.is_ascii_alphanumeric() {
            words.push(String::new());
            previous_lower = false;
            continue;
        }
        if words.is_empty() || (c.is_ascii_uppercase() && previous_lower) {
            words.push(String::new());
        }
        previous_lower = c.is_ascii_lowercase();
        if let Some(word) = words.last_mut() {
            word.push(c.to_ascii_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// What a value that stands under a credential's name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::detect) enum Held {
    /// Text that may well be the credential.
    Literal,
    /// Text that says of itself that it is none.
    Placeholder,
    /// A variable.
    Variable,
    /// A path, a switch, a number, nothing.
    Harmless,
}

pub(in crate::detect) fn held(pair: &Pair) -> Held {
    let Some(value) = &pair.value else {
        return Held::Harmless;
    };
    if value.raw.contains('$') && !value.raw.starts_with('\'') {
        return Held::Variable;
    }
    let text = value.text().trim();
    let lower = text.to_ascii_lowercase();
    let is_switch = matches!(
        lower.as_str(),
        "" | "true" | "false" | "yes" | "no" | "on" | "off" | "null" | "none" | "nil" | "undefined"
    );
    let is_path = text.starts_with(['/', '~']) || text.starts_with("./") || text.starts_with("../");
    let is_short_number = text.len() < 4 && text.chars().all(|c| c.is_ascii_digit());
    let is_plain_url = text.contains("://") && !text.contains('@');
    if is_switch || is_path || is_short_number || is_plain_url {
        return Held::Harmless;
    }
    const PLACEHOLDERS: &[&str] = &[
        "changeme",
        "change_me",
        "change-me",
        "placeholder",
        "example",
        "dummy",
        "your-",
        "your_",
        "xxxx",
        "****",
        "replace",
        "todo",
        "fixme",
        "not-set",
        "notset",
        "unset",
        "insert",
        "fake",
        "sample",
        "redacted",
        "not-a-",
        "not_a_",
    ];
    let is_bracketed = (text.starts_with('<') && text.ends_with('>'))
        || (text.starts_with("{{") && text.ends_with("}}"));
    if is_bracketed || PLACEHOLDERS.iter().any(|word| lower.contains(word)) {
        return Held::Placeholder;
    }
    Held::Literal
}

/// The pairs of ENV and ARG whose names are credentials'.
pub(in crate::detect) fn pairs(instruction: &Instruction) -> impl Iterator<Item = &Pair> {
    let pairs = match &instruction.body {
        Body::Env(pairs) | Body::Arg(pairs) => pairs.as_slice(),
        _ => &[],
    };
    pairs.iter().filter(|pair| is_secret_name(pair.name.text()))
}

/// Masks every value that a credential's name holds, whichever rules are on.
pub(in crate::detect) fn mask(file: &Dockerfile, out: &mut Sink<'_>) {
    for instruction in &file.instructions {
        for pair in pairs(instruction) {
            if let (Held::Literal | Held::Placeholder, Some(value)) = (held(pair), &pair.value) {
                out.mask(value.span);
            }
        }
    }
}

/// True where a pair is reported.
pub(in crate::detect) fn is_reported(
    file: &Dockerfile,
    instruction: &Instruction,
    pair: &Pair,
) -> bool {
    is_secret_name(pair.name.text()) && judged(file, instruction, pair).is_some()
}

/// What there is to say about a variable that bears a credential's name.
pub(in crate::detect) fn judged(
    file: &Dockerfile,
    instruction: &Instruction,
    pair: &Pair,
) -> Option<(Severity, Confidence, String)> {
    let name = pair.name.text();
    let is_env = instruction.keyword == Keyword::Env;
    let ships = file.ships(instruction) && instruction.is_direct();
    let is_open_arg = !is_env && pair.value.is_none();
    Some(match held(pair) {
        Held::Literal if is_env && ships => (
            Severity::High,
            Confidence::Medium,
            format!("the value of {name} is in the file and in the image"),
        ),
        Held::Literal => (
            Severity::Medium,
            Confidence::Medium,
            format!("the value of {name} is in the file"),
        ),
        Held::Placeholder if is_env => (
            Severity::Low,
            Confidence::Low,
            format!("{name} invites a credential into the image's environment"),
        ),
        Held::Variable if is_env && ships => (
            Severity::Medium,
            Confidence::Medium,
            format!("{name} keeps a value that was given to the build in the image"),
        ),
        Held::Harmless if is_open_arg && ships => (
            Severity::Low,
            Confidence::Medium,
            format!("what the build is given as {name} stays in the image's history"),
        ),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::is_secret_name;

    #[test]
    fn names_of_credentials_are_known_in_every_spelling() {
        for name in [
            "PASSWORD",
            "DB_PASSWORD",
            "dbPassword",
            "GITHUB_TOKEN",
            "API_KEY",
            "APIKEY",
            "AWS_SECRET_ACCESS_KEY",
            "NPM_TOKEN",
            "SECRET_KEY_BASE",
            "MYSQL_ROOT_PASSWORD",
            "SECRET_KEY",
            "JWT_SECRET",
            "app.private-key",
            "DB_PWD",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn names_that_only_speak_of_credentials_are_not_theirs() {
        for name in [
            "AUTHOR",
            "MAX_TOKENS",
            "TOKENIZERS_PARALLELISM",
            "GPG_KEY",
            "APT_KEY",
            "KEYBOARD",
            "PASSWORD_FILE",
            "TOKEN_URL",
            "SSH_PUBLIC_KEY",
            "SECRET_NAME",
            "AUTH_ENABLED",
            "PWD",
            "KEY",
            "CACHE_KEY",
            "SECRET_KEY_BASE_DUMMY",
            "ALLOW_EMPTY_PASSWORD",
            "DISABLE_TOKEN",
            "AWS_ACCESS_KEY_ID",
            "PASSWORD_MIN_LENGTH",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
    }
}
