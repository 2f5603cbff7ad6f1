use serde::Deserialize;

/// What a source rule looks for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourcePattern {
    /// Canonical names of the callee.
    pub call: Vec<String>,
}

impl SourcePattern {
    pub fn validate(&self) -> Result<(), String> {
        if self.call.is_empty() {
            return Err("a source pattern needs a call".into());
        }
        Ok(())
    }
}
