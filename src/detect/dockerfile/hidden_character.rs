//! dockerfile/hidden-character

use super::Facts;
use crate::detect::Sink;
use crate::model::{Safety, Severity, Span};

/// Reports the character that makes a line say something else than it shows.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    let bytes = &facts.source.bytes;
    let is_suspect = |byte: &u8| {
        *byte >= 0x80 || (*byte < b' ' && !b"\t\n\r\x0c".contains(byte)) || *byte == 0x7f
    };
    if !bytes.iter().any(is_suspect) {
        return;
    }
    let mut at = 0;
    for chunk in bytes.utf8_chunks() {
        for line in chunk.valid().split_inclusive('\n') {
            judge(facts, line, at, out);
            at += line.len();
        }
        at += chunk.invalid().len();
    }
}

/// One finding a line is enough.
fn judge(facts: &Facts<'_>, line: &str, start: usize, out: &mut Sink<'_>) {
    let mut before = None;
    for (n, found) in line.char_indices() {
        let after = line
            .get(n + found.len_utf8()..)
            .and_then(|rest| rest.chars().next());
        let kind = Kind::of(found, before, after).filter(|_| start + n > 0);
        before = Some(found);
        let at = Span::from_usize(start + n, start + n + found.len_utf8());
        let Some(kind) = kind.filter(|kind| *kind == Kind::Reordering || is_built(facts, line, at))
        else {
            continue;
        };
        let code = format!("U+{:04X}", u32::from(found));
        let (severity, message) = match kind {
            Kind::Reordering => (
                Severity::High,
                format!("{code} makes this line show in another order than it is built"),
            ),
            Kind::Invisible => (
                Severity::Medium,
                format!("{code} is here and cannot be seen"),
            ),
            Kind::Control => (
                Severity::Medium,
                format!("the control character {code} is in the text"),
            ),
            Kind::LookAlike => (
                Severity::High,
                format!("the letter {code} only looks like one of the Latin alphabet"),
            ),
        };
        let finding = out
            .report("dockerfile/hidden-character", at, message)
            .severity(severity);
        match kind {
            Kind::Reordering | Kind::Invisible => {
                finding
                    .help("delete it")
                    .fix("delete the character", Safety::Safe, at, "")
            }
            _ => finding.help("write what is meant in plain characters"),
        };
        return;
    }
}

/// True inside an instruction and outside of a comment.
fn is_built(facts: &Facts<'_>, line: &str, at: Span) -> bool {
    let instructions = &facts.file.instructions;
    let next = instructions.partition_point(|i| i.span.start <= at.start);
    let is_inside = next
        .checked_sub(1)
        .and_then(|place| instructions.get(place))
        .is_some_and(|i| at.start < i.span.end);
    is_inside && !line.trim_start().starts_with('#')
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Reordering,
    Invisible,
    Control,
    LookAlike,
}

impl Kind {
    fn of(found: char, before: Option<char>, after: Option<char>) -> Option<Self> {
        match found {
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => Some(Self::Reordering),
            '\u{200b}'
            | '\u{2060}'..='\u{2064}'
            | '\u{feff}'
            | '\u{ad}'
            | '\u{180e}'
            | '\u{3164}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{e0000}'..='\u{e007f}' => Some(Self::Invisible),
            // Between letters of other scripts, and in emoji, joiners mean something.
            '\u{200c}' | '\u{200d}' => {
                let is_plain = |side: Option<char>| side.is_none_or(|c| c.is_ascii());
                (is_plain(before) && is_plain(after)).then_some(Self::Invisible)
            }
            '\t' | '\n' | '\r' | '\u{c}' => None,
            '\0'..='\u{1f}' | '\u{7f}' => Some(Self::Control),
            found if LOOK_ALIKES.contains(found) => {
                let is_latin = |side: Option<char>| side.is_some_and(|c| c.is_ascii_alphabetic());
                let is_foreign =
                    |side: Option<char>| side.is_some_and(|c| c.is_alphabetic() && !c.is_ascii());
                let mixed = is_latin(before) || is_latin(after);
                (mixed && !is_foreign(before) && !is_foreign(after)).then_some(Self::LookAlike)
            }
            _ => None,
        }
    }
}

/// Cyrillic and Greek letters that look like Latin ones.
const LOOK_ALIKES: &str = "асԁеһіјӏорԛѕуԝхАВСЕНІЈКМОРЅТХανορΑΒΕΖΗΙΚΜΝΟΡΤΥΧ";
