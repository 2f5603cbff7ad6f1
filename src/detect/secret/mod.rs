//! Secrets in any text: one pass of one automaton, then bounded work at each hit.

mod assignment;
mod authorization;
mod automaton;
mod base64;
mod candidate;
mod generic_credential;
mod identifier;
mod jwt;
mod kind;
mod named;
mod near;
mod place;
mod private_key;
mod text;
mod url_credentials;
mod value;
mod words;

use crate::model::{Confidence, FileKind, KindSet, Redacted, SkipReason, Span};
use crate::parse::Document;

use super::{Context, Detector, Sink};
use automaton::{Anchor, Engine};
use candidate::{Candidate, Found, Rank, Weight};
use kind::{Kind, Match};
use place::Place;
use text::Text;

pub(super) use value::{is_made_up, is_reference};

/// The secrets family.
///
/// It looks at every file, binaries included (vendors' tokens and private keys only), and it masks
/// what it finds even where its rules are switched off.
#[derive(Debug)]
pub struct Secrets;

impl Detector for Secrets {
    fn family(&self) -> &'static str {
        "secret"
    }

    fn kinds(&self) -> KindSet {
        KindSet::ANY
    }

    fn reads_large_files(&self) -> bool {
        true
    }

    fn check(&self, cx: &Context<'_>, doc: &Document<'_>, out: &mut Sink<'_>) {
        match Engine::get() {
            Some(engine) => Scan::new(engine, Text::new(doc.source)).run(cx, out),
            None => out.skip(SkipReason::DetectorFailed(
                "no automaton of secrets".to_owned(),
            )),
        }
    }
}

/// The one automaton that every file passes through: the floor that benches measure against.
pub fn automaton() -> Option<&'static aho_corasick::AhoCorasick> {
    Engine::get().map(|engine| &engine.automaton)
}

/// One file's scan. The marks say up to where a kind of anchor has been dealt with, so that no
/// text is read twice for the same reason, whatever the file holds.
struct Scan<'e, 't> {
    engine: &'e Engine,
    text: Text<'t>,
    found: Found,
    names_done: usize,
    tokens_done: usize,
    keys_done: usize,
}

impl<'e, 't> Scan<'e, 't> {
    fn new(engine: &'e Engine, text: Text<'t>) -> Self {
        Self {
            engine,
            text,
            found: Found::default(),
            names_done: 0,
            tokens_done: 0,
            keys_done: 0,
        }
    }

    fn run(mut self, cx: &Context<'_>, out: &mut Sink<'_>) {
        let engine = self.engine;
        for hit in engine.automaton.find_overlapping_iter(self.text.bytes) {
            for anchor in engine
                .anchors
                .get(hit.pattern().as_usize())
                .into_iter()
                .flatten()
            {
                self.look(*anchor, hit.range());
            }
            if self.found.is_full() {
                self.found.settle(cx, out);
            }
        }
        self.found.settle(cx, out);
    }

    fn look(&mut self, anchor: Anchor, hit: std::ops::Range<usize>) {
        let is_binary = self.text.kind == FileKind::Binary;
        let candidate = match anchor {
            Anchor::Prefix { kind, prefix } => self.prefix(kind, prefix, hit.start),
            Anchor::PrivateKey if hit.start >= self.keys_done => {
                let (done, candidate) = private_key::check(&self.text, hit.start);
                self.keys_done = done;
                candidate
            }
            _ if is_binary => None,
            Anchor::PuttyKey if hit.start >= self.keys_done => {
                let (done, candidate) = private_key::check_putty(&self.text, hit.start);
                self.keys_done = done;
                candidate
            }
            Anchor::Jwt if hit.start >= self.tokens_done => {
                let (done, candidate) = jwt::check(&self.text, hit.start);
                self.tokens_done = done;
                candidate
            }
            Anchor::Url => url_credentials::check(&self.text, hit.start),
            Anchor::Bearer => authorization::check(&self.text, hit.end, authorization::BEARER),
            Anchor::Basic => authorization::check(&self.text, hit.end, authorization::BASIC),
            Anchor::Name if hit.start >= self.names_done => self.name(hit),
            _ => None,
        };
        if let Some(candidate) = candidate {
            self.found.add(candidate);
        }
    }

    fn prefix(&self, kind: usize, prefix: usize, at: usize) -> Option<Candidate> {
        let kind = self.engine.kinds.get(kind)?;
        let prefix = kind.pattern.prefixes.get(prefix)?;
        let found = kind.at_prefix(self.text.bytes, at, prefix)?;
        Some(self.described(kind, found, Rank::Prefix))
    }

    /// A name of something secret, or a vendor's: what is it given?
    fn name(&mut self, hit: std::ops::Range<usize>) -> Option<Candidate> {
        let name = assignment::name_around(&self.text, hit);
        let found = match assignment::parse(&self.text, name) {
            Ok(found) => found,
            Err(done) => {
                self.names_done = done;
                return None;
            }
        };
        // A value may hold names of its own: `url = "...?token=x"`.
        self.names_done = found.value.start;
        if !value::may_be_secret(self.text.slice(found.value.clone())) {
            return None;
        }
        let engine = self.engine;
        let named = engine
            .named
            .kind_of(engine, &self.text, found.value.clone())
            .map(|(kind, token)| self.described(kind, token, Rank::Named));
        named.or_else(|| generic_credential::check(&self.text, &found))
    }

    /// The finding for a token of a kind that a rule file describes.
    fn described(&self, kind: &Kind, found: Match, rank: Rank) -> Candidate {
        let prefix = self.text.slice(found.start..found.body);
        let body = self.text.slice(found.body..found.end);
        let checksum = kind.pattern.checksum.map(|check| check.holds(prefix, body));
        let span = Span::from_usize(found.start, found.end);
        let mut redacted = Redacted::new(&String::from_utf8_lossy(prefix), found.end - found.start);
        redacted.checksum = checksum;
        let name = &kind.pattern.name;
        let place = self.text.place(found.start);
        let called = self.text.called(found.start);
        let message = match checksum {
            Some(false) => format!(
                "What looks like a {name} is written into {called}, but its checksum does not match"
            ),
            _ => format!("{name} is written into {called}"),
        };
        let (weight, confidence) = match checksum {
            Some(false) => (Weight::Note, Confidence::Low),
            Some(true) => (Weight::Full, Confidence::High),
            None if place == Place::Test => (Weight::Less, Confidence::Medium),
            None if place.is_lenient() => (Weight::Note, Confidence::Low),
            None if rank == Rank::Named => (Weight::Full, Confidence::Medium),
            None => (Weight::Full, Confidence::High),
        };
        Candidate {
            rule: kind.id,
            rank,
            label: span,
            mask: span,
            weight,
            confidence,
            message,
            help: format!(
                "Revoke it ({}), then {}",
                kind.pattern.revoke, kind.pattern.instead
            ),
            redacted,
        }
    }
}
