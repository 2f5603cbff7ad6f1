use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use regex::bytes::{Regex, RegexBuilder};
use serde::Deserialize;
use toml::Spanned;

use crate::model::{Fingerprint, Profile, RepoPath, Severity};
use crate::rules::team::{RawTeamRule, TeamRule, TeamRuleError, check_expression};
use crate::rules::{RuleSet, Selection, SelectionError};

use super::package_rules::{RawBan, RawLicences, RawReleases};
use super::package_scope::{PackageScope, RawScope};
use super::{Date, FailOn, MaxAge, VexPattern};
use crate::detect::{
    Allowed, AllowedPlace, Ban, LabelFormat, LabelSchema, LicencePolicy, ReleasePolicy,
};

/// `plimsoll.toml`, read and checked.
#[derive(Clone, Debug)]
pub struct Config {
    pub profile: Option<Profile>,
    pub fail_on: Option<FailOn>,
    /// Files that are listed as excluded, in gitignore syntax.
    pub exclude: Vec<String>,
    /// Rule or family to a severity of its own, or to `None`: off.
    pub levels: BTreeMap<String, Option<Severity>>,
    pub ignores: Vec<IgnoreEntry>,
    /// Whether the comments of other tools count.
    pub peer_comments: bool,
    /// Whether an inline ignore must say why.
    pub require_reason: bool,
    /// The registries and names that images may come from; `None`: any.
    pub registries: Option<Vec<String>>,
    /// The addresses that packages may come from; `None`: any.
    pub package_registries: Option<Vec<String>>,
    /// The labels that images are to have.
    pub labels: Option<LabelSchema>,
    /// Whether secrets that fail their own check are left out.
    pub strict_checksum: bool,
    /// Whether test code counts in full.
    pub judges_tests: bool,
    /// Whether vendored, generated and minified code counts in full.
    pub judges_vendored: bool,
    /// The secrets that ignores mean by their own text, by the place of the ignore.
    pub allowed: Option<Arc<Allowed>>,
    /// OpenVEX documents of the repository.
    pub vex: Vec<VexPattern>,
    /// Rules of the team's own.
    pub team: Vec<TeamRule>,
    /// How old advisories may be.
    pub max_age: MaxAge,
    /// The licences that packages may have; `None`: any.
    pub licences: Option<LicencePolicy>,
    /// Packages that are not wanted.
    pub bans: Vec<Ban>,
    /// How old releases have to be; `None`: any age.
    pub releases: Option<ReleasePolicy>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            profile: None,
            fail_on: None,
            exclude: Vec::new(),
            levels: BTreeMap::new(),
            ignores: Vec::new(),
            peer_comments: true,
            require_reason: false,
            registries: None,
            package_registries: None,
            labels: None,
            strict_checksum: false,
            judges_tests: false,
            judges_vendored: false,
            allowed: None,
            vex: Vec::new(),
            team: Vec::new(),
            max_age: MaxAge::default(),
            licences: None,
            bans: Vec::new(),
            releases: None,
        }
    }
}

/// An `[[ignore]]` entry.
#[derive(Clone, Debug)]
pub struct IgnoreEntry {
    /// A rule, a family or a peer's id.
    pub rule: String,
    path: Option<Gitignore>,
    /// Which dependencies are meant.
    pub scope: PackageScope,
    path_regex: Option<Regex>,
    /// Whether the entry is about secrets of a certain text: see `Config::allowed`.
    pub by_text: bool,
    /// The one finding that is meant, as reports write its fingerprint.
    pub fingerprint: Option<String>,
    pub reason: String,
    pub until: Option<Date>,
    /// Where the entry stands in the configuration.
    pub span: Range<usize>,
}

/// The rules that an ignore of an advisory or a package means, where it names none.
pub(super) const FAMILY: &str = "dependency";

impl IgnoreEntry {
    /// What it is about, for remarks about it.
    pub fn subject(&self) -> &str {
        self.scope.advisory.as_deref().unwrap_or(&self.rule)
    }

    /// True where the entry means any finding, or this one.
    pub fn covers_print(&self, print: &Fingerprint) -> bool {
        self.fingerprint
            .as_ref()
            .is_none_or(|text| *text == print.to_string())
    }

