//! What is remembered of a history: which contents were looked at and held nothing, so that the
//! next run reads only the others.
//!
//! The file holds salted hashes of object ids and paths: no secret, no path, no text. Whatever is
//! odd about it makes it an empty one.

use std::hash::{BuildHasher as _, RandomState};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use sha2::{Digest, Sha256};

use crate::guard::LIMITS;
use crate::guard::atomic_write::atomic_write;

const MAGIC: &[u8; 16] = b"plimsoll-clean-1";
const DIGEST: usize = 32;
const SALT: usize = 16;
const HEAD: usize = MAGIC.len() + DIGEST + SALT;
/// Caches of other repositories that are kept beside this one.
const NEIGHBOURS: usize = 32;
/// Distance between two writes of a long run.
const EVERY: Duration = Duration::from_secs(15);

/// A memory of one history.
#[derive(Debug)]
pub struct Clean {
    file: PathBuf,
    /// What the findings depend on beside the contents.
    conditions: [u8; DIGEST],
    salt: [u8; SALT],
    known: Vec<u64>,
    new: Mutex<Vec<u64>>,
    start: Instant,
    /// Seconds from the start to the last write.
    written: AtomicU64,
}

/// What is remembered of a content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Memory {
    Clean,
    /// It is no text, and holds no tokens or keys.
    Binary,
    /// It is an archive that is not looked into.
    Archive,
}

impl Memory {
    const ALL: [Self; 3] = [Self::Clean, Self::Binary, Self::Archive];
    /// The bits of a mark that say which it is.
    const BITS: u64 = 3;
}

impl Clean {
    /// Opens the memory of the repository `of`, below the folder of caches. `conditions` are the
    /// rules, the options and everything else that a verdict depends on: under other conditions
    /// nothing is remembered.
    pub fn open(cache: &Path, of: &Path, conditions: &[&[u8]]) -> Self {
        let name = digest(&[of.as_os_str().as_encoded_bytes()]);
        let name: String = name.iter().take(16).map(|b| format!("{b:02x}")).collect();
        let file = cache.join("history").join(name);
        let conditions = digest(conditions);
        let (salt, known) = read(&file, &conditions).unwrap_or_else(|| (salt(), Vec::new()));
        Self {
            file,
            conditions,
            salt,
            known,
            new: Mutex::default(),
            start: Instant::now(),
            written: AtomicU64::new(0),
        }
    }

    /// What is remembered of a content at a path, which decides how it is judged.
    pub fn recall(&self, object: &[u8], path: &[u8]) -> Option<Memory> {
        if self.known.is_empty() {
            return None;
        }
        let mark = self.mark(object, path);
        let is_known = |memory: &Memory| self.known.binary_search(&(mark | *memory as u64)).is_ok();
        Memory::ALL.into_iter().find(is_known)
    }

    /// Remembers a content that held nothing.
    pub fn remember(&self, object: &[u8], path: &[u8], memory: Memory) {
        let mark = self.mark(object, path) | memory as u64;
        if let Ok(mut new) = self.new.lock() {
            new.push(mark);
        }
    }

    /// Writes now and then, so that a run that is killed was not for nothing.
    pub fn write_if_due(&self) {
        let now = self.start.elapsed().as_secs();
        let before = self.written.load(Ordering::Relaxed);
        let due = now >= before + EVERY.as_secs()
            && self
                .written
                .compare_exchange(before, now, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok();
        if due {
            self.write();
        }
    }

    /// Writes everything. A cache that cannot be written is none: the report does not depend on it.
    pub fn write(&self) {
        let new = match self.new.lock() {
            Ok(new) if !new.is_empty() => new.clone(),
            _ => return,
        };
        let most = LIMITS.history_cache / size_of::<u64>();
        let mut marks = self.known.clone();
        marks.extend(new);
        marks.sort_unstable();
        marks.dedup();
        marks.truncate(most);
        let mut bytes = Vec::with_capacity(HEAD + marks.len() * 8 + DIGEST);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&self.conditions);
        bytes.extend_from_slice(&self.salt);
        for mark in marks {
            bytes.extend_from_slice(&mark.to_le_bytes());
        }
        let sum = digest(&[&bytes]);
        bytes.extend_from_slice(&sum);
        if let Some(folder) = self.file.parent()
            && std::fs::create_dir_all(folder).is_ok()
        {
            make_room(folder, &self.file);
            let _ = atomic_write(&self.file, &bytes);
        }
    }

