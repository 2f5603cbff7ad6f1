//! Fix templates to edits.

use crate::model::{Safety, Span};
use crate::parse::source::{Facts, Node};
use crate::rules::pattern::source::FixTemplate;

use super::matcher::{Fit, Place};

/// A fix, ready to be reported.
#[derive(Debug)]
pub(super) struct Repair {
    pub title: String,
    pub safety: Safety,
    pub edits: Vec<(Span, String)>,
}

/// The edits of a template at a place; `None` where the code is not written so that they fit.
pub(super) fn repair(
    facts: &Facts<'_>,
    place: Place,
    fit: &Fit,
    template: &FixTemplate,
) -> Option<Repair> {
    let mut edits = Vec::new();
    for at in &template.delete {
        if at == "whole" {
            let whole = facts.code.span(place.node);
            edits.push((deletion(facts, place, whole)?, String::new()));
            continue;
        }
        // What is not there need not go.
        for part in place.parts(facts, std::slice::from_ref(at)) {
            edits.push((deletion(facts, place, part.whole)?, String::new()));
        }
    }
    if let Some(name) = &template.callee {
        edits.push((callee_name(facts, place)?, name.clone()));
    }
    if let Some(argument) = &template.insert {
        edits.push(insertion(facts, place, argument)?);
    }
    if let Some(text) = &template.replace {
        edits.push((facts.code.span(fit.mark.value), text.clone()));
    }
    let safety = match template.safety.as_str() {
        "safe" => Safety::Safe,
        "unsafe" => Safety::Unsafe,
        _ => Safety::Manual,
    };
    (!edits.is_empty()).then(|| Repair {
        title: template.title.clone(),
        safety,
        edits,
    })
}

/// The argument or entry with the comma that goes with it.
fn deletion(facts: &Facts<'_>, place: Place, part: Span) -> Option<Span> {
    let siblings: Vec<Span> = match place.subject {
        super::compiled::Subject::Call => facts.arguments(place.node).map(|a| a.span).collect(),
        _ => {
            let parent = facts.parent(place.node)?;
            facts.entries(parent).iter().map(|a| a.span).collect()
        }
    };
    let at = siblings.iter().position(|span| *span == part)?;
    // A comment between arguments belongs to somebody: leave it to them.
    let is_commented = |span: Span| {
        let between = facts.text(span);
        between.contains('#') || between.contains("//") || between.contains("/*")
    };
    if let Some(next) = siblings.get(at + 1) {
        let span = Span::new(part.start, next.start);
        if !is_commented(Span::new(part.end, next.start)) {
            return Some(span);
        }
    }
    if let Some(previous) = at.checked_sub(1).and_then(|at| siblings.get(at)) {
        return (!is_commented(Span::new(previous.end, part.start)))
            .then(|| Span::new(previous.end, part.end));
    }
    (siblings.len() == 1).then_some(part)
}

/// The last part of the callee's name where it is written after a dot.
fn callee_name(facts: &Facts<'_>, place: Place) -> Option<Span> {
    let head = place.head(facts);
    let Node::Member { name, .. } = facts.code.node(head) else {
        return None;
    };
    let span = facts.code.span(head);
    let length = u32::try_from(facts.code.names.text(*name).len()).ok()?;
    Some(Span::new(span.end.checked_sub(length)?, span.end))
}

/// A new last argument, before a trailing comma or the closing bracket.
fn insertion(facts: &Facts<'_>, place: Place, argument: &str) -> Option<(Span, String)> {
    let whole = facts.code.span(place.node);
    if !facts.text(whole).ends_with(')') {
        return None;
    }
    match facts.arguments(place.node).last() {
        Some(previous) => {
            let at = Span::new(previous.span.end, previous.span.end);
            Some((at, format!(", {argument}")))
        }
        None => {
            let at = whole.end.checked_sub(1)?;
            Some((Span::new(at, at), argument.to_owned()))
        }
    }
}
