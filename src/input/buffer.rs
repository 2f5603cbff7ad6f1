use super::{Item, Payload};
use crate::model::{Origin, RepoPath};

/// An editor's unsaved text, or any bytes at hand, as an item of the given path.
pub fn buffer(path: RepoPath, bytes: Vec<u8>) -> Item {
    Item {
        path,
        payload: Payload::Bytes(bytes),
        origin: Origin::Buffer,
        changed: None,
        before: None,
        renamed: false,
    }
}
