//! A first configuration, with what other tools' files in the repository say about secrets and
//! about what is accepted of dependencies.
//!
//! Each reader turns one file into entries of `plimsoll.toml` and says of the rest, item by item
//! and with its place, why it could not be carried over. No reader writes anything, and no text of
//! a secret is ever copied: an entry that holds one is left where it is.

mod accepted;
mod cargo_tools;
mod detect_secrets;
mod gitleaks;
mod gitleaks_ignore;
mod grype;
mod known;
mod npm_audit;
mod osv_scanner;
mod others;
mod snyk;
mod starter;
mod trivy;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;

use crate::model::{FileKind, Origin, RepoPath, Source, SourceId, Span};
use crate::parse::yaml::{Kind, Value, Yaml};
use crate::rules::RuleSet;

use accepted::Accepted;
pub use detect_secrets::Audited;
pub use gitleaks_ignore::Positional;
pub use known::Known;
pub use others::SEEN_ONLY;

/// What the files of other tools come to.
#[derive(Debug, Default)]
pub struct Migration {
    /// `[[ignore]]` and `[[rule]]` tables, as they are written.
    rules: Vec<String>,
    ignores: Vec<String>,
    /// Those of `ignores` that are about dependencies.
    accepted: BTreeSet<String>,
    /// Rules that are switched off, with the id that said so.
    off: BTreeMap<String, String>,
    registries: Vec<String>,
    /// Findings that are known by their place.
    pub positional: Vec<Positional>,
    /// Findings that are known by a hash of their value.
    pub audited: Vec<Audited>,
    /// How much of each file was taken.
    pub carried: Vec<Carried>,
    /// What was not, and why.
    pub left: Vec<Left>,
}

/// What was taken of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    pub path: String,
    pub what: String,
}

/// Something that could not be carried over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    pub path: String,
    /// 1-based; `None`: the whole file.
    pub line: Option<u32>,
    /// What it is, in words that quote nothing secret.
    pub what: String,
    pub why: String,
}

impl Left {
    /// A whole file.
    pub fn of_file(path: &str, why: &str) -> Self {
        Self {
            path: path.to_owned(),
            line: None,
            what: "the file".to_owned(),
            why: why.to_owned(),
        }
    }
}

impl fmt::Display for Left {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}: {}", self.what, self.why)
    }
}

/// One file of another tool.
#[derive(Debug)]
struct File<'t> {
    path: &'t str,
    text: &'t str,
    source: Source,
    /// Where it holds what looks like a secret.
    secrets: Vec<Span>,
}

impl<'t> File<'t> {
    fn new(path: &'t str, text: &'t str, find: &Find<'_>) -> Self {
        let path_in_repository = RepoPath::from(path);
        let source = Source::new(
            SourceId(0),
            path_in_repository,
            FileKind::Text,
            text.as_bytes(),
            Origin::Buffer,
        );
        let secrets = find(&source);
        Self {
            path,
            text,
            source,
            secrets,
        }
    }

    fn line(&self, at: usize) -> u32 {
        self.source
            .lines()
            .line(u32::try_from(at).unwrap_or(u32::MAX))
    }

    fn holds_secret(&self, range: &Range<usize>) -> bool {
        let span = Span::from_usize(range.start, range.end);
        self.secrets.iter().any(|secret| secret.overlaps(span))
    }
}

/// Finds what of a text may not be copied.
pub type Find<'f> = dyn Fn(&Source) -> Vec<Span> + 'f;

/// The files that are read, in this order.
pub const FILES: &[&str] = &[
    ".gitleaks.toml",
    "gitleaks.toml",
    ".betterleaks.toml",
    ".gitleaksignore",
    ".betterleaksignore",
    ".secrets.baseline",
    ".secretsignore",
    ".hadolint.yaml",
    ".hadolint.yml",
    ".trivyignore",
    ".trivyignore.yaml",
    ".trivyignore.yml",
    "osv-scanner.toml",
    ".cargo/audit.toml",
    "audit.toml",
    "deny.toml",
    ".deny.toml",
    ".cargo/deny.toml",
    ".grype.yaml",
    ".grype.yml",
    ".grype/config.yaml",
    ".snyk",
    ".nsprc",
    "audit-ci.json",
    "audit-ci.jsonc",
    "audit-ci.json5",
];

