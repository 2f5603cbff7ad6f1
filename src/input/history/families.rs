//! Reads many objects of packs, each delta once: from the object that is stored whole to those
//! that are told by what differs from it.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::objects::{LOOSE, Number, Objects, loose};
use super::pack::{Body, Kind, Pack, Reader};
use crate::guard::LIMITS;
use crate::model::SkipReason;

/// Told of every object: its place in the list that was asked for, and what it is. `false` from it
/// ends the reading.
pub type Visit<'v> = &'v (dyn Fn(u32, Result<(Kind, &[u8]), SkipReason>) -> bool + Sync);

const NONE: u32 = u32::MAX;

#[derive(Debug)]
struct Node {
    offset: u64,
    /// Which of the wanted objects it is, if any, and its number.
    wanted: Option<(u32, Number)>,
    first_child: u32,
    next_sibling: u32,
}

/// The wanted objects of one pack, and those that they are made from.
#[derive(Debug)]
struct Family {
    pack: usize,
    nodes: Vec<Node>,
    /// Objects that are stored whole, by their place in the pack.
    roots: Vec<u32>,
}

/// Everything to be read.
pub struct Families<'o> {
    objects: &'o Objects,
    packs: Vec<Family>,
    /// Objects outside of packs.
    single: Vec<(u32, Number)>,
}

/// Bytes of objects that wait for those made from them. What is beyond is made once more.
const WAITING: usize = 48 << 20;
/// Neighbours that one thread takes at once.
const BATCH: usize = 8;

impl Family {
    /// Finds out what each wanted object is made from, as far as the pack says.
    fn new(
        reader: &mut Reader,
        number: usize,
        pack: &Pack,
        mut wanted: Vec<(u64, u32, Number)>,
    ) -> Self {
        wanted.sort_unstable_by_key(|(offset, ..)| *offset);
        let mut places: HashMap<u64, u32> = HashMap::with_capacity(wanted.len());
        let mut nodes = Vec::with_capacity(wanted.len());
        let mut add = |offset, wanted, nodes: &mut Vec<Node>| -> Option<u32> {
            let place = u32::try_from(nodes.len()).ok()?;
            if places.contains_key(&offset) {
                return None;
            }
            places.insert(offset, place);
            nodes.push(Node {
                offset,
                wanted,
                first_child: NONE,
                next_sibling: NONE,
            });
            Some(place)
        };
        for (offset, place, object) in wanted {
            add(offset, Some((place, object)), &mut nodes);
        }
        // Bases that nobody asked for join at the end, and their own bases after them.
        let mut bases: Vec<Option<u64>> = Vec::with_capacity(nodes.len());
        while let Some(offset) = nodes.get(bases.len()).map(|node| node.offset) {
            let base = match reader.entry(number, pack, offset) {
                Ok(entry) => match entry.body {
                    Body::Delta(base) => Some(base),
                    Body::Whole(_) | Body::Elsewhere => None,
                },
                // Told when its turn comes.
                Err(_) => None,
            };
            if let Some(base) = base {
                add(base, None, &mut nodes);
            }
            bases.push(base);
        }
        let mut roots = Vec::new();
        // Backwards, so that children stand in the order of the pack.
        for (at, base) in bases.iter().enumerate().rev() {
            let at = u32::try_from(at).unwrap_or(NONE);
            let parent = base.and_then(|base| places.get(&base)).copied();
            let Some(parent) = parent.and_then(|parent| nodes.get_mut(parent as usize)) else {
                roots.push(at);
                continue;
            };
            let sibling = std::mem::replace(&mut parent.first_child, at);
            if let Some(node) = nodes.get_mut(at as usize) {
                node.next_sibling = sibling;
            }
        }
        roots.sort_by_key(|root| nodes.get(*root as usize).map(|node| node.offset));
        Self {
            pack: number,
            nodes,
            roots,
        }
    }
}

impl<'o> Families<'o> {
    pub fn new(objects: &'o Objects, wanted: impl Iterator<Item = (u32, Number)>) -> Self {
        let mut by_pack: Vec<Vec<(u64, u32, Number)>> = Vec::new();
        by_pack.resize_with(objects.packs.len(), Vec::new);
        let mut single = Vec::new();
        for (place, number) in wanted {
            let pack = usize::from(number.pack);
            match (objects.packs.get(pack), by_pack.get_mut(pack)) {
                (Some(held), Some(list)) if number.pack != LOOSE => {
                    list.push((held.offset(number.place), place, number));
                }
                _ => single.push((place, number)),
            }
        }
        let mut reader = Reader::new();
        let packs = by_pack
            .into_iter()
            .zip(&objects.packs)
            .enumerate()
            .filter(|(_, (wanted, _))| !wanted.is_empty())
            .map(|(number, (wanted, pack))| Family::new(&mut reader, number, pack, wanted))
            .collect();
        Self {
            objects,
            packs,
            single,
        }
    }

