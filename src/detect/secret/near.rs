use std::ops::Range;

/// How far around a candidate a word counts as near.
pub const BEFORE: usize = 240;
const AFTER: usize = 80;

/// What counts as near in a text of `length` bytes, and whether it stands behind the candidate.
pub fn around(length: usize, candidate: Range<usize>) -> [(Range<usize>, bool); 2] {
    let Range { start, end } = candidate;
    [
        (start.saturating_sub(BEFORE)..start, false),
        (end..length.min(end + AFTER), true),
    ]
}

/// True where one of the lower-case `words` stands close to the candidate, in any case.
pub fn has_one_of(bytes: &[u8], candidate: Range<usize>, words: &[String]) -> bool {
    around(bytes.len(), candidate)
        .into_iter()
        .any(|(range, _)| {
            let text = bytes.get(range).unwrap_or_default().to_ascii_lowercase();
            let is_in = |word: &String| memchr::memmem::find(&text, word.as_bytes()).is_some();
            words.iter().any(is_in)
        })
}
