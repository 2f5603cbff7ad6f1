//! The same code twice: what a compiler made of it, or a copy of the file. What is wrong with it is
//! said once, where a person writes it; the copies are labels of that finding.

use std::collections::{HashMap, HashSet};

use memchr::memmem;

use crate::model::{Finding, Label, RepoPath, Role, Severity, Source, SourceTable};

/// Copies that one finding has labels for; further ones stay findings.
const MOST_COPIES: usize = 8;

/// Folders that compilers and bundlers write into.
const OUTPUTS: [&[u8]; 11] = [
    b"build",
    b"bundle",
    b"cjs",
    b"commonjs",
    b"compiled",
    b"dist",
    b"es",
    b"esm",
    b"lib",
    b"out",
    b"umd",
];

/// What JavaScript is compiled from and to.
const SCRIPTS: [&[u8]; 8] = [b"cjs", b"cts", b"js", b"jsx", b"mjs", b"mts", b"ts", b"tsx"];

/// Bytes at the beginning and at the end of a file that are searched for a compiler's mark.
const MARKED: usize = 4096;

/// How a copy is found: a rule, and how many of its findings came before in the same file.
type Like<'f> = (&'f str, Severity, usize);

/// Where code lies, but for the folders that compilers read from and write to: `dist/esm/a/b.js`
/// and `src/a/b.ts` are `a/b`.
type Plain<'f> = (Vec<&'f [u8]>, &'f [u8]);

/// Takes findings in copies for labels of the finding in the original. The findings are sorted.
pub(super) fn fold(findings: &mut Vec<Finding>, sources: &SourceTable) {
    let copies = copies(findings, sources);
    for (original, copy) in &copies {
        let label = findings.get(*copy).and_then(Finding::primary).cloned();
        if let (Some(label), Some(finding)) = (label, findings.get_mut(*original)) {
            finding.labels.push(Label {
                text: "the same in a copy of this code".into(),
                role: Role::Secondary,
                ..label
            });
        }
    }
    let copies: HashSet<usize> = copies.into_iter().map(|(_, copy)| copy).collect();
    let mut numbers = 0..;
    findings.retain(|_| numbers.next().is_none_or(|at| !copies.contains(&at)));
}

/// Numbers of findings: an original, and a copy of it.
fn copies(findings: &[Finding], sources: &SourceTable) -> Vec<(usize, usize)> {
    let mut ordinals = HashMap::new();
    let mut found = Vec::new();
    for (at, finding) in findings.iter().enumerate() {
        let source = finding.primary().and_then(|l| sources.get(l.source));
        if let Some(source) = source.filter(|_| finding.rule.family() == "source") {
            let rule = finding.rule.as_str();
            let before: &mut usize = ordinals
                .entry((source.id, rule, finding.severity))
                .or_default();
            found.push((at, source, (rule, finding.severity, *before)));
            *before += 1;
        }
    }
    // Originals first: what lies in no output folder, and what is typed.
    found.sort_by_key(|(at, source, _)| (outputs(&source.path), is_plain_script(source), *at));
    let mut by_path: HashMap<(Plain<'_>, Like<'_>), (usize, &Source)> = HashMap::new();
    let mut by_name: HashMap<(&[u8], usize, Like<'_>), (usize, &Source)> = HashMap::new();
    let mut counts: HashMap<usize, usize> = HashMap::new();
    let mut copies = Vec::new();
    for (at, source, like) in found {
        let name = (source.path.file_name(), source.bytes.len(), like);
        let place = (plain(&source.path), like);
        let same = by_name.get(&name);
        let same = same.filter(|(_, original)| original.bytes == source.bytes);
        let compiled = by_path.get(&place).filter(|(original, of)| {
            let beside = is_plain_script(source) && !is_plain_script(of);
            (outputs(&source.path) > 0 || beside)
                && (is_compiled(source)
                    || marked(findings, *original, of) == marked(findings, at, source))
        });
        match compiled.or(same) {
            Some((original, _)) => {
                let count = counts.entry(*original).or_default();
                if *count < MOST_COPIES {
                    *count += 1;
                    copies.push((*original, at));
                }
            }
            None => {
                by_name.entry(name).or_insert((at, source));
                by_path.entry(place).or_insert((at, source));
            }
        }
    }
    copies
}

/// How many output folders a path goes through.
fn outputs(path: &RepoPath) -> usize {
    let folders = path.as_bytes().split(|b| *b == b'/');
    folders.filter(|folder| OUTPUTS.contains(folder)).count()
}

fn is_plain_script(source: &Source) -> bool {
    matches!(
        source.path.extension(),
        Some(b"js" | b"cjs" | b"mjs" | b"jsx")
    )
}

fn plain(path: &RepoPath) -> Plain<'_> {
    let extension = path.extension().unwrap_or_default();
    let name = path.as_bytes();
    let stem = name.get(..name.len() - extension.len()).unwrap_or(name);
    let parts = stem.split(|b| *b == b'/');
    let parts = parts.filter(|part| *part != b"src" && !OUTPUTS.contains(part));
    let extension = match SCRIPTS.contains(&extension) {
        true => b"js",
        false => extension,
    };
    (parts.collect(), extension)
}

/// True for what says that a compiler wrote it.
fn is_compiled(source: &Source) -> bool {
    let bytes = &source.bytes[..];
    let head = bytes.get(..MARKED).unwrap_or(bytes);
    let tail = bytes.get(bytes.len().saturating_sub(MARKED)..);
    memmem::find(head, b"__esModule").is_some()
        || tail.is_some_and(|tail| memmem::find(tail, b"sourceMappingURL=").is_some())
}

/// What a finding marks, without white space.
fn marked(findings: &[Finding], at: usize, source: &Source) -> Option<Vec<u8>> {
    let text = source.slice(findings.get(at)?.primary()?.span);
    let bytes = text.iter().copied();
    Some(bytes.filter(|b| !b.is_ascii_whitespace()).collect())
}
