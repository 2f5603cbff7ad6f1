use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{BufReader, Cursor, Read, SeekFrom};
use std::sync::{Mutex, MutexGuard};

use flate2::bufread::DeflateDecoder;

use super::budget::Budget;
use super::gzip::Gzip;
use super::metered::{Bounds, Counted, Metered};
use super::tar::{self, Tar};
use super::zip::{self, Method};
use super::zstd::Frames;
use super::{Format, HEAD, Storage};
use crate::guard::LIMITS;
use crate::model::{RepoPath, SkipReason};

/// Who wants to see what is in an archive.
pub trait Visitor {
    /// A member's name as it may be shown.
    fn name(&mut self, name: Vec<u8>) -> Vec<u8>;
    /// A member. An error of its stream is its end: why is told by `skipped`.
    fn file(&mut self, path: &RepoPath, content: &mut dyn Read);
    fn skipped(&mut self, path: &RepoPath, reason: SkipReason);
}

/// Shows every file of an archive, and of the archives in it, to the visitor. False where the
/// archive itself could not be read to its end.
pub fn unpack(
    path: &RepoPath,
    format: Format,
    storage: &mut dyn Storage,
    visitor: &mut dyn Visitor,
) -> bool {
    let budget = Budget::new();
    let mut walk = Walk {
        budget: &budget,
        visitor,
        depth: 0,
        large: None,
    };
    let whole = walk.stored(path, format, storage);
    if let Some(reason) = budget.reason() {
        visitor.skipped(path, reason);
    }
    whole
}

/// Zips within archives have to be held in memory as a whole; of the large ones, one at a time.
static LARGE: Mutex<()> = Mutex::new(());

struct Walk<'w> {
    budget: &'w Budget,
    visitor: &'w mut dyn Visitor,
    depth: u32,
    large: Option<MutexGuard<'static, ()>>,
}

