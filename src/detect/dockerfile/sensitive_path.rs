//! Names of files that hold credentials.

use crate::model::{Confidence, Severity};

/// Why a file should not be in an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sensitive {
    pub what: &'static str,
    pub severity: Severity,
    pub confidence: Confidence,
}

/// How a row names files.
enum Name {
    /// The last component is this.
    File(&'static str),
    /// The last component ends so.
    Ending(&'static str),
    /// The last component begins so.
    Beginning(&'static str),
    /// The path ends with these components.
    Path(&'static str),
    /// This folder, or something in it.
    Folder(&'static str),
}

use Confidence::{High as Sure, Medium as Likely};
use Name::{Beginning, Ending, File, Folder, Path};
use Severity::{High, Medium};

const NAMES: &[(Name, &str, Severity, Confidence)] = &[
    (
        File(".env"),
        "environment files hold passwords",
        High,
        Likely,
    ),
    (
        Beginning(".env."),
        "environment files hold passwords",
        High,
        Likely,
    ),
    (
        File(".envrc"),
        "environment files hold passwords",
        High,
        Likely,
    ),
    (File("id_rsa"), "a private SSH key", High, Sure),
    (File("id_dsa"), "a private SSH key", High, Sure),
    (File("id_ecdsa"), "a private SSH key", High, Sure),
    (File("id_ed25519"), "a private SSH key", High, Sure),
    (File("ssh_host_rsa_key"), "a private host key", High, Sure),
    (
        File("ssh_host_ed25519_key"),
        "a private host key",
        High,
        Sure,
    ),
    (Folder(".ssh"), "SSH keys", High, Likely),
    (Folder(".gnupg"), "private keys", High, Sure),
    (Path(".aws/credentials"), "credentials of AWS", High, Sure),
    (Path(".aws/config"), "credentials of AWS", Medium, Likely),
    (Folder(".aws"), "credentials of AWS", High, Sure),
    (Folder(".azure"), "credentials of Azure", High, Sure),
    (
        Path(".config/gcloud"),
        "credentials of Google Cloud",
        High,
        Sure,
    ),
    (
        File("application_default_credentials.json"),
        "credentials of Google Cloud",
        High,
        Sure,
    ),
    (
        Beginning("service-account"),
        "credentials of Google Cloud",
        Medium,
        Likely,
    ),
    (
        Beginning("service_account"),
        "credentials of Google Cloud",
        Medium,
        Likely,
    ),
    (Path(".kube/config"), "credentials of a cluster", High, Sure),
    (Folder(".kube"), "credentials of a cluster", High, Sure),
    (File("kubeconfig"), "credentials of a cluster", High, Sure),
    (
        Ending(".kubeconfig"),
        "credentials of a cluster",
        High,
        Sure,
    ),
    (
        Path(".docker/config.json"),
        "credentials of registries",
        High,
        Sure,
    ),
    (Folder(".docker"), "credentials of registries", High, Likely),
    (File(".dockercfg"), "credentials of registries", High, Sure),
    (
        File(".npmrc"),
        "it may hold a registry's token",
        Medium,
        Likely,
    ),
    (
        File(".yarnrc"),
        "it may hold a registry's token",
        Severity::Low,
        Confidence::Low,
    ),
    (
        File(".pypirc"),
        "passwords of package registries",
        High,
        Sure,
    ),
    (File(".netrc"), "passwords of servers", High, Sure),
    (File("_netrc"), "passwords of servers", High, Sure),
    (
        File(".git-credentials"),
        "passwords of git servers",
        High,
        Sure,
    ),
    (
        Folder(".git"),
        "the whole history, deleted secrets included",
        Medium,
        Sure,
    ),
    (File(".htpasswd"), "hashes of passwords", High, Sure),
    (File(".pgpass"), "passwords of databases", High, Sure),
    (File(".my.cnf"), "passwords of databases", High, Likely),
    (File(".vault-token"), "a token of Vault", High, Sure),
    (File("credentials.json"), "credentials", High, Likely),
    (
        Ending(".tfstate"),
        "state of Terraform, secrets in the clear",
        High,
        Sure,
    ),
    (
        Ending(".tfvars"),
        "variables of Terraform, often secrets",
        Medium,
        Likely,
    ),
    (Ending(".p12"), "a private key", High, Sure),
    (Ending(".pfx"), "a private key", High, Sure),
    (Ending(".jks"), "keys of Java", Medium, Likely),
    (Ending(".keystore"), "keys of Java", Medium, Likely),
    (Ending(".kdbx"), "a password store", High, Sure),
    (Ending(".ppk"), "a private SSH key", High, Sure),
    (Ending(".ovpn"), "keys of a private network", High, Likely),
    (Ending(".key"), "a private key", High, Likely),
    (File("secrets.yml"), "secrets", High, Likely),
    (File("secrets.yaml"), "secrets", High, Likely),
    (File("secrets.json"), "secrets", High, Likely),
    (
        File("master.key"),
        "the key of Rails' credentials",
        High,
        Sure,
    ),
    (File("wallet.dat"), "a wallet", High, Sure),
];

/// Words in a name that say that it is an example or public.
const HARMLESS: &[&str] = &[
    "example", "sample", "template", "dist", "defaults", "default", "test", "tests", "public",
    "pub", "ci", "dummy", "mock", "fake", "schema", "enc", "sops", "age", "gpg", "asc",
];

/// What a path in the build context holds, by its name. Wildcards are taken as they stand.
pub(crate) fn judge(path: &str) -> Option<Sensitive> {
    let path = path.trim_end_matches(['/', '*']).trim_end_matches("/.");
    let parts: Vec<&str> = path.split('/').filter(|part| *part != ".").collect();
    let name = *parts.last()?;
    let lower = name.to_ascii_lowercase();
    let mut words = lower.split(|c: char| !c.is_ascii_alphanumeric());
    if words.any(|word| HARMLESS.contains(&word)) {
        return None;
    }
    if lower.ends_with(".pem") {
        let is_key = ["key", "private", "priv"]
            .iter()
            .any(|word| lower.contains(word));
        return is_key.then_some(Sensitive {
            what: "a private key",
            severity: High,
            confidence: Likely,
        });
    }
    let (_, what, severity, confidence) = NAMES.iter().find(|(known, ..)| match known {
        File(file) => lower == *file,
        Ending(ending) => lower.ends_with(ending),
        Beginning(start) => {
            lower.starts_with(start) && (lower.starts_with('.') || lower.ends_with(".json"))
        }
        Path(ending) => path == *ending || path.ends_with(&format!("/{ending}")),
        Folder(folder) => parts.contains(folder),
    })?;
    Some(Sensitive {
        what,
        severity: *severity,
        confidence: *confidence,
    })
}

/// Words in the names of certificates and of other files that are for everybody to see.
const SHOWN: &[&str] = &[
    "ca",
    "cacert",
    "cacerts",
    "cert",
    "certs",
    "certificate",
    "chain",
    "crt",
    "csr",
    "bundle",
    "dh",
    "dhparam",
    "dhparams",
    "fullchain",
    "root",
];

/// A file that may be a key: its name does not say so, but somebody who deletes it again does.
pub(crate) fn may_be_key(path: &str) -> Option<Sensitive> {
    let lower = path.rsplit('/').next()?.to_ascii_lowercase();
    let mut words = lower.split(|c: char| !c.is_ascii_alphanumeric());
    let is_shown = words.any(|word| HARMLESS.contains(&word) || SHOWN.contains(&word));
    let endings = [
        ".pem",
        "_rsa",
        "_dsa",
        "_ecdsa",
        "_ed25519",
        "deploy_key",
        "deploy-key",
        "ssh_key",
        "ssh-key",
        "private_key",
        "private-key",
    ];
    let is_key = !is_shown && endings.iter().any(|ending| lower.ends_with(ending));
    let is_sure = judge(path).is_some();
    (is_key && !is_sure).then_some(Sensitive {
        what: "probably a private key",
        severity: High,
        confidence: Likely,
    })
}

#[cfg(test)]
mod tests {
    use super::judge;

    #[test]
    fn files_of_credentials_are_known_by_name() {
        for path in [
            ".env",
            "./config/.env.production",
            "~/.ssh/id_rsa",
            ".aws/credentials",
            "x/.git/",
            "server.key",
            "tls/private.pem",
            ".docker/config.json",
            "home/.kube/config",
            ".npmrc",
            "service-account.json",
            "deploy/terraform.tfstate",
            ".env*",
            ".ssh",
            ".vault-token",
        ] {
            assert!(judge(path).is_some(), "{path}");
        }
    }

    #[test]
    fn look_alikes_are_not() {
        for path in [
            ".env.example",
            ".env.test",
            "ca.pem",
            "fullchain.pem",
            "id_rsa.pub",
            ".gitignore",
            ".github/",
            "public.key",
            "keys.py",
            "env",
            "config.json",
            "src",
            ".",
            "secrets.enc.yaml",
            "service-account.yaml",
            "nginx.conf",
            "*",
            "key",
        ] {
            assert!(judge(path).is_none(), "{path}");
        }
    }
}
