use super::command::join;
use super::phrase::Phrases;
use super::place::{Context, ContextKind};
use super::remark::without_remarks;
use super::walk::Walk;
use super::wrapper::{base_name, peel};
use super::{Command, NESTING, Script, Text, Variables, Word, backlog};
use crate::model::{SkipReason, Span};
use crate::parse::grammar::{self, Clock};
use crate::text::Mapped;

/// What `set` and the options of a shell say about failures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The failure of any element of a pipe is the failure of all.
    pub pipefail: bool,
    /// The shell ends at the first failure.
    pub errexit: bool,
}

impl Settings {
    /// What the options of a shell, or of `set`, make of these settings.
    #[must_use]
    pub fn after<'a>(mut self, options: impl IntoIterator<Item = &'a str>) -> Self {
        let mut on = true;
        for option in options {
            match option {
                "pipefail" => self.pipefail = on,
                "errexit" => self.errexit = on,
                _ if option.starts_with("--") => {}
                _ if option.starts_with(['-', '+']) => {
                    on = option.starts_with('-');
                    if option.contains('e') {
                        self.errexit = on;
                    }
                }
                _ => {}
            }
        }
        self
    }

    /// What the `#!` line of a script asks for; `None` where there is none.
    pub fn of_shebang(script: &str) -> Option<Self> {
        let line = script.strip_prefix("#!")?.lines().next()?;
        Some(Self::default().after(line.split_whitespace().skip(1)))
    }
}

/// Collects the facts of shell texts, in the order in which they run.
#[derive(Debug, Default)]
pub struct Builder {
    pub(super) script: Script,
    pub(super) variables: Variables,
    pub(super) phrases: Phrases,
    pub(super) cwd: String,
    pub(super) settings: Settings,
    pub(super) unit: usize,
    units: usize,
    pub(super) context: Option<usize>,
    depth: u32,
    clock: Clock,
}

impl Builder {
    /// A builder that has the time which is left on a clock.
    pub fn with(clock: Clock) -> Self {
        Self {
            clock,
            ..Self::default()
        }
    }

    /// Begins a text that runs in a shell of its own: a RUN instruction. What shells before it
    /// set is forgotten; its files stay.
    pub fn start_unit(&mut self, variables: Variables, cwd: &str, settings: Settings) {
        self.unit = self.units;
        self.units += 1;
        self.variables = variables;
        self.phrases = Phrases::default();
        self.cwd = cwd.to_owned();
        self.settings = settings;
    }

    /// Lets go of the variables of the unit.
    pub fn end_unit(&mut self) {
        self.variables = Variables::default();
    }

    /// The number that the commands of the next unit carry as [`Command::unit`].
    pub fn next_unit(&self) -> usize {
        self.units
    }

    /// Adds a shell text.
    pub fn text(&mut self, text: &Mapped) {
        self.add(text, 0, false);
    }

    /// Adds a shell text of several lines that a shell takes as its script: a here-document.
    pub fn body(&mut self, text: &Mapped) {
        let mut start = 0;
        if let Some(settings) = Settings::of_shebang(text.as_str()) {
            self.settings = settings;
            start = text.as_str().find('\n').map_or(0, |at| at + 1);
        }
        self.add(text, start, true);
    }

    fn add(&mut self, text: &Mapped, start: usize, is_heredoc: bool) {
        let language = tree_sitter_bash::LANGUAGE.into();
        let plain = without_remarks(text.as_str());
        let bytes = plain.as_bytes();
        let parsed = match backlog::exceeds(text.as_str()) {
            true => Err(SkipReason::TooDeep {
                limit: backlog::LIMIT,
            }),
            false => grammar::parse_within(&mut self.clock, &language, bytes),
        };
        match parsed {
            Ok(tree) => {
                let statements = Walk::new(self, text).run(&tree);
                self.script.texts.push(Text {
                    start: text.offset(u32::try_from(start).unwrap_or(0)),
                    is_heredoc,
                    statements,
                    end: self.script.commands.len(),
                });
            }
            Err(reason) => self.script.refused = Some(reason),
        }
    }

