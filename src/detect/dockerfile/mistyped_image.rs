//! dockerfile/mistyped-image

use super::Facts;
use crate::detect::Sink;
use crate::model::Evidence;

/// Official images and publishers on Docker Hub whose names are long enough to be mistyped.
const KNOWN: &[&str] = &[
    "almalinux",
    "alpine",
    "amazoncorretto",
    "amazonlinux",
    "archlinux",
    "bitnami",
    "buildpack-deps",
    "busybox",
    "cassandra",
    "composer",
    "debian",
    "drupal",
    "eclipse-temurin",
    "elasticsearch",
    "elixir",
    "erlang",
    "fedora",
    "ghost",
    "golang",
    "gradle",
    "grafana",
    "haproxy",
    "hashicorp",
    "haskell",
    "httpd",
    "influxdb",
    "jenkins",
    "jetty",
    "joomla",
    "julia",
    "kibana",
    "logstash",
    "mariadb",
    "maven",
    "memcached",
    "mysql",
    "nextcloud",
    "nginx",
    "nginxinc",
    "oraclelinux",
    "photon",
    "postgres",
    "python",
    "rabbitmq",
    "redis",
    "rockylinux",
    "swift",
    "tomcat",
    "traefik",
    "ubuntu",
    "varnish",
    "wordpress",
    "zookeeper",
];

/// Reports the image whose name is one slip away from a well-known one.
pub fn check(facts: &Facts<'_>, out: &mut Sink<'_>) {
    for image in facts.images() {
        let Some(reference) = image.parsed() else {
            continue;
        };
        let name = reference.familiar();
        let first = name.split('/').next().unwrap_or_default();
        // A name that is known itself is meant; another registry has names of its own.
        if first.contains(['.', ':']) || KNOWN.contains(&first) || first.len() < 5 {
            continue;
        }
        let Some(meant) = KNOWN.iter().find(|known| is_one_slip(first, known)) else {
            continue;
        };
        out.report(
            "dockerfile/mistyped-image",
            image.span(),
            format!("{first} is spelled almost like {meant}"),
        )
        .evidence(Evidence::Image {
            reference: image.reference.clone(),
        })
        .help(format!(
            "write {meant} if that is meant; whoever owns the other name owns the image"
        ));
    }
}

/// One letter doubled, left out, or two neighbours exchanged: what fingers do. Another letter in its
/// place makes too many words that somebody means.
fn is_one_slip(written: &str, known: &str) -> bool {
    let (a, b) = (written.as_bytes(), known.as_bytes());
    let same = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let rest = |bytes: &[u8], from: usize| bytes.get(from..).unwrap_or_default().to_vec();
    let swapped = match (a.get(same), a.get(same + 1), b.get(same), b.get(same + 1)) {
        (Some(w), Some(x), Some(y), Some(z)) => {
            w == z && x == y && rest(a, same + 2) == rest(b, same + 2)
        }
        _ => false,
    };
    let left_out = same > 0 && rest(a, same) == rest(b, same + 1) && b.len() == a.len() + 1;
    let doubled = same > 0 && rest(a, same + 1) == rest(b, same) && a.get(same) == a.get(same - 1);
    swapped || left_out || doubled
}

#[cfg(test)]
mod tests {
    use super::is_one_slip;

    #[test]
    fn what_fingers_do_is_a_slip() {
        for (written, known) in [
            ("pyhton", "python"),
            ("ubunut", "ubuntu"),
            ("debiann", "debian"),
            ("postgre", "postgres"),
            ("ngnix", "nginx"),
            ("alpne", "alpine"),
        ] {
            assert!(is_one_slip(written, known), "{written}");
        }
        for (written, known) in [
            ("python", "python"),
            ("pythons", "python"),
            ("maven3", "maven"),
            ("redit", "redis"),
            ("", "redis"),
        ] {
            assert!(!is_one_slip(written, known), "{written}");
        }
    }
}
