use super::RepoPath;

/// Something that was not scanned, or not in full, and why. Never dropped: every report lists it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    pub path: RepoPath,
    pub reason: SkipReason,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SkipReason {
    /// The file or folder could not be read; the operating system's words.
    Unreadable(String),
    /// It was there when it was listed and gone when it was opened.
    Vanished,
    /// A symbolic link: reported, never followed.
    Symlink,
    /// A FIFO, socket or device.
    NotRegular,
    /// A submodule or an embedded repository.
    Submodule,
    /// The path leads out of the scanned root.
    OutsideRoot,
    /// Larger than `limit` bytes.
    TooLarge { limit: u64 },
    /// Checked for secrets only, because it is larger than `limit` bytes.
    TooLargeToParse { limit: u64 },
    /// Nested deeper than `limit`: not parsed, checked as text only.
    TooDeep { limit: u32 },
    /// Parsing or checking took longer than `limit` milliseconds.
    TooSlow { limit: u64 },
    /// More than `limit` findings of one rule in one file: the rest is counted, not listed.
    TooManyFindings { rule: String, dropped: u64 },
    /// Bytes that are not text: looked at for tokens and keys only.
    Binary,
    /// An archive that nobody asked to open: looked at as a binary only.
    Archive,
    /// A Dockerfile in an archive: nothing says what it would be built with.
    NoContext,
    /// Encrypted, or part of an encrypted archive.
    Encrypted,
    /// Packed in a way that is not read.
    Unsupported(String),
    /// What goes beyond the limit of that name in [`crate::guard::LIMITS`].
    OverLimit { name: &'static str, limit: u64 },
    /// Parts of it are not in the language that its name says: they are judged as far as they are
    /// understood.
    SyntaxErrors { places: usize, line: usize },
    /// Source code too long, or too slow, to be parsed at once: what a variable holds is known only
    /// within the piece that sets it.
    InPieces,
    /// Not parsed as what its name says it is, with the parser's words.
    Malformed(String),
    /// Packages that the file does not name and only a network or another program could find out.
    NotResolved(String),
    /// A template: it becomes a Dockerfile or a manifest only after rendering.
    Template,
    /// Source code that a tool wrote for machines: minified or bundled.
    Minified,
    /// Source code of other people, as package managers put it into a repository.
    Vendored,
    /// Source code of unit tests.
    UnitTests,
    /// Excluded by the configuration.
    Excluded,
    /// Left out by a `.gitignore` where no git repository says whether it is tracked all the same.
    Ignored,
    /// A git object that is not there (shallow or partial clone).
    MissingObject,
    /// A detector failed; this is a defect of ours.
    DetectorFailed(String),
    /// Anything else, in words.
    Other(String),
}

impl SkipReason {
    /// True where something that should have been checked was not: `--strict-scan` fails on it.
    pub fn is_incomplete(&self) -> bool {
        !matches!(
            self,
            Self::Symlink
                | Self::NotRegular
                | Self::Submodule
                | Self::Binary
                | Self::Archive
                | Self::NoContext
                | Self::Excluded
                | Self::Ignored
                | Self::Template
                | Self::Minified
                | Self::Vendored
                | Self::UnitTests
                | Self::SyntaxErrors { .. }
                | Self::InPieces
        )
    }

    /// True for source code that `--vendored` judges, too.
    pub fn is_vendored(&self) -> bool {
        matches!(self, Self::Minified | Self::Vendored)
    }

    /// A stable word for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "unreadable",
            Self::Vanished => "vanished",
            Self::Symlink => "symlink",
            Self::NotRegular => "not-a-regular-file",
            Self::Submodule => "submodule",
            Self::OutsideRoot => "outside-root",
            Self::TooLarge { .. } => "too-large",
            Self::TooLargeToParse { .. } => "too-large-to-parse",
            Self::TooDeep { .. } => "too-deep",
            Self::TooSlow { .. } => "too-slow",
            Self::TooManyFindings { .. } => "too-many-findings",
            Self::Binary => "binary",
            Self::Archive => "archive",
            Self::NoContext => "no-context",
            Self::Encrypted => "encrypted",
            Self::Unsupported(_) => "unsupported",
            Self::OverLimit { .. } => "over-limit",
            Self::SyntaxErrors { .. } => "syntax-errors",
            Self::InPieces => "in-pieces",
            Self::Malformed(_) => "malformed",
            Self::NotResolved(_) => "not-resolved",
            Self::Template => "template",
            Self::Minified => "minified",
            Self::Vendored => "vendored",
            Self::UnitTests => "unit-tests",
            Self::Excluded => "excluded",
            Self::Ignored => "ignored",
            Self::MissingObject => "missing-object",
            Self::DetectorFailed(_) => "detector-failed",
            Self::Other(_) => "other",
        }
    }
}

