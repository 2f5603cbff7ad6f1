//! Insecure patterns in source code.

mod compiled;
mod matcher;
mod repair;
mod terrain;

use std::collections::HashSet;

use crate::model::{Confidence, KindSet, Severity, SkipReason, Source, Span};
use crate::parse::Document;
use crate::parse::source::{self, Facts, Language, NodeId, Pieces};
use crate::rules::ActiveRules;

use super::{Context, Detector, Sink};
use compiled::{Compiled, CompiledClause, ELEMENT};
use matcher::{Fit, Place};

/// Rules on facts, for every language that has an adapter.
#[derive(Debug)]
pub struct SourceCode;

impl Detector for SourceCode {
    fn family(&self) -> &'static str {
        "source"
    }

    fn kinds(&self) -> KindSet {
        source::KINDS
    }

    fn check(&self, cx: &Context<'_>, doc: &Document<'_>, out: &mut Sink<'_>) {
        let source = doc.source;
        let Some((rules, possible)) = wanted(cx.rules, source) else {
            return;
        };
        let path = String::from_utf8_lossy(source.path.as_bytes());
        if terrain::is_generated(&source.bytes) {
            out.skip(SkipReason::Generated);
            return;
        }
        for facts in Pieces::of(source.kind, &source.bytes) {
            match facts {
                Ok(facts) => {
                    let pass = Pass {
                        facts: &facts,
                        rules,
                        possible: &possible,
                        is_test: terrain::is_test(&path),
                        path: &path,
                    };
                    pass.run(out);
                }
                Err(reason) => out.skip(reason),
            }
        }
    }
}

/// The rules of a source's language, and which of their clauses it may fit; none where it need not
/// be parsed: most files hold none of the words that any rule asks for.
fn wanted(active: &ActiveRules, source: &Source) -> Option<(&'static Compiled, Vec<bool>)> {
    if !active.any_of("source") {
        return None;
    }
    let rules = Compiled::of(Language::of(source.kind)?);
    let path = String::from_utf8_lossy(source.path.as_bytes());
    let possible = rules.possible(&path, &source.bytes, |rule| active.is_enabled(rule))?;
    Some((rules, possible))
}

/// True for sources that the rules parse.
pub fn parses(active: &ActiveRules, source: &Source) -> bool {
    wanted(active, source).is_some() && !terrain::is_generated(&source.bytes)
}

struct Pass<'p, 's> {
    facts: &'p Facts<'s>,
    rules: &'static Compiled,
    possible: &'p [bool],
    is_test: bool,
    path: &'p str,
}

impl Pass<'_, '_> {
    fn run(&self, out: &mut Sink<'_>) {
        let mut reported: HashSet<(usize, Span)> = HashSet::new();
        for node in self.facts.own() {
            if self.facts.is_dead(node) {
                continue;
            }
            let Some((place, last)) = matcher::place(self.facts, node) else {
                continue;
            };
            // An element has the name of its key, and is one of any key, too.
            let elements = match place.is_element(self.facts) && last != ELEMENT {
                true => self.rules.candidates(place.subject, ELEMENT),
                false => &[],
            };
            let named = self.rules.candidates(place.subject, last);
            for (at, name) in named.iter().chain(elements) {
                if self.possible.get(*at) != Some(&true) {
                    continue;
                }
                let Some(clause) = self.rules.clauses.get(*at) else {
                    continue;
                };
                let Some(fit) = matcher::fit(self.facts, place, clause, *name, self.path) else {
                    continue;
                };
                // One place, one finding of a rule: the first clause that fits speaks.
                if reported.insert((clause.rule, fit.mark.whole)) {
                    self.report(place, clause, &fit, out);
                }
            }
        }
    }

    fn report(&self, place: Place, clause: &CompiledClause, fit: &Fit, out: &mut Sink<'_>) {
        let facts = self.facts;
        let Some(rule) = self.rules.rules.get(clause.rule) else {
            return;
        };
        let says = &clause.clause;
        let message = self.words(&says.message, place, fit, says.mask);
        if says.mask {
            let span = facts.code.span(fit.mark.value);
            out.mask(span);
            if let Some(via) = facts.value(fit.mark.value).via.some() {
                out.mask(facts.code.span(via));
            }
        }
        let mut finding = out.report(rule, fit.mark.whole, message);
        if let Some(help) = &says.help {
            finding = finding.help(self.words(help, place, fit, says.mask));
        }
        if let Some(confidence) = &says.confidence {
            finding = finding.confidence(match confidence.as_str() {
                "high" => Confidence::High,
                "medium" => Confidence::Medium,
                _ => Confidence::Low,
            });
        }
        let severity = match says.severity.as_deref() {
            // What only tests run cannot be reached from outside.
            _ if self.is_test || facts.code.is_test(fit.mark.whole) => Some(Severity::Low),
            Some("critical") => Some(Severity::Critical),
            Some("high") => Some(Severity::High),
            Some("medium") => Some(Severity::Medium),
            Some(_) => Some(Severity::Low),
            None => None,
        };
        if let Some(severity) = severity {
            finding = finding.severity(severity);
        }
        if let Some(aliases) = &says.aliases {
            let aliases: Vec<&str> = aliases.iter().map(String::as_str).collect();
            finding = finding.aliases(&aliases);
        }
        if let Some(value) = fit.decisive {
            for (span, text) in self.flow(value, fit.mark.whole) {
                finding = finding.step(span, text);
            }
        }
        if let Some(template) = &says.fix
            && let Some(repair) = repair::repair(facts, place, fit, template)
        {
            finding.fix_all(repair.title, repair.safety, repair.edits);
        }
    }

    /// Where a value that decided came from, if it is not written where it is used.
    fn flow(&self, value: NodeId, mark: Span) -> Vec<(Span, &'static str)> {
        let facts = self.facts;
        let known = facts.value(value);
        let mut steps = Vec::new();
        if let Some(entry) = known.entry.some() {
            let span = facts.code.span(entry);
            if !mark.contains(span) {
                steps.push((span, "foreign data enters here"));
            }
        }
        if let Some(call) = facts.handed_over(known) {
            let span = facts.code.span(call);
            if steps.iter().all(|(other, _)| !span.contains(*other)) {
                steps.push((span, "it is handed over here"));
            }
        }
        if let Some(via) = known.via.some() {
            let span = facts.code.span(via);
            if !mark.contains(span) && steps.iter().all(|(other, _)| !other.overlaps(span)) {
                let text = if known.is_constant() {
                    "the value is set here"
                } else {
                    "the value is made here"
                };
                steps.push((span, text));
            }
        }
        steps
    }

    fn words(&self, template: &str, place: Place, fit: &Fit, secret: bool) -> String {
        let facts = self.facts;
        if !template.contains('{') {
            return template.to_owned();
        }
        let head = place.head(facts);
        let callee = facts
            .canonical(head)
            .map(|path| facts.code.names.render(path))
            .filter(|name| name.len() <= 60)
            .unwrap_or_else(|| facts.text(facts.code.span(head)).to_owned());
        let mut text = template.replace("{callee}", &clip(&callee));
        if !secret {
            text = text.replace("{mark}", &clip(facts.text(fit.mark.whole)));
            let value = facts.text(facts.code.span(fit.mark.value));
            text = text.replace("{value}", &clip(value));
        }
        text.replace("{role}", facts.role(place.node).unwrap_or("a secret"))
    }
}

/// One line of at most 60 characters.
fn clip(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= 60 {
        return line;
    }
    let mut short: String = line.chars().take(57).collect();
    short.push('…');
    short
}
