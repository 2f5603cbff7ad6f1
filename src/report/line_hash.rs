//! `primaryLocationLineHash`, which GitHub uses to recognise an alert across commits.
//!
//! The algorithm is the uploader's own (codeql-action, `src/fingerprints.ts`): a rolling hash in
//! base 37 over the 100 UTF-16 units from the line's start that are neither blank nor tab, line
//! ends folded to one `\n`, the end of the file as 65535; `:n` tells equal hashes apart.

use std::collections::BTreeMap;

use crate::model::{Source, SourceId};

const BLOCK: usize = 100;
const BASE: u64 = 37;
const END_OF_FILE: u64 = 65_535;

/// The hashes of the lines of a report's sources, made when first asked for.
#[derive(Debug, Default)]
pub(super) struct LineHashes(BTreeMap<SourceId, Vec<String>>);

impl LineHashes {
    /// The hash of a line, 1-based from the start of the source.
    pub fn of(&mut self, source: &Source, line: u32) -> String {
        self.0
            .entry(source.id)
            .or_insert_with(|| hash_lines(&source.text_all()))
            .get((line as usize).saturating_sub(1))
            .cloned()
            .unwrap_or_default()
    }
}

fn hash_lines(text: &str) -> Vec<String> {
    // Units that count, with the index of the unit at which each line starts.
    let mut units: Vec<u64> = Vec::new();
    let mut starts = vec![0];
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            ' ' | '\t' => continue,
            '\r' => {
                if chars.peek() == Some(&'\n') {
                    chars.next();
                }
                units.push('\n'.into());
                starts.push(units.len());
            }
            '\n' => {
                units.push('\n'.into());
                starts.push(units.len());
            }
            c => units.extend(c.encode_utf16(&mut [0; 2]).iter().map(|u| u64::from(*u))),
        }
    }
    units.push(END_OF_FILE);
    let mut seen: BTreeMap<u64, u32> = BTreeMap::new();
    starts
        .into_iter()
        .map(|start| {
            let mut hash = 0u64;
            for n in 0..BLOCK {
                let unit = units.get(start + n).copied().unwrap_or(0);
                hash = hash.wrapping_mul(BASE).wrapping_add(unit);
            }
            let count = seen.entry(hash).or_default();
            *count += 1;
            format!("{hash:x}:{count}")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::hash_lines;

    #[test]
    fn blanks_and_line_ends_do_not_matter_and_twins_are_numbered() {
        assert_eq!(hash_lines("a = 1\r\nb\r\n"), hash_lines("a=1\nb\n"));
        let twins = hash_lines(&"x\n".repeat(300));
        assert_ne!(twins[0], twins[1]);
        assert!(twins[0].ends_with(":1") && twins[1].ends_with(":2"));
    }
}
