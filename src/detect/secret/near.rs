//! The words of vendors around a value: which of them speak of it?

use std::ops::Range;

use crate::text::Needles;

use super::credential_name;
use super::kind::Kind;

/// How far around a value a word counts as near.
const BEFORE: usize = 320;
const AFTER: usize = 160;

/// How near: in the name itself, on the line, or a few lines away; then by distance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nearness {
    Name,
    Line(usize),
    Lines(usize),
}

/// A word of a kind, seen near a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    pub kind: usize,
    pub nearness: Nearness,
    pub length: usize,
    /// The word is a vendor's, not one like `token` that fits to any.
    pub is_vendors: bool,
}

/// The words of all kinds that only their surroundings tell from other text.
#[derive(Debug)]
pub struct Words {
    needles: Needles,
    /// For each word whether it is a vendor's, and the kinds that it speaks of, with whether it
    /// must be a word of the name.
    meant: Vec<(bool, Vec<(usize, bool)>)>,
}

impl Words {
    pub fn new(kinds: &[Kind]) -> Self {
        let mut words = std::collections::BTreeMap::<String, Vec<(usize, bool)>>::new();
        for (at, kind) in kinds.iter().enumerate().filter(|(_, k)| k.needs_name()) {
            let near = kind.pattern.near.iter().map(|word| (word, false));
            let named = kind.pattern.named.iter().map(|word| (word, true));
            for (word, whole) in near.chain(named) {
                for spelling in spellings(word) {
                    let kinds = words.entry(spelling).or_default();
                    if !kinds.contains(&(at, whole)) {
                        kinds.push((at, whole));
                    }
                }
            }
        }
        Self {
            needles: Needles::new(words.keys().map(String::as_str)),
            meant: words
                .into_iter()
                .map(|(word, kinds)| (!credential_name::is_plain(&word), kinds))
                .collect(),
        }
    }

    /// Every word near the value, and how near it is.
    pub fn around(
        &self,
        bytes: &[u8],
        name: Option<&Range<usize>>,
        value: &Range<usize>,
    ) -> Vec<Seen> {
        let window = value.start.saturating_sub(BEFORE)..bytes.len().min(value.end + AFTER);
        let name = name.map_or(value.start..value.start, |name| qualified(bytes, name));
        let line = line_around(bytes, &window, value);
        let text = bytes.get(window.clone()).unwrap_or_default();
        let mut seen = Vec::new();
        for hit in self.needles.hits(text) {
            let at = window.start + hit.range.start..window.start + hit.range.end;
            if at.start < value.end && value.start < at.end {
                continue;
            }
            let distance = match at.start < value.start {
                true => value.start - at.end,
                false => at.start - value.end,
            };
            let nearness = match () {
                () if name.start <= at.start && at.end <= name.end => Nearness::Name,
                () if line.start <= at.start && at.end <= line.end => Nearness::Line(distance),
                () if at.start < value.start => Nearness::Lines(distance),
                // The next lines name a value less often than those before it.
                () => Nearness::Lines(BEFORE + distance),
            };
            let is_word = is_whole_word(bytes, &at)
                && (nearness == Nearness::Name
                    || (at.end <= value.start && opens_a_section(bytes, at.end))
                    || is_host(bytes, &at));
            let Some((is_vendors, kinds)) = self.meant.get(hit.needle) else {
                continue;
            };
            for (kind, _) in kinds.iter().filter(|(_, whole)| !whole || is_word) {
                seen.push(Seen {
                    kind: *kind,
                    nearness,
                    length: at.len(),
                    is_vendors: *is_vendors,
                });
            }
        }
        seen
    }
}

/// The ways of joining the words of a name: `hex_api_key`, `hex-api-key`, `hex.api.key`, `hexApiKey`.
pub fn spellings(word: &str) -> Vec<String> {
    let plain = word.replace(['-', '.'], "_");
    if word.contains('.') || !plain.contains('_') {
        return vec![word.to_owned()];
    }
    let mut all: Vec<String> = ["_", "-", "."]
        .iter()
        .map(|sign| plain.replace('_', sign))
        .collect();
    // Without its sign an end is a part of any word.
    if plain.trim_matches('_') == plain {
        all.push(plain.replace('_', ""));
        // `hex.api_key`, `hex-api_key`: only the first sign is another.
        all.push(plain.replacen('_', ".", 1));
    }
    all
}

/// `Box(`, `box:`, `[box]`, `"box" {`: what follows belongs to whatever is called so.
fn opens_a_section(bytes: &[u8], at: usize) -> bool {
    let rest = bytes.get(at..bytes.len().min(at + 8)).unwrap_or_default();
    let rest = match rest {
        [b'"' | b'\'', rest @ ..] => rest,
        rest => rest,
    };
    match rest {
        // With a value of its own behind it, it is a field beside the other.
        [b':', rest @ ..] => {
            matches!(
                rest.trim_ascii_start().first(),
                None | Some(b'{' | b'[' | b'(')
            ) || matches!(rest, [b'\n' | b'\r', ..])
        }
        [b'(' | b']', ..] | [b' ', b'{', ..] => true,
        _ => false,
    }
}

