//! Settings in configuration files that switch a check off, for texts that a build writes.

use super::Written;
use crate::model::Span;

/// What is no longer checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    Certificate,
    Signature,
    /// Whether a repository's lists are as old as they may be.
    Age,
    HostKey,
}

/// Which values switch it off.
#[derive(Clone, Copy)]
enum When {
    Off,
    On,
    /// The word alone, or with any value but one that says no.
    Present,
    /// A value that begins so.
    Is(&'static str),
}

use Guard::{Age, Certificate, HostKey, Signature};
use When::{Is, Off, On, Present};

/// Parts of a file's path of which one has to be there, the key, its values, what is no longer
/// checked, and by whom.
type Setting = (
    &'static [&'static str],
    &'static str,
    When,
    Guard,
    &'static str,
);

const APT: &[&str] = &["apt.conf"];
const RPM: &[&str] = &[
    ".repo",
    "yum.conf",
    "dnf.conf",
    "/etc/zypp/",
    "/etc/yum",
    "/etc/dnf",
];
const SSH: &[&str] = &["ssh_config", ".ssh/config", "ssh/config"];
const NPM: &[&str] = &["npmrc"];

const SETTINGS: &[Setting] = &[
    (&["curlrc"], "insecure", Present, Certificate, "curl"),
    (&["curlrc"], "-k", Present, Certificate, "curl"),
    (&["wgetrc"], "check_certificate", Off, Certificate, "wget"),
    (&["wgetrc"], "check-certificate", Off, Certificate, "wget"),
    (
        &["pip.conf", "pip.ini", "pip/config"],
        "trusted-host",
        Present,
        Certificate,
        "pip",
    ),
    (NPM, "strict-ssl", Off, Certificate, "npm"),
    (&["yarnrc"], "strict-ssl", Off, Certificate, "yarn"),
    (&["yarnrc"], "enableStrictSsl", Off, Certificate, "yarn"),
    (APT, "Verify-Peer", Off, Certificate, "apt"),
    (APT, "Verify-Host", Off, Certificate, "apt"),
    (APT, "AllowUnauthenticated", On, Signature, "apt"),
    (APT, "AllowInsecureRepositories", On, Signature, "apt"),
    (APT, "AllowWeakRepositories", On, Signature, "apt"),
    (
        APT,
        "AllowDowngradeToInsecureRepositories",
        On,
        Signature,
        "apt",
    ),
    (APT, "Check-Valid-Until", Off, Age, "apt"),
    (
        &["sources.list", ".list", ".sources"],
        "trusted",
        On,
        Signature,
        "apt",
    ),
    (
        &["sources.list", ".list", ".sources"],
        "allow-insecure",
        On,
        Signature,
        "apt",
    ),
    (RPM, "sslverify", Off, Certificate, "yum"),
    (RPM, "gpgcheck", Off, Signature, "yum"),
    (RPM, "pkg_gpgcheck", Off, Signature, "zypper"),
    (
        &["pacman.conf", "pacman.d"],
        "SigLevel",
        Is("never"),
        Signature,
        "pacman",
    ),
    (
        &["pacman.conf", "pacman.d"],
        "SigLevel",
        Is("optional trustall"),
        Signature,
        "pacman",
    ),
    (&["condarc"], "ssl_verify", Off, Certificate, "conda"),
    (
        &["gitconfig", "git/config"],
        "sslVerify",
        Off,
        Certificate,
        "git",
    ),
    (&["gemrc"], "ssl_verify_mode", Off, Certificate, "gem"),
    (
        &[".bundle/config"],
        "BUNDLE_SSL_VERIFY_MODE",
        Off,
        Certificate,
        "bundler",
    ),
    (
        &["composer", "config.json"],
        "disable-tls",
        On,
        Certificate,
        "composer",
    ),
    (
        &["composer", "config.json"],
        "secure-http",
        Off,
        Certificate,
        "composer",
    ),
    (&["cargo/config"], "check-revoke", Off, Certificate, "cargo"),
    (
        &["maven.config", "jvm.config", "mavenrc"],
        "ssl.insecure",
        On,
        Certificate,
        "Maven",
    ),
    (
        &["maven.config", "jvm.config", "mavenrc"],
        "ssl.allowall",
        On,
        Certificate,
        "Maven",
    ),
    (
        &["registries.conf"],
        "insecure",
        On,
        Certificate,
        "the container engine",
    ),
    (
        &["daemon.json"],
        "insecure-registries",
        Present,
        Certificate,
        "docker",
    ),
    (&["nix.conf"], "require-sigs", Off, Signature, "nix"),
    (&["opkg.conf"], "check_signature", Off, Signature, "opkg"),
    (SSH, "StrictHostKeyChecking", Off, HostKey, "ssh"),
    (SSH, "UserKnownHostsFile", Is("/dev/null"), HostKey, "ssh"),
    (
        &["ansible.cfg"],
        "host_key_checking",
        Off,
        HostKey,
        "ansible",
    ),
];

