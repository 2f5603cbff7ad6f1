//! Which runs of a text are decoded, and what happens with what they say.
//!
//! Nothing is decoded for its looks alone: a run is where an image of a known mark was found, where
//! the data of a Kubernetes Secret stands, or where a promising name is given a value.

use std::ops::Range;

use crate::model::{FileKind, RepoPath};

use super::Scan;
use super::assignment::Assignment;
use super::decoded::{Decoded, Escapes};
use super::kubernetes;
use super::text::Text;

/// How many encodings inside each other are looked through.
const DEPTH: u8 = 3;

/// Shortest value that is decoded: shorter ones say something by chance.
const SHORTEST: usize = 12;

/// How far around an escape a text is decoded.
const BEFORE: usize = 256;
const AFTER: usize = 768;

/// What begins or names a secret, often enough inside encoded text to be looked for there.
const MARKS: &[&str] = &[
    "-----BEGIN",
    "PRIVATE KEY",
    "private_key",
    "service_account",
    "ghp_",
    "ghs_",
    "github_pat_",
    "glpat-",
    "AKIA",
    "sk_live_",
    "sk-ant-",
    "sk-proj-",
    "xoxb-",
    "password",
    "PASSWORD",
    "Password",
    "secret",
    "SECRET",
    "api_key",
    "API_KEY",
    "ACCESS_KEY",
    "access_token",
    "\"auths\"",
];

/// Marks whose digits are looked for in hexadecimal, too.
const HEX_MARKS: &[&str] = &["-----BEGIN", "ghp_", "AKIA", "sk_live_", "password"];

/// Shortest image that is rare enough in other text.
const SHORTEST_IMAGE: usize = 5;

/// What base64 makes of a mark, whatever stands around it.
#[derive(Debug, PartialEq, Eq)]
pub struct Image {
    pub digits: String,
    /// Digits of the group that holds the mark's first byte, ahead of the image.
    pub before: usize,
}

/// The images of all marks, which start at the first, second or third byte of a group.
pub fn images() -> Vec<Image> {
    let mut images: Vec<Image> = MARKS
        .iter()
        .flat_map(|mark| (0..3).map(|offset| image(mark.as_bytes(), offset)))
        .filter(|image| image.digits.len() >= SHORTEST_IMAGE)
        .collect();
    images.sort_by(|a, b| a.digits.cmp(&b.digits));
    images.dedup();
    images
}

/// Marks as hexadecimal digits.
pub fn hex_images() -> impl Iterator<Item = String> {
    let hex = |mark: &&str| mark.bytes().map(|b| format!("{b:02x}")).collect();
    HEX_MARKS.iter().map(hex)
}

fn image(mark: &[u8], offset: usize) -> Image {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bit = |at: usize| {
        let byte = at.checked_sub(8 * offset).and_then(|at| mark.get(at / 8));
        byte.map_or(0, |byte| usize::from(byte >> (7 - at % 8) & 1))
    };
    // Only digits all of whose bits are the mark's.
    let first = (8 * offset).div_ceil(6);
    let last = 8 * (offset + mark.len()) / 6;
    let digit = |at: usize| (6 * at..6 * at + 6).fold(0, |bits, at| bits << 1 | bit(at));
    Image {
        digits: (first..last)
            .filter_map(|at| DIGITS.get(digit(at)).map(|d| char::from(*d)))
            .collect(),
        before: first,
    }
}

/// Words for a message: what hides a secret, if that can be called hiding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Disguise {
    Base64,
    Hex,
    Escapes,
}

impl Disguise {
    fn says(self) -> &'static str {
        match self {
            Self::Base64 => ", hidden by nothing but base64",
            Self::Hex => ", hidden by nothing but hexadecimal digits",
            Self::Escapes => "",
        }
    }
}

impl Scan<'_, '_> {
    /// A run of base64 in which the image of a mark stands.
    pub(super) fn image(&mut self, image: usize, hit: Range<usize>) {
        let Some(image) = self.engine.images.get(image) else {
            return;
        };
        if self.text.slice(hit.clone()) != image.digits.as_bytes() || !self.may_look_deeper() {
            return;
        }
        let (end, decoded) = Decoded::base64_around(self.text.bytes, hit, image.before);
        self.decoded_done = end;
        if let Some(decoded) = decoded {
            let kind = kind_of(b"", &decoded);
            self.look_into(&decoded, kind, Disguise::Base64);
        }
    }

