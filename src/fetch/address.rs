//! Where advisories are: a place in the network or a folder.

use std::path::{Path, PathBuf};

use url::{Host, Url};

use crate::advisory::sha256;

/// A place that something is read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    Web(Url),
    Local(PathBuf),
}

impl Address {
    /// Reads a URL or a path. Without `allow_http`, a URL is https or stays on this machine.
    pub fn parse(text: &str, allow_http: bool) -> Result<Self, String> {
        if !text.contains("://") {
            return match text {
                "" => Err("an address is empty".into()),
                path => Ok(Self::Local(path.into())),
            };
        }
        let url = Url::parse(text).map_err(|why| format!("not a URL ({why})"))?;
        if url.scheme() == "file" {
            let path = url.to_file_path();
            return path
                .map(Self::Local)
                .map_err(|()| "a file URL is file:///folder".to_owned());
        }
        permitted(&url, allow_http)?;
        Ok(Self::Web(url))
    }

    /// The place of a file below this one.
    pub fn below(&self, names: &[&str]) -> Self {
        match self {
            Self::Local(folder) => {
                let mut path = folder.clone();
                path.extend(names);
                Self::Local(path)
            }
            Self::Web(base) => {
                let mut url = base.clone();
                if let Ok(mut segments) = url.path_segments_mut() {
                    segments.pop_if_empty().extend(names);
                }
                Self::Web(url)
            }
        }
    }

    /// The last part of the path.
    pub fn file_name(&self) -> &str {
        match self {
            Self::Local(path) => path.file_name().and_then(|name| name.to_str()),
            Self::Web(url) => url.path_segments().and_then(|mut parts| parts.next_back()),
        }
        .unwrap_or_default()
    }

    /// For people and for memory: without what may be a credential.
    pub fn shown(&self) -> String {
        match self {
            Self::Local(path) => path.display().to_string(),
            Self::Web(url) => shown(url),
        }
    }
}

/// A URL without user, password and the values that its query may sign it with.
pub fn shown(url: &Url) -> String {
    let mut plain = without_user(url);
    plain.set_fragment(None);
    if plain.query().is_some() {
        plain.set_query(Some("…"));
        return plain.as_str().replace("%E2%80%A6", "…");
    }
    plain.into()
}

/// The same for the one who asks: the user goes into a header.
pub fn without_user(url: &Url) -> Url {
    let mut plain = url.clone();
    // Only a URL without a host refuses, and such a URL has no user.
    let _ = plain.set_username("");
    let _ = plain.set_password(None);
    plain
}

/// What a place is called where its content is kept.
pub fn key(url: &Url) -> String {
    let mut plain = without_user(url);
    plain.set_fragment(None);
    let mut hash = sha256(plain.as_str().as_bytes());
    hash.truncate(32);
    hash
}

/// Why a URL may not be asked.
pub fn permitted(url: &Url, allow_http: bool) -> Result<(), String> {
    match url.scheme() {
        _ if url.host().is_none() => Err("a URL needs a host".into()),
        "https" => Ok(()),
        "http" if allow_http || is_loopback(url) => Ok(()),
        "http" => {
            Err("http is read by everybody on the way: use https, or say --allow-http".into())
        }
        scheme => Err(format!("{scheme} is neither https nor file")),
    }
}

/// True where a URL leads to this machine.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Where a redirect leads, if it may be followed: never from https to http.
pub fn redirected(from: &Url, location: &str, allow_http: bool) -> Result<Url, String> {
    let to = from
        .join(location)
        .map_err(|why| format!("a redirect to no URL ({why})"))?;
    if from.scheme() == "https" && to.scheme() != "https" {
        return Err(format!("a redirect from https to {}", shown(&to)));
    }
    if !is_loopback(from) && is_loopback(&to) {
        return Err(format!("a redirect into this machine ({})", shown(&to)));
    }
    permitted(&to, allow_http).map_err(|why| format!("a redirect to {}: {why}", shown(&to)))?;
    Ok(to)
}

/// True for a path that names a file on this machine.
pub fn is_file(path: &Path) -> bool {
    path.metadata().is_ok_and(|meta| meta.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).expect("a URL")
    }

    #[test]
    fn plain_http_is_for_this_machine_and_for_those_who_ask_for_it() {
        for text in [
            "https://a.example",
            "http://127.0.0.1:8080/osv",
            "http://[::1]/osv",
            "http://localhost/osv",
        ] {
            assert!(Address::parse(text, false).is_ok(), "{text}");
        }
        for text in [
            "http://a.example",
            "http://127.0.0.1.example",
            "ftp://a.example",
            "https://",
        ] {
            assert!(Address::parse(text, false).is_err(), "{text}");
        }
        assert!(Address::parse("http://a.example", true).is_ok());
        assert!(Address::parse("ftp://a.example", true).is_err());
    }

    #[test]
    fn folders_are_named_by_path_or_file_url() {
        for text in ["/srv/osv", "file:///srv/osv"] {
            let address = Address::parse(text, false).expect("a folder");
            assert_eq!(address, Address::Local("/srv/osv".into()));
            assert_eq!(
                address.below(&["npm", "all.zip"]).shown(),
                "/srv/osv/npm/all.zip"
            );
        }
        assert!(Address::parse("file://elsewhere/osv", false).is_err());
    }

    #[test]
    fn what_is_below_keeps_the_query() {
        let base = Address::parse("https://u:p@a.example/osv/?sig=s", false).expect("a URL");
        let Address::Web(below) = base.below(&["crates.io", "all.zip"]) else {
            panic!("a URL");
        };
        assert_eq!(
            below.as_str(),
            "https://u:p@a.example/osv/crates.io/all.zip?sig=s"
        );
    }

    #[test]
    fn credentials_are_never_shown_and_are_no_part_of_the_key() {
        let with = url("https://user:pass@a.example/x?sig=secret#y");
        assert_eq!(shown(&with), "https://a.example/x?…");
        assert_eq!(key(&with), key(&url("https://a.example/x?sig=secret")));
        assert_ne!(key(&with), key(&url("https://a.example/x")));
    }

    #[test]
    fn a_redirect_never_leads_to_where_others_read_along_or_back_to_this_machine() {
        let https = url("https://a.example/x/all.zip");
        for (location, to) in [
            ("/y", "https://a.example/y"),
            ("y", "https://a.example/x/y"),
            ("//b.example/y", "https://b.example/y"),
        ] {
            assert_eq!(redirected(&https, location, false), Ok(url(to)));
        }
        for location in [
            "http://a.example/y",
            "http://127.0.0.1/y",
            "https://127.0.0.1/y",
            "file:///etc/passwd",
            "https://",
        ] {
            assert!(redirected(&https, location, true).is_err(), "{location}");
        }
        let local = url("http://127.0.0.1:1/x");
        assert!(redirected(&local, "http://127.0.0.1:2/y", false).is_ok());
        assert!(redirected(&local, "http://a.example/y", false).is_err());
    }
}
