//! What a finding is recognised by, in baselines, ignores and the lists of other tools.
//!
//! # What it is made of
//! Two parts, written `<32 hex digits>` or, where the finding is about a secret,
//! `<32 hex digits>-<3 hex digits>`.
//!
//! The first part is a hash of the rule, the path and the context: the text of the lines that the
//! finding points at, white space folded, with every secret masked. It knows no line number, so it
//! survives whatever happens elsewhere in the file.
//!
//! The context alone would take one secret for another of the same length: a new password on an
//! ignored line would stay invisible. So the second part, the [`Mark`], depends on the secret.
//!
//! # Why the mark is twelve bits
//! Whatever tells one secret from another can be used to test a guess. A key does not help where
//! the file has to be of use in CI without further set-up, since it would have to lie beside the
//! hashes; a slow hash only makes guesses dearer, and a short password needs few. What does hold,
//! whoever reads the file and however much he computes, is to say little: of a list of a million
//! passwords, twelve bits leave about 244 that all look right, and no more than twelve bits ever
//! become known, because the mark depends on nothing but the secret: it is the same in every
//! finding, report and version of a baseline, so that collecting them adds nothing. On the other
//! side, a changed secret keeps its mark once in 4096 times, and that only where its length and
//! all that stands around it stay the same.
//!
//! A baseline does not even hold this: it stores the hash of all parts under a random key of its
//! own (see `policy::baseline`), so that two repositories cannot be compared by it.

use std::fmt;

use sha2::{Digest, Sha256};

/// The identity of a finding across edits. Never a line number and never the hash of a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Fingerprint {
    id: u128,
    /// The same without the path and without the order among equals: survives a rename.
    content: u128,
    mark: Option<Mark>,
}

/// Twelve bits that depend on nothing but a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark(u16);

/// Hashes the parts, each with its length, so that no two lists of parts collide by joining.
fn hash<'p>(parts: impl IntoIterator<Item = &'p [u8]>) -> u128 {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let digest = hash.finalize();
    let mut first = [0u8; 16];
    first.copy_from_slice(&digest[..16]);
    u128::from_be_bytes(first)
}

impl Mark {
    /// Keeps these marks apart from every other hash of the same text.
    const PURPOSE: &'static [u8] = b"plimsoll: mark of a secret, 12 bits";

    /// The mark of the secrets that a finding points at; `None` where there is none.
    pub fn of<'s>(secrets: impl IntoIterator<Item = &'s [u8]>) -> Option<Self> {
        let mut secrets = secrets.into_iter().peekable();
        secrets.peek()?;
        let all = hash(std::iter::once(Self::PURPOSE).chain(secrets));
        Some(Self((all >> (128 - 12)) as u16))
    }
}

impl Fingerprint {
    /// The identity of something that belongs to no file, or to one by the parts themselves.
    pub fn of(parts: &[&[u8]]) -> Self {
        let id = hash(parts.iter().copied());
        Self {
            id,
            content: id,
            mark: None,
        }
    }

    /// The identity of what `parts` say of a file.
    pub fn in_file(path: &[u8], parts: &[&[u8]], mark: Option<Mark>) -> Self {
        Self {
            id: hash(std::iter::once(path).chain(parts.iter().copied())),
            content: hash(parts.iter().copied()),
            mark,
        }
    }

    /// The same thing once more in the same file.
    pub fn again(self, ordinal: u64) -> Self {
        let id = match ordinal {
            0 => self.id,
            n => hash([&self.id.to_be_bytes()[..], &n.to_le_bytes()]),
        };
        Self { id, ..self }
    }

    /// A hash under somebody's key of what the finding is, wherever its file lies now.
    pub fn under(&self, key: &[u8]) -> u64 {
        let mark = self.mark.map_or(u16::MAX, |mark| mark.0);
        let all = hash([key, &self.content.to_be_bytes(), &mark.to_be_bytes()]);
        (all >> 64) as u64
    }

    /// True for a text of the form that fingerprints are written in.
    pub fn is_written_as(text: &str) -> bool {
        let is_hex = |part: &str, length: usize| {
            let digits = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
            part.len() == length && part.bytes().all(digits)
        };
        match text.split_once('-') {
            None => is_hex(text, 32),
            Some((id, mark)) => is_hex(id, 32) && is_hex(mark, 3),
        }
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.id)?;
        match self.mark {
            Some(mark) => write!(f, "-{:03x}", mark.0),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(
            Fingerprint::of(&[b"ab", b"c"]),
            Fingerprint::of(&[b"a", b"bc"])
        );
    }

    #[test]
    fn the_written_form_is_known_again() {
        let mark = Mark::of([&b"s"[..]]);
        let print = Fingerprint::in_file(b"f", &[b"x"], mark).to_string();
        assert_eq!(print.len(), 36);
        assert!(Fingerprint::is_written_as(&print));
        assert!(Fingerprint::is_written_as(&print[..32]));
        for bad in ["", "-", &print[..34], &print.to_uppercase()] {
            assert!(!Fingerprint::is_written_as(bad), "{bad}");
        }
    }

    #[test]
    fn another_secret_is_another_finding_and_no_secret_has_no_mark() {
        let of = |secret: &[u8]| Fingerprint::in_file(b"f", &[b"x"], Mark::of([secret]));
        assert_ne!(of(b"one"), of(b"two"));
        assert_eq!(of(b"one"), of(b"one"));
        assert_eq!(Mark::of([]), None);
    }

    #[test]
    fn a_renamed_file_keeps_what_a_baseline_looks_at() {
        let of = |path: &[u8]| Fingerprint::in_file(path, &[b"x"], None);
        assert_ne!(of(b"a"), of(b"b"));
        assert_eq!(of(b"a").under(b"key"), of(b"b").again(1).under(b"key"));
        assert_ne!(of(b"a").under(b"key"), of(b"a").under(b"other"));
    }
}