    /// Reads everything, on so many threads.
    pub fn read(&self, repository: &gix::ThreadSafeRepository, threads: usize, visit: Visit<'_>) {
        let next = AtomicUsize::new(0);
        let stop = AtomicBool::new(false);
        let work = || {
            let mut git = repository.to_thread_local();
            git.objects.refresh_never();
            let mut reading = Reading {
                objects: self.objects,
                git,
                reader: Reader::new(),
                visit,
                stop: &stop,
            };
            while !stop.load(Ordering::Relaxed) {
                let mut from = next.fetch_add(BATCH, Ordering::Relaxed);
                let family = self.packs.iter().find(|family| {
                    let held = family.roots.len().next_multiple_of(BATCH);
                    let here = from < held;
                    from -= if here { 0 } else { held };
                    here
                });
                match family {
                    Some(family) => {
                        let roots = family.roots.iter().skip(from).take(BATCH);
                        roots.for_each(|root| reading.descend(family, *root));
                    }
                    None if from < self.single.len() => {
                        for (place, number) in self.single.iter().skip(from).take(BATCH) {
                            let read = loose(&reading.git, self.objects.id(*number));
                            reading.tell(*place, read.as_ref());
                        }
                    }
                    None => return,
                }
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..threads {
                let spawned = std::thread::Builder::new()
                    .stack_size(LIMITS.stack)
                    .spawn_scoped(scope, work);
                if spawned.is_err() {
                    work();
                }
            }
        });
    }
}

/// What one thread reads with.
struct Reading<'o, 'v> {
    objects: &'o Objects,
    git: gix::Repository,
    reader: Reader,
    visit: Visit<'v>,
    stop: &'v AtomicBool,
}

type Made = (Kind, Rc<Vec<u8>>);

impl Reading<'_, '_> {
    fn tell<D: AsRef<Vec<u8>>>(&self, place: u32, found: Result<&(Kind, D), &SkipReason>) {
        let found = match found {
            Ok((kind, data)) => Ok((*kind, data.as_ref().as_slice())),
            Err(reason) => Err(reason.clone()),
        };
        if self.stop.load(Ordering::Relaxed) || !(self.visit)(place, found) {
            self.stop.store(true, Ordering::Relaxed);
        }
    }

    /// Reads an object and all that are made from it.
    fn descend(&mut self, family: &Family, root: u32) {
        let Some(pack) = self.objects.packs.get(family.pack) else {
            return;
        };
        let mut open: Vec<(u32, Option<Made>)> = vec![(root, None)];
        let mut waiting: usize = 0;
        while let Some((at, base)) = open.pop() {
            let Some(node) = family.nodes.get(at as usize) else {
                continue;
            };
            let made = self.make(family, node, base.as_ref(), pack);
            // With the last of those made from it, a base goes.
            if let Some(bytes) = base.and_then(|(_, base)| Rc::into_inner(base)) {
                waiting = waiting.saturating_sub(bytes.len());
            }
            if let Some((place, _)) = node.wanted {
                self.tell(place, made.as_ref());
                if self.stop.load(Ordering::Relaxed) {
                    return;
                }
            }
            if node.first_child == NONE {
                continue;
            }
            let kept = made
                .ok()
                .filter(|(_, data)| waiting + data.len() <= WAITING);
            waiting += kept.as_ref().map_or(0, |(_, data)| data.len());
            let mut child = node.first_child;
            while let Some(node) = family.nodes.get(child as usize) {
                open.push((child, kept.clone()));
                child = node.next_sibling;
            }
        }
    }

    fn make(
        &mut self,
        family: &Family,
        node: &Node,
        base: Option<&Made>,
        pack: &Pack,
    ) -> Result<Made, SkipReason> {
        let number = family.pack;
        let entry = self.reader.entry(number, pack, node.offset);
        let made = entry.and_then(|entry| match (entry.body, base) {
            (Body::Whole(kind), _) => Ok((kind, self.reader.whole(number, pack, entry)?)),
            (Body::Delta(_), Some((kind, base))) => {
                Ok((*kind, self.reader.apply(number, pack, entry, base)?))
            }
            (Body::Delta(_) | Body::Elsewhere, _) => Err(SkipReason::MissingObject),
        });
        let made = match (made, node.wanted) {
            (Ok(made), _) => Ok(made),
            (Err(reason @ SkipReason::TooLarge { .. }), _) => Err(reason),
            // The base was too large to wait, or is elsewhere; or the object is broken here and
            // whole in another pack.
            (Err(_), Some((_, number))) => loose(&self.git, self.objects.id(number)),
            (Err(reason), None) => Err(reason),
        };
        made.map(|(kind, data)| (kind, Rc::new(data)))
    }
}
