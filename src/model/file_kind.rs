/// Declares every kind once, with the words for it.
macro_rules! file_kinds {
    ($($kind:ident = $name:literal,)+) => {
        /// What a file is, as far as its name, its shebang and its first bytes tell.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum FileKind {
            $($kind,)+
        }

        impl FileKind {
            pub const ALL: &'static [Self] = &[$(Self::$kind,)+];

            /// The kind in words, for summaries and `-v`.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)+
                }
            }
        }
    };
}

file_kinds! {
    Dockerfile = "Dockerfile",
    Dockerignore = ".dockerignore",
    Compose = "Compose file",
    Workflow = "workflow",
    Kubernetes = "Kubernetes manifest",
    Shell = "shell script",
    Python = "Python",
    JavaScript = "JavaScript",
    TypeScript = "TypeScript",
    Tsx = "TypeScript",
    Go = "Go",
    Java = "Java",
    Ruby = "Ruby",
    Php = "PHP",
    CSharp = "C#",
    Rust = "Rust",
    CargoLock = "Cargo.lock",
    NpmLock = "npm lockfile",
    YarnLock = "yarn.lock",
    PnpmLock = "pnpm-lock.yaml",
    BunLock = "bun.lock",
    DenoLock = "deno.lock",
    PoetryLock = "poetry.lock",
    UvLock = "uv.lock",
    PdmLock = "pdm.lock",
    PipfileLock = "Pipfile.lock",
    Pylock = "pylock.toml",
    Requirements = "requirements file",
    GoMod = "go.mod",
    GoSum = "go.sum",
    GoWork = "go.work",
    GoVendor = "vendor/modules.txt",
    GemfileLock = "Gemfile.lock",
    ComposerLock = "composer.lock",
    GradleLock = "gradle.lockfile",
    GradleVerification = "verification-metadata.xml",
    VersionCatalog = "version catalog",
    GradleBuild = "build.gradle",
    MavenPom = "pom.xml",
    NuGetLock = "packages.lock.json",
    NuGetDeps = "deps.json",
    NuGetConfig = "packages.config",
    NuGetAssets = "project.assets.json",
    NuGetCentral = "Directory.Packages.props",
    DotnetProject = ".NET project",
    MixLock = "mix.lock",
    RebarLock = "rebar.lock",
    PubspecLock = "pubspec.lock",
    ConanLock = "conan.lock",
    SwiftResolved = "Package.resolved",
    PodfileLock = "Podfile.lock",
    RenvLock = "renv.lock",
    CabalFreeze = "cabal.project.freeze",
    StackLock = "stack.yaml.lock",
    JuliaManifest = "Julia manifest",
    CondaEnvironment = "conda environment",
    CondaLock = "conda-lock.yml",
    CondaMeta = "conda package",
    PixiLock = "pixi.lock",
    SetupPy = "setup.py",
    SetupCfg = "setup.cfg",
    CycloneDx = "CycloneDX document",
    Spdx = "SPDX document",
    CargoToml = "Cargo.toml",
    PackageJson = "package.json",
    Pyproject = "pyproject.toml",
    Env = "environment file",
    Json = "JSON",
    Yaml = "YAML",
    Toml = "TOML",
    Xml = "XML",
    Ini = "INI",
    Markdown = "Markdown",
    PlimsollConfig = "plimsoll configuration",
    Text = "text",
    Binary = "binary",
}

impl FileKind {
    /// True for the files that a package manager writes: every version, with its hash.
    pub fn is_lockfile(self) -> bool {
        KindSet::LOCKFILES.contains(self)
    }

    /// The kind of the syntax that it is written in, where that is one of its own.
    pub fn syntax(self) -> Self {
        match self {
            Self::NpmLock
            | Self::BunLock
            | Self::DenoLock
            | Self::PipfileLock
            | Self::ComposerLock
            | Self::NuGetLock
            | Self::NuGetDeps
            | Self::NuGetAssets
            | Self::ConanLock
            | Self::SwiftResolved
            | Self::RenvLock
            | Self::CycloneDx
            | Self::CondaMeta
            | Self::PackageJson => Self::Json,
            Self::PnpmLock
            | Self::PubspecLock
            | Self::PodfileLock
            | Self::StackLock
            | Self::CondaEnvironment
            | Self::CondaLock
            | Self::PixiLock
            | Self::Compose
            | Self::Workflow
            | Self::Kubernetes => Self::Yaml,
            Self::CargoLock
            | Self::CargoToml
            | Self::PoetryLock
            | Self::UvLock
            | Self::PdmLock
            | Self::Pylock
            | Self::Pyproject
            | Self::VersionCatalog
            | Self::JuliaManifest
            | Self::PlimsollConfig => Self::Toml,
            Self::GradleVerification
            | Self::MavenPom
            | Self::NuGetConfig
            | Self::NuGetCentral
            | Self::DotnetProject => Self::Xml,
            Self::SetupPy => Self::Python,
            Self::SetupCfg => Self::Ini,
            other => other,
        }
    }
}

/// A set of file kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct KindSet(u128);

impl KindSet {
    pub const EMPTY: Self = Self(0);
    /// Every kind, binaries included.
    pub const ANY: Self = Self(u128::MAX);
    /// What package managers write.
    pub const LOCKFILES: Self = Self::of(&[
        FileKind::CargoLock,
        FileKind::NpmLock,
        FileKind::YarnLock,
        FileKind::PnpmLock,
        FileKind::BunLock,
        FileKind::DenoLock,
        FileKind::PoetryLock,
        FileKind::UvLock,
        FileKind::PdmLock,
        FileKind::PipfileLock,
        FileKind::Pylock,
        FileKind::GoMod,
        FileKind::GoSum,
        FileKind::GoVendor,
        FileKind::GemfileLock,
        FileKind::ComposerLock,
        FileKind::GradleLock,
        FileKind::GradleVerification,
        FileKind::NuGetLock,
        FileKind::NuGetDeps,
        FileKind::NuGetAssets,
        FileKind::MixLock,
        FileKind::RebarLock,
        FileKind::PubspecLock,
        FileKind::ConanLock,
        FileKind::SwiftResolved,
        FileKind::PodfileLock,
        FileKind::RenvLock,
        FileKind::CabalFreeze,
        FileKind::StackLock,
        FileKind::JuliaManifest,
        FileKind::CondaLock,
        FileKind::PixiLock,
    ]);

    pub const fn of(kinds: &[FileKind]) -> Self {
        let mut bits = 0u128;
        let mut at = 0;
        while at < kinds.len() {
            bits |= 1 << (kinds[at] as u8);
            at += 1;
        }
        Self(bits)
    }

    pub const fn contains(self, kind: FileKind) -> bool {
        self.0 & (1 << (kind as u8)) != 0
    }

    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

const _: () = assert!(FileKind::ALL.len() <= 128, "a set holds 128 kinds");
