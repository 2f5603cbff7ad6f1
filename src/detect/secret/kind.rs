use std::borrow::Cow;
use std::ops::RangeInclusive;

use crate::rules::PATTERNS;
use crate::rules::pattern::secret::{SecretPattern, Segment, parse_body};

use super::near;
use super::value;
use super::words::is_wordlike;

/// A kind of secret whose looks a rule file describes.
#[derive(Debug)]
pub struct Kind {
    /// The rule that reports it.
    pub id: &'static str,
    pub pattern: SecretPattern,
    before: Vec<Segment>,
    bodies: Vec<Vec<Segment>>,
    /// Ids that are shown with the secret.
    pub beside: Vec<Vec<Segment>>,
}

/// Where a token of a kind lies: `start..body` is its public prefix, `body..end` the secret part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    pub start: usize,
    pub body: usize,
    pub end: usize,
    /// Letters of its own tell the kind, not only alphabet and length.
    pub marked: bool,
}

impl Kind {
    /// Every kind of the embedded rules. The build has validated them, so none is lost here.
    pub fn all() -> Vec<Self> {
        PATTERNS
            .iter()
            .filter(|(id, _)| id.starts_with("secret/"))
            .filter_map(|(id, json)| Self::new(id, serde_json::from_str(json).ok()?).ok())
            .collect()
    }

    pub fn new(id: &'static str, pattern: SecretPattern) -> Result<Self, String> {
        let all = |bodies: &[String]| -> Result<Vec<Vec<Segment>>, String> {
            bodies.iter().map(|body| parse_body(body)).collect()
        };
        let bodies = all(&pattern.body)?;
        Ok(Self {
            id,
            before: parse_body(pattern.before.as_deref().unwrap_or_default())?,
            beside: all(&pattern.beside)?,
            bodies,
            pattern,
        })
    }

    /// How little a token with this prefix leaves open: kinds that ask for a word nearby say more
    /// than others, then those of the longer prefix, then those of the smaller alphabet.
    pub fn precision(&self, prefix: &str) -> u32 {
        let near = u32::from(!self.pattern.near.is_empty());
        let prefix = u32::try_from(prefix.len()).unwrap_or(0).min(255);
        let widest = self.bodies.iter().flatten().map(Segment::variety).max();
        near << 16 | prefix << 8 | (255 - widest.unwrap_or(0))
    }

    /// True for kinds that only their surroundings tell from other text.
    pub fn needs_name(&self) -> bool {
        self.pattern.prefixes.is_empty()
    }

    /// A token of this kind whose prefix, in any case, was seen at `at`.
    pub fn at_prefix(&self, bytes: &[u8], at: usize, prefix: &str) -> Option<Match> {
        let body = at + prefix.len();
        if bytes.get(at..body)? != prefix.as_bytes() {
            return None;
        }
        let end = self
            .bodies
            .iter()
            .find_map(|segments| run(bytes, body, segments))?;
        let (start, body) = match self.before.is_empty() {
            true => (at, body),
            // The mark is in the middle: no part of the token is a public prefix.
            false => run_back(bytes, at, &self.before).map(|start| (start, start))?,
        };
        let found = Match {
            start,
            body,
            end,
            marked: true,
        };
        let near = &self.pattern.near;
        let separate = bytes.get(start).is_some_and(|first| !is_word(*first))
            || starts_token(bytes, start)
            || self.is_glued(bytes, start);
        (separate
            && !is_inside_encoded(bytes, start, end)
            && self.is_plausible(bytes, found)
            && (near.is_empty() || near::has_one_of(bytes, start..end, near)))
        .then_some(found)
    }

    /// A token of this kind that begins at `at`, by its form alone.
    pub fn begins(&self, bytes: &[u8], at: usize) -> Option<Match> {
        let body = |body: &Vec<Segment>| Some((run(bytes, at, body)?, is_marked(body)));
        let (end, marked) = self.bodies.iter().find_map(body)?;
        let found = Match {
            start: at,
            body: at,
            end,
            marked,
        };
        self.is_plausible(bytes, found).then_some(found)
    }

