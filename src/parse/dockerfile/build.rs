//! From bytes to a [`Dockerfile`]: one pass over the instructions.

use std::collections::HashMap;

use super::body;
use super::directive::{self, DirectiveName, is_official_frontend};
use super::expand::Lookup;
use super::flag;
use super::grammar;
use super::heredoc::{Heredoc, Marker, markers};
use super::inside::{BLANKS, Inside};
use super::instruction::{Body, Dialect, Flag, Instruction, Keyword, Pair, Reference, Word};
use super::json::{self, ExecForm};
use super::line::{Lines, LogicalLine};
use super::lineage;
use super::platform;
use super::pragma;
use super::reach;
use super::stage::{Base, Binding, Origin, Stage, State};
use super::value::Value;
use super::whole;
use super::{Dockerfile, Wanted};
use crate::model::Span;
use crate::parse::SyntaxError;
use crate::text::Mapped;

/// Longest chain of stages through which a variable is looked up.
const LONGEST_CHAIN: usize = 64;

/// Instructions of ONBUILD that are followed into the stages which begin with theirs.
const MOST_TRIGGERS: usize = 10_000;

/// Longest instruction whose words are read, in bytes without its here-documents.
const LONGEST_INSTRUCTION: u32 = 1 << 20;

const UNKNOWN_WORD: &str = "this is no instruction that BuildKit knows";
const MALFORMED_WORD: &str =
    "a quote or ${...} is left open here, or is of a form that is not known";
/// Errors of one file whose exact place is looked for.
const MOST_PLACED: usize = 100;
/// Unknown words of one file that are listed one by one.
const MOST_UNKNOWN: usize = 5;

pub(super) fn dockerfile(bytes: &[u8], wanted: &Wanted) -> Dockerfile {
    let text = whole::readable(bytes);
    let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let preamble = directive::read(&text, start);
    let custom = preamble.directives.iter().any(|directive| {
        directive.name == DirectiveName::Syntax && !is_official_frontend(&directive.value)
    });
    let mut builder = Builder {
        text: &text,
        wanted,
        escape: preamble.escape,
        tolerant: custom || preamble.foreign,
        last_lines: None,
        globals: HashMap::new(),
        scopes: Vec::new(),
        current: State::default(),
        named_shell: None,
        triggers: MOST_TRIGGERS,
        file: Dockerfile {
            directives: preamble.directives,
            escape: preamble.escape,
            instructions: Vec::new(),
            stages: Vec::new(),
            comments: Vec::new(),
            empty_continuations: Vec::new(),
            errors: preamble.errors,
            states: Vec::new(),
            final_states: Vec::new(),
            targets: Vec::new(),
            unknown_targets: Vec::new(),
            contexts: wanted.contexts.clone(),
            names: HashMap::new(),
            is_followed: true,
        },
    };
    builder.read(start);
    if !builder.tolerant {
        let has_instructions = !builder.file.instructions.is_empty();
        let faults = whole::faults(&text, has_instructions);
        builder.file.errors.extend(faults);
    }
    builder.finish()
}

/// What stands after an instruction's keyword.
struct Read {
    flags: Vec<Flag>,
    rest: Span,
    body: Body,
    references: Vec<Reference>,
}

struct Builder<'t> {
    text: &'t str,
    wanted: &'t Wanted,
    escape: char,
    /// True where another front-end reads the file: what we do not know is no error then.
    tolerant: bool,
    /// Made once some here-document turned out not to be closed.
    last_lines: Option<LastLines<'t>>,
    globals: HashMap<String, Binding>,
    /// Variables of each stage, as far as it has been read.
    scopes: Vec<HashMap<String, Binding>>,
    current: State,
    /// How many more instructions of ONBUILD are followed into other stages.
    triggers: usize,
    /// The language that a comment names for the shell form.
    named_shell: Option<Dialect>,
    file: Dockerfile,
}

impl<'t> Builder<'t> {
    fn read(&mut self, start: usize) {
        let mut lines = Lines::new(self.text, start, self.escape);
        let mut end = start;
        while let Some(line) = lines.logical() {
            let named = pragma::shell(slice(self.text, end, line.span.start as usize));
            self.named_shell = named.or(self.named_shell);
            let instruction = self.instruction(line, &mut lines);
            match instruction.keyword {
                Keyword::From => self.named_shell = named,
                Keyword::Shell => self.named_shell = None,
                _ => {}
            }
            self.add(instruction);
            end = lines.position();
        }
        self.file.comments = lines.comments;
        self.file.empty_continuations = lines.empty_continuations;
    }

