// A rule as the build packs it into the binary. Shared with `build.rs`.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::model::{Confidence, Profile, Severity};

/// What a rule's file says, without its examples and its pattern. Text that is borrowed from packed
/// bytes costs the binary nothing but itself; each static string costs it an address that is worked
/// out at every start.
#[derive(Debug, Deserialize, Serialize)]
pub struct Row<'a> {
    pub id: &'a str,
    pub title: &'a str,
    pub severity: Severity,
    pub confidence: Confidence,
    pub profile: Profile,
    pub category: &'a str,
    pub cwe: Vec<u32>,
    /// One a line, as the next.
    pub aliases: &'a str,
    pub compliance: &'a str,
    pub since: &'a str,
    /// Where its documentation stands in that of all rules, in bytes.
    pub docs: Range<usize>,
    pub fixable: bool,
}
