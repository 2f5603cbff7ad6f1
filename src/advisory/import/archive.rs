//! The containers advisories come in, taken apart by the ends of their names.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;
use serde_json::value::RawValue;

use super::{Imported, osv, rustsec};
use crate::advisory::index::{MANIFEST, Manifest, sha256};
use crate::advisory::segment::Segment;
use crate::archive::Frames;
use crate::guard::LIMITS;

/// What a name promises.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Gzip,
    Json,
    Lines,
    RustSec,
    Tar,
    Zip,
    Zstd,
}

fn form(name: &str) -> Option<Form> {
    let lower = name.to_ascii_lowercase();
    let end = lower.rsplit('/').next()?.rsplit_once('.')?.1;
    match end {
        "gz" => Some(Form::Gzip),
        "json" => Some(Form::Json),
        "jsonl" | "ndjson" => Some(Form::Lines),
        "tar" | "tgz" => Some(Form::Tar),
        "zip" => Some(Form::Zip),
        "zst" => Some(Form::Zstd),
        "md" if rustsec::is_advisory(name) => Some(Form::RustSec),
        _ => None,
    }
}

/// Reads one file; false where it is nothing that holds advisories.
pub fn read(path: &Path, into: &mut Imported) -> io::Result<bool> {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let name = absolute.to_string_lossy().replace('\\', "/");
    let Some(form) = form(&name) else {
        return Ok(false);
    };
    let shown = path.display().to_string();
    let file = File::open(path)?;
    match form {
        Form::Zip => zip(file, &shown, into)?,
        Form::Gzip | Form::Zstd => {
            let inner = name.rsplit_once('.').map_or("", |(inner, _)| inner);
            let reader: Box<dyn Read> = match form {
                Form::Gzip => Box::new(MultiGzDecoder::new(BufReader::new(file))),
                _ => Box::new(Frames::new(BufReader::new(file))),
            };
            match self::form(inner) {
                Some(Form::Zip | Form::Gzip | Form::Zstd) | None => return Ok(false),
                Some(form) => text(form, BufReader::new(reader), &shown, into)?,
            }
        }
        Form::Tar if name.to_ascii_lowercase().ends_with(".tgz") => {
            let reader = MultiGzDecoder::new(BufReader::new(file));
            tar(BufReader::new(reader), &shown, into)?;
        }
        form => text(form, BufReader::new(file), &shown, into)?,
    }
    Ok(true)
}

fn text(form: Form, mut from: impl BufRead, shown: &str, into: &mut Imported) -> io::Result<()> {
    match form {
        Form::Lines => lines(from, shown, into),
        Form::Tar => tar(from, shown, into),
        Form::Json | Form::RustSec => {
            let bytes = bounded(&mut from, u64::MAX, into)?;
            whole(form, &bytes, shown, into);
            Ok(())
        }
        Form::Zip | Form::Gzip | Form::Zstd => Ok(()),
    }
}

/// One advisory a file, or a JSON file that turns out to hold several.
fn whole(form: Form, bytes: &[u8], shown: &str, into: &mut Imported) {
    if form == Form::RustSec {
        let text = String::from_utf8_lossy(bytes);
        if let Err(why) = rustsec::read(&text, into) {
            into.bad(shown, why);
        }
        return;
    }
    let start = bytes.iter().find(|b| !b.is_ascii_whitespace());
    if start == Some(&b'[') {
        match serde_json::from_slice::<Vec<&RawValue>>(bytes) {
            Ok(records) => {
                for (at, record) in records.iter().enumerate() {
                    if let Err(why) = osv::read(record.get().as_bytes(), into) {
                        into.bad(&format!("{shown}[{at}]"), why);
                    }
                }
            }
            Err(why) => into.bad(shown, why),
        }
        return;
    }
    if let Err(why) = osv::read(bytes, into) {
        // JSON lines go by the name of JSON as well.
        let first = bytes.split(|b| *b == b'\n').next().unwrap_or(&[]);
        let several =
            why.is_syntax() && serde_json::from_slice::<serde::de::IgnoredAny>(first).is_ok();
        if several && lines(bytes, shown, into).is_ok() {
            return;
        }
        into.bad(shown, why);
    }
}

fn lines(mut from: impl BufRead, shown: &str, into: &mut Imported) -> io::Result<()> {
    let mut line = Vec::new();
    let mut number = 0u64;
    loop {
        line.clear();
        number += 1;
        let length = (&mut from)
            .take(LIMITS.parse + 1)
            .read_until(b'\n', &mut line)?;
        if length == 0 {
            return Ok(());
        }
        into.spend(length)?;
        if length as u64 > LIMITS.parse {
            return Err(io::Error::other(format!(
                "line {number} is longer than {} bytes",
                LIMITS.parse
            )));
        }
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        if let Err(why) = osv::read(&line, into) {
            into.bad(&format!("{shown}:{number}"), why);
        }
    }
}

fn too_large(name: &str) -> io::Error {
    let limit = LIMITS.archive_member;
    io::Error::other(format!(
        "{name} unpacks to more than {limit} bytes (limit `archive_member`)"
    ))
}

/// Reads on without keeping anything, to the end or `length` bytes.
fn skip(from: &mut impl Read, length: u64, into: &mut Imported) -> io::Result<()> {
    let mut left = length;
    while left > 0 {
        let read = bounded(from, left.min(1 << 20), into)?.len() as u64;
        if read == 0 {
            break;
        }
        left -= read;
    }
    Ok(())
}

