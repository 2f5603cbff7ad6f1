//! What a name says about the value it is given.

/// What kind of secret a name promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Promise {
    /// Chosen by a person: short, any character.
    Password,
    /// Made by a machine: long and random.
    Token,
}

/// The words of the automaton that may be part of such a name.
pub const WORDS: &[&str] = &[
    "passw",
    "passphrase",
    "_pass",
    "-pass",
    "dbpass",
    "userpass",
    "_pwd",
    "pwd=",
    "dbpwd",
    "pwd\"",
    "pwd:",
    "pwd'",
    "pass=",
    "pass:",
    "pass\"",
    "pass'",
    "pass =",
    "pwd =",
    "secret",
    "token",
    "apikey",
    "api_key",
    "api-key",
    "api.key",
    "access_key",
    "accesskey",
    "access-key",
    "private_key",
    "privatekey",
    "auth_key",
    "authkey",
    "auth-key",
    "encryption_key",
    "encryptionkey",
    "encryption-key",
    "signing_key",
    "signingkey",
    "master_key",
    "masterkey",
    "account_key",
    "accountkey",
    "shared_key",
    "sharedkey",
    "credential",
    "license_key",
    "licensekey",
    "app_key",
    "appkey",
    "application_key",
    "service_key",
    "hmac_key",
    "session_key",
    "storage_key",
    "client_key",
    "consumer_key",
    "_auth",
];

const PASSWORDS: &[&str] = &[
    "password",
    "passwd",
    "passwort",
    "passphrase",
    "passwrd",
    "passcode",
];
const TOKENS: &[&str] = &[
    "token",
    "secret",
    "apikey",
    "accesskey",
    "secretkey",
    "authkey",
    "privatekey",
    "encryptionkey",
    "signingkey",
    "masterkey",
    "accountkey",
    "sharedkey",
    "appkey",
];
/// What makes a `key` a secret one.
const SECRET_KEYS: &[&str] = &[
    "api",
    "secret",
    "access",
    "private",
    "auth",
    "encryption",
    "encrypt",
    "signing",
    "sign",
    "master",
    "account",
    "license",
    "shared",
    "storage",
    "service",
    "admin",
    "app",
    "application",
    "deploy",
    "webhook",
    "hmac",
    "session",
    "cookie",
    "jwt",
    "rpc",
    "crypto",
    "aes",
    "client",
    "consumer",
    "server",
    "subscription",
    "write",
    "ingest",
    "integration",
    "secure",
    "security",
    "authentication",
    "authorization",
    "decryption",
    "root",
    "send",
    "vault",
];
/// Words at the end of a name that say nothing about its kind.
const NEUTRAL: &[&str] = &[
    "value",
    "default",
    "string",
    "str",
    "text",
    "plain",
    "plaintext",
    "raw",
    "prod",
    "production",
    "dev",
    "development",
    "staging",
    "live",
    "base",
    "old",
    "new",
    "current",
    "main",
    "primary",
    "secondary",
    "here",
    "data",
    "literal",
    "fallback",
    "sandbox",
    "local",
];
/// Words that make a token or a key something public, or something of a parser.
const PUBLIC: &[&str] = &[
    "public",
    "pub",
    "csrf",
    "xsrf",
    "next",
    "page",
    "cursor",
    "continuation",
    "pagination",
    "sort",
    "cache",
    "foreign",
    "partition",
    "cancellation",
    "cancel",
    "syntax",
    "lexer",
    "lex",
    "parser",
    "parse",
    "stop",
    "start",
    "end",
    "mask",
    "pad",
    "padding",
    "eos",
    "bos",
    "sep",
    "cls",
    "unk",
    "sync",
    "change",
    "delta",
    "idempotency",
    "design",
    "nft",
    "erc20",
    "erc",
    "mint",
    "contract",
    "symbol",
    "special",
    "separator",
    "match",
    "regex",
    "pattern",
    "expired",
    "invalid",
    "bad",
    "wrong",
    "fake",
    "dummy",
    "mock",
    "example",
    "sample",
    "placeholder",
    "expected",
    "unknown",
    "hash",
    "hashed",
    "encrypted",
    "sha1",
    "sha256",
    "sha512",
    "md5",
    "digest",
    "checksum",
    "salt",
    "prev",
    "previous",
    "first",
    "last",
    "site",
    "publishable",
    "anonymous",
    "anon",
    "no",
    "without",
    "missing",
    "empty",
    "forgot",
    "reset",
    "confirm",
    "verify",
    "show",
    "hide",
    "toggle",
    "image",
    "etag",
    "tracking",
    "resume",
    "marker",
    "open",
    "close",
];

