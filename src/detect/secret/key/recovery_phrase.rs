use std::ops::Range;

use crate::model::{Confidence, FileKind, Redacted, Span};
use crate::rules::Mnemonic;

use super::super::candidate::{Candidate, Rank, Weight};
use super::super::text::Text;

/// Words of names and sentences before a phrase.
pub const ANCHORS: &[&str] = &[
    "mnemonic",
    "seed phrase",
    "seed_phrase",
    "seed-phrase",
    "seedphrase",
    "seed_words",
    "seedwords",
    "recovery phrase",
    "recovery_phrase",
    "recoveryphrase",
    "wallet_seed",
];

/// How far behind its name a phrase may begin, and end.
const REACH: usize = 64;
const WINDOW: usize = 480;
/// Longest word of the list, and longest gap between two words: `", "` and a line end.
const WORD: usize = 8;
const GAP: usize = 24;
/// Only in small texts a line of words says enough by itself to be looked for.
const SMALL: usize = 16 << 10;

/// First words of phrases that development tools print for everybody.
const PUBLISHED: &[&[u8]] = &[
    b"candy maple cake",
    b"myth like bonus",
    b"test walk nut",
    b"bottom drive obey",
    b"clutch captain shoe",
];

/// A phrase behind its name.
pub fn check(text: &Text<'_>, hit: Range<usize>) -> (usize, Option<Candidate>) {
    let at = hit.end;
    let end = text.bytes.len().min(at + WINDOW);
    let words = run_of_words(text.slice(at..end), REACH);
    let words: Vec<_> = words.iter().map(|w| at + w.start..at + w.end).collect();
    let done = words.last().map_or(at, |word| word.end);
    (done, judge(text, &words, true))
}

/// Phrases that are a line of their own in a small text.
pub fn check_lines(text: &Text<'_>) -> Vec<Candidate> {
    let is_prose = matches!(text.kind, FileKind::Text | FileKind::Markdown);
    if !is_prose || text.bytes.len() > SMALL {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.bytes.split(|b| *b == b'\n') {
        let words = line.split(|b| *b == b' ').take(25).count();
        if (12..=24).contains(&words) && line.first().is_some_and(u8::is_ascii_lowercase) {
            let words = run_of_words(line, 0);
            let words: Vec<_> = words
                .iter()
                .map(|w| start + w.start..start + w.end)
                .collect();
            found.extend(judge(text, &words, false));
        }
        start += line.len() + 1;
    }
    found
}

/// The first run of twelve words of the list or more that begins within `reach`.
fn run_of_words(text: &[u8], reach: usize) -> Vec<Range<usize>> {
    let mut run: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while let Some(skip) = text
        .get(at..)
        .and_then(|rest| rest.iter().position(u8::is_ascii_alphabetic))
    {
        let start = at + skip;
        let rest = text.get(start..).unwrap_or_default();
        let of_word = |b: &&u8| b.is_ascii_alphanumeric();
        let length = rest.iter().take_while(of_word).count();
        let gap = text.get(at..start).unwrap_or_default();
        let word = rest.get(..length).unwrap_or_default();
        let joins = gap.len() <= GAP && gap.iter().all(|b| b" \t\r\n\"',\\+".contains(b));
        let listed = length <= WORD && Mnemonic::has_word(word);
        if !(joins && listed) {
            if run.len() >= 12 {
                break;
            }
            run.clear();
        }
        if run.is_empty() && start > reach {
            break;
        }
        if listed {
            run.push(start..start + length);
        }
        at = start + length;
    }
    run
}

fn judge(text: &Text<'_>, words: &[Range<usize>], named: bool) -> Option<Candidate> {
    let spelt: Vec<&[u8]> = words.iter().map(|w| text.slice(w.clone())).collect();
    let phrase = Mnemonic::of(&spelt)?;
    let (first, last) = (words.first()?, words.last()?);
    if is_published(&spelt) || !(named || phrase.holds) {
        return None;
    }
    let span = Span::from_usize(first.start, last.end);
    let called = text.called(first.start);
    let mut redacted = Redacted::new("", last.end - first.start);
    redacted.checksum = Some(phrase.holds);
    Some(Candidate {
        rule: "secret/recovery-phrase",
        rank: Rank::Structure,
        label: span,
        mask: span,
        weight: if phrase.holds { Weight::Full } else { Weight::Note },
        confidence: if phrase.holds { Confidence::High } else { Confidence::Low },
        message: match phrase.holds {
            true => format!("recovery phrase of a wallet ({} words) is written into {called}", words.len()),
            false => format!("what looks like the recovery phrase of a wallet is written into {called}, but its checksum does not match"),
        },
        help: "Move what the wallet holds to a new one, then read the phrase at run time from a secret store".to_owned(),
        redacted,
    })
}

/// Phrases of specifications and tools repeat words, or are known.
fn is_published(words: &[&[u8]]) -> bool {
    let mut distinct = words.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    let start = words.get(..3).unwrap_or_default().join(&b' ');
    distinct.len() * 4 <= words.len() * 3 || PUBLISHED.contains(&start.as_slice())
}
