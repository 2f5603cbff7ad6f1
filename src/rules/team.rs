//! A team's own rules: what a repository says about secrets and source code of its own.
//!
//! They are written like the files of `rules/secret/` and `rules/source/<language>/`, with `id` and
//! `title` as the only duties, and besides the forms of tokens they may have a regular expression.
//! All of it is data of the repository that is checked: counted, bounded in size, linear in time,
//! and no rule of ours can be replaced by it. An expression is only ever tried around a word of its
//! rule, and compiled when the first such word turns up.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use regex_syntax::ParserBuilder;
use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Class, Hir, HirKind};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use toml::Spanned;

use super::Example;
use super::pattern::secret::SecretPattern;
use super::spanned::{Part, read};
use super::team_source::{self, LANGUAGES, TeamSource, language_of};
use crate::model::{Confidence, Docs, Profile, Rule, RuleId, Severity};

/// Rules of a team in one repository.
pub const MOST_RULES: usize = 500;
/// Longest expression, in bytes.
pub(super) const LONGEST: usize = 8192;
/// States of an expression, roughly: bounded before it is ever compiled.
const HEAVIEST: usize = 20_000;
/// Deepest nesting of an expression.
pub const DEEPEST: u32 = 100;
/// Words of one rule.
const WORDS: usize = 50;

/// A rule of a team.
#[derive(Clone, Debug)]
pub struct TeamRule {
    pub rule: Rule,
    pub pattern: TeamPattern,
    /// The pattern as JSON: what tells two rules apart that say the same of themselves.
    pub written: String,
    pub bad: Vec<Example>,
    pub good: Vec<Example>,
}

/// How its secret looks, or what is wrong in the code.
#[derive(Clone, Debug)]
pub enum TeamPattern {
    Form(Box<SecretPattern>),
    Regex(Box<RegexPattern>),
    Source(Box<TeamSource>),
}

/// An expression with its conditions.
#[derive(Clone, Debug)]
pub struct RegexPattern {
    pub name: String,
    pub revoke: String,
    pub instead: String,
    pub regex: String,
    /// Which group is the secret; without it the first that takes part, or all that matches.
    pub group: Option<usize>,
    /// Lower-case words around which the expression is tried.
    pub near: Vec<String>,
    /// Least entropy of the secret in bits a character.
    pub entropy: Option<f64>,
    /// Must match the file's path.
    pub path: Option<String>,
    /// Must not match the secret, its line, the file's path.
    pub unless: Vec<String>,
    pub unless_line: Vec<String>,
    pub unless_path: Vec<String>,
    /// Lower-case words that the secret must not hold.
    pub unless_words: Vec<String>,
    /// The longest text that can match, where there is one.
    pub longest: Option<usize>,
}

/// What is wrong with a rule, and where in its file.
#[derive(Debug)]
pub struct TeamRuleError {
    pub message: String,
    pub span: Range<usize>,
}

pub(super) fn at<T>(value: &Spanned<T>, message: impl Into<String>) -> TeamRuleError {
    TeamRuleError {
        message: message.into(),
        span: value.span(),
    }
}

/// A rule as written: every key of a rule file, most of them with a default.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawTeamRule {
    id: Spanned<String>,
    title: Spanned<String>,
    severity: Option<Severity>,
    confidence: Option<Confidence>,
    profile: Option<Profile>,
    category: Option<String>,
    #[serde(default)]
    cwe: Vec<u32>,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    compliance: Vec<String>,
    since: Option<String>,
    docs: Option<String>,
    #[serde(default)]
    fixable: Option<Spanned<bool>>,
    check: Option<Spanned<String>>,
    pattern: Spanned<Part>,
    #[serde(default)]
    bad: Vec<Example>,
    #[serde(default)]
    good: Vec<Example>,
}

impl TeamRule {
    /// Reads a file with one rule.
    pub fn parse(text: &str) -> Result<Self, TeamRuleError> {
        let raw: RawTeamRule = toml::from_str(text).map_err(|e| TeamRuleError {
            message: e.message().to_owned(),
            span: e.span().unwrap_or(0..0),
        })?;
        raw.settle()
    }
}

impl RawTeamRule {
    pub fn id(&self) -> &Spanned<String> {
        &self.id
    }

