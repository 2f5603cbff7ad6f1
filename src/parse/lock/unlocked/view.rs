use crate::model::RepoPath;
use crate::parse::lock::{Ask, Beside};

/// Folders above a manifest, with its own, that are looked at.
pub const MOST_LEVELS: usize = 16;

/// What is known of the repository, with a list of what was looked for and is not.
#[derive(Debug)]
pub struct View<'b> {
    pub beside: &'b Beside,
    pub asks: Vec<Ask>,
}

impl<'b> View<'b> {
    pub fn new(beside: &'b Beside) -> Self {
        Self {
            beside,
            asks: Vec::new(),
        }
    }

    /// The names in a folder; `None` where nobody looked yet.
    pub fn folder(&mut self, path: &RepoPath) -> Option<&'b [String]> {
        let is_known = self.knows(Ask::Folder(path.clone()));
        is_known.then(|| self.beside.folder(path))
    }

    /// The text of a file; `None` as well where nobody looked yet.
    pub fn file(&mut self, path: &RepoPath) -> Option<&'b str> {
        let is_known = self.knows(Ask::File(path.clone()));
        self.beside.file(path).filter(|_| is_known)
    }

    fn knows(&mut self, ask: Ask) -> bool {
        let is_known = self.beside.knows(&ask);
        if !is_known {
            self.asks.push(ask);
        }
        is_known
    }

    /// What was found out, once nothing is left to be asked.
    pub fn settle<T>(self, found: T) -> Result<T, Vec<Ask>> {
        match self.asks.is_empty() {
            true => Ok(found),
            false => Err(self.asks),
        }
    }
}
