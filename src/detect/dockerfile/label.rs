//! Labels and the formats of their values.

use crate::detect::LabelFormat;
use crate::parse::dockerfile::{Body, Instruction, Pair};

/// The labels that an instruction sets.
pub(super) fn labels(instruction: &Instruction) -> impl Iterator<Item = &Pair> {
    let pairs = match &instruction.body {
        Body::Label(pairs) => pairs.as_slice(),
        _ => &[],
    };
    pairs.iter()
}

/// True where a value is of a format.
pub(super) fn fits(format: LabelFormat, value: &str) -> bool {
    match format {
        LabelFormat::Text => true,
        LabelFormat::Url => is_url(value),
        LabelFormat::Rfc3339 => is_time(value),
        LabelFormat::Spdx => is_licence(value),
        LabelFormat::Hash => {
            (7..=64).contains(&value.len()) && value.chars().all(|c| c.is_ascii_hexdigit())
        }
        LabelFormat::Semver => is_version(value),
        LabelFormat::Email => is_email(value),
    }
}

fn is_url(value: &str) -> bool {
    value.split_once("://").is_some_and(|(scheme, rest)| {
        let named = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        named && !host.is_empty() && !value.contains(char::is_whitespace)
    })
}

/// `2026-08-22T10:00:00.5+02:00`.
fn is_time(value: &str) -> bool {
    let Some((day, time)) = value.split_once(['T', 't', ' ']) else {
        return false;
    };
    let zone_at = time.find(['Z', 'z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at(zone_at);
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let is_zone = matches!(zone, "Z" | "z")
        || zone
            .get(1..)
            .is_some_and(|zone| has_parts(zone, ':', &[(0, 23), (0, 59)]));
    let is_fraction = !fraction.is_empty() && fraction.chars().all(|c| c.is_ascii_digit());
    let (year, day) = day.split_once('-').unwrap_or_default();
    year.len() == 4
        && year.chars().all(|c| c.is_ascii_digit())
        && has_parts(day, '-', &[(1, 12), (1, 31)])
        && has_parts(clock, ':', &[(0, 23), (0, 59), (0, 60)])
        && is_fraction
        && is_zone
}

/// Numbers of two digits, each in its range.
fn has_parts(text: &str, separator: char, ranges: &[(u8, u8)]) -> bool {
    let parts: Vec<&str> = text.split(separator).collect();
    parts.len() == ranges.len()
        && parts.iter().zip(ranges).all(|(part, (low, high))| {
            let number = part.parse::<u8>();
            part.len() == 2 && number.is_ok_and(|number| (*low..=*high).contains(&number))
        })
}

/// Names joined by AND, OR and WITH, with parentheses; whether there is such a licence is not asked.
fn is_licence(value: &str) -> bool {
    let spaced = value.replace('(', " ( ").replace(')', " ) ");
    let mut open = 0_usize;
    let mut wants_name = true;
    for word in spaced.split_whitespace() {
        match word {
            "(" if wants_name => open += 1,
            ")" if !wants_name && open > 0 => open -= 1,
            "AND" | "OR" | "WITH" if !wants_name => wants_name = true,
            name if wants_name => {
                let plain = name.strip_suffix('+').unwrap_or(name);
                let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':');
                if plain.is_empty() || !plain.chars().all(is_name) {
                    return false;
                }
                wants_name = false;
            }
            _ => return false,
        }
    }
    !wants_name && open == 0
}

fn is_version(value: &str) -> bool {
    let (value, build) = value.split_once('+').unwrap_or((value, "0"));
    let (core, pre) = value.split_once('-').unwrap_or((value, "0"));
    let is_number = |part: &str| {
        let digits = !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
        digits && (part == "0" || !part.starts_with('0'))
    };
    let are_names = |list: &str| {
        list.split('.').all(|part| {
            !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        })
    };
    core.split('.').count() == 3
        && core.split('.').all(is_number)
        && are_names(pre)
        && are_names(build)
}

fn is_email(value: &str) -> bool {
    value.rsplit_once('@').is_some_and(|(name, host)| {
        let is_clean = |c: char| !c.is_whitespace() && !c.is_control() && !"<>@".contains(c);
        let is_label = |label: &str| {
            !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        };
        !name.is_empty()
            && name.chars().all(is_clean)
            && host.contains('.')
            && host.split('.').all(is_label)
    })
}

#[cfg(test)]
mod tests {
    use super::fits;
    use crate::detect::LabelFormat;

    fn check(format: LabelFormat, good: &[&str], bad: &[&str]) {
        for value in good {
            assert!(fits(format, value), "{value}");
        }
        for value in bad {
            assert!(!fits(format, value), "{value}");
        }
    }

    #[test]
    fn each_format_tells_its_own_from_others() {
        check(
            LabelFormat::Url,
            &["https://a.example/b", "git+ssh://x"],
            &["a.example", "http://", "x://a b"],
        );
        check(
            LabelFormat::Rfc3339,
            &["2026-08-22T10:00:00Z", "2026-08-22t10:00:00.25+02:00"],
            &[
                "2026-08-22",
                "2026-13-22T10:00:00Z",
                "2026-08-22T10:00:00",
                "2026-08-22T1:00:00Z",
            ],
        );
        check(
            LabelFormat::Spdx,
            &[
                "MIT",
                "(MIT OR Apache-2.0+) AND BSD-3-Clause",
                "GPL-2.0 WITH Classpath-exception-2.0",
            ],
            &["MIT License", "MIT OR", "(MIT", ""],
        );
        check(
            LabelFormat::Hash,
            &["0123abc", "da39a3ee5e6b4b0d3255bfef95601890afd80709"],
            &["v1", "0123abg"],
        );
        check(
            LabelFormat::Semver,
            &["1.2.3", "0.1.0-rc.1+b-7"],
            &["1.2", "v1.2.3", "01.2.3", "1.2.3-"],
        );
        check(
            LabelFormat::Email,
            &["a.b@c.example"],
            &["a.b", "@c.d", "a@b", "a b@c.d"],
        );
    }
}
