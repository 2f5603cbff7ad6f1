use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use super::{Confidence, Names, Profile, Severity};

/// `family/slug`, for example `dockerfile/remote-script`; source rules are `source/<lang>-<slug>`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(Cow<'static, str>);

impl RuleId {
    pub const fn new(id: &'static str) -> Self {
        Self(Cow::Borrowed(id))
    }

    pub fn owned(id: String) -> Self {
        Self(Cow::Owned(id))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the slash.
    pub fn family(&self) -> &str {
        self.0.split('/').next().unwrap_or(&self.0)
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a rule's file says about it, without its examples and its pattern.
///
/// The build packs one of these for each file under `rules/`; a team's own rules make theirs at
/// run time.
#[derive(Clone, Debug)]
pub struct Rule {
    pub id: RuleId,
    pub title: Cow<'static, str>,
    pub severity: Severity,
    pub confidence: Confidence,
    pub profile: Profile,
    pub category: Cow<'static, str>,
    pub cwe: Vec<u32>,
    pub aliases: Names,
    pub compliance: Names,
    pub since: Cow<'static, str>,
    /// Markdown: what it does, why it matters, what to do instead.
    pub docs: Docs,
    /// True where some finding of the rule carries a fix.
    pub fixable: bool,
}

/// The documentation of a rule.
#[derive(Clone, Debug)]
pub enum Docs {
    /// A part of all the documentation that the binary carries packed.
    Embedded(Range<usize>),
    Own(String),
}

impl Docs {
    pub fn text(&self) -> &str {
        match self {
            Self::Embedded(range) => crate::rules::docs(range.clone()),
            Self::Own(text) => text,
        }
    }
}

impl Rule {
    pub fn family(&self) -> &str {
        self.id.family()
    }
}
