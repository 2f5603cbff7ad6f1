//! harmless-pipe: nothing would notice a failure before the last `|`, though none is likely.

use super::Shell;
use super::missing_pipefail::{hardly_fails, lossy};
use crate::detect::Sink;

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for command in lossy(shell).filter(|command| hardly_fails(command)) {
        out.report(
            rule,
            command.program_span(),
            format!("the build goes on if {} fails", command.name),
        )
        .help("write SHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"] before it");
    }
}
