//! What people write where a secret would stand, for want of one.

use super::value::entropy;

/// Words that mark what somebody wrote for want of a real one.
const STAND_INS: &[&str] = &[
    "example",
    "xxxx",
    "your",
    "dummy",
    "fake",
    "placeholder",
    "changeme",
    "change_me",
    "change-me",
    "redacted",
    "sample",
    "replace",
    "insert",
    "secret_here",
    "key_here",
    "token_here",
    "mysecret",
    "0123456",
    "1234567",
    "abcdefg",
    "qwerty",
    "....",
    "foobar",
    "deadbeef",
    "notreal",
    "not-real",
    "invalid",
    "testtest",
    "goes-here",
    "goeshere",
    "not_a_real",
    "thisisa",
    "asdfgh",
    "zxcvb",
    "1q2w3e",
    "qazwsx",
    "blahblah",
    "loremipsum",
    "lorem ipsum",
    "todo",
    "fixme",
    "abc123",
    "123abc",
];

/// True for texts that no generator makes: a stand-in word, one character over and over, a short
/// piece repeated, the alphabet, hardly any variety.
pub fn is_made_up(text: &[u8]) -> bool {
    let lower = text.to_ascii_lowercase();
    STAND_INS
        .iter()
        .any(|word| memchr::memmem::find(&lower, word.as_bytes()).is_some())
        || longest_repeat(text) >= if text.len() < 16 { 4 } else { 6 }
        || is_periodic(&lower)
        || is_counting(&lower)
        || is_keyboard_walk(&lower)
        || (text.len() >= 16 && entropy(text) < 2.6)
}

/// True for a block of base64 that nobody's key consists of.
pub fn is_made_up_block(base64: &[u8]) -> bool {
    entropy(base64) < 4.2 || is_periodic(base64)
}

/// Length of the longest run of one byte.
fn longest_repeat(text: &[u8]) -> usize {
    let runs = text.chunk_by(|a, b| a == b);
    runs.map(<[u8]>::len).max().unwrap_or(0)
}

/// A piece of at most eight characters, repeated at least twice over the whole text.
fn is_periodic(text: &[u8]) -> bool {
    (1..=8.min(text.len() / 2)).any(|period| {
        text.iter()
            .zip(text.iter().skip(period))
            .all(|(a, b)| a == b)
    })
}

/// Half of the characters are the successor of the one before: `abcd1234`, `9876`.
fn is_counting(text: &[u8]) -> bool {
    let steps = text
        .windows(2)
        .filter(|pair| matches!(pair, [a, b] if a.abs_diff(*b) == 1 && a.is_ascii_alphanumeric()))
        .count();
    // `a0b1c2d3`, `000102030405`: two counts in one.
    let near = text
        .windows(3)
        .filter(|three| matches!(three, [a, _, b] if a.abs_diff(*b) <= 1))
        .count();
    text.len() >= 8 && (steps * 2 >= text.len() || near * 5 >= text.len() * 4)
}

/// Half of the characters are the neighbour of the one before on a keyboard: `asdfqwer`, `poiuzt`.
fn is_keyboard_walk(text: &[u8]) -> bool {
    const ROWS: &[u8] =
        b"qwertyuiop asdfghjkl zxcvbnm qwertz poiuytrewq lkjhgfdsa mnbvcxz 1qaz2wsx3edc";
    let steps = text
        .windows(2)
        .filter(|pair| memchr::memmem::find(ROWS, pair).is_some())
        .count();
    text.len() >= 6 && steps * 2 >= text.len()
}

