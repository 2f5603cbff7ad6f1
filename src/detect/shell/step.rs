//! What the instruction that runs a command adds to it: its kind, mounts and environment.

use super::Image;
use crate::model::Span;
use crate::parse::dockerfile::{Base, Body, Command as Form, Instruction, Keyword};
use crate::parse::shell::{Command, Word};

impl<'a> Image<'a> {
    /// True for what the build runs, and not the container.
    pub fn is_built(&self, command: &Command) -> bool {
        self.instruction(command)
            .is_some_and(|i| i.keyword == Keyword::Run)
    }

    /// True where nothing below a path stays in the layer of the step that runs a command: a cache
    /// or a tmpfs is mounted there, or at a place that only the run knows.
    pub fn keeps_out(&self, command: &Command, is_meant: impl Fn(&str) -> bool) -> bool {
        let Some(instruction) = self.instruction(command) else {
            return false;
        };
        let mounts = instruction.flags.iter().filter(|flag| flag.name == "mount");
        mounts
            .filter(|flag| {
                let kind = flag.option("type");
                kind.is_some_and(|kind| matches!(kind.raw.as_str(), "cache" | "tmpfs"))
            })
            .filter_map(|flag| {
                ["target", "dst", "destination"]
                    .iter()
                    .find_map(|name| flag.option(name))
            })
            .any(|target| target.raw.contains('$') || is_meant(target.raw.trim_end_matches('/')))
    }

    /// Where ENV and ARG set a variable, in order, and to what; `None` for what only the build knows.
    pub fn settings(&self, name: &str) -> Vec<(usize, Option<&'a str>)> {
        let stages = self.file.ancestry(self.stage);
        let mut settings: Vec<_> = stages
            .flat_map(|stage| stage.instructions.clone())
            .filter_map(|place| {
                let (Body::Env(pairs) | Body::Arg(pairs)) =
                    &self.file.instructions.get(place)?.body
                else {
                    return None;
                };
                let pair = pairs.iter().rev().find(|pair| pair.name.text() == name)?;
                let value = pair.value.as_ref().and_then(|value| value.value.known());
                Some((place, value))
            })
            .collect();
        settings.sort_unstable_by_key(|(place, _)| *place);
        settings
    }

    /// The image that the stage stands on, once local stages are followed.
    pub fn base(&self) -> Option<&'a str> {
        match &self.file.root_of(self.stage).base {
            Base::Image(name) => Some(name),
            _ => None,
        }
    }

    /// True for a stage whose layers somebody gets: the last one, those that others stand on, and
    /// those that only the command line can ask for.
    pub fn is_kept(&self) -> bool {
        self.stage.ships || self.stage.is_base || self.stage.name.is_none()
    }

    /// The edit that adds an argument after a word: arguments of the exec form have quotes of their
    /// own.
    pub fn argument_after(
        &self,
        command: &Command,
        word: &Word,
        argument: &str,
    ) -> Option<(Span, String)> {
        let form = self.instruction(command)?.command()?;
        let is_argument = match form {
            Form::Exec(words) => words.iter().any(|w| w.source_span() == word.span),
            Form::Shell(_) => false,
        };
        let with = match is_argument {
            true => format!("{}\", \"{argument}", word.text),
            false if word.span.len() as usize == word.text.len() => {
                format!("{} {argument}", word.text)
            }
            // Quoted or split: no plain place to add it.
            false => return None,
        };
        Some((word.span, with))
    }

    /// The edit that runs one more command at the end of a step; `None` where its text does not
    /// end plainly.
    pub fn command_at_end(&self, command: &Command, added: &str) -> Option<(Span, String)> {
        let instruction: &Instruction = self.instruction(command)?;
        let Form::Shell(script) = instruction.command()? else {
            return None;
        };
        let text = script.text.as_str().trim_end();
        let plain = !text.contains(['#', '`'])
            && !text.ends_with(['&', ';', '|', '\\'])
            && instruction.heredocs.is_empty();
        if !plain {
            return None;
        }
        let end = u32::try_from(text.len()).ok()?;
        let last = script.text.span(Span::new(end.checked_sub(1)?, end));
        Some((Span::new(last.end, last.end), format!(" && {added}")))
    }
}
