/// Every bound of a scan. Exceeding one puts a row into the report's list of skipped files.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Largest file that is read at all, in bytes.
    pub file: u64,
    /// Largest file that is parsed, in bytes; larger ones are checked for secrets only.
    pub parse: u64,
    /// Deepest nesting of brackets or blocks that is parsed.
    pub nesting: u32,
    /// Longest time one parse may take, in milliseconds.
    pub parse_millis: u64,
    /// Findings of one rule in one file that are listed.
    pub findings_per_rule: usize,
    /// Findings of one run that are listed.
    pub findings: usize,
    /// Files of one run.
    pub files: usize,
    /// Files and folders of one build context that are looked at.
    pub context: usize,
    /// Longest path, in bytes.
    pub path: usize,
    /// Largest configuration or baseline file, in bytes.
    pub config: u64,
    /// Bytes unpacked from one advisory archive.
    pub import: u64,
    /// Stack of the threads that run native grammars, in bytes.
    pub stack: usize,
}

/// The limits in force.
pub const LIMITS: Limits = Limits {
    file: 256 << 20,
    parse: 16 << 20,
    nesting: 1000,
    parse_millis: 2000,
    findings_per_rule: 1000,
    findings: 100_000,
    files: 2_000_000,
    context: 100_000,
    path: 4096,
    config: 4 << 20,
    import: 4 << 30,
    stack: 64 << 20,
};

impl Limits {
    /// Name, value and meaning of each limit, for the help and the hostile tests.
    pub fn rows(&self) -> Vec<(&'static str, u64, &'static str)> {
        vec![
            ("file", self.file, "bytes of a file that is read at all"),
            ("parse", self.parse, "bytes of a file that is parsed"),
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
                "stack",
                self.stack as u64,
                "bytes of stack of a parsing thread",
            ),
        ]
    }
}
