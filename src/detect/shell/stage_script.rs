use std::collections::HashMap;
use std::rc::Rc;

use super::fetch::Url;
use super::{Download, Flow, Placed, Written, removal};
use crate::model::Span;
use crate::parse::dockerfile::{
    Base, Body, Command, Dialect, Dockerfile, Flag, Instruction, Keyword, Origin, Pair, Stage, Word,
};
use crate::parse::shell::{
    Builder, Command as ShellCommand, LONGEST_FOLDER, Layers, Script, Settings, Variables,
};

/// Most downloads that the stages of one file take over from each other.
const INHERITED: usize = 5000;

/// All that the instructions of one stage run and write.
#[derive(Debug)]
pub struct StageScript {
    pub script: Script,
    /// For each unit of the script, the place of its instruction in the file.
    pub units: Vec<usize>,
    /// The places, in the script, of the commands that delete.
    pub removals: Vec<usize>,
    /// Files that COPY and ADD write from here-documents.
    pub written: Vec<Written>,
    /// Shell scripts among them: what they run, they run in the container or in a later step.
    pub wrappers: Vec<Script>,
    pub flow: Flow,
}

/// What the stages of a file run, in order.
pub fn stage_scripts(file: &Dockerfile) -> Vec<StageScript> {
    let mut builder = Builder::default();
    let mut stages = Stages::new(file);
    for stage in &file.stages {
        builder = stages.read(stage, builder);
    }
    stages.done
}

/// Reads the stages of a file, in order.
struct Stages<'f> {
    file: &'f Dockerfile,
    globals: Globals,
    done: Vec<StageScript>,
    /// What each of them hands on to those that begin with it.
    endings: Vec<Ending>,
    inherited: usize,
}

/// The arguments before the first stage.
type Globals = HashMap<String, Option<String>>;

/// The state that instructions leave behind: of this build, and of builds that begin with it.
#[derive(Default)]
struct Ending {
    direct: State,
    triggered: State,
}

struct State {
    variables: Rc<Variables>,
    /// Those that ENV has set in this stage or one that it stands on: no ARG changes them.
    fixed: Rc<Layers<()>>,
    cwd: String,
    settings: Settings,
}

impl<'f> Stages<'f> {
    fn new(file: &'f Dockerfile) -> Self {
        let mut globals = Globals::new();
        for instruction in file.instructions.iter().filter(|i| i.stage.is_none()) {
            if let Body::Arg(pairs) = &instruction.body {
                globals.extend(pairs.iter().map(known));
            }
        }
        Self {
            file,
            globals,
            done: Vec::new(),
            endings: Vec::new(),
            inherited: 0,
        }
    }

    /// Collects all that the instructions of the next stage do; returns the builder for the stage
    /// after it.
    fn read(&mut self, stage: &Stage, mut builder: Builder) -> Builder {
        let mut units = Vec::new();
        let mut placed = Vec::new();
        let mut written = Vec::new();
        let mut scripts = Vec::new();
        let mut ending = Ending::default();
        if let Base::Stage(parent) = stage.base {
            ending = self
                .endings
                .get(parent)
                .map(Ending::continued)
                .unwrap_or_default();
            placed.extend(self.taken(parent, 0, |path| Some(path.to_owned())));
        }
        let first = stage.instructions.start;
        let file = self.file;
        let instructions = file.instructions.get(stage.instructions.clone());
        for (at, instruction) in instructions.unwrap_or_default().iter().enumerate() {
            ending.apply(instruction, &self.globals);
            let state = match instruction.is_direct() {
                true => &ending.direct,
                false => &ending.triggered,
            };
            match &instruction.body {
                Body::Command(Command::Shell(script)) if !script.dialect.is_unix_shell() => {}
                Body::Command(command) => {
                    units.push(first + at);
                    let unit = builder.next_unit();
                    for flag in instruction.flags.iter().filter(|flag| flag.name == "mount") {
                        placed.extend(self.mounted(stage, flag, unit));
                    }
                    let settings = match command {
                        Command::Shell(_) => state.settings,
                        Command::Exec(_) => Settings::default(),
                    };
                    builder.start_unit(Variables::above(&state.variables), &state.cwd, settings);
                    match command {
                        Command::Shell(script) if script.is_heredoc => builder.body(&script.text),
                        Command::Shell(script) => builder.text(&script.text),
                        Command::Exec(words) => builder.argv(words),
                    }
                    builder.end_unit();
                }
                Body::Transfer {
                    sources,
                    destination,
                } => {
                    let unit = builder.next_unit();
                    let to = absolute(&state.cwd, destination.text());
                    written.extend(instruction.heredocs.iter().map(|heredoc| {
                        let text = crate::parse::shell::Word::verbatim(&heredoc.body);
                        Written::new(inside(&to, &heredoc.name), text)
                    }));
                    scripts.extend(instruction.heredocs.iter().filter(|heredoc| {
                        let shebang = Dialect::of_shebang(heredoc.body.as_str());
                        let name = inside(&to, &heredoc.name);
                        shebang.map_or(name.ends_with(".sh"), Dialect::is_unix_shell)
                    }));
                    match instruction
                        .flag("from")
                        .and_then(|flag| flag.value.as_ref())
                    {
                        Some(from) => {
                            if let Origin::Stage(from) = file.origin(stage.index, from) {
                                for source in sources {
                                    let source = absolute("/", source.text());
                                    let copied = |path: &str| copied(path, &source, &to);
                                    placed.extend(self.taken(from, unit, copied));
                                }
                            }
                        }
                        None => placed.extend(added(instruction, sources, unit, &to)),
                    }
                }
                _ => {}
            }
        }
        let (script, mut clock) = builder.finish();
        let mut wrappers = Vec::new();
        for heredoc in scripts {
            let mut builder = Builder::with(clock);
            builder.text(&heredoc.body);
            let (wrapper, left) = builder.finish();
            wrappers.push(wrapper);
            clock = left;
        }
        let removals = script.named(removal::PROGRAMS).map(|command| command.id);
        let removals = removals.collect();
        let flow = Flow::of(&script, placed);
        self.done.push(StageScript {
            script,
            units,
            removals,
            written,
            wrappers,
            flow,
        });
        self.endings.push(ending);
        Builder::with(clock)
    }

