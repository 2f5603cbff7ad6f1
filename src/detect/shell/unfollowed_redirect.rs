//! unfollowed-redirect: curl saves the answer that says where the file is, and not the file.

use super::Shell;
use crate::detect::Sink;
use crate::model::Safety;
use crate::parse::shell::Syntax;

const CURL: Syntax = Syntax {
    short: "oAbcCdDeEFHKmPQrTuUwxXyYz",
    long: &[
        "output",
        "header",
        "data",
        "request",
        "user",
        "retry",
        "max-time",
        "connect-timeout",
        "proxy",
        "cacert",
        "cert",
        "key",
        "user-agent",
        "retry-delay",
        "write-out",
        "proto",
    ],
};

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for command in shell.built().filter(|command| command.name == "curl") {
        let options = command.options(CURL);
        let saves = options.has(&["o", "output", "O", "remote-name", "remote-name-all"]);
        let configured = options.has(&[
            "L",
            "location",
            "location-trusted",
            "K",
            "config",
            "X",
            "request",
            "d",
            "data",
        ]);
        let local = options.positional.iter().any(|word| {
            ["://localhost", "://127.0.0.1", "file://"]
                .iter()
                .any(|place| word.text.contains(place))
        });
        let Some(program) = command.program_word() else {
            continue;
        };
        if !saves || configured || local {
            continue;
        }
        let found = out
            .report(rule, program.span, "curl does not follow redirects here")
            .text("saves the redirect instead of the file")
            .help("add --location");
        let edit = shell
            .image
            .and_then(|image| image.argument_after(command, program, "--location"));
        if let Some(edit) = edit {
            found.fix_all("Follow redirects", Safety::Unsafe, vec![edit]);
        }
    }
}
