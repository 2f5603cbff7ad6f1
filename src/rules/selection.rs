use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::{Confidence, Finding, Profile, Rule, Severity};

use super::RuleSet;
use super::alias::is_alias;

/// Which rules a run asks for, before it is checked against the rules that exist.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    pub profile: Profile,
    /// Families, id prefixes, ids or aliases; empty means all.
    pub only: Vec<String>,
    pub skip: Vec<String>,
    /// Findings below are not reported.
    pub severity: Option<Severity>,
    pub confidence: Option<Confidence>,
    /// From the configuration: rule or family to `None` (off) or a severity of one's own.
    pub levels: BTreeMap<String, Option<Severity>>,
}

/// A name in a selection that no rule answers to.
#[derive(Debug, thiserror::Error)]
#[error("no rule or family is called \"{name}\"{}", hint.as_ref().map(|h| format!("; did you mean \"{h}\"?")).unwrap_or_default())]
pub struct SelectionError {
    pub name: String,
    pub hint: Option<String>,
}

impl SelectionError {
    /// Fails where no rule, family or alias has this name.
    pub fn check(set: &RuleSet, name: &str) -> Result<(), Self> {
        if set.iter().any(|rule| names(rule, name)) {
            return Ok(());
        }
        Err(Self {
            name: name.to_owned(),
            hint: closest(set, name),
        })
    }
}

/// The rules of a run with their state.
#[derive(Clone, Debug)]
pub struct ActiveRules {
    set: Arc<RuleSet>,
    enabled: Vec<bool>,
    severities: BTreeMap<usize, Severity>,
    pub min_severity: Option<Severity>,
    pub min_confidence: Option<Confidence>,
}

impl ActiveRules {
    /// Every rule of every profile, for tests and tools.
    pub fn all(set: Arc<RuleSet>) -> Self {
        Self {
            enabled: vec![true; set.len()],
            set,
            severities: BTreeMap::new(),
            min_severity: None,
            min_confidence: None,
        }
    }

    /// One rule alone.
    pub fn only(set: Arc<RuleSet>, id: &str) -> Self {
        let mut active = Self::all(set);
        let index = active.set.index(id);
        for (at, enabled) in active.enabled.iter_mut().enumerate() {
            *enabled = Some(at) == index;
        }
        active
    }

    /// Resolves a selection. A name that fits nothing is an error, never silently nothing.
    ///
    /// A rule named by its full id in `only` or in the levels runs whatever its profile.
    pub fn new(set: Arc<RuleSet>, selection: &Selection) -> Result<Self, SelectionError> {
        for name in selection
            .only
            .iter()
            .chain(&selection.skip)
            .chain(selection.levels.keys())
        {
            SelectionError::check(&set, name)?;
        }
        let mut severities = BTreeMap::new();
        let mut enabled = Vec::with_capacity(set.len());
        for (index, rule) in set.iter().enumerate() {
            let exact = |list: &[String]| list.iter().any(|name| is_exact(rule, name));
            let mut on = rule.profile <= selection.profile || exact(&selection.only);
            // The most specific name wins: the longest family, and after it the rule's own name.
            let mut levels: Vec<_> = selection
                .levels
                .iter()
                .filter(|(name, _)| names(rule, name))
                .collect();
            levels.sort_by_key(|(name, _)| (is_exact(rule, name), name.len()));
            if let Some((name, level)) = levels.last() {
                match level {
                    Some(severity) => {
                        on |= is_exact(rule, name);
                        severities.insert(index, *severity);
                    }
                    None => on = false,
                }
            }
            on &= selection.only.is_empty() || selection.only.iter().any(|n| names(rule, n));
            on &= !selection.skip.iter().any(|name| names(rule, name));
            enabled.push(on);
        }
        Ok(Self {
            set,
            enabled,
            severities,
            min_severity: selection.severity,
            min_confidence: selection.confidence,
        })
    }

    pub fn set(&self) -> &Arc<RuleSet> {
        &self.set
    }

