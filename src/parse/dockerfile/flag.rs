//! The flags of instructions: how BuildKit reads them, and what it refuses.

use super::inside::Inside;
use super::instruction::{Flag, Keyword, Word};
use super::mount;
use super::value::Value;
use crate::model::Span;
use crate::text::Mapped;

/// What the value of a flag may be.
#[derive(Clone, Copy, Debug)]
enum Kind {
    /// Bare, or `true` or `false`.
    Switch,
    Text,
    /// As `Text`, and may be given several times.
    Many,
    Mount,
    Duration,
    Count,
    OneOf(&'static [&'static str]),
}

/// The flags that BuildKit knows for an instruction.
fn known(keyword: Keyword) -> &'static [(&'static str, Kind)] {
    match keyword {
        Keyword::Add => &[
            ("chown", Kind::Text),
            ("chmod", Kind::Text),
            ("link", Kind::Switch),
            ("keep-git-dir", Kind::Switch),
            ("checksum", Kind::Text),
            ("unpack", Kind::Switch),
            ("exclude", Kind::Many),
        ],
        Keyword::Copy => &[
            ("from", Kind::Text),
            ("chown", Kind::Text),
            ("chmod", Kind::Text),
            ("link", Kind::Switch),
            ("parents", Kind::Switch),
            ("exclude", Kind::Many),
        ],
        Keyword::From => &[("platform", Kind::Text)],
        Keyword::Healthcheck => &[
            ("interval", Kind::Duration),
            ("timeout", Kind::Duration),
            ("start-period", Kind::Duration),
            ("start-interval", Kind::Duration),
            ("retries", Kind::Count),
        ],
        Keyword::Run => &[
            ("mount", Kind::Mount),
            ("network", Kind::OneOf(&["default", "none", "host"])),
            ("security", Kind::OneOf(&["sandbox", "insecure"])),
            ("device", Kind::Many),
        ],
        _ => &[],
    }
}

/// The `--name=value` words at `at`, and where what follows them begins.
pub(super) fn read(inside: &Inside<'_>, mut at: usize) -> (Vec<Flag>, usize) {
    let mut flags = Vec::new();
    loop {
        at = inside.skip_blanks(at);
        if !inside.rest(at).starts_with("--") {
            return (flags, at);
        }
        let (text, end) = unquoted(inside, at);
        if text.as_str() == "--" {
            return (flags, inside.skip_blanks(end));
        }
        flags.push(flag(inside, &text, at, end));
        at = end;
    }
}

fn flag(inside: &Inside<'_>, text: &Mapped, at: usize, end: usize) -> Flag {
    let equals = text.as_str().find('=');
    let name = text
        .as_str()
        .get(2..equals.unwrap_or(text.as_str().len()))
        .unwrap_or_default()
        .to_owned();
    let mut options = Vec::new();
    let mut value = None;
    if let Some(equals) = equals {
        let meaning = text.slice(Span::new(
            u32::try_from(equals).unwrap_or(u32::MAX).saturating_add(1),
            text.len(),
        ));
        let raw_at = at
            + inside
                .rest(at)
                .find('=')
                .map_or(end - at, |place| place + 1);
        let span = inside.source(raw_at, end);
        let raw = inside.piece(raw_at, end);
        value = Some(match name.as_str() {
            "chown" | "chmod" | "checksum" | "exclude" | "platform" => {
                inside.word_of(raw, span, &meaning)
            }
            _ => Word {
                raw: raw.to_owned(),
                span,
                value: literal(&name, meaning.as_str()),
            },
        });
        if name == "mount" {
            options = mount::options(&meaning, inside);
        }
    }
    Flag {
        name,
        span: inside.source(at, end),
        value,
        options,
    }
}

/// The value of a flag in which BuildKit replaces no variables.
fn literal(name: &str, text: &str) -> Value {
    match name {
        "from" if text.contains('$') => Value::UNKNOWN,
        _ => Value::new(text),
    }
}

