//! What the name of a value says beside its vendor: `LINODE_TOKEN`, `linode_image_id`, `token`.

use super::identifier::words;

/// Last words of names whose values open nothing.
const OTHERS: &[&str] = &[
    "id",
    "ids",
    "sid",
    "uid",
    "uuid",
    "guid",
    "sha",
    "sha1",
    "sha256",
    "sha512",
    "md5",
    "hash",
    "digest",
    "checksum",
    "commit",
    "revision",
    "rev",
    "ref",
    "version",
    "tag",
    "etag",
    "fingerprint",
    "thumbprint",
    "url",
    "uri",
    "link",
    "endpoint",
    "host",
    "hostname",
    "domain",
    "path",
    "file",
    "filename",
    "name",
    "username",
    "user",
    "email",
    "zone",
    "account",
    "org",
    "organization",
    "project",
    "team",
    "workspace",
    "tenant",
    "region",
    "site",
    "image",
    "build",
    "integrity",
    "signature",
    "size",
    "length",
    "count",
    "number",
    "tree",
    "blob",
    "parent",
    "publickey",
    "pubkey",
    "salt",
    "nonce",
    "iv",
    "slug",
    "snapshot",
    "layer",
    "manifest",
    "folder",
    "dir",
    "directory",
    "bucket",
    "channel",
    "index",
    "table",
    "database",
    "db",
    "queue",
    "topic",
    "group",
    "role",
    "policy",
    "status",
    "type",
    "mode",
    "format",
    "date",
    "time",
    "release",
    "branch",
    "model",
    "plan",
    "source",
    "title",
    "label",
    "description",
    "message",
    "color",
    "icon",
    "font",
    "class",
    "style",
    "address",
];
/// Words that make a name public or derived wherever they stand.
const PUBLIC: &[&str] = &[
    "public",
    "pub",
    "publishable",
    "sha",
    "sha1",
    "sha256",
    "sha512",
    "md5",
    "commit",
    "hash",
    "digest",
    "checksum",
    "revision",
    "fingerprint",
    "etag",
    "integrity",
    "csrf",
    "xsrf",
];
/// What names of credentials are made of beside a vendor's word.
const PLAIN: &[&str] = &[
    "api",
    "app",
    "application",
    "auth",
    "authentication",
    "authorization",
    "access",
    "account",
    "admin",
    "bearer",
    "client",
    "credential",
    "credentials",
    "creds",
    "default",
    "dev",
    "development",
    "env",
    "header",
    "headers",
    "http",
    "https",
    "integration",
    "key",
    "live",
    "local",
    "main",
    "management",
    "master",
    "my",
    "oauth",
    "oauth2",
    "pass",
    "password",
    "pat",
    "personal",
    "private",
    "prod",
    "production",
    "rest",
    "root",
    "secret",
    "secrets",
    "server",
    "service",
    "staging",
    "static",
    "test",
    "token",
    "tokens",
    "user",
    "value",
    "write",
    "x",
    "apikey",
    "apitoken",
    "apisecret",
    "appkey",
    "appsecret",
    "authkey",
    "authtoken",
    "accesskey",
    "accesstoken",
    "clientsecret",
    "privatekey",
    "secretkey",
    "signing",
    "webhook",
    "consumer",
    "read",
    "refresh",
    "session",
    "shared",
    "the",
    "var",
    "variable",
    "config",
    "data",
    "string",
];
/// At least one of these makes a name one of a credential.
const CREDENTIALS: &[&str] = &[
    "token",
    "tokens",
    "key",
    "secret",
    "secrets",
    "pat",
    "pass",
    "password",
    "credential",
    "credentials",
    "creds",
    "auth",
    "authorization",
    "bearer",
    "apikey",
    "apitoken",
    "apisecret",
    "appkey",
    "appsecret",
    "authkey",
    "authtoken",
    "accesskey",
    "accesstoken",
    "clientsecret",
    "privatekey",
    "secretkey",
];

/// `linode_image_id`, `HEROKU_SLUG_COMMIT`: a vendor's, but nothing that opens anything.
pub fn is_of_something_else(name: &[u8]) -> bool {
    let words = words(name);
    let last = words.iter().rev().find(|word| !is_number(word));
    let before_last = words.iter().rev().nth(1).map(String::as_str);
    words.iter().any(|word| PUBLIC.contains(&word.as_str()))
        || last.is_some_and(|last| {
            OTHERS.contains(&last.as_str()) && !(last == "id" && before_last == Some("secret"))
        })
}

/// `token`, `"apiKey"`, `X-Auth-Key`: a credential of whoever is named nearby.
pub fn is_bare(name: &[u8]) -> bool {
    let words = words(name);
    !is_of_something_else(name)
        && words
            .iter()
            .any(|word| CREDENTIALS.contains(&word.as_str()))
        && words
            .iter()
            .all(|word| is_number(word) || PLAIN.contains(&word.as_str()))
}

/// A word that may stand in the name of any vendor's credential.
pub fn is_plain(word: &str) -> bool {
    PLAIN.contains(&word)
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_digests_of_a_vendor_are_no_credentials() {
        for name in [
            "linode_image_id",
            "HEROKU_SLUG_COMMIT",
            "datadogSha256",
            "box_public_key",
        ] {
            assert!(is_of_something_else(name.as_bytes()), "{name}");
        }
        for name in [
            "LINODE_TOKEN",
            "linode",
            "LINODE_PAT",
            "vault_secret_id",
            "TOKEN_2",
        ] {
            assert!(!is_of_something_else(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn a_bare_credential_names_no_other_owner() {
        for name in [
            "token",
            "apiKey",
            "X-Auth-Key",
            "ACCESS_TOKEN_PROD",
            "api_key_2",
        ] {
            assert!(is_bare(name.as_bytes()), "{name}");
        }
        for name in ["harbour_token", "sortKey", "token_id", "commit", "value"] {
            assert!(!is_bare(name.as_bytes()), "{name}");
        }
    }
}