    /// Checks everything that can be checked without the other rules.
    pub fn settle(self) -> Result<TeamRule, TeamRuleError> {
        let is_slug = |slug: &str| {
            let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
            (2..=80).contains(&slug.len()) && slug.bytes().all(plain)
        };
        let language = self.language(is_slug)?;
        let title = self.title.get_ref();
        if title.trim().is_empty() || title.len() > 200 || title.contains('\n') {
            return Err(at(&self.title, "a title is one line"));
        }
        if let Some(check) = self.check.as_ref().filter(|c| c.get_ref() != "pattern") {
            return Err(at(
                check,
                "rules of your own are patterns: check = \"pattern\"",
            ));
        }
        let written = self.pattern.get_ref().plain().to_string();
        let pattern = match &language {
            Some(language) => {
                let source = team_source::settle(language, &self.pattern)?;
                TeamPattern::Source(Box::new(source))
            }
            None => settle_pattern(title, self.pattern)?,
        };
        let repairs = match &pattern {
            TeamPattern::Source(source) => source.pattern.any.iter().any(|c| c.fix.is_some()),
            TeamPattern::Form(_) | TeamPattern::Regex(_) => false,
        };
        if let Some(fixable) = self.fixable.as_ref().filter(|f| *f.get_ref() && !repairs) {
            return Err(at(fixable, "no clause of this rule has a fix"));
        }
        let is_source = language.is_some();
        let docs = self.docs.unwrap_or_else(|| documentation(title, is_source));
        let category = if is_source { "code" } else { "secret" };
        let severity = if is_source {
            Severity::Medium
        } else {
            Severity::High
        };
        Ok(TeamRule {
            rule: Rule {
                id: RuleId::owned(self.id.get_ref().clone()),
                title: Cow::Owned(title.clone()),
                severity: self.severity.unwrap_or(severity),
                confidence: self.confidence.unwrap_or(Confidence::Medium),
                profile: self.profile.unwrap_or_default(),
                category: Cow::Owned(self.category.unwrap_or_else(|| category.into())),
                cwe: match self.cwe.is_empty() && !is_source {
                    true => vec![798],
                    false => self.cwe,
                },
                aliases: self.aliases.into(),
                compliance: self.compliance.into(),
                since: Cow::Owned(self.since.unwrap_or_default()),
                docs: Docs::Own(docs),
                fixable: repairs,
            },
            pattern,
            written,
            bad: self.bad,
            good: self.good,
        })
    }

    /// The language that the id says the rule is about; none for secrets.
    fn language(&self, is_slug: impl Fn(&str) -> bool) -> Result<Option<String>, TeamRuleError> {
        let id = self.id.get_ref();
        if let Some((language, slug)) = language_of(id)
            && is_slug(slug)
        {
            return match LANGUAGES.contains(&language) {
                true => Ok(Some(language.to_owned())),
                false => {
                    let known = LANGUAGES.join(", ");
                    let message =
                        format!("no patterns are written for \"{language}\": known are {known}");
                    Err(at(&self.id, message))
                }
            };
        }
        match id.strip_prefix("secret/").is_some_and(is_slug) {
            true => Ok(None),
            false => Err(at(
                &self.id,
                "the id of a rule of your own is source/<language>/ or secret/ and small letters, \
                 digits and hyphens",
            )),
        }
    }
}

fn documentation(title: &str, is_source: bool) -> String {
    if is_source {
        return format!(
            "## What it does\n{title}: a rule of this repository's own.\n\n\
             ## Why it matters\nThe people of this repository have agreed on it.\n\n\
             ## What to do instead\nWhat the finding says."
        );
    }
    format!(
        "## What it does\n{title}: a rule of this repository's own.\n\n\
         ## Why it matters\nWhoever can read the repository can use what the secret opens.\n\n\
         ## What to do instead\nRevoke it, and read it from the environment or a store of secrets."
    )
}

type Keys = BTreeMap<Spanned<String>, Spanned<Value>>;

fn settle_pattern(title: &str, table: Spanned<Part>) -> Result<TeamPattern, TeamRuleError> {
    let span = table.span();
    let plain = |part: &Spanned<Part>| Spanned::new(part.span(), part.get_ref().plain());
    let entries = table.get_ref().entries().iter();
    let mut keys: Keys = entries
        .map(|(key, part)| (key.clone(), plain(part)))
        .collect();
    let defaults = [
        ("name", title),
        ("revoke", "where it was issued"),
        (
            "instead",
            "read it from the environment or a store of secrets",
        ),
    ];
    for (key, text) in defaults {
        if !keys.keys().any(|k| k.get_ref() == key) {
            let value = Value::String(text.to_owned());
            keys.insert(
                Spanned::new(span.clone(), key.to_owned()),
                Spanned::new(span.clone(), value),
            );
        }
    }
    if keys.keys().any(|key| key.get_ref() == "regex") {
        return Ok(TeamPattern::Regex(Box::new(expression(keys)?)));
    }
    let place = |message: &str| {
        let named = keys
            .keys()
            .find(|k| message.contains(&format!("`{}`", k.get_ref())));
        named.map_or_else(|| span.clone(), Spanned::span)
    };
    let plain = keys
        .iter()
        .map(|(k, v)| (k.get_ref().clone(), v.get_ref().clone()));
    let pattern: SecretPattern = read(&plain.collect()).map_err(|message| TeamRuleError {
        span: place(&message),
        message,
    })?;
    let valid = pattern.validate().and_then(|()| words(&pattern.near));
    valid.map_err(|message| TeamRuleError {
        span: place(&message),
        message,
    })?;
    Ok(TeamPattern::Form(Box::new(pattern)))
}

