//! What to fetch, as the user says: defaults, the `[db]` table of the user's own configuration,
//! flags. A repository has no say in it.

use std::io;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use super::address::Address;
use super::patience::{self, Patience};
use crate::guard::LIMITS;
use crate::model::Ecosystem;

/// Where OSV publishes its records (<https://google.github.io/osv.dev/data/>).
const OSV: &str = "https://osv-vulnerabilities.storage.googleapis.com";
/// The RustSec database as an archive.
const RUSTSEC: &str = "https://github.com/rustsec/advisory-db/archive/refs/heads/main.tar.gz";

/// How the name of an archive ends.
const ARCHIVES: [&str; 12] = [
    ".tar.gz",
    ".tar.zst",
    ".json.gz",
    ".json.zst",
    ".jsonl.gz",
    ".jsonl.zst",
    ".tgz",
    ".tar",
    ".zip",
    ".jsonl",
    ".json",
    ".md",
];

/// One place to fetch from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    pub address: Address,
    pub kind: SourceKind,
    /// What the content must hash to.
    pub sha256: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// A mirror of OSV's files, by ecosystem.
    Mirror,
    /// One file with everything, whose name ends like this.
    Archive(&'static str),
}

/// Everything that shapes an update.
#[derive(Clone, Debug)]
pub struct Settings {
    pub sources: Vec<Source>,
    /// Empty: what each source has.
    pub ecosystems: Vec<Ecosystem>,
    pub allow_http: bool,
    pub patience: Patience,
}

/// What the command line says; it outranks the configuration.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    pub from: Vec<String>,
    pub ecosystems: Vec<String>,
    pub allow_http: bool,
}

/// What is wrong with the settings.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("{place}:{line}: {message}")]
    Config {
        place: String,
        line: usize,
        message: String,
    },
    #[error("{place} cannot be read ({error})")]
    Unreadable { place: String, error: io::Error },
    #[error("{0}")]
    Flag(String),
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    db: Db,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
struct Db {
    sources: Option<Vec<Spanned<String>>>,
    ecosystems: Vec<Spanned<String>>,
    allow_http: bool,
    connect_timeout: Option<Spanned<String>>,
    stall_timeout: Option<Spanned<String>>,
    retry_timeout: Option<Spanned<String>>,
    total_timeout: Option<Spanned<String>>,
}

impl Settings {
    /// The defaults, the configuration at `place` where there is one, and the flags.
    pub fn read(place: Option<&Path>, flags: &Flags) -> Result<Self, SettingsError> {
        let text = match place {
            None => String::new(),
            Some(place) => read(place)?,
        };
        let shown = place
            .map(|place| place.display().to_string())
            .unwrap_or_default();
        let config = |message: String, span: Option<std::ops::Range<usize>>| {
            let before = text.get(..span.map_or(0, |span| span.start)).unwrap_or("");
            SettingsError::Config {
                place: shown.clone(),
                line: 1 + before.matches('\n').count(),
                message,
            }
        };
        let file: File =
            toml::from_str(&text).map_err(|e| config(e.message().to_owned(), e.span()))?;
        let db = file.db;
        let allow_http = db.allow_http || flags.allow_http;
        let mut patience = Patience::default();
        for (text, time) in [
            (db.connect_timeout, &mut patience.connect),
            (db.stall_timeout, &mut patience.stall),
            (db.retry_timeout, &mut patience.retry),
            (db.total_timeout, &mut patience.total),
        ] {
            if let Some(text) = text {
                *time = patience::parse(text.get_ref()).ok_or_else(|| {
                    config(
                        "a time is written 500ms, 10s, 30m or 2h".into(),
                        Some(text.span()),
                    )
                })?;
            }
        }
        let sources = if !flags.from.is_empty() {
            let parsed = flags.from.iter().map(|text| source(text, allow_http));
            parsed
                .collect::<Result<_, _>>()
                .map_err(SettingsError::Flag)?
        } else {
            let default = || vec![Spanned::new(0..0, "osv".to_owned())];
            let listed = db.sources.unwrap_or_else(default);
            let parsed = listed.iter().map(|text| {
                source(text.get_ref(), allow_http).map_err(|why| config(why, Some(text.span())))
            });
            parsed.collect::<Result<_, _>>()?
        };
        let ecosystems = if !flags.ecosystems.is_empty() {
            let parsed = flags.ecosystems.iter().map(|name| ecosystem(name));
            parsed
                .collect::<Result<_, _>>()
                .map_err(SettingsError::Flag)?
        } else {
            let parsed = db.ecosystems.iter().map(|name| {
                ecosystem(name.get_ref()).map_err(|why| config(why, Some(name.span())))
            });
            parsed.collect::<Result<_, _>>()?
        };
        Ok(Self {
            sources,
            ecosystems,
            allow_http,
            patience,
        })
    }
}

