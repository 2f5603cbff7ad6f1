//! Registries other than the public ones: what they serve under a public name may be another
//! package.

use crate::detect::shell::install::KIN_OF_PYPI;
use crate::model::Ecosystem;
use crate::parse::shell::{Command, Options, Script, Variables, Word};

/// Hosts of the public registries, and of public mirrors that serve the same.
const PUBLIC: &[(Ecosystem, &[&str])] = &[
    (
        Ecosystem::PyPI,
        &[
            "//pypi.org",
            "//pypi.python.org",
            "//files.pythonhosted.org",
            "pypi.tuna.tsinghua.edu.cn",
            "mirrors.tuna.tsinghua.edu.cn/pypi",
            "mirrors.aliyun.com/pypi",
            "mirrors.cloud.tencent.com/pypi",
            "pypi.mirrors.ustc.edu.cn",
            "mirrors.ustc.edu.cn/pypi",
            "mirror.baidu.com/pypi",
            "pypi.doubanio.com",
            "pypi.douban.com",
            "repo.huaweicloud.com/repository/pypi",
        ],
    ),
    (
        Ecosystem::Npm,
        &[
            "//registry.npmjs.org",
            "//registry.npmjs.com",
            "//registry.yarnpkg.com",
            "registry.npmmirror.com",
            "registry.npm.taobao.org",
        ],
    ),
    (
        Ecosystem::RubyGems,
        &[
            "//rubygems.org",
            "//index.rubygems.org",
            "gems.ruby-china.com",
        ],
    ),
    (
        Ecosystem::NuGet,
        &["//api.nuget.org", "//www.nuget.org", "//nuget.org"],
    ),
    (
        Ecosystem::Maven,
        &["//repo1.maven.org", "//repo.maven.apache.org"],
    ),
    (
        Ecosystem::Packagist,
        &["//packagist.org", "//repo.packagist.org"],
    ),
];

/// Options that say where packages come from.
const OPTIONS: &[(Ecosystem, &[&str])] = &[
    (
        Ecosystem::PyPI,
        &[
            "i",
            "index-url",
            "default-index",
            "extra-index-url",
            "index",
            "find-links",
            "f",
            "no-index",
            "source",
        ],
    ),
    (Ecosystem::Npm, &["registry"]),
    (Ecosystem::RubyGems, &["s", "source", "l", "local"]),
    (
        Ecosystem::CratesIo,
        &["git", "path", "registry", "index", "manifest-path"],
    ),
    (Ecosystem::Packagist, &["repository", "repository-url"]),
    (
        Ecosystem::NuGet,
        &[
            "s",
            "source",
            "Source",
            "add-source",
            "configfile",
            "ConfigFile",
        ],
    ),
    (Ecosystem::Pub, &["s", "source", "hosted-url", "u"]),
];

/// Variables that say so for every command.
const VARIABLES: &[(Ecosystem, &[&str])] = &[
    (
        Ecosystem::PyPI,
        &[
            "PIP_INDEX_URL",
            "PIP_EXTRA_INDEX_URL",
            "PIP_FIND_LINKS",
            "PIP_NO_INDEX",
            "UV_INDEX_URL",
            "UV_DEFAULT_INDEX",
            "UV_EXTRA_INDEX_URL",
            "UV_INDEX",
        ],
    ),
    (
        Ecosystem::Npm,
        &[
            "NPM_CONFIG_REGISTRY",
            "YARN_REGISTRY",
            "YARN_NPM_REGISTRY_SERVER",
            "BUN_CONFIG_REGISTRY",
            "COREPACK_NPM_REGISTRY",
        ],
    ),
];

/// Programs that can be told so for good, with words that such a command holds.
const PROGRAMS: &[(Ecosystem, &[&str])] = &[
    (Ecosystem::PyPI, &["pip", "pip3", "poetry", "uv", "pdm"]),
    (Ecosystem::Npm, &["npm", "yarn", "pnpm", "bun"]),
    (Ecosystem::RubyGems, &["gem"]),
    (Ecosystem::NuGet, &["dotnet", "nuget"]),
    (Ecosystem::Packagist, &["composer"]),
];
const SETTING: &[&str] = &["config", "set", "sources", "source"];
const SETTINGS: &[&str] = &["index", "registry", "source", "repositor", "find-links"];

fn of<'t>(table: &'t [(Ecosystem, &'t [&'t str])], ecosystem: Ecosystem) -> &'t [&'t str] {
    let row = table.iter().find(|(known, _)| *known == ecosystem);
    row.map_or(&[], |(_, names)| names)
}

/// True for the address of a registry that serves the public packages.
fn is_public(ecosystem: Ecosystem, url: &str) -> bool {
    let url = url.to_ascii_lowercase();
    let kin = match ecosystem {
        Ecosystem::PyPI => KIN_OF_PYPI,
        _ => &[],
    };
    let hosts = of(PUBLIC, ecosystem).iter().chain(kin);
    hosts.into_iter().any(|host| url.contains(host))
}

