use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Read as _;
use std::ops::Range;
use std::sync::LazyLock;

use foldhash::fast::RandomState;

use super::row::Row;
use super::team::{MOST_RULES, TeamPattern, TeamRule};
use super::team_source::{HEAVIEST_OF_ALL, QUERIES_OF_ALL};
use crate::model::{Docs, Names, Rule, RuleId};

// `PATTERNS` (rule id, JSON of its `[pattern]` table), and what is packed.
include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// The rules that the binary carries, sorted by id.
static EMBEDDED: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    // The build has packed them with the same code: a test reads them all.
    let rows: Vec<Row<'static>> = postcard::from_bytes(PACKED_RULES).unwrap_or_default();
    rows.into_iter().map(Rule::from).collect()
});

/// Where each of them stands: a rule is looked up for every file and every finding.
static PLACES: LazyLock<HashMap<&'static str, usize, RandomState>> = LazyLock::new(|| {
    let place = |(at, rule): (usize, &'static Rule)| (rule.id.as_str(), at);
    EMBEDDED.iter().enumerate().map(place).collect()
});

impl From<Row<'static>> for Rule {
    fn from(row: Row<'static>) -> Self {
        Self {
            id: RuleId::new(row.id),
            title: Cow::Borrowed(row.title),
            severity: row.severity,
            confidence: row.confidence,
            profile: row.profile,
            category: Cow::Borrowed(row.category),
            cwe: row.cwe,
            aliases: Names::new(row.aliases),
            compliance: Names::new(row.compliance),
            since: Cow::Borrowed(row.since),
            docs: Docs::Embedded(row.docs),
            fixable: row.fixable,
        }
    }
}

/// A part of the rules' documentation.
pub fn docs(range: Range<usize>) -> &'static str {
    static ALL: LazyLock<String> = LazyLock::new(|| unpack(PACKED_DOCS));
    ALL.get(range).unwrap_or("")
}

/// The rules for source code in a language: their ids and the JSON of their `[pattern]` tables.
pub fn source_patterns(language: &str) -> Vec<(&'static str, String)> {
    let packed = PACKED_PATTERNS.iter().find(|(name, _)| *name == language);
    let lines = packed.map_or_else(String::new, |(_, packed)| unpack(packed));
    let rule = |line: &str| {
        let (id, json) = line.split_once('\t')?;
        let rule = EMBEDDED.get(*PLACES.get(id)?)?;
        Some((rule.id.as_str(), json.to_owned()))
    };
    lines.lines().filter_map(rule).collect()
}

/// What the build has packed: a test reads all of it.
fn unpack(packed: &[u8]) -> String {
    let mut text = String::new();
    match flate2::read::ZlibDecoder::new(packed).read_to_string(&mut text) {
        Ok(_) => text,
        Err(_) => String::new(),
    }
}

/// All rules of a run: those of the binary and, later, a team's own.
#[derive(Clone, Debug, Default)]
pub struct RuleSet {
    team: Vec<TeamRule>,
}

impl RuleSet {
    /// The rules that the binary carries.
    pub fn embedded() -> Self {
        Self::default()
    }

    /// The same rules and one more; the reason why it cannot be one of them.
    pub fn add(&mut self, rule: TeamRule) -> Result<(), String> {
        let id = rule.rule.id.as_str();
        if PLACES.contains_key(id) {
            return Err(format!("{id} is a rule of plimsoll's own: take another id"));
        }
        if self.get(id).is_some() {
            return Err(format!("there are two rules {id}"));
        }
        if self.team.len() >= MOST_RULES {
            return Err(format!(
                "a repository has at most {MOST_RULES} rules of its own"
            ));
        }
        let size = |rule: &TeamRule| match &rule.pattern {
            TeamPattern::Source(source) => (source.weight, source.queries.len()),
            TeamPattern::Form(_) | TeamPattern::Regex(_) => (0, 0),
        };
        let (weight, queries) = self.team.iter().map(size).fold(size(&rule), |all, one| {
            (all.0.saturating_add(one.0), all.1 + one.1)
        });
        if weight > HEAVIEST_OF_ALL {
            return Err("the expressions of the repository's rules are too large together".into());
        }
        if queries > QUERIES_OF_ALL {
            return Err(format!(
                "the rules of a repository have at most {QUERIES_OF_ALL} queries"
            ));
        }
        self.team.push(rule);
        Ok(())
    }

    /// The team's own rules.
    pub fn team(&self) -> &[TeamRule] {
        &self.team
    }

    /// Hash of the rules: of the binary's files, and of what a team's own say.
    pub fn hash(&self) -> String {
        if self.team.is_empty() {
            return RULES_HASH.to_owned();
        }
        let mut said = RULES_HASH.to_owned();
        for TeamRule { rule, written, .. } in &self.team {
            said += &format!(
                "{} {} {} {} {} {} {:?} {} {} {} {} {written}\n",
                rule.id,
                rule.title,
                rule.severity.name(),
                rule.confidence.name(),
                rule.profile.name(),
                rule.category,
                rule.cwe,
                rule.aliases,
                rule.compliance,
                rule.since,
                rule.docs.text(),
            );
        }
        let hash = crate::model::Fingerprint::of(&[said.as_bytes()]).to_string();
        hash.get(..16).unwrap_or(&hash).to_owned()
    }

    pub fn len(&self) -> usize {
        EMBEDDED.len() + self.team.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All rules, sorted by id.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        EMBEDDED
            .iter()
            .chain(self.team.iter().map(|team| &team.rule))
    }

    /// The rule of an id.
    pub fn get(&self, id: &str) -> Option<&Rule> {
        self.index(id).and_then(|index| self.at(index))
    }

    /// The place of a rule in [`RuleSet::iter`].
    pub fn index(&self, id: &str) -> Option<usize> {
        match PLACES.get(id) {
            Some(index) => Some(*index),
            None => self
                .team
                .iter()
                .position(|team| team.rule.id.as_str() == id)
                .map(|at| EMBEDDED.len() + at),
        }
    }

    pub fn at(&self, index: usize) -> Option<&Rule> {
        match EMBEDDED.get(index) {
            Some(rule) => Some(rule),
            None => self.team.get(index - EMBEDDED.len()).map(|team| &team.rule),
        }
    }

    /// Rules that carry a peer's id among their aliases, ignoring case.
    pub fn by_alias<'a>(&'a self, alias: &'a str) -> impl Iterator<Item = &'a Rule> {
        self.iter()
            .filter(move |rule| rule.aliases.iter().any(|a| a.eq_ignore_ascii_case(alias)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_out_whole() {
        assert_eq!(EMBEDDED.len(), NUMBER_OF_RULES);
        assert!(EMBEDDED.is_sorted_by_key(|rule| rule.id.as_str()));
        for rule in EMBEDDED.iter() {
            let docs = rule.docs.text();
            assert!(docs.trim_start().starts_with("## What it does"), "{docs}");
            assert!(docs.contains("## What to do instead"), "{docs}");
        }
        for (language, _) in PACKED_PATTERNS {
            let patterns = source_patterns(language);
            assert!(patterns.len() > 10, "{language}");
            for (id, json) in patterns {
                assert!(id.starts_with(&format!("source/{language}/")), "{id}");
                assert!(json.starts_with('{') && json.ends_with('}'), "{id}");
            }
        }
    }
}
