//! What builds ask of a Dockerfile beyond its text.

/// The targets and arguments of the builds that are known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// None: the last stage, as without `--target`.
    pub targets: Vec<Target>,
    /// Values of ARG, where all builds agree.
    pub args: Vec<(String, String)>,
    /// Names that `--from` may have without being a stage or an image.
    pub contexts: Vec<String>,
}

/// A stage that is built into an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// `None`: the last one.
    pub name: Option<String>,
    /// Who asks for it: `service web of compose.yaml`.
    pub by: String,
}

impl Wanted {
    pub(super) fn arg(&self, name: &str) -> Option<&str> {
        let mut args = self.args.iter();
        args.find_map(|(n, value)| (n == name).then_some(value.as_str()))
    }
}