    /// The lengths that tokens of this kind may have, one range a form.
    pub fn lengths(&self) -> impl Iterator<Item = RangeInclusive<usize>> {
        self.bodies.iter().map(|segments| {
            let least: usize = segments.iter().map(Segment::min).sum();
            let most: usize = segments.iter().map(Segment::max).sum();
            least..=most
        })
    }

    /// The whole of a value as a token of this kind, by its form alone.
    pub fn as_value(&self, bytes: &[u8], start: usize, end: usize) -> Option<Match> {
        let value = bytes.get(..end)?;
        let body = self
            .bodies
            .iter()
            .find(|body| run(value, start, body) == Some(end))?;
        let found = Match {
            start,
            body: start,
            end,
            marked: is_marked(body),
        };
        let generated = found.marked || is_generated(bytes.get(start..end)?);
        (generated && self.is_plausible(bytes, found)).then_some(found)
    }

    fn is_glued(&self, bytes: &[u8], start: usize) -> bool {
        let before = bytes.get(..start).unwrap_or_default();
        let glued = |word: &String| {
            before.ends_with(word.as_bytes()) && starts_token(bytes, start - word.len())
        };
        self.pattern.glued.iter().any(glued)
    }

    fn is_plausible(&self, bytes: &[u8], found: Match) -> bool {
        let Some(body) = bytes.get(found.body..found.end) else {
            return false;
        };
        let holds = |text: &String| memchr::memmem::find(body, text.as_bytes()).is_some();
        let wanted = &self.pattern.contains;
        (wanted.is_empty() || wanted.iter().any(holds))
            && !self.pattern.documented.iter().any(holds)
            && (!self.pattern.mixed || is_mixed(body))
            && self
                .pattern
                .entropy
                .is_none_or(|floor| value::entropy(body) >= floor)
            && !value::is_made_up(&self.without_literals(body))
    }

    /// The body without the long literals inside it, which no generator made.
    fn without_literals<'b>(&self, body: &'b [u8]) -> Cow<'b, [u8]> {
        let literals = self.bodies.iter().flatten().filter_map(|s| match s {
            Segment::Literal(text) if text.len() >= 6 => Some(text),
            _ => None,
        });
        literals.fold(
            Cow::Borrowed(body),
            |body, literal| match memchr::memmem::find(&body, literal) {
                Some(at) => {
                    let mut rest = body.into_owned();
                    rest.drain(at..at + literal.len());
                    Cow::Owned(rest)
                }
                None => body,
            },
        )
    }
}

/// Small letters and capitals, and digits too; what has none of them by chance is still no words.
fn is_mixed(body: &[u8]) -> bool {
    value::is_mixed(body)
        || (body.iter().any(u8::is_ascii_lowercase)
            && body.iter().any(u8::is_ascii_uppercase)
            && !is_wordlike(body))
}

/// False for names and words, which have the length of a token by chance.
fn is_generated(value: &[u8]) -> bool {
    let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
    digits >= 3 || !is_wordlike(value)
}

/// True for a body with letters of its own: `SK` and 32 hex digits, not the dashes of a UUID.
fn is_marked(body: &[Segment]) -> bool {
    let letters = |segment: &Segment| match segment {
        Segment::Literal(text) => text.iter().filter(|b| b.is_ascii_alphanumeric()).count(),
        Segment::Run { .. } => 0,
    };
    body.iter().any(|segment| letters(segment) >= 2)
}

/// Longest text around a token that is read to tell whether it is a piece of something encoded.
const ENCODED: usize = 48;

