use tree_sitter::{Node, Tree, TreeCursor};

use super::builder::Builder;
use super::kind::{Grammar, Kind};
use super::phrase::{self, MOST_WORDS};
use super::place::{ContextKind, Output, Pipeline};
use super::word::Reader;
use super::{Assignment, Function, PartKind, Redirect, RedirectKind, Word};
use crate::text::Mapped;

/// Longest text that a variable is known to hold.
const LONGEST_VALUE: usize = 8192;

/// One pass over one syntax tree, without recursion: what encloses the cursor is a stack.
pub(super) struct Walk<'b, 't> {
    builder: &'b mut Builder,
    text: &'t Mapped,
    grammar: Grammar,
    frames: Vec<Frame>,
    /// The first command of each statement of the text.
    statements: Vec<usize>,
}

struct Frame {
    /// The context to return to.
    outside: Option<usize>,
    kind: FrameKind,
}

enum FrameKind {
    Plain,
    Command {
        id: usize,
    },
    Word {
        command: usize,
        word: usize,
    },
    Assignment {
        index: usize,
    },
    Redirect {
        index: usize,
    },
    Redirected {
        context: usize,
        first: usize,
        /// The heredoc's redirection and where its body is, once it is seen.
        heredoc: Option<(usize, Mapped)>,
    },
    Pipeline {
        index: usize,
    },
    List {
        left: Option<usize>,
        or: bool,
    },
    Function {
        index: usize,
    },
    /// A subshell or substitution: what `cd` does inside ends with it.
    Subshell {
        cwd: String,
    },
}

impl<'b, 't> Walk<'b, 't> {
    pub fn new(builder: &'b mut Builder, text: &'t Mapped) -> Self {
        Self {
            builder,
            text,
            grammar: Grammar::get(),
            frames: Vec::new(),
            statements: Vec::new(),
        }
    }

    /// Returns the first command of each statement.
    pub fn run(mut self, tree: &Tree) -> Vec<usize> {
        let mut cursor = tree.walk();
        loop {
            self.enter(&cursor);
            if self.may_hold_commands(cursor.node()) && cursor.goto_first_child() {
                continue;
            }
            loop {
                self.leave(cursor.node());
                if cursor.goto_next_sibling() {
                    break;
                }
                if !cursor.goto_parent() {
                    return self.statements;
                }
            }
        }
    }

    /// False for words that were read, where there is no substitution in them.
    fn may_hold_commands(&self, node: Node<'_>) -> bool {
        match self.grammar.kind(node) {
            Kind::CommandName | Kind::Text | Kind::Translated | Kind::Concatenation => {
                node.has_error() || memchr::memchr2(b'(', b'`', self.raw(node).as_bytes()).is_some()
            }
            _ => true,
        }
    }