    /// Adds a command that runs without a shell: the exec form of RUN.
    pub fn argv(&mut self, words: &[Mapped]) {
        let id = self.open_command(
            words
                .iter()
                .map(Mapped::source_span)
                .reduce(Span::cover)
                .unwrap_or_default(),
        );
        if let Some(command) = self.script.commands.get_mut(id) {
            command.words.extend(words.iter().map(Word::verbatim));
        }
        self.name(id);
        self.actions_of_find(id);
        if let Some(index) = self.shell_string(id)
            && let Some(text) = words.get(index)
        {
            self.nested(text, id, ContextKind::Nested);
        }
    }

    /// The facts, and the time that is left for other scripts of the file.
    pub fn finish(self) -> (Script, Clock) {
        (self.script, self.clock)
    }

    pub(super) fn open_command(&mut self, span: Span) -> usize {
        let id = self.script.commands.len();
        let root = self.root();
        self.script.commands.push(Command {
            id,
            span,
            cwd: self.cwd.clone(),
            unit: self.unit,
            settings: self.settings,
            depth: self.depth,
            context: self.context.unwrap_or(root),
            ..Command::default()
        });
        id
    }

    /// The context of what stands in none.
    fn root(&mut self) -> usize {
        if self.script.contexts.is_empty() {
            self.script.contexts.push(Context {
                parent: None,
                kind: ContextKind::Nested,
            });
        }
        0
    }

    pub(super) fn push_context(&mut self, kind: ContextKind) -> usize {
        let parent = match self.context {
            Some(context) => context,
            None => self.root(),
        };
        self.script.contexts.push(Context {
            parent: Some(parent),
            kind,
        });
        self.script.contexts.len() - 1
    }

    /// Names a command whose words are complete.
    pub(super) fn name(&mut self, id: usize) {
        if let Some(command) = self.script.commands.get_mut(id) {
            let (program, wrappers) = peel(&command.words);
            command.program = program;
            command.wrappers = wrappers;
            command.name = command
                .words
                .get(program)
                .filter(|word| word.is_known())
                .map(|word| base_name(&word.text).to_owned())
                .unwrap_or_default();
        }
    }

    /// The commands that `find` runs for what it finds: `find -exec COMMAND ... ;`.
    pub(super) fn actions_of_find(&mut self, id: usize) {
        let Some(command) = self.script.commands.get(id).filter(|c| c.name == "find") else {
            return;
        };
        let (context, redirects) = (command.context, command.redirects.clone());
        let is_action =
            |word: &Word| matches!(word.text.as_str(), "-exec" | "-execdir" | "-ok" | "-okdir");
        let mut actions = Vec::new();
        let mut words = command.args();
        while let Some(at) = words.iter().position(is_action) {
            words = words.get(at + 1..).unwrap_or_default();
            let end = words
                .iter()
                .position(|word| matches!(word.text.as_str(), ";" | "+"));
            let (action, rest) = words.split_at(end.unwrap_or(words.len()));
            actions.push(action.to_vec());
            words = rest;
        }
        for action in actions.into_iter().filter(|action| !action.is_empty()) {
            let span = action.iter().map(|word| word.span).reduce(Span::cover);
            let run = self.open_command(span.unwrap_or_default());
            if let Some(command) = self.script.commands.get_mut(run) {
                command.words = action;
                command.context = context;
                command.redirects = redirects.clone();
            }
            self.name(run);
        }
    }

