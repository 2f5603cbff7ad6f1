//! dependency/recent-release

use std::collections::HashSet;

use crate::advisory::Day;
use crate::detect::dockerfile::known_image::fits;
use crate::detect::{Given, Sink};
use crate::model::PackageSource;
use crate::parse::lock::Lockfile;

/// How long a release is to be public before it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleasePolicy {
    /// Days.
    pub min_age: u32,
    /// Names of packages that may be younger; one `*` stands for anything.
    pub exempt: Vec<String>,
}

/// Reports each version that was released a few days ago, where the file says when.
pub fn check(given: &Given, lockfile: &Lockfile, out: &mut Sink<'_>) {
    let (Some(policy), Some(today)) = (&given.releases, given.today) else {
        return;
    };
    let mut seen = HashSet::new();
    for package in &lockfile.packages {
        let Some(released) = package.facts.released.as_deref() else {
            continue;
        };
        let Some(age) = Day::parse(released).map(|day| day.age(today)) else {
            continue;
        };
        let is_exempt = || policy.exempt.iter().any(|name| fits(name, &package.name));
        let is_ours = package.source == PackageSource::Path;
        let is_new = age < policy.min_age && !is_ours && !is_exempt();
        if !is_new || !seen.insert((package.ecosystem, &package.name, &package.version)) {
            continue;
        }
        let days = |count: u32| match count {
            1 => "1 day".to_owned(),
            count => format!("{count} days"),
        };
        let when = match age {
            0 => "today".to_owned(),
            age => format!("{} ago", days(age)),
        };
        out.report(
            "dependency/recent-release",
            package.span,
            format!(
                "{} {} was released {when}, and the configuration waits {}",
                package.name,
                package.version,
                days(policy.min_age)
            ),
        )
        .text(format!("released on {released}"))
        .package(package)
        .help("keep the version before it until then, or name the package in `exempt` of `[releases]`");
    }
}