    fn mark(&self, object: &[u8], path: &[u8]) -> u64 {
        let mut hash = Sha256::new();
        hash.update(self.salt);
        hash.update((object.len() as u64).to_le_bytes());
        hash.update(object);
        hash.update(path);
        let mut first = [0; 8];
        first.copy_from_slice(&hash.finalize()[..8]);
        u64::from_le_bytes(first) & !Memory::BITS
    }
}

fn digest(parts: &[&[u8]]) -> [u8; DIGEST] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// Nobody who writes a repository can know it, so that no content passes for another one.
fn salt() -> [u8; SALT] {
    let mut salt = [0; SALT];
    for half in salt.chunks_mut(8) {
        let random = RandomState::new().hash_one(SystemTime::now());
        half.copy_from_slice(&random.to_le_bytes());
    }
    salt
}

fn read(file: &Path, conditions: &[u8; DIGEST]) -> Option<([u8; SALT], Vec<u64>)> {
    let meta = std::fs::symlink_metadata(file).ok()?;
    let most = LIMITS.history_cache + HEAD + DIGEST;
    if !meta.is_file() || meta.len() > most as u64 {
        return None;
    }
    let bytes = std::fs::read(file).ok()?;
    let (body, sum) = bytes.split_at_checked(bytes.len().checked_sub(DIGEST)?)?;
    let (head, marks) = body.split_at_checked(HEAD)?;
    let is_ours = head.starts_with(MAGIC)
        && head.get(MAGIC.len()..MAGIC.len() + DIGEST)? == conditions
        && marks.len().is_multiple_of(8)
        && digest(&[body]) == sum;
    if !is_ours {
        return None;
    }
    let salt = head.get(MAGIC.len() + DIGEST..)?.try_into().ok()?;
    let marks = marks.as_chunks().0.iter();
    let marks: Vec<u64> = marks.map(|mark| u64::from_le_bytes(*mark)).collect();
    marks.is_sorted().then_some((salt, marks))
}

/// Takes away the oldest caches where there are too many.
fn make_room(folder: &Path, own: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    let mut others: Vec<(SystemTime, PathBuf)> = entries
        .flatten()
        .filter(|entry| entry.path() != own)
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
        .collect();
    others.sort();
    let surplus = others.len().saturating_sub(NEIGHBOURS - 1);
    for (_, path) in others.into_iter().take(surplus) {
        let _ = std::fs::remove_file(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(folder: &Path, conditions: &[u8]) -> Clean {
        Clean::open(folder, Path::new("/r"), &[conditions])
    }

    fn file(folder: &Path) -> PathBuf {
        let mut entries = std::fs::read_dir(folder.join("history")).expect("a folder");
        entries.next().expect("a file").expect("an entry").path()
    }

    #[test]
    fn what_was_clean_is_remembered_for_its_path_and_conditions_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let clean = open(folder.path(), b"rules");
        clean.remember(b"object", b"a/b", Memory::Clean);
        clean.remember(b"picture", b"a/c", Memory::Binary);
        clean.write();
        let again = open(folder.path(), b"rules");
        assert_eq!(again.recall(b"object", b"a/b"), Some(Memory::Clean));
        assert_eq!(again.recall(b"picture", b"a/c"), Some(Memory::Binary));
        assert_eq!(again.recall(b"object", b"a/c"), None);
        assert_eq!(
            open(folder.path(), b"other").recall(b"object", b"a/b"),
            None
        );
    }

    #[test]
    fn a_damaged_memory_is_an_empty_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let clean = open(folder.path(), b"rules");
        for n in 0..100u8 {
            clean.remember(&[n], b"p", Memory::Clean);
        }
        clean.write();
        let path = file(folder.path());
        let whole = std::fs::read(&path).expect("a cache");
        for at in [0, 20, HEAD + 3, whole.len() - 1] {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            std::fs::write(&path, bytes).expect("write");
            assert_eq!(open(folder.path(), b"rules").recall(&[7], b"p"), None);
        }
        for length in [0, 10, HEAD, whole.len() - 8] {
            std::fs::write(&path, &whole[..length]).expect("write");
            assert_eq!(open(folder.path(), b"rules").recall(&[7], b"p"), None);
        }
    }

    #[test]
    fn there_are_never_many_of_them() {
        let folder = tempfile::tempdir().expect("a folder");
        for n in 0..NEIGHBOURS + 5 {
            let of = PathBuf::from(format!("/{n}"));
            let clean = Clean::open(folder.path(), &of, &[b"rules"]);
            clean.remember(b"o", b"p", Memory::Clean);
            clean.write();
        }
        let left = std::fs::read_dir(folder.path().join("history")).expect("a folder");
        assert_eq!(left.count(), NEIGHBOURS);
    }
}
