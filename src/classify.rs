//! Path, shebang and first bytes to [`FileKind`]: the one table that decides.

use crate::model::{FileKind, RepoPath};

/// Whole names that decide, compared without case.
const NAMES: &[(&str, FileKind)] = &[
    ("dockerfile", FileKind::Dockerfile),
    ("containerfile", FileKind::Dockerfile),
    (".dockerignore", FileKind::Dockerignore),
    (".containerignore", FileKind::Dockerignore),
    ("cargo.lock", FileKind::CargoLock),
    ("cargo.toml", FileKind::CargoToml),
    ("package-lock.json", FileKind::NpmLock),
    ("npm-shrinkwrap.json", FileKind::NpmLock),
    ("package.json", FileKind::PackageJson),
    ("yarn.lock", FileKind::YarnLock),
    ("pnpm-lock.yaml", FileKind::PnpmLock),
    ("bun.lock", FileKind::BunLock),
    ("bun.lockb", FileKind::BunLock),
    ("deno.lock", FileKind::DenoLock),
    ("poetry.lock", FileKind::PoetryLock),
    ("uv.lock", FileKind::UvLock),
    ("pdm.lock", FileKind::PdmLock),
    ("pipfile.lock", FileKind::PipfileLock),
    ("pylock.toml", FileKind::Pylock),
    ("pyproject.toml", FileKind::Pyproject),
    ("go.mod", FileKind::GoMod),
    ("go.sum", FileKind::GoSum),
    ("go.work.sum", FileKind::GoSum),
    ("go.work", FileKind::GoWork),
    ("gemfile.lock", FileKind::GemfileLock),
    ("gems.locked", FileKind::GemfileLock),
    ("composer.lock", FileKind::ComposerLock),
    ("gradle.lockfile", FileKind::GradleLock),
    ("buildscript-gradle.lockfile", FileKind::GradleLock),
    ("verification-metadata.xml", FileKind::GradleVerification),
    ("pom.xml", FileKind::MavenPom),
    ("packages.lock.json", FileKind::NuGetLock),
    ("packages.config", FileKind::NuGetConfig),
    ("project.assets.json", FileKind::NuGetAssets),
    ("directory.packages.props", FileKind::NuGetCentral),
    ("mix.lock", FileKind::MixLock),
    ("rebar.lock", FileKind::RebarLock),
    ("pubspec.lock", FileKind::PubspecLock),
    ("conan.lock", FileKind::ConanLock),
    ("package.resolved", FileKind::SwiftResolved),
    ("podfile.lock", FileKind::PodfileLock),
    ("renv.lock", FileKind::RenvLock),
    ("cabal.project.freeze", FileKind::CabalFreeze),
    ("stack.yaml.lock", FileKind::StackLock),
    ("juliamanifest.toml", FileKind::JuliaManifest),
    ("pixi.lock", FileKind::PixiLock),
    ("setup.py", FileKind::SetupPy),
    ("setup.cfg", FileKind::SetupCfg),
    ("bom.json", FileKind::CycloneDx),
    ("bom.xml", FileKind::CycloneDx),
    ("plimsoll.toml", FileKind::PlimsollConfig),
    (".plimsoll.toml", FileKind::PlimsollConfig),
    (".env", FileKind::Env),
    (".npmrc", FileKind::Ini),
    (".pypirc", FileKind::Ini),
    (".netrc", FileKind::Text),
    ("sconstruct", FileKind::Python),
    ("rakefile", FileKind::Ruby),
    ("gemfile", FileKind::Ruby),
    (".bashrc", FileKind::Shell),
    (".profile", FileKind::Shell),
];

