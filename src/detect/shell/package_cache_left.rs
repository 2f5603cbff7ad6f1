//! package-cache-left: what a manager downloaded stays in the layer beside what it installed.

use super::apt_lists_left::covers;
use super::install::{Action, Call, Manager};
use super::{Image, Shell};
use crate::detect::Sink;
use crate::model::Safety;
use crate::parse::shell::Command;

/// A manager's cache: where it is, and how it is emptied.
struct Cache {
    folders: &'static [&'static str],
    cleaning: &'static str,
    aliases: &'static [&'static str],
}

const RPM: &[&str] = &["/var/cache/dnf", "/var/cache/yum", "/var/cache/libdnf5"];

fn cache_of(manager: Manager) -> Option<Cache> {
    let (folders, cleaning, aliases): (_, _, &[&str]) = match manager {
        Manager::Yum => (
            RPM,
            "yum clean all",
            &["DL3032", "DS-0015", "missing-yum-clean-all"],
        ),
        Manager::Dnf => (
            RPM,
            "dnf clean all",
            &["DL3040", "DS-0019", "missing-dnf-clean-all"],
        ),
        Manager::Microdnf => (RPM, "microdnf clean all", &["DL3040", "DS-0027"]),
        Manager::Tdnf => (RPM, "tdnf clean all", &[]),
        Manager::Zypper => (
            &["/var/cache/zypp"],
            "zypper clean --all",
            &["DL3036", "DS-0020", "missing-zypper-clean"],
        ),
        Manager::Yarn => (
            &["/usr/local/share/.cache/yarn", "/root/.cache/yarn"],
            "yarn cache clean",
            &["DL3060"],
        ),
        _ => return None,
    };
    Some(Cache {
        folders,
        cleaning,
        aliases,
    })
}

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let Some(image) = shell.image else {
        return;
    };
    let calls: Vec<_> = shell.build_calls().collect();
    let removals: Vec<_> = shell
        .built()
        .filter(|c| matches!(c.name.as_str(), "rm" | "find"))
        .collect();
    // From the end: what comes after a call in its step decides.
    let mut cleaned: Vec<&Call<'_>> = Vec::new();
    let mut found: Vec<(&Call<'_>, Cache)> = Vec::new();
    for call in calls.iter().rev() {
        cleaned.retain(|other| other.command.unit == call.command.unit);
        if call.is(Action::Clean) || call.verb.text == "cache" {
            cleaned.push(call);
            continue;
        }
        let Some(cache) = cache_of(call.manager).filter(|_| fills(call)) else {
            continue;
        };
        let is_cleaned = cleaned.iter().any(|c| c.manager.is_kin_of(call.manager))
            || removes(&removals, call.command, &cache)
            || is_mounted(image, call, &cache);
        let is_kept = call.manager != Manager::Yarn || image.is_kept();
        if is_cleaned || !is_kept {
            continue;
        }
        // One word about each step and manager is enough: at the first installation if there is one.
        match found.last_mut() {
            Some((last, _))
                if last.command.unit == call.command.unit && last.manager == call.manager =>
            {
                if call.is(Action::Install) || !last.is(Action::Install) {
                    *last = call;
                }
            }
            _ => found.push((call, cache)),
        }
    }
    for (call, cache) in found.into_iter().rev() {
        let aliases = match call.action {
            // hadolint knows the form with the verb alone.
            Action::Install if call.manager == Manager::Yarn && call.verb.text != "install" => &[],
            Action::Install => cache.aliases,
            Action::Upgrade if call.manager == Manager::Dnf && call.verb.text == "upgrade" => {
                &["DL3040"]
            }
            // The peers look at nothing else.
            _ => &[],
        };
        let message = format!("{} leaves its cache in this layer", call.program());
        let reported = out
            .report(rule, call.verb.span, message)
            .text("downloads")
            .aliases(aliases)
            .help(format!("end the same step with `{}`", cache.cleaning));
        if let Some(edit) = image.command_at_end(call.command, cache.cleaning) {
            reported.fix_all(
                "Empty the cache at the end of the step",
                Safety::Safe,
                vec![edit],
            );
        }
    }
}

/// True where a call downloads packages into its cache.
fn fills(call: &Call<'_>) -> bool {
    match call.manager {
        Manager::Yarn => call.is(Action::Install) && !call.verb.text.ends_with("add"),
        _ => matches!(
            call.action,
            Action::Install | Action::Upgrade | Action::Release
        ),
    }
}

fn removes(removals: &[&Command], command: &Command, cache: &Cache) -> bool {
    let after = removals.partition_point(|removal| removal.id <= command.id);
    let later = removals.get(after..).unwrap_or_default();
    later
        .iter()
        .take_while(|removal| removal.unit == command.unit)
        .flat_map(|removal| removal.args())
        .any(|word| {
            let path = word.text.trim_end_matches(['*', '/']);
            cache
                .folders
                .iter()
                .any(|folder| covers(path, folder) || covers(folder, path))
                || word.text.contains("yarn cache dir") && cache.cleaning.starts_with("yarn")
        })
}

fn is_mounted(image: Image<'_>, call: &Call<'_>, cache: &Cache) -> bool {
    image.keeps_out(call.command, |target| {
        cache
            .folders
            .iter()
            .any(|folder| covers(target, folder) || covers(folder, target))
            || call.manager == Manager::Yarn && target.contains("yarn")
    })
}
