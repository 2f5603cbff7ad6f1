//! The text of a first configuration.

use std::fmt::Write as _;

use crate::guard::printable;

use super::{Migration, listed, quoted};

/// Items that could not be carried over which the file names; all are printed.
const NAMED: usize = 200;

const HEAD: &str = "\
# plimsoll.toml: how this repository is checked. All of it may be left out.
# plimsoll explain RULE says what a rule means; plimsoll rules lists them.

# Which rules run: \"default\", \"strict\", or \"all\" with hygiene and style.
# profile = \"default\"

# The least severity that fails: \"low\", \"medium\", \"high\", \"critical\" or \"never\".
# fail-on = \"medium\"

# What is not looked at, in gitignore syntax.
# exclude = [\"vendor/\"]

# Whether an ignore must say why.
# require-reason = true
";

const RULES: &str = "
# Single rules, or whole families: a severity of their own, or \"off\".
[rules]
# \"dockerfile/missing-healthcheck\" = \"medium\"
";

const IGNORES: &str = "
# What is known and accepted. The narrowest entry is the best one: reports show the fingerprint of
# every finding (-v), which follows it through edits and means one secret and no other.
# [[ignore]]
# rule = \"secret/generic-credential\"
# path = \"tests/**\"
# reason = \"made-up values\"
# until = \"2027-01-31\"
";

const OWN: &str = "
# Kinds of secrets of one's own; plimsoll rules --check tries them on their examples.
# [[rule]]
# id = \"secret/acme-token\"
# title = \"Token of the Acme deployment service\"
# severity = \"critical\"
# [rule.pattern]
# prefixes = [\"acme_\"]
# body = [\"alnum{32}\"]
";

pub(super) fn text(migration: &Migration) -> String {
    let mut text = HEAD.to_owned();
    text.push_str(RULES);
    for (id, said) in &migration.off {
        let _ = writeln!(text, "{} = \"off\" # {said}", quoted(id));
    }
    if !migration.registries.is_empty() {
        let list = listed(&migration.registries);
        let _ = write!(
            text,
            "\n# Where images may come from.\n[images]\nregistries = {list}\n"
        );
    }
    text.push_str(IGNORES);
    for ignore in &migration.ignores {
        let _ = write!(text, "\n{ignore}");
    }
    if !migration.left.is_empty() {
        text.push_str("\n# What the files of other tools say and what is not carried over:\n");
    }
    for left in migration.left.iter().take(NAMED) {
        let _ = writeln!(text, "# {}", printable::line(&left.to_string()));
    }
    text.push_str(OWN);
    for rule in &migration.rules {
        let _ = write!(text, "\n{rule}");
    }
    text
}