/// A word without its quotes, and where it ends. A backslash protects the next character here,
/// whichever escape character the file has chosen, and within single quotes too.
fn unquoted(inside: &Inside<'_>, start: usize) -> (Mapped, usize) {
    let mut text = Mapped::new();
    let mut quote: Option<char> = None;
    let mut chars = inside.rest(start).char_indices();
    let mut keep = |at: usize, c: char| {
        let at = start + at;
        let span = Span::from_usize(at, at + c.len_utf8());
        text.append_mapped(&inside.line.slice(span));
    };
    let mut end = inside.end(start);
    while let Some((at, c)) = chars.next() {
        match (quote, c) {
            (None, c) if c.is_whitespace() => {
                end = start + at;
                break;
            }
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            (_, '\\') => {
                if let Some((at, c)) = chars.next() {
                    keep(at, c);
                }
            }
            (_, c) => keep(at, c),
        }
    }
    (text, end)
}

/// What BuildKit refuses about the flags of an instruction.
pub(super) fn faults(keyword: Keyword, flags: &[Flag]) -> Vec<(Span, String)> {
    let mut faults = Vec::new();
    // BuildKit drops the flags of STOPSIGNAL unread.
    if matches!(keyword, Keyword::Unknown | Keyword::Stopsignal) {
        return faults;
    }
    let known = known(keyword);
    for (place, flag) in flags.iter().enumerate() {
        let Some((_, kind)) = known.iter().find(|(name, _)| *name == flag.name) else {
            let message = format!("{} has no flag --{}", keyword.name(), flag.name);
            faults.push((flag.span, message));
            continue;
        };
        let again = flags
            .iter()
            .take(place)
            .any(|other| other.name == flag.name);
        if again && !matches!(kind, Kind::Many | Kind::Mount) {
            faults.push((flag.span, format!("--{} may stand only once", flag.name)));
        } else if let Some((span, message)) = fault(*kind, flag) {
            faults.push((span, message));
        }
    }
    faults
}

fn fault(kind: Kind, flag: &Flag) -> Option<(Span, String)> {
    let name = &flag.name;
    let Some(value) = &flag.value else {
        let is_bare = matches!(kind, Kind::Switch);
        return (!is_bare).then(|| (flag.span, format!("--{name} needs a value")));
    };
    // What only the build knows is not judged.
    let text = value.value.known()?;
    let expected = match kind {
        Kind::Mount => return mount::fault(flag),
        Kind::Text | Kind::Many => return None,
        Kind::Switch if matches!(text.to_ascii_lowercase().as_str(), "true" | "false") => {
            return None;
        }
        Kind::Duration if text.is_empty() || is_duration(text) => return None,
        Kind::Count if text.is_empty() || text.parse::<i32>().is_ok_and(|n| n >= 0) => return None,
        Kind::OneOf(words) if words.contains(&text) => return None,
        Kind::Switch => "true or false".to_owned(),
        Kind::Duration => "a duration such as 30s, of at least 1ms".to_owned(),
        Kind::Count => "a number".to_owned(),
        Kind::OneOf(words) => format!("one of {}", words.join(", ")),
    };
    Some((value.span, format!("--{name} takes {expected}")))
}

/// Whether a text is a length of time such as `1m30s`, and none shorter than a millisecond but 0.
fn is_duration(text: &str) -> bool {
    let text = text.strip_prefix('+').unwrap_or(text);
    if text == "0" {
        return true;
    }
    let mut rest = text;
    let mut seconds = 0.0;
    while !rest.is_empty() {
        let number = rest.len()
            - rest
                .trim_start_matches(|c: char| c.is_ascii_digit() || c == '.')
                .len();
        let (digits, after) = rest.split_at(number);
        let unit = after.len()
            - after
                .trim_start_matches(|c: char| !c.is_ascii_digit() && c != '.')
                .len();
        let (unit, after) = after.split_at(unit);
        let scale = match unit {
            "ns" => 1e-9,
            "us" | "\u{b5}s" | "\u{3bc}s" => 1e-6,
            "ms" => 1e-3,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            _ => return false,
        };
        let Ok(number) = digits.parse::<f64>() else {
            return false;
        };
        seconds += number * scale;
        rest = after;
    }
    !text.is_empty() && (seconds == 0.0 || seconds >= 1e-3)
}

#[cfg(test)]
mod tests {
    use super::is_duration;

    #[test]
    fn durations_are_numbers_with_units() {
        for text in ["30s", "1m30s", "1.5h", "0", "0s", "1ms", "+2s"] {
            assert!(is_duration(text), "{text}");
        }
        for text in ["5", "s", "-1s", "1us", "1d", "5 s", "$X", ""] {
            assert!(!is_duration(text), "{text}");
        }
    }
}
