use serde::Serialize;

/// All that leaves detection of a secret: enough to recognise it, too little to use it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Redacted {
    /// The public prefix of its kind (`ghp_`), never a character of the secret part.
    pub prefix: String,
    /// Length in bytes of the whole secret, prefix included.
    pub length: usize,
    /// Whether a check inside the secret confirms it: `None` where its kind carries none.
    pub checksum: Option<bool>,
    /// The configured ignores that mean the secret by its own text, which only the engine knows.
    #[serde(skip)]
    pub allowed: Vec<usize>,
}

impl Redacted {
    pub fn new(prefix: &str, length: usize) -> Self {
        Self {
            prefix: prefix.to_owned(),
            length,
            checksum: None,
            allowed: Vec::new(),
        }
    }
}

impl std::fmt::Display for Redacted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}… ({} characters)", self.prefix, self.length)
    }
}
