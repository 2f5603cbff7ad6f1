//! The command with which the tool that owns a lockfile brings a package to a version.

use crate::model::{Ecosystem, FileKind, Package, Source};

/// Updates the locked version as far as the ranges allow.
pub fn inside(source: &Source, package: &Package) -> Option<String> {
    let name = word(&package.name)?;
    let is_direct = is_direct(package);
    Some(match source.kind {
        FileKind::CargoLock => format!("cargo update -p {name}@{}", word(&package.version)?),
        FileKind::NpmLock => format!("npm update {name}"),
        FileKind::YarnLock if is_berry(source) => format!("yarn up -R {name}"),
        FileKind::YarnLock if is_direct => format!("yarn upgrade {name}"),
        FileKind::PnpmLock if is_direct => format!("pnpm update {name}"),
        FileKind::BunLock if is_direct => format!("bun update {name}"),
        FileKind::PoetryLock => format!("poetry update {name}"),
        FileKind::UvLock => format!("uv lock --upgrade-package {name}"),
        FileKind::PdmLock if is_direct => format!("pdm update {name}"),
        FileKind::PipfileLock => format!("pipenv upgrade {name}"),
        FileKind::GemfileLock => format!("bundle update {name} --conservative"),
        FileKind::ComposerLock => format!("composer update {name}"),
        FileKind::MixLock => format!("mix deps.update {name}"),
        FileKind::PubspecLock => format!("dart pub upgrade {name}"),
        FileKind::PodfileLock => format!("pod update {name}"),
        _ => return None,
    })
}

/// What to do where no command updates a package that others bring in.
pub fn by_hand(source: &Source, package: &Package) -> Option<&'static str> {
    let is_classic = source.kind == FileKind::YarnLock && !is_berry(source);
    (is_classic && !is_direct(package))
        .then_some("take its entry out of yarn.lock and run `yarn install`")
}

fn is_direct(package: &Package) -> bool {
    package.direct == Some(true) || package.requested.is_some()
}

/// Asks for a version that the manifest leaves out so far, or that nothing bounds from above. What
/// others bring in gets no line of its own where that would install it a second time.
pub fn require(source: &Source, package: &Package, version: &str) -> Option<String> {
    let takes_any = matches!(
        source.kind,
        FileKind::GoMod | FileKind::NuGetLock | FileKind::DotnetProject
    );
    if package.direct == Some(false) && !is_direct(package) && !takes_any {
        return None;
    }
    let (name, version) = (word(&package.name)?, word(version)?);
    Some(match source.kind {
        FileKind::CargoLock => format!("cargo add {name}@{version}"),
        FileKind::NpmLock => format!("npm install {name}@{version}"),
        FileKind::YarnLock if is_berry(source) => format!("yarn up {name}@^{version}"),
        FileKind::YarnLock => format!("yarn upgrade {name}@^{version}"),
        FileKind::PnpmLock => format!("pnpm add {name}@{version}"),
        FileKind::BunLock => format!("bun add {name}@{version}"),
        FileKind::PoetryLock => format!("poetry add \"{name}@>={version}\""),
        FileKind::UvLock => format!("uv add \"{name}>={version}\""),
        FileKind::PdmLock => format!("pdm add \"{name}>={version}\""),
        FileKind::PipfileLock => format!("pipenv install \"{name}>={version}\""),
        FileKind::ComposerLock => format!("composer require {name}:^{version}"),
        FileKind::PubspecLock => format!("dart pub add {name}:^{version}"),
        FileKind::GoMod if version.starts_with('v') => format!("go get {name}@{version}"),
        FileKind::GoMod => format!("go get {name}@v{version}"),
        FileKind::NuGetLock | FileKind::DotnetProject if package.ecosystem == Ecosystem::NuGet => {
            format!("dotnet add package {name} --version {version}")
        }
        _ => return None,
    })
}

fn is_berry(source: &Source) -> bool {
    let head = source.bytes.get(..1000).unwrap_or(&source.bytes);
    memchr::memmem::find(head, b"__metadata:").is_some()
}

/// A name or a version as one word of a command line: what a shell would read as more is nothing
/// to copy from a report.
fn word(text: &str) -> Option<&str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "@/._-+:~!".contains(c);
    let is_word = !text.is_empty() && !text.starts_with('-') && text.chars().all(plain);
    is_word.then_some(text)
}