    fn error(&mut self, span: Span, message: impl Into<String>) {
        if !self.tolerant {
            self.file.errors.push(SyntaxError {
                span,
                message: message.into(),
            });
        }
    }

    /// Reads one logical line, and from `lines` the here-documents that belong to it.
    fn instruction(&mut self, line: LogicalLine, lines: &mut Lines<'_>) -> Instruction {
        let mapped = line.text;
        let mut start = 0;
        let mut word_end = end_of_word(mapped.as_str(), 0);
        let mut keyword = Keyword::of(slice(mapped.as_str(), 0, word_end));
        let mut trigger = None;
        if keyword == Keyword::Onbuild {
            let onbuild = mapped.span(Span::from_usize(0, word_end));
            start = skip_blanks(mapped.as_str(), word_end);
            word_end = end_of_word(mapped.as_str(), start);
            let word = slice(mapped.as_str(), start, word_end);
            keyword = Keyword::of(word);
            trigger = Some(onbuild);
            match keyword {
                _ if word.is_empty() => {
                    self.error(onbuild, "ONBUILD needs an instruction to trigger");
                }
                // What cannot be triggered: a rule says so.
                Keyword::Onbuild | Keyword::From | Keyword::Maintainer => {
                    keyword = Keyword::Onbuild;
                }
                _ => {}
            }
        }
        let keyword_span = mapped.span(Span::from_usize(start, word_end));
        if keyword == Keyword::Unknown && !keyword_span.is_empty() {
            self.error(keyword_span, UNKNOWN_WORD);
        }
        let is_exec_capable = matches!(keyword, Keyword::Run | Keyword::Add | Keyword::Copy);
        let mut span = line.span;
        let mut found = Vec::new();
        let mut bodies = Vec::new();
        if is_exec_capable {
            found = markers(mapped.as_str(), start, keyword == Keyword::Run);
            let rest = self.after_flags(&mapped, word_end);
            let rest = u32::try_from(rest).unwrap_or(u32::MAX);
            if !found.is_empty() && matches!(json::read(&mapped, rest), ExecForm::Strings(..)) {
                found.clear();
            }
            self.heredocs(&mapped, &mut found, lines, &mut bodies);
            if let Some(last) = bodies.last() {
                span = span.cover(last.terminator);
            }
        }
        let read = self.inside(
            &mapped,
            keyword,
            trigger.is_some(),
            word_end,
            &found,
            &bodies,
        );
        let dropped = dropped(&mapped, keyword, read.rest);
        Instruction {
            keyword,
            keyword_span,
            trigger,
            span,
            rest: read.rest,
            dropped,
            line: mapped,
            flags: read.flags,
            body: read.body,
            references: read.references,
            heredocs: bodies,
            stage: self.file.stages.len().checked_sub(1),
        }
    }

    fn after_flags(&self, line: &Mapped, at: usize) -> usize {
        flag::read(&Inside::new(line, self.escape, &|_| Lookup::Unset), at).1
    }

    /// Reads the bodies of all markers. A marker whose terminator never comes is dropped, and
    /// reading goes on where an instruction seems to begin.
    fn heredocs(
        &mut self,
        line: &Mapped,
        found: &mut Vec<Marker>,
        lines: &mut Lines<'_>,
        bodies: &mut Vec<Heredoc>,
    ) {
        let mut complete = Vec::with_capacity(found.len());
        for marker in found.drain(..) {
            let start = lines.position();
            let closes = self
                .last_lines
                .as_ref()
                .is_none_or(|index| index.may_close(&marker, start));
            let closed = if closes {
                heredoc_body(&marker, lines)
            } else {
                None
            };
            match closed {
                Some((text, terminator)) => {
                    bodies.push(Heredoc {
                        name: marker.name.clone(),
                        expands: marker.expands,
                        strips_tabs: marker.strips_tabs,
                        descriptor: marker.descriptor,
                        marker: marker.span,
                        body: text,
                        terminator,
                    });
                    complete.push(marker);
                }
                None => {
                    lines.seek(start);
                    if self.last_lines.is_none() {
                        self.last_lines = Some(LastLines::new(self.text));
                    }
                    if !marker.loose {
                        let span = line.span(marker.span);
                        self.error(span, "this here-document is never closed");
                        skip_to_instruction(lines);
                    }
                    break;
                }
            }
        }
        *found = complete;
    }

