//! `build:` of compose files.

use super::{interpolated, resolve};
use crate::model::{RepoPath, Span};
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
            Some(Inline {
                by: format!("service {} of {}", name.as_str()?, path.display()),
                text: located(text, body)?,
            })
        })
        .collect()
}

/// The text of a block scalar, each line in its place; `None` for what is written in one line.
fn located(file: &str, body: Value<'_>) -> Option<Mapped> {
    let value = body.as_str().filter(|_| body.is_literal())?;
    let mut at = body.span().start as usize;
    // The span may begin at the `|` or with the first line.
    let header = file.get(at..)?;
    if header.starts_with('|') {
        at += header.find('\n')? + 1;
    } else {
        at = file.get(..at)?.rfind('\n').map_or(0, |n| n + 1);
    }
    let mut mapped = Mapped::new();
    for line in value.split_inclusive('\n') {
        let source = file.get(at..)?;
        let length = source.find('\n').map_or(source.len(), |n| n + 1);
        let bare = line.trim_end_matches('\n');
        let whole = source.get(..length)?.trim_end_matches(['\n', '\r']);
        let indent = whole.len().checked_sub(bare.len())?;
        if !bare.is_empty() && whole.get(indent..)? != bare {
            return None;
        }
        let start = at + if bare.is_empty() { 0 } else { indent };
        mapped.push(bare, u32::try_from(start).ok()?);
        if line.ends_with('\n') {
            let end = start + bare.len();
            mapped.push_for("\n", Span::from_usize(end, at + length));
        }
        at += length;
    }
    Some(mapped)
}
