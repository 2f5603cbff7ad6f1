//! Edits to bytes.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::model::Edit;

/// The bytes with the edits made, which are sorted and apart; `None` where one of them lies outside.
/// New lines end the way the file's lines do.
pub(super) fn apply(
    bytes: &[u8],
    edits: &BTreeMap<u32, Vec<&Edit>>,
    crlf: bool,
) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    for edit in edits.values().flatten() {
        out.extend_from_slice(bytes.get(at..edit.span.start as usize)?);
        out.extend_from_slice(with_ends(&edit.with, crlf).as_bytes());
        at = edit.span.end as usize;
    }
    out.extend_from_slice(bytes.get(at..)?);
    Some(out)
}

/// True where the first line ends in `\r\n`.
pub(super) fn has_crlf(bytes: &[u8]) -> bool {
    memchr::memchr(b'\n', bytes).is_some_and(|at| at > 0 && bytes.get(at - 1) == Some(&b'\r'))
}

fn with_ends(text: &str, crlf: bool) -> Cow<'_, str> {
    if crlf && text.contains('\n') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\n', "\r\n"))
    } else {
        Cow::Borrowed(text)
    }
}
