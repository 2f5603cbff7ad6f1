/// Longest pipeline that is parsed, and most pipelines that may be unfinished at one place.
///
/// Where a text ends in the middle of pipelines, the grammar's recovery takes time by the square
/// of this number, and no clock is asked meanwhile. Nobody writes as many.
pub(super) const LIMIT: u32 = 256;

/// True where more pipes than anybody writes wait for the end of their statement.
///
/// Knows neither strings nor heredocs: it may refuse an odd text, it never lets a long one through.
pub(super) fn exceeds(text: &str) -> bool {
    // Most texts have too few pipes for that, wherever they stand.
    if memchr::memchr_iter(b'|', text.as_bytes()).count() <= LIMIT as usize {
        return false;
    }
    let mut waiting = 0u32;
    // What would close each compound command that is open, and what was waiting when it began.
    let mut open: Vec<(&[u8], u32)> = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    // Whether a statement goes on after the end of this line.
    let mut wants_more = false;
    while let Some(&byte) = bytes.get(at) {
        let start = at;
        at += 1;
        match byte {
            b' ' | b'\t' | b'\r' => continue,
            b'\\' => {
                at += 1;
                wants_more |= bytes.get(start + 1) == Some(&b'\n');
                continue;
            }
            b'#' if bytes[..start].last().is_none_or(u8::is_ascii_whitespace) => {
                at = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |end| at + end);
                continue;
            }
            b'|' | b'&' => {
                let twice = bytes.get(at) == Some(&byte);
                if byte == b'|' && !twice {
                    waiting += 1;
                    if waiting > LIMIT {
                        return true;
                    }
                }
                at += usize::from(twice);
                wants_more = twice || byte == b'|';
                continue;
            }
            b'(' => open.push((b")", waiting)),
            b'{' => open.push((b"}", waiting)),
            b'[' => open.push((b"]", waiting)),
            b';' => waiting = open.last().map_or(0, |(_, outside)| *outside),
            b'\n' if !wants_more => waiting = open.last().map_or(0, |(_, outside)| *outside),
            b'\n' => continue,
            b')' | b'}' | b']' | b'a'..=b'z' => {
                if byte.is_ascii_lowercase() {
                    let is_end = |b: &u8| !b.is_ascii_alphanumeric() && *b != b'_';
                    let end = bytes[at..].iter().position(is_end);
                    at = end.map_or(bytes.len(), |end| at + end);
                }
                let word = &bytes[start..at];
                match word {
                    b"if" => open.push((b"fi", waiting)),
                    b"while" | b"until" | b"for" | b"select" => open.push((b"done", waiting)),
                    b"case" => open.push((b"esac", waiting)),
                    _ => {
                        // What closes nothing that is open here is not believed.
                        if open.last().is_some_and(|(close, _)| *close == word)
                            && let Some((_, outside)) = open.pop()
                        {
                            waiting = outside;
                        }
                    }
                }
            }
            _ => {}
        }
        wants_more = false;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{LIMIT, exceeds};

    #[test]
    fn pipes_of_finished_statements_do_not_wait() {
        for text in [
            "a | b\n",
            "a | b; ",
            "a | b |\n c # | |\n",
            "if a | b; then c | d; fi\n",
            "case $(a | b) in c | d) e ;; esac\n",
            "f() { a | b; }\n",
            "a | b && c | \\\n d\n",
            "a || b || ",
        ] {
            assert!(!exceeds(&text.repeat(10 * LIMIT as usize)), "{text}");
        }
    }

    #[test]
    fn pipes_that_wait_are_counted_wherever_they_are() {
        for text in [
            "a | ",
            "a |& ",
            "a |\n",
            "a | \\\n",
            "a | (b; ",
            "a | if b; then\n",
            "a | for b in c; do\n",
            "} case a in a | ",
            "]] a | ",
            "a | # b\n",
        ] {
            assert!(exceeds(&text.repeat(2 * LIMIT as usize)), "{text}");
        }
    }
}