/// `api.box.com`, `//box.com`.
fn is_host(bytes: &[u8], at: &Range<usize>) -> bool {
    let before = bytes
        .get(at.start.saturating_sub(4)..at.start)
        .unwrap_or_default();
    (before.ends_with(b"api.") || before.ends_with(b"//"))
        && matches!(bytes.get(at.end..at.end + 2), Some([b'.', letter]) if letter.is_ascii_lowercase())
}

/// The name with what it is a part of: `linode.token`, `config["linode"]["token"]`.
fn qualified(bytes: &[u8], name: &Range<usize>) -> Range<usize> {
    let before = bytes.get(name.start.saturating_sub(80)..name.start);
    let part_of_path = |b: &&u8| b.is_ascii_alphanumeric() || b"_-.[]\"':>?!".contains(b);
    let path = before.map_or(0, |before| {
        before.iter().rev().take_while(part_of_path).count()
    });
    // Without a sign that joins them, what stands before is another text.
    let joined = bytes
        .get(name.start - path..name.start)
        .is_some_and(|path| {
            path.ends_with(b".")
                || path.ends_with(b"[\"")
                || path.ends_with(b"['")
                || path.ends_with(b"::")
                || path.ends_with(b"->")
        });
    let start = if joined {
        name.start - path
    } else {
        name.start
    };
    start..name.end
}

/// The line of the value, as far as the window shows it.
fn line_around(bytes: &[u8], window: &Range<usize>, value: &Range<usize>) -> Range<usize> {
    let before = bytes.get(window.start..value.start).unwrap_or_default();
    let after = bytes.get(value.end..window.end).unwrap_or_default();
    let start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
    let end = memchr::memchr(b'\n', after).unwrap_or(after.len());
    window.start + start..value.end + end
}

/// True where a text is a word of an identifier: `box` in `BOX_SECRET`, `boxSecret`, `my-box`,
/// not in `inbox` or `boxed`.
fn is_whole_word(bytes: &[u8], at: &Range<usize>) -> bool {
    let get = |at: Option<usize>| at.and_then(|at| bytes.get(at)).copied().unwrap_or(b' ');
    let (first, last) = (get(Some(at.start)), get(Some(at.end - 1)));
    let (before, after) = (get(at.start.checked_sub(1)), get(Some(at.end)));
    let begins = !before.is_ascii_alphabetic()
        || (first.is_ascii_uppercase() && before.is_ascii_lowercase());
    let ends =
        !after.is_ascii_alphabetic() || (after.is_ascii_uppercase() && last.is_ascii_lowercase());
    begins && ends
}

/// True where one of the lower-case `words` stands close to the candidate, in any case.
pub fn has_one_of(bytes: &[u8], candidate: Range<usize>, words: &[String]) -> bool {
    let before = candidate.start.saturating_sub(BEFORE)..candidate.start;
    let after = candidate.end..bytes.len().min(candidate.end + AFTER);
    [before, after].into_iter().any(|range| {
        let text = bytes.get(range).unwrap_or_default().to_ascii_lowercase();
        let is_in = |word: &String| memchr::memmem::find(&text, word.as_bytes()).is_some();
        words.iter().any(is_in)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_an_identifier_is_told_from_a_part_of_a_word() {
        for (text, whole) in [
            ("BOX_SECRET", true),
            ("boxSecret", true),
            ("myBoxSecret", true),
            ("BoxSecret", true),
            ("inbox_secret", false),
            ("boxed_secret", false),
            ("INBOXSECRET", false),
        ] {
            let at = text.to_ascii_lowercase().find("box").expect("box");
            assert_eq!(
                is_whole_word(text.as_bytes(), &(at..at + 3)),
                whole,
                "{text}"
            );
        }
    }

    #[test]
    fn words_are_joined_in_any_way() {
        let said = spellings("hex_api_key");
        for spelling in [
            "hex_api_key",
            "hex-api-key",
            "hex.api.key",
            "hex.api_key",
            "hexapikey",
        ] {
            assert!(said.iter().any(|s| s == spelling), "{spelling}");
        }
        assert!(!spellings("gcs_").contains(&"gcs".to_owned()));
        assert_eq!(spellings("lob.com"), ["lob.com"]);
    }

    #[test]
    fn a_path_belongs_to_the_name_and_other_text_does_not() {
        for (text, qualified_name) in [
            ("x = linode.token", "linode.token"),
            ("c[\"linode\"][\"token", "c[\"linode\"][\"token"),
            ("linode: token", "token"),
            ("\"linode\":\"token", "token"),
        ] {
            let at = text.len() - 5..text.len();
            let found = qualified(text.as_bytes(), &at);
            assert_eq!(&text[found], qualified_name, "{text}");
        }
    }
}
