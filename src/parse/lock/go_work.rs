//! go.work: the modules of a workspace, which list themselves, and what it replaces for all of them.

use super::go_mod::File;
use super::{Input, Lockfile};

pub fn read(input: &Input<'_>) -> Lockfile {
    let file = File::read(input.text);
    let mut packages = file.replacing();
    packages.extend(file.standard_library());
    Lockfile {
        packages,
        errors: file.errors,
        unknown: Vec::new(),
    }
}
