// The `[pattern]` tables of the declarative families. Shared with `build.rs`, so these files name
// nothing of this crate.

pub mod secret;
pub mod source;

/// Checks that a rule's `[pattern]` table is one that its family understands.
pub fn validate(family: &str, json: &str) -> Result<(), String> {
    match family {
        "secret" => serde_json::from_str::<secret::SecretPattern>(json)
            .map_err(|e| e.to_string())?
            .validate(),
        "source" => serde_json::from_str::<source::SourcePattern>(json)
            .map_err(|e| e.to_string())?
            .validate(),
        other => Err(format!("family \"{other}\" has no patterns")),
    }
}
