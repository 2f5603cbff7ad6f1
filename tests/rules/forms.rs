//! What a build runs is judged alike however it is written. Each example of a rule about commands
//! that is written as `RUN command`, on one line, is also tried in these forms:
//!
//! | form | becomes |
//! |---|---|
//! | `exec` | `RUN ["sh", "-c", "command"]` |
//! | `words` | `RUN ["curl", "-k"]`, where the command is nothing but plain words |
//! | `sh` | `RUN sh -c 'command'`, where no quote is in the way |
//! | `stdin` | `RUN bash <<EOF` and the command as the body |
//! | `heredoc` | `RUN <<EOF` and the command as the body |
//! | `onbuild` | `ONBUILD RUN command` |
//!
//! A bad one has to fire at the same word, a good one has to be silent. An example that would say
//! something else in a form names it: `not_as = ["heredoc"]`.

use std::ops::Range;

use plimsoll::rules::{Check, Example, example};

use super::{findings, marked, rule_files};

const FORMS: &[&str] = &["exec", "words", "sh", "stdin", "heredoc", "onbuild"];

/// Text before the command, how each character is written, text after it.
type Form = (&'static str, fn(char) -> String, &'static str);

/// A form for one command; `None` where it cannot be written so.
fn form(name: &str, command: &str) -> Option<Form> {
    let plain = |c: char| c.is_ascii_alphanumeric() || " /.:=@%+,_-".contains(c);
    match name {
        "exec" => Some((r#"RUN ["sh", "-c", ""#, in_json, r#""]"#)),
        "words" if command.chars().all(plain) && is_run_directly(command) => {
            Some((r#"RUN [""#, as_argument, r#""]"#))
        }
        "sh" if !command.contains('\'') => Some(("RUN sh -c '", as_is, "'")),
        "stdin" => Some(("RUN bash <<'END'\n", as_is, "\nEND")),
        "heredoc" => Some(("RUN <<END\n", as_is, "\nEND")),
        "onbuild" => Some(("ONBUILD RUN ", as_is, "")),
        _ => None,
    }
}

/// Not a builtin and no assignment: a program that can be started without a shell.
fn is_run_directly(command: &str) -> bool {
    let program = command.split(' ').next().unwrap_or_default();
    !program.contains('=')
        && !matches!(program, "export" | "set" | "eval" | "cd" | "source" | ".")
        && !command.contains("  ")
}

fn as_is(c: char) -> String {
    c.to_string()
}

fn in_json(c: char) -> String {
    match c {
        '"' | '\\' => format!("\\{c}"),
        _ => c.to_string(),
    }
}

fn as_argument(c: char) -> String {
    match c {
        ' ' => r#"", ""#.to_owned(),
        _ => c.to_string(),
    }
}

/// The text with its RUN lines in another form, and where the marked bytes are then.
fn rewritten(text: &str, mark: &Range<usize>, name: &str) -> Option<(String, Range<usize>)> {
    let mut out = String::new();
    let mut moved = 0..0;
    let mut at = 0;
    let mut changed = false;
    for line in text.split_inclusive('\n') {
        let (line, end) = line.strip_suffix('\n').map_or((line, ""), |l| (l, "\n"));
        let (head, skipped, escape, tail): (_, _, fn(char) -> String, _) =
            match line.strip_prefix("RUN ") {
                Some(command) => {
                    let (head, escape, tail) = form(name, command)?;
                    changed = true;
                    (head, 4, escape, tail)
                }
                None => ("", 0, as_is, ""),
            };
        out.push_str(head);
        for (offset, c) in line.char_indices().filter(|(offset, _)| *offset >= skipped) {
            if at + offset == mark.start {
                moved.start = out.len();
            }
            out.push_str(&escape(c));
            if at + offset + c.len_utf8() == mark.end {
                moved.end = out.len();
            }
        }
        out.push_str(tail);
        out.push_str(end);
        at += line.len() + end.len();
    }
    changed.then_some((out, moved))
}

/// True for an example whose RUNs all stand on one line and carry no flags, here-documents or
/// argument lists.
fn is_plain(text: &str) -> bool {
    text.lines().any(|line| line.starts_with("RUN "))
        && !text.contains("\\\n")
        && !text.contains("<<")
        && !text
            .lines()
            .any(|line| line.starts_with("RUN [") || line.starts_with("RUN --"))
}

/// Every form of every plain example: the rule, the form, the example, its text, and the mark.
fn variants(bad: bool) -> Vec<(String, String, Example, String, Range<usize>)> {
    let mut variants = Vec::new();
    for (id, rule) in rule_files() {
        if rule.check != Check::Shell || !id.starts_with("dockerfile/") {
            continue;
        }
        let examples = if bad { &rule.bad } else { &rule.good };
        for (n, example) in examples.iter().enumerate() {
            let text = example::expand(&example.text);
            let known = |form: &String| FORMS.contains(&form.as_str());
            assert!(example.not_as.iter().all(known), "{id}: unknown form");
            if !is_plain(&text) {
                continue;
            }
            let mark = match bad {
                true => marked(&id, example, &text),
                false => 0..0,
            };
            for name in FORMS {
                if example.not_as.iter().any(|form| form == name) {
                    continue;
                }
                if let Some((text, mark)) = rewritten(&text, &mark, name) {
                    let label = format!("{id}: example {} as {name}", n + 1);
                    variants.push((id.clone(), label, example.clone(), text, mark));
                }
            }
        }
    }
    variants
}

#[test]
fn a_bad_command_fires_at_the_same_word_in_every_form() {
    let mut failures = Vec::new();
    for (id, label, example, text, mark) in variants(true) {
        let (source, found) = findings(&id, &example, &text);
        let spans = || found.iter().filter_map(|f| f.primary()).map(|l| l.span);
        if !spans().any(|span| span.range() == mark) {
            let fired: Vec<_> = spans().map(|span| source.text(span).into_owned()).collect();
            let wanted = &text[mark];
            failures.push(format!(
                "{label} should fire at {wanted:?}, fired at {fired:?}"
            ));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn a_good_command_is_silent_in_every_form() {
    let mut failures = Vec::new();
    for (id, label, example, text, _) in variants(false) {
        let (source, found) = findings(&id, &example, &text);
        for finding in found {
            let at = finding.primary().map(|l| source.text(l.span).into_owned());
            failures.push(format!("{label} fires at {at:?}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn a_mark_moves_with_its_word() {
    let text = "FROM a\nRUN echo \"b\" -k\n";
    let (out, mark) = rewritten(text, &(20..22), "exec").unwrap();
    assert_eq!(out, "FROM a\nRUN [\"sh\", \"-c\", \"echo \\\"b\\\" -k\"]\n");
    assert_eq!(&out[mark], "-k");
    let (out, mark) = rewritten("RUN curl -k x\n", &(9..11), "words").unwrap();
    assert_eq!(&out[mark], "-k");
    assert_eq!(out, "RUN [\"curl\", \"-k\", \"x\"]\n");
}
