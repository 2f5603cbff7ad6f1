use std::ops::Range;

use toml::Spanned;

use crate::join::Files;
use crate::model::RepoPath;
use crate::policy::config::{ConfigError, at};

/// A file of the repository, or several of one folder: `vex/*.json`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    folder: RepoPath,
    /// What stands before and after the star, or the whole name.
    name: (String, Option<String>),
    /// Where it stands in the configuration.
    pub span: Range<usize>,
}

impl Pattern {
    pub fn read(text: &Spanned<String>) -> Result<Self, ConfigError> {
        let written = text.get_ref().strip_prefix("./").unwrap_or(text.get_ref());
        let (folder, name) = written.rsplit_once('/').unwrap_or(("", written));
        let parts = || written.split('/');
        let is_inside = !written.contains(['\\', ':'])
            && parts().all(|part| !part.is_empty() && part != ".." && part != ".");
        if !is_inside {
            return Err(at(text, "write a path inside the repository"));
        }
        let mut pieces = name.split('*');
        let name = (
            pieces.next().unwrap_or_default().to_owned(),
            pieces.next().map(str::to_owned),
        );
        if folder.contains('*') || pieces.next().is_some() {
            return Err(at(
                text,
                "one star may stand for a part of the file's name: vex/*.json",
            ));
        }
        Ok(Self {
            folder: RepoPath::from(folder),
            name,
            span: text.span(),
        })
    }

    /// The files that it means, in order. A file that is named by its whole name is one of them
    /// even where it is not there.
    pub fn paths(&self, files: &dyn Files) -> Vec<RepoPath> {
        let (start, end) = &self.name;
        let Some(end) = end else {
            return vec![self.folder.join(start.as_bytes())];
        };
        let fits = |name: &[u8]| {
            name.len() >= start.len() + end.len()
                && name.starts_with(start.as_bytes())
                && name.ends_with(end.as_bytes())
        };
        let here = files.list(&self.folder).into_iter();
        here.filter(|entry| !entry.is_folder && fits(&entry.name))
            .map(|entry| self.folder.join(&entry.name))
            .collect()
    }
}