/// Ends of names that decide, lower case; the first that fits.
const ENDS: &[(&str, FileKind)] = &[
    (".deps.json", FileKind::NuGetDeps),
    (".packages.lock.json", FileKind::NuGetLock),
    (".versions.toml", FileKind::VersionCatalog),
    (".lockfile", FileKind::GradleLock),
    (".gradle", FileKind::GradleBuild),
    (".gradle.kts", FileKind::GradleBuild),
    (".gemfile.lock", FileKind::GemfileLock),
    (".pom", FileKind::MavenPom),
    (".csproj", FileKind::DotnetProject),
    (".fsproj", FileKind::DotnetProject),
    (".vbproj", FileKind::DotnetProject),
    (".cdx.json", FileKind::CycloneDx),
    (".cdx.xml", FileKind::CycloneDx),
    (".spdx", FileKind::Spdx),
    (".spdx.json", FileKind::Spdx),
    (".spdx.yml", FileKind::Spdx),
    (".spdx.yaml", FileKind::Spdx),
    (".spdx.rdf", FileKind::Spdx),
    (".spdx.rdf.xml", FileKind::Spdx),
];

/// Extensions that decide, lower case.
const EXTENSIONS: &[(&str, FileKind)] = &[
    ("dockerfile", FileKind::Dockerfile),
    ("containerfile", FileKind::Dockerfile),
    ("sh", FileKind::Shell),
    ("bash", FileKind::Shell),
    ("ksh", FileKind::Shell),
    ("bats", FileKind::Shell),
    ("py", FileKind::Python),
    ("pyi", FileKind::Python),
    ("pyw", FileKind::Python),
    ("js", FileKind::JavaScript),
    ("jsx", FileKind::JavaScript),
    ("mjs", FileKind::JavaScript),
    ("cjs", FileKind::JavaScript),
    ("ts", FileKind::TypeScript),
    ("mts", FileKind::TypeScript),
    ("cts", FileKind::TypeScript),
    ("tsx", FileKind::Tsx),
    ("go", FileKind::Go),
    ("java", FileKind::Java),
    ("rb", FileKind::Ruby),
    ("php", FileKind::Php),
    ("cs", FileKind::CSharp),
    ("rs", FileKind::Rust),
    ("json", FileKind::Json),
    ("jsonc", FileKind::Json),
    ("yaml", FileKind::Yaml),
    ("yml", FileKind::Yaml),
    ("toml", FileKind::Toml),
    ("xml", FileKind::Xml),
    ("ini", FileKind::Ini),
    ("cfg", FileKind::Ini),
    ("conf", FileKind::Ini),
    ("properties", FileKind::Ini),
    ("env", FileKind::Env),
    ("md", FileKind::Markdown),
    ("markdown", FileKind::Markdown),
];

/// Suffixes of templates: `Dockerfile.j2` is not a Dockerfile yet.
const TEMPLATES: &[&str] = &[
    "j2",
    "jinja",
    "jinja2",
    "tmpl",
    "tpl",
    "template",
    "erb",
    "eex",
    "ejs",
    "in",
    "mustache",
    "hbs",
    "handlebars",
    "gotmpl",
    "liquid",
    "mako",
    "njk",
    "twig",
];

/// What `Dockerfile.X` and `X.Dockerfile` are when X is one of these: documents, not Dockerfiles.
const NOT_DOCKERFILES: &[&str] = &[
    "md",
    "markdown",
    "txt",
    "rst",
    "html",
    "json",
    "yml",
    "yaml",
    "py",
    "sh",
    "js",
    "ts",
    "go",
    "rb",
    "rs",
    "java",
    "php",
    "lua",
    "vim",
    "el",
    "css",
    "svg",
    "png",
    "log",
    "lock",
    "toml",
    "xml",
    "bak",
    "orig",
    "rej",
    "swp",
    "c",
    "cc",
    "cpp",
    "cs",
    "d",
    "diff",
    "exs",
    "gif",
    "gz",
    "h",
    "hs",
    "jpg",
    "jsx",
    "kt",
    "lisp",
    "map",
    "mjs",
    "patch",
    "pdf",
    "pl",
    "proto",
    "pyc",
    "scala",
    "snap",
    "swift",
    "tar",
    "tmlanguage",
    "tsx",
    "vue",
    "wasm",
    "zip",
];

