use super::pip;
use crate::parse::shell::{Command, Opt, Options, PLAIN, Syntax, Word};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Manager {
    AptGet,
    Apt,
    Aptitude,
    Apk,
    Yum,
    Dnf,
    Microdnf,
    Tdnf,
    Zypper,
    Pacman,
    Pip,
    Pipx,
    Uv,
    Npm,
    Yarn,
    Pnpm,
    Bun,
    Gem,
    Bundle,
    Go,
    Cargo,
    Composer,
    Conda,
    Brew,
}

/// What a manager is told to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Installs the packages that are named, or those of a project's own list.
    Install,
    /// Fetches the index of packages.
    Refresh,
    /// Replaces what is installed by newer versions.
    Upgrade,
    /// The same, and may go to another release or remove packages.
    Release,
    Remove,
    /// Removes what it has stored.
    Clean,
    Other,
}

use Action::{Clean, Install, Other, Refresh, Release, Remove, Upgrade};

struct Grammar {
    manager: Manager,
    programs: &'static [&'static str],
    syntax: Syntax,
    /// Subcommands; those of two words stand before those of one.
    verbs: &'static [(&'static str, Action)],
}

const APT: Syntax = Syntax {
    short: "toca",
    long: &[
        "option",
        "target-release",
        "default-release",
        "config-file",
        "host-architecture",
    ],
};

const APT_VERBS: &[(&str, Action)] = &[
    ("install", Install),
    ("reinstall", Install),
    ("update", Refresh),
    ("upgrade", Upgrade),
    ("safe-upgrade", Upgrade),
    ("dist-upgrade", Release),
    ("full-upgrade", Release),
    ("remove", Remove),
    ("purge", Remove),
    ("autoremove", Remove),
    ("autopurge", Remove),
    ("clean", Clean),
    ("autoclean", Clean),
    ("distclean", Clean),
    ("dist-clean", Clean),
];

const RPM: Syntax = Syntax {
    short: "cdeRx",
    long: &[
        "enablerepo",
        "disablerepo",
        "repo",
        "repoid",
        "releasever",
        "installroot",
        "exclude",
        "excludepkgs",
        "setopt",
        "config",
        "disableplugin",
        "enableplugin",
        "color",
        "comment",
        "downloaddir",
        "forcearch",
    ],
};

const RPM_VERBS: &[(&str, Action)] = &[
    ("group install", Install),
    ("groups install", Install),
    ("module install", Install),
    ("install", Install),
    ("localinstall", Install),
    ("groupinstall", Install),
    ("reinstall", Install),
    ("update", Upgrade),
    ("upgrade", Upgrade),
    ("update-minimal", Upgrade),
    ("upgrade-minimal", Upgrade),
    ("distro-sync", Release),
    ("distribution-synchronization", Release),
    ("remove", Remove),
    ("erase", Remove),
    ("autoremove", Remove),
    ("makecache", Refresh),
    ("check-update", Refresh),
    ("clean", Clean),
];

const JS_LONG: &[&str] = &[
    "prefix",
    "registry",
    "cache",
    "loglevel",
    "userconfig",
    "globalconfig",
    "only",
    "omit",
    "include",
    "otp",
    "tag",
    "script-shell",
    "workspace",
    "fetch-timeout",
    "fetch-retries",
    "network-timeout",
    "network-concurrency",
    "mutex",
    "cwd",
    "modules-folder",
    "cache-folder",
    "filter",
    "dir",
    "store-dir",
    "reporter",
];

