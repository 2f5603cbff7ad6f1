//! The build context as the builder sees it.

use super::Files;
use crate::detect::dockerfile::is_sensitive;
use crate::guard::LIMITS;
use crate::model::RepoPath;
use crate::parse::dockerignore::IgnoreFile;
use crate::parse::surroundings::{BuildContext, ContextFile};

/// Folders that tools fill by the thousands; that they are there is all that matters.
const NOT_ENTERED: &[&str] = &[
    ".git",
    ".gradle",
    ".tox",
    ".venv",
    "__pycache__",
    "bower_components",
    "node_modules",
    "site-packages",
    "venv",
];

/// Bytes of a file of credentials that are looked at.
const BEGINNING: u64 = 16 << 10;
/// Files of credentials in one context that are looked at.
const MOST_READ: usize = 200;
/// Characters of paths that are held against patterns, each once for each pattern.
const MOST_STEPS: u64 = 200_000_000;

/// The ignore file of a build: the Dockerfile's own one replaces that of the context.
pub(super) fn ignore_file(
    files: &dyn Files,
    folder: &RepoPath,
    dockerfile: &RepoPath,
) -> (Option<RepoPath>, Option<RepoPath>) {
    let name = dockerfile.file_name();
    let has = |folder: &RepoPath, name: &[u8]| {
        let here = files.list(folder);
        here.iter().any(|e| !e.is_folder && e.name == name)
    };
    let podman = name.to_ascii_lowercase().starts_with(b"containerfile");
    let order: [&[u8]; 2] = if podman {
        [b".containerignore", b".dockerignore"]
    } else {
        [b".dockerignore", b".containerignore"]
    };
    let shared = order.into_iter().find(|name| has(folder, name));
    let shared = shared.map(|name| folder.join(name));
    let own_name = [name, b".dockerignore"].concat();
    if has(&dockerfile.parent(), &own_name) {
        (Some(dockerfile.parent().join(&own_name)), shared)
    } else {
        (shared, None)
    }
}

/// Reads the ignore file, and with `walk` everything below the folder.
pub(super) fn read(
    files: &dyn Files,
    folder: &RepoPath,
    ignore: Option<RepoPath>,
    walk: bool,
) -> BuildContext {
    let mut context = BuildContext {
        folder: folder.clone(),
        ..BuildContext::default()
    };
    if let Some(path) = ignore {
        let bytes = files.read(&path, LIMITS.config).unwrap_or_default();
        context.ignore = Some((path, IgnoreFile::parse(&bytes)));
    }
    if walk {
        fill(files, &mut context);
    }
    context
}

fn fill(files: &dyn Files, context: &mut BuildContext) {
    let none = IgnoreFile::default();
    let ignore = context.ignore.as_ref().map_or(&none, |(_, file)| file);
    let mut found: Vec<ContextFile> = Vec::new();
    let mut read = 0;
    let mut steps = 0;
    let mut open = vec![(String::new(), None, false)];
    'folders: while let Some((folder, above, is_private)) = open.pop() {
        let place = match folder.as_str() {
            "" => context.folder.clone(),
            folder => context.folder.join(folder.as_bytes()),
        };
        for entry in files.list(&place) {
            // A name that is no text cannot be excluded by a pattern either; it is shown as it can.
            let name = String::from_utf8_lossy(&entry.name);
            let path = match folder.as_str() {
                "" => name.clone().into_owned(),
                folder => format!("{folder}/{name}"),
            };
            steps += (path.len() * (ignore.lines.len() + 1)) as u64;
            if found.len() >= LIMITS.context || steps > MOST_STEPS || path.len() > LIMITS.path {
                let limit = LIMITS.context;
                context.limit = Some(format!(
                    "its build context is not read to the end: it has more than {limit} files, or too many patterns"
                ));
                break 'folders;
            }
            // What matches a folder matches all that is in it.
            let from = above.map_or(0, |n| n + 1);
            let decided = ignore.last_match(&path, from).or(above);
            let line = decided.and_then(|n| ignore.lines.get(n));
            let is_excluded = line.is_some_and(|line| !line.is_exception);
            let is_private = is_private || entry.is_private;
            if entry.is_folder {
                let may_return = decided.is_none_or(|n| ignore.has_exception_after(n));
                if (!is_excluded || may_return) && !NOT_ENTERED.contains(&&*name) {
                    open.push((path.clone(), decided, is_private));
                }
            }
            let mut beginning = None;
            if !entry.is_folder && !is_excluded && read < MOST_READ && is_sensitive(&path) {
                read += 1;
                beginning = files.read(&place.join(&entry.name), BEGINNING);
            }
            found.push(ContextFile {
                path,
                is_folder: entry.is_folder,
                is_private,
                decided,
                is_excluded,
                beginning,
            });
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    context.files = found;
}
