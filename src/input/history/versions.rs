//! Which objects are looked at, each once and as what it first appeared.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use gix::ObjectId;
use gix::objs::TreeRefIter;
use gix::objs::tree::EntryRef;

use super::Selection;
use super::commits::Commits;
use super::objects::{Number, Numbers, ObjectReader, Objects};
use super::pack::Kind;
use super::paths::{PathId, Paths};
use crate::guard::LIMITS;
use crate::input::change::Kind as FileKind;
use crate::input::tree::kind as file_kind;
use crate::model::{RepoPath, SkipReason, Skipped};

/// A file's content, or a message, where it first appeared.
#[derive(Clone, Copy, Debug)]
pub struct Version {
    pub object: Number,
    pub path: PathId,
    /// Its place among the commits; past their end for what a reference names itself.
    pub commit: u32,
}

/// Goes through the trees of commits, the oldest first, and notes what is new in each of them.
pub struct Trees<'w> {
    reader: ObjectReader<'w>,
    objects: &'w mut Objects,
    selection: &'w Selection<'w>,
    seen: Numbers,
    /// Folders that were looked into where the path has a say; then the same folder elsewhere
    /// counts as another one.
    seen_at: HashSet<(Number, PathId)>,
    /// Each folder's tree as it was last: what it shares with the next one is not new.
    last: HashMap<PathId, Rc<Vec<u8>>>,
    told: HashSet<PathId>,
    pub paths: Paths,
    pub versions: Vec<Version>,
    pub skipped: Vec<Skipped>,
}

impl<'w> Trees<'w> {
    pub fn new(
        git: &'w gix::Repository,
        objects: &'w mut Objects,
        selection: &'w Selection<'w>,
    ) -> Self {
        Self {
            reader: ObjectReader::new(git),
            objects,
            selection,
            seen: Numbers::default(),
            seen_at: HashSet::new(),
            last: HashMap::new(),
            told: HashSet::new(),
            paths: Paths::new(),
            versions: Vec::new(),
            skipped: Vec::new(),
        }
    }

    /// Looks through everything that was found. `go_on` is asked now and then.
    pub fn walk(&mut self, commits: &Commits, go_on: &dyn Fn() -> bool) {
        for tree in &commits.boundary {
            self.tree(*tree, None);
        }
        for (at, commit) in (0..).zip(&commits.all) {
            if !go_on() || self.is_full() {
                return;
            }
            if self.selection.messages() {
                self.versions.push(Version {
                    object: commit.number,
                    path: PathId::MESSAGE,
                    commit: at,
                });
            }
            if let Some(tree) = commit.tree {
                self.tree(tree, Some(at));
            }
        }
        let nameless = u32::try_from(commits.all.len()).unwrap_or(u32::MAX);
        for (id, kind) in &commits.others {
            if *kind == Kind::Tree {
                self.tree(*id, Some(nameless));
            } else {
                let name = format!("blob:{id}");
                let path = self.paths.below(PathId::TOP, name.as_bytes());
                self.file(*id, path, nameless);
            }
        }
    }

    fn is_full(&mut self) -> bool {
        let limit = LIMITS.versions;
        let full = self.versions.len() >= limit;
        if full {
            self.skip(
                PathId::TOP,
                SkipReason::Other(format!(
                    "more than {limit} versions of files: the rest is left out"
                )),
            );
        }
        full
    }

    /// Notes what is new in a tree; with no commit, that it is not.
    fn tree(&mut self, id: ObjectId, commit: Option<u32>) {
        let mut open = vec![(id, PathId::TOP, RepoPath::from(""))];
        while let Some((id, folder, path)) = open.pop() {
            let number = self.objects.number(id);
            let is_new = match self.selection.has_paths() {
                true => self.seen_at.insert((number, folder)),
                false => self.seen.insert(number),
            };
            if !is_new {
                continue;
            }
            let data = match self.reader.read(self.objects, number) {
                Ok((Kind::Tree, data)) => data,
                Ok(_) => {
                    self.skip(folder, SkipReason::Unreadable("not a tree".into()));
                    continue;
                }
                Err(reason) => {
                    self.skip(folder, reason);
                    continue;
                }
            };
            let before = self.last.insert(folder, Rc::clone(&data));
            self.entries(before, &data, folder, &path, commit, &mut open);
        }
    }

    fn entries(
        &mut self,
        before: Option<Rc<Vec<u8>>>,
        data: &[u8],
        folder: PathId,
        path: &RepoPath,
        commit: Option<u32>,
        open: &mut Vec<(ObjectId, PathId, RepoPath)>,
    ) {
        let hash = self.objects.hash;
        let before = before.as_ref().map_or(&[][..], |data| data.as_slice());
        let mut old = TreeRefIter::from_bytes(before, hash)
            .map_while(Result::ok)
            .peekable();
        for entry in TreeRefIter::from_bytes(data, hash) {
            let Ok(entry) = entry else {
                self.skip(folder, SkipReason::Unreadable("broken tree".into()));
                break;
            };
            while old
                .next_if(|old| *old < entry && !is_same_name(old, &entry))
                .is_some()
            {}
            if old
                .next_if(|old| is_same_name(old, &entry))
                .is_some_and(|old| old.oid == entry.oid && old.mode == entry.mode)
            {
                continue;
            }
            self.entry(&entry, folder, path, commit, open);
        }
    }

    fn entry(
        &mut self,
        entry: &EntryRef<'_>,
        folder: PathId,
        path: &RepoPath,
        commit: Option<u32>,
        open: &mut Vec<(ObjectId, PathId, RepoPath)>,
    ) {
        let id = entry.oid.to_owned();
        let kind = file_kind(entry.mode);
        let below = self.paths.below(folder, entry.filename);
        let path = path.join(entry.filename);
        if path.as_bytes().len() > LIMITS.path {
            let what = format!("a path of more than {} bytes", LIMITS.path);
            return self.tell(folder, SkipReason::Other(what));
        }
        if !self.selection.reaches(&path, kind.is_none()) {
            return;
        }
        if self.selection.is_excluded(&path, kind.is_none()) {
            return self.tell(below, SkipReason::Excluded);
        }
        match (kind, commit) {
            (None, _) => open.push((id, below, path)),
            (Some(FileKind::File), Some(commit)) => self.file(id, below, commit),
            (Some(FileKind::File), None) => {
                let number = self.objects.number(id);
                self.seen.insert(number);
            }
            (Some(FileKind::Link), Some(_)) => self.tell(below, SkipReason::Symlink),
            (Some(FileKind::Submodule), Some(_)) => self.tell(below, SkipReason::Submodule),
            (Some(_), _) => {}
        }
    }

    fn file(&mut self, id: ObjectId, path: PathId, commit: u32) {
        let object = self.objects.number(id);
        if self.seen.insert(object) {
            self.versions.push(Version {
                object,
                path,
                commit,
            });
        }
    }

    fn skip(&mut self, path: PathId, reason: SkipReason) {
        let path = match path {
            PathId::TOP => RepoPath::from("."),
            path => self.paths.get(path),
        };
        self.skipped.push(Skipped { path, reason });
    }

    /// Says once for a path why nothing there is looked at.
    fn tell(&mut self, path: PathId, reason: SkipReason) {
        if self.told.insert(path) {
            self.skip(path, reason);
        }
    }
}

fn is_same_name(a: &EntryRef<'_>, b: &EntryRef<'_>) -> bool {
    a.filename == b.filename && a.mode.is_tree() == b.mode.is_tree()
}
