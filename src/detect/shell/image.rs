use super::fetch::Url;
use super::{IN_IMAGES, Placed, Shell, judge};
use crate::detect::{Context, Detector, Sink};
use crate::model::{FileKind, KindSet};
use crate::parse::Document;
use crate::parse::dockerfile::{Body, Command, Dockerfile, Keyword, Stage};
use crate::parse::shell::{Builder, Variables};

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
        for stage in &file.stages {
            let placed = commands(file, stage, &mut builder);
            let (script, clock) = builder.finish();
            builder = Builder::with(clock);
            if let Some(reason) = &script.refused {
                out.skip(reason.clone());
            }
            judge(IN_IMAGES, &Shell::of_stage(&script, placed), out);
        }
    }
}

/// Collects all that the instructions of a stage run, in order; returns the files that ADD
/// downloads.
fn commands(file: &Dockerfile, stage: &Stage, builder: &mut Builder) -> Vec<Placed> {
    let mut placed = Vec::new();
    let mut variables = Variables::new();
    let mut cwd = String::new();
    let mut pipefail = false;
    let instructions = file.instructions.get(stage.instructions.clone());
    for instruction in instructions.unwrap_or_default() {
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
                    builder.start_unit(variables.clone(), &cwd, pipefail);
                    builder.text(&script.text);
                }
                Command::Exec(words) => {
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
    placed
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
