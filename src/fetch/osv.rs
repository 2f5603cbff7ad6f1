//! One ecosystem of an OSV mirror: `<base>/<ecosystem>/all.zip` with everything,
//! `modified_id.csv` with what was changed when, and `<id>.json` for each record.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use url::Url;

use super::Watch;
use super::address::{Address, is_file, shown};
use super::client::{Ask, Client};
use super::stamps::{self, Stamps};
use super::store::{Kept, Store, hash_of};
use super::trouble::{FetchError, Trouble};
use crate::advisory::{ImportError, Imported, Input, sha256};
use crate::guard::LIMITS;
use crate::guard::atomic_write::atomic_write;
use crate::model::Ecosystem;

/// As many records are fetched one by one; more are cheaper as an archive.
const ONE_BY_ONE: usize = 200;

/// The files that make up one ecosystem of a mirror.
#[derive(Debug)]
pub struct Part {
    archive: PathBuf,
    /// Where the archive is from; `None` for a folder.
    url: Option<Url>,
    /// Records that are newer than the archive, one a line.
    newer: Option<(PathBuf, BTreeSet<String>)>,
    pub input: Input,
    /// What did not go as it should and still left something to use.
    pub notes: Vec<String>,
}

impl Part {
    /// Reads the records. An archive that cannot be read is fetched anew the next time.
    pub fn read(&self, store: &Store) -> Result<Imported, FetchError> {
        let mut imported = Imported::default();
        let mut result = imported.take(&self.archive);
        if let (Ok(()), Some((path, ids))) = (&result, &self.newer) {
            imported.remove(ids);
            result = match imported.take(path) {
                // Newer records may say that they are about nothing any more.
                Err(ImportError::Nothing { bad: 0 }) => Ok(()),
                other => other,
            };
        }
        result.map_err(|error| {
            if let Some(url) = &self.url {
                store.forget(url);
            }
            unusable(&error).at(&self.input.address)
        })?;
        Ok(imported)
    }
}

/// The words of an import about a file whose name means nothing to the user.
pub fn unusable(error: &ImportError) -> Trouble {
    Trouble::Unusable(match error {
        ImportError::Unreadable { why, .. } => why.clone(),
        other => other.to_string(),
    })
}

/// Which ecosystems a mirror has: what it lists, or all that there may be, in which case the flag
/// is false.
pub fn ecosystems(
    base: &Address,
    client: &Client,
    store: &Store,
    watch: &dyn Watch,
) -> Result<(Vec<Ecosystem>, bool), FetchError> {
    let all = || (Ecosystem::ALL.to_vec(), false);
    match base {
        Address::Local(_) => {
            let is_there = |ecosystem: &Ecosystem| matches!(archive(base, *ecosystem), Address::Local(path) if is_file(&path));
            let there: Vec<_> = Ecosystem::ALL.iter().copied().filter(is_there).collect();
            match there.is_empty() {
                true => Err(
                    Trouble::Unusable("no folder of an ecosystem with an all.zip".into())
                        .at(base.shown()),
                ),
                false => Ok((there, true)),
            }
        }
        Address::Web(_) => {
            let Address::Web(url) = base.below(&["ecosystems.txt"]) else {
                return Ok(all());
            };
            let text = match store.fetch(client, &url, ".txt", LIMITS.config, watch) {
                Ok(kept) => fs::read_to_string(kept.path).unwrap_or_default(),
                Err(error) if matches!(error.what, Trouble::NotFound) => String::new(),
                Err(error) => return Err(error),
            };
            let listed: BTreeSet<&str> = text.lines().map(str::trim).collect();
            let is_listed = |ecosystem: &Ecosystem| listed.contains(ecosystem.name());
            let there: Vec<_> = Ecosystem::ALL.iter().copied().filter(is_listed).collect();
            Ok(match there.is_empty() {
                true => all(),
                false => (there, true),
            })
        }
    }
}

fn archive(base: &Address, ecosystem: Ecosystem) -> Address {
    base.below(&[ecosystem.name(), "all.zip"])
}

