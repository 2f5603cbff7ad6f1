use crate::guard::LIMITS;
use crate::model::{
    Confidence, Dependency, Edit, Evidence, Finding, Fingerprint, Fix, Label, NewFile, Package,
    Profile, RepoPath, Role, Rule, RuleId, Safety, Severity, SkipReason, SourceId, Span,
};
use crate::rules::ActiveRules;

/// Where detectors put what they found in one source.
#[derive(Debug)]
pub struct Sink<'a> {
    rules: &'a ActiveRules,
    source: SourceId,
    findings: Vec<Finding>,
    secrets: Vec<Span>,
    skipped: Vec<SkipReason>,
    packages: u64,
    overflow: Option<Box<Finding>>,
    /// How many findings of each rule came in, so that a full one is known at once.
    kept: Vec<(RuleId, usize)>,
    dropped: Vec<(String, u64)>,
    weighs_less: bool,
}

/// What a detector left behind for one source.
#[derive(Debug)]
pub struct Collected {
    pub findings: Vec<Finding>,
    /// Every span that holds a secret, reported or not: all of them are masked.
    pub secrets: Vec<Span>,
    pub skipped: Vec<SkipReason>,
    pub packages: u64,
}

impl Collected {
    /// Adds what other detectors left behind for the same source.
    pub fn merge(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.secrets.extend(other.secrets);
        for reason in other.skipped {
            if !self.skipped.contains(&reason) {
                self.skipped.push(reason);
            }
        }
        self.packages += other.packages;
    }
}

impl<'a> Sink<'a> {
    pub fn new(rules: &'a ActiveRules, source: SourceId) -> Self {
        Self {
            rules,
            source,
            findings: Vec::new(),
            secrets: Vec::new(),
            skipped: Vec::new(),
            packages: 0,
            overflow: None,
            kept: Vec::new(),
            dropped: Vec::new(),
            weighs_less: false,
        }
    }

    /// From here on findings are low, unless the configuration has a word for their rule: only
    /// tests run what is looked at, or it is not the team's own.
    pub fn weigh_less(&mut self, less: bool) {
        self.weighs_less = less;
    }

    /// Reports a finding of `rule` whose cause is exactly `span`. The rule gives severity,
    /// confidence and aliases; what the builder says overrides them. Of a rule that is switched
    /// off, nothing is kept.
    pub fn report(&mut self, rule: &str, span: Span, message: impl Into<String>) -> Reported<'_> {
        let known = self.rules.get(rule).cloned();
        let keep = match &known {
            None => false,
            Some(rule) => self.has_room(rule),
        };
        let finding = match known {
            Some(rule) => self.finding(&rule, span, message.into()),
            None => Finding {
                rule: RuleId::owned(rule.to_owned()),
                aliases: Vec::new(),
                severity: Severity::Low,
                confidence: Confidence::Low,
                message: String::new(),
                labels: Vec::new(),
                help: None,
                fixes: Vec::new(),
                fingerprint: Fingerprint::default(),
                evidence: Evidence::None,
                appearance: None,
            },
        };
        let source = self.source;
        let overridden = self.weighs_less || self.rules.severity_of(rule).is_some();
        let slot = if keep {
            self.findings.push(finding);
            self.findings.last_mut()
        } else {
            self.overflow = Some(Box::new(finding));
            self.overflow.as_deref_mut()
        };
        Reported {
            finding: slot,
            source,
            overridden,
        }
    }

    fn has_room(&mut self, rule: &Rule) -> bool {
        let id = rule.id.as_str();
        // Findings of a lockfile are facts about as many packages, and none stands for another.
        let most = match rule.family() {
            "dependency" => LIMITS.findings,
            _ => LIMITS.findings_per_rule,
        };
        match self.kept.iter_mut().find(|(kept, _)| *kept == rule.id) {
            Some((_, count)) if *count >= most => {}
            Some((_, count)) => {
                *count += 1;
                return true;
            }
            None => {
                self.kept.push((rule.id.clone(), 1));
                return true;
            }
        }
        match self.dropped.iter_mut().find(|(name, _)| name == id) {
            Some((_, count)) => *count += 1,
            None => self.dropped.push((id.to_owned(), 1)),
        }
        false
    }

    fn finding(&self, rule: &Rule, span: Span, message: String) -> Finding {
        Finding {
            rule: rule.id.clone(),
            aliases: rule.aliases.iter().map(str::to_owned).collect(),
            severity: self
                .rules
                .severity_of(rule.id.as_str())
                .unwrap_or(if self.weighs_less {
                    Severity::Low
                } else {
                    rule.severity
                }),
            confidence: rule.confidence,
            message,
            labels: vec![Label {
                source: self.source,
                span,
                text: String::new(),
                role: Role::Primary,
            }],
            help: None,
            fixes: Vec::new(),
            fingerprint: Fingerprint::default(),
            evidence: Evidence::None,
            appearance: None,
        }
    }

    /// Takes away the peers' ids for which `holds` says no, given a finding's primary place.
    pub fn retain_aliases(&mut self, holds: impl Fn(Span, &str) -> bool) {
        for finding in &mut self.findings {
            if let Some(span) = finding.primary().map(|label| label.span) {
                finding.aliases.retain(|alias| holds(span, alias));
            }
        }
    }

    /// Marks bytes as a secret: they are masked in every report, whichever rule points there, and
    /// whether or not the secret itself is reported.
    pub fn mask(&mut self, span: Span) {
        self.secrets.push(span);
    }

    /// Notes that the source was not, or not fully, checked.
    pub fn skip(&mut self, reason: SkipReason) {
        if !self.skipped.contains(&reason) {
            self.skipped.push(reason);
        }
    }

    /// Counts packages that were looked up.
    pub fn count_packages(&mut self, packages: u64) {
        self.packages += packages;
    }

    pub fn is_enabled(&self, rule: &str) -> bool {
        self.rules.is_enabled(rule)
    }

    /// True where a run also asks for the variants of a rule that are unclear.
    pub fn wants_unclear(&self, rule: &str) -> bool {
        self.rules
            .reach(rule)
            .is_some_and(|reach| reach >= Profile::Strict)
    }

    pub fn into_collected(mut self) -> Collected {
        for (rule, dropped) in std::mem::take(&mut self.dropped) {
            self.skipped
                .push(SkipReason::TooManyFindings { rule, dropped });
        }
        Collected {
            findings: self.findings,
            secrets: self.secrets,
            skipped: self.skipped,
            packages: self.packages,
        }
    }
}

