use std::path::Path;

/// The script, as users may copy it.
const SCRIPT: &str = include_str!("../../hooks/pre-commit");

/// The line that names the program; without a name, the one on `PATH` is used.
const PROGRAM: &str = "plimsoll=''\n";

/// The line by which our hook is known.
const MARK: &str = "# plimsoll hook:";

/// The script with the program's place in it, because the `PATH` of an editor or a graphical
/// client may not have it.
pub(super) fn with_program(program: &Path) -> Vec<u8> {
    let words = program.as_os_str().as_encoded_bytes();
    let mut quoted = b"plimsoll='".to_vec();
    for byte in words {
        match byte {
            b'\'' => quoted.extend_from_slice(b"'\\''"),
            b'\\' if cfg!(windows) => quoted.push(b'/'),
            other => quoted.push(*other),
        }
    }
    quoted.extend_from_slice(b"'\n");
    let at = SCRIPT.find(PROGRAM).unwrap_or(0);
    let mut script = SCRIPT.as_bytes()[..at].to_vec();
    script.extend_from_slice(&quoted);
    script.extend_from_slice(&SCRIPT.as_bytes()[at + PROGRAM.len()..]);
    script
}

/// True for a hook of ours, whichever version wrote it.
pub(super) fn is_ours(hook: &[u8]) -> bool {
    hook.split(|b| *b == b'\n')
        .take(5)
        .any(|line| line.starts_with(MARK.as_bytes()))
}

/// True for a hook that is exactly what we write, for whatever program.
pub(super) fn is_unedited(hook: &[u8]) -> bool {
    without_program(hook) == without_program(SCRIPT.as_bytes())
}

fn without_program(hook: &[u8]) -> Vec<&[u8]> {
    hook.split(|b| *b == b'\n')
        .filter(|line| !line.starts_with(b"plimsoll='"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_stays_short_and_knows_itself() {
        assert!(SCRIPT.lines().count() <= 20);
        assert!(SCRIPT.contains(PROGRAM));
        let written = with_program(Path::new("/opt/it's here/plimsoll"));
        assert!(is_ours(&written) && is_unedited(&written));
        let text = String::from_utf8(written).expect("text");
        assert!(
            text.contains("plimsoll='/opt/it'\\''s here/plimsoll'\n"),
            "{text}"
        );
        assert!(!is_unedited((text + "make lint\n").as_bytes()));
        assert!(!is_ours(b"#!/bin/sh\nplimsoll staged\n"));
    }
}
