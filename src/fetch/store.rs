//! What was fetched stays beside the index: to go on where a transfer broke off, to ask only for
//! what is new, and to make the same index again without a network.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use ureq::http::header;
use url::Url;

use super::Watch;
use super::address::{key, shown};
use super::client::{Answer, Ask, Client};
use super::trouble::{FetchError, Trouble};
use crate::guard::atomic_write::atomic_write;
use crate::guard::private;

/// The folder of what was fetched.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    /// What was asked for.
    used: RefCell<BTreeSet<String>>,
}

/// A file that is there in full.
#[derive(Clone, Debug)]
pub struct Kept {
    pub path: PathBuf,
    pub sha256: String,
    pub etag: Option<String>,
}

/// What is known of a file, in a file of its own.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Memory {
    /// The file's name, which has its hash in it.
    file: String,
    sha256: String,
    bytes: u64,
    etag: Option<String>,
    modified: Option<String>,
}

/// What stands beside a transfer that has not ended: which content it is a part of.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Begun {
    validator: String,
}

/// Bytes that a server must send within twice the time that it may stall for.
const LEAST: u64 = 4096;

impl Store {
    pub fn open(db: &Path) -> io::Result<Self> {
        let folder = db.join("fetched");
        private::folder(&folder)?;
        Ok(Self {
            folder,
            used: RefCell::default(),
        })
    }

    /// What is kept of a URL, if it is there in full.
    pub fn kept(&self, url: &Url) -> Option<Kept> {
        let memory = self.memory(url)?;
        Some(Kept {
            path: self.folder.join(&memory.file),
            sha256: memory.sha256,
            etag: memory.etag,
        })
    }

    fn memory(&self, url: &Url) -> Option<Memory> {
        let bytes = std::fs::read(self.place(url, "json")).ok()?;
        let memory: Memory = serde_json::from_slice(&bytes).ok()?;
        let plain = !memory.file.is_empty() && !memory.file.contains(['/', '\\']);
        let meta = std::fs::symlink_metadata(self.folder.join(&memory.file)).ok()?;
        (plain && meta.is_file() && meta.len() == memory.bytes).then_some(memory)
    }

    /// Makes the next request for a URL start from nothing.
    pub fn forget(&self, url: &Url) {
        if let Some(memory) = self.memory(url) {
            let _ = std::fs::remove_file(self.folder.join(memory.file));
        }
        for end in ["json", "part", "part.json"] {
            let _ = std::fs::remove_file(self.place(url, end));
        }
    }

    /// Brings what is kept of a URL up to date. `end` is how the file's name ends, by which its
    /// kind is known.
    pub fn fetch(
        &self,
        client: &Client,
        url: &Url,
        end: &str,
        limit: u64,
        watch: &dyn Watch,
    ) -> Result<Kept, FetchError> {
        self.used.borrow_mut().insert(key(url));
        let failed = |what: Trouble| what.at(shown(url));
        let there = self.memory(url);
        let begun = self.begun(url);
        let ask = match (&begun, &there) {
            (Some((length, begun)), _) => Ask {
                from: Some((*length, begun.validator.clone())),
                ..Ask::default()
            },
            (None, Some(there)) => Ask {
                etag: there.etag.clone(),
                modified: there.modified.clone(),
                from: None,
            },
            (None, None) => Ask::default(),
        };
        let answer = client.get(url, &ask)?;
        match (answer.status, self.kept(url)) {
            (304, Some(kept)) if begun.is_none() => Ok(kept),
            (200, _) => self.transfer(client, url, end, limit, 0, answer, watch),
            (206, _) => {
                let (from, begun) = begun.unwrap_or_default();
                let other =
                    |etag: &str| begun.validator.starts_with('"') && etag != begun.validator;
                let changed = answer.header(header::ETAG).is_some_and(other);
                if changed || content_start(&answer) != Some(from) {
                    self.abandon(url);
                    return Err(failed(Trouble::Range));
                }
                self.transfer(client, url, end, limit, from, answer, watch)
            }
            // The part is as long as the whole, or longer: it is of something else.
            (416, _) if begun.is_some() => {
                self.abandon(url);
                self.fetch(client, url, end, limit, watch)
            }
            (status, _) => Err(failed(Trouble::Status(status))),
        }
    }

    fn abandon(&self, url: &Url) {
        for end in ["part", "part.json"] {
            let _ = std::fs::remove_file(self.place(url, end));
        }
    }

    /// A transfer that broke off and can be gone on with.
    fn begun(&self, url: &Url) -> Option<(u64, Begun)> {
        let meta = std::fs::symlink_metadata(self.place(url, "part")).ok()?;
        let bytes = std::fs::read(self.place(url, "part.json")).ok()?;
        let begun: Begun = serde_json::from_slice(&bytes).ok()?;
        let usable = meta.is_file() && meta.len() > 0 && !begun.validator.is_empty();
        usable.then_some((meta.len(), begun))
    }