    /// A run of hexadecimal digits in which a mark stands.
    pub(super) fn hex_image(&mut self, hit: &Range<usize>) {
        if !self.may_look_deeper() {
            return;
        }
        let (end, decoded) = Decoded::hex_around(self.text.bytes, hit);
        self.decoded_done = end;
        if let Some(decoded) = decoded {
            let kind = kind_of(b"", &decoded);
            self.look_into(&decoded, kind, Disguise::Hex);
        }
    }

    /// The data of a Secret of Kubernetes.
    pub(super) fn manifest(&mut self, hit: Range<usize>) {
        let (done, entries) = kubernetes::data(self.text.bytes, hit, self.manifests_done);
        self.manifests_done = done;
        for entry in entries {
            if let Some(decoded) =
                Decoded::base64(self.text.bytes, entry.value).filter(Decoded::is_text)
            {
                self.look_into_named(entry.name, decoded, Disguise::Base64);
            }
        }
    }

    /// A URL whose slashes or colon are escaped: `:\/\/`, `%3A%2F%2F`.
    pub(super) fn escaped_url(&mut self, hit: Range<usize>) {
        let window = self.text.bytes.len().min(hit.end + 400);
        let rest = self.text.slice(hit.end..window);
        // Only credentials matter, and they end in `@`.
        if memchr::memchr(b'@', rest).is_some() || memchr::memmem::find(rest, b"%40").is_some() {
            self.escaped_around(hit);
        }
    }

    /// True where the sign behind a name is written as an escape: `token%3D`, `token\u003d`,
    /// `token&quot;`.
    pub(super) fn is_escape(&self, at: usize) -> bool {
        let rest = self.text.slice(at..self.text.bytes.len().min(at + 3));
        match rest {
            [b'\\', b'u' | b'x', ..] => true,
            [b'%', high, low] => matches!(
                (high, low),
                (b'2', b'2' | b'7') | (b'3', b'a' | b'A' | b'd' | b'D')
            ),
            [b'&', b'q' | b'#', ..] => true,
            _ => false,
        }
    }

    /// Decodes the escapes around a hit, up to the ends of its line.
    pub(super) fn escaped_around(&mut self, hit: Range<usize>) {
        if hit.start < self.escapes_done || !self.may_look_deeper() {
            return;
        }
        let from = hit.start.saturating_sub(BEFORE).max(self.escapes_done);
        let before = self.text.slice(from..hit.start);
        let start = memchr::memrchr(b'\n', before).map_or(from, |feed| from + feed + 1);
        let after = self
            .text
            .slice(hit.end..self.text.bytes.len().min(hit.end + AFTER));
        let end = hit.end + memchr::memchr(b'\n', after).unwrap_or(after.len());
        self.escapes_done = end;
        let kinds = [Escapes::Backslash, Escapes::Percent, Escapes::Entity];
        for escapes in kinds {
            if let Some(decoded) = Decoded::unescaped(self.text.bytes, start..end, escapes) {
                self.look_into(&decoded, self.text.kind, Disguise::Escapes);
            }
        }
    }

    /// The value of a promising name, where it says something in another spelling. `true` where it
    /// does: it is then judged by what it says.
    pub(super) fn encoded_value(&mut self, found: &Assignment) -> bool {
        let value = self.text.slice(found.value.clone());
        if !self.may_look_deeper() || value.len() < SHORTEST {
            return false;
        }
        let range = found.value.clone();
        let bytes = self.text.bytes;
        let (decoded, disguise) = if may_be_base64(value) {
            (Decoded::base64(bytes, range), Disguise::Base64)
        } else if value.iter().all(u8::is_ascii_hexdigit) {
            (Decoded::hex(bytes, range), Disguise::Hex)
        } else if holds_escapes(value) {
            let decoded = Decoded::unescaped(bytes, range, Escapes::Backslash);
            (decoded, Disguise::Escapes)
        } else {
            return false;
        };
        match decoded.filter(Decoded::is_text) {
            Some(decoded) => {
                self.look_into_named(found.name.clone(), decoded, disguise);
                true
            }
            None => false,
        }
    }

