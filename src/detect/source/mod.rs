//! Insecure patterns in source code.

mod apart;
mod asked;
mod compiled;
mod matcher;
mod query_words;
mod repair;
mod suite;
mod team;
mod terrain;
mod words;

pub use team::{Team, query_mistake};
pub use terrain::{is_test, is_vendored};

use std::cell::Cell;
use std::collections::{HashMap, HashSet};

use crate::model::{Confidence, FileKind, KindSet, Profile, Severity, SkipReason, Source, Span};
use crate::parse::Document;
use crate::parse::source::{
    self, Facts, Hop, Language, Matches, Node, NodeId, Pieces, Query, ScopeId, Shape, Taint,
};

use crate::rules::ActiveRules;

use super::{Context, Detector, Reported, Sink};
use asked::Answers;
use compiled::{Compiled, CompiledClause, ELEMENT, Subject};
use matcher::{Fit, Place};
use terrain::Terrain;

/// Most names in a call that are compared with another one's.
const MOST_NAMES: usize = 16;

/// Most places of an expression that were told the same and that another one is compared with.
const MOST_SAID: usize = 100;

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
        let source = doc.source;
        let Some(wanted) = Wanted::of(cx, source) else {
            return;
        };
        let path = String::from_utf8_lossy(source.path.as_bytes());
        let terrain = Terrain::of(wanted.language, &path, &source.bytes);
        if let Some(reason) = terrain.left_out()
            && !cx.given.judges_vendored
        {
            out.skip(reason);
            return;
        }
        let leaves_tests = Cell::new(wanted.leaves_tests);
        let queries = wanted.queries(source.kind);
        let asked = queries.iter().map(|(.., query)| *query).collect();
        let is_judged = !wanted.rules.is_empty();
        let pieces = is_judged.then(|| Pieces::of(source.kind, &source.bytes).asking(asked));
        for facts in pieces.into_iter().flatten() {
            let facts = match facts {
                Ok(facts) => facts,
                Err(reason) => {
                    out.skip(reason);
                    continue;
                }
            };
            for (rules, possible) in &wanted.rules {
                let pass = Pass {
                    facts: &facts,
                    rules,
                    possible,
                    weighs_less: match terrain {
                        Terrain::Test => !cx.given.judges_tests,
                        Terrain::Borrowed => !cx.given.judges_vendored,
                        Terrain::Own | Terrain::Vendored | Terrain::Minified => false,
                    },
                    judges_tests: cx.given.judges_tests,
                    asked: cx.rules,
                    leaves_tests: &leaves_tests,
                };
                pass.run(out);
                for ((of, clause, _), found) in queries.iter().zip(&facts.matches) {
                    if std::ptr::eq(*of, *rules) {
                        pass.report_matches(clause, found, out);
                    }
                }
            }
        }
        out.weigh_less(false);
        if leaves_tests.get() {
            out.skip(SkipReason::UnitTests);
        }
    }
}

/// The rules of a source's language, ours and a team's, with the clauses that it may fit.
struct Wanted<'r> {
    language: Language,
    rules: Vec<(&'r Compiled, Vec<bool>)>,
    /// There are clauses that are not asked, because the source is a unit test.
    leaves_tests: bool,
}

impl<'r> Wanted<'r> {
    /// None where a source need not be parsed: most files hold none of the words that any rule asks
    /// for.
    fn of(cx: &Context<'r>, source: &Source) -> Option<Self> {
        if !cx.rules.any_of("source") {
            return None;
        }
        let language = Language::of(source.kind)?;
        let team = cx.given.source_team.as_ref();
        let team = team.and_then(|team| team.of(language));
        let path = String::from_utf8_lossy(source.path.as_bytes());
        if apart::declares_only(language, &path) {
            return None;
        }
        let text = &source.bytes;
        let reach = |rule: &str| cx.rules.reach(rule);
        let all = std::iter::once(Compiled::of(language)).chain(team);
        let fit = |rules: &'r Compiled| Some((rules, rules.possible(&path, text, reach)?));
        let mut wanted = Self {
            language,
            rules: all.filter_map(fit).collect(),
            leaves_tests: false,
        };
        if !wanted.rules.is_empty() && is_suite(cx, language, &path, text) {
            wanted.leave_tests(cx.rules);
        }
        (!wanted.rules.is_empty() || wanted.leaves_tests).then_some(wanted)
    }

