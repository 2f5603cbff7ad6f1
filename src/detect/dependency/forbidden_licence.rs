//! dependency/forbidden-licence

use std::collections::HashMap;

use crate::detect::Sink;
use crate::detect::dockerfile::known_image::fits;
use crate::model::{Confidence, FileKind, Package, PackageSource, Source};
use crate::parse::lock::Lockfile;
use crate::parse::spdx_expression::{Expression, Licence};

/// The licences that a team takes.
#[derive(Clone, Debug, Default)]
pub struct LicencePolicy {
    /// `None`: any that is not denied.
    pub allow: Option<Vec<NamedLicence>>,
    pub deny: Vec<NamedLicence>,
    /// Names of packages whose licences do not matter; one `*` stands for anything.
    pub exempt: Vec<String>,
}

/// What a list of licences names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NamedLicence {
    One(Licence),
    /// All whose names begin so, in lower case.
    Beginning(String),
    /// A text that is no expression, as the package writes it.
    Text(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Verdict {
    Fine,
    Denied,
    NotAllowed,
    NotUnderstood,
}

impl NamedLicence {
    /// Reads an entry of a list; `None` for what is several licences or none.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(beginning) = text.strip_suffix('*') {
            let is_plain = !beginning.is_empty() && !beginning.contains([' ', '*']);
            return is_plain.then(|| Self::Beginning(beginning.to_ascii_lowercase()));
        }
        match Expression::parse(text) {
            Some(expression) => expression.into_single().map(Self::One),
            None => (!text.is_empty()).then(|| Self::Text(text.to_owned())),
        }
    }

    fn permits(&self, licence: &Licence) -> bool {
        match self {
            Self::One(permitted) => licence.is_permitted_by(permitted),
            Self::Beginning(beginning) => licence.name.starts_with(beginning),
            Self::Text(_) => false,
        }
    }

    fn denies(&self, licence: &Licence) -> bool {
        match self {
            Self::One(denied) => licence.is_denied_by(denied),
            Self::Beginning(beginning) => licence.name.starts_with(beginning),
            Self::Text(_) => false,
        }
    }

    /// True where it is about this licence with its exception, and no other.
    fn names_exception(&self, licence: &Licence) -> bool {
        matches!(self, Self::One(named) if named.exception.is_some()) && self.permits(licence)
    }

    fn is_text(&self, text: &str) -> bool {
        matches!(self, Self::Text(known) if known.eq_ignore_ascii_case(text))
    }
}

impl LicencePolicy {
    fn judge(&self, text: &str) -> Verdict {
        let allow = self.allow.as_deref();
        let Some(expression) = Expression::parse(text) else {
            let is_in = |list: &[NamedLicence]| list.iter().any(|named| named.is_text(text.trim()));
            return match allow {
                _ if is_in(&self.deny) => Verdict::Denied,
                Some(allow) if !is_in(allow) => Verdict::NotUnderstood,
                _ => Verdict::Fine,
            };
        };
        let is_kept = |licence: &Licence| {
            let denied = self.deny.iter().any(|named| named.denies(licence));
            // Who allows a licence with an exception by name has looked at it.
            let excepted = || {
                allow
                    .unwrap_or_default()
                    .iter()
                    .any(|n| n.names_exception(licence))
            };
            !denied || excepted()
        };
        let is_allowed = |licence: &Licence| {
            allow.is_none_or(|allow| allow.iter().any(|named| named.permits(licence)))
        };
        if expression.holds(|licence| is_kept(licence) && is_allowed(licence)) {
            Verdict::Fine
        } else if expression.holds(is_kept) {
            Verdict::NotAllowed
        } else {
            Verdict::Denied
        }
    }
}

/// What is wrong with the licences of some packages.
#[derive(Clone, Debug)]
struct Objection {
    licence: String,
    verdict: Verdict,
    /// True where a part of several licences would do.
    is_choice: bool,
}

/// Reports each version of a package once a file.
pub fn check(
    policy: Option<&LicencePolicy>,
    source: &Source,
    lockfile: &Lockfile,
    out: &mut Sink<'_>,
) {
    let Some(policy) = policy else {
        return;
    };
    let mut judged: HashMap<&[String], Option<Objection>> = HashMap::new();
    let mut found: Vec<(Vec<&Package>, Objection)> = Vec::new();
    let mut places = HashMap::new();
    for package in &lockfile.packages {
        let licences = &package.facts.licences;
        let is_ours = package.source == PackageSource::Path;
        let is_exempt = || policy.exempt.iter().any(|name| fits(name, &package.name));
        if licences.is_empty() || is_ours || is_exempt() {
            continue;
        }
        let judged = judged.entry(licences.as_slice());
        let objection = judged.or_insert_with(|| objection(policy, source, licences));
        let Some(objection) = objection else {
            continue;
        };
        let key = (package.ecosystem, &package.name, &package.version, licences);
        let place = *places.entry(key).or_insert(found.len());
        match found.get_mut(place) {
            Some((same, _)) => same.push(package),
            None => found.push((vec![package], objection.clone())),
        }
    }
    for (packages, objection) in found {
        report(&packages, &objection, out);
    }
}

