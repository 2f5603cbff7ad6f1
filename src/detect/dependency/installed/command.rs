//! What one command installs in an exact version.

use super::elsewhere::{Elsewhere, is_told};
use super::release;
use super::spec::{self, Spec};
use super::tool::{TOOLS, Takes, Tool};
use super::{Certainty, Installed, exact, package};
use crate::detect::shell::fetch;
use crate::detect::shell::install::{Action, Call, Manager, Origin};
use crate::model::{Ecosystem, PackageSource, Span};
use crate::parse::shell::{Command, Options, Syntax, Word};

/// Everything that a command installs, runs or downloads and that is a package in one version.
pub fn read(command: &Command, elsewhere: &Elsewhere) -> Vec<Installed> {
    let mut found = Found {
        elsewhere,
        list: Vec::new(),
    };
    let inner = run_by(command);
    for command in std::iter::once(command).chain(&inner) {
        match Call::read(command) {
            Some(call) if call.is(Action::Install) => found.call(&call),
            _ => found.other(command),
        }
        found.downloads(command);
    }
    found.list
}

/// The command that `conda run`, `poetry run` and their like run in an environment of theirs.
fn run_by(command: &Command) -> Option<Command> {
    const RUNNERS: &[&str] = &[
        "conda",
        "mamba",
        "micromamba",
        "poetry",
        "pipenv",
        "pdm",
        "uv",
    ];
    if !RUNNERS.contains(&command.name.as_str()) {
        return None;
    }
    let syntax = Syntax {
        short: "np",
        long: &["name", "prefix", "cwd", "with", "python"],
    };
    let words = command.options(syntax).positional;
    let [verb, program, ..] = words.as_slice() else {
        return None;
    };
    let mut inner = command.clone();
    inner.program = command
        .words
        .iter()
        .position(|word| std::ptr::eq(word, *program))?;
    inner.name = program.text.rsplit('/').next()?.to_owned();
    (verb.text == "run").then_some(inner)
}

struct Found<'e> {
    elsewhere: &'e Elsewhere,
    list: Vec<Installed>,
}

