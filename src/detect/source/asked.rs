//! Whether somebody asked for what a place does: by a condition that stands before it or around it,
//! or by one before everything in the file that calls its function.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::ops::Range;

use crate::parse::source::{Facts, Flow, Node, NodeId, Scope, ScopeId, ScopeKind, When};

use super::compiled::Expression;
use super::matcher::without_annotations;

/// Most nodes before a place that are looked through for conditions around it.
const MOST_BEFORE: u32 = 20_000;

/// The largest file in which callers are looked for.
const MOST_NODES: usize = 50_000;

/// Most callers of a function that are asked.
const MOST_CALLERS: usize = 200;

/// Longest part of a condition that is read, in bytes.
const LONGEST_CONDITION: usize = 200;

#[derive(Debug, Default)]
pub(super) struct Answers {
    /// What was found out about the callers of a function, for a clause by its address: each asks
    /// once, however many places of the function it fits.
    of_callers: RefCell<HashMap<(usize, ScopeId), bool>>,
    /// The nodes that run nowhere but where the program is written.
    in_development: OnceCell<Vec<Range<u32>>>,
}

/// True for what runs under `if (config.dev)` and its like: nobody is served by it.
pub(super) fn is_in_development(facts: &Facts<'_>, node: NodeId, answers: &Answers) -> bool {
    let ranges = answers.in_development.get_or_init(|| development(facts));
    let at = ranges.partition_point(|range| range.end <= node.0);
    ranges.get(at).is_some_and(|range| range.contains(&node.0))
}

/// The ways that are open only in development, in order.
fn development(facts: &Facts<'_>) -> Vec<Range<u32>> {
    let mut ranges: Vec<Range<u32>> = Vec::new();
    // Where each open fork's own way began, if that is one of these, and how many are.
    let mut open: Vec<Option<u32>> = Vec::new();
    let mut inside = 0_usize;
    let mut close = |open: &mut Vec<Option<u32>>, inside: &mut usize, end: u32| {
        if let Some(start) = open.pop().flatten() {
            *inside -= 1;
            if *inside == 0 {
                ranges.push(start..end);
            }
        }
    };
    for at in 0..u32::try_from(facts.code.len()).unwrap_or(u32::MAX) {
        let Node::Flow(flow) = facts.code.node(NodeId(at)) else {
            continue;
        };
        match flow {
            Flow::Fork(_) => open.push(None),
            Flow::Arm { when, .. } => {
                let is_dev = |condition: NodeId, holds| {
                    let span = facts.code.span(condition);
                    is_development(facts.text(span), holds)
                };
                let starts = match when {
                    When::Holds(condition) => is_dev(*condition, true),
                    When::Fails(condition) => is_dev(*condition, false),
                    _ => false,
                };
                close(&mut open, &mut inside, at);
                open.push(starts.then_some(at));
                inside += usize::from(starts);
            }
            Flow::Join => close(&mut open, &mut inside, at),
            _ => {}
        }
    }
    ranges
}

/// True for a condition that holds, or fails, in development alone: `isDev`, `env !== 'production'`.
fn is_development(condition: &str, holds: bool) -> bool {
    if condition.len() > LONGEST_CONDITION || condition.contains("||") {
        return false;
    }
    if !holds {
        return says_production(condition, "==");
    }
    condition.split("&&").any(|part| {
        let part = part.trim_matches(|c: char| c.is_ascii_whitespace() || matches!(c, '(' | ')'));
        says_production(part, "!=") || names_development(part)
    })
}

/// `process.env.NODE_ENV === 'production'`, with this sign in its middle.
fn says_production(part: &str, sign: &str) -> bool {
    part.split_once(sign).is_some_and(|(before, after)| {
        before.to_ascii_lowercase().contains("env")
            && !before.contains(['=', '!', '&'])
            && is_text(after, &["production", "prod"])
    })
}

/// `config.dev`, `isDev()`, `__DEV__`, `env == 'development'`
fn names_development(part: &str) -> bool {
    if let Some((before, after)) = part.split_once("==") {
        let is_env = before.to_ascii_lowercase().contains("env") && !before.contains('!');
        return is_env && is_text(after, &["development", "dev"]);
    }
    let is_path = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '$' | '.' | '?' | ':');
    let path = part.trim_end_matches(['(', '?']);
    let end = path.rsplit(['.', ':']).next().unwrap_or(path);
    let end = end.replace('_', "").to_ascii_lowercase();
    let name = end.strip_prefix("is").or(end.strip_prefix("in"));
    let names = ["dev", "devmode", "development", "developmentmode", "devenv"];
    path.chars().all(is_path) && names.contains(&name.unwrap_or(&end))
}

/// True for one of these texts in quotes, behind what is left of a sign.
fn is_text(written: &str, texts: &[&str]) -> bool {
    let quotes = |c: char| matches!(c, '\'' | '"' | '`');
    let text = written.trim_start_matches('=').trim();
    texts.contains(&text.trim_matches(quotes)) && text.starts_with(quotes)
}

