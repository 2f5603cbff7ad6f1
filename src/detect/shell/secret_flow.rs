//! Follows the secrets that a build is given, by mounts and by arguments, to where they stay.

use std::collections::{HashMap, HashSet};

use super::{Image, keeper, program, removal};
use crate::detect::dockerfile::credential::is_secret_name;
use crate::model::Span;
use crate::parse::dockerfile::{Body, Flag, Instruction, Keyword};
use crate::parse::shell::{Assignment, Command, Output, PartKind, RedirectKind, Script, Word};

/// A secret that the build is given.
#[derive(Clone, Debug)]
pub struct Given {
    pub name: String,
    /// Of the mount, or of the name in ARG.
    pub span: Span,
    pub is_mount: bool,
}

/// One place where a secret leaves the step that needs it.
#[derive(Clone, Debug)]
pub struct Leak {
    pub given: Given,
    /// The word that names the secret there.
    pub span: Span,
    pub fate: Fate,
    /// The place of the instruction.
    pub place: usize,
    /// The command, for those that ask whether it is dealt with.
    pub command: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Into the log of the build.
    Printed,
    /// Into the log by a shell that prints what it runs; the switch for that.
    Traced(Span),
    /// Into a file of the layer.
    Written(String),
    /// Into a cache mount, which outlives the build.
    Cached(String),
}

/// How often text may be passed on.
const HOPS: u32 = 8;
/// Leaks of one stage that are told.
const LEAKS: usize = 100;

/// Searches through the rest of one text: more than anybody writes.
const SEARCHES: u32 = 200;

/// Every leak of a stage, in the order of the file.
pub fn leaks(image: &Image<'_>) -> Vec<Leak> {
    let mut leaks = Vec::new();
    let declared = arguments(image);
    let script = &image.own.script;
    let mut first = 0;
    for (unit, place) in image.own.units.iter().enumerate() {
        let count = script.commands.get(first..).unwrap_or_default();
        let end = first
            + count
                .iter()
                .take_while(|command| command.unit == unit)
                .count();
        let Some(instruction) = image.file.instructions.get(*place) else {
            continue;
        };
        let commands = script.commands.get(first..end).unwrap_or_default();
        let assignments = script.assignments.as_slice();
        let from = assignments.partition_point(|a| a.before < first);
        let to = assignments.partition_point(|a| a.before < end);
        first = end;
        if instruction.keyword != Keyword::Run || leaks.len() >= LEAKS {
            continue;
        }
        let mut tracer = Tracer {
            script,
            commands,
            instruction,
            place: *place,
            given: Vec::new(),
            variables: HashMap::new(),
            files: Vec::new(),
            seen: HashSet::new(),
            tracing: traced_by_shell(image, *place),
            searches: SEARCHES,
            leaks: Vec::new(),
        };
        tracer.mounts();
        tracer.arguments(&declared);
        if !tracer.given.is_empty() {
            tracer.run(assignments.get(from..to).unwrap_or_default());
            leaks.append(&mut tracer.leaks);
        }
    }
    leaks
}

/// The `-x` of the SHELL in force.
fn traced_by_shell(image: &Image<'_>, place: usize) -> Option<Span> {
    let shell = image.file.state_before(place).shell?;
    let Body::Shell(words) = &image.file.instructions.get(shell)?.body else {
        return None;
    };
    let word = words.iter().skip(1).find(|word| is_trace(word.as_str()))?;
    Some(word.source_span())
}

/// `-x`, `-eux`.
fn is_trace(text: &str) -> bool {
    text.strip_prefix('-').is_some_and(|letters| {
        letters.contains('x')
            && letters.len() < 6
            && letters.bytes().all(|b| b.is_ascii_alphabetic())
    })
}

/// Arguments of one stage that are followed.
const ARGUMENTS: usize = 200;

/// A credential that ARG declares.
#[derive(Clone, Debug)]
pub struct Argument {
    pub name: String,
    pub span: Span,
    /// The place of the instruction.
    pub place: usize,
}

/// The credentials that ARG declares in a stage and in those it stands on.
pub fn arguments(image: &Image<'_>) -> Vec<Argument> {
    let mut found: Vec<Argument> = Vec::new();
    for stage in image.file.ancestry(image.stage) {
        let range = stage.instructions.clone();
        let instructions = image.file.instructions.get(range.clone());
        for (instruction, place) in instructions.unwrap_or_default().iter().zip(range) {
            let Body::Arg(pairs) = &instruction.body else {
                continue;
            };
            for pair in pairs {
                let name = pair.name.text();
                let is_known = found.iter().any(|argument| argument.name == name);
                if found.len() < ARGUMENTS && is_secret_name(name) && !is_known {
                    found.push(Argument {
                        name: name.to_owned(),
                        span: pair.name.span,
                        place,
                    });
                }
            }
        }
    }
    found
}

