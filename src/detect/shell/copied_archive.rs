//! copied-archive: an archive is copied into a layer and unpacked into the next one.

use super::program::{Use, use_of};
use super::{Image, Shell};
use crate::detect::Sink;
use crate::detect::dockerfile::hadolint;
use crate::model::Span;
use crate::parse::dockerfile::{Body, Keyword};
use crate::parse::shell::Command;

/// What ADD unpacks.
const ARCHIVES: &[&str] = &[
    ".tar",
    ".tgz",
    ".tar.gz",
    ".tar.bz2",
    ".tbz2",
    ".tbz",
    ".tar.xz",
    ".txz",
    ".tar.lzma",
    ".tlz",
    ".tar.Z",
    ".tpz",
    ".gz",
    ".bz2",
    ".xz",
    ".lz",
    ".lzma",
    ".Z",
];

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let Some(image) = shell.image else {
        return;
    };
    let mut copies = copied(image);
    if copies.is_empty() {
        return;
    }
    for command in shell.built().filter(|command| unpacks(command)) {
        let Some(place) = image.place(command) else {
            continue;
        };
        for word in command.args() {
            let name = file_name(&word.text);
            let copied = |copy: &Copied<'_>| copy.place < place && copy.names.contains(&name);
            // Once for each archive.
            let Some(index) = copies.iter().position(copied) else {
                continue;
            };
            let copy = copies.swap_remove(index);
            out.report(
                rule,
                copy.span,
                format!("{name} is copied into one layer and unpacked into another"),
            )
            .text("the archive stays in the image")
            .label(word.span, "unpacked here")
            .help(
                "write ADD, which unpacks it, or `RUN --mount=type=bind` to read it without a copy",
            )
            .aliases(match is_plain(command) {
                true => &["DL3010"],
                false => &[],
            });
        }
    }
}

struct Copied<'a> {
    place: usize,
    span: Span,
    /// The file's own name, and the one that it gets.
    names: [&'a str; 2],
}

/// Archives that COPY takes from the build context.
fn copied(image: Image<'_>) -> Vec<Copied<'_>> {
    let mut copies = Vec::new();
    for place in image.stage.instructions.clone() {
        let Some(instruction) = image.file.instructions.get(place) else {
            continue;
        };
        let Body::Transfer {
            sources,
            destination,
        } = &instruction.body
        else {
            continue;
        };
        if instruction.keyword != Keyword::Copy || instruction.has_flag("from") {
            continue;
        }
        for source in sources {
            let name = file_name(source.text());
            let renamed = file_name(destination.text());
            if ARCHIVES.iter().any(|end| name.ends_with(end)) {
                let is_file = ARCHIVES.iter().any(|end| renamed.ends_with(end));
                copies.push(Copied {
                    place,
                    span: source.span,
                    names: if is_file { [renamed; 2] } else { [name; 2] },
                });
            }
        }
    }
    copies
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// True for the calls that hadolint knows: tar with dashes before its letters, or one's own program.
fn is_plain(command: &Command) -> bool {
    let knows = match command.name.as_str() {
        "tar" => command
            .args()
            .first()
            .is_some_and(|a| a.text.starts_with('-')),
        "gzip" | "bzip2" | "xz" => false,
        _ => true,
    };
    knows && hadolint::reads(command)
}

fn unpacks(command: &Command) -> bool {
    match command.name.as_str() {
        "gunzip" | "bunzip2" | "unxz" | "unlzma" | "uncompress" | "zcat" | "bzcat" | "xzcat" => {
            true
        }
        "gzip" | "bzip2" | "xz" => command.has_arg("-d") || command.has_arg("--decompress"),
        _ => use_of(command) == Some(Use::Unpack),
    }
}
