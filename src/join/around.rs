use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, OnceLock};

use super::builds::wanted;
use super::context::{ignore_file, read};
use super::{Entry, Files};
use crate::classify::classify;
use crate::guard::LIMITS;
use crate::model::{FileKind, RepoPath, Source};
use crate::parse::dockerfile::{Body, Dockerfile, Instruction, Wanted};
use crate::parse::dockerignore::clean;
use crate::parse::surroundings::{Build, BuildContext, UsedContext};
use crate::parse::{Document, lock};

/// The repository around the files that are checked, read as far as somebody asks.
#[derive(Debug)]
pub struct Around<'f> {
    files: &'f dyn Files,
    listed: Kept<RepoPath, Vec<Entry>>,
    /// The same as text: every member of a workspace looks at the folder of all.
    names: Kept<RepoPath, Vec<String>>,
    contexts: Kept<(RepoPath, Option<RepoPath>), BuildContext>,
    builds: Kept<RepoPath, Vec<Build>>,
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
            names: Kept::default(),
            contexts: Kept::default(),
            builds: Kept::default(),
        }
    }

    /// The source as a document that knows what stands around it.
    /// Where the user names targets and arguments, those count.
    pub fn document<'s>(&self, source: &'s Source, user: &Wanted) -> Document<'s> {
        let mut document = Document::new(source);
        if is_outside(&source.path) {
            return document;
        }
        match source.kind {
            FileKind::Dockerfile => {
                let builds = self.builds(&source.path);
                document.wanted = wanted(&builds).over(user);
                let contexts = self.contexts(&source.path, document.dockerfile(), &builds);
                document.contexts = contexts;
            }
            FileKind::Dockerignore => {
                document.contexts = vec![self.context_of_ignore_file(&source.path)];
            }
            kind if lock::has_companions(kind, &source.path) => {
                document.beside = self.companions(source)
            }
            _ => {}
        }
        document
    }

    /// The contexts that a Dockerfile is built from; none where it copies nothing from one.
    fn contexts(&self, path: &RepoPath, file: &Dockerfile, builds: &[Build]) -> Vec<UsedContext> {
        let sources: Vec<&str> = file.instructions.iter().flat_map(local_sources).collect();
        if sources.is_empty() {
            return Vec::new();
        }
        let mut folders: Vec<RepoPath> = builds.iter().filter_map(|b| b.context.clone()).collect();
        folders.sort();
        folders.dedup();
        let is_assumed = folders.is_empty();
        if is_assumed {
            folders.push(self.likely_folder(path, &sources));
        }
        let used = folders.iter().map(|folder| {
            let (ignore, shadowed) = ignore_file(self, folder, path);
            let context = if sources.iter().any(|source| self.is_wide(folder, source)) {
                let key = (folder.clone(), ignore.clone());
                keep(&self.contexts, key, || read(self, folder, ignore, true))
            } else {
                Arc::new(read(self, folder, ignore, false))
            };
            UsedContext {
                context,
                is_assumed,
                shadowed,
            }
        });
        used.collect()
    }

    /// The folder among the Dockerfile's own and those above it that has most of the sources.
    fn likely_folder(&self, path: &RepoPath, sources: &[&str]) -> RepoPath {
        let plain: Vec<String> = sources
            .iter()
            .map(|source| clean(&format!("/{source}")))
            .filter(|source| source != "." && !source.contains(['*', '?', '[']))
            .collect();
        let mut folder = self.first_with_content(path);
        let mut best = folder.clone();
        let mut most = 0;
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

    /// The Dockerfile's own folder, or, where that holds nothing else to copy, the one above it.
    fn first_with_content(&self, path: &RepoPath) -> RepoPath {
        let folder = path.parent();
        let is_content = |entry: &Entry| {
            let kind = classify(&RepoPath::new(&entry.name), b"");
            entry.is_folder || !matches!(kind, FileKind::Dockerfile | FileKind::Dockerignore)
        };
        if self.list_kept(&folder).iter().any(is_content) {
            folder
        } else {
            folder.parent()
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
        let folder = self.folder_of_ignore_file(path);
        let key = (folder.clone(), Some(path.clone()));
        UsedContext {
            context: keep(&self.contexts, key, || {
                read(self, &folder, Some(path.clone()), true)
            }),
            is_assumed: true,
            shadowed: None,
        }
    }

    /// Where an ignore file counts: in its folder, or where the Dockerfile that it belongs to is
    /// built.
    fn folder_of_ignore_file(&self, path: &RepoPath) -> RepoPath {
        let own = path.file_name().strip_suffix(b".dockerignore");
        let Some(name) = own.filter(|name| !name.is_empty()) else {
            return path.parent();
        };
        let dockerfile = path.parent().join(name);
        if let Some(folder) = self.builds(&dockerfile).into_iter().find_map(|b| b.context) {
            return folder;
        }
        let bytes = self.files.read(&dockerfile, LIMITS.config);
        let file = Dockerfile::parse(&bytes.unwrap_or_default());
        let sources: Vec<&str> = file.instructions.iter().flat_map(local_sources).collect();
        self.likely_folder(&dockerfile, &sources)
    }

    pub(super) fn builds_of_folder(&self, folder: &RepoPath) -> Arc<Vec<Build>> {
        keep(&self.builds, folder.clone(), || self.read_builds(folder))
    }

    /// True where a build names a file as its Dockerfile.
    pub fn is_built(&self, path: &RepoPath) -> bool {
        !is_outside(path) && !self.builds(path).is_empty()
    }

    /// The names in a folder; those of folders end in `/`.
    pub(super) fn names(&self, folder: &RepoPath) -> Arc<Vec<String>> {
        keep(&self.names, folder.clone(), || {
            let here = self.list_kept(folder);
            let names = here.iter().map(|entry| {
                let end = if entry.is_folder { "/" } else { "" };
                format!("{}{end}", String::from_utf8_lossy(&entry.name))
            });
            names.collect()
        })
    }

    pub(super) fn list_kept(&self, folder: &RepoPath) -> Arc<Vec<Entry>> {
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
