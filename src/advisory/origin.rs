//! Where imported advisories were fetched from and when: `db/SOURCES`, beside `db/CURRENT`.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::index::{self, IndexError, Part};
use crate::guard::LIMITS;
use crate::guard::atomic_write::atomic_write;
use crate::model::Ecosystem;

const SOURCES: &str = "SOURCES";

/// What is remembered of every ecosystem that was fetched.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Origins(BTreeMap<Ecosystem, Origin>);

/// Where the records of one ecosystem are from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The hash of the segment that was made of them. What is imported later has another.
    pub segment: String,
    pub inputs: Vec<Input>,
    /// When the sources were last asked, in seconds since 1970.
    pub asked: i64,
}

/// One source's part in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// Without credentials.
    pub address: String,
    /// The hashes of what was fetched: an archive and, where records were fetched one by one, them.
    pub content: Vec<String>,
    /// The hash of the list of changes that was looked through.
    pub list: Option<String>,
    pub etag: Option<String>,
    /// When the content was new, in seconds since 1970.
    pub fetched: i64,
    pub records: u64,
}

impl Origins {
    /// What is remembered below `cache`; nothing where nothing was fetched.
    pub fn read(cache: &Path) -> Result<Self, IndexError> {
        let Some(bytes) = index::read_beside_current(cache, SOURCES, LIMITS.config)? else {
            return Ok(Self::default());
        };
        serde_json::from_slice(&bytes).map_err(|error| IndexError::Damaged {
            what: SOURCES.into(),
            why: error.to_string(),
        })
    }

    pub fn write(&self, cache: &Path) -> io::Result<()> {
        let bytes = serde_json::to_vec_pretty(self)?;
        atomic_write(&index::folder(cache).join(SOURCES), &bytes)
    }

    /// What the part of an index was fetched from, unless it was imported since.
    pub fn of(&self, part: &Part) -> Option<&Origin> {
        let origin = self.0.get(&part.ecosystem)?;
        (origin.segment == part.sha256).then_some(origin)
    }

    /// Remembers where an ecosystem is from.
    pub fn set(&mut self, ecosystem: Ecosystem, origin: Origin) {
        self.0.insert(ecosystem, origin);
    }

    /// The ecosystems that a source ever had a part in.
    pub fn fed_by<'a>(&'a self, address: &'a str) -> impl Iterator<Item = Ecosystem> + 'a {
        let feeds = move |origin: &Origin| origin.inputs.iter().any(|i| i.address == address);
        self.0
            .iter()
            .filter(move |(_, origin)| feeds(origin))
            .map(|(ecosystem, _)| *ecosystem)
    }
}
