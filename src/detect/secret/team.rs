//! A team's own kinds of secrets. Runs that have none never come here.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{Mutex, OnceLock};

use aho_corasick::AhoCorasick;
use regex::bytes::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};

use crate::detect::Context;
use crate::model::{Redacted, RepoPath, Rule, Span};
use crate::rules::RuleSet;
use crate::rules::team::{DEEPEST, RegexPattern, TeamPattern};

use super::candidate::{Candidate, Rank, Weight};
use super::kind::{self, Kind};
use super::text::Text;
use super::value;

/// Bytes before a word at which an expression may begin to match.
const BEFORE: usize = 256;
/// Bytes behind a word that an expression sees: at least, where nothing else is known, at most.
const AFTER: (usize, usize, usize) = (512, 4096, 16_384);
/// How far behind a word a token without a prefix may stand.
const NEAR: usize = 160;
/// Secrets of a team's rules in one file.
const MOST: usize = 5000;
/// Memory of one compiled expression, and of its tables.
const SIZE: usize = 8 << 20;

/// The rules of a team, ready to run.
#[derive(Debug)]
pub struct Team {
    rules: Vec<Own>,
    words: AhoCorasick,
    /// The rules that each word calls for, each with its prefix, where the word is one.
    anchors: Vec<Vec<(usize, Option<String>)>>,
}

#[derive(Debug)]
struct Own {
    id: &'static str,
    looks: Looks,
}

#[derive(Debug)]
enum Looks {
    Form(Box<Kind>),
    Regex(Box<Expression>),
}

/// An expression, compiled once a word of it turns up.
#[derive(Debug)]
struct Expression {
    pattern: RegexPattern,
    regex: OnceLock<Option<Regex>>,
    path: OnceLock<Option<Regex>>,
    unless: OnceLock<RegexSet>,
    unless_line: OnceLock<RegexSet>,
    unless_path: OnceLock<RegexSet>,
}

impl Team {
    /// `None` where the set has no kinds of secrets beside the binary's.
    pub fn new(set: &RuleSet) -> Option<Self> {
        let mut needles: BTreeMap<String, Vec<(usize, Option<String>)>> = BTreeMap::new();
        let mut rules = Vec::new();
        for team in set.team() {
            let id = kept(team.rule.id.as_str());
            let at = rules.len();
            let mut add = |word: &str, prefix: Option<&String>| {
                let word = word.to_ascii_lowercase();
                needles.entry(word).or_default().push((at, prefix.cloned()));
            };
            let looks = match &team.pattern {
                TeamPattern::Form(pattern) => {
                    let Ok(kind) = Kind::new(id, pattern.as_ref().clone()) else {
                        continue;
                    };
                    pattern.prefixes.iter().for_each(|p| add(p, Some(p)));
                    if kind.needs_name() {
                        pattern.near.iter().for_each(|word| add(word, None));
                    }
                    Looks::Form(Box::new(kind))
                }
                TeamPattern::Regex(pattern) => {
                    pattern.near.iter().for_each(|word| add(word, None));
                    Looks::Regex(Box::new(Expression::new(pattern.as_ref().clone())))
                }
                TeamPattern::Source(_) => continue,
            };
            rules.push(Own { id, looks });
        }
        if rules.is_empty() {
            return None;
        }
        let words = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(needles.keys())
            .ok()?;
        Some(Self {
            rules,
            words,
            anchors: needles.into_values().collect(),
        })
    }

    /// Every secret of the rules that are switched on.
    pub fn look(&self, cx: &Context<'_>, path: &RepoPath, text: &Text<'_>) -> Vec<Candidate> {
        let mut found = Vec::new();
        let mut done = vec![0; self.rules.len()];
        let own: Vec<Option<&Rule>> = self.rules.iter().map(|own| cx.rules.get(own.id)).collect();
        for hit in self.words.find_overlapping_iter(text.bytes) {
            let anchors = self.anchors.get(hit.pattern().as_usize());
            for (at, prefix) in anchors.into_iter().flatten() {
                let (Some(one), Some(Some(rule)), Some(done)) =
                    (self.rules.get(*at), own.get(*at), done.get_mut(*at))
                else {
                    continue;
                };
                match (&one.looks, prefix) {
                    (Looks::Form(kind), Some(prefix)) => {
                        let token = kind.at_prefix(text.bytes, hit.start(), prefix);
                        found.extend(token.map(|t| {
                            candidate(cx, rule, one, text, t.start..t.body, t.start..t.end)
                        }));
                    }
                    (Looks::Form(kind), None) => {
                        let (from, to) = (hit.end().max(*done), hit.end() + NEAR);
                        let starts = from..text.bytes.len().min(to);
                        *done = starts.end.max(*done);
                        let tokens = starts
                            .filter(|at| kind::starts_token(text.bytes, *at))
                            .filter_map(|at| kind.begins(text.bytes, at));
                        found.extend(tokens.map(|t| {
                            candidate(cx, rule, one, text, t.start..t.start, t.start..t.end)
                        }));
                    }
                    (Looks::Regex(expression), _) => {
                        if hit.start() < *done || !expression.is_for(path) {
                            continue;
                        }
                        for secret in expression.around(text, hit.range(), done) {
                            let none = secret.start..secret.start;
                            found.push(candidate(cx, rule, one, text, none, secret));
                        }
                    }
                }
                if found.len() >= MOST {
                    return found;
                }
            }
        }
        found
    }
}

/// The id for as long as the program runs: each is kept once, however often rules are read.
fn kept(id: &str) -> &'static str {
    static IDS: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let Ok(mut ids) = IDS.lock() else {
        return "secret/unnamed";
    };
    match ids.get(id) {
        Some(known) => known,
        None => {
            let new: &'static str = Box::leak(id.to_owned().into_boxed_str());
            ids.insert(new);
            new
        }
    }
}