    #[allow(clippy::too_many_arguments)]
    fn transfer(
        &self,
        client: &Client,
        url: &Url,
        end: &str,
        limit: u64,
        from: u64,
        answer: Answer,
        watch: &dyn Watch,
    ) -> Result<Kept, FetchError> {
        let failed = |what: Trouble| what.at(shown(url));
        let disk = |error| Trouble::Disk(error).at(shown(url));
        let rest = answer.number(header::CONTENT_LENGTH);
        let whole = rest.and_then(|rest| rest.checked_add(from));
        if whole.is_some_and(|whole| whole > limit) {
            self.abandon(url);
            return Err(failed(Trouble::TooLarge(limit)));
        }
        let etag = answer.header(header::ETAG).map(str::to_owned);
        let modified = answer.header(header::LAST_MODIFIED).map(str::to_owned);
        // A weak validator does not promise the same bytes.
        let strong = etag.clone().filter(|etag| !etag.starts_with("W/"));
        let part = self.place(url, "part");
        if from == 0 {
            self.abandon(url);
            if let Some(validator) = strong.or_else(|| modified.clone()) {
                let begun = serde_json::to_vec(&Begun { validator });
                let begun = begun.map_err(|error| disk(error.into()))?;
                atomic_write(&self.place(url, "part.json"), &begun).map_err(disk)?;
            }
        }
        let mut options = private::options();
        options
            .create(true)
            .read(true)
            .write(true)
            .truncate(from == 0);
        let mut file = options.open(&part).map_err(disk)?;
        let mut hash = Sha256::new();
        let there = io::copy(&mut (&file).take(from), &mut Digesting(&mut hash)).map_err(disk)?;
        if there != from {
            self.abandon(url);
            return Err(failed(Trouble::Range));
        }
        file.seek(SeekFrom::Start(from)).map_err(disk)?;

        watch.begin(&label(url), whole, from);
        let mut flow = Flow::new(client);
        let mut body = answer.body.into_reader();
        let mut buffer = vec![0; 64 << 10];
        let mut length = from;
        loop {
            let read = match body.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) => {
                    let host = url.host_str().unwrap_or_default();
                    let what = match client.trouble(error.into()) {
                        Trouble::Lost(_) => Trouble::Cut(length, whole),
                        other => client.gave_up(host, other),
                    };
                    return Err(failed(what));
                }
            };
            length += read as u64;
            if length > limit || whole.is_some_and(|whole| length > whole) {
                self.abandon(url);
                return Err(failed(Trouble::TooLarge(whole.unwrap_or(limit))));
            }
            let bytes = buffer.get(..read).unwrap_or(&[]);
            hash.update(bytes);
            file.write_all(bytes).map_err(disk)?;
            watch.advance(read as u64);
            flow.moved(read as u64).map_err(failed)?;
        }
        watch.end();
        if whole.is_some_and(|whole| length < whole) {
            return Err(failed(Trouble::Cut(length, whole)));
        }
        file.sync_all().map_err(disk)?;
        drop(file);
        let sha256 = hex(&hash.finalize());
        let name = format!("{}-{}{end}", key(url), sha256.get(..16).unwrap_or(&sha256));
        let place = self.folder.join(&name);
        std::fs::rename(&part, &place).map_err(disk)?;
        let memory = Memory {
            file: name,
            sha256: sha256.clone(),
            bytes: length,
            etag: etag.clone(),
            modified,
        };
        let before = self.memory(url).map(|memory| memory.file);
        let bytes = serde_json::to_vec(&memory).map_err(|error| disk(error.into()))?;
        atomic_write(&self.place(url, "json"), &bytes).map_err(disk)?;
        self.abandon(url);
        if let Some(before) = before.filter(|before| *before != memory.file) {
            let _ = std::fs::remove_file(self.folder.join(before));
        }
        Ok(Kept {
            path: place,
            sha256,
            etag,
        })
    }

    /// Where something about a URL is kept that was not fetched as such.
    pub fn place(&self, url: &Url, end: &str) -> PathBuf {
        self.folder.join(format!("{}.{end}", key(url)))
    }

    /// Removes everything that is about none of the URLs that were asked for.
    pub fn sweep(&self) {
        let used = self.used.borrow();
        for entry in std::fs::read_dir(&self.folder)
            .into_iter()
            .flatten()
            .flatten()
        {
            let name = entry.file_name();
            let about = name.to_str().and_then(|name| name.get(..32));
            if about.is_none_or(|about| !used.contains(about)) {
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }
}

/// The end of a path, which says enough while it is fetched.
fn label(url: &Url) -> String {
    let parts: Vec<_> = url.path().rsplit('/').take(2).collect();
    parts.into_iter().rev().collect::<Vec<_>>().join("/")
}

/// The first byte of `Content-Range: bytes 5-9/10`.
fn content_start(answer: &Answer) -> Option<u64> {
    let range = answer.header(header::CONTENT_RANGE)?;
    let range = range.trim().strip_prefix("bytes")?.trim_start();
    range.split_once('-')?.0.parse().ok()
}

/// Watches that a server that sends a byte now and then does not hold us for hours.
struct Flow {
    window: Instant,
    bytes: u64,
    started: Instant,
    patience: super::patience::Patience,
}

impl Flow {
    fn new(client: &Client) -> Self {
        Self {
            window: Instant::now(),
            bytes: 0,
            started: Instant::now(),
            patience: client.patience,
        }
    }

    fn moved(&mut self, bytes: u64) -> Result<(), Trouble> {
        self.bytes += bytes;
        let window = self.patience.stall * 2;
        if self.started.elapsed() > self.patience.total {
            return Err(Trouble::TooLong(self.patience.total));
        }
        if self.window.elapsed() < window {
            return Ok(());
        }
        if self.bytes < LEAST {
            return Err(Trouble::Slow(window));
        }
        self.window = Instant::now();
        self.bytes = 0;
        Ok(())
    }
}

struct Digesting<'h>(&'h mut Sha256);

impl io::Write for Digesting<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The sha256 of a file.
pub fn hash_of(path: &Path) -> io::Result<String> {
    let mut hash = Sha256::new();
    io::copy(&mut File::open(path)?, &mut Digesting(&mut hash))?;
    Ok(hex(&hash.finalize()))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