/// What a value under this name would be; `None` where it would be nothing secret.
pub fn promise(name: &[u8]) -> Option<Promise> {
    let all = words(name);
    let mut end = all.len();
    let is = |at: usize, list: &[&str]| all.get(at).is_some_and(|w| list.contains(&w.as_str()));
    while end > 1 && (is(end - 1, NEUTRAL) || all.get(end - 1)?.bytes().all(|b| b.is_ascii_digit()))
    {
        end -= 1;
    }
    let words = all.get(..end)?;
    let (last, before) = words.split_last()?;
    let last = last.trim_end_matches(|c: char| c.is_ascii_digit());
    if before
        .iter()
        .rev()
        .take(3)
        .any(|word| PUBLIC.contains(&word.as_str()))
    {
        return None;
    }
    if PASSWORDS.iter().any(|word| last.ends_with(word))
        || [
            "pass",
            "pwd",
            "pw",
            "psw",
            "passwords",
            "dbpass",
            "userpass",
            "dbpwd",
            "userpwd",
            "rootpw",
        ]
        .contains(&last)
    {
        return Some(Promise::Password);
    }
    let compound = TOKENS.iter().any(|word| last.ends_with(word));
    let credential = ["credential", "credentials", "creds", "auth", "secrets"].contains(&last);
    let key = last == "key"
        && before
            .last()
            .is_some_and(|w| SECRET_KEYS.contains(&w.as_str()) || TOKENS.contains(&w.as_str()));
    (compound || credential || key).then_some(Promise::Token)
}

/// The words of a name in lower case: split at signs and where a capital begins a word.
pub(super) fn words(name: &[u8]) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = b'_';
    for (at, byte) in name.iter().enumerate() {
        if byte.is_ascii_alphanumeric() {
            let next_small = name.get(at + 1).is_some_and(u8::is_ascii_lowercase);
            let begins = !before.is_ascii_alphanumeric()
                || (byte.is_ascii_uppercase()
                    && (before.is_ascii_lowercase()
                        || (before.is_ascii_uppercase() && next_small)));
            let letter = char::from(byte.to_ascii_lowercase());
            match words.last_mut() {
                Some(word) if !begins => word.push(letter),
                _ => words.push(letter.to_string()),
            }
        }
        before = *byte;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_promise_what_their_last_words_say() {
        for name in [
            "password",
            "DB_PASSWORD",
            "dbPassword",
            "mysql-root-password",
            "SMTP_PASS",
            "adminpassword1",
            "PASSWORD_PROD",
        ] {
            assert_eq!(promise(name.as_bytes()), Some(Promise::Password), "{name}");
        }
        for name in [
            "API_KEY",
            "apiKey",
            "client_secret",
            "githubToken",
            "SECRET_KEY_BASE",
            "X-Auth-Token",
            "awsSecretAccessKey",
            "APIKey",
        ] {
            assert_eq!(promise(name.as_bytes()), Some(Promise::Token), "{name}");
        }
    }

    #[test]
    fn names_of_public_or_derived_things_promise_nothing() {
        for name in [
            "public_key",
            "primary_key",
            "keyword",
            "token_id",
            "secret_name",
            "password_file",
            "passwordHash",
            "nextPageToken",
            "csrf_token",
            "tokenizer",
            "monkey",
            "password_hash",
            "API_KEY_ID",
            "cacheKey",
            "sortKey",
            "token_url",
            "secretary",
            "invalid_token",
            "encrypted_password",
        ] {
            assert_eq!(promise(name.as_bytes()), None, "{name}");
        }
    }
}
