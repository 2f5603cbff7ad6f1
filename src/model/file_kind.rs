/// What a file is, as far as its name, its shebang and its first bytes tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum FileKind {
    Dockerfile,
    Dockerignore,
    Compose,
    Workflow,
    Kubernetes,
    Shell,
    Python,
    JavaScript,
    TypeScript,
    Tsx,
    Go,
    Java,
    Ruby,
    Php,
    CSharp,
    Rust,
    CargoLock,
    NpmLock,
    PoetryLock,
    UvLock,
    Requirements,
    GoMod,
    CargoToml,
    PackageJson,
    Pyproject,
    Env,
    Json,
    Yaml,
    Toml,
    Xml,
    Ini,
    Markdown,
    PlimsollConfig,
    Text,
    Binary,
}

impl FileKind {
    pub const ALL: [Self; 35] = [
        Self::Dockerfile,
        Self::Dockerignore,
        Self::Compose,
        Self::Workflow,
        Self::Kubernetes,
        Self::Shell,
        Self::Python,
        Self::JavaScript,
        Self::TypeScript,
        Self::Tsx,
        Self::Go,
        Self::Java,
        Self::Ruby,
        Self::Php,
        Self::CSharp,
        Self::Rust,
        Self::CargoLock,
        Self::NpmLock,
        Self::PoetryLock,
        Self::UvLock,
        Self::Requirements,
        Self::GoMod,
        Self::CargoToml,
        Self::PackageJson,
        Self::Pyproject,
        Self::Env,
        Self::Json,
        Self::Yaml,
        Self::Toml,
        Self::Xml,
        Self::Ini,
        Self::Markdown,
        Self::PlimsollConfig,
        Self::Text,
        Self::Binary,
    ];

    /// The kind in words, for summaries and `-v`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dockerfile => "Dockerfile",
            Self::Dockerignore => ".dockerignore",
            Self::Compose => "Compose file",
            Self::Workflow => "workflow",
            Self::Kubernetes => "Kubernetes manifest",
            Self::Shell => "shell script",
            Self::Python => "Python",
            Self::JavaScript => "JavaScript",
            Self::TypeScript | Self::Tsx => "TypeScript",
            Self::Go => "Go",
            Self::Java => "Java",
            Self::Ruby => "Ruby",
            Self::Php => "PHP",
            Self::CSharp => "C#",
            Self::Rust => "Rust",
            Self::CargoLock => "Cargo.lock",
            Self::NpmLock => "npm lockfile",
            Self::PoetryLock => "poetry.lock",
            Self::UvLock => "uv.lock",
            Self::Requirements => "requirements file",
            Self::GoMod => "go.mod",
            Self::CargoToml => "Cargo.toml",
            Self::PackageJson => "package.json",
            Self::Pyproject => "pyproject.toml",
            Self::Env => "environment file",
            Self::Json => "JSON",
            Self::Yaml => "YAML",
            Self::Toml => "TOML",
            Self::Xml => "XML",
            Self::Ini => "INI",
            Self::Markdown => "Markdown",
            Self::PlimsollConfig => "plimsoll configuration",
            Self::Text => "text",
            Self::Binary => "binary",
        }
    }

    /// True for the files that pin what a repository depends on.
    pub fn is_lockfile(self) -> bool {
        KindSet::LOCKFILES.contains(self)
    }
}

/// A set of file kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct KindSet(u128);

impl KindSet {
    pub const EMPTY: Self = Self(0);
    /// Every kind, binaries included.
    pub const ANY: Self = Self(u128::MAX);
    pub const LOCKFILES: Self = Self::of(&[
        FileKind::CargoLock,
        FileKind::NpmLock,
        FileKind::PoetryLock,
        FileKind::UvLock,
        FileKind::Requirements,
        FileKind::GoMod,
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
