//! literal-password: an account gets a password that everybody can read.

use super::Shell;
use crate::detect::Sink;
use crate::model::{Confidence, Severity, Span};
use crate::parse::shell::{Command, RedirectKind, Syntax, Word};

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for command in &shell.script.commands {
        if is_asking(command)
            && let Some(Given::Literal(span)) = piped(command, shell, false)
        {
            out.mask(span);
            out.report(rule, span, "sudo gets a password that stands in this file")
                .text("a literal password")
                .aliases(&[])
                .help("let sudo ask, or allow the one command in sudoers without a password");
            continue;
        }
        let found = match command.name.as_str() {
            "chpasswd" => piped(command, shell, true),
            "passwd" if command.has_arg("--stdin") => piped(command, shell, false),
            "passwd" | "adduser" if shell.in_image && !is_locking(command) => {
                if let Some(word) = removal(command) {
                    without_password(rule, word.span, out);
                    continue;
                }
                piped(command, shell, false)
            }
            "useradd" | "usermod" => match password(command) {
                Some((word, "")) if word.is_known() => {
                    without_password(rule, word.span, out);
                    continue;
                }
                found => found
                    .and_then(|(word, value)| literal(word, value))
                    .map(Given::Literal),
            },
            "mysql" | "mariadb" | "psql" | "mysqladmin" | "mongo" | "mongosh" => {
                in_statement(command, shell).map(Given::Literal)
            }
            "openssl" if command.subcommand() == "passwd" => hashed(command).map(Given::Literal),
            _ => None,
        };
        let aliases: &[&str] = match command.name.as_str() {
            "chpasswd" => &["CKV2_DOCKER_17"],
            _ => &[],
        };
        match found {
            Some(Given::Literal(span)) => {
                out.mask(span);
                out.report(rule, span, format!("{} sets a password that stands in this file", command.name))
                    .text("a literal password")
                    .aliases(aliases)
                    .help("leave the account without a password (nobody logs in to a container), or set it where the system runs, from a secret");
            }
            Some(Given::Computed(span)) if shell.in_image => {
                out.report(rule, span, format!("{} sets a password that every container of the image shares", command.name))
                    .text("the same password everywhere")
                    .severity(Severity::Medium)
                    .confidence(Confidence::Medium)
                    .aliases(aliases)
                    .help("leave the account without a password: its hash stays in the layer, and the build's arguments stay in the history");
            }
            _ => {}
        }
    }
}

fn without_password(rule: &str, span: Span, out: &mut Sink<'_>) {
    let message = "an account has no password: anybody can log in as it";
    out.report(rule, span, message)
        .aliases(&[])
        .text("removes the password")
        .help("lock the account with `passwd -l`, or leave it as it is");
}

/// Where a password comes from.
enum Given {
    Literal(Span),
    /// From a variable of the build, or from another program.
    Computed(Span),
}

/// `sudo -S`, which reads its password.
fn is_asking(command: &Command) -> bool {
    let wrapped = command.words.get(..command.program).unwrap_or_default();
    let mut words = wrapped.iter().skip_while(|word| word.text != "sudo");
    words.any(|word| word.text == "-S")
}

fn is_locking(command: &Command) -> bool {
    ["-l", "--lock", "-e", "--expire", "-u", "-S"]
        .iter()
        .any(|flag| command.name == "passwd" && command.has_arg(flag))
}

/// `passwd -d`.
fn removal(command: &Command) -> Option<&Word> {
    let mut words = command.args().iter().filter(|_| command.name == "passwd");
    words.find(|w| matches!(w.text.as_str(), "-d" | "--delete"))
}

