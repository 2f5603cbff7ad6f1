//! The shell texts of a source, dressed so that shellcheck judges them as what they are.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::sync::OnceLock;

use crate::model::{FileKind, RepoPath, SkipReason, Skipped, Source, SourceId, Span};
use crate::parse::dockerfile::{self, Base, Body, Command, Dialect, Dockerfile, Instruction, Pair};
use crate::text::Mapped;

/// One text that shellcheck reads.
#[derive(Debug)]
pub(super) struct Script {
    pub source: SourceId,
    pub path: RepoPath,
    /// The lines in front of the text: which shell it is, and what is set already.
    pub head: String,
    pub text: Mapped,
    /// Where each line of the text starts, once somebody asks.
    starts: OnceLock<Vec<usize>>,
}

impl Script {
    fn new(source: &Source, head: String, text: Mapped) -> Self {
        Self {
            source: source.id,
            path: source.path.clone(),
            head,
            text,
            starts: OnceLock::new(),
        }
    }

    pub fn len(&self) -> usize {
        self.head.len() + self.text.as_str().len()
    }

    /// Where a line and a column (both from 1, in characters) of what shellcheck reads stand in
    /// the text; `None` in the lines in front of it.
    pub fn offset(&self, line: usize, column: usize) -> Option<u32> {
        let line = line.checked_sub(self.head.matches('\n').count() + 1)?;
        let text = self.text.as_str();
        let starts = self.starts.get_or_init(|| {
            let ends = memchr::memchr_iter(b'\n', text.as_bytes());
            std::iter::once(0).chain(ends.map(|at| at + 1)).collect()
        });
        let start = *starts.get(line)?;
        let rest = text.get(start..)?;
        let end = rest.find('\n').unwrap_or(rest.len());
        let within = rest[..end]
            .char_indices()
            .nth(column.checked_sub(1)?)
            .map_or(end, |(at, _)| at);
        u32::try_from(start + within).ok()
    }
}

/// The texts of a source, and those that shellcheck cannot read.
pub(super) fn scripts(source: &Source) -> (Vec<Script>, Vec<Skipped>) {
    let (mut found, refused) = match source.kind {
        FileKind::Dockerfile => in_dockerfile(source),
        // What is not text is read by nobody.
        FileKind::Shell => match source.as_str() {
            Some(text) => (
                vec![Script::new(
                    source,
                    String::new(),
                    Mapped::verbatim(text, 0),
                )],
                Vec::new(),
            ),
            None => (Vec::new(), Vec::new()),
        },
        _ => (Vec::new(), Vec::new()),
    };
    let mut refused = refused;
    found.retain(|script| {
        let fits = script.text.as_str().len() <= LONGEST;
        if !fits {
            refused.push(Skipped {
                path: source.path.clone(),
                reason: SkipReason::Other(format!(
                    "shellcheck is not asked about texts of more than {LONGEST} bytes"
                )),
            });
        }
        fits
    });
    (found, refused)
}

/// Bytes of one text: shellcheck needs a second for a tenth of this.
const LONGEST: usize = 1 << 20;

/// Set for every build, whether or not a file says so.
const PROXIES: [&str; 10] = [
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "FTP_PROXY",
    "ftp_proxy",
    "NO_PROXY",
    "no_proxy",
    "ALL_PROXY",
    "all_proxy",
];

/// Variables of one stage that are named in front of a text; more than any person sets.
const MOST_NAMES: usize = 300;

fn in_dockerfile(source: &Source) -> (Vec<Script>, Vec<Skipped>) {
    let file = Dockerfile::parse(&source.bytes);
    let mut found = Vec::new();
    let mut skipped = Vec::new();
    // What the stages leave to those that stand on them, and what holds in the current one.
    let mut left: HashMap<usize, BTreeSet<String>> = HashMap::new();
    let mut env: BTreeSet<String> = BTreeSet::new();
    let mut args: BTreeSet<String> = BTreeSet::new();
    for (place, instruction) in file.instructions.iter().enumerate() {
        match &instruction.body {
            Body::From { .. } => {
                let stage = instruction.stage.unwrap_or(0);
                left.insert(stage.wrapping_sub(1), std::mem::take(&mut env));
                args.clear();
                if let Some(Base::Stage(parent)) = file.stages.get(stage).map(|s| &s.base) {
                    env = left.get(parent).cloned().unwrap_or_default();
                }
            }
            Body::Env(pairs) => env.extend(names(pairs)),
            Body::Arg(pairs) if instruction.stage.is_some() => args.extend(names(pairs)),
            Body::Command(Command::Shell(script)) if script.dialect.is_unix_shell() => {
                let shell = Shell::of(&file, place, script);
                if shell.program.ends_with("zsh") {
                    skipped.push(Skipped {
                        path: source.path.clone(),
                        reason: SkipReason::Other("shellcheck cannot read zsh".into()),
                    });
                    continue;
                }
                let set = env.iter().chain(&args).map(String::as_str);
                let head = shell.head(set.take(MOST_NAMES).chain(PROXIES));
                let mut text = script.text.clone();
                if shell.is_in_text {
                    let end = text
                        .as_str()
                        .find('\n')
                        .map_or(text.len() as usize, |at| at + 1);
                    text = text.slice(Span::new(u32::try_from(end).unwrap_or(0), text.len()));
                }
                found.push(Script::new(source, head, text));
            }
            _ => {}
        }
    }
    skipped.dedup();
    (found, skipped)
}

