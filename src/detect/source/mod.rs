//! Insecure patterns in source code.

mod compiled;
mod matcher;
mod repair;
mod team;
mod terrain;

pub use team::{Team, query_mistake};

use std::collections::HashSet;

use crate::model::{Confidence, FileKind, KindSet, Severity, SkipReason, Span};
use crate::parse::Document;
use crate::parse::source::{self, Facts, Hop, Language, NodeId, QueryClock};

use super::{Context, Detector, Reported, Sink};
use compiled::{Compiled, CompiledClause, ELEMENT};
use matcher::{Asked, Fit, Place};
use terrain::Terrain;

/// Most labels that show the way of a value.
const MOST_STEPS: usize = 6;

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
        if !cx.rules.any_of("source") {
            return;
        }
        let source = doc.source;
        let Some(language) = Language::of(source.kind) else {
            return;
        };
        let team = cx.given.source_team.as_ref();
        let team = team.and_then(|team| team.of(language));
        // Most files hold none of the words that any rule needs: they are never parsed.
        let path = String::from_utf8_lossy(source.path.as_bytes());
        let enabled = |rule: &str| out.is_enabled(rule);
        let possible: Vec<(&Compiled, Vec<bool>)> = std::iter::once(Compiled::of(language))
            .chain(team)
            .filter_map(|rules| Some((rules, rules.possible(&path, &source.bytes, enabled)?)))
            .collect();
        if possible.is_empty() {
            return;
        }
        let terrain = Terrain::of(language, &path, &source.bytes);
        match terrain {
            Terrain::Minified if !cx.given.judges_vendored => {
                out.skip(SkipReason::Minified);
                return;
            }
            Terrain::Vendored if !cx.given.judges_vendored => {
                out.skip(SkipReason::Vendored);
                return;
            }
            _ => {}
        }
        let facts = match doc.facts() {
            Ok(facts) => facts,
            Err(reason) => {
                out.skip(reason.clone());
                return;
            }
        };
        let mut clock = QueryClock::default();
        for (rules, possible) in &possible {
            let pass = Pass {
                facts,
                rules,
                possible,
                weighs_less: match terrain {
                    Terrain::Test => !cx.given.judges_tests,
                    Terrain::Borrowed => !cx.given.judges_vendored,
                    Terrain::Own | Terrain::Vendored | Terrain::Minified => false,
                },
                judges_tests: cx.given.judges_tests,
                path: &path,
                kind: source.kind,
            };
            pass.run(out);
            pass.run_queries(&mut clock, out);
        }
    }
}

struct Pass<'p, 's> {
    facts: &'p Facts<'s>,
    rules: &'p Compiled,
    possible: &'p [bool],
    /// Whether the file is a test or none of the team's own, which nobody asked to judge in full.
    weighs_less: bool,
    judges_tests: bool,
    path: &'p str,
    kind: FileKind,
}

impl Pass<'_, '_> {
    fn run(&self, out: &mut Sink<'_>) {
        let mut reported: HashSet<(usize, Span)> = HashSet::new();
        let asked = Asked::default();
        for node in self.facts.code.ids() {
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
                let fit = matcher::fit(self.facts, place, (*at, clause), *name, self.path, &asked);
                let Some(fit) = fit else {
                    continue;
                };
                // One place, one finding of a rule: the first clause that fits speaks.
                if reported.insert((clause.rule, fit.mark.whole)) {
                    self.report(place, clause, &fit, out);
                }
            }
        }
    }

    /// The clauses that look for a shape in the tree.
    fn run_queries(&self, clock: &mut QueryClock, out: &mut Sink<'_>) {
        let mut reported: HashSet<(usize, Span)> = HashSet::new();
        for (clause, possible) in self.rules.clauses.iter().zip(self.possible) {
            let query = clause.query.as_ref().filter(|_| *possible);
            let Some(query) = query.and_then(|query| query.of(self.kind)) else {
                continue;
            };
            let found = self.facts.find(query, clock);
            if let Some(reason) = found.cut {
                out.skip(reason);
            }
            for place in found.places {
                if reported.insert((clause.rule, place)) {
                    let mark = clip(self.facts.text(place));
                    let words = |template: &str| template.replace("{mark}", &mark);
                    self.say(clause, place, &words, out);
                }
            }
        }
    }

    fn report(&self, place: Place, clause: &CompiledClause, fit: &Fit, out: &mut Sink<'_>) {
        let facts = self.facts;
        let says = &clause.clause;
        if says.mask {
            let span = facts.code.span(fit.mark.value);
            out.mask(span);
            if let Some(via) = facts.value(fit.mark.value).via.some() {
                out.mask(facts.code.span(via));
            }
        }
        let words = |template: &str| self.words(template, place, fit, says.mask);
        let Some(mut finding) = self.say(clause, fit.mark.whole, &words, out) else {
            return;
        };
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

    /// Reports what a clause says about a place, in its words.
    fn say<'o>(
        &self,
        clause: &CompiledClause,
        place: Span,
        words: &dyn Fn(&str) -> String,
        out: &'o mut Sink<'_>,
    ) -> Option<Reported<'o>> {
        let rule = self.rules.rules.get(clause.rule)?;
        let says = &clause.clause;
        let mut finding = out.report(rule, place, words(&says.message));
        if let Some(help) = &says.help {
            finding = finding.help(words(help));
        }
        if let Some(confidence) = &says.confidence {
            finding = finding.confidence(match confidence.as_str() {
                "high" => Confidence::High,
                "medium" => Confidence::Medium,
                _ => Confidence::Low,
            });
        }
        let is_test = || !self.judges_tests && self.facts.code.is_test(place);
        let severity = match says.severity.as_deref() {
            // What only tests run cannot be reached from outside.
            _ if self.weighs_less || is_test() => Some(Severity::Low),
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
        Some(finding)
    }

    /// Where a value that decided came from, if it is not written where it is used: the place
    /// where foreign data enters, what happens to it on its way, and where the value was made.
    fn flow(&self, value: NodeId, mark: Span) -> Vec<(Span, &'static str)> {
        let facts = self.facts;
        let known = facts.value(value);
        let mut steps: Vec<(Span, &'static str)> = Vec::new();
        let mut step = |node: NodeId, text| {
            let span = facts.code.span(node);
            let is_new = steps.iter().all(|(other, _)| !other.overlaps(span));
            if is_new && !mark.contains(span) && !span.contains(mark) {
                steps.push((span, text));
            }
        };
        let (entry, hops) = facts.trace(value).unwrap_or((NodeId::NONE, Vec::new()));
        if let Some(entry) = entry.some() {
            step(entry, "foreign data enters here");
        }
        for (node, hop) in hops {
            step(
                node,
                match hop {
                    Hop::Set => "the value is made here",
                    Hop::Joined => "it becomes part of this text",
                    Hop::Put => "it is put in here",
                    Hop::Handed => "it is handed over here",
                    Hop::Helper => "it goes through this helper",
                },
            );
        }
        if let Some(via) = known.via.some() {
            let text = match known.is_constant() {
                true => "the value is set here",
                false => "the value is made here",
            };
            step(via, text);
        }
        // The way in and the last steps say most.
        if steps.len() > MOST_STEPS {
            let late = steps.len() - MOST_STEPS / 2;
            steps.drain(MOST_STEPS - MOST_STEPS / 2..late);
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
