//! Targets of bake files.

use std::collections::HashMap;

use super::hcl::{self, Attribute, Block, Value};
use super::resolve;
use crate::model::{RepoPath, Span};
use crate::parse::json::{self, Json, Kind};
use crate::parse::surroundings::{Build, BuildArg, Tool};

/// Targets that a target may take over from, one after another.
const MOST_INHERITED: usize = 32;

pub(super) fn builds(path: &RepoPath, text: &str, is_json: bool) -> Vec<Build> {
    let blocks = if is_json {
        json_blocks(text)
    } else {
        hcl::blocks(text)
    };
    let mut variables = HashMap::new();
    for block in blocks.iter().filter(|block| block.kind == "variable") {
        for attribute in &block.attributes {
            if let ("default", Value::Text(text, _)) = (&*attribute.name, &attribute.value) {
                variables.insert(block.label.as_str(), text.as_str());
            }
        }
    }
    let bake = Bake {
        path,
        targets: blocks.iter().filter(|b| b.kind == "target").collect(),
        variables,
    };
    let abstract_: Vec<&str> = bake.targets.iter().flat_map(|t| inherited(t)).collect();
    bake.targets
        .iter()
        // What others only take over from is not built by itself unless it says how.
        .filter(|target| {
            !abstract_.contains(&target.label.as_str())
                || target.attributes.iter().any(|a| a.name == "tags")
        })
        .filter_map(|target| bake.build(target))
        .collect()
}

struct Bake<'b> {
    path: &'b RepoPath,
    targets: Vec<&'b Block>,
    variables: HashMap<&'b str, &'b str>,
}

fn inherited(target: &Block) -> Vec<&str> {
    let list = target.attributes.iter().find(|a| a.name == "inherits");
    match list.map(|a| &a.value) {
        Some(Value::List(items)) => items
            .iter()
            .filter_map(|item| match item {
                Value::Text(text, _) => Some(text.as_str()),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

impl<'b> Bake<'b> {
    /// The target and those it takes over from, its own word first.
    fn chain(&self, target: &'b Block) -> Vec<&'b Block> {
        let mut chain = vec![target];
        let mut at = 0;
        while let Some(next) = chain.get(at).copied().filter(|_| at < MOST_INHERITED) {
            // Of several, the last one wins.
            for name in inherited(next).into_iter().rev() {
                let parent = self.targets.iter().find(|t| t.label == name);
                chain.extend(parent.filter(|p| {
                    chain.len() < MOST_INHERITED && !chain.iter().any(|c| std::ptr::eq(*c, **p))
                }));
            }
            at += 1;
        }
        chain
    }

    fn build(&self, target: &'b Block) -> Option<Build> {
        let chain = self.chain(target);
        let attributes = || chain.iter().flat_map(|block| &block.attributes);
        let find = |name: &str| attributes().find(|a| a.name == name).map(|a| &a.value);
        // An attribute that is there and not understood makes the whole target unknown.
        let text = |name: &str| match find(name) {
            None => Some(None),
            Some(Value::Text(text, _)) => self.value(text).map(Some),
            Some(_) => None,
        };
        if find("dockerfile-inline").is_some() {
            return None;
        }
        let folder = self.path.parent();
        let context = resolve(&folder, &text("context")?.unwrap_or_else(|| ".".to_owned()))?;
        let dockerfile = text("dockerfile")?.unwrap_or_else(|| "Dockerfile".to_owned());
        let mut args: Vec<BuildArg> = Vec::new();
        for attribute in attributes().filter(|a| a.name == "args") {
            let Value::Object(pairs) = &attribute.value else {
                continue;
            };
            for (name, value) in pairs {
                let (value, span) = match value {
                    Value::Text(text, span) => (self.value(text), *span),
                    _ => (None, Span::default()),
                };
                if !args.iter().any(|arg| arg.name == *name) {
                    let name = name.clone();
                    args.push(BuildArg { name, value, span });
                }
            }
        }
        Some(Build {
            by: format!("target {} of {}", target.label, self.path.display()),
            tool: Tool::Bake,
            dockerfile: resolve(&context, &dockerfile)?,
            context: Some(context),
            target: text("target")?,
            args,
            named_contexts: match find("contexts") {
                Some(Value::Object(pairs)) => pairs.iter().map(|(name, _)| name.clone()).collect(),
                _ => Vec::new(),
            },
        })
    }

    /// A text with the defaults of the file's variables in it.
    fn value(&self, text: &str) -> Option<String> {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            out.push_str(before);
            let (name, after) = after.split_once('}')?;
            let value = self.variables.get(name.trim())?;
            if value.contains("${") {
                return None;
            }
            out.push_str(value);
            rest = after;
        }
        out.push_str(rest);
        Some(out)
    }
}

/// The same blocks from the JSON form: `{"target": {"web": {...}}}`.
fn json_blocks(text: &str) -> Vec<Block> {
    let (json, _) = Json::parse(text);
    let mut blocks = Vec::new();
    for kind in json.root().into_iter().flat_map(json::Value::children) {
        for block in kind.children() {
            blocks.push(Block {
                kind: kind.key().into_owned(),
                label: block.key().into_owned(),
                attributes: block
                    .children()
                    .map(|member| Attribute {
                        name: member.key().into_owned(),
                        value: json_value(member),
                    })
                    .collect(),
            });
        }
    }
    blocks
}

fn json_value(value: json::Value<'_>) -> Value {
    let text = |value: json::Value<'_>| match value.as_str() {
        Some(text) => Value::Text(text.into_owned(), value.span()),
        None => Value::Other,
    };
    match value.kind() {
        Kind::Array => Value::List(value.children().map(text).collect()),
        Kind::Object => {
            let pairs = value.children();
            Value::Object(pairs.map(|v| (v.key().into_owned(), text(v))).collect())
        }
        _ => text(value),
    }
}