/// Brings one ecosystem up to date. `before`: what the index in force was made of.
pub fn sync(
    base: &Address,
    ecosystem: Ecosystem,
    before: Option<&Input>,
    now: i64,
    client: &Client,
    store: &Store,
    watch: &dyn Watch,
) -> Result<Part, FetchError> {
    let address = archive(base, ecosystem);
    let url = match &address {
        Address::Web(url) => url,
        Address::Local(path) => return local(&address, path, now),
    };
    let mirror = Mirror {
        base,
        ecosystem,
        url,
        client,
        store,
        watch,
    };
    mirror.sync(before, now)
}

fn local(address: &Address, path: &Path, now: i64) -> Result<Part, FetchError> {
    let hash = hash_of(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Trouble::NotFound.at(address.shown()),
        _ => Trouble::Disk(error).at(address.shown()),
    })?;
    Ok(Part {
        archive: path.to_owned(),
        url: None,
        newer: None,
        input: Input {
            address: address.shown(),
            content: vec![hash],
            list: None,
            etag: None,
            fetched: now,
            records: 0,
        },
        notes: Vec::new(),
    })
}

/// One ecosystem in the network.
struct Mirror<'m> {
    base: &'m Address,
    ecosystem: Ecosystem,
    url: &'m Url,
    client: &'m Client,
    store: &'m Store,
    watch: &'m dyn Watch,
}

/// Records by id, as they came, on one line each.
type Records = BTreeMap<String, (i64, String)>;

