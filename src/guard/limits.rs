/// Every bound of a scan. Exceeding one puts a row into the report's list of skipped files.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Largest file that is read at all, in bytes.
    pub file: u64,
    /// Largest file that is parsed, in bytes; larger ones are checked for secrets only.
    pub parse: u64,
    /// Largest git blob or standard input, which are held in memory, in bytes.
    pub blob: u64,
    /// Bytes of a larger file that are looked at together.
    pub window: usize,
    /// Bytes that two neighbouring windows share: longer than any secret.
    pub overlap: usize,
    /// Bytes that are read ahead of the checks.
    pub in_flight: u64,
    /// Archives in archives that are opened.
    pub archive_depth: u32,
    /// Unpacked bytes of one file in an archive.
    pub archive_member: u64,
    /// Unpacked bytes of one archive, with the archives in it.
    pub archive_bytes: u64,
    /// Entries of one archive, with the archives in it.
    pub archive_entries: u64,
    /// How many times its packed size a stream may unpack to.
    pub archive_ratio: u64,
    /// Deepest nesting of brackets or blocks that is parsed.
    pub nesting: u32,
    /// Longest time one parse may take, in milliseconds.
    pub parse_millis: u64,
    /// Source code that is parsed and judged at once, in bytes: a longer file is read in pieces.
    pub piece: usize,
    /// Bytes of source code that all threads together parse and judge at once.
    pub pieces: u64,
    /// Longest time the queries of rules on one file may take, in milliseconds.
    pub query_millis: u64,
    /// Findings of one rule in one file that are listed.
    pub findings_per_rule: usize,
    /// Findings of one run that are listed.
    pub findings: usize,
    /// Files of one run.
    pub files: usize,
    /// Contents of files and messages of one history.
    pub versions: usize,
    /// Bytes of the sources that findings in one history point into.
    pub history_sources: usize,
    /// Bytes of what is remembered of one history, to be faster the next time.
    pub history_cache: usize,
    /// Files and folders of one build context that are looked at.
    pub context: usize,
    /// Longest path, in bytes.
    pub path: usize,
    /// Largest configuration or baseline file, in bytes.
    pub config: u64,
    /// Bytes unpacked from one advisory archive.
    pub import: u64,
    /// Bytes of one file that is fetched.
    pub download: u64,
    /// Stack of the threads that run native grammars, in bytes.
    pub stack: usize,
}

/// The limits in force.
pub const LIMITS: Limits = Limits {
    file: (4 << 30) - 1,
    parse: 16 << 20,
    blob: 256 << 20,
    window: 2 << 20,
    overlap: 128 << 10,
    in_flight: 128 << 20,
    archive_depth: 2,
    archive_member: 64 << 20,
    archive_bytes: 512 << 20,
    archive_entries: 10_000,
    archive_ratio: 200,
    nesting: 1000,
    parse_millis: 2000,
    piece: 256 << 10,
    pieces: 320 << 10,
    query_millis: 1000,
    findings_per_rule: 1000,
    findings: 100_000,
    files: 2_000_000,
    versions: 8_000_000,
    history_sources: 96 << 20,
    history_cache: 64 << 20,
    context: 100_000,
    path: 4096,
    config: 4 << 20,
    import: 4 << 30,
    download: 2 << 30,
    stack: 64 << 20,
};

impl Limits {
    /// Name, value and meaning of each limit, for the help and the hostile tests.
    pub fn rows(&self) -> Vec<(&'static str, u64, &'static str)> {
        vec![
            ("file", self.file, "bytes of a file that is read at all"),
            ("parse", self.parse, "bytes of a file that is parsed"),
            (
                "blob",
                self.blob,
                "bytes of a git blob or of standard input",
            ),
            (
                "window",
                self.window as u64,
                "bytes of a larger file that are looked at together",
            ),
            (
                "overlap",
                self.overlap as u64,
                "bytes that neighbouring windows share",
            ),
            (
                "in_flight",
                self.in_flight,
                "bytes that are read ahead of the checks",
            ),
            (
                "archive_depth",
                self.archive_depth.into(),
                "levels of archives in an archive",
            ),
            (
                "archive_member",
                self.archive_member,
                "unpacked bytes of one file in an archive",
            ),
            (
                "archive_bytes",
                self.archive_bytes,
                "unpacked bytes of one archive",
            ),
            (
                "archive_entries",
                self.archive_entries,
                "entries of one archive",
            ),
            ("archive_ratio", self.archive_ratio, "times the packed size"),
            (
                "nesting",
                self.nesting.into(),
                "levels of nesting that are parsed",
            ),
            (
                "parse_millis",
                self.parse_millis,
                "milliseconds one parse may take",
            ),
            (
                "piece",
                self.piece as u64,
                "bytes of source code that are parsed and judged at once",
            ),
            (
                "pieces",
                self.pieces,
                "bytes of source code that all threads together parse and judge at once",
            ),
            (
                "query_millis",
                self.query_millis,
                "milliseconds the queries on one file may take",
            ),
            (
                "findings_per_rule",
                self.findings_per_rule as u64,
                "findings of one rule in one file that are listed",
            ),
            (
                "findings",
                self.findings as u64,
                "findings of one run that are listed",
            ),
            ("files", self.files as u64, "files of one run"),
            (
                "versions",
                self.versions as u64,
                "contents of files and messages of one history",
            ),
            (
                "history_sources",
                self.history_sources as u64,
                "bytes of the sources that findings in one history point into",
            ),
            (
                "history_cache",
                self.history_cache as u64,
                "bytes of what is remembered of one history",
            ),
            (
                "context",
                self.context as u64,
                "files of a build context that are looked at",
            ),
            ("path", self.path as u64, "bytes of a path"),
            (
                "config",
                self.config,
                "bytes of a configuration or baseline file",
            ),
            (
                "import",
                self.import,
                "bytes unpacked from one advisory archive",
            ),
            (
                "download",
                self.download,
                "bytes of one file that `db update` fetches",
            ),
            (
                "stack",
                self.stack as u64,
                "bytes of stack of a parsing thread",
            ),
        ]
    }
}
