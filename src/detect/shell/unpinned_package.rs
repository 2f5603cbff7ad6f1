//! unpinned-package: which version of a system package is installed depends on the day.

use super::Shell;
use super::install::{Manager, Origin};
use crate::detect::Sink;
use crate::model::Confidence;

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for call in shell.build_calls() {
        let (aliases, form): (&[&str], _) = match call.manager {
            Manager::AptGet => (&["DL3008"], "name=version"),
            Manager::Apk => (&["DL3018"], "name=version"),
            Manager::Yum => (&["DL3033"], "name-version"),
            Manager::Zypper => (&["DL3037"], "name=version"),
            Manager::Dnf | Manager::Microdnf => (&["DL3041"], "name-version"),
            Manager::Apt | Manager::Aptitude => (&[], "name=version"),
            Manager::Tdnf => (&[], "name-version"),
            _ => continue,
        };
        for package in call.packages.iter().filter(|p| p.is_unpinned()) {
            let shown = package.shown();
            let found = out
                .report(
                    rule,
                    package.word.span,
                    format!("{shown} is installed in whatever version there is"),
                )
                .text("no version")
                .aliases(aliases)
                .help(format!(
                    "write {form}, or pin the base image by digest and rebuild often"
                ));
            if package.origin == Origin::Unknown {
                found.confidence(Confidence::Low);
            }
        }
    }
}
