//! The rules of the repository's own: a folder of files beside those of the configuration.

use std::ops::Range;

use crate::detect::source::query_mistake;
use crate::guard::LIMITS;
use crate::join::Files;
use crate::model::RepoPath;
use crate::policy::ConfigError;
use crate::rules::RuleSet;
use crate::rules::team::{MOST_RULES, TeamPattern, TeamRule};

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
                })?;
                try_queries(rules.team().last(), &text)
            });
        if let Err(error) = added {
            return Err(CheckError::Config { path, text, error });
        }
    }
    Ok(rules)
}

/// Whether the grammars know what the queries of rules ask for; mistakes have their place in the
/// file that the rules stand in.
pub(super) fn try_queries<'r>(
    rules: impl IntoIterator<Item = &'r TeamRule>,
    text: &str,
) -> Result<(), ConfigError> {
    let sources = rules.into_iter().filter_map(|rule| match &rule.pattern {
        TeamPattern::Source(source) => Some(source),
        TeamPattern::Form(_) | TeamPattern::Regex(_) => None,
    });
    let queries = sources.flat_map(|source| source.queries.iter().map(move |q| (source, q)));
    for (source, query) in queries {
        if let Some(mistake) = query_mistake(&source.language, query.get_ref()) {
            let start = within(text, query.span(), mistake.at);
            return Err(ConfigError {
                message: mistake.message,
                span: start..start + 1,
            });
        }
    }
    Ok(())
}

/// Where a byte of a TOML text stands in the file, given the place of the text with its quotes.
fn within(file: &str, span: Range<usize>, at: usize) -> usize {
    let raw = file.get(span.clone()).unwrap_or_default();
    let quotes = ["\'\'\'", "\"\"\"", "\'", "\""];
    let quote = quotes.iter().find(|quote| raw.starts_with(**quote));
    let mut start = quote.map_or(0, |quote| quote.len());
    if start == 3 {
        // A line end behind the quotes is not part of the text.
        let rest = raw.get(start..).unwrap_or_default();
        start += if rest.starts_with("\r\n") {
            2
        } else {
            usize::from(rest.starts_with('\n'))
        };
    }
    let has_escapes = quote.is_some_and(|quote| quote.starts_with('"')) && raw.contains('\\');
    match has_escapes {
        // What an escape stands for is shorter than it: the text as a whole is marked.
        true => span.start,
        false => span.start + start + at,
    }
}
