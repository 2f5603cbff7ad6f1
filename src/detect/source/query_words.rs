//! The words that a query asks for by themselves: without them its grammar need not be loaded.

/// For each pattern of a query, lists of words of each of which one must stand in a file: what
/// `#eq?` and `#any-of?` compare with.
pub(super) fn words(query: &str) -> Vec<Vec<Vec<String>>> {
    let mut patterns = Vec::new();
    let mut groups = Vec::new();
    let mut depth = 0u32;
    // The predicate that is open: how deep it began, and its texts.
    let mut open: Option<(u32, Vec<String>)> = None;
    let mut rest = query;
    while let Some(next) = rest.chars().next() {
        let mut length = next.len_utf8();
        match next {
            '(' | '[' => {
                depth += 1;
                let inner = rest.get(length..).unwrap_or_default().trim_start();
                let is_word_test = ["#eq?", "#any-of?"].iter().any(|p| inner.starts_with(p));
                if open.is_none() && is_word_test {
                    open = Some((depth, Vec::new()));
                }
            }
            ')' | ']' => {
                if let Some((_, words)) = open.take_if(|(began, _)| *began == depth)
                    && !words.is_empty()
                    && words.iter().all(|word| is_word(word))
                {
                    groups.push(words);
                }
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    patterns.push(std::mem::take(&mut groups));
                }
            }
            '"' => {
                let inner = rest.get(1..).unwrap_or_default();
                let end = end_of_text(inner);
                if let (Some((_, words)), Some(text)) = (&mut open, inner.get(..end)) {
                    words.push(text.to_owned());
                }
                length = end + 2;
            }
            ';' => length = memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len()),
            _ => {}
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    patterns
}

/// Where the closing quote of a text stands.
fn end_of_text(text: &str) -> usize {
    let mut escaped = false;
    let end = text.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.unwrap_or(text.len())
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn every_pattern_has_the_words_of_its_own_predicates() {
        let query = "; (#eq? @f \"no\")\n((call) @at (#eq? @f \"a\") (#any-of? @g \"b\" \"c\"))\n\
                     ((x \"(\" @f) (#match? @f \"d\") (#eq? @f \"!=\") (#not-eq? @f \"e\"))";
        assert_eq!(words(query), [vec![vec!["a"], vec!["b", "c"]], vec![]]);
    }

    #[test]
    fn what_is_no_query_has_some_end() {
        for text in [
            "((((",
            "\"",
            "(#eq? @a \"\\\"",
            ")))",
            "[(#eq?",
            "\u{e4}(\"\u{e4}",
        ] {
            let _ = words(text);
        }
    }
}
