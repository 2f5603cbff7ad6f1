//! The patterns of one language's rules, made ready to match; built once, on first use.

use std::borrow::Cow;
use std::collections::HashMap;
use std::mem::take;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use foldhash::fast::RandomState;
use regex::bytes::Regex;
use regex_automata::Input;
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson::{self, WhichCaptures};
use regex_automata::util::syntax;

use crate::model::{FileKind, Profile};
use crate::parse::source::{Clean, Language, Query, Taint};
use crate::rules::pattern::source::{Clause, Scalar, SourcePattern, Test, alternatives};
use crate::rules::source_patterns;

use super::query_words;
use super::words::{Found, WordSearch, Words};

/// A regular expression that is compiled when it is first asked. Many rules ask the same: there is
/// one of each text.
#[derive(Clone, Debug)]
pub(super) struct Expression(Arc<LazyRegex>);

#[derive(Debug)]
struct LazyRegex {
    text: String,
    compiled: OnceLock<Option<Ready>>,
}

/// An expression that is ready. Only whether it finds something is asked, never where: an automaton
/// that reads forward is a third of what `regex` keeps, and is made in a fifth of the time.
#[derive(Debug)]
enum Ready {
    /// By bytes: no class of it names a character beyond ASCII. `\w` has a few states then, not
    /// thousands.
    Bytes(Box<Automaton>),
    Characters(Regex),
}

#[derive(Debug)]
struct Automaton {
    dfa: DFA,
    /// The states that were met so far.
    cache: Mutex<Cache>,
}

/// Bytes that the states of an automaton may take; beyond, it begins anew.
const STATES: usize = 64 << 10;

/// Bytes that an expression may take, as in `regex`.
const LARGEST: usize = 10 << 20;

impl Expression {
    fn new(text: String) -> Self {
        static ALL: LazyLock<Mutex<HashMap<String, Expression>>> = LazyLock::new(Mutex::default);
        let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = all.get(&text) {
            return known.clone();
        }
        let new = Self(Arc::new(LazyRegex {
            text: text.clone(),
            compiled: OnceLock::new(),
        }));
        all.insert(text, new.clone());
        new
    }

    fn compile(&self) -> Option<Ready> {
        let parts = thompson::Config::new()
            .which_captures(WhichCaptures::None)
            .utf8(false)
            .nfa_size_limit(Some(LARGEST));
        let states = DFA::config()
            .cache_capacity(STATES)
            .skip_cache_capacity_check(true);
        let automaton = DFA::builder()
            .configure(states)
            .thompson(parts)
            .syntax(syntax::Config::new().unicode(false).utf8(false))
            .build(&self.0.text);
        match automaton {
            Ok(dfa) => {
                let cache = Mutex::new(dfa.create_cache());
                Some(Ready::Bytes(Box::new(Automaton { dfa, cache })))
            }
            Err(_) => Regex::new(&self.0.text).ok().map(Ready::Characters),
        }
    }

    /// True where it finds something; an expression that does not compile finds nothing (a test
    /// compiles them all).
    pub fn finds(&self, text: &str) -> bool {
        match self.0.compiled.get_or_init(|| self.compile()) {
            Some(Ready::Bytes(automaton)) => {
                let mut cache = automaton
                    .cache
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner);
                let input = Input::new(text).earliest(true);
                match automaton.dfa.try_search_fwd(&mut cache, &input) {
                    Ok(found) => found.is_some(),
                    // Only a byte that an automaton is told to refuse does this, and none is.
                    Err(_) => Regex::new(&self.0.text).is_ok_and(|r| r.is_match(text.as_bytes())),
                }
            }
            Some(Ready::Characters(regex)) => regex.is_match(text.as_bytes()),
            None => false,
        }
    }
}

/// A query that is compiled for a grammar when a file of it is first asked.
#[derive(Debug)]
pub(super) struct LazyQuery {
    text: String,
    compiled: Vec<(FileKind, OnceLock<Option<Query>>)>,
}

impl LazyQuery {
    fn new(language: Language, text: String) -> Self {
        let kinds = language.kinds().iter();
        Self {
            text,
            compiled: kinds.map(|kind| (*kind, OnceLock::new())).collect(),
        }
    }