    /// What a complete command changes for those after it.
    pub(super) fn effects(&mut self, id: usize) {
        let Some(command) = self.script.commands.get(id) else {
            return;
        };
        match command.name.as_str() {
            "cd" | "pushd" => {
                let target = command.args().iter().find(|w| !w.text.starts_with('-'));
                self.cwd = match target {
                    Some(word) => join(&self.cwd, &word.text),
                    None => "~".to_owned(),
                };
            }
            // Where it leads back to is not followed: a folder that equals no other.
            "popd" => self.cwd = format!("${{OLDPWD}}/{id}"),
            "set" => {
                let options = command.args().iter().map(|word| word.text.as_str());
                self.settings = self.settings.after(options);
            }
            "unset" | "read" | "mapfile" | "readarray" | "getopts" => {
                for word in command.args() {
                    self.variables.set(word.text.clone(), None);
                    self.phrases.forget(&word.text);
                }
            }
            _ => {}
        }
    }

    /// The word that a command hands to a shell as a program: `sh -c WORD`.
    pub(super) fn shell_string(&self, id: usize) -> Option<usize> {
        let command = self.script.commands.get(id)?;
        command.shell_string()
    }

    /// Parses a text that a command runs, as what `kind` says.
    pub(super) fn nested(&mut self, text: &Mapped, id: usize, kind: ContextKind) {
        let Some(command) = self.script.commands.get(id) else {
            return;
        };
        if self.depth >= NESTING || text.is_empty() {
            return;
        }
        let outside = (self.context, self.cwd.clone(), self.settings);
        self.context = Some(command.context);
        // Another shell begins without the settings of this one.
        if command.name != "eval" {
            let end = command.shell_string().unwrap_or(command.words.len());
            let options = command.words.get(command.program + 1..end);
            let options = options.unwrap_or_default().iter().map(|w| w.text.as_str());
            self.settings = Settings::default().after(options);
        }
        let is_body = matches!(kind, ContextKind::Input);
        self.context = Some(self.push_context(kind));
        self.depth += 1;
        if is_body {
            self.body(text);
        } else {
            self.text(text);
        }
        self.depth -= 1;
        (self.context, self.cwd, self.settings) = outside;
    }
}

/// Shells, whose input is what this module parses.
pub const SHELLS: &[&str] = &["sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "rbash"];

impl Command {
    pub fn is_shell(&self) -> bool {
        SHELLS.contains(&self.name.as_str())
    }

    /// The index of the word that holds a shell text to run: of `sh -c`, `su -c`.
    pub fn shell_string(&self) -> Option<usize> {
        if !self.is_shell() && !matches!(self.name.as_str(), "su" | "runuser" | "script") {
            return None;
        }
        let mut words = self.words.iter().enumerate().skip(self.program + 1);
        while let Some((_, word)) = words.next() {
            let text = word.text.as_str();
            if text.starts_with("--command=") {
                return None;
            }
            if text == "--command" || is_command_flag(text) {
                // `sh -c -e 'text'` is legal: more options may stand before the text.
                return words
                    .find(|(_, w)| !w.text.starts_with(['-', '+']))
                    .map(|(index, _)| index);
            }
            if matches!(text, "-o" | "+o" | "-O" | "--rcfile" | "--init-file") {
                words.next();
            } else if self.is_shell() && !text.starts_with(['-', '+']) {
                return None;
            }
        }
        None
    }
}

/// `-c`, `-lc`, `-exc`: a cluster of letters with a `c`.
fn is_command_flag(text: &str) -> bool {
    text.strip_prefix('-').is_some_and(|letters| {
        letters.contains('c') && letters.bytes().all(|b| b.is_ascii_alphabetic())
    })
}

impl Command {
    /// True for a shell that takes its script from standard input.
    pub fn reads_script(&self) -> bool {
        if !self.is_shell() || self.shell_string().is_some() {
            return false;
        }
        let mut words = self.args().iter();
        while let Some(word) = words.next() {
            match word.text.as_str() {
                "-" | "--" | "/dev/stdin" => return true,
                "-o" | "+o" | "-O" | "--rcfile" | "--init-file" => {
                    words.next();
                }
                text if text.starts_with('-') && !text.starts_with("--") && text.contains('s') => {
                    return true;
                }
                text if text.starts_with(['-', '+']) => {}
                _ => return false,
            }
        }
        true
    }
}
