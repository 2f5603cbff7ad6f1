//! Puts an index in place, so that whoever reads at the same moment sees the old one or the new
//! one, and a failure at any step leaves the old one in force.

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::import::{ImportError, Imported};
use super::index::{self, CURRENT, IndexError, MANIFEST, Manifest, Part, current, head, sha256};
use super::layout::{Damage, Head, SCHEMA};
use super::record::Record;
use super::segment::Segment;
use crate::guard::atomic_write::atomic_write;
use crate::guard::private;
use crate::model::Ecosystem;

const LOCK: &str = "LOCK";
const TEMPORARY: &str = "tmp-";

/// Why an index could not be put in place, read back or given away.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    #[error(transparent)]
    Import(#[from] ImportError),
    #[error(transparent)]
    Index(#[from] IndexError),
    #[error("{place} cannot be written: {error}")]
    Write { place: String, error: io::Error },
    #[error("no advisories have been imported yet")]
    Empty,
}

/// What an import changed.
#[derive(Debug)]
pub struct Installed {
    pub status: Status,
    /// Ecosystems whose records are new.
    pub replaced: Vec<Ecosystem>,
    /// Ecosystems that stayed as they were.
    pub kept: Vec<Ecosystem>,
    /// What of the index that was there before could not be taken over, and why.
    pub lost: Option<String>,
}

/// What is in place.
#[derive(Clone, Debug)]
pub struct Status {
    /// Content hash.
    pub hash: String,
    pub folder: PathBuf,
    pub parts: Vec<Part>,
}

impl Status {
    /// The index below `cache`; `None` where nothing was imported.
    pub fn read(cache: &Path) -> Result<Option<Self>, IndexError> {
        Ok(current(cache)?.map(|(hash, folder, manifest)| Self {
            hash,
            folder,
            parts: manifest.parts,
        }))
    }

    /// Reads every byte of the index and compares it with its hashes.
    pub fn verify(&self) -> Result<(), IndexError> {
        for part in &self.parts {
            let mut ids = HashSet::new();
            for (_, records) in self.packages(part)? {
                let live = records.into_iter().filter(|r| r.withdrawn.is_none());
                ids.extend(live.map(|record| record.id));
            }
            if ids.len() as u64 != u64::from(part.records) {
                return Err(IndexError::Damaged {
                    what: part.file_name(),
                    why: format!("{} records instead of {}", ids.len(), part.records),
                });
            }
        }
        Ok(())
    }

    /// Writes the whole index into one file, which `Imported::read` takes on another machine.
    pub fn export(&self, to: &Path) -> Result<u64, InstallError> {
        let failed = |error: io::Error| InstallError::Write {
            place: to.display().to_string(),
            error,
        };
        let mut archive = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
        let mut entry = |name: &str, bytes: &[u8]| {
            let options = zip::write::SimpleFileOptions::default()
                .compression_method(zip::CompressionMethod::Deflated)
                .last_modified_time(zip::DateTime::default());
            archive.start_file(name, options)?;
            archive.write_all(bytes)
        };
        entry(MANIFEST, &manifest_bytes(&self.parts)?).map_err(failed)?;
        for part in &self.parts {
            entry(&part.file_name(), &self.bytes(part)?).map_err(failed)?;
        }
        let bytes = archive
            .finish()
            .map_err(|error| failed(error.into()))?
            .into_inner();
        atomic_write(to, &bytes).map_err(failed)?;
        Ok(bytes.len() as u64)
    }

    /// The bytes of a segment, which are those of its manifest.
    fn bytes(&self, part: &Part) -> Result<Vec<u8>, IndexError> {
        let name = part.file_name();
        let bytes =
            std::fs::read(self.folder.join(&name)).map_err(|error| IndexError::Unreadable {
                what: name.clone(),
                error,
            })?;
        if sha256(&bytes) != part.sha256 {
            return Err(IndexError::Damaged {
                what: name,
                why: "its hash is another".into(),
            });
        }
        Ok(bytes)
    }

    /// Every package of an ecosystem, with its records.
    fn packages(&self, part: &Part) -> Result<Vec<(String, Vec<Record>)>, IndexError> {
        let damaged = |why: Damage| IndexError::Damaged {
            what: part.file_name(),
            why: why.to_string(),
        };
        let segment = Segment::read(self.bytes(part)?).map_err(damaged)?;
        segment
            .packages()
            .collect::<Result<_, _>>()
            .map_err(damaged)
    }
}

impl Installed {
    /// Writes what was read and makes it the index in force. Ecosystems that were not read stay as
    /// they are; with `add`, records of the others that were not read again stay as well.
    pub fn install(cache: &Path, mut imported: Imported, add: bool) -> Result<Self, InstallError> {
        let db = index::folder(cache);
        let failed = |place: &Path, error| InstallError::Write {
            place: place.display().to_string(),
            error,
        };
        private::folder(&db).map_err(|e| failed(&db, e))?;
        // One import at a time; readers need no lock.
        let lock = File::create(db.join(LOCK)).map_err(|e| failed(&db, e))?;
        lock.lock().map_err(|e| failed(&db, e))?;

        let replaced: Vec<Ecosystem> = imported.ecosystems().collect();
        let mut parts: BTreeMap<Ecosystem, (Part, Vec<u8>)> = BTreeMap::new();
        let mut lost = Vec::new();
        let before = Status::read(cache).unwrap_or_else(|error| {
            lost.push(error.to_string());
            None
        });
        if let Some(status) = &before {
            for part in &status.parts {
                // A part that cannot be read costs no other.
                if !replaced.contains(&part.ecosystem) {
                    match status.bytes(part) {
                        Ok(bytes) => {
                            parts.insert(part.ecosystem, (part.clone(), bytes));
                        }
                        Err(error) => lost.push(error.to_string()),
                    }
                } else if add {
                    match status.packages(part) {
                        Ok(packages) => packages.into_iter().for_each(|(name, records)| {
                            imported.keep(part.ecosystem, &name, records);
                        }),
                        Err(error) => lost.push(error.to_string()),
                    }
                }
            }
        }
        let kept: Vec<Ecosystem> = parts.keys().copied().collect();
        for (ecosystem, prepared) in imported.prepare()? {
            let bytes = prepared.bytes;
            let written = Head::read(&bytes).map_err(|why| IndexError::Damaged {
                what: "the new index".into(),
                why: why.to_string(),
            })?;
            let part = Part {
                ecosystem,
                bytes: bytes.len() as u64,
                sha256: sha256(&bytes),
                head: head(&bytes),
                records: written.records,
                newest: written.newest(),
                databases: prepared.databases,
            };
            parts.insert(ecosystem, (part, bytes));
        }

        let manifest = manifest_bytes(parts.values().map(|(part, _)| part))?;
        let hash = sha256(&manifest);
        let folder = db.join(&hash);
        write_folder(&db, &folder, &manifest, parts.values()).map_err(|e| failed(&folder, e))?;
        let place = db.join(CURRENT);
        atomic_write(&place, format!("{hash}\n").as_bytes()).map_err(|e| failed(&place, e))?;
        sync_folder(&db).map_err(|e| failed(&db, e))?;
        sweep(
            &db,
            &hash,
            before.as_ref().map(|status| status.hash.as_str()),
        );
        Ok(Self {
            status: Status {
                hash,
                folder,
                parts: parts.into_values().map(|(part, _)| part).collect(),
            },
            replaced,
            kept,
            lost: (!lost.is_empty()).then(|| lost.join("; ")),
        })
    }
}

fn manifest_bytes<'p>(parts: impl IntoIterator<Item = &'p Part>) -> Result<Vec<u8>, InstallError> {
    let manifest = Manifest {
        schema: SCHEMA,
        parts: parts.into_iter().cloned().collect(),
    };
    serde_json::to_vec_pretty(&manifest).map_err(|error| InstallError::Write {
        place: MANIFEST.into(),
        error: error.into(),
    })
}

