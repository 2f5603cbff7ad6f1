//! crypto-miner: an image that mines, or fetches what does.

use super::Shell;
use crate::detect::Sink;
use crate::model::Span;
use crate::parse::shell::Command;

const MINERS: &[&str] = &[
    "xmrig",
    "xmr-stak",
    "minerd",
    "cpuminer",
    "ccminer",
    "ethminer",
    "nbminer",
    "t-rex",
    "lolminer",
    "cgminer",
    "bfgminer",
    "phoenixminer",
    "teamredminer",
    "kinsing",
    "kdevtmpfsi",
];

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for command in &shell.script.commands {
        if let Some((span, what)) = mines(command) {
            out.report(rule, span, format!("{what} in an image's build or command"))
                .text("mines for somebody")
                .help("remove it; if nobody here wrote it, treat the image and what built it as compromised");
        }
    }
}

fn mines(command: &Command) -> Option<(Span, &'static str)> {
    let name = command.name.to_ascii_lowercase();
    if MINERS.contains(&name.as_str()) {
        return Some((command.program_span(), "a miner of crypto-currency"));
    }
    command.words.iter().find_map(|word| {
        let text = word.text.to_ascii_lowercase();
        for pool in ["stratum+tcp://", "stratum+ssl://", "stratum://"] {
            if let Some(at) = text.find(pool) {
                let span = word.span_of(at, at + pool.len());
                return Some((span, "the address of a mining pool"));
            }
        }
        let is_address = text.contains("://");
        let names_miner = |part: &str| {
            let part = part.trim_end_matches(".git");
            MINERS
                .iter()
                .any(|miner| part == *miner || part.starts_with(&format!("{miner}-")))
        };
        (is_address && text.split('/').any(names_miner))
            .then_some((word.span, "a download of a miner"))
    })
}
