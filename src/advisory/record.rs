//! What one advisory says about one package. Shared with `build.rs`.

use serde::{Deserialize, Serialize};

use super::Severity;
use super::day::Day;

/// What an advisory is about. Only the first two are security defects of the package itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Kind {
    Vulnerability,
    /// The package or version was published to do harm.
    Malicious,
    /// Nobody looks after the package any more.
    Unmaintained,
    /// Its interface can be misused to break memory safety.
    Unsound,
    /// Something to know.
    Notice,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Vulnerability => "vulnerability",
            Self::Malicious => "malicious",
            Self::Unmaintained => "unmaintained",
            Self::Unsound => "unsound",
            Self::Notice => "notice",
        }
    }

    /// Reads the name of a kind.
    pub fn parse(name: &str) -> Option<Self> {
        [
            Self::Vulnerability,
            Self::Malicious,
            Self::Unmaintained,
            Self::Unsound,
            Self::Notice,
        ]
        .into_iter()
        .find(|kind| kind.name() == name)
    }
}

/// A change along the line of versions.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Event {
    /// From here on affected; `0` stands before every version.
    Introduced(String),
    /// From here on not affected.
    Fixed(String),
    /// Not affected above it; nothing is said about a fix.
    LastAffected(String),
    /// Nothing is said from here on.
    Limit(String),
}

/// One list of events. The order is the publisher's: it decides between equal versions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Range {
    pub events: Vec<Event>,
    /// Where there are any, one of these lists must say so too (Go's custom ranges).
    pub narrowed_by: Vec<Vec<Event>>,
}

/// What one advisory says about one package of one ecosystem. Serialised without its [`Cold`] part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    pub id: String,
    /// Other ids of the same defect, sorted, without `id`.
    pub aliases: Vec<String>,
    /// One line; empty where the publisher gives none.
    #[serde(skip)]
    pub summary: String,
    pub kind: Kind,
    /// `None` where no source rates it.
    pub severity: Option<Severity>,
    /// The vector that `severity` was read from.
    #[serde(skip)]
    pub cvss: Option<String>,
    /// Where people read it, of databases whose pages do not follow from the id.
    #[serde(skip)]
    pub page: Option<String>,
    pub published: Option<Day>,
    pub modified: Option<Day>,
    /// Taken back by its publisher: kept to explain old ignores, never reported.
    pub withdrawn: Option<Day>,
    /// Taken over by its database without a look at it.
    pub unreviewed: bool,
    /// Known to be used by attackers.
    pub exploited: bool,
    /// Affected where any of these says so.
    pub ranges: Vec<Range>,
    /// Affected versions that no range covers.
    pub versions: Vec<String>,
    /// What of the package is affected: functions by their paths (`krate::module::function`), and for
    /// Go import paths, alone and with each symbol (`path#Symbol`). Empty: nobody says.
    #[serde(skip)]
    pub functions: Vec<String>,
    /// Affected only on these operating systems; empty: on all.
    pub os: Vec<String>,
    /// Affected only on these architectures; empty: on all.
    pub arch: Vec<String>,
    /// Records of a package with the same number describe the same defect.
    pub group: u32,
}

/// What matching does not need of a record, and a report does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cold {
    summary: String,
    cvss: Option<String>,
    page: Option<String>,
    functions: Vec<String>,
}

impl Record {
    /// Takes out what is kept elsewhere.
    pub fn take_cold(&mut self) -> Cold {
        Cold {
            summary: std::mem::take(&mut self.summary),
            cvss: self.cvss.take(),
            page: self.page.take(),
            functions: std::mem::take(&mut self.functions),
        }
    }

    /// Puts it back.
    pub fn put_cold(&mut self, cold: Cold) {
        self.summary = cold.summary;
        self.cvss = cold.cvss;
        self.page = cold.page;
        self.functions = cold.functions;
    }

    /// An empty vulnerability record, for callers to fill in.
    pub fn new(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            aliases: Vec::new(),
            summary: String::new(),
            kind: Kind::Vulnerability,
            severity: None,
            cvss: None,
            page: None,
            published: None,
            modified: None,
            withdrawn: None,
            unreviewed: false,
            exploited: false,
            ranges: Vec::new(),
            versions: Vec::new(),
            functions: Vec::new(),
            os: Vec::new(),
            arch: Vec::new(),
            group: 0,
        }
    }

    /// The id and all others of the same defect.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.id.as_str()).chain(self.aliases.iter().map(String::as_str))
    }

    /// The database that the id comes from: `GHSA`, `RUSTSEC`, `GO`, `PYSEC`, `MAL`, `CVE`...
    pub fn database(&self) -> &str {
        self.id.split('-').next().unwrap_or(&self.id)
    }

    /// The page where people read it; empty where none is known.
    pub fn url(&self) -> String {
        let own = page_of(&self.id).or_else(|| self.page.clone());
        let page = own.or_else(|| {
            let mut github_first: Vec<&String> = self.aliases.iter().collect();
            github_first.sort_by_key(|id| !id.starts_with("GHSA-"));
            github_first.into_iter().find_map(|id| page_of(id))
        });
        page.unwrap_or_default()
    }

    /// Whether the id alone leads to a page.
    pub fn has_page(&self) -> bool {
        page_of(&self.id).is_some()
    }

    /// When its publisher last touched it, as far as it says.
    pub fn dated(&self) -> Option<Day> {
        self.modified.max(self.published)
    }
}

/// Databases whose records osv.dev shows under their ids.
const SHOWN_BY_OSV: &[&str] = &[
    "BIT", "CURL", "DRUPAL", "EEF", "HSEC", "JLSEC", "KUBE", "LBSEC", "MAL", "OSEC", "OSV", "PSF",
    "PYSEC", "RSEC", "V8",
];

/// The page of an id whose database has one for each.
fn page_of(id: &str) -> Option<String> {
    let database = id.split('-').next()?;
    Some(match database {
        "GHSA" => format!("https://github.com/advisories/{id}"),
        "RUSTSEC" => format!("https://rustsec.org/advisories/{id}.html"),
        "GO" => format!("https://pkg.go.dev/vuln/{id}"),
        "CVE" => format!("https://nvd.nist.gov/vuln/detail/{id}"),
        _ if SHOWN_BY_OSV.contains(&database) => format!("https://osv.dev/vulnerability/{id}"),
        _ => return None,
    })
}