fn words(words: &[String]) -> Result<(), String> {
    match words.len() > WORDS {
        true => Err(format!("at most {WORDS} words")),
        false => Ok(()),
    }
}

/// Takes a key's value out, of the type that is wanted.
fn take<T: DeserializeOwned>(
    keys: &mut Keys,
    name: &str,
) -> Result<Option<Spanned<T>>, TeamRuleError> {
    let Some(key) = keys.keys().find(|k| k.get_ref() == name).cloned() else {
        return Ok(None);
    };
    let Some(value) = keys.remove(&key) else {
        return Ok(None);
    };
    let span = value.span();
    match read(value.get_ref()) {
        Ok(value) => Ok(Some(Spanned::new(span, value))),
        Err(message) => Err(TeamRuleError { message, span }),
    }
}

fn expression(mut keys: Keys) -> Result<RegexPattern, TeamRuleError> {
    let keys = &mut keys;
    let text = |found: Option<Spanned<String>>| found.map(Spanned::into_inner).unwrap_or_default();
    let nowhere = || TeamRuleError {
        message: "a pattern needs its regex".into(),
        span: 0..0,
    };
    let regex: Spanned<String> = take(keys, "regex")?.ok_or_else(nowhere)?;
    let hir = parsed(&regex)?;
    let group: Option<Spanned<usize>> = take(keys, "group")?;
    let groups = hir.properties().explicit_captures_len();
    if let Some(group) = group.as_ref().filter(|g| *g.get_ref() > groups) {
        return Err(at(group, format!("the expression has {groups} groups")));
    }
    let near: Option<Spanned<Vec<String>>> = take(keys, "near")?;
    let near = match near {
        Some(near) => {
            let bad = |w: &String| w.len() < 3 || *w != w.to_ascii_lowercase();
            if near.get_ref().is_empty() || near.get_ref().iter().any(bad) {
                let what = "words of `near` are lower case, three bytes or longer";
                return Err(at(&near, what));
            }
            words(near.get_ref()).map_err(|what| at(&near, what))?;
            near.into_inner()
        }
        None => beginnings(&hir).ok_or_else(|| {
            at(
                &regex,
                "the expression begins with no fixed word: add near = [\"...\"], words around which \
                 it is tried",
            )
        })?,
    };
    let lists = |found: Option<Spanned<Vec<String>>>| -> Result<Vec<String>, TeamRuleError> {
        let Some(found) = found else {
            return Ok(Vec::new());
        };
        for text in found.get_ref() {
            check_expression(text).map_err(|message| at(&found, message))?;
        }
        Ok(found.into_inner())
    };
    let path: Option<Spanned<String>> = take(keys, "path")?;
    if let Some(path) = &path {
        parsed(path)?;
    }
    let pattern = RegexPattern {
        name: text(take(keys, "name")?),
        revoke: text(take(keys, "revoke")?),
        instead: text(take(keys, "instead")?),
        longest: hir.properties().maximum_len(),
        regex: regex.into_inner(),
        group: group.map(Spanned::into_inner),
        near,
        entropy: take(keys, "entropy")?.map(Spanned::into_inner),
        path: path.map(Spanned::into_inner),
        unless: lists(take(keys, "unless")?)?,
        unless_line: lists(take(keys, "unless_line")?)?,
        unless_path: lists(take(keys, "unless_path")?)?,
        unless_words: take::<Vec<String>>(keys, "unless_words")?
            .map(Spanned::into_inner)
            .unwrap_or_default()
            .iter()
            .map(|word| word.to_ascii_lowercase())
            .collect(),
    };
    match keys.keys().next() {
        Some(key) => Err(at(
            key,
            format!(
                "an expression has no \"{}\"; known are regex, group, near, entropy, path, unless, \
                 unless_line, unless_path, unless_words, name, revoke and instead",
                key.get_ref()
            ),
        )),
        None => Ok(pattern),
    }
}

/// Reads an expression, and refuses what could become large.
fn parsed(text: &Spanned<String>) -> Result<Hir, TeamRuleError> {
    check_expression(text.get_ref()).map_err(|message| at(text, message))
}

/// The same for whoever has no place to point at.
pub fn check_expression(text: &str) -> Result<Hir, String> {
    if text.len() > LONGEST {
        return Err(format!("an expression has at most {LONGEST} bytes"));
    }
    let mut parser = ParserBuilder::new()
        .unicode(false)
        .utf8(false)
        .nest_limit(DEEPEST)
        .build();
    let hir = parser.parse(text).map_err(|error| not_linear(&error))?;
    if weight(&hir) > HEAVIEST {
        return Err("the expression is too large: repeat less".into());
    }
    Ok(hir)
}

