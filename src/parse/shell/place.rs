use super::{Command, Redirect, RedirectKind, Script};
use crate::model::Span;

/// How many levels around a command are looked at: no text that a person wrote has more.
const CLIMB: usize = 256;

/// A pipeline and which commands each of its elements holds.
#[derive(Debug, Default)]
pub struct Pipeline {
    pub span: Span,
    /// First and one past the last command of each element.
    pub elements: Vec<(usize, usize)>,
    /// True where a failure of any element is the failure of all.
    pub pipefail: bool,
}

/// Where a command stands. Contexts form a tree; a command knows its innermost one.
#[derive(Debug)]
pub(super) struct Context {
    pub parent: Option<usize>,
    pub kind: ContextKind,
}

#[derive(Debug)]
pub(super) enum ContextKind {
    /// Element `index` of a pipeline.
    Element { pipeline: usize, index: usize },
    /// A command or block with redirections; `| command` may follow a heredoc.
    Redirected {
        redirects: Vec<usize>,
        pipe: Option<usize>,
    },
    /// The left side of `||`, where the right side forgets the failure.
    Left { forgiven: bool },
    /// What an `if` or a loop asks.
    Condition,
    /// Inside `$(...)`, `<(...)` or backticks.
    Substitution(Output),
    /// Inside a text that a command runs (`sh -c`, `eval`), where that command stands.
    Nested,
    /// The same, where the command reads the text from its standard input.
    Input,
}

/// Where the standard output of a command goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// To where the script's own goes.
    Inherited,
    /// Into element `index` of a pipeline.
    Pipe { pipeline: usize, index: usize },
    /// Into a file; the index of the redirection.
    File { redirect: usize },
    /// Into a word of a command, as text (`$(...)`) or as the name of a pipe (`<(...)`).
    Word {
        command: usize,
        word: usize,
        process: bool,
    },
    /// Into a variable; the index of the assignment.
    Variable { assignment: usize },
    /// Into the standard input of what carries this redirection (`< <(...)`, `<<< "$(...)"`).
    Input { redirect: usize },
    /// Into a condition or another place that is not followed.
    Elsewhere,
}

impl Script {
    fn ancestors(&self, command: &Command) -> impl Iterator<Item = &Context> {
        let mut at = Some(command.context);
        let climb = std::iter::from_fn(move || {
            let context = self.contexts.get(at?)?;
            at = context.parent;
            Some(context)
        });
        climb.take(CLIMB)
    }

    /// Where a command's standard output goes.
    pub fn output(&self, command: &Command) -> Output {
        if let Some(redirect) = self.stdout_of(&command.redirects) {
            return Output::File { redirect };
        }
        for context in self.ancestors(command) {
            match &context.kind {
                ContextKind::Element { pipeline, index } => {
                    let elements = self
                        .pipelines
                        .get(*pipeline)
                        .map_or(0, |p| p.elements.len());
                    if index + 1 < elements {
                        return Output::Pipe {
                            pipeline: *pipeline,
                            index: index + 1,
                        };
                    }
                }
                ContextKind::Redirected { redirects, pipe } => {
                    if let Some(redirect) = self.stdout_of(redirects) {
                        return Output::File { redirect };
                    }
                    if let Some(pipeline) = pipe {
                        return Output::Pipe {
                            pipeline: *pipeline,
                            index: 1,
                        };
                    }
                }
                ContextKind::Substitution(output) => return output.clone(),
                ContextKind::Left { .. }
                | ContextKind::Condition
                | ContextKind::Nested
                | ContextKind::Input => {}
            }
        }
        Output::Inherited
    }

    /// True where what a command says of errors and progress goes to a file.
    pub fn saves_errors(&self, command: &Command) -> bool {
        let around = self
            .ancestors(command)
            .filter_map(|context| match &context.kind {
                ContextKind::Redirected { redirects, .. } => Some(redirects.iter()),
                _ => None,
            });
        std::iter::once(command.redirects.iter())
            .chain(around)
            .flatten()
            .filter_map(|index| self.redirects.get(*index))
            .any(|redirect| {
                matches!(redirect.kind, RedirectKind::Output { .. })
                    && redirect.descriptor == Some(2)
            })
    }

    fn stdout_of(&self, redirects: &[usize]) -> Option<usize> {
        redirects
            .iter()
            .rev()
            .copied()
            .find(|index| self.redirects.get(*index).is_some_and(Redirect::is_stdout))
    }

    /// The redirections of standard input that reach a command: its own, then those of the blocks
    /// around it.
    pub fn inputs<'a>(
        &'a self,
        command: &'a Command,
    ) -> impl Iterator<Item = (usize, &'a Redirect)> {
        // A pipe, or a script that comes from the same place, hides what is around it.
        let around = self
            .ancestors(command)
            .take_while(|context| match context.kind {
                ContextKind::Element { index, .. } => index == 0,
                ContextKind::Input => false,
                _ => true,
            })
            .filter_map(|context| match &context.kind {
                ContextKind::Redirected { redirects, .. } => Some(redirects.iter()),
                _ => None,
            });
        command
            .redirects
            .iter()
            .chain(around.flatten())
            .filter_map(|index| Some((*index, self.redirects.get(*index)?)))
            .filter(|(_, redirect)| redirect.is_stdin())
    }

    /// The commands whose standard output goes to the same place as what element `index` writes.
    pub fn element(&self, pipeline: usize, index: usize) -> &[Command] {
        self.pipelines
            .get(pipeline)
            .and_then(|p| p.elements.get(index))
            .and_then(|(first, end)| self.commands.get(*first..*end))
            .unwrap_or_default()
    }

    /// True where the failure of a command is forgotten on purpose: `|| true`, or an earlier
    /// element of a pipe without `pipefail`.
    pub fn is_forgiven(&self, command: &Command) -> bool {
        self.ancestors(command).any(|context| match &context.kind {
            ContextKind::Left { forgiven } => *forgiven,
            ContextKind::Element { pipeline, index } => self
                .pipelines
                .get(*pipeline)
                .is_some_and(|p| !p.pipefail && index + 1 < p.elements.len()),
            _ => false,
        })
    }

    /// True where the failure of a command is forgotten by `|| true` or its like.
    pub fn is_forgiven_by_list(&self, command: &Command) -> bool {
        self.ancestors(command)
            .any(|context| matches!(context.kind, ContextKind::Left { forgiven: true }))
    }

    /// True where the text itself asks whether a command failed: before `||`, or as a condition.
    pub fn is_handled(&self, command: &Command) -> bool {
        self.ancestors(command).any(|context| {
            matches!(
                context.kind,
                ContextKind::Left { .. } | ContextKind::Condition
            )
        })
    }

    /// True where it stands in a text that another command runs.
    pub fn is_nested(&self, command: &Command) -> bool {
        self.ancestors(command).any(|context| {
            let is_text = matches!(context.kind, ContextKind::Nested | ContextKind::Input);
            is_text && context.parent.is_some()
        })
    }

    /// The pipeline that a command is an element of, innermost first, and which element.
    pub fn pipe(&self, command: &Command) -> Option<(&Pipeline, usize)> {
        self.ancestors(command)
            .find_map(|context| match &context.kind {
                ContextKind::Element { pipeline, index } => {
                    Some((self.pipelines.get(*pipeline)?, *index))
                }
                _ => None,
            })
    }
}
