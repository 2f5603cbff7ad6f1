//! extra-index: two package indexes are asked, and whichever has the higher version wins.

use super::Shell;
use super::install::KIN_OF_PYPI;
use crate::detect::Sink;
use crate::model::Span;
use crate::parse::dockerfile::Body;
use crate::parse::shell::Command;

const VARIABLES: &[&str] = &["PIP_EXTRA_INDEX_URL", "UV_EXTRA_INDEX_URL"];

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let mut found: Vec<Span> = shell.script.commands.iter().filter_map(option).collect();
    for assignment in &shell.script.assignments {
        if VARIABLES.contains(&assignment.name.as_str()) && is_confusing(&assignment.value.text) {
            found.push(assignment.span);
        }
    }
    if let Some(image) = &shell.image {
        for instruction in image.file.instructions_of(image.stage) {
            let (Body::Env(pairs) | Body::Arg(pairs)) = &instruction.body else {
                continue;
            };
            let set = pairs.iter().filter(|pair| {
                let value = pair.value.as_ref().map_or("", |value| value.text());
                VARIABLES.contains(&pair.name.text()) && is_confusing(value)
            });
            found.extend(set.map(|pair| pair.span));
        }
    }
    for written in shell
        .written()
        .iter()
        .filter(|written| written.path.contains("pip"))
    {
        for (at, line) in written.lines() {
            let value = line.trim_start().strip_prefix("extra-index-url");
            if value.is_some_and(|value| is_confusing(value.trim_start_matches([' ', '=']))) {
                found.push(written.span_of(at, at + line.len()));
            }
        }
    }
    for span in found {
        out.report(rule, span, "packages of one index can be replaced by packages of the same name in the other")
            .text("both indexes are asked")
            .help("name one index that proxies the public one, or pin every package with --require-hashes");
    }
}

/// An index that is neither well known nor the public one, which is asked anyway.
fn is_confusing(url: &str) -> bool {
    let is_public = url.contains("pypi.org") && !url.contains("test.pypi.org");
    !url.is_empty() && !is_public && !KIN_OF_PYPI.iter().any(|known| url.contains(known))
}

fn option(command: &Command) -> Option<Span> {
    let is_pip = command.name.starts_with("pip") || command.name == "uv" || command.has_arg("pip");
    if !is_pip || command.has_arg("--require-hashes") {
        return None;
    }
    let words = command.args();
    let value_of = |name: &str| {
        let at = words.iter().position(|word| {
            word.text
                .strip_prefix(name)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
        })?;
        let word = words.get(at)?;
        let value = match word.text.split_once('=') {
            Some((_, value)) => value,
            None => words.get(at + 1).map_or("", |next| next.text.as_str()),
        };
        Some((word, value))
    };
    let (word, extra) = value_of("--extra-index-url")
        .or_else(|| value_of("global.extra-index-url"))
        .or_else(|| value_of("install.extra-index-url"))?;
    // The public index as the second one is the same mixture, the other way round.
    let first = value_of("--index-url").or_else(|| value_of("-i"));
    let is_private = first.is_some_and(|(_, url)| is_confusing(url));
    (is_confusing(extra) || is_private).then_some(word.span)
}
