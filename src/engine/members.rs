//! The files in an archive, each checked as a file of its own.

use std::io::{Cursor, Read};

use crate::archive::Visitor;
use crate::guard::LIMITS;
use crate::model::{FileKind, Origin, RepoPath, SkipReason, Source};

use super::check::{Reach, gather};
use super::scan::{Job, Scan, Subject};

/// Takes what comes out of an archive to the checks.
pub(super) struct Members<'s, 'j> {
    scan: &'s mut Scan,
    job: &'s Job<'j>,
    origin: &'s Origin,
    buffer: Vec<u8>,
}

impl<'s, 'j> Members<'s, 'j> {
    pub fn new(scan: &'s mut Scan, job: &'s Job<'j>, origin: &'s Origin) -> Self {
        Self {
            scan,
            job,
            origin,
            buffer: Vec::new(),
        }
    }
}

impl Visitor for Members<'_, '_> {
    /// Somebody may have put a secret into the name itself.
    fn name(&mut self, name: Vec<u8>) -> Vec<u8> {
        let (id, path) = (self.job.id(), RepoPath::default());
        let source = Source::new(id, path, FileKind::Text, &name, Origin::Buffer);
        let secrets = gather(self.job.cx, &source, None, Reach::Text).secrets;
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
        let subject = Subject {
            path: path.clone(),
            origin: self.origin.clone(),
            changed: None,
            before: None,
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
