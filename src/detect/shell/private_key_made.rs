//! private-key-made: a key pair that every container of the image shares.

use super::Shell;
use crate::detect::Sink;
use crate::model::Span;
use crate::parse::dockerfile::Keyword;
use crate::parse::shell::{Command, PLAIN, Syntax};

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let Some(image) = shell.image.filter(|image| image.stage.ships) else {
        return;
    };
    for command in &shell.script.commands {
        let Some(made) = made(command) else {
            continue;
        };
        let in_layer = image
            .instruction(command)
            .is_some_and(|i| i.keyword == Keyword::Run);
        let path = made.file.as_deref().map(|file| command.path(file));
        if !in_layer
            || path
                .as_deref()
                .is_some_and(|path| shell.is_removed(command, path))
        {
            continue;
        }
        let what = path.unwrap_or_else(|| made.what.to_owned());
        out.report(
            rule,
            made.span,
            format!("{what} is made in the build: every container has the same private key"),
        )
        .text("a key that everybody who pulls the image has")
        .help("make it when the container starts, or mount it there");
    }
}

struct Made {
    span: Span,
    what: &'static str,
    file: Option<String>,
}

fn made(command: &Command) -> Option<Made> {
    let program = command.program_span();
    match command.name.as_str() {
        "ssh-keygen" => ssh_keygen(command),
        "openssl" => openssl(command),
        "dpkg-reconfigure" => command
            .args()
            .iter()
            .find(|w| w.text == "openssh-server")
            .map(|word| Made {
                span: word.span,
                what: "the host's key",
                file: None,
            }),
        "keytool" => {
            let word = command
                .args()
                .iter()
                .find(|w| matches!(w.text.as_str(), "-genkeypair" | "-genkey"))?;
            Some(Made {
                span: word.span,
                what: "a key store",
                file: file_after(command, "-keystore"),
            })
        }
        "make-ssl-cert" => Some(Made {
            span: program,
            what: "a private key",
            file: None,
        }),
        "mkcert" if !command.args().is_empty() => Some(Made {
            span: program,
            what: "a private key",
            file: file_after(command, "-key-file"),
        }),
        "wg" if command.subcommand() == "genkey" => Some(Made {
            span: program,
            what: "a key of WireGuard",
            file: None,
        }),
        _ => None,
    }
}

fn ssh_keygen(command: &Command) -> Option<Made> {
    let options = command.options(Syntax {
        short: "abCDeEfFiIjJKmMnNOPQRrsStTVWYzZ",
        long: &[],
    });
    let other_uses = [
        "y", "l", "R", "F", "H", "e", "i", "Q", "k", "s", "Y", "B", "p", "c", "r", "L", "D", "M",
    ];
    if options.has(&other_uses) {
        return None;
    }
    if let Some(all) = options.get(&["A"]) {
        return Some(Made {
            span: all.word.span,
            what: "the host's key",
            file: None,
        });
    }
    let file = options.get(&["f"]).and_then(|o| o.value);
    Some(Made {
        span: command.program_span(),
        what: "an ssh key",
        file: file.map(str::to_owned),
    })
}

fn openssl(command: &Command) -> Option<Made> {
    let word = command.args().first()?;
    let makes = match word.text.as_str() {
        "genrsa" | "genpkey" | "gendsa" => true,
        "ecparam" => command.has_arg("-genkey"),
        // With -key the key is there already.
        "req" => {
            command.args().iter().any(|w| w.text.starts_with("-newkey"))
                || (command.has_arg("-keyout") && !command.has_arg("-key"))
        }
        _ => false,
    };
    let flag = if word.text == "req" {
        "-keyout"
    } else {
        "-out"
    };
    let file = file_after(command, flag).or_else(|| {
        let options = command.options(PLAIN);
        let last = options.positional.last()?;
        (word.text == "genrsa" && last.text.contains('.')).then(|| last.text.clone())
    });
    (makes && !file.as_deref().is_some_and(|f| f.starts_with("/dev/"))).then_some(Made {
        span: word.span,
        what: "a private key",
        file,
    })
}

/// The file that a flag names.
fn file_after(command: &Command, flag: &str) -> Option<String> {
    command.arg_after(flag).map(|word| word.text.clone())
}
