//! What stands behind the marker of a peer's comment.

use super::Form;
use crate::policy::Date;

/// The ids, each with where it starts in the text, and what else is said.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub ids: Vec<(String, usize)>,
    pub reason: Option<String>,
    pub until: Option<Date>,
    pub problem: Option<String>,
}

impl Said {
    pub fn read(form: Form, text: &str) -> Self {
        let mut said = Self::default();
        match form {
            Form::None => {}
            Form::List => {
                let end = said.list(text, 0, false);
                said.rest(&text[end..]);
            }
            Form::Settings => {
                let mut at = 0;
                for part in text.split(';') {
                    let key = part.split('=').next().unwrap_or_default();
                    if key.trim().eq_ignore_ascii_case("skip") && part.contains('=') {
                        said.list(part, key.len() + 1, false);
                        for (_, offset) in &mut said.ids {
                            *offset += at;
                        }
                    }
                    at += part.len() + 1;
                }
            }
            Form::Trivy => {
                let word = text.split_whitespace().next().unwrap_or_default();
                let mut parts = word.split(':');
                let id = parts.next().unwrap_or_default();
                while let (Some(key), Some(value)) = (parts.next(), parts.next()) {
                    if key == "exp" {
                        said.expiry(value);
                    }
                }
                if !id.is_empty() {
                    said.ids.push((id.to_owned(), 0));
                    let rest = &text[word.len()..];
                    let own = rest.find("trivy:ignore").map_or(rest, |at| &rest[..at]);
                    said.rest(own);
                }
            }
            Form::Checkov => {
                let end = said.list(text, 0, false);
                said.rest(&text[end..]);
            }
            Form::Codes => {
                said.list(text, 0, true);
                said.ids.retain(|(id, _)| is_code_of_security(id));
            }
            Form::Words => {
                let start = text.len() - text.trim_start_matches([':', '=', ' ', '[']).len();
                let end = said.list(text, start, true);
                said.rest(&text[end..]);
            }
        }
        said
    }

    /// Reads ids from `start` on and says where they end. Where `loose`, blanks part them too, and
    /// what does not look like an id begins the reason.
    fn list(&mut self, text: &str, start: usize, loose: bool) -> usize {
        let mut at = start;
        let mut end = start;
        loop {
            let rest = text.get(at..).unwrap_or_default();
            let lead = rest.len() - rest.trim_start_matches([' ', '\t']).len();
            let word: String = rest[lead..]
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || "-_./*".contains(*c))
                .collect();
            if word.is_empty() || (loose && !looks_like_id(&word)) {
                return end;
            }
            at += lead;
            end = at + word.len();
            self.ids.push((word, at));
            let rest = &text[end..];
            let body = rest.trim_start_matches([' ', '\t']);
            let gap = rest.len() - body.len();
            if body.starts_with(',') {
                at = end + gap + 1;
            } else if loose && gap > 0 {
                at = end;
            } else {
                return end;
            }
        }
    }

    /// A reason and an expiry, in whatever way the field writes them.
    fn rest(&mut self, text: &str) {
        let mut text = text.to_owned();
        for key in ["expires=", "until="] {
            if let Some(at) = text.find(key) {
                let tail = &text[at + key.len()..];
                let day: String = tail
                    .chars()
                    .take_while(|c| !c.is_whitespace() && !matches!(c, ';' | ','))
                    .collect();
                self.expiry(day.trim_matches(['"', '\'']));
                text.replace_range(at..at + key.len() + day.len(), "");
            }
        }
        let reason = text.trim_matches(|c: char| c.is_whitespace() || ";:,#-]".contains(c));
        let reason = reason.strip_prefix("reason=").unwrap_or(reason);
        let reason = reason.trim_matches(['"', '\'', ' ']);
        if !reason.is_empty() {
            self.reason = Some(reason.to_owned());
        }
    }

    fn expiry(&mut self, day: &str) {
        match Date::parse(day) {
            Some(date) => self.until = Some(date),
            None => self.problem = Some(format!("\"{day}\" is not a day (YYYY-MM-DD)")),
        }
    }
}

/// `S608`, not `E501` or `SIM102`.
fn is_code_of_security(id: &str) -> bool {
    id.strip_prefix('S')
        .is_some_and(|rest| rest.len() == 3 && rest.bytes().all(|b| b.is_ascii_digit()))
}

fn looks_like_id(word: &str) -> bool {
    word.len() >= 2
        && (word.bytes().any(|b| b.is_ascii_digit())
            || word.contains(['-', '.', '_'])
            || word.eq_ignore_ascii_case("all")
            || word.chars().any(char::is_uppercase))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(form: Form, text: &str) -> (Vec<String>, Option<String>) {
        let said = Said::read(form, text);
        for (id, at) in &said.ids {
            assert_eq!(&text[*at..at + id.len()], id);
        }
        let ids = said.ids.into_iter().map(|(id, _)| id).collect();
        (ids, said.reason)
    }

    fn ids(form: Form, text: &str) -> Vec<String> {
        read(form, text).0
    }

    #[test]
    fn ids_end_where_the_reason_starts() {
        let why = |form, text| read(form, text).1.unwrap_or_default();
        for (form, text, reason) in [
            (Form::List, "DL3006,SC2046 # why", "why"),
            (Form::List, "DL3006 , SC2046 because", "because"),
            (Form::List, "DL3006,SC2046;reason=why not", "why not"),
            (
                Form::List,
                "DL3006,SC2046 reason=\"a b\" expires=2027-01-31",
                "a b",
            ),
        ] {
            assert_eq!(ids(form, text), ["DL3006", "SC2046"], "{text}");
            assert_eq!(why(form, text), reason, "{text}");
        }
        assert_eq!(
            ids(Form::Checkov, "CKV_DOCKER_3:built by root"),
            ["CKV_DOCKER_3"]
        );
        assert_eq!(
            why(Form::Checkov, "CKV_DOCKER_3:built by root"),
            "built by root"
        );
        assert_eq!(
            ids(Form::Words, ": python.lang.x-y because"),
            ["python.lang.x-y"]
        );
        assert_eq!(ids(Form::Words, " B101 B102"), ["B101", "B102"]);
        assert!(ids(Form::Words, " because I say so").is_empty());
        assert_eq!(
            ids(Form::Trivy, "DS-0002 trivy:ignore:DS-0026"),
            ["DS-0002"]
        );
    }

    #[test]
    fn of_the_codes_of_linters_only_those_about_security_count() {
        assert_eq!(ids(Form::Codes, " E501, S608,S5 SIM102 why"), ["S608"]);
        assert_eq!(ids(Form::Codes, "S603 S607"), ["S603", "S607"]);
        assert!(ids(Form::Codes, " because").is_empty());
    }

    #[test]
    fn settings_name_what_they_skip() {
        assert_eq!(ids(Form::Settings, "skip=A,B;error=true"), ["A", "B"]);
        assert_eq!(ids(Form::Settings, "error=true; skip = A"), ["A"]);
        assert!(ids(Form::Settings, "error=true").is_empty());
    }

    #[test]
    fn days_are_read_and_wrong_ones_are_a_problem() {
        let day = Date::parse("2027-01-31");
        assert_eq!(Said::read(Form::Trivy, "DS-0002:exp:2027-01-31").until, day);
        assert_eq!(
            Said::read(Form::List, "DF001 expires=2027-01-31").until,
            day
        );
        assert!(
            Said::read(Form::Trivy, "DS-0002:exp:soon")
                .problem
                .is_some()
        );
    }
}
