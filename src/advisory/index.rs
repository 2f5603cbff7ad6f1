//! The imported advisories: `db/CURRENT` names the folder `db/<hash>`, whose `MANIFEST` has that
//! hash and lists the segments with the hashes of their heads, which hold the hashes of their pages:
//! every byte that is used was checked. Nothing in such a folder ever changes.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::day::Day;
use super::layout::{self, Damage, SCHEMA};
use super::segment::Segment;
use crate::model::Ecosystem;

pub const CURRENT: &str = "CURRENT";
pub const MANIFEST: &str = "MANIFEST";
/// Far above what all ecosystems need.
const MANIFEST_LIMIT: u64 = 1 << 20;

/// Why an index cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    #[error("{what} cannot be read ({error})")]
    Unreadable { what: String, error: io::Error },
    #[error("{what} is damaged ({why}); import the advisories again")]
    Damaged { what: String, why: String },
    #[error("{0} plimsoll made it (format {1} instead of {SCHEMA}); import the advisories again")]
    Version(&'static str, u32),
    #[error("{what} can be written by every user of this machine")]
    Exposed { what: String },
}

impl IndexError {
    fn damaged(what: &str, why: impl std::fmt::Display) -> Self {
        Self::Damaged {
            what: what.into(),
            why: why.to_string(),
        }
    }
}

/// The list of what an index folder holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub schema: u32,
    pub parts: Vec<Part>,
}

/// One ecosystem of an index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub ecosystem: Ecosystem,
    pub bytes: u64,
    pub sha256: String,
    /// The hash that stands in the segment's own head.
    pub head: String,
    /// Advisories that are not withdrawn.
    pub records: u32,
    pub newest: Option<Day>,
    /// Databases that the records come from, with their numbers.
    pub databases: BTreeMap<String, u32>,
}

impl Part {
    pub fn file_name(&self) -> String {
        format!("{}.segment", self.ecosystem.name())
    }
}

/// What manifests of all versions have.
#[derive(Deserialize)]
struct AnyManifest {
    schema: u32,
}

impl Manifest {
    /// Reads the bytes of a manifest that must have this hash.
    pub fn read(bytes: &[u8], hash: &str) -> Result<Self, IndexError> {
        if sha256(bytes) != hash {
            return Err(IndexError::damaged(MANIFEST, "its hash is another"));
        }
        let any: AnyManifest =
            serde_json::from_slice(bytes).map_err(|e| IndexError::damaged(MANIFEST, e))?;
        match any.schema {
            SCHEMA => {}
            newer if newer > SCHEMA => return Err(IndexError::Version("a newer", newer)),
            older => return Err(IndexError::Version("an older", older)),
        }
        serde_json::from_slice(bytes).map_err(|e| IndexError::damaged(MANIFEST, e))
    }
}

pub fn sha256(bytes: &[u8]) -> String {
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        use std::fmt::Write as _;
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// The hash of a segment's head, as the manifest repeats it.
pub fn head(bytes: &[u8]) -> String {
    layout::claimed(bytes)
        .map(|hash| format!("{hash:032x}"))
        .unwrap_or_default()
}

/// The folder of advisory data below the cache folder.
pub fn folder(cache: &Path) -> PathBuf {
    cache.join("db")
}

/// An opened index. Of a segment, what is asked for is read and checked.
#[derive(Debug)]
pub struct Index {
    hash: String,
    slots: BTreeMap<Ecosystem, Slot>,
}

#[derive(Debug)]
struct Slot {
    part: Part,
    /// Open from the start, so that an update meanwhile cannot take the data away.
    file: Arc<File>,
    segment: OnceLock<Result<Segment, Damage>>,
    /// What was found wrong with a part of the segment.
    damage: OnceLock<Damage>,
}

impl Index {
    /// Opens what `CURRENT` names; `None` where nothing was ever imported.
    pub fn open(cache: &Path) -> Result<Option<Self>, IndexError> {
        let Some((hash, folder, manifest)) = current(cache)? else {
            return Ok(None);
        };
        let mut slots = BTreeMap::new();
        for part in manifest.parts {
            let name = part.file_name();
            let file = open_regular(&folder.join(&name), &name)?;
            let length = file
                .metadata()
                .map_err(|error| IndexError::Unreadable {
                    what: name.clone(),
                    error,
                })?
                .len();
            if length != part.bytes {
                return Err(IndexError::damaged(
                    &name,
                    format!("{length} bytes instead of {}", part.bytes),
                ));
            }
            let slot = Slot {
                file: Arc::new(file),
                segment: OnceLock::new(),
                damage: OnceLock::new(),
                part,
            };
            slots.insert(slot.part.ecosystem, slot);
        }
        Ok(Some(Self { hash, slots }))
    }

    /// The first digits of the content hash.
    pub fn short_hash(&self) -> &str {
        self.hash.get(..16).unwrap_or(&self.hash)
    }

    /// Asks the segment of an ecosystem; `None` where there is none, or where what was asked for is
    /// damaged.
    pub fn ask<T>(
        &self,
        ecosystem: Ecosystem,
        question: impl Fn(&Segment) -> Result<T, Damage>,
    ) -> Option<(T, &Segment)> {
        let slot = self.slots.get(&ecosystem)?;
        let segment = slot.segment.get_or_init(|| slot.open()).as_ref().ok()?;
        match question(segment) {
            Ok(answer) => Some((answer, segment)),
            Err(damage) => {
                slot.damage.get_or_init(|| damage);
                None
            }
        }
    }

    /// What the manifest says of an ecosystem, unless its segment cannot be used at all.
    pub fn usable(&self, ecosystem: Ecosystem) -> Option<&Part> {
        let slot = self.slots.get(&ecosystem)?;
        match slot.segment.get() {
            Some(Err(_)) => None,
            _ => Some(&slot.part),
        }
    }

    /// The segments that turned out to be damaged.
    pub fn problems(&self) -> impl Iterator<Item = String> + '_ {
        self.slots.values().filter_map(|slot| {
            let (are, damage) = match slot.segment.get()? {
                Err(damage) => ("are not", *damage),
                Ok(segment) => {
                    let told = slot.damage.get().copied();
                    ("are not all", told.or_else(|| segment.damage())?)
                }
            };
            let error = IndexError::damaged(&slot.part.file_name(), damage);
            let name = slot.part.ecosystem.name();
            Some(format!(
                "the imported advisories of {name} {are} used: {error}"
            ))
        })
    }
}

