//! What is known of an image's content, as far as the file itself makes it.

use super::Image;
use super::program::{is_interpreter, runs_stdin, script_argument};
use crate::parse::dockerfile::{Body, Instruction, Keyword, Stage};
use crate::parse::shell::Command;

/// Programs that do what the file says and no more, or at least make neither accounts nor programs
/// that it does not name.
const PLAIN: &[&str] = &[
    "apk",
    "apt",
    "apt-get",
    "apt-key",
    "apt-mark",
    "awk",
    "basename",
    "bundle",
    "bunzip2",
    "cargo",
    "cat",
    "cd",
    "chgrp",
    "chmod",
    "chown",
    "cmake",
    "command",
    "composer",
    "conda",
    "corepack",
    "cp",
    "curl",
    "cut",
    "date",
    "dirname",
    "dnf",
    "dpkg-query",
    "dpkg-reconfigure",
    "du",
    "echo",
    "env",
    "exit",
    "export",
    "false",
    "file",
    "find",
    "g++",
    "gcc",
    "gem",
    "getent",
    "git",
    "go",
    "gpg",
    "gradle",
    "grep",
    "groupadd",
    "addgroup",
    "gunzip",
    "gzip",
    "head",
    "hash",
    "id",
    "install",
    "java",
    "javac",
    "ldconfig",
    "ln",
    "locale-gen",
    "ls",
    "make",
    "mamba",
    "md5sum",
    "microdnf",
    "mkdir",
    "mktemp",
    "mv",
    "mvn",
    "ninja",
    "node",
    "npm",
    "npx",
    "pip",
    "pip3",
    "pnpm",
    "poetry",
    "printf",
    "pwd",
    "python",
    "python3",
    "readlink",
    "rm",
    "rmdir",
    "rpmkeys",
    "rustup",
    "sed",
    "set",
    "setcap",
    "sha1sum",
    "sha256sum",
    "sha512sum",
    "shopt",
    "sleep",
    "sort",
    "stat",
    "strip",
    "tail",
    "tdnf",
    "tee",
    "test",
    "[",
    "[[",
    "touch",
    "tr",
    "true",
    ":",
    "type",
    "uname",
    "unset",
    "unxz",
    "unzip",
    "update-ca-certificates",
    "useradd",
    "adduser",
    "usermod",
    "uv",
    "wc",
    "wget",
    "which",
    "xargs",
    "xz",
    "yarn",
    "yum",
    "zypper",
];

impl<'a> Image<'a> {
    /// True for a stage that becomes an image.
    pub fn is_target(&self) -> bool {
        let mut targets = self.file.targets.iter();
        targets.any(|(target, _)| *target == self.stage.index)
    }

    /// The stage and the local ones that it stands on.
    fn lineage(&self) -> impl Iterator<Item = &'a Stage> {
        self.file.ancestry(self.stage)
    }

    /// Every instruction of the lineage that puts something into the image.
    pub fn steps(&self) -> impl Iterator<Item = &'a Instruction> {
        let file = self.file;
        self.lineage()
            .flat_map(move |stage| {
                file.instructions
                    .get(stage.instructions.clone())
                    .unwrap_or_default()
            })
            .filter(|i| matches!(i.keyword, Keyword::Run | Keyword::Copy | Keyword::Add))
    }

    /// Every command of those steps.
    pub fn step_commands(&self) -> impl Iterator<Item = &'a Command> {
        let (file, stages) = (self.file, self.stages);
        self.lineage()
            .filter_map(move |stage| stages.get(stage.index))
            .flat_map(move |own| {
                own.script.commands.iter().filter(move |command| {
                    own.units
                        .get(command.unit)
                        .and_then(|place| file.instructions.get(*place))
                        .is_some_and(|i| i.keyword == Keyword::Run)
                })
            })
    }

    /// True where some step says this text.
    pub fn mentions(&self, text: &str) -> bool {
        self.steps().any(|step| {
            step.line.as_str().contains(text)
                || step
                    .heredocs
                    .iter()
                    .any(|heredoc| heredoc.body.as_str().contains(text))
        })
    }

    /// True where some step runs a script or takes over a tree that the file does not show, so that
    /// nobody can tell from it what the image lacks.
    pub fn hides_something(&self) -> bool {
        self.lineage().any(|stage| {
            let script = self.stages.get(stage.index);
            script.is_none_or(|own| own.script.refused.is_some())
        }) || self.step_commands().any(is_opaque)
            || self.steps().any(brings_a_tree)
    }
}

fn is_opaque(command: &Command) -> bool {
    let program = command.program_word().map_or("", |word| word.text.as_str());
    let is_somewhere = program.contains('/')
        && !["/bin/", "/usr/bin/", "/sbin/", "/usr/sbin/"]
            .iter()
            .any(|folder| program.starts_with(folder));
    // A package from a file or a URL brings what it likes.
    let installs_file = matches!(
        command.name.as_str(),
        "apt" | "apt-get" | "apk" | "yum" | "dnf" | "microdnf" | "zypper"
    ) && command
        .args()
        .iter()
        .any(|word| word.text.contains('/') || !word.is_known());
    is_somewhere
        || installs_file
        || !PLAIN.contains(&command.name.as_str()) && !is_shell_text(command)
        || is_interpreter(command)
            && (runs_stdin(command)
                || script_argument(command).is_some_and(|s| s.text.ends_with("sh")))
}

/// `sh -c text`: the text's own commands are in the list.
fn is_shell_text(command: &Command) -> bool {
    matches!(command.name.as_str(), "sh" | "bash" | "dash" | "ash")
        && command
            .args()
            .iter()
            .any(|word| word.text.starts_with('-') && word.text.contains('c'))
}

/// COPY and ADD into the root or into /etc as a whole, and archives that are unpacked there.
fn brings_a_tree(step: &Instruction) -> bool {
    let Body::Transfer {
        sources,
        destination,
    } = &step.body
    else {
        return false;
    };
    let destination = destination.text();
    let folder = destination.trim_end_matches('/');
    let is_tree = |source: &str| {
        let name = source
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap_or_default();
        source.ends_with('/')
            || !name.trim_start_matches('.').contains('.')
            || name.contains('*')
            || name.contains(".t")
    };
    match folder {
        "/etc/passwd" => true,
        "" | "/etc" | "/usr" | "/usr/bin" | "/bin" | "/usr/local" | "/usr/local/bin" => {
            sources.iter().any(|source| is_tree(source.text()))
        }
        _ => destination.contains('$'),
    }
}
