//! The files in an archive, each checked as a file of its own.

use std::collections::HashMap;
use std::io::{Cursor, Read};

use sha2::{Digest as _, Sha256};

use crate::archive::{self, Format, Visitor};
use crate::guard::LIMITS;
use crate::model::{ChangedLines, FileKind, Origin, RepoPath, SkipReason, Source};

use super::check::{Effort, Reach, gather};
use super::scan::{Job, Scan, Subject};

/// Takes what comes out of an archive to the checks.
pub(super) struct Members<'s, 'j> {
    scan: &'s mut Scan,
    job: &'s Job<'j>,
    origin: &'s Origin,
    buffer: Vec<u8>,
    before: Before,
}

impl<'s, 'j> Members<'s, 'j> {
    /// `before`: what the archive was before the change that is checked.
    pub fn new(
        scan: &'s mut Scan,
        job: &'s Job<'j>,
        path: &RepoPath,
        origin: &'s Origin,
        before: Option<&[u8]>,
    ) -> Self {
        Self {
            scan,
            job,
            origin,
            buffer: Vec::new(),
            before: before.map_or_else(Before::default, |bytes| Before::of(path, bytes)),
        }
    }
}

impl Visitor for Members<'_, '_> {
    /// Somebody may have put a secret into the name itself.
    fn name(&mut self, name: Vec<u8>) -> Vec<u8> {
        let (id, path) = (self.job.id(), RepoPath::default());
        let source = Source::new(id, path, FileKind::Text, &name, Origin::Buffer);
        let secrets = gather(self.job.cx, &source, None, Reach::Text, Effort::SHOWN).secrets;
        match secrets.is_empty() {
            true => name,
            false => source.masked(&secrets).bytes.to_vec(),
        }
    }

    fn file(&mut self, path: &RepoPath, content: &mut dyn Read) {
        self.buffer.clear();
        let read = content.take(LIMITS.parse + 1).read_to_end(&mut self.buffer);
        // Half a lockfile is none, but half a file may well hold a secret.
        let is_whole = read.is_ok_and(|read| read as u64 <= LIMITS.parse);
        // A member is part of a change as a whole, or not at all.
        let is_old = is_whole && self.before.has(path, &self.buffer);
        let subject = Subject {
            path: path.clone(),
            origin: self.origin.clone(),
            changed: is_old.then(ChangedLines::default),
            before: is_old.then(|| self.buffer.clone()),
            renamed: false,
        };
        let head = self.buffer.as_slice();
        if is_whole {
            self.scan.check_whole(self.job, subject, head, Reach::Alone);
        } else {
            let whole = Cursor::new(head).chain(content);
            self.scan.check_large(self.job, subject, head, whole);
        }
    }

    fn skipped(&mut self, path: &RepoPath, reason: SkipReason) {
        self.scan.skip(path, reason);
    }
}

/// The members of an archive as it was, each by a hash of its content.
#[derive(Default)]
struct Before(HashMap<RepoPath, [u8; 32]>);

impl Before {
    fn of(path: &RepoPath, bytes: &[u8]) -> Self {
        let mut before = Self::default();
        let mut storage = Cursor::new(bytes);
        if let Some(format) = Format::find(bytes, &mut storage) {
            archive::unpack(path, format, &mut storage, &mut before);
        }
        before
    }

    fn has(&self, path: &RepoPath, content: &[u8]) -> bool {
        let before = self.0.get(path);
        before.is_some_and(|hash| *hash == <[u8; 32]>::from(Sha256::digest(content)))
    }
}

impl Visitor for Before {
    fn name(&mut self, name: Vec<u8>) -> Vec<u8> {
        name
    }

    fn file(&mut self, path: &RepoPath, content: &mut dyn Read) {
        let mut hash = Sha256::new();
        let mut buffer = [0; 8 << 10];
        loop {
            match content.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => hash.update(buffer.get(..read).unwrap_or_default()),
                // A part of a file is no file that can be known again.
                Err(_) => return,
            }
        }
        self.0.insert(path.clone(), hash.finalize().into());
    }

    fn skipped(&mut self, _: &RepoPath, _: SkipReason) {}
}
