use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, OnceLock};

use crate::model::{Confidence, Evidence, Finding, Profile, Rule, Severity};

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

/// The rule whose findings no threshold hides and no level makes less severe: a package that was
/// published to do harm is not a matter of degree. Whoever means it switches the rule off.
const MALICIOUS: &str = "dependency/malicious";

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
            hint: closest_rule(set, name),
        })
    }
}

/// The rules of a run with their state.
#[derive(Clone, Debug)]
pub struct ActiveRules {
    set: Arc<RuleSet>,
    enabled: Vec<bool>,
    severities: BTreeMap<usize, Severity>,
    /// Ids of single findings: the only ones to show beside what is named by rule, and those to
    /// leave out.
    only: Vec<String>,
    skip: Vec<String>,
    /// Rules that `--only` names as a whole.
    whole: Vec<bool>,
    /// Up to which profile each rule speaks.
    reach: Vec<Profile>,
    /// The families, and the languages of `source`, of which some rule is on: every file asks.
    folders: OnceLock<HashSet<String>>,
    pub min_severity: Option<Severity>,
    pub min_confidence: Option<Confidence>,
}

impl ActiveRules {
    /// Every rule of every profile, for tests and tools.
    pub fn all(set: Arc<RuleSet>) -> Self {
        Self {
            enabled: vec![true; set.len()],
            reach: vec![Profile::All; set.len()],
            set,
            severities: BTreeMap::new(),
            only: Vec::new(),
            skip: Vec::new(),
            whole: Vec::new(),
            folders: OnceLock::new(),
            min_severity: None,
            min_confidence: None,
        }
    }

    /// One rule alone, with the variants of it that a run of its own profile hears, or of a higher.
    pub fn only(set: Arc<RuleSet>, id: &str, up_to: Profile) -> Self {
        let mut active = Self::all(set);
        let index = active.set.index(id);
        for (rule, reach) in active.set.iter().zip(&mut active.reach) {
            *reach = up_to.max(rule.profile);
        }
        for (at, enabled) in active.enabled.iter_mut().enumerate() {
            *enabled = Some(at) == index;
        }
        active
    }

    /// Resolves a selection. A name that fits nothing is an error, never silently nothing.
    ///
    /// A rule named by its full id in `only` or in the levels runs whatever its profile.
    pub fn new(set: Arc<RuleSet>, selection: &Selection) -> Result<Self, SelectionError> {
        let (only_ids, only): (Vec<_>, Vec<_>) = parted(&selection.only);
        let (skip_ids, skip): (Vec<_>, Vec<_>) = parted(&selection.skip);
        let named = only.iter().chain(&skip);
        for name in named.chain(selection.levels.keys()) {
            SelectionError::check(&set, name)?;
        }
        let mut whole = Vec::with_capacity(set.len());
        let mut severities = BTreeMap::new();
        let mut enabled = Vec::with_capacity(set.len());
        let mut reach = Vec::with_capacity(set.len());
        for (index, rule) in set.iter().enumerate() {
            let exact = |list: &[String]| list.iter().any(|name| is_exact(rule, name));
            let by_id = |id: &FindingId| is_exact(rule, &id.text);
            let is_named = exact(&only) || only_ids.iter().any(by_id);
            let mut on = rule.profile <= selection.profile || is_named;
            reach.push(match is_named {
                true => Profile::All,
                false => selection.profile.max(rule.profile),
            });
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
                        // Malice is no matter of degree.
                        if rule.id.as_str() != MALICIOUS {
                            severities.insert(index, *severity);
                        }
                    }
                    None => on = false,
                }
            }
            let is_whole = only.iter().any(|name| names(rule, name));
            on &= selection.only.is_empty() || is_whole || only_ids.iter().any(|id| id.is_of(rule));
            on &= !skip.iter().any(|name| names(rule, name));
            enabled.push(on);
            whole.push(is_whole);
        }
        let texts = |ids: Vec<FindingId>| ids.into_iter().map(|id| id.text).collect();
        Ok(Self {
            set,
            enabled,
            severities,
            only: texts(only_ids),
            skip: texts(skip_ids),
            whole,
            reach,
            folders: OnceLock::new(),
            min_severity: selection.severity,
            min_confidence: selection.confidence,
        })
    }

    pub fn set(&self) -> &Arc<RuleSet> {
        &self.set
    }

    /// The rule of an id where it is switched on.
    pub fn get(&self, id: &str) -> Option<&Rule> {
        self.set.at(self.enabled_index(id)?)
    }

    fn enabled_index(&self, id: &str) -> Option<usize> {
        let index = self.set.index(id)?;
        self.enabled.get(index)?.then_some(index)
    }

    pub fn is_enabled(&self, id: &str) -> bool {
        self.get(id).is_some()
    }

    /// The profile up to which the variants of a rule that runs are asked for.
    pub fn reach(&self, id: &str) -> Option<Profile> {
        self.reach.get(self.enabled_index(id)?).copied()
    }

    /// True where some rule of a family (or of `source/<language>`) is switched on.
    pub fn any_of(&self, prefix: &str) -> bool {
        let find = || {
            let all = self.set.iter().zip(&self.enabled);
            let on = all.filter_map(|(rule, on)| on.then_some(rule.id.as_str()));
            on.flat_map(folders).map(str::to_owned).collect()
        };
        self.folders.get_or_init(find).contains(prefix)
    }

    /// True where a finding is as severe and as sure as is asked for, and no other than that.
    pub fn shows(&self, finding: &Finding) -> bool {
        let malicious = finding.rule.as_str() == MALICIOUS;
        let is_whole = || {
            let index = self.set.index(finding.rule.as_str());
            index.and_then(|at| self.whole.get(at)).copied() == Some(true)
        };
        let severe = self.min_severity.is_none_or(|min| finding.severity >= min);
        let sure = self
            .min_confidence
            .is_none_or(|min| finding.confidence >= min);
        (malicious || (severe && sure))
            && !self.skip.iter().any(|id| bears(finding, id))
            && (self.only.is_empty() || is_whole() || self.only.iter().any(|id| bears(finding, id)))
    }

    /// True where single findings of the rules that run are left out.
    pub fn is_narrowed(&self) -> bool {
        self.min_severity.is_some()
            || self.min_confidence.is_some()
            || !self.only.is_empty()
            || !self.skip.is_empty()
    }

    /// The severity that the configuration gives a rule, if any.
    pub fn severity_of(&self, id: &str) -> Option<Severity> {
        self.severities.get(&self.set.index(id)?).copied()
    }
}

