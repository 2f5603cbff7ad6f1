//! Values that are filled in later, come from elsewhere, or are public by what they are.

use super::words::is_wordlike;

/// What stands in templates, formats, masks, patterns and URLs.
const MARKS: &[&[u8]] = &[
    b"${",
    b"{{",
    b"{%",
    b"<%",
    b"%(",
    b"$(",
    b"#{",
    b"%s",
    b"%d",
    b"%v",
    b"%@",
    b"%{",
    b"{}",
    b"{0}",
    b"***",
    b"...",
    b"://",
    b"[a-",
    b"[A-",
    b"[0-",
    b"[^",
    b"\\d",
    b"\\w",
    b"\\s",
    b".*",
    b"\\x",
    b"\\u",
    b"@{",
    b"$[",
    b"((",
    b"{$",
    b"->",
    b"=>",
    b"::",
    b"&&",
    b"||",
    b"\xe2\x80\xa6",
    b"\xe2\x80\xa2",
];

/// True for values that are filled in later or come from elsewhere: templates, variables, calls,
/// markup, patterns, masks.
pub fn is_reference(value: &[u8]) -> bool {
    let first = value.first().copied().unwrap_or_default();
    let last = value.last().copied().unwrap_or_default();
    let named = |b: &u8| b.is_ascii_alphanumeric() || b"_-. %$".contains(b);
    let words = || is_wordlike(value);
    b"<{[(`".contains(&first)
        || (first == b'$' && (value.get(1).is_some_and(|b| b"{([".contains(b)) || is_variable(value)))
        // `*anchor`, `%NAME%`, `^pattern$`: a password may start like them.
        || (b"&*%^".contains(&first) && value.iter().skip(1).all(named) && words())
        || (first == b'%' && last == b'%')
        || matches!((first, last), (b'_', b'_'))
        || (first == b'!' && value.get(1).is_some_and(u8::is_ascii_alphabetic) && words())
        || (last == b'>' && (first == b'<' || words()))
        || MARKS.iter().any(|mark| memchr::memmem::find(value, mark).is_some())
        || holds_variable(value)
        || holds_field(value)
        || is_call_or_path(value)
}

/// `prefix-{name:20}`: braces around a name.
fn holds_field(value: &[u8]) -> bool {
    memchr::memchr_iter(b'{', value).any(|open| {
        let field = value.get(open + 1..).unwrap_or_default();
        let close = field.iter().position(|b| *b == b'}').unwrap_or(0);
        let of_field = |b: &u8| b.is_ascii_alphanumeric() || b"_.:-".contains(b);
        close >= 2
            && field.first().is_some_and(u8::is_ascii_alphabetic)
            && field.iter().take(close).all(of_field)
    })
}

/// `prefix$NAME`: a dollar sign before capitals that are a word.
fn holds_variable(value: &[u8]) -> bool {
    memchr::memchr_iter(b'$', value).any(|at| {
        let name = value.get(at + 1..).unwrap_or_default();
        let length = name.iter().take_while(|b| b.is_ascii_uppercase()).count();
        length >= 3
            && name
                .get(..length)
                .is_some_and(|name| name.len() < 4 || is_wordlike(name))
    })
}

/// `$NAME`, `$name.of.another`, `$1`.
fn is_variable(value: &[u8]) -> bool {
    let name = value.get(1..).unwrap_or_default();
    name.iter()
        .all(|b| b.is_ascii_alphanumeric() || b"_.-[]'\">".contains(b))
        && (name.len() < 3 || !name.iter().any(u8::is_ascii_digit) || is_wordlike(name))
}

/// How paths and addresses of secrets elsewhere begin.
const ELSEWHERE: &[&[u8]] = &[
    b"./",
    b"../",
    b"~/",
    b"arn:",
    b"file:",
    b"vault:",
    b"env:",
    b"ref+",
    b"secret:",
    b"projects/",
    b"kv/",
    b"op://",
    b"ssm:",
    b"secretsmanager:",
    b"classpath:",
    b"data:",
    b"urn:",
    b"keyring:",
    b"aws:",
    b"ENC(",
    b"ENC[",
    b"{cipher}",
    b"@Microsoft.KeyVault",
    b"OBF:",
    b"CRYPT:",
    b"MD5:",
    b"AES:",
    b"{noop}",
    b"{bcrypt}",
];

/// `os.environ["X"]`, `getToken()`, `/run/secrets/x`, `./x`, `C:\x`, `vault:secret/x`.
fn is_call_or_path(value: &[u8]) -> bool {
    if let Some(open) = memchr::memchr2(b'(', b'[', value) {
        let head = &value[..open];
        let closes = matches!(value.last(), Some(b')' | b']' | b';' | b'}' | b','));
        let of_code = |b: &u8| b.is_ascii_alphanumeric() || b"_.:>-$&*@? ".contains(b);
        if closes && !head.is_empty() && head.iter().all(of_code) {
            return true;
        }
    }
    if ELSEWHERE.iter().any(|start| value.starts_with(start)) {
        return true;
    }
    if matches!(value, [drive, b':', b'\\' | b'/', ..] if drive.is_ascii_alphabetic()) {
        return true;
    }
    // A path is made of words; base64 that holds a slash is not.
    value.contains(&b'/') && is_wordlike(value)
}