struct Tracer<'s> {
    script: &'s Script,
    commands: &'s [Command],
    instruction: &'s Instruction,
    place: usize,
    given: Vec<Given>,
    /// Variables that hold a secret.
    variables: HashMap<String, usize>,
    files: Vec<(String, usize)>,
    seen: HashSet<(usize, usize)>,
    tracing: Option<Span>,
    /// How often the rest of the text may still be searched.
    searches: u32,
    leaks: Vec<Leak>,
}

impl<'s> Tracer<'s> {
    fn mounts(&mut self) {
        for flag in self
            .instruction
            .flags
            .iter()
            .filter(|flag| is_mount(flag, "secret"))
        {
            let text = |keys: &[&str]| keys.iter().find_map(|key| flag.option(key)).map(|w| w.raw);
            let target = text(&["target", "dst", "destination"]);
            let id = text(&["id", "source", "src"])
                .or_else(|| {
                    target
                        .as_ref()
                        .and_then(|t| t.rsplit('/').next().map(str::to_owned))
                })
                .unwrap_or_default();
            let index = self.given.len();
            let variable = text(&["env"]);
            if target.is_some() || variable.is_none() {
                let path = target.unwrap_or_else(|| format!("/run/secrets/{id}"));
                self.files.push((path, index));
            }
            if let Some(name) = variable {
                self.variables.insert(name, index);
            }
            self.given.push(Given {
                name: id,
                span: flag.span,
                is_mount: true,
            });
        }
    }

    fn arguments(&mut self, declared: &[Argument]) {
        for argument in declared
            .iter()
            .filter(|argument| argument.place < self.place)
        {
            // A mount of the same name is what the command sees.
            if self.variables.contains_key(&argument.name) {
                continue;
            }
            self.variables
                .insert(argument.name.clone(), self.given.len());
            self.given.push(Given {
                name: argument.name.clone(),
                span: argument.span,
                is_mount: false,
            });
        }
    }

    fn run(&mut self, assignments: &'s [Assignment]) {
        let mut assignments = assignments.iter().peekable();
        for command in self.commands {
            while let Some(assignment) = assignments.next_if(|a| a.before <= command.id) {
                self.assign(assignment);
            }
            self.command(command);
        }
        for assignment in assignments {
            self.assign(assignment);
        }
    }

    fn assign(&mut self, assignment: &Assignment) {
        if let Some((index, span)) = self.held(&assignment.value) {
            self.trace(index, span, usize::MAX);
            if assignment.prefix_of.is_none() {
                self.variables.insert(assignment.name.clone(), index);
            }
        }
    }

    /// The secret that a word holds: a variable, or `$(<file)`.
    fn held(&self, word: &Word) -> Option<(usize, Span)> {
        word.parts.iter().find_map(|part| match &part.kind {
            // `${NAME:+word}` only asks whether it is set.
            PartKind::Variable { name, .. } if !part.text.contains('+') => {
                Some((*self.variables.get(name)?, part.span))
            }
            PartKind::Substitution => {
                let path = part.text.strip_prefix("$(<")?.strip_suffix(')')?.trim();
                Some((self.file(path)?, part.span))
            }
            _ => None,
        })
    }

    fn file(&self, path: &str) -> Option<usize> {
        let found = self.files.iter().rev().find(|(known, _)| known == path);
        found.map(|(_, index)| *index)
    }

    fn command(&mut self, command: &'s Command) {
        let name = command.name.as_str();
        if name == "set" {
            if let Some(word) = command
                .args()
                .iter()
                .find(|w| is_trace(&w.text) || w.text == "xtrace")
            {
                self.tracing = Some(word.span);
            } else if command
                .args()
                .iter()
                .any(|w| w.text.starts_with('+') && w.text.contains('x'))
            {
                self.tracing = None;
            }
            if command.args().is_empty() {
                self.dump(command);
            }
            return;
        }
        let prints_all = match name {
            "env" | "printenv" => command.args().is_empty(),
            "export" | "declare" | "typeset" => {
                command.args().is_empty() || (command.args().len() == 1 && command.has_arg("-p"))
            }
            _ => false,
        };
        if prints_all {
            self.dump(command);
        }
        if name == "printenv" {
            for word in command.args() {
                if let Some(index) = self.variables.get(&word.text).copied() {
                    self.follow(index, command, word.span, 0);
                }
            }
        }
        for (at, word) in command.args().iter().enumerate() {
            if let Some((index, span)) = self.held(word) {
                self.word(index, command, span, 0);
            }
            if let Some(index) = self.file(&command.path(&word.text)) {
                let is_last = at + 1 == command.args().len();
                self.path(index, command, word, is_last);
            }
        }
        let script = self.script;
        for (_, redirect) in script.inputs(command) {
            let target = &redirect.target;
            let found = match redirect.kind {
                RedirectKind::Input => self
                    .file(&command.path(&target.text))
                    .map(|i| (i, target.span)),
                _ => self.held(target).or_else(|| self.mentioned(target)),
            };
            if let Some((index, span)) = found {
                self.stdin(index, command, span, 0);
            }
        }
    }

