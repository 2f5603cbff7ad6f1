//! mixed-downloaders: two programs for one purpose are in the image.

use super::Shell;
use crate::detect::Sink;

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let first = |name: &str| shell.built().find(|command| command.name == name);
    if let (Some(curl), Some(wget)) = (first("curl"), first("wget")) {
        let (earlier, later) = match curl.id < wget.id {
            true => (curl, wget),
            false => (wget, curl),
        };
        out.report(
            rule,
            later.program_span(),
            format!("{} is used beside {}", later.name, earlier.name),
        )
        .text("one of them is enough")
        .label(earlier.program_span(), "the other one")
        .help(format!(
            "use {} here too, and install only one",
            earlier.name
        ));
    }
}