fn candidate(
    cx: &Context<'_>,
    rule: &Rule,
    own: &Own,
    text: &Text<'_>,
    prefix: Range<usize>,
    secret: Range<usize>,
) -> Candidate {
    let (name, revoke, instead) = match &own.looks {
        Looks::Form(kind) => {
            let pattern = &kind.pattern;
            (&pattern.name, &pattern.revoke, &pattern.instead)
        }
        Looks::Regex(expression) => {
            let pattern = &expression.pattern;
            (&pattern.name, &pattern.revoke, &pattern.instead)
        }
    };
    // Where a rule of ours says as much, it speaks.
    let generic = cx.rules.get("secret/generic-credential");
    let is_weaker = generic.is_some_and(|generic| rule.severity < generic.severity);
    let span = Span::from_usize(secret.start, secret.end);
    let public = String::from_utf8_lossy(text.slice(prefix)).into_owned();
    Candidate {
        rule: own.id,
        rank: if is_weaker {
            Rank::TeamNote
        } else {
            Rank::Team
        },
        label: span,
        mask: span,
        weight: Weight::Full,
        confidence: rule.confidence,
        message: format!("{name} is written into {}", text.called(secret.start)),
        help: format!("Revoke it ({revoke}), then {instead}"),
        redacted: Redacted::new(&public, secret.len()),
    }
}

impl Expression {
    fn new(pattern: RegexPattern) -> Self {
        Self {
            pattern,
            regex: OnceLock::new(),
            path: OnceLock::new(),
            unless: OnceLock::new(),
            unless_line: OnceLock::new(),
            unless_path: OnceLock::new(),
        }
    }

    fn is_for(&self, path: &RepoPath) -> bool {
        let wanted = || {
            let path = self.pattern.path.as_deref();
            self.path.get_or_init(|| path.and_then(compiled))
        };
        let path = path.as_bytes();
        (self.pattern.path.is_none() || wanted().as_ref().is_some_and(|r| r.is_match(path)))
            && !is_one(&self.unless_path, &self.pattern.unless_path, path)
    }

    /// The secrets around a word. Up to `done`, the text has been looked through already.
    fn around(&self, text: &Text<'_>, word: Range<usize>, done: &mut usize) -> Vec<Range<usize>> {
        let regex = self.regex.get_or_init(|| compiled(&self.pattern.regex));
        let Some(regex) = regex else {
            return Vec::new();
        };
        let bytes = text.bytes;
        let (least, usual, most) = AFTER;
        let after = self.pattern.longest.unwrap_or(usual).clamp(least, most);
        let mut at = word.start.saturating_sub(BEFORE).max(*done);
        // A line is not cut where it ends soon.
        let end = bytes.len().min(word.end + after);
        let rest = bytes
            .get(end..bytes.len().min(end + usual))
            .unwrap_or_default();
        let end = end + memchr::memchr(b'\n', rest).unwrap_or(0);
        let window = bytes.get(..end).unwrap_or_default();
        let mut secrets = Vec::new();
        while at <= end {
            let Some(groups) = regex.captures_at(window, at) else {
                break;
            };
            let Some(whole) = groups.get(0) else { break };
            let secret = match self.pattern.group {
                Some(group) => groups.get(group),
                None => (1..groups.len())
                    .find_map(|n| groups.get(n))
                    .or(Some(whole)),
            };
            if let Some(secret) = secret.filter(|s| self.is_plausible(bytes, s.range())) {
                secrets.push(secret.range());
            }
            at = whole.end().max(whole.start() + 1);
        }
        *done = end.max(word.start + 1);
        secrets
    }

    fn is_plausible(&self, bytes: &[u8], secret: Range<usize>) -> bool {
        let value = bytes.get(secret.clone()).unwrap_or_default();
        let entropy = self.pattern.entropy;
        let is_stopped = || {
            let lower = value.to_ascii_lowercase();
            let words = self.pattern.unless_words.iter();
            words
                .into_iter()
                .any(|w| memchr::memmem::find(&lower, w.as_bytes()).is_some())
        };
        let line = || {
            let before = bytes.get(secret.start.saturating_sub(4096)..secret.start);
            let before = before.unwrap_or_default();
            let start = memchr::memrchr(b'\n', before).map_or(0, |n| n + 1);
            let after = bytes.get(secret.end..bytes.len().min(secret.end + 4096));
            let after = after.unwrap_or_default();
            let end = memchr::memchr(b'\n', after).unwrap_or(after.len());
            let start = secret.start - (before.len() - start);
            bytes.get(start..secret.end + end).unwrap_or_default()
        };
        !value.is_empty()
            && entropy.is_none_or(|floor| value::entropy(value) >= floor)
            && !is_stopped()
            && !is_one(&self.unless, &self.pattern.unless, value)
            && (self.pattern.unless_line.is_empty()
                || !is_one(&self.unless_line, &self.pattern.unless_line, line()))
    }
}

fn compiled(text: &str) -> Option<Regex> {
    RegexBuilder::new(text)
        .unicode(false)
        .size_limit(SIZE)
        .dfa_size_limit(SIZE)
        .nest_limit(DEEPEST)
        .build()
        .ok()
}

fn is_one(set: &OnceLock<RegexSet>, texts: &[String], bytes: &[u8]) -> bool {
    !texts.is_empty()
        && set
            .get_or_init(|| {
                RegexSetBuilder::new(texts)
                    .unicode(false)
                    .size_limit(SIZE)
                    .dfa_size_limit(SIZE)
                    .nest_limit(DEEPEST)
                    .build()
                    .unwrap_or_else(|_| RegexSet::empty())
            })
            .is_match(bytes)
}
