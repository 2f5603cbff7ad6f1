use super::{Options, Script, Settings, Syntax, Word};
use crate::model::Span;

/// Longest working directory that is followed, in bytes: every command keeps its own.
pub const LONGEST_FOLDER: usize = 1024;

/// One command that would run.
#[derive(Clone, Debug, Default)]
pub struct Command {
    /// Its place in [`Script::commands`].
    pub id: usize,
    /// The program's name without its folder and without wrappers such as `sudo` or `env`; empty
    /// where it depends on the run.
    pub name: String,
    /// All words, wrappers included.
    pub words: Vec<Word>,
    /// Which word is the program.
    pub program: usize,
    pub span: Span,
    /// The working directory as far as `cd` with plain arguments tells; empty where it is the one
    /// the script was started in.
    pub cwd: String,
    /// Counts the texts that the script was built from: the RUN instructions of a stage.
    pub unit: usize,
    /// Names of the wrappers that were peeled off, outermost first.
    pub wrappers: Vec<String>,
    /// What the text has set before it.
    pub settings: Settings,
    /// How many strings and here-documents that a shell runs it stands in; 0 in the text itself.
    pub depth: u32,
    pub(super) context: usize,
    pub(super) redirects: Vec<usize>,
}

impl Command {
    /// The words after the program.
    pub fn args(&self) -> &[Word] {
        self.words.get(self.program + 1..).unwrap_or_default()
    }

    /// The word that names the program.
    pub fn program_word(&self) -> Option<&Word> {
        self.words.get(self.program)
    }

    /// The span of the program's word, or of the whole command where there is none.
    pub fn program_span(&self) -> Span {
        self.program_word().map_or(self.span, |word| word.span)
    }

    pub fn options(&self, syntax: Syntax) -> Options<'_> {
        Options::read(self.args(), syntax)
    }

    /// The first argument that is not an option, for programs with subcommands.
    pub fn subcommand(&self) -> &str {
        self.args()
            .iter()
            .map(|word| word.text.as_str())
            .find(|text| !text.starts_with('-'))
            .unwrap_or_default()
    }

    /// The argument after the first one that is exactly this text: the value of an option that
    /// takes a word of its own, in programs that do not follow the rules for options.
    pub fn arg_after(&self, option: &str) -> Option<&Word> {
        let words = self.args();
        let at = words.iter().position(|word| word.text == option)?;
        words.get(at + 1)
    }

    /// True where one of the arguments is exactly this text.
    pub fn has_arg(&self, text: &str) -> bool {
        self.args().iter().any(|word| word.text == text)
    }

    /// A path as the command sees it: relative ones stand in the working directory.
    pub fn path(&self, path: &str) -> String {
        join(&self.cwd, path)
    }
}

/// Joins a folder and a path, without `.` and with `..` taken back where that is plain.
pub(super) fn join(folder: &str, path: &str) -> String {
    let path = path.strip_prefix("file://").unwrap_or(path);
    let rooted = path.starts_with(['/', '~', '$']) || folder.len() > LONGEST_FOLDER;
    let whole = if rooted || folder.is_empty() {
        path.to_owned()
    } else {
        format!("{folder}/{path}")
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." if parts
                .last()
                .is_some_and(|p| !p.starts_with(['.', '$', '~'])) =>
            {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    let root = if whole.starts_with('/') { "/" } else { "" };
    format!("{root}{}", parts.join("/"))
}

/// A variable that the text sets.
#[derive(Debug)]
pub struct Assignment {
    pub name: String,
    pub value: Word,
    pub span: Span,
    /// Set by `export`, or in front of a command and so only for it.
    pub exported: bool,
    /// The command that it stands in front of.
    pub prefix_of: Option<usize>,
    /// How many commands stand before it.
    pub before: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedirectKind {
    /// `<`
    Input,
    /// `>`, `>|`, `&>` and, with `append`, `>>`.
    Output { append: bool },
    /// `<<<`
    HereString,
    /// `<<`
    HereDoc,
}

/// A function that the text defines.
#[derive(Debug)]
pub struct Function {
    pub name: String,
    /// The first of its commands, and one past the last.
    pub first: usize,
    pub end: usize,
}

/// A text that a shell runs as a whole.
#[derive(Debug)]
pub struct Text {
    /// Where it begins in the source, after a `#!` line.
    pub start: u32,
    /// True for several lines that a shell takes as its script.
    pub is_heredoc: bool,
    /// The first command of each statement.
    pub statements: Vec<usize>,
    /// One past its last command.
    pub end: usize,
}

/// One redirection.
#[derive(Debug)]
pub struct Redirect {
    pub kind: RedirectKind,
    /// The descriptor, where one is written.
    pub descriptor: Option<u32>,
    /// The file or the text; the body of a heredoc.
    pub target: Word,
}

impl Redirect {
    pub fn is_stdout(&self) -> bool {
        matches!(self.kind, RedirectKind::Output { .. }) && self.descriptor.is_none_or(|d| d == 1)
    }

    pub fn is_stdin(&self) -> bool {
        !matches!(self.kind, RedirectKind::Output { .. }) && self.descriptor.is_none_or(|d| d == 0)
    }
}

impl Script {
    /// The redirections that a command itself carries.
    pub fn redirects_of(&self, command: &Command) -> impl Iterator<Item = &Redirect> {
        command
            .redirects
            .iter()
            .filter_map(|index| self.redirects.get(*index))
    }
}

#[cfg(test)]
mod tests {
    use super::join;

    #[test]
    fn paths_are_joined_to_the_working_directory() {
        assert_eq!(join("/tmp", "./a"), "/tmp/a");
        assert_eq!(join("/tmp/x", "../a"), "/tmp/a");
        assert_eq!(join("/tmp", "/a"), "/a");
        assert_eq!(join("", "./a"), "a");
        assert_eq!(join("/tmp", "${DIR}/a"), "${DIR}/a");
    }
}