    /// The downloads that a mount of an earlier stage shows.
    fn mounted(&mut self, stage: &Stage, flag: &Flag, unit: usize) -> Vec<Placed> {
        let from = flag
            .option("from")
            .map(|from| self.file.origin(stage.index, &from));
        let Some(Origin::Stage(from)) = from else {
            return Vec::new();
        };
        let named = |names: &[&str]| {
            let word = names.iter().find_map(|name| flag.option(name));
            word.map(|word| word.text().to_owned())
        };
        let source = absolute("/", &named(&["source", "src"]).unwrap_or_default());
        let target = named(&["target", "dst", "destination"]).unwrap_or_default();
        self.taken(from, unit, |path| copied(path, &source, &target))
    }

    /// The downloads that lie in an earlier stage, where `to` says that they are then.
    fn taken(
        &mut self,
        stage: usize,
        unit: usize,
        to: impl Fn(&str) -> Option<String>,
    ) -> Vec<Placed> {
        let Some(flow) = self.done.get(stage).map(|done| &done.flow) else {
            return Vec::new();
        };
        let files = flow.files.iter().filter_map(|(path, holders)| {
            let path = to(path)?;
            Some(holders.iter().map(move |index| (path.clone(), *index)))
        });
        let placed: Vec<_> = files
            .flatten()
            .take(INHERITED.saturating_sub(self.inherited))
            .filter_map(|(path, index)| {
                Some(Placed {
                    unit,
                    path,
                    download: flow.downloads.get(index)?.inherited(),
                })
            })
            .collect();
        self.inherited += placed.len();
        placed
    }
}

impl StageScript {
    /// The commands that delete, in order.
    pub fn removals(&self) -> impl Iterator<Item = &ShellCommand> {
        let commands = &self.script.commands;
        self.removals.iter().filter_map(|id| commands.get(*id))
    }
}

impl Default for State {
    fn default() -> Self {
        Self {
            variables: Rc::default(),
            fixed: Rc::default(),
            // What an image that sets none begins with.
            cwd: "/".to_owned(),
            settings: Settings::default(),
        }
    }
}

impl Ending {
    /// What a stage that begins with this one begins with.
    fn continued(&self) -> Self {
        Self {
            direct: self.direct.continued(),
            triggered: self.triggered.continued(),
        }
    }

    fn apply(&mut self, instruction: &Instruction, globals: &Globals) {
        if instruction.is_direct() {
            self.direct.apply(instruction, globals);
        }
        self.triggered.apply(instruction, globals);
    }
}

impl State {
    fn continued(&self) -> Self {
        Self {
            variables: Rc::new(Layers::above(&self.variables)),
            fixed: Rc::new(Layers::above(&self.fixed)),
            cwd: self.cwd.clone(),
            settings: self.settings,
        }
    }

