use super::Value;
use crate::model::Span;
use crate::text::Mapped;

impl Value<'_> {
    /// The text of a scalar, each piece in its place in the file. `shown` stands for the text and
    /// is as long as it; `None` where the file spells it in a way that cannot be followed.
    pub fn mapped(self, file: &str, shown: &str) -> Option<Mapped> {
        let value = self.as_str().filter(|value| value.len() == shown.len())?;
        let mut at = self.span().start as usize;
        let begun = file.get(at..)?;
        if self.is_block() && begun.starts_with(['|', '>']) {
            at += begun.find('\n')? + 1;
        }
        let quote = match begun.chars().next() {
            Some(quote @ ('"' | '\'')) if !self.is_block() => {
                at += 1;
                Some(quote)
            }
            _ => None,
        };
        follow(file, at, value, shown, quote)
    }
}

fn follow(
    file: &str,
    start: usize,
    value: &str,
    shown: &str,
    quote: Option<char>,
) -> Option<Mapped> {
    let mut mapped = Mapped::new();
    let mut at = start;
    let mut chars = value.char_indices().peekable();
    if !value.starts_with(char::is_whitespace) {
        at += blanks(file.get(at..)?, None);
    }
    while let Some((from, c)) = chars.next() {
        let rest = file.get(at..)?;
        let mut to = from + c.len_utf8();
        let length = if c.is_whitespace() {
            while let Some((next, blank)) = chars.next_if(|(_, c)| c.is_whitespace()) {
                to = next + blank.len_utf8();
            }
            // Lines are folded and indented: a run of blanks stands for a run of blanks.
            // What a block begins with may stand before the place that is known of it.
            Some(blanks(rest, quote)).filter(|length| *length > 0 || from == 0)?
        } else if rest.starts_with(c) && !(c == '\'' && quote == Some('\'')) {
            c.len_utf8()
        } else if let Some('"') = quote {
            let escaped = rest.strip_prefix('\\')?;
            escaped.starts_with(c).then_some(1 + c.len_utf8())?
        } else {
            (c == '\'' && rest.starts_with("''")).then_some(2)?
        };
        mapped.push_for(shown.get(from..to)?, Span::from_usize(at, at + length));
        at += length;
        // A backslash at the end of a line in quotes joins it to the next one.
        if quote == Some('"') && file.get(at..)?.starts_with("\\\n") {
            at += 1 + blanks(file.get(at + 1..)?, None);
        }
    }
    Some(mapped)
}

/// Bytes of white space that a text begins with, escaped white space included within quotes.
fn blanks(text: &str, quote: Option<char>) -> usize {
    let mut rest = text;
    loop {
        let before = rest.len();
        rest = rest.trim_start();
        if quote == Some('"') {
            let escapes = ["\\n", "\\t", "\\r", "\\ "];
            let after = escapes.iter().find_map(|escape| rest.strip_prefix(escape));
            rest = after.unwrap_or(rest);
        }
        if rest.len() == before {
            return text.len() - rest.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::model::Span;
    use crate::parse::yaml::Yaml;

    #[test]
    fn words_of_a_scalar_are_found_in_the_file() {
        for text in [
            "a: x word y",
            "a: 'it''s word'",
            "a: \"\\\"x\\\" word\"",
            "a: \"x\\nword\"",
            "a: \"x \\\n  word\"",
            "a: |\n  x\n\n    word\n  y\n",
            "a: >-\n  x\n  word\n",
            "a: >\n\n  'x' word\n",
            "a: \"é word\"",
            "a: x\n  word",
            "- {a: word}",
        ] {
            let yaml = Yaml::parse(text);
            let root = yaml.root().expect("a document");
            let value = root.get("a").or_else(|| root.items().next()?.get("a"));
            let value = value.expect("a value");
            let whole = value.as_str().expect("a scalar");
            let mapped = value.mapped(text, whole).expect(text);
            assert_eq!(mapped.as_str(), whole);
            let at = whole.find("word").expect("the word");
            let span = mapped.span(Span::from_usize(at, at + 4));
            assert_eq!(text.get(span.range()), Some("word"), "{text}");
        }
    }
}
