use std::io::Read;

use super::{Found, InputError, Item, Payload};
use crate::guard::LIMITS;
use crate::model::{Origin, RepoPath, SkipReason};

/// Standard input as one item. The path decides what kind of file it is taken for.
pub fn stdin(path: RepoPath, input: impl Read) -> Result<Found, InputError> {
    let mut bytes = Vec::new();
    input
        .take(LIMITS.blob + 1)
        .read_to_end(&mut bytes)
        .map_err(|e| InputError::Unreadable {
            path: "standard input".into(),
            why: e.to_string(),
        })?;
    if bytes.len() as u64 > LIMITS.blob {
        let limit = LIMITS.blob;
        return Ok(Found::skipped(path, SkipReason::TooLarge { limit }));
    }
    Ok(Found::Item(Item {
        path,
        payload: Payload::Bytes(bytes),
        origin: Origin::Stdin,
        changed: None,
        before: None,
        renamed: false,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_carries_the_given_name() {
        let found = stdin(RepoPath::from("Dockerfile"), &b"FROM a\n"[..]).expect("readable");
        let Found::Item(mut item) = found else {
            panic!("an item");
        };
        let mut bytes = Vec::new();
        item.read_into(&mut bytes).expect("bytes");
        assert_eq!(
            (item.path, bytes),
            (RepoPath::from("Dockerfile"), b"FROM a\n".to_vec())
        );
    }
}