/// A setting that switches something off, where it is written.
pub struct Found {
    pub span: Span,
    pub program: &'static str,
}

/// The settings of a text that switch a kind of check off.
pub fn switched_off(written: &Written, guard: Guard) -> Vec<Found> {
    let path = written.path.to_ascii_lowercase();
    let rows: Vec<&Setting> = SETTINGS
        .iter()
        .filter(|(files, _, _, what, _)| {
            *what == guard && files.iter().any(|part| path.contains(part))
        })
        .collect();
    if rows.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (at, line) in written.lines() {
        if line.trim_start().starts_with(['#', ';']) || line.trim_start().starts_with("//") {
            continue;
        }
        // What lies on the own disk, the script has put there.
        if is_local_archive(line) {
            continue;
        }
        let hit = rows.iter().find_map(|(_, key, when, _, program)| {
            let (start, end) = setting(line, key, *when)?;
            let span = written.span_of(at + start, at + end);
            Some(Found { span, program })
        });
        found.extend(hit);
    }
    found
}

/// `deb [trusted=yes] file:/packages ./`
pub fn is_local_archive(line: &str) -> bool {
    line.contains("trusted")
        && (line.contains("file:///")
            || line.contains("file:$")
            || line.contains("file:/") && !line.contains("://"))
}

/// Where a line sets a key to such a value.
fn setting(line: &str, key: &str, when: When) -> Option<(usize, usize)> {
    let lower = line.to_ascii_lowercase();
    let key = key.to_ascii_lowercase();
    let part_of_word = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    for (start, _) in lower.match_indices(&key) {
        let end = start + key.len();
        let before = lower.get(..start)?.chars().next_back();
        let after = lower.get(end..)?;
        if before.is_some_and(part_of_word) || after.starts_with(part_of_word) {
            continue;
        }
        let value = after.trim_start_matches([' ', '\t', '=', ':', '"', '\'', '[']);
        let at = lower.len() - value.len();
        let length = value
            .find(|c: char| !part_of_word(c))
            .unwrap_or(value.len());
        let word = value.get(..length)?;
        let (matches, length) = match when {
            Off => (is_off(word), length),
            On => (is_on(word), length),
            Present if word.is_empty() => (true, 0),
            Present => {
                let end = value.find(|c: char| !part_of_word(c) && c != '.');
                (!is_off(word), end.unwrap_or(value.len()))
            }
            Is(text) => (value.starts_with(text), text.len()),
        };
        if matches {
            let end = if length == 0 { end } else { at + length };
            return Some((start, end));
        }
    }
    None
}

/// Words that say no, whichever program reads them.
pub fn is_off(value: &str) -> bool {
    let no = ["0", "false", "no", "off", "n", "f", "null", "none"];
    no.iter().any(|word| value.eq_ignore_ascii_case(word))
}

/// Words that say yes.
pub fn is_on(value: &str) -> bool {
    let yes = ["1", "true", "yes", "on", "y", "t"];
    yes.iter().any(|word| value.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::{Off, On, Present, setting};

    #[test]
    fn the_value_of_the_whole_key_decides() {
        assert_eq!(
            setting("strict-ssl=false", "strict-ssl", Off),
            Some((0, 16))
        );
        assert_eq!(
            setting("  \"disable-tls\": true,", "disable-tls", On),
            Some((3, 21))
        );
        assert_eq!(setting("repo_gpgcheck=0", "gpgcheck", Off), None);
        assert_eq!(setting("gpgcheck = 1", "gpgcheck", Off), None);
        assert_eq!(setting("insecure", "insecure", Present), Some((0, 8)));
        assert_eq!(setting("insecure = false", "insecure", Present), None);
        let line = "Acquire::https::example.com::Verify-Peer \"false\";";
        assert_eq!(setting(line, "Verify-Peer", Off), Some((29, 47)));
    }
}