/// Decides what a file is. `head` is its beginning (some hundred bytes are enough), used for
/// shebangs and for telling text from binary; an empty `head` decides by the name alone.
pub fn classify(path: &RepoPath, head: &[u8]) -> FileKind {
    let name = String::from_utf8_lossy(path.file_name()).to_lowercase();
    let by_name = by_name(path, &name);
    // A binary lockfile is told apart by its reader.
    let may_be_binary = [Some(FileKind::Dockerfile), Some(FileKind::BunLock)];
    if !may_be_binary.contains(&by_name) && crate::text::is_binary(head) {
        return FileKind::Binary;
    }
    by_name
        .or_else(|| by_shebang(head))
        .or_else(|| {
            (name.ends_with(".docker") && begins_as_dockerfile(head))
                .then_some(FileKind::Dockerfile)
        })
        .unwrap_or(FileKind::Text)
}

/// True for names such as `Dockerfile.j2`: what they render to is not known.
pub fn is_template(path: &RepoPath) -> bool {
    let name = String::from_utf8_lossy(path.file_name()).to_lowercase();
    name.rsplit_once('.').is_some_and(|(stem, extension)| {
        TEMPLATES.contains(&extension)
            && (is_dockerfile_name(stem)
                || matches!(
                    extension_kind(stem),
                    Some(FileKind::Yaml | FileKind::Dockerfile)
                ))
    })
}

/// True where the first instruction of a text is a FROM, or an ARG before one: it may be a
/// Dockerfile under a name of its own.
pub fn begins_like_dockerfile(bytes: &[u8]) -> bool {
    let lines = bytes.split(|b| *b == b'\n').map(<[u8]>::trim_ascii);
    let mut words = lines
        .filter(|line| !line.is_empty() && !line.starts_with(b"#"))
        .map(|line| line.split(u8::is_ascii_whitespace).next().unwrap_or(line));
    // ARG lines may come before it, and nothing else.
    words
        .by_ref()
        .take(100)
        .find(|word| !word.eq_ignore_ascii_case(b"arg"))
        .is_some_and(|word| word.eq_ignore_ascii_case(b"from"))
}

fn by_name(path: &RepoPath, name: &str) -> Option<FileKind> {
    if let Some((_, kind)) = NAMES.iter().find(|(known, _)| *known == name) {
        return Some(*kind);
    }
    if name.ends_with(".dockerignore") {
        return Some(FileKind::Dockerignore);
    }
    if is_dockerfile_name(name) {
        return Some(FileKind::Dockerfile);
    }
    if is_requirements_name(path, name) {
        return Some(FileKind::Requirements);
    }
    if name.starts_with(".env.") || name.ends_with(".env") {
        return Some(FileKind::Env);
    }
    if let Some((_, kind)) = ENDS.iter().find(|(end, _)| name.ends_with(end)) {
        return Some(*kind);
    }
    if name.starts_with("pylock.") && name.ends_with(".toml") {
        return Some(FileKind::Pylock);
    }
    if is_julia_manifest(name) {
        return Some(FileKind::JuliaManifest);
    }
    if name == "modules.txt" && path.parent().file_name() == b"vendor" {
        return Some(FileKind::GoVendor);
    }
    let kind = extension_kind(name)?;
    if kind == FileKind::Json && path.parent().file_name() == b"conda-meta" {
        return Some(FileKind::CondaMeta);
    }
    if kind == FileKind::Yaml {
        return Some(yaml_kind(path, name));
    }
    Some(kind)
}

fn extension_kind(name: &str) -> Option<FileKind> {
    let (stem, extension) = name.rsplit_once('.')?;
    if stem.is_empty() {
        return None;
    }
    EXTENSIONS
        .iter()
        .find(|(known, _)| *known == extension)
        .map(|(_, kind)| *kind)
}