/// True where an option of a command leads to another registry.
pub fn is_told(ecosystem: Ecosystem, options: &Options<'_>) -> bool {
    options.options.iter().any(|option| {
        let names = of(OPTIONS, ecosystem);
        let scoped = ecosystem == Ecosystem::Npm && option.name.ends_with(":registry");
        (scoped || names.contains(&option.name))
            && !option.value.is_some_and(|url| is_public(ecosystem, url))
    })
}

/// Ecosystems whose managers are told for good to go elsewhere.
#[derive(Debug, Default)]
pub struct Elsewhere(Vec<Ecosystem>);

impl Elsewhere {
    pub fn has(&self, ecosystem: Ecosystem) -> bool {
        self.0.contains(&ecosystem)
    }

    /// Takes over what a variable says.
    pub fn variable(&mut self, name: &str, value: Option<&str>) {
        let row = VARIABLES
            .iter()
            .find(|(_, names)| names.iter().any(|known| known.eq_ignore_ascii_case(name)));
        if let Some((ecosystem, _)) = row
            && value != Some("")
            && !value.is_some_and(|url| is_public(*ecosystem, url))
        {
            self.add(*ecosystem);
        }
    }

    /// Takes over what the variables of a shell say.
    pub fn variables(&mut self, variables: &Variables) {
        for name in VARIABLES.iter().flat_map(|(_, names)| *names) {
            let spelt = [(*name).to_owned(), name.to_ascii_lowercase()];
            for value in spelt.iter().filter_map(|name| variables.get(name)) {
                self.variable(name, value.as_deref());
            }
        }
    }

    fn add(&mut self, ecosystem: Ecosystem) {
        if !self.has(ecosystem) {
            self.0.push(ecosystem);
        }
    }

    /// Takes over what the commands of a script set.
    pub fn script(&mut self, script: &Script) {
        for assignment in &script.assignments {
            self.variable(&assignment.name, Some(&assignment.value.text));
        }
        for command in &script.commands {
            self.command(command);
        }
    }

    fn command(&mut self, command: &Command) {
        let name = command.name.as_str();
        let Some((ecosystem, _)) = PROGRAMS.iter().find(|(_, names)| names.contains(&name)) else {
            return;
        };
        let args = command.args();
        let has = |words: &[&str], found: fn(&str, &str) -> bool| {
            let mut args = args.iter();
            args.any(|arg| words.iter().any(|word| found(&arg.text, word)))
        };
        // The registry of one scope says nothing about all others.
        let is_scope = |word: &Word| word.text.starts_with('@');
        let is_address = |word: &Word| word.text.contains("://") || !word.is_known();
        let is_setting = has(SETTING, |arg, word| arg == word)
            && has(SETTINGS, |arg, word| arg.contains(word))
            && !args.iter().any(is_scope);
        let is_other = |word: &Word| is_address(word) && !is_public(*ecosystem, &word.text);
        if is_setting && args.iter().any(is_other) {
            self.add(*ecosystem);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Elsewhere;
    use crate::model::Ecosystem;
    use crate::parse::shell::Script;

    fn elsewhere(text: &str) -> Vec<Ecosystem> {
        let mut found = Elsewhere::default();
        found.script(&Script::parse(text.as_bytes()));
        found.0
    }

    #[test]
    fn settings_lead_elsewhere() {
        for (text, ecosystem) in [
            (
                "export PIP_INDEX_URL=https://pypi.example.org/simple",
                Ecosystem::PyPI,
            ),
            ("PIP_INDEX_URL=$INDEX pip install x", Ecosystem::PyPI),
            (
                "pip config set global.index-url https://pypi.example.org",
                Ecosystem::PyPI,
            ),
            ("npm config set registry $REGISTRY", Ecosystem::Npm),
            ("npm set registry https://npm.example.org", Ecosystem::Npm),
            (
                "gem sources -a https://gems.example.org",
                Ecosystem::RubyGems,
            ),
        ] {
            assert_eq!(elsewhere(text), [ecosystem], "{text}");
        }
    }

    #[test]
    fn other_settings_and_public_mirrors_do_not() {
        for text in [
            "export PIP_INDEX_URL=https://pypi.org/simple",
            "PIP_EXTRA_INDEX_URL= pip install x",
            "pip config set global.index-url https://mirrors.aliyun.com/pypi/simple",
            "npm config set proxy http://proxy.example.org",
            "npm config set @acme:registry https://npm.example.org",
            "npm config set registry https://registry.npmjs.org",
            "npm install --registry https://npm.example.org",
        ] {
            assert!(elsewhere(text).is_empty(), "{text}");
        }
    }
}