    pub fn covers_path(&self, path: &RepoPath) -> bool {
        let fits = |regex: &Regex| regex.is_match(path.as_bytes());
        self.path.as_ref().is_none_or(|glob| matches(glob, path))
            && self.path_regex.as_ref().is_none_or(fits)
    }
}

/// What is wrong in a configuration, and where in it.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct ConfigError {
    pub message: String,
    /// Bytes of the configuration file; empty where no place can be told.
    pub span: Range<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Raw {
    profile: Option<Profile>,
    fail_on: Option<Spanned<String>>,
    #[serde(default)]
    exclude: Vec<Spanned<String>>,
    #[serde(default)]
    rules: BTreeMap<Spanned<String>, Spanned<String>>,
    #[serde(default)]
    ignore: Vec<Spanned<RawIgnore>>,
    #[serde(default = "yes")]
    peer_comments: bool,
    #[serde(default)]
    require_reason: bool,
    images: Option<RawImages>,
    registries: Option<RawRegistries>,
    #[serde(default)]
    rule: Vec<RawTeamRule>,
    labels: Option<BTreeMap<Spanned<String>, Spanned<toml::Value>>>,
    #[serde(default)]
    secrets: RawSecrets,
    #[serde(default)]
    source: RawSource,
    #[serde(default)]
    advisories: RawAdvisories,
    #[serde(default)]
    vex: RawVex,
    licenses: Option<RawLicences>,
    #[serde(default)]
    ban: Vec<RawBan>,
    releases: Option<RawReleases>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawVex {
    files: Vec<Spanned<String>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
struct RawAdvisories {
    max_age: Option<Spanned<String>>,
    on_stale: Option<Spanned<String>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
struct RawSecrets {
    strict_checksum: bool,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawSource {
    tests: bool,
    vendored: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawImages {
    registries: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRegistries {
    allow: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawIgnore {
    rule: Option<Spanned<String>>,
    path: Option<Spanned<String>>,
    #[serde(rename = "path-regex")]
    path_regex: Option<Spanned<String>>,
    value: Option<Spanned<String>>,
    line: Option<Spanned<String>>,
    package: Option<Spanned<String>>,
    version: Option<Spanned<String>>,
    advisory: Option<Spanned<String>>,
    parent: Option<Spanned<String>>,
    #[serde(rename = "as-of")]
    as_of: Option<Spanned<String>>,
    fingerprint: Option<Spanned<String>>,
    reason: Spanned<String>,
    until: Option<Spanned<String>>,
}

fn yes() -> bool {
    true
}

pub(super) fn at<T>(value: &Spanned<T>, message: impl Into<String>) -> ConfigError {
    ConfigError {
        message: message.into(),
        span: value.span(),
    }
}

/// A gitignore matcher of one pattern or several, anchored at the repository's root.
fn globs<'a>(
    patterns: impl Iterator<Item = &'a Spanned<String>>,
) -> Result<Gitignore, ConfigError> {
    let mut builder = GitignoreBuilder::new("");
    for pattern in patterns {
        builder
            .add_line(None, pattern.get_ref())
            .map_err(|e| at(pattern, format!("not a path pattern: {e}")))?;
    }
    builder.build().map_err(|e| ConfigError {
        message: format!("path patterns do not fit together: {e}"),
        span: 0..0,
    })
}

fn matches(glob: &Gitignore, path: &RepoPath) -> bool {
    path.as_str()
        .is_some_and(|path| glob.matched_path_or_any_parents(path, false).is_ignore())
}

impl Config {
    /// Reads a configuration. Unknown keys, rules and dates are errors that point at their place:
    /// a policy that is half understood protects nobody.
    pub fn parse(text: &str, rules: &RuleSet) -> Result<Self, ConfigError> {
        let raw: Raw = toml::from_str(text).map_err(|e| ConfigError {
            message: e.message().to_owned(),
            span: e.span().unwrap_or(0..0),
        })?;
        globs(raw.exclude.iter())?;
        let (team, rules) = own_rules(raw.rule, rules)?;
        let rules = &rules;
        let known = |name: &Spanned<String>| check_name(name, rules);
        let mut levels = BTreeMap::new();
        for (name, level) in raw.rules {
            known(&name)?;
            let level = match level.get_ref().as_str() {
                "off" => None,
                other => Some(severity(other).ok_or_else(|| {
                    at(&level, "a level is one of off, low, medium, high, critical")
                })?),
            };
            levels.insert(name.into_inner(), level);
        }
        let fail_on = match &raw.fail_on {
            None => None,
            Some(text) if text.get_ref() == "never" => Some(FailOn::Never),
            Some(text) => Some(FailOn::Severity(severity(text.get_ref()).ok_or_else(
                || at(text, "fail-on is one of low, medium, high, critical, never"),
            )?)),
        };
        let mut ignores = Vec::new();
        let mut allowed = Allowed::default();
        for entry in raw.ignore {
            let span = entry.span();
            let entry = entry.into_inner();
            let scope = RawScope {
                package: entry.package,
                version: entry.version,
                advisory: entry.advisory,
                parent: entry.parent,
                as_of: entry.as_of,
            };
            let rule = match entry.rule {
                Some(rule) => {
                    known(&rule)?;
                    rule.into_inner()
                }
                None if !scope.is_empty() => FAMILY.to_owned(),
                None => {
                    return Err(ConfigError {
                        message: "an ignore names a rule, an advisory, a package or a parent"
                            .into(),
                        span,
                    });
                }
            };
            let mut scope = scope.settle()?;
            if entry.reason.get_ref().trim().is_empty() {
                return Err(at(&entry.reason, "an ignore needs a reason"));
            }
            if let Some(print) = &entry.fingerprint
                && !Fingerprint::is_written_as(print.get_ref())
            {
                return Err(at(
                    print,
                    "a fingerprint is written as reports write it: 32 hex digits, for secrets -xxx",
                ));
            }
            let until = match &entry.until {
                None => None,
                Some(text) if text.get_ref() == "fixed" && !scope.is_anything() => {
                    scope.until_fixed = true;
                    None
                }
                Some(text) => Some(
                    Date::parse(text.get_ref())
                        .ok_or_else(|| at(text, "until is a day, written YYYY-MM-DD"))?,
                ),
            };
            let texts = [
                (&entry.value, AllowedPlace::Value),
                (&entry.line, AllowedPlace::Line),
            ];
            if let [(Some(_), _), (Some(line), _)] = texts {
                return Err(at(line, "an ignore has a value or a line, not both"));
            }
            let by_text = texts.iter().any(|(text, _)| text.is_some());
            for (text, place) in texts {
                if let Some(text) = text {
                    check_expression(text.get_ref()).map_err(|e| at(text, e))?;
                    if !allowed.add(ignores.len(), text.get_ref(), place) {
                        return Err(at(text, "the expression is too large"));
                    }
                }
            }
            ignores.push(IgnoreEntry {
                by_text,
                path_regex: entry.path_regex.as_ref().map(expression).transpose()?,
                path: entry
                    .path
                    .as_ref()
                    .map(|p| globs(std::iter::once(p)))
                    .transpose()?,
                rule,
                scope,
                fingerprint: entry.fingerprint.map(Spanned::into_inner),
                reason: entry.reason.into_inner(),
                until,
                span,
            });
        }
        Ok(Self {
            profile: raw.profile,
            fail_on,
            exclude: raw.exclude.into_iter().map(Spanned::into_inner).collect(),
            levels,
            ignores,
            peer_comments: raw.peer_comments,
            require_reason: raw.require_reason,
            registries: raw.images.map(registries).transpose()?,
            package_registries: raw.registries.map(package_registries).transpose()?,
            labels: raw.labels.map(labels).transpose()?,
            strict_checksum: raw.secrets.strict_checksum,
            judges_tests: raw.source.tests,
            judges_vendored: raw.source.vendored,
            max_age: max_age(&raw.advisories)?,
            licences: raw.licenses.map(RawLicences::settle).transpose()?,
            bans: raw
                .ban
                .into_iter()
                .map(RawBan::settle)
                .collect::<Result<_, _>>()?,
            releases: raw.releases.map(RawReleases::settle).transpose()?,
            allowed: (!allowed.is_empty()).then(|| Arc::new(allowed)),
            vex: raw
                .vex
                .files
                .iter()
                .map(VexPattern::read)
                .collect::<Result<_, _>>()?,
            team,
        })
    }
}

/// The rules of the file, and all rules with them.
fn own_rules(
    raw: Vec<RawTeamRule>,
    rules: &RuleSet,
) -> Result<(Vec<TeamRule>, RuleSet), ConfigError> {
    let mut all = rules.clone();
    let mut team = Vec::new();
    for rule in raw {
        let id = rule.id().clone();
        let rule = rule.settle()?;
        all.add(rule.clone()).map_err(|message| at(&id, message))?;
        team.push(rule);
    }
    Ok((team, all))
}

fn expression(text: &Spanned<String>) -> Result<Regex, ConfigError> {
    check_expression(text.get_ref()).map_err(|e| at(text, e))?;
    RegexBuilder::new(text.get_ref())
        .unicode(false)
        .size_limit(1 << 20)
        .dfa_size_limit(1 << 20)
        .build()
        .map_err(|_| at(text, "the expression is too large"))
}

impl From<TeamRuleError> for ConfigError {
    fn from(error: TeamRuleError) -> Self {
        Self {
            message: error.message,
            span: error.span,
        }
    }
}

/// A pattern names a registry, or a registry and a path; `*` stands at the end of it, if anywhere.
fn registries(images: RawImages) -> Result<Vec<String>, ConfigError> {
    let is_pattern = |text: &str| {
        let fixed = text.strip_suffix('*').unwrap_or(text);
        !text.is_empty()
            && !fixed.contains(|c: char| c.is_whitespace() || matches!(c, '*' | '@'))
            && !fixed.contains("://")
    };
    images
        .registries
        .into_iter()
        .map(|text| match is_pattern(text.get_ref()) {
            true => Ok(text.into_inner()),
            false => Err(at(
                &text,
                "write a registry (ghcr.io) or the start of a name and * (ghcr.io/acme/*)",
            )),
        })
        .collect()
}

/// Web addresses, without patterns: what is below one is allowed.
fn package_registries(raw: RawRegistries) -> Result<Vec<String>, ConfigError> {
    let is_address = |text: &str| {
        let rest = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"));
        let is_odd = |c: char| c.is_whitespace() || matches!(c, '*' | '@' | '?' | '#');
        rest.is_some_and(|rest| {
            !rest.is_empty() && !rest.starts_with('/') && !rest.contains(is_odd)
        })
    };
    raw.allow
        .into_iter()
        .map(|text| match is_address(text.get_ref()) {
            true => Ok(text.into_inner()),
            false => Err(at(
                &text,
                "write the address of a registry (https://npm.example.org/); what is below it is allowed, too",
            )),
        })
        .collect()
}

/// Names of labels and the formats of their values; `strict` is no label.
fn labels(
    table: BTreeMap<Spanned<String>, Spanned<toml::Value>>,
) -> Result<LabelSchema, ConfigError> {
    let mut schema = LabelSchema::default();
    for (name, value) in table {
        let format = |text: &str| LabelFormat::ALL.iter().find(|(known, _)| *known == text);
        match value.get_ref() {
            toml::Value::Boolean(strict) if name.get_ref() == "strict" => schema.strict = *strict,
            toml::Value::String(text) if format(text).is_some() => {
                let formats = format(text).map(|(_, format)| (name.into_inner(), *format));
                schema.formats.extend(formats);
            }
            _ => {
                return Err(at(
                    &value,
                    "a label is one of text, url, rfc3339, spdx, hash, semver, email; strict is true or false",
                ));
            }
        }
    }
    Ok(schema)
}

fn max_age(raw: &RawAdvisories) -> Result<MaxAge, ConfigError> {
    let mut max_age = MaxAge::default();
    if let Some(text) = &raw.max_age {
        max_age.days = MaxAge::parse(text.get_ref())
            .ok_or_else(|| at(text, "max-age is days or weeks, such as \"30d\" or \"4w\""))?;
    }
    if let Some(text) = &raw.on_stale {
        max_age.fails = match text.get_ref().as_str() {
            "warn" => false,
            "fail" => true,
            _ => return Err(at(text, "on-stale is one of warn, fail")),
        };
    }
    Ok(max_age)
}

fn check_name(name: &Spanned<String>, rules: &RuleSet) -> Result<(), ConfigError> {
    SelectionError::check(rules, name.get_ref()).map_err(|e| at(name, e.to_string()))
}

fn severity(name: &str) -> Option<Severity> {
    Severity::ALL.into_iter().find(|s| s.name() == name)
}

impl From<&Config> for Selection {
    fn from(config: &Config) -> Self {
        Self {
            profile: config.profile.unwrap_or_default(),
            levels: config.levels.clone(),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Config, ConfigError> {
        Config::parse(text, &RuleSet::embedded())
    }

    #[test]
    fn a_full_configuration_is_understood() {
        let config = parse(
            r#"
            profile = "strict"
            fail-on = "high"
            exclude = ["vendor/"]
            [rules]
            "policy/unused-suppression" = "off"
            [secrets]
            strict-checksum = true
            [source]
            tests = true
            [[ignore]]
            rule = "policy"
            path = "docs/**"
            reason = "examples"
            until = "2030-01-31"
            "#,
        )
        .expect("valid");
        assert_eq!(config.profile, Some(Profile::Strict));
        assert_eq!(config.levels["policy/unused-suppression"], None);
        assert!(config.strict_checksum && config.judges_tests && !config.judges_vendored);
        assert!(config.ignores[0].covers_path(&RepoPath::from("docs/a/b.md")));
        assert!(!config.ignores[0].covers_path(&RepoPath::from("src/docs.md")));
    }

    #[test]
    fn advisories_may_be_as_old_as_the_team_says() {
        let config = parse("[advisories]\nmax-age = \"2w\"\non-stale = \"fail\"\n").expect("valid");
        assert_eq!(
            config.max_age,
            MaxAge {
                days: 14,
                fails: true
            }
        );
        for (key, value) in [("max-age", "\"never\""), ("on-stale", "\"ignore\"")] {
            let text = format!("[advisories]\n{key} = {value}\n");
            assert_eq!(&text[parse(&text).expect_err(key).span], value);
        }
    }

    #[test]
    fn an_error_points_at_its_place() {
        let text = "[rules]\n\"dockerfile/nonsense\" = \"off\"\n";
        let error = parse(text).expect_err("an unknown rule");
        assert_eq!(&text[error.span], "\"dockerfile/nonsense\"");
        let text = "profil = \"all\"\n";
        assert_eq!(&text[parse(text).expect_err("a typo").span], "profil");
    }

    #[test]
    fn registries_are_names_that_may_end_in_a_star() {
        let text = "[images]\nregistries = [\"docker.io\", \"ghcr.io/acme/*\"]\n";
        let config = parse(text).expect("valid");
        assert_eq!(config.registries.expect("given").len(), 2);
        for bad in ["https://ghcr.io", "*.example.com", ""] {
            assert!(
                parse(&format!("[images]\nregistries = [{bad:?}]\n")).is_err(),
                "{bad}"
            );
        }
    }

    #[test]
    fn registries_of_packages_are_addresses() {
        let config =
            parse("[registries]\nallow = [\"https://npm.example.org/\"]\n").expect("valid");
        let allowed = config.package_registries.expect("given");
        assert_eq!(allowed, ["https://npm.example.org/"]);
        for bad in [
            "npm.example.org",
            "https://",
            "https:///a",
            "https://*.example.org/",
            "",
        ] {
            let error = parse(&format!("[registries]\nallow = [{bad:?}]\n"));
            assert!(error.is_err(), "{bad}");
        }
    }

    #[test]
    fn labels_have_formats_and_may_be_strict() {
        let text = "[labels]\nstrict = true\n\"a.b\" = \"url\"\n";
        let labels = parse(text).expect("valid").labels.expect("given");
        assert!(labels.strict);
        assert_eq!(labels.formats["a.b"], LabelFormat::Url);
        let text = "[labels]\na = \"uri\"\n";
        assert_eq!(&text[parse(text).expect_err("no format").span], "\"uri\"");
    }

    #[test]
    fn an_ignore_without_a_reason_or_with_a_wrong_date_is_refused() {
        assert!(parse("[[ignore]]\nrule = \"policy\"\nreason = \" \"\n").is_err());
        assert!(parse("[[ignore]]\nreason = \"x\"\n").is_err());
        let until_fixed = "reason = \"x\"\nuntil = \"fixed\"\n";
        assert!(parse(&format!("[[ignore]]\nrule = \"policy\"\n{until_fixed}")).is_err());
        assert!(parse(&format!("[[ignore]]\nadvisory = \"CVE-1\"\n{until_fixed}")).is_ok());
        assert!(
            parse("[[ignore]]\nrule = \"policy\"\nreason = \"x\"\nuntil = \"2027-02-30\"\n")
                .is_err()
        );
    }
}
