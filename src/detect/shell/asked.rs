//! Whether a command runs because an option of the script asks for what it does.

use crate::model::Span;

/// How many lines before a command may hold the question.
const LINES: usize = 14;

/// Most bytes before a command that are looked at, whatever the length of their lines.
const REACH: usize = 4000;

/// What a question is called that somebody answered with "do not check".
const WORDS: [&str; 13] = [
    "insecure", "selinux", "verif", "skip", "trust", "unsafe", "secure", "check", "ssl", "tls",
    "cert", "sign", "auth",
];

/// True where the branch that a place stands in hangs on a setting about security.
pub(super) fn is_asked_for(text: &[u8], span: Span) -> bool {
    let start = span.start as usize;
    let before = text.get(start.saturating_sub(REACH)..start);
    let before = before.unwrap_or_default();
    let before = String::from_utf8_lossy(before);
    let mut lines = before.rsplit('\n').map(str::trim_start);
    let same = lines.next().unwrap_or_default();
    if same.contains("&&") && is_about_security(same) && asks(same) {
        return true;
    }
    let mut closed = 0_usize;
    let mut in_arm = false;
    for line in std::iter::once(same).chain(lines.take(LINES)) {
        let first = line.split([' ', ';', '\t']).next().unwrap_or_default();
        match first {
            "fi" | "esac" | "done" | "}" => closed += 1,
            "if" | "case" | "while" | "for" if closed > 0 => closed -= 1,
            "if" | "elif" if is_about_security(line) && asks(line) => return true,
            "case" if in_arm && is_about_security(line) => return true,
            _ if closed == 0 && first.ends_with(')') && !first.contains('(') => {
                // `--insecure)` or `true)`, with the `case` above it.
                if is_about_security(first) {
                    return true;
                }
                in_arm = true;
            }
            _ => {}
        }
    }
    false
}

fn is_about_security(line: &str) -> bool {
    let line = line.to_ascii_lowercase();
    WORDS.iter().any(|word| line.contains(word))
}

/// True for a question about a variable, or about what the kernel was started with; whether a
/// file is there is none.
fn asks(line: &str) -> bool {
    (line.contains('$') || line.contains("getarg"))
        && ![" -f ", " -e ", " -r ", " -s "]
            .iter()
            .any(|test| line.contains(test))
}

#[cfg(test)]
mod tests {
    use super::is_asked_for;
    use crate::model::Span;

    fn asked(text: &str) -> bool {
        let at = text.find("HERE").unwrap_or_default();
        is_asked_for(text.as_bytes(), Span::new(at as u32, at as u32 + 4))
    }

    #[test]
    fn an_option_asks() {
        assert!(asked("if [ -n \"$INSECURE\" ]; then\n  HERE\nfi\n"));
        assert!(asked(
            "case \"$VERIFY\" in\n true)\n  a\n  ;;\n no)\n  HERE\n"
        ));
        assert!(asked("while :; do\ncase $1 in\n  -k|--insecure)\n  HERE\n"));
        assert!(asked("[ \"$skip_verify\" = 1 ] && HERE\n"));
        assert!(asked("getargbool 0 rd.noverifyssl && HERE\n"));
    }

    #[test]
    fn a_long_line_is_not_read_to_its_beginning() {
        let near = format!("[ $insecure ] && {} HERE", "x ".repeat(100));
        let far = format!("[ $insecure ] && {} HERE", "x ".repeat(4000));
        assert!(asked(&near) && !asked(&far));
    }

    #[test]
    fn others_do_not() {
        assert!(!asked("if [ -n \"$INSECURE\" ]; then\n  a\nfi\nHERE\n"));
        assert!(!asked("if [ ! -f \"$cert\" ]; then\n  HERE\nfi\n"));
        assert!(!asked("if command -v curl; then\n  HERE\nfi\n"));
        assert!(!asked("case $arch in\n x86)\n  HERE\n"));
    }
}