/// `echo "user:password" | chpasswd`: the literal word that is piped in.
fn piped(command: &Command, shell: &Shell<'_>, names_user: bool) -> Option<Given> {
    if let Some((_, redirect)) = shell.script.inputs(command).next() {
        let word = &redirect.target;
        let is_file = redirect.kind == RedirectKind::Input;
        if is_file || word.text.trim().len() <= 2 {
            return None;
        }
        return Some(match word.text.contains(['$', '`']) {
            true => Given::Computed(word.span),
            false => Given::Literal(word.span),
        });
    }
    let (pipeline, element) = shell.script.pipe(command)?;
    let (first, end) = *pipeline.elements.get(element.checked_sub(1)?)?;
    let source = shell.script.commands.get(first..end)?.first()?;
    if !matches!(source.name.as_str(), "echo" | "printf") {
        return names_user.then(|| Given::Computed(command.program_span()));
    }
    let says = |word: &&Word| {
        let text = word.text.replace("\\n", "");
        !word.text.starts_with('-')
            && text.trim().len() > 2
            && (!names_user || text.contains(':'))
            // An adduser that asks for a name or a yes is answered as well.
            && (command.name != "adduser" || word.text.contains("\\n") || word.text.contains('\n'))
    };
    let word = source.args().iter().find(says)?;
    Some(match source.args().iter().all(Word::is_literal) {
        true => Given::Literal(word.span),
        false => Given::Computed(word.span),
    })
}

/// The word after `-p`, and the password in it.
fn password(command: &Command) -> Option<(&Word, &str)> {
    let options = command.options(Syntax {
        short: "pbcdefgGkKsuRP",
        long: &[
            "password", "home-dir", "comment", "shell", "gid", "groups", "uid", "base-dir",
            "login", "home",
        ],
    });
    let option = options.get(&["p", "password"])?;
    Some((option.value_word?, option.value?))
}

fn literal(word: &Word, value: &str) -> Option<Span> {
    let says = value.len() > 1 && !matches!(value, "!!" | "NP");
    (word.is_literal() && says).then_some(word.span)
}

/// `openssl passwd -6 PASSWORD`.
fn hashed(command: &Command) -> Option<Span> {
    let options = command.options(Syntax {
        short: "",
        long: &[],
    });
    let stdin =
        options.has(&["stdin", "in"]) || command.has_arg("-stdin") || command.has_arg("-in");
    let salted = command.has_arg("-salt");
    let word = options
        .positional
        .last()
        .filter(|_| options.positional.len() == 2 + usize::from(salted))?;
    (!stdin && word.is_literal() && word.text.len() > 1).then_some(word.span)
}

/// `IDENTIFIED BY '...'` and `PASSWORD '...'` in a statement on the command line or piped in.
fn in_statement(command: &Command, shell: &Shell<'_>) -> Option<Span> {
    if command.name == "mysqladmin" {
        let at = command.args().iter().position(|w| w.text == "password")?;
        let word = command.args().get(at + 1)?;
        return (word.is_literal() && word.text.len() > 1).then_some(word.span);
    }
    let inputs = shell.script.inputs(command).map(|(_, r)| &r.target);
    let before = shell.script.pipe(command).and_then(|(pipeline, element)| {
        let (first, end) = *pipeline.elements.get(element.checked_sub(1)?)?;
        let source = shell.script.commands.get(first..end)?.first()?;
        matches!(source.name.as_str(), "echo" | "printf").then(|| source.args())
    });
    let piped = before.unwrap_or_default().iter();
    command
        .args()
        .iter()
        .chain(inputs)
        .chain(piped)
        .find_map(quoted_after)
}

/// The text between quotes after one of SQL's words for a password.
fn quoted_after(word: &Word) -> Option<Span> {
    const WORDS: &[&str] = &[
        "identified by ",
        "password ",
        "password(",
        "set password = ",
        "pwd:",
    ];
    let text = word.text.to_ascii_lowercase();
    let speaks = ["user", "role", "identified", "set password"];
    if !speaks.iter().any(|word| text.contains(word)) {
        return None;
    }
    WORDS.iter().find_map(|known| {
        let at = text.find(known)? + known.len();
        let rest = text.get(at..)?;
        let blanks = rest.len() - rest.trim_start().len();
        let quote = rest
            .trim_start()
            .chars()
            .next()
            .filter(|c| matches!(c, '\'' | '"'))?;
        let start = at + blanks + 1;
        let length = text.get(start..)?.find(quote)?;
        let value = text.get(start..start + length)?;
        if value.len() < 2 || value.contains(['$', '`', '%', '{', '<', ':']) {
            return None;
        }
        Some(word.span_of(start, start + length))
    })
}