    fn apply(&mut self, instruction: &Instruction, globals: &Globals) {
        match &instruction.body {
            Body::Env(pairs) => {
                let variables = Rc::make_mut(&mut self.variables);
                let fixed = Rc::make_mut(&mut self.fixed);
                for (name, value) in pairs.iter().map(known) {
                    fixed.set(name.clone(), ());
                    variables.set(name, value);
                }
            }
            Body::Arg(pairs) => {
                let variables = Rc::make_mut(&mut self.variables);
                for pair in pairs {
                    let (name, mut value) = known(pair);
                    if pair.value.is_none() {
                        value = globals.get(&name).cloned().flatten();
                    }
                    if self.fixed.get(&name).is_none() {
                        variables.set(name, value);
                    }
                }
            }
            Body::Text(word) if instruction.keyword == Keyword::Workdir => {
                self.cwd = absolute(&self.cwd, word.text());
            }
            Body::Shell(words) => {
                let options = words.iter().skip(1).map(|word| word.as_str());
                self.settings = Settings::default().after(options);
            }
            _ => {}
        }
    }
}

fn known(pair: &Pair) -> (String, Option<String>) {
    let value = pair.value.as_ref().and_then(|v| v.value.known());
    (pair.name.text().to_owned(), value.map(str::to_owned))
}

/// What an ADD without a checksum downloads.
fn added(instruction: &Instruction, sources: &[Word], unit: usize, to: &str) -> Vec<Placed> {
    if instruction.keyword != Keyword::Add || instruction.has_flag("checksum") {
        return Vec::new();
    }
    let downloads = sources.iter().filter(|source| {
        let scheme = ["http://", "https://", "ftp://"];
        scheme.iter().any(|s| source.text().starts_with(s))
    });
    downloads
        .map(|source| {
            let url = source.text().split(['?', '#']).next().unwrap_or_default();
            let name = url.rsplit('/').next().unwrap_or_default();
            Placed {
                unit,
                path: inside(to, name),
                download: added_by(instruction.keyword_span, source),
            }
        })
        .collect()
}

fn added_by(program: Span, source: &Word) -> Download {
    let url = Url {
        text: source.text().to_owned(),
        span: source.span,
    };
    Download::new(Some(url), program, "ADD")
}

/// A path of an instruction: relative ones stand in the working directory.
fn absolute(cwd: &str, path: &str) -> String {
    if path.starts_with('/') || cwd.len() > LONGEST_FOLDER {
        return path.to_owned();
    }
    format!(
        "{}/{}",
        cwd.trim_end_matches('/'),
        path.trim_start_matches("./")
    )
}

/// Where a file of a name goes: the destination itself, or into it where that is a folder.
fn inside(destination: &str, name: &str) -> String {
    match destination.ends_with(['/', '.']) {
        true => format!("{}/{name}", destination.trim_end_matches(['/', '.'])),
        false => destination.to_owned(),
    }
}

/// Where a file is after a copy of `source` to `destination`; `None` where it is not copied.
fn copied(path: &str, source: &str, destination: &str) -> Option<String> {
    if path == source {
        return Some(inside(
            destination,
            path.rsplit('/').next().unwrap_or_default(),
        ));
    }
    // Of a pattern, the folder that it stands in.
    let folder = match source.find(['*', '?', '[']) {
        Some(at) => source.get(..at)?.rsplit_once('/')?.0,
        None => source.trim_end_matches('/'),
    };
    let rest = path.strip_prefix(folder)?.strip_prefix('/')?;
    Some(format!("{}/{rest}", destination.trim_end_matches('/')))
}

#[cfg(test)]
mod tests {
    use super::{absolute, copied, inside};

    #[test]
    fn files_are_found_where_a_copy_puts_them() {
        assert_eq!(copied("/a/b", "/a/b", "/c").as_deref(), Some("/c"));
        assert_eq!(copied("/a/b", "/a/b", "/c/").as_deref(), Some("/c/b"));
        assert_eq!(copied("/a/b/c", "/a", "/d").as_deref(), Some("/d/b/c"));
        assert_eq!(copied("/a/b", "/a/*", "/d/").as_deref(), Some("/d/b"));
        assert_eq!(copied("/ab", "/a", "/d"), None);
    }

    #[test]
    fn paths_stand_in_the_working_directory() {
        assert_eq!(absolute("/app", "./x"), "/app/x");
        assert_eq!(absolute("/", "x"), "/x");
        assert_eq!(inside("/app/.", "x"), "/app/x");
        assert_eq!(inside("/app", "x"), "/app");
    }
}