    /// What a unit test does is known to whoever wrote it; a team's rules may be about tests.
    fn leave_tests(&mut self, asked: &ActiveRules) {
        let own = Compiled::of(self.language);
        for (rules, possible) in &mut self.rules {
            if !std::ptr::eq(*rules, own) {
                continue;
            }
            for (clause, possible) in rules.clauses.iter().zip(possible) {
                let rule = rules.rules.get(clause.rule);
                let reach = rule.and_then(|rule| asked.reach(rule));
                if *possible && !reach.is_some_and(speaks_of_tests) {
                    *possible = false;
                    self.leaves_tests = true;
                }
            }
        }
        self.rules.retain(|(_, possible)| possible.contains(&true));
    }

    /// The clauses that look for a shape in the tree, each with its rules and its query.
    fn queries(&self, kind: FileKind) -> Vec<(&'r Compiled, &'r CompiledClause, &'r Query)> {
        let mut queries = Vec::new();
        for (rules, possible) in &self.rules {
            for (clause, possible) in rules.clauses.iter().zip(possible) {
                let query = clause.query.as_ref().filter(|_| *possible);
                let query = query.and_then(|query| query.of(kind));
                queries.extend(query.map(|query| (*rules, clause, query)));
            }
        }
        queries
    }
}

/// True where tests are judged, too.
fn speaks_of_tests(reach: Profile) -> bool {
    reach >= Profile::Strict
}

/// True for unit tests and examples that nobody asked to judge.
fn is_suite(cx: &Context<'_>, language: Language, path: &str, text: &[u8]) -> bool {
    let helps_tests = || language == Language::Go && terrain::imports_testing(text);
    let is_unit_test = || (is_test(path) || helps_tests()) && suite::is_suite(language, text);
    !cx.given.judges_tests && (apart::lies_apart(language, path) || is_unit_test())
}

/// True for sources that the rules parse.
pub fn parses(cx: &Context<'_>, source: &Source) -> bool {
    let path = String::from_utf8_lossy(source.path.as_bytes());
    Wanted::of(cx, source).is_some_and(|wanted| {
        let terrain = Terrain::of(wanted.language, &path, &source.bytes);
        let is_judged = cx.given.judges_vendored || terrain.left_out().is_none();
        is_judged && !wanted.rules.is_empty()
    })
}

