//! The platforms that images are built for, and the arguments that name them.

use super::expand::{Lookup, expand};
use super::instruction::Word;
use super::value::Value;

/// Set by BuildKit for every build: usable in FROM, and in stages that declare them.
pub(super) const ARGUMENTS: &[&str] = &[
    "TARGETPLATFORM",
    "TARGETOS",
    "TARGETARCH",
    "TARGETVARIANT",
    "BUILDPLATFORM",
    "BUILDOS",
    "BUILDARCH",
    "BUILDVARIANT",
];

/// System, architecture and variant, the commonest first.
const PLATFORMS: &[[&str; 3]] = &[
    ["linux", "amd64", ""],
    ["linux", "arm64", ""],
    ["linux", "arm", "v7"],
    ["linux", "arm", "v6"],
    ["linux", "arm", "v5"],
    ["linux", "386", ""],
    ["linux", "ppc64le", ""],
    ["linux", "s390x", ""],
    ["linux", "riscv64", ""],
    ["linux", "mips64le", ""],
    ["linux", "loong64", ""],
    ["windows", "amd64", ""],
    ["windows", "arm64", ""],
    ["darwin", "amd64", ""],
    ["darwin", "arm64", ""],
    ["freebsd", "amd64", ""],
];

/// What a word means on each platform, where that is known.
pub(super) fn meanings(word: &Word, escape: char, lookup: &dyn Fn(&str) -> Lookup) -> Vec<String> {
    if !word.raw.contains('$') {
        return Vec::new();
    }
    let mut found = Vec::new();
    for [os, arch, variant] in PLATFORMS {
        let set = |text: &str| Lookup::Set(Value::new(text));
        let on_platform = |name: &str| {
            let part = name.strip_prefix("TARGET").or(name.strip_prefix("BUILD"));
            match part {
                Some("OS") => set(os),
                Some("ARCH") => set(arch),
                Some("VARIANT") => set(variant),
                Some("PLATFORM") => set([*os, *arch, *variant].join("/").trim_end_matches('/')),
                _ => lookup(name),
            }
        };
        let value = expand(&word.raw, escape, &on_platform);
        found.extend(value.as_ref().and_then(Value::known).map(str::to_owned));
    }
    found
}