    fn reader(&self) -> Reader<'_> {
        Reader {
            text: self.text,
            variables: &self.builder.variables,
            grammar: &self.grammar,
        }
    }

    fn raw(&self, node: Node<'_>) -> &str {
        self.text
            .as_str()
            .get(node.byte_range())
            .unwrap_or_default()
    }

    fn enter(&mut self, cursor: &TreeCursor<'_>) {
        let node = cursor.node();
        let kind = self.grammar.kind(node);
        let field = cursor.field_id().map_or(0, |id| id.get());
        let is_field = |wanted: u16| field == wanted && field != 0;
        let outside = self.builder.context;
        if node.is_named() && kind != Kind::Comment {
            if self.frames.len() == 1 {
                self.statements.push(self.builder.script.commands.len());
            }
            self.enter_element(node);
        }
        if is_field(self.grammar.fields.condition) {
            let context = self.builder.push_context(ContextKind::Condition);
            self.builder.context = Some(context);
        }
        if is_field(self.grammar.fields.right) {
            self.leave_redirected();
        }
        let kind = match kind {
            Kind::Command => self.command(node),
            Kind::Declaration => self.declaration(node),
            Kind::Assignment => self.assignment(node),
            Kind::Redirected => self.redirected(),
            Kind::Redirect => self.redirect(node),
            Kind::Heredoc => self.heredoc(node),
            Kind::Pipeline => self.pipeline(node),
            Kind::Test => {
                let names = variables_in(self.raw(node))
                    .map(str::to_owned)
                    .collect::<Vec<_>>();
                self.builder.script.tested.extend(names);
                FrameKind::Plain
            }
            Kind::For => self.for_loop(node),
            Kind::Function => self.function(node),
            // Only `||` can forgive; long chains of `&&` stay flat.
            Kind::List if self.is_alternative(node) => FrameKind::List {
                left: None,
                or: false,
            },
            Kind::Or => {
                if let Some(Frame {
                    kind: FrameKind::List { or, .. },
                    ..
                }) = self.frames.last_mut()
                {
                    *or = true;
                }
                FrameKind::Plain
            }
            Kind::Substitution | Kind::Process => self.substitution(node, kind, field),
            Kind::Subshell => FrameKind::Subshell {
                cwd: self.builder.cwd.clone(),
            },
            _ if node.is_error() => {
                let span = self.reader().span(node.start_byte(), node.end_byte());
                self.builder.script.errors.push(span);
                FrameKind::Plain
            }
            kind => self.word(node, kind, field),
        };
        self.frames.push(Frame { outside, kind });
    }

    /// True for `a || b`.
    fn is_alternative(&self, list: Node<'_>) -> bool {
        let operator = list.child(1);
        operator.is_some_and(|operator| self.grammar.kind(operator) == Kind::Or)
    }

    /// Gives the parts of pipelines and lists contexts of their own.
    fn enter_element(&mut self, node: Node<'_>) {
        let first = self.builder.script.commands.len();
        match self.frames.last_mut().map(|frame| &mut frame.kind) {
            Some(FrameKind::Pipeline { index }) => {
                let pipeline = *index;
                let mut element = 0;
                if let Some(found) = self.builder.script.pipelines.get_mut(pipeline) {
                    element = found.elements.len();
                    found.elements.push((first, first));
                }
                let context = self.builder.push_context(ContextKind::Element {
                    pipeline,
                    index: element,
                });
                self.builder.context = Some(context);
            }
            Some(FrameKind::List { left, or }) => {
                if left.is_none() {
                    let context = self
                        .builder
                        .push_context(ContextKind::Left { forgiven: false });
                    *left = Some(context);
                    self.builder.context = Some(context);
                } else if let (Some(left), true) = (*left, *or) {
                    let text = self.text.as_str().get(node.byte_range());
                    let forgets = text.is_some_and(|text| {
                        let word = text.split_whitespace().next().unwrap_or_default();
                        matches!(word, "true" | ":" | "/bin/true" | "echo" | "printf")
                            || matches!(text, "exit 0" | "return 0")
                    });
                    if let Some(ContextKind::Left { forgiven }) = self
                        .builder
                        .script
                        .contexts
                        .get_mut(left)
                        .map(|c| &mut c.kind)
                    {
                        *forgiven = forgets;
                    }
                }
            }
            _ => {}
        }
    }

    fn command(&mut self, node: Node<'_>) -> FrameKind {
        let span = self.reader().span(node.start_byte(), node.end_byte());
        FrameKind::Command {
            id: self.builder.open_command(span),
        }
    }

    fn declaration(&mut self, node: Node<'_>) -> FrameKind {
        let kind = self.command(node);
        if let (FrameKind::Command { id }, Some(keyword)) = (&kind, node.child(0)) {
            let word = self.reader().read(keyword);
            self.push_word(*id, word);
        }
        kind
    }

    fn push_word(&mut self, id: usize, word: Word) -> usize {
        match self.builder.script.commands.get_mut(id) {
            Some(command) => {
                command.words.push(word);
                command.words.len() - 1
            }
            None => 0,
        }
    }

    /// A child of a command that is one of its words.
    fn word(&mut self, node: Node<'_>, kind: Kind, field: u16) -> FrameKind {
        let Some(FrameKind::Command { id }) = self.frames.last().map(|frame| &frame.kind) else {
            return FrameKind::Plain;
        };
        let id = *id;
        let fields = &self.grammar.fields;
        let is_word = match field {
            0 => node.is_named() && kind != Kind::Comment,
            field => field == fields.name || field == fields.argument,
        };
        if !is_word {
            return FrameKind::Plain;
        }
        let word = self.reader().read(node);
        if let Some(words) = word.split().or_else(|| self.builder.phrases.of(&word)) {
            for word in words {
                self.push_word(id, word);
            }
            return FrameKind::Plain;
        }
        FrameKind::Word {
            command: id,
            word: self.push_word(id, word),
        }
    }

    fn assignment(&mut self, node: Node<'_>) -> FrameKind {
        let name = node
            .child_by_field_name("name")
            .map(|name| self.raw(name).to_owned())
            .unwrap_or_default();
        let written = node.child_by_field_name("value");
        let value = written
            .map(|value| self.reader().read(value))
            .unwrap_or_default();
        let span = self.reader().span(node.start_byte(), node.end_byte());
        let owner = match self.frames.last().map(|frame| &frame.kind) {
            Some(FrameKind::Command { id }) => Some(*id),
            _ => None,
        };
        let keyword = owner
            .and_then(|id| self.builder.script.commands.get(id))
            .and_then(|command| command.words.first())
            .map(|word| word.text.clone());
        let prefix_of = owner.filter(|_| keyword.is_none());
        if prefix_of.is_none() {
            let appends = self
                .raw(node)
                .get(name.len()..)
                .is_some_and(|r| r.starts_with('+'));
            // What is built up from itself could grow without end.
            let known = !appends && value.is_known() && value.text.len() <= LONGEST_VALUE;
            let known = known.then(|| value.text.clone());
            let list = written.filter(|value| self.grammar.kind(*value) == Kind::Array);
            self.phrase(list, &name, &value, known.is_some(), appends);
            self.builder.variables.set(name.clone(), known);
        }
        self.builder.script.assignments.push(Assignment {
            name,
            value,
            span,
            exported: prefix_of.is_some() || keyword.as_deref() == Some("export"),
            prefix_of,
            before: self.builder.script.commands.len(),
        });
        FrameKind::Assignment {
            index: self.builder.script.assignments.len() - 1,
        }
    }

    /// Notes the words of an array, and of a text that is known in part.
    fn phrase(
        &mut self,
        list: Option<Node<'_>>,
        name: &str,
        value: &Word,
        known: bool,
        appends: bool,
    ) {
        let words: Vec<Word> = if let Some(list) = list {
            let mut cursor = list.walk();
            let elements = list.named_children(&mut cursor).take(MOST_WORDS + 1);
            let elements = elements.map(|element| self.reader().read(element));
            elements.map(|word| phrase::element(name, word)).collect()
        } else if appends {
            let before = self.builder.variables.get(name).and_then(Option::as_deref);
            let mut words = phrase::known(name, before.unwrap_or_default());
            words.extend(self.builder.phrases.split(name, value));
            words
        } else if !known && value.text.contains(char::is_whitespace) {
            let words = self.builder.phrases.split(name, value);
            // What is one word, such as all that a command prints, is the variable itself.
            if words.len() > 1 { words } else { Vec::new() }
        } else {
            Vec::new()
        };
        self.builder.phrases.set(name, words, appends);
    }

    /// The variable of a loop holds each of several values, none of them empty.
    fn for_loop(&mut self, node: Node<'_>) -> FrameKind {
        if let Some(variable) = node.child_by_field_name("variable") {
            let name = self.raw(variable).to_owned();
            self.builder.script.tested.insert(name.clone());
            self.builder.phrases.forget(&name);
            self.builder.variables.set(name, None);
        }
        FrameKind::Plain
    }

    fn function(&mut self, node: Node<'_>) -> FrameKind {
        let name = node.child_by_field_name("name");
        let first = self.builder.script.commands.len();
        self.builder.script.functions.push(Function {
            name: name
                .map(|name| self.raw(name).to_owned())
                .unwrap_or_default(),
            first,
            end: first,
        });
        FrameKind::Function {
            index: self.builder.script.functions.len() - 1,
        }
    }

    fn redirected(&mut self) -> FrameKind {
        let context = self.builder.push_context(ContextKind::Redirected {
            redirects: Vec::new(),
            pipe: None,
        });
        self.builder.context = Some(context);
        FrameKind::Redirected {
            context,
            first: self.builder.script.commands.len(),
            heredoc: None,
        }
    }

    fn redirect(&mut self, node: Node<'_>) -> FrameKind {
        let descriptor = node
            .child_by_field_name("descriptor")
            .and_then(|fd| self.raw(fd).parse().ok());
        let mut kind = RedirectKind::HereString;
        let mut targets = Vec::new();
        let mut cursor = node.walk();
        for child in node.children(&mut cursor) {
            match child.kind() {
                "<" => kind = RedirectKind::Input,
                ">>" | "&>>" => kind = RedirectKind::Output { append: true },
                ">" | ">|" | "&>" => kind = RedirectKind::Output { append: false },
                // A word after `>&` is a file; a number is a copy of a descriptor, and no file.
                ">&" if child.next_named_sibling().is_some_and(|to| {
                    !self
                        .raw(to)
                        .starts_with(|c: char| c.is_ascii_digit() || "-$".contains(c))
                }) =>
                {
                    kind = RedirectKind::Output { append: false };
                }
                ">&" | "<&" | ">&-" | "<&-" => return FrameKind::Plain,
                "file_descriptor" | "<<<" => {}
                _ => targets.push(self.reader().read(child)),
            }
        }
        // The grammar takes the words after the file for more files.
        let mut targets = targets.into_iter();
        let target = targets.next().unwrap_or_default();
        if let Some(FrameKind::Redirected { first, .. }) = self.nearest_redirected() {
            let id = *first;
            for word in targets {
                self.push_word(id, word);
            }
        }
        self.add_redirect(Redirect {
            kind,
            descriptor,
            target,
        })
    }

    fn nearest_redirected(&self) -> Option<&FrameKind> {
        self.frames
            .iter()
            .rev()
            .map(|frame| &frame.kind)
            .find(|kind| !matches!(kind, FrameKind::Plain | FrameKind::Redirect { .. }))
            .filter(|kind| matches!(kind, FrameKind::Redirected { .. }))
    }

    /// What follows `&&` after a heredoc's name does not read the heredoc.
    fn leave_redirected(&mut self) {
        if let Some(FrameKind::Redirected { context, .. }) = self.nearest_redirected() {
            let found = self.builder.script.contexts.get(*context);
            self.builder.context = found.and_then(|context| context.parent);
        }
    }

    fn add_redirect(&mut self, redirect: Redirect) -> FrameKind {
        let index = self.builder.script.redirects.len();
        self.builder.script.redirects.push(redirect);
        if let Some(FrameKind::Command { id }) = self.frames.last().map(|frame| &frame.kind) {
            if let Some(command) = self.builder.script.commands.get_mut(*id) {
                command.redirects.push(index);
            }
        } else if let Some(FrameKind::Redirected { context, .. }) = self.nearest_redirected() {
            let context = *context;
            let found = self.builder.script.contexts.get_mut(context);
            if let Some(ContextKind::Redirected { redirects, .. }) = found.map(|c| &mut c.kind) {
                redirects.push(index);
            }
        }
        FrameKind::Redirect { index }
    }

    fn heredoc(&mut self, node: Node<'_>) -> FrameKind {
        let mut cursor = node.walk();
        let body = node
            .children(&mut cursor)
            .find(|child| child.kind() == "heredoc_body");
        let range = body.map_or(node.end_byte()..node.end_byte(), |body| body.byte_range());
        let span = crate::model::Span::from_usize(range.start, range.end);
        let text = self.text.slice(span);
        let frame = self.add_redirect(Redirect {
            kind: RedirectKind::HereDoc,
            descriptor: None,
            target: Word::verbatim(&text),
        });
        if let FrameKind::Redirect { index } = frame
            && let Some(FrameKind::Redirected { heredoc, .. }) =
                self.frames.last_mut().map(|frame| &mut frame.kind)
        {
            *heredoc = Some((index, text));
        }
        frame
    }

    fn pipeline(&mut self, node: Node<'_>) -> FrameKind {
        let index = self.builder.script.pipelines.len();
        let mut pipeline = Pipeline {
            span: self.reader().span(node.start_byte(), node.end_byte()),
            elements: Vec::new(),
            pipefail: self.builder.settings.pipefail,
        };
        // `cat <<EOF | sh`: the pipe hangs on the heredoc, and its first element is the statement
        // that carries the heredoc.
        let tail = node.child(0).is_some_and(|child| !child.is_named());
        let redirected = |frame: &Frame| match &frame.kind {
            FrameKind::Redirected { context, first, .. } => Some((*context, *first)),
            _ => None,
        };
        if let Some((context, first)) = tail
            .then(|| self.frames.iter().rev().find_map(redirected))
            .flatten()
        {
            pipeline
                .elements
                .push((first, self.builder.script.commands.len()));
            let found = self.builder.script.contexts.get_mut(context);
            self.builder.context = found.as_ref().and_then(|found| found.parent);
            if let Some(ContextKind::Redirected { pipe, .. }) = found.map(|c| &mut c.kind) {
                *pipe = Some(index);
            }
        }
        self.builder.script.pipelines.push(pipeline);
        FrameKind::Pipeline { index }
    }

    fn substitution(&mut self, node: Node<'_>, kind: Kind, field: u16) -> FrameKind {
        let process = kind == Kind::Process;
        // It may be a whole word of a command, or stand somewhere inside one.
        let word = self.word(node, kind, field);
        let output = std::iter::once(&word)
            .chain(self.frames.iter().rev().map(|frame| &frame.kind))
            .find_map(|kind| match kind {
                FrameKind::Word { command, word } => Some(Output::Word {
                    command: *command,
                    word: *word,
                    process,
                }),
                FrameKind::Assignment { index } => Some(Output::Variable { assignment: *index }),
                FrameKind::Redirect { index } => Some(Output::Input { redirect: *index }),
                FrameKind::Plain => None,
                _ => Some(Output::Elsewhere),
            })
            .unwrap_or(Output::Elsewhere);
        let context = self.builder.push_context(ContextKind::Substitution(output));
        self.builder.context = Some(context);
        FrameKind::Subshell {
            cwd: self.builder.cwd.clone(),
        }
    }

    fn leave(&mut self, node: Node<'_>) {
        let Some(frame) = self.frames.pop() else {
            return;
        };
        // Whatever ends, the element of the pipeline around it reaches to here.
        self.builder.context = frame.outside;
        match frame.kind {
            FrameKind::Command { id } => self.finish_command(id),
            FrameKind::Redirected {
                first,
                heredoc: Some((_, body)),
                ..
            } => self.finish_heredoc(first, &body),
            FrameKind::Subshell { cwd } => self.builder.cwd = cwd,
            FrameKind::Function { index } => {
                let end = self.builder.script.commands.len();
                if let Some(function) = self.builder.script.functions.get_mut(index) {
                    function.end = end;
                }
            }
            _ => {}
        }
        if node.is_named()
            && let Some(Frame {
                kind: FrameKind::Pipeline { index },
                ..
            }) = self.frames.last()
        {
            let end = self.builder.script.commands.len();
            if let Some(element) = self
                .builder
                .script
                .pipelines
                .get_mut(*index)
                .and_then(|pipeline| pipeline.elements.last_mut())
            {
                element.1 = end;
            }
        }
    }

    fn finish_command(&mut self, id: usize) {
        self.builder.name(id);
        self.builder.effects(id);
        self.builder.actions_of_find(id);
        let Some(command) = self.builder.script.commands.get(id) else {
            return;
        };
        let words = match command.shell_string() {
            Some(index) => command.words.get(index..=index),
            None if command.name == "eval" => Some(command.args()),
            None => None,
        };
        let Some(words) = words.filter(|words| !words.is_empty()) else {
            return;
        };
        let mut text = Mapped::new();
        for word in words {
            if !text.is_empty() {
                text.push_for(" ", word.span);
            }
            self.unquoted(word, &mut text);
        }
        self.builder.nested(&text, id, ContextKind::Nested);
    }

    /// The text of a word as the shell that runs it sees it. Variables stay variables; what a
    /// substitution would put in is not known and becomes one that is never set.
    fn unquoted(&self, word: &Word, into: &mut Mapped) {
        for part in &word.parts {
            match &part.kind {
                PartKind::Literal => {
                    let span = crate::model::Span::from_usize(part.at, part.at + part.text.len());
                    into.append_mapped(&self.text.slice(span));
                }
                PartKind::Variable { .. } => into.push_for(&part.text, part.span),
                _ if word.parts.len() == 1 => {}
                _ => into.push_for("${_}", part.span),
            }
        }
    }

    /// Runs the body of a heredoc that a shell reads: `bash <<EOF`, `cat <<EOF | sh`.
    fn finish_heredoc(&mut self, first: usize, body: &Mapped) {
        let script = &self.builder.script;
        let reads = |id: &usize| script.commands.get(*id).is_some_and(|c| c.reads_script());
        let reader = Some(first).filter(|id| reads(id)).or_else(|| {
            let command = script.commands.get(first).filter(|c| c.name == "cat")?;
            let Output::Pipe { pipeline, index } = script.output(command) else {
                return None;
            };
            let ids = script.element(pipeline, index).iter().map(|c| c.id);
            ids.into_iter().find(|id| reads(id))
        });
        if let Some(id) = reader {
            self.builder.nested(body, id, ContextKind::Input);
        }
    }
}

/// The names after each `$` and `${` of a text.
fn variables_in(text: &str) -> impl Iterator<Item = &str> {
    text.split('$').skip(1).map(|rest| {
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        let end = rest
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        rest.get(..end).unwrap_or_default()
    })
}
