//! What bills of materials tell, whatever their format: each package once, what needs what, and
//! what is known against it.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};

use crate::model::{
    Advice, Ecosystem, Evidence, Finding, Package, PackageSource, PlacedPackage, RepoPath, Report,
    SuppressedBy,
};
use crate::text::base64;

/// A bill of materials to be written.
#[derive(Debug)]
pub struct Inventory<'a> {
    /// What the bill is about.
    pub name: &'a str,
    /// `YYYY-MM-DDThh:mm:ssZ`, where the caller has one: the same repository gives the same bill.
    pub created: Option<&'a str>,
    /// By their reference.
    pub components: BTreeMap<String, Component<'a>>,
    /// Reference of what needs to references of what is needed.
    pub needs: BTreeMap<String, BTreeSet<String>>,
    /// References of what the repository itself asks for.
    pub direct: BTreeSet<String>,
    /// By advisory.
    pub vulnerabilities: BTreeMap<&'a str, Vulnerability<'a>>,
    pub tool_version: &'static str,
}

/// One package, wherever it is named.
#[derive(Debug)]
pub struct Component<'a> {
    pub package: &'a Package,
    /// The package URL; `None` for what lies in the repository or nobody else could find.
    pub purl: Option<String>,
    /// File and 1-based line of each place that names it.
    pub places: BTreeSet<(&'a RepoPath, u32)>,
}

/// One advisory and what it affects.
#[derive(Debug)]
pub struct Vulnerability<'a> {
    pub finding: &'a Finding,
    pub advice: &'a Advice,
    /// References of components.
    pub affects: BTreeSet<String>,
    /// Why it does not count, where it does not.
    pub set_aside: Option<&'a SuppressedBy>,
}

impl<'a> Inventory<'a> {
    pub fn new(
        name: &'a str,
        created: Option<&'a str>,
        packages: &'a [PlacedPackage],
        report: &'a Report,
    ) -> Self {
        let mut inventory = Self {
            name,
            created,
            components: BTreeMap::new(),
            needs: BTreeMap::new(),
            direct: BTreeSet::new(),
            vulnerabilities: BTreeMap::new(),
            tool_version: report.tool.version,
        };
        for placed in packages {
            let reference = reference(placed);
            let package = &placed.package;
            if package.direct == Some(true) {
                inventory.direct.insert(reference.clone());
            }
            let component = inventory
                .components
                .entry(reference)
                .or_insert_with(|| Component {
                    package,
                    purl: purl(package),
                    places: BTreeSet::new(),
                });
            component.places.insert((&placed.path, placed.line));
        }
        inventory.connect(packages);
        for finding in &report.findings {
            inventory.add(finding, None);
        }
        for suppressed in &report.suppressed {
            inventory.add(&suppressed.finding, Some(&suppressed.by));
        }
        inventory
    }

    /// Takes over who needs whom, as far as names tell packages of one file apart.
    fn connect(&mut self, packages: &'a [PlacedPackage]) {
        let mut names: BTreeMap<(&RepoPath, &str), Option<String>> = BTreeMap::new();
        for placed in packages {
            let reference = reference(placed);
            names
                .entry((&placed.path, &placed.package.name))
                .and_modify(|known| {
                    if known.as_ref() != Some(&reference) {
                        *known = None;
                    }
                })
                .or_insert(Some(reference));
        }
        for placed in packages {
            let needed = reference(placed);
            let package = &placed.package;
            let steps = package.dependency_path.iter().rev().skip(1).take(1);
            let named = package.facts.required_by.iter().map(|need| &need.by);
            for by in steps.chain(named) {
                let by = names.get(&(&placed.path, by.as_str()));
                if let Some(Some(by)) = by.filter(|by| by.as_ref() != Some(&needed)) {
                    let needs = self.needs.entry(by.clone()).or_default();
                    needs.insert(needed.clone());
                }
            }
        }
    }

    fn add(&mut self, finding: &'a Finding, set_aside: Option<&'a SuppressedBy>) {
        let Evidence::Package(advice) = &finding.evidence else {
            return;
        };
        if !self.components.contains_key(&advice.purl) {
            return;
        }
        let known = self
            .vulnerabilities
            .entry(&advice.advisory)
            .or_insert_with(|| Vulnerability {
                finding,
                advice,
                affects: BTreeSet::new(),
                set_aside,
            });
        known.affects.insert(advice.purl.clone());
        // What counts somewhere counts.
        if set_aside.is_none() {
            known.set_aside = None;
        }
    }

