//! dockerfile/mistyped-image

use super::Facts;
use super::slip::is_one_slip;
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