fn read(place: &Path) -> Result<String, SettingsError> {
    use io::Read as _;
    let mut text = String::new();
    let read = std::fs::File::open(place)
        .and_then(|file| file.take(LIMITS.config).read_to_string(&mut text));
    match read {
        Ok(_) => Ok(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(SettingsError::Unreadable {
            place: place.display().to_string(),
            error,
        }),
    }
}

fn ecosystem(name: &str) -> Result<Ecosystem, String> {
    let found = Ecosystem::ALL
        .iter()
        .copied()
        .find(|ecosystem| ecosystem.name().eq_ignore_ascii_case(name));
    found.ok_or_else(|| {
        let names: Vec<_> = Ecosystem::ALL.iter().map(|e| e.name()).collect();
        format!("{name} is no ecosystem of lockfiles: {}", names.join(", "))
    })
}

/// Reads `osv`, `rustsec`, a URL or a path, with `#sha256=...` behind an archive.
fn source(text: &str, allow_http: bool) -> Result<Source, String> {
    let named = match text {
        "osv" => OSV,
        "rustsec" => RUSTSEC,
        other => other,
    };
    let (place, sha256) = match named.split_once("#sha256=") {
        None => (named, None),
        Some((place, hash)) => {
            let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
            let hash = hash.to_ascii_lowercase();
            if hash.len() != 64 || !hash.bytes().all(hex) {
                return Err("a sha256 has 64 hex digits".into());
            }
            (place, Some(hash))
        }
    };
    let address = Address::parse(place, allow_http)
        // What is wrong with a URL is told without what may be a password in it.
        .map_err(|why| format!("{}: {why}", place.rsplit('@').next().unwrap_or(place)))?;
    let name = address.file_name().to_ascii_lowercase();
    let is_folder = matches!(&address, Address::Local(path) if path.is_dir());
    let end = ARCHIVES.into_iter().find(|end| name.ends_with(end));
    let kind = match end {
        Some(end) if !is_folder => SourceKind::Archive(end),
        _ => SourceKind::Mirror,
    };
    if sha256.is_some() && kind == SourceKind::Mirror {
        return Err(format!(
            "{}: only an archive has one sha256",
            address.shown()
        ));
    }
    Ok(Source {
        address,
        kind,
        sha256,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn settings(text: &str, flags: &Flags) -> Result<Settings, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().join("config.toml");
        std::fs::write(&place, text).expect("written");
        Settings::read(Some(&place), flags).map_err(|error| {
            let text = error.to_string();
            text.rsplit("config.toml:")
                .next()
                .unwrap_or_default()
                .to_owned()
        })
    }

    #[test]
    fn without_a_word_everything_comes_from_osv() {
        let settings = Settings::read(None, &Flags::default()).expect("defaults");
        assert_eq!(settings.sources.len(), 1);
        assert_eq!(settings.sources[0].address.shown(), format!("{OSV}/"));
        assert_eq!(settings.sources[0].kind, SourceKind::Mirror);
        assert!(settings.ecosystems.is_empty() && !settings.allow_http);
    }

    #[test]
    fn the_user_s_configuration_says_all_of_it() {
        let hash = "a".repeat(64);
        let text = format!(
            "[db]\nsources = [\"osv\", \"rustsec\", \"https://a.example/x.zip#sha256={hash}\"]\n\
             ecosystems = [\"npm\", \"pypi\"]\nstall-timeout = \"5s\"\n"
        );
        let settings = settings(&text, &Flags::default()).expect("valid");
        let kinds: Vec<_> = settings.sources.iter().map(|source| source.kind).collect();
        assert_eq!(
            kinds,
            [
                SourceKind::Mirror,
                SourceKind::Archive(".tar.gz"),
                SourceKind::Archive(".zip")
            ]
        );
        assert_eq!(settings.sources[2].sha256, Some(hash));
        assert_eq!(settings.ecosystems, [Ecosystem::Npm, Ecosystem::PyPI]);
        assert_eq!(settings.patience.stall, Duration::from_secs(5));
    }

    #[test]
    fn flags_outrank_the_configuration() {
        let flags = Flags {
            from: vec!["http://a.example/osv".into()],
            ecosystems: vec!["Go".into()],
            allow_http: true,
        };
        let settings = settings(
            "[db]\nsources = [\"rustsec\"]\necosystems = [\"npm\"]\n",
            &flags,
        )
        .expect("valid");
        assert_eq!(settings.sources[0].kind, SourceKind::Mirror);
        assert_eq!(settings.ecosystems, [Ecosystem::Go]);
    }

    #[test]
    fn a_mistake_is_told_with_its_line() {
        for (text, told) in [
            ("[db]\nsource = \"osv\"\n", "2: unknown field"),
            ("[db]\n\nstall-timeout = \"5\"\n", "3: a time is written"),
            (
                "[db]\necosystems = [\"cobol\"]\n",
                "2: cobol is no ecosystem",
            ),
            (
                "[db]\nsources = [\"http://a.example\"]\n",
                "2: http://a.example: http is read",
            ),
            (
                "[db]\nsources = [\"https://a.example/#sha256=00\"]\n",
                "2: a sha256 has 64",
            ),
            ("[DB]\n", "1: unknown field"),
        ] {
            let error = settings(text, &Flags::default()).expect_err(text);
            assert!(error.starts_with(told), "{error}");
        }
        let error = settings(
            "[db]\nsources = [\"http://me:pass@a.example\"]\n",
            &Flags::default(),
        );
        assert!(!error.expect_err("plain http").contains("pass"));
    }
}
