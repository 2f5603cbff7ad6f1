use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::text::Needles;

use super::encoded::{self, Image};
use super::kind::Kind;
use super::named::Named;
use super::{
    assignment, authorization, call, command, credential_name, file, identifier, key::STRUCTURES,
    kubernetes, near, url_credentials,
};

/// What to do where a needle was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Prefix `prefix` of kind `kind`.
    Prefix {
        kind: usize,
        prefix: usize,
    },
    /// One of the structures, by index.
    Structure(usize),
    Jwt,
    Url,
    OracleUrl,
    Bearer,
    Basic,
    /// The name of a header, whatever its scheme.
    Header,
    /// Base64 of user and password for a registry.
    Login,
    WordPress,
    PasswordHash,
    BrowserLogin,
    Pgpass,
    /// A word of a name.
    Name,
    /// What base64 makes of a mark, by index.
    Image {
        image: usize,
    },
    /// What hexadecimal digits make of a mark.
    HexImage,
    /// A Secret of Kubernetes.
    Manifest,
    EscapedUrl,
    /// A command that is given a password, by index.
    Command {
        command: usize,
    },
    /// A call of which one argument is a password.
    Call {
        argument: usize,
    },
}

/// Every needle and what it calls for, made on first use and then shared by all threads.
#[derive(Debug)]
pub struct Engine {
    pub needles: Needles,
    /// What each needle calls for.
    pub anchors: Vec<Vec<Anchor>>,
    pub kinds: Vec<Kind>,
    pub images: Vec<Image>,
    /// Kinds without a prefix.
    pub named: Named,
    /// Where the kind of a rule stands among `kinds`.
    by_rule: BTreeMap<&'static str, usize>,
}

impl Engine {
    /// The engine of the embedded rules.
    pub fn get() -> &'static Self {
        static ENGINE: OnceLock<Engine> = OnceLock::new();
        ENGINE.get_or_init(|| Self::new(Kind::all()))
    }

    pub fn new(kinds: Vec<Kind>) -> Self {
        let mut needles: BTreeMap<String, Vec<Anchor>> = BTreeMap::new();
        let mut add = |needle: &str, anchor: Anchor| {
            let anchors = needles.entry(needle.to_ascii_lowercase()).or_default();
            if !anchors.contains(&anchor) {
                anchors.push(anchor);
            }
        };
        // Names of credentials are found by what makes them such.
        let parts = Needles::new(identifier::WORDS.iter().copied());
        let is_credential = |word: &String| parts.hits(word.as_bytes()).next().is_some();
        for (kind, described) in kinds.iter().enumerate() {
            for (prefix, text) in described.pattern.prefixes.iter().enumerate() {
                add(text, Anchor::Prefix { kind, prefix });
            }
            if described.needs_name() {
                let words = described.pattern.near.iter().cloned();
                let named = described.pattern.named.iter();
                let keys = named
                    .filter(|word| !credential_name::is_plain(word))
                    .map(|word| format!("{word}_key"));
                words
                    .chain(keys)
                    .flat_map(|word| near::spellings(&word))
                    .filter(|word| !is_credential(word))
                    .for_each(|word| add(&word, Anchor::Name));
            }
        }
        identifier::WORDS
            .iter()
            .for_each(|word| add(word, Anchor::Name));
        for (at, structure) in STRUCTURES.iter().enumerate() {
            for anchor in structure.anchors {
                add(anchor, Anchor::Structure(at));
            }
        }
        add("eyj", Anchor::Jwt);
        add("://", Anchor::Url);
        add(authorization::BEARER, Anchor::Bearer);
        add(authorization::BASIC, Anchor::Basic);
        add(authorization::FIELD, Anchor::Header);
        authorization::LOGINS
            .iter()
            .for_each(|needle| add(needle, Anchor::Login));
        assignment::TAGS
            .iter()
            .for_each(|needle| add(needle, Anchor::Name));
        add(url_credentials::ORACLE, Anchor::OracleUrl);
        add(file::browser_login::ANCHOR, Anchor::BrowserLogin);
        for (needles, anchor) in [
            (file::wordpress::ANCHORS, Anchor::WordPress),
            (file::password_hash::ANCHORS, Anchor::PasswordHash),
            (file::pgpass::ANCHORS, Anchor::Pgpass),
        ] {
            needles.iter().for_each(|needle| add(needle, anchor));
        }
        for (command, known) in command::COMMANDS.iter().enumerate() {
            add(known.needle, Anchor::Command { command });
        }
        for (call, argument) in call::CALLS {
            add(
                call,
                Anchor::Call {
                    argument: *argument,
                },
            );
        }
        let images = encoded::images();
        for (image, Image { digits, .. }) in images.iter().enumerate() {
            add(digits, Anchor::Image { image });
        }
        encoded::hex_images().for_each(|digits| add(&digits, Anchor::HexImage));
        let manifests = kubernetes::ANCHORS.iter();
        manifests.for_each(|anchor| add(anchor, Anchor::Manifest));
        add(":\\/\\/", Anchor::EscapedUrl);
        add("%3a%2f%2f", Anchor::EscapedUrl);
        Self {
            needles: Needles::new(needles.keys().map(String::as_str)),
            images,
            anchors: needles.into_values().collect(),
            named: Named::new(&kinds),
            by_rule: kinds
                .iter()
                .enumerate()
                .map(|(at, kind)| (kind.id, at))
                .collect(),
            kinds,
        }
    }

    /// The kind that a rule reports, where a rule file describes it.
    pub fn kind_of(&self, rule: &str) -> Option<&Kind> {
        self.kinds.get(*self.by_rule.get(rule)?)
    }
}
