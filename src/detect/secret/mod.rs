//! Secrets in any text: one pass for all needles, then bounded work at each hit.

mod assignment;
mod authorization;
mod automaton;
mod call;
mod candidate;
mod chance;
mod command;
mod credential_name;
mod decoded;
mod encoded;
mod file;
mod generic_credential;
mod hidden;
mod identifier;
mod jwt;
mod key;
mod kind;
mod kubernetes;
mod named;
mod near;
mod place;
mod reference;
mod stand_in;
mod syntax;
mod team;
mod text;
mod url_credentials;
mod value;
mod vendor;
mod vocabulary;
mod words;

use crate::advisory::Day;
use crate::model::{FileKind, KindSet};
use crate::parse::Document;
use crate::text::{Hit, Needles, base64};

use super::{Context, Detector, Sink};
use assignment::Assignment;
use automaton::{Anchor, Engine};
use candidate::{Candidate, Found};
use key::STRUCTURES;
use text::Text;

pub use hidden::{is_distinct, path_without_secrets, secrets_in, without_secrets};
pub use team::Team;
pub(super) use value::{is_made_up, is_reference};

/// The secrets family.
///
/// It looks at every file, binaries included (vendors' tokens and private keys only). Where its rules
/// are switched off, it still masks what it finds in every file that is shown.
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
        Scan::new(Engine::get(), Text::new(doc.source)).run(cx, out);
        hidden::check_path(cx, doc.source, out);
    }
}

/// The texts that every file is searched for: the floor that benches measure against.
pub fn needles() -> &'static Needles {
    &Engine::get().needles
}

/// One file's scan. The marks say up to where a kind of anchor has been dealt with, so that no
/// text is read twice for the same reason, whatever the file holds.
struct Scan<'e, 't> {
    engine: &'e Engine,
    text: Text<'t>,
    found: Found,
    names_done: usize,
    commands_done: usize,
    headers_done: usize,
    tokens_done: usize,
    structures_done: Vec<usize>,
    today: Option<Day>,
    decoded_done: usize,
    escapes_done: usize,
    manifests_done: usize,
    /// How many encodings this text was hidden by.
    depth: u8,
}

impl<'e, 't> Scan<'e, 't> {
    fn new(engine: &'e Engine, text: Text<'t>) -> Self {
        Self {
            engine,
            text,
            found: Found::default(),
            names_done: 0,
            commands_done: 0,
            headers_done: 0,
            tokens_done: 0,
            structures_done: vec![0; STRUCTURES.len()],
            today: None,
            decoded_done: 0,
            escapes_done: 0,
            manifests_done: 0,
            depth: 0,
        }
    }

    fn run(mut self, cx: &Context<'_>, out: &mut Sink<'_>) {
        self.today = cx.given.today;
        let engine = self.engine;
        for hit in engine.needles.hits(self.text.bytes) {
            self.look_all(&hit);
            if self.found.is_full() {
                self.found.settle(engine, &self.text, cx, out);
            }
        }
        if let Some(team) = &cx.given.team {
            for candidate in team.look(cx, self.text.path(), &self.text) {
                self.found.add(candidate);
                if self.found.is_full() {
                    self.found.settle(engine, &self.text, cx, out);
                }
            }
        }
        for candidate in key::of_file(&self.text) {
            self.found.add(candidate);
        }
        if let Some(candidate) = file::rails_key::check(&self.text) {
            self.found.add(candidate);
        }
        self.found.settle(engine, &self.text, cx, out);
    }

    /// The same for text that was decoded, where what is found waits for the text around it.
    fn pass(&mut self) {
        let engine = self.engine;
        for hit in engine.needles.hits(self.text.bytes) {
            self.look_all(&hit);
            if self.found.is_full() {
                break;
            }
        }
    }

    fn look_all(&mut self, hit: &Hit) {
        let anchors = self.engine.anchors.get(hit.needle);
        for anchor in anchors.into_iter().flatten() {
            self.look(*anchor, hit.range.clone());
        }
    }

