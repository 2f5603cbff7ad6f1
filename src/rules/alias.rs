//! Ids of other tools, which write them in several ways.

/// True where both are the same id: with or without a name space in front, in upper or lower case,
/// with trivy's older prefixes. For comments, which are read where nothing else can be meant.
pub fn is_same_id(written: &str, alias: &str) -> bool {
    let tail = |id: &str| id.rsplit(['.', '/']).next().unwrap_or(id).len();
    let written = &written[written.len() - tail(written)..];
    let alias = &alias[alias.len() - tail(alias)..];
    !written.is_empty() && is_alias(written, alias)
}

/// The same for whole ids.
pub(crate) fn is_alias(written: &str, alias: &str) -> bool {
    written.eq_ignore_ascii_case(alias)
        || trivy_number(written).is_some_and(|number| trivy_number(alias) == Some(number))
}

/// The number in `DS-0002`, which was `DS002` and `AVD-DS-0002` before.
fn trivy_number(id: &str) -> Option<u32> {
    let strip = |id: &'_ str, prefix: &str| {
        let head = id.get(..prefix.len())?;
        head.eq_ignore_ascii_case(prefix).then_some(prefix.len())
    };
    let id = &id[strip(id, "AVD-").unwrap_or(0)..];
    let id = &id[strip(id, "DS")?..];
    let digits = id.strip_prefix('-').unwrap_or(id);
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_compared_without_case_and_name_space() {
        assert!(is_same_id(
            "python.lang.security.subprocess-shell-true",
            "subprocess-shell-true"
        ));
        assert!(is_same_id("hadolint/dl3006", "DL3006"));
        assert!(!is_same_id("DL3006", "DL3007"));
        assert!(!is_same_id("x.", "y."));
        assert!(!is_alias("dockerfile/missing-user", "missing-user"));
    }

    #[test]
    fn trivys_older_ids_mean_the_same() {
        for id in ["DS002", "DS-0002", "ds-0002", "AVD-DS-0002", "avd-ds-0002"] {
            assert!(is_same_id(id, "DS-0002"), "{id}");
        }
        for id in ["DS-0020", "DS", "DS-", "AVD-", "KSV-0002", "DSA-0002"] {
            assert!(!is_same_id(id, "DS-0002"), "{id}");
        }
    }
}