/// Reads to the end, or `length` bytes, counting against the limit all the while.
fn bounded(from: &mut impl Read, length: u64, into: &mut Imported) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut left = length;
    while left > 0 {
        let step = left.min(1 << 20);
        let read = from.take(step).read_to_end(&mut bytes)?;
        if read == 0 {
            break;
        }
        into.spend(read)?;
        left -= read as u64;
    }
    Ok(bytes)
}

fn zip(file: File, shown: &str, into: &mut Imported) -> io::Result<()> {
    let mut archive = zip::ZipArchive::new(BufReader::new(file))?;
    if archive.index_for_name(MANIFEST).is_some() {
        return exported(&mut archive, into);
    }
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at)?;
        let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
        let Some(form @ (Form::Json | Form::Lines | Form::RustSec)) = form(&name) else {
            continue;
        };
        let place = format!("{shown}/{name}");
        if form == Form::Lines {
            lines(BufReader::new(entry), &place, into)?;
            continue;
        }
        let bytes = bounded(&mut entry, LIMITS.archive_member + 1, into)?;
        if bytes.len() as u64 > LIMITS.archive_member {
            return Err(too_large(&name));
        }
        whole(form, &bytes, &place, into);
    }
    Ok(())
}

/// What `plimsoll db export` wrote on another machine.
fn exported(archive: &mut zip::ZipArchive<BufReader<File>>, into: &mut Imported) -> io::Result<()> {
    let damaged = |what: &dyn std::fmt::Display| io::Error::other(what.to_string());
    let bytes = bounded(&mut archive.by_name(MANIFEST)?, LIMITS.config, into)?;
    let manifest = Manifest::read(&bytes, &sha256(&bytes)).map_err(|e| damaged(&e))?;
    for part in manifest.parts {
        let name = part.file_name();
        let bytes = bounded(&mut archive.by_name(&name)?, u64::MAX, into)?;
        if sha256(&bytes) != part.sha256 {
            return Err(damaged(&format!("{name} is not the one of its manifest")));
        }
        let segment = Segment::read(bytes).map_err(|e| damaged(&e))?;
        for package in segment.packages() {
            let (package, records) = package.map_err(|e| damaged(&e))?;
            for record in records {
                into.add(part.ecosystem, &package, record);
            }
        }
    }
    Ok(())
}

/// Entries of a tar archive: plain and GNU or pax long names, regular files only.
fn tar(mut from: impl BufRead, shown: &str, into: &mut Imported) -> io::Result<()> {
    const BLOCK: usize = 512;
    let mut long_name: Option<String> = None;
    loop {
        let mut head = [0u8; BLOCK];
        match from.read_exact(&mut head) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                return Err(ends_early());
            }
            Err(error) => return Err(error),
        }
        into.spend(BLOCK)?;
        if head.iter().all(|b| *b == 0) {
            // What packs an archive has its checksum behind the end.
            return skip(&mut from, u64::MAX, into);
        }
        let field = |from: usize, to: usize| {
            let bytes = head.get(from..to).unwrap_or(&[]);
            let end = bytes.iter().position(|b| *b == 0).unwrap_or(bytes.len());
            String::from_utf8_lossy(bytes.get(..end).unwrap_or(&[])).into_owned()
        };
        let size = u64::from_str_radix(field(124, 136).trim(), 8)
            .map_err(|_| io::Error::other("an entry without a size"))?;
        let padding = size.next_multiple_of(BLOCK as u64) - size;
        let name = long_name.take().unwrap_or_else(|| {
            let (prefix, name) = (field(345, 500), field(0, 100));
            if prefix.is_empty() {
                name
            } else {
                format!("{prefix}/{name}")
            }
        });
        let kind = head.get(156);
        let place = format!("{shown}/{name}");
        let known = match kind {
            Some(b'0' | 0) => form(&name),
            _ => None,
        };
        if known == Some(Form::Lines) {
            let mut entry = (&mut from).take(size);
            lines(&mut entry, &place, into)?;
            if entry.limit() > 0 {
                return Err(ends_early());
            }
        } else if size > LIMITS.archive_member {
            if matches!(known, Some(Form::Json | Form::RustSec)) {
                return Err(too_large(&name));
            }
            skip(&mut from, size, into)?;
        } else {
            let bytes = bounded(&mut from, size, into)?;
            if (bytes.len() as u64) < size {
                return Err(ends_early());
            }
            match (kind, known) {
                (Some(b'L'), _) => long_name = Some(until_nul(&bytes)),
                (Some(b'x'), _) => long_name = pax_path(&bytes),
                (_, Some(form @ (Form::Json | Form::RustSec))) => {
                    whole(form, &bytes, &place, into);
                }
                _ => {}
            }
        }
        skip(&mut from, padding, into)?;
    }
}

fn ends_early() -> io::Error {
    io::Error::other("the archive ends early")
}

fn until_nul(bytes: &[u8]) -> String {
    let text = bytes.split(|b| *b == 0).next().unwrap_or(&[]);
    String::from_utf8_lossy(text).into_owned()
}

/// The `path` of a pax header: lines of `length key=value`.
fn pax_path(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    text.lines()
        .find_map(|line| line.split_once(' ')?.1.strip_prefix("path="))
        .map(str::to_owned)
}