/// A finding that was just reported, to be completed.
#[derive(Debug)]
pub struct Reported<'f> {
    finding: Option<&'f mut Finding>,
    source: SourceId,
    overridden: bool,
}

impl Reported<'_> {
    fn with(mut self, change: impl FnOnce(&mut Finding, SourceId)) -> Self {
        if let Some(finding) = self.finding.as_deref_mut() {
            change(finding, self.source);
        }
        self
    }

    /// Words at the primary label.
    pub fn text(self, text: impl Into<String>) -> Self {
        self.with(|f, _| {
            if let Some(primary) = f.labels.first_mut() {
                primary.text = text.into();
            }
        })
    }

    /// Another place in the same source that helps to understand.
    pub fn label(self, span: Span, text: impl Into<String>) -> Self {
        self.with(|f, source| {
            f.labels.push(Label {
                source,
                span,
                text: text.into(),
                role: Role::Secondary,
            });
        })
    }

    /// The next step of a flow.
    pub fn step(self, span: Span, text: impl Into<String>) -> Self {
        self.with(|f, source| {
            let n = f
                .labels
                .iter()
                .filter(|l| matches!(l.role, Role::Flow(_)))
                .count();
            f.labels.push(Label {
                source,
                span,
                text: text.into(),
                role: Role::Flow(u16::try_from(n + 1).unwrap_or(u16::MAX)),
            });
        })
    }

    pub fn help(self, help: impl Into<String>) -> Self {
        self.with(|f, _| f.help = Some(help.into()))
    }

    /// A severity of its own; the configuration's word still wins.
    pub fn severity(self, severity: Severity) -> Self {
        let overridden = self.overridden;
        self.with(|f, _| {
            if !overridden {
                f.severity = severity;
            }
        })
    }

    pub fn confidence(self, confidence: Confidence) -> Self {
        self.with(|f, _| f.confidence = confidence)
    }

    /// The peers' ids that hold for this very finding, instead of all of the rule's.
    pub fn aliases(self, aliases: &[&str]) -> Self {
        self.with(|f, _| f.aliases = aliases.iter().map(|a| (*a).to_owned()).collect())
    }

    pub fn evidence(self, evidence: Evidence) -> Self {
        self.with(|f, _| f.evidence = evidence)
    }

    /// The package that it is about, so that an ignore can name it.
    pub fn package(self, package: &Package) -> Self {
        self.evidence(Evidence::Dependency(Box::new(Dependency::of(package))))
    }

    /// A fix of one edit.
    pub fn fix(
        self,
        title: impl Into<String>,
        safety: Safety,
        span: Span,
        with: impl Into<String>,
    ) -> Self {
        self.fix_all(title, safety, vec![(span, with.into())])
    }

    /// A fix of several edits, applied together or not at all.
    pub fn fix_all(
        self,
        title: impl Into<String>,
        safety: Safety,
        edits: Vec<(Span, String)>,
    ) -> Self {
        self.with(|f, source| {
            f.fixes.push(Fix {
                title: title.into(),
                safety,
                edits: edits
                    .into_iter()
                    .map(|(span, with)| Edit { source, span, with })
                    .collect(),
                creates: Vec::new(),
            });
        })
    }

    /// A fix that puts whole lines into another file: at its end, or, where there is none, into a
    /// new one.
    pub fn fix_file(
        self,
        title: impl Into<String>,
        safety: Safety,
        path: RepoPath,
        text: String,
    ) -> Self {
        self.with(|f, _| {
            f.fixes.push(Fix {
                title: title.into(),
                safety,
                edits: Vec::new(),
                creates: vec![NewFile { path, text }],
            });
        })
    }
}
