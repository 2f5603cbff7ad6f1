use serde::Serialize;

use super::{
    Advice, Appearance, Confidence, Dependency, Fingerprint, Fix, Reached, Redacted, RuleId,
    Severity, SourceId, Span,
};

/// What a label is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The exact cause. Every finding has exactly one, and it is the first label.
    Primary,
    /// Something that helps to understand the cause.
    Secondary,
    /// Step `n` (from 1) of how data or a file travels.
    Flow(u16),
}

/// A marked piece of a source with a few words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    pub source: SourceId,
    pub span: Span,
    pub text: String,
    pub role: Role,
}

/// What machines may want to know beyond the words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Evidence {
    None,
    Secret(Redacted),
    /// What an advisory says of a package.
    Package(Box<Advice>),
    /// A package, and no advisory.
    Dependency(Box<Dependency>),
    Image {
        reference: String,
    },
    Ships {
        stage: String,
        path: String,
    },
}

/// One thing that is wrong, at one place. Plain data: no colours, no renderer's type, no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub rule: RuleId,
    /// The peers' ids that hold for this very finding.
    pub aliases: Vec<String>,
    pub severity: Severity,
    pub confidence: Confidence,
    /// One sentence without a full stop: what is wrong here.
    pub message: String,
    /// The primary label first.
    pub labels: Vec<Label>,
    /// What to do, in plain words.
    pub help: Option<String>,
    pub fixes: Vec<Fix>,
    /// Filled in by the engine once the source is masked.
    pub fingerprint: Fingerprint,
    pub evidence: Evidence,
    /// Where in the history it first stood, where a history was looked through.
    pub appearance: Option<Box<Appearance>>,
}

impl Finding {
    /// What findings are sorted by: the file, whether its code uses the package that it is about,
    /// the place, the rule.
    pub fn order(&self) -> impl Ord {
        let label = self.primary();
        let reached = match &self.evidence {
            Evidence::Package(advice) => advice.reachability.as_ref().map(|r| r.state),
            _ => None,
        };
        let use_ = match reached {
            Some(Reached::Called | Reached::Imported) => 0,
            None => 1,
            Some(Reached::NotSeen) => 2,
        };
        (
            label.map(|l| l.source),
            use_,
            label.map(|l| l.span),
            self.rule.as_str(),
            self.message.as_str(),
        )
    }

    /// The label that marks the cause.
    pub fn primary(&self) -> Option<&Label> {
        self.labels.first()
    }

    /// What an advisory says of a package, where the finding is about that.
    pub fn advice(&self) -> Option<&Advice> {
        match &self.evidence {
            Evidence::Package(advice) => Some(advice),
            _ => None,
        }
    }

    /// True for what is said of the packages that a file names. Their lines say little: tools sort
    /// and write them anew.
    pub fn is_about_packages(&self) -> bool {
        self.rule.family() == "dependency"
    }

    /// Replaces every text by what `cleaned` makes of it, `None` where it may stay, and drops the
    /// fixes that would write a text that may not.
    pub fn clean(&mut self, cleaned: impl Fn(&str) -> Option<String>) {
        let clean = |text: &mut String| {
            if let Some(cleaned) = cleaned(text) {
                *text = cleaned;
            }
        };
        clean(&mut self.message);
        self.help.iter_mut().for_each(clean);
        self.labels.iter_mut().for_each(|l| clean(&mut l.text));
        self.fixes
            .retain(|fix| fix.written().all(|text| cleaned(text).is_none()));
        self.fixes.iter_mut().for_each(|fix| clean(&mut fix.title));
        match &mut self.evidence {
            Evidence::Image { reference } => clean(reference),
            Evidence::Ships { stage, path } => {
                clean(stage);
                clean(path);
            }
            Evidence::Package(advice) => advice.texts().for_each(clean),
            Evidence::Dependency(package) => package.texts().for_each(clean),
            Evidence::None | Evidence::Secret(_) => {}
        }
    }
}
