//! What lockfiles and manifests pin: one thin file a format, above one span-keeping reader a
//! syntax.
//!
//! A reader sees one file and, through [`Beside`], those that say more about it: the manifest that
//! names the direct dependencies, a file that it includes. It never reads: it says with [`Ask`]
//! what it wants to see, and is asked again once that is there.

mod beside;
mod bom;
mod cargo_toml;
mod connected;
mod cyclonedx_xml;
mod gemfile;
mod gradle_script;
mod graph;
mod lines;
mod maven;
mod msbuild;
mod needs;
mod nuget;
mod nuget_libraries;
pub mod origin;
mod pep508;
mod pom_model;
mod pypi;
mod spdx_rdf;
mod tables;
pub mod unlocked;
mod yarn_berry;
mod yarn_classic;

pub use beside::{Ask, Beside};
pub use cargo_toml::Manifest as CargoManifest;

use std::borrow::Cow;

use super::SyntaxError;
use super::json::{self, Json};
use crate::model::{FileKind, KindSet, Package, RepoPath, Span};

/// What a lockfile says, as far as it could be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lockfile {
    /// In the order of the file.
    pub packages: Vec<Package>,
    /// What could not be read; the packages are then perhaps not all.
    pub errors: Vec<SyntaxError>,
    /// What cannot be known without a network or another program, in plain words; the packages are
    /// then not all, although the file is in order.
    pub unknown: Vec<String>,
}

impl Lockfile {
    /// The object that a file in JSON is to be, as far as it could be read; `what` names the file
    /// in the error that says that it is something else.
    fn object<'j>(
        &mut self,
        json: &'j Json<'j>,
        error: Option<SyntaxError>,
        what: &str,
    ) -> Option<json::Value<'j>> {
        self.errors.extend(error);
        let root = json.root()?;
        if root.kind() != json::Kind::Object {
            self.errors.push(SyntaxError {
                span: root.span(),
                message: format!("{what} is an object"),
            });
            return None;
        }
        Some(root)
    }
}

/// Bytes of a name or a version, at most.
const LONGEST: usize = 1000;

impl Lockfile {
    /// Names and versions are repeated in every report, and versions compared with every advisory.
    fn leave_out_endless(&mut self) {
        let is_endless = |p: &Package| p.name.len() > LONGEST || p.version.len() > LONGEST;
        for package in self.packages.extract_if(.., |package| is_endless(package)) {
            self.errors.push(SyntaxError {
                span: package.span,
                message: format!("a name or a version of more than {LONGEST} bytes"),
            });
        }
    }
}

/// One file with what stands around it.
#[derive(Clone, Copy, Debug)]
pub struct Input<'t> {
    pub path: &'t RepoPath,
    pub text: &'t str,
    pub beside: &'t Beside,
}

impl Input<'_> {
    /// The place in the repository of what the file names relative to its own folder; `None` for
    /// what would lie outside.
    pub fn near(&self, relative: &str) -> Option<RepoPath> {
        near(&self.path.parent(), relative)
    }
}

/// A relative path from a folder on, without dots; `None` for what would lie outside the root.
pub fn near(folder: &RepoPath, relative: &str) -> Option<RepoPath> {
    let relative = relative.replace('\\', "/");
    if relative.starts_with('/') || relative.contains(':') {
        return None;
    }
    let mut parts: Vec<&[u8]> = folder.as_bytes().split(|b| *b == b'/').collect();
    parts.retain(|part| !part.is_empty());
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name.as_bytes()),
        }
    }
    Some(RepoPath::new(&parts.join(&b'/')))
}

/// Declares the reader of each kind: a module with `read`.
macro_rules! readers {
    ($($kind:ident => $reader:ident,)+) => {
        $(mod $reader;)+

        /// The files that name packages.
        pub const KINDS: KindSet = KindSet::of(&[$(FileKind::$kind,)+]);

        fn reader(kind: FileKind) -> Option<fn(&Input<'_>) -> Lockfile> {
            match kind {
                $(FileKind::$kind => Some($reader::read),)+
                _ => None,
            }
        }
    };
}

readers! {
    CargoLock => cargo,
    NpmLock => npm,
    PackageJson => package_json,
    YarnLock => yarn,
    PnpmLock => pnpm,
    BunLock => bun,
    DenoLock => deno,
    SwiftResolved => swift,
    PodfileLock => pods,
    PubspecLock => pubspec,
    StackLock => stack,
    PoetryLock => poetry,
    UvLock => uv,
    PdmLock => pdm,
    PipfileLock => pipfile_lock,
    Pylock => pylock,
    Pyproject => pyproject,
    Requirements => requirements,
    GoMod => go_mod,
    CycloneDx => cyclonedx,
    Spdx => spdx,
    Workflow => workflow,
    GoSum => go_sum,
    GoWork => go_work,
    GoVendor => go_vendor,
    ConanLock => conan,
    RenvLock => renv,
    JuliaManifest => julia,
    CabalFreeze => cabal,
    GemfileLock => gemfile_lock,
    ComposerLock => composer,
    MixLock => mix,
    RebarLock => rebar,
    GradleLock => gradle_lock,
    GradleVerification => gradle_verification,
    GradleBuild => gradle_build,
    VersionCatalog => version_catalog,
    MavenPom => pom,
    NuGetLock => nuget_lock,
    NuGetDeps => nuget_deps,
    NuGetConfig => nuget_config,
    NuGetAssets => nuget_assets,
    NuGetCentral => nuget_central,
    DotnetProject => dotnet_project,
    CondaEnvironment => conda_environment,
    CondaLock => conda_lock,
    CondaMeta => conda_meta,
    PixiLock => pixi,
    SetupPy => setup_py,
    SetupCfg => setup_cfg,
}

