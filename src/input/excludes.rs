use std::path::Path;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::InputError;

/// What the configuration keeps out of a scan, in the syntax of `.gitignore`.
#[derive(Clone, Debug)]
pub struct Excludes(Gitignore);

impl Excludes {
    /// Excludes nothing.
    pub fn none() -> Self {
        Self(Gitignore::empty())
    }

    /// Globs relative to `root`.
    pub fn new(root: &Path, globs: &[String]) -> Result<Self, InputError> {
        let mut builder = GitignoreBuilder::new(root);
        builder.allow_unclosed_class(false);
        for glob in globs {
            builder
                .add_line(None, glob)
                .map_err(|e| InputError::BadExclude {
                    glob: glob.clone(),
                    why: e.to_string(),
                })?;
        }
        let set = builder.build().map_err(|e| InputError::BadExclude {
            glob: globs.join(" "),
            why: e.to_string(),
        })?;
        Ok(Self(set))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// True for a path below the root that is excluded itself; its parents are the caller's to ask.
    pub(super) fn matches(&self, relative: &Path, is_folder: bool) -> bool {
        !self.0.is_empty() && self.0.matched(relative, is_folder).is_ignore()
    }

    /// True for a file below the root that is excluded itself or lies in an excluded folder.
    pub fn covers(&self, relative: &Path) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let folder = relative
            .ancestors()
            .skip(1)
            .any(|parent| !parent.as_os_str().is_empty() && self.matches(parent, true));
        folder || self.matches(relative, false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_excludes_what_is_in_it_and_an_exclamation_mark_takes_back() {
        let globs = [
            "vendor/".to_owned(),
            "*.min.js".into(),
            "!keep.min.js".into(),
        ];
        let excludes = Excludes::new(Path::new("/repo"), &globs).expect("good globs");
        assert!(excludes.covers(Path::new("a/vendor/b/c.js")));
        assert!(excludes.covers(Path::new("x.min.js")));
        assert!(!excludes.covers(Path::new("keep.min.js")));
        assert!(!excludes.covers(Path::new("vendor")));
    }

    #[test]
    fn a_broken_glob_is_named() {
        let error = Excludes::new(Path::new("/repo"), &["a[".to_owned()]).expect_err("broken");
        assert!(error.to_string().contains("a["), "{error}");
    }
}
