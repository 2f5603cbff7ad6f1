//! dockerfile/development-mode

use super::Facts;
use crate::detect::Sink;
use crate::model::Severity;
use crate::parse::dockerfile::Body;

/// Name, values, what then happens.
const SWITCHES: &[(&str, &[&str], &str)] = &[
    (
        "FLASK_DEBUG",
        ON,
        "Flask shows errors with a console that runs code",
    ),
    (
        "FLASK_ENV",
        &["development"],
        "Flask shows errors with a console that runs code",
    ),
    (
        "WERKZEUG_DEBUG_PIN",
        &["off"],
        "the console in Flask's error pages asks for no PIN",
    ),
    (
        "DJANGO_DEBUG",
        ON,
        "Django shows settings and code in its errors",
    ),
    ("APP_DEBUG", ON, "errors show settings and code"),
    (
        "DEBUG",
        &["true"],
        "many frameworks show settings and code in their errors",
    ),
    (
        "NODE_ENV",
        &["development"],
        "errors show code, and development packages are installed",
    ),
    (
        "RAILS_ENV",
        &["development"],
        "Rails shows code in its errors, and a console",
    ),
    ("RACK_ENV", &["development"], "errors show code"),
    (
        "ASPNETCORE_ENVIRONMENT",
        &["development"],
        "ASP.NET shows code in its errors",
    ),
    (
        "DOTNET_ENVIRONMENT",
        &["development"],
        ".NET reads development settings and secrets",
    ),
    (
        "PYTHONDEVMODE",
        ON,
        "Python runs with its checks for developers",
    ),
];

const ON: &[&str] = &["1", "true", "yes", "on"];

/// Reports the ENV of a shipped image that switches a framework to development.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for instruction in facts.deployed() {
        let Body::Env(pairs) = &instruction.body else {
            continue;
        };
        for pair in pairs {
            let value = pair.value.as_ref().and_then(|value| value.value.known());
            let value = value.unwrap_or_default().trim().to_ascii_lowercase();
            let known = SWITCHES.iter().find(|(name, values, _)| {
                *name == pair.name.text() && values.contains(&value.as_str())
            });
            if let Some((name, _, effect)) = known {
                let severity = if name.starts_with("FLASK") || name.starts_with("WERK") {
                    Severity::Medium
                } else {
                    Severity::Low
                };
                out.report(
                    "dockerfile/development-mode",
                    pair.span,
                    format!("with this, {effect}"),
                )
                .severity(severity)
                .help("leave it out of the image; set it when a developer starts the container");
            }
        }
    }
}
