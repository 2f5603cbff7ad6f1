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

/// One line on stderr about a transfer, on a terminal only.
#[cfg(feature = "fetch")]
#[derive(Debug)]
pub struct TransferLine {
    shown: bool,
    state: std::sync::Mutex<Transfer>,
}

#[cfg(feature = "fetch")]
#[derive(Debug)]
struct Transfer {
    what: String,
    total: u64,
    bytes: u64,
    start: Instant,
    drawn: Option<Instant>,
}

#[cfg(feature = "fetch")]
impl TransferLine {
    pub fn new() -> Self {
        Self {
            shown: terminal::shows_progress(),
            state: std::sync::Mutex::new(Transfer {
                what: String::new(),
                total: 0,
                bytes: 0,
                start: Instant::now(),
                drawn: None,
            }),
        }
    }

    fn with(&self, change: impl FnOnce(&mut Transfer)) {
        if !self.shown {
            return;
        }
        if let Ok(mut state) = self.state.lock() {
            change(&mut state);
        }
    }
}

#[cfg(feature = "fetch")]
impl crate::fetch::Watch for TransferLine {
    fn begin(&self, what: &str, total: Option<u64>, there: u64) {
        self.with(|state| {
            state.what = crate::guard::printable::line(what);
            state.total = total.unwrap_or(0);
            state.bytes = there;
            state.start = Instant::now();
        });
    }

    fn advance(&self, bytes: u64) {
        self.with(|state| {
            state.bytes += bytes;
            let rested = |at: Instant| at.elapsed() >= Duration::from_millis(EVERY);
            if state.start.elapsed() < PATIENCE || !state.drawn.is_none_or(rested) {
                return;
            }
            state.drawn = Some(Instant::now());
            let done = state.bytes / 1_000_000;
            let line = match state.total / 1_000_000 {
                0 => format!("plimsoll: {}: {done} MB", state.what),
                total => format!(
                    "plimsoll: {}: {} {done} of {total} MB",
                    state.what,
                    bar(done, total)
                ),
            };
            let mut stderr = io::stderr().lock();
            let _ = write!(stderr, "\r{line}\x1b[K");
            let _ = stderr.flush();
        });
    }

    fn end(&self) {
        self.with(|state| {
            if state.drawn.take().is_some() {
                let _ = write!(io::stderr().lock(), "\r\x1b[K");
            }
        });
    }
}

/// Marks of a full bar.
const BAR: u64 = 24;

fn bar(done: u64, of: u64) -> String {
    let done = (done.min(of) * BAR / of) as usize;
    format!("[{}{}]", "#".repeat(done), ".".repeat(BAR as usize - done))
}

fn line(files: u64, expected: u64, noun: &str, bytes: u64) -> String {
    let megabytes = bytes / 1_000_000;
    if expected == 0 {
        return format!("plimsoll: {files} {noun}, {megabytes} MB");
    }
    let bar = bar(files, expected);
    format!("plimsoll: {bar} {files} of {expected} {noun}, {megabytes} MB")
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
