//! Which commits there are, in the order in which they came about.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};

use gix::ObjectId;

use super::Selection;
use super::objects::{Number, Numbers, ObjectReader, Objects};
use super::pack::Kind;
use crate::input::{InputError, Repository};
use crate::model::{RepoPath, SkipReason, Skipped};

/// A commit, or an annotated tag, which has a message too.
#[derive(Clone, Debug)]
pub struct Commit {
    pub id: ObjectId,
    pub number: Number,
    /// None for a tag.
    pub tree: Option<ObjectId>,
    pub kind: Kind,
    /// Seconds since 1970 and minutes east of Greenwich, as the author's clock had it.
    pub author: (i64, i32),
    pub committed: i64,
    parents: Vec<ObjectId>,
}

/// What is looked through.
#[derive(Debug, Default)]
pub struct Commits {
    /// Parents before children, and the older of two that do not depend on each other first.
    pub all: Vec<Commit>,
    /// Trees of commits that are left out and that some commit builds upon: what is in them is not
    /// new.
    pub boundary: Vec<ObjectId>,
    /// Trees and blobs that references name themselves.
    pub others: Vec<(ObjectId, Kind)>,
    pub skipped: Vec<Skipped>,
}

/// Finds the commits of a selection.
pub fn commits(
    repository: &Repository,
    git: &gix::Repository,
    objects: &mut Objects,
    selection: &Selection,
) -> Result<Commits, InputError> {
    let mut walk = Walk {
        reader: ObjectReader::new(git),
        objects,
        found: Commits::default(),
        shallow: git
            .shallow_commits()
            .ok()
            .flatten()
            .map(|ids| ids.iter().copied().collect())
            .unwrap_or_default(),
    };
    let (wanted, hidden) = tips(repository, git, &selection.revisions)?;
    let hidden = walk.ancestors(&hidden);
    let mut reached = walk.reach(&wanted, &hidden);
    if reached.iter().any(|c| walk.shallow.contains(&c.id)) {
        walk.skip(SkipReason::Other(
            "shallow clone: the commits before those that were fetched are not here".into(),
        ));
    }
    reached.retain(|commit| selection.covers(commit));
    let left: HashSet<ObjectId> = reached.iter().map(|commit| commit.id).collect();
    let mut outside: Vec<ObjectId> = Vec::new();
    let mut seen = HashSet::new();
    for commit in reached.iter().filter(|c| !walk.shallow.contains(&c.id)) {
        let parents = commit.parents.iter().copied();
        outside.extend(parents.filter(|id| !left.contains(id) && seen.insert(*id)));
    }
    // Of no other commit was anything left out on purpose.
    if selection.is_narrowed() {
        for id in outside {
            let number = walk.objects.number(id);
            let tree = walk.commit(id, number).ok().and_then(|c| c.tree);
            walk.found.boundary.extend(tree);
        }
    }
    walk.found.all = in_order(reached);
    Ok(walk.found)
}

type Tips = (Vec<ObjectId>, Vec<ObjectId>);

/// Where to begin, and what to leave out with all that came before it.
fn tips(
    repository: &Repository,
    git: &gix::Repository,
    revisions: &[String],
) -> Result<Tips, InputError> {
    let commit = |name: &str| crate::input::commit_range::commit(git, name);
    let or_head = |name: &str| commit(if name.is_empty() { "HEAD" } else { name });
    let (mut wanted, mut hidden) = (Vec::new(), Vec::new());
    for revision in revisions {
        if revision.is_empty() || revision.starts_with('-') {
            return Err(InputError::NoSuchCommit(revision.clone()));
        }
        if let Some(name) = revision.strip_prefix('^') {
            hidden.push(commit(name)?);
        } else if let Some((left, right)) = revision.split_once("...") {
            let (left, right) = (or_head(left)?, or_head(right)?);
            let bases = git
                .merge_bases_many(left, &[right])
                .map_err(|e| repository.bad(&e))?;
            hidden.extend(bases.into_iter().map(gix::Id::detach));
            wanted.extend([left, right]);
        } else if let Some((left, right)) = revision.split_once("..") {
            hidden.push(or_head(left)?);
            wanted.push(or_head(right)?);
        } else {
            // The name as it is: a tag has a message of its own.
            commit(revision)?;
            let id = git.rev_parse_single(revision.as_str());
            let unknown = |_| InputError::NoSuchCommit(revision.clone());
            wanted.push(id.map_err(unknown)?.detach());
        }
    }
    if revisions.is_empty() {
        wanted = every_reference(repository, git)?;
    }
    Ok((wanted, hidden))
}