static GRAMMARS: &[Grammar] = &[
    Grammar {
        manager: Manager::AptGet,
        programs: &["apt-get"],
        syntax: APT,
        verbs: APT_VERBS,
    },
    Grammar {
        manager: Manager::Apt,
        programs: &["apt"],
        syntax: APT,
        verbs: APT_VERBS,
    },
    Grammar {
        manager: Manager::Aptitude,
        programs: &["aptitude"],
        syntax: APT,
        verbs: APT_VERBS,
    },
    Grammar {
        manager: Manager::Apk,
        programs: &["apk"],
        syntax: Syntax {
            short: "tpX",
            long: &[
                "virtual",
                "repository",
                "repositories-file",
                "root",
                "keys-dir",
                "cache-dir",
                "cache-max-age",
                "arch",
                "wait",
                "progress-fd",
                "timeout",
            ],
        },
        verbs: &[
            ("cache clean", Clean),
            ("add", Install),
            ("update", Refresh),
            ("upgrade", Upgrade),
            ("del", Remove),
        ],
    },
    Grammar {
        manager: Manager::Yum,
        programs: &["yum"],
        syntax: RPM,
        verbs: RPM_VERBS,
    },
    Grammar {
        manager: Manager::Dnf,
        programs: &["dnf", "dnf5"],
        syntax: RPM,
        verbs: RPM_VERBS,
    },
    Grammar {
        manager: Manager::Microdnf,
        programs: &["microdnf"],
        syntax: RPM,
        verbs: RPM_VERBS,
    },
    Grammar {
        manager: Manager::Tdnf,
        programs: &["tdnf"],
        syntax: RPM,
        verbs: RPM_VERBS,
    },
    Grammar {
        manager: Manager::Zypper,
        programs: &["zypper"],
        syntax: Syntax {
            short: "rptcCR",
            long: &[
                "repo",
                "from",
                "type",
                "root",
                "config",
                "cache-dir",
                "reposd-dir",
                "plus-repo",
                "plus-content",
            ],
        },
        verbs: &[
            ("install", Install),
            ("in", Install),
            ("source-install", Install),
            ("si", Install),
            ("remove", Remove),
            ("rm", Remove),
            ("update", Upgrade),
            ("up", Upgrade),
            ("patch", Upgrade),
            ("dist-upgrade", Release),
            ("dup", Release),
            ("refresh", Refresh),
            ("ref", Refresh),
            ("clean", Clean),
            ("cc", Clean),
        ],
    },
    Grammar {
        manager: Manager::Pacman,
        programs: &["pacman"],
        syntax: Syntax {
            short: "br",
            long: &[
                "root",
                "dbpath",
                "cachedir",
                "config",
                "overwrite",
                "ignore",
            ],
        },
        verbs: &[],
    },
    Grammar {
        manager: Manager::Pip,
        programs: &[],
        syntax: pip::SYNTAX,
        verbs: &[
            ("cache purge", Clean),
            ("install", Install),
            ("uninstall", Remove),
        ],
    },
    Grammar {
        manager: Manager::Pipx,
        programs: &["pipx"],
        syntax: pip::SYNTAX,
        verbs: &[("install", Install)],
    },
    Grammar {
        manager: Manager::Uv,
        programs: &["uv"],
        syntax: pip::SYNTAX,
        verbs: &[
            ("pip install", Install),
            ("tool install", Install),
            ("sync", Other),
            ("cache clean", Clean),
        ],
    },
    Grammar {
        manager: Manager::Npm,
        programs: &["npm"],
        syntax: Syntax {
            short: "Cw",
            long: JS_LONG,
        },
        verbs: &[
            ("cache clean", Clean),
            ("install", Install),
            ("i", Install),
            ("in", Install),
            ("add", Install),
            ("ci", Other),
            ("update", Upgrade),
            ("up", Upgrade),
            ("upgrade", Upgrade),
            ("uninstall", Remove),
        ],
    },
    Grammar {
        manager: Manager::Yarn,
        programs: &["yarn", "yarnpkg"],
        syntax: Syntax {
            short: "",
            long: JS_LONG,
        },
        verbs: &[
            ("cache clean", Clean),
            ("global add", Install),
            ("install", Install),
            ("add", Install),
            ("upgrade", Upgrade),
            ("up", Upgrade),
            ("remove", Remove),
        ],
    },
    Grammar {
        manager: Manager::Pnpm,
        programs: &["pnpm"],
        syntax: Syntax {
            short: "CF",
            long: JS_LONG,
        },
        verbs: &[
            ("store prune", Clean),
            ("install", Install),
            ("i", Install),
            ("add", Install),
            ("update", Upgrade),
            ("up", Upgrade),
        ],
    },
    Grammar {
        manager: Manager::Bun,
        programs: &["bun"],
        syntax: Syntax {
            short: "c",
            long: JS_LONG,
        },
        verbs: &[
            ("install", Install),
            ("i", Install),
            ("add", Install),
            ("a", Install),
            ("update", Upgrade),
        ],
    },
    Grammar {
        manager: Manager::Gem,
        programs: &["gem"],
        syntax: Syntax {
            short: "vinsPpBg",
            long: &[
                "version",
                "install-dir",
                "bindir",
                "source",
                "platform",
                "trust-policy",
                "http-proxy",
                "build-root",
                "file",
            ],
        },
        verbs: &[
            ("install", Install),
            ("i", Install),
            ("update", Upgrade),
            ("uninstall", Remove),
            ("cleanup", Clean),
        ],
    },
    Grammar {
        manager: Manager::Bundle,
        programs: &["bundle", "bundler"],
        syntax: PLAIN,
        verbs: &[("install", Install), ("update", Upgrade)],
    },
    Grammar {
        manager: Manager::Go,
        programs: &["go"],
        syntax: PLAIN,
        verbs: &[
            ("clean", Clean),
            ("install", Install),
            ("get", Install),
            ("run", Install),
        ],
    },
    Grammar {
        manager: Manager::Cargo,
        programs: &["cargo"],
        syntax: Syntax {
            short: "FjpZC",
            long: &[
                "version",
                "vers",
                "git",
                "branch",
                "tag",
                "rev",
                "path",
                "root",
                "registry",
                "index",
                "features",
                "profile",
                "target",
                "target-dir",
                "bin",
                "example",
                "jobs",
                "color",
                "config",
                "manifest-path",
                "message-format",
            ],
        },
        verbs: &[("install", Install), ("update", Upgrade)],
    },
    Grammar {
        manager: Manager::Composer,
        programs: &["composer", "composer.phar"],
        syntax: Syntax {
            short: "d",
            long: &["working-dir", "repository", "stability"],
        },
        verbs: &[
            ("global require", Install),
            ("require", Install),
            ("install", Install),
            ("update", Upgrade),
        ],
    },
    Grammar {
        manager: Manager::Conda,
        programs: &["conda", "mamba", "micromamba"],
        syntax: Syntax {
            short: "ncpf",
            long: &["name", "channel", "prefix", "file", "solver"],
        },
        verbs: &[
            ("install", Install),
            ("create", Install),
            ("update", Upgrade),
            ("remove", Remove),
            ("clean", Clean),
        ],
    },
    Grammar {
        manager: Manager::Brew,
        programs: &["brew"],
        syntax: PLAIN,
        verbs: &[
            ("install", Install),
            ("update", Refresh),
            ("upgrade", Upgrade),
        ],
    },
];

