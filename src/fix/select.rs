//! Which fixes go together.

use std::collections::BTreeMap;

use crate::model::{Edit, Finding, Fix, RepoPath, Safety, SourceId};

/// How far `--fix` goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Level {
    /// What keeps the meaning.
    #[default]
    Safe,
    /// Also what may change behaviour.
    All,
}

impl Level {
    fn allows(self, safety: Safety) -> bool {
        match safety {
            Safety::Safe => true,
            Safety::Unsafe => self == Self::All,
            Safety::Manual => false,
        }
    }

    /// The fix of a finding that is applied at this level: the safest one, the first among equals.
    pub fn choose(self, finding: &Finding) -> Option<&Fix> {
        finding
            .fixes
            .iter()
            .filter(|fix| {
                self.allows(fix.safety) && !(fix.edits.is_empty() && fix.creates.is_empty())
            })
            .min_by_key(|fix| fix.safety)
    }
}

/// Edits that do not get into each other's way.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan<'f> {
    /// By source and by where they start.
    pub edits: BTreeMap<SourceId, BTreeMap<u32, Vec<&'f Edit>>>,
    pub creates: BTreeMap<&'f RepoPath, &'f str>,
}

impl<'f> Plan<'f> {
    /// Takes a fix in, all of it, or says that it has to wait. What is planned already, word for
    /// word, is in nobody's way.
    pub fn add(&mut self, fix: &'f Fix) -> bool {
        let within = fix.edits.iter().enumerate().all(|(at, edit)| {
            let later = fix.edits.get(at + 1..).unwrap_or_default();
            later.iter().all(|other| are_apart(edit, other))
        });
        let fits = within
            && fix.edits.iter().all(|edit| self.has_room(edit))
            && fix.creates.iter().all(|file| {
                let planned = self.creates.get(&file.path);
                planned.is_none_or(|text| *text == file.text)
            });
        if fits {
            for edit in &fix.edits {
                let starts = self.edits.entry(edit.source).or_default();
                let here = starts.entry(edit.span.start).or_default();
                if !here.contains(&edit) {
                    here.push(edit);
                }
            }
            let files = fix.creates.iter();
            self.creates
                .extend(files.map(|file| (&file.path, file.text.as_str())));
        }
        fits
    }

    /// What is planned keeps apart, so only the last edit that starts before the new one's end can
    /// reach into it.
    fn has_room(&self, edit: &Edit) -> bool {
        self.edits
            .get(&edit.source)
            .and_then(|starts| starts.range(..=edit.span.end).next_back())
            .is_none_or(|(_, here)| {
                here.contains(&edit) || here.iter().all(|other| are_apart(edit, other))
            })
    }
}

/// True where two edits cannot depend on each other. Even those that touch might; whole lines put
/// in at the same place do not.
fn are_apart(a: &Edit, b: &Edit) -> bool {
    let is_line = |edit: &Edit| {
        edit.span.is_empty() && (edit.with.ends_with('\n') || edit.with.starts_with('\n'))
    };
    a.source != b.source
        || a.span.end < b.span.start
        || b.span.end < a.span.start
        || (a.span == b.span && is_line(a) && is_line(b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Span;

    fn fix(edits: &[(u32, u32, &str)]) -> Fix {
        Fix {
            title: String::new(),
            safety: Safety::Safe,
            edits: edits
                .iter()
                .map(|(start, end, with)| Edit {
                    source: SourceId(0),
                    span: Span::new(*start, *end),
                    with: (*with).to_owned(),
                })
                .collect(),
            creates: Vec::new(),
        }
    }

    #[test]
    fn of_two_fixes_that_overlap_or_touch_the_second_waits() {
        let fixes = [
            fix(&[(0, 4, "a")]),
            fix(&[(3, 6, "b")]),
            fix(&[(4, 4, "c")]),
            fix(&[(5, 6, "d")]),
        ];
        let mut plan = Plan::default();
        let taken: Vec<bool> = fixes.iter().map(|f| plan.add(f)).collect();
        assert_eq!(taken, [true, false, false, true]);
    }

    #[test]
    fn a_fix_goes_in_as_a_whole_or_not_at_all() {
        let fixes = [fix(&[(8, 9, "a")]), fix(&[(0, 1, "b"), (8, 10, "c")])];
        let mut plan = Plan::default();
        assert!(plan.add(&fixes[0]));
        assert!(!plan.add(&fixes[1]));
        assert_eq!(plan.edits[&SourceId(0)].len(), 1);
        assert!(!Plan::default().add(&fix(&[(0, 5, ""), (2, 3, "")])));
    }

    #[test]
    fn what_two_findings_want_alike_is_done_once() {
        let fixes = [
            fix(&[(2, 2, " -y")]),
            fix(&[(2, 2, " -y")]),
            fix(&[(5, 5, "USER a\n")]),
            fix(&[(5, 5, "HEALTHCHECK b\n")]),
        ];
        let mut plan = Plan::default();
        assert!(fixes.iter().all(|f| plan.add(f)));
        assert_eq!(plan.edits[&SourceId(0)][&2].len(), 1);
        assert_eq!(plan.edits[&SourceId(0)][&5].len(), 2);
    }
}
