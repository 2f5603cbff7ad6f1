use std::io::{self, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::engine::Progress;

use super::terminal;

/// One line on stderr that counts files, on a terminal and only once a run takes long.
#[derive(Debug)]
pub struct ProgressLine {
    shown: bool,
    start: Instant,
    files: AtomicU64,
    bytes: AtomicU64,
    /// Milliseconds from the start to the last redraw.
    drawn: AtomicU64,
}

/// Nothing is shown before, and redraws keep this distance.
const PATIENCE: Duration = Duration::from_millis(500);
const EVERY: u64 = 100;

impl ProgressLine {
    pub fn new(quiet: bool) -> Self {
        Self {
            shown: !quiet && terminal::shows_progress(),
            start: Instant::now(),
            files: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            drawn: AtomicU64::new(0),
        }
    }

    /// Takes the line away again.
    pub fn finish(&self) {
        if self.drawn.load(Ordering::Relaxed) > 0 {
            let _ = write!(io::stderr().lock(), "\r\x1b[K");
        }
    }
}

impl Progress for ProgressLine {
    fn checked(&self, bytes: u64) {
        let files = self.files.fetch_add(1, Ordering::Relaxed) + 1;
        let bytes = self.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes;
        if !self.shown || !files.is_multiple_of(32) {
            return;
        }
        let elapsed = self.start.elapsed();
        if elapsed < PATIENCE {
            return;
        }
        let now = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        let before = self.drawn.load(Ordering::Relaxed);
        let mine = now >= before + EVERY
            && self
                .drawn
                .compare_exchange(before, now, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok();
        if mine {
            let mut stderr = io::stderr().lock();
            let _ = write!(
                stderr,
                "\rplimsoll: {files} files, {} MB\x1b[K",
                bytes / 1_000_000
            );
            let _ = stderr.flush();
        }
    }
}
