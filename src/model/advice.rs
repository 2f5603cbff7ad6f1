use serde::Serialize;

use super::{Ecosystem, Reachability, Traces};

/// What an advisory says about one version of a package, and what is to be done: for machines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Advice {
    pub purl: String,
    pub ecosystem: Ecosystem,
    pub name: String,
    pub version: String,
    pub advisory: String,
    pub aliases: Vec<String>,
    /// The range that holds, such as `>=2.0, <2.2.5`.
    pub affected: Option<String>,
    /// Whose order of versions decided that.
    pub ordering: &'static str,
    /// Versions that fix it, lowest first; empty where none is known.
    pub fixed_in: Vec<String>,
    /// The lowest version without any known vulnerability that an update can lead to.
    pub target: Option<String>,
    /// Whether everybody who asks for the package allows `target`; `None` where nobody can tell.
    pub in_range: Option<bool>,
    /// Who asks for other versions than `target`.
    pub blocked_by: Vec<Asked>,
    /// What the project's own manifest asks for.
    pub manifest: Option<Asked>,
    /// What brings the package to `target`.
    pub command: Option<String>,
    /// What to do about everything that is known about this version, in one sentence.
    pub remedy: Option<String>,
    /// From the direct dependency to the package itself; empty where the lockfile cannot tell.
    pub path: Vec<String>,
    /// Where the advisory can be read.
    pub url: String,
    /// When it was last changed, `YYYY-MM-DD`.
    pub modified: Option<String>,
    /// Whether the repository's own code uses it; `None` where that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reachability: Option<Reachability>,
    /// What to look for in that code.
    #[serde(skip)]
    pub traces: Option<Box<Traces>>,
}

/// Versions that somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Asked {
    /// A package, or a line of a manifest as `package.json:12`.
    pub by: String,
    pub range: String,
}

impl Advice {
    /// An advisory about a package, of which nothing else is known.
    pub fn new(package: &super::Package, advisory: &str) -> Self {
        Self {
            purl: package.purl(),
            ecosystem: package.ecosystem,
            name: package.name.clone(),
            version: package.version.clone(),
            advisory: advisory.to_owned(),
            aliases: Vec::new(),
            affected: None,
            ordering: "",
            fixed_in: Vec::new(),
            target: None,
            in_range: None,
            blocked_by: Vec::new(),
            manifest: None,
            command: None,
            remedy: None,
            path: package.dependency_path.clone(),
            url: String::new(),
            modified: None,
            reachability: None,
            traces: None,
        }
    }

    /// True for the id of the advisory and for every other name of the same defect.
    pub fn is_called(&self, id: &str) -> bool {
        let mut names = self.aliases.iter().chain([&self.advisory]);
        names.any(|name| name.eq_ignore_ascii_case(id))
    }

    /// True for a package URL of this package: of its version, or of none.
    pub fn is_purl(&self, purl: &str) -> bool {
        let bare = purl.split(['?', '#']).next().unwrap_or(purl);
        let (named, own) = (decoded(bare), decoded(&self.purl));
        let ((name, version), (own, _)) = (cut(&named), cut(&own));
        let of_kind = |purl: &str| {
            let (kind, name) = purl.strip_prefix("pkg:")?.split_once('/')?;
            Some((kind.to_ascii_lowercase(), self.ecosystem.normalise(name)))
        };
        // Go writes a `v` that some leave out.
        let plain = |version: &str| version.trim_start_matches('v').to_owned();
        of_kind(name) == of_kind(own)
            && version.is_none_or(|version| plain(version) == plain(&self.version))
    }

    /// Everything that was read from files of the repository.
    pub(super) fn texts(&mut self) -> impl Iterator<Item = &mut String> {
        let asked = self.blocked_by.iter_mut().chain(&mut self.manifest);
        [&mut self.purl, &mut self.name, &mut self.version]
            .into_iter()
            .chain(&mut self.command)
            .chain(&mut self.remedy)
            .chain(&mut self.path)
            .chain(self.reachability.iter_mut().flat_map(|r| &mut r.at))
            .chain(asked.flat_map(|asked| [&mut asked.by, &mut asked.range]))
    }
}

/// A package URL without its version, and the version.
fn cut(purl: &str) -> (&str, Option<&str>) {
    let name = purl.rfind('/').unwrap_or(0);
    match purl.rfind('@').filter(|at| *at > name + 1) {
        Some(at) => (
            purl.get(..at).unwrap_or(purl),
            purl.get(at + 1..).filter(|version| !version.is_empty()),
        ),
        None => (purl, None),
    }
}

/// Percent-encoded bytes as what they stand for.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let digits = after.get(..2).filter(|_| byte == b'%');
        let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