    /// The query for files of a kind; none where their grammar has no such nodes.
    pub fn of(&self, kind: FileKind) -> Option<&Query> {
        let (_, slot) = self.compiled.iter().find(|(own, _)| *own == kind)?;
        slot.get_or_init(|| Query::new(kind, &self.text).ok())
            .as_ref()
    }
}

/// What a clause is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    Call,
    Assign,
    Entry,
    Reference,
    Return,
    Import,
}

impl Subject {
    const COUNT: usize = Self::Import as usize + 1;
}

/// Stands in a rule for an element under any key: `flask.session.[]`.
pub(super) const ELEMENT: &str = "[]";

/// A canonical name, perhaps with a `*` in it.
#[derive(Debug)]
pub(super) struct Name {
    before: String,
    after: Option<String>,
}

impl Name {
    fn new(text: &str) -> Self {
        match text.split_once('*') {
            Some((before, after)) => Self {
                before: before.to_owned(),
                after: Some(after.to_owned()),
            },
            None => Self {
                before: text.to_owned(),
                after: None,
            },
        }
    }

    /// True for `*.name`, which says nothing about who owns the name.
    pub fn is_open(&self) -> bool {
        self.before.is_empty()
            && self
                .after
                .as_ref()
                .is_some_and(|after| !after.trim_start_matches('.').contains('.'))
    }

    /// True for `owner.[]`.
    pub fn is_element(&self) -> bool {
        self.after
            .as_ref()
            .unwrap_or(&self.before)
            .ends_with(ELEMENT)
    }

    pub fn fits(&self, name: &str) -> bool {
        match &self.after {
            None => self.before == name,
            // `*.Key.new` is a `Key` of no module, too.
            Some(after) if self.before.is_empty() && after.strip_prefix('.') == Some(name) => true,
            Some(after) => {
                name.len() >= self.before.len() + after.len()
                    && name.starts_with(&self.before)
                    && name.ends_with(after.as_str())
            }
        }
    }
}

#[derive(Debug)]
pub(super) struct CompiledTest {
    pub test: Test,
    pub matches: Option<Expression>,
    pub shape: Option<Expression>,
    pub text: Option<Expression>,
    pub made: Option<Expression>,
    pub references: Vec<Name>,
    pub taint: Taint,
    pub escaped: Clean,
}

impl CompiledTest {
    /// Moves what is compiled out of the test.
    fn new(mut test: Test) -> Self {
        let taint = test.tainted.iter().fold(Taint::NONE, |all, source| {
            all.union(match source.as_str() {
                "request" => Taint::REQUEST,
                "argv" => Taint::ARGV,
                "env" => Taint::ENV,
                "input" => Taint::INPUT,
                "archive" => Taint::ARCHIVE,
                "random" => Taint::RANDOM,
                _ => Taint::FOREIGN,
            })
        });
        let escaped = match test.unescaped.as_deref() {
            Some("shell") => Clean::SHELL,
            Some("html") => Clean::HTML,
            Some("sql") => Clean::SQL,
            Some("path") => Clean::PATH,
            Some("url") => Clean::URL,
            Some("ldap") => Clean::LDAP,
            Some("xpath") => Clean::XPATH,
            Some("line") => Clean::LINE,
            _ => Clean::ALL,
        };
        let references = take(&mut test.reference);
        Self {
            matches: test.matches.take().map(Expression::new),
            shape: test.shape.take().map(Expression::new),
            text: test.text.take().map(Expression::new),
            made: test.made.take().map(Expression::new),
            references: references
                .iter()
                .flat_map(|name| alternatives(name))
                .map(|name| Name::new(&name))
                .collect(),
            taint,
            escaped,
            test,
        }
    }
}

