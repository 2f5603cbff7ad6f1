//! `.pgpass`: `host:port:database:user:password`, one line a server.

use std::ops::Range;

use crate::detect::secret::assignment::{Assignment, Style};
use crate::detect::secret::text::Text;

/// What stands in most lines of such a file, whatever it is called.
pub const ANCHORS: &[&str] = &[":5432:", ":*:"];

/// Longest line that is looked at.
const LINE: usize = 512;

/// The password of the line in which a needle was found.
pub fn check(text: &Text<'_>, at: usize) -> Option<Assignment> {
    let before = text.line_before(at, LINE);
    let start = at - before.len();
    let rest = text.slice(start..text.bytes.len().min(start + LINE));
    let line = rest.get(..memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len()))?;
    let [host, port, _, user, password] = fields(line)?;
    let slice = |range: &Range<usize>| line.get(range.clone()).unwrap_or_default();
    let host_like = |b: &u8| b.is_ascii_alphanumeric() || b"._-*/".contains(b);
    let fits = slice(&host).iter().all(host_like)
        && !host.is_empty()
        && slice(&port)
            .iter()
            .all(|b| b.is_ascii_digit() || *b == b'*')
        && !user.is_empty()
        && slice(&password).iter().all(u8::is_ascii_graphic);
    (fits && !password.is_empty()).then(|| Assignment {
        name: start + user.start..start + user.end,
        value: start + password.start..start + password.end,
        quoted: true,
        style: Style::Position,
    })
}

/// The five fields of a line; a backslash takes its meaning from a colon.
fn fields(line: &[u8]) -> Option<[Range<usize>; 5]> {
    let mut bounds = Vec::with_capacity(5);
    let mut start = 0;
    for (at, byte) in line.iter().enumerate() {
        let escaped = at > 0 && line.get(at - 1) == Some(&b'\\');
        if *byte == b':' && !escaped && bounds.len() < 4 {
            bounds.push(start..at);
            start = at + 1;
        }
    }
    bounds.push(start..line.len());
    bounds.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FileKind, Origin, RepoPath, Source, SourceId};

    fn password(line: &str) -> Option<String> {
        let path = RepoPath::from("9f86d081");
        let source = Source::new(
            SourceId(0),
            path,
            FileKind::Text,
            line.as_bytes(),
            Origin::Buffer,
        );
        let at = ANCHORS.iter().find_map(|anchor| line.find(anchor))?;
        let found = check(&Text::new(&source), at)?;
        Some(line[found.value].to_owned())
    }

    #[test]
    fn the_fifth_field_is_the_password() {
        for line in [
            "db.harbour.io:5432:app:ann:s3cr3t!\n",
            "localhost:5432:*:ann:s3cr3t!",
            "*:*:*:ann:s3cr3t!\r\n",
        ] {
            assert_eq!(password(line).as_deref(), Some("s3cr3t!"), "{line}");
        }
        for line in [
            "port: 127.0.0.1:5432:5432\n",
            "a:5432:b:ann:\n",
            "x y:5432:a:b:c d e\n",
        ] {
            assert_eq!(password(line), None, "{line}");
        }
    }
}
