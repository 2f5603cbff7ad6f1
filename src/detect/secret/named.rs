use std::ops::Range;
use std::sync::OnceLock;

use super::kind::{Kind, Match};
use super::near::Words;

/// Longest value for which kinds are listed.
const LONGEST: usize = 1024;

/// The kinds that have no prefix, by the lengths of their tokens: how many of them there are
/// matters little where few have the length of the value at hand.
#[derive(Debug)]
pub struct Named {
    by_length: Vec<Vec<usize>>,
    /// The words that tell them, made when a value has the form of one.
    words: OnceLock<Words>,
}

impl Named {
    pub fn new(kinds: &[Kind]) -> Self {
        let mut by_length = vec![Vec::new(); LONGEST + 1];
        for (index, kind) in kinds.iter().enumerate().filter(|(_, k)| k.needs_name()) {
            for lengths in kind.lengths() {
                let most = (*lengths.end()).min(LONGEST);
                let lists = by_length.get_mut(*lengths.start()..=most);
                for list in lists.into_iter().flatten() {
                    // Two forms of one kind may have lengths in common.
                    if list.last() != Some(&index) {
                        list.push(index);
                    }
                }
            }
        }
        Self {
            by_length,
            words: OnceLock::new(),
        }
    }

    /// The words that tell these kinds.
    pub fn words(&self, kinds: &[Kind]) -> &Words {
        self.words.get_or_init(|| Words::new(kinds))
    }

    /// The kinds of whose form a value is.
    pub fn fitting(
        &self,
        kinds: &[Kind],
        bytes: &[u8],
        value: &Range<usize>,
    ) -> Vec<(usize, Match)> {
        let of_length = self.by_length.get(value.len());
        let fits = |index: &usize| {
            let found = kinds.get(*index)?.as_value(bytes, value.start, value.end)?;
            Some((*index, found))
        };
        of_length.into_iter().flatten().filter_map(fits).collect()
    }
}
