//! Builds in workflows of GitHub Actions.

use super::{command, resolve};
use crate::model::{RepoPath, Span};
use crate::parse::surroundings::{Build, BuildArg, Tool};
use crate::parse::yaml::{Value, Yaml};

pub(super) fn builds(path: &RepoPath, text: &str) -> Vec<Build> {
    let yaml = Yaml::parse(text);
    let Some(root) = yaml.root() else {
        return Vec::new();
    };
    let jobs = root.get("jobs").into_iter().flat_map(Value::entries);
    let steps = jobs.filter_map(|(_, job)| job.get("steps"));
    // An action of several steps has them in one place.
    let own = root.get("runs").and_then(|runs| runs.get("steps"));
    let steps = steps.chain(own).flat_map(Value::items);
    steps
        .flat_map(|step| {
            let run = step.text("run").map_or_else(Vec::new, |run| {
                let folder = step.text("working-directory").unwrap_or(".");
                let folder = resolve(&RepoPath::default(), folder);
                // What an expression gives is only known when it runs: a variable of the shell
                // to the parser.
                let run = run.replace("${{", "${_");
                command::builds(&path.display(), &run, folder.as_slice())
            });
            run.into_iter().chain(build(path, text, step))
        })
        .collect()
}

fn build(path: &RepoPath, file: &str, step: Value<'_>) -> Option<Build> {
    let action = step.text("uses")?;
    let is_build = ["docker/build-push-action@", "redhat-actions/buildah-build@"];
    if !is_build.iter().any(|name| action.starts_with(name)) {
        return None;
    }
    let with = step.get("with")?;
    let known = |key: &str| {
        let text = with.text(key).filter(|text| !text.is_empty());
        // What an expression gives is only known when it runs.
        (text, text.filter(|text| !text.contains("${{")))
    };
    // Paths start from the top of the repository.
    let top = RepoPath::default();
    let context = match known("context") {
        (None, _) => Some(top.clone()),
        (Some(_), context) => resolve(&top, context?),
    };
    let dockerfile = match known("file") {
        (None, _) => resolve(context.as_ref()?, "Dockerfile")?,
        (Some(_), name) => resolve(&top, name?)?,
    };
    let target = known("target");
    if target.0.is_some() && target.1.is_none() {
        return None;
    }
    Some(Build {
        by: path.display(),
        tool: Tool::Workflow,
        dockerfile,
        context,
        target: target.1.map(str::to_owned),
        args: args(file, with),
        named_contexts: with
            .text("build-contexts")
            .into_iter()
            .flat_map(str::lines)
            .filter_map(|line| Some(line.split_once('=')?.0.trim().to_owned()))
            .collect(),
    })
}

fn args(file: &str, with: Value<'_>) -> Vec<BuildArg> {
    let Some(value) = with.get("build-args") else {
        return Vec::new();
    };
    let span = value.span();
    let lines = value.as_str().unwrap_or_default().lines();
    lines
        .filter_map(|line| {
            let line = line.trim();
            let (name, value) = line.split_once('=')?;
            let inside = file.get(span.start as usize..).unwrap_or_default();
            // The first place of the line at or after the value: it stands there as it is.
            let at = inside.find(line).map(|at| span.start as usize + at);
            Some(BuildArg {
                name: name.trim().to_owned(),
                value: (!value.contains("${{")).then(|| value.trim().to_owned()),
                span: at.map_or(span, |at| Span::from_usize(at, at + line.len())),
            })
        })
        .collect()
}
