//! A cheap upper bound of nesting, so that native parsers never see what could overflow a stack.

/// True where the brackets of `bytes` nest deeper than `limit`.
///
/// Counts `(`, `[` and `{` against their closers without looking at strings or comments: it may
/// refuse an odd file, it never lets a deep one through.
pub fn exceeds(bytes: &[u8], limit: u32) -> bool {
    // Most files do not have as many brackets.
    let open = memchr::memchr3_iter(b'(', b'[', b'{', bytes);
    if open.take(limit as usize + 1).count() <= limit as usize {
        return false;
    }
    let mut depth = 0u32;
    for byte in bytes {
        match byte {
            b'(' | b'[' | b'{' => {
                depth += 1;
                if depth > limit {
                    return true;
                }
            }
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

/// A text whose deepest parts are blank, so that it nests no deeper than a limit.
#[derive(Debug, PartialEq, Eq)]
pub struct Shallow {
    /// As long as the text, with its line ends where they were.
    pub bytes: Vec<u8>,
    /// Where a line begins that looks like the next statement of a file, if what nests too deep
    /// does not end within [`PATIENCE`] bytes.
    pub restart: Option<usize>,
}

/// How far the end of what nests too deep is looked for.
const PATIENCE: usize = 64 << 10;

/// `bytes` with everything blanked that nests deeper than `limit`; `None` where nothing does.
pub fn shallow(bytes: &[u8], limit: u32) -> Option<Shallow> {
    if !exceeds(bytes, limit) {
        return None;
    }
    let mut blanked = bytes.to_vec();
    let mut depth = 0u32;
    // Where it got too deep, and the first line after that which could be a new beginning.
    let mut deep: Option<(usize, Option<usize>)> = None;
    for (at, byte) in blanked.iter_mut().enumerate() {
        match *byte {
            b'(' | b'[' | b'{' => depth = depth.saturating_add(1),
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        let was_deep = deep.is_some();
        if depth <= limit {
            deep = None;
        } else if let Some((since, line)) = &mut deep {
            let is_start = at.checked_sub(1).and_then(|at| bytes.get(at)) == Some(&b'\n');
            if line.is_none() && is_start && (byte.is_ascii_alphabetic() || b"@#$_".contains(byte))
            {
                *line = Some(at);
            }
            if at - *since > PATIENCE && line.is_some() {
                break;
            }
        } else {
            deep = Some((at, None));
        }
        // The bracket that closes the first one too many goes with it.
        if (was_deep || deep.is_some()) && !matches!(*byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
    Some(Shallow {
        bytes: blanked,
        restart: deep.and_then(|(_, line)| line),
    })
}

#[cfg(test)]
mod tests {
    use super::{PATIENCE, exceeds, shallow};

    #[test]
    fn only_what_nests_too_deep_is_blanked() {
        assert_eq!(shallow(b"a(b[c]d)e", 2), None);
        let blank = shallow("a(b[c\u{e9}\n]d)[e]".as_bytes(), 1).expect("too deep");
        assert_eq!(blank.bytes, b"a(b    \n d)[e]");
        assert_eq!(blank.restart, None);
    }

    #[test]
    fn a_nest_that_never_ends_ends_where_a_line_could_begin_anew() {
        let text = b"x = [[\n y\nnext\nlast\n";
        assert_eq!(shallow(text, 1).expect("too deep").restart, Some(10));
        let long = [&b"[[\nnext\n"[..], &b"a\n".repeat(PATIENCE), b"]]\n"].concat();
        assert_eq!(shallow(&long, 1).expect("too deep").restart, Some(3));
        assert_eq!(shallow(b"[[\nnext\n]]", 1).expect("too deep").restart, None);
    }

    #[test]
    fn depth_counts_open_brackets_only() {
        assert!(!exceeds(b"()()()()", 1));
        assert!(exceeds(b"[[", 1));
    }
}