/// A name of single findings: an advisory, or one of shellcheck's remarks.
struct FindingId {
    text: String,
    is_advisory: bool,
}

/// What advisories are called in the databases of the field.
const ADVISORIES: [&str; 7] = ["CVE-", "GHSA-", "RUSTSEC-", "PYSEC-", "OSV-", "GO-", "MAL-"];

impl FindingId {
    fn read(name: &str) -> Option<Self> {
        let upper = name.to_ascii_uppercase();
        let is_advisory = ADVISORIES.iter().any(|prefix| upper.starts_with(prefix));
        let is_remark = upper
            .strip_prefix("SC")
            .is_some_and(|number| number.len() == 4 && number.bytes().all(|b| b.is_ascii_digit()));
        (is_advisory || is_remark).then(|| Self {
            text: name.to_owned(),
            is_advisory,
        })
    }

    /// True for a rule whose findings may bear it.
    fn is_of(&self, rule: &Rule) -> bool {
        if self.is_advisory {
            rule.family() == "dependency"
        } else {
            rule.id.as_str().ends_with("/shellcheck") || is_exact(rule, &self.text)
        }
    }
}

/// The names of findings, and those of rules.
fn parted(names: &[String]) -> (Vec<FindingId>, Vec<String>) {
    let mut ids = Vec::new();
    let mut rules = Vec::new();
    for name in names {
        match FindingId::read(name) {
            Some(id) => ids.push(id),
            None => rules.push(name.clone()),
        }
    }
    (ids, rules)
}

fn bears(finding: &Finding, id: &str) -> bool {
    let is_advisory = match &finding.evidence {
        Evidence::Package(advice) => advice.is_called(id),
        _ => false,
    };
    is_advisory || finding.aliases.iter().any(|alias| is_alias(id, alias))
}

fn is_exact(rule: &Rule, name: &str) -> bool {
    rule.id.as_str() == name || rule.aliases.iter().any(|a| is_alias(name, a))
}

/// True where `name` is the rule's id, an alias, its family or another whole prefix of its id.
pub(crate) fn names(rule: &Rule, name: &str) -> bool {
    is_exact(rule, name) || folders(rule.id.as_str()).any(|folder| folder == name)
}

