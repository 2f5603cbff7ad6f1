//! What commands do to accounts: who is made or changed, with which number and groups.

use crate::parse::shell::{Command, Options, Syntax, Word};

/// A command that makes or changes an account.
#[derive(Debug)]
pub struct Account<'a> {
    pub name: &'a Word,
    /// The word that gives its number.
    pub uid: Option<&'a Word>,
    /// Words that hold the names of groups beside its own, separated by commas.
    pub groups: Vec<&'a Word>,
    /// True where the command makes it.
    pub is_new: bool,
}

const SHADOW: Syntax = Syntax {
    short: "bcdefgGkKpRPsuZ",
    long: &[
        "base-dir",
        "comment",
        "home-dir",
        "home",
        "expiredate",
        "inactive",
        "gid",
        "groups",
        "skel",
        "key",
        "password",
        "root",
        "prefix",
        "shell",
        "uid",
        "selinux-user",
        "login",
    ],
};

/// The options of Debian's, BusyBox's and Red Hat's program of that name together.
const ADDUSER: Syntax = Syntax {
    short: "hgsGukbcdefKp",
    long: &[
        "home",
        "shell",
        "uid",
        "firstuid",
        "lastuid",
        "gid",
        "ingroup",
        "gecos",
        "comment",
        "conf",
        "groups",
        "home-dir",
        "password",
        "add-extra-groups",
    ],
};

/// Reads a command; `None` where it is about no account.
pub fn read(command: &Command) -> Option<Account<'_>> {
    let name = command.name.as_str();
    let syntax = match name {
        "useradd" | "usermod" => SHADOW,
        "adduser" => ADDUSER,
        "addgroup" => Syntax {
            short: "g",
            long: &["gid"],
        },
        "gpasswd" => return member(command),
        _ => return None,
    };
    let options = command.options(syntax);
    let mut positional = options.positional.iter().copied();
    let first = positional.next()?;
    let second = positional.next();
    let mut groups: Vec<&Word> = match name {
        // `adduser USER GROUP` and BusyBox's `addgroup USER GROUP` take an account into a group.
        "adduser" | "addgroup" => second.into_iter().collect(),
        _ => Vec::new(),
    };
    if name == "addgroup" && groups.is_empty() {
        return None;
    }
    let is_member_only = !groups.is_empty();
    groups.extend(options.all(&["G", "groups"]).filter_map(|o| o.value_word));
    let own = if name == "useradd" || name == "usermod" {
        options.positional.last().copied()?
    } else {
        first
    };
    Some(Account {
        name: own,
        uid: uid(&options),
        groups,
        is_new: name != "usermod" && !is_member_only,
    })
}

fn uid<'a>(options: &Options<'a>) -> Option<&'a Word> {
    options.get(&["u", "uid"])?.value_word
}

/// `gpasswd -a USER GROUP`.
fn member(command: &Command) -> Option<Account<'_>> {
    let options = command.options(Syntax {
        short: "adMA",
        long: &["add", "delete", "members", "administrators"],
    });
    Some(Account {
        name: options.get(&["a", "add"])?.value_word?,
        uid: None,
        groups: options.positional.clone(),
        is_new: false,
    })
}
