//! Files that hold keys and passwords, told by their first bytes.

use super::super::{candidate::Candidate, text::Text};
use super::{Key, Proof, browser_passwords, der, pgp, private_key};

const HELP: &str = "Replace the keys and passwords that it holds, and mount it where the program runs, with its password from a secret store";

/// How much of a file is looked at for what its tables or bags are called.
const HEAD: usize = 256 << 10;
/// Most entries of a key store of Java that are walked.
const ENTRIES: usize = 1024;

/// The finding for a file that is a store of secrets; it points at the first bytes.
pub fn check(text: &Text<'_>) -> Option<Candidate> {
    let bytes = text.bytes;
    let (rule, what, proof, help) = match bytes.get(..4)? {
        [0x03, 0xd9, 0xa2, 0x9a] if matches!(bytes.get(4..8)?, [0x65..=0x67, 0xfb, 0x4b, 0xb5]) => {
            (
                "secret/key-store",
                "password database of KeePass",
                Proof::Encrypted,
                HELP,
            )
        }
        [0xfe, 0xed, 0xfe, 0xed] | [0xce, 0xce, 0xce, 0xce] if java_store_has_key(bytes) => (
            "secret/key-store",
            "key store of Java with a private key",
            Proof::Encrypted,
            HELP,
        ),
        b"kych" => (
            "secret/key-store",
            "keychain of macOS",
            Proof::Encrypted,
            HELP,
        ),
        b"SQLi" => (
            browser_passwords::RULE,
            browser_database(bytes)?,
            Proof::Encrypted,
            browser_passwords::HELP,
        ),
        [0x30, ..] => of_der(text)?,
        b"(11:" | b"(21:" => of_gnupg(bytes)?,
        [0x94 | 0x95 | 0x97 | 0xc5, ..] => {
            let encrypted = pgp::secret_key(bytes)?;
            let proof = if encrypted {
                Proof::Encrypted
            } else {
                Proof::Whole
            };
            (
                "secret/pgp-private-key",
                "PGP private key",
                proof,
                private_key::HELP,
            )
        }
        _ => return None,
    };
    let key = Key {
        rule,
        what,
        proof,
        label: 0..4,
        mask: 0..4,
        prefix: "",
        help,
    };
    Some(key.into_candidate(text))
}

/// PKCS #12, a key store of Bouncy Castle, or a private key as it is.
fn of_der(text: &Text<'_>) -> Option<(&'static str, &'static str, Proof, &'static str)> {
    /// `pkcs8ShroudedKeyBag`: an encrypted private key inside PKCS #12.
    const KEY_BAG: &[u8] = b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x02";
    const PKCS7: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07";
    const PBES2: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d";
    const RSA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
    const EC: &[u8] = b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01";
    let bytes = text.bytes;
    let head = bytes.get(..bytes.len().min(HEAD))?;
    let near = head.get(..head.len().min(64))?;
    let has = |area: &[u8], mark: &[u8]| memchr::memmem::find(area, mark).is_some();
    let inner = der::content(bytes)?;
    if inner.starts_with(&[2, 1, 3]) && has(near, PKCS7) && has(head, KEY_BAG) {
        return Some((
            "secret/key-store",
            "PKCS #12 store with a private key",
            Proof::Encrypted,
            HELP,
        ));
    }
    if text.is_named(&[".bcfks"]) && has(near, PBES2) {
        return Some((
            "secret/key-store",
            "key store of Bouncy Castle",
            Proof::Encrypted,
            HELP,
        ));
    }
    let private = match inner {
        // Version 0, then the modulus or the algorithm; version 1, then the number on the curve.
        [2, 1, 0, 2, 0x81 | 0x82, ..] | [2, 1, 1, 4, 0x20 | 0x30 | 0x42, ..] => true,
        [2, 1, 0, 0x30, ..] => has(near, RSA) || has(near, EC) || has(near, b"\x06\x03\x2b\x65"),
        _ => false,
    };
    (private && der::is_whole(bytes)).then_some((
        "secret/private-key",
        "private key",
        Proof::Whole,
        private_key::HELP,
    ))
}

/// A file of `private-keys-v1.d`.
fn of_gnupg(bytes: &[u8]) -> Option<(&'static str, &'static str, Proof, &'static str)> {
    let proof = match bytes {
        _ if bytes.starts_with(b"(11:private-key(") => Proof::Whole,
        _ if bytes.starts_with(b"(21:protected-private-key(") => Proof::Encrypted,
        _ => return None,
    };
    let what = "private key of GnuPG";
    Some(("secret/pgp-private-key", what, proof, private_key::HELP))
}

