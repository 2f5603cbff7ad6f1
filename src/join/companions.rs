//! The files beside a lockfile or a manifest that its reader asks for.

use super::{Around, Files as _};
use crate::guard::LIMITS;
use crate::model::Source;
use crate::parse::lock::{self, Ask, Beside, unlocked};

/// Files and folders that one lockfile may ask for: a workspace has a manifest a member.
const MOST_ASKED: usize = 1000;
/// Rounds of asking: each one follows one step of includes.
const MOST_ROUNDS: usize = 16;

impl Around<'_> {
    /// Asks until the reader has seen what it wants to see, or too much.
    pub(super) fn companions(&self, source: &Source) -> Beside {
        let mut beside = Beside::default();
        let mut left = MOST_ASKED;
        for _ in 0..MOST_ROUNDS {
            let mut wanted = lock::wants(source.kind, &source.path, &source.bytes, &beside);
            wanted.extend(unlocked::wants(&source.path, &source.bytes, &beside));
            wanted.retain(|ask| !beside.knows(ask));
            wanted.sort();
            wanted.dedup();
            wanted.truncate(left);
            if wanted.is_empty() {
                break;
            }
            left -= wanted.len();
            for ask in wanted {
                self.answer(ask, &mut beside);
            }
        }
        beside
    }

    fn answer(&self, ask: Ask, beside: &mut Beside) {
        match ask {
            Ask::File(path) => {
                // One byte more than is read tells that it is too large.
                let bytes = self.read(&path, LIMITS.parse + 1);
                let bytes = bytes.filter(|bytes| bytes.len() as u64 <= LIMITS.parse);
                beside.put_file(path, bytes);
            }
            Ask::Folder(path) => {
                let here = self.list_kept(&path);
                for entry in here.iter().filter(|entry| entry.is_private) {
                    beside.put_private(path.join(&entry.name));
                }
                let names = self.names(&path);
                beside.put_folder(path, names);
            }
        }
    }
}
