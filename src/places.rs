//! Where plimsoll keeps what it may keep.

use std::env;
use std::path::PathBuf;

/// `$XDG_CACHE_HOME/plimsoll`, or the platform's equivalent; `None` without a home.
pub fn cache() -> Option<PathBuf> {
    let set = |name: &str| {
        env::var_os(name)
            .filter(|v| !v.is_empty())
            .map(PathBuf::from)
    };
    let base = set("XDG_CACHE_HOME")
        .filter(|path| path.is_absolute())
        .or_else(|| {
            if cfg!(windows) {
                set("LOCALAPPDATA")
            } else if cfg!(target_os = "macos") {
                Some(set("HOME")?.join("Library/Caches"))
            } else {
                Some(set("HOME")?.join(".cache"))
            }
        })?;
    Some(base.join("plimsoll"))
}
