//! consecutive-run: a step of one command follows another one.

use super::Shell;
use crate::detect::Sink;
use crate::parse::dockerfile::{Body, Command, Dialect, Instruction, Keyword};

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let Some(image) = shell.image else {
        return;
    };
    // How many commands each instruction runs itself.
    let mut counts = vec![0_usize; image.stage.instructions.len()];
    for command in shell.script.commands.iter().filter(|c| c.depth == 0) {
        let place = image.place(command).unwrap_or_default();
        let slot = place.checked_sub(image.stage.instructions.start);
        if let Some(count) = slot.and_then(|slot| counts.get_mut(slot)) {
            *count += usize::from(!matches!(command.name.as_str(), "[" | "[["));
        }
    }
    let stage = image
        .file
        .instructions
        .get(image.stage.instructions.clone());
    let mut before: Option<(&Instruction, usize)> = None;
    for (instruction, count) in stage.unwrap_or_default().iter().zip(counts) {
        if instruction.keyword != Keyword::Run || !instruction.is_direct() {
            before = None;
            continue;
        }
        let count = count.max(statements(&instruction.body));
        match before {
            Some((first, one)) if count < 2 && one < 2 && has_same_flags(first, instruction) => {
                out.report(
                    rule,
                    instruction.keyword_span,
                    "the RUN before it could do this as well",
                )
                .label(first.keyword_span, "the earlier one")
                .help("join them with &&");
            }
            _ => before = Some((instruction, count)),
        }
    }
}

/// How many statements a script has at least that only another shell understands.
fn statements(body: &Body) -> usize {
    match body {
        Body::Command(Command::Shell(script)) if !script.dialect.is_unix_shell() => {
            let ends = |c: char| match script.dialect {
                // There `;` is a character of paths.
                Dialect::Cmd => matches!(c, '&' | '\n'),
                _ => matches!(c, ';' | '|' | '\n'),
            };
            script.text.as_str().trim().split(ends).count()
        }
        _ => 0,
    }
}

fn has_same_flags(a: &Instruction, b: &Instruction) -> bool {
    let flags = |instruction: &Instruction| {
        let raw = |flag: &crate::parse::dockerfile::Flag| {
            let value = flag.value.as_ref().map(|value| value.raw.clone());
            (flag.name.clone(), value)
        };
        let mut flags: Vec<_> = instruction.flags.iter().map(raw).collect();
        flags.sort();
        flags
    };
    flags(a) == flags(b)
}