/// How digests, public keys, images and encrypted texts begin.
const PUBLIC_STARTS: &[&[u8]] = &[
    b"sha1-",
    b"sha256-",
    b"sha384-",
    b"sha512-",
    b"sha256:",
    b"sha512:",
    b"sha1:",
    b"md5:",
    b"sha1$",
    b"sha256$",
    b"pbkdf2",
    b"{SSHA",
    b"{SHA",
    b"{MD5",
    b"{SMD5",
    b"{CRYPT",
    b"{PBKDF2",
    b"{ARGON2",
    b"SCRAM-SHA",
    b"bcrypt",
    b"argon2",
    b"scrypt:",
    b"ssh-",
    b"ecdsa-",
    b"AAAA",
    b"MIIB",
    b"MIIC",
    b"MIID",
    b"MIIE",
    b"MIIF",
    b"MIIG",
    b"MFkw",
    b"MIGf",
    b"MCow",
    b"MHYw",
    b"MIGb",
    b"LS0tLS1CRUdJTiBDRVJU",
    b"LS0tLS1CRUdJTiBQVUJM",
    b"pk_",
    b"pk.",
    b"pub",
    b"h1:",
    b"urn:",
    b"data:",
    b"$ANSIBLE_VAULT",
    b"ENC[",
    b"ENC(",
    b"AgA",
    b"U2FsdGVkX1",
    b"iVBOR",
    b"R0lGOD",
    b"/9j/",
    b"PHN2Z",
    b"UklGR",
    b"d09GRg",
    b"AAEAAAA",
    b"vault:v1:",
    b"gAAAAAB",
    b"AQICAH",
    b"{AES",
    b"age1",
    b"xpub",
    b"npub1",
    b"did:",
    // The storage and the database emulator of Azure have one key everywhere.
    b"Eby8vdM02xNO",
    b"C2y6yDjf5",
];
/// Marks of hashed passwords, wherever they stand.
const HASHED: &[&[u8]] = &[
    b"$9$",
    b"$8$",
    b"$2a$",
    b"$2b$",
    b"$2x$",
    b"$2y$",
    b"$argon2",
    b"$apr1$",
    b"$6$",
    b"$5$",
    b"$1$",
    b"$y$",
    b"$sha1$",
    b"$pbkdf2",
    b"$P$B",
    b"$H$9",
    b"$scrypt$",
    b"pbkdf2_sha",
    b"bcrypt_sha",
    b"BEGIN PUBLIC",
    b"BEGIN CERT",
];

/// Digests and other public long values, known by the mark they carry.
pub fn is_public(value: &[u8]) -> bool {
    // A JSON Web Token is judged by what it says.
    PUBLIC_STARTS.iter().any(|start| value.starts_with(start))
        || super::jwt::is_token(value)
        || HASHED
            .iter()
            .any(|mark| memchr::memmem::find(value, mark).is_some())
        || is_colour(value)
        || is_mysql_hash(value)
        || is_numbered_digest(value)
        || value.starts_with(b"UUID=")
}

/// `1.3-0f1e...`: a version and the digest of what it stands for.
fn is_numbered_digest(value: &[u8]) -> bool {
    let Some(dash) = memchr::memchr(b'-', value) else {
        return false;
    };
    let (version, digest) = (&value[..dash], &value[dash + 1..]);
    digest.len() >= 32
        && digest.iter().all(u8::is_ascii_hexdigit)
        && version.iter().all(|b| b.is_ascii_digit() || *b == b'.')
}

/// `#a1b2c3`, as in style sheets.
fn is_colour(value: &[u8]) -> bool {
    matches!(value, [b'#', digits @ ..] if matches!(digits.len(), 3 | 4 | 6 | 8) && digits.iter().all(u8::is_ascii_hexdigit))
}

/// `*` and 40 hex digits.
fn is_mysql_hash(value: &[u8]) -> bool {
    matches!(value, [b'*', digits @ ..] if digits.len() == 40 && digits.iter().all(u8::is_ascii_hexdigit))
}

