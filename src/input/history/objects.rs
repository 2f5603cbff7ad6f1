//! Every object of a repository by a small number, and the objects that lead to files: commits,
//! trees and tags.

use std::collections::{HashMap, VecDeque};
use std::path::PathBuf;
use std::rc::Rc;

use gix::ObjectId;

use super::pack::{Body, Kind, Pack, Reader};
use crate::guard::LIMITS;
use crate::input::{InputError, Repository};
use crate::model::SkipReason;

/// An object's number: the pack that holds it and its place in the pack's index, or a place among
/// the objects that no pack holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number {
    pub pack: u16,
    pub place: u32,
}

/// Stands for the objects outside of packs.
pub const LOOSE: u16 = u16::MAX;

/// Where the objects of a repository are.
pub struct Objects {
    pub packs: Vec<Pack>,
    pub loose: Vec<ObjectId>,
    numbers: HashMap<ObjectId, u32>,
    pub hash: gix::hash::Kind,
}

impl Objects {
    /// Finds the packs, those of alternates too. One that cannot be opened is left to the ordinary
    /// way of reading.
    pub fn open(repository: &Repository, git: &gix::Repository) -> Result<Self, InputError> {
        let store = git.objects.store_ref();
        let mut folders: Vec<PathBuf> = vec![store.path().to_owned()];
        folders.extend(store.alternate_db_paths().map_err(|e| repository.bad(&e))?);
        let mut files = Vec::new();
        for folder in folders {
            let Ok(entries) = std::fs::read_dir(folder.join("pack")) else {
                continue;
            };
            for entry in entries.flatten() {
                let path = entry.path();
                let size = entry.metadata().map_or(0, |meta| meta.len());
                if path.extension().is_some_and(|e| e == "idx") {
                    files.push((std::cmp::Reverse(size), path));
                }
            }
        }
        files.sort();
        let hash = git.object_hash();
        let packs = files
            .iter()
            .filter_map(|(_, path)| Pack::open(path, hash).ok())
            .take(usize::from(LOOSE))
            .collect();
        Ok(Self {
            packs,
            loose: Vec::new(),
            numbers: HashMap::new(),
            hash,
        })
    }

    /// The number of an object that has one.
    pub fn known(&self, id: ObjectId) -> Option<Number> {
        let packed = (0..LOOSE).zip(&self.packs).find_map(|(pack, held)| {
            let place = held.index.lookup(id)?;
            Some(Number { pack, place })
        });
        let loose = || self.numbers.get(&id).copied();
        packed.or_else(|| loose().map(|place| Number { pack: LOOSE, place }))
    }

    /// The number of an object; one that no pack holds gets the next free one.
    pub fn number(&mut self, id: ObjectId) -> Number {
        if let Some(number) = self.known(id) {
            return number;
        }
        let place = u32::try_from(self.loose.len()).unwrap_or(u32::MAX);
        self.loose.push(id);
        self.numbers.insert(id, place);
        Number { pack: LOOSE, place }
    }

    /// The id of a number that was given out.
    pub fn id(&self, number: Number) -> ObjectId {
        match self.packs.get(usize::from(number.pack)) {
            Some(pack) => pack.index.oid_at_index(number.place).to_owned(),
            None => self
                .loose
                .get(number.place as usize)
                .copied()
                .unwrap_or_else(|| ObjectId::null(self.hash)),
        }
    }
}

/// A set of numbers.
#[derive(Debug, Default)]
pub struct Numbers(HashMap<u16, Vec<u64>>);

impl Numbers {
    /// Adds a number; true where it was not there.
    pub fn insert(&mut self, number: Number) -> bool {
        let words = self.0.entry(number.pack).or_default();
        let (word, bit) = (number.place as usize / 64, number.place % 64);
        if words.len() <= word {
            words.resize(word + 1, 0);
        }
        let Some(slot) = words.get_mut(word) else {
            return false;
        };
        let is_new = *slot & (1 << bit) == 0;
        *slot |= 1 << bit;
        is_new
    }

    pub fn has(&self, number: Number) -> bool {
        let word = self
            .0
            .get(&number.pack)
            .and_then(|words| words.get(number.place as usize / 64));
        word.is_some_and(|word| word & (1 << (number.place % 64)) != 0)
    }
}

/// A whole object.
pub type Whole = (Kind, Rc<Vec<u8>>);

