use super::fetch::Url;
use super::{IN_IMAGES, Placed, Shell, judge};
use crate::detect::{Context, Detector, Sink};
use crate::model::{FileKind, KindSet};
use crate::parse::Document;
use crate::parse::dockerfile::{Body, Command, Dockerfile, Instruction, Keyword, Stage};
use crate::parse::shell::{Builder, Command as Run, Script, Variables};

/// The part of the family `dockerfile` that judges what an image's build and its containers run.
#[derive(Debug)]
pub struct ImageCommands;

impl Detector for ImageCommands {
    fn family(&self) -> &'static str {
        "dockerfile"
    }

    fn kinds(&self) -> KindSet {
        KindSet::of(&[FileKind::Dockerfile])
    }

    fn check(&self, _: &Context<'_>, doc: &Document<'_>, out: &mut Sink<'_>) {
        let file = doc.dockerfile();
        let mut builder = Builder::default();
        let mut stages = Vec::with_capacity(file.stages.len());
        let mut placed = Vec::with_capacity(file.stages.len());
        for stage in &file.stages {
            let (units, files) = commands(file, stage, &mut builder);
            let (script, clock) = builder.finish();
            builder = Builder::with(clock);
            if let Some(reason) = &script.refused {
                out.skip(reason.clone());
            }
            stages.push(StageScript { script, units });
            placed.push(files);
        }
        for ((stage, own), files) in file.stages.iter().zip(&stages).zip(placed) {
            let image = Image {
                file,
                stage,
                own,
                stages: &stages,
            };
            judge(IN_IMAGES, &Shell::of_stage(image, files), out);
        }
    }
}

/// All that the instructions of one stage run.
#[derive(Debug)]
pub struct StageScript {
    pub script: Script,
    /// For each unit of the script, the place of its instruction in the file.
    pub units: Vec<usize>,
}

/// Where the commands of a stage stand.
#[derive(Clone, Copy, Debug)]
pub struct Image<'a> {
    pub file: &'a Dockerfile,
    pub stage: &'a Stage,
    pub own: &'a StageScript,
    /// Of every stage, in order.
    pub stages: &'a [StageScript],
}

impl<'a> Image<'a> {
    /// The place, among the file's instructions, of the one that runs a command of this stage.
    pub fn place(&self, command: &Run) -> Option<usize> {
        self.own.units.get(command.unit).copied()
    }

    /// The instruction that runs a command of this stage.
    pub fn instruction(&self, command: &Run) -> Option<&'a Instruction> {
        self.file.instructions.get(self.place(command)?)
    }
}

/// Collects all that the instructions of a stage run, in order; returns the places of those
/// instructions and the files that ADD downloads.
fn commands(file: &Dockerfile, stage: &Stage, builder: &mut Builder) -> (Vec<usize>, Vec<Placed>) {
    let mut units = Vec::new();
    let mut placed = Vec::new();
    let mut variables = Variables::new();
    let mut cwd = String::new();
    let mut pipefail = false;
    let first = stage.instructions.start;
    let instructions = file.instructions.get(stage.instructions.clone());
    for (at, instruction) in instructions.unwrap_or_default().iter().enumerate() {
        match &instruction.body {
            Body::Env(pairs) | Body::Arg(pairs) => {
                for pair in pairs {
                    let value = pair.value.as_ref().and_then(|v| v.value.known());
                    variables.insert(pair.name.text().to_owned(), value.map(str::to_owned));
                }
            }
            Body::Text(word) if instruction.keyword == Keyword::Workdir => {
                cwd = word.text().to_owned();
            }
            Body::Shell(words) => {
                pipefail = words.iter().any(|word| word.as_str() == "pipefail");
            }
            Body::Command(command) => match command {
                Command::Shell(script) if !script.dialect.is_unix_shell() => continue,
                Command::Shell(script) => {
                    units.push(first + at);
                    builder.start_unit(variables.clone(), &cwd, pipefail);
                    builder.text(&script.text);
                }
                Command::Exec(words) => {
                    units.push(first + at);
                    builder.start_unit(variables.clone(), &cwd, false);
                    builder.argv(words);
                }
            },
            Body::Transfer {
                sources,
                destination,
            } if instruction.keyword == Keyword::Add && !instruction.has_flag("checksum") => {
                for source in sources {
                    let url = Url {
                        text: source.text().to_owned(),
                        span: source.span,
                    };
                    let scheme = ["http://", "https://", "ftp://"];
                    if scheme.iter().any(|s| url.text.starts_with(s)) {
                        placed.push(Placed {
                            unit: builder.next_unit(),
                            path: target(&cwd, destination.text(), &url.text),
                            url,
                            program: instruction.keyword_span,
                        });
                    }
                }
            }
            _ => {}
        }
    }
    (units, placed)
}

/// Where ADD puts what it downloads.
fn target(cwd: &str, destination: &str, url: &str) -> String {
    let name = url.split(['?', '#']).next().unwrap_or(url);
    let name = name.rsplit('/').next().unwrap_or_default();
    let folder = if destination.starts_with('/') {
        destination.to_owned()
    } else {
        format!("{cwd}/{}", destination.trim_start_matches("./"))
    };
    if folder.ends_with(['/', '.']) {
        format!("{}/{name}", folder.trim_end_matches(['/', '.']))
    } else {
        folder
    }
}