impl Slot {
    fn open(&self) -> Result<Segment, Damage> {
        let hash = u128::from_str_radix(&self.part.head, 16).map_err(|_| Damage::Changed)?;
        Segment::open(Arc::clone(&self.file), self.part.bytes, hash)
    }
}

/// The hash, folder and manifest of the index in force.
pub fn current(cache: &Path) -> Result<Option<(String, PathBuf, Manifest)>, IndexError> {
    let db = folder(cache);
    let place = db.join(CURRENT);
    let unreadable = |what: &str, error| IndexError::Unreadable {
        what: what.into(),
        error,
    };
    match std::fs::symlink_metadata(&place) {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(CURRENT, error)),
    }
    let meta = std::fs::metadata(&db).map_err(|error| unreadable("db", error))?;
    refuse_exposed(&meta, "the folder of the advisories")?;
    let mut text = String::new();
    open_regular(&place, CURRENT)?
        .take(100)
        .read_to_string(&mut text)
        .map_err(|error| unreadable(CURRENT, error))?;
    let hash = text.strip_suffix('\n').unwrap_or(&text);
    let is_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    if hash.len() != 64 || !hash.bytes().all(is_hex) {
        return Err(IndexError::damaged(CURRENT, "it names no index"));
    }
    let folder = db.join(hash);
    let mut bytes = Vec::new();
    open_regular(&folder.join(MANIFEST), MANIFEST)?
        .take(MANIFEST_LIMIT)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(MANIFEST, error))?;
    let manifest = Manifest::read(&bytes, hash)?;
    Ok(Some((hash.to_owned(), folder, manifest)))
}

/// A small file beside `CURRENT`; `None` where there is none.
pub fn read_beside_current(
    cache: &Path,
    name: &str,
    limit: u64,
) -> Result<Option<Vec<u8>>, IndexError> {
    let place = folder(cache).join(name);
    match std::fs::symlink_metadata(&place) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        _ => {}
    }
    let mut bytes = Vec::new();
    open_regular(&place, name)?
        .take(limit)
        .read_to_end(&mut bytes)
        .map_err(|error| IndexError::Unreadable {
            what: name.into(),
            error,
        })?;
    Ok(Some(bytes))
}

/// Opens a regular file; never waits on a FIFO, never follows a link.
fn open_regular(path: &Path, what: &str) -> Result<File, IndexError> {
    let unreadable = |error| IndexError::Unreadable {
        what: what.into(),
        error,
    };
    let meta = std::fs::symlink_metadata(path).map_err(unreadable)?;
    if !meta.is_file() {
        return Err(IndexError::damaged(what, "it is not a regular file"));
    }
    refuse_exposed(&meta, what)?;
    File::open(path).map_err(unreadable)
}

#[cfg(unix)]
fn refuse_exposed(meta: &std::fs::Metadata, what: &str) -> Result<(), IndexError> {
    use std::os::unix::fs::PermissionsExt as _;
    if meta.permissions().mode() & 0o002 != 0 {
        return Err(IndexError::Exposed { what: what.into() });
    }
    Ok(())
}

#[cfg(not(unix))]
fn refuse_exposed(_meta: &std::fs::Metadata, _what: &str) -> Result<(), IndexError> {
    Ok(())
}
