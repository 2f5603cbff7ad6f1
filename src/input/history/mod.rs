//! Everything that a repository's history holds: each content of a file once, with the commit
//! and the path where it first appeared, and the messages of commits and tags.

mod commits;
mod date;
mod families;
mod objects;
mod pack;
mod paths;
mod versions;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use gix::ObjectId;

use super::change::Kind as FileKind;
use super::tree::kind as file_kind;
use super::{Excludes, InputError, Repository};
use crate::model::{AuthorDate, CommitName, RepoPath, SkipReason, Skipped};
use commits::Commit;
pub use date::point_in_time;
use families::Families;
use objects::{Numbers, ObjectReader, Objects};
use pack::Kind;
use paths::{PathId, Paths};
use versions::{Trees, Version};

/// Which part of a history is looked at.
#[derive(Debug)]
pub struct Selection<'s> {
    /// Branches, tags and commits, with what leads to them; `A..B`, `A...B` and `^A` leave out.
    /// None: everything that a reference leads to.
    pub revisions: Vec<String>,
    /// Seconds since 1970 between which a commit was made.
    pub since: Option<i64>,
    pub until: Option<i64>,
    /// Files and folders; none means all of them, and the messages.
    pub paths: Vec<RepoPath>,
    pub excludes: &'s Excludes,
}

impl Selection<'_> {
    fn covers(&self, commit: &Commit) -> bool {
        self.since.is_none_or(|since| commit.committed >= since)
            && self.until.is_none_or(|until| commit.committed <= until)
    }

    /// True where commits may be left out.
    fn is_narrowed(&self) -> bool {
        !self.revisions.is_empty() || self.since.is_some()
    }

    fn messages(&self) -> bool {
        self.paths.is_empty()
    }

    /// True where a path decides whether something is looked at.
    fn has_paths(&self) -> bool {
        !self.paths.is_empty() || !self.excludes.is_empty()
    }

    /// True for what was asked for, and for folders on the way to it.
    fn reaches(&self, path: &RepoPath, is_folder: bool) -> bool {
        self.paths.is_empty()
            || self.paths.iter().any(|wanted| {
                path == wanted || path.is_under(wanted) || (is_folder && wanted.is_under(path))
            })
    }

    /// True for what the configuration excludes; its folders were asked before.
    fn is_excluded(&self, path: &RepoPath, is_folder: bool) -> bool {
        let path = path.as_str().map(Path::new);
        path.is_some_and(|path| self.excludes.matches(path, is_folder))
    }
}

/// A history, listed and not yet read.
pub struct History {
    objects: Objects,
    commits: Vec<Commit>,
    paths: Paths,
    versions: Vec<Version>,
    listed: Numbers,
    head: Option<Numbers>,
    pub skipped: Vec<Skipped>,
}

impl std::fmt::Debug for History {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("History")
            .field("commits", &self.commits.len())
            .field("versions", &self.versions.len())
            .finish_non_exhaustive()
    }
}

/// Told of every version: its number, and its bytes or why there are none. `false` from it ends the
/// reading.
pub type Look<'v> = &'v (dyn Fn(u32, Result<&[u8], SkipReason>) -> bool + Sync);

/// What a version is, before its bytes are read.
#[derive(Clone, Debug)]
pub struct About {
    pub object: ObjectId,
    /// `None` for a message.
    pub path: Option<RepoPath>,
    /// `None` for what a reference names itself.
    pub commit: Option<CommitName>,
    /// Whether `HEAD` has the very same content somewhere; `None` where there is no `HEAD`.
    pub in_head: Option<bool>,
}

impl History {
    /// Lists what a selection covers. `go_on` is asked now and then; once it says no, the list ends
    /// where it is.
    pub fn list(
        repository: &Repository,
        selection: &Selection<'_>,
        go_on: &dyn Fn() -> bool,
    ) -> Result<Self, InputError> {
        // A pack's index may lie about itself in ways that its reader does not expect.
        let listed = catch_unwind(AssertUnwindSafe(|| list(repository, selection, go_on)));
        listed.unwrap_or_else(|_| {
            Err(InputError::BadRepository {
                path: repository.root().to_owned(),
                why: "a pack or its index is broken".into(),
            })
        })
    }

    /// How many commits and annotated tags there are.
    pub fn commits(&self) -> usize {
        self.commits.len()
    }

    /// How many contents and messages there are. Their numbers are those below; a lower one
    /// appeared no later.
    pub fn len(&self) -> usize {
        self.versions.len()
    }

    /// Whether there is a current tree.
    pub fn has_head(&self) -> bool {
        self.head.is_some()
    }