/// `Dockerfile.prod`, `Dockerfile-prod`, `web.Dockerfile`, `Containerfile.x`.
fn is_dockerfile_name(name: &str) -> bool {
    for base in ["dockerfile", "containerfile"] {
        if name == base {
            return true;
        }
        if let Some(rest) = name.strip_prefix(base) {
            let Some(variant) = rest.strip_prefix(['.', '-', '_']) else {
                continue;
            };
            let extension = variant.rsplit('.').next().unwrap_or(variant);
            return !NOT_DOCKERFILES.contains(&extension) && !TEMPLATES.contains(&extension);
        }
    }
    false
}

/// True where the first line that is no comment is a FROM or an ARG: `alpine.docker` is a
/// Dockerfile to some and anything else to others.
fn begins_as_dockerfile(head: &[u8]) -> bool {
    let head = String::from_utf8_lossy(head);
    head.trim_start_matches('\u{feff}')
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with('#'))
        .and_then(|line| line.split_whitespace().next())
        .is_some_and(|word| word.eq_ignore_ascii_case("from") || word.eq_ignore_ascii_case("arg"))
}

/// `requirements.txt`, `requirements-dev.txt`, `dev-requirements.txt`, `requirements/prod.txt`;
/// `.in` files are the sources of pip-tools, unpinned by design, and `requirements.lock` is what
/// Rye makes of them: all are read the same way.
fn is_requirements_name(path: &RepoPath, name: &str) -> bool {
    if name.starts_with("requirements") && name.ends_with(".lock") {
        return true;
    }
    let Some(stem) = name
        .strip_suffix(".txt")
        .or_else(|| name.strip_suffix(".in"))
    else {
        return false;
    };
    stem == "constraints"
        || stem.starts_with("requirements")
        || stem.ends_with("requirements")
        || path.parent().file_name() == b"requirements"
}

/// `Manifest.toml`, and `Manifest-v1.11.toml` for one version of the language.
fn is_julia_manifest(name: &str) -> bool {
    name.strip_prefix("julia")
        .unwrap_or(name)
        .strip_prefix("manifest")
        .and_then(|rest| rest.strip_suffix(".toml"))
        .is_some_and(|version| version.is_empty() || version.starts_with("-v"))
}

/// `environment.yml`, `environment-dev.yml`, `environment_gpu.yaml`, `conda-environment.yml`,
/// `conda.yaml`.
fn is_conda_environment(stem: &str) -> bool {
    let rest = stem.strip_prefix("conda-").unwrap_or(stem);
    let is_environment = rest
        .strip_prefix("environment")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_', '.']));
    is_environment || matches!(stem, "conda" | "conda-env" | "conda_env")
}

fn yaml_kind(path: &RepoPath, name: &str) -> FileKind {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    if stem == "conda-lock" || stem.ends_with(".conda-lock") {
        return FileKind::CondaLock;
    }
    if is_conda_environment(stem) {
        return FileKind::CondaEnvironment;
    }
    if stem == "compose"
        || stem == "docker-compose"
        || stem.starts_with("docker-compose.")
        || stem.starts_with("compose.")
    {
        return FileKind::Compose;
    }
    let folder = path.parent();
    let folder = folder.as_bytes();
    if folder == b".github/workflows" || folder.ends_with(b"/.github/workflows") || stem == "action"
    {
        return FileKind::Workflow;
    }
    FileKind::Yaml
}

