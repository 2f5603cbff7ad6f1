//! Which records there are and when each was changed: as a list says, and as an archive has them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use serde::Deserialize;

use super::patience::utc_seconds;
use crate::guard::LIMITS;

/// Ids with the second of their last change.
pub type Stamps = BTreeMap<String, i64>;

#[derive(Deserialize)]
struct Stamped {
    id: String,
    modified: Option<String>,
}

/// The id and the change of one record.
pub fn of_record(json: &[u8]) -> Option<(String, i64)> {
    let stamped: Stamped = serde_json::from_slice(json).ok()?;
    let modified = stamped.modified.as_deref().and_then(utc_seconds);
    Some((stamped.id, modified.unwrap_or(0)))
}

/// Reads `modified_id.csv`: lines of a time and an id. A line in a hundred may be something else,
/// more make it no such list.
pub fn of_list(text: &str) -> Result<Stamps, String> {
    let mut stamps = Stamps::new();
    let (mut odd, mut first_odd) = (0, 0);
    for (number, line) in (1..).zip(text.lines()) {
        let row = line.trim();
        if row.is_empty() {
            continue;
        }
        let parsed = row.split_once(',').and_then(|(time, id)| {
            // The list of all ecosystems has the ecosystem before the id.
            let id = id.rsplit('/').next().unwrap_or(id);
            is_id(id).then_some((id, seconds(time)?))
        });
        let Some((id, time)) = parsed else {
            odd += 1;
            first_odd = if odd == 1 { number } else { first_odd };
            continue;
        };
        let newest = stamps.entry(id.to_owned()).or_insert(time);
        *newest = time.max(*newest);
    }
    if odd > 1 + stamps.len() / 100 || (odd > 0 && stamps.is_empty()) {
        return Err(format!("line {first_odd} is no time and id"));
    }
    if stamps.is_empty() {
        return Err("it lists nothing".into());
    }
    Ok(stamps)
}

/// Some databases write a day before 1970 for "unknown".
fn seconds(time: &str) -> Option<i64> {
    let is_time = time.get(4..5) == Some("-") && time.get(10..11) == Some("T");
    utc_seconds(time).or(is_time.then_some(0))
}

/// An id becomes part of an address.
fn is_id(id: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b':' | b'.');
    !id.is_empty() && id.len() <= 128 && id.bytes().all(plain) && !id.starts_with('.')
}

/// The records of a zip archive.
pub fn of_archive(path: &Path) -> io::Result<Stamps> {
    let mut archive = zip::ZipArchive::new(BufReader::new(File::open(path)?))?;
    let mut stamps = Stamps::new();
    let mut left = LIMITS.import;
    let mut json = Vec::new();
    for at in 0..archive.len() {
        let entry = archive.by_index(at)?;
        if !entry.name_raw().ends_with(b".json") {
            continue;
        }
        json.clear();
        entry
            .take(left.min(LIMITS.archive_member) + 1)
            .read_to_end(&mut json)?;
        left = left.saturating_sub(json.len() as u64);
        for (over, name, limit) in [
            (
                json.len() as u64 > LIMITS.archive_member,
                "archive_member",
                LIMITS.archive_member,
            ),
            (left == 0, "import", LIMITS.import),
        ] {
            if over {
                return Err(io::Error::other(format!(
                    "it unpacks to more than {limit} bytes (limit `{name}`)"
                )));
            }
        }
        stamps.extend(of_record(&json));
    }
    Ok(stamps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_names_each_id_with_its_last_change() {
        let text = "time,id\n1970-01-01T00:00:05.25Z,A-1\r\n1970-01-01T00:00:04Z,A-1\n\
                    1970-01-01T00:00:03Z,npm/GHSA-x\n0001-01-01T00:00:00Z,G-1\n";
        let stamps = of_list(text).expect("a list");
        let expected = [("A-1", 5), ("G-1", 0), ("GHSA-x", 3)];
        assert_eq!(stamps, expected.map(|(id, at)| (id.to_owned(), at)).into());
    }

    #[test]
    fn what_is_no_list_is_refused() {
        for text in [
            "",
            "<html>",
            "1970-01-01T00:00:05Z,..",
            "1970-01-01T00:00:05Z,a b",
            "1970-01-01T00:00:05Z",
            "yesterday,A-1",
            "time,id\nsomething,else\n1970-01-01T00:00:05Z,A-1",
        ] {
            assert!(of_list(text).is_err(), "{text}");
        }
    }
}
