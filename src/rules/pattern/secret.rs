use serde::Deserialize;

/// How a kind of secret looks, and what to tell whoever left one behind.
///
/// A kind is found in one of two ways: by a prefix of its own, or, where it has none, as the value
/// of an assignment whose name or surroundings hold one of the words of `near`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretPattern {
    /// What messages call it.
    pub name: String,
    /// Where its owner takes it out of service; in brackets behind "Revoke it".
    pub revoke: String,
    /// What to do from now on, as a sentence.
    pub instead: String,
    /// Literal beginnings, each of which is public and marks this kind alone.
    #[serde(default)]
    pub prefixes: Vec<String>,
    /// What stands before the prefix, for kinds whose mark is in the middle.
    pub before: Option<String>,
    /// What follows the prefix: the first form that fits decides. See [`parse_body`].
    pub body: Vec<String>,
    /// Texts of which the body must hold one.
    #[serde(default)]
    pub contains: Vec<String>,
    /// Words of which one must stand in the name, on the line, or close by. They are looked for in
    /// every file, so they are rare ones.
    #[serde(default)]
    pub near: Vec<String>,
    /// Words too common for `near`: one must be a word of the name itself (`box` in
    /// `BOX_CLIENT_SECRET`), and the name must speak of a credential.
    #[serde(default)]
    pub named: Vec<String>,
    /// Texts that may stand directly before a token, as `bot` in a URL of Telegram's.
    #[serde(default)]
    pub glued: Vec<String>,
    /// The rule of the secret to which this one is the key id: side by side they are one finding.
    pub half_of: Option<String>,
    /// Forms of the public ids that belong to the secret and are shown with it.
    #[serde(default)]
    pub beside: Vec<String>,
    /// True where a real one has small letters and capitals, and digits or at least no words.
    #[serde(default)]
    pub mixed: bool,
    /// Least entropy of the body in bits a character.
    pub entropy: Option<f64>,
    /// The check that the token carries inside itself.
    pub checksum: Option<Checksum>,
    /// Texts that mark what the vendor's documentation prints.
    #[serde(default)]
    pub documented: Vec<String>,
}

/// A check inside a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Checksum {
    /// The last six characters are the CRC-32 of the body before them, in base 62.
    #[serde(rename = "crc32-base62")]
    Crc32Base62,
    /// Bech32 over the lower-cased token, prefix and body.
    #[serde(rename = "bech32")]
    Bech32,
    /// Base32 of a NATS seed whose last two bytes are a CRC-16.
    #[serde(rename = "nkey")]
    Nkey,
    /// The same of a Stellar seed.
    #[serde(rename = "stellar")]
    Stellar,
    /// Base 58 whose last four bytes are the start of a double SHA-256.
    #[serde(rename = "base58check")]
    Base58Check,
    /// No check, but the account that an AWS key id names.
    #[serde(rename = "aws-account")]
    AwsAccount,
    /// A macaroon from its location to its signature; one that does not decode says nothing.
    #[serde(rename = "macaroon")]
    Macaroon,
    /// Length and CRC-32 at the end, in base 36; tokens without them say nothing.
    #[serde(rename = "gitlab-routable")]
    GitlabRoutable,
    /// CRC-32 at the end, in hex; one that does not match says nothing.
    #[serde(rename = "grafana")]
    Grafana,
    /// The mark that Azure writes at a fixed place; keys without it say nothing.
    #[serde(rename = "azure-signature")]
    AzureSignature,
    /// JSON with time and server; text that does not decode says nothing.
    #[serde(rename = "sentry-json")]
    SentryJson,
    /// A first part that decodes to an id with a time; another says nothing.
    #[serde(rename = "discord-snowflake")]
    DiscordSnowflake,
    /// Bits that are set in private keys of Curve25519; others say nothing.
    #[serde(rename = "curve25519")]
    Curve25519,
}

/// A piece of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    Literal(Vec<u8>),
    Run {
        alphabet: Alphabet,
        min: usize,
        max: usize,
    },
}

impl Segment {
    /// Fewest bytes.
    pub fn min(&self) -> usize {
        match self {
            Self::Literal(literal) => literal.len(),
            Self::Run { min, .. } => *min,
        }
    }

    /// Most bytes.
    pub fn max(&self) -> usize {
        match self {
            Self::Literal(literal) => literal.len(),
            Self::Run { max, .. } => *max,
        }
    }
}

impl Segment {
    /// How many different bytes may stand at a place of it.
    pub fn variety(&self) -> u32 {
        match self {
            Self::Literal(_) => 1,
            Self::Run { alphabet, .. } => {
                (0..=u8::MAX).map(|b| u32::from(alphabet.contains(b))).sum()
            }
        }
    }
}

