//! Licence expressions
//! (<https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/>).

/// Licences joined by `AND` and `OR`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expression {
    /// In the order in which it is worked out: what is joined stands before what joins it.
    steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Licence(Licence),
    And,
    Or,
}

/// One licence, with the exception that belongs to it. Case means nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Licence {
    /// As written, in lower case.
    pub name: String,
    /// Without its version: `gpl` of `GPL-2.0-or-later`.
    family: String,
    /// The numbers of its version.
    version: Vec<u32>,
    /// Whether later versions are meant, too.
    or_later: bool,
    pub exception: Option<String>,
}

#[derive(Clone, Copy)]
enum Waiting {
    Parenthesis,
    Or,
    And,
}

impl From<Waiting> for Step {
    fn from(waiting: Waiting) -> Self {
        match waiting {
            Waiting::And => Self::And,
            Waiting::Or | Waiting::Parenthesis => Self::Or,
        }
    }
}

impl Expression {
    /// Reads an expression; `None` for other texts. Whether there are such licences is not asked.
    pub fn parse(text: &str) -> Option<Self> {
        let spaced = text.replace('(', " ( ").replace(')', " ) ");
        let mut words = spaced.split_whitespace();
        let mut steps = Vec::new();
        let mut waiting: Vec<Waiting> = Vec::new();
        // Whether a licence comes next, and whether one was the last word.
        let (mut wants, mut is_bare) = (true, false);
        while let Some(word) = words.next() {
            let op = ["and", "or", "with"]
                .into_iter()
                .find(|op| word.eq_ignore_ascii_case(op));
            match (word, op) {
                ("(", _) if wants => waiting.push(Waiting::Parenthesis),
                (")", _) if !wants => {
                    loop {
                        match waiting.pop()? {
                            Waiting::Parenthesis => break,
                            op => steps.push(op.into()),
                        }
                    }
                    is_bare = false;
                }
                (_, Some("with")) if is_bare => {
                    let exception = words.next().filter(|word| is_name(word))?;
                    let Some(Step::Licence(licence)) = steps.last_mut() else {
                        return None;
                    };
                    licence.exception = Some(exception.to_ascii_lowercase());
                    is_bare = false;
                }
                (_, Some(op @ ("and" | "or"))) if !wants => {
                    // What binds tighter, or as tight and stands before, is worked out first.
                    while let Some(before @ (Waiting::And | Waiting::Or)) = waiting.last().copied()
                    {
                        if op == "and" && matches!(before, Waiting::Or) {
                            break;
                        }
                        steps.push(before.into());
                        waiting.pop();
                    }
                    waiting.push(match op {
                        "and" => Waiting::And,
                        _ => Waiting::Or,
                    });
                    (wants, is_bare) = (true, false);
                }
                (name, None) if wants => {
                    steps.push(Step::Licence(Licence::read(name)?));
                    (wants, is_bare) = (false, true);
                }
                _ => return None,
            }
        }
        while let Some(op) = waiting.pop() {
            match op {
                Waiting::Parenthesis => return None,
                op => steps.push(op.into()),
            }
        }
        (!wants).then_some(Self { steps })
    }

    /// The licence, where it is just one.
    pub fn into_single(mut self) -> Option<Licence> {
        match (self.steps.pop(), self.steps.is_empty()) {
            (Some(Step::Licence(licence)), true) => Some(licence),
            _ => None,
        }
    }

    /// True where enough of the licences are accepted: all that are joined by `AND`, any of those
    /// that are joined by `OR`.
    pub fn holds(&self, accepts: impl Fn(&Licence) -> bool) -> bool {
        let mut held: Vec<bool> = Vec::new();
        for step in &self.steps {
            let result = match step {
                Step::Licence(licence) => accepts(licence),
                joined => {
                    let (last, first) = (held.pop(), held.pop());
                    let (last, first) = (last.unwrap_or(false), first.unwrap_or(false));
                    match joined {
                        Step::And => first && last,
                        _ => first || last,
                    }
                }
            };
            held.push(result);
        }
        held.pop().unwrap_or(false)
    }
}

impl Licence {
    fn read(word: &str) -> Option<Self> {
        let name = word.to_ascii_lowercase();
        let (bare, mut or_later) = match name.strip_suffix('+') {
            Some(bare) => (bare, true),
            None => (&*name, false),
        };
        if !is_name(bare) {
            return None;
        }
        let mut id = bare;
        // `GPL-2.0` and `GPL-2.0+` are what `GPL-2.0-only` and `GPL-2.0-or-later` were called.
        if ["gpl-", "lgpl-", "agpl-", "gfdl-"]
            .iter()
            .any(|gnu| id.starts_with(gnu))
        {
            if let Some(only) = id.strip_suffix("-only") {
                id = only;
            } else if let Some(later) = id.strip_suffix("-or-later") {
                (id, or_later) = (later, true);
            }
        }
        let versioned = id.rsplit_once('-').and_then(|(family, version)| {
            let numbers = version.split('.').map(|part| part.parse().ok());
            Some((family, numbers.collect::<Option<Vec<u32>>>()?))
        });
        let (family, version) = versioned.unwrap_or((id, Vec::new()));
        Some(Self {
            family: family.to_owned(),
            version,
            or_later,
            exception: None,
            name,
        })
    }