#[derive(Debug)]
pub(super) struct CompiledClause {
    pub clause: Clause,
    /// The number of its rule.
    pub rule: usize,
    /// From which profile on it speaks.
    profile: Profile,
    pub names: Vec<Name>,
    pub receiver: Option<Expression>,
    pub role: Option<Expression>,
    pub within: Option<Expression>,
    pub has: Option<Expression>,
    pub lacks: Option<Expression>,
    pub unasked: Option<Expression>,
    pub unless_read: Option<Expression>,
    pub path: Option<Expression>,
    pub query: Option<LazyQuery>,
    pub unless_path: Option<Expression>,
    pub tests: Vec<CompiledTest>,
    pub unless: Vec<CompiledTest>,
    /// Literals that a file must hold: all of one list, and all of `needs`.
    alternatives: Vec<Vec<usize>>,
    needs: Vec<usize>,
    /// Literals none of which it may hold.
    needs_none: Vec<usize>,
    /// For a query, the literals that its patterns ask for: of one of them, one of every list.
    shapes: Vec<Vec<Vec<usize>>>,
    /// Literals of each of which at least one must be there.
    needs_any: Vec<Vec<usize>>,
}

type ByLast = HashMap<String, Vec<(usize, usize)>, RandomState>;

/// All rules of a language.
#[derive(Debug)]
pub(super) struct Compiled {
    pub rules: Vec<Cow<'static, str>>,
    pub clauses: Vec<CompiledClause>,
    /// For each subject the last part of a name to clauses and the place of the name in them.
    index: [ByLast; Subject::COUNT],
    words: WordSearch,
    /// For each word the clauses that it may make possible, and those that need none.
    by_word: Vec<Vec<usize>>,
    by_none: Vec<usize>,
}

impl CompiledClause {
    /// The words of which a file that it fits holds one; none where it may fit a file of any words.
    fn first_words(&self) -> Option<Vec<usize>> {
        let mut words = Vec::new();
        for all in &self.alternatives {
            words.push(*all.first()?);
        }
        for lists in &self.shapes {
            words.extend(lists.first()?);
        }
        Some(words)
    }

    /// True where a file holds the words of what it looks for, and is one that it judges.
    fn is_possible(&self, found: &Found, path: &str) -> bool {
        let has_any = |words: &Vec<usize>| words.iter().any(|word| found.has(*word));
        let has_all = |words: &Vec<usize>| words.iter().all(|word| found.has(*word));
        let unwanted = self.unless_path.as_ref();
        has_all(&self.needs)
            && !has_any(&self.needs_none)
            && self.needs_any.iter().all(has_any)
            && (self.alternatives.iter().any(has_all)
                || self.shapes.iter().any(|lists| lists.iter().all(has_any)))
            && self.path.as_ref().is_none_or(|wanted| wanted.finds(path))
            && unwanted.is_none_or(|unwanted| !unwanted.finds(path))
    }
}