    pub fn is_empty(&self) -> bool {
        self.versions.is_empty()
    }

    /// What the version of that number is.
    pub fn about(&self, version: u32) -> Option<About> {
        let version = self.versions.get(version as usize)?;
        let is_message = version.path == PathId::MESSAGE;
        let commit = self.commits.get(version.commit as usize);
        Some(About {
            object: self.objects.id(version.object),
            path: (!is_message).then(|| self.paths.get(version.path)),
            commit: commit.map(|commit| CommitName {
                id: commit.id.to_string(),
                author_date: AuthorDate {
                    seconds: commit.author.0,
                    zone: commit.author.1,
                },
                is_tag: commit.kind == Kind::Tag,
            }),
            in_head: self.head.as_ref().map(|head| head.has(version.object)),
        })
    }

    /// Reads those versions that are wanted, in no order, several at a time.
    pub fn read(
        &self,
        repository: &Repository,
        threads: usize,
        wanted: &dyn Fn(u32) -> bool,
        visit: Look<'_>,
    ) {
        let numbered = (0..).zip(&self.versions);
        let wanted = numbered
            .filter(|(at, _)| wanted(*at))
            .map(|(at, version)| (at, version.object));
        let families = Families::new(&self.objects, wanted);
        let is_message = |at: u32| {
            let version = self.versions.get(at as usize);
            version.is_some_and(|version| version.path == PathId::MESSAGE)
        };
        families.read(&repository.git, threads, &|at, found| {
            let bytes = found.and_then(|(kind, data)| match (kind, is_message(at)) {
                (Kind::Blob, false) => Ok(data),
                (Kind::Commit | Kind::Tag, true) => Ok(commits::message(data)),
                _ => Err(SkipReason::Unreadable("not a file's content".into())),
            });
            visit(at, bytes)
        });
    }

    /// What `HEAD` has at a path, unless the history holds it, too.
    pub fn head_beside(&self, repository: &Repository, path: &RepoPath) -> Option<Vec<u8>> {
        let git = repository.git.to_thread_local();
        let tree = git.head_tree().ok()?;
        let parts = path.as_bytes().split(|b| *b == b'/');
        let entry = tree.lookup_entry(parts).ok().flatten()?;
        if file_kind(entry.mode()) != Some(FileKind::File) {
            return None;
        }
        let id = entry.object_id();
        if self
            .objects
            .known(id)
            .is_some_and(|number| self.listed.has(number))
        {
            return None;
        }
        super::change::blob(&git, id).ok()
    }
}

fn list(
    repository: &Repository,
    selection: &Selection<'_>,
    go_on: &dyn Fn() -> bool,
) -> Result<History, InputError> {
    let mut git = repository.git.to_thread_local();
    // Packs that come while we look are none of ours, and each missing object would look for them.
    git.objects.refresh_never();
    let mut objects = Objects::open(repository, &git)?;
    let mut commits = commits::commits(repository, &git, &mut objects, selection)?;
    let mut skipped = std::mem::take(&mut commits.skipped);
    let mut trees = Trees::new(&git, &mut objects, selection);
    trees.walk(&commits, go_on);
    skipped.append(&mut trees.skipped);
    let Trees {
        mut paths,
        versions,
        ..
    } = trees;
    paths.close();
    let head = head(&git, &mut objects);
    let mut listed = Numbers::default();
    for version in &versions {
        listed.insert(version.object);
    }
    Ok(History {
        objects,
        commits: commits.all,
        paths,
        versions,
        listed,
        head,
        skipped,
    })
}

/// Every content that the tree of `HEAD` has.
fn head(git: &gix::Repository, objects: &mut Objects) -> Option<Numbers> {
    let tree = git.head_tree_id().ok()?.detach();
    let mut reader = ObjectReader::new(git);
    let mut numbers = Numbers::default();
    let mut open = vec![tree];
    while let Some(id) = open.pop() {
        let number = objects.number(id);
        if !numbers.insert(number) {
            continue;
        }
        // What cannot be read is told where the trees are walked.
        let Ok((Kind::Tree, data)) = reader.read(objects, number) else {
            continue;
        };
        for entry in gix::objs::TreeRefIter::from_bytes(&data, objects.hash).map_while(Result::ok) {
            match file_kind(entry.mode) {
                None => open.push(entry.oid.to_owned()),
                Some(FileKind::File) => {
                    let file = objects.number(entry.oid.to_owned());
                    numbers.insert(file);
                }
                Some(_) => {}
            }
        }
    }
    Some(numbers)
}
