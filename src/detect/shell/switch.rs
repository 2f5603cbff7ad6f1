//! Environment variables that switch a check off, wherever they are set.

use super::setting::{is_off, is_on};

/// Which values switch a check off.
#[derive(Clone, Copy)]
enum When {
    Off,
    On,
    /// Any value, even an empty one.
    Set,
    /// Any value but an empty one.
    Filled,
    /// No value at all.
    Empty,
    /// A value that is this text.
    Is(&'static str),
    /// A value that holds this text.
    Holds(&'static str),
    /// A list of modules that others than the company's own belong to.
    Public,
}

use When::{Empty, Filled, Holds, Is, Off, On, Public, Set};

/// A variable that switches a check off.
pub struct Switch {
    name: &'static str,
    when: When,
    /// What is then not checked.
    pub effect: &'static str,
    /// The peers' id.
    pub aliases: &'static [&'static str],
}

const fn switch(name: &'static str, when: When, effect: &'static str) -> Switch {
    Switch {
        name,
        when,
        effect,
        aliases: &[],
    }
}

const fn known(
    name: &'static str,
    when: When,
    effect: &'static str,
    aliases: &'static [&'static str],
) -> Switch {
    Switch {
        name,
        when,
        effect,
        aliases,
    }
}

const SWITCHES: &[Switch] = &[
    known(
        "NODE_TLS_REJECT_UNAUTHORIZED",
        Off,
        "Node.js accepts any certificate",
        &["CKV2_DOCKER_6"],
    ),
    known(
        "PYTHONHTTPSVERIFY",
        Off,
        "Python accepts any certificate",
        &["CKV2_DOCKER_5"],
    ),
    known(
        "GIT_SSL_NO_VERIFY",
        Set,
        "git accepts any certificate",
        &["CKV2_DOCKER_14"],
    ),
    known(
        "NPM_CONFIG_STRICT_SSL",
        Off,
        "npm accepts any certificate",
        &["CKV2_DOCKER_12"],
    ),
    known(
        "PIP_TRUSTED_HOST",
        Filled,
        "pip accepts any certificate of this host",
        &["CKV2_DOCKER_16"],
    ),
    switch("YARN_STRICT_SSL", Off, "yarn accepts any certificate"),
    switch(
        "YARN_ENABLE_STRICT_SSL",
        Off,
        "yarn accepts any certificate",
    ),
    switch(
        "UV_INSECURE_HOST",
        Filled,
        "uv accepts any certificate of this host",
    ),
    switch(
        "GOINSECURE",
        Filled,
        "Go fetches these modules without verifying the server",
    ),
    switch(
        "GONOSUMDB",
        Public,
        "Go does not verify these modules' checksums",
    ),
    switch("GONOSUMCHECK", On, "Go does not verify checksums"),
    switch(
        "GOSUMDB",
        Is("off"),
        "Go does not verify modules' checksums",
    ),
    switch(
        "GOFLAGS",
        Holds("-insecure"),
        "Go fetches modules without verifying the server",
    ),
    switch(
        "GOPROXY",
        Holds("http://"),
        "Go fetches modules without encryption",
    ),
    switch("CURL_INSECURE", On, "curl accepts any certificate"),
    switch(
        "REQUESTS_CA_BUNDLE",
        Is("/dev/null"),
        "Python's requests has no certificates to check",
    ),
    switch(
        "REQUESTS_CA_BUNDLE",
        Empty,
        "Python's requests may accept any certificate",
    ),
    switch(
        "CURL_CA_BUNDLE",
        Empty,
        "Python's requests accepts any certificate",
    ),
    switch("SSL_NO_VERIFY", On, "certificates are not verified"),
    switch("SSL_VERIFY", Off, "certificates are not verified"),
    switch("VERIFY_SSL", Off, "certificates are not verified"),
    switch("CONDA_SSL_VERIFY", Off, "conda accepts any certificate"),
    switch("MAMBA_SSL_VERIFY", Off, "mamba accepts any certificate"),
    switch(
        "CARGO_HTTP_CHECK_REVOKE",
        Off,
        "cargo accepts revoked certificates",
    ),
    switch(
        "COMPOSER_DISABLE_TLS",
        On,
        "composer downloads without encryption",
    ),
    switch(
        "BUNDLE_SSL_VERIFY_MODE",
        Off,
        "bundler accepts any certificate",
    ),
    switch(
        "DOCKER_CONTENT_TRUST",
        Off,
        "docker does not verify signatures of images",
    ),
    switch("DOCKER_TLS_VERIFY", Off, "docker accepts any certificate"),
    switch(
        "DOCKER_TLS_CERTDIR",
        Empty,
        "the docker daemon listens without TLS",
    ),
    switch(
        "DOTNET_NUGET_SIGNATURE_VERIFICATION",
        Off,
        "NuGet does not verify packages' signatures",
    ),
    switch(
        "AZURE_CLI_DISABLE_CONNECTION_VERIFICATION",
        On,
        "the client of Azure accepts any certificate",
    ),
    switch(
        "LDAPTLS_REQCERT",
        Is("never"),
        "the clients of OpenLDAP accept any certificate",
    ),
    switch(
        "LDAPTLS_REQCERT",
        Is("allow"),
        "the clients of OpenLDAP accept any certificate",
    ),
    switch(
        "VAULT_SKIP_VERIFY",
        On,
        "the vault client accepts any certificate",
    ),
    switch(
        "NOMAD_SKIP_VERIFY",
        On,
        "the nomad client accepts any certificate",
    ),
    switch(
        "CONSUL_HTTP_SSL_VERIFY",
        Off,
        "the consul client accepts any certificate",
    ),
    switch(
        "KUBECTL_INSECURE_SKIP_TLS_VERIFY",
        On,
        "kubectl accepts any certificate",
    ),
    switch(
        "HELM_KUBEINSECURE_SKIP_TLS_VERIFY",
        On,
        "helm accepts any certificate",
    ),
    switch(
        "GIT_SSH_COMMAND",
        Holds("stricthostkeychecking=no"),
        "ssh accepts any host for git",
    ),
    switch(
        "GIT_SSH_COMMAND",
        Holds("userknownhostsfile=/dev/null"),
        "ssh accepts any host for git",
    ),
    switch("ANSIBLE_HOST_KEY_CHECKING", Off, "ansible accepts any host"),
    switch(
        "ANSIBLE_GALAXY_IGNORE",
        On,
        "ansible-galaxy accepts any certificate",
    ),
    switch("ELECTRON_STRICT_SSL", Off, "certificates are not verified"),
    switch("HEX_UNSAFE_HTTPS", On, "hex accepts any certificate"),
    switch(
        "HEX_UNSAFE_REGISTRY",
        On,
        "hex does not verify the registry's signature",
    ),
    switch(
        "PERL_LWP_SSL_VERIFY_HOSTNAME",
        Off,
        "Perl accepts any certificate",
    ),
    switch(
        "MAVEN_OPTS",
        Holds("ssl.insecure=true"),
        "Maven accepts any certificate",
    ),
    switch(
        "MAVEN_ARGS",
        Holds("ssl.insecure=true"),
        "Maven accepts any certificate",
    ),
    switch(
        "MAVEN_OPTS",
        Holds("ssl.allowall=true"),
        "Maven accepts any certificate",
    ),
    switch(
        "JAVA_TOOL_OPTIONS",
        Holds("disablehostnameverification=true"),
        "Java accepts certificates of other hosts",
    ),
    switch("SDKMAN_INSECURE_SSL", On, "sdkman accepts any certificate"),
];

