//! dockerfile/world-writable-copy

use super::Facts;
use crate::detect::Sink;

/// Reports the `--chmod` that lets everybody write, or sets a set-user-ID bit.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for flag in facts.file.instructions.iter().flat_map(|i| &i.flags) {
        let Some(value) = flag.value.as_ref().filter(|_| flag.name == "chmod") else {
            continue;
        };
        let Some(mode) = value.value.known() else {
            continue;
        };
        let number = u32::from_str_radix(mode, 8).unwrap_or(0);
        // The sticky bit keeps others from replacing files in a shared folder.
        let by_others = (number & 0o2 != 0 && number & 0o1000 == 0) || grants_write(mode);
        let message = if by_others {
            format!("mode {mode} lets every user of the container change the files")
        } else if number & 0o6000 != 0 {
            format!("mode {mode} runs the file with its owner's rights, whoever starts it")
        } else {
            continue;
        };
        out.report("dockerfile/world-writable-copy", value.span, message)
            .help("give write access to the owner alone, for example --chmod=755");
    }
}

/// `a+w`, `o=rw`, `+w` in a symbolic mode.
fn grants_write(mode: &str) -> bool {
    mode.split(',').any(|clause| {
        clause
            .find(['+', '='])
            .map(|at| clause.split_at(at))
            .is_some_and(|(who, what)| {
                (who.is_empty() || who.contains(['a', 'o'])) && what.contains('w')
            })
    })
}
