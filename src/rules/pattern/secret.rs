use serde::Deserialize;

/// How a kind of secret looks.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretPattern {
    /// Literal beginnings, each of which may start a secret.
    pub prefixes: Vec<String>,
}

impl SecretPattern {
    pub fn validate(&self) -> Result<(), String> {
        if self.prefixes.is_empty() {
            return Err("a secret pattern needs a prefix".into());
        }
        Ok(())
    }
}
