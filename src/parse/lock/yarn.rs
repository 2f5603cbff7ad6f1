//! yarn.lock: of yarn 1 a format of its own, of later ones YAML.

use super::package_json::{self, Manifest};
use super::{Ask, Input, Lockfile, yarn_berry, yarn_classic};

/// What only the later format begins with.
const METADATA: &str = "__metadata:";

fn is_berry(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').starts_with(METADATA)
        || memchr::memmem::find_iter(text.as_bytes(), METADATA)
            .any(|at| at > 0 && text.as_bytes()[at - 1] == b'\n')
}

pub fn wants(input: &Input<'_>) -> Vec<Ask> {
    let mut asks = package_json::ask(input, [""]);
    if is_berry(input.text) {
        let folders = yarn_berry::workspaces(input.text);
        asks.extend(package_json::ask(input, folders));
    } else if let Some(manifest) = Manifest::beside(input, "") {
        let (folders, more) = manifest.workspaces(input);
        asks.extend(package_json::ask(input, folders.iter().map(String::as_str)));
        asks.extend(more);
    }
    asks
}

pub fn read(input: &Input<'_>) -> Lockfile {
    if is_berry(input.text) {
        yarn_berry::read(input)
    } else {
        yarn_classic::read(input)
    }
}

/// Name and range of a descriptor, `name@range` or `@scope/name@range`.
pub fn split(descriptor: &str) -> Option<(&str, &str)> {
    let after = usize::from(descriptor.starts_with('@'));
    let at = after + descriptor.get(after..)?.find('@')?;
    let (name, range) = (descriptor.get(..at)?, descriptor.get(at + 1..)?);
    (!name.is_empty() && !name.contains(':')).then_some((name, range))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_descriptor_is_a_name_and_a_range() {
        assert_eq!(split("a@^1"), Some(("a", "^1")));
        assert_eq!(split("@s/a@npm:@t/b@1"), Some(("@s/a", "npm:@t/b@1")));
        assert_eq!(
            split("a@git@x.example:o/r"),
            Some(("a", "git@x.example:o/r"))
        );
        for none in ["", "a", "@s/a", "git+ssh://git@x.example/o/r"] {
            assert_eq!(split(none), None, "{none}");
        }
    }
}
