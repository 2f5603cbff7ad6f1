//! Versions as builds of the JVM ask for them.

/// The version that is meant, where it is one: no range, no beginning of one, nothing that is left
/// to the day of the build.
pub fn exact(asked: &str) -> Option<&str> {
    let asked = asked.trim();
    // `[1.2]` allows one version.
    let inner = asked
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let version = inner.unwrap_or(asked).trim();
    let open = version.is_empty()
        || version.contains(['[', ']', '(', ')', ',', '$', '&', ' '])
        || version.ends_with('+')
        || version.starts_with("latest.")
        || matches!(version, "LATEST" | "RELEASE");
    (!open).then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_version_is_exact() {
        assert_eq!(exact(" 1.2 "), Some("1.2"));
        assert_eq!(exact("[1.2]"), Some("1.2"));
        assert_eq!(exact("1.0.0+7.k"), Some("1.0.0+7.k"));
        for range in [
            "",
            "[1,2)",
            "(,1]",
            "1.+",
            "+",
            "latest.release",
            "RELEASE",
            "${x}",
        ] {
            assert_eq!(exact(range), None, "{range}");
        }
    }
}
