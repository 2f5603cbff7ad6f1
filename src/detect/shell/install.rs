//! What package managers are told to install.

use crate::parse::shell::{Command, Options, Syntax, Word};

/// Managers with the words that make them install, and their options with values.
const MANAGERS: &[(&str, &[&str], Syntax)] = &[
    ("apt-get", &["install"], APT),
    ("apt", &["install"], APT),
    ("aptitude", &["install"], APT),
    (
        "apk",
        &["add"],
        Syntax {
            short: "tpX",
            long: &[
                "virtual",
                "repository",
                "root",
                "keys-dir",
                "cache-dir",
                "arch",
            ],
        },
    ),
    ("yum", &["install", "localinstall"], RPM),
    ("dnf", &["install"], RPM),
    ("microdnf", &["install"], RPM),
    ("tdnf", &["install"], RPM),
    (
        "zypper",
        &["install", "in"],
        Syntax {
            short: "rptDC",
            long: &["repo", "type", "root"],
        },
    ),
    (
        "pacman",
        &["-S", "-Sy", "-Syu"],
        Syntax {
            short: "",
            long: &[],
        },
    ),
];

const APT: Syntax = Syntax {
    short: "toc",
    long: &["option", "target-release", "default-release", "config-file"],
};

const RPM: Syntax = Syntax {
    short: "cdex",
    long: &[
        "enablerepo",
        "disablerepo",
        "repo",
        "releasever",
        "installroot",
        "exclude",
        "setopt",
        "config",
    ],
};

/// The words that name packages; empty for commands that install none.
pub fn packages(command: &Command) -> Vec<&Word> {
    let Some((_, verbs, syntax)) = MANAGERS.iter().find(|(name, ..)| *name == command.name) else {
        return Vec::new();
    };
    let options = Options::read(command.args(), *syntax);
    let mut words = options.positional.into_iter();
    if command.name == "pacman" {
        return if command
            .args()
            .first()
            .is_some_and(|w| verbs.contains(&w.text.as_str()))
        {
            words.collect()
        } else {
            Vec::new()
        };
    }
    match words.next() {
        Some(verb) if verbs.contains(&verb.text.as_str()) => words.collect(),
        _ => Vec::new(),
    }
}

/// A package's name without its version.
pub fn bare_name(text: &str) -> &str {
    text.split(['=', '<', '>', '~', ':']).next().unwrap_or(text)
}
