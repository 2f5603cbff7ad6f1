//! `name==1.2`, `name@1.2`, `name:1.2`: a package and its version in one word.

use super::Certainty;
use crate::model::Ecosystem;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spec<'t> {
    pub name: &'t str,
    /// As it is written, whether or not it is exact.
    pub version: &'t str,
}

pub fn read(ecosystem: Ecosystem, text: &str) -> Option<Spec<'_>> {
    let (name, version) = match ecosystem {
        Ecosystem::PyPI => return python(text),
        Ecosystem::Npm => return node(text),
        Ecosystem::RubyGems => text.split_once(':')?,
        Ecosystem::Packagist => text.split_once([':', '=', ' '])?,
        Ecosystem::Go => text.rsplit_once('@')?,
        _ => text.split_once('@')?,
    };
    Some(Spec { name, version })
}

/// `name[extra]==1.2 ; marker`, and `name@1.2` of poetry and uv.
fn python(text: &str) -> Option<Spec<'_>> {
    let text = text.split(';').next()?;
    let (name, version) = match text.split_once("==") {
        Some((name, version)) => (name, version.strip_prefix('=').unwrap_or(version)),
        None => text.split_once('@')?,
    };
    let name = name.split('[').next()?.trim();
    Some(Spec { name, version })
}

/// `@scope/name@1.2.3`, and `alias@npm:name@1.2.3`.
fn node(text: &str) -> Option<Spec<'_>> {
    let split = |text: &str| {
        let at = text.get(1..)?.find('@')? + 1;
        Some((at, at + 1))
    };
    let (end, start) = split(text)?;
    let (name, version) = (text.get(..end)?, text.get(start..)?);
    let Some(other) = version.strip_prefix("npm:") else {
        return Some(Spec { name, version });
    };
    match split(other) {
        Some((end, start)) => Some(Spec {
            name: other.get(..end)?,
            version: other.get(start..)?,
        }),
        None => Some(Spec {
            name,
            version: other,
        }),
    }
}

/// True for what can be a name; everything else is a path, an option or a pattern.
pub fn is_name(ecosystem: Ecosystem, name: &str) -> bool {
    let extra: &[u8] = match ecosystem {
        Ecosystem::Npm => b"@/-_.~",
        Ecosystem::Go => b"/-_.~",
        Ecosystem::Packagist => b"/-_.",
        Ecosystem::Maven => b":-_.",
        _ => b"-_.",
    };
    let first = |b: u8| b.is_ascii_alphanumeric() || (b == b'@' && ecosystem == Ecosystem::Npm);
    name.bytes().next().is_some_and(first)
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || extra.contains(&b))
}

/// Modules below the top of the repository of another, with versions of their own.
const NESTED: &[&str] = &[
    "google.golang.org/grpc/cmd/",
    "golang.org/x/tools/gopls",
    "go.opentelemetry.io/collector/cmd/",
    "github.com/open-telemetry/opentelemetry-collector-contrib/cmd/",
];

/// The module that a package most likely is in: its path says so where it ends in a major version
/// or leads into `cmd`, as it does for nearly every program.
pub fn go_module(path: &str) -> (&str, Certainty) {
    if NESTED.iter().any(|nested| path.starts_with(nested)) {
        return (path, Certainty::Named);
    }
    let is_major = |part: &str| {
        let number = part.strip_prefix('v');
        number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    let mut end = 0;
    for (at, part) in path.split('/').enumerate() {
        let before = end;
        end += part.len() + usize::from(at > 0);
        let is_gopkg = at > 0
            && path.starts_with("gopkg.in/")
            && part.rsplit_once('.').is_some_and(|(_, v)| is_major(v));
        let module = match part {
            "cmd" if at > 1 => path.get(..before),
            _ if (at > 1 && is_major(part)) || is_gopkg => path.get(..end),
            _ => None,
        };
        if let Some(module) = module {
            let certainty = match module.len() == path.len() {
                true => Certainty::Named,
                false => Certainty::Module,
            };
            return (module, certainty);
        }
    }
    (path, Certainty::Path)
}

#[cfg(test)]
mod tests {
    use super::{go_module, read};
    use crate::model::Ecosystem;

    #[test]
    fn a_word_names_package_and_version() {
        for (ecosystem, text, expected) in [
            (
                Ecosystem::PyPI,
                "uvicorn[standard] == 0.13 ; python_version<'4'",
                "uvicorn| 0.13 ",
            ),
            (Ecosystem::PyPI, "x===1.0", "x|1.0"),
            (Ecosystem::PyPI, "django@4.0.0", "django|4.0.0"),
            (Ecosystem::Npm, "@a/b@1.2.3", "@a/b|1.2.3"),
            (Ecosystem::Npm, "b@npm:@a/c@1.2.3", "@a/c|1.2.3"),
            (Ecosystem::Npm, "b@npm:1.2.3", "b|1.2.3"),
            (Ecosystem::RubyGems, "rails:5.2.0", "rails|5.2.0"),
            (Ecosystem::Packagist, "a/b:1.2", "a/b|1.2"),
            (Ecosystem::Go, "a.b/c@v1.2.3", "a.b/c|v1.2.3"),
        ] {
            let spec = read(ecosystem, text).map(|s| format!("{}|{}", s.name, s.version));
            assert_eq!(spec.as_deref(), Some(expected), "{text}");
        }
        for text in ["@a/b", "b", "./b"] {
            assert_eq!(read(Ecosystem::Npm, text), None, "{text}");
        }
    }

    #[test]
    fn the_path_of_a_package_leads_to_its_module() {
        for (path, module) in [
            ("golang.org/x/tools/cmd/goimports", "golang.org/x/tools"),
            ("github.com/a/b/v2/cmd/b", "github.com/a/b/v2"),
            ("github.com/a/b/v2/c", "github.com/a/b/v2"),
            ("github.com/a/b", "github.com/a/b"),
            ("gopkg.in/yaml.v2", "gopkg.in/yaml.v2"),
            ("gopkg.in/a/b.v3/cmd/c", "gopkg.in/a/b.v3"),
            ("github.com/a/b/c", "github.com/a/b/c"),
            (
                "google.golang.org/grpc/cmd/protoc-gen-go-grpc",
                "google.golang.org/grpc/cmd/protoc-gen-go-grpc",
            ),
        ] {
            assert_eq!(go_module(path).0, module, "{path}");
        }
    }
}