    /// True where a licence that is permitted permits this one: the same, a later version where
    /// those are permitted, or one that leaves the choice of a later version. An exception only
    /// gives rights, and one that is named is asked for.
    pub fn is_permitted_by(&self, permitted: &Self) -> bool {
        let fits = self.version == permitted.version
            || permitted.or_later && self.version > permitted.version
            || self.or_later && (permitted.or_later || permitted.version > self.version);
        self.family == permitted.family && fits && self.keeps(permitted)
    }

    /// True where a licence that is denied denies this one: the same, or a later version where
    /// those are denied, too.
    pub fn is_denied_by(&self, denied: &Self) -> bool {
        let fits =
            self.version == denied.version || denied.or_later && self.version > denied.version;
        self.family == denied.family && fits && self.keeps(denied)
    }

    fn keeps(&self, named: &Self) -> bool {
        named.exception.is_none() || self.exception == named.exception
    }
}

fn is_name(word: &str) -> bool {
    let is_part = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':');
    !word.is_empty() && word.bytes().all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn one(text: &str) -> Licence {
        let expression = Expression::parse(text).expect(text);
        expression.into_single().expect(text)
    }

    #[track_caller]
    fn holds(text: &str, accepted: &[&str]) -> bool {
        let accepted: Vec<Licence> = accepted.iter().map(|text| one(text)).collect();
        let accepts = |licence: &Licence| accepted.iter().any(|a| licence.is_permitted_by(a));
        Expression::parse(text).expect(text).holds(accepts)
    }

    #[test]
    fn one_side_of_or_is_enough_and_all_of_and_are_needed() {
        for (text, expected) in [
            ("MIT", true),
            ("mit", true),
            ("ISC", false),
            ("MIT OR ISC", true),
            ("ISC or mit", true),
            ("MIT AND ISC", false),
            ("ISC AND X OR MIT", true),
            ("ISC OR MIT AND X", false),
            ("(ISC OR MIT) AND X", false),
            ("(ISC OR MIT) AND (Apache-2.0 OR X)", true),
            ("((MIT))", true),
        ] {
            assert_eq!(holds(text, &["MIT", "Apache-2.0"]), expected, "{text}");
        }
    }

    #[test]
    fn a_permission_reaches_later_versions_where_either_side_says_so() {
        for (text, permitted, expected) in [
            ("GPL-2.0-only", "GPL-2.0", true),
            ("GPL-2.0+", "GPL-2.0-only", true),
            ("GPL-2.0-or-later", "GPL-3.0-only", true),
            ("GPL-3.0-or-later", "GPL-2.0-only", false),
            ("GPL-3.0", "GPL-2.0-or-later", true),
            ("GPL-1.0", "GPL-2.0-or-later", false),
            ("LGPL-3.0", "GPL-3.0", false),
            ("BSD-3-Clause", "BSD-2-Clause", false),
            ("GPL-2.0 WITH Classpath-exception-2.0", "GPL-2.0", true),
            ("GPL-2.0", "GPL-2.0 WITH Classpath-exception-2.0", false),
        ] {
            assert_eq!(holds(text, &[permitted]), expected, "{text} {permitted}");
        }
    }

    #[test]
    fn a_denial_means_what_it_names_whoever_may_choose_another() {
        for (text, denied, expected) in [
            ("GPL-3.0-or-later", "GPL-3.0", true),
            ("GPL-2.0-or-later", "GPL-3.0", false),
            ("GPL-3.0", "GPL-2.0+", true),
            ("GPL-1.0", "GPL-2.0+", false),
        ] {
            assert_eq!(one(text).is_denied_by(&one(denied)), expected, "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_expressions() {
        for text in [
            "",
            "MIT OR",
            "OR MIT",
            "MIT ISC",
            "(MIT",
            "MIT)",
            "()",
            "MIT/X11",
            "MIT WITH",
            "(MIT OR X) WITH y",
            "SEE LICENSE IN LICENSE",
            "+",
        ] {
            assert_eq!(Expression::parse(text), None, "{text}");
        }
    }

    #[test]
    fn depth_costs_no_stack() {
        let deep = format!("{}MIT{}", "(".repeat(100_000), ")".repeat(100_000));
        assert!(holds(&deep, &["MIT"]));
    }
}