/// True where an expression finds something in what stands before a node or around it, or before and
/// around every call of the function, or use of the class, that it stands in.
pub(super) fn is_asked(
    facts: &Facts<'_>,
    node: NodeId,
    question: &Expression,
    answers: &Answers,
) -> bool {
    let is_found = |node: NodeId| question.finds(&before(facts, node));
    if is_found(node) {
        return true;
    }
    let Some(own) = around(facts, node).filter(|_| facts.code.len() <= MOST_NODES) else {
        return false;
    };
    let key = (std::ptr::from_ref(question).addr(), own);
    let known = answers.of_callers.borrow().get(&key).copied();
    known.unwrap_or_else(|| {
        let callers = callers(facts, own);
        let is_few = (1..=MOST_CALLERS).contains(&callers.len());
        let is_asked = is_few && callers.into_iter().all(is_found);
        answers.of_callers.borrow_mut().insert(key, is_asked);
        is_asked
    })
}

/// The eight lines before a node, its own as far as it first, and the conditions under which it
/// runs.
fn before(facts: &Facts<'_>, node: NodeId) -> String {
    let start = facts.code.span(node).start as usize;
    let before = facts.code.text.get(start.saturating_sub(900)..start);
    let before = without_annotations(String::from_utf8_lossy(before.unwrap_or(&[])));
    let lines: Vec<&str> = before.rsplit('\n').take(9).collect();
    let mut text = lines.join("\n");
    for (condition, holds) in conditions(facts, node) {
        let written = facts.text(facts.code.span(condition));
        let mut ends = (0..=LONGEST_CONDITION).rev();
        let end = ends.find(|at| written.is_char_boundary(*at)).unwrap_or(0);
        text.push_str("\nif (");
        text.push_str(&written.get(..end).unwrap_or(written).replace('\n', " "));
        text.push_str(if holds { ")" } else { ") else" });
    }
    text
}

/// What was asked on the way into the innermost ways that a node stands in, within its function, and
/// whether it holds there.
fn conditions(facts: &Facts<'_>, node: NodeId) -> Vec<(NodeId, bool)> {
    let own = around(facts, node).and_then(|own| facts.code.scope(own));
    let first = own.map_or(0, |scope| scope.nodes.start);
    let mut open: Vec<(NodeId, bool)> = Vec::new();
    for at in first.max(node.0.saturating_sub(MOST_BEFORE))..node.0 {
        let Node::Flow(flow) = facts.code.node(NodeId(at)) else {
            continue;
        };
        match flow {
            Flow::Fork(_) => open.push((NodeId::NONE, true)),
            Flow::Arm { when, .. } => {
                if let Some(last) = open.last_mut() {
                    *last = match when {
                        When::Holds(condition) => (*condition, true),
                        When::Fails(condition) => (*condition, false),
                        _ => (NodeId::NONE, true),
                    };
                }
            }
            Flow::Join => {
                open.pop();
            }
            _ => {}
        }
    }
    open.retain(|(condition, _)| condition.some().is_some());
    open
}

/// The function that a node stands in, and not one of a class without a name within it; or the
/// class, if that has no function around it.
fn around(facts: &Facts<'_>, node: NodeId) -> Option<ScopeId> {
    let mut at = facts.code.scope_of(node);
    let mut class = None;
    while at != ScopeId::MODULE {
        let scope = facts.code.scope(at)?;
        let parent = facts.code.scope(scope.parent)?;
        let is_inner = parent.kind == ScopeKind::Class && parent.name.is_none();
        match (scope.kind, scope.name) {
            (ScopeKind::Function, Some(_)) if !is_inner => return Some(at),
            (ScopeKind::Class, Some(_)) => class = class.or(Some(at)),
            _ => {}
        }
        at = scope.parent;
    }
    class
}

/// Every call of a function; where there is none, what makes an object of its class.
fn callers(facts: &Facts<'_>, own: ScopeId) -> Vec<NodeId> {
    let Some(own) = facts.code.scope(own) else {
        return Vec::new();
    };
    let calls = calls_of(facts, own);
    let class = facts.code.scope(own.parent);
    match class.filter(|class| calls.is_empty() && class.kind == ScopeKind::Class) {
        Some(class) => calls_of(facts, class),
        None => calls,
    }
}

/// The calls of what a scope is called, from outside of it.
fn calls_of(facts: &Facts<'_>, scope: &Scope) -> Vec<NodeId> {
    let calls = scope.name.map_or(&[][..], |name| facts.calls_named(name));
    let outside = calls.iter().filter(|id| !scope.nodes.contains(&id.0));
    outside.copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_of_development_are_known() {
        for condition in [
            "(config.dev)",
            "isDev()",
            "__DEV__",
            "process.env.NODE_ENV === 'development'",
            "(process.env.NODE_ENV !== 'production')",
            "ready && options.isDevelopment",
            "DEV_MODE",
        ] {
            assert!(is_development(condition, true), "{condition}");
            assert!(!is_development(condition, false), "{condition}");
        }
        assert!(is_development("env.NODE_ENV === 'production'", false));
        for condition in [
            "!config.dev",
            "isDev || isAdmin",
            "device",
            "deviceMode",
            "process.env.NODE_ENV !== 'development'",
            "process.env.NODE_ENV === 'production'",
            "!(process.env.NODE_ENV === 'development')",
            "development.isOff",
            "isDevice()",
        ] {
            assert!(!is_development(condition, true), "{condition}");
        }
        assert!(!is_development("a && env === 'production'", false));
    }
}