impl Compiled {
    /// The rules of a language.
    pub fn of(language: Language) -> &'static Self {
        static ALL: [OnceLock<Compiled>; Language::ALL.len()] =
            [const { OnceLock::new() }; Language::ALL.len()];
        ALL[language as usize].get_or_init(|| Self::build(language))
    }

    fn build(language: Language) -> Self {
        let own = source_patterns(language.folder()).into_iter();
        // The build has validated every pattern with the same code.
        let own = own.filter_map(|(id, json)| {
            let pattern: SourcePattern = serde_json::from_str(&json).ok()?;
            Some((Cow::Borrowed(id), pattern))
        });
        Self::new(language, own)
    }

    /// These rules of a language, made ready.
    pub fn new(
        language: Language,
        rules: impl Iterator<Item = (Cow<'static, str>, SourcePattern)>,
    ) -> Self {
        let mut words = Words::default();
        let mut built = Self {
            rules: Vec::new(),
            clauses: Vec::new(),
            index: Default::default(),
            words: WordSearch::default(),
            by_word: Vec::new(),
            by_none: Vec::new(),
        };
        for (id, pattern) in rules {
            let rule = built.rules.len();
            built.rules.push(id);
            for clause in pattern.any {
                built.add(language, rule, clause, &mut words);
            }
        }
        built.clauses.shrink_to_fit();
        built.by_word = vec![Vec::new(); words.len()];
        for (at, clause) in built.clauses.iter().enumerate() {
            let Some(words) = clause.first_words() else {
                built.by_none.push(at);
                continue;
            };
            for word in words {
                if let Some(clauses) = built.by_word.get_mut(word) {
                    clauses.push(at);
                }
            }
        }
        built.words = WordSearch::new(words);
        built
    }

    /// Moves what is compiled out of the clause.
    fn add(&mut self, language: Language, rule: usize, mut clause: Clause, words: &mut Words) {
        let (subject, written) = match &mut clause {
            c if !c.call.is_empty() => (Subject::Call, take(&mut c.call)),
            c if !c.assign.is_empty() => (Subject::Assign, take(&mut c.assign)),
            c if !c.entry.is_empty() => (Subject::Entry, take(&mut c.entry)),
            c if !c.returns.is_empty() => (Subject::Return, take(&mut c.returns)),
            c if !c.import.is_empty() => (Subject::Import, take(&mut c.import)),
            c => (Subject::Reference, take(&mut c.reference)),
        };
        let at = self.clauses.len();
        let mut names = Vec::new();
        let mut wanted = Vec::new();
        for full in written.iter().flat_map(|name| alternatives(name)) {
            let last = match subject {
                Subject::Return => String::new(),
                Subject::Import => full.clone(),
                _ => last_part(&full).to_owned(),
            };
            self.index[subject as usize]
                .entry(last)
                .or_default()
                .push((at, names.len()));
            wanted.push(
                full.split('.')
                    .map(|part| part.trim_end_matches("()"))
                    .filter(|part| !part.is_empty() && *part != "*" && *part != ELEMENT)
                    .map(|part| words.number(part))
                    .collect(),
            );
            names.push(Name::new(&full));
        }
        let mut needs: Vec<usize> = take(&mut clause.needs)
            .iter()
            .map(|w| words.number(w))
            .collect();
        // A keyword that must be there is a word of the file.
        for test in clause.tests.iter().filter(|t| t.absent.is_none()) {
            if let [only] = test.at.as_slice()
                && let Some(key) = only.rsplit('.').next()
                && key.len() > 2
                && ![
                    "value", "receiver", "target", "last", "key", "outer", "parent",
                ]
                .contains(&key)
                && key.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_')
            {
                needs.push(words.number(key));
            }
        }
        let needs_none = take(&mut clause.needs_none);
        let needs_none = needs_none.iter().map(|w| words.number(w)).collect();
        let mut needs_any = Vec::new();
        for test in clause.tests.iter().filter(|t| t.absent.is_none()) {
            let constants: Vec<&Scalar> = test.is.iter().chain(&test.one_of).collect();
            let written: Vec<usize> = constants
                .iter()
                .flat_map(|scalar| spellings(scalar))
                .map(|word| words.number(word))
                .collect();
            // A constant that can be put together of others has no word of its own.
            let has_words = constants.iter().all(|scalar| !spellings(scalar).is_empty());
            if has_words && !constants.is_empty() {
                needs_any.push(written);
            }
        }
        if !clause.needs_any.is_empty() {
            let needs = take(&mut clause.needs_any);
            needs_any.push(needs.iter().map(|w| words.number(w)).collect());
        }
        // Without a word for a request there is no data of one.
        if clause.tests.iter().any(|t| t.tainted == ["request"]) {
            let requests = language.request_words().iter();
            needs_any.push(requests.map(|w| words.number(w)).collect());
        }
        let mut numbers = |list: Vec<String>| list.iter().map(|w| words.number(w)).collect();
        let patterns = clause.query.as_deref().map(query_words::words);
        let shapes = patterns.unwrap_or_default().into_iter();
        let shapes = shapes.map(|lists| lists.into_iter().map(&mut numbers).collect());
        let shapes = shapes.collect();
        self.clauses.push(CompiledClause {
            shapes,
            rule,
            profile: match clause.profile.as_deref() {
                Some("strict") => Profile::Strict,
                Some(_) => Profile::All,
                None => Profile::Default,
            },
            needs_any,
            names,
            receiver: clause.receiver.take().map(Expression::new),
            role: clause.role.take().map(Expression::new),
            within: clause.within.take().map(Expression::new),
            has: clause.has.take().map(Expression::new),
            lacks: clause.lacks.take().map(Expression::new),
            unasked: clause.unasked.take().map(Expression::new),
            unless_read: clause.unless_read.take().map(Expression::new),
            path: clause.path.take().map(Expression::new),
            query: clause
                .query
                .take()
                .map(|text| LazyQuery::new(language, text)),
            unless_path: clause.unless_path.take().map(Expression::new),
            tests: compiled(&mut clause.tests),
            unless: compiled(&mut clause.unless),
            alternatives: wanted,
            needs,
            needs_none,
            clause,
        });
    }

    /// The clauses that may fit something of this last name, with the name's place.
    pub fn candidates(&self, subject: Subject, last: &str) -> &[(usize, usize)] {
        let named = self.index[subject as usize].get(last);
        named.map_or(&[], Vec::as_slice)
    }

    /// Which clauses a text can satisfy at all, by the words it holds; `None` if not one.
    pub fn possible(
        &self,
        path: &str,
        text: &[u8],
        reach: impl Fn(&str) -> Option<Profile>,
    ) -> Option<Vec<bool>> {
        let found = self.words.found_in(text);
        let mut possible = vec![false; self.clauses.len()];
        let mut is_any = false;
        let spoken = found
            .words
            .iter()
            .filter_map(|word| self.by_word.get(*word));
        for at in spoken.flatten().chain(&self.by_none) {
            if possible.get(*at) == Some(&false)
                && let Some(clause) = self.clauses.get(*at)
                && clause.is_possible(&found, path)
                && let Some(rule) = self.rules.get(clause.rule)
                && reach(rule).is_some_and(|reach| clause.profile <= reach)
                && let Some(slot) = possible.get_mut(*at)
            {
                *slot = true;
                is_any = true;
            }
        }
        is_any.then_some(possible)
    }
}

