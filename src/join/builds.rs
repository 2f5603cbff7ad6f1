//! Who builds a Dockerfile, as far as the repository says.

use super::{Around, Files as _};
use crate::model::RepoPath;
use crate::parse::builds::{Form, LARGEST, read};
use crate::parse::dockerfile::{Target, Wanted, is_development_name};
use crate::parse::surroundings::{Build, Tool};

/// Folders directly below the root that are looked into.
const MOST_FOLDERS: usize = 200;
/// Files of one folder that are read.
const MOST_FILES: usize = 50;

impl Around<'_> {
    /// The builds of a Dockerfile that files above it, beside it, in the folders at the top and in
    /// the workflows ask for.
    pub fn builds(&self, dockerfile: &RepoPath) -> Vec<Build> {
        let root = RepoPath::default();
        let mut folders = vec![RepoPath::from(".github/workflows")];
        let mut above = dockerfile.parent();
        while !above.as_bytes().is_empty() {
            folders.push(above.clone());
            above = above.parent();
        }
        let top = self.list_kept(&root);
        let top = top
            .iter()
            .filter(|e| e.is_folder && !e.is_private && !e.name.starts_with(b"."));
        folders.extend(top.take(MOST_FOLDERS).map(|e| RepoPath::new(&e.name)));
        folders.push(root);
        folders.sort();
        folders.dedup();
        let all = folders.iter().map(|folder| self.builds_of_folder(folder));
        let builds: Vec<_> = all.collect();
        let builds = builds.iter().flat_map(|builds| builds.iter());
        builds
            .filter(|build| build.dockerfile == *dockerfile)
            .cloned()
            .collect()
    }

    pub(super) fn read_builds(&self, folder: &RepoPath) -> Vec<Build> {
        let here = self.list_kept(folder);
        let files = here.iter().filter(|entry| !entry.is_folder);
        files
            .map(|entry| folder.join(&entry.name))
            .filter(|path| Form::of(path).is_some())
            .take(MOST_FILES)
            .flat_map(|path| {
                // One byte more than is read tells that it is too large.
                let bytes = self.read(&path, LARGEST as u64 + 1).unwrap_or_default();
                read(&path, &bytes)
            })
            .collect()
    }
}

/// What the builds ask for, those for developers left out as long as there are others.
///
/// The last stage is judged too unless CI or a bake file, which make what ships, build others only.
pub(super) fn wanted(builds: &[Build]) -> Wanted {
    let ships = |build: &&Build| {
        let target = build.target.as_deref();
        !target.is_some_and(|name| is_development_name(name) || is_intermediate(name))
    };
    let shipped: Vec<&Build> = builds.iter().filter(ships).collect();
    let mut wanted = Wanted::default();
    let mut add = |name: Option<String>, by: &str| {
        if !wanted.targets.iter().any(|target| target.name == name) {
            let by = by.to_owned();
            wanted.targets.push(Target { name, by });
        }
    };
    for build in &shipped {
        add(build.target.clone(), &build.by);
    }
    let decides = |build: &&Build| matches!(build.tool, Tool::Bake | Tool::Workflow);
    if !shipped.iter().any(decides) && !shipped.is_empty() {
        add(None, "");
    }
    // Of a script nobody knows for sure which Dockerfile it means.
    let named = builds.iter().filter(|b| b.tool != Tool::Command);
    wanted.named = named
        .filter_map(|build| {
            let name = Some(build.target.clone()?);
            let by = build.by.clone();
            Some(Target { name, by })
        })
        .collect();
    let mut contexts: Vec<String> = Vec::new();
    for build in &shipped {
        contexts.extend(build.named_contexts.iter().cloned());
        for arg in &build.args {
            let mut values = shipped
                .iter()
                .flat_map(|build| &build.args)
                .filter(|other| other.name == arg.name)
                .map(|other| &other.value);
            let known = wanted.args.iter().any(|(name, _)| *name == arg.name);
            if let Some(value) = &arg.value
                && !known
                && values.all(|other| other.as_ref() == Some(value))
            {
                wanted.args.push((arg.name.clone(), value.clone()));
            }
        }
    }
    wanted.contexts = contexts;
    wanted
}

/// True for names of stages that are built by themselves only to fill a cache.
fn is_intermediate(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let mut words = name.split(|c: char| !c.is_ascii_alphanumeric());
    words.any(|word| {
        matches!(
            word,
            "base" | "build" | "builder" | "cache" | "ci" | "dependencies" | "deps"
        )
    })
}
