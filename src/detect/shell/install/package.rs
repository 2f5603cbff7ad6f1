use super::Manager;
use crate::parse::shell::{Options, PartKind, Word};

/// One thing that a manager is told to install.
#[derive(Debug)]
pub struct Package<'a> {
    pub word: &'a Word,
    /// Without version and extras; the whole text for what is no name.
    pub name: &'a str,
    pub origin: Origin<'a>,
}

/// Where a package comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin<'a> {
    /// From the manager's index. The version as it is written, or whatever else limits it.
    Index {
        version: Option<&'a str>,
    },
    /// A file or folder of the build.
    File,
    Url,
    /// A repository, and the branch, tag or commit.
    Repository {
        reference: Option<&'a str>,
    },
    /// Only the run knows.
    Unknown,
}

use Origin::{File, Index, Repository, Unknown, Url};

const PINNED: Origin<'_> = Index { version: Some("") };

impl<'a> Package<'a> {
    /// What the words after the subcommand, and options that name packages, install.
    pub(super) fn all(manager: Manager, words: &[&'a Word], options: &Options<'a>) -> Vec<Self> {
        let editable = options
            .options
            .iter()
            .filter(|option| manager.is_pip() && matches!(option.name, "e" | "editable"))
            .filter_map(|option| Some((option.value_word?, option.value?)));
        words
            .iter()
            .map(|word| (*word, word.text.as_str()))
            .chain(editable)
            .map(|(word, text)| Self::read(manager, word, text))
            .collect()
    }

    fn read(manager: Manager, word: &'a Word, text: &'a str) -> Self {
        let (name, origin) = match manager {
            Manager::Pip | Manager::Pipx | Manager::Uv => python(text),
            Manager::Npm | Manager::Yarn | Manager::Pnpm | Manager::Bun => node(text),
            Manager::Gem => separated(text, ':', &[".gem"]),
            Manager::Go => go(text),
            Manager::Cargo | Manager::Brew => separated(text, '@', &[]),
            Manager::Composer | Manager::Bundle => separated(text, ':', &[]),
            Manager::Conda => constrained(text, &["=", "<", ">"]),
            Manager::Zypper => constrained_package(text, &["=", "<", ">"], ".rpm"),
            Manager::Yum | Manager::Dnf | Manager::Microdnf | Manager::Tdnf => rpm(text),
            Manager::Apk => apk(text),
            Manager::AptGet | Manager::Apt | Manager::Aptitude => debian(text),
            Manager::Pacman => constrained_package(text, &["="], ".pkg.tar.zst"),
        };
        // One word may be several, or say at the run where it comes from.
        let open = matches!(origin, Index { version: None }) && !word.is_known();
        Self {
            word,
            name,
            origin: if open { Unknown } else { origin },
        }
    }

    /// True where its version is neither written nor limited.
    pub fn is_unpinned(&self) -> bool {
        matches!(self.origin, Index { version: None } | Unknown)
    }

    /// The word as a message shows it.
    pub fn shown(&self) -> String {
        let is_opaque = |part: &crate::parse::shell::Part| {
            !matches!(part.kind, PartKind::Literal | PartKind::Variable { .. })
        };
        if self.word.parts.iter().any(is_opaque) {
            "what the build names".to_owned()
        } else {
            self.word.text.clone()
        }
    }
}

/// Splits at the first of several marks; the version keeps the mark.
fn constrained<'a>(text: &'a str, marks: &[&str]) -> (&'a str, Origin<'a>) {
    let at = marks.iter().filter_map(|mark| text.find(mark)).min();
    let (name, version) = match at {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let version = (!version.is_empty()).then_some(version);
    (name, Index { version })
}

fn constrained_package<'a>(text: &'a str, marks: &[&str], suffix: &str) -> (&'a str, Origin<'a>) {
    if text.contains("://") {
        (text, Url)
    } else if text.ends_with(suffix) || is_path(text) {
        (text, File)
    } else {
        constrained(text, marks)
    }
}

fn separated<'a>(text: &'a str, mark: char, files: &[&str]) -> (&'a str, Origin<'a>) {
    if text.contains("://") {
        return (text, Url);
    }
    if is_path(text) || files.iter().any(|suffix| text.ends_with(suffix)) {
        return (text, File);
    }
    match text.split_once(mark) {
        Some((name, version)) => (name, named(version)),
        None => (text, Index { version: None }),
    }
}

fn named(version: &str) -> Origin<'_> {
    let version = Some(version).filter(|version| !version.is_empty());
    Index { version }
}

fn is_path(text: &str) -> bool {
    text.starts_with(['/', '.', '~']) || text.starts_with("${") && text.contains("}/")
}

