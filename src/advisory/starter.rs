//! The advisories that the binary carries: the tables under `rules/data/advisories/`, made into
//! segments when the binary is built, so that they cost nothing at start-up.

use std::collections::BTreeMap;

use super::segment::Segment;
use crate::model::Ecosystem;

include!(concat!(env!("OUT_DIR"), "/starter.rs"));

/// The built-in segment of each ecosystem.
pub fn segments() -> BTreeMap<Ecosystem, Segment> {
    STARTER
        .iter()
        .filter_map(|(name, bytes)| Some((Ecosystem::parse(name)?, Segment::embedded(bytes).ok()?)))
        .collect()
}

/// Hash of the built-in set.
pub fn hash() -> &'static str {
    STARTER_HASH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_embedded_under_names_that_lookups_use() {
        let segments = segments();
        assert_eq!(segments.len(), STARTER.len());
        let mut advisories = 0;
        for (ecosystem, segment) in &segments {
            assert!(Segment::read(segment.bytes().to_vec()).is_ok());
            assert!(segment.records() > 0);
            advisories += segment.records();
            for (name, _) in segment.packages() {
                assert_eq!(ecosystem.normalise(&name), name);
            }
        }
        assert!(advisories >= 150, "{advisories}");
    }
}
