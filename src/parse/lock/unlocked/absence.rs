use super::Manifest;
use super::view::{MOST_LEVELS, View};
use crate::model::RepoPath;
use crate::parse::dockerignore::Pattern;

/// Why there is no lockfile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Absence {
    Missing,
    /// git is told to leave it out: by this line of this file, where that is in the repository.
    Ignored(Option<(RepoPath, usize)>),
    /// The package manager is told by this file not to write any.
    SwitchedOff(RepoPath),
}

impl Absence {
    pub(super) fn find(folder: &RepoPath, manifest: &Manifest, view: &mut View<'_>) -> Self {
        let here = view.beside.folder(folder);
        let names = here.iter().filter(|name| !name.ends_with('/'));
        let mut locks = names.filter(|name| manifest.is_lock(name));
        // One that is there is one that git leaves out, or the manifest would be locked.
        let present = locks.next().map(String::as_str);
        let lock = folder.join(present.unwrap_or(manifest.lock).as_bytes());
        if let Some(ignored) = ignored(&lock, view) {
            return Self::Ignored(Some(ignored));
        }
        if present.is_some() {
            return Self::Ignored(None);
        }
        let settings = folder.join(b".npmrc");
        let has_settings = here.iter().any(|name| name == ".npmrc");
        let text = (manifest.lock == "package-lock.json" && has_settings)
            .then(|| view.file(&settings))
            .flatten();
        let is_off =
            |line: &str| line.split_whitespace().collect::<String>() == "package-lock=false";
        match text.is_some_and(|text| text.lines().any(is_off)) {
            true => Self::SwitchedOff(settings),
            false => Self::Missing,
        }
    }
}

/// The line of a `.gitignore` that leaves a file out.
fn ignored(lock: &RepoPath, view: &mut View<'_>) -> Option<(RepoPath, usize)> {
    for folder in lock.folders().take(MOST_LEVELS) {
        let has = view
            .beside
            .folder(&folder)
            .iter()
            .any(|name| name == ".gitignore");
        let path = folder.join(b".gitignore");
        let Some(text) = has.then(|| view.file(&path)).flatten() else {
            continue;
        };
        let whole = lock.to_text();
        let inner = whole.get(folder.as_bytes().len()..).unwrap_or(&whole);
        let inner = inner.trim_start_matches('/');
        let lines = text.lines().enumerate();
        let deciding = lines.filter(|(_, line)| covers(line.trim().trim_start_matches('!'), inner));
        if let Some((at, line)) = deciding.last() {
            return (!line.trim().starts_with('!')).then_some((path, at + 1));
        }
    }
    None
}

/// True where a pattern of git's means a file; `inner` is its path below the pattern's folder.
fn covers(pattern: &str, inner: &str) -> bool {
    if pattern.is_empty() || pattern.starts_with('#') || pattern.ends_with('/') {
        return false;
    }
    let name = inner.rsplit('/').next().unwrap_or(inner);
    let bare = pattern.trim_start_matches("**/");
    let path = if bare.contains('/') { inner } else { name };
    Pattern::new(bare.trim_start_matches('/')).is_some_and(|pattern| pattern.matches(path))
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_pattern_means_names_anywhere_and_paths_from_its_folder_on() {
        for (pattern, inner, expected) in [
            ("poetry.lock", "api/poetry.lock", true),
            ("*.lock", "api/poetry.lock", true),
            ("**/poetry.lock", "api/poetry.lock", true),
            ("/poetry.lock", "poetry.lock", true),
            ("/poetry.lock", "api/poetry.lock", false),
            ("api/*.lock", "api/poetry.lock", true),
            ("poetry.lock/", "poetry.lock", false),
            ("# poetry.lock", "poetry.lock", false),
        ] {
            assert_eq!(covers(pattern, inner), expected, "{pattern} {inner}");
        }
    }
}