/// Endings of files' names: a value that has one is a place, not a secret.
const FILES: &[&[u8]] = &[
    b"pem",
    b"key",
    b"crt",
    b"cer",
    b"json",
    b"yaml",
    b"yml",
    b"xml",
    b"txt",
    b"jks",
    b"p12",
    b"pfx",
    b"keystore",
    b"html",
    b"htm",
    b"js",
    b"ts",
    b"py",
    b"rb",
    b"go",
    b"java",
    b"php",
    b"css",
    b"png",
    b"jpg",
    b"svg",
    b"gif",
    b"conf",
    b"cfg",
    b"ini",
    b"env",
    b"properties",
    b"sh",
    b"md",
    b"csv",
    b"sql",
    b"db",
    b"log",
    b"dat",
    b"bin",
    b"gpg",
    b"asc",
    b"pub",
    b"enc",
    b"com",
    b"org",
    b"net",
    b"io",
    b"jsp",
    b"aspx",
    b"vue",
    b"scss",
    b"tpl",
    b"local",
    b"bks",
    b"der",
    b"store",
    b"kdbx",
];

/// A file's name, a host, a dotted path, a version, a date, an address of a network.
pub fn is_place(value: &[u8]) -> bool {
    let ends_in_file = || {
        let (stem, ending) = match value.iter().rposition(|b| *b == b'.') {
            Some(dot) => (&value[..dot], &value[dot + 1..]),
            None => return false,
        };
        let named = stem
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || b"_-./\\:@ ".contains(b));
        !stem.is_empty() && named && FILES.iter().any(|file| ending.eq_ignore_ascii_case(file))
    };
    let numbers_only = || {
        value.len() >= 5
            && value
                .iter()
                .all(|b| b.is_ascii_digit() || b"-_.:/+TZ ,x()".contains(b))
            && value.iter().any(|b| !b.is_ascii_digit())
    };
    ends_in_file() || numbers_only() || is_address(value) || is_key_binding(value)
}

/// `00:1a:2b:3c:4d:5e`, `2001:db8::1`.
fn is_address(value: &[u8]) -> bool {
    let mut groups = value.split(|b| matches!(b, b':' | b'-')).peekable();
    value.iter().filter(|b| matches!(b, b':' | b'-')).count() >= 5
        && groups.all(|group| group.len() <= 4 && group.iter().all(u8::is_ascii_hexdigit))
}

/// `ctrl+shift+k`, `<C-x>`.
fn is_key_binding(value: &[u8]) -> bool {
    const KEYS: &[&[u8]] = &[
        b"ctrl", b"cmd", b"alt", b"shift", b"meta", b"command", b"control", b"option", b"super",
        b"mod",
    ];
    let first = value
        .split(|b| matches!(b, b'+' | b'-' | b' '))
        .next()
        .unwrap_or_default();
    first.len() < value.len() && KEYS.iter().any(|key| first.eq_ignore_ascii_case(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_later_is_a_reference() {
        for text in [
            "${TOKEN}",
            "{{ token }}",
            "$TOKEN",
            "$token.value",
            "$1",
            "<your-token>",
            "os.environ['X']",
            "getToken()",
            "%(pw)s",
            "/run/secrets/token",
            "./key.pem",
            "config/secret/name",
            "#{pw}",
            "$(cat pw)",
            "***",
            "%PASSWORD%",
            "*default-password",
            "bjorn$TOKEN_7",
            "sk-{b64u:74}x",
            "!vault",
            "Foo::BAR",
            "user->password",
            "this.getConfig('a1')",
            "args[0]",
            "vault:v1:abcdef",
            "ENC(G6N718UuyPE5bHyWKyuLQSm02auQPUtm)",
            "C:\\keys\\a1",
            "@Microsoft.KeyVault(x)",
        ] {
            assert!(is_reference(text.as_bytes()), "{text}");
        }
        for text in [
            "kXq9/Zt7wPd0Lf3Vb+x2",
            "$tr0ngZq!x",
            "%xqK29!mzw",
            "Kzqw>x4tb!",
        ] {
            assert!(!is_reference(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn digests_public_keys_and_encrypted_texts_are_public() {
        for text in [
            "$2b$12$abcdefghijklmnopqrstuv",
            "sha256:0a1b",
            "{SSHA}abc",
            "ssh-rsa AAAAB3",
            "pbkdf2_sha256$1$a$b",
            "#a1b2c3",
            "*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19",
            "iVBORw0KGgo",
            "MIIBIjANBgkq",
            "$ANSIBLE_VAULT;1.1",
            "pk_live_x",
        ] {
            assert!(is_public(text.as_bytes()), "{text}");
        }
        assert!(!is_public(b"kXq9Zt7wPd0Lf3Vb"));
    }

    #[test]
    fn files_hosts_dates_versions_and_keys_of_the_keyboard_are_places() {
        for text in [
            "server2.key",
            "tls.crt",
            "config_v2.json",
            "db1.example.com",
            "2024-01-31",
            "1.22.333",
            "10.0.0.1:8080",
            "00:1a:2b:3c:4d:5e",
            "ctrl+shift+k",
            "2024-01-31T10:00:00Z",
        ] {
            assert!(is_place(text.as_bytes()), "{text}");
        }
        for text in ["xqzmpk", "748291", "Kzqwx4tb!"] {
            assert!(!is_place(text.as_bytes()), "{text}");
        }
    }
}
