use crate::rules::PATTERNS;
use crate::rules::pattern::secret::{SecretPattern, Segment, parse_body};

use super::near;
use super::value;

/// A kind of secret whose looks a rule file describes.
#[derive(Debug)]
pub struct Kind {
    /// The rule that reports it.
    pub id: &'static str,
    pub pattern: SecretPattern,
    before: Vec<Segment>,
    bodies: Vec<Vec<Segment>>,
}

/// Where a token of a kind lies: `start..body` is its public prefix, `body..end` the secret part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    pub start: usize,
    pub body: usize,
    pub end: usize,
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
        Ok(Self {
            id,
            before: parse_body(pattern.before.as_deref().unwrap_or_default())?,
            bodies: pattern
                .body
                .iter()
                .map(|b| parse_body(b))
                .collect::<Result<_, _>>()?,
            pattern,
        })
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
        let found = Match { start, body, end };
        let words = &self.pattern.near;
        (starts_token(bytes, start)
            && self.is_plausible(bytes, found)
            && (words.is_empty() || near::has_one_of(bytes, start..end, words)))
        .then_some(found)
    }

    /// True where a token of this kind may have this length.
    pub fn has_length(&self, length: usize) -> bool {
        self.bodies.iter().any(|segments| {
            let least: usize = segments.iter().map(Segment::min).sum();
            let most: usize = segments.iter().map(Segment::max).sum();
            (least..=most).contains(&length)
        })
    }

    /// The whole of a value as a token of this kind, whatever stands near it.
    pub fn as_value(&self, bytes: &[u8], start: usize, end: usize) -> Option<Match> {
        let value = bytes.get(..end)?;
        let fits = self
            .bodies
            .iter()
            .any(|b| run(value, start, b) == Some(end));
        let found = Match {
            start,
            body: start,
            end,
        };
        (fits && self.is_plausible(bytes, found)).then_some(found)
    }

    fn is_plausible(&self, bytes: &[u8], found: Match) -> bool {
        let Some(body) = bytes.get(found.body..found.end) else {
            return false;
        };
        let holds = |text: &String| memchr::memmem::find(body, text.as_bytes()).is_some();
        let wanted = &self.pattern.contains;
        (wanted.is_empty() || wanted.iter().any(holds))
            && !self.pattern.documented.iter().any(holds)
            && (!self.pattern.mixed || value::is_mixed(body))
            && self
                .pattern
                .entropy
                .is_none_or(|floor| value::entropy(body) >= floor)
            && !value::is_made_up(body)
    }
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
/// escape such as `\n` or `%3D`.
pub fn starts_token(bytes: &[u8], at: usize) -> bool {
    let back = |n: usize| at.checked_sub(n).and_then(|i| bytes.get(i)).copied();
    match (back(3), back(2), back(1)) {
        (_, _, None) => true,
        (_, _, Some(last)) if !is_word(last) => true,
        (_, Some(b'\\'), Some(b'n' | b'r' | b't')) => true,
        (Some(b'%'), Some(high), Some(low)) => high.is_ascii_hexdigit() && low.is_ascii_hexdigit(),
        _ => false,
    }
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