    /// A variable in the body of a here-document.
    fn mentioned(&self, body: &Word) -> Option<(usize, Span)> {
        if !body.is_literal() {
            return None;
        }
        variables_in(&body.text).find_map(|(at, name)| {
            let index = *self.variables.get(name)?;
            Some((index, body.span_of(at, at + name.len())))
        })
    }

    /// A command names a file that holds a secret.
    fn path(&mut self, index: usize, command: &'s Command, word: &'s Word, is_last: bool) {
        match command.name.as_str() {
            "cp" | "mv" | "install" | "rsync" | "ln" if !is_last => {
                let links = command.name == "ln" && command.args().iter().any(|w| is_flag(w, 's'));
                if let (false, Some(to)) = (links, command.args().last()) {
                    self.write(index, command, &to.text, word.span);
                }
            }
            "sed" | "perl" if command.args().iter().any(|w| w.text.starts_with("-i")) => {}
            "grep" if command.args().iter().any(|w| is_flag(w, 'q')) => {}
            "cat" | "head" | "tail" | "base64" | "xxd" | "od" | "hexdump" | "strings" | "sed"
            | "awk" | "cut" | "grep" | "jq" | "less" | "more" | "tac" | "nl" => {
                self.follow(index, command, word.span, 0);
            }
            _ if keeper::file(command).is_some() => self.store(index, command, word.span),
            _ => {}
        }
    }

    /// The environment, secrets included, is printed.
    fn dump(&mut self, command: &'s Command) {
        let by_environment = self.variables.values().copied().min();
        if let Some(index) = by_environment {
            self.follow(index, command, command.program_span(), 0);
        }
    }

    /// A secret's text stands in a word of a command.
    fn word(&mut self, index: usize, command: &'s Command, span: Span, hops: u32) {
        self.trace(index, span, command.id);
        match command.name.as_str() {
            "echo" | "printf" => self.follow(index, command, span, hops),
            "sed" if command.args().iter().any(|w| w.text.starts_with("-i")) => {
                if let Some(file) = command.args().last() {
                    self.write(index, command, &file.text, span);
                }
            }
            "sed" | "awk" | "jq" => self.follow(index, command, span, hops),
            _ if keeper::file(command).is_some() => self.store(index, command, span),
            "git" if command.subcommand() == "clone" => self.clone_(index, command, span),
            _ => {}
        }
    }

    /// `git clone https://$TOKEN@...` keeps the address, token included, in the clone.
    fn clone_(&mut self, index: usize, command: &'s Command, span: Span) {
        let positional: Vec<&Word> = command
            .args()
            .iter()
            .filter(|w| !w.text.starts_with('-'))
            .collect();
        let in_address = positional
            .iter()
            .position(|w| w.text.contains("://") && w.span.contains(span));
        let Some(address) =
            in_address.and_then(|at| Some((positional.get(at)?, positional.get(at + 1))))
        else {
            return;
        };
        let name = address
            .0
            .text
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap_or_default();
        let folder = match address.1 {
            Some(word) => word.text.as_str(),
            None => name.trim_end_matches(".git"),
        };
        let changes = |later: &Command| later.name == "git" && later.has_arg("remote");
        if !self.after(command).iter().any(changes) {
            self.write(index, command, &format!("{folder}/.git/config"), span);
        }
    }

    fn store(&mut self, index: usize, command: &'s Command, span: Span) {
        // A login is a matter of its own, whatever it is given.
        let Some(file) = keeper::file(command).filter(|_| !keeper::logs_in(command)) else {
            return;
        };
        if !self
            .after(command)
            .iter()
            .any(|later| keeper::undoes(later, command))
        {
            self.write(index, command, file, span);
        }
    }

    /// A secret's text reaches a command's standard input.
    fn stdin(&mut self, index: usize, command: &'s Command, span: Span, hops: u32) {
        if hops > HOPS || !self.seen.insert((index, command.id)) {
            return;
        }
        match command.name.as_str() {
            "tee" => {
                for word in command.args().iter().filter(|w| !w.text.starts_with('-')) {
                    self.write(index, command, &word.text, span);
                }
                self.follow(index, command, span, hops + 1);
            }
            "read" => {
                if let Some(word) = command.args().last() {
                    self.variables.insert(word.text.clone(), index);
                }
            }
            "openssl" => {}
            _ if keeper::file(command).is_some() => self.store(index, command, span),
            _ if program::passes_on(command)
                && command.name != "echo"
                && command.name != "printf" =>
            {
                self.follow(index, command, span, hops + 1);
            }
            _ => {}
        }
    }