/// True where a token is but a piece of a longer base64 text, which may hold any letters.
fn is_inside_encoded(bytes: &[u8], start: usize, end: usize) -> bool {
    let of_base64 = |b: &&u8| b.is_ascii_alphanumeric() || matches!(**b, b'+' | b'/' | b'-' | b'_');
    let before = bytes
        .get(start.saturating_sub(ENCODED)..start)
        .unwrap_or_default();
    let after = bytes
        .get(end..bytes.len().min(end + ENCODED))
        .unwrap_or_default();
    let left = before.iter().rev().take_while(of_base64).count();
    let right = after.iter().take_while(of_base64).count();
    let left = before.get(before.len() - left..).unwrap_or_default();
    let right = after.get(..right).unwrap_or_default();
    // A name or a path before a token is made of words and short.
    let is_data = |text: &[u8]| text.len() >= 12 && value::is_mixed(text) && !is_wordlike(text);
    if is_data(left) || is_data(right) {
        return true;
    }
    // Alone on its line, between lines of base64.
    let is_line = |text: &[u8]| text.len() >= 40 && text.iter().all(|b| of_base64(&b));
    let above = before.trim_ascii_end();
    let below = after.trim_ascii_start();
    let whole_line = left.is_empty()
        && right.is_empty()
        && before.len() > above.len()
        && before
            .get(above.len()..)
            .is_some_and(|gap| gap.contains(&b'\n'));
    let lines = bytes
        .get(start.saturating_sub(2 * ENCODED)..start)
        .unwrap_or_default();
    whole_line
        && (lines
            .trim_ascii_end()
            .rsplit(|b| b.is_ascii_whitespace())
            .next()
            .is_some_and(is_line)
            || (after.len() > below.len()
                && after.starts_with(b"\n")
                && below
                    .split(|b| b.is_ascii_whitespace())
                    .next()
                    .is_some_and(is_line)))
}

/// The end of the segments that start at `at`, where the text does not go on as part of a word.
fn run(bytes: &[u8], mut at: usize, segments: &[Segment]) -> Option<usize> {
    for segment in segments {
        match segment {
            Segment::Literal(literal) => {
                at = bytes
                    .get(at..)?
                    .starts_with(literal)
                    .then_some(at + literal.len())?;
            }
            Segment::Run { alphabet, min, max } => {
                let length = bytes
                    .get(at..)?
                    .iter()
                    .take(*max)
                    .take_while(|byte| alphabet.contains(**byte))
                    .count();
                if length < *min {
                    return None;
                }
                at += length;
            }
        }
    }
    let goes_on = bytes.get(at).is_some_and(|next| match segments.last() {
        Some(Segment::Run { alphabet, .. }) => alphabet.contains(*next) || is_word(*next),
        _ => is_word(*next),
    });
    (!goes_on).then_some(at)
}

