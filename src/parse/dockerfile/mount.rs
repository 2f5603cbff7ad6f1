//! The value of `--mount`: options as a record of comma-separated values.

use super::inside::Inside;
use super::instruction::{Flag, Word};
use super::value::Value;
use crate::model::Span;
use crate::text::Mapped;

/// The options of a mount; one without `=` has no value, and quotes that do not close make an
/// option of what is left.
pub(super) fn options(text: &Mapped, inside: &Inside<'_>) -> Vec<(String, Option<Word>)> {
    fields(text)
        .iter()
        .map(|field| {
            let whole = field.as_str();
            let Some((name, value)) = whole.split_once('=') else {
                return (whole.to_owned(), None);
            };
            let at = u32::try_from(name.len() + 1).unwrap_or(u32::MAX);
            let place = field.slice(Span::new(at, field.len()));
            let value = Word {
                raw: value.to_owned(),
                span: place.source_span(),
                value: match name.to_ascii_lowercase().as_str() {
                    // BuildKit takes this one literally.
                    "from" if value.contains('$') => Value::UNKNOWN,
                    "from" => Value::new(value),
                    _ => inside.expanded(&place).unwrap_or(Value::UNKNOWN),
                },
            };
            (name.to_owned(), Some(value))
        })
        .collect()
}

/// Splits at commas outside of fields that are quoted from their first character on.
fn fields(text: &Mapped) -> Vec<Mapped> {
    let mut fields = vec![Mapped::verbatim("", text.offset(0))];
    let mut quoted = false;
    let mut chars = text.as_str().char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let is_first = fields.last().is_some_and(Mapped::is_empty);
        match c {
            '"' if quoted && chars.next_if(|(_, next)| *next == '"').is_none() => {
                quoted = false;
                continue;
            }
            '"' if !quoted && is_first => {
                quoted = true;
                continue;
            }
            ',' if !quoted => {
                let next = u32::try_from(at + 1).unwrap_or(u32::MAX);
                fields.push(Mapped::verbatim("", text.offset(next)));
                continue;
            }
            _ => {}
        }
        if let Some(field) = fields.last_mut() {
            field.append_mapped(&text.slice(Span::from_usize(at, at + c.len_utf8())));
        }
    }
    fields
}

/// What BuildKit refuses about a mount, as far as the file alone tells.
pub(super) fn fault(flag: &Flag) -> Option<(Span, String)> {
    let known = |name: &str| {
        flag.option(name)
            .and_then(|word| word.value.known().map(str::to_owned))
    };
    let given = |names: &[&str]| {
        let is_named = |name: &str| names.iter().any(|known| known.eq_ignore_ascii_case(name));
        flag.options.iter().any(|(name, _)| is_named(name))
    };
    let kind = match flag.option("type") {
        Some(word) => word.value.known()?.to_ascii_lowercase(),
        None => "bind".to_owned(),
    };
    for (name, value) in &flag.options {
        let span = value.as_ref().map_or(flag.span, |word| word.span);
        let fails = |message: String| Some((span, message));
        let text = value.as_ref().map(|word| word.value.known());
        let name = name.to_ascii_lowercase();
        let fits = match (name.as_str(), text) {
            ("readonly" | "ro" | "readwrite" | "rw" | "required", None) => true,
            (_, None) => return fails(format!("the mount option `{name}` needs a value")),
            // What only the build knows is not judged.
            (_, Some(None)) => true,
            ("type", Some(Some(_))) => {
                matches!(kind.as_str(), "bind" | "cache" | "tmpfs" | "secret" | "ssh")
            }
            ("sharing", Some(Some(text))) => matches!(
                text.to_ascii_lowercase().as_str(),
                "shared" | "private" | "locked"
            ),
            ("readonly" | "ro" | "readwrite" | "rw" | "required", Some(Some(text))) => matches!(
                text,
                "1" | "t"
                    | "T"
                    | "TRUE"
                    | "true"
                    | "True"
                    | "0"
                    | "f"
                    | "F"
                    | "FALSE"
                    | "false"
                    | "False"
            ),
            ("mode", Some(Some(text))) => u32::from_str_radix(text, 8).is_ok(),
            ("uid" | "gid", Some(Some(text))) => text.parse::<u32>().is_ok(),
            ("size", Some(Some(text))) => text.starts_with(|c: char| c.is_ascii_digit()),
            (
                "from" | "source" | "src" | "target" | "dst" | "destination" | "id" | "env",
                Some(Some(_)),
            ) => true,
            _ => return fails(format!("a mount has no option `{name}`")),
        };
        if !fits {
            let text = text.flatten().unwrap_or_default();
            return fails(format!("`{text}` is no value of the mount option `{name}`"));
        }
        let belongs = match name.as_str() {
            "required" => matches!(kind.as_str(), "secret" | "ssh"),
            "size" => kind == "tmpfs",
            "mode" | "uid" | "gid" => matches!(kind.as_str(), "secret" | "ssh" | "cache"),
            "sharing" => kind == "cache",
            "from" => kind != "secret",
            _ => true,
        };
        if !belongs {
            return fails(format!("a mount of type {kind} has no option `{name}`"));
        }
    }
    if kind == "secret" && !given(&["id", "source", "src", "target", "dst", "destination", "env"]) {
        return Some((flag.span, "a secret mount needs an id or a target".into()));
    }
    if known("from").is_none()
        && let Some(from) = flag.option("from").filter(|word| word.raw.contains('$'))
    {
        return Some((from.span, "the option `from` takes no variables".into()));
    }
    None
}
