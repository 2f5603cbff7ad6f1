//! dockerfile/secret-in-variable

use super::Facts;
use super::credential::{self, Held};
use crate::detect::Sink;
use crate::model::{Confidence, Severity};
use crate::parse::dockerfile::{Dockerfile, Instruction, Keyword, Pair};

/// Reports the name of an ENV or ARG that holds a credential, or carries one into the image.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for instruction in &facts.file.instructions {
        let is_env = instruction.keyword == Keyword::Env;
        for pair in credential::pairs(instruction) {
            let Some((severity, confidence, message)) = judged(facts.file, instruction, pair)
            else {
                continue;
            };
            let aliases: &[&str] = if is_env {
                &["DL3064", "SecretsUsedInArgOrEnv", "DS-0031"]
            } else {
                &[
                    "DL3064",
                    "SecretsUsedInArgOrEnv",
                    "DS-0031",
                    "secret-in-build-arg",
                ]
            };
            out.report("dockerfile/secret-in-variable", pair.name.span, message)
                .severity(severity)
                .confidence(confidence)
                .aliases(aliases)
                .help("give it to the one command that needs it with RUN --mount=type=secret, or to the container when it starts");
        }
    }
}

/// True where a pair is reported.
pub(super) fn is_reported(file: &Dockerfile, instruction: &Instruction, pair: &Pair) -> bool {
    credential::is_secret_name(pair.name.text()) && judged(file, instruction, pair).is_some()
}

/// What there is to say about a variable that bears a credential's name.
fn judged(
    file: &Dockerfile,
    instruction: &Instruction,
    pair: &Pair,
) -> Option<(Severity, Confidence, String)> {
    let name = pair.name.text();
    let is_env = instruction.keyword == Keyword::Env;
    let ships = file.ships(instruction) && instruction.is_direct();
    let is_open_arg = !is_env && pair.value.is_none();
    Some(match credential::held(pair) {
        Held::Literal if is_env && ships => (
            Severity::High,
            Confidence::Medium,
            format!("the value of {name} is in the file and in the image"),
        ),
        Held::Literal => (
            Severity::Medium,
            Confidence::Medium,
            format!("the value of {name} is in the file"),
        ),
        Held::Placeholder if is_env => (
            Severity::Low,
            Confidence::Low,
            format!("{name} invites a credential into the image's environment"),
        ),
        Held::Variable if is_env && ships => (
            Severity::Medium,
            Confidence::Medium,
            format!("{name} keeps a value that was given to the build in the image"),
        ),
        Held::Harmless if is_open_arg && ships => (
            Severity::Low,
            Confidence::Medium,
            format!("what the build is given as {name} stays in the image's history"),
        ),
        _ => return None,
    })
}