fn names(pairs: &[Pair]) -> impl Iterator<Item = String> {
    pairs.iter().filter_map(|pair| {
        let name = pair.name.text();
        let plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        plain.then(|| name.to_owned())
    })
}

/// The shell that runs a text.
struct Shell {
    program: String,
    /// What the SHELL instruction switches on.
    options: Vec<String>,
    /// True where the text's own first line names it.
    is_in_text: bool,
}

impl Shell {
    fn of(file: &Dockerfile, place: usize, script: &dockerfile::Script) -> Self {
        if script.is_heredoc
            && let Some(named) = script.text.as_str().strip_prefix("#!")
        {
            return Self {
                program: named.lines().next().unwrap_or_default().trim().to_owned(),
                options: Vec::new(),
                is_in_text: true,
            };
        }
        let set = file.state_before(place).shell;
        let words = match set.and_then(|at| file.instructions.get(at)).map(body) {
            Some(Body::Shell(words)) => words.as_slice(),
            _ => &[],
        };
        let named = words
            .first()
            .map(Mapped::as_str)
            .filter(|program| Dialect::of_program(program) == script.dialect);
        let usual = match script.dialect {
            Dialect::Bash => "/bin/bash",
            _ => "/bin/sh",
        };
        Self {
            program: named.unwrap_or(usual).to_owned(),
            options: match named {
                Some(_) => options(words.get(1..).unwrap_or_default()),
                None => Vec::new(),
            },
            is_in_text: false,
        }
    }

    fn head<'n>(&self, names: impl Iterator<Item = &'n str>) -> String {
        let program = self.program.replace(['\n', '\r'], " ");
        let mut head = format!("#!{program}\n");
        if !self.options.is_empty() {
            let _ = writeln!(head, "set {}", self.options.join(" "));
        }
        for name in names {
            let _ = writeln!(head, "export {name}=1");
        }
        head
    }
}

fn body(instruction: &Instruction) -> &Body {
    &instruction.body
}

/// The arguments of a shell that `set` takes, too: they change what the text means.
fn options(words: &[Mapped]) -> Vec<String> {
    let mut options = Vec::new();
    let mut words = words.iter().map(Mapped::as_str);
    while let Some(word) = words.next() {
        let Some(letters) = word.strip_prefix('-').filter(|l| !l.starts_with('-')) else {
            continue;
        };
        let letters: String = letters.chars().filter(|c| "eufxo".contains(*c)).collect();
        let named = letters.contains('o').then(|| words.next()).flatten();
        if named.is_some_and(|n| !n.chars().all(|c| c.is_ascii_alphanumeric())) {
            continue;
        }
        if !letters.is_empty() {
            options.push(format!("-{letters}"));
            options.extend(named.map(str::to_owned));
        }
    }
    options
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Origin;

    fn read(text: &str) -> Vec<Script> {
        let source = Source::new(
            SourceId(0),
            RepoPath::from("Dockerfile"),
            FileKind::Dockerfile,
            text.as_bytes(),
            Origin::Buffer,
        );
        scripts(&source).0
    }

    #[test]
    fn the_shell_in_force_and_its_options_stand_in_front() {
        let found = read(
            "FROM a\nRUN b\nSHELL [\"/bin/bash\", \"-euo\", \"pipefail\", \"-c\"]\nRUN c\n\
             RUN <<EOF\n#!/bin/dash\nd\nEOF\nRUN [\"e\"]\nSHELL [\"pwsh\"]\nRUN f\n",
        );
        let heads: Vec<&str> = found
            .iter()
            .map(|s| s.head.split("export").next().unwrap())
            .collect();
        assert_eq!(
            heads,
            [
                "#!/bin/sh\n",
                "#!/bin/bash\nset -euo pipefail\n",
                "#!/bin/dash\n"
            ]
        );
        assert_eq!(found[2].text.as_str(), "d\n");
    }

    #[test]
    fn variables_are_those_of_the_stage_and_of_what_it_stands_on() {
        let found = read(
            "ARG G=1\nFROM a AS b\nENV E=1\nARG A\nRUN x\nFROM b\nENV F=1 G.x=2\nRUN y\nFROM c\nRUN z\n",
        );
        let set = |at: usize| {
            let head = found[at]
                .head
                .lines()
                .filter_map(|l| l.strip_prefix("export "));
            head.filter(|n| n.len() == 3).collect::<String>()
        };
        assert_eq!([set(0), set(1), set(2)], ["E=1A=1", "E=1F=1", ""]);
    }

    #[test]
    fn places_lead_back_over_continuations_and_characters() {
        let text = "FROM a\nRUN é \\\n  # note\n  $b\n";
        let script = &read(text)[0];
        let line = script.head.lines().count() + 1;
        let joined = script.text.as_str();
        let column = joined[..joined.find('$').unwrap()].chars().count() + 1;
        let start = script.offset(line, column).unwrap();
        let span = script.text.span(Span::new(start, start + 2));
        assert_eq!(&text[span.range()], "$b");
        assert_eq!(script.offset(1, 1), None);
    }
}
