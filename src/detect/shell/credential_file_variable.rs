//! credential-file-variable: a variable says that a file of the image holds the credentials.

use super::{Shell, brought};
use crate::detect::Sink;
use crate::parse::dockerfile::{Body, Keyword};

/// Variables by which programs find the file with their credentials.
const NAMES: &[&str] = &[
    "GOOGLE_APPLICATION_CREDENTIALS",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_CONFIG_FILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AZURE_AUTH_LOCATION",
    "AZURE_CLIENT_CERTIFICATE_PATH",
    "KUBECONFIG",
    "DOCKER_CONFIG",
    "NPM_CONFIG_USERCONFIG",
    "PIP_CONFIG_FILE",
    "NETRC",
    "PGPASSFILE",
    "GIT_SSH_KEY",
    "BOTO_CONFIG",
    "CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE",
];

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let Some(image) = shell.image.filter(|image| image.stage.ships) else {
        return;
    };
    let range = image.stage.instructions.clone();
    let instructions = image
        .file
        .instructions
        .get(range.clone())
        .unwrap_or_default();
    let copies = || {
        instructions
            .iter()
            .zip(range.clone())
            .filter_map(|(instruction, place)| {
                let Body::Transfer {
                    sources,
                    destination,
                } = &instruction.body
                else {
                    return None;
                };
                let is_local = matches!(instruction.keyword, Keyword::Copy | Keyword::Add);
                (is_local && !instruction.has_flag("from")).then_some((sources, destination, place))
            })
    };
    for instruction in instructions {
        let (Body::Env(pairs) | Body::Arg(pairs)) = &instruction.body else {
            continue;
        };
        for pair in pairs
            .iter()
            .filter(|pair| NAMES.contains(&pair.name.text()))
        {
            let Some(path) = pair
                .value
                .as_ref()
                .map(|value| value.text())
                .filter(|p| p.len() > 1)
            else {
                continue;
            };
            let source = copies().find_map(|(sources, destination, place)| {
                sources.iter().find(|source| {
                    brought::destinations(&image, place, source, destination)
                        .iter()
                        .any(|to| to == path)
                })
            });
            if let Some(source) = source {
                out.report(
                    rule,
                    source.span,
                    format!("{} goes into the image as the file of {}", source.text(), pair.name.text()),
                )
                .text("credentials in a layer")
                .label(pair.span, "says what it is")
                .help("mount the file for the one command that needs it (RUN --mount=type=secret), or where the container runs");
            }
        }
    }
}
