//! How pip is called, and what its options take.

use super::Manager;
use crate::parse::shell::{Syntax, Word};

pub(super) const SYNTAX: Syntax = Syntax {
    short: "rceitfdbp",
    long: &[
        "requirement",
        "requirements",
        "constraint",
        "editable",
        "group",
        "index-url",
        "extra-index-url",
        "default-index",
        "index",
        "target",
        "find-links",
        "trusted-host",
        "prefix",
        "root",
        "timeout",
        "default-timeout",
        "cache-dir",
        "python",
        "python-version",
        "implementation",
        "abi",
        "platform",
        "only-binary",
        "no-binary",
        "retries",
        "proxy",
        "cert",
        "client-cert",
        "config-settings",
        "global-option",
        "install-option",
        "build-option",
        "build",
        "src",
        "upgrade-strategy",
        "progress-bar",
        "report",
        "log",
        "exists-action",
        "with",
        "pip-args",
    ],
};

/// `pip`, `pip3`, `pip3.12`.
pub(super) fn is_program(name: &str) -> bool {
    name.strip_prefix("pip")
        .is_some_and(|version| version.bytes().all(|b| b.is_ascii_digit() || b == b'.'))
}

/// `python -m pip`.
pub(super) fn module(args: &[Word]) -> Option<(Manager, &[Word])> {
    let place = args.iter().position(|w| w.text.starts_with("-m"))?;
    let (name, at) = match args.get(place)?.text.as_str() {
        "-m" => (args.get(place + 1)?.text.as_str(), place + 2),
        attached => (attached.get(2..)?, place + 1),
    };
    let manager = match name {
        "pip" => Manager::Pip,
        "pipx" => Manager::Pipx,
        "uv" => Manager::Uv,
        _ => return None,
    };
    Some((manager, args.get(at..)?))
}
