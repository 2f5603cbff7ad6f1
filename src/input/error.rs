use std::path::PathBuf;

/// Why an input cannot be used at all. The words are meant for the user; names in them are not yet
/// neutralised.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    #[error("{}: no such file or folder", .0.display())]
    NoSuchPath(PathBuf),
    #[error("{}: {why}", path.display())]
    Unreadable { path: PathBuf, why: String },
    #[error("{}: larger than {limit} bytes", path.display())]
    TooLarge { path: PathBuf, limit: u64 },
    #[error("{}: not inside a git repository", .0.display())]
    NotARepository(PathBuf),
    #[error(
        "{}: this git repository belongs to another user; if you trust it, run: git config --global --add safe.directory {}",
        .0.display(), .0.display()
    )]
    ForeignOwner(PathBuf),
    #[error("{}: cannot read this git repository: {why}", path.display())]
    BadRepository { path: PathBuf, why: String },
    #[error("{}: references are stored as a reftable, which is not supported yet", .0.display())]
    Reftable(PathBuf),
    #[error("{0:?} names no commit of this repository; in a shallow clone, fetch more history")]
    NoSuchCommit(String),
    #[error(
        "{base:?} and {head:?} have no common ancestor here; in a shallow clone, fetch more history"
    )]
    NoMergeBase { base: String, head: String },
    #[error("{0:?} is not a commit range: write BASE..HEAD or BASE")]
    NotARange(String),
    #[error("exclude {glob:?}: {why}")]
    BadExclude { glob: String, why: String },
}