/// True where one of the entries is a private or a secret key, and not a certificate.
fn java_store_has_key(bytes: &[u8]) -> bool {
    let walk = || -> Option<bool> {
        let version = bytes.get(4..8)?;
        let mut rest = bytes.get(12..)?;
        for _ in 0..ENTRIES {
            let (kind, after) = rest.split_first_chunk::<4>()?;
            if u32::from_be_bytes(*kind) != 2 {
                return Some(matches!(u32::from_be_bytes(*kind), 1 | 3));
            }
            // A certificate: alias, time, type, and the certificate itself.
            rest = after_text(after)?.get(8..)?;
            if version == [0, 0, 0, 2] {
                rest = after_text(rest)?;
            }
            let (length, after) = rest.split_first_chunk::<4>()?;
            rest = after.get(u32::from_be_bytes(*length) as usize..)?;
        }
        None
    };
    walk().unwrap_or(false)
}

/// What follows a text behind its length.
fn after_text(bytes: &[u8]) -> Option<&[u8]> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    rest.get(usize::from(u16::from_be_bytes(*length))..)
}

/// The databases in which browsers keep passwords and the keys to them.
fn browser_database(bytes: &[u8]) -> Option<&'static str> {
    let head = bytes.get(..bytes.len().min(HEAD))?;
    let has = |mark: &str| memchr::memmem::find(head, mark.as_bytes()).is_some();
    if !head.starts_with(b"SQLite format 3\0") {
        return None;
    }
    if has("nssPrivate") && has("metaData") {
        return Some("key database of Firefox");
    }
    (has("TABLE logins") && has("password_value")).then_some("password store of Chrome")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FileKind, Origin, RepoPath, Source, SourceId};

    fn rule(bytes: &[u8]) -> Option<&'static str> {
        let source = Source::new(
            SourceId(0),
            RepoPath::from("x.bin"),
            FileKind::Binary,
            bytes,
            Origin::Buffer,
        );
        check(&Text::new(&source)).map(|candidate| candidate.rule)
    }

    #[test]
    fn stores_are_told_by_their_first_bytes_and_not_by_their_names() {
        let keepass = [0x03, 0xd9, 0xa2, 0x9a, 0x67, 0xfb, 0x4b, 0xb5, 0, 0];
        assert_eq!(rule(&keepass), Some("secret/key-store"));
        assert_eq!(rule(b"kych\0\x01\0\0"), Some("secret/key-store"));
        let chrome = b"SQLite format 3\0..CREATE TABLE logins (origin_url, password_value)";
        assert_eq!(rule(chrome), Some("secret/browser-passwords"));
        assert_eq!(
            rule(b"SQLite format 3\0..CREATE TABLE users (password)"),
            None
        );
        let gnupg = b"(11:private-key(3:rsa(1:n";
        assert_eq!(rule(gnupg), Some("secret/pgp-private-key"));
        assert_eq!(rule(b"(20:shadowed-private-key("), None);
        assert_eq!(rule(b"PK\x03\x04"), None);
        assert_eq!(rule(b""), None);
    }

    #[test]
    fn a_store_of_certificates_alone_is_none() {
        let certificate = [
            &[0, 0, 0, 2, 0, 1, b'a'][..],
            &[0; 8],
            &[0, 5],
            b"X.509",
            &[0, 0, 0, 2, 9, 9],
        ]
        .concat();
        let key = [0, 0, 0, 1, 0, 1, b'k'];
        let store = |entries: &[&[u8]]| {
            let head = [
                0xfe,
                0xed,
                0xfe,
                0xed,
                0,
                0,
                0,
                2,
                0,
                0,
                0,
                entries.len() as u8,
            ];
            [&head[..], &entries.concat()].concat()
        };
        assert_eq!(rule(&store(&[&certificate])), None);
        assert_eq!(
            rule(&store(&[&certificate, &key])),
            Some("secret/key-store")
        );
        assert_eq!(rule(&store(&[&certificate[..5]])), None);
    }

    #[test]
    fn pkcs_12_counts_with_a_key_inside() {
        let start =
            b"\x30\x82\x01\x00\x02\x01\x03\x30\x81\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01";
        let bag = b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x02";
        assert_eq!(
            rule(&[&start[..], &[0; 90], bag].concat()),
            Some("secret/key-store")
        );
        assert_eq!(rule(&[&start[..], &[0; 90]].concat()), None);
    }

    #[test]
    fn a_private_key_in_der_is_whole_and_a_certificate_is_none() {
        let mut key = vec![0x30, 0x81, 0x86, 2, 1, 0, 2, 0x81, 0x80];
        key.resize(0x86 + 3, 7);
        assert_eq!(rule(&key), Some("secret/private-key"));
        key.pop();
        assert_eq!(rule(&key), None);
        let mut certificate = vec![0x30, 0x81, 0x86, 0x30, 0x81, 0x80, 0xa0, 3, 2, 1, 2];
        certificate.resize(0x86 + 3, 7);
        assert_eq!(rule(&certificate), None);
    }
}
