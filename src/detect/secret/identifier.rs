//! What a name says about the value it is given.

use super::vocabulary::Roles;

/// What kind of secret a name promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Promise {
    /// Chosen by a person: short, any character.
    Password,
    /// Made by a machine, mostly: a token, a secret, the key of an API.
    Token,
    /// A key, a salt, a seed of an unknown kind: secret if it is random beyond doubt.
    Key,
}

/// A promise, and how clearly the name makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promised {
    pub what: Promise,
    /// Words that say something else follow: `password_for_backup`.
    pub vaguely: bool,
    /// Nothing else would be called so: `client_secret`, `api_key`. A UUID counts here.
    pub strongly: bool,
}

impl Promised {
    /// A password, without doubt.
    pub const PASSWORD: Self = Self {
        what: Promise::Password,
        vaguely: false,
        strongly: true,
    };
}

/// The words of the automaton that may be part of such a name.
pub const WORDS: &[&str] = &[
    "passw",
    "passphrase",
    "passcode",
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
    "psw",
    "_pw",
    "pw=",
    "pw:",
    "pw =",
    "pw\"",
    "pw'",
    "kennwort",
    "contrasen",
    "senha",
    "motdepasse",
    "mot_de_passe",
    "mdp",
    "wachtwoord",
    "parol",
    "heslo",
    "haslo",
    "lozinka",
    "salasana",
    "jelszo",
    "clave",
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
    "creds",
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
    "auth=",
    "auth:",
    "auth\"",
    "auth'",
    "auth =",
    "key=",
    "key:",
    "key\"",
    "key'",
    "key =",
    "salt",
    "nonce",
    "seed",
];

/// Words for a password that end a name, whatever stands before them without a gap.
const PASSWORDS: &[&str] = &[
    "password",
    "passwd",
    "passwort",
    "passphrase",
    "passwrd",
    "passcode",
    "pasword",
    "paswd",
    "passw",
    "passwds",
    "passwords",
    "pwd",
    "kennwort",
    "contrasena",
    "contrasenia",
    "senha",
    "motdepasse",
    "wachtwoord",
    "parol",
    "heslo",
    "haslo",
    "lozinka",
    "salasana",
    "jelszo",
];
/// Words that end in `pass` without being one.
const PASSING: &[&str] = &[
    "bypass",
    "compass",
    "trespass",
    "surpass",
    "overpass",
    "underpass",
    "multipass",
    "singlepass",
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
    "apitoken",
    "passkey",
    "secrets",
    "apikeys",
];

/// The words of a name in lower case: split at signs and where a capital begins a word. Only the
/// end of a long name is kept.
struct Words {
    text: [u8; Self::LONGEST],
    ends: [u8; Self::MOST],
    count: usize,
}

impl Words {
    const LONGEST: usize = 96;
    const MOST: usize = 24;

    fn of(name: &[u8]) -> Self {
        let name = name
            .get(name.len().saturating_sub(Self::LONGEST)..)
            .unwrap_or(name);
        let mut words = Self {
            text: [0; Self::LONGEST],
            ends: [0; Self::MOST],
            count: 0,
        };
        let (mut length, mut before) = (0u8, b'_');
        for (at, byte) in name.iter().enumerate() {
            if byte.is_ascii_alphanumeric() {
                let next_small = name.get(at + 1).is_some_and(u8::is_ascii_lowercase);
                let begins = !before.is_ascii_alphanumeric()
                    || (byte.is_ascii_uppercase()
                        && (before.is_ascii_lowercase()
                            || (before.is_ascii_uppercase() && next_small)));
                if begins {
                    words.count = (words.count + 1).min(Self::MOST);
                }
                if let Some(letter) = words.text.get_mut(usize::from(length)) {
                    *letter = byte.to_ascii_lowercase();
                    length += 1;
                }
                if let Some(end) = words.ends.get_mut(words.count.saturating_sub(1)) {
                    *end = length;
                }
            }
            before = *byte;
        }
        words
    }

    fn get(&self, at: usize) -> &str {
        if at >= self.count {
            return "";
        }
        let end = |at: usize| self.ends.get(at).copied().map_or(0, usize::from);
        let start = at.checked_sub(1).map_or(0, end);
        let word = self.text.get(start..end(at)).unwrap_or_default();
        std::str::from_utf8(word).unwrap_or_default()
    }

    fn roles(&self, at: usize) -> Roles {
        Roles::of(self.get(at))
    }
}

/// The words of a name in lower case, split at signs and where a capital begins a word.
pub(super) fn words(name: &[u8]) -> Vec<String> {
    let words = Words::of(name);
    (0..words.count)
        .map(|at| words.get(at).to_owned())
        .collect()
}

