//! CVSS vectors and the words databases use, as one severity.

use crate::model::Severity;

/// The rating of a vector of version 2, 3 or 4; `None` where it cannot be read.
pub fn of_vector(vector: &str) -> Option<Severity> {
    if vector.starts_with("CVSS:") {
        let cvss: cvss::Cvss = vector.parse().ok()?;
        return Some(of_score(cvss.score()));
    }
    version_2(vector).map(of_score)
}

/// The rating scale of CVSS 3 and 4, which GitHub applies to version 2 as well.
pub fn of_score(score: f64) -> Severity {
    if score >= 9.0 {
        Severity::Critical
    } else if score >= 7.0 {
        Severity::High
    } else if score >= 4.0 {
        Severity::Medium
    } else {
        Severity::Low
    }
}

/// The words of GitHub's and other databases.
pub fn of_word(word: &str) -> Option<Severity> {
    match word.to_ascii_lowercase().as_str() {
        "critical" => Some(Severity::Critical),
        "high" | "important" => Some(Severity::High),
        "medium" | "moderate" => Some(Severity::Medium),
        "low" | "negligible" => Some(Severity::Low),
        _ => None,
    }
}

/// The base score (<https://www.first.org/cvss/v2/guide>, section 3.2.1).
fn version_2(vector: &str) -> Option<f64> {
    let vector = vector.trim_start_matches('(').trim_end_matches(')');
    let metric = |name: &str, values: [(&str, f64); 3]| {
        let given = vector
            .split('/')
            .find_map(|part| part.strip_prefix(name)?.strip_prefix(':'))?;
        let found = values.into_iter().find(|(value, _)| *value == given);
        found.map(|(_, weight)| weight)
    };
    let harm = [("N", 0.0), ("P", 0.275), ("C", 0.66)];
    let access = metric("AV", [("L", 0.395), ("A", 0.646), ("N", 1.0)])?;
    let complexity = metric("AC", [("H", 0.35), ("M", 0.61), ("L", 0.71)])?;
    let authentication = metric("Au", [("M", 0.45), ("S", 0.56), ("N", 0.704)])?;
    let (c, i, a) = (metric("C", harm)?, metric("I", harm)?, metric("A", harm)?);
    let impact = 10.41 * (1.0 - (1.0 - c) * (1.0 - i) * (1.0 - a));
    let exploitability = 20.0 * access * complexity * authentication;
    let factor = if impact == 0.0 { 0.0 } else { 1.176 };
    let score = (0.6 * impact + 0.4 * exploitability - 1.5) * factor;
    Some((score * 10.0).round() / 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_of_each_version_are_rated() {
        for (vector, severity) in [
            (
                "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H",
                Severity::Critical,
            ),
            (
                "CVSS:3.0/AV:N/AC:H/PR:N/UI:R/S:U/C:H/I:N/A:N",
                Severity::Medium,
            ),
            (
                "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H",
                Severity::Critical,
            ),
            ("AV:N/AC:L/Au:N/C:C/I:C/A:C", Severity::Critical),
            ("AV:L/AC:H/Au:N/C:C/I:C/A:C", Severity::Medium),
            ("AV:N/AC:L/Au:N/C:N/I:N/A:N", Severity::Low),
        ] {
            assert_eq!(of_vector(vector), Some(severity), "{vector}");
        }
    }

    #[test]
    fn the_guide_s_examples_of_version_2_score_as_the_guide_says() {
        assert_eq!(version_2("AV:N/AC:L/Au:N/C:N/I:N/A:C"), Some(7.8));
        assert_eq!(version_2("AV:N/AC:L/Au:N/C:C/I:C/A:C"), Some(10.0));
        assert_eq!(version_2("AV:L/AC:H/Au:N/C:C/I:C/A:C"), Some(6.2));
    }

    /// Scores as the calculator of the publisher gives them.
    #[test]
    fn vectors_of_version_4_score_as_their_publisher_says() {
        for (vector, score) in [
            (
                "AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H",
                10.0,
            ),
            (
                "AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
                9.3,
            ),
            (
                "AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N",
                8.7,
            ),
            (
                "AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
                7.3,
            ),
            (
                "AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
                7.7,
            ),
            (
                "AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N",
                0.0,
            ),
        ] {
            let cvss: cvss::Cvss = format!("CVSS:4.0/{vector}").parse().expect("a vector");
            assert!(
                (cvss.score() - score).abs() < 0.05,
                "{vector}: {}",
                cvss.score()
            );
        }
    }

    #[test]
    fn what_is_no_vector_is_not_rated() {
        for vector in ["", "CVSS:3.1/AV:X", "CVSS:9.9/AV:N", "AV:N/AC:L", "7.5"] {
            assert_eq!(of_vector(vector), None, "{vector}");
        }
    }
}