impl Found<'_> {
    /// A package without a version that is sure, for those who do not want it in any.
    fn add_open(&mut self, ecosystem: Ecosystem, word: &Word, name: &str) {
        let end = name.find(['[', '<', '>', '=', '~', '!', ';', ' ']);
        let name = name.get(..end.unwrap_or(name.len())).unwrap_or(name);
        let name = match ecosystem {
            Ecosystem::Go => spec::go_module(name).0,
            _ => name,
        };
        if word.is_known() && spec::is_name(ecosystem, name) {
            self.list.push(Installed {
                package: package(ecosystem, name, "", whole(word), PackageSource::Registry),
                version: None,
                certainty: Certainty::Named,
            });
        }
    }

    /// What a word names, in one version or in any.
    fn add_word(&mut self, ecosystem: Ecosystem, word: &Word, name: &str, told: bool) {
        match spec::read(ecosystem, &word.text) {
            Some(spec) => self.add(ecosystem, word, spec, word, told),
            None => self.add_open(ecosystem, word, name),
        }
    }

    /// A package in the version of `spec`, where that is an exact one.
    fn add(&mut self, ecosystem: Ecosystem, word: &Word, spec: Spec<'_>, at: &Word, told: bool) {
        // What only the run knows is no version.
        if !word.is_known() || !at.is_known() {
            return;
        }
        let Some(version) = exact(ecosystem, spec.version) else {
            return self.add_open(ecosystem, word, spec.name);
        };
        let source = match told || self.elsewhere.has(ecosystem) {
            true => PackageSource::Url,
            false => PackageSource::Registry,
        };
        let (name, certainty) = match ecosystem {
            Ecosystem::Go => spec::go_module(spec.name),
            _ => (spec.name, Certainty::Named),
        };
        if !spec::is_name(ecosystem, name) {
            return;
        }
        let start = at.text.rfind(version);
        self.list.push(Installed {
            package: package(ecosystem, name, version, whole(word), source),
            version: start.map(|start| at.span_of(start, start + version.len())),
            certainty,
        });
    }

    fn call(&mut self, call: &Call<'_>) {
        let ecosystem = match call.manager {
            Manager::Pip | Manager::Pipx | Manager::Uv => Ecosystem::PyPI,
            Manager::Npm | Manager::Yarn | Manager::Pnpm | Manager::Bun => Ecosystem::Npm,
            Manager::Gem => Ecosystem::RubyGems,
            Manager::Go => Ecosystem::Go,
            Manager::Cargo => Ecosystem::CratesIo,
            Manager::Composer => Ecosystem::Packagist,
            _ => return,
        };
        let told = is_told(ecosystem, &call.options);
        let version = match call.manager {
            Manager::Gem => call.options.get(&["v", "version"]),
            Manager::Cargo => call.options.get(&["version", "vers"]),
            _ => None,
        };
        let version = version.and_then(|option| Some((option.value?, option.value_word?)));
        for named in &call.packages {
            let word = named.word;
            match (named.origin, version) {
                (Origin::Index { version: None }, Some((version, at))) => {
                    let name = named.name;
                    self.add(ecosystem, word, Spec { name, version }, at, told);
                }
                (Origin::Index { .. }, _) => self.add_word(ecosystem, word, named.name, told),
                (Origin::Url, _) => self.release(&word.text, whole(word), told),
                _ => {}
            }
        }
    }

    fn other(&mut self, command: &Command) {
        let name = command.name.as_str();
        let tools = TOOLS.iter().filter(|tool| tool.programs.contains(&name));
        for tool in tools {
            let options = Options::read(command.args(), tool.syntax);
            let words = &options.positional;
            let is_verb = |(verb, word): (&&str, &&Word)| *verb == "*" || word.text == *verb;
            let is_called =
                words.len() > tool.verbs.len() && tool.verbs.iter().zip(words).all(is_verb);
            if is_called {
                self.tool(tool, command);
                return;
            }
        }
        match name {
            "mvn" | "mvnw" => self.maven(command),
            "nuget" => self.nuget(command),
            _ => {}
        }
    }

    fn tool(&mut self, tool: &Tool, command: &Command) {
        let ecosystem = tool.ecosystem;
        let args = command.args();
        let mut options = Options::read(args, tool.syntax);
        if matches!(tool.takes, Takes::First(_) | Takes::Options(_)) {
            // What stands behind the program that is run is said to that program.
            let program = options.positional.get(tool.verbs.len());
            let at = program.and_then(|word| args.iter().position(|arg| std::ptr::eq(arg, *word)));
            if let Some(own) = at.and_then(|at| args.get(..=at)) {
                options = Options::read(own, tool.syntax);
            }
        }
        let told = is_told(ecosystem, &options);
        let words = options
            .positional
            .get(tool.verbs.len()..)
            .unwrap_or_default();
        let given = |names: &'static [&'static str]| {
            let options = options.all(names);
            options.filter_map(|o| Some((o.value?, o.value_word?)))
        };
        let mut specs: Vec<(&str, &Word)> = Vec::new();
        let pair = |at: usize| Some((*words.first()?, *words.get(at)?));
        match tool.takes {
            Takes::All => specs.extend(words.iter().map(|word| (word.text.as_str(), *word))),
            Takes::First(names) => {
                specs.extend(given(names));
                if specs.is_empty() {
                    specs.extend(words.first().map(|word| (word.text.as_str(), *word)));
                }
                if tool.syntax.long.contains(&"with") {
                    specs.extend(given(&["with"]));
                }
            }
            Takes::Options(names) => specs.extend(given(names)),
            Takes::One(names) => {
                let version = given(names).last();
                match (words.first(), version) {
                    (Some(word), Some((version, at))) => {
                        let name = &word.text;
                        self.add(ecosystem, word, Spec { name, version }, at, told);
                    }
                    (Some(word), None) => specs.push((&word.text, word)),
                    _ => {}
                }
            }
            Takes::Two | Takes::Three => {
                let at = if matches!(tool.takes, Takes::Two) {
                    1
                } else {
                    2
                };
                match pair(at) {
                    Some((word, at)) => {
                        let (name, version) = (&word.text, &at.text);
                        self.add(ecosystem, word, Spec { name, version }, at, told);
                    }
                    None => specs.extend(words.first().map(|word| (word.text.as_str(), *word))),
                }
            }
        }
        for (text, word) in specs {
            match spec::read(ecosystem, text) {
                Some(spec) => self.add(ecosystem, word, spec, word, told),
                None => self.add_open(ecosystem, word, text),
            }
        }
    }

    /// `mvn dependency:get -Dartifact=group:name:1.2`.
    fn maven(&mut self, command: &Command) {
        let property = |name: &str| {
            command.args().iter().find_map(|word| {
                let rest = word.text.strip_prefix("-D")?.strip_prefix(name)?;
                Some((word, rest.strip_prefix('=')?))
            })
        };
        let told = property("remoteRepositories").is_some();
        let Some((word, artifact)) = property("artifact") else {
            return;
        };
        let mut parts = artifact.split(':');
        if let (Some(group), Some(name), Some(version)) = (parts.next(), parts.next(), parts.next())
        {
            let name = format!("{group}:{name}");
            let spec = Spec {
                name: &name,
                version,
            };
            self.add(Ecosystem::Maven, word, spec, word, told);
        }
    }

    /// `nuget install Name -Version 1.2.3`.
    fn nuget(&mut self, command: &Command) {
        let words = command.args();
        let value = |name: &str| {
            let at = words
                .iter()
                .position(|word| word.text.eq_ignore_ascii_case(name))?;
            words.get(at + 1)
        };
        let [verb, word, ..] = words else { return };
        if let Some(at) = value("-Version").filter(|_| verb.text == "install") {
            let told = value("-Source").is_some() || value("-ConfigFile").is_some();
            let (name, version) = (&word.text, &at.text);
            self.add(Ecosystem::NuGet, word, Spec { name, version }, at, told);
        }
    }

    fn downloads(&mut self, command: &Command) {
        let urls = fetch::fetch(command).map(|fetch| fetch.urls);
        for url in urls.unwrap_or_default() {
            self.release(&url.text, url.span, false);
        }
    }

    fn release(&mut self, url: &str, span: Span, told: bool) {
        if !told {
            self.list.extend(released(url, span));
        }
    }
}

/// The package that an address names.
pub fn released(url: &str, span: Span) -> Option<Installed> {
    let release = release::read(url)?;
    let source = PackageSource::Registry;
    Some(Installed {
        package: package(
            release.ecosystem,
            &release.name,
            &release.version,
            span,
            source,
        ),
        version: None,
        certainty: match release.is_repository {
            true => Certainty::Repository,
            false => Certainty::Named,
        },
    })
}

/// The word without its quotes, where it stands in one piece.
fn whole(word: &Word) -> Span {
    word.span_of(0, word.text.len())
}
