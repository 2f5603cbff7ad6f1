//! Programs that other words than a manager's `install` make fetch packages.

use crate::model::Ecosystem;
use crate::parse::shell::{PLAIN, Syntax};

/// A program that other words than a manager's `install` make fetch packages.
pub struct Tool {
    pub programs: &'static [&'static str],
    /// The words that stand before the packages.
    pub verbs: &'static [&'static str],
    pub ecosystem: Ecosystem,
    pub syntax: Syntax,
    pub takes: Takes,
}

/// Which of the words name packages.
#[derive(Clone, Copy)]
pub enum Takes {
    /// All of them.
    All,
    /// The first one, which is then run, unless options of these names say what is fetched.
    First(&'static [&'static str]),
    /// The first one, in the version that an option gives.
    One(&'static [&'static str]),
    /// The first one, in the version that the second one is.
    Two,
    /// The first one, in the version that the third one is.
    Three,
    /// Only what options of these names say.
    Options(&'static [&'static str]),
}

const NODE: Syntax = Syntax {
    short: "pc",
    long: &[
        "package",
        "call",
        "registry",
        "cache",
        "userconfig",
        "prefix",
        "workspace",
        "loglevel",
        "dir",
        "filter",
    ],
};

const UV: Syntax = Syntax {
    short: "pif",
    long: &[
        "from",
        "with",
        "with-requirements",
        "with-editable",
        "python",
        "index",
        "default-index",
        "index-url",
        "extra-index-url",
        "find-links",
        "cache-dir",
        "directory",
        "project",
        "package",
        "group",
        "env-file",
        "extra",
        "source",
        "optional",
        "spec",
        "pip-args",
        "editable",
        "dev-group",
    ],
};

const DOTNET: Syntax = Syntax {
    short: "vfs",
    long: &[
        "version",
        "framework",
        "source",
        "add-source",
        "configfile",
        "tool-path",
        "package-directory",
        "verbosity",
        "arch",
        "tool-manifest",
    ],
};

const fn tool(
    programs: &'static [&'static str],
    verbs: &'static [&'static str],
    ecosystem: Ecosystem,
    syntax: Syntax,
    takes: Takes,
) -> Tool {
    Tool {
        programs,
        verbs,
        ecosystem,
        syntax,
        takes,
    }
}

/// Longer verbs before their beginnings.
pub static TOOLS: &[Tool] = &[
    tool(
        &["npx", "pnpx", "bunx"],
        &[],
        Ecosystem::Npm,
        NODE,
        Takes::First(&["p", "package"]),
    ),
    tool(
        &["npm"],
        &["exec"],
        Ecosystem::Npm,
        NODE,
        Takes::First(&["p", "package"]),
    ),
    tool(
        &["npm", "bun"],
        &["x"],
        Ecosystem::Npm,
        NODE,
        Takes::First(&["p", "package"]),
    ),
    tool(
        &["pnpm", "yarn"],
        &["dlx"],
        Ecosystem::Npm,
        NODE,
        Takes::First(&["p", "package"]),
    ),
    tool(
        &["corepack"],
        &["prepare"],
        Ecosystem::Npm,
        PLAIN,
        Takes::All,
    ),
    tool(&["corepack"], &["use"], Ecosystem::Npm, PLAIN, Takes::All),
    tool(
        &["corepack"],
        &["install"],
        Ecosystem::Npm,
        PLAIN,
        Takes::All,
    ),
    tool(&["uvx"], &[], Ecosystem::PyPI, UV, Takes::First(&["from"])),
    tool(
        &["uv"],
        &["tool", "run"],
        Ecosystem::PyPI,
        UV,
        Takes::First(&["from"]),
    ),
    tool(
        &["uv"],
        &["run"],
        Ecosystem::PyPI,
        UV,
        Takes::Options(&["with"]),
    ),
    tool(&["uv"], &["add"], Ecosystem::PyPI, UV, Takes::All),
    tool(
        &["pipx"],
        &["run"],
        Ecosystem::PyPI,
        UV,
        Takes::First(&["spec"]),
    ),
    tool(
        &["poetry"],
        &["self", "add"],
        Ecosystem::PyPI,
        UV,
        Takes::All,
    ),
    tool(
        &["poetry", "pdm", "rye"],
        &["add"],
        Ecosystem::PyPI,
        UV,
        Takes::All,
    ),
    tool(&["pipenv"], &["install"], Ecosystem::PyPI, UV, Takes::All),
    tool(&["easy_install"], &[], Ecosystem::PyPI, UV, Takes::All),
    tool(
        &["bundle"],
        &["add"],
        Ecosystem::RubyGems,
        Syntax {
            short: "vgsr",
            long: &["version", "group", "source", "require"],
        },
        Takes::One(&["v", "version"]),
    ),
    tool(
        &["cargo"],
        &["binstall"],
        Ecosystem::CratesIo,
        Syntax {
            short: "",
            long: &["version", "git", "registry", "index", "manifest-path"],
        },
        Takes::One(&["version"]),
    ),
    tool(
        &["cargo-binstall"],
        &[],
        Ecosystem::CratesIo,
        PLAIN,
        Takes::All,
    ),
    tool(
        &["dotnet"],
        &["tool", "install"],
        Ecosystem::NuGet,
        DOTNET,
        Takes::One(&["version"]),
    ),
    tool(
        &["dotnet"],
        &["tool", "update"],
        Ecosystem::NuGet,
        DOTNET,
        Takes::One(&["version"]),
    ),
    tool(
        &["dotnet"],
        &["package", "add"],
        Ecosystem::NuGet,
        DOTNET,
        Takes::One(&["v", "version"]),
    ),
    tool(
        &["dotnet"],
        &["add", "package"],
        Ecosystem::NuGet,
        DOTNET,
        Takes::One(&["v", "version"]),
    ),
    tool(
        &["dotnet"],
        &["add", "*", "package"],
        Ecosystem::NuGet,
        DOTNET,
        Takes::One(&["v", "version"]),
    ),
    tool(
        &["mix"],
        &["archive.install", "hex"],
        Ecosystem::Hex,
        PLAIN,
        Takes::Two,
    ),
    tool(
        &["mix"],
        &["escript.install", "hex"],
        Ecosystem::Hex,
        PLAIN,
        Takes::Two,
    ),
    tool(
        &["dart", "flutter"],
        &["pub", "global", "activate"],
        Ecosystem::Pub,
        PLAIN,
        Takes::Two,
    ),
    tool(
        &["composer", "composer.phar"],
        &["create-project"],
        Ecosystem::Packagist,
        PLAIN,
        Takes::Three,
    ),
];
