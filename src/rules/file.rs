// The format of a rule file. Shared with `build.rs`, so it names nothing of this crate.

use serde::Deserialize;

/// One file under `rules/`, as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// The file's path under `rules/` without `.toml`: `family/slug` or `source/language/slug`.
    pub id: String,
    /// What is wrong, one line, no full stop.
    pub title: String,
    pub severity: String,
    pub confidence: String,
    pub profile: String,
    pub category: String,
    #[serde(default)]
    pub cwe: Vec<u32>,
    /// The peers' ids for the same check.
    #[serde(default)]
    pub aliases: Vec<String>,
    #[serde(default)]
    pub compliance: Vec<String>,
    pub since: String,
    /// Markdown with the sections `## What it does`, `## Why it matters`, `## What to do instead`.
    pub docs: String,
    /// True where a finding can carry a fix.
    #[serde(default)]
    pub fixable: bool,
    pub check: Check,
    /// For `check = "pattern"`: the family's own table.
    pub pattern: Option<toml::Value>,
    #[serde(default)]
    pub bad: Vec<Example>,
    #[serde(default)]
    pub good: Vec<Example>,
}

/// Who judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Check {
    /// A function in the file of the same name under `src/detect/<family>/`.
    Native,
    /// A function in the file of the same name under `src/detect/shell/`: one judgement for the
    /// scripts of `source/shell/` and for what a Dockerfile runs.
    Shell,
    /// The `[pattern]` table, judged by the family's engine.
    Pattern,
    /// The family's detector or a later layer itself; the rule is a kind of its findings.
    Detector,
}

/// One file that a rule is tried on, alone.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    pub path: String,
    pub text: String,
    /// The file's text before the change that is checked, for rules that look at changes.
    pub before: Option<String>,
    /// The exact text of the primary label; required for bad examples.
    pub at: Option<String>,
    /// Which occurrence of `at` is meant, from 1.
    #[serde(default = "first")]
    pub nth: usize,
    /// The profile from which on a bad example is found, if not that of the rule.
    pub profile: Option<String>,
    /// The text after all safe fixes of this rule.
    pub fixed: Option<String>,
    /// Forms of RUN in which this example would say something else: `exec`, `words`, `sh`, `stdin`,
    /// `heredoc`, `onbuild`. See `tests/rules/forms.rs`.
    #[serde(default)]
    pub not_as: Vec<String>,
    /// Other files that lie in the same repository.
    #[serde(default)]
    pub files: Vec<OtherFile>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OtherFile {
    pub path: String,
    pub text: String,
}

fn first() -> usize {
    1
}

/// What is wrong with a rule file.
#[derive(Debug)]
pub struct RuleFileError(pub String);

impl std::fmt::Display for RuleFileError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for RuleFileError {}

const SECTIONS: [&str; 3] = [
    "## What it does",
    "## Why it matters",
    "## What to do instead",
];

impl RuleFile {
    /// Reads and validates a rule file. `expected_id` is what its place under `rules/` demands.
    pub fn parse(text: &str, expected_id: &str) -> Result<Self, RuleFileError> {
        let rule: Self = toml::from_str(text).map_err(|e| RuleFileError(e.to_string()))?;
        rule.validate(expected_id)?;
        Ok(rule)
    }

    fn validate(&self, expected_id: &str) -> Result<(), RuleFileError> {
        let fail = |what: String| Err(RuleFileError(what));
        if self.id != expected_id {
            return fail(format!(
                "id is \"{}\" but the file's place says \"{expected_id}\"",
                self.id
            ));
        }
        if self.title.is_empty() || self.title.ends_with('.') || self.title.contains('\n') {
            return fail("title must be one line without a full stop".into());
        }
        if !["low", "medium", "high", "critical"].contains(&self.severity.as_str()) {
            return fail(format!("unknown severity \"{}\"", self.severity));
        }
        if !["low", "medium", "high"].contains(&self.confidence.as_str()) {
            return fail(format!("unknown confidence \"{}\"", self.confidence));
        }
        if !["default", "strict", "all"].contains(&self.profile.as_str()) {
            return fail(format!("unknown profile \"{}\"", self.profile));
        }
        for section in SECTIONS {
            if !self.docs.contains(section) {
                return fail(format!("docs lack the section \"{section}\""));
            }
        }
        if (self.check == Check::Pattern) != self.pattern.is_some() {
            return fail(
                "a [pattern] table goes with check = \"pattern\", and only with it".into(),
            );
        }
        if self.bad.is_empty() || self.good.is_empty() {
            return fail("a rule needs at least one [[bad]] and one [[good]] example".into());
        }
        for bad in &self.bad {
            if bad.at.is_none() {
                return fail("a [[bad]] example needs `at`".into());
            }
        }
        Ok(())
    }
}
