//! The only code that reads repositories.

use std::path::PathBuf;

use crate::model::{ChangedLines, Origin, RepoPath, SkipReason, Skipped};

/// One thing to check.
#[derive(Debug)]
pub struct Item {
    pub path: RepoPath,
    pub payload: Payload,
    pub origin: Origin,
    /// `None`: every line counts as changed.
    pub changed: Option<ChangedLines>,
}

/// Where an item's bytes are.
#[derive(Debug)]
pub enum Payload {
    /// To be read by whoever checks it.
    File(PathBuf),
    Bytes(Vec<u8>),
}

/// What an input finds, in any order.
#[derive(Debug)]
pub enum Found {
    Item(Item),
    Skipped(Skipped),
}

impl Item {
    /// The item's bytes, or why there are none.
    pub fn read(&self) -> Result<Vec<u8>, SkipReason> {
        match &self.payload {
            Payload::Bytes(bytes) => Ok(bytes.clone()),
            Payload::File(path) => {
                std::fs::read(path).map_err(|e| SkipReason::Unreadable(e.to_string()))
            }
        }
    }
}
