//! Manifests whose dependencies no lockfile pins, and how sure it is that one belongs there.
//!
//! What a workspace locks at its root is locked for all its members, and who publishes a library
//! may well leave the versions to those who use it.

mod absence;
mod dart;
mod go;
mod image;
mod node;
mod php;
mod python;
mod ruby;
mod rust;
mod view;

use super::cargo_toml::fits;
use super::{Ask, Beside, text};
use crate::model::{RepoPath, Span};

pub use absence::Absence;
use view::{MOST_LEVELS, View};

/// A manifest without its lockfile.
#[derive(Debug)]
pub struct Unlocked {
    /// Where it names what it needs.
    pub span: Span,
    pub role: Role,
    /// The lockfile that its package manager writes.
    pub lock: &'static str,
    /// What makes it write that.
    pub command: &'static str,
    pub absence: Absence,
    /// The Dockerfile beside it that installs what it names.
    pub image: Option<RepoPath>,
}

/// What a manifest says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Nobody takes it as a library, and this is why.
    Program(&'static str),
    Unclear,
    /// Those who use it choose the versions.
    Library,
}

/// A manifest as its own reader understands it.
#[derive(Debug)]
struct Manifest {
    span: Span,
    role: Role,
    /// Files of which any locks it; a star stands for anything.
    locks: &'static [&'static str],
    lock: &'static str,
    command: &'static str,
}

impl Manifest {
    fn is_lock(&self, name: &str) -> bool {
        self.locks.iter().any(|lock| match lock.contains('*') {
            true => fits(lock, name),
            false => *lock == name,
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Node,
    Rust,
    Python,
    Pipfile,
    Ruby,
    Php,
    Go,
    Dart,
}

/// A manifest and the folders around it.
#[derive(Clone, Copy, Debug)]
struct Place<'p> {
    form: Form,
    path: &'p RepoPath,
    text: &'p str,
}

impl Form {
    fn of(path: &RepoPath) -> Option<Self> {
        match path.file_name() {
            b"package.json" => Some(Self::Node),
            b"Cargo.toml" => Some(Self::Rust),
            b"pyproject.toml" => Some(Self::Python),
            b"Pipfile" => Some(Self::Pipfile),
            b"Gemfile" | b"gems.rb" => Some(Self::Ruby),
            b"composer.json" => Some(Self::Php),
            b"go.mod" => Some(Self::Go),
            b"pubspec.yaml" => Some(Self::Dart),
            _ => None,
        }
    }
}

/// True for the manifests that are understood.
pub fn is_manifest(path: &RepoPath) -> bool {
    Form::of(path).is_some()
}

/// What has to be seen before it is known whether a manifest is locked.
pub fn wants(path: &RepoPath, bytes: &[u8], beside: &Beside) -> Vec<Ask> {
    look(path, bytes, beside).err().unwrap_or_default()
}

/// The manifest, where no lockfile pins what it names; `None` as well where that is not known.
pub fn find(path: &RepoPath, bytes: &[u8], beside: &Beside) -> Option<Unlocked> {
    look(path, bytes, beside).ok()?
}

fn look(path: &RepoPath, bytes: &[u8], beside: &Beside) -> Result<Option<Unlocked>, Vec<Ask>> {
    let Some(form) = Form::of(path).filter(|_| !is_sample(path)) else {
        return Ok(None);
    };
    let text = &*text(bytes);
    // What is not filled in yet is the template of a manifest.
    if ["<%", "{{"].iter().any(|mark| text.contains(mark)) {
        return Ok(None);
    }
    let place = Place { form, path, text };
    let mut view = View::new(beside);
    let folder = path.parent();
    let Some(here) = view.folder(&folder) else {
        return Err(view.asks);
    };
    let manifest = place.read(here, &mut view);
    let Some(manifest) = manifest else {
        return view.settle(None);
    };
    let locks = |names: &[String], folder: &RepoPath| {
        let is_lock = |name: &&String| manifest.is_lock(name);
        let mut found = names.iter().filter(is_lock);
        found.any(|name| !beside.is_private(&folder.join(name.as_bytes())))
    };
    if locks(here, &folder) {
        return view.settle(None);
    }
    for above in path.folders().take(MOST_LEVELS).skip(1) {
        let Some(names) = view.folder(&above) else {
            continue;
        };
        let is_locked = locks(names, &above);
        if place.is_covered(&above, names, is_locked, &mut view) {
            return view.settle(None);
        }
    }
    let unlocked = Unlocked {
        span: manifest.span,
        role: manifest.role,
        lock: manifest.lock,
        command: manifest.command,
        absence: Absence::find(&folder, &manifest, &mut view),
        image: image::installing(form, &folder, here, &mut view),
    };
    view.settle(Some(unlocked))
}

impl Place<'_> {
    fn read(&self, here: &[String], view: &mut View<'_>) -> Option<Manifest> {
        match self.form {
            Form::Node => node::read(self.text),
            Form::Rust => rust::read(self, here, view),
            Form::Python => python::read(self.text),
            Form::Pipfile => python::read_pipfile(self.text, here),
            Form::Ruby => ruby::read(self, here),
            Form::Php => php::read(self.text),
            Form::Go => go::read(self, here),
            Form::Dart => dart::read(self.text, here),
        }
    }

    /// True where what stands in a folder above locks this manifest too.
    fn is_covered(
        &self,
        above: &RepoPath,
        names: &[String],
        is_locked: bool,
        view: &mut View<'_>,
    ) -> bool {
        match self.form {
            Form::Node => node::is_member(self.path, above, names, view),
            Form::Rust => rust::is_member(above, names, is_locked, view),
            // Their tools look for the workspace's file, or are told of a folder of the project.
            Form::Python | Form::Pipfile | Form::Dart => is_locked,
            Form::Php => is_locked,
            Form::Go => names.iter().any(|name| name == "go.work.sum"),
            Form::Ruby => false,
        }
    }
}

/// Words in the names of folders whose projects show or try something.
const SAMPLES: [&str; 39] = [
    "bench",
    "benches",
    "benchmark",
    "benchmarks",
    "boilerplate",
    "demo",
    "demos",
    "e2e",
    "example",
    "examples",
    "external",
    "fixture",
    "fixtures",
    "fuzz",
    "gemfiles",
    "integration",
    "mock",
    "mocks",
    "playground",
    "playgrounds",
    "recipes",
    "sample",
    "samples",
    "sandbox",
    "scaffold",
    "skeleton",
    "snippets",
    "spec",
    "specs",
    "starter",
    "starters",
    "template",
    "templates",
    "test",
    "testdata",
    "tests",
    "tutorial",
    "tutorials",
    "vendor",
];

/// True below a folder of examples, tests, templates or foreign code.
fn is_sample(path: &RepoPath) -> bool {
    let folder = path.parent().to_text().to_lowercase();
    let foreign = [
        "node_modules",
        "third_party",
        "third-party",
        "{{",
        "site-packages",
    ];
    let mut parts = folder.split('/');
    foreign.iter().any(|word| folder.contains(word))
        || parts.any(|part| {
            let mut words = part.split(|c: char| !c.is_ascii_alphanumeric());
            words.any(|word| SAMPLES.binary_search(&word).is_ok())
        })
}

#[cfg(test)]
mod tests;