/// The start of the segments that end at `at`.
fn run_back(bytes: &[u8], mut at: usize, segments: &[Segment]) -> Option<usize> {
    for segment in segments.iter().rev() {
        let before = bytes.get(..at)?;
        let length = match segment {
            Segment::Literal(literal) => before.ends_with(literal).then_some(literal.len())?,
            Segment::Run { alphabet, min, max } => {
                let run = before.iter().rev().take(*max);
                let length = run.take_while(|byte| alphabet.contains(**byte)).count();
                (length >= *min).then_some(length)?
            }
        };
        at -= length;
    }
    Some(at)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// True where a token may start at `at`: not inside a word, unless what stands before it is an
/// escape such as `\n`, `%3D` or `\u003d`.
pub fn starts_token(bytes: &[u8], at: usize) -> bool {
    let before = bytes.get(at.saturating_sub(6)..at).unwrap_or_default();
    let is_hex = |text: &[u8]| text.iter().all(u8::is_ascii_hexdigit);
    match before {
        [] => true,
        [.., last] if !is_word(*last) => true,
        [.., b'\\', b'n' | b'r' | b't'] => true,
        [.., b'%', high, low] => high.is_ascii_hexdigit() && low.is_ascii_hexdigit(),
        [.., b'\\', b'x', a, b] => is_hex(&[*a, *b]),
        [b'\\', b'u', code @ ..] => is_hex(code),
        _ => false,
    }
}

/// The end of a text of these segments that starts at `at` and is no part of a longer word.
pub fn ends(bytes: &[u8], at: usize, segments: &[Segment]) -> Option<usize> {
    starts_token(bytes, at).then(|| run(bytes, at, segments))?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(json: &str) -> Kind {
        let pattern: SecretPattern = serde_json::from_str(json).expect("a pattern");
        pattern.validate().expect("a valid pattern");
        Kind::new("secret/test", pattern).expect("a kind")
    }

    fn fixed() -> Kind {
        kind(r#"{"name":"t","revoke":"r","instead":"i","prefixes":["tok_"],"body":["alnum{12}"]}"#)
    }

    fn ends(kind: &Kind, text: &str) -> Option<usize> {
        let at = text.find("tok_")?;
        kind.at_prefix(text.as_bytes(), at, "tok_").map(|m| m.end)
    }

    #[test]
    fn a_token_has_exactly_its_length() {
        assert_eq!(ends(&fixed(), "x=tok_a8Kd0Pq3Zt7w;"), Some(18));
        assert_eq!(ends(&fixed(), "x=tok_a8Kd0Pq3Zt7"), None);
        assert_eq!(ends(&fixed(), "x=tok_a8Kd0Pq3Zt7wZ"), None);
        assert_eq!(ends(&fixed(), "x=tok_a8Kd0Pq3Zt7w_"), None);
    }

    #[test]
    fn a_token_does_not_start_inside_a_word_but_may_after_an_escape() {
        assert_eq!(ends(&fixed(), "atok_a8Kd0Pq3Zt7w"), None);
        assert!(ends(&fixed(), r"a\ntok_a8Kd0Pq3Zt7w").is_some());
        assert!(ends(&fixed(), "k%3Dtok_a8Kd0Pq3Zt7w").is_some());
    }

    #[test]
    fn a_name_of_the_right_length_is_no_token() {
        let kind =
            kind(r#"{"name":"t","revoke":"r","instead":"i","near":["quay"],"body":["lower{15}"]}"#);
        let fits = |text: &str| kind.as_value(text.as_bytes(), 0, text.len()).is_some();
        assert!(fits("k3jq9t0x7wzb2mv"));
        assert!(!fits("harbourfolderab"));
        assert!(!fits("harbourfolders2"));
    }

    #[test]
    fn a_piece_of_base64_is_no_token() {
        let kind = fixed();
        for text in [
            "\"Zm9vYmFyCg7kPq0Xw2Lf/tok_a8Kd0Pq3Zt7w\"",
            "\"tok_a8Kd0Pq3Zt7w+Zm9vYmFyCg7kPq0Xw2Lf\"",
            "Zm9vYmFyCg7kPq0Xw2LfZm9vYmFyCg7kPq0Xw2LfZm9v\ntok_a8Kd0Pq3Zt7w\n",
        ] {
            assert_eq!(ends(&kind, text), None, "{text}");
        }
        for text in [
            "https://harbour.io/deploy/tok_a8Kd0Pq3Zt7w/x",
            "acme-tok_a8Kd0Pq3Zt7w",
            "tok_a8Kd0Pq3Zt7w\ntok_a8Kd0Pq3Zt7x\n",
        ] {
            assert!(ends(&kind, text).is_some(), "{text}");
        }
    }

    #[test]
    fn a_mark_in_the_middle_takes_what_stands_before_it() {
        let kind = kind(
            r#"{"name":"t","revoke":"r","instead":"i","prefixes":[".mark."],
                "before":"alnum{6}","body":["alnum{12}"]}"#,
        );
        let text = b"x=k3Jq9T.mark.a8Kd0Pq3Zt7w";
        let found = kind.at_prefix(text, 8, ".mark.").expect("a token");
        assert_eq!((found.start, found.body, found.end), (2, 2, 26));
    }
}