impl std::fmt::Display for SkipReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unreadable(why) => write!(f, "cannot be read: {why}"),
            Self::Vanished => f.write_str("not there, or no longer there"),
            Self::Symlink => f.write_str("symbolic link, not followed"),
            Self::NotRegular => f.write_str("not a regular file"),
            Self::Submodule => f.write_str("submodule, not entered"),
            Self::OutsideRoot => f.write_str("outside the scanned root"),
            Self::TooLarge { limit } => write!(f, "larger than {limit} bytes"),
            Self::TooLargeToParse { limit } => {
                write!(f, "larger than {limit} bytes: checked for secrets only")
            }
            Self::TooDeep { limit } => write!(
                f,
                "nested deeper than {limit} levels: checked for secrets only"
            ),
            Self::TooSlow { limit } => write!(f, "took longer than {limit} ms"),
            Self::TooManyFindings { rule, dropped } => {
                write!(f, "{dropped} more findings of {rule} are not listed")
            }
            Self::Binary => f.write_str("binary file: looked at for tokens and keys only"),
            Self::Archive => f.write_str(
                "archive, not opened without --archives: looked at for tokens and keys only",
            ),
            Self::NoContext => f.write_str(
                "Dockerfile in an archive, without a build context: checked for secrets only",
            ),
            Self::Encrypted => f.write_str("encrypted"),
            Self::Unsupported(what) => f.write_str(what),
            Self::OverLimit { name, limit } => {
                let rows = crate::guard::LIMITS.rows();
                let meaning = rows.iter().find(|(known, ..)| known == name);
                let meaning = meaning.map_or("", |(.., meaning)| meaning);
                write!(f, "over the limit {name}: {limit} {meaning}")
            }
            Self::SyntaxErrors { places, line } => write!(
                f,
                "syntax errors in {places} place{}, first in line {line}: not judged in full",
                if *places == 1 { "" } else { "s" },
            ),
            Self::InPieces => {
                f.write_str("parsed in pieces: values are not followed from one to the next")
            }
            Self::Malformed(why) => write!(f, "cannot be parsed: {why}"),
            Self::NotResolved(what) => write!(f, "not resolved: {what}"),
            Self::Template => f.write_str("template, judged only after rendering"),
            Self::Minified => {
                f.write_str("minified code: checked for secrets only without --vendored")
            }
            Self::Vendored => {
                f.write_str("vendored code: checked for secrets only without --vendored")
            }
            Self::UnitTests => {
                f.write_str("unit tests and examples: their code is not judged without --tests")
            }
            Self::Excluded => f.write_str("excluded by configuration"),
            Self::Ignored => f.write_str(
                "left out by .gitignore: without a git repository, nothing says whether it is tracked",
            ),
            Self::MissingObject => f.write_str("git object is missing (shallow or partial clone)"),
            Self::DetectorFailed(what) => write!(f, "internal error while checking: {what}"),
            Self::Other(why) => f.write_str(why),
        }
    }
}
