//! dockerfile/credential-like-name

use super::Facts;
use super::credential::is_reported;
use crate::detect::Sink;
use crate::parse::dockerfile::Body;

const FRAGMENTS: &[&str] = &[
    "api_key",
    "client_key",
    "password",
    "private",
    "secret",
    "token",
    "username",
];

/// Names that services use, and that hold none of the fragments.
const NAMES: &[&str] = &[
    "application_key",
    "aws_access_key_id",
    "ci_deploy_user",
    "docker_email",
    "facebook_app_id",
    "heroku_api_user",
    "okta_authn_groupid",
    "okta_client_orgurl",
    "okta_oauth2_clientid",
    "stripe_device_name",
    "travis_os_name",
    "travis_sudo",
];

/// Reports the name that speaks of a credential whatever its value is.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for instruction in &facts.file.instructions {
        let (Body::Env(pairs) | Body::Arg(pairs)) = &instruction.body else {
            continue;
        };
        for pair in pairs {
            let name = pair.name.text();
            let lower = name.to_ascii_lowercase();
            let speaks = FRAGMENTS.iter().any(|part| lower.contains(part))
                || NAMES.contains(&lower.as_str());
            if speaks && !is_reported(facts.file, instruction, pair) {
                out.report(
                    "dockerfile/credential-like-name",
                    pair.name.span,
                    format!("{name} sounds like a credential"),
                )
                .help("give credentials to the one command that needs them with RUN --mount=type=secret");
            }
        }
    }
}