    fn look(&mut self, anchor: Anchor, hit: std::ops::Range<usize>) {
        let is_binary = self.text.kind == FileKind::Binary;
        let candidate = match anchor {
            Anchor::Prefix { kind, prefix } => {
                vendor::at_prefix(self.engine, &self.text, hit.start, kind, prefix)
            }
            Anchor::Structure(at) => self.structure(at, hit),
            Anchor::Image { image } if hit.start >= self.decoded_done => {
                self.image(image, hit);
                None
            }
            _ if is_binary => None,
            Anchor::HexImage if hit.start >= self.decoded_done => {
                self.hex_image(&hit);
                None
            }
            Anchor::Manifest if hit.start >= self.manifests_done => {
                self.manifest(hit);
                None
            }
            Anchor::EscapedUrl => {
                self.escaped_url(hit);
                None
            }
            Anchor::Jwt if hit.start >= self.tokens_done => {
                let (done, candidate) = jwt::check(&self.text, hit.start, self.today);
                self.tokens_done = done;
                candidate
            }
            Anchor::Url => url_credentials::check(&self.text, hit.start),
            Anchor::OracleUrl => url_credentials::check_oracle(&self.text, hit.end),
            Anchor::Bearer => {
                let value = authorization::token(&self.text, hit.end);
                vendor::of_value(self.engine, &self.text, None, value)
                    .or_else(|| authorization::check(&self.text, hit.end, authorization::BEARER))
            }
            Anchor::Basic => authorization::check(&self.text, hit.end, authorization::BASIC),
            Anchor::Header if hit.start >= self.headers_done => {
                let (done, candidate) = authorization::field(&self.text, hit);
                self.headers_done = done;
                candidate
            }
            Anchor::Login if hit.start >= self.headers_done => {
                let (done, candidate) = authorization::login(&self.text, hit);
                self.headers_done = done;
                candidate
            }
            Anchor::WordPress => file::wordpress::check(&self.text, hit),
            Anchor::PasswordHash => file::password_hash::check(&self.text, hit.start),
            Anchor::BrowserLogin => file::browser_login::check(&self.text, hit),
            Anchor::Pgpass => {
                let found = file::pgpass::check(&self.text, hit.start);
                found.and_then(|found| self.value(&found))
            }
            Anchor::Name if hit.start >= self.names_done => self.name(hit),
            Anchor::Command { command } if hit.start >= self.commands_done => {
                self.command(command, hit)
            }
            Anchor::Call { argument } => {
                let found = call::check(&self.text, hit, argument);
                found.and_then(|found| self.value(&found))
            }
            _ => None,
        };
        if let Some(candidate) = candidate {
            self.found.add(candidate);
        }
    }

    fn structure(&mut self, at: usize, hit: std::ops::Range<usize>) -> Option<Candidate> {
        let structure = STRUCTURES.get(at)?;
        let done = self.structures_done.get_mut(at)?;
        let wanted = structure.in_binaries || self.text.kind != FileKind::Binary;
        if !wanted || hit.start < *done {
            return None;
        }
        let candidate;
        (*done, candidate) = (structure.check)(&self.text, hit);
        candidate
    }

    /// A name of something secret, or a vendor's: what is it given?
    fn name(&mut self, hit: std::ops::Range<usize>) -> Option<Candidate> {
        let name = assignment::name_around(&self.text, hit);
        if self.is_escape(name.end) {
            self.escaped_around(name.clone());
        }
        let found = match assignment::parse(&self.text, name.clone()) {
            Ok(found) => found,
            Err(done) => {
                self.names_done = done;
                let value = vendor::argument(&self.text, &name)?;
                return vendor::of_value(self.engine, &self.text, Some(&name), value);
            }
        };
        self.names_done = found.done();
        self.value(&found)
    }

    /// A password that its place in a command line tells.
    fn command(&mut self, command: usize, hit: std::ops::Range<usize>) -> Option<Candidate> {
        let (done, found) = command::check(&self.text, hit, command::COMMANDS.get(command)?);
        self.commands_done = done;
        self.value(&found?)
    }

    /// What is given to a name, or stands where a password does: is it a secret?
    fn value(&mut self, found: &Assignment) -> Option<Candidate> {
        if self.encoded_value(found) {
            return None;
        }
        let (name, value) = (&found.name, found.value.clone());
        if let Some(named) = vendor::of_value(self.engine, &self.text, Some(name), value) {
            return Some(named);
        }
        if !value::may_be_secret(self.text.slice(found.value.clone())) {
            return None;
        }
        generic_credential::check(&self.text, found)
    }
}
