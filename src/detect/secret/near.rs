/// How far around a candidate a word counts as near.
const BEFORE: usize = 240;
const AFTER: usize = 80;

/// True where one of the lower-case `words` stands close to `start..end`, in any case.
pub fn has_one_of(bytes: &[u8], start: usize, end: usize, words: &[String]) -> bool {
    let before = bytes
        .get(start.saturating_sub(BEFORE)..start)
        .unwrap_or_default();
    let after = bytes
        .get(end..bytes.len().min(end + AFTER))
        .unwrap_or_default();
    let before = before.to_ascii_lowercase();
    let after = after.to_ascii_lowercase();
    words.iter().any(|word| {
        [&before, &after]
            .iter()
            .any(|text| memchr::memmem::find(text, word.as_bytes()).is_some())
    })
}
