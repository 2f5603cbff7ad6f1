use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::rules::ActiveRules;

/// What any program that downloads is called: the start of everything that follows downloads.
const FETCH: &[&str] = &[
    "curl",
    "wget",
    "aria2c",
    "axel",
    "fetch",
    "urlopen",
    "urlretrieve",
    "requests.get",
];

/// For each rule about scripts, words of which one stands in every text that it can report.
const WORDS: &[(&str, &[&str])] = &[
    ("source/shell/empty-variable-removal", &["rm ", "rm\t"]),
    ("source/shell/dangerous-capability", &["setcap"]),
    (
        "source/shell/eval-of-input",
        &["eval", "sh ", "sh\t", "su ", "runuser", "script "],
    ),
    ("source/shell/readable-private-key", &["chmod", "install"]),
    (
        "source/shell/literal-password",
        &[
            "passwd", "useradd", "usermod", "mysql", "mariadb", "psql", "mongo", "openssl",
            "sudo -",
        ],
    ),
    ("source/shell/passwordless-sudo", &["nopass"]),
    ("source/shell/placeholder-in-script", &["find ", "xargs"]),
    (
        "source/shell/plain-http-download",
        &["http://", "ftp://", "git://"],
    ),
    ("source/shell/predictable-temp-file", &["/tmp/", "mktemp"]),
    (
        "source/shell/privileged-container",
        &["docker", "podman", "nerdctl"],
    ),
    (
        "source/shell/protection-off",
        &[
            "setenforce",
            "ufw",
            "tables",
            "firewalld",
            "apparmor",
            "auditd",
            "kernel.",
            "selinux",
            "sshd_config",
            "spctl",
            "csrutil",
            "xhost",
            "aa-teardown",
            "-security-group-ingress",
            "firewall-rules",
            "put-bucket-acl",
            "auditctl",
            "publicly-accessible",
            "public-read-write",
            "allusers:",
            "public-access",
            "clusterrolebinding",
        ],
    ),
    (
        "source/shell/relative-search-path",
        &["path=", "ld_preload="],
    ),
    ("source/shell/remote-script", FETCH),
    (
        "source/shell/reverse-shell",
        &[
            "/dev/tcp",
            "nc ",
            "ncat",
            "netcat",
            "telnet",
            "socat",
            "s_client",
            "socket",
            "fsockopen",
        ],
    ),
    (
        "source/shell/secret-argument",
        &[
            "curl",
            "wget",
            "mysql",
            "mariadb",
            "sshpass",
            "redis-cli",
            "valkey-cli",
            "mongo",
            "ldap",
            "smb",
            "rpcclient",
            "twine",
            "_auth",
            "_password",
            "_pwd",
            "pgpassword",
            "passphrase",
            "_token",
            "secret_access_key",
            "login",
            "configure",
            "openssl",
            "htpasswd",
            "zip ",
            "gpg",
            "storepass",
            "keypass",
            "sqlcmd",
            "://",
        ],
    ),
    (
        "source/shell/sql-injection",
        &[
            "mysql",
            "mariadb",
            "psql",
            "sqlite3",
            "sqlcmd",
            "sqlplus",
            "clickhouse-client",
            "mongo",
        ],
    ),
    ("source/shell/unverified-host-key", &["ssh-keyscan"]),
    ("source/shell/extra-index", &["extra-index", "extra_index"]),
    (
        "source/shell/unsafe-start",
        &[
            "redis-server",
            "valkey-server",
            "elasticsearch",
            "opensearch",
            "kibana",
            "jupyter",
            "code-server",
            "ttyd",
            "gotty",
            "vnc",
            "php -",
        ],
    ),
    ("source/shell/setuid-bit", &["chmod", "install"]),
    (
        "source/shell/signature-check-off",
        &[
            "unauthenticated",
            "force-yes",
            "insecure",
            "untrusted",
            "gpg",
            "nosignature",
            "nodigest",
            "noverify",
            "unsigned",
            "trusted=yes",
            "siglevel",
            "signature",
            "-sigs",
            "valid-until",
            "dangerous",
            "content-trust",
        ],
    ),
    (
        "source/shell/ssh-host-key-check-off",
        &["stricthostkeychecking", "userknownhostsfile"],
    ),
    (
        "source/shell/tls-verification-off",
        &[
            "curl",
            "wget",
            "aria2c",
            "verify",
            "ssl",
            "tls",
            "insecure",
            "secure-http",
            "certificate",
            "check-revoke",
            "trust-server",
            "gosumdb",
            "gonosum",
            "goproxy",
            "cert_none",
            "unauthorized",
            "content_trust",
            "hex_unsafe",
            "host_key",
            "sshcommand",
            "signature_verification",
            "trusted-host",
            "trusted_host",
            "connection_verification",
        ],
    ),
    ("source/shell/unverified-download", FETCH),
    (
        "source/shell/weak-cryptography",
        &[
            "openssl",
            "ssh-keygen",
            "--ssl",
            "--tls",
            "--ciphers",
            "3des",
            "blowfish",
            "cast128",
            "arcfour",
            "secure-protocol",
            "md5",
            "sha1",
            "sha256sum",
        ],
    ),
    ("source/shell/weak-random", &["random", "date"]),
    (
        "source/shell/world-writable",
        &["chmod", "install", "mkdir", "umask"],
    ),
    (
        "source/shell/unverified-key",
        &["apt-key", "--rec", "zypper"],
    ),
];

/// The words, and for each of them the rule that it stands for.
static FINDER: LazyLock<Option<(AhoCorasick, Vec<&str>)>> = LazyLock::new(|| {
    let pairs = || {
        WORDS
            .iter()
            .flat_map(|(rule, words)| words.iter().map(move |word| (*rule, *word)))
    };
    let finder = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::Standard)
        .build(pairs().map(|(_, word)| word))
        .ok()?;
    Some((finder, pairs().map(|(rule, _)| rule).collect()))
});

/// True where a script holds a word that some rule in force needs: most scripts hold none, and
/// need not be parsed.
pub fn is_worth_parsing(text: &[u8], rules: &ActiveRules) -> bool {
    let Some((finder, names)) = FINDER.as_ref() else {
        return true;
    };
    let unknown = super::IN_SCRIPTS
        .iter()
        .any(|(rule, _)| rules.is_enabled(rule) && WORDS.iter().all(|(known, _)| known != rule));
    let enabled: Vec<bool> = names.iter().map(|rule| rules.is_enabled(rule)).collect();
    unknown
        || finder
            .find_overlapping_iter(text)
            .any(|found| enabled.get(found.pattern().as_usize()) == Some(&true))
}

#[cfg(test)]
mod tests {
    use super::WORDS;
    use crate::detect::shell::IN_SCRIPTS;

    #[test]
    fn every_rule_about_scripts_names_its_words() {
        for (rule, _) in IN_SCRIPTS {
            assert!(WORDS.iter().any(|(known, _)| known == rule), "{rule}");
        }
    }
}
