//! dockerfile/unprotected-context

use super::Facts;
use super::landing::way;
use crate::detect::Sink;
use crate::parse::dockerfile::Body;
use crate::parse::dockerignore::clean;

/// The file that most often gets into images by accident.
const PROBE: &str = ".env";

/// Most copies of the whole context that are followed to where they end up.
const MOST_COPIES: usize = 50;

/// Reports the copy of a whole context from which nothing would keep an environment file out.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    if facts.is_for_development() {
        return;
    }
    let mut left = MOST_COPIES;
    for (place, instruction) in facts.file.instructions.iter().enumerate() {
        let Body::Transfer { sources, .. } = &instruction.body else {
            continue;
        };
        let takes_all = |text: &str| matches!(&*clean(&format!("/{text}")), "." | "*");
        let source = sources
            .iter()
            .find(|source| source.value.known().is_some_and(takes_all));
        let Some((source, used)) = source.zip(facts.contexts.first()) else {
            continue;
        };
        let is_local = !instruction.has_flag("from") && instruction.is_direct();
        if !is_local || left == 0 {
            continue;
        }
        left -= 1;
        if way(facts.file, place, ".", PROBE).is_none() {
            continue;
        }
        let message = match &used.context.ignore {
            None => {
                "the whole context goes into the image, and there is no .dockerignore".to_owned()
            }
            Some((path, file)) if !file.excludes(PROBE) => format!(
                "the whole context goes into the image, and {} would not keep a {PROBE} out",
                path.display()
            ),
            Some(_) => continue,
        };
        out.report("dockerfile/unprotected-context", source.span, message)
            .help("name what the build needs in .dockerignore: a line with * and a line with ! for each folder");
        return;
    }
}
