use std::borrow::Cow;

/// The text with each "`# remark`" as blanks.
///
/// That is how a remark is written in the middle of a long command: a substitution that holds nothing
/// but a comment. The grammar would take the rest of the line for the comment.
pub(super) fn without_remarks(text: &str) -> Cow<'_, str> {
    let mut blanked: Option<Vec<u8>> = None;
    let mut at = 0;
    let next = |from: usize| {
        let rest = text.get(from..).unwrap_or_default();
        rest.find('`').map(|found| from + found)
    };
    while let Some(open) = next(at) {
        let Some(close) = next(open + 1) else { break };
        let inside = text.get(open + 1..close).unwrap_or_default();
        if inside.trim_start_matches(' ').starts_with('#') && !inside.contains('\n') {
            let bytes = blanked.get_or_insert_with(|| text.as_bytes().to_vec());
            if let Some(remark) = bytes.get_mut(open..=close) {
                remark.fill(b' ');
            }
        }
        at = close + 1;
    }
    match blanked.map(String::from_utf8) {
        Some(Ok(text)) => Cow::Owned(text),
        _ => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::without_remarks;

    #[test]
    fn a_remark_becomes_blanks_and_all_else_stays_in_its_place() {
        let blanked = |length: usize| format!("a {} c", " ".repeat(length));
        assert_eq!(without_remarks("a `# b` c"), blanked(5));
        assert_eq!(without_remarks("a ` # é` c"), blanked(7));
        for text in ["a `b # c` d", "a `b` # c `d`", "a `# b\nc`", "a `#", ""] {
            assert_eq!(without_remarks(text), text);
        }
    }
}
