//! Text from files, names and advisories, made fit for a terminal.

use std::fmt::Write as _;

/// True for characters that move the cursor, colour, reorder or hide text.
fn is_hostile(c: char) -> bool {
    matches!(c,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}'          // C0, DEL, C1
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' // zero width, separators, bidi
        | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{ad}' | '\u{61c}' | '\u{180e}'
        | '\u{e0000}'..='\u{e007f}') // tag characters
}

/// One line: every control, bidi and invisible character is written out, line ends too.
pub fn line(text: &str) -> String {
    neutralise(text, |_| false)
}

/// Several lines: as [`line`], but `\n` and `\t` stay.
pub fn block(text: &str) -> String {
    neutralise(text, |c| matches!(c, '\n' | '\t'))
}

fn neutralise(text: &str, keep: impl Fn(char) -> bool) -> String {
    if !text.chars().any(|c| is_hostile(c) && !keep(c)) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if !is_hostile(c) || keep(c) {
            out.push(c);
        } else {
            let _ = match c {
                '\n' => write!(out, "\\n"),
                '\r' => write!(out, "\\r"),
                '\t' => write!(out, "\\t"),
                c if (c as u32) < 0x100 => write!(out, "\\x{:02x}", c as u32),
                c => write!(out, "<U+{:04X}>", c as u32),
            };
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{block, line};

    #[test]
    fn escapes_bidi_and_line_ends_become_visible() {
        assert_eq!(
            line("a\u{1b}[31mb\n::error::\u{202e}"),
            "a\\x1b[31mb\\n::error::<U+202E>"
        );
    }

    #[test]
    fn a_block_keeps_its_lines_and_tabs_only() {
        assert_eq!(block("a\n\tb\r"), "a\n\tb\\r");
    }

    #[test]
    fn ordinary_text_passes_unchanged() {
        assert_eq!(line("naïve – 漢字 😀"), "naïve – 漢字 😀");
    }
}