/// What was said already, by rules.
#[derive(Default)]
struct Said<'s> {
    /// Where each expression was told something in the same words.
    of_expressions: HashMap<(usize, NodeId, String), Vec<Span>>,
    /// As they are written, by their function and by where their variables got their values.
    of_calls: HashSet<(usize, ScopeId, Vec<NodeId>, &'s str)>,
    /// Clauses that speak once a file, by their numbers.
    of_clauses: HashSet<usize>,
    /// What is called and the variable that it is given, as written, and where that was set.
    of_values: HashSet<(usize, ScopeId, (&'s str, &'s str, NodeId))>,
    /// The last statement that was told so of an object as it is written, by rules and words.
    of_statements: HashMap<(usize, String, &'s str), Span>,
    /// Of which paths with entries of archives, by the function that makes them.
    of_entries: HashSet<(usize, ScopeId, NodeId)>,
}

struct Pass<'p, 's> {
    facts: &'p Facts<'s>,
    rules: &'p Compiled,
    possible: &'p [bool],
    /// Whether the file is a test or none of the team's own, which nobody asked to judge in full.
    weighs_less: bool,
    judges_tests: bool,
    asked: &'p ActiveRules,
    /// Something was found that is not said, because it stands in a unit test.
    leaves_tests: &'p Cell<bool>,
}

impl<'s> Pass<'_, 's> {
    fn run(&self, out: &mut Sink<'_>) {
        let mut reported: HashSet<(usize, Span)> = HashSet::new();
        let mut said = Said::default();
        let answers = Answers::default();
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
                let Some(fit) = matcher::fit(self.facts, place, clause, *name, &answers) else {
                    continue;
                };
                // One place, one finding of a rule: the first clause that fits speaks.
                if reported.insert((clause.rule, fit.mark.whole))
                    && (!clause.clause.once || said.of_clauses.insert(*at))
                    && self.is_new(place, clause, &fit, &mut said)
                {
                    self.report(place, clause, &fit, out);
                }
            }
        }
    }

    /// False for what the same expression was told already: seven numbers that make one salt, a
    /// path that is joined and then resolved.
    fn is_new(
        &self,
        place: Place,
        clause: &CompiledClause,
        fit: &Fit,
        said: &mut Said<'s>,
    ) -> bool {
        let says = &clause.clause;
        // What makes one value is one thing to mend: `md5(uniqid(rand()))`.
        let words = match clause.role {
            Some(_) => self.facts.role(place.node).unwrap_or_default().to_owned(),
            None => self.words(&says.message, place, fit, says.mask),
        };
        let own = self.facts.code.span(place.node);
        if says.fix.is_none() && self.is_said_again(place, clause, fit, said) {
            return false;
        }
        // What an entry is called has to be looked at once, before its folder and its file are made.
        if fit
            .decisive
            .is_some_and(|value| self.is_entry_said(place, clause, value, said))
        {
            return false;
        }
        if says.fix.is_none() && self.goes_on(place, clause, fit, &words, said) {
            return false;
        }
        let list = self.list_around(place, clause);
        let around = list.unwrap_or_else(|| self.facts.expression_around(place.node));
        let all = said
            .of_expressions
            .entry((clause.rule, around, words))
            .or_default();
        let is_old = all.iter().rev().take(MOST_SAID).any(|span| {
            let is_part = span.contains(own) || own.contains(*span);
            // `rgb(byte(red), byte(green), byte(blue))` is one line to mend.
            let between = Span::new(span.end.min(own.end), span.start.max(own.start));
            let is_near = says.fix.is_none()
                && between.end >= between.start
                && !self.facts.text(between).contains('\n');
            is_part || is_near || list.is_some() || clause.role.is_some()
        });
        if !is_old {
            all.push(own);
        }
        !is_old
    }

    /// True where the statement right before was told so of the same object, and both by constants:
    /// `curl_setopt($c, CURLOPT_SSL_VERIFYPEER, 0); curl_setopt($c, CURLOPT_SSL_VERIFYHOST, 0);`
    /// Or the flag right before, of one set: `Ssl3 | Tls`.
    fn goes_on(
        &self,
        place: Place,
        clause: &CompiledClause,
        fit: &Fit,
        words: &str,
        said: &mut Said<'s>,
    ) -> bool {
        let facts = self.facts;
        let is_open = |value: NodeId| !facts.value(value).is_constant();
        let (head, first) = match facts.code.node(place.node) {
            Node::Call { callee, args } => (*callee, facts.code.list(*args).first().copied()),
            Node::Assign { target, .. } => (*target, None),
            _ if place.subject == Subject::Reference => (place.node, None),
            _ => return false,
        };
        if fit.decisive.is_some_and(is_open) {
            return false;
        }
        let object = match facts.code.node(head) {
            Node::Member { object, .. } => Some(*object),
            _ => first,
        };
        let Some(object) = object else {
            return false;
        };
        // A module or a class is no object: `os.chmod(a, 0o777)`, `os.chmod(b, 0o777)`.
        let is_named = |path| {
            let path = facts.code.names.render(path);
            let is_variable = ["$", "@", "self.", "this."]
                .iter()
                .any(|s| path.starts_with(s));
            !is_variable && !path.contains("()")
        };
        let between: &[&str] = match place.subject {
            Subject::Reference => &["|"],
            _ if facts.canonical(object).is_some_and(is_named) => return false,
            _ => &["", ";"],
        };
        let own = facts.code.span(place.node);
        let written = facts.text(facts.code.span(object));
        let key = (clause.rule, words.to_owned(), written);
        let before = said.of_statements.insert(key, own);
        before.is_some_and(|before| {
            before.end <= own.start
                && between.contains(&facts.text(Span::new(before.end, own.start)).trim())
        })
    }

    /// The list of options that an entry stands in, which decides one thing in several entries:
    /// `'verify_peer' => false, 'verify_peer_name' => false`.
    fn list_around(&self, place: Place, clause: &CompiledClause) -> Option<NodeId> {
        let is_option = place.subject == Subject::Entry && clause.clause.fix.is_none();
        let parent = is_option.then(|| self.facts.parent(place.node)).flatten();
        parent.filter(|list| matches!(self.facts.code.node(*list), Node::Map(_)))
    }

    /// True for a path that holds an entry of an archive, or is made of one that does, where that
    /// was said of it in the same function.
    fn is_entry_said(
        &self,
        place: Place,
        clause: &CompiledClause,
        value: NodeId,
        said: &mut Said<'s>,
    ) -> bool {
        let known = self.facts.value(value);
        let traced = (known.taint == Taint::ARCHIVE).then(|| self.facts.trace(value));
        let Some((_, hops)) = traced.flatten() else {
            return false;
        };
        let scope = self.facts.code.scope_of(place.node);
        let sets = || {
            let sets = hops.iter().filter(|(_, hop)| *hop == Hop::Set);
            sets.map(|(place, _)| *place)
        };
        let mut variables = sets().chain(known.via.some());
        if variables.any(|set| said.of_entries.contains(&(clause.rule, scope, set))) {
            return true;
        }
        // The first is the entry itself, of which several paths can be made.
        let last = known.via.some().or_else(|| sets().skip(1).last());
        said.of_entries
            .extend(last.map(|set| (clause.rule, scope, set)));
        false
    }

    /// True for the same call of the same variables in the same function, `message.getObject()`,
    /// asked first whether it is null, and of the same function with the same decisive one.
    fn is_said_again(
        &self,
        place: Place,
        clause: &CompiledClause,
        fit: &Fit,
        said: &mut Said<'s>,
    ) -> bool {
        let facts = self.facts;
        let Node::Call { callee, .. } = facts.code.node(place.node) else {
            return false;
        };
        let decides = |value: NodeId| facts.value(value).is_constant();
        if fit.decisive.is_some_and(decides) {
            return false;
        }
        let scope = facts.code.scope_of(place.node);
        let written = |node: NodeId| facts.text(facts.code.span(node));
        // The same variable, whatever else is given: `new RegExp(word, "i")`, `new RegExp(word)`.
        let is_name = |value: &NodeId| matches!(facts.code.node(*value), Node::Name(_));
        if let Some(value) = fit.decisive.filter(is_name) {
            let what = (written(*callee), written(value), facts.value(value).via);
            if !said.of_values.insert((clause.rule, scope, what)) {
                return true;
            }
        }
        let mut origins = Vec::new();
        let mut has_variable = false;
        let mut open = vec![place.node];
        while let Some(id) = open.pop().filter(|_| origins.len() < MOST_NAMES) {
            if let Node::Name(_) = facts.code.node(id) {
                let value = facts.value(id);
                // A variable with a type has the type's name.
                let is_global = matches!(value.shape, Shape::Reference(_) | Shape::Function(_));
                let is_variable = value.via.some().is_some() || !is_global;
                has_variable |= is_variable && !value.is_constant();
                origins.push(value.via);
            }
            facts.code.for_each_part(id, |part| open.push(part));
        }
        if !has_variable {
            return false;
        }
        !said
            .of_calls
            .insert((clause.rule, scope, origins, written(place.node)))
    }

    /// What a clause's query has found.
    fn report_matches(&self, clause: &CompiledClause, found: &Matches, out: &mut Sink<'_>) {
        if let Some(reason) = &found.cut {
            out.skip(reason.clone());
        }
        for place in &found.places {
            let mark = clip(self.facts.text(*place));
            let words = |template: &str| template.replace("{mark}", &mark);
            self.say(clause, *place, &words, out);
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
        let is_test = !self.judges_tests && self.facts.code.is_test(place);
        let is_ours = || std::ptr::eq(self.rules, Compiled::of(self.facts.language));
        if is_test && is_ours() && !self.asked.reach(rule).is_some_and(speaks_of_tests) {
            self.leaves_tests.set(true);
            return None;
        }
        // What only tests run cannot be reached from outside.
        out.weigh_less(self.weighs_less || is_test);
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
        let severity = match says.severity.as_deref() {
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
            .map(|path| facts.code.names.render(path).to_string())
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
