use std::env;
use std::fmt::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use serde_json::json;

use crate::check::{CheckRequest, ConfigChoice, What, check, read_rules};
use crate::engine::Silent;
use crate::guard::printable;
use crate::input::{Found, buffer};
use crate::model::{RepoPath, Report};
use crate::rules::team::TeamRule;
use crate::rules::{Example, RuleSet, example};

use super::{CliError, Outcome, output};

/// Arguments of `rules`.
#[derive(Debug, Args)]
pub struct RulesArgs {
    /// text or json
    #[arg(short, long, default_value = "text", value_parser = ["text", "json"])]
    format: String,
    /// Try the repository's own rules on their examples; exit code 1 where one does not hold
    #[arg(long)]
    check: bool,
    /// Leave out the rules of the repository's own
    #[arg(long, conflicts_with = "check")]
    no_config: bool,
}

/// The rules of the binary and of the repository around the current folder.
pub(super) fn all(no_config: bool) -> Result<Arc<RuleSet>, CliError> {
    let mut request = request(What::Paths(Vec::new()))?;
    if no_config {
        request.config = ConfigChoice::None;
    }
    Ok(read_rules(&request)?)
}

fn request(what: What) -> Result<CheckRequest, CliError> {
    let here =
        env::current_dir().map_err(|e| CliError::Usage(format!("the current folder: {e}")))?;
    Ok(CheckRequest::new(what, here))
}

/// Runs every rule of the repository's own on its examples, alone.
fn try_examples(rules: &RuleSet) -> Outcome {
    let mut failures = 0;
    let mut tried = 0;
    for team in rules.team() {
        for (at, bad, wanted) in examples(team) {
            tried += 1;
            if let Some(what) = tried_on(team, bad, wanted)? {
                failures += 1;
                let kind = if wanted { "bad" } else { "good" };
                let id = team.rule.id.as_str();
                output::print(&format!(
                    "{id}: [[{kind}]] {at}: {}\n",
                    printable::line(&what)
                ))?;
            }
        }
    }
    output::print(&format!(
        "{} of the repository's own, {tried} examples, {failures} of them fail\n",
        crate::report::plural(rules.team().len(), "rule")
    ))?;
    Ok(ExitCode::from(u8::from(failures > 0)))
}

fn examples(team: &TeamRule) -> impl Iterator<Item = (usize, &Example, bool)> {
    let bad = team.bad.iter().enumerate();
    let bad = bad.map(|(at, example)| (at + 1, example, true));
    let good = team.good.iter().enumerate();
    bad.chain(good.map(|(at, example)| (at + 1, example, false)))
}

/// What does not hold of an example, if anything.
fn tried_on(team: &TeamRule, one: &Example, wanted: bool) -> Result<Option<String>, CliError> {
    let text = example::expand(&one.text).into_owned();
    let path = RepoPath::from(one.path.as_str());
    let found = buffer(path, text.clone().into_bytes());
    let request = CheckRequest {
        only: vec![team.rule.id.as_str().to_owned()],
        honour_ignores: false,
        ..request(What::One(Found::Item(found)))?
    };
    let report = check(request, &Silent)?.report;
    let found = places(&report, team.rule.id.as_str(), &text);
    if !wanted {
        let is_clean = found.is_empty();
        return Ok((!is_clean).then(|| "the rule finds something here".to_owned()));
    }
    let at = one.at.as_ref().map(|at| example::expand(at).into_owned());
    Ok(match (found.as_slice(), at) {
        ([], _) => Some("the rule finds nothing here".to_owned()),
        (found, Some(at)) if !found.contains(&at) => {
            Some("the rule finds something else than `at` says".to_owned())
        }
        _ => None,
    })
}

/// The texts that the findings of a rule point at, in the example as it is written.
fn places(report: &Report, rule: &str, text: &str) -> Vec<String> {
    let own = report.findings.iter().filter(|f| f.rule.as_str() == rule);
    let spans = own.filter_map(|f| Some(f.primary()?.span.range()));
    spans
        .filter_map(|span| Some(text.get(span)?.to_owned()))
        .collect()
}

pub fn run(args: &RulesArgs) -> Outcome {
    let rules = all(args.no_config)?;
    if args.check {
        return try_examples(&rules);
    }
    let text = if args.format == "json" {
        as_json(&rules)?
    } else {
        as_text(&rules)
    };
    output::print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn as_json(rules: &RuleSet) -> Result<String, CliError> {
    let all: Vec<_> = rules
        .iter()
        .map(|rule| {
            json!({
                "id": rule.id.as_str(),
                "family": rule.family(),
                "title": rule.title,
                "severity": rule.severity,
                "confidence": rule.confidence,
                "profile": rule.profile,
                "category": rule.category,
                "cwe": rule.cwe,
                "aliases": rule.aliases,
                "compliance": rule.compliance,
                "fixable": rule.fixable,
                "since": rule.since,
            })
        })
        .collect();
    let mut text =
        serde_json::to_string_pretty(&all).map_err(|e| CliError::Usage(e.to_string()))?;
    text.push('\n');
    Ok(text)
}

fn as_text(rules: &RuleSet) -> String {
    let width = rules
        .iter()
        .map(|r| r.id.as_str().len())
        .max()
        .unwrap_or_default();
    let mut text = String::new();
    for rule in rules.iter() {
        let _ = writeln!(
            text,
            "{:width$}  {:8}  {:7}  {}",
            rule.id.as_str(),
            rule.severity.name(),
            rule.profile.name(),
            rule.title
        );
    }
    text
}