    /// The rule of an id where it is switched on.
    pub fn get(&self, id: &str) -> Option<&Rule> {
        let index = self.set.index(id)?;
        if *self.enabled.get(index)? {
            self.set.at(index)
        } else {
            None
        }
    }

    pub fn is_enabled(&self, id: &str) -> bool {
        self.get(id).is_some()
    }

    /// True where some rule of a family (or of `source/<language>`) is switched on.
    pub fn any_of(&self, prefix: &str) -> bool {
        self.set
            .iter()
            .zip(&self.enabled)
            .any(|(rule, on)| *on && names(rule, prefix))
    }

    /// True where a finding is as severe and as sure as is asked for.
    pub fn shows(&self, finding: &Finding) -> bool {
        self.min_severity.is_none_or(|min| finding.severity >= min)
            && self
                .min_confidence
                .is_none_or(|min| finding.confidence >= min)
    }

    /// The severity that the configuration gives a rule, if any.
    pub fn severity_of(&self, id: &str) -> Option<Severity> {
        self.severities.get(&self.set.index(id)?).copied()
    }
}

fn is_exact(rule: &Rule, name: &str) -> bool {
    rule.id.as_str() == name || rule.aliases.iter().any(|a| is_alias(name, a))
}

/// True where `name` is the rule's id, an alias, its family or another whole prefix of its id.
pub(crate) fn names(rule: &Rule, name: &str) -> bool {
    is_exact(rule, name)
        || rule
            .id
            .as_str()
            .strip_prefix(name)
            .is_some_and(|rest| rest.starts_with('/'))
}

fn closest(set: &RuleSet, name: &str) -> Option<String> {
    let candidates = set
        .iter()
        .flat_map(|rule| [rule.id.as_str(), rule.family()]);
    let (distance, best) = candidates
        .map(|candidate| (edit_distance(name, candidate), candidate))
        .min()?;
    // What differs must be small beside the last part: a shared family is no likeness.
    let last = name.rsplit('/').next().unwrap_or(name);
    let allowed = (1 + name.len() / 4).min(last.len().div_ceil(2));
    (distance <= allowed).then(|| best.to_owned())
}

/// Levenshtein distance in bytes, for suggestions.
fn edit_distance(a: &str, b: &str) -> usize {
    let b = b.as_bytes();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substituted = corner + usize::from(x != *y);
            corner = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(corner + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_levels(levels: &[(&str, Option<Severity>)]) -> ActiveRules {
        let levels = levels.iter().map(|(n, l)| ((*n).to_owned(), *l)).collect();
        let selection = Selection {
            levels,
            ..Selection::default()
        };
        ActiveRules::new(Arc::new(RuleSet::embedded()), &selection).unwrap()
    }

    #[test]
    fn a_level_for_a_family_switches_nothing_on() {
        let active = with_levels(&[("dockerfile", Some(Severity::Low))]);
        assert!(!active.is_enabled("dockerfile/missing-healthcheck"));
        let user = active.severity_of("dockerfile/missing-user");
        assert_eq!(user, Some(Severity::Low));
    }

    #[test]
    fn a_level_for_a_rule_by_any_of_its_names_wins_over_its_family() {
        let active = with_levels(&[("dockerfile", None), ("DL3006", Some(Severity::High))]);
        assert!(active.is_enabled("dockerfile/unpinned-image-tag"));
        assert!(!active.is_enabled("dockerfile/missing-user"));
    }

    #[test]
    fn a_shared_family_is_no_reason_to_propose_a_rule() {
        let set = RuleSet::embedded();
        let hint = |name: &str| SelectionError::check(&set, name).unwrap_err().hint;
        assert_eq!(hint("dockerfile/nope"), None);
        let meant = hint("dockerfile/rootuser");
        assert_eq!(meant.as_deref(), Some("dockerfile/root-user"));
        assert_eq!(hint("dockerfil").as_deref(), Some("dockerfile"));
    }
}
