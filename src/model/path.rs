use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// A path relative to the scanned root: raw bytes, separated by `/`, never absolute.
///
/// File names are bytes, not text. Whoever shows one goes through [`RepoPath::display`], which
/// keeps it on one line and free of control characters.
///
/// A file in an archive has the path `archive!/member`, and still knows where the one ends and the
/// other begins: a folder's name may end with `!` as well.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RepoPath {
    bytes: Arc<[u8]>,
    /// Length of the archive's own path; 0 outside archives.
    archive: u32,
}

/// What stands between an archive and its member.
const MEMBER: &[u8] = b"!/";

impl RepoPath {
    pub fn new(bytes: &[u8]) -> Self {
        let bytes = bytes.strip_prefix(b"./").unwrap_or(bytes);
        Self {
            bytes: Arc::from(bytes),
            archive: 0,
        }
    }

    /// The path of a file in this archive; in an archive in an archive, the outermost one counts.
    pub fn member(&self, name: &[u8]) -> RepoPath {
        let own = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
        Self {
            bytes: Arc::from([&self.bytes, MEMBER, name].concat()),
            archive: if self.archive > 0 { self.archive } else { own },
        }
    }

    /// The outermost archive and the member in it, for a file in an archive.
    pub fn in_archive(&self) -> Option<(RepoPath, &[u8])> {
        let length = self.archive as usize;
        let member = self.bytes.get(length + MEMBER.len()..)?;
        (length > 0).then(|| {
            (
                Self::new(self.bytes.get(..length).unwrap_or_default()),
                member,
            )
        })
    }

    /// The outermost archive in a path that was written down, if there is one in it.
    pub fn possible_archive(&self) -> Option<RepoPath> {
        let at = memchr::memmem::find(&self.bytes, MEMBER)?;
        self.bytes.get(..at).map(Self::new)
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

    /// The same path with asterisks in these ranges.
    #[must_use]
    pub fn masked(&self, ranges: &[std::ops::Range<usize>]) -> Self {
        let mut bytes = self.bytes.to_vec();
        for range in ranges {
            bytes.get_mut(range.clone()).unwrap_or_default().fill(b'*');
        }
        Self {
            bytes: Arc::from(bytes),
            archive: self.archive,
        }
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The path as text where it is UTF-8.
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.bytes).ok()
    }

    /// The last component.
    pub fn file_name(&self) -> &[u8] {
        self.bytes
            .rsplit(|b| *b == b'/')
            .next()
            .unwrap_or(&self.bytes)
    }

    /// The part before the last component, empty at the root.
    pub fn parent(&self) -> RepoPath {
        match self.bytes.iter().rposition(|b| *b == b'/') {
            Some(at) => Self::new(&self.bytes[..at]),
            None => Self::default(),
        }
    }

    /// The bytes after the last `.` of the file name, without the dot.
    pub fn extension(&self) -> Option<&[u8]> {
        let name = self.file_name();
        let dot = name.iter().rposition(|b| *b == b'.')?;
        (dot > 0).then(|| &name[dot + 1..])
    }

    /// The folder that it lies in and those above it, the nearest first.
    pub fn folders(&self) -> impl Iterator<Item = RepoPath> + use<> {
        let above = |folder: &RepoPath| (!folder.bytes.is_empty()).then(|| folder.parent());
        std::iter::successors(Some(self.parent()), above)
    }

    /// `self/name`, or `name` where `self` is the root.
    pub fn join(&self, name: &[u8]) -> RepoPath {
        if self.bytes.is_empty() {
            return Self::new(name);
        }
        let mut joined = self.bytes.to_vec();
        joined.push(b'/');
        joined.extend_from_slice(name);
        Self::new(&joined)
    }

    pub fn is_under(&self, folder: &RepoPath) -> bool {
        folder.bytes.is_empty()
            || (self.bytes.starts_with(&folder.bytes)
                && self.bytes.get(folder.bytes.len()) == Some(&b'/'))
    }

    /// The path for a person: one line, control and invisible characters made visible. A name that
    /// a CI would take for a command at the start of a line gets `./` in front.
    pub fn display(&self) -> String {
        let shown = crate::guard::printable::line(&String::from_utf8_lossy(&self.bytes));
        if shown.trim_start().starts_with([':', '#']) {
            format!("./{shown}")
        } else {
            shown
        }
    }

    /// The path as text, lossy where it is not UTF-8. For machine formats that escape themselves.
    pub fn to_text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
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
    fn a_member_knows_its_archive() {
        let path = RepoPath::from("odd!/a.zip")
            .member(b"lib/b.jar")
            .member(b"x.env");
        assert_eq!(path, path.clone());
        assert_eq!(path.as_bytes(), b"odd!/a.zip!/lib/b.jar!/x.env");
        let (archive, member) = path.in_archive().expect("an archive");
        assert_eq!(archive, RepoPath::from("odd!/a.zip"));
        assert_eq!(member, b"lib/b.jar!/x.env");
        assert_eq!(RepoPath::from("odd!/a").in_archive(), None);
    }

    #[test]
    fn a_folder_does_not_hold_its_namesakes() {
        let folder = RepoPath::from("src");
        assert!(RepoPath::from("src/a").is_under(&folder));
        assert!(!RepoPath::from("srcs/a").is_under(&folder));
    }
}