    fn may_look_deeper(&self) -> bool {
        self.depth < DEPTH
    }

    /// What a name stands for, decoded: one line is judged as its value, a file as a file.
    fn look_into_named(&mut self, name: Range<usize>, decoded: Decoded, disguise: Disguise) {
        let trimmed = decoded.bytes.trim_ascii_end().len();
        let is_line =
            memchr::memchr(b'\n', decoded.bytes.get(..trimmed).unwrap_or_default()).is_none();
        let label = self.text.slice(name.clone());
        if !is_line || looks_like_file(&decoded.bytes) {
            let kind = kind_of(label, &decoded);
            self.look_into(&decoded, kind, disguise);
            return;
        }
        let mut line = Decoded::default();
        line.push_verbatim(label, name.start);
        line.push_for(b"=", &name);
        line.append(decoded);
        self.look_into(&line, FileKind::Env, disguise);
    }

    /// Passes decoded text through the same rules, and takes over what they find.
    fn look_into(&mut self, decoded: &Decoded, kind: FileKind, disguise: Disguise) {
        let at = decoded.place(0..1).start;
        let text: Text<'_> = self.text.decoded(&decoded.bytes, kind, at);
        let mut inner = Scan::new(self.engine, text);
        inner.depth = self.depth + 1;
        inner.today = self.today;
        inner.pass();
        for candidate in inner.found.into_all() {
            let place = |range| decoded.place(range);
            self.found.add(candidate.moved(place, disguise.says()));
        }
    }
}

/// Cheap, before anything is decoded: of the alphabet, and the first digits say printable text.
fn may_be_base64(value: &[u8]) -> bool {
    let head = value.get(..4).and_then(|_| Decoded::base64(value, 0..4));
    head.is_some_and(|head| head.is_text())
        && !value.iter().all(u8::is_ascii_hexdigit)
        && value
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || b"+/-_= \r\n\t".contains(b))
}

/// Escapes that spell ordinary characters; line ends and quotes are read wherever they stand.
fn holds_escapes(value: &[u8]) -> bool {
    let is_escape = |at| matches!(value.get(at + 1), Some(b'u' | b'x' | b'/'));
    memchr::memchr_iter(b'\\', value).any(is_escape)
}

fn looks_like_file(bytes: &[u8]) -> bool {
    matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'[' | b'<'))
}

/// What the decoded text is, by the name it is kept under or by how it looks.
fn kind_of(name: &[u8], decoded: &Decoded) -> FileKind {
    if !decoded.is_text() {
        return FileKind::Binary;
    }
    let bytes = &decoded.bytes;
    let path = RepoPath::from(String::from_utf8_lossy(name).as_ref());
    match crate::classify::classify(&path, bytes) {
        FileKind::Text => {}
        kind => return kind,
    }
    let head = bytes.get(..bytes.len().min(512)).unwrap_or_default();
    let mut lines = head.split(|b| *b == b'\n');
    match bytes.trim_ascii_start().first() {
        Some(b'{' | b'[') => FileKind::Json,
        Some(b'<') => FileKind::Xml,
        _ if lines
            .clone()
            .any(|l| memchr::memmem::find(l, b": ").is_some() && !l.contains(&b'=')) =>
        {
            FileKind::Yaml
        }
        _ if lines.any(|line| line.contains(&b'=')) => FileKind::Env,
        _ => FileKind::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_images_of_a_mark_stand_in_the_base64_of_whatever_holds_it() {
        let images: Vec<Image> = (0..3).map(|offset| image(b"sk_live_", offset)).collect();
        for (text, offset) in [
            ("c2tfbGl2ZV9hYmM=", 0),
            ("eHNrX2xpdmVfYWJj", 1),
            ("eHhza19saXZlX2FiYw==", 2),
        ] {
            let image = &images[offset];
            let at = text.find(&image.digits).expect("the image");
            assert_eq!(at % 4, image.before, "{text}");
        }
    }

    #[test]
    fn no_image_is_so_short_that_it_stands_everywhere() {
        assert!(
            images()
                .iter()
                .all(|image| image.digits.len() >= SHORTEST_IMAGE)
        );
    }
}
