//! docker-daemon: a build step, or the image's environment, talks to a daemon that is root.

use super::Shell;
use crate::detect::Sink;
use crate::model::{Severity, Span};
use crate::parse::dockerfile::{Body, Keyword};
use crate::parse::shell::{Command, Syntax, Word};

const HELP: &str = "build images with BuildKit's own instructions or a builder that needs no daemon, and give the one container that needs it access where it runs";

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let Some(image) = shell.image else {
        return;
    };
    for command in shell
        .script
        .named(&["docker", "podman", "nerdctl", "dockerd", "docker-compose"])
    {
        if let Some((span, what)) = endpoint(command) {
            out.report(rule, span, what)
                .text("as good as root on that machine")
                .help(HELP);
        }
    }
    let range = image.stage.instructions.clone();
    for instruction in image.file.instructions.get(range).unwrap_or_default() {
        match &instruction.body {
            Body::Env(pairs) | Body::Arg(pairs) => {
                for pair in pairs
                    .iter()
                    .filter(|pair| pair.name.text() == "DOCKER_HOST")
                {
                    if let Some(value) = pair
                        .value
                        .as_ref()
                        .filter(|value| is_plain_tcp(value.text()))
                    {
                        out.report(rule, value.span, format!("{} is a daemon without TLS: whoever reaches it is root there", value.text()))
                            .severity(Severity::Medium)
                            .text("no TLS")
                            .help("use the port 2376 with DOCKER_TLS_VERIFY=1 and certificates, or an ssh:// address");
                    }
                }
            }
            Body::Transfer { sources, .. } if instruction.keyword != Keyword::Unknown => {
                if let Some(word) = sources
                    .iter()
                    .find(|word| word.text().ends_with("docker.sock"))
                {
                    out.report(
                        rule,
                        word.span,
                        "whoever holds the Docker socket is root on the host",
                    )
                    .text("as good as root on that machine")
                    .help(HELP);
                }
            }
            _ => {}
        }
    }
    for assignment in shell
        .script
        .assignments
        .iter()
        .filter(|a| a.name == "DOCKER_HOST")
    {
        if is_plain_tcp(&assignment.value.text) {
            out.report(
                rule,
                assignment.value.span,
                "a daemon without TLS: whoever reaches it is root there",
            )
            .severity(Severity::Medium)
            .text("no TLS")
            .help(HELP);
        }
    }
}

fn is_plain_tcp(text: &str) -> bool {
    text.starts_with("tcp://") && text.trim_end_matches('/').ends_with(":2375")
}

fn endpoint(command: &Command) -> Option<(Span, &'static str)> {
    let options = command.options(Syntax {
        short: "H",
        long: &["host"],
    });
    let is_tls = options.has(&["tls", "tlsverify", "tlscacert"]);
    let mut hosts = options
        .options
        .iter()
        .filter(|o| matches!(o.name, "H" | "host"));
    let serves = command.name == "dockerd";
    hosts.find_map(|option| {
        let (word, value): (&Word, &str) = (option.value_word?, option.value?);
        if value.ends_with("docker.sock") && !serves {
            Some((
                word.span,
                "the command talks to the Docker socket: it can start anything as root",
            ))
        } else if value.starts_with("tcp://")
            && !is_tls
            && (is_plain_tcp(value) || serves)
            && !value.contains("127.0.0.1")
        {
            let what = if serves {
                "the daemon listens without TLS: whoever reaches it is root here"
            } else {
                "the daemon has no TLS: whoever reaches it is root there"
            };
            Some((word.span, what))
        } else {
            None
        }
    })
}