    /// A number that is this bill's own and the same for the same content, in the form of a UUID
    /// (version 8: of one's own making, <https://www.rfc-editor.org/rfc/rfc9562#section-5.8>).
    pub fn uuid(content: &str) -> String {
        let mut bytes = [0u8; 16];
        for (byte, hashed) in bytes.iter_mut().zip(Sha256::digest(content.as_bytes())) {
            *byte = hashed;
        }
        bytes[6] = bytes[6] & 0x0f | 0x80;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let mut text = String::with_capacity(36);
        for (at, byte) in bytes.iter().enumerate() {
            if matches!(at, 4 | 6 | 8 | 10) {
                text.push('-');
            }
            text.push_str(&format!("{byte:02x}"));
        }
        text
    }
}

/// What names a package in a bill: its package URL, and for what has none its folder.
fn reference(placed: &PlacedPackage) -> String {
    purl(&placed.package).unwrap_or_else(|| {
        let package = &placed.package;
        format!(
            "{}#{}@{}",
            placed.path.to_text(),
            package.name,
            package.version
        )
    })
}

/// The package URL, with where it is from for what is not the public package of that name.
fn purl(package: &Package) -> Option<String> {
    let resolved = package.facts.resolved.as_deref().map(encoded);
    match (package.source, package.ecosystem) {
        (PackageSource::Registry, _) | (_, Ecosystem::GitHubActions) => Some(package.purl()),
        (PackageSource::Path, _) => None,
        (PackageSource::Git, _) => Some(format!("{}?vcs_url={}", package.purl(), resolved?)),
        (PackageSource::Url, _) => Some(format!("{}?download_url={}", package.purl(), resolved?)),
    }
}

/// A value of a qualifier.
fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b'~' | b':' | b'/' => {
                out.push(byte.into());
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
        out
    })
}

/// A hash as lockfiles write it (`sha512-BASE64`, `sha256:HEX`, 64 plain digits), as its algorithm
/// and hexadecimal digits.
pub fn hash(written: &str) -> Option<(&'static str, String)> {
    let written = written.split('?').next().unwrap_or(written).trim();
    let (name, value) = written
        .split_once([':', '-'])
        .filter(|(name, _)| name.len() <= 7)
        .unwrap_or(("", written));
    let digits = if value.bytes().all(|b| b.is_ascii_hexdigit()) {
        value.to_ascii_lowercase()
    } else {
        base64::decode(value.as_bytes())?
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    };
    let name = name.to_ascii_lowercase().replace('-', "");
    let algorithm = match (&*name, digits.len()) {
        ("md5", 32) => "MD5",
        ("sha1" | "", 40) => "SHA-1",
        ("sha256" | "", 64) => "SHA-256",
        ("sha384" | "", 96) => "SHA-384",
        ("sha512" | "", 128) => "SHA-512",
        _ => return None,
    };
    Some((algorithm, digits))
}

/// True for what has the form of an SPDX expression; other texts are names of licences.
pub fn is_expression(licence: &str) -> bool {
    let is_id = |word: &str| {
        word.bytes()
            .all(|b| b.is_ascii_alphanumeric() || b".-+():".contains(&b))
    };
    let words: Vec<&str> = licence.split(' ').collect();
    let joins = |word: &&str| matches!(*word, "AND" | "OR" | "WITH");
    let alternate = words
        .iter()
        .enumerate()
        .all(|(at, word)| joins(word) == (at % 2 == 1));
    !licence.is_empty() && words.len() % 2 == 1 && alternate && words.iter().all(|w| is_id(w))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_known_in_all_their_spellings() {
        let hex = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
        let sha256 = Some(("SHA-256", hex.to_owned()));
        assert_eq!(hash(hex), sha256);
        assert_eq!(hash(&format!("sha256:{hex}")), sha256);
        assert_eq!(
            hash("sha256-n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg="),
            sha256
        );
        assert_eq!(
            hash("h1:n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg="),
            None
        );
        assert_eq!(hash("sha512:12"), None);
    }

    #[test]
    fn expressions_are_told_from_names_of_licences() {
        for licence in [
            "MIT",
            "MIT OR Apache-2.0",
            "GPL-2.0-only WITH Classpath-exception-2.0",
        ] {
            assert!(is_expression(licence), "{licence}");
        }
        for name in ["", "BSD license", "see LICENSE", "MIT OR", "MIT/X11"] {
            assert!(!is_expression(name), "{name}");
        }
    }

    #[test]
    fn the_same_content_has_the_same_number() {
        let uuid = Inventory::uuid("a");
        assert_eq!(uuid, Inventory::uuid("a"));
        assert_ne!(uuid, Inventory::uuid("b"));
        assert_eq!((uuid.len(), uuid.as_bytes()[14]), (36, b'8'));
    }
}
