use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// A path relative to the scanned root: raw bytes, separated by `/`, never absolute.
///
/// File names are bytes, not text. Whoever shows one goes through [`RepoPath::display`], which
/// keeps it on one line and free of control characters.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RepoPath(Arc<[u8]>);

impl RepoPath {
    pub fn new(bytes: &[u8]) -> Self {
        let bytes = bytes.strip_prefix(b"./").unwrap_or(bytes);
        Self(Arc::from(bytes))
    }

    /// The path as the platform gives it, with its separators turned into `/`.
    pub fn from_path(path: &Path) -> Self {
        let bytes = path.as_os_str().as_encoded_bytes();
        if std::path::MAIN_SEPARATOR == '/' {
            return Self::new(bytes);
        }
        let turned: Vec<u8> = bytes
            .iter()
            .map(|b| {
                if *b == std::path::MAIN_SEPARATOR as u8 {
                    b'/'
                } else {
                    *b
                }
            })
            .collect();
        Self::new(&turned)
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The path as text where it is UTF-8.
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// The last component.
    pub fn file_name(&self) -> &[u8] {
        self.0.rsplit(|b| *b == b'/').next().unwrap_or(&self.0)
    }

    /// The part before the last component, empty at the root.
    pub fn parent(&self) -> RepoPath {
        match self.0.iter().rposition(|b| *b == b'/') {
            Some(at) => Self(Arc::from(&self.0[..at])),
            None => Self(Arc::from(&b""[..])),
        }
    }

    /// The bytes after the last `.` of the file name, without the dot.
    pub fn extension(&self) -> Option<&[u8]> {
        let name = self.file_name();
        let dot = name.iter().rposition(|b| *b == b'.')?;
        (dot > 0).then(|| &name[dot + 1..])
    }

    /// `self/name`, or `name` where `self` is the root.
    pub fn join(&self, name: &[u8]) -> RepoPath {
        if self.0.is_empty() {
            return Self::new(name);
        }
        let mut joined = self.0.to_vec();
        joined.push(b'/');
        joined.extend_from_slice(name);
        Self(Arc::from(joined))
    }

    pub fn is_under(&self, folder: &RepoPath) -> bool {
        folder.0.is_empty()
            || (self.0.starts_with(&folder.0) && self.0.get(folder.0.len()) == Some(&b'/'))
    }

    /// The path for a person: one line, control and invisible characters made visible. A name that
    /// a CI would take for a command at the start of a line gets `./` in front.
    pub fn display(&self) -> String {
        let shown = crate::guard::printable::line(&String::from_utf8_lossy(&self.0));
        if shown.trim_start().starts_with([':', '#']) {
            format!("./{shown}")
        } else {
            shown
        }
    }

    /// The path as text, lossy where it is not UTF-8. For machine formats that escape themselves.
    pub fn to_text(&self) -> String {
        String::from_utf8_lossy(&self.0).into_owned()
    }
}

impl fmt::Debug for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.display())
    }
}

impl From<&str> for RepoPath {
    fn from(text: &str) -> Self {
        Self::new(text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::RepoPath;

    #[test]
    fn parent_name_and_extension_follow_the_slashes() {
        let path = RepoPath::from("a/b.tar/c.Py");
        assert_eq!(path.file_name(), b"c.Py");
        assert_eq!(path.extension(), Some(&b"Py"[..]));
        assert_eq!(path.parent(), RepoPath::from("a/b.tar"));
        assert_eq!(RepoPath::from(".env").extension(), None);
    }

    #[test]
    fn a_folder_does_not_hold_its_namesakes() {
        let folder = RepoPath::from("src");
        assert!(RepoPath::from("src/a").is_under(&folder));
        assert!(!RepoPath::from("srcs/a").is_under(&folder));
    }
}
