use std::fmt::Write as _;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use crate::rules::RuleSet;

use super::{CliError, Outcome, output};

/// Arguments of `rules`.
#[derive(Debug, Args)]
pub struct RulesArgs {
    /// text or json
    #[arg(short, long, default_value = "text", value_parser = ["text", "json"])]
    format: String,
}

pub fn run(args: &RulesArgs) -> Outcome {
    let rules = RuleSet::embedded();
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
