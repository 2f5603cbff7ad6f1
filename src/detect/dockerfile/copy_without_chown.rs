//! dockerfile/copy-without-chown

use super::Facts;
use crate::detect::Sink;
use crate::parse::dockerfile::{Body, Keyword};

/// Reports COPY and ADD behind a USER whose files belong to root all the same.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for (place, instruction) in facts.file.instructions.iter().enumerate() {
        let is_copy = matches!(instruction.keyword, Keyword::Copy | Keyword::Add);
        if !is_copy || !instruction.is_direct() || instruction.has_flag("chown") {
            continue;
        }
        let user = facts.file.state_before(place).user;
        let Some(Body::Text(user)) = user
            .and_then(|place| facts.file.instructions.get(place))
            .map(|instruction| &instruction.body)
        else {
            continue;
        };
        let name = user.text();
        if !matches!(name.split(':').next(), Some("root" | "0")) {
            out.report("dockerfile/copy-without-chown", instruction.keyword_span, format!("the files belong to root, and not to {name}"))
                .label(user.span, "only RUN, CMD and ENTRYPOINT follow this")
                .help(format!("write --chown={name} where {name} has to change them; leave it, and copy before USER, where not"));
        }
    }
}
