//! dockerfile/cached-credentials

use super::Facts;
use super::sensitive_path::judge;
use crate::detect::Sink;

/// Reports the target of a cache mount that lies where programs keep credentials.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for flag in facts.file.instructions.iter().flat_map(|i| &i.flags) {
        let is_cache =
            flag.name == "mount" && flag.option("type").is_some_and(|t| t.raw == "cache");
        let target = ["target", "dst", "destination"]
            .iter()
            .find_map(|key| flag.option(key));
        let Some(target) = target.filter(|_| is_cache) else {
            continue;
        };
        // `.docker` below a cache folder and the like are named for what they hold.
        let is_folder = FOLDERS
            .iter()
            .any(|folder| target.raw.trim_end_matches('/').ends_with(folder));
        if let (true, Some(sensitive)) = (is_folder, judge(&target.raw)) {
            out.report(
                "dockerfile/cached-credentials",
                target.span,
                format!("{} is kept from build to build: {}", target.raw, sensitive.what),
            )
            .text("outlives the build")
            .help("mount credentials with type=secret or type=ssh, and cache only what was downloaded");
        }
    }
}

/// Folders and files that hold credentials as a whole.
const FOLDERS: &[&str] = &[
    "/.ssh",
    "/.aws",
    "/.azure",
    "/.gnupg",
    "/.kube",
    "/.docker",
    "/.config/gcloud",
    "/.netrc",
    "/.npmrc",
    "/.pypirc",
    "/.git-credentials",
    "/.aws/credentials",
    "/.docker/config.json",
    "/.kube/config",
];
