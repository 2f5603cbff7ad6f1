//! What commands delete.

use crate::parse::shell::{Command, Word};

/// Programs that delete. What is moved away is still somewhere, but not there.
pub const PROGRAMS: &[&str] = &["rm", "shred", "unlink", "srm", "del"];

/// The word by which a command deletes a path: the path itself, a folder above it, or a pattern
/// that fits its name.
pub fn removes<'a>(command: &'a Command, path: &str) -> Option<&'a Word> {
    if !PROGRAMS.contains(&command.name.as_str()) {
        return None;
    }
    let words = command.args();
    words
        .iter()
        .filter(|word| !word.text.starts_with('-'))
        .find(|word| covers(&command.path(&word.text), path))
}

/// True where a path, or one above it, is the target of a deletion.
pub fn covers(target: &str, path: &str) -> bool {
    let target = target.trim_end_matches('/');
    let home = |path: &str| match path
        .strip_prefix("~/")
        .or_else(|| path.strip_prefix("${HOME}/"))
    {
        Some(rest) => format!("/root/{rest}"),
        None => path.to_owned(),
    };
    let (target, path) = (home(target), home(path));
    if let Some((start, end)) = target.split_once('*') {
        return path.starts_with(start)
            && path.ends_with(end)
            && path.len() >= start.len() + end.len();
    }
    path.strip_prefix(&target)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || target.is_empty())
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_path_goes_with_the_folder_above_it_and_with_a_pattern() {
        assert!(covers("/a/b", "/a/b"));
        assert!(covers("/a", "/a/b"));
        assert!(covers("/a/*", "/a/b"));
        assert!(covers("~/.ssh", "/root/.ssh/id_rsa"));
        assert!(!covers("/a/b", "/a/bc"));
        assert!(!covers("/a/*.c", "/a/b"));
    }
}
