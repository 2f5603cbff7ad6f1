//! What people are told: each finding by itself, but all that is known about one version of a
//! package at once, because one update answers it.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::model::{Advice, Appearance, Finding, Reachability, Reached, Safety, SourceId, Span};

use super::summary::plural;

/// Advisories of one package that are told in full.
const LISTED: usize = 6;

/// One message: a finding, or all findings about one version of a package in one place.
pub(super) struct Told<'f> {
    /// The worst one.
    pub finding: &'f Finding,
    /// All of them, the worst first.
    all: Vec<&'f Finding>,
}

/// The messages for findings of one file, each where its first finding stands.
pub(super) fn told(findings: &[Finding]) -> Vec<Told<'_>> {
    let mut places: HashMap<(SourceId, Span, &str), usize> = HashMap::new();
    let mut told: Vec<Told<'_>> = Vec::with_capacity(findings.len());
    for finding in findings {
        let place = finding.primary().zip(finding.advice());
        let place = place.map(|(label, advice)| (label.source, label.span, advice.purl.as_str()));
        let known = place.map(|place| *places.entry(place).or_insert(told.len()));
        match known.and_then(|at| told.get_mut(at)) {
            Some(same) => same.all.push(finding),
            None => told.push(Told {
                finding,
                all: vec![finding],
            }),
        }
    }
    for one in &mut told {
        let malice = |f: &Finding| f.rule.as_str() == "dependency/malicious";
        let rank = |f: &Finding| (malice(f), f.severity);
        one.all.sort_by_key(|f| std::cmp::Reverse(rank(f)));
        one.finding = one.all.first().copied().unwrap_or(one.finding);
    }
    told
}

impl<'f> Told<'f> {
    /// True where it stands for several findings.
    pub fn is_folded(&self) -> bool {
        self.all.len() > 1
    }

    /// What is wrong, in one line.
    pub fn message(&self) -> Cow<'f, str> {
        match self.finding.advice().filter(|_| self.is_folded()) {
            Some(advice) => {
                let count = self.all.len();
                format!("{} {} has {count} advisories", advice.name, advice.version).into()
            }
            None => self.finding.message.as_str().into(),
        }
    }

    /// The same with the names of all advisories, for a line of its own.
    pub fn line(&self) -> String {
        if !self.is_folded() {
            return self.finding.message.clone();
        }
        let mut names: Vec<String> = self
            .advices()
            .take(LISTED)
            .map(|(finding, advice)| format!("{} {}", known_as(advice), finding.severity.name()))
            .collect();
        if self.all.len() > LISTED {
            names.push(format!("and {} more", self.all.len() - LISTED));
        }
        let target = self.target();
        let target = target.map_or_else(String::new, |to| format!("; {to} fixes them all"));
        format!("{}: {}{target}", self.message(), names.join(", "))
    }

    /// Words at the cause, where they are not those of the finding.
    pub fn label(&self) -> Option<String> {
        self.is_folded().then(|| match self.target() {
            Some(target) => format!("{target} fixes all that is known about it"),
            None => "not all of it has a fix".to_owned(),
        })
    }

    /// What to do, and what there is to know.
    pub fn help(&self, verbose: bool) -> Vec<String> {
        let mut help: Vec<String> = match self.is_folded() {
            true => self.remedies(),
            false => self.finding.help.iter().cloned().collect(),
        };
        if let Some(advice) = self.finding.advice() {
            help.extend(surroundings(advice));
            match self.is_folded() {
                true => {
                    help.extend(advice.reachability.as_ref().map(used));
                    help.extend(self.list(verbose));
                }
                false if advice.url.is_empty() => {}
                false => help.push(format!("advisory: {}", advice.url)),
            }
        }
        let fix = self.all.iter().find_map(|finding| finding.fixes.first());
        help.extend(fix.map(|fix| {
            let how = match fix.safety {
                Safety::Safe => "fix",
                Safety::Unsafe => "fix, may change behaviour",
                Safety::Manual => "by hand",
            };
            format!("{how}: {}", fix.title)
        }));
        help.extend(self.finding.appearance.as_deref().map(history));
        if verbose {
            let prints = self.all.iter().map(|finding| &finding.fingerprint);
            help.extend(prints.map(|print| format!("fingerprint: {print}")));
        }
        help
    }

    fn advices(&self) -> impl Iterator<Item = (&'f Finding, &'f Advice)> {
        let advices = self
            .all
            .iter()
            .map(|finding| Some((*finding, finding.advice()?)));
        advices.flatten()
    }

    /// One line an advisory.
    fn list(&self, verbose: bool) -> Vec<String> {
        let line = |(finding, advice): (&Finding, &Advice)| {
            let severity = finding.severity.name();
            let name = known_as(advice);
            // The package was named above, and that it is vulnerable is the lesser half.
            let what = format!("{} {} ", advice.name, advice.version);
            let said = finding.message.strip_prefix(&what);
            let said = said.unwrap_or(&finding.message);
            let said = said.strip_prefix("is vulnerable: ").unwrap_or(said);
            let said = said.strip_suffix(&format!(" ({name})")).unwrap_or(said);
            let fixed = advice.fixed_in.first();
            let fixed = fixed.map_or_else(String::new, |fix| format!("; fixed in {fix}"));
            let page = match advice.url.is_empty() {
                true => String::new(),
                false => format!(" ({})", advice.url),
            };
            format!("{severity} {name}: {said}{fixed}{page}")
        };
        let shown = if verbose { usize::MAX } else { LISTED };
        let mut list: Vec<String> = self.advices().take(shown).map(line).collect();
        list.extend(
            self.others(shown)
                .map(|more| format!("{more} (-v tells of each)")),
        );
        list
    }

    /// Those behind the first few, by name.
    fn others(&self, shown: usize) -> Option<String> {
        let others: Vec<&str> = self
            .advices()
            .skip(shown)
            .map(|(_, a)| known_as(a))
            .collect();
        (!others.is_empty()).then(|| format!("and {} more: {}", others.len(), others.join(", ")))
    }

    /// The one version that answers all of them, where there is one.
    fn target(&self) -> Option<&'f str> {
        let mut targets = self.advices().map(|(_, advice)| advice.target.as_deref());
        let first = targets.next()??;
        targets.all(|target| target == Some(first)).then_some(first)
    }

    /// What to do about all of them.
    fn remedies(&self) -> Vec<String> {
        let mut remedies: Vec<String> = Vec::new();
        for (finding, advice) in self.advices() {
            // One update answers everything that has a fix.
            let said = match finding.rule.as_str() {
                "dependency/malicious" => finding.help.clone(),
                _ => advice.remedy.clone().or_else(|| finding.help.clone()),
            };
            if let Some(said) = said.filter(|said| !remedies.contains(said)) {
                remedies.push(said);
            }
        }
        remedies
    }
}

