//! What an image's build does with a repository that it clones.

use super::clone::Clone;
use super::shipping::{Way, way};
use super::{Shell, program};
use crate::model::Span;
use crate::parse::dockerfile::Body;
use crate::parse::shell::Command;

/// Programs that build, install or run what stands in the folder they work in.
const BUILDERS: &[&str] = &[
    "autoconf",
    "autoreconf",
    "bazel",
    "bun",
    "bundle",
    "cabal",
    "cargo",
    "catkin_make",
    "cmake",
    "colcon",
    "composer",
    "dotnet",
    "dpkg-buildpackage",
    "dune",
    "gcc",
    "g++",
    "gem",
    "go",
    "gradle",
    "gradlew",
    "lein",
    "luarocks",
    "make",
    "gmake",
    "mage",
    "maturin",
    "meson",
    "mix",
    "mvn",
    "mvnw",
    "ninja",
    "npm",
    "npx",
    "pdm",
    "phpize",
    "pip",
    "pip3",
    "pipx",
    "pnpm",
    "poetry",
    "qmake",
    "rake",
    "rebar3",
    "sbt",
    "scons",
    "stack",
    "swift",
    "uv",
    "yarn",
    "zig",
];

/// Where what a clone brings is put to use: built, installed or run by a later command, found
/// through PATH, or copied into the image from another stage.
pub(super) fn used(shell: &Shell<'_>, clone: &Clone<'_>) -> Option<Span> {
    let later = shell.script.commands.iter().skip(clone.command.id + 1);
    let command = later
        .filter(|command| command.name != "git")
        .find(|command| puts_to_use(command, &clone.folder))
        .map(Command::program_span);
    let image = shell.image.as_ref()?;
    let copied = || match way(image, &clone.folder) {
        Some(Way::Copied(span)) => Some(span),
        _ => None,
    };
    let searched = || {
        let bodies = image.file.instructions_of(image.stage).map(|i| &i.body);
        let pairs = bodies.filter_map(|body| match body {
            Body::Env(pairs) => Some(pairs.as_slice()),
            _ => None,
        });
        let values = pairs.flatten().filter(|pair| pair.name.text() == "PATH");
        let mut values = values.filter_map(|pair| pair.value.as_ref());
        let value = values.find(|value| value.text().split(':').any(|f| is_in(f, &clone.folder)));
        value.map(|value| value.span)
    };
    command.or_else(searched).or_else(copied)
}

fn is_in(path: &str, folder: &str) -> bool {
    let rest = path.strip_prefix(folder);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn puts_to_use(command: &Command, folder: &str) -> bool {
    let is_inside = is_in(&command.cwd, folder);
    let names_it = |words: &[crate::parse::shell::Word]| {
        words.iter().any(|word| {
            // `-C/src`, `--prefix=/src`, `-S=/src`
            let text = word.text.trim_start_matches("-C");
            let text = text.rsplit_once('=').map_or(text, |(_, value)| value);
            is_in(&command.path(text), folder)
        })
    };
    let program = command.program_word().map_or("", |word| word.text.as_str());
    if program.contains('/') && is_in(&command.path(program), folder) {
        return true;
    }
    let is_builder = BUILDERS.contains(&command.name.as_str());
    let runs = program::is_interpreter(command) && command.shell_string().is_none();
    if is_builder || runs {
        return is_inside || names_it(command.args());
    }
    // A copy into a folder where programs are looked for.
    matches!(command.name.as_str(), "cp" | "mv" | "ln" | "install")
        && (is_inside || names_it(command.args()))
        && command
            .args()
            .last()
            .is_some_and(|word| word.text.contains("/bin"))
}
