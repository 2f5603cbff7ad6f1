//! Parser directives: the `# name=value` lines that may open a Dockerfile.

use super::ImageReference;
use super::line::Lines;
use crate::model::Span;
use crate::parse::SyntaxError;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DirectiveName {
    Syntax,
    Escape,
    Check,
}

/// `# syntax=docker/dockerfile:1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    pub name: DirectiveName,
    pub value: String,
    /// Of the value alone.
    pub span: Span,
}

/// What the top of the file says.
#[derive(Debug)]
pub(super) struct Preamble {
    pub directives: Vec<Directive>,
    pub escape: char,
    /// True where the file names its front-end in a way that only other languages do.
    pub foreign: bool,
    pub errors: Vec<SyntaxError>,
}

/// Reads the directives from `start` on; the first line that is none ends them.
pub(super) fn read(text: &str, start: usize) -> Preamble {
    let mut found = Preamble {
        directives: Vec::new(),
        escape: '\\',
        foreign: false,
        errors: Vec::new(),
    };
    if let Some(directive) = foreign_syntax(text, start) {
        found.foreign = true;
        found.directives.push(directive);
        return found;
    }
    let mut lines = Lines::new(text, start, '\\');
    let mut after_shebang = false;
    while let Some((at, line)) = lines.physical() {
        if at == start && line.starts_with("#!") {
            after_shebang = true;
            continue;
        }
        let Some((name, value, value_at)) = split(line, "#") else {
            break;
        };
        let span = Span::from_usize(at + value_at, at + value_at + value.len());
        let name = match name.to_ascii_lowercase().as_str() {
            "syntax" => DirectiveName::Syntax,
            // A shebang is an ordinary comment to the parser, and the end of its directives.
            "escape" if after_shebang => break,
            "escape" => DirectiveName::Escape,
            "check" => DirectiveName::Check,
            _ => break,
        };
        let mut error = |message: &str| {
            found.errors.push(SyntaxError {
                span,
                message: message.into(),
            });
        };
        if found.directives.iter().any(|known| known.name == name) {
            error("each parser directive may stand only once");
        }
        if name == DirectiveName::Escape {
            match value {
                "\\" => found.escape = '\\',
                "`" => found.escape = '`',
                _ => error("the escape directive takes a backslash or a backtick"),
            }
        }
        found.directives.push(Directive {
            name,
            value: value.to_owned(),
            span,
        });
    }
    found
}

/// The front-end that a file names in the way of other build languages: `// syntax=x`, or
/// `{"syntax": "x"}` where all of it is JSON.
fn foreign_syntax(text: &str, start: usize) -> Option<Directive> {
    #[derive(serde::Deserialize)]
    struct Named {
        syntax: String,
    }
    let rest = text.get(start..).unwrap_or_default();
    if rest.trim_start().starts_with('{') {
        let value = serde_json::from_str::<Named>(rest).ok()?.syntax;
        let at = start + rest.find(value.as_str())?;
        return Some(syntax(value.clone(), at, at + value.len()));
    }
    let mut lines = Lines::new(text, start, '\\');
    while let Some((at, line)) = lines.physical() {
        let (name, value, value_at) = split(line, "//")?;
        if name.eq_ignore_ascii_case("syntax") {
            let at = at + value_at;
            return Some(syntax(value.to_owned(), at, at + value.len()));
        }
    }
    None
}

fn syntax(value: String, start: usize, end: usize) -> Directive {
    Directive {
        name: DirectiveName::Syntax,
        value,
        span: Span::from_usize(start, end),
    }
}

/// Name, value and the value's place in a line such as `# name = value`.
fn split<'l>(line: &'l str, mark: &str) -> Option<(&'l str, &'l str, usize)> {
    let body = line.trim_start().strip_prefix(mark)?;
    let (name, value) = body.split_once('=')?;
    let name = name.trim();
    let plain = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric());
    let at = line.len() - value.trim_start().len();
    let value = value.trim();
    (plain && !value.is_empty()).then_some((name, value, at))
}

/// True for the front-ends that BuildKit's own makers publish.
pub(super) fn is_official_frontend(value: &str) -> bool {
    let image = value.split_whitespace().next().unwrap_or_default();
    ImageReference::parse(image).is_some_and(|image| {
        matches!(
            image.familiar().as_str(),
            "docker/dockerfile" | "docker/dockerfile-upstream"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<String> {
        read(text, 0)
            .directives
            .iter()
            .map(|d| {
                assert_eq!(&text[d.span.range()], d.value);
                format!("{:?}={}", d.name, d.value)
            })
            .collect()
    }

    #[test]
    fn blanks_and_case_do_not_matter() {
        assert_eq!(
            values("#  SynTax =  a/b:1  \r\n# escape=`\n#check=skip=all\nFROM x"),
            ["Syntax=a/b:1", "Escape=`", "Check=skip=all"]
        );
    }

    #[test]
    fn the_first_other_line_ends_them() {
        for other in ["# a comment", "", "# unknown=1", "ARG a"] {
            assert!(
                values(&format!("{other}\n# escape=`\n")).is_empty(),
                "{other}"
            );
        }
    }

    #[test]
    fn a_shebang_may_stand_before_them() {
        assert_eq!(values("#!/usr/bin/env x\n# syntax=a\nFROM b"), ["Syntax=a"]);
        assert!(values("#!/usr/bin/env x\n# escape=`\nFROM b").is_empty());
    }

    #[test]
    fn doubled_and_impossible_ones_are_errors() {
        assert_eq!(read("# escape=`\n# escape=`\n", 0).errors.len(), 1);
        assert_eq!(read("# escape=x\n", 0).errors.len(), 1);
        assert_eq!(read("# escape=x\n", 0).escape, '\\');
    }

    #[test]
    fn other_build_languages_are_recognised() {
        assert_eq!(values("//syntax = a/b:1 x\n"), ["Syntax=a/b:1 x"]);
        assert_eq!(values("{\"a\": [1],\n \"syntax\": \"b\"}\n"), ["Syntax=b"]);
        for other in [
            "FROM a\n",
            "{ROM a\n",
            "{{ if }}\n",
            "{\"a\": 1}",
            "// a\n// syntax=b\n",
        ] {
            assert!(!read(other, 0).foreign, "{other}");
        }
    }
}
