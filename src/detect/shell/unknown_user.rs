//! unknown-user: the image ends as a user that nothing in it makes.

use super::program::{Use, use_of};
use super::{Image, Shell, account};
use crate::detect::Sink;
use crate::detect::dockerfile::known_image::official_name;
use crate::parse::dockerfile::{Base, Body, ImageReference};
use crate::parse::shell::Command;

/// Images that bring no accounts but those of their distribution.
const PLAIN: &[&str] = &[
    "almalinux",
    "alpine",
    "amazoncorretto",
    "amazonlinux",
    "buildpack-deps",
    "busybox",
    "debian",
    "eclipse-temurin",
    "fedora",
    "gcc",
    "golang",
    "oraclelinux",
    "perl",
    "photon",
    "php",
    "python",
    "rockylinux",
    "ruby",
    "rust",
    "ubuntu",
];

/// Accounts that distributions bring, or that their packages make under another name than theirs.
const ACCOUNTS: &[&str] = &[
    "adm",
    "apache",
    "at",
    "backup",
    "bin",
    "bind",
    "cron",
    "cyrus",
    "daemon",
    "dbus",
    "dnsmasq",
    "docker",
    "ftp",
    "games",
    "gnats",
    "guest",
    "halt",
    "http",
    "irc",
    "list",
    "lp",
    "mail",
    "man",
    "messagebus",
    "mysql",
    "named",
    "news",
    "nobody",
    "ntp",
    "openldap",
    "operator",
    "polkitd",
    "postfix",
    "postmaster",
    "proxy",
    "root",
    "rpc",
    "shutdown",
    "smmsp",
    "squid",
    "sshd",
    "sync",
    "sys",
    "systemd-network",
    "tss",
    "ubuntu",
    "uucp",
    "vpopmail",
    "www-data",
    "xfs",
    "_apt",
    "ContainerUser",
    "ContainerAdministrator",
];

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let Some(image) = shell.image.filter(Image::is_target) else {
        return;
    };
    let file = image.file;
    let place = file.state_of(image.stage).user;
    let Some(Body::Text(word)) = place
        .and_then(|place| file.instructions.get(place))
        .map(|i| &i.body)
    else {
        return;
    };
    let Base::Image(base) = &file.root_of(image.stage).base else {
        return;
    };
    let Some(reference) = ImageReference::parse(base) else {
        return;
    };
    let user = word.value.known().unwrap_or_default();
    let name = user.split(':').next().unwrap_or_default();
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if !is_name
        || ACCOUNTS.contains(&name)
        || !PLAIN.contains(&official_name(&reference).as_str())
        || ["passwd", "newusers", "sysusers"]
            .iter()
            .any(|way| image.mentions(way))
        || image.step_commands().any(|command| may_make(command, name))
        || image.hides_something()
    {
        return;
    }
    out.report(
        rule,
        word.span,
        format!("nothing makes a user \"{name}\", and {base} has none"),
    )
    .help(format!(
        "make the account before, or write a number: useradd --uid 10001 {name}"
    ));
}

/// True for a command that makes the account, or one that it does not name in full, and for the
/// installation of a package that is named like it.
fn may_make(command: &Command, name: &str) -> bool {
    let makes =
        |account: account::Account<'_>| !account.name.is_known() || account.name.text == name;
    account::read(command).is_some_and(makes)
        || use_of(command) == Some(Use::Install)
            && command.args().iter().any(|word| word.text.contains(name))
}
