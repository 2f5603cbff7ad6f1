//! Paths, each kept once and as one name below another.

use std::collections::HashMap;

use crate::model::RepoPath;

/// A path's place in [`Paths`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PathId(u32);

impl PathId {
    /// The top of the repository.
    pub const TOP: Self = Self(0);
    /// Not a file: the message of the commit.
    pub const MESSAGE: Self = Self(u32::MAX);
}

#[derive(Debug)]
pub struct Paths {
    names: Vec<(u32, Box<[u8]>)>,
    known: HashMap<(u32, Box<[u8]>), u32>,
}

impl Paths {
    pub fn new() -> Self {
        Self {
            names: vec![(0, Box::default())],
            known: HashMap::new(),
        }
    }

    pub fn below(&mut self, folder: PathId, name: &[u8]) -> PathId {
        let key = (folder.0, Box::from(name));
        let next = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        if let Some(known) = self.known.get(&key) {
            return PathId(*known);
        }
        self.names.push(key.clone());
        self.known.insert(key, next);
        PathId(next)
    }

    pub fn get(&self, id: PathId) -> RepoPath {
        let mut parts: Vec<&[u8]> = Vec::new();
        let mut at = id.0;
        while at != 0 {
            let Some((folder, name)) = self.names.get(at as usize) else {
                break;
            };
            parts.push(name);
            at = *folder;
        }
        parts.reverse();
        RepoPath::new(&parts.join(&b'/'))
    }

    /// Forgets what only finding paths again needs.
    pub fn close(&mut self) {
        self.known = HashMap::new();
    }
}
