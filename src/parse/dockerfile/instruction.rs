//! What one instruction says.

use super::heredoc::Heredoc;
use super::value::Value;
use crate::model::Span;
use crate::text::Mapped;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyword {
    Add,
    Arg,
    Cmd,
    Copy,
    Entrypoint,
    Env,
    Expose,
    From,
    Healthcheck,
    Label,
    Maintainer,
    Onbuild,
    Run,
    Shell,
    Stopsignal,
    User,
    Volume,
    Workdir,
    /// None of BuildKit's: an error, or the word of a custom front-end.
    Unknown,
}

impl Keyword {
    pub const ALL: [(&'static str, Self); 18] = [
        ("ADD", Self::Add),
        ("ARG", Self::Arg),
        ("CMD", Self::Cmd),
        ("COPY", Self::Copy),
        ("ENTRYPOINT", Self::Entrypoint),
        ("ENV", Self::Env),
        ("EXPOSE", Self::Expose),
        ("FROM", Self::From),
        ("HEALTHCHECK", Self::Healthcheck),
        ("LABEL", Self::Label),
        ("MAINTAINER", Self::Maintainer),
        ("ONBUILD", Self::Onbuild),
        ("RUN", Self::Run),
        ("SHELL", Self::Shell),
        ("STOPSIGNAL", Self::Stopsignal),
        ("USER", Self::User),
        ("VOLUME", Self::Volume),
        ("WORKDIR", Self::Workdir),
    ];

    pub fn of(word: &str) -> Self {
        Self::ALL
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(word))
            .map_or(Self::Unknown, |(_, keyword)| *keyword)
    }

    /// The instruction as it is usually written.
    pub fn name(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(_, keyword)| *keyword == self)
            .map_or("?", |(name, _)| name)
    }
}

/// One instruction; an ONBUILD is the instruction that it triggers, with `trigger` set.
#[derive(Clone, Debug)]
pub struct Instruction {
    pub keyword: Keyword,
    /// Of the keyword in the source.
    pub keyword_span: Span,
    /// Of `ONBUILD` where this runs only in builds that start from the image. Such an instruction
    /// says nothing about this image's state.
    pub trigger: Option<Span>,
    /// The whole instruction in the source, its here-documents included.
    pub span: Span,
    /// The joined text, keyword included; offsets translate to the source.
    pub line: Mapped,
    /// Of the arguments after the flags, in `line`.
    pub rest: Span,
    /// What follows a JSON array, in the source: BuildKit drops it without a word.
    pub dropped: Option<Span>,
    pub flags: Vec<Flag>,
    pub body: Body,
    /// The variables in its words and flags, in order. Those of commands are for shells to replace.
    pub references: Vec<Reference>,
    pub heredocs: Vec<Heredoc>,
    /// The stage that it belongs to; `None` before the first FROM.
    pub stage: Option<usize>,
}

/// A variable that BuildKit replaces in an instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    pub name: String,
    /// Of the name in the source.
    pub span: Span,
    /// True where an ARG or ENV before it, here or in a stage that this one begins with, names it.
    /// The base image may set others.
    pub is_declared: bool,
    /// True in the forms that say what holds where it is not set: `${x:-y}` and the like.
    pub is_guarded: bool,
}

/// `--name=value`.
#[derive(Clone, Debug)]
pub struct Flag {
    pub name: String,
    /// Of the whole flag in the source.
    pub span: Span,
    /// `None` for a bare `--link`.
    pub value: Option<Word>,
    pub(super) options: Vec<(String, Option<Word>)>,
}

/// A piece of an instruction as it is written, and what it means where that is known.
#[derive(Clone, Debug)]
pub struct Word {
    /// As written, quotes and all.
    pub raw: String,
    /// In the source.
    pub span: Span,
    /// After quotes, escapes and variables.
    pub value: Value,
}

impl Flag {
    /// The value of one `key=value` inside a flag such as `--mount=type=secret,id=a`.
    pub fn option(&self, key: &str) -> Option<Word> {
        self.options
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(key))
            .and_then(|(_, value)| value.clone())
    }

    /// The options of `--mount`; one without `=` has no value.
    pub fn options(&self) -> Vec<(String, Option<Word>)> {
        self.options.clone()
    }
}

impl Word {
    /// The meaning where it is known, otherwise the word as written.
    pub fn text(&self) -> &str {
        self.value.known().unwrap_or(&self.raw)
    }
}

/// `name=value` of ENV, LABEL and ARG.
#[derive(Clone, Debug)]
pub struct Pair {
    pub name: Word,
    /// `None` for an ARG without a default.
    pub value: Option<Word>,
    /// The whole pair in the source.
    pub span: Span,
}