/// What a value under this name would be; `None` where it would be nothing secret.
pub fn promise(name: &[u8]) -> Option<Promised> {
    let words = Words::of(name);
    // The last word that promises something decides; those around it may take it back.
    let (at, what) = (0..words.count)
        .rev()
        .find_map(|at| Some((at, promise_of(&words, at)?)))?;
    let taken_back = (at.saturating_sub(3)..at).any(|at| {
        let roles = words.roles(at);
        // A password stays one, whatever it is for.
        roles.has(Roles::DENIED) || (what != Promise::Password && roles.has(Roles::PUBLIC))
    });
    let (mut about, mut vaguely) = (false, false);
    for after in at + 1..words.count {
        let roles = words.roles(after);
        let number = words.get(after).bytes().all(|b| b.is_ascii_digit());
        vaguely |= !number && !roles.has(Roles::NEUTRAL);
        // `admin` and `user` behind a promise say whose it is; `username` does not.
        about |= roles.has(Roles::ABOUT) && !roles.has(Roles::NEUTRAL);
    }
    if taken_back || about {
        return None;
    }
    let before = at.checked_sub(1).map_or("", |before| words.get(before));
    let last = words.get(at);
    let strongly = match what {
        Promise::Password => true,
        Promise::Token => {
            Roles::of(before).has(Roles::STRONG) || last.len() > 6 || last.starts_with("secret")
        }
        Promise::Key => false,
    };
    Some(Promised {
        what,
        vaguely,
        strongly: strongly && !vaguely,
    })
}

/// What the word at `at` promises by itself or with the one before.
fn promise_of(words: &Words, at: usize) -> Option<Promise> {
    let word = words.get(at).trim_end_matches(|c: char| c.is_ascii_digit());
    let before = at.checked_sub(1).map_or("", |before| words.get(before));
    let ends = |word: &str, list: &[&str]| list.iter().any(|end| word.ends_with(end));
    if ends(word, PASSWORDS)
        || Roles::of(word).has(Roles::PASSWORD)
        || (word.ends_with("pass") && !PASSING.contains(&word))
        || (before == "pass" && matches!(word, "word" | "phrase" | "code"))
    {
        return Some(Promise::Password);
    }
    let credential = words.get(at) != "auth0"
        && matches!(
            word,
            "credential" | "credentials" | "creds" | "cred" | "auth"
        );
    let key = matches!(word, "key" | "keys")
        && (Roles::of(before).has(Roles::OF_KEY)
            || ends(before, TOKENS)
            || ends(before, PASSWORDS));
    if ends(word, TOKENS) || credential || key {
        return Some(Promise::Token);
    }
    Roles::of(word).has(Roles::RANDOM).then_some(Promise::Key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn what(name: &str) -> Option<Promise> {
        promise(name.as_bytes()).map(|promised| promised.what)
    }

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
            "spring.datasource.password",
            "userPwd",
            "mysqlpwd",
            "LDAP_BIND_PW",
            "contrasena",
            "senha",
            "motDePasse",
            "mot_de_passe",
            "kennwort",
            "wachtwoord",
            "passPhrase",
            "testPassword",
            "public_password",
            "ftppass",
            "keyStorePassword",
            "passphrase",
            "pass_phrase",
        ] {
            assert_eq!(what(name), Some(Promise::Password), "{name}");
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
            "secret",
            "TOKEN_PROD",
            "encryptionKey",
            "aes_key",
            "npm_auth",
            "dbCredentials",
        ] {
            assert_eq!(what(name), Some(Promise::Token), "{name}");
        }
        for name in [
            "key",
            "KEY",
            "passwordSalt",
            "nonce",
            "random_seed",
            "my_key",
        ] {
            assert_eq!(what(name), Some(Promise::Key), "{name}");
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
            "password_field",
            "tokenType",
            "secretVersion",
            "password_min_length",
            "password.label",
            "passwordPlaceholder",
            "keyCode",
            "bypass",
            "compass",
            "fake_password",
            "key_path",
            "api_key_name",
            "sshPublicKey",
            "passwordRegex",
        ] {
            assert_eq!(what(name), None, "{name}");
        }
    }

    #[test]
    fn words_behind_a_promise_make_it_vague() {
        let promised = |name: &str| promise(name.as_bytes()).unwrap_or_else(|| panic!("{name}"));
        assert!(promised("password_for_backup").vaguely);
        assert!(!promised("password_test_2").vaguely);
        assert!(promised("client_secret").strongly);
        assert!(!promised("token").strongly);
    }
}
