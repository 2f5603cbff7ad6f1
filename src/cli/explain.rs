use std::fmt::Write as _;
use std::process::ExitCode;

use clap::{Args, ValueHint};

use crate::model::Rule;
use crate::rules::SelectionError;

use super::{CliError, Outcome, output};

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// A rule, or another tool's id for it (DL3006, CKV_DOCKER_3, B602)
    #[arg(value_hint = ValueHint::Other)]
    rule: String,
}

pub fn run(args: &ExplainArgs) -> Outcome {
    // Our own rules can be explained even where the repository's configuration is broken.
    let rules = super::rules::all(false).unwrap_or_default();
    let mut found: Vec<&Rule> = rules.get(&args.rule).into_iter().collect();
    if found.is_empty() {
        found.extend(rules.by_alias(&args.rule));
    }
    if found.is_empty() {
        let error = match SelectionError::check(&rules, &args.rule) {
            // A family: there is no one text to show.
            Ok(()) => format!(
                "\"{}\" is not one rule; `plimsoll rules` lists them",
                args.rule
            ),
            Err(error) => error.to_string(),
        };
        return Err(CliError::Usage(error));
    }
    let pages: Vec<String> = found.into_iter().map(page).collect();
    output::print(&pages.join("\n"))?;
    Ok(ExitCode::SUCCESS)
}

fn page(rule: &Rule) -> String {
    let mut text = format!(
        "{}: {}\nseverity {}, confidence {}, profile {}, since {}\n",
        rule.id,
        rule.title,
        rule.severity.name(),
        rule.confidence.name(),
        rule.profile.name(),
        rule.since
    );
    if !rule.cwe.is_empty() {
        let cwe: Vec<String> = rule.cwe.iter().map(|n| format!("CWE-{n}")).collect();
        let _ = writeln!(text, "{}", cwe.join(", "));
    }
    if !rule.aliases.is_empty() {
        let _ = writeln!(text, "also known as {}", rule.aliases);
    }
    if !rule.compliance.is_empty() {
        let _ = writeln!(text, "{}", rule.compliance);
    }
    let _ = writeln!(text, "\n{}", rule.docs.text().trim());
    let _ = writeln!(
        text,
        "\nTo ignore one finding: # plimsoll: ignore[{}] reason",
        rule.id
    );
    text
}
