//! dockerfile/writable-context-mount

use super::Facts;
use crate::detect::Sink;

/// Reports the bind mount that a RUN may write to.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for flag in facts.file.instructions.iter().flat_map(|i| &i.flags) {
        if flag.name != "mount" {
            continue;
        }
        let options = flag.options();
        let is_set = |names: [&str; 2]| {
            options.iter().any(|(name, value)| {
                let is_on = value.as_ref().is_none_or(|value| value.text() != "false");
                names.contains(&name.as_str()) && is_on
            })
        };
        let kind = flag.option("type");
        let is_bind = kind.as_ref().is_none_or(|kind| kind.text() == "bind");
        if is_bind && flag.option("from").is_none() && is_set(["rw", "readwrite"]) {
            out.report(
                "dockerfile/writable-context-mount",
                flag.span,
                "this command may change the sources that it is built from",
            )
            .help("leave rw out, or copy what must change");
        }
    }
}
