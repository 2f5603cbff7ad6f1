//! Versions as NuGet is asked for them.

/// The version that is installed, where it is known: a plain one is the lowest that is allowed,
/// and the lowest is taken. Ranges and floating versions depend on the day.
pub fn exact(asked: &str) -> Option<&str> {
    let asked = asked.trim();
    let inner = asked
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let version = inner.unwrap_or(asked).trim();
    let open = version.is_empty() || version.contains(['[', ']', '(', ')', ',', '*', '$', ' ']);
    (!open).then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_version_is_exact() {
        assert_eq!(exact("1.2.3"), Some("1.2.3"));
        assert_eq!(exact("[1.2.3]"), Some("1.2.3"));
        for range in [
            "",
            "*",
            "1.*",
            "1.2.3-*",
            "[1.0,2.0)",
            "(1.0,)",
            "$(Version)",
        ] {
            assert_eq!(exact(range), None, "{range}");
        }
    }
}
