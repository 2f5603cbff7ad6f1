//! What a team accepts of its dependencies, however another tool writes it down.

use std::fmt::Write as _;

use crate::advisory::Day;
use crate::model::RepoPath;
use crate::parse::version::requirement::Named;
use crate::policy::Date;

use super::{File, Migration, quoted};

/// One thing that another tool's file accepts. What is `None` was not said.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Accepted<'t> {
    /// A rule of ours; else whatever is found in dependencies.
    pub rule: Option<&'t str>,
    pub advisory: Option<&'t str>,
    pub package: Option<&'t str>,
    /// A version of the package, or a range of them.
    pub version: Option<&'t str>,
    /// Packages on the way to it: `a>b`, from the top.
    pub parent: Option<&'t str>,
    pub path: Option<&'t str>,
    pub reason: Option<&'t str>,
    /// The last day, as the tool writes it.
    pub until: Option<&'t str>,
    /// Whether it ends where a version fixes the defect.
    pub until_fixed: bool,
}

/// The databases whose ids advisories have here, by the start of the id.
const DATABASES: &[&str] = &[
    "CVE-", "GHSA-", "RUSTSEC-", "PYSEC-", "GO-", "OSV-", "EEF-", "HSEC-", "RSEC-", "JLSEC-",
];

/// Secrets of a file that every text is compared with.
const MOST_SECRETS: usize = 100;

impl Migration {
    /// Adds an ignore for what is accepted, or says why there is none.
    pub(super) fn accept(&mut self, file: &File<'_>, at: Option<usize>, accepted: Accepted<'_>) {
        let named = accepted.advisory.or(accepted.package).or(accepted.parent);
        let named = named.or(accepted.rule);
        let Some(named) = named else {
            self.leave(file, at, "an entry", "it names neither an id nor a package");
            return;
        };
        match written(file, &accepted) {
            Ok(text) if self.accepted.contains(&text) => {}
            Ok(text) => {
                self.accepted.insert(text.clone());
                self.ignores.push(text);
            }
            Err(why) => self.leave(file, at, &file.shown(named), why),
        }
    }
}

impl File<'_> {
    /// A name of this file, cut to a length that fits into a line; nothing of a secret.
    pub(super) fn shown(&self, name: &str) -> String {
        match self.shows_secret(name) {
            true => "an entry".to_owned(),
            false => name.chars().take(60).collect(),
        }
    }

    /// True where a text holds one of the file's secrets; of a file full of them, every text.
    fn shows_secret(&self, text: &str) -> bool {
        if self.secrets.len() > MOST_SECRETS {
            return true;
        }
        self.secrets.iter().any(|secret| {
            let secret = self.text.get(secret.range()).unwrap_or_default();
            let bare = secret.trim_matches(['"', '\'']);
            !bare.is_empty() && text.contains(bare)
        })
    }
}

fn written(file: &File<'_>, accepted: &Accepted<'_>) -> Result<String, &'static str> {
    accepted.advisory.map_or(Ok(()), is_known)?;
    accepted.package.map_or(Ok(()), is_name)?;
    accepted.version.map_or(Ok(()), is_version)?;
    let mut parents = accepted.parent.into_iter().flat_map(|all| all.split('>'));
    parents.try_for_each(is_name)?;
    let until = match accepted.until.map(|text| day(text.trim())) {
        Some(None) => return Err("its last day cannot be read"),
        Some(day) => day.map(|day| day.to_string()),
        None => accepted.until_fixed.then(|| "fixed".to_owned()),
    };
    let listed = format!("listed in {}", RepoPath::from(file.path).to_text());
    let reason = accepted.reason.map(str::trim);
    let reason = reason.filter(|said| !said.is_empty()).unwrap_or(&listed);
    let mut text = "[[ignore]]\n".to_owned();
    for (key, value) in [
        ("rule", Some(accepted.rule.unwrap_or("dependency"))),
        ("advisory", accepted.advisory),
        ("package", accepted.package),
        ("version", accepted.version),
        ("parent", accepted.parent),
        ("path", accepted.path),
        ("reason", Some(reason)),
        ("until", until.as_deref()),
    ] {
        let Some(value) = value else { continue };
        if file.shows_secret(value) {
            return Err("it holds what looks like a secret");
        }
        let _ = writeln!(text, "{key} = {}", quoted(value));
    }
    Ok(text)
}

/// Whether findings can have the id; else why not.
fn is_known(id: &str) -> Result<(), &'static str> {
    let starts = |start: &str| {
        id.get(..start.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(start))
    };
    let is_one = id
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"-_:.".contains(&b));
    if DATABASES.iter().any(|start| starts(start)) && is_one {
        Ok(())
    } else if starts("MAL-") {
        Err("a malicious package is not accepted by a list: see the rule dependency/malicious")
    } else if starts("SNYK-") || starts("npm:") {
        Err("only Snyk knows this id: name the CVE or GHSA id")
    } else if !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit()) {
        Err("only npm knew this number: name the GHSA id")
    } else {
        Err("no rule of plimsoll answers to this id")
    }
}

/// Whether a name is that of a package and nothing more.
fn is_name(name: &str) -> Result<(), &'static str> {
    let after_scope = name.get(1..).unwrap_or_default();
    match name.is_empty() || after_scope.contains(['@', ' ', '*', '>']) {
        true => Err("it is not the name of one package"),
        false => Ok(()),
    }
}

/// Whether an ignore can say it of versions.
fn is_version(text: &str) -> Result<(), &'static str> {
    match Named::is_known_somewhere(text) {
        true => Ok(()),
        false => Err("its versions cannot be read"),
    }
}

/// A path of packages, `a>b>c` or `a>b>c@1.2.3`: the way to the last one, that one, and its version.
/// A `*` stands for any packages.
pub(super) fn way(path: &str) -> (Option<String>, Option<&str>, Option<&str>) {
    let mut names: Vec<&str> = path.split('>').map(str::trim).collect();
    let last = names.pop().filter(|name| *name != "*");
    names.retain(|name| *name != "*");
    let parents = (!names.is_empty()).then(|| names.join(">"));
    // Scopes begin with an `@`.
    let versioned =
        last.and_then(|last| last.split_at_checked(last.rfind('@').filter(|at| *at > 0)?));
    match versioned {
        Some((name, version)) => (parents, Some(name), version.get(1..)),
        None => (parents, last, None),
    }
}

/// A day as tools write it: a date, a date with a time, or the milliseconds of JavaScript.
fn day(text: &str) -> Option<Date> {
    if let Ok(milliseconds) = text.parse::<u64>() {
        return (milliseconds > 100_000_000_000).then(|| Date::from_unix(milliseconds / 1000));
    }
    Day::parse(text)?;
    Date::parse(text.get(..10)?)
}
