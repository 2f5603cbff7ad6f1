//! Image references: `[registry/]path[:tag][@digest]`.

/// A reference taken apart. Borrowed from the text that it was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageReference<'t> {
    /// Host and port; `None` for Docker Hub by default.
    pub registry: Option<&'t str>,
    /// The path without the registry, as written.
    pub path: &'t str,
    pub tag: Option<&'t str>,
    pub digest: Option<&'t str>,
}

impl<'t> ImageReference<'t> {
    pub fn parse(text: &'t str) -> Option<Self> {
        let (name, digest) = match text.split_once('@') {
            Some((name, digest)) => (name, Some(digest)),
            None => (text, None),
        };
        let (registry, rest) = match name.split_once('/') {
            Some((host, rest))
                if host.contains(['.', ':']) || host.eq_ignore_ascii_case("localhost") =>
            {
                (Some(host), rest)
            }
            _ => (None, name),
        };
        let (path, tag) = match rest.rsplit_once(':') {
            Some((path, tag)) if !tag.contains('/') => (path, Some(tag)),
            _ => (rest, None),
        };
        let is_path = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/');
        let is_tag = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        let valid = !path.is_empty()
            && path.chars().all(is_path)
            && tag.is_none_or(|tag| !tag.is_empty() && tag.chars().all(is_tag))
            && digest.is_none_or(|digest| digest.contains(':'));
        valid.then_some(Self {
            registry,
            path,
            tag,
            digest,
        })
    }

    /// The name that peers and people know it by: Docker Hub's host and `library/` left out.
    pub fn familiar(&self) -> String {
        let hub = match self.registry {
            None => true,
            Some(host) => matches!(
                host.to_ascii_lowercase().as_str(),
                "docker.io"
                    | "index.docker.io"
                    | "registry-1.docker.io"
                    | "registry.hub.docker.com"
            ),
        };
        match self.registry {
            Some(host) if !hub => format!("{host}/{}", self.path),
            _ => self
                .path
                .strip_prefix("library/")
                .unwrap_or(self.path)
                .to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ImageReference;

    fn parts(text: &str) -> (Option<&str>, &str, Option<&str>, Option<&str>) {
        let r = ImageReference::parse(text).unwrap();
        (r.registry, r.path, r.tag, r.digest)
    }

    #[test]
    fn registries_ports_tags_and_digests_are_told_apart() {
        assert_eq!(parts("alpine"), (None, "alpine", None, None));
        assert_eq!(
            parts("localhost:5000/a/b"),
            (Some("localhost:5000"), "a/b", None, None)
        );
        assert_eq!(
            parts("host:80/x:1@sha256:ab"),
            (Some("host:80"), "x", Some("1"), Some("sha256:ab"))
        );
        assert_eq!(parts("user/app:v1"), (None, "user/app", Some("v1"), None));
    }

    #[test]
    fn what_is_no_reference_is_refused() {
        for text in ["", ":1", "a b", "${x}", "a:", "host:80/"] {
            assert_eq!(ImageReference::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_hub_is_left_out_of_familiar_names() {
        let name = |text| ImageReference::parse(text).unwrap().familiar();
        assert_eq!(name("docker.io/library/debian:12"), "debian");
        assert_eq!(name("library/debian"), "debian");
        assert_eq!(name("gcr.io/distroless/static"), "gcr.io/distroless/static");
    }
}
