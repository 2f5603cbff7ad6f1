//! extra-index: two package indexes are asked, and whichever has the higher version wins.

use super::Shell;
use crate::detect::Sink;

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for command in &shell.script.commands {
        let is_pip =
            command.name.starts_with("pip") || command.name == "uv" || command.has_arg("pip");
        let word = command
            .args()
            .iter()
            .find(|w| w.text == "--extra-index-url" || w.text.starts_with("--extra-index-url="));
        let (true, Some(word)) = (is_pip, word) else {
            continue;
        };
        let at = command
            .args()
            .iter()
            .position(|w| w.span == word.span)
            .unwrap_or(0);
        let url = match word.text.split_once('=') {
            Some((_, url)) => url,
            None => command.args().get(at + 1).map_or("", |w| w.text.as_str()),
        };
        // Builds of public packages for one kind of hardware, under the same owner.
        if url.contains("download.pytorch.org")
            || url.contains("pypi.nvidia.com")
            || url.contains("pypi.org")
        {
            continue;
        }
        out.report(rule, word.span, "packages of the extra index can be replaced by public ones of the same name")
            .text("both indexes are asked")
            .help("use --index-url with an index that proxies the public one, or pin every package with --require-hashes");
    }
    for assignment in &shell.script.assignments {
        if assignment.name == "PIP_EXTRA_INDEX_URL" && !assignment.value.text.contains("pypi.org") {
            out.report(
                rule,
                assignment.span,
                "packages of the extra index can be replaced by public ones of the same name",
            )
            .text("both indexes are asked")
            .help("use PIP_INDEX_URL with an index that proxies the public one");
        }
    }
}
