//! Ignore files of build contexts, judged by what they let through.

use super::credential_file::judge_file;
use super::sensitive_path::judge;
use crate::detect::{Context, Detector, Sink};
use crate::model::{FileKind, KindSet, Safety};
use crate::parse::Document;
use crate::parse::dockerignore::{IgnoreFile, Line};
use crate::parse::surroundings::{BuildContext, ContextFile};

const RULE: &str = "dockerfile/ineffective-ignore";

/// Judges `.dockerignore` and its kin.
#[derive(Debug)]
pub struct IgnoreFiles;

impl Detector for IgnoreFiles {
    fn family(&self) -> &'static str {
        "dockerfile"
    }

    fn kinds(&self) -> KindSet {
        KindSet::of(&[FileKind::Dockerignore])
    }

    fn check(&self, _: &Context<'_>, doc: &Document<'_>, out: &mut Sink<'_>) {
        if !out.is_enabled(RULE) {
            return;
        }
        let file = IgnoreFile::parse(&doc.source.bytes);
        let context = doc.contexts.first().map(|used| &*used.context);
        for (place, line) in file.lines.iter().enumerate() {
            judge_line(place, line, context, out);
        }
    }
}

fn judge_line(place: usize, line: &Line, context: Option<&BuildContext>, out: &mut Sink<'_>) {
    if line.pattern.is_none() {
        let message = "this is no valid pattern: the build refuses the whole file".to_owned();
        out.report(RULE, line.span, message)
            .help("close the bracket, or write a name after the exclamation mark");
        return;
    }
    if let Some(pattern) = before_comment(&line.raw) {
        let message = format!(
            "this matches only a name with the # in it, and not {pattern}: comments stand on lines of their own"
        );
        out.report(RULE, line.span, message)
            .help("move the comment to a line of its own");
        return;
    }
    let Some(context) = context else {
        return;
    };
    if line.is_exception {
        let mut back = context
            .files
            .iter()
            .filter(|file| file.decided == Some(place))
            .filter_map(|file| Some((file, judge_file(context, file)?)));
        if let Some((file, sensitive)) = back.next() {
            let message = format!(
                "this takes {} back into the build: {}",
                file.path, sensitive.what
            );
            out.report(RULE, line.span, message)
                .severity(sensitive.severity)
                .confidence(sensitive.confidence)
                .help("exclude it again below this line, or leave the line out");
        }
        return;
    }
    // Written as if it held in every folder, as it does for git.
    if line.text.contains('/') || judge(&line.text).is_none() {
        return;
    }
    let deeper = format!("**/{}", line.text);
    let wanted = IgnoreFile::of([deeper.as_str()]);
    let is_missed = |file: &&ContextFile| !file.is_excluded && wanted.excludes(&file.path);
    let mut missed = context.files.iter().filter(is_missed);
    if let Some(file) = missed.find(|file| judge_file(context, file).is_some()) {
        let message = format!(
            "{} matches only at the top of the context and leaves {} in",
            line.raw, file.path
        );
        out.report(RULE, line.span, message)
            .help(format!("{deeper} matches in every folder"))
            .fix(
                "match in every folder",
                Safety::Unsafe,
                line.span,
                deeper.clone(),
            );
    }
}

/// The pattern before what was meant as a comment.
fn before_comment(raw: &str) -> Option<&str> {
    let (pattern, _) = raw.split_once(" #").or_else(|| raw.split_once("\t#"))?;
    Some(pattern.trim())
}
