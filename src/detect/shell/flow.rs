//! Follows what is downloaded to what it becomes: verified, executed, unpacked, installed.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::call::Locals;
use super::fetch::{self, Url};
use super::program::{self, Use};
use super::variable_of;
use super::verification;
use crate::detect::Reported;
use crate::model::Span;
use crate::parse::shell::{Command, Function, Output, PartKind, RedirectKind, Script, Word};

/// Something that is downloaded.
#[derive(Clone, Debug)]
pub struct Download {
    pub url: Option<Url>,
    /// The program that downloads it.
    pub program: Span,
    pub program_name: String,
    pub uses: Vec<Usage>,
    pub verified: bool,
    /// The word that names the file it is saved in.
    pub saved: Option<Span>,
    /// Where somebody compared it, but went on whatever came out.
    pub ignored_check: Option<Span>,
}

impl Download {
    pub fn new(url: Option<Url>, program: Span, program_name: &str) -> Self {
        Self {
            url,
            program,
            program_name: program_name.to_owned(),
            uses: Vec::new(),
            verified: false,
            saved: None,
            ignored_check: None,
        }
    }

    /// The same download as a later stage finds it.
    pub(super) fn inherited(&self) -> Self {
        let mut download = self.clone();
        for usage in &mut download.uses {
            usage.inherited = true;
        }
        download
    }

    /// How messages name where it comes from.
    pub fn origin(&self) -> String {
        match &self.url {
            Some(url) => url.shown(),
            None => "a computed address".to_owned(),
        }
    }

    /// Adds the steps from where it comes from to a use of it.
    pub fn trace<'r>(&self, reported: Reported<'r>, usage: &Usage, end: &str) -> Reported<'r> {
        let reported = match &self.url {
            Some(url) => reported.step(url.span, "comes from here"),
            None => reported.step(self.program, "downloaded here"),
        };
        let reported = match self.saved {
            Some(saved) if saved != usage.span => reported.step(saved, "saved here"),
            _ => reported,
        };
        match self.ignored_check {
            Some(check) => reported.step(check, "compared here, but a failure changes nothing"),
            None => reported,
        }
        .step(usage.span, end)
    }

    /// From here on it is what it should be; to be executable before has not hurt anybody.
    fn is_compared(&mut self) {
        self.verified = true;
        for usage in &mut self.uses {
            usage.verified |= matches!(usage.kind, UsageKind::Used(Use::MakeExecutable));
        }
    }

    /// The first unverified use that runs it as a script.
    pub fn script_run(&self) -> Option<&Usage> {
        let is_script = is_script(self.url.as_ref().map(|url| url.text.as_str()));
        self.uses.iter().find(|usage| {
            !usage.verified
                && match usage.kind {
                    UsageKind::Interpreted { .. } => true,
                    UsageKind::Run => is_script,
                    _ => false,
                }
        })
    }

    /// True where it is one and the same.
    fn is(&self, other: &Self) -> bool {
        let place = |download: &Self| download.url.as_ref().map(|url| url.span);
        self.program == other.program && place(self) == place(other)
    }
}

/// What is done with it, in the order of the text, and whether it was verified before.
#[derive(Clone, Debug)]
pub struct Usage {
    pub kind: UsageKind,
    /// The word that does it.
    pub span: Span,
    /// The program that does it, or the file's own name.
    pub program: String,
    pub verified: bool,
    /// True where an earlier stage did it, and has reported it.
    pub inherited: bool,
    /// The command, for rules that look around it.
    pub command: usize,
}

