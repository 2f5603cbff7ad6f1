//! `.gitleaksignore`: findings by file, rule and line, some with a commit in front.

use super::{File, Migration};

/// A finding that is known by its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Positional {
    /// Where the entry stands.
    pub from: String,
    pub at: u32,
    pub path: String,
    /// The other tool's id of the rule.
    pub rule: String,
    pub line: u32,
    /// Whether the entry is about one commit: then the line may have moved since.
    pub of_commit: bool,
}

pub(super) fn read(file: &File<'_>, out: &mut Migration) {
    let mut at = 0;
    for line in file.text.split_inclusive('\n') {
        let text = line.trim();
        if !text.is_empty() && !text.starts_with('#') {
            match entry(file, at, text) {
                Some(entry) => out.positional.push(entry),
                None => {
                    let why = "it is neither file:rule:line nor commit:file:rule:line";
                    out.leave(file, Some(at), "a fingerprint", why);
                }
            }
        }
        at += line.len();
    }
}

fn entry(file: &File<'_>, at: usize, text: &str) -> Option<Positional> {
    let (rest, line) = text.rsplit_once(':')?;
    let (rest, rule) = rest.rsplit_once(':')?;
    let is_commit = |part: &&str| part.len() == 40 && part.bytes().all(|b| b.is_ascii_hexdigit());
    let commit = rest.split(':').next().filter(is_commit);
    let path = match commit {
        Some(commit) => rest.get(commit.len() + 1..)?,
        None => rest,
    };
    (!path.is_empty() && !rule.is_empty()).then_some(())?;
    Some(Positional {
        from: file.path.to_owned(),
        at: file.line(at),
        path: path.trim_start_matches("./").to_owned(),
        rule: rule.to_owned(),
        line: line.parse().ok()?,
        of_commit: commit.is_some(),
    })
}
