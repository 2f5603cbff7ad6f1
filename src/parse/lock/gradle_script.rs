//! The words, texts and signs of a build script of Gradle's, in Groovy or in Kotlin.

use crate::model::Span;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A name, with the names that it is reached through: `ext.version`.
    Word,
    /// A text without its quotes; with or without something to fill in.
    Text {
        interpolated: bool,
    },
    Sign,
    /// The end of a line, or a semicolon.
    End,
}

#[derive(Clone, Copy, Debug)]
pub struct Token<'t> {
    pub kind: Kind,
    pub text: &'t str,
    pub span: Span,
}

/// Reads a script; a text that does not end is none.
pub fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::with_capacity(text.len() / 8);
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let first = rest.chars().next().unwrap_or(' ');
        if rest.starts_with("//") {
            at += rest.find('\n').unwrap_or(rest.len());
        } else if rest.starts_with("/*") {
            at += rest.find("*/").map_or(rest.len(), |end| end + 2);
        } else if let '"' | '\'' = first {
            let (quote, end) = quoted(rest, first);
            let Some(end) = end else {
                at += quote;
                continue;
            };
            let inner = &rest[quote..end];
            tokens.push(Token {
                kind: Kind::Text {
                    interpolated: first == '"' && inner.contains('$'),
                },
                text: inner,
                span: Span::from_usize(at + quote, at + end),
            });
            at += end + quote;
        } else {
            let in_word = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
            let is_word = first.is_alphabetic() || first == '_';
            let length = match is_word {
                true => rest.find(|c: char| !in_word(c)).unwrap_or(rest.len()),
                false => first.len_utf8(),
            };
            let kind = match first {
                _ if is_word => Some(Kind::Word),
                '\n' | ';' => Some(Kind::End),
                c if c.is_whitespace() => None,
                _ => Some(Kind::Sign),
            };
            tokens.extend(kind.map(|kind| Token {
                kind,
                text: &rest[..length],
                span: Span::from_usize(at, at + length),
            }));
            at += length;
        }
    }
    tokens
}

/// The length of the quotes that a text begins with, and where the closing ones stand.
fn quoted(rest: &str, quote: char) -> (usize, Option<usize>) {
    let triple = if quote == '"' { "\"\"\"" } else { "'''" };
    if rest.starts_with(triple) {
        return (3, rest[3..].find(triple).map(|end| end + 3));
    }
    let mut escaped = false;
    // Within `${}`, quotes are those of an expression.
    let mut depth = 0usize;
    let mut before = 0;
    for (at, byte) in rest.bytes().enumerate().skip(1) {
        match byte {
            b'\n' => break,
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'{' if depth > 0 || before == b'$' && quote == '"' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            byte if byte == quote as u8 && depth == 0 => return (1, Some(at)),
            _ => {}
        }
        before = byte;
    }
    (1, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_told_from_comments_and_words() {
        let filled = "\"a${b[\"c\"]}d\" e";
        let found: Vec<&str> = tokens(filled).iter().map(|t| t.text).collect();
        assert_eq!(found, ["a${b[\"c\"]}d", "e"]);
        let script = "a.b 'x // y' /* 'no */ \"$v\"; // 'no'\n\"\"\"z \"q\" \"\"\" 'open\nc";
        let found: Vec<(Kind, &str)> = tokens(script).iter().map(|t| (t.kind, t.text)).collect();
        let text = |interpolated| Kind::Text { interpolated };
        assert_eq!(
            found,
            [
                (Kind::Word, "a.b"),
                (text(false), "x // y"),
                (text(true), "$v"),
                (Kind::End, ";"),
                (Kind::End, "\n"),
                (text(false), "z \"q\" "),
                (Kind::Word, "open"),
                (Kind::End, "\n"),
                (Kind::Word, "c"),
            ]
        );
    }
}
