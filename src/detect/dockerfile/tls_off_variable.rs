//! dockerfile/tls-off-variable

use super::Facts;
use crate::detect::Sink;
use crate::parse::dockerfile::Body;

/// Which values switch a check off.
#[derive(Clone, Copy)]
enum When {
    /// `0`, `false`, `no`, `off`.
    Off,
    /// `1`, `true`, `yes`, `on`.
    On,
    /// Any value, even an empty one.
    Set,
    /// Any value but an empty one.
    Filled,
    /// A value that holds this text.
    Holds(&'static str),
}

use When::{Filled, Holds, Off, On, Set};

/// Name, the values that matter, what is then not checked, the peers' id.
const SWITCHES: &[(&str, When, &str, &str)] = &[
    (
        "NODE_TLS_REJECT_UNAUTHORIZED",
        Off,
        "Node.js accepts any certificate",
        "CKV2_DOCKER_6",
    ),
    (
        "PYTHONHTTPSVERIFY",
        Off,
        "Python accepts any certificate",
        "CKV2_DOCKER_5",
    ),
    (
        "GIT_SSL_NO_VERIFY",
        Set,
        "git accepts any certificate",
        "CKV2_DOCKER_14",
    ),
    (
        "NPM_CONFIG_STRICT_SSL",
        Off,
        "npm accepts any certificate",
        "CKV2_DOCKER_12",
    ),
    ("YARN_STRICT_SSL", Off, "yarn accepts any certificate", ""),
    (
        "YARN_ENABLE_STRICT_SSL",
        Off,
        "yarn accepts any certificate",
        "",
    ),
    (
        "PIP_TRUSTED_HOST",
        Filled,
        "pip accepts any certificate of this host",
        "CKV2_DOCKER_16",
    ),
    (
        "UV_INSECURE_HOST",
        Filled,
        "uv accepts any certificate of this host",
        "",
    ),
    (
        "GOINSECURE",
        Filled,
        "Go fetches these modules without verifying the server",
        "",
    ),
    (
        "GONOSUMDB",
        Filled,
        "Go does not verify these modules' checksums",
        "",
    ),
    ("GONOSUMCHECK", On, "Go does not verify checksums", ""),
    (
        "GOSUMDB",
        Holds("off"),
        "Go does not verify modules' checksums",
        "",
    ),
    (
        "GOFLAGS",
        Holds("-insecure"),
        "Go fetches modules without verifying the server",
        "",
    ),
    (
        "GOPROXY",
        Holds("http://"),
        "Go fetches modules without encryption",
        "",
    ),
    ("CURL_INSECURE", On, "curl accepts any certificate", ""),
    (
        "REQUESTS_CA_BUNDLE",
        Holds("/dev/null"),
        "Python's requests has no certificates to check",
        "",
    ),
    ("SSL_NO_VERIFY", On, "certificates are not verified", ""),
    ("SSL_VERIFY", Off, "certificates are not verified", ""),
    ("VERIFY_SSL", Off, "certificates are not verified", ""),
    ("CONDA_SSL_VERIFY", Off, "conda accepts any certificate", ""),
    (
        "COMPOSER_DISABLE_TLS",
        On,
        "composer downloads without encryption",
        "",
    ),
    (
        "BUNDLE_SSL_VERIFY_MODE",
        Off,
        "bundler accepts any certificate",
        "",
    ),
    (
        "DOCKER_CONTENT_TRUST",
        Off,
        "docker does not verify signatures of images",
        "",
    ),
    (
        "DOCKER_TLS_VERIFY",
        Off,
        "docker accepts any certificate",
        "",
    ),
    (
        "VAULT_SKIP_VERIFY",
        On,
        "the vault client accepts any certificate",
        "",
    ),
    (
        "KUBECTL_INSECURE_SKIP_TLS_VERIFY",
        On,
        "kubectl accepts any certificate",
        "",
    ),
    (
        "HELM_KUBEINSECURE_SKIP_TLS_VERIFY",
        On,
        "helm accepts any certificate",
        "",
    ),
    (
        "GIT_SSH_COMMAND",
        Holds("stricthostkeychecking=no"),
        "ssh accepts any host for git",
        "",
    ),
    (
        "ELECTRON_STRICT_SSL",
        Off,
        "certificates are not verified",
        "",
    ),
    ("HEX_UNSAFE_HTTPS", On, "hex accepts any certificate", ""),
    (
        "HEX_UNSAFE_REGISTRY",
        On,
        "hex does not verify the registry's signature",
        "",
    ),
    (
        "PERL_LWP_SSL_VERIFY_HOSTNAME",
        Off,
        "Perl accepts any certificate",
        "",
    ),
    (
        "MAVEN_OPTS",
        Holds("ssl.insecure=true"),
        "Maven accepts any certificate",
        "",
    ),
    (
        "MAVEN_ARGS",
        Holds("ssl.insecure=true"),
        "Maven accepts any certificate",
        "",
    ),
];

/// Reports the ENV or ARG pair that switches verification off.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for instruction in &facts.file.instructions {
        let (Body::Env(pairs) | Body::Arg(pairs)) = &instruction.body else {
            continue;
        };
        for pair in pairs {
            let Some(value) = pair.value.as_ref().and_then(|value| value.value.known()) else {
                continue;
            };
            let name = pair.name.text();
            let Some((known, _, effect, alias)) = SWITCHES
                .iter()
                .find(|(known, when, ..)| known.eq_ignore_ascii_case(name) && when.holds(value))
            else {
                continue;
            };
            // Only npm reads its variables in any case.
            if *known != name && !known.starts_with("NPM_") {
                continue;
            }
            let aliases: &[&str] = if alias.is_empty() { &[] } else { &[alias] };
            out.report(
                "dockerfile/tls-off-variable",
                pair.span,
                format!("with this, {effect}"),
            )
            .aliases(aliases)
            .help("delete it; where a private authority signs, add its certificate to the image");
        }
    }
}

impl When {
    fn holds(self, value: &str) -> bool {
        let value = value.trim().to_ascii_lowercase();
        match self {
            Off => matches!(value.as_str(), "0" | "false" | "no" | "off" | "n" | "f"),
            On => matches!(value.as_str(), "1" | "true" | "yes" | "on" | "y" | "t"),
            Set => true,
            Filled => !value.is_empty(),
            Holds(part) if part == "off" => value == part,
            Holds(part) => value.contains(part),
        }
    }
}
