//! Where plimsoll keeps what it may keep.

use std::env;
use std::path::PathBuf;

/// `$XDG_CACHE_HOME/plimsoll`, or the platform's equivalent; `None` without a home.
pub fn cache() -> Option<PathBuf> {
    place("XDG_CACHE_HOME", "LOCALAPPDATA", "Library/Caches", ".cache")
}

/// The user's own configuration: `$XDG_CONFIG_HOME/plimsoll/config.toml`, or the platform's
/// equivalent; `None` without a home.
pub fn config() -> Option<PathBuf> {
    let folder = place(
        "XDG_CONFIG_HOME",
        "APPDATA",
        "Library/Application Support",
        ".config",
    )?;
    Some(folder.join("config.toml"))
}

fn place(xdg: &str, windows: &str, mac: &str, unix: &str) -> Option<PathBuf> {
    let set = |name: &str| {
        env::var_os(name)
            .filter(|v| !v.is_empty())
            .map(PathBuf::from)
    };
    let base = set(xdg).filter(|path| path.is_absolute()).or_else(|| {
        if cfg!(windows) {
            set(windows)
        } else if cfg!(target_os = "macos") {
            Some(set("HOME")?.join(mac))
        } else {
            Some(set("HOME")?.join(unix))
        }
    })?;
    Some(base.join("plimsoll"))
}