/// What stands after the flags.
#[derive(Clone, Debug)]
pub enum Body {
    From {
        image: Word,
        name: Option<Word>,
    },
    /// RUN, CMD, ENTRYPOINT and HEALTHCHECK CMD.
    Command(Command),
    /// HEALTHCHECK NONE.
    NoHealthcheck,
    Shell(Vec<Mapped>),
    Env(Vec<Pair>),
    Label(Vec<Pair>),
    Arg(Vec<Pair>),
    /// COPY and ADD. Here-documents among the sources are in the instruction's `heredocs`.
    Transfer {
        sources: Vec<Word>,
        destination: Word,
    },
    /// EXPOSE and VOLUME.
    Words(Vec<Word>),
    /// USER, WORKDIR, STOPSIGNAL and MAINTAINER.
    Text(Word),
    /// Not understood; what is wrong is among the file's errors.
    Invalid,
}

/// What RUN, CMD, ENTRYPOINT or a health check executes.
#[derive(Clone, Debug)]
pub enum Command {
    /// Handed to a shell as one script.
    Shell(Script),
    /// Executed directly; each argument maps back to its place between the quotes.
    Exec(Vec<Mapped>),
}

/// The script of a shell-form command, exactly as BuildKit hands it to the shell.
///
/// A RUN that is one here-document alone is the document's body. Otherwise it is the joined line,
/// followed by the bodies and terminators of its here-documents, each on its own lines; a marker
/// before its command is moved behind it.
#[derive(Clone, Debug)]
pub struct Script {
    pub text: Mapped,
    pub dialect: Dialect,
    /// True where it is the body of a lone here-document: several lines and no `set -e`.
    pub is_heredoc: bool,
}

/// Which language a script is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// sh, dash, ash, busybox; also what runs where nothing says otherwise.
    Posix,
    /// bash, zsh, ksh.
    Bash,
    PowerShell,
    Cmd,
    /// Another interpreter, named by a here-document's first line.
    Other,
}

impl Dialect {
    /// The language of a program, given its path or name.
    pub fn of_program(program: &str) -> Self {
        let name = program.rsplit(['/', '\\']).next().unwrap_or(program);
        let name = name.to_ascii_lowercase();
        match name.strip_suffix(".exe").unwrap_or(&name) {
            "sh" | "dash" | "ash" | "busybox" => Self::Posix,
            "bash" | "zsh" | "ksh" | "mksh" => Self::Bash,
            "pwsh" | "powershell" => Self::PowerShell,
            "cmd" => Self::Cmd,
            _ => Self::Other,
        }
    }

    /// True for the languages that the shell parser reads.
    pub fn is_unix_shell(self) -> bool {
        matches!(self, Self::Posix | Self::Bash)
    }

    /// The language that a script's `#!` line names.
    pub fn of_shebang(script: &str) -> Option<Self> {
        let line = script.strip_prefix("#!")?.lines().next()?;
        let mut words = line.split_whitespace();
        let program = words.next()?;
        if program.ends_with("/env") {
            let program = words.find(|word| !word.starts_with('-') && !word.contains('='))?;
            return Some(Self::of_program(program));
        }
        Some(Self::of_program(program))
    }
}

impl Instruction {
    /// The flag of a name.
    pub fn flag(&self, name: &str) -> Option<&Flag> {
        self.flags.iter().find(|flag| flag.name == name)
    }

    pub fn has_flag(&self, name: &str) -> bool {
        self.flag(name).is_some()
    }

    /// The command that RUN, CMD, ENTRYPOINT or a health check executes.
    pub fn command(&self) -> Option<&Command> {
        match &self.body {
            Body::Command(command) => Some(command),
            _ => None,
        }
    }

    /// True where it takes part in this build, and not only in builds from the image.
    pub fn is_direct(&self) -> bool {
        self.trigger.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_known_in_any_case() {
        assert_eq!(Keyword::of("stopSignal"), Keyword::Stopsignal);
        assert_eq!(Keyword::of("RUNS"), Keyword::Unknown);
        for (name, keyword) in Keyword::ALL {
            assert_eq!(keyword.name(), name);
        }
    }

    #[test]
    fn a_program_or_a_shebang_names_the_language() {
        assert_eq!(Dialect::of_program("/usr/bin/bash"), Dialect::Bash);
        assert_eq!(
            Dialect::of_program("C:\\Windows\\PowerShell.EXE"),
            Dialect::PowerShell
        );
        assert_eq!(
            Dialect::of_shebang("#!/usr/bin/env -S python3 -u\nprint()"),
            Some(Dialect::Other)
        );
        assert_eq!(
            Dialect::of_shebang("#!/bin/sh -e\nls"),
            Some(Dialect::Posix)
        );
        assert_eq!(Dialect::of_shebang("ls"), None);
    }
}
