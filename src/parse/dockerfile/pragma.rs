//! `# hadolint shell=powershell`: what a comment says about the shell of the commands below it.

use super::instruction::Dialect;

/// The language that the last such comment between two instructions names.
pub(super) fn shell(between: &str) -> Option<Dialect> {
    if !between.contains("hadolint") {
        return None;
    }
    between.lines().rev().find_map(|line| {
        let comment = line.trim_start().strip_prefix('#')?;
        let rest = comment.trim_start().strip_prefix("hadolint")?;
        let rest = rest.trim_start().strip_prefix("shell")?;
        let program = rest.trim_start().strip_prefix('=')?;
        Some(Dialect::of_program(program.split_whitespace().next()?))
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Command, Dialect, Dockerfile};

    fn dialects(text: &str) -> Vec<Dialect> {
        let file = Dockerfile::parse(text.as_bytes());
        let commands = file.instructions.iter().filter_map(|i| i.command());
        commands
            .filter_map(|command| match command {
                Command::Shell(script) => Some(script.dialect),
                Command::Exec(_) => None,
            })
            .collect()
    }

    #[test]
    fn a_comment_names_the_shell_until_the_next_stage_or_shell() {
        let text = "# hadolint shell=powershell\nFROM a\nRUN b\nFROM c\nRUN d\n\
                    # hadolint  shell = bash\nRUN e\nRUN f\nSHELL [\"/bin/sh\"]\nRUN g\n";
        assert_eq!(
            dialects(text),
            [
                Dialect::PowerShell,
                Dialect::Posix,
                Dialect::Bash,
                Dialect::Bash,
                Dialect::Posix
            ]
        );
    }

    #[test]
    fn other_comments_name_none() {
        let text = "FROM a\n# hadolint ignore=DL3006\n# see hadolint shell=bash\nRUN b\n";
        assert_eq!(dialects(text), [Dialect::Posix]);
    }
}
