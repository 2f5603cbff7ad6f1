//! build-tools-left: a compiler is in the image that ships.

use super::Shell;
use super::install::{Action, bare_name};
use crate::detect::Sink;

/// Packages that build software and are not needed to run it.
const TOOLS: &[&str] = &[
    "build-essential",
    "build-base",
    "gcc",
    "g++",
    "gcc-c++",
    "clang",
    "make",
    "cmake",
    "ninja-build",
    "alpine-sdk",
    "musl-dev",
    "libc6-dev",
    "libc-dev",
    "linux-headers",
    "autoconf",
    "automake",
    "rustc",
    "cargo",
    "golang",
    "golang-go",
    "maven",
    "gradle",
    "python3-dev",
    "python-dev",
    "@development",
    "@development-tools",
    "base-devel",
];

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let Some(image) = shell.image.filter(|image| image.stage.ships) else {
        return;
    };
    let calls: Vec<_> = shell
        .build_calls()
        .filter(|call| call.manager.is_of_system())
        .collect();
    for (at, call) in calls.iter().enumerate() {
        if !call.is(Action::Install) {
            continue;
        }
        // A named group (`apk add --virtual .build`) goes by that name.
        let group = call.options.get(&["t", "virtual"]).and_then(|o| o.value);
        let later = calls.get(at + 1..).unwrap_or_default();
        let mut removed = later
            .iter()
            .filter(|other| other.is(Action::Remove) && other.command.unit == call.command.unit)
            .flat_map(|other| other.options.positional.iter().skip(1));
        let tool = call
            .packages
            .iter()
            .find(|package| TOOLS.contains(&bare_name(package.name)));
        let Some(tool) = tool else { continue };
        let is_gone = removed.any(|word| {
            word.text == tool.name || Some(word.text.as_str()) == group || word.text.contains('$')
        });
        if is_gone {
            continue;
        }
        let name = tool.name;
        let also = match image.stage.index {
            0 => "build in a stage of its own and copy the result",
            _ => "install it in the stage that builds, and copy the result",
        };
        out.report(
            rule,
            tool.word.span,
            format!("{name} is in the image that ships"),
        )
        .text("needed to build, not to run")
        .help(format!("{also}, or remove it in the same step"));
        return;
    }
}