    /// Flags, the span of what follows them, and its meaning.
    fn inside(
        &mut self,
        line: &Mapped,
        keyword: Keyword,
        triggered: bool,
        at: usize,
        markers: &[Marker],
        bodies: &[Heredoc],
    ) -> Read {
        if line.len() > LONGEST_INSTRUCTION {
            self.file.errors.push(SyntaxError {
                span: line.span(Span::from_usize(0, at)),
                message: "this instruction is longer than 1 MiB and was not looked into".into(),
            });
            return Read {
                flags: Vec::new(),
                rest: Span::from_usize(at, line.as_str().len()),
                body: Body::Invalid,
                references: Vec::new(),
            };
        }
        let mut errors = Vec::new();
        let scope = if keyword == Keyword::From {
            None
        } else {
            self.file.stages.len().checked_sub(1)
        };
        let lookup = |name: &str| self.lookup(scope, name);
        let inside = Inside::new(line, self.escape, &lookup);
        let (flags, start) = flag::read(&inside, at);
        let end = inside.end(start);
        errors.extend(flag::faults(keyword, &flags));
        let dialect = self.dialect();
        let body = body::read(&inside, keyword, start, end, markers, bodies, dialect);
        let body = body.unwrap_or_else(|error| {
            errors.push(error);
            Body::Invalid
        });
        let (malformed, references) = inside.into_met();
        let all = line.span(Span::from_usize(start, end));
        for (mut span, message) in errors {
            if span.is_empty() {
                span = line.source_span();
            } else if span == all {
                span = self.place_of_error(line).unwrap_or(all);
            }
            self.error(span, message);
        }
        // What ONBUILD triggers is expanded by another build.
        if !triggered {
            for span in malformed {
                self.error(span, MALFORMED_WORD);
            }
        }
        Read {
            flags,
            rest: Span::from_usize(start, end),
            body,
            references,
        }
    }

    /// Where in an instruction that is wrong as a whole the grammar sees the fault.
    fn place_of_error(&self, line: &Mapped) -> Option<Span> {
        if self.tolerant || self.file.errors.len() >= MOST_PLACED {
            return None;
        }
        let text = format!("{}\n", line.as_str());
        let span = grammar::first_error(&text)?;
        let end = span.end.min(line.len());
        let trimmed = text.get(span.start as usize..end as usize)?.trim();
        let at = span.start + u32::try_from(text.get(span.range())?.find(trimmed)?).ok()?;
        let length = u32::try_from(trimmed.len()).ok()?;
        (length > 0).then(|| line.span(Span::new(at, at + length)))
    }

    /// What a name means in a stage, or before the first one and in every FROM.
    fn lookup(&self, scope: Option<usize>, name: &str) -> Lookup {
        let Some(mut stage) = scope else {
            return match self.globals.get(name) {
                Some(binding) => binding.found(),
                None if platform::ARGUMENTS.contains(&name) => Lookup::Set(Value::UNKNOWN),
                None => Lookup::Unset,
            };
        };
        let mut arg: Option<&Binding> = None;
        for _ in 0..LONGEST_CHAIN {
            if let Some(binding) = self.scopes.get(stage).and_then(|scope| scope.get(name)) {
                if binding.is_env {
                    return binding.found();
                }
                // An ENV of a parent still beats this ARG.
                arg = arg.or(Some(binding));
            }
            match self.file.stages.get(stage).map(|stage| &stage.base) {
                Some(Base::Stage(parent)) => stage = *parent,
                _ => return arg.map_or(Lookup::Unset, Binding::found),
            }
        }
        Lookup::Set(Value::UNKNOWN)
    }

    /// The language of the shell form at this point.
    fn dialect(&self) -> Dialect {
        if let Some(named) = self.named_shell {
            return named;
        }
        if let Some(Body::Shell(words)) = self
            .current
            .shell
            .and_then(|place| self.file.instructions.get(place))
            .map(|instruction| &instruction.body)
        {
            return words.first().map_or(Dialect::Other, |program| {
                Dialect::of_program(program.as_str())
            });
        }
        let Some(stage) = self.file.stages.last() else {
            return Dialect::Posix;
        };
        match &self.file.root_of(stage).base {
            Base::Image(image) if is_windows(image) => Dialect::Cmd,
            Base::Image(_) | Base::Unknown if self.escape == '`' => Dialect::Cmd,
            _ => Dialect::Posix,
        }
    }