fn debian(name: &str) -> (&str, Origin<'_>) {
    if name.contains("://") {
        return (name, Url);
    }
    if name.ends_with(".deb") || is_path(name) {
        return (name, File);
    }
    match name.split_once(['=', '/']) {
        Some((name, version)) => (name, named(version)),
        None => (name, Index { version: None }),
    }
}

fn apk(name: &str) -> (&str, Origin<'_>) {
    // `!name` keeps a package out.
    if name.starts_with('!') {
        return (name, PINNED);
    }
    constrained_package(name, &["=", "~", "<", ">"], ".apk")
}

/// `name-1.2`, `name:stream`; a name has no other mark for its version.
fn rpm(name: &str) -> (&str, Origin<'_>) {
    if name.contains("://") {
        return (name, Url);
    }
    if name.ends_with(".rpm") || is_path(name) {
        return (name, File);
    }
    let version = name.match_indices('-').find(|(at, _)| {
        let rest = name.get(at + 1..).unwrap_or_default();
        rest.starts_with(|c: char| c.is_ascii_digit() || c == '$')
    });
    match version {
        Some((at, _)) => (
            name.get(..at).unwrap_or(name),
            named(name.get(at + 1..).unwrap_or_default()),
        ),
        None => constrained(name, &["=", "<", ">", ":"]),
    }
}

fn python(text: &str) -> (&str, Origin<'_>) {
    let source = text
        .split_once('@')
        .map_or("", |(_, address)| address.trim());
    let address = if source.contains("://") && !is_address(text) {
        source
    } else {
        text
    };
    let bare = text.split(['[', '@']).next().unwrap_or(text).trim_end();
    if is_address(address) {
        let is_repository = ["git+", "hg+", "svn+", "bzr+"]
            .iter()
            .any(|scheme| address.starts_with(scheme));
        if is_repository {
            return (bare, repository(address, '@'));
        }
        return (bare, Url);
    }
    let path = text.split('[').next().unwrap_or(text);
    let archives = [".whl", ".zip", ".gz", ".bz2", ".xz", ".tgz", ".tar", ".txt"];
    if path.contains('/') || is_path(path) || archives.iter().any(|end| path.ends_with(end)) {
        return (text, File);
    }
    let (name, origin) = constrained(text, &["==", "~=", "!=", "<", ">"]);
    (name.split('[').next().unwrap_or(name).trim(), origin)
}

fn is_address(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, _)| {
        scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
    })
}

/// The reference of a repository's address: after a mark in its path.
fn repository(address: &str, mark: char) -> Origin<'_> {
    let path = match address.split_once("://") {
        Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
        None => address,
    };
    let path = match mark {
        '@' => path.split('#').next().unwrap_or(path),
        _ => path,
    };
    let reference = path.rsplit_once(mark).map(|(_, reference)| reference);
    let reference = reference.map(|r| r.strip_prefix("semver:").unwrap_or(r));
    Repository {
        reference: reference.filter(|r| !r.is_empty()),
    }
}

fn node(text: &str) -> (&str, Origin<'_>) {
    // `name@address`: the address decides.
    let inside = text.get(1..).unwrap_or_default();
    let (name, rest) = match inside.find('@') {
        Some(at) => (
            text.get(..at + 1).unwrap_or(text),
            text.get(at + 2..).unwrap_or_default(),
        ),
        None => (text, ""),
    };
    let address = match is_repository_of_node(rest) || is_address(rest) {
        true => rest,
        false => text,
    };
    if is_repository_of_node(address) {
        return (text, repository(address, '#'));
    }
    if is_address(address) {
        return (text, Url);
    }
    let files = [".tgz", ".tar.gz", ".tar"];
    if is_path(text) || text.starts_with("file:") || files.iter().any(|end| text.ends_with(end)) {
        return (text, File);
    }
    if !text.starts_with('@') && text.contains('/') && !text.contains('@') {
        return (text, repository(text, '#'));
    }
    (name, named(rest))
}

fn is_repository_of_node(text: &str) -> bool {
    let schemes = ["git+", "git://", "git@", "github:", "gitlab:", "bitbucket:"];
    let path = text.split('#').next().unwrap_or(text);
    schemes.iter().any(|scheme| text.starts_with(scheme))
        || (is_address(text) && path.ends_with(".git"))
}

fn go(text: &str) -> (&str, Origin<'_>) {
    if let Some((name, version)) = text.rsplit_once('@') {
        return (name, named(version));
    }
    // Anything else is of the module that is built, or of the standard library.
    let host = text.split('/').next().unwrap_or(text);
    let is_remote = host.contains('.') && !is_path(text) && !text.ends_with(".go");
    match is_remote || text.starts_with('$') && !text.contains('/') {
        true => (text, Index { version: None }),
        false => (text, File),
    }
}
