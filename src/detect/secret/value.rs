//! What a value's characters tell: made up, a stand-in, a reference, a digest, or random.

use super::words::is_wordlike;

/// Shannon entropy in bits a byte.
pub fn entropy(text: &[u8]) -> f64 {
    let mut counts = [0u32; 256];
    for byte in text {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count += 1;
        }
    }
    let total = text.len() as f64;
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| {
            let share = f64::from(*count) / total;
            -share * share.log2()
        })
        .sum()
}

/// True where small letters, capitals and digits all occur.
pub fn is_mixed(text: &[u8]) -> bool {
    text.iter().any(u8::is_ascii_lowercase)
        && text.iter().any(u8::is_ascii_uppercase)
        && text.iter().any(u8::is_ascii_digit)
}

pub fn is_hex(text: &[u8]) -> bool {
    text.iter().all(u8::is_ascii_hexdigit)
}

/// `8-4-4-4-12` hex digits.
pub fn is_uuid(text: &[u8]) -> bool {
    text.len() == 36
        && text.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// True where a UUID is part of the text, as in a path.
pub fn holds_uuid(text: &[u8]) -> bool {
    text.windows(36).any(is_uuid)
}

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
];

/// True for texts that no generator makes: a stand-in word, one character over and over, a short
/// piece repeated, the alphabet, hardly any variety.
pub fn is_made_up(text: &[u8]) -> bool {
    let lower = text.to_ascii_lowercase();
    STAND_INS
        .iter()
        .any(|word| memchr::memmem::find(&lower, word.as_bytes()).is_some())
        || longest_repeat(text) >= 6
        || is_periodic(&lower)
        || is_counting(&lower)
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
    text.len() >= 8 && steps * 2 >= text.len()
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
    consists_of_common_words(value) || consists_of_common_words(&spelled_out(value))
}