    /// Adds an instruction and takes over what it changes.
    fn add(&mut self, instruction: Instruction) {
        let place = self.file.instructions.len();
        let needs_stage = !matches!(
            instruction.keyword,
            Keyword::Arg | Keyword::From | Keyword::Unknown
        );
        if needs_stage && instruction.is_direct() && self.file.stages.is_empty() {
            // Without any FROM, so that fragments are judged, too.
            self.open_unknown_stage(place, "", instruction.keyword_span);
            if let Some(stage) = self.file.stages.last_mut() {
                stage.instructions = place..place;
            }
        }
        if instruction.is_direct() {
            match &instruction.body {
                Body::From { image, name } => {
                    self.open_stage(place, image.clone(), name.clone());
                }
                // What is not understood begins a stage all the same.
                Body::Invalid if instruction.keyword == Keyword::From => {
                    let rest = instruction.line.slice(instruction.rest);
                    self.open_unknown_stage(place, rest.as_str(), rest.source_span());
                }
                Body::Arg(pairs) => self.declare(pairs),
                Body::Env(pairs) => self.set_env(pairs),
                _ => {}
            }
        }
        let mut instruction = instruction;
        instruction.stage = self.file.stages.len().checked_sub(1);
        self.file.states.push(self.current);
        if instruction.is_direct() {
            self.change_state(&instruction, place);
            self.note_uses(&instruction);
        }
        if let Some(stage) = self.file.stages.last_mut() {
            stage.instructions.end = place + 1;
            stage
                .triggers
                .extend((!instruction.is_direct()).then_some(place));
        }
        self.file.instructions.push(instruction);
    }

    /// Begins a stage on an image that only the build knows.
    fn open_unknown_stage(&mut self, place: usize, raw: &str, span: Span) {
        let image = Word {
            raw: raw.to_owned(),
            span,
            value: Value::UNKNOWN,
        };
        self.open_stage(place, image, None);
    }

    fn open_stage(&mut self, place: usize, image: Word, name: Option<Word>) {
        let index = self.file.stages.len();
        if index > 0 {
            self.file.final_states.push(self.current);
        }
        let mut others = Vec::new();
        let base = match image.value.known() {
            Some("scratch") => Base::Scratch,
            Some(known) => match self.file.stage_named(known, index) {
                Some(stage) => Base::Stage(stage),
                None => Base::Image(known.to_owned()),
            },
            None => {
                others = self.stages_of_platforms(&image);
                match others.is_empty() {
                    true => Base::Unknown,
                    false => Base::Stage(others.remove(0)),
                }
            }
        };
        self.current = match base {
            Base::Stage(parent) => self
                .file
                .final_states
                .get(parent)
                .copied()
                .unwrap_or_default(),
            _ => State::default(),
        };
        if let Some(name) = &name {
            let bearers = self.file.names.entry(name.raw.to_lowercase()).or_default();
            bearers.push(index);
        }
        let parent = match base {
            Base::Stage(parent) => self.file.stages.get_mut(parent),
            _ => None,
        };
        let root = parent.map_or(index, |parent| {
            parent.is_base = true;
            parent.root
        });
        self.scopes.push(HashMap::new());
        let parent = match base {
            Base::Stage(parent) => Some(parent),
            _ => None,
        };
        self.file.stages.push(Stage {
            index,
            name,
            from: place,
            instructions: place + 1..place + 1,
            triggers: Vec::new(),
            image,
            base,
            root,
            followed: 0,
            others,
            uses: Vec::new(),
            ships: false,
            ships_in: Vec::new(),
            is_base: false,
            is_reached: false,
        });
        self.run_triggers(parent);
    }

    /// The local stages that a FROM may mean, depending on the platform that is built for.
    fn stages_of_platforms(&self, image: &Word) -> Vec<usize> {
        let mut found = Vec::new();
        let lookup = |name: &str| self.lookup(None, name);
        for name in platform::meanings(image, self.escape, &lookup) {
            let stage = self.file.stage_named(&name, self.file.stages.len());
            found.extend(stage.filter(|stage| !found.contains(stage)));
        }
        found
    }

