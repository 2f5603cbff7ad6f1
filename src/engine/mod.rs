//! Runs the detectors: over one source, or over everything an input finds, on a pool of threads.

mod check;
mod conceal;
mod copies;
mod history;
mod imports;
mod known;
mod left_locks;
mod members;
mod new_files;
mod packages;
mod part;
mod progress;
mod redact;
mod scan;

pub use check::{Checked, check_secrets, check_source, check_source_in, judge_source};
pub use conceal::conceal;
pub use history::{Clean, HistoryOptions, HistoryScan, scan_history};
pub use packages::{PackageCollector, PackageList};
pub use progress::{Progress, Silent};
pub(crate) use redact::fingerprint;
pub use scan::{Scan, ScanOptions, scan};
