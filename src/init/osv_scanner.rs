//! `osv-scanner.toml`: advisories and packages that are ignored, with a reason and a day.

use serde::Deserialize;
use toml::{Spanned, Value};

use super::{Accepted, File, Migration};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Config {
    #[serde(rename = "IgnoredVulns")]
    ignored: Vec<Ignored>,
    #[serde(rename = "PackageOverrides")]
    overrides: Vec<Spanned<Override>>,
}

#[derive(Debug, Deserialize)]
struct Ignored {
    id: Spanned<String>,
    #[serde(rename = "ignoreUntil")]
    until: Option<Value>,
    reason: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Override {
    name: Option<String>,
    version: Option<String>,
    #[serde(rename = "nameIsRegex")]
    is_pattern: bool,
    group: Option<String>,
    ignore: bool,
    vulnerability: Vulnerability,
    #[serde(rename = "effectiveUntil")]
    until: Option<Value>,
    reason: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Vulnerability {
    ignore: bool,
}

pub(super) fn read(file: &File<'_>, out: &mut Migration) {
    let config: Config = match toml::from_str(file.text) {
        Ok(config) => config,
        Err(error) => return out.leave_rest(file, error.span().map(|span| span.start)),
    };
    for one in &config.ignored {
        let until = one.until.as_ref().map(as_text);
        let accepted = Accepted {
            advisory: Some(one.id.get_ref()),
            reason: one.reason.as_deref(),
            until: until.as_deref(),
            ..Accepted::default()
        };
        out.accept(file, Some(one.id.span().start), accepted);
    }
    for spanned in &config.overrides {
        let one = spanned.get_ref();
        let at = Some(spanned.span().start);
        let named = one.name.as_deref();
        let why = if !one.ignore && !one.vulnerability.ignore {
            Some("it accepts no advisory")
        } else if one.group.is_some() {
            Some("it means a group: an ignore would mean them all")
        } else if one.is_pattern {
            Some("it means every package with such a name: name each")
        } else if named.is_none() {
            Some("it means a whole ecosystem")
        } else {
            None
        };
        if let Some(why) = why {
            let what = named.map_or_else(|| "an override".to_owned(), |name| file.shown(name));
            out.leave(file, at, &what, why);
            continue;
        }
        let until = one.until.as_ref().map(as_text);
        let accepted = Accepted {
            package: named,
            version: one.version.as_deref().filter(|version| !version.is_empty()),
            reason: one.reason.as_deref(),
            until: until.as_deref(),
            ..Accepted::default()
        };
        out.accept(file, at, accepted);
    }
}

/// A day is written as a day or as a text.
fn as_text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
