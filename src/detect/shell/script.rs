use super::{IN_SCRIPTS, Shell, judge, mention};
use crate::detect::dependency::installed;
use crate::detect::{Context, Detector, Sink};
use crate::model::{FileKind, KindSet, SkipReason};
use crate::parse::Document;
use crate::parse::shell::Script;

/// The family `source`, language `shell`: script files.
#[derive(Debug)]
pub struct Scripts;

impl Detector for Scripts {
    fn family(&self) -> &'static str {
        "source"
    }

    fn kinds(&self) -> KindSet {
        KindSet::of(&[FileKind::Shell])
    }

    fn check(&self, cx: &Context<'_>, doc: &Document<'_>, out: &mut Sink<'_>) {
        let text = &doc.source.bytes;
        let is_judged =
            cx.rules.any_of("source/shell") && mention::is_worth_parsing(text, cx.rules);
        let installs = installed::is_looked_for(cx, doc.source);
        if !is_judged && !installs {
            return;
        }
        let script = Script::parse(text);
        if let Some(reason) = &script.refused {
            out.skip(reason.clone());
        }
        if let Some(first) = script.errors.iter().map(|error| error.start).min() {
            let before = text.get(..first as usize).unwrap_or(&[]);
            out.skip(SkipReason::SyntaxErrors {
                places: script.errors.len(),
                line: memchr::memchr_iter(b'\n', before).count() + 1,
            });
        }
        if is_judged {
            judge(IN_SCRIPTS, &Shell::of_script(&script), out);
        }
        if installs {
            installed::check(cx, doc.source, installed::of_script(&script), out);
        }
    }
}
