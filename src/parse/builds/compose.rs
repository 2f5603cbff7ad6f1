//! `build:` of compose files.

use super::{interpolated, resolve};
use crate::model::RepoPath;
use crate::parse::surroundings::{Build, BuildArg, Tool};
use crate::parse::yaml::{Kind, Value, Yaml};
use crate::text::Mapped;

pub(super) fn builds(path: &RepoPath, text: &str) -> Vec<Build> {
    let yaml = Yaml::parse(text);
    let services = yaml.root().and_then(|root| root.get("services"));
    let services = services.into_iter().flat_map(Value::entries);
    services
        .filter_map(|(name, service)| {
            let by = format!("service {} of {}", name.as_str()?, path.display());
            build(path, by, service.get("build")?)
        })
        .collect()
}

fn build(path: &RepoPath, by: String, build: Value<'_>) -> Option<Build> {
    let text = |key: &str| build.get(key).and_then(Value::as_str);
    if build.get("dockerfile_inline").is_some() {
        return None;
    }
    let context = match build.kind() {
        Kind::Scalar => build.as_str()?,
        _ => text("context").unwrap_or("."),
    };
    let context = resolve(&path.parent(), &interpolated(context)?)?;
    let dockerfile = match text("dockerfile") {
        Some(name) => interpolated(name)?,
        None => "Dockerfile".to_owned(),
    };
    let contexts = build.get("additional_contexts");
    Some(Build {
        by,
        tool: Tool::Compose,
        dockerfile: resolve(&context, &dockerfile)?,
        context: Some(context),
        target: text("target").and_then(interpolated),
        args: build.get("args").map(args).unwrap_or_default(),
        named_contexts: contexts.map(names).unwrap_or_default(),
    })
}

/// `NAME: value` or `- NAME=value`.
fn args(value: Value<'_>) -> Vec<BuildArg> {
    let listed = value.items().filter_map(|item| {
        let text = item.as_str()?;
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, interpolated(value)),
            None => (text, None),
        };
        Some(BuildArg {
            name: name.trim().to_owned(),
            value,
            span: item.span(),
        })
    });
    let mapped = value.entries().filter_map(|(name, value)| {
        let text = value.as_str()?;
        Some(BuildArg {
            name: name.as_str()?.to_owned(),
            // `NAME:` alone takes the value of the environment.
            value: interpolated(text).filter(|_| !matches!(text, "" | "~" | "null")),
            span: name.span().cover(value.span()),
        })
    });
    listed.chain(mapped).collect()
}

fn names(value: Value<'_>) -> Vec<String> {
    let listed = value
        .items()
        .filter_map(|item| item.as_str()?.split_once('='));
    let mapped = value.entries().filter_map(|(name, _)| name.as_str());
    let listed = listed.map(|(name, _)| name);
    listed.chain(mapped).map(str::to_owned).collect()
}

/// A Dockerfile inside a compose file.
#[derive(Clone, Debug)]
pub struct Inline {
    /// `service web of compose.yaml`.
    pub by: String,
    /// Maps back to the compose file.
    pub text: Mapped,
}

/// The Dockerfiles that stand in a compose file itself.
pub fn inline(path: &RepoPath, text: &str) -> Vec<Inline> {
    if text.len() > super::LARGEST {
        return Vec::new();
    }
    let yaml = Yaml::parse(text);
    let services = yaml.root().and_then(|root| root.get("services"));
    let services = services.into_iter().flat_map(Value::entries);
    services
        .filter_map(|(name, service)| {
            let body = service.get("build")?.get("dockerfile_inline")?;
            // What is folded or written in one line is no Dockerfile of several instructions.
            let value = body.as_str().filter(|_| body.is_literal())?;
            Some(Inline {
                by: format!("service {} of {}", name.as_str()?, path.display()),
                text: body.mapped(text, value)?,
            })
        })
        .collect()
}