/// Options of `go` whose value is the next word, unless a `=` gives it.
const GO_VALUES: &[&str] = &[
    "C",
    "p",
    "tags",
    "ldflags",
    "gcflags",
    "asmflags",
    "mod",
    "modfile",
    "pkgdir",
    "toolexec",
    "installsuffix",
    "compiler",
    "overlay",
    "buildmode",
    "exec",
    "pgo",
];

impl Manager {
    /// The manager that a command calls, and the words that it is told.
    pub(super) fn called(command: &Command) -> Option<(Self, &[Word])> {
        let args = command.args();
        if pip::is_program(&command.name) {
            return Some((Self::Pip, args));
        }
        if command.name.starts_with("python") || command.name.starts_with("pypy") {
            return pip::module(args);
        }
        let grammar = GRAMMARS
            .iter()
            .find(|grammar| grammar.programs.contains(&command.name.as_str()))?;
        Some((grammar.manager, args))
    }

    /// True for managers of the distribution's packages.
    pub fn is_of_system(self) -> bool {
        self.is_apt() || self.is_rpm() || matches!(self, Self::Apk | Self::Zypper | Self::Pacman)
    }

    pub fn is_apt(self) -> bool {
        matches!(self, Self::AptGet | Self::Apt | Self::Aptitude)
    }

