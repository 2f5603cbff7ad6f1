use std::cell::Cell;

use crate::guard::LIMITS;
use crate::model::SkipReason;

/// What may still come out of one archive, the archives in it included.
#[derive(Debug)]
pub(super) struct Budget {
    bytes: Cell<u64>,
    entries: Cell<u64>,
    /// The limit that ended the reading.
    over: Cell<Option<(&'static str, u64)>>,
}

impl Budget {
    pub fn new() -> Self {
        Self {
            bytes: Cell::new(LIMITS.archive_bytes),
            entries: Cell::new(LIMITS.archive_entries),
            over: Cell::new(None),
        }
    }

    /// One more entry; false where that is one too many.
    pub fn entry(&self) -> bool {
        match self.entries.get().checked_sub(1) {
            Some(left) if !self.is_over() => {
                self.entries.set(left);
                true
            }
            Some(_) => false,
            None => {
                self.end("archive_entries", LIMITS.archive_entries);
                false
            }
        }
    }

    pub fn bytes_left(&self) -> u64 {
        self.bytes.get()
    }

    pub fn spend(&self, bytes: usize) {
        self.bytes
            .set(self.bytes.get().saturating_sub(bytes as u64));
    }

    pub fn out_of_bytes(&self) {
        self.end("archive_bytes", LIMITS.archive_bytes);
    }

    fn end(&self, name: &'static str, limit: u64) {
        if !self.is_over() {
            self.over.set(Some((name, limit)));
        }
    }

    pub fn is_over(&self) -> bool {
        self.over.get().is_some()
    }

    /// Why nothing more is read.
    pub fn reason(&self) -> Option<SkipReason> {
        let (name, limit) = self.over.get()?;
        Some(SkipReason::OverLimit { name, limit })
    }
}
