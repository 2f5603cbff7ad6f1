use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::model::{FileKind, Source};

/// Words of which one stands in every command that installs a package.
const PROGRAMS: &[&str] = &[
    "pip",
    "uv ",
    "uvx ",
    "poetry",
    "pdm ",
    "rye ",
    "npm",
    "npx",
    "yarn",
    "pnpx",
    "bun ",
    "bunx",
    "corepack",
    "gem ",
    "go install",
    "go get",
    "go run",
    "cargo",
    "composer",
    "bundle add",
    "easy_install",
    "dotnet",
    "nuget",
    "mix ",
    "mvn",
    "dart ",
    "flutter",
    "curl",
    "wget",
];

/// The same where each word of a command stands for itself.
const WORDS: &[&str] = &["gem", "uv", "uvx", "go", "mix", "bun", "pdm", "rye", "dart"];

/// Longest command that is looked through, in bytes.
const LONGEST: usize = 8 << 10;

static FINDER: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(PROGRAMS).ok());

/// True where a file may name a package in one version: a program that installs stands before a
/// number or a variable. Most files hold no such line, and need not be parsed.
pub fn is_worth_reading(source: &Source) -> bool {
    let Some(finder) = FINDER.as_ref() else {
        return true;
    };
    let text = &*source.bytes;
    let has_number = |text: &[u8]| text.iter().any(|b| b.is_ascii_digit() || *b == b'$');
    // The words of a list have lines of their own.
    if source.kind == FileKind::Compose {
        let has = |word: &&str| memchr::memmem::find(text, word.as_bytes()).is_some();
        return has_number(text) && (finder.is_match(text) || WORDS.iter().any(has));
    }
    let mut past = 0;
    finder.find_iter(text).any(|found| {
        if found.end() < past {
            return false;
        }
        let rest = text.get(found.end()..).unwrap_or_default();
        let command = command(rest.get(..LONGEST).unwrap_or(rest));
        past = found.end() + command.len();
        has_number(command)
    })
}

/// The text up to the end of the line that no backslash continues.
fn command(text: &[u8]) -> &[u8] {
    let mut ends = memchr::memchr_iter(b'\n', text);
    let end = ends.find(|end| {
        let line = text.get(..*end).unwrap_or_default().trim_ascii_end();
        !line.ends_with(b"\\")
    });
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::is_worth_reading;
    use crate::model::{FileKind, Origin, RepoPath, Source, SourceId};

    fn worth(kind: FileKind, text: &str) -> bool {
        let path = RepoPath::from("x");
        is_worth_reading(&Source::new(
            SourceId(0),
            path,
            kind,
            text.as_bytes(),
            Origin::Buffer,
        ))
    }

    #[test]
    fn only_commands_that_can_name_a_version_are_worth_reading() {
        for text in [
            "pip install flask==0.12\n",
            "python3 -m pip install \\\n  -q \\\n  flask==0.12\n",
            "npm i -g x@$V\n",
            "go install a.b/c@v1.2.3",
        ] {
            assert!(worth(FileKind::Shell, text), "{text}");
        }
        for text in [
            "pip install flask\nsleep 1\n",
            "set -o pipefail\n",
            "echo 1 | sort\n",
            "go test ./... -count 1\n",
        ] {
            assert!(!worth(FileKind::Shell, text), "{text}");
        }
        assert!(worth(
            FileKind::Compose,
            "command:\n- gem\n- install\n- x:1\n"
        ));
    }
}