/// `None` where nothing is wrong with the licences.
fn objection(policy: &LicencePolicy, source: &Source, licences: &[String]) -> Option<Objection> {
    // Nobody says whether a bill of materials lists a choice or what all applies at once.
    let is_bill = matches!(source.kind, FileKind::CycloneDx | FileKind::Spdx);
    let verdicts = licences.iter().map(|licence| policy.judge(licence));
    let wrong = || verdicts.clone().filter(|verdict| *verdict != Verdict::Fine);
    let is_choice = wrong().count() < licences.len();
    let joined = if is_bill { " and " } else { " or " };
    Some(Objection {
        verdict: wrong().next().filter(|_| is_bill || !is_choice)?,
        licence: licences.join(joined),
        is_choice,
    })
}

/// Longest text of a licence in a message.
const LONGEST: usize = 100;

fn report(packages: &[&Package], objection: &Objection, out: &mut Sink<'_>) {
    let Some((first, same)) = packages.split_first() else {
        return;
    };
    let name = format!("{} {}", first.name, first.version);
    let who = name.trim_end();
    let licence: String = objection.licence.chars().take(LONGEST).collect();
    let (message, help) = match objection.verdict {
        Verdict::Denied => (
            format!("{who} is under {licence}, which the configuration denies"),
            "replace it, or name it in `exempt` of `[licenses]`",
        ),
        Verdict::NotAllowed => (
            format!(
                "{who} is under {licence}, which is none of the licences that the configuration allows"
            ),
            "replace it, allow the licence, or name the package in `exempt` of `[licenses]`",
        ),
        Verdict::NotUnderstood | Verdict::Fine => (
            format!("{who} is under \"{licence}\", which is not understood as a licence"),
            "read the licence, then write this text into `allow` of `[licenses]`, or name the package in `exempt`",
        ),
    };
    let mut reported = out
        .report("dependency/forbidden-licence", first.span, message)
        .text(format!("licence: {licence}"))
        .package(first)
        .help(help);
    if objection.is_choice || objection.verdict == Verdict::NotUnderstood {
        reported = reported.confidence(Confidence::Medium);
    }
    for other in same {
        reported = reported.label(other.span, "installed here too");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(names: &[&str]) -> Vec<NamedLicence> {
        let read = |name: &&str| NamedLicence::read(name).expect("a licence");
        names.iter().map(read).collect()
    }

    #[test]
    fn without_a_list_of_what_is_allowed_only_what_is_denied_matters() {
        let policy = LicencePolicy {
            deny: list(&["GPL-3.0", "AGPL-*", "Commercial use forbidden"]),
            ..LicencePolicy::default()
        };
        for (text, expected) in [
            ("MIT", Verdict::Fine),
            ("ask the author", Verdict::Fine),
            ("gpl-3.0-or-later", Verdict::Denied),
            ("MIT OR GPL-3.0", Verdict::Fine),
            ("MIT AND GPL-3.0", Verdict::Denied),
            ("AGPL-3.0-only", Verdict::Denied),
            ("commercial use forbidden", Verdict::Denied),
        ] {
            assert_eq!(policy.judge(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_on_the_list_is_not_allowed_and_an_exception_by_name_is_no_denied_licence() {
        let policy = LicencePolicy {
            allow: Some(list(&[
                "MIT",
                "GPL-2.0 WITH Classpath-exception-2.0",
                "MIT/X11",
            ])),
            deny: list(&["GPL-*"]),
            ..LicencePolicy::default()
        };
        for (text, expected) in [
            ("MIT", Verdict::Fine),
            ("ISC", Verdict::NotAllowed),
            ("MIT/X11", Verdict::Fine),
            ("ask the author", Verdict::NotUnderstood),
            ("GPL-2.0", Verdict::Denied),
            ("GPL-2.0-only WITH Classpath-exception-2.0", Verdict::Fine),
        ] {
            assert_eq!(policy.judge(text), expected, "{text}");
        }
    }

    #[test]
    fn an_entry_is_one_licence() {
        for text in ["", " ", "*", "MIT OR ISC", "GPL *-2.0*"] {
            assert_eq!(NamedLicence::read(text), None, "{text}");
        }
    }
}
