//! An OpenVEX document, read with the places of what is wrong in it.

use crate::parse::json::{Json, Kind, Value};

use super::{Statement, Status};
use crate::policy::config::ConfigError;

/// Reasons why a product is not affected that the specification knows.
const JUSTIFICATIONS: [&str; 5] = [
    "component_not_present",
    "vulnerable_code_not_present",
    "vulnerable_code_not_in_execute_path",
    "vulnerable_code_cannot_be_controlled_by_adversary",
    "inline_mitigations_already_exist",
];

pub fn parse(text: &str) -> Result<Vec<Statement>, ConfigError> {
    let (json, error) = Json::parse(text);
    if let Some(error) = error {
        return Err(ConfigError {
            message: error.message,
            span: error.span.range(),
        });
    }
    let Some(root) = json.root() else {
        return Err(ConfigError {
            message: "an empty file is no OpenVEX document".into(),
            span: 0..0,
        });
    };
    let statements = root
        .get("statements")
        .filter(|list| root.kind() == Kind::Object && list.kind() == Kind::Array);
    let statements = statements.ok_or_else(|| {
        bad(
            root,
            "an OpenVEX document is an object with a list of \"statements\"",
        )
    })?;
    let dated = text_of(root, "timestamp").unwrap_or_default();
    statements
        .children()
        .map(|statement| read(statement, &dated))
        .collect()
}

fn read(statement: Value<'_>, dated: &str) -> Result<Statement, ConfigError> {
    let vulnerability = statement
        .get("vulnerability")
        .ok_or_else(|| bad(statement, "a statement is about a \"vulnerability\""))?;
    let mut names: Vec<String> = Vec::new();
    match vulnerability.as_str() {
        // Before version 0.2.0, it was its name.
        Some(name) => names.push(name.into_owned()),
        None => {
            names.extend(text_of(vulnerability, "name"));
            let aliases = vulnerability
                .get("aliases")
                .into_iter()
                .flat_map(Value::children);
            names.extend(aliases.filter_map(|alias| Some(alias.as_str()?.into_owned())));
        }
    }
    if names.is_empty() {
        return Err(bad(vulnerability, "a vulnerability has a \"name\""));
    }
    let mut products = Vec::new();
    for product in statement
        .get("products")
        .into_iter()
        .flat_map(Value::children)
    {
        let parts = product
            .get("subcomponents")
            .into_iter()
            .flat_map(Value::children);
        let before = products.len();
        // A product with subcomponents is what ships; the packages are below it.
        for part in parts {
            products.extend(purls(part));
        }
        if products.len() == before {
            products.extend(purls(product));
        }
    }
    let status = statement
        .get("status")
        .ok_or_else(|| bad(statement, "a statement has a \"status\""))?;
    let written = status.as_str().unwrap_or_default();
    let known = Status::ALL.iter().find(|(name, _)| *name == written);
    let status = match known {
        Some((_, known)) => *known,
        None => {
            let message = "a status is one of not_affected, fixed, affected, under_investigation";
            return Err(bad(status, message));
        }
    };
    Ok(Statement {
        names,
        products,
        status,
        reason: reason(statement, status)?,
        timestamp: text_of(statement, "timestamp").unwrap_or_else(|| dated.to_owned()),
    })
}

/// The justification and what is said about it. Whoever is not affected has one of the two.
fn reason(statement: Value<'_>, status: Status) -> Result<Option<String>, ConfigError> {
    let justification = statement.get("justification");
    let named = match justification {
        None => None,
        Some(value) => {
            let written = value.as_str().unwrap_or_default();
            let known = JUSTIFICATIONS.iter().find(|known| **known == written);
            let known = known.ok_or_else(|| bad(value, "no justification of OpenVEX"))?;
            Some((*known).to_owned())
        }
    };
    let impact = text_of(statement, "impact_statement")
        .or_else(|| text_of(statement, "status_notes"))
        .filter(|words| !words.trim().is_empty());
    let reason = match (named, impact) {
        (Some(named), Some(impact)) => Some(format!("{named}: {impact}")),
        (named, impact) => named.or(impact),
    };
    if status == Status::NotAffected && reason.is_none() {
        let message = "not_affected needs a \"justification\" or an \"impact_statement\"";
        return Err(bad(statement, message));
    }
    Ok(reason)
}

/// The package URLs that name a product, whichever way it is written.
fn purls(product: Value<'_>) -> Vec<String> {
    let identified = product.get("identifiers").and_then(|i| text_of(i, "purl"));
    let named = match product.as_str() {
        Some(name) => Some(name.into_owned()),
        None => text_of(product, "@id"),
    };
    let all = identified.into_iter().chain(named);
    all.filter(|id| id.starts_with("pkg:")).collect()
}

fn text_of(value: Value<'_>, name: &str) -> Option<String> {
    Some(value.get(name)?.as_str()?.into_owned())
}

fn bad(value: Value<'_>, message: &str) -> ConfigError {
    ConfigError {
        message: message.to_owned(),
        span: value.span().range(),
    }
}
