use std::cell::Cell;
use std::io::{self, Read};

use super::budget::Budget;
use crate::guard::LIMITS;
use crate::model::SkipReason;

/// The error of a stream that has already said why it ends.
#[derive(Debug)]
struct Stopped;

impl std::fmt::Display for Stopped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("stopped")
    }
}

impl std::error::Error for Stopped {}

/// Below this many bytes no ratio is judged: a megabyte hurts nobody.
const HARMLESS: u64 = 1 << 20;

/// Counts what is read through it.
pub(super) struct Counted<'c, R> {
    inner: R,
    count: &'c Cell<u64>,
}

impl<'c, R> Counted<'c, R> {
    pub fn new(inner: R, count: &'c Cell<u64>) -> Self {
        Self { inner, count }
    }
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.count.set(self.count.get() + read as u64);
        Ok(read)
    }
}

/// How much may come out of a stream.
pub(super) struct Bounds<'a> {
    /// Its own limit and that limit's name, where it has one.
    pub limit: Option<(&'static str, u64)>,
    /// What it shares with all of the archive.
    pub budget: Option<&'a Budget>,
    /// The bytes that went in, where the stream unpacks something.
    pub packed: Option<&'a Cell<u64>>,
}

/// A stream that ends with an error where it gives more than it may, and remembers why.
pub(super) struct Metered<'a, R> {
    inner: R,
    bounds: Bounds<'a>,
    written: u64,
    failed: Option<SkipReason>,
    stopped: bool,
}

impl<'a, R: Read> Metered<'a, R> {
    pub fn new(inner: R, bounds: Bounds<'a>) -> Self {
        Self {
            inner,
            bounds,
            written: 0,
            failed: None,
            stopped: false,
        }
    }

    /// Why the stream ended early, if it did and the budget does not say so itself.
    pub fn failed(self) -> Option<SkipReason> {
        self.failed
    }

    fn stop(&mut self, why: Option<SkipReason>) -> io::Error {
        self.stopped = true;
        self.failed = why;
        io::Error::other(Stopped)
    }

    /// What may be read at once; `None` where a limit is reached.
    fn room(&self) -> Option<u64> {
        let own = self
            .bounds
            .limit
            .map_or(u64::MAX, |(_, limit)| limit.saturating_sub(self.written));
        let shared = self.bounds.budget.map_or(u64::MAX, Budget::bytes_left);
        Some(own.min(shared)).filter(|room| *room > 0)
    }

    /// At a limit: an end is fine, a further byte is one too many.
    fn at_limit(&mut self) -> io::Result<usize> {
        match self.inner.read(&mut [0]) {
            Ok(0) => Ok(0),
            Ok(_) => {
                let own = self
                    .bounds
                    .limit
                    .filter(|(_, limit)| self.written >= *limit);
                Err(match (own, self.bounds.budget) {
                    (None, Some(budget)) => {
                        budget.out_of_bytes();
                        self.stop(None)
                    }
                    (own, _) => {
                        self.stop(own.map(|(name, limit)| SkipReason::OverLimit { name, limit }))
                    }
                })
            }
            Err(error) => Err(self.broken(&error)),
        }
    }

    fn broken(&mut self, error: &io::Error) -> io::Error {
        if error.get_ref().is_some_and(|inner| inner.is::<Stopped>()) {
            return self.stop(None);
        }
        let why = match error.kind() {
            io::ErrorKind::UnexpectedEof => "it ends early",
            io::ErrorKind::InvalidData => "its checksum does not hold",
            _ => "its compressed bytes are damaged",
        };
        self.stop(Some(SkipReason::Malformed(why.to_owned())))
    }

    fn is_bomb(&self) -> bool {
        let packed = self.bounds.packed.map(Cell::get);
        packed.is_some_and(|packed| {
            self.written > HARMLESS
                && self.written > packed.max(1).saturating_mul(LIMITS.archive_ratio)
        })
    }
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.stopped {
            return Err(io::Error::other(Stopped));
        }
        if buffer.is_empty() {
            return Ok(0);
        }
        let Some(room) = self.room() else {
            return self.at_limit();
        };
        let most = usize::try_from(room).map_or(buffer.len(), |room| room.min(buffer.len()));
        let read = match self.inner.read(buffer.get_mut(..most).unwrap_or_default()) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
            Err(error) => return Err(self.broken(&error)),
        };
        self.written += read as u64;
        if let Some(budget) = self.bounds.budget {
            budget.spend(read);
        }
        if self.is_bomb() {
            let (name, limit) = ("archive_ratio", LIMITS.archive_ratio);
            return Err(self.stop(Some(SkipReason::OverLimit { name, limit })));
        }
        Ok(read)
    }
}
