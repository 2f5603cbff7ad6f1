use crate::model::FileKind;

/// What a format writes of each package, wherever that is there to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// A hash of what a registry sends.
    pub hashes: bool,
    /// The registry, or what is there instead: Composer's addresses lead to the forges behind it.
    pub registries: bool,
    /// The commit of what is taken from git.
    pub commits: bool,
}

impl Written {
    pub fn by(kind: FileKind) -> Self {
        let (hashes, registries, commits) = match kind {
            FileKind::NpmLock
            | FileKind::YarnLock
            | FileKind::PnpmLock
            | FileKind::BunLock
            | FileKind::CargoLock
            | FileKind::PoetryLock
            | FileKind::UvLock
            | FileKind::PdmLock
            | FileKind::PipfileLock => (true, true, true),
            FileKind::Requirements | FileKind::GemfileLock | FileKind::PubspecLock => {
                (false, true, true)
            }
            FileKind::Pylock | FileKind::MixLock | FileKind::SwiftResolved => (false, false, true),
            _ => (false, false, false),
        };
        Self {
            hashes,
            registries,
            commits,
        }
    }
}
