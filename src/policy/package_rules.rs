//! What a configuration says about packages: `[licenses]`, `[[ban]]` and `[releases]`.

use serde::Deserialize;
use toml::Spanned;

use super::MaxAge;
use super::config::{ConfigError, at};
use super::package_scope::NO_RANGE;
use crate::detect::{Ban, LicencePolicy, NamedLicence, ReleasePolicy};
use crate::model::Ecosystem;
use crate::parse::version::requirement::Named;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLicences {
    allow: Option<Spanned<Vec<Spanned<String>>>>,
    #[serde(default)]
    deny: Vec<Spanned<String>>,
    #[serde(default)]
    exempt: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawBan {
    package: Spanned<String>,
    ecosystem: Option<Spanned<String>>,
    version: Option<Spanned<String>>,
    reason: Spanned<String>,
    #[serde(rename = "use")]
    instead: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RawReleases {
    min_age: Spanned<String>,
    #[serde(default)]
    exempt: Vec<Spanned<String>>,
}

impl RawLicences {
    pub fn settle(self) -> Result<LicencePolicy, ConfigError> {
        let list = |texts: Vec<Spanned<String>>| -> Result<Vec<_>, ConfigError> {
            let read = |text: &Spanned<String>| {
                NamedLicence::read(text.get_ref()).ok_or_else(|| {
                    at(
                        text,
                        "write one licence (MIT), or the start of its name and * (GPL-*)",
                    )
                })
            };
            texts.iter().map(read).collect()
        };
        let allow = match self.allow {
            Some(allow) if allow.get_ref().is_empty() => {
                return Err(at(&allow, "an empty list allows no licence at all"));
            }
            Some(allow) => Some(list(allow.into_inner())?),
            None => None,
        };
        Ok(LicencePolicy {
            allow,
            deny: list(self.deny)?,
            exempt: names(self.exempt)?,
        })
    }
}

impl RawBan {
    pub fn settle(self) -> Result<Ban, ConfigError> {
        let ecosystem = self.ecosystem.as_ref().map(ecosystem).transpose()?;
        if let Some(text) = &self.version {
            let is_range = match ecosystem {
                Some(ecosystem) => Named::parse(ecosystem, text.get_ref()).is_some(),
                None => Named::is_known_somewhere(text.get_ref()),
            };
            if !is_range {
                return Err(at(text, NO_RANGE));
            }
        }
        let needed = [
            (Some(&self.reason), "a ban needs a reason"),
            (self.instead.as_ref(), "what to use instead is not empty"),
        ];
        for (text, message) in needed {
            if let Some(text) = text.filter(|text| text.get_ref().trim().is_empty()) {
                return Err(at(text, message));
            }
        }
        Ok(Ban {
            package: name(self.package)?,
            ecosystem,
            versions: self.version.map(Spanned::into_inner),
            reason: self.reason.into_inner(),
            instead: self.instead.map(Spanned::into_inner),
        })
    }
}

impl RawReleases {
    pub fn settle(self) -> Result<ReleasePolicy, ConfigError> {
        let text = &self.min_age;
        Ok(ReleasePolicy {
            min_age: MaxAge::parse(text.get_ref())
                .ok_or_else(|| at(text, "min-age is days or weeks, such as \"7d\" or \"2w\""))?,
            exempt: names(self.exempt)?,
        })
    }
}

/// An ecosystem by its name, or by its type in package URLs; case means nothing.
fn ecosystem(text: &Spanned<String>) -> Result<Ecosystem, ConfigError> {
    let is_called = |ecosystem: &&Ecosystem| {
        [ecosystem.name(), ecosystem.purl_type()]
            .iter()
            .any(|name| name.eq_ignore_ascii_case(text.get_ref()))
    };
    let found = Ecosystem::ALL.iter().find(is_called).copied();
    found.ok_or_else(|| {
        let all: Vec<&str> = Ecosystem::ALL.iter().map(|known| known.name()).collect();
        at(text, format!("an ecosystem is one of {}", all.join(", ")))
    })
}

fn names(texts: Vec<Spanned<String>>) -> Result<Vec<String>, ConfigError> {
    texts.into_iter().map(name).collect()
}

/// The name of a package; one `*` in it stands for anything.
fn name(text: Spanned<String>) -> Result<String, ConfigError> {
    let name = text.get_ref();
    let is_name = !name.is_empty()
        && name.matches('*').count() < 2
        && !name.contains(|c: char| c.is_whitespace() || "<>=^|,".contains(c));
    match is_name {
        true => Ok(text.into_inner()),
        false => Err(at(
            &text,
            "write the name of a package, in which one * stands for anything",
        )),
    }
}

#[cfg(test)]
mod tests {
    use crate::policy::{Config, ConfigError};
    use crate::rules::RuleSet;

    fn parse(text: &str) -> Result<Config, ConfigError> {
        Config::parse(text, &RuleSet::embedded())
    }

    #[test]
    fn what_is_said_about_packages_is_understood() {
        let config = parse(
            r#"
            [licenses]
            allow = ["MIT", "GPL-2.0-only WITH Classpath-exception-2.0"]
            deny = ["AGPL-*"]
            [releases]
            min-age = "1w"
            exempt = ["@acme/*"]
            [[ban]]
            package = "event-stream"
            ecosystem = "npm"
            version = ">=3.3.6, <4"
            reason = "was taken over"
            [[ban]]
            package = "moment"
            reason = "is not developed any more"
            use = "luxon"
            "#,
        )
        .expect("valid");
        assert_eq!(config.licences.expect("given").deny.len(), 1);
        assert_eq!(config.releases.expect("given").min_age, 7);
        assert_eq!(config.bans[1].instead.as_deref(), Some("luxon"));
    }

    #[test]
    fn every_mistake_is_shown_where_it_is() {
        for (text, place) in [
            ("[licenses]\nallow = [\"MIT OR ISC\"]", "\"MIT OR ISC\""),
            ("[licenses]\nallow = []", "[]"),
            ("[licenses]\ndeny = [\"*\"]", "\"*\""),
            ("[licenses]\nallowed = [\"MIT\"]", "allowed"),
            ("[releases]\nmin-age = \"soon\"", "\"soon\""),
            (
                "[releases]\nmin-age = \"7d\"\nexempt = [\"a b\"]",
                "\"a b\"",
            ),
            ("[[ban]]\npackage = \"x\"\nreason = \" \"", "\" \""),
            ("[[ban]]\npackage = \"x@<1\"\nreason = \"y\"", "\"x@<1\""),
            (
                "[[ban]]\npackage = \"x\"\nreason = \"y\"\nversion = \"what ever\"",
                "\"what ever\"",
            ),
            (
                "[[ban]]\npackage = \"x\"\nreason = \"y\"\necosystem = \"node\"",
                "\"node\"",
            ),
        ] {
            let error = parse(text).expect_err(text);
            assert_eq!(&text[error.span], place, "{}", error.message);
        }
    }
}
