//! A team's own rules about source code. Runs that have none never come here.

use std::borrow::Cow;

use crate::parse::source::{Language, Query, QueryMistake};
use crate::rules::RuleSet;
use crate::rules::team::TeamPattern;

use super::compiled::Compiled;

/// The rules of a team, ready to match, by language.
#[derive(Debug)]
pub struct Team {
    languages: Vec<(Language, Compiled)>,
}

impl Team {
    /// `None` where the set has no source rules beside the binary's.
    pub fn new(set: &RuleSet) -> Option<Self> {
        let own: Vec<_> = set
            .team()
            .iter()
            .filter_map(|team| match &team.pattern {
                TeamPattern::Source(source) => Some((team.rule.id.as_str(), source)),
                TeamPattern::Form(_) | TeamPattern::Regex(_) => None,
            })
            .collect();
        let languages: Vec<_> = Language::ALL
            .iter()
            .filter_map(|language| {
                let mut of = own
                    .iter()
                    .filter(|(_, source)| source.language == language.folder())
                    .map(|(id, source)| (Cow::Owned((*id).to_owned()), source.pattern.clone()))
                    .peekable();
                of.peek()?;
                Some((*language, Compiled::new(*language, of)))
            })
            .collect();
        (!languages.is_empty()).then_some(Self { languages })
    }

    pub(super) fn of(&self, language: Language) -> Option<&Compiled> {
        let mut languages = self.languages.iter();
        let (_, compiled) = languages.find(|(own, _)| *own == language)?;
        Some(compiled)
    }
}

/// What is wrong with a query for a language, if it fits none of its grammars.
pub fn query_mistake(folder: &str, text: &str) -> Option<QueryMistake> {
    let mut languages = Language::ALL.iter();
    let language = languages.find(|language| language.folder() == folder)?;
    let mut first = None;
    for kind in language.kinds() {
        match Query::new(*kind, text) {
            Ok(_) => return None,
            Err(mistake) => first = first.or(Some(mistake)),
        }
    }
    first
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::team_source::LANGUAGES;

    #[test]
    fn a_team_writes_rules_for_every_language_that_has_facts() {
        let known: Vec<&str> = Language::ALL.iter().map(|l| l.folder()).collect();
        let mut written = LANGUAGES.to_vec();
        written.sort_unstable();
        let mut sorted = known.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, written);
    }
}
