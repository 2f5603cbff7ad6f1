//! What stands after an instruction's flags, instruction by instruction.

use super::heredoc::{Heredoc, Marker};
use super::inside::Inside;
use super::instruction::{Body, Command, Dialect, Keyword, Script, Word};
use super::json::{self, ExecForm};
use crate::model::Span;
use crate::text::Mapped;

type Failure = (Span, String);

/// Reads what stands after the flags.
pub(super) fn read(
    inside: &Inside<'_>,
    keyword: Keyword,
    start: usize,
    end: usize,
    markers: &[Marker],
    bodies: &[Heredoc],
    dialect: Dialect,
) -> Result<Body, Failure> {
    let fail = |message: &str| Err((inside.source(start, end), message.to_owned()));
    let needs = |what: &str| fail(&format!("{} needs {what}", keyword.name()));
    let is_empty = start >= end;
    Ok(match keyword {
        Keyword::From => return from(inside, start, end),
        Keyword::Arg => Body::Arg(inside.pairs(start, keyword)?),
        Keyword::Env => Body::Env(inside.pairs(start, keyword)?),
        Keyword::Label => Body::Label(inside.pairs(start, keyword)?),
        Keyword::User | Keyword::Workdir | Keyword::Stopsignal | Keyword::Maintainer
            if is_empty =>
        {
            return needs("an argument");
        }
        Keyword::Maintainer => Body::Text(inside.literal(start, end)),
        Keyword::User | Keyword::Workdir | Keyword::Stopsignal => {
            Body::Text(inside.word(start, end))
        }
        Keyword::Expose if is_empty => return needs("a port"),
        Keyword::Expose => Body::Words(words(inside, start)),
        Keyword::Volume if is_empty => return needs("a path"),
        Keyword::Volume => {
            let paths = list(inside, start, &[])?;
            if paths.is_empty() || paths.iter().any(|path| path.raw.trim().is_empty()) {
                return needs("a path");
            }
            Body::Words(paths)
        }
        Keyword::Add | Keyword::Copy => {
            let ends_in_heredoc = markers
                .last()
                .is_some_and(|marker| marker.span.end as usize == end);
            if ends_in_heredoc {
                return fail("a here-document cannot be the destination");
            }
            let mut sources = list(inside, start, markers)?;
            match sources.pop() {
                Some(destination) if !sources.is_empty() || !bodies.is_empty() => Body::Transfer {
                    sources,
                    destination,
                },
                _ => return needs("at least one source and a destination"),
            }
        }
        Keyword::Shell => match exec_form(inside, start)? {
            Some(words) if !words.is_empty() => Body::Shell(words),
            _ => return fail("SHELL takes a JSON array of strings"),
        },
        Keyword::Run | Keyword::Cmd | Keyword::Entrypoint => {
            Body::Command(command(inside, start, end, bodies, dialect)?)
        }
        Keyword::Healthcheck => {
            let kind_end = inside.word_end(start).min(end);
            let kind = inside
                .line
                .as_str()
                .get(start..kind_end)
                .unwrap_or_default();
            if kind.eq_ignore_ascii_case("none") {
                if kind_end < end {
                    return fail("HEALTHCHECK NONE takes no arguments");
                }
                return Ok(Body::NoHealthcheck);
            }
            let command_at = inside.skip_blanks(kind_end);
            if !kind.eq_ignore_ascii_case("cmd") || command_at >= end {
                return needs("CMD with a command, or NONE");
            }
            match command(inside, command_at, end, bodies, dialect)? {
                Command::Exec(words) if words.is_empty() => {
                    return needs("CMD with a command, or NONE");
                }
                command => Body::Command(command),
            }
        }
        Keyword::Onbuild | Keyword::Unknown => Body::Invalid,
    })
}

fn from(inside: &Inside<'_>, start: usize, end: usize) -> Result<Body, Failure> {
    let text = inside.line.as_str();
    let words = inside.plain_words(start);
    match words.as_slice() {
        [image] => Ok(Body::From {
            image: inside.word(image.0, image.1),
            name: None,
        }),
        [image, between, name]
            if text
                .get(between.0..between.1)
                .unwrap_or_default()
                .eq_ignore_ascii_case("as") =>
        {
            let name = inside.literal(name.0, name.1);
            let valid = name.raw.starts_with(|c: char| c.is_ascii_alphabetic())
                && name
                    .raw
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
            if !valid {
                return Err((
                    name.span,
                    "a stage name begins with a letter and holds only letters, digits, -, _ and ."
                        .into(),
                ));
            }
            Ok(Body::From {
                image: inside.word(image.0, image.1),
                name: Some(name),
            })
        }
        _ => Err((
            inside.source(start, end),
            "FROM takes an image, and after it at most AS and a name".into(),
        )),
    }
}

