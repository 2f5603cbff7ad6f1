//! Regular expressions that are asked by their names.

use std::borrow::Cow;
use std::collections::HashMap;

use super::code::{Node, NodeId};
use super::eval::Pass;
use super::library;
use super::value::Taint;

/// Longest line that is read for an expression, in bytes.
const LONGEST_LINE: usize = 2000;

/// Where the values begin that the names of a file are set to first.
///
/// Looked for once and for all names: a file may ask as often as it has lines.
#[derive(Debug)]
pub(super) struct Assigned<'s>(HashMap<&'s [u8], usize>);

impl<'s> Assigned<'s> {
    fn of(text: &'s [u8]) -> Self {
        let mut first = HashMap::new();
        for at in memchr::memchr_iter(b'=', text) {
            let (before, after) = (text.get(..at), text.get(at + 1..));
            let (Some(before), Some(after)) = (before, after) else {
                continue;
            };
            let name = last_name(before.trim_ascii_end());
            if !name.is_empty() && !after.starts_with(b"=") {
                first.entry(name).or_insert(at + 1);
            }
        }
        Self(first)
    }
}

/// The name that a text ends with, without what languages put before names.
fn last_name(text: &[u8]) -> &[u8] {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || !byte.is_ascii();
    let start = text.iter().rposition(|byte| !is_name(byte));
    text.get(start.map_or(0, |at| at + 1)..).unwrap_or(&[])
}

impl<'s> Pass<'_, 's> {
    /// `NAME.test(x)`, `re.match(NAME, x)`, of something foreign: an expression that the whole text
    /// must match where the file sets it, or one from another file that is called so.
    pub(super) fn asks_named_pattern(&self, object: NodeId, args: &[NodeId]) -> bool {
        let is_foreign = |id: &NodeId| self.value(*id).taint != Taint::NONE;
        let pattern = match args {
            [one] if is_foreign(one) => object,
            [pattern, of, ..] if is_foreign(of) => *pattern,
            _ => return false,
        };
        let name = match self.code.node(pattern) {
            Node::Name(name) | Node::Member { name, .. } => self.code.names.text(*name),
            _ => return false,
        };
        match self.set_in_file(name) {
            Some(made) => library::sets_whole_pattern(&made),
            None => library::is_name_of_pattern(name),
        }
    }

    /// What the first assignment of a name in the file says, as far as its line goes.
    fn set_in_file(&self, name: &str) -> Option<Cow<'s, str>> {
        let text = self.code.text;
        let assigned = self.assigned.get_or_init(|| Assigned::of(text));
        let start = *assigned.0.get(last_name(name.as_bytes()))?;
        let made = text.get(start..text.len().min(start + LONGEST_LINE))?;
        let mut lines = made.split_inclusive(|byte| *byte == b'\n');
        let line = lines.next()?;
        // `re.compile(` and the pattern on the next line.
        let goes_on = line.trim_ascii_end().ends_with(b"(");
        let rest = lines.next().filter(|_| goes_on).unwrap_or(&[]);
        made.get(..line.len() + rest.len())
            .map(String::from_utf8_lossy)
    }
}