/// The family of a rule, and `source/<language>`.
fn folders(id: &str) -> impl Iterator<Item = &str> {
    id.match_indices('/').filter_map(|(at, _)| id.get(..at))
}

fn closest_rule(set: &RuleSet, name: &str) -> Option<String> {
    let ids = set
        .iter()
        .flat_map(|rule| [rule.id.as_str(), rule.family()]);
    closest(name, ids)
}

/// What somebody probably meant who wrote `name`.
pub(crate) fn closest<'c>(name: &str, candidates: impl Iterator<Item = &'c str>) -> Option<String> {
    let (distance, best) = candidates
        .map(|candidate| (edit_distance(name, candidate), candidate))
        .min()?;
    // What differs must be small beside the last part: a shared family is no likeness.
    let last = name.rsplit('/').next().unwrap_or(name);
    let allowed = (1 + name.len() / 4).min(last.len().div_ceil(2));
    (distance <= allowed).then(|| best.to_owned())
}

/// Levenshtein distance in bytes, for suggestions.
pub(crate) fn edit_distance(a: &str, b: &str) -> usize {
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
    use crate::model::{Advice, Ecosystem, Package, Span};

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
    fn no_level_and_no_threshold_hides_a_malicious_package() {
        let active = with_levels(&[("dependency/malicious", Some(Severity::Low))]);
        assert!(active.is_enabled("dependency/malicious"));
        assert_eq!(active.severity_of("dependency/malicious"), None);
        let selection = Selection {
            severity: Some(Severity::Critical),
            confidence: Some(Confidence::High),
            ..Selection::default()
        };
        let active = ActiveRules::new(Arc::new(RuleSet::embedded()), &selection).unwrap();
        assert!(active.shows(&remark("dependency/malicious", "MAL-1")));
        assert!(!active.shows(&remark("dependency/vulnerable", "CVE-1")));
        let off = with_levels(&[("dependency/malicious", None)]);
        assert!(!off.is_enabled("dependency/malicious"));
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

    fn selected(only: &[&str], skip: &[&str]) -> ActiveRules {
        let texts = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect();
        let selection = Selection {
            only: texts(only),
            skip: texts(skip),
            ..Selection::default()
        };
        ActiveRules::new(Arc::new(RuleSet::embedded()), &selection).unwrap()
    }

    fn remark(rule: &'static str, alias: &str) -> Finding {
        let package = Package::new(Ecosystem::CratesIo, "x", "1.0.0", Span::default());
        Finding {
            rule: crate::model::RuleId::new(rule),
            aliases: vec![alias.to_owned()],
            severity: Severity::Low,
            confidence: Confidence::Low,
            message: String::new(),
            labels: Vec::new(),
            help: None,
            fixes: Vec::new(),
            fingerprint: crate::model::Fingerprint::default(),
            evidence: Evidence::Package(Box::new(Advice {
                aliases: vec!["CVE-2020-1".into()],
                ..Advice::new(&package, "RUSTSEC-2020-0001")
            })),
            appearance: None,
        }
    }

    #[test]
    fn an_advisory_or_a_remark_selects_single_findings() {
        let vulnerable = remark("dependency/vulnerable", "CVE-2020-1");
        let other = Finding {
            evidence: Evidence::None,
            ..remark("dockerfile/shellcheck", "SC2046")
        };
        let one = selected(&["cve-2020-1", "dockerfile/sudo"], &[]);
        assert!(one.is_enabled("dockerfile/sudo") && one.any_of("dependency"));
        assert!(!one.is_enabled("dockerfile/shellcheck"));
        assert!(one.shows(&vulnerable) && !one.shows(&other));
        assert!(one.shows(&Finding {
            evidence: Evidence::None,
            ..remark("dockerfile/sudo", "DL3004")
        }));
        let rest = selected(&[], &["RUSTSEC-2020-0001", "SC2046"]);
        assert!(rest.is_enabled("dockerfile/shellcheck"));
        assert!(!rest.shows(&vulnerable) && !rest.shows(&other));
    }

    #[test]
    fn trivys_older_ids_select_rules() {
        for id in ["DS-0002", "DS002", "AVD-DS-0002", "avd-ds-0002"] {
            assert!(
                selected(&[id], &[]).is_enabled("dockerfile/missing-user"),
                "{id}"
            );
        }
    }
}