impl Walk<'_> {
    /// An archive whose bytes can be reached in any order.
    fn stored(&mut self, path: &RepoPath, format: Format, storage: &mut dyn Storage) -> bool {
        if format == Format::Zip {
            return self.zip(path, storage);
        }
        match storage.seek(SeekFrom::Start(0)) {
            Ok(_) => self.stream(path, format, storage),
            Err(_) => self.broken(path, "it cannot be read"),
        }
    }

    /// An archive that is read from its start to its end.
    fn stream(&mut self, path: &RepoPath, format: Format, stream: &mut dyn Read) -> bool {
        let packed = Cell::new(0);
        match format {
            Format::Tar => self.tar(path, stream, true),
            Format::Gzip => {
                let counted = BufReader::new(Counted::new(stream, &packed));
                self.packed(path, Gzip::new(counted), &packed)
            }
            Format::Zstd => {
                let counted = BufReader::new(Counted::new(stream, &packed));
                self.packed(path, Frames::new(counted), &packed)
            }
            Format::Other(what) => {
                let reason = SkipReason::Unsupported(format!("{what} archives are not read"));
                self.visitor.skipped(path, reason);
                false
            }
            // It needs its end first.
            Format::Zip => self.broken(path, zip::Broken::NoDirectory.words()),
        }
    }

    fn broken(&mut self, path: &RepoPath, why: &str) -> bool {
        self.visitor
            .skipped(path, SkipReason::Malformed(why.to_owned()));
        false
    }

    /// What one compressed stream holds: a tar, or one file.
    fn packed(&mut self, path: &RepoPath, stream: impl Read, packed: &Cell<u64>) -> bool {
        let bounds = Bounds {
            limit: None,
            budget: Some(self.budget),
            packed: Some(packed),
        };
        let mut stream = Metered::new(stream, bounds);
        let head = head_of(&mut stream);
        let is_tar = Format::of(&head) == Some(Format::Tar);
        let mut whole = Cursor::new(head).chain(&mut stream);
        let complete = if is_tar {
            self.tar(path, &mut whole, false)
        } else if self.budget.entry() {
            self.file(path, inner_name(path), &mut whole, false);
            true
        } else {
            false
        };
        match stream.failed() {
            Some(reason) => {
                self.visitor.skipped(path, reason);
                false
            }
            None => complete,
        }
    }

    /// `counts`: whether the bytes that come out still have to be counted.
    fn tar(&mut self, path: &RepoPath, stream: &mut dyn Read, counts: bool) -> bool {
        let mut tar = Tar::new(BufReader::with_capacity(32 << 10, stream));
        loop {
            let entry = match tar.next() {
                Ok(Some(entry)) => entry,
                Ok(None) => return true,
                Err(tar::Broken::Stream) => return false,
                Err(tar::Broken::EndsEarly) => return self.broken(path, "the tar ends early"),
                Err(tar::Broken::Header) => {
                    return self.broken(path, "a header of the tar is damaged");
                }
                Err(tar::Broken::Extended) => {
                    return self.broken(path, "an extended header of the tar is too large");
                }
            };
            if !self.budget.entry() {
                return false;
            }
            let special = match entry.kind {
                tar::Kind::Symlink => Some(SkipReason::Symlink),
                tar::Kind::Device => Some(SkipReason::NotRegular),
                _ => None,
            };
            // Tars disagree on whether links may have data: where there is some, it is looked at.
            let is_file = entry.kind == tar::Kind::File || entry.size > 0;
            if let Some(reason) = special {
                let path = self.member(path, entry.name.clone());
                self.visitor.skipped(&path, reason);
            }
            if is_file {
                self.file(path, entry.name, &mut tar.data(entry.size), counts);
            }
            if self.budget.is_over() {
                return false;
            }
        }
    }

    fn zip(&mut self, path: &RepoPath, storage: &mut dyn Storage) -> bool {
        let mut directory = match zip::Directory::open(storage) {
            Ok(directory) => directory,
            Err(why) => return self.broken(path, why.words()),
        };
        // Where the bytes of the entries so far start and end: a bomb uses the same ones again.
        let mut taken: BTreeMap<u64, u64> = BTreeMap::new();
        loop {
            let entry = match directory.next() {
                Ok(Some(entry)) => entry,
                Ok(None) => return true,
                Err(why) => return self.broken(path, why.words()),
            };
            if !self.budget.entry() {
                return false;
            }
            if entry.name.ends_with(b"/") && entry.size == 0 && entry.packed == 0 {
                continue;
            }
            if let Err(reason) = self.entry(path, storage, &entry, &mut taken) {
                let path = self.member(path, entry.name);
                self.visitor.skipped(&path, reason);
            }
            if self.budget.is_over() {
                return false;
            }
        }
    }

    fn entry(
        &mut self,
        path: &RepoPath,
        storage: &mut dyn Storage,
        entry: &zip::Entry,
        taken: &mut BTreeMap<u64, u64>,
    ) -> Result<(), SkipReason> {
        match entry.kind {
            zip::Kind::File => {}
            zip::Kind::Symlink => return Err(SkipReason::Symlink),
            zip::Kind::Device => return Err(SkipReason::NotRegular),
        }
        if entry.encrypted {
            return Err(SkipReason::Encrypted);
        }
        if let Method::Other(method) = entry.method {
            return Err(SkipReason::Unsupported(format!(
                "compressed with {method}, which is not read"
            )));
        }
        let broken = |why: &str| SkipReason::Malformed(why.to_owned());
        let start = entry.data(storage).map_err(|why| broken(why.words()))?;
        let end = start.saturating_add(entry.packed);
        let before = taken.range(..end).next_back();
        if before.is_some_and(|(_, until)| *until > entry.header()) {
            return Err(broken("it shares its bytes with another entry"));
        }
        taken.insert(entry.header(), end);
        storage
            .seek(SeekFrom::Start(start))
            .map_err(|_| broken("it cannot be read"))?;
        let packed = Cell::new(0);
        let stream = BufReader::new(Counted::new(storage.take(entry.packed), &packed));
        let name = entry.name.clone();
        match entry.method {
            Method::Stored => self.unpacked(path, name, zip::Checked::new(stream, entry), &packed),
            Method::Zstd => {
                let stream = zip::Checked::new(Frames::new(stream), entry);
                self.unpacked(path, name, stream, &packed)
            }
            _ => {
                let stream = zip::Checked::new(DeflateDecoder::new(stream), entry);
                self.unpacked(path, name, stream, &packed)
            }
        }
    }

    /// An entry that is packed for itself.
    fn unpacked(
        &mut self,
        path: &RepoPath,
        name: Vec<u8>,
        stream: impl Read,
        packed: &Cell<u64>,
    ) -> Result<(), SkipReason> {
        let bounds = Bounds {
            limit: None,
            budget: Some(self.budget),
            packed: Some(packed),
        };
        let mut stream = Metered::new(stream, bounds);
        self.file(path, name, &mut stream, false);
        stream.failed().map_or(Ok(()), Err)
    }

    /// One file: shown, or taken apart where it is an archive itself.
    fn file(&mut self, path: &RepoPath, name: Vec<u8>, stream: &mut dyn Read, counts: bool) {
        let path = self.member(path, name);
        if path.as_bytes().len() > LIMITS.path {
            let (name, limit) = ("path", LIMITS.path as u64);
            // The name itself is too long to be shown.
            let shown = path
                .in_archive()
                .map_or_else(RepoPath::default, |(file, _)| file);
            let reason = SkipReason::OverLimit { name, limit };
            self.visitor.skipped(&shown, reason);
            return;
        }
        let bounds = Bounds {
            limit: Some(("archive_member", LIMITS.archive_member)),
            budget: counts.then_some(self.budget),
            packed: None,
        };
        let mut stream = Metered::new(stream, bounds);
        let head = head_of(&mut stream);
        let format = Format::of(&head);
        let mut whole = Cursor::new(head).chain(&mut stream);
        match format {
            None => self.visitor.file(&path, &mut whole),
            Some(format @ Format::Other(_)) => {
                self.stream(&path, format, &mut std::io::empty());
            }
            Some(_) if self.depth >= LIMITS.archive_depth => {
                let (name, limit) = ("archive_depth", LIMITS.archive_depth.into());
                let reason = SkipReason::OverLimit { name, limit };
                self.visitor.skipped(&path, reason);
            }
            Some(format) => {
                self.depth += 1;
                self.nested(&path, format, &mut whole);
                self.depth -= 1;
            }
        }
        if let Some(reason) = stream.failed().filter(|_| !self.budget.is_over()) {
            self.visitor.skipped(&path, reason);
        }
    }

    fn nested(&mut self, path: &RepoPath, format: Format, stream: &mut dyn Read) {
        if format != Format::Zip {
            self.stream(path, format, stream);
            return;
        }
        let mut bytes = Vec::new();
        // Where it fails, its stream says why.
        let mut complete = stream.take(LIMITS.parse).read_to_end(&mut bytes).is_ok();
        let mut held = None;
        if bytes.len() as u64 == LIMITS.parse {
            if self.large.is_none() {
                held = LARGE.lock().ok();
            }
            complete &= stream.read_to_end(&mut bytes).is_ok();
        }
        let is_first = held.is_some();
        self.large = self.large.take().or(held);
        if complete {
            self.zip(path, &mut Cursor::new(bytes));
        }
        if is_first {
            self.large = None;
        }
    }

    fn member(&mut self, archive: &RepoPath, name: Vec<u8>) -> RepoPath {
        let name = self.visitor.name(name);
        let name = name.strip_prefix(b"./").unwrap_or(&name);
        archive.member(name)
    }
}

/// The first bytes of a stream, as many as there are.
fn head_of(stream: &mut impl Read) -> Vec<u8> {
    let mut head = Vec::new();
    // An error comes again when the rest is read.
    let _ = stream.take(HEAD as u64).read_to_end(&mut head);
    head
}

/// What a file is called when its compression is taken off.
fn inner_name(path: &RepoPath) -> Vec<u8> {
    let name = path.file_name();
    let ends: [&[u8]; 4] = [b".gz", b".zst", b".zstd", b".gzip"];
    let stem = ends
        .iter()
        .find(|end| {
            name.len() > end.len()
                && name
                    .get(name.len() - end.len()..)
                    .is_some_and(|tail| tail.eq_ignore_ascii_case(end))
        })
        .and_then(|end| name.get(..name.len() - end.len()));
    stem.unwrap_or(b"content").to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compressed_file_holds_one_of_the_shorter_name() {
        let inner = |name: &str| inner_name(&RepoPath::from(name));
        assert_eq!(inner("logs/app.log.gz"), b"app.log");
        assert_eq!(inner("a.yaml.ZST"), b"a.yaml");
        assert_eq!(inner(".gz"), b"content");
        assert_eq!(inner("blob"), b"content");
    }
}