fn compiled(tests: &mut Vec<Test>) -> Vec<CompiledTest> {
    take(tests).into_iter().map(CompiledTest::new).collect()
}

/// How a constant is written in the languages that there are; nothing where it has several forms.
fn spellings(scalar: &Scalar) -> &'static [&'static str] {
    match scalar {
        Scalar::Bool(true) => &["True", "true", "TRUE"],
        Scalar::Bool(false) => &["False", "false", "FALSE"],
        Scalar::Number(_) | Scalar::Text(_) => &[],
    }
}

/// The part of a name that rules are found by.
fn last_part(name: &str) -> &str {
    name.trim_end_matches("()")
        .rsplit('.')
        .next()
        .unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_expression_of_every_rule_compiles() {
        for language in Language::ALL {
            for clause in &Compiled::of(*language).clauses {
                let tests = clause.tests.iter().chain(&clause.unless);
                let expressions = tests.flat_map(|t| [&t.matches, &t.shape, &t.text, &t.made]);
                let expressions = expressions.chain([
                    &clause.receiver,
                    &clause.role,
                    &clause.within,
                    &clause.has,
                    &clause.lacks,
                    &clause.unasked,
                    &clause.unless_read,
                    &clause.path,
                    &clause.unless_path,
                ]);
                for expression in expressions.flatten() {
                    assert!(expression.compile().is_some(), "{}", expression.0.text);
                }
            }
        }
    }

    #[test]
    fn every_query_of_every_rule_compiles_for_some_files() {
        for language in Language::ALL {
            for clause in &Compiled::of(*language).clauses {
                let fits = |query: &LazyQuery| {
                    let mut kinds = language.kinds().iter();
                    kinds.any(|kind| query.of(*kind).is_some())
                };
                let rule = &Compiled::of(*language).rules[clause.rule];
                assert!(clause.query.as_ref().is_none_or(fits), "{rule}");
            }
        }
    }

    #[test]
    fn a_name_may_leave_its_owner_or_its_middle_open() {
        assert!(Name::new("*.execute").fits("a.b.execute"));
        assert!(Name::new("sqlite3.*.execute").fits("sqlite3.connect().cursor().execute"));
        assert!(!Name::new("os.system").fits("self.os.system"));
    }
}