/// The bytes of which a run may consist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alphabet {
    Digits,
    Hex,
    HexUpper,
    /// Hexadecimal digits in either case.
    AnyHex,
    /// Small letters and digits.
    Lower,
    /// Capitals and digits.
    Upper,
    Alnum,
    /// Letters, digits and `_`.
    Word,
    /// Letters and digits but for `0`, `O`, `I` and `l`.
    Base58,
    Base32,
    Base32Lower,
    Base64,
    Base64Url,
    /// What needs no escape in a URL: letters, digits and `-._~`.
    Url,
    /// What stands in a parameter of a URL: the same, base64 and percent escapes.
    Query,
    /// Everything printable but blanks, quotation marks and backslashes.
    Graphic,
}

impl Alphabet {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "digits" => Self::Digits,
            "hex" => Self::Hex,
            "HEX" => Self::HexUpper,
            "anyhex" => Self::AnyHex,
            "lower" => Self::Lower,
            "upper" => Self::Upper,
            "alnum" => Self::Alnum,
            "word" => Self::Word,
            "base58" => Self::Base58,
            "base32" => Self::Base32,
            "base32lower" => Self::Base32Lower,
            "base64" => Self::Base64,
            "base64url" => Self::Base64Url,
            "url" => Self::Url,
            "query" => Self::Query,
            "graphic" => Self::Graphic,
            _ => return None,
        })
    }

    pub fn contains(self, byte: u8) -> bool {
        match self {
            Self::Digits => byte.is_ascii_digit(),
            Self::Hex => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
            Self::HexUpper => matches!(byte, b'0'..=b'9' | b'A'..=b'F'),
            Self::AnyHex => byte.is_ascii_hexdigit(),
            Self::Lower => matches!(byte, b'0'..=b'9' | b'a'..=b'z'),
            Self::Upper => matches!(byte, b'0'..=b'9' | b'A'..=b'Z'),
            Self::Alnum => byte.is_ascii_alphanumeric(),
            Self::Word => byte.is_ascii_alphanumeric() || byte == b'_',
            Self::Base58 => byte.is_ascii_alphanumeric() && !b"0OIl".contains(&byte),
            Self::Base32 => matches!(byte, b'2'..=b'7' | b'A'..=b'Z'),
            Self::Base32Lower => matches!(byte, b'2'..=b'7' | b'a'..=b'z'),
            Self::Base64 => byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'),
            Self::Base64Url => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'),
            Self::Url => byte.is_ascii_alphanumeric() || b"-._~".contains(&byte),
            Self::Query => byte.is_ascii_alphanumeric() || b"-._~+/%=".contains(&byte),
            Self::Graphic => byte.is_ascii_graphic() && !b"\"'`\\".contains(&byte),
        }
    }
}

/// Longest run that a body may ask for: it bounds the work of a hit.
const LONGEST_RUN: usize = 1024;

/// Reads a body: `hex{32}`, `base64url{40,60}` and `'literal'`, separated by blanks.
pub fn parse_body(text: &str) -> Result<Vec<Segment>, String> {
    text.split_ascii_whitespace().map(segment).collect()
}

fn segment(word: &str) -> Result<Segment, String> {
    if let Some(rest) = word.strip_prefix('\'') {
        return match rest.strip_suffix('\'') {
            Some(literal) if !literal.is_empty() => Ok(Segment::Literal(literal.into())),
            _ => Err(format!("literal {word} is empty or does not end")),
        };
    }
    let run = || -> Option<Segment> {
        let (name, counts) = word.strip_suffix('}')?.split_once('{')?;
        let alphabet = Alphabet::named(name)?;
        let (min, max) = match counts.split_once(',') {
            Some((min, max)) => (min.parse().ok()?, max.parse().ok()?),
            None => (counts.parse().ok()?, counts.parse().ok()?),
        };
        (1 <= min && min <= max && max <= LONGEST_RUN).then_some(Segment::Run {
            alphabet,
            min,
            max,
        })
    };
    run().ok_or_else(|| format!("\"{word}\" is neither alphabet{{min,max}} nor 'literal'"))
}

impl SecretPattern {
    pub fn validate(&self) -> Result<(), String> {
        if self.body.is_empty() {
            return Err("a secret pattern needs a body".into());
        }
        for body in self.body.iter().chain(&self.before).chain(&self.beside) {
            parse_body(body)?;
        }
        if self.prefixes.is_empty() && self.near.is_empty() && self.named.is_empty() {
            return Err("a kind without a prefix needs words that stand near it".into());
        }
        if self.prefixes.iter().any(|prefix| prefix.len() < 3) {
            return Err("a prefix shorter than three bytes stops the scan too often".into());
        }
        if self
            .near
            .iter()
            .any(|word| *word != word.to_ascii_lowercase() || word.len() < 3)
        {
            return Err("words of `near` are lower case, three bytes or longer".into());
        }
        if self
            .named
            .iter()
            .any(|word| !word.bytes().all(|b| Alphabet::Lower.contains(b)))
        {
            return Err("words of `named` are single ones in lower case".into());
        }
        if self.instead.ends_with('.') || self.revoke.ends_with('.') {
            return Err("`revoke` and `instead` end without a full stop".into());
        }
        Ok(())
    }
}