    /// Takes over what the ONBUILD instructions of a stage's parent change: they run before all
    /// else.
    fn run_triggers(&mut self, parent: Option<usize>) {
        let parent = parent.and_then(|parent| self.file.stages.get(parent));
        let places = parent.map_or(&[][..], |parent| &parent.triggers);
        let places: Vec<_> = places.iter().take(self.triggers).copied().collect();
        self.triggers -= places.len();
        for place in places {
            let Some(instruction) = self.file.instructions.get(place) else {
                return;
            };
            let instruction = instruction.clone();
            self.change_state(&instruction, place);
            match &instruction.body {
                Body::Arg(pairs) => self.declare(pairs),
                Body::Env(pairs) => self.set_env(pairs),
                _ => {}
            }
            self.note_uses(&instruction);
        }
    }

    fn change_state(&mut self, instruction: &Instruction, place: usize) {
        let slot = match instruction.keyword {
            Keyword::User => Some(&mut self.current.user),
            Keyword::Workdir => Some(&mut self.current.workdir),
            Keyword::Shell => Some(&mut self.current.shell),
            _ => None,
        };
        if let Some(slot) = slot.filter(|_| !matches!(instruction.body, Body::Invalid)) {
            *slot = Some(place);
        }
    }

    fn declare(&mut self, pairs: &[Pair]) {
        for pair in pairs {
            let name = pair.name.text().to_owned();
            let origin = pair.name.span;
            let given = self.wanted.arg(&name).map(str::to_owned);
            let mut binding = match &pair.value {
                _ if given.is_some() => Binding {
                    value: Value::from_binding(given.clone(), origin),
                    is_env: false,
                    is_open: false,
                    span: origin,
                },
                Some(value) => Binding {
                    value: Value::from_binding(value.value.known().map(str::to_owned), origin),
                    is_env: false,
                    is_open: false,
                    span: origin,
                },
                None => Binding {
                    value: Value::from_binding(None, origin),
                    is_env: false,
                    is_open: !platform::ARGUMENTS.contains(&name.as_str()),
                    span: origin,
                },
            };
            match self.scopes.last_mut() {
                Some(scope) => {
                    if pair.value.is_none()
                        && let Some(global) = self.globals.get(&name)
                    {
                        binding = global.clone();
                    }
                    // ENV wins over ARG, whichever comes later.
                    if !scope.get(&name).is_some_and(|known| known.is_env) {
                        scope.insert(name, binding);
                    }
                }
                None => {
                    self.globals.insert(name, binding);
                }
            }
        }
    }

    fn set_env(&mut self, pairs: &[Pair]) {
        let Some(scope) = self.scopes.last_mut() else {
            return;
        };
        for pair in pairs {
            let value = pair.value.as_ref().and_then(|value| value.value.known());
            let binding = Binding {
                value: Value::from_binding(value.map(str::to_owned), pair.name.span),
                is_env: true,
                is_open: false,
                span: pair.name.span,
            };
            scope.insert(pair.name.text().to_owned(), binding);
        }
    }

    /// Notes the stages that COPY, ADD and the mounts of RUN take files from.
    fn note_uses(&mut self, instruction: &Instruction) {
        let Some(stage) = self.file.stages.len().checked_sub(1) else {
            return;
        };
        let mut used = Vec::new();
        for flag in &instruction.flags {
            let from = match (flag.name.as_str(), &flag.value) {
                ("from", Some(value)) => Some(value.clone()),
                ("mount", Some(_)) => flag.option("from"),
                _ => None,
            };
            if let Some(from) = from
                && let Origin::Stage(origin) = self.file.origin(stage, &from)
            {
                used.push(origin);
            }
        }
        if let Some(stage) = self.file.stages.last_mut() {
            stage.uses.extend(used);
        }
    }

    /// A file full of words that are no instructions is a template or no Dockerfile at all: saying
    /// so once is enough.
    fn fold_unknown(&mut self) {
        let unknown = |error: &SyntaxError| error.message == UNKNOWN_WORD;
        let count = self.file.errors.iter().filter(|e| unknown(e)).count();
        let known = |i: &Instruction| i.keyword != Keyword::Unknown;
        if count <= MOST_UNKNOWN && self.file.instructions.iter().any(known) {
            return;
        }
        let mut first = true;
        self.file.errors.retain_mut(|error| {
            if error.message != UNKNOWN_WORD {
                return true;
            }
            if count > 1 {
                error.message = format!("{UNKNOWN_WORD}, nor are {} more", count - 1);
            }
            std::mem::take(&mut first)
        });
    }