    /// A secret's text is what a command prints.
    fn follow(&mut self, index: usize, from: &'s Command, span: Span, hops: u32) {
        if hops > HOPS {
            return;
        }
        let script = self.script;
        match script.output(from) {
            Output::Inherited => self.leak(index, span, Fate::Printed, from.id),
            Output::Pipe {
                pipeline,
                index: element,
            } => {
                for command in script.element(pipeline, element) {
                    self.stdin(index, command, span, hops + 1);
                }
            }
            Output::File { redirect } => {
                if let Some(redirect) = script.redirects.get(redirect) {
                    self.write(index, from, &redirect.target.text, span);
                }
            }
            Output::Word {
                command,
                process: false,
                ..
            } => {
                if let Some(command) = script.commands.get(command) {
                    self.word(index, command, span, hops + 1);
                }
            }
            Output::Variable { assignment } => {
                if let Some(assignment) = script.assignments.get(assignment) {
                    self.trace(index, span, from.id);
                    if assignment.prefix_of.is_none() {
                        self.variables.insert(assignment.name.clone(), index);
                    }
                }
            }
            Output::Input { redirect } if self.searches > 0 => {
                self.searches -= 1;
                let reads =
                    |command: &&Command| script.inputs(command).any(|(at, _)| at == redirect);
                if let Some(command) = self.commands.iter().find(reads) {
                    self.stdin(index, command, span, hops + 1);
                }
            }
            Output::Word { .. } | Output::Input { .. } | Output::Elsewhere => {}
        }
    }

    /// The commands of the same text after one.
    fn after(&mut self, command: &Command) -> &'s [Command] {
        self.searches = self.searches.saturating_sub(1);
        if self.searches == 0 {
            return &[];
        }
        let from = self.commands.iter().position(|c| c.id > command.id);
        from.and_then(|at| self.commands.get(at..))
            .unwrap_or_default()
    }

    /// A secret's text goes into a file.
    fn write(&mut self, index: usize, command: &'s Command, path: &str, span: Span) {
        match path {
            "/dev/null" => return,
            "/dev/stdout" | "/dev/stderr" | "/dev/tty" => {
                return self.leak(index, span, Fate::Printed, command.id);
            }
            _ if path.starts_with("/dev/") => return,
            _ => {}
        }
        let path = command.path(path);
        self.files.push((path.clone(), index));
        let mounted = |kind: &str| {
            self.instruction
                .flags
                .iter()
                .filter(|flag| is_mount(flag, kind))
                .any(|flag| {
                    ["target", "dst", "destination"]
                        .iter()
                        .find_map(|key| flag.option(key))
                        .is_some_and(|target| removal::covers(&target.raw, &path))
                })
        };
        if mounted("tmpfs") || mounted("secret") {
            return;
        }
        let fate = if mounted("cache") {
            Fate::Cached(path.clone())
        } else {
            Fate::Written(path.clone())
        };
        let goes = |later: &Command| {
            removal::removes(later, &path).is_some()
                || (later.name == "trap" && later.args().iter().any(|w| w.text.contains("rm ")))
        };
        let traps = self.commands.iter().take(20).filter(|c| c.name == "trap");
        if !self.after(command).iter().chain(traps).any(goes) {
            self.leak(index, span, fate, command.id);
        }
    }

    /// The shell prints a word in which a secret stands.
    fn trace(&mut self, index: usize, span: Span, command: usize) {
        if let Some(switch) = self.tracing {
            self.leak(index, span, Fate::Traced(switch), command);
        }
    }

    fn leak(&mut self, index: usize, span: Span, fate: Fate, command: usize) {
        let Some(given) = self.given.get(index).filter(|_| self.leaks.len() < LEAKS) else {
            return;
        };
        self.leaks.push(Leak {
            given: given.clone(),
            span,
            fate,
            place: self.place,
            command,
        });
    }
}

fn is_flag(word: &Word, letter: char) -> bool {
    word.text.starts_with('-') && !word.text.starts_with("--") && word.text.contains(letter)
}

/// True for `--mount` of a type.
pub fn is_mount(flag: &Flag, kind: &str) -> bool {
    flag.name == "mount" && flag.option("type").is_some_and(|t| t.raw == kind)
}

/// The names after each `$` and `${` of a text, with their places.
pub fn variables_in(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.match_indices('$').map(|(at, _)| {
        let from =
            at + 1 + usize::from(text.get(at + 1..).is_some_and(|rest| rest.starts_with('{')));
        let rest = text.get(from..).unwrap_or_default();
        let end = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        (from, rest.get(..end).unwrap_or_default())
    })
}