/// The switch that a variable with this value is.
pub fn find(name: &str, value: &str) -> Option<&'static Switch> {
    SWITCHES.iter().find(|switch| {
        // Only npm reads its variables in any case.
        let same = match switch.name.starts_with("NPM_") || switch.name.starts_with("SDKMAN_") {
            true => switch.name.eq_ignore_ascii_case(name),
            false => switch.name == name,
        };
        same && switch.when.holds(value)
    })
}

impl Switch {
    /// True where the value says nothing but that the check is off.
    pub fn is_nothing_else(&self) -> bool {
        matches!(self.when, Off | On | Set | Is(_))
    }
}

impl When {
    fn holds(self, value: &str) -> bool {
        let value = value.trim().to_ascii_lowercase();
        match self {
            Off => is_off(&value),
            On => is_on(&value),
            Set => true,
            Filled => !value.is_empty(),
            Empty => value.is_empty(),
            Is(text) => value == text,
            Holds("http://") => value.contains("http://") && !value.contains("://localhost"),
            Holds(part) => value.contains(part),
            Public => value.split(',').any(is_public),
        }
    }
}

/// A pattern of module paths that takes in modules of the public.
fn is_public(pattern: &str) -> bool {
    let host = pattern.trim().split('/').next().unwrap_or_default();
    let whole = pattern
        .trim()
        .split('/')
        .skip(1)
        .all(|part| part == "*" || part.is_empty());
    let public = [
        "*",
        "**",
        "*.*",
        "*.com",
        "github.com",
        "gitlab.com",
        "golang.org",
        "*.org",
    ];
    whole && public.contains(&host)
}