impl Migration {
    /// Takes what a file says.
    pub fn read(&mut self, path: &str, text: &str, rules: &RuleSet, find: &Find<'_>) {
        let file = File::new(path, text, find);
        let before = self.counts();
        match path {
            ".gitleaks.toml" | "gitleaks.toml" | ".betterleaks.toml" => {
                gitleaks::read(&file, rules, self);
            }
            ".gitleaksignore" | ".betterleaksignore" => gitleaks_ignore::read(&file, self),
            ".secrets.baseline" => detect_secrets::read(&file, self),
            ".secretsignore" => others::secrets_ignore(&file, self),
            ".hadolint.yaml" | ".hadolint.yml" => others::hadolint(&file, rules, self),
            ".trivyignore" => trivy::lines(&file, rules, self),
            ".trivyignore.yaml" | ".trivyignore.yml" => trivy::entries(&file, rules, self),
            "osv-scanner.toml" => osv_scanner::read(&file, self),
            ".cargo/audit.toml" | "audit.toml" => cargo_tools::read(&file, self),
            "deny.toml" | ".deny.toml" | ".cargo/deny.toml" => cargo_tools::read(&file, self),
            ".grype.yaml" | ".grype.yml" | ".grype/config.yaml" => grype::read(&file, self),
            ".snyk" => snyk::read(&file, self),
            ".nsprc" => npm_audit::nsprc(&file, self),
            "audit-ci.json" | "audit-ci.jsonc" | "audit-ci.json5" => {
                npm_audit::audit_ci(&file, self);
            }
            _ => {}
        }
        let after = self.counts();
        let words = [
            "rule",
            "ignore",
            "rule switched off",
            "known finding",
            "registry",
        ];
        let taken: Vec<String> = words
            .iter()
            .zip(before.into_iter().zip(after))
            .filter(|(_, (before, after))| after > before)
            .map(|(word, (before, after))| counted(after - before, word))
            .collect();
        self.carried.push(Carried {
            path: path.to_owned(),
            what: match taken.is_empty() {
                true => "nothing".to_owned(),
                false => taken.join(", "),
            },
        });
    }

    fn counts(&self) -> [usize; 5] {
        [
            self.rules.len(),
            self.ignores.len(),
            self.off.len(),
            self.positional.len() + self.audited.len(),
            self.registries.len(),
        ]
    }

    fn leave(&mut self, file: &File<'_>, at: Option<usize>, what: &str, why: impl Into<String>) {
        self.left.push(Left {
            path: file.path.to_owned(),
            line: at.map(|at| file.line(at)),
            what: what.to_owned(),
            why: why.into(),
        });
    }

    /// A file that cannot be read, as a whole or behind a place in it.
    fn leave_rest(&mut self, file: &File<'_>, at: Option<usize>) {
        let why = "it is not what its tool reads, from here on";
        self.leave(file, at, "the file", why);
    }

    /// Adds an ignore for what a rule, a family or an alias finds.
    fn ignore(&mut self, rule: &str, key: &str, value: &str, reason: &str) {
        self.ignores.push(format!(
            "[[ignore]]\nrule = {}\n{key} = {}\nreason = {}\n",
            quoted(rule),
            quoted(value),
            quoted(reason)
        ));
    }

    /// The text of the configuration.
    pub fn configuration(&self) -> String {
        starter::text(self)
    }
}

/// The whole of a YAML file, where it is a mapping.
fn mapping(yaml: &Yaml) -> Option<Value<'_>> {
    let root = yaml.root().filter(|_| yaml.is_complete)?;
    (root.kind() == Kind::Mapping).then_some(root)
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// A list of texts as TOML writes it.
fn listed(texts: &[String]) -> String {
    let all: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    format!("[{}]", all.join(", "))
}

fn counted(count: usize, what: &str) -> String {
    match (count, what) {
        (1, _) => format!("1 {what}"),
        (n, "rule switched off") => format!("{n} rules switched off"),
        (n, "registry") => format!("{n} registries"),
        (n, _) => format!("{n} {what}s"),
    }
}

/// The id that a rule of ours answers to under another tool's id.
fn ours<'r>(rules: &'r RuleSet, id: &'r str) -> Option<&'r str> {
    rules
        .get(id)
        .or_else(|| rules.by_alias(id).next())
        .map(|rule| rule.id.as_str())
}
