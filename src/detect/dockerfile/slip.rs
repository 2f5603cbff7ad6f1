//! Slips of the fingers.

/// One letter doubled, left out, or two neighbours exchanged: what fingers do. Another letter in its
/// place makes too many words that somebody means.
pub(super) fn is_one_slip(written: &str, known: &str) -> bool {
    let (a, b) = (written.as_bytes(), known.as_bytes());
    if a.len().abs_diff(b.len()) > 1 {
        return false;
    }
    let same = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let swapped = match (a.get(same), a.get(same + 1), b.get(same), b.get(same + 1)) {
        (Some(w), Some(x), Some(y), Some(z)) => {
            w == z && x == y && a.get(same + 2..) == b.get(same + 2..)
        }
        _ => false,
    };
    let left_out = same > 0 && a.get(same..) == b.get(same + 1..) && b.len() == a.len() + 1;
    let doubled = same > 0 && a.get(same + 1..) == b.get(same..) && a.get(same) == a.get(same - 1);
    swapped || left_out || doubled
}

#[cfg(test)]
mod tests {
    use super::is_one_slip;

    #[test]
    fn what_fingers_do_is_a_slip() {
        for (written, known) in [
            ("pyhton", "python"),
            ("ubunut", "ubuntu"),
            ("debiann", "debian"),
            ("postgre", "postgres"),
            ("ngnix", "nginx"),
            ("alpne", "alpine"),
        ] {
            assert!(is_one_slip(written, known), "{written}");
        }
        for (written, known) in [
            ("python", "python"),
            ("pythons", "python"),
            ("maven3", "maven"),
            ("redit", "redis"),
            ("", "redis"),
        ] {
            assert!(!is_one_slip(written, known), "{written}");
        }
    }
}
