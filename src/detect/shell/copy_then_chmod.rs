//! copy-then-chmod: a second layer holds the whole file again, for its mode alone.

use super::{Shell, brought};
use crate::detect::Sink;
use crate::parse::dockerfile::{Body, Keyword};

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let Some(image) = shell.image else {
        return;
    };
    let range = image.stage.instructions.clone();
    let instructions = image
        .file
        .instructions
        .get(range.clone())
        .unwrap_or_default();
    for command in shell.script.named(&["chmod"]).take(200) {
        let Some(at) = image.place(command) else {
            continue;
        };
        let words: Vec<_> = command
            .args()
            .iter()
            .filter(|w| !w.text.starts_with('-'))
            .collect();
        let [mode, path] = words.as_slice() else {
            continue;
        };
        let path = command.path(&path.text);
        let copied = instructions
            .iter()
            .zip(range.clone())
            .any(|(instruction, place)| {
                let Body::Transfer {
                    sources,
                    destination,
                } = &instruction.body
                else {
                    return false;
                };
                let is_plain = matches!(instruction.keyword, Keyword::Copy | Keyword::Add)
                    && !instruction.has_flag("chmod")
                    && place < at;
                is_plain
                    && sources.iter().any(|source| {
                        brought::destinations(&image, place, source, destination).contains(&path)
                    })
            });
        if copied {
            out.report(
                rule,
                mode.span,
                format!("a layer of its own changes the mode of {path}, and holds the file again"),
            )
            .help("write the mode at the COPY: --chmod=755");
        }
    }
}