/// `p4$$w0rd1!` as `password`.
fn spelled_out(value: &[u8]) -> Vec<u8> {
    let letters = value
        .iter()
        .rposition(u8::is_ascii_alphabetic)
        .map_or(0, |last| last + 1);
    value
        .iter()
        .take(letters)
        .map(|byte| match byte {
            b'0' => b'o',
            b'1' | b'!' => b'i',
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

/// True for values that are filled in later or come from elsewhere: templates, variables, calls,
/// markup, patterns, masks.
pub fn is_reference(value: &[u8]) -> bool {
    const MARKS: &[&[u8]] = &[
        b"${",
        b"{{",
        b"{%",
        b"<%",
        b"%(",
        b"$(",
        b"#{",
        b"%s",
        b"%d",
        b"%v",
        b"%@",
        b"{}",
        b"{0}",
        b"***",
        b"...",
        b"://",
        b"[a-",
        b"[A-",
        b"[0-",
        b"[^",
        b"\\d",
        b"\\w",
        b"\\s",
        b".*",
        b"\\x",
        b"\\u",
        b"@{",
        b"$[",
        b"((",
        b"\xe2\x80\xa6",
        b"\xe2\x80\xa2",
    ];
    let first = value.first().copied().unwrap_or_default();
    let last = value.last().copied().unwrap_or_default();
    let named = |b: &u8| b.is_ascii_alphabetic() || b"_-. %$".contains(b);
    b"$<{[(`".contains(&first)
        // `*anchor`, `%NAME%`, `^pattern$`: a password may start like them.
        || (b"&*%^".contains(&first) && value.iter().skip(1).all(named))
        || matches!((first, last), (b'_', b'_'))
        || (first == b'!'
            && value.get(1).is_some_and(u8::is_ascii_alphabetic)
            && last.is_ascii_alphabetic())
        || last == b'>'
        || MARKS
            .iter()
            .any(|mark| value.windows(mark.len()).any(|piece| piece == *mark))
        || is_call_or_path(value)
}

/// `os.environ["X"]`, `getToken()`, `/run/secrets/x`, `./x`, `C:\x`, `vault:secret/x`.
fn is_call_or_path(value: &[u8]) -> bool {
    if let Some(open) = memchr::memchr2(b'(', b'[', value) {
        let head = &value[..open];
        let closes = matches!(value.last(), Some(b')' | b']' | b';'));
        if closes
            && !head.is_empty()
            && head
                .iter()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b':' | b'>' | b'-'))
        {
            return true;
        }
    }
    let starts = |start: &[u8]| value.starts_with(start);
    if starts(b"./")
        || starts(b"../")
        || starts(b"~/")
        || starts(b"arn:")
        || starts(b"file:")
        || starts(b"vault:")
        || starts(b"env:")
        || starts(b"ref+")
        || starts(b"secret:")
        || starts(b"projects/")
        || starts(b"kv/")
    {
        return true;
    }
    // A path is made of words; base64 that holds a slash is not.
    value.contains(&b'/') && is_wordlike(value)
}

/// Digests and other public long values, known by the mark they carry.
pub fn is_public(value: &[u8]) -> bool {
    const MARKS: &[&[u8]] = &[
        b"$2a$", b"$2b$", b"$2y$", b"$argon2", b"$apr1$", b"$6$", b"$5$", b"$1$",
    ];
    const STARTS: &[&[u8]] = &[
        b"sha1-",
        b"sha256-",
        b"sha384-",
        b"sha512-",
        b"sha256:",
        b"sha512:",
        b"sha1:",
        b"md5:",
        b"sha256$",
        b"pbkdf2",
        b"{SSHA",
        b"{SHA",
        b"bcrypt",
        b"argon2",
        b"ssh-",
        b"ecdsa-",
        b"AAAA",
        b"MIIB",
        b"MIIC",
        b"MIID",
        b"MIIE",
        b"MFkw",
        b"MIGf",
        b"MCow",
        b"pk_",
        b"pk.",
        b"pub",
        b"h1:",
        b"urn:",
        b"data:",
        b"$ANSIBLE_VAULT",
        b"ENC[",
        b"AgA",
        b"U2FsdGVkX1",
        b"iVBOR",
        b"R0lGOD",
        b"/9j/",
        b"PHN2Z",
    ];
    // A JSON Web Token is judged by what it says.
    STARTS.iter().any(|start| value.starts_with(start))
        || super::jwt::is_token(value)
        || MARKS
            .iter()
            .any(|mark| value.windows(mark.len()).any(|piece| piece == *mark))
}

/// Signs that people and generators put into passwords; what names, paths, times and code are made
/// of does not count.
const SIGNS: &[u8] = b"!#$%&*+?@^`|~";

/// The cheapest of all tests: no secret consists of letters and separators alone.
pub fn may_be_secret(value: &[u8]) -> bool {
    value.len() >= 6
        && value
            .iter()
            .any(|b| b.is_ascii_digit() || SIGNS.contains(b))
}

/// True for what a generator of tokens makes: long, of one alphabet, varied, no words.
pub fn is_random_token(value: &[u8]) -> bool {
    let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
    let letters = value.iter().filter(|b| b.is_ascii_alphabetic()).count();
    let of_a_token = |b: &u8| b.is_ascii_alphanumeric() || b"+/=_-.~:!@#$%^&*".contains(b);
    if !(16..=512).contains(&value.len())
        || letters < 2
        || (digits < 2 && !is_mixed(value))
        || !value.iter().all(of_a_token)
        || holds_uuid(value)
        || is_made_up(value)
    {
        return false;
    }
    if is_hex(value) {
        return entropy(value) >= 2.8;
    }
    // Versions, dates and names with numbers are made of many short pieces; base64 may be, too,
    // but has far more variety.
    let pieces = value.split(|b| !b.is_ascii_alphanumeric());
    let longest = pieces.map(<[u8]>::len).max().unwrap_or(0);
    let varied = value.len() >= 32 && is_mixed(value) && entropy(value) >= 4.5;
    (longest >= 10 || varied) && entropy(value) >= 3.2 && !is_wordlike(value)
}

/// True for what a person or a generator chose as a password: several classes of characters and
/// no mere name. In code, where names and texts are values as well, more is asked (`careful`).
pub fn is_password(value: &[u8], careful: bool) -> bool {
    if !(6..=128).contains(&value.len()) || !value.iter().all(u8::is_ascii_graphic) {
        return false;
    }
    let has = |test: fn(&u8) -> bool| usize::from(value.iter().any(test));
    let letter = has(u8::is_ascii_alphabetic);
    let cased = has(u8::is_ascii_lowercase) + has(u8::is_ascii_uppercase);
    let digit = has(u8::is_ascii_digit);
    let sign = has(|b| SIGNS.contains(b));
    if letter == 0 || digit + sign == 0 || is_common(value) || is_made_up(value) || is_uuid(value) {
        return false;
    }
    let separated = value.iter().any(|b| b"-_./:\\,([=".contains(b));
    let wordlike = is_wordlike(value);
    if separated && wordlike && sign == 0 {
        return false;
    }
    let last_digits = value
        .iter()
        .rev()
        .take_while(|b| b.is_ascii_digit())
        .count();
    !careful
        || cased + digit + sign >= 3
        || (!wordlike && value.len() >= 8)
        || (!separated && last_digits >= 2 && value.len() >= 8)
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
            "AbAbAbAbAbAbAbAb",
            "AKIAIOSFODNN7EXAMPLE",
            "0000000000000000",
        ] {
            assert!(is_made_up(text.as_bytes()), "{text}");
        }
        for text in ["kXq9Zt7wPd0Lf3Vb", "9f86d081884c7d659a2feaa0c55ad015"] {
            assert!(!is_made_up(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn what_is_filled_in_later_is_a_reference() {
        for text in [
            "${TOKEN}",
            "{{ token }}",
            "$TOKEN",
            "<your-token>",
            "os.environ['X']",
            "getToken()",
            "%(pw)s",
            "/run/secrets/token",
            "./key.pem",
            "config/secret/name",
            "#{pw}",
            "$(cat pw)",
            "***",
        ] {
            assert!(is_reference(text.as_bytes()), "{text}");
        }
        assert!(!is_reference(b"kXq9/Zt7wPd0Lf3Vb+x2"));
    }

    #[test]
    fn random_tokens_are_told_from_names_digests_and_versions() {
        for text in [
            "kXq9Zt7wPd0Lf3Vb",
            "c2kq-81hzxw-00pqmv7r2xk",
            "9f86d081884c7d659a2feaa0c55ad015",
        ] {
            assert!(is_random_token(text.as_bytes()), "{text}");
        }
        for text in [
            "application/x-www-form-urlencoded2",
            "AuthenticationTokenV2Provider",
            "2024-01-31T10:00:00.000Z",
            "550e8400-e29b-41d4-a716-446655440000",
            "v1.22.333-beta.4-rc1.20240101",
            "short1A",
        ] {
            assert!(!is_random_token(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn passwords_are_told_from_names_and_stand_ins() {
        for text in ["hunt3rT!wo", "Tr0ub4dor&3", "s3cr3t-Sauce!"] {
            assert!(is_password(text.as_bytes(), true), "{text}");
        }
        for text in [
            "password1",
            "new-password",
            "admin123",
            "test_password_2",
            "user.password",
            "changeme!",
            "sha256",
            "PASSWORD_FIELD",
        ] {
            assert!(!is_password(text.as_bytes(), false), "{text}");
        }
    }
}