    fn finish(mut self) -> Dockerfile {
        if !self.file.stages.is_empty() {
            self.file.final_states.push(self.current);
        }
        self.fold_unknown();
        self.file.targets = self.wanted.stages(&self.file);
        self.file.unknown_targets = self.wanted.without_stage(&self.file);
        let starts = self.file.targets.iter().map(|(stage, _)| *stage);
        reach::mark(&mut self.file.stages, starts.collect());
        self.file.is_followed = lineage::limit(&mut self.file);
        self.file
    }
}

impl Binding {
    fn found(&self) -> Lookup {
        if self.is_open {
            Lookup::Open
        } else {
            Lookup::Set(Value::from_binding(
                self.value.known().map(str::to_owned),
                self.span,
            ))
        }
    }
}

/// Where each line's text stands last, so that a file of unclosed here-documents is not read once
/// for each of them.
struct LastLines<'t> {
    exact: HashMap<&'t str, usize>,
    without_tabs: HashMap<&'t str, usize>,
}

impl<'t> LastLines<'t> {
    fn new(text: &'t str) -> Self {
        let mut index = Self {
            exact: HashMap::new(),
            without_tabs: HashMap::new(),
        };
        let mut lines = Lines::new(text, 0, '\\');
        while let Some((at, line)) = lines.physical() {
            index.exact.insert(line, at);
            index.without_tabs.insert(line.trim_start_matches('\t'), at);
        }
        index
    }

    fn may_close(&self, marker: &Marker, from: usize) -> bool {
        let index = if marker.strips_tabs {
            &self.without_tabs
        } else {
            &self.exact
        };
        index
            .get(marker.name.as_str())
            .is_some_and(|at| *at >= from)
    }
}

fn slice(text: &str, start: usize, end: usize) -> &str {
    text.get(start..end).unwrap_or_default()
}

fn skip_blanks(text: &str, at: usize) -> usize {
    let rest = slice(text, at, text.len());
    at + (rest.len() - rest.trim_start().len())
}

fn end_of_word(text: &str, at: usize) -> usize {
    let rest = slice(text, at, text.len());
    at + rest.find(BLANKS).unwrap_or(rest.len())
}

/// What stands after the JSON array of an instruction that may be one.
fn dropped(line: &Mapped, keyword: Keyword, rest: Span) -> Option<Span> {
    use Keyword as K;
    if !matches!(
        keyword,
        K::Run | K::Cmd | K::Entrypoint | K::Shell | K::Volume | K::Add | K::Copy
    ) {
        return None;
    }
    let ExecForm::Strings(_, end) = json::read(line, rest.start) else {
        return None;
    };
    let at = skip_blanks(line.as_str(), end);
    (at < rest.end as usize).then(|| line.span(Span::from_usize(at, rest.end as usize)))
}

/// Reads lines up to the terminator of a here-document.
fn heredoc_body(marker: &Marker, lines: &mut Lines<'_>) -> Option<(Mapped, Span)> {
    let mut text = Mapped::verbatim("", u32::try_from(lines.position()).unwrap_or(u32::MAX));
    while let Some((mut start, mut line)) = lines.physical() {
        if marker.strips_tabs {
            let stripped = line.trim_start_matches('\t');
            start += line.len() - stripped.len();
            line = stripped;
        }
        let end = start + line.len();
        if line == marker.name {
            return Some((text, Span::from_usize(start, end)));
        }
        text.push(line, u32::try_from(start).unwrap_or(u32::MAX));
        text.push_for("\n", Span::from_usize(end, end + 1));
    }
    None
}

/// Goes on at the next line that begins with an instruction's name in capitals.
fn skip_to_instruction(lines: &mut Lines<'_>) {
    loop {
        let at = lines.position();
        let Some((_, line)) = lines.physical() else {
            return;
        };
        let word = line.split_whitespace().next().unwrap_or_default();
        let known = Keyword::of(word) != Keyword::Unknown;
        if known && word.chars().all(|c| c.is_ascii_uppercase()) && line.starts_with(word) {
            lines.seek(at);
            return;
        }
    }
}

fn is_windows(image: &str) -> bool {
    ["/windows/", "/windows:", "servercore", "nanoserver"]
        .iter()
        .any(|part| image.contains(part))
}
