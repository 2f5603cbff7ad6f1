//! dangerous-capability: a file that hands one of root's great powers to whoever starts it.

use super::Shell;
use crate::detect::Sink;
use crate::model::{Severity, Span};
use crate::parse::shell::Word;

/// Capabilities that lead to all others, or out of the container.
const GREAT: &[(&str, &str)] = &[
    ("all", "everything that root may"),
    ("cap_sys_admin", "nearly everything that root may"),
    ("cap_sys_module", "the kernel's modules"),
    ("cap_sys_ptrace", "the memory of every process"),
    ("cap_sys_rawio", "the hardware"),
    ("cap_sys_boot", "the start of the machine"),
    ("cap_dac_override", "writing to every file"),
    ("cap_dac_read_search", "reading every file"),
    ("cap_chown", "taking every file"),
    ("cap_fowner", "changing the mode of every file"),
    ("cap_setuid", "becoming every user"),
    ("cap_setgid", "joining every group"),
    ("cap_setfcap", "giving capabilities to other files"),
    ("cap_mknod", "making device files"),
    ("cap_bpf", "programs in the kernel"),
    ("cap_mac_admin", "the rules of mandatory access control"),
    ("cap_mac_override", "passing by mandatory access control"),
];

/// Capabilities over the network alone.
const NETWORK: &[(&str, &str)] = &[
    ("cap_net_admin", "the settings of the network"),
    ("cap_net_raw", "forging and reading packets"),
];

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for command in shell.script.named(&["setcap"]) {
        let grants = command
            .args()
            .iter()
            .filter(|word| word.text.contains(['+', '=']) && !word.text.ends_with('='));
        // On a machine of one's own those over the network are what a sniffer needs.
        let told = |severity: Severity| shell.in_image || severity != Severity::Low;
        let found = grants.filter_map(granted);
        for (span, power, severity) in found.filter(|(_, _, severity)| told(*severity)) {
            let file = command
                .args()
                .last()
                .map_or("the file", |w| w.text.as_str());
            out.report(rule, span, format!("whoever starts {file} gets {power}"))
                .severity(severity)
                .text("a capability of root")
                .help("grant the one that is needed (cap_net_bind_service for a low port), or let the platform grant it to the one container");
        }
    }
}

/// The greatest of the capabilities that a word such as `cap_net_raw,cap_chown+ep` grants.
fn granted(word: &Word) -> Option<(Span, &'static str, Severity)> {
    let at = word.text.find(['+', '='])?;
    let (names, what) = word.text.split_at(at);
    if !what.contains(['e', 'p', 'i']) {
        return None;
    }
    if names.is_empty() {
        let span = word.span_of(0, word.text.len());
        return Some((span, "everything that root may", Severity::High));
    }
    let find = |known: &'static [(&str, &str)], severity| {
        let mut start = 0;
        names.split(',').find_map(|name| {
            let from = start;
            start += name.len() + 1;
            let (_, power) = known.iter().find(|(k, _)| name.eq_ignore_ascii_case(k))?;
            Some((word.span_of(from, from + name.len()), *power, severity))
        })
    };
    find(GREAT, Severity::High).or_else(|| find(NETWORK, Severity::Low))
}
