//! Smaller files of other tools.

use crate::parse::yaml::Yaml;
use crate::rules::RuleSet;

use super::{File, Migration, mapping, ours};

/// Files that are worth a word and nothing more.
pub const SEEN_ONLY: &[(&str, &str)] = &[
    (".trufflehog.yml", "its detectors: write them as [[rule]]"),
    (".noseyparker.yml", "its rules: write them as [[rule]]"),
    ("kingfisher.yaml", "its rules: write them as [[rule]]"),
    (".semgrepignore", "write what it lists into exclude"),
    (
        ".checkov.yaml",
        "its skips: write them into [rules] or [[ignore]]",
    ),
    ("trivy.yaml", "its switches: see plimsoll check --help"),
    (
        ".ggshield.yaml",
        "its ignores: they are hashes that only their server knows",
    ),
    (
        ".gitguardian.yaml",
        "its ignores: they are hashes that only their server knows",
    ),
    (".talismanrc", "its checksums are of whole files"),
];

/// ripsecrets: paths in gitignore syntax, and secrets behind `[secrets]`.
pub(super) fn secrets_ignore(file: &File<'_>, out: &mut Migration) {
    let mut at = 0;
    let mut in_secrets = false;
    for line in file.text.split_inclusive('\n') {
        let text = line.trim();
        if text == "[secrets]" {
            in_secrets = true;
        } else if !text.is_empty() && !text.starts_with('#') {
            if in_secrets {
                let why = "no text of a secret is copied: ignore the finding by its fingerprint";
                out.leave(file, Some(at), "a secret", why);
            } else if file.holds_secret(&(at..at + line.len())) {
                out.leave(
                    file,
                    Some(at),
                    "a path",
                    "it holds what looks like a secret",
                );
            } else {
                out.ignore("secret", "path", text, "listed in .secretsignore");
            }
        }
        at += line.len();
    }
}

/// hadolint: ids that are ignored, severities, registries.
pub(super) fn hadolint(file: &File<'_>, rules: &RuleSet, out: &mut Migration) {
    let yaml = Yaml::parse(file.text);
    let Some(root) = mapping(&yaml) else {
        out.leave(file, None, "the file", "it is not YAML");
        return;
    };
    for (key, value) in root.entries() {
        let at = Some(key.span().start as usize);
        match key.as_str().unwrap_or_default() {
            "ignored" => {
                for id in value.items() {
                    let name = id.as_str().unwrap_or_default();
                    match ours(rules, name) {
                        Some(ours) => {
                            let said = format!("ignored as {}", name.replace(char::is_control, ""));
                            out.off.insert(ours.to_owned(), said);
                        }
                        None => {
                            let at = Some(id.span().start as usize);
                            out.leave(file, at, "an id", "no rule of plimsoll answers to it");
                        }
                    }
                }
            }
            "trustedRegistries" => {
                let all = value.items().filter_map(|item| item.as_str());
                out.registries.extend(all.map(str::to_owned));
            }
            "" => {}
            other => {
                let why = "write it into [rules], [labels] or the command line";
                out.leave(file, at, &other.chars().take(40).collect::<String>(), why);
            }
        }
    }
}