/// Reads a file that names packages. `None` for every other kind of file.
pub fn read(kind: FileKind, path: &RepoPath, bytes: &[u8], beside: &Beside) -> Option<Lockfile> {
    let text = &*text(bytes);
    let mut lockfile = reader(kind)?(&Input { path, text, beside });
    lockfile.leave_out_endless();
    lockfile.packages.sort_by_key(|package| package.span.start);
    Some(lockfile)
}

/// True for files that are judged together with others beside them.
pub fn has_companions(kind: FileKind, path: &RepoPath) -> bool {
    KINDS.contains(kind) || unlocked::is_manifest(path)
}

/// What the reader of a kind wants to see beside the file, given what it has seen.
pub fn wants(kind: FileKind, path: &RepoPath, bytes: &[u8], beside: &Beside) -> Vec<Ask> {
    let text = &*text(bytes);
    let input = &Input { path, text, beside };
    match kind {
        FileKind::CargoLock => cargo::wants(input),
        FileKind::Requirements => requirements::wants(input),
        FileKind::GoMod => go_mod::wants(input),
        FileKind::GoSum => go_sum::wants(input),
        FileKind::GoVendor => go_vendor::wants(input),
        FileKind::JuliaManifest => julia::wants(input),
        FileKind::NpmLock => npm::wants(input),
        FileKind::PackageJson => package_json::wants(input),
        FileKind::YarnLock => yarn::wants(input),
        FileKind::PnpmLock => pnpm::wants(input),
        FileKind::BunLock => bun::wants(input),
        FileKind::DenoLock => deno::wants(input),
        FileKind::SwiftResolved => swift::wants(input),
        FileKind::PodfileLock => pods::wants(input),
        FileKind::PubspecLock => pubspec::wants(input),
        FileKind::PoetryLock => poetry::wants(input),
        FileKind::UvLock => uv::wants(input),
        FileKind::PdmLock => pdm::wants(input),
        FileKind::PipfileLock => pipfile_lock::wants(input),
        FileKind::Pylock => pylock::wants(input),
        FileKind::Pyproject => pyproject::wants(input),
        FileKind::GemfileLock => gemfile_lock::wants(input),
        FileKind::ComposerLock => composer::wants(input),
        FileKind::MixLock => mix::wants(input),
        FileKind::MavenPom => pom::wants(input),
        FileKind::GradleBuild => gradle_build::wants(input),
        FileKind::NuGetLock => nuget_lock::wants(input),
        FileKind::NuGetCentral => nuget_central::wants(input),
        FileKind::DotnetProject => dotnet_project::wants(input),
        FileKind::SetupPy => setup_py::wants(input),
        FileKind::SetupCfg => setup_cfg::wants(input),
        _ => Vec::new(),
    }
}

/// The manifests of the packages that a Cargo.lock is for, the one beside it first.
pub fn cargo_manifests(path: &RepoPath, bytes: &[u8], beside: &Beside) -> Vec<CargoManifest> {
    let text = &*text(bytes);
    cargo_toml::workspace(&Input { path, text, beside }).0
}

/// From a name to its version, where that stands near behind it.
fn from_name_to(name: Span, version: Option<Span>) -> Span {
    let whole = version.filter(|version| version.start >= name.start);
    match whole.map(|version| name.cover(version)) {
        Some(span) if span.len() < 400 => span,
        _ => name,
    }
}

/// The bytes as text; what is not UTF-8 becomes `?`, byte by byte, so that offsets stay.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => {
            let mut text = String::with_capacity(bytes.len());
            for chunk in bytes.utf8_chunks() {
                text.push_str(chunk.valid());
                text.extend(chunk.invalid().iter().map(|_| '?'));
            }
            Cow::Owned(text)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_names_is_found_and_never_outside_the_repository() {
        let path = RepoPath::from("web/api/requirements.txt");
        let input = Input {
            path: &path,
            text: "",
            beside: &Beside::default(),
        };
        let found = |relative| input.near(relative).map(|path| path.to_text());
        assert_eq!(found("./base.txt").as_deref(), Some("web/api/base.txt"));
        assert_eq!(found("../../x/./y").as_deref(), Some("x/y"));
        for outside in ["../../../etc/passwd", "/etc/passwd", "https://x/y"] {
            assert_eq!(found(outside), None, "{outside}");
        }
    }

    #[test]
    fn what_is_too_long_to_be_a_version_is_an_error_and_no_package() {
        let lock = format!("a==1.{}\nb==2\n", "0".repeat(1000));
        let path = RepoPath::from("requirements.txt");
        let read = read(
            FileKind::Requirements,
            &path,
            lock.as_bytes(),
            &Beside::default(),
        );
        let read = read.expect("a reader");
        assert_eq!((read.packages.len(), read.errors.len()), (1, 1));
        assert_eq!(read.packages[0].name, "b");
    }

    #[test]
    fn bytes_that_are_no_text_keep_their_offsets() {
        assert_eq!(text(b"a\xff\xfeb"), "a??b");
    }
}
