use crate::model::{Confidence, Redacted, Span};

use super::base64;
use super::candidate::{Candidate, Rank, Weight};
use super::place::Place;
use super::text::Text;

pub const ANCHOR: &str = "-----begin";
pub const PUTTY_ANCHOR: &str = "putty-user-key-file-";

/// Longest key that is read; an RSA key of 16,384 bits has 12 KiB.
const LONGEST: usize = 24 << 10;
/// Fewest characters of base64 of a real key (Ed25519 in PKCS #8).
const SHORTEST: usize = 60;

/// What the body of a key tells.
struct Body {
    end: usize,
    base64: Vec<u8>,
    encrypted: bool,
}

/// A private key in PEM armour whose first line starts at `at`; how its lines are joined (line
/// ends, `\n` escapes, quotes, indentation) does not matter.
pub fn check(text: &Text<'_>, at: usize) -> (usize, Option<Candidate>) {
    let label_start = at + ANCHOR.len();
    let head = text.slice(label_start..text.bytes.len().min(label_start + 48));
    let Some(length) = memchr::memmem::find(head, b"-----") else {
        return (label_start, None);
    };
    let label = head.get(..length).unwrap_or_default();
    let header_end = label_start + length + 5;
    if !label.ends_with(b"PRIVATE KEY") && !label.ends_with(b"PRIVATE KEY BLOCK") {
        return (header_end, None);
    }
    let body = read_body(text, header_end);
    let header = Span::from_usize(at, header_end);
    let end = body.end;
    (end, judge(text, header, label, body))
}

fn judge(text: &Text<'_>, header: Span, label: &[u8], body: Body) -> Option<Candidate> {
    if body.base64.len() < SHORTEST || super::value::is_made_up_block(&body.base64) {
        return None;
    }
    let is_openssh = label.starts_with(b" OPENSSH");
    let is_pgp = label.ends_with(b"BLOCK");
    let encrypted = body.encrypted
        || label.starts_with(b" ENCRYPTED")
        || (is_openssh && !body.base64.starts_with(b"b3BlbnNzaC1rZXktdjEAAAAABG5vbmU"));
    let whole = match (is_openssh, is_pgp) {
        (true, _) => body.base64.starts_with(b"b3BlbnNzaC1rZXk"),
        (_, true) => true,
        _ => encrypted || is_der(&body.base64),
    };
    let (rule, what) = match is_service_account(text, header.start as usize, body.end) {
        true => (
            "secret/gcp-service-account",
            "Key of a Google Cloud service account",
        ),
        false if encrypted => ("secret/private-key", "Encrypted private key"),
        false => ("secret/private-key", "Private key"),
    };
    let place = text.place(header.start as usize);
    let weight = match () {
        () if encrypted || !whole || matches!(place, Place::Test | Place::Example) => Weight::Note,
        () => Weight::Full,
    };
    Some(Candidate {
        rule,
        rank: Rank::Structure,
        label: header,
        mask: Span::from_usize(header.end as usize, body.end),
        weight,
        confidence: match () {
            () if !whole => Confidence::Low,
            () if weight == Weight::Note => Confidence::Medium,
            () => Confidence::High,
        },
        message: format!("{what} is written into {}", text.called(header.start as usize)),
        help: "Make a new key pair, take the old public key out wherever it is trusted, and keep the private key outside the repository".to_owned(),
        redacted: Redacted::new("-----BEGIN", body.end - header.start as usize),
    })
}

/// Collects base64 up to the closing line. Header fields (`Proc-Type:`, `Version:`) and what
/// strings and comments put between lines are stepped over.
fn read_body(text: &Text<'_>, start: usize) -> Body {
    let rest = text.slice(start..text.bytes.len().min(start + LONGEST));
    let stop = memchr::memmem::find(rest, b"-----").unwrap_or(rest.len());
    let area = rest.get(..stop).unwrap_or_default();
    let mut base64 = Vec::new();
    let mut encrypted = false;
    let mut end = 0;
    let mut at = 0;
    while at < area.len() {
        let line_end = line_end(area, at);
        let line = area.get(at..line_end).unwrap_or_default();
        if memchr::memchr(b':', line).is_some() && line.len() < 200 {
            encrypted |= memchr::memmem::find(line, b"ENCRYPTED").is_some();
        } else {
            let core: Vec<u8> = line
                .iter()
                .copied()
                .filter(|b| {
                    !matches!(
                        b,
                        b' ' | b'\t'
                            | b'"'
                            | b'\''
                            | b','
                            | b'\\'
                            | b'#'
                            | b'*'
                            | b'>'
                            | b'|'
                            | b'`'
                            | b'.'
                            | b';'
                            | b'\r'
                    )
                })
                .collect();
            let core = core
                .strip_prefix(b"+")
                .filter(|_| core.len() > 65)
                .unwrap_or(&core);
            let good = core.iter().all(|b| {
                b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'-' | b'_')
            });
            let dotted = memchr::memmem::find(line, b"...").is_some();
            if !good || dotted {
                break;
            }
            base64.extend_from_slice(core);
            end = line_end;
        }
        at = line_end.max(at) + separator(area, line_end);
    }
    let closed = at >= area.len();
    Body {
        end: start + if closed { stop } else { end },
        base64,
        encrypted,
    }
}

