//! Files whose grammar is their lines.

/// Lines without their ends, each with the offset at which it starts.
pub fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let body = text.get(at..).unwrap_or("");
    body.split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        (start, line.trim_end_matches(['\n', '\r']))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_keep_their_offsets_whatever_ends_them() {
        let found: Vec<_> = lines("\u{feff}a\r\n\n b").collect();
        assert_eq!(found, [(3, "a"), (6, ""), (7, " b")]);
    }
}