/// Bytes of objects that are kept, because the next ones differ from them by little.
const KEPT: usize = 32 << 20;
/// Longest chain of deltas. git makes them of at most 4095.
pub const LONGEST_CHAIN: usize = 10_000;

/// Reads one object after the other.
pub struct ObjectReader<'r> {
    git: &'r gix::Repository,
    reader: Reader,
    kept: HashMap<(u16, u64), Whole>,
    order: VecDeque<(u16, u64)>,
    size: usize,
}

impl<'r> ObjectReader<'r> {
    pub fn new(git: &'r gix::Repository) -> Self {
        Self {
            git,
            reader: Reader::new(),
            kept: HashMap::new(),
            order: VecDeque::new(),
            size: 0,
        }
    }

    /// Reads an object.
    pub fn read(&mut self, objects: &Objects, number: Number) -> Result<Whole, SkipReason> {
        let Some(pack) = objects.packs.get(usize::from(number.pack)) else {
            return loose(self.git, objects.id(number)).map(|(kind, data)| (kind, Rc::new(data)));
        };
        match self.packed(pack, number.pack, pack.offset(number.place)) {
            Ok(Some(whole)) => Ok(whole),
            Ok(None) => {
                loose(self.git, objects.id(number)).map(|(kind, data)| (kind, Rc::new(data)))
            }
            Err(reason) => Err(reason),
        }
    }

    /// Puts an object of a pack together, and keeps what comes about on the way: the next tree
    /// asked for is mostly a neighbour in the same chain. `None` where a base is elsewhere.
    fn packed(
        &mut self,
        pack: &Pack,
        number: u16,
        offset: u64,
    ) -> Result<Option<Whole>, SkipReason> {
        let at = usize::from(number);
        let mut deltas = Vec::new();
        let mut offset = offset;
        let (kind, mut data) = loop {
            if let Some((kind, data)) = self.kept.get(&(number, offset)) {
                break (*kind, Rc::clone(data));
            }
            let entry = self.reader.entry(at, pack, offset)?;
            match entry.body {
                Body::Whole(kind) => {
                    let data = Rc::new(self.reader.whole(at, pack, entry)?);
                    self.keep((number, offset), kind, &data);
                    break (kind, data);
                }
                Body::Delta(base) if deltas.len() < LONGEST_CHAIN => {
                    deltas.push((offset, entry));
                    offset = base;
                }
                Body::Delta(_) | Body::Elsewhere => return Ok(None),
            }
        };
        while let Some((offset, entry)) = deltas.pop() {
            data = Rc::new(self.reader.apply(at, pack, entry, &data)?);
            self.keep((number, offset), kind, &data);
        }
        Ok(Some((kind, data)))
    }

    fn keep(&mut self, place: (u16, u64), kind: Kind, data: &Rc<Vec<u8>>) {
        self.size += data.len();
        self.kept.insert(place, (kind, Rc::clone(data)));
        self.order.push_back(place);
        while self.size > KEPT {
            let Some(oldest) = self.order.pop_front() else {
                break;
            };
            if let Some((_, data)) = self.kept.remove(&oldest) {
                self.size -= data.len();
            }
        }
    }
}

/// Reads an object as git does: outside of packs, or across them. Never fetches one.
pub fn loose(git: &gix::Repository, id: ObjectId) -> Result<(Kind, Vec<u8>), SkipReason> {
    let unreadable = |error: &dyn std::fmt::Display| SkipReason::Unreadable(error.to_string());
    match git.try_find_header(id) {
        Ok(Some(header)) if header.size() > LIMITS.blob => {
            let limit = LIMITS.blob;
            return Err(SkipReason::TooLarge { limit });
        }
        Ok(Some(_)) => {}
        Ok(None) => return Err(SkipReason::MissingObject),
        Err(error) => return Err(unreadable(&error)),
    }
    match git.try_find_object(id) {
        Ok(Some(object)) => {
            let object = object.detach();
            let kind = match object.kind {
                gix::object::Kind::Commit => Kind::Commit,
                gix::object::Kind::Tree => Kind::Tree,
                gix::object::Kind::Blob => Kind::Blob,
                gix::object::Kind::Tag => Kind::Tag,
            };
            Ok((kind, object.data))
        }
        Ok(None) => Err(SkipReason::MissingObject),
        Err(error) => Err(unreadable(&error)),
    }
}