/// Where the line at `at` ends: at a line end, or at one that is written as an escape.
fn line_end(area: &[u8], at: usize) -> usize {
    let rest = area.get(at..).unwrap_or_default();
    let mut from = 0;
    while let Some(found) = rest
        .get(from..)
        .and_then(|r| memchr::memchr2(b'\n', b'\\', r))
    {
        let here = from + found;
        let escape = rest
            .get(here + 1)
            .is_some_and(|b| matches!(b, b'n' | b'r' | b'\\'));
        if rest.get(here) == Some(&b'\n') || escape {
            return at + here;
        }
        from = here + 1;
    }
    area.len()
}

/// Length of the line end at `at`: `\n`, `\\n`, `\\r\\n`, `\\\\n`.
fn separator(area: &[u8], at: usize) -> usize {
    let rest = area.get(at..).unwrap_or_default();
    if rest.first() != Some(&b'\\') {
        return 1;
    }
    let slashes = rest.iter().take_while(|b| **b == b'\\').count();
    slashes + usize::from(rest.get(slashes).is_some_and(|b| matches!(b, b'n' | b'r')))
}

/// A DER sequence whose length says that it ends where the text ends.
fn is_der(text: &[u8]) -> bool {
    let Some(bytes) = base64::decode(text) else {
        return false;
    };
    let (length, header) = match *bytes.as_slice() {
        [0x30, short, ..] if short < 0x80 => (usize::from(short), 2),
        [0x30, 0x81, one, ..] => (usize::from(one), 3),
        [0x30, 0x82, high, low, ..] => (usize::from(high) << 8 | usize::from(low), 4),
        _ => return false,
    };
    length + header == bytes.len()
}

/// True for the JSON file of a service account: its type stands close to the key.
fn is_service_account(text: &Text<'_>, start: usize, end: usize) -> bool {
    let around = text.slice(start.saturating_sub(600)..text.bytes.len().min(end + 1200));
    memchr::memmem::find(around, b"service_account").is_some()
        && memchr::memmem::find(around, b"client_email").is_some()
}

/// A private key as PuTTY stores it.
pub fn check_putty(text: &Text<'_>, at: usize) -> (usize, Option<Candidate>) {
    let start = at + PUTTY_ANCHOR.len();
    let rest = text.slice(start..text.bytes.len().min(at + LONGEST));
    // Up to the next key: no byte belongs to two.
    let length = memchr::memmem::find(rest, b"PuTTY-User-Key-File-").unwrap_or(rest.len());
    let area = text.slice(at..start + length);
    let Some(private) = memchr::memmem::find(area, b"Private-Lines: ") else {
        return (start + length, None);
    };
    // A key file goes on with its version and the number of lines; code that reads one does not.
    let digit = |at: usize| area.get(at).is_some_and(u8::is_ascii_digit);
    if !digit(PUTTY_ANCHOR.len()) || !digit(private + b"Private-Lines: ".len()) {
        return (start + length, None);
    }
    let mac = memchr::memmem::find(area.get(private..).unwrap_or_default(), b"Private-M");
    let end = at + mac.map_or(area.len(), |found| private + found);
    let encrypted = memchr::memmem::find(area, b"Encryption: none").is_none();
    let note = encrypted || text.place(at).is_lenient();
    let candidate = Candidate {
        rule: "secret/private-key",
        rank: Rank::Structure,
        label: Span::from_usize(at, start),
        mask: Span::from_usize(at + private, end),
        weight: if note { Weight::Note } else { Weight::Full },
        confidence: if note { Confidence::Medium } else { Confidence::High },
        message: format!("Private key of PuTTY is written into {}", text.called(at)),
        help: "Make a new key pair, take the old public key out wherever it is trusted, and keep the private key outside the repository".to_owned(),
        redacted: Redacted::new("PuTTY-User-Key-File-", end - at),
    };
    (end, (end - at - private > SHORTEST).then_some(candidate))
}
