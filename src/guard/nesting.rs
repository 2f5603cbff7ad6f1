//! A cheap upper bound of nesting, so that native parsers never see what could overflow a stack.

/// True where the brackets of `bytes` nest deeper than `limit`.
///
/// Counts `(`, `[` and `{` against their closers without looking at strings or comments: it may
/// refuse an odd file, it never lets a deep one through.
pub fn exceeds(bytes: &[u8], limit: u32) -> bool {
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

#[cfg(test)]
mod tests {
    use super::exceeds;

    #[test]
    fn depth_counts_open_brackets_only() {
        assert!(!exceeds(b"()()()()", 1));
        assert!(exceeds(b"[[", 1));
    }
}
