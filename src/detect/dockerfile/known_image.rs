//! What is known of images without pulling them.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::parse::dockerfile::{Command, Dockerfile, ImageReference, Keyword, Stage};

/// Who runs in a container of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DefaultUser {
    Root,
    Other,
    /// Starts as root; the image's own entry point changes to another user.
    StepsDown,
    /// A server that stays root and answers strangers through workers of another user.
    Workers,
    Unknown,
}

/// The name by which an image is known, whichever mirror of Docker Hub it comes through.
pub(in crate::detect) fn official_name(reference: &ImageReference<'_>) -> String {
    let name = reference.familiar();
    let mirrored = ["/library/", "/dependency_proxy/containers/"]
        .iter()
        .find_map(|folder| Some(name.split_once(folder)?.1));
    match mirrored {
        Some(image) => image.to_owned(),
        None => name,
    }
}

/// True where a name is what a row of a table means; one `*` in it stands for anything.
pub(in crate::detect) fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, after)) => name
            .strip_prefix(before)
            .is_some_and(|rest| rest.ends_with(after)),
    }
}

static USERS: &str = include_str!("../../../rules/data/image-users.txt");

/// A row: a pattern for the name, the user, and the parts of tags that make it another one.
type Row = (&'static str, DefaultUser, Vec<&'static str>);

#[derive(Default)]
struct Table {
    /// Rows whose pattern is a whole name.
    whole: HashMap<&'static str, Row>,
    /// Rows whose pattern has a `*`, in order.
    open: Vec<Row>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = Table::default();
        for line in USERS.lines().filter(|line| !line.starts_with('#')) {
            let mut columns = line.split_whitespace();
            let (Some(pattern), Some(user)) = (columns.next(), columns.next()) else {
                continue;
            };
            let user = match user {
                "root" => DefaultUser::Root,
                "other" => DefaultUser::Other,
                "workers" => DefaultUser::Workers,
                _ => DefaultUser::StepsDown,
            };
            let row = (pattern, user, columns.collect());
            if pattern.contains('*') {
                table.open.push(row);
            } else {
                table.whole.insert(pattern, row);
            }
        }
        table
    })
}

/// The user that an image runs as by default. A row for the whole name decides before one with `*`.
pub(super) fn default_user(image: &str) -> DefaultUser {
    let Some(reference) = ImageReference::parse(image) else {
        return DefaultUser::Unknown;
    };
    let name = official_name(&reference);
    let table = table();
    let open = || table.open.iter().find(|(pattern, ..)| fits(pattern, &name));
    let Some((_, user, others)) = table.whole.get(name.as_str()).or_else(open) else {
        return DefaultUser::Unknown;
    };
    let tag = reference.tag.unwrap_or_default();
    if others.iter().any(|part| tag.contains(part)) {
        return DefaultUser::Other;
    }
    *user
}

/// Programs that start another one as an unprivileged user.
const STEP_DOWN: &[&str] = &[
    "gosu",
    "su-exec",
    "setpriv",
    "s6-setuidgid",
    "chpst",
    "runuser",
    "setuidgid",
];

/// True where the image's ENTRYPOINT or CMD visibly changes to another user.
pub(super) fn steps_down(file: &Dockerfile, target: &Stage) -> bool {
    file.ancestry(target).any(|stage| {
        file.instructions_of(stage)
            .filter(|i| matches!(i.keyword, Keyword::Entrypoint | Keyword::Cmd))
            .filter_map(|i| i.command())
            .any(|command| {
                let is_one = |word: &str| {
                    let program = word.rsplit('/').next().unwrap_or(word);
                    STEP_DOWN.contains(&program)
                };
                match command {
                    Command::Exec(words) => words.iter().any(|word| is_one(word.as_str())),
                    Command::Shell(script) => script.text.as_str().split_whitespace().any(is_one),
                }
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_known_under_all_their_names() {
        for (image, user) in [
            ("debian", DefaultUser::Root),
            (
                "docker.io/library/python:3.13-slim@sha256:ab",
                DefaultUser::Root,
            ),
            (
                "gcr.io/distroless/static-debian12:nonroot",
                DefaultUser::Other,
            ),
            ("gcr.io/distroless/static-debian12", DefaultUser::Root),
            ("postgres:17", DefaultUser::StepsDown),
            ("nginx:1.30", DefaultUser::Workers),
            ("php:8.4-fpm-alpine", DefaultUser::Other),
            ("php:8.4-cli", DefaultUser::Root),
            (
                "harbor.example.com/hub/library/python:3.13",
                DefaultUser::Root,
            ),
            ("quay.io/fedora/python-312", DefaultUser::Unknown),
            ("bitnami/redis", DefaultUser::Other),
            ("bitnami/minideb", DefaultUser::Root),
            ("registry.access.redhat.com/ubi9/ubi:9.4", DefaultUser::Root),
            (
                "registry.access.redhat.com/ubi9/python-312",
                DefaultUser::Other,
            ),
            ("example.com/team/base:1", DefaultUser::Unknown),
        ] {
            assert_eq!(default_user(image), user, "{image}");
        }
    }

    #[test]
    fn every_row_of_the_table_is_understood() {
        for line in USERS.lines().filter(|line| !line.starts_with('#')) {
            let user = line.split_whitespace().nth(1);
            assert!(
                line.is_empty()
                    || matches!(user, Some("root" | "other" | "steps-down" | "workers")),
                "{line}"
            );
        }
    }
}
