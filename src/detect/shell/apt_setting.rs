//! Settings of apt: options on its command line, and files that a step writes.

use super::Shell;
use super::install::Call;
use crate::parse::dockerfile::Body;

/// Of apt's configuration, and the start of the file beside it.
const FOLDER: &str = "/etc/apt/apt.conf";

/// True where a call sets an option of apt (`-o NAME=VALUE`) to yes or to no.
pub(super) fn is_given(call: &Call<'_>, name: &str, value: bool) -> bool {
    let mut options = call.options.options.iter();
    options.any(|option| {
        matches!(option.name, "o" | "option")
            && option.value.is_some_and(|text| sets(text, name, value))
    })
}

/// The place in the source after which a file of apt's configuration sets an option so, or may: what
/// is copied there is not known.
pub(super) fn since(shell: &Shell<'_>, name: &str, value: bool) -> Option<u32> {
    let files = shell.written().iter();
    let written = files
        .filter(|file| file.path.starts_with(FOLDER))
        .find(|file| sets(&file.text.text, name, value))
        .map(|file| file.text.span.end);
    let instructions = shell.image.iter().flat_map(|image| {
        let range = image.stage.instructions.clone();
        image.file.instructions.get(range).unwrap_or_default()
    });
    let mut copied = instructions.filter(|instruction| match &instruction.body {
        Body::Transfer { destination, .. } => {
            instruction.heredocs.is_empty() && destination.text().starts_with(FOLDER)
        }
        _ => false,
    });
    let copied = copied.next().map(|instruction| instruction.span.end);
    written.into_iter().chain(copied).min()
}

/// `APT::Get::Assume-Yes "true";`, in any case and with any mark between name and value.
fn sets(text: &str, name: &str, value: bool) -> bool {
    let lower = text.to_ascii_lowercase();
    let values: &[&str] = match value {
        true => &["true", "1", "yes", "on"],
        false => &["false", "0", "no", "off"],
    };
    lower.match_indices(name).any(|(at, _)| {
        let rest = lower.get(at + name.len()..).unwrap_or_default();
        let rest = rest.trim_start_matches([' ', '=', '"', '\'', '\\', ':']);
        values.iter().any(|value| {
            rest.strip_prefix(value)
                .is_some_and(|end| !end.starts_with(|c: char| c.is_ascii_alphanumeric()))
        })
    })
}

/// A setting without the option that is written in one word with it: `-oNAME=VALUE`.
pub(super) fn without_option(text: &str) -> &str {
    let options = ["--option=", "-o=", "-o"];
    let rest = options.iter().find_map(|option| text.strip_prefix(option));
    rest.unwrap_or(text).trim()
}
