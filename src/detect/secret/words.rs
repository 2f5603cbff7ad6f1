//! Which letters follow which in words: tells names and prose from random text without a
//! dictionary.

/// For each letter, those that often follow it in English and in identifiers. Together the pairs
/// make up nine of ten pairs in words, and one of three in random letters.
const FOLLOWERS: [&[u8]; 26] = [
    b"bcdgilmnprstuvy",      // a
    b"aeilorsu",             // b
    b"acehiklorstu",         // c
    b"adeiorsu",             // d
    b"abcdefgilmnoprstvwxy", // e
    b"aefilor",              // f
    b"aehinors",             // g
    b"aeiot",                // h
    b"abcdefglmnoprstvz",    // i
    b"aeou",                 // j
    b"eis",                  // k
    b"adeilostuy",           // l
    b"abeimopsu",            // m
    b"acdefgiknostuv",       // n
    b"abcdfgiklmnoprstuvw",  // o
    b"aehiloprstu",          // p
    b"u",                    // q
    b"acdegiklmnoprstuvy",   // r
    b"acehilmopstuy",        // s
    b"acehiloprstuy",        // t
    b"abceilmnprst",         // u
    b"aei",                  // v
    b"aeio",                 // w
    b"tx",                   // x
    b"ps",                   // y
    b"e",                    // z
];

/// True where the letters of a text follow each other as in words. A change from a small letter to
/// a capital starts a new word, as does anything that is no letter.
pub fn is_wordlike(text: &[u8]) -> bool {
    let (mut pairs, mut usual) = (0u32, 0u32);
    for pair in text.windows(2) {
        let &[first, second] = pair else { continue };
        let letters = first.is_ascii_alphabetic() && second.is_ascii_alphabetic();
        if !letters || (first.is_ascii_lowercase() && second.is_ascii_uppercase()) {
            continue;
        }
        pairs += 1;
        let followers = FOLLOWERS.get(usize::from(first.to_ascii_lowercase() - b'a'));
        if followers.is_some_and(|list| list.contains(&second.to_ascii_lowercase())) {
            usual += 1;
        }
    }
    // Three of four; random text has one of three.
    pairs >= 3 && usual * 4 >= pairs * 3
}

#[cfg(test)]
mod tests {
    use super::is_wordlike;

    #[test]
    fn names_and_prose_are_words_and_tokens_are_not() {
        for words in [
            "current_password_field",
            "AuthenticationToken",
            "application/json",
            "hunter",
        ] {
            assert!(is_wordlike(words.as_bytes()), "{words}");
        }
        for random in ["kXq9Zt7wPd0Lf3Vb", "xkcqzwtvbnhjfgpl", "9f86d081884c7d65"] {
            assert!(!is_wordlike(random.as_bytes()), "{random}");
        }
    }
}