/// Everything that keeps objects alive: branches, tags, remotes, notes, every stash, and `HEAD`,
/// which may be on no branch.
fn every_reference(
    repository: &Repository,
    git: &gix::Repository,
) -> Result<Vec<ObjectId>, InputError> {
    let mut ids = Vec::new();
    let platform = git.references().map_err(|e| repository.bad(&e))?;
    let all = platform.all().map_err(|e| repository.bad(&e))?;
    for reference in all {
        let reference = reference.map_err(|e| InputError::BadRepository {
            path: repository.root().to_owned(),
            why: format!("a reference is broken: {e}"),
        })?;
        if let Some(id) = reference.try_id() {
            ids.push(id.detach());
        }
        // Of all stashes but the newest only the log of the reference tells.
        if reference.name().as_bstr() == "refs/stash" {
            let mut log = reference.log_iter();
            if let Ok(Some(lines)) = log.all() {
                let lines = lines.flatten();
                ids.extend(lines.map(|line| line.new_oid()));
            }
        }
    }
    ids.extend(git.head_id().ok().map(gix::Id::detach));
    ids.retain(|id| !id.is_null());
    Ok(ids)
}

struct Walk<'w> {
    reader: ObjectReader<'w>,
    objects: &'w mut Objects,
    found: Commits,
    shallow: HashSet<ObjectId>,
}

impl Walk<'_> {
    fn skip(&mut self, reason: SkipReason) {
        self.skip_at(RepoPath::from("."), reason);
    }

    fn skip_at(&mut self, path: RepoPath, reason: SkipReason) {
        self.found.skipped.push(Skipped { path, reason });
    }

    /// Reads a commit.
    fn commit(&mut self, id: ObjectId, number: Number) -> Result<Commit, SkipReason> {
        let (kind, data) = self.reader.read(self.objects, number)?;
        parse(id, number, kind, &data, self.objects.hash)
            .ok_or_else(|| SkipReason::Unreadable("broken commit".into()))
    }

    fn parents<'c>(&self, commit: &'c Commit) -> &'c [ObjectId] {
        match self.shallow.contains(&commit.id) {
            true => &[],
            false => &commit.parents,
        }
    }

    fn ancestors(&mut self, tips: &[ObjectId]) -> Numbers {
        let mut seen = Numbers::default();
        let mut open = tips.to_vec();
        while let Some(id) = open.pop() {
            let number = self.objects.number(id);
            if !seen.insert(number) {
                continue;
            }
            // What is left out need not be there.
            if let Ok(commit) = self.commit(id, number) {
                open.extend_from_slice(self.parents(&commit));
            }
        }
        seen
    }

    /// Every commit and tag from the tips back, but for the hidden ones.
    fn reach(&mut self, tips: &[ObjectId], hidden: &Numbers) -> Vec<Commit> {
        let mut seen = Numbers::default();
        let mut open = tips.to_vec();
        let mut reached = Vec::new();
        while let Some(id) = open.pop() {
            let number = self.objects.number(id);
            if hidden.has(number) || !seen.insert(number) {
                continue;
            }
            let (kind, data) = match self.reader.read(self.objects, number) {
                Ok(whole) => whole,
                Err(reason) => {
                    let path = RepoPath::from(format!("commit:{id}").as_str());
                    self.skip_at(path, reason);
                    continue;
                }
            };
            if matches!(kind, Kind::Tree | Kind::Blob) {
                self.found.others.push((id, kind));
                continue;
            }
            let Some(commit) = parse(id, number, kind, &data, self.objects.hash) else {
                let path = RepoPath::from(format!("commit:{id}").as_str());
                self.skip_at(path, SkipReason::Unreadable("broken commit or tag".into()));
                continue;
            };
            open.extend_from_slice(self.parents(&commit));
            reached.push(commit);
        }
        reached
    }
}

