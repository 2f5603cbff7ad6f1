use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, OnceLock};

use super::context::{ignore_file, read};
use super::{Entry, Files};
use crate::model::{FileKind, RepoPath, Source};
use crate::parse::Document;
use crate::parse::dockerfile::{Body, Dockerfile, Instruction};
use crate::parse::dockerignore::clean;
use crate::parse::surroundings::{BuildContext, UsedContext};

/// The repository around the files that are checked, read as far as somebody asks.
#[derive(Debug)]
pub struct Around<'f> {
    files: &'f dyn Files,
    listed: Kept<RepoPath, Vec<Entry>>,
    contexts: Kept<(RepoPath, Option<RepoPath>), BuildContext>,
}

/// What was found out once. Whoever comes first finds it out; what is found depends on the key
/// alone, so that the order of the threads leaves no trace.
type Kept<K, V> = Mutex<HashMap<K, Arc<OnceLock<Arc<V>>>>>;

fn keep<K: Eq + Hash, V>(kept: &Kept<K, V>, key: K, make: impl FnOnce() -> V) -> Arc<V> {
    let slot = match kept.lock() {
        Ok(mut kept) => Arc::clone(kept.entry(key).or_default()),
        Err(_) => Arc::default(),
    };
    Arc::clone(slot.get_or_init(|| Arc::new(make())))
}

impl<'f> Around<'f> {
    pub fn new(files: &'f dyn Files) -> Self {
        Self {
            files,
            listed: Kept::default(),
            contexts: Kept::default(),
        }
    }

    /// The source as a document that knows what stands around it.
    pub fn document<'s>(&self, source: &'s Source) -> Document<'s> {
        let mut document = Document::new(source);
        if is_outside(&source.path) {
            return document;
        }
        match source.kind {
            FileKind::Dockerfile => {
                let contexts = self.contexts(&source.path, document.dockerfile());
                document.contexts = contexts;
            }
            FileKind::Dockerignore => {
                document.contexts = vec![self.context_of_ignore_file(&source.path)];
            }
            _ => {}
        }
        document
    }

    /// The contexts that a Dockerfile is built from; none where it copies nothing from one.
    fn contexts(&self, path: &RepoPath, file: &Dockerfile) -> Vec<UsedContext> {
        let sources: Vec<&str> = file.instructions.iter().flat_map(local_sources).collect();
        if sources.is_empty() {
            return Vec::new();
        }
        let folder = self.likely_folder(path, &sources);
        let walk = sources.iter().any(|source| self.is_wide(&folder, source));
        let (ignore, shadowed) = ignore_file(self, &folder, path);
        let context = if walk {
            let key = (folder.clone(), ignore.clone());
            keep(&self.contexts, key, || read(self, &folder, ignore, true))
        } else {
            Arc::new(read(self, &folder, ignore, false))
        };
        vec![UsedContext {
            context,
            is_assumed: true,
            shadowed,
        }]
    }

    /// The folder among the Dockerfile's own and those above it that has most of the sources.
    fn likely_folder(&self, path: &RepoPath, sources: &[&str]) -> RepoPath {
        let plain: Vec<String> = sources
            .iter()
            .map(|source| clean(&format!("/{source}")))
            .filter(|source| source != "." && !source.contains(['*', '?', '[']))
            .collect();
        let mut best = path.parent();
        let mut most = 0;
        let mut folder = path.parent();
        loop {
            let here = |source: &&String| self.entry(&folder.join(source.as_bytes())).is_some();
            let count = plain.iter().filter(here).count();
            if count > most {
                (best, most) = (folder.clone(), count);
            }
            if folder.as_bytes().is_empty() {
                return best;
            }
            folder = folder.parent();
        }
    }

    /// True where a source stands for more than one named file.
    fn is_wide(&self, folder: &RepoPath, source: &str) -> bool {
        let source = clean(&format!("/{source}"));
        source == "."
            || source.contains(['*', '?', '['])
            || self
                .entry(&folder.join(source.as_bytes()))
                .is_some_and(|entry| entry.is_folder)
    }

    fn entry(&self, path: &RepoPath) -> Option<Entry> {
        let here = self.list_kept(&path.parent());
        let at = here.binary_search_by(|e| e.name.as_slice().cmp(path.file_name()));
        here.get(at.ok()?).cloned()
    }

    fn context_of_ignore_file(&self, path: &RepoPath) -> UsedContext {
        let folder = path.parent();
        let key = (folder.clone(), Some(path.clone()));
        UsedContext {
            context: keep(&self.contexts, key, || {
                read(self, &folder, Some(path.clone()), true)
            }),
            is_assumed: true,
            shadowed: None,
        }
    }

    fn list_kept(&self, folder: &RepoPath) -> Arc<Vec<Entry>> {
        keep(&self.listed, folder.clone(), || self.files.list(folder))
    }
}

impl Files for Around<'_> {
    fn list(&self, folder: &RepoPath) -> Vec<Entry> {
        self.list_kept(folder).to_vec()
    }

    fn read(&self, path: &RepoPath, limit: u64) -> Option<Vec<u8>> {
        self.files.read(path, limit)
    }
}

/// True for a file that was named and lies outside the repository.
fn is_outside(path: &RepoPath) -> bool {
    let bytes = path.as_bytes();
    bytes.starts_with(b"/") || bytes.split(|b| *b == b'/').any(|part| part == b"..")
}

/// What an instruction copies from the build context.
fn local_sources(instruction: &Instruction) -> Vec<&str> {
    match &instruction.body {
        Body::Transfer { sources, .. } if !instruction.has_flag("from") => sources
            .iter()
            .filter_map(|source| source.value.known())
            .filter(|source| !source.contains("://") && !source.starts_with("git@"))
            .collect(),
        _ => Vec::new(),
    }
}