/// Why a text is no expression.
pub(super) fn not_linear(error: &regex_syntax::Error) -> String {
    let why = match error {
        regex_syntax::Error::Parse(error) => error.kind().to_string(),
        regex_syntax::Error::Translate(error) => error.kind().to_string(),
        _ => "not an expression".to_owned(),
    };
    format!("not an expression that is read in linear time: {why}")
}

/// About how many states an expression becomes. The depth is bounded by the parser.
pub(super) fn weight(hir: &Hir) -> usize {
    let sum = |parts: &[Hir]| parts.iter().map(weight).fold(1, usize::saturating_add);
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 1,
        HirKind::Literal(literal) => literal.0.len(),
        HirKind::Class(Class::Bytes(class)) => class.ranges().len(),
        HirKind::Class(Class::Unicode(class)) => class.ranges().len().saturating_mul(4),
        HirKind::Repetition(repeated) => {
            let times = repeated
                .max
                .unwrap_or(repeated.min)
                .max(repeated.min)
                .max(1);
            let times = usize::try_from(times).unwrap_or(usize::MAX);
            weight(&repeated.sub)
                .saturating_add(1)
                .saturating_mul(times)
        }
        HirKind::Capture(capture) => weight(&capture.sub).saturating_add(2),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => sum(parts),
    }
}

/// The fixed texts that every match begins with, where each is long enough to look for.
fn beginnings(hir: &Hir) -> Option<Vec<String>> {
    let found = Extractor::new().extract(hir);
    let mut words: Vec<String> = found
        .literals()?
        .iter()
        .map(|literal| std::str::from_utf8(literal.as_bytes()).ok())
        .map(|text| text.map(str::to_ascii_lowercase))
        .collect::<Option<_>>()?;
    words.sort();
    words.dedup();
    let fit = !words.is_empty() && words.len() <= WORDS && words.iter().all(|w| w.len() >= 3);
    fit.then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(pattern: &str) -> Result<TeamRule, TeamRuleError> {
        TeamRule::parse(&format!(
            "id = \"secret/acme\"\ntitle = \"Token of Acme\"\n[pattern]\n{pattern}\n"
        ))
    }

    #[test]
    fn an_id_and_a_title_are_enough_beside_the_pattern() {
        let rule = parse("prefixes = [\"acme_\"]\nbody = [\"alnum{32}\"]").expect("valid");
        assert_eq!(rule.rule.severity, Severity::High);
        assert!(rule.rule.docs.text().contains("## What to do instead"));
        let rule = parse("regex = 'acme-[a-z0-9]{20}'").expect("valid");
        let TeamPattern::Regex(pattern) = rule.pattern else {
            panic!("a form");
        };
        assert_eq!(
            (pattern.near, pattern.longest),
            (vec!["acme-".to_owned()], Some(25))
        );
    }

    #[test]
    fn what_is_wrong_is_pointed_at() {
        let head = "id = \"secret/acme\"\ntitle = \"t\"\n[pattern]\n";
        for (pattern, marked) in [
            ("regex = 'acme-(['", "'acme-(['"),
            ("regex = '(a{1000}){1000}'", "'(a{1000}){1000}'"),
            ("regex = '(?=acme)x'", "'(?=acme)x'"),
            ("regex = '[a-z]{20}'", "'[a-z]{20}'"),
            ("regex = 'acme-x'\ngroup = 2", "2"),
            ("regex = 'acme-x'\nnear = [\"AB\"]", "[\"AB\"]"),
            ("regex = 'acme-x'\nunless = ['[']", "['[']"),
            ("regex = 'acme-x'\nbody = ['hex{3}']", "body"),
            ("prefixes = ['acme_']\nbodies = ['hex{32}']", "bodies"),
        ] {
            let text = format!("{head}{pattern}\n");
            let error = TeamRule::parse(&text).expect_err(pattern);
            assert_eq!(&text[error.span], marked, "{}", error.message);
        }
        for (from, to) in [
            ("secret/acme", "acme"),
            ("secret/acme", "secret/A"),
            ("\"t\"", "\"\""),
        ] {
            let text = format!("{head}regex = 'acme-x'\n").replace(from, to);
            assert!(TeamRule::parse(&text).is_err(), "{to}");
        }
        let error = parse("regex = 'acme-x'\nentropy = nan").expect_err("no number");
        assert!(error.message.contains("finite"), "{}", error.message);
    }

    #[test]
    fn a_mistake_is_told_without_a_place_in_json() {
        let error = parse("regex = 'acme-x'\nentropy = ' at line 1'").expect_err("a text");
        let told = "invalid type: string \" at line 1\", expected f64";
        assert_eq!(error.message, told);
    }
}