/// Reads the head of a commit or a tag; what a tag points at counts as its parent.
fn parse(
    id: ObjectId,
    number: Number,
    kind: Kind,
    data: &[u8],
    hash: gix::hash::Kind,
) -> Option<Commit> {
    let mut commit = Commit {
        id,
        number,
        tree: None,
        kind,
        author: (0, 0),
        committed: 0,
        parents: Vec::new(),
    };
    let read = |hex: &[u8]| ObjectId::from_hex(hex).ok().filter(|id| id.kind() == hash);
    for line in data.split(|b| *b == b'\n') {
        if line.is_empty() {
            break;
        }
        let space = memchr::memchr(b' ', line)?;
        let (key, value) = (&line[..space], &line[space + 1..]);
        match (kind, key) {
            // A signature goes over several lines, which begin with a blank.
            (_, b"") => {}
            (Kind::Commit, b"tree") => commit.tree = Some(read(value)?),
            (Kind::Commit, b"parent") | (Kind::Tag, b"object") => {
                commit.parents.push(read(value)?);
            }
            (Kind::Commit, b"author") => commit.author = time(value).unwrap_or_default(),
            (Kind::Commit, b"committer") => commit.committed = time(value).unwrap_or_default().0,
            (Kind::Tag, b"tagger") => {
                commit.author = time(value).unwrap_or_default();
                commit.committed = commit.author.0;
            }
            _ => {}
        }
    }
    let is_whole = match kind {
        Kind::Commit => commit.tree.is_some(),
        Kind::Tag => !commit.parents.is_empty(),
        Kind::Tree | Kind::Blob => false,
    };
    is_whole.then_some(commit)
}

/// The time at the end of `name <address> seconds zone`.
fn time(line: &[u8]) -> Option<(i64, i32)> {
    let after = memchr::memrchr(b'>', line)? + 1;
    let text = std::str::from_utf8(line.get(after..)?).ok()?;
    let mut words = text.split_ascii_whitespace();
    let seconds = words.next()?.parse().ok()?;
    let zone: i32 = words.next().and_then(|zone| zone.parse().ok()).unwrap_or(0);
    Some((seconds, (zone / 100) * 60 + zone % 100))
}

/// Where a commit's or a tag's message begins.
pub fn message(data: &[u8]) -> &[u8] {
    let head = memchr::memmem::find(data, b"\n\n");
    head.and_then(|at| data.get(at + 2..)).unwrap_or_default()
}

/// Sorts commits so that none comes before its parents.
fn in_order(commits: Vec<Commit>) -> Vec<Commit> {
    let places: HashMap<ObjectId, usize> = commits
        .iter()
        .enumerate()
        .map(|(at, commit)| (commit.id, at))
        .collect();
    let mut children: Vec<Vec<u32>> = vec![Vec::new(); commits.len()];
    let mut missing: Vec<u32> = vec![0; commits.len()];
    for (at, commit) in commits.iter().enumerate() {
        for parent in &commit.parents {
            if let Some(parent) = places.get(parent) {
                children[*parent].push(u32::try_from(at).unwrap_or(u32::MAX));
                missing[at] += 1;
            }
        }
    }
    let entry = |at: usize| Reverse((commits[at].committed, commits[at].id, at));
    let mut ready: BinaryHeap<_> = (0..commits.len())
        .filter(|at| missing[*at] == 0)
        .map(entry)
        .collect();
    let mut order = Vec::with_capacity(commits.len());
    while let Some(Reverse((_, _, at))) = ready.pop() {
        order.push(at);
        for child in std::mem::take(&mut children[at]) {
            let child = child as usize;
            missing[child] -= 1;
            if missing[child] == 0 {
                ready.push(entry(child));
            }
        }
    }
    let mut slots: Vec<Option<Commit>> = commits.into_iter().map(Some).collect();
    let mut sorted: Vec<Commit> = order
        .into_iter()
        .filter_map(|at| slots.get_mut(at)?.take())
        .collect();
    // No hash can stand in its own making, so nothing is left; but nothing is lost, either.
    sorted.extend(slots.into_iter().flatten());
    sorted
}

#[cfg(test)]
mod tests {
    use super::{message, time};

    #[test]
    fn a_time_is_read_whatever_the_name() {
        assert_eq!(
            time(b"A > B <a@b> 1700000000 +0130"),
            Some((1_700_000_000, 90))
        );
        assert_eq!(time(b"A <> -5 -0800"), Some((-5, -480)));
        assert_eq!(time(b"nobody"), None);
    }

    #[test]
    fn a_message_begins_after_the_head() {
        assert_eq!(
            message(b"tree x\nauthor y\n\nwords\n\nmore\n"),
            b"words\n\nmore\n"
        );
        assert_eq!(message(b"tree x\n"), b"");
    }
}
