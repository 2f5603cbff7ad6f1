//! What a value's characters tell: random, chosen by a person, or neither.

use super::base64;
use super::chance::odds;
pub use super::reference::{is_place, is_public, is_reference};
pub use super::stand_in::{is_common, is_made_up, is_made_up_block};
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

/// True for base64 of a text that consists of words: it was written, not made.
pub fn says_words(value: &[u8]) -> bool {
    let of_base64 = |b: &u8| b.is_ascii_alphanumeric() || b"+/=-_".contains(b);
    let decoded = || {
        let text = base64::decode(value)?;
        let printable = text.iter().all(|b| (b' '..=b'~').contains(b));
        Some(printable && (is_wordlike(&text) || is_common(&text) || is_made_up(&text)))
    };
    (8..=400).contains(&value.len())
        && value.iter().all(of_base64)
        && value.iter().any(u8::is_ascii_uppercase)
        && decoded().unwrap_or(false)
}

/// Signs that people and generators put into passwords; what names, paths, times and code are made
/// of does not count.
const SIGNS: &[u8] = b"!#$%&*+?@^`|~";

/// Odds from which letters are no word, whatever name they are given.
const DOUBTFUL: i32 = 8;

/// The cheapest of all tests: no secret consists of words and separators alone.
pub fn may_be_secret(value: &[u8]) -> bool {
    value.len() >= 4
        && (value
            .iter()
            .any(|b| b.is_ascii_digit() || SIGNS.contains(b))
            || odds(value) >= DOUBTFUL)
}

/// True for what a generator of tokens makes: long, of one alphabet, varied, no words.
pub fn is_random_token(value: &[u8]) -> bool {
    let of_a_token = |b: &u8| b.is_ascii_alphanumeric() || b"+/=_-.~:!@#$%^&*".contains(b);
    if !(16..=512).contains(&value.len())
        || !value.iter().all(of_a_token)
        || value.iter().filter(|b| b.is_ascii_alphabetic()).count() < 2
        || holds_uuid(value)
    {
        return false;
    }
    if is_hex(value) {
        return entropy(value) >= 2.8 && !is_made_up(value);
    }
    odds(value) >= 24 && entropy(value) >= 3.0 && !is_made_up(value)
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
    if letter == 0 || digit + sign == 0 || is_uuid(value) {
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

/// True for digits that somebody thought of: no year, no count, no round number.
pub fn is_chosen_number(value: &[u8]) -> bool {
    let distinct = (b'0'..=b'9').filter(|digit| value.contains(digit)).count();
    let year = value.starts_with(b"19") || value.starts_with(b"20");
    (6..=12).contains(&value.len())
        && value.iter().all(u8::is_ascii_digit)
        && distinct >= 4
        && !year
        && !value.ends_with(b"000")
        && !is_made_up(value)
        && value
            .windows(2)
            .filter(|p| matches!(p, [a, b] if a.abs_diff(*b) == 1))
            .count()
            * 2
            < value.len()
}

/// True for what nobody writes as an example: small letters, capitals, digits and signs.
pub fn is_strong_password(value: &[u8]) -> bool {
    value.len() >= 8
        && is_mixed(value)
        && value.iter().any(|b| SIGNS.contains(b))
        && !(value.iter().any(|b| b"-_./:,".contains(b)) && is_wordlike(value))
        && is_password(value, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_nobody_counted_out_may_be_a_password() {
        assert!(is_chosen_number(b"748291"));
        for text in ["123456", "111111", "20240131", "654321", "100000", "42"] {
            assert!(!is_chosen_number(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn base64_of_words_says_words() {
        for text in ["dGhlLWtleQ==", "am9lam9lOmhlbGxv", "Zm9vX2Jhcg=="] {
            assert!(says_words(text.as_bytes()), "{text}");
        }
        assert!(!says_words(b"kXq9Zt7wPd0Lf3Vb"));
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
            "1.2.3.4.5.6.7.8.9.10",
            "org.apache.commons.codec.binary.Base64",
            "X-Amz-Security-Token-V4",
            "com.example.app.PREFERENCE_KEY_2",
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
            "password",
            "new-password",
            "user.password",
            "PASSWORD_FIELD",
            "5f0c8d2a-b7e9-4a1b-8c2d-0123456789ab",
        ] {
            assert!(!is_password(text.as_bytes(), false), "{text}");
        }
    }
}
