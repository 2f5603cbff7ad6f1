//! Secrets in texts that are no files: paths, names, words of a message or an error.

use std::borrow::Cow;
use std::ops::Range;

use crate::detect::{Context, Sink};
use crate::model::{Evidence, FileKind, Origin, RepoPath, Source, SourceId, Span};

use super::Scan;
use super::automaton::Engine;
use super::candidate::{Candidate, Rank};
use super::text::Text;
use super::words;

/// Everything in a text that looks like a secret.
fn candidates(text: &[u8]) -> Vec<Candidate> {
    let engine = Engine::get();
    if engine.needles.hits(text).next().is_none() {
        return Vec::new();
    }
    let (path, origin) = (RepoPath::default(), Origin::Buffer);
    let source = Source::new(SourceId(0), path, FileKind::Text, text, origin);
    let mut scan = Scan::new(engine, Text::new(&source));
    scan.pass();
    scan.found.into_all()
}

/// Where secrets stand in a text.
pub fn secrets_in(text: &[u8]) -> Vec<Range<usize>> {
    candidates(text).iter().map(|c| c.mask.range()).collect()
}

/// The text with asterisks in the place of secrets.
pub fn without_secrets(text: &str) -> Cow<'_, str> {
    let secrets = secrets_in(text.as_bytes());
    if secrets.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut bytes = text.as_bytes().to_vec();
    for range in secrets {
        for byte in bytes.get_mut(range).unwrap_or_default() {
            if !matches!(byte, b'\n' | b'\r') {
                *byte = b'*';
            }
        }
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

/// True for a text that can be looked for elsewhere: neither short nor a mere word, which would
/// blank what is no secret.
pub fn is_distinct(text: &[u8]) -> bool {
    text.len() >= 8 && !words::is_wordlike(text)
}

/// The path with asterisks in the place of secrets; `None` where it holds none.
pub fn path_without_secrets(path: &RepoPath) -> Option<RepoPath> {
    let secrets = secrets_in(path.as_bytes());
    (!secrets.is_empty()).then(|| path.masked(&secrets))
}

/// Reports a secret in the path of a file: it stands wherever the file is listed.
pub fn check_path(cx: &Context<'_>, source: &Source, out: &mut Sink<'_>) {
    // The parts of a large file have one path.
    if source.start.byte > 0 {
        return;
    }
    let found = candidates(source.path.as_bytes());
    let telling = found.into_iter().filter(|c| c.rank > Rank::Generic);
    let Some(best) = telling.max_by_key(|c| c.rank) else {
        return;
    };
    if cx.rules.get(best.rule).is_some() {
        out.report(
            best.rule,
            Span::new(0, 0),
            "The path of this file holds a secret, which stands wherever the file is listed",
        )
        .help(best.help)
        .confidence(best.confidence)
        .evidence(Evidence::Secret(best.redacted));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> String {
        format!("gh{}{}", "p_", "k3Jq9TzW8mXv5RbN2cYd7LfH4sGp6AeU1oKx")
    }

    #[test]
    fn a_secret_in_words_becomes_asterisks_of_its_length() {
        let text = format!("no rule is called \"{}\"; see above", token());
        let masked = without_secrets(&text);
        assert_eq!(masked.len(), text.len());
        assert!(!masked.contains("k3Jq9TzW"), "{masked}");
        assert!(masked.ends_with("\"; see above"), "{masked}");
    }

    #[test]
    fn words_without_a_secret_stay() {
        let text = "secret/github-token: the password is read from $TOKEN";
        assert!(matches!(without_secrets(text), Cow::Borrowed(_)));
    }

    #[test]
    fn a_path_loses_only_the_secret() {
        let path = RepoPath::from(format!("a/{}/b.py", token()).as_str());
        let masked = path_without_secrets(&path).expect("a secret");
        assert!(masked.as_bytes().ends_with(b"*/b.py"));
        assert_eq!(path_without_secrets(&RepoPath::from("a/token.py")), None);
    }
}
