//! What the steps of Windows images run.

use crate::parse::dockerfile::{Body, Command as Run, Dialect, Dockerfile};
use crate::parse::powershell::{Command, Pipeline, read};
use crate::text::Mapped;

/// The pipelines of PowerShell and cmd that one instruction runs.
pub(super) struct Step {
    pub pipelines: Vec<Pipeline>,
}

impl Step {
    pub fn commands(&self) -> impl Iterator<Item = &Command> {
        self.pipelines
            .iter()
            .flat_map(|pipeline| &pipeline.commands)
    }
}

/// Every step of a file that runs PowerShell or cmd, whichever shell starts them.
pub(super) fn steps(file: &Dockerfile) -> impl Iterator<Item = Step> {
    file.instructions.iter().filter_map(|instruction| {
        let Body::Command(command) = &instruction.body else {
            return None;
        };
        let pipelines = match command {
            Run::Shell(script) => match script.dialect {
                Dialect::PowerShell => read(&script.text, false),
                Dialect::Cmd => read(&script.text, true),
                Dialect::Posix | Dialect::Bash if names_powershell(script.text.as_str()) => {
                    read(&script.text, false)
                }
                _ => return None,
            },
            Run::Exec(words) => {
                let first = words.first()?;
                if Dialect::of_program(first.as_str()).is_unix_shell() {
                    return None;
                }
                let mut text = Mapped::new();
                for word in words {
                    if !text.is_empty() {
                        text.push_for(" ", word.source_span());
                    }
                    text.append_mapped(word);
                }
                read(&text, Dialect::of_program(first.as_str()) == Dialect::Cmd)
            }
        };
        Some(Step { pipelines })
    })
}

fn names_powershell(text: &str) -> bool {
    text.contains("pwsh") || text.contains("powershell")
}

/// True where a command, or a block in it, downloads.
pub(super) fn downloads(command: &Command) -> bool {
    const MARKS: &[&str] = &[
        "iwr ",
        "iwr(",
        "irm ",
        "invoke-webrequest",
        "invoke-restmethod",
        ".downloadstring",
        ".downloaddata",
        ".downloadfile",
        "start-bitstransfer",
        "curl.exe",
        "wget ",
        "curl ",
    ];
    let is_url = command.text.contains("://") || command.text.contains('$');
    is_url && MARKS.iter().any(|mark| command.text.contains(mark))
}