    /// True for yum and those that came after it; they share their caches and subcommands.
    pub fn is_rpm(self) -> bool {
        matches!(self, Self::Yum | Self::Dnf | Self::Microdnf | Self::Tdnf)
    }

    pub fn is_pip(self) -> bool {
        matches!(self, Self::Pip | Self::Pipx | Self::Uv)
    }

    pub fn is_node(self) -> bool {
        matches!(self, Self::Npm | Self::Yarn | Self::Pnpm | Self::Bun)
    }

    /// True where both install the same packages from the same index.
    pub fn is_kin_of(self, other: Self) -> bool {
        self == other || (self.is_apt() && other.is_apt()) || (self.is_rpm() && other.is_rpm())
    }

    fn grammar(self) -> Option<&'static Grammar> {
        GRAMMARS.iter().find(|grammar| grammar.manager == self)
    }

    pub(super) fn options(self, args: &[Word]) -> Options<'_> {
        match self {
            Self::Go => go_options(args),
            // What follows `--` is for the build of native parts.
            Self::Gem => {
                let own = args.iter().position(|word| word.text == "--");
                let own = args.get(..own.unwrap_or(args.len()));
                Options::read(own.unwrap_or_default(), self.syntax())
            }
            Self::Cargo => {
                let toolchain = args.first().is_some_and(|word| word.text.starts_with('+'));
                let own = args.get(usize::from(toolchain)..);
                Options::read(own.unwrap_or_default(), self.syntax())
            }
            _ => Options::read(args, self.syntax()),
        }
    }

    fn syntax(self) -> Syntax {
        self.grammar().map_or(PLAIN, |grammar| grammar.syntax)
    }

    /// What the words ask for, and how many of them say so.
    pub(super) fn action(self, options: &Options<'_>) -> (Action, usize) {
        let word = |at: usize| options.positional.get(at).map_or("", |w| w.text.as_str());
        let (first, second) = (word(0), word(1));
        match self {
            Self::Pacman => return (pacman_action(options), 0),
            // Without a word it installs what the project names.
            Self::Yarn if first.is_empty() => return (Install, 0),
            _ => {}
        }
        let verbs = self.grammar().map_or(&[][..], |grammar| grammar.verbs);
        verbs
            .iter()
            .find_map(|(verb, action)| match verb.split_once(' ') {
                Some((one, two)) => (first == one && second == two).then_some((*action, 2)),
                None => (first == *verb).then_some((*action, 1)),
            })
            .unwrap_or((Other, usize::from(!first.is_empty())))
    }
}

fn pacman_action(options: &Options<'_>) -> Action {
    let has = |names: &[&str]| options.has(names);
    let named = !options.positional.is_empty();
    match () {
        () if has(&["R", "remove"]) => Remove,
        () if has(&["U", "upgrade"]) => Install,
        () if !has(&["S", "sync"]) => Other,
        () if has(&["c", "clean"]) => Clean,
        () if named => Install,
        () if has(&["u", "sysupgrade"]) => Upgrade,
        () if has(&["y", "refresh"]) => Refresh,
        () => Other,
    }
}

/// `go` writes long options with one dash.
fn go_options(args: &[Word]) -> Options<'_> {
    let mut found = Options::default();
    let mut words = args.iter();
    while let Some(word) = words.next() {
        let Some(option) = word.text.strip_prefix('-').filter(|o| !o.is_empty()) else {
            found.positional.push(word);
            continue;
        };
        let option = option.strip_prefix('-').unwrap_or(option);
        let (name, value) = match option.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (option, None),
        };
        let next = (value.is_none() && GO_VALUES.contains(&name))
            .then(|| words.next())
            .flatten();
        found.options.push(Opt {
            name,
            value: value.or(next.map(|w| w.text.as_str())),
            word,
            value_word: next.or(value.map(|_| word)),
        });
    }
    found
}
