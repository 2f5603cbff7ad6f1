//! Writes segments. Shared with `build.rs`.

use std::collections::HashSet;

use super::alias;
use super::day::Day;
use super::layout::{Entry, Head};
use super::record::Record;
use super::table;

/// The hash under which an id stands in the table: people write ids in any case.
pub fn id_hash(id: &str) -> u64 {
    table::hash(&id.to_ascii_uppercase())
}

/// Writes a segment: package names, normalised and in order, each with its records. `None` above
/// 4 GB.
pub fn write(packages: impl IntoIterator<Item = (String, Vec<Record>)>) -> Option<Vec<u8>> {
    let mut head = Head::default();
    let mut body = Vec::new();
    let mut cold = Vec::new();
    let mut names = Vec::new();
    let mut ids = Vec::new();
    // By hash, because there are hundreds of thousands.
    let mut live: HashSet<u64> = HashSet::new();
    let mut newest: Option<Day> = None;
    for (name, records) in packages {
        let place = u32::try_from(body.len()).ok()?;
        names.push((table::hash(&name), place));
        let mut entries = Vec::with_capacity(records.len());
        for mut record in alias::group(records) {
            for id in std::iter::once(&record.id).chain(&record.aliases) {
                ids.push((id_hash(id), place));
            }
            if record.withdrawn.is_none() {
                live.insert(id_hash(&record.id));
                newest = newest.max(record.dated());
            }
            let from = cold.len();
            cold = postcard::to_extend(&record.take_cold(), cold).ok()?;
            let length = u32::try_from(cold.len() - from).ok()?;
            entries.push(Entry {
                record,
                cold: (u32::try_from(from).ok()?, length),
            });
        }
        body.extend([0; 4]);
        body.extend(u32::try_from(name.len()).ok()?.to_le_bytes());
        body.extend(name.as_bytes());
        body = postcard::to_extend(&entries, body).ok()?;
        let start = place as usize;
        let length = u32::try_from(body.len() - start - 4).ok()?;
        body.get_mut(start..start + 4)?
            .copy_from_slice(&length.to_le_bytes());
    }
    head.packages = u32::try_from(names.len()).ok()?;
    head.records = u32::try_from(live.len()).ok()?;
    head.newest_day = newest.map_or(0, Day::days);
    head.cold = u32::try_from(body.len()).ok()?;
    body.append(&mut cold);
    head.names = u32::try_from(body.len()).ok()?;
    table::write(names, &mut body)?;
    head.ids = u32::try_from(body.len()).ok()?;
    table::write(ids, &mut body)?;
    head.body = u32::try_from(body.len()).ok()?;
    let mut bytes = head.write(&body);
    bytes.append(&mut body);
    Some(bytes)
}