fn words(inside: &Inside<'_>, start: usize) -> Vec<Word> {
    inside
        .plain_words(start)
        .into_iter()
        .map(|(at, end)| inside.word(at, end))
        .collect()
}

/// Words of a list that may be a JSON array.
fn list(inside: &Inside<'_>, start: usize, markers: &[Marker]) -> Result<Vec<Word>, Failure> {
    Ok(match exec_form(inside, start)? {
        Some(strings) => strings
            .iter()
            .map(|string| inside.word_of(string.as_str(), string.source_span(), string))
            .collect(),
        None => inside.file_words(start, markers),
    })
}

fn exec_form(inside: &Inside<'_>, start: usize) -> Result<Option<Vec<Mapped>>, Failure> {
    match json::read(inside.line, u32::try_from(start).unwrap_or(u32::MAX)) {
        ExecForm::Strings(strings, _) => Ok(Some(strings)),
        ExecForm::Not => Ok(None),
        ExecForm::NotStrings => Err((
            inside.source(start, inside.end(start)),
            "the JSON form takes strings only".into(),
        )),
    }
}

fn command(
    inside: &Inside<'_>,
    start: usize,
    end: usize,
    bodies: &[Heredoc],
    dialect: Dialect,
) -> Result<Command, Failure> {
    if bodies.is_empty()
        && let Some(strings) = exec_form(inside, start)?
    {
        return Ok(Command::Exec(strings));
    }
    let line = inside.line.slice(Span::from_usize(start, end));
    let script = match bodies {
        [] => Script {
            text: line,
            dialect,
            is_heredoc: false,
        },
        [only] if only.marker == Span::from_usize(start, end) => Script {
            dialect: Dialect::of_shebang(only.body.as_str()).unwrap_or(dialect),
            text: only.body.clone(),
            is_heredoc: true,
        },
        bodies => {
            let mut text = in_usual_order(&line, start, bodies);
            for heredoc in bodies {
                let at = heredoc.body.source_span().start;
                text.push_for("\n", Span::new(at.saturating_sub(1), at));
                text.append_mapped(&heredoc.body);
                text.push(&heredoc.name, heredoc.terminator.start);
            }
            Script {
                text,
                dialect,
                is_heredoc: false,
            }
        }
    };
    Ok(Command::Shell(script))
}

/// The line with each here-document's marker after the words of its command, where shells allow it
/// to stand before them (`<<EOF cat > /a`) and their grammar does not.
fn in_usual_order(line: &Mapped, start: usize, bodies: &[Heredoc]) -> Mapped {
    let text = line.as_str();
    let mut ordered = Mapped::new();
    let mut copied = 0;
    let piece = |from: usize, to: usize| line.slice(Span::from_usize(from, to));
    let is_operator = |c: char| matches!(c, '|' | '&' | ';' | '(');
    for heredoc in bodies {
        let at = (heredoc.marker.start as usize).saturating_sub(start);
        let after = (heredoc.marker.end as usize).saturating_sub(start);
        let before = text.get(..at).unwrap_or_default().trim_end();
        let end = after + end_of_command(text.get(after..).unwrap_or_default());
        let words = text.get(after..end).unwrap_or_default();
        let is_first = before.is_empty() || before.ends_with(is_operator);
        if !is_first || words.trim().is_empty() || words.contains("<<") {
            continue;
        }
        ordered.append_mapped(&piece(copied, at));
        ordered.append_mapped(&piece(after, end));
        let place = line.offset(u32::try_from(end).unwrap_or(u32::MAX));
        let marker = text.get(at..after).unwrap_or_default();
        ordered.push_for(&format!(" {marker} "), Span::new(place, place));
        copied = end;
    }
    ordered.append_mapped(&piece(copied, text.len()));
    ordered
}

/// How long the words and redirections of a simple command are.
fn end_of_command(text: &str) -> usize {
    let mut quote: Option<char> = None;
    let mut last = ' ';
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            (None | Some('"'), '\\') => {
                chars.next();
            }
            // `2>&1` and `&>` are redirections.
            (None, '&') if last == '>' || text[at..].starts_with("&>") => {}
            (None, '|' | '&' | ';' | ')') => return at,
            _ => {}
        }
        last = c;
    }
    text.len()
}
