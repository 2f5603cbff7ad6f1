//! dockerfile/loose-secret-mount

use super::Facts;
use crate::detect::Sink;

/// Reports secret mounts that every user of the step can read, or that may be missing unnoticed.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    let flags = facts.file.instructions.iter().flat_map(|i| &i.flags);
    for flag in flags.filter(|flag| flag.name == "mount") {
        if flag.option("type").is_none_or(|kind| kind.raw != "secret") {
            continue;
        }
        if let Some(mode) = flag.option("mode")
            && u32::from_str_radix(&mode.raw, 8).is_ok_and(|mode| mode & 0o7 != 0)
        {
            out.report(
                "dockerfile/loose-secret-mount",
                mode.span,
                format!(
                    "with mode {} every user of the step reads the secret",
                    mode.raw
                ),
            )
            .help("keep the default, 0400, and name the one reader with uid= and gid=");
        }
        let options = flag.options();
        let says = options
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("required"));
        if !says {
            out.report(
                "dockerfile/loose-secret-mount",
                flag.span,
                "the step runs without the secret where the build does not give it",
            )
            .help("say required=true, so that the build stops instead");
        }
    }
}