/// Names that stand for any password: alone, or with digits and signs around them.
const COMMON: &[&str] = &[
    "password",
    "passwd",
    "passwort",
    "pass",
    "pwd",
    "passphrase",
    "secret",
    "token",
    "key",
    "apikey",
    "test",
    "testing",
    "tester",
    "admin",
    "administrator",
    "root",
    "user",
    "username",
    "login",
    "guest",
    "demo",
    "default",
    "changeme",
    "changeit",
    "change",
    "foo",
    "bar",
    "baz",
    "foobar",
    "qwerty",
    "letmein",
    "welcome",
    "hello",
    "world",
    "abc",
    "abcd",
    "abcdef",
    "postgres",
    "postgresql",
    "mysql",
    "mongo",
    "redis",
    "rabbitmq",
    "oracle",
    "sa",
    "db",
    "none",
    "null",
    "nil",
    "true",
    "false",
    "undefined",
    "empty",
    "string",
    "value",
    "example",
    "sample",
    "dummy",
    "fake",
    "mock",
    "temp",
    "temporary",
    "something",
    "anything",
    "whatever",
    "thing",
    "stuff",
    "nothing",
    "blank",
    "fixme",
    "todo",
    "dont",
    "not",
    "this",
    "is",
    "me",
    "your",
    "our",
    "for",
    "and",
    "or",
    "of",
    "in",
    "to",
    "it",
    "an",
    "be",
    "random",
    "valid",
    "plain",
    "clear",
    "text",
    "plaintext",
    "cleartext",
    "access",
    "auth",
    "client",
    "server",
    "session",
    "api",
    "id",
    "no",
    "yes",
    "name",
    "data",
    "field",
    "unit",
    "mypassword",
    "mypass",
    "mysecret",
    "mytoken",
    "secretkey",
    "secrettoken",
    "secretpassword",
    "testpass",
    "testpassword",
    "testtoken",
    "testsecret",
    "testkey",
    "testuser",
    "adminpass",
    "adminpassword",
    "rootpass",
    "rootpassword",
    "userpass",
    "userpassword",
    "dbpass",
    "dbpassword",
    "newpass",
    "newpassword",
    "oldpass",
    "oldpassword",
    "wrongpass",
    "wrongpassword",
    "supersecret",
    "topsecret",
    "notsecret",
    "verysecret",
    "secrets",
    "passwords",
    "credential",
    "credentials",
    "senha",
    "kennwort",
    "contrasena",
    "geheim",
    "motdepasse",
    "wachtwoord",
    "ftp",
    "smtp",
    "http",
    "https",
    "ldap",
    "sql",
    "pgsql",
    "maria",
    "mariadb",
    "elastic",
    "kafka",
    "jwt",
    "xxx",
    "yyy",
    "zzz",
    "my",
    "new",
    "old",
    "wrong",
    "bad",
    "invalid",
    "hidden",
    "redacted",
    "masked",
    "super",
    "secure",
    "strong",
    "very",
    "top",
    "some",
    "start",
    "complex",
    "long",
    "asdf",
    "dev",
    "development",
    "local",
    "prod",
    "production",
    "sha",
    "md",
    "base",
    "utf",
    "oauth",
    "bearer",
    "basic",
    "aes",
    "rsa",
    "hs",
    "rs",
    "bcrypt",
    "argon",
    "pbkdf",
    "scrypt",
    "ssh",
    "vault",
    "env",
    "the",
    "hunter",
    "pa",
    "pw",
    "psw",
    "minioadmin",
    "swordfish",
    "xyzzy",
    "zabbix",
    "nginx",
    "ibmdb",
    "swtpm",
    "kubectl",
    "xxxx",
    "plugh",
    "lulz",
    "opensesame",
    "p",
    "s",
    "w",
    "rd",
    "word",
    "correct",
    "horse",
    "a",
    "b",
    "c",
    "x",
    "y",
    "z",
];

/// True where every word of the value is one of the usual stand-ins, plainly or with digits and
/// signs in the place of letters: `test_password1`, `admin`, `Sup3rS3cret!`.
pub fn is_common(value: &[u8]) -> bool {
    consists_of_common_words(value)
        || consists_of_common_words(&spelled_out(value, b"i"))
        || consists_of_common_words(&spelled_out(value, b"!"))
}

/// `p4$$w0rd1!` as `password`.
fn spelled_out(value: &[u8], mark: &[u8; 1]) -> Vec<u8> {
    let letters = value
        .iter()
        .rposition(u8::is_ascii_alphabetic)
        .map_or(0, |last| last + 1);
    value
        .iter()
        .take(letters)
        .map(|byte| match byte {
            b'0' => b'o',
            b'1' => b'i',
            b'!' => mark[0],
            b'3' => b'e',
            b'4' | b'@' => b'a',
            b'5' | b'$' => b's',
            other => *other,
        })
        .collect()
}

fn consists_of_common_words(value: &[u8]) -> bool {
    let mut words = value
        .split(|byte| !byte.is_ascii_alphabetic())
        .flat_map(camel)
        .filter(|word| !word.is_empty())
        .peekable();
    words.peek().is_none()
        || words.all(|word| {
            COMMON
                .iter()
                .any(|common| word.eq_ignore_ascii_case(common.as_bytes()))
        })
}

fn camel(word: &[u8]) -> impl Iterator<Item = &[u8]> {
    word.chunk_by(|a, b| !(a.is_ascii_lowercase() && b.is_ascii_uppercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_generated_is_made_up() {
        for text in [
            "xxxxxxxxxxxxxxxx",
            "your-api-key",
            "abcdefghijklmnop",
            "1234567890abcdef",
            "deadbeefdeadbeef",
            "asdfqwer1234asdf",
            "arrrrrgh",
            "AbAbAbAbAbAbAbAb",
            "a0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5",
            "000102030405060708090a0b0c0d0e0f",
            "AKIAIOSFODNN7EXAMPLE",
            "0000000000000000",
            "qwerty12",
            "1q2w3e4r",
            "asdfghjkl;",
            "00000000-0000-0000-0000-000000000001",
        ] {
            assert!(is_made_up(text.as_bytes()), "{text}");
        }
        for text in [
            "kXq9Zt7wPd0Lf3Vb",
            "9f86d081884c7d659a2feaa0c55ad015",
            "xqzmpk",
        ] {
            assert!(!is_made_up(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn the_usual_stand_ins_are_common_however_they_are_spelled() {
        for text in [
            "password1",
            "admin123",
            "test_password_2",
            "changeme!",
            "sha256",
            "s3cr3t!Pass",
            "Sup3rS3cret!",
            "P@ssw0rd",
            "p4$$w0rd1!",
            "MyS3cr3tP4ssw0rd",
            "topsecret",
            "test-api-key",
            "123456",
            "abc123!",
        ] {
            assert!(is_common(text.as_bytes()), "{text}");
        }
        for text in ["Tr0ub4dor&3", "hunt3rT!wo", "xqzmpk"] {
            assert!(!is_common(text.as_bytes()), "{text}");
        }
    }
}
