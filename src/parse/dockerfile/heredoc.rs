//! Here-documents of ADD, COPY and RUN.

use super::expand::{Lookup, expand};
use crate::model::Span;
use crate::text::Mapped;

/// A here-document with its body.
#[derive(Clone, Debug)]
pub struct Heredoc {
    /// The name without quotes; for COPY and ADD also the file's name.
    pub name: String,
    /// False where some of the name is quoted: the body is then taken literally.
    pub expands: bool,
    /// `<<-`: leading tabs of the body and the terminator do not count.
    pub strips_tabs: bool,
    /// `3<<EOF` feeds descriptor 3.
    pub descriptor: Option<u32>,
    /// Of the marker (`<<EOF`) in the instruction's joined text.
    pub marker: Span,
    /// The body, tabs stripped where the marker asks for it.
    pub body: Mapped,
    /// Of the terminator's line in the source.
    pub terminator: Span,
}

/// A marker whose body has not been read yet.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Marker {
    pub name: String,
    pub expands: bool,
    pub strips_tabs: bool,
    pub descriptor: Option<u32>,
    pub span: Span,
    /// `<< EOF`, with blanks: shell arithmetic may look the same, so a missing terminator is no
    /// error.
    pub loose: bool,
}

/// The markers of a joined line from `start` on, in order. BuildKit finds none in text whose quotes
/// do not close, or with a `${...}` of a form that only shells know. `in_shell` is true where a
/// shell reads the markers, which takes a backslash for a quote.
pub(super) fn markers(line: &str, start: usize, in_shell: bool) -> Vec<Marker> {
    if !line.contains("<<") || expand(line, '\\', &|_| Lookup::Unset).is_none() {
        return Vec::new();
    }
    let Some(words) = shell_words(line, start) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut words = words.into_iter().peekable();
    while let Some((at, end)) = words.next() {
        let word = line.get(at..end).unwrap_or_default();
        let digits = word.len() - word.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (descriptor, rest) = word.split_at(digits);
        let Some(rest) = rest.strip_prefix("<<") else {
            continue;
        };
        let (strips_tabs, rest) = match rest.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let (quoted, end, loose) = if rest.is_empty() {
            let Some((next, next_end)) = words.peek().copied() else {
                continue;
            };
            words.next();
            (line.get(next..next_end).unwrap_or_default(), next_end, true)
        } else {
            (rest, end, false)
        };
        if quoted.contains('<') {
            continue;
        }
        let (name, is_quoted, is_escaped) = unquote(quoted);
        if name.is_empty() {
            continue;
        }
        found.push(Marker {
            name,
            expands: !(is_quoted || is_escaped && in_shell),
            strips_tabs,
            descriptor: descriptor.parse().ok(),
            span: Span::from_usize(at, end),
            loose,
        });
    }
    found
}

/// Words of a line where quotes group and stay; `None` where a quote does not close.
fn shell_words(line: &str, start: usize) -> Option<Vec<(usize, usize)>> {
    let mut words = Vec::new();
    let mut word: Option<usize> = None;
    let mut quote: Option<char> = None;
    let mut chars = line.char_indices();
    while let Some((at, c)) = chars.next() {
        if at < start {
            continue;
        }
        match quote {
            Some(open) => {
                if c == '\\' && open == '"' {
                    chars.next();
                } else if c == open {
                    quote = None;
                }
            }
            None if c.is_whitespace() => {
                if let Some(from) = word.take() {
                    words.push((from, at));
                }
            }
            None => {
                word.get_or_insert(at);
                match c {
                    '\'' | '"' => quote = Some(c),
                    '\\' => {
                        chars.next();
                    }
                    _ => {}
                }
            }
        }
    }
    if quote.is_some() {
        return None;
    }
    if let Some(from) = word {
        words.push((from, line.len()));
    }
    Some(words)
}

/// A name without its quotes and escapes, and whether it had some.
fn unquote(quoted: &str) -> (String, bool, bool) {
    let mut name = String::new();
    let (mut is_quoted, mut is_escaped) = (false, false);
    let mut quote: Option<char> = None;
    let mut chars = quoted.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (None, '\'' | '"') => {
                quote = Some(c);
                is_quoted = true;
            }
            (Some(open), c) if c == open => quote = None,
            (None | Some('"'), '\\') => {
                is_escaped = true;
                name.extend(chars.next());
            }
            _ => name.push(c),
        }
    }
    (name, is_quoted, is_escaped)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(line: &str) -> Vec<(String, bool)> {
        markers(line, 0, true)
            .into_iter()
            .map(|m| (m.name, m.expands))
            .collect()
    }

    #[test]
    fn quotes_anywhere_in_the_name_switch_expansion_off() {
        assert_eq!(names("RUN <<EOF"), [("EOF".into(), true)]);
        assert_eq!(names("RUN <<'EOF'"), [("EOF".into(), false)]);
        assert_eq!(names("RUN <<E\"O\"F"), [("EOF".into(), false)]);
        assert_eq!(names("RUN <<'a b'"), [("a b".into(), false)]);
        assert_eq!(names("RUN <<e'o\\'f"), [("eo\\f".into(), false)]);
    }

    #[test]
    fn a_backslash_in_the_name_is_a_quote_to_shells_only() {
        assert!(!markers("RUN cat <<\\EOF", 4, true)[0].expands);
        assert!(markers("COPY <<\\EOF /x", 5, false)[0].expands);
    }

    #[test]
    fn here_strings_quoted_markers_and_shifts_are_not_here_documents() {
        for line in [
            "RUN cat <<< text",
            "RUN echo \"<<EOF\"",
            "RUN echo '<<EOF'",
            "RUN echo $((1<<2))",
            "RUN echo a<<EOF",
            "RUN echo it's <<EOF",
            "RUN cat <<",
            "RUN echo ${a^^} <<EOF",
            "COPY ${x <<EOF /y",
        ] {
            assert_eq!(names(line), [], "{line}");
        }
    }

    #[test]
    fn several_markers_keep_their_order() {
        let found = markers("RUN <<A cat > /a && 3<<-B cat", 4, true);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].name, "A");
        assert_eq!(found[1].descriptor, Some(3));
        assert!(found[1].strips_tabs);
        assert_eq!(found[1].span, Span::new(20, 25));
    }

    #[test]
    fn blanks_before_the_name_are_accepted() {
        let found = markers("RUN <<  EOF", 4, true);
        assert_eq!(found[0].name, "EOF");
        assert!(found[0].loose);
    }
}
