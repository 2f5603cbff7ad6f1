//! The rules of the repository's own: a folder of files beside those of the configuration.

use crate::guard::LIMITS;
use crate::join::Files;
use crate::model::RepoPath;
use crate::policy::ConfigError;
use crate::rules::RuleSet;
use crate::rules::team::{MOST_RULES, TeamRule};

use super::CheckError;

/// Where they lie, seen from the root.
pub const FOLDER: &str = ".plimsoll/rules";

/// Our rules with those of the folder, one a file.
pub(super) fn with_folder(files: &dyn Files) -> Result<RuleSet, CheckError> {
    let mut rules = RuleSet::embedded();
    let folder = RepoPath::from(FOLDER);
    let is_rule = |name: &[u8]| name.ends_with(b".toml");
    let listed = files.list(&folder).into_iter();
    let listed = listed.filter(|entry| !entry.is_folder && is_rule(&entry.name));
    for entry in listed.take(MOST_RULES + 1) {
        let path = folder.join(&entry.name);
        let Some(bytes) = files.read(&path, LIMITS.config) else {
            continue;
        };
        let (path, text) = super::as_text(path, bytes)?;
        let added = TeamRule::parse(&text)
            .map_err(ConfigError::from)
            .and_then(|rule| {
                rules.add(rule).map_err(|message| ConfigError {
                    message,
                    span: text.find("id").map_or(0..0, |at| at..at + 2),
                })
            });
        if let Err(error) = added {
            return Err(CheckError::Config { path, text, error });
        }
    }
    Ok(rules)
}
