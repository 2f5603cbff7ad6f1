//! readable-private-key: every user may read a key that is one person's or one service's.

use super::Shell;
use super::world_writable::mode;
use crate::detect::Sink;

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for command in shell.script.named(&["chmod", "install"]) {
        let Some(mode) = mode(command).filter(|mode| lets_all_read(&mode.text)) else {
            continue;
        };
        let key = command
            .args()
            .iter()
            .find(|word| word.span.start > mode.span.end && is_private(&word.text));
        if let Some(key) = key {
            out.report(
                rule,
                mode.span,
                format!("every user may read {} ({})", key.text, mode.text),
            )
            .text("lets others read")
            .help("use 600, or 640 with a group that only the service is in");
        }
    }
}

fn is_private(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_key_of_ssh = ["id_rsa", "id_dsa", "id_ecdsa", "id_ed25519"].contains(&name)
        || name.starts_with("ssh_host_") && name.ends_with("_key");
    let is_key = [
        "privkey.pem",
        "private.pem",
        "key.pem",
        "server.key",
        "private.key",
    ]
    .iter()
    .any(|known| name.ends_with(known));
    let is_password = matches!(
        name,
        ".pgpass" | ".netrc" | ".my.cnf" | "shadow" | "gshadow"
    );
    is_key_of_ssh || (is_key && !name.contains("pub")) || is_password
}

fn lets_all_read(mode: &str) -> bool {
    if !mode.is_empty() && mode.bytes().all(|b| b.is_ascii_digit()) {
        return mode.len() >= 3 && mode.bytes().last().is_some_and(|b| b & 4 != 0);
    }
    mode.split(',').any(|clause| {
        let Some((who, what)) = clause.split_once(['+', '=']) else {
            return false;
        };
        what.contains('r') && who.contains(['o', 'a']) && who.bytes().all(|b| b"ugoa".contains(&b))
    })
}
