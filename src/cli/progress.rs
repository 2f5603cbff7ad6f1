use std::io::{self, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::engine::Progress;

use super::terminal;

/// One line on stderr that counts files, on a terminal and only once a run takes long. Where it is
/// known how many there are, it is a bar.
#[derive(Debug)]
pub struct ProgressLine {
    shown: bool,
    noun: &'static str,
    expected: AtomicU64,
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
        Self::counting(quiet, "files")
    }

    pub fn counting(quiet: bool, noun: &'static str) -> Self {
        Self {
            noun,
            expected: AtomicU64::new(0),
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
            let line = line(
                files,
                self.expected.load(Ordering::Relaxed),
                self.noun,
                bytes,
            );
            let mut stderr = io::stderr().lock();
            let _ = write!(stderr, "\r{line}\x1b[K");
            let _ = stderr.flush();
        }
    }

    fn announce(&self, files: u64) {
        self.expected.store(files, Ordering::Relaxed);
    }
}

/// Marks of a full bar.
const BAR: u64 = 24;

fn line(files: u64, expected: u64, noun: &str, bytes: u64) -> String {
    let megabytes = bytes / 1_000_000;
    if expected == 0 {
        return format!("plimsoll: {files} {noun}, {megabytes} MB");
    }
    let done = (files.min(expected) * BAR / expected) as usize;
    let (full, empty) = ("#".repeat(done), ".".repeat(BAR as usize - done));
    format!("plimsoll: [{full}{empty}] {files} of {expected} {noun}, {megabytes} MB")
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn a_bar_fills_up_as_far_as_the_end_is_known() {
        assert_eq!(line(32, 0, "files", 5_000_000), "plimsoll: 32 files, 5 MB");
        let half = "plimsoll: [############............] 50 of 100 versions, 0 MB";
        assert_eq!(line(50, 100, "versions", 0), half);
        assert!(line(200, 100, "versions", 0).contains("[########################]"));
    }
}
