//! How much likelier it is that chance made a text than a person.

use super::words;

/// Quarters of bits: for the second and every further change between letters and digits, ...
const CHANGE: i32 = 6;
/// ... for every further piece of a name that is too short for a word, ...
const STUMP: i32 = 5;
/// ... for every digit of a number beyond the fourth, ...
const DIGIT: i32 = 3;
/// ... and against chance, for every sign that parts words.
const PARTED: i32 = 4;

/// Longest text that is looked at: enough to tell.
const LONGEST: usize = 160;

/// Quarters of bits that speak for chance; below zero, for a name or a word. Letters that do not
/// follow each other as in words count most, then digits among letters, then capitals anywhere.
pub fn odds(text: &[u8]) -> i32 {
    let text = text.get(..LONGEST).unwrap_or(text);
    changes(text) * CHANGE + stumps(text) * STUMP + digits(text) * DIGIT
        - parted(text) * PARTED
        - words::letters(text).bits
}

/// What people make passwords of that stand for one.
const OWN_WORDS: &[&[u8]] = &[
    b"passwd",
    b"password",
    b"pass",
    b"pwd",
    b"secret",
    b"token",
    b"user",
    b"admin",
    b"test",
    b"pw",
    b"key",
];

/// The odds of a short text without the words in it that tell what it is: `oldpwd`, `sqlpass`.
pub fn odds_of_rest(text: &[u8]) -> i32 {
    let lower = text.to_ascii_lowercase();
    let word = OWN_WORDS.iter().find_map(|word| {
        let at = memchr::memmem::find(&lower, word)?;
        Some((at, at + word.len()))
    });
    match word {
        Some((start, end)) => {
            let (head, tail) = (
                text.get(..start).unwrap_or_default(),
                text.get(end..).unwrap_or_default(),
            );
            let rest = (odds(head) + odds(tail)).min(odds(text));
            // Too little is left to tell.
            let short = end - start >= 3 && head.len() + tail.len() <= 5;
            if short { rest.min(0) } else { rest }
        }
        None => odds(text),
    }
}

/// How often letters and digits meet, but for once.
fn changes(text: &[u8]) -> i32 {
    let meets = |pair: &&[u8]| {
        matches!(pair, [a, b] if (a.is_ascii_digit() && b.is_ascii_alphabetic())
            || (a.is_ascii_alphabetic() && b.is_ascii_digit()))
    };
    but_one(text.windows(2).filter(meets).count())
}

/// How many pieces of a name in CamelCase have fewer than three letters, but for one.
fn stumps(text: &[u8]) -> i32 {
    let pieces = text.chunk_by(|a, b| {
        a.is_ascii_alphabetic()
            && b.is_ascii_alphabetic()
            && !(a.is_ascii_lowercase() && b.is_ascii_uppercase())
    });
    let stump =
        |piece: &&[u8]| piece.len() < 3 && piece.first().is_some_and(u8::is_ascii_uppercase);
    but_one(pieces.filter(stump).count())
}

/// How many digits more than four the numbers in a text have that nobody counted out.
fn digits(text: &[u8]) -> i32 {
    let numbers = text.split(|b| !b.is_ascii_digit());
    let free = |number: &[u8]| {
        let told = number
            .windows(2)
            .filter(|pair| matches!(pair, [a, b] if a.abs_diff(*b) <= 1))
            .count();
        number.len().saturating_sub(4 + told)
    };
    i32::try_from(numbers.map(free).sum::<usize>()).unwrap_or(0)
}

/// How many signs part words or numbers.
fn parted(text: &[u8]) -> i32 {
    let parts = |triple: &&[u8]| {
        matches!(triple, [a, b'_' | b'-' | b'.' | b'/' | b':' | b' ', c]
            if a.is_ascii_alphanumeric() && c.is_ascii_alphanumeric())
    };
    i32::try_from(text.windows(3).filter(parts).count()).unwrap_or(0)
}

fn but_one(count: usize) -> i32 {
    i32::try_from(count.saturating_sub(1)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts of `length` letters of `alphabet`, a thousand, the same ones every time.
    fn random(alphabet: &[u8], length: usize) -> Vec<Vec<u8>> {
        let mut state = 0x2545_f491_4f6c_dd1du64 + length as u64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            alphabet[(state >> 33) as usize % alphabet.len()]
        };
        (0..1000)
            .map(|_| (0..length).map(|_| next()).collect())
            .collect()
    }

    #[test]
    fn random_letters_have_good_odds_from_six_on() {
        let small = b"abcdefghijklmnopqrstuvwxyz";
        let all = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        for (alphabet, length, odds_asked, least) in [
            (&small[..], 6, 12, 830),
            (&small[..], 8, 8, 910),
            (&small[..], 10, 12, 960),
            (&small[..], 16, 24, 980),
            (&all[..], 8, 12, 910),
            (&all[..], 16, 24, 990),
        ] {
            let texts = random(alphabet, length);
            let told = texts.iter().filter(|text| odds(text) >= odds_asked).count();
            assert!(told >= least, "{told} of 1000 with {length} letters");
        }
    }

    #[test]
    fn words_names_and_abbreviations_have_bad_odds() {
        for word in [
            "hunter",
            "mysqlpwd",
            "testpw",
            "kubectl",
            "username",
            "swordfish",
            "contrasena",
            "passwort",
            "AdminPassword",
            "jdbcDriver",
            "getAccessToken",
            "RABBITMQ_DEFAULT_PASS",
            "my-secret-name",
            "dbuser1",
            "sha256",
            "base64",
            "Benutzername",
            "client_secret",
            "openssl_pkcs12",
            "x509",
            "postgres",
            "application/x-www-form-urlencoded",
            "AuthenticationTokenV2Provider",
            "oldpwd",
            "ipmi_pwd",
            "v1.22.333-beta.4-rc1",
            "12345678",
            "2024-01-31",
        ] {
            let odds = odds_of_rest(word.as_bytes());
            assert!(odds < 4, "{word}: {odds}");
        }
    }
}
