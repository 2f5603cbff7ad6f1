//! From sources to an index.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, TryLockError};
use std::io;
use std::path::PathBuf;

use super::Watch;
use super::address::Address;
use super::client::Client;
use super::osv::{self, unusable};
use super::settings::{Settings, Source, SourceKind};
use super::store::{Store, hash_of};
use super::trouble::{FetchError, Trouble};
use crate::advisory::{
    Advisories, Day, Imported, Input, InstallError, Installed, Origin, Origins, Status,
};
use crate::guard::{LIMITS, private};
use crate::model::Ecosystem;

/// Newer data that ends so many days before the older data is refused.
const BACKWARDS: u32 = 7;

/// An update, as asked for.
#[derive(Debug)]
pub struct Job {
    pub cache: PathBuf,
    pub settings: Settings,
    /// Whether data that shrank or that is older than what is there is taken all the same.
    pub force: bool,
    /// Whether the sources are all that there are: what is kept of others is removed.
    pub sweep: bool,
    /// Seconds since 1970.
    pub now: i64,
}

/// What became of one ecosystem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Replaced: how many records there were and are.
    Replaced {
        before: usize,
        after: usize,
    },
    Unchanged {
        records: usize,
    },
}

/// Something that could not be updated.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error("{ecosystem}: {after} records where there were {before}: not used; --force takes them")]
    Shrunk {
        ecosystem: &'static str,
        before: usize,
        after: usize,
    },
    #[error(
        "{ecosystem}: the newest record is of {after}, where there was one of {before}: not used; \
         --force takes it"
    )]
    Backwards {
        ecosystem: &'static str,
        before: Day,
        after: Day,
    },
}

/// What an update came to.
#[derive(Debug, Default)]
pub struct Update {
    pub ecosystems: BTreeMap<Ecosystem, Outcome>,
    /// The hash of the index in force; `None` where there is none.
    pub hash: Option<String>,
    pub failures: Vec<Failure>,
    pub notes: Vec<String>,
}

/// Why nothing was updated.
#[derive(Debug, thiserror::Error)]
pub enum UpdateError {
    #[error("another update is running")]
    Running,
    #[error("{place} cannot be written ({error})")]
    Folder { place: String, error: io::Error },
    #[error(transparent)]
    Install(#[from] InstallError),
}

/// Fetches what is new and installs it.
pub fn update(job: &Job, watch: &dyn Watch) -> Result<Update, UpdateError> {
    let db = job.cache.join("db");
    let folder = |error| UpdateError::Folder {
        place: db.display().to_string(),
        error,
    };
    private::folder(&db).map_err(folder)?;
    let lock = private::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(db.join("UPDATE"))
        .map_err(folder)?;
    take(&lock).map_err(|error| error.map_or(UpdateError::Running, folder))?;
    let store = Store::open(&db).map_err(folder)?;
    let client = Client::new(job.settings.patience, job.settings.allow_http);
    let mut run = Run {
        job,
        origins: Origins::read(&job.cache).unwrap_or_default(),
        before: Status::read(&job.cache)
            .ok()
            .flatten()
            // What is damaged is made anew.
            .filter(|status| status.verify().is_ok()),
        store,
        client,
        watch,
        update: Update::default(),
        given: BTreeMap::new(),
        blocked: BTreeSet::new(),
        all_blocked: false,
    };
    for source in &job.settings.sources {
        match source.kind {
            SourceKind::Mirror => run.mirror(source),
            SourceKind::Archive(end) => run.archive(source, end),
        }
    }
    run.install()
}

/// `Some` where it is not another update that keeps us from it.
fn take(lock: &File) -> Result<(), Option<io::Error>> {
    lock.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => None,
        TryLockError::Error(error) => Some(error),
    })
}

/// What one source has of one ecosystem.
struct Given {
    input: Input,
    content: Content,
}

enum Content {
    Mirrored(osv::Part),
    /// Read already, for an archive does not tell what it has before.
    Read(Imported),
}

struct Run<'r> {
    job: &'r Job,
    origins: Origins,
    before: Option<Status>,
    store: Store,
    client: Client,
    watch: &'r dyn Watch,
    update: Update,
    given: BTreeMap<Ecosystem, Vec<Given>>,
    /// Ecosystems that a source failed to give.
    blocked: BTreeSet<Ecosystem>,
    /// A source failed, and nobody knows which ecosystems it has.
    all_blocked: bool,
}