impl Mirror<'_> {
    fn sync(&self, before: Option<&Input>, now: i64) -> Result<Part, FetchError> {
        let kept = self.store.kept(self.url);
        let known = kept.is_some();
        let mut archive = match kept {
            Some(kept) => kept,
            None => self.archive()?,
        };
        let list = self.list()?;
        let Some((list_hash, list)) = list else {
            // Without a list, only the archive can say whether there is something new.
            if known {
                archive = self.archive()?;
            }
            return self.part(&archive, &Records::new(), None, now, before, Vec::new());
        };
        let mut newer = self.read_newer();
        if known && before.is_some_and(|before| before.list.as_ref() == Some(&list_hash)) {
            return self.part(&archive, &newer, Some(list_hash), now, before, Vec::new());
        }
        let mut stamps = self.stamps(&archive)?;
        let missing = |stamps: &Stamps, newer: &Records| -> Vec<String> {
            let behind = |(id, at): &(&String, &i64)| {
                let there = stamps
                    .get(*id)
                    .copied()
                    .max(newer.get(*id).map(|(at, _)| *at));
                there.is_none_or(|there| there < **at)
            };
            let mut missing: Vec<_> = list.iter().filter(behind).collect();
            // The newest first, should there be too many.
            missing.sort_by_key(|(id, at)| (std::cmp::Reverse(**at), (*id).clone()));
            missing.into_iter().map(|(id, _)| id.clone()).collect()
        };
        let gone = |stamps: &Stamps| stamps.keys().any(|id| !list.contains_key(id));
        newer.retain(|id, _| list.contains_key(id));
        let mut wanted = missing(&stamps, &newer);
        if known && (wanted.len() > ONE_BY_ONE || gone(&stamps)) {
            let fresh = self.archive()?;
            if fresh.sha256 != archive.sha256 {
                archive = fresh;
                stamps = self.stamps(&archive)?;
                wanted = missing(&stamps, &newer);
            }
        }
        let mut notes = Vec::new();
        if wanted.len() > ONE_BY_ONE {
            notes.push(format!(
                "{}: {} records are newer than the archive of the source; the newest {ONE_BY_ONE} \
                 of them are used",
                self.ecosystem.name(),
                wanted.len(),
            ));
        }
        newer.retain(|id, (at, _)| stamps.get(id).is_none_or(|there| there <= at));
        if !wanted.is_empty() {
            self.watch.begin(self.ecosystem.name(), None, 0);
        }
        for id in wanted.iter().take(ONE_BY_ONE) {
            match self.record(id)? {
                Some((at, line)) => {
                    newer.insert(id.clone(), (at, line));
                }
                None => notes.push(format!(
                    "{}: {id} is listed by the source, and is not there",
                    self.ecosystem.name()
                )),
            }
        }
        self.watch.end();
        // A list that could not be followed to its end is looked through again.
        let list_hash = missing(&stamps, &newer).is_empty().then_some(list_hash);
        self.part(&archive, &newer, list_hash, now, before, notes)
    }

    fn archive(&self) -> Result<Kept, FetchError> {
        self.store
            .fetch(self.client, self.url, ".zip", LIMITS.download, self.watch)
    }

    /// What was changed when, where the mirror says so.
    fn list(&self) -> Result<Option<(String, Stamps)>, FetchError> {
        let Address::Web(url) = self.base.below(&[self.ecosystem.name(), "modified_id.csv"]) else {
            return Ok(None);
        };
        let kept = match self
            .store
            .fetch(self.client, &url, ".csv", LIMITS.blob, self.watch)
        {
            Ok(kept) => kept,
            Err(error) if matches!(error.what, Trouble::NotFound) => return Ok(None),
            Err(error) => return Err(error),
        };
        let text = fs::read_to_string(&kept.path).map_err(|error| error.to_string());
        match text.and_then(|text| stamps::of_list(&text)) {
            Ok(list) => Ok(Some((kept.sha256, list))),
            Err(why) => {
                self.store.forget(&url);
                Err(Trouble::Unusable(why).at(shown(&url)))
            }
        }
    }

    fn stamps(&self, archive: &Kept) -> Result<Stamps, FetchError> {
        stamps::of_archive(&archive.path).map_err(|error| {
            self.store.forget(self.url);
            Trouble::Unusable(error.to_string()).at(shown(self.url))
        })
    }

    /// One record; `None` where it is gone.
    fn record(&self, id: &str) -> Result<Option<(i64, String)>, FetchError> {
        use std::io::Read as _;
        let name = format!("{id}.json");
        let Address::Web(url) = self.base.below(&[self.ecosystem.name(), &name]) else {
            return Ok(None);
        };
        let failed = |what: Trouble| what.at(shown(&url));
        let answer = match self.client.get(&url, &Ask::default()) {
            Ok(answer) => answer,
            Err(error) if matches!(error.what, Trouble::NotFound) => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut json = Vec::new();
        let body = answer.body.into_reader();
        body.take(LIMITS.parse + 1)
            .read_to_end(&mut json)
            .map_err(|error| failed(self.client.trouble(error.into())))?;
        if json.len() as u64 > LIMITS.parse {
            return Err(failed(Trouble::TooLarge(LIMITS.parse)));
        }
        self.watch.advance(json.len() as u64);
        let text = String::from_utf8(json).unwrap_or_default();
        match stamps::of_record(text.as_bytes()) {
            // Line ends in JSON are white space.
            Some((own, at)) if own == id => Ok(Some((at, text.replace(['\n', '\r'], " ")))),
            _ => Err(failed(Trouble::Unusable(format!(
                "it is not the record {id}"
            )))),
        }
    }

    /// Records that were fetched one by one earlier.
    fn read_newer(&self) -> Records {
        let text = fs::read_to_string(self.newer_place()).unwrap_or_default();
        let record = |line: &str| {
            let (id, at) = stamps::of_record(line.as_bytes())?;
            Some((id, (at, line.to_owned())))
        };
        text.lines().filter_map(record).collect()
    }

    fn newer_place(&self) -> PathBuf {
        self.store.place(self.url, "newer.jsonl")
    }

    fn part(
        &self,
        archive: &Kept,
        newer: &Records,
        list: Option<String>,
        now: i64,
        before: Option<&Input>,
        notes: Vec<String>,
    ) -> Result<Part, FetchError> {
        let place = self.newer_place();
        let mut text = String::new();
        for (_, line) in newer.values() {
            text.push_str(line);
            text.push('\n');
        }
        let failed = |error| Trouble::Disk(error).at(shown(self.url));
        let mut content = vec![archive.sha256.clone()];
        let newer = match newer.is_empty() {
            true => {
                let _ = fs::remove_file(&place);
                None
            }
            false => {
                content.push(sha256(text.as_bytes()));
                if fs::read(&place).unwrap_or_default() != text.as_bytes() {
                    atomic_write(&place, text.as_bytes()).map_err(failed)?;
                }
                Some((place, newer.keys().cloned().collect()))
            }
        };
        let same = before.filter(|before| before.content == content);
        Ok(Part {
            archive: archive.path.clone(),
            url: Some(self.url.clone()),
            newer,
            input: Input {
                address: shown(self.url),
                content,
                list,
                etag: archive.etag.clone(),
                fetched: same.map_or(now, |before| before.fetched),
                records: same.map_or(0, |before| before.records),
            },
            notes,
        })
    }
}