/// Writes the folder beside its place and renames it there, whole.
fn write_folder<'p>(
    db: &Path,
    folder: &Path,
    manifest: &[u8],
    parts: impl Iterator<Item = &'p (Part, Vec<u8>)>,
) -> io::Result<()> {
    let temporary = tempfile::Builder::new().prefix(TEMPORARY).tempdir_in(db)?;
    let write = |name: &str, bytes: &[u8]| {
        let mut file = File::create(temporary.path().join(name))?;
        file.write_all(bytes)?;
        private::file(&file)?;
        file.sync_all()
    };
    for (part, bytes) in parts {
        write(&part.file_name(), bytes)?;
    }
    write(MANIFEST, manifest)?;
    sync_folder(temporary.path())?;
    // The same content may be there already. Whole, it stays, because somebody may be reading it;
    // damaged, it gives way to what was just written.
    if std::fs::symlink_metadata(folder).is_ok() {
        if same_files(temporary.path(), folder)? {
            return Ok(());
        }
        let aside = db.join(format!("{TEMPORARY}replaced"));
        let _ = std::fs::remove_dir_all(&aside);
        std::fs::rename(folder, &aside)?;
    }
    std::fs::rename(temporary.path(), folder)?;
    // It is no longer there to be removed.
    let _ = temporary.keep();
    Ok(())
}

/// True where `there` has every file of `new`, byte by byte.
fn same_files(new: &Path, there: &Path) -> io::Result<bool> {
    for entry in std::fs::read_dir(new)? {
        let entry = entry?;
        let place = there.join(entry.file_name());
        let regular = std::fs::symlink_metadata(&place).is_ok_and(|meta| meta.is_file());
        if !regular || std::fs::read(&place)? != std::fs::read(entry.path())? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// An index that was replaced is kept this long: a run that began before may still read from it.
const GRACE: Duration = Duration::from_secs(600);

/// Removes what earlier imports left, but for the index before this one and those of a moment ago:
/// somebody may be about to open them.
fn sweep(db: &Path, hash: &str, before: Option<&str>) {
    for entry in std::fs::read_dir(db).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        let index = name.len() == 64 && name.bytes().all(|b| b.is_ascii_hexdigit());
        let recent = || {
            let written = entry.metadata().and_then(|meta| meta.modified());
            written.is_ok_and(|at| at.elapsed().is_ok_and(|age| age < GRACE))
        };
        let old = index && name != hash && Some(name) != before && !recent();
        if old || name.starts_with(TEMPORARY) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// Makes renames in a folder last. Only Unix opens folders as files.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}