fn by_shebang(head: &[u8]) -> Option<FileKind> {
    let line = head.strip_prefix(b"#!")?;
    let end = memchr::memchr(b'\n', line).unwrap_or(line.len()).min(200);
    let line = String::from_utf8_lossy(&line[..end]);
    let mut words = line.split_whitespace();
    let mut program = words.next()?.rsplit('/').next()?;
    if program == "env" {
        program = words.find(|w| !w.starts_with('-') && !w.contains('='))?;
        program = program.rsplit('/').next()?;
    }
    let base = program.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    match base {
        "sh" | "bash" | "dash" | "ash" | "ksh" | "zsh" | "busybox" => Some(FileKind::Shell),
        "python" | "pypy" => Some(FileKind::Python),
        "node" | "nodejs" | "bun" => Some(FileKind::JavaScript),
        "deno" | "ts-node" | "tsx" => Some(FileKind::TypeScript),
        "ruby" => Some(FileKind::Ruby),
        "php" => Some(FileKind::Php),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(path: &str) -> FileKind {
        classify(&RepoPath::from(path), b"")
    }

    #[test]
    fn dockerfiles_are_known_by_all_their_usual_names() {
        for path in [
            "Dockerfile",
            "dockerfile",
            "app/Dockerfile.prod",
            "Dockerfile-dev",
            "web.Dockerfile",
            "x.dockerfile",
            "Containerfile",
            "Containerfile.ci",
            ".devcontainer/Dockerfile",
        ] {
            assert_eq!(kind(path), FileKind::Dockerfile, "{path}");
        }
    }

    #[test]
    fn what_only_looks_like_a_dockerfile_is_not_one() {
        for path in [
            "Dockerfile.dockerignore",
            "Dockerfile.md",
            "Dockerfile.j2",
            "dockerfile.py",
            "syntax/dockerfile.vim",
            "Dockerfiles/readme",
        ] {
            assert_ne!(kind(path), FileKind::Dockerfile, "{path}");
        }
        assert!(is_template(&RepoPath::from("a/Dockerfile.j2")));
        assert!(!is_template(&RepoPath::from("a/Dockerfile.prod")));
    }

    #[test]
    fn a_docker_extension_needs_the_beginning_of_a_dockerfile() {
        let path = RepoPath::from("ci/alpine.docker");
        let classified = |head: &[u8]| classify(&path, head);
        assert_eq!(classified(b"# x\n\nfrom alpine:3\n"), FileKind::Dockerfile);
        assert_eq!(classified(b"\xef\xbb\xbfARG A\n"), FileKind::Dockerfile);
        assert_eq!(classified(b"[Unit]\nFROM=x\n"), FileKind::Text);
        assert_eq!(classified(b""), FileKind::Text);
    }

    #[test]
    fn a_shebang_decides_where_the_name_does_not() {
        let head = b"#!/usr/bin/env -S python3.11 -u\n";
        assert_eq!(classify(&RepoPath::from("bin/run"), head), FileKind::Python);
        assert_eq!(
            classify(&RepoPath::from("entrypoint"), b"#!/bin/sh -e\n"),
            FileKind::Shell
        );
    }

    #[test]
    fn requirements_files_have_many_names() {
        for path in [
            "requirements.txt",
            "requirements-dev.txt",
            "dev-requirements.txt",
            "requirements/prod.txt",
            "constraints.txt",
            "requirements-dev.lock",
        ] {
            assert_eq!(kind(path), FileKind::Requirements, "{path}");
        }
        assert_eq!(kind("notes.txt"), FileKind::Text);
    }

    #[test]
    fn environments_of_conda_have_several_names() {
        for path in [
            "environment.yml",
            "env/environment-gpu.yaml",
            "conda-environment.yml",
            "model/conda.yaml",
        ] {
            assert_eq!(kind(path), FileKind::CondaEnvironment, "{path}");
        }
        assert_eq!(kind("conda-lock.yml"), FileKind::CondaLock);
        assert_eq!(kind("environments.yml"), FileKind::Yaml);
        assert_eq!(kind("conda-meta/a-1.json"), FileKind::CondaMeta);
    }

    #[test]
    fn compose_files_and_workflows_are_told_from_other_yaml() {
        assert_eq!(kind("docker-compose.prod.yml"), FileKind::Compose);
        assert_eq!(kind(".github/workflows/ci.yml"), FileKind::Workflow);
        assert_eq!(kind("chart/values.yaml"), FileKind::Yaml);
    }
}