impl Usage {
    /// How messages name the program that does it.
    pub fn runner(&self) -> &str {
        match self.program.as_str() {
            "." => "the shell",
            program => program,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsageKind {
    /// Read by an interpreter: piped, substituted, or as a file.
    Interpreted {
        piped: bool,
    },
    /// Run itself.
    Run,
    Used(Use),
    /// Taken as a key that other things are trusted by.
    Trusted,
}

fn is_script(url: Option<&str>) -> bool {
    let path = url
        .and_then(|url| url.split(['?', '#']).next())
        .unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or_default();
    [".sh", ".bash", ".py", ".pl", ".rb", ".js"]
        .iter()
        .any(|end| name.ends_with(end))
        || matches!(
            name,
            "install" | "setup" | "bootstrap" | "installer" | "get"
        )
}

/// Every download of a script with its uses.
#[derive(Debug, Default)]
pub struct Flow {
    pub downloads: Vec<Download>,
    /// Files and folders that hold downloads at the end, by path.
    pub files: BTreeMap<String, Vec<usize>>,
}

/// A file that is there before some command: what ADD put into an image, or what an earlier stage
/// downloaded.
#[derive(Debug)]
pub struct Placed {
    /// The unit before whose commands it appears.
    pub unit: usize,
    pub path: String,
    pub download: Download,
}

impl Flow {
    pub fn of(script: &Script, placed: Vec<Placed>) -> Self {
        let mut tracer = Tracer {
            script,
            called: called_functions(script),
            flow: Self::default(),
            seen: HashSet::new(),
            checks: 0,
            lookups: 0,
            calls: 0,
            variables: HashMap::new(),
        };
        let mut placed = placed.into_iter().peekable();
        for command in &script.commands {
            while let Some(file) = placed.next_if(|file| file.unit <= command.unit) {
                tracer.place(file);
            }
            // The text of a function that is called runs where it is called.
            if !tracer
                .called
                .iter()
                .any(|f| (f.first..f.end).contains(&command.id))
            {
                tracer.command(command, 0);
            }
        }
        for file in placed {
            tracer.place(file);
        }
        tracer.flow
    }
}

/// The functions that the script itself calls.
fn called_functions(script: &Script) -> Vec<&Function> {
    if script.functions.is_empty() {
        return Vec::new();
    }
    let names: HashSet<&str> = script.commands.iter().map(|c| c.name.as_str()).collect();
    let functions = script.functions.iter();
    functions
        .filter(|function| names.contains(function.name.as_str()))
        .take(FUNCTIONS)
        .collect()
}

struct Tracer<'s> {
    script: &'s Script,
    called: Vec<&'s Function>,
    flow: Flow,
    variables: HashMap<&'s str, usize>,
    /// Which download has been seen by which command.
    seen: HashSet<(usize, usize)>,
    checks: usize,
    lookups: usize,
    calls: usize,
}

/// Bounds that no text of a person comes near: downloads, verifications and searches for readers.
const DOWNLOADS: usize = 1000;
const CHECKS: usize = 2000;
const LOOKUPS: usize = 50;
/// Downloads that one file or folder holds.
const HOLDERS: usize = 100;
const FUNCTIONS: usize = 50;
/// Commands of functions that are followed once more, and how deep calls are followed.
const CALLS: usize = 2000;
const DEPTH: usize = 4;

impl<'s> Tracer<'s> {
    fn place(&mut self, file: Placed) {
        let downloads = &mut self.flow.downloads;
        let index = match downloads.iter().position(|known| known.is(&file.download)) {
            Some(index) => index,
            None if downloads.len() >= DOWNLOADS => return,
            None => {
                downloads.push(file.download);
                downloads.len() - 1
            }
        };
        self.taint(file.path, index);
    }

    fn taint(&mut self, path: String, index: usize) {
        if path.starts_with("/dev/") || path.is_empty() || path == "-" || path.ends_with("/-") {
            return;
        }
        let holds = self.flow.files.entry(path).or_default();
        if holds.len() < HOLDERS && !holds.contains(&index) {
            holds.push(index);
        }
    }

    fn command(&mut self, command: &Command, depth: usize) {
        if let Some(url) = program::fetched_and_run(command) {
            let program = command.program_span();
            let mut download = Download::new(url, program, &command.name);
            download.uses.push(Usage {
                kind: UsageKind::Interpreted { piped: true },
                span: program,
                program: command.name.clone(),
                verified: false,
                inherited: false,
                command: command.id,
            });
            if self.flow.downloads.len() < DOWNLOADS {
                self.flow.downloads.push(download);
            }
            return;
        }
        let function = self.called.iter().find(|f| f.name == command.name).copied();
        match (function, fetch::fetch(command)) {
            (Some(function), _) if depth < DEPTH => self.call(function, command, depth),
            (_, Some(fetch)) => self.download(command, fetch),
            (_, None) => self.consume(command),
        }
    }

    /// Follows the commands of a function with the words that it is called with.
    fn call(&mut self, function: &Function, call: &Command, depth: usize) {
        self.calls += 1;
        if self.calls > CALLS {
            return;
        }
        let script = self.script;
        let body = script.commands.get(function.first..function.end);
        let locals = Locals::of(script, function, call);
        for command in body.unwrap_or_default() {
            self.calls += 1;
            if self.calls > CALLS {
                return;
            }
            self.command(&locals.filled(command), depth + 1);
        }
        // What is a function by name only, such as `verify`, may still do what its name says.
        if program::verifies(call) {
            self.verify(call);
        }
    }

    fn download(&mut self, command: &Command, fetch: fetch::Fetch) {
        // What is written over is a new download, whatever it was before.
        for file in &fetch.files {
            self.flow.files.remove(&command.path(file));
        }
        // A word without a scheme may be the value of an option that is not known here.
        let has_scheme = |url: &&Url| url.text.contains("://");
        let url = fetch
            .urls
            .iter()
            .find(has_scheme)
            .or(fetch.urls.first())
            .cloned();
        if url.as_ref().is_some_and(Url::is_local) || self.flow.downloads.len() >= DOWNLOADS {
            return;
        }
        let index = self.flow.downloads.len();
        let program = command.program_span();
        self.flow
            .downloads
            .push(Download::new(url, program, &command.name));
        if let Some(download) = self.flow.downloads.last_mut() {
            let named = command
                .args()
                .iter()
                .find(|word| fetch.files.contains(&word.text));
            download.saved = named.map(|word| word.span);
        }
        for file in fetch.files {
            self.taint(command.path(&file), index);
        }
        if fetch.to_stdout {
            self.follow(index, command, 0);
        }
    }

    fn note(&mut self, index: usize, kind: UsageKind, command: &Command, span: Span) {
        let span = self.place_of_use(command, span);
        if let Some(download) = self.flow.downloads.get_mut(index) {
            let verified = download.verified;
            download.uses.push(Usage {
                kind,
                span,
                program: command.name.clone(),
                verified,
                inherited: false,
                command: command.id,
            });
        }
    }

    /// Where a command of a function uses what a variable of the function holds: there, not where
    /// the variable is set. What is handed to the function is used where it is called.
    fn place_of_use(&self, command: &Command, span: Span) -> Span {
        let Some(written) = self.script.commands.get(command.id) else {
            return span;
        };
        let at = command.words.iter().position(|word| word.span == span);
        let word = at.filter(|_| written.words.len() == command.words.len());
        let word = word.and_then(|at| written.words.get(at));
        match word.and_then(|word| variable_of(word).map(|name| (word, name))) {
            Some((word, name)) if name.parse::<usize>().is_err() => word.span,
            _ => span,
        }
    }

    /// Follows a command's standard output. `hops` bounds how often it is passed on.
    fn follow(&mut self, index: usize, from: &Command, hops: u32) {
        if hops > 16 {
            return;
        }
        let script = self.script;
        match script.output(from) {
            Output::Pipe {
                pipeline,
                index: element,
            } => {
                for command in script.element(pipeline, element) {
                    self.receive(index, command, hops);
                }
            }
            Output::File { redirect } => {
                if let Some(redirect) = script.redirects.get(redirect) {
                    let path = from.path(&redirect.target.text);
                    self.taint(path, index);
                }
            }
            Output::Word {
                command,
                word,
                process,
            } => {
                if let Some(command) = script.commands.get(command) {
                    self.substitute(index, command, word, process, hops);
                }
            }
            Output::Variable { assignment } => {
                if let Some(assignment) = script.assignments.get(assignment)
                    && assignment.value.parts.len() == 1
                {
                    self.variables.insert(&assignment.name, index);
                }
            }
            Output::Input { redirect } if self.lookups < LOOKUPS => {
                self.lookups += 1;
                let readers = script
                    .commands
                    .iter()
                    .filter(|c| script.inputs(c).any(|(at, _)| at == redirect));
                for command in readers {
                    self.receive(index, command, hops);
                }
            }
            Output::Input { .. } | Output::Inherited | Output::Elsewhere => {}
        }
    }

    /// A command reads a download from its standard input.
    fn receive(&mut self, index: usize, command: &Command, hops: u32) {
        if !self.seen.insert((index, command.id)) {
            return;
        }
        let span = command.program_span();
        if program::runs_stdin(command) {
            self.note(index, UsageKind::Interpreted { piped: true }, command, span);
        } else if program::use_of(command) == Some(Use::Unpack) {
            self.note(index, UsageKind::Used(Use::Unpack), command, span);
            self.unpack(index, command);
        } else if trusts(command) {
            self.note(index, UsageKind::Trusted, command, span);
        } else if program::passes_on(command) {
            if command.name == "tee" {
                let files = command.args().iter().filter(|w| !w.text.starts_with('-'));
                for file in files {
                    self.taint(command.path(&file.text), index);
                }
            }
            self.follow(index, command, hops + 1);
        }
    }

    /// A download stands in a word of a command.
    fn substitute(
        &mut self,
        index: usize,
        command: &Command,
        word: usize,
        process: bool,
        hops: u32,
    ) {
        let Some(text) = command.words.get(word) else {
            return;
        };
        let span = command.program_span();
        if process {
            let is_script = program::script_argument(command).is_some_and(|w| w.span == text.span);
            if is_script {
                self.note(index, UsageKind::Interpreted { piped: true }, command, span);
            }
            return;
        }
        let leads = text.parts.first().is_some_and(|part| {
            matches!(
                part.kind,
                PartKind::Substitution | PartKind::Variable { .. }
            )
        });
        let runs = command.shell_string() == Some(word)
            || (command.name == "eval" && word == command.program + 1)
            || word == command.program
            || inline_program(command, text);
        if leads && runs {
            self.note(index, UsageKind::Interpreted { piped: true }, command, span);
        } else if matches!(command.name.as_str(), "echo" | "printf") {
            self.follow(index, command, hops + 1);
        }
    }

    /// A command that downloads nothing itself: what does it do with what is there?
    fn consume(&mut self, command: &Command) {
        if self.flow.files.is_empty() && self.variables.is_empty() {
            return;
        }
        self.use_variables(command);
        if program::verifies(command) {
            self.verify(command);
            return;
        }
        self.run_program(command);
        for (_, redirect) in self.script.inputs(command) {
            if redirect.kind == RedirectKind::Input {
                for index in self.holders(&command.path(&redirect.target.text)) {
                    self.receive(index, command, 0);
                }
            }
        }
        let script_word = program::script_argument(command);
        let usage = program::use_of(command);
        for word in command.args() {
            let found = self.holders(&command.path(&word.text));
            for index in found {
                if script_word.is_some_and(|script| script.span == word.span) {
                    let kind = UsageKind::Interpreted { piped: false };
                    self.note(index, kind, command, word.span);
                } else if let Some(usage) = usage {
                    self.note(index, UsageKind::Used(usage), command, word.span);
                    if usage == Use::Unpack {
                        self.unpack(index, command);
                    }
                } else if trusts(command) {
                    self.note(index, UsageKind::Trusted, command, word.span);
                } else {
                    self.move_on(index, command, word);
                }
            }
        }
    }

    /// Downloads that a path leads to: the file itself, or the folder it was unpacked into.
    fn holders(&self, path: &str) -> Vec<usize> {
        self.flow.files.get(path).cloned().unwrap_or_default()
    }

    fn use_variables(&mut self, command: &Command) {
        if self.variables.is_empty() {
            return;
        }
        for (at, word) in command.words.iter().enumerate().skip(command.program) {
            if let [part] = word.parts.as_slice()
                && let PartKind::Variable { name, .. } = &part.kind
                && let Some(index) = self.variables.get(name.as_str()).copied()
            {
                self.substitute(index, command, at, false, 0);
            }
        }
        let script = self.script;
        for (_, redirect) in script.inputs(command) {
            let holder = redirect
                .target
                .variables()
                .find_map(|name| self.variables.get(name).copied());
            if let Some(index) = holder {
                self.receive(index, command, 0);
            }
        }
    }

    fn run_program(&mut self, command: &Command) {
        let Some(word) = command.program_word() else {
            return;
        };
        let found = if word.text.contains('/') {
            self.holders(&command.path(&word.text))
        } else {
            let on_path = |path: &&String| {
                path.rsplit_once('/').is_some_and(|(folder, file)| {
                    file == word.text && (folder.ends_with("/bin") || folder.ends_with("/sbin"))
                })
            };
            self.flow
                .files
                .keys()
                .find(on_path)
                .map(|path| self.holders(path))
                .unwrap_or_default()
        };
        for index in found {
            self.note(index, UsageKind::Run, command, word.span);
        }
    }

    /// Copies, moves, links and unpacks make new names; a removed file is gone.
    fn move_on(&mut self, index: usize, command: &Command, word: &Word) {
        let path = command.path(&word.text);
        let last = command.args().last().filter(|last| last.span != word.span);
        match command.name.as_str() {
            "mv" | "cp" | "install" | "ln" => {
                let executable = command.name == "install";
                let target = command.options(crate::parse::shell::Syntax {
                    short: "tmogS",
                    long: &["target-directory", "mode", "owner", "group"],
                });
                let folder = target.get(&["t", "target-directory"]).and_then(|o| o.value);
                let Some(to) = folder.or(last.map(|w| w.text.as_str())) else {
                    return;
                };
                let to = command.path(to);
                let name = path.rsplit('/').next().unwrap_or_default();
                self.taint(format!("{}/{name}", to.trim_end_matches('/')), index);
                let in_bin = |path: &str| {
                    path.split('/')
                        .rev()
                        .take(2)
                        .any(|part| matches!(part, "bin" | "sbin"))
                };
                if executable && in_bin(&to) {
                    self.note(
                        index,
                        UsageKind::Used(Use::MakeExecutable),
                        command,
                        word.span,
                    );
                }
                self.taint(to, index);
            }
            "rm" => {
                self.flow.files.remove(&path);
            }
            "gunzip" | "unxz" | "bunzip2" | "unzstd" | "gzip" | "xz" | "bzip2" => {
                if let Some((stem, _)) = path.rsplit_once('.') {
                    self.taint(stem.to_owned(), index);
                }
                self.follow(index, command, 1);
            }
            _ if program::passes_on(command) => self.follow(index, command, 1),
            _ => {}
        }
    }

    fn unpack(&mut self, index: usize, command: &Command) {
        let options = command.options(crate::parse::shell::Syntax {
            short: "Cdf",
            long: &["directory", "file", "strip-components"],
        });
        let folder = options
            .get(&["C", "d", "directory"])
            .and_then(|option| option.value)
            .unwrap_or(".");
        let folder = command.path(folder);
        // `tar xz -C /usr/local/bin tool` names what it takes out.
        for word in &options.positional {
            if !word.text.contains("tar") && !word.text.contains(".zip") {
                self.taint(format!("{folder}/{}", word.text), index);
            }
        }
    }

    /// A checksum or signature is compared. Where it names files, those are verified; where it
    /// takes a list that is not seen, everything is.
    fn verify(&mut self, command: &Command) {
        self.checks += 1;
        if self.checks > CHECKS {
            return;
        }
        let script = self.script;
        let lists = verification::compares(command);
        let is_ignored =
            verification::decides(command) && verification::is_swallowed(script, command);
        // A sum that is only printed says nothing.
        let is_printed = script.output(command) == Output::Inherited;
        if verification::is_hasher(&command.name) && !lists && is_printed {
            return;
        }
        let mut texts: Vec<&str> = command.args().iter().map(|w| w.text.as_str()).collect();
        if let Some((pipeline, element)) = script.pipe(command) {
            let first = pipeline.elements.first().map_or(0, |(first, _)| *first);
            let end = pipeline
                .elements
                .get(element)
                .map_or(first, |(first, _)| *first);
            // What is compared stands right before the command that compares.
            let first = first.max(end.saturating_sub(8));
            let before = script.commands.get(first..end).unwrap_or_default();
            texts.extend(
                before
                    .iter()
                    .flat_map(|c| c.args())
                    .map(|w| w.text.as_str()),
            );
        }
        texts.extend(script.inputs(command).map(|(_, r)| r.target.text.as_str()));
        let mut named = Vec::new();
        for (path, holders) in &self.flow.files {
            let name = path.rsplit('/').next().unwrap_or(path);
            if texts.iter().any(|text| text.contains(name)) {
                named.extend(holders.iter().copied());
            }
        }
        let hashes =
            command.name.ends_with("sum") || matches!(command.name.as_str(), "cmp" | "diff");
        let computed = command.args().iter().any(|word| !word.is_known());
        // `-c SHA256SUMS`, which was downloaded itself, speaks of all.
        let is_list = lists
            && texts
                .iter()
                .any(|text| text.to_lowercase().contains("sums"));
        if is_list || named.is_empty() && (lists || computed || !hashes) {
            named = self.flow.files.values().flatten().copied().collect();
        }
        for index in named {
            if let Some(download) = self.flow.downloads.get_mut(index) {
                match is_ignored {
                    true => download.ignored_check = Some(command.program_span()),
                    false => download.is_compared(),
                }
            }
        }
    }
}

/// True for commands that take what they are given as a key to trust.
fn trusts(command: &Command) -> bool {
    match command.name.as_str() {
        "apt-key" => command.has_arg("add"),
        "gpg" | "gpg2" => command
            .args()
            .iter()
            .any(|w| matches!(w.text.as_str(), "--import" | "--dearmor" | "--dearmour")),
        "rpm" => command.has_arg("--import"),
        _ => false,
    }
}

/// True where a word is the program text of an interpreter: `python3 -c "$(curl ...)"`.
fn inline_program(command: &Command, word: &Word) -> bool {
    if !program::is_interpreter(command) || command.is_shell() {
        return false;
    }
    command
        .args()
        .iter()
        .zip(command.args().iter().skip(1))
        .any(|(flag, next)| {
            matches!(flag.text.as_str(), "-c" | "-e" | "-r" | "-E") && next.span == word.span
        })
}
