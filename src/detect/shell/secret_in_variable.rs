//! secret-in-variable: a credential's name in ENV or ARG.

use super::{Shell, leaked_build_argument};
use crate::detect::Sink;
use crate::detect::dockerfile::credential::{self, Held};
use crate::model::{Severity, Span};
use crate::parse::dockerfile::{Keyword, Pair};

/// The rule that follows arguments to where they stay.
const FLOW: &str = "dockerfile/leaked-build-argument";

/// Reports the name of an ENV or ARG that holds a credential, or carries one into the image.
pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let Some(image) = shell.image else {
        return;
    };
    let followed = match out.is_enabled(FLOW) {
        true => leaked_build_argument::names(shell),
        false => Vec::new(),
    };
    // The first stage answers for what stands before it.
    let start = match image.stage.index {
        0 => 0,
        _ => image.stage.from,
    };
    let here = start..image.stage.instructions.end;
    for instruction in image.file.instructions.get(here).unwrap_or_default() {
        let is_env = instruction.keyword == Keyword::Env;
        for pair in credential::pairs(instruction) {
            let Some((mut severity, confidence, message)) =
                credential::judged(image.file, instruction, pair)
            else {
                continue;
            };
            let name = pair.name.text();
            let mut used = None;
            match credential::held(pair) {
                Held::Variable if takes(pair, &followed) => continue,
                Held::Harmless if followed.iter().any(|known| known == name) => continue,
                Held::Harmless => used = use_of(shell, name),
                _ => {}
            }
            if used.is_some() {
                severity = Severity::Medium;
            }
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
            let finding = out.report(rule, pair.name.span, message)
                .severity(severity)
                .confidence(confidence)
                .aliases(aliases)
                .help("give it to the one command that needs it with RUN --mount=type=secret, or to the container when it starts");
            if let Some(span) = used {
                finding.label(
                    span,
                    "used here, as part of the step that the history records",
                );
            }
        }
    }
}

/// True where a value is one of these arguments.
fn takes(pair: &Pair, names: &[String]) -> bool {
    let raw = pair.value.as_ref().map_or("", |value| value.raw.as_str());
    super::secret_flow::variables_in(raw).any(|(_, name)| names.iter().any(|known| known == name))
}

/// Where a RUN names a variable.
fn use_of(shell: &Shell<'_>, name: &str) -> Option<Span> {
    let words = shell
        .script
        .commands
        .iter()
        .flat_map(|command| &command.words);
    let values = shell.script.assignments.iter().map(|a| &a.value);
    words
        .chain(values)
        .find(|word| word.variables().any(|variable| variable == name))
        .map(|word| word.span)
}
