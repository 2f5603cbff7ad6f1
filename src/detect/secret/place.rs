use crate::model::{FileKind, RepoPath};

/// What a file is for, as far as its path tells: the same text is a leak in one and an example in
/// another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Ordinary,
    /// Tests, fixtures and mocks.
    Test,
    /// Documentation, examples and templates of configuration.
    Example,
    /// Texts for people in several languages.
    Translation,
    /// Generated lists of digests.
    Lockfile,
}

const TESTS: &[&str] = &[
    "test",
    "tests",
    "testing",
    "testdata",
    "test-data",
    "test_data",
    "__tests__",
    "spec",
    "specs",
    "fixture",
    "fixtures",
    "__fixtures__",
    "mock",
    "mocks",
    "__mocks__",
    "e2e",
    "cypress",
    "cassettes",
    "integration",
    "unit",
    "molecule",
];
const EXAMPLES: &[&str] = &[
    "doc",
    "docs",
    "documentation",
    "example",
    "examples",
    "sample",
    "samples",
    "demo",
    "demos",
    "tutorial",
    "tutorials",
    "man",
    "quickstart",
];
const TRANSLATIONS: &[&str] = &[
    "locale",
    "locales",
    "i18n",
    "l10n",
    "lang",
    "langs",
    "translations",
    "translation",
    "_locales",
];
const DOCUMENT_EXTENSIONS: &[&str] = &[
    "md", "markdown", "rst", "adoc", "txt", "html", "htm", "tex", "pod", "ipynb", "1", "5", "8",
];
const TRANSLATION_EXTENSIONS: &[&str] = &["po", "pot", "arb", "xliff", "xlf", "resx", "strings"];
const LOCKFILES: &[&str] = &["flake.lock", "sha256sums", "checksums.txt"];

/// Words of file names that mark examples and templates.
const NAMES_OF_EXAMPLES: &[&str] = &[
    "example", "sample", "template", "dist", "tmpl", "demo", "swagger", "openapi",
];

impl Place {
    pub fn of(path: &RepoPath, kind: FileKind) -> Self {
        let path = String::from_utf8_lossy(path.as_bytes()).to_ascii_lowercase();
        let (folders, name) = path.rsplit_once('/').unwrap_or(("", &path));
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        let in_one_of = |names: &[&str]| folders.split('/').any(|folder| names.contains(&folder));
        if kind.is_lockfile() || LOCKFILES.contains(&name) {
            return Self::Lockfile;
        }
        if in_one_of(TRANSLATIONS) || TRANSLATION_EXTENSIONS.contains(&extension) {
            return Self::Translation;
        }
        if in_one_of(TESTS) || is_test_name(name) || folders.split('/').any(is_test_folder) {
            return Self::Test;
        }
        let names_an_example = || {
            name.split(['.', '-', '_'])
                .any(|part| NAMES_OF_EXAMPLES.contains(&part))
        };
        if in_one_of(EXAMPLES) || DOCUMENT_EXTENSIONS.contains(&extension) || names_an_example() {
            return Self::Example;
        }
        Self::Ordinary
    }

    /// True where what looks like a secret is mostly none.
    pub fn is_lenient(self) -> bool {
        self != Self::Ordinary
    }
}

fn is_test_folder(folder: &str) -> bool {
    ["_test", "-test", "_tests", "-tests", ".tests", ".test"]
        .iter()
        .any(|end| folder.ends_with(end))
        || ["test_", "test-", "tests-", "tests_"]
            .iter()
            .any(|start| folder.starts_with(start))
}

/// `test_x.py`, `x_test.go`, `x.spec.ts`, `XTest.java`, `conftest.py`.
fn is_test_name(name: &str) -> bool {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    stem == "conftest"
        || stem.starts_with("test_")
        || stem.starts_with("test-")
        || [
            "_test", "-test", ".test", "_tests", "_spec", ".spec", ".stories", ".cy",
        ]
        .iter()
        .any(|end| stem.ends_with(end))
        || name.contains(".test.")
        || name.contains(".spec.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(path: &str) -> Place {
        let path = RepoPath::from(path);
        let kind = crate::classify::classify(&path, b"");
        Place::of(&path, kind)
    }

    #[test]
    fn a_path_tells_what_a_file_is_for() {
        assert_eq!(place("src/settings.py"), Place::Ordinary);
        assert_eq!(place(".env"), Place::Ordinary);
        assert_eq!(place("pkg/client_test.go"), Place::Test);
        assert_eq!(place("tests/data/key.pem"), Place::Test);
        assert_eq!(place(".env.example"), Place::Example);
        assert_eq!(place("README.md"), Place::Example);
        assert_eq!(place("web/locales/de.json"), Place::Translation);
        assert_eq!(place("yarn.lock"), Place::Lockfile);
    }
}