/// The name under which most people know an advisory.
fn known_as(advice: &Advice) -> &str {
    let cve = advice
        .aliases
        .iter()
        .find(|alias| alias.starts_with("CVE-"));
    cve.unwrap_or(&advice.advisory)
}

/// Where a package comes from.
fn surroundings(advice: &Advice) -> impl Iterator<Item = String> {
    let path = (advice.path.len() > 1).then(|| format!("path: {}", advice.path.join(" > ")));
    let manifest = advice.manifest.as_ref();
    let asked = manifest.map(|line| format!("asked for: {} ({})", line.by, line.range));
    path.into_iter().chain(asked)
}

/// Whether the repository's code uses the package.
fn used(reachability: &Reachability) -> String {
    let at = reachability.at.join(", ");
    match reachability.state {
        Reached::Called => format!("used: an affected function is called at {at}"),
        Reached::Imported => format!("used: imported at {at}"),
        Reached::NotSeen => "used: no file that was checked imports it".to_owned(),
    }
}

/// What became of a secret in a history.
fn history(appearance: &Appearance) -> String {
    let versions = appearance.versions as usize;
    let noun = match appearance.in_message {
        true => plural(versions, "message"),
        false => format!("{} of the file", plural(versions, "version")),
    };
    format!("history: {}, in {noun}", appearance.fate())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        Confidence, Ecosystem, Evidence, Fingerprint, Label, Package, Role, RuleId, Severity,
    };

    fn finding(rule: &'static str, id: &str, severity: Severity, version: &str) -> Finding {
        let package = Package::new(Ecosystem::Npm, "x", version, Span::default());
        Finding {
            rule: RuleId::new(rule),
            aliases: Vec::new(),
            severity,
            confidence: Confidence::High,
            message: format!("x {version} is vulnerable: {id} is bad"),
            labels: vec![Label {
                source: SourceId(0),
                span: Span::new(0, 1),
                text: String::new(),
                role: Role::Primary,
            }],
            help: Some(format!("answer {id}")),
            fixes: Vec::new(),
            fingerprint: Fingerprint::default(),
            evidence: Evidence::Package(Box::new(Advice {
                target: Some("2.0.0".into()),
                fixed_in: vec!["2.0.0".into()],
                remedy: Some("update x to 2.0.0".into()),
                ..Advice::new(&package, id)
            })),
            appearance: None,
        }
    }

    const RULE: &str = "dependency/vulnerable";

    #[test]
    fn what_is_known_about_one_version_is_told_at_once_with_the_worst_first() {
        let findings = [
            finding(RULE, "A-1", Severity::Low, "1.0.0"),
            finding(RULE, "A-2", Severity::High, "1.0.0"),
            finding(RULE, "A-1", Severity::Low, "1.1.0"),
        ];
        let told = told(&findings);
        assert_eq!(told.len(), 2);
        assert_eq!(told[0].finding.severity, Severity::High);
        assert_eq!(
            told[0].line(),
            "x 1.0.0 has 2 advisories: A-2 high, A-1 low; 2.0.0 fixes them all"
        );
        let help = told[0].help(false);
        assert_eq!(help.len(), 3, "two advisories and one remedy: {help:?}");
        assert_eq!(told[1].message(), "x 1.1.0 is vulnerable: A-1 is bad");
        assert_eq!(told[1].label(), None);
    }

    #[test]
    fn malice_comes_before_every_severity_and_keeps_its_own_help() {
        let findings = [
            finding(RULE, "A-1", Severity::Critical, "1.0.0"),
            finding("dependency/malicious", "MAL-1", Severity::Critical, "1.0.0"),
        ];
        let told = told(&findings);
        assert_eq!(told[0].finding.rule.as_str(), "dependency/malicious");
        assert!(told[0].help(false).contains(&"answer MAL-1".to_owned()));
    }

    #[test]
    fn without_one_target_no_version_is_promised() {
        let mut findings = [
            finding(RULE, "A-1", Severity::Low, "1.0.0"),
            finding(RULE, "A-2", Severity::Low, "1.0.0"),
        ];
        if let Evidence::Package(advice) = &mut findings[1].evidence {
            advice.target = None;
        }
        let told = told(&findings);
        assert_eq!(told[0].line(), "x 1.0.0 has 2 advisories: A-1 low, A-2 low");
        assert_eq!(told[0].label().as_deref(), Some("not all of it has a fix"));
    }
}