impl Run<'_> {
    fn fail(&mut self, failure: impl Into<Failure>) {
        self.update.failures.push(failure.into());
    }

    /// What the index has of an ecosystem, if it is from here.
    fn origin(&self, ecosystem: Ecosystem) -> Option<&Origin> {
        let parts = &self.before.as_ref()?.parts;
        let part = parts.iter().find(|part| part.ecosystem == ecosystem)?;
        self.origins.of(part)
    }

    fn is_wanted(&self, ecosystem: Ecosystem) -> bool {
        let wanted = &self.job.settings.ecosystems;
        wanted.is_empty() || wanted.contains(&ecosystem)
    }

    fn mirror(&mut self, source: &Source) {
        let wanted = &self.job.settings.ecosystems;
        let ecosystems = match wanted.is_empty() {
            false => Ok((wanted.clone(), true)),
            true => osv::ecosystems(&source.address, &self.client, &self.store, self.watch),
        };
        let (ecosystems, certain) = match ecosystems {
            Ok(known) => known,
            Err(error) => {
                self.all_blocked = true;
                return self.fail(error);
            }
        };
        let mut absent = None;
        let mut found = false;
        for ecosystem in ecosystems {
            let address = source.address.below(&[ecosystem.name(), "all.zip"]).shown();
            let before = self
                .origin(ecosystem)
                .and_then(|origin| origin.inputs.iter().find(|input| input.address == address));
            let part = osv::sync(
                &source.address,
                ecosystem,
                before,
                self.job.now,
                &self.client,
                &self.store,
                self.watch,
            );
            match part {
                Ok(mut part) => {
                    found = true;
                    self.update.notes.append(&mut part.notes);
                    let input = part.input.clone();
                    let content = Content::Mirrored(part);
                    self.given
                        .entry(ecosystem)
                        .or_default()
                        .push(Given { input, content });
                }
                // A mirror that does not say what it has need not have everything.
                Err(error)
                    if !certain
                        && matches!(error.what, Trouble::NotFound)
                        && !self.origins.fed_by(&address).any(|fed| fed == ecosystem) =>
                {
                    absent.get_or_insert(error);
                }
                Err(error) => {
                    found = true;
                    self.blocked.insert(ecosystem);
                    self.fail(error);
                }
            }
        }
        if let Some(error) = absent.filter(|_| !found) {
            self.all_blocked = true;
            self.fail(error);
        }
    }

    fn archive(&mut self, source: &Source, end: &'static str) {
        match self.read_archive(source, end) {
            Ok((imported, input)) => self.give(imported, &input),
            Err(error) => {
                let address = source.address.shown();
                let fed: Vec<_> = self.origins.fed_by(&address).collect();
                self.all_blocked |= fed.is_empty();
                self.blocked.extend(fed);
                self.fail(error);
            }
        }
    }

    fn give(&mut self, imported: Imported, input: &Input) {
        if imported.bad_total > 0 {
            self.update.notes.push(format!(
                "{}: {} records could not be read",
                input.address, imported.bad_total
            ));
        }
        for (ecosystem, own) in imported.split() {
            if !self.is_wanted(ecosystem) {
                continue;
            }
            let known = self.origin(ecosystem).into_iter();
            let mut known = known.flat_map(|origin| &origin.inputs);
            let same = known
                .find(|known| known.address == input.address && known.content == input.content);
            let given = Given {
                input: same.unwrap_or(input).clone(),
                content: Content::Read(own),
            };
            self.given.entry(ecosystem).or_default().push(given);
        }
    }

    fn read_archive(&self, source: &Source, end: &str) -> Result<(Imported, Input), FetchError> {
        let shown = source.address.shown();
        let (path, hash, etag) = match &source.address {
            Address::Local(path) => {
                let hash = hash_of(path).map_err(|error| match error.kind() {
                    io::ErrorKind::NotFound => Trouble::NotFound.at(&shown),
                    _ => Trouble::Disk(error).at(&shown),
                })?;
                (path.clone(), hash, None)
            }
            Address::Web(url) => {
                let kept = match (self.store.kept(url), &source.sha256) {
                    // It is what it must be, and cannot become anything else.
                    (Some(kept), Some(wanted)) if kept.sha256 == *wanted => kept,
                    _ => self
                        .store
                        .fetch(&self.client, url, end, LIMITS.download, self.watch)?,
                };
                (kept.path, kept.sha256, kept.etag)
            }
        };
        let forget = || {
            if let Address::Web(url) = &source.address {
                self.store.forget(url);
            }
        };
        if let Some(wanted) = source.sha256.as_ref().filter(|wanted| **wanted != hash) {
            forget();
            let wanted = wanted.clone();
            return Err(Trouble::Hash { is: hash, wanted }.at(shown));
        }
        let mut imported = Imported::default();
        imported.take(&path).map_err(|error| {
            forget();
            unusable(&error).at(&shown)
        })?;
        let input = Input {
            address: shown,
            content: vec![hash],
            list: None,
            etag,
            fetched: self.job.now,
            records: 0,
        };
        Ok((imported, input))
    }

    fn install(mut self) -> Result<Update, UpdateError> {
        let given = std::mem::take(&mut self.given);
        let built_in = Advisories::starter();
        let mut all = Imported::default();
        let mut inputs: BTreeMap<Ecosystem, Vec<Input>> = BTreeMap::new();
        let mut unchanged = Vec::new();
        for (ecosystem, given) in given {
            if self.all_blocked || self.blocked.contains(&ecosystem) {
                continue;
            }
            let part = self.before.as_ref().and_then(|status| {
                let mut parts = status.parts.iter();
                parts.find(|part| part.ecosystem == ecosystem).cloned()
            });
            let contents = |input: &Input| (input.address.clone(), input.content.clone());
            let now: Vec<_> = given.iter().map(|given| contents(&given.input)).collect();
            let origin = self.origin(ecosystem);
            let is_same = origin.is_some_and(|origin| {
                origin.inputs.iter().map(contents).collect::<Vec<_>>() == now
            });
            if let (true, Some(part)) = (is_same, &part) {
                let records = part.records as usize;
                self.update
                    .ecosystems
                    .insert(ecosystem, Outcome::Unchanged { records });
                unchanged.push((
                    ecosystem,
                    given.into_iter().map(|given| given.input).collect(),
                ));
                continue;
            }
            let (before, newest) = match &part {
                Some(part) => (part.records as usize, part.newest),
                None => built_in.built_in(ecosystem),
            };
            match self.gather(ecosystem, given, before, newest) {
                Ok((imported, from)) => {
                    let (after, _) = imported.extent(ecosystem);
                    if imported.bad_total > 0 {
                        self.update.notes.push(format!(
                            "{}: {} records could not be read",
                            ecosystem.name(),
                            imported.bad_total
                        ));
                    }
                    self.update
                        .ecosystems
                        .insert(ecosystem, Outcome::Replaced { before, after });
                    all.absorb(imported, &BTreeSet::from([ecosystem]));
                    inputs.insert(ecosystem, from);
                }
                Err(failure) => self.fail(failure),
            }
        }
        self.conclude(all, inputs, unchanged)
    }

    /// Puts together what all sources have of one ecosystem, and looks at it once more.
    fn gather(
        &self,
        ecosystem: Ecosystem,
        given: Vec<Given>,
        before: usize,
        newest: Option<Day>,
    ) -> Result<(Imported, Vec<Input>), Failure> {
        let only = BTreeSet::from([ecosystem]);
        let mut imported = Imported::default();
        let mut inputs = Vec::new();
        for Given { mut input, content } in given {
            let own = match content {
                Content::Read(own) => own,
                Content::Mirrored(part) => part.read(&self.store)?,
            };
            input.records = own.extent(ecosystem).0 as u64;
            inputs.push(input);
            imported.absorb(own, &only);
        }
        let (after, newest_after) = imported.extent(ecosystem);
        let name = ecosystem.name();
        if !self.job.force {
            if after * 2 < before || after == 0 {
                return Err(Failure::Shrunk {
                    ecosystem: name,
                    before,
                    after,
                });
            }
            if let (Some(before), Some(after)) = (newest, newest_after)
                && before.days() > after.days() + BACKWARDS
            {
                return Err(Failure::Backwards {
                    ecosystem: name,
                    before,
                    after,
                });
            }
        }
        Ok((imported, inputs))
    }

    fn conclude(
        mut self,
        all: Imported,
        mut inputs: BTreeMap<Ecosystem, Vec<Input>>,
        unchanged: Vec<(Ecosystem, Vec<Input>)>,
    ) -> Result<Update, UpdateError> {
        let mut status = self.before.take();
        if all.ecosystems().next().is_some() {
            let installed = Installed::install(&self.job.cache, all, false)?;
            if let Some(why) = installed.lost {
                self.update
                    .notes
                    .push(format!("the index before this update is given up: {why}"));
            }
            status = Some(installed.status);
        }
        inputs.extend(unchanged);
        for (ecosystem, inputs) in inputs {
            let parts = status.iter().flat_map(|status| &status.parts);
            if let Some(part) = parts.into_iter().find(|part| part.ecosystem == ecosystem) {
                let origin = Origin {
                    segment: part.sha256.clone(),
                    inputs,
                    asked: self.job.now,
                };
                self.origins.set(ecosystem, origin);
            }
        }
        // Forgetting where something is from costs a transfer the next time, no more.
        if let Err(error) = self.origins.write(&self.job.cache) {
            self.update
                .notes
                .push(format!("db/SOURCES cannot be written ({error})"));
        }
        if self.job.sweep && self.update.failures.is_empty() {
            self.store.sweep();
        }
        self.update.hash = status.map(|status| status.hash);
        Ok(self.update)
    }
}
