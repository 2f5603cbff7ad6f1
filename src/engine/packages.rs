use std::borrow::Cow;
use std::sync::Mutex;

use crate::classify;
use crate::detect::installed;
use crate::detect::secret::{path_without_secrets, without_secrets};
use crate::guard::LIMITS;
use crate::input::{Content, Found, Item};
use crate::join::{Around, Files};
use crate::model::{FileKind, PlacedPackage, SkipReason, Skipped, Source, SourceId};
use crate::parse::dockerfile::Wanted;
use crate::parse::{Document, lock};

use super::conceal::conceal_skipped;

/// The packages that lockfiles pin, sorted by place.
#[derive(Debug, Default)]
pub struct PackageList {
    pub packages: Vec<PlacedPackage>,
    /// Lockfiles that could not be read, or not in full.
    pub skipped: Vec<Skipped>,
}

impl PackageList {
    /// Blanks secrets in names, places and URLs.
    pub fn conceal(&mut self) {
        for placed in &mut self.packages {
            if let Some(path) = path_without_secrets(&placed.path) {
                placed.path = path;
            }
            let package = &mut placed.package;
            let facts = &mut package.facts;
            let words = [&mut package.name, &mut package.version];
            let words = words
                .into_iter()
                .chain(&mut package.dependency_path)
                .chain(&mut facts.resolved)
                .chain(&mut facts.commit)
                .chain(&mut facts.alias)
                .chain(&mut facts.licences)
                .chain(
                    package
                        .requested
                        .as_mut()
                        .map(|asked| &mut asked.requirement),
                );
            for text in words {
                if let Cow::Owned(masked) = without_secrets(text) {
                    *text = masked;
                }
            }
        }
        self.skipped.iter_mut().for_each(conceal_skipped);
    }
}

/// Collects the packages of every lockfile that is put in, and those that commands install, from
/// any thread.
#[derive(Debug)]
pub struct PackageCollector<'f> {
    around: Option<Around<'f>>,
    list: Mutex<PackageList>,
}

impl<'f> PackageCollector<'f> {
    /// `files`: the repository that the items are part of.
    pub fn new(files: Option<&'f dyn Files>) -> Self {
        Self {
            around: files.map(Around::new),
            list: Mutex::default(),
        }
    }

    /// Reads an item where it names packages; `true`, because more is always welcome.
    pub fn take(&self, found: Found) -> bool {
        if let Found::Item(item) = found
            && lock::KINDS
                .union(installed::KINDS)
                .contains(classify::classify(&item.path, b""))
        {
            let part = read(item, self.around.as_ref());
            let mut list = self
                .list
                .lock()
                .unwrap_or_else(|broken| broken.into_inner());
            list.packages.extend(part.packages);
            list.skipped.extend(part.skipped);
        }
        true
    }

    pub fn finish(self) -> PackageList {
        let mut list = self
            .list
            .into_inner()
            .unwrap_or_else(|broken| broken.into_inner());
        list.packages.sort_by(|a, b| {
            (&a.path, a.package.span, &a.package.name).cmp(&(
                &b.path,
                b.package.span,
                &b.package.name,
            ))
        });
        list.skipped.sort();
        list
    }
}

fn read(mut item: Item, around: Option<&Around<'_>>) -> PackageList {
    let mut list = PackageList::default();
    let path = item.path.clone();
    let mut skip = |reason| {
        list.skipped.push(Skipped {
            path: path.clone(),
            reason,
        });
    };
    let mut bytes = Vec::new();
    match item.content(&mut bytes) {
        Ok(Content::InBuffer) if bytes.len() as u64 <= LIMITS.parse => {}
        Ok(_) => {
            let limit = LIMITS.parse;
            skip(SkipReason::TooLargeToParse { limit });
            return list;
        }
        Err(reason) => {
            skip(reason);
            return list;
        }
    }
    let kind = classify::classify(&item.path, &bytes);
    let source = Source::new(SourceId(0), item.path, kind, &bytes, item.origin);
    let document = match around {
        Some(around) if lock::KINDS.contains(kind) => around.document(&source, &Wanted::default()),
        _ => Document::new(&source),
    };
    let mut packages = installed::of_document(&document);
    if let Some(lockfile) = document.lockfile() {
        if let Some(error) = lockfile.errors.first() {
            skip(SkipReason::Malformed(error.message.clone()));
        }
        for what in &lockfile.unknown {
            skip(SkipReason::NotResolved(what.clone()));
        }
        packages.extend_from_slice(&lockfile.packages);
    } else if kind == FileKind::Binary {
        skip(SkipReason::Binary);
    }
    list.packages = packages
        .into_iter()
        .map(|package| PlacedPackage {
            path: source.path.clone(),
            line: source.lines().line(package.span.start),
            package,
        })
        .collect();
    list
}
