//! `name = value` in any syntax, found around a word of the name.

use std::ops::Range;

use crate::model::FileKind;

use super::text::Text;

/// A name and the literal text it is given on the same line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    pub name: Range<usize>,
    pub value: Range<usize>,
    pub quoted: bool,
    pub style: Style,
}

/// How the value hangs on its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `name = value`, `name: value`, `"name" => value`, `<name>value</name>`, `--name value`.
    Given,
    /// `("name", "value")`: a call or a pair.
    Listed,
    /// `?name=value&`, `;name=value;` inside a larger text.
    Embedded,
}

/// Longest name, value and gap that are looked at: they bound the work of one hit.
const NAME: usize = 80;
const VALUE: usize = 1024;
const GAP: usize = 64;

/// The name of which `hit` is a part.
pub fn name_around(text: &Text<'_>, hit: Range<usize>) -> Range<usize> {
    let bytes = text.bytes;
    // Only in properties is a dot part of a name.
    let dotted = text.kind == FileKind::Ini;
    let of_name = |b: &&u8| {
        b.is_ascii_alphanumeric() || matches!(**b, b'_' | b'-') || (dotted && **b == b'.')
    };
    let before = bytes
        .get(hit.start.saturating_sub(NAME)..hit.start)
        .unwrap_or_default();
    let start = hit.start - before.iter().rev().take_while(of_name).count();
    // The hit itself may end in a sign that only helped to find it.
    let word = bytes.get(hit.clone()).unwrap_or_default();
    let inside = word
        .iter()
        .rposition(|b| of_name(&b))
        .map_or(0, |last| last + 1);
    let end = hit.start + inside;
    let after = match inside == word.len() {
        true => bytes
            .get(end..bytes.len().min(end + NAME))
            .unwrap_or_default(),
        false => &[],
    };
    start..end + after.iter().take_while(of_name).count()
}

/// The assignment of which `name` is the name, where it gives a literal on the same line;
/// otherwise up to where the text needs no second look.
pub fn parse(text: &Text<'_>, name: Range<usize>) -> Result<Assignment, usize> {
    let end = name.end;
    let mut cursor = Cursor {
        text,
        at: end,
        too_long: false,
    };
    match cursor.assignment(name) {
        Some(found) => Ok(found),
        None if cursor.too_long => Err(cursor.at + VALUE),
        None => Err(end),
    }
}

/// Where a value without quotes ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bare {
    /// At the end of the line or its comment.
    Line,
    /// At white space or what separates words in a shell.
    Word,
    /// At what separates parameters.
    Parameter,
    /// At the next tag.
    Tag,
}

struct Cursor<'t, 'a> {
    text: &'t Text<'a>,
    at: usize,
    /// The value that starts here fills the window: it is longer than any secret.
    too_long: bool,
}

impl Cursor<'_, '_> {
    fn assignment(&mut self, name: Range<usize>) -> Option<Assignment> {
        let bytes = self.text.bytes;
        // `--password` and `-Dpassword` are names too; the dashes are not.
        let word = bytes.get(name.clone()).unwrap_or_default();
        let dashes = word.iter().take_while(|b| **b == b'-').count();
        let name = name.start + dashes..name.end;
        let before = name.start.checked_sub(1).and_then(|at| self.text.at(at));
        let opened = matches!(before, Some(b'"' | b'\'' | b'`' | b':'));
        let closed = self.quote().is_some();
        while matches!(self.peek(), Some(b'[' | b']')) && self.at < name.end + 4 {
            self.at += 1;
        }
        let gap = self.blanks();
        let (style, bare) = self.operator(&name, gap, dashes, opened && closed)?;
        self.blanks();
        let (value, quoted) = match self.quoted() {
            Some(found) => (found?, true),
            None => (self.bare(bare?)?, false),
        };
        (!value.is_empty()).then_some(Assignment {
            name,
            value,
            quoted,
            style,
        })
    }

    fn peek(&self) -> Option<u8> {
        self.text.at(self.at)
    }

    fn rest(&self) -> &[u8] {
        self.text
            .slice(self.at..self.text.bytes.len().min(self.at + VALUE))
    }

    fn take(&mut self, literal: &[u8]) -> bool {
        let fits = self.rest().starts_with(literal);
        if fits {
            self.at += literal.len();
        }
        fits
    }

    fn blanks(&mut self) -> usize {
        let count = self
            .rest()
            .iter()
            .take(GAP)
            .take_while(|b| matches!(b, b' ' | b'\t'))
            .count();
        self.at += count;
        count
    }

    /// Steps over one quotation mark, escaped or not, and says which.
    fn quote(&mut self) -> Option<u8> {
        let escaped = usize::from(self.peek() == Some(b'\\'));
        let mark = self.text.at(self.at + escaped)?;
        matches!(mark, b'"' | b'\'' | b'`').then(|| {
            self.at += escaped + 1;
            mark
        })
    }

    /// Steps over what stands between name and value; says how the value hangs on the name, and
    /// how it ends if it stands without quotes.
    fn operator(
        &mut self,
        name: &Range<usize>,
        gap: usize,
        dashes: usize,
        in_quotes: bool,
    ) -> Option<(Style, Option<Bare>)> {
        let kind = self.text.kind;
        let line = name_stands_alone(self.text, name.start);
        match self.peek()? {
            b'=' if self.take(b"=>") => Some((Style::Given, None)),
            b'=' if self.take(b"==") || self.take(b"=~") => None,
            b'=' => {
                self.at += 1;
                Some(self.after_equals(name, gap, dashes, line))
            }
            b':' | b'?' | b'|' | b'+'
                if self.take(b":=")
                    || self.take(b"?=")
                    || self.take(b"||=")
                    || self.take(b"+=")
                    || self.take(b"::=") =>
            {
                Some((
                    Style::Given,
                    (line && has_bare_values(kind)).then_some(Bare::Line),
                ))
            }
            b':' => {
                self.at += 1;
                if self.skip_type() {
                    return Some((Style::Given, None));
                }
                let spaced = matches!(self.peek(), Some(b' ' | b'\t'));
                let bare = spaced
                    && (is_yaml(kind) || matches!(kind, FileKind::Ini | FileKind::Text))
                    && !in_quotes
                    || spaced && is_yaml(kind);
                Some((Style::Given, bare.then_some(Bare::Line)))
            }
            b'>' if kind == FileKind::Xml
                || self
                    .text
                    .is_named(&[".html", ".config", ".plist", ".csproj", ".props"]) =>
            {
                self.at += 1;
                Some((Style::Given, Some(Bare::Tag)))
            }
            b',' if in_quotes => {
                self.at += 1;
                Some((Style::Listed, None))
            }
            b'v' | b'V'
                if in_quotes && gap > 0 && (self.take(b"value=") || self.take(b"Value=")) =>
            {
                Some((Style::Given, None))
            }
            b's' if gap > 0 && self.take(b"string = ") => Some((Style::Given, None)),
            _ if gap > 0 && dashes == 2 => Some((Style::Given, Some(Bare::Word))),
            _ if gap > 0 && self.is_spaced_pair(name) => Some((Style::Given, Some(Bare::Word))),
            _ => None,
        }
    }

    fn after_equals(
        &self,
        name: &Range<usize>,
        gap: usize,
        dashes: usize,
        line: bool,
    ) -> (Style, Option<Bare>) {
        let kind = self.text.kind;
        let before = name.start.checked_sub(1).and_then(|at| self.text.at(at));
        let tight = gap == 0 && !matches!(self.peek(), Some(b' ' | b'\t'));
        if tight && matches!(before, Some(b'?' | b'&' | b';')) && dashes == 0 {
            return (Style::Embedded, Some(Bare::Parameter));
        }
        if dashes > 0 || matches!(kind, FileKind::Shell | FileKind::Dockerfile) {
            return (Style::Given, tight.then_some(Bare::Word));
        }
        if has_bare_values(kind) && line {
            return (Style::Given, Some(Bare::Line));
        }
        let shouted = self
            .text
            .slice(name.clone())
            .iter()
            .all(|b| !b.is_ascii_lowercase());
        if tight && (shouted || is_yaml(kind) || kind == FileKind::Text) {
            return (Style::Embedded, Some(Bare::Parameter));
        }
        (Style::Given, None)
    }

    /// `: str =`, `: &'static str =`, `: Option<String> =`: steps to behind the `=`.
    fn skip_type(&mut self) -> bool {
        if is_yaml(self.text.kind)
            || matches!(
                self.text.kind,
                FileKind::Json | FileKind::Ini | FileKind::Env
            )
        {
            return false;
        }
        let head = self.rest();
        let of_type = |b: &&u8| {
            b.is_ascii_alphanumeric()
                || matches!(
                    **b,
                    b'_' | b'&'
                        | b'<'
                        | b'>'
                        | b'['
                        | b']'
                        | b'|'
                        | b'.'
                        | b'?'
                        | b'*'
                        | b'\''
                        | b' '
                )
        };
        let length = head.iter().take(48).take_while(of_type).count();
        let typed = head.get(..length).is_some_and(|t| {
            t.iter().any(u8::is_ascii_alphabetic) && !t.trim_ascii().starts_with(b"'")
        });
        let given = head.get(length) == Some(&b'=') && head.get(length + 1) != Some(&b'=');
        if typed && given {
            self.at += length + 1;
        }
        typed && given
    }

    /// `password X` in .netrc, `ENV DB_PASSWORD X` in a Dockerfile.
    fn is_spaced_pair(&self, name: &Range<usize>) -> bool {
        if self.text.is_named(&[".netrc", "_netrc"]) {
            return true;
        }
        let from = name.start.saturating_sub(8);
        let before = self.text.slice(from..name.start);
        let line = before.rsplit(|b| *b == b'\n').next().unwrap_or_default();
        self.text.kind == FileKind::Dockerfile && line.trim_ascii().eq_ignore_ascii_case(b"ENV")
    }

    /// A quoted value. `None`: the value is not quoted; `Some(None)`: it is, but is no plain literal.
    fn quoted(&mut self) -> Option<Option<Range<usize>>> {
        let start = self.at;
        let prefix = self
            .rest()
            .iter()
            .take(2)
            .take_while(|b| {
                matches!(
                    b,
                    b'b' | b'B' | b'u' | b'U' | b'r' | b'R' | b'f' | b'F' | b'@' | b'$' | b'L'
                )
            })
            .count();
        self.at += prefix;
        let escaped = self.peek() == Some(b'\\');
        let Some(mark) = self.quote() else {
            self.at = start;
            return None;
        };
        let triple = !escaped && self.take(&[mark, mark]);
        if triple
            && self.peek() != Some(mark)
            && self
                .rest()
                .first()
                .is_some_and(|b| matches!(b, b'\n' | b'\r' | b')' | b',' | b';' | b' '))
        {
            // Two marks are an empty value, not the start of a triple quote.
            return Some(None);
        }
        Some(
            self.until(mark, escaped)
                .filter(|_| self.ends_expression(mark, triple)),
        )
    }

    /// Up to the closing mark on this line; leaves the cursor behind it.
    fn until(&mut self, mark: u8, escaped: bool) -> Option<Range<usize>> {
        let start = self.at;
        let rest = self
            .text
            .slice(start..self.text.bytes.len().min(start + VALUE));
        let mut from = 0;
        loop {
            let next = memchr::memchr3(mark, b'\\', b'\n', rest.get(from..).unwrap_or_default());
            let Some(at) = next.map(|next| from + next) else {
                self.too_long = rest.len() == VALUE;
                return None;
            };
            match rest.get(at)? {
                b'\n' => return None,
                b'\\' if escaped && rest.get(at + 1) == Some(&mark) => {
                    self.at = start + at + 2;
                    return Some(start..start + at);
                }
                b'\\' => from = at + 2,
                _ => {
                    self.at = start + at + 1;
                    return Some(start..start + at);
                }
            }
        }
    }

    /// False where the literal is only a part of an expression: `"a" + b`, `"a".format(b)`.
    fn ends_expression(&mut self, mark: u8, triple: bool) -> bool {
        if triple {
            self.take(&[mark, mark]);
        }
        if matches!(self.peek(), Some(b'.' | b'[')) {
            return false;
        }
        self.blanks();
        !matches!(self.peek(), Some(b'+' | b'%' | b'.')) || self.text.kind == FileKind::Yaml
    }

    fn bare(&mut self, end: Bare) -> Option<Range<usize>> {
        let rest = self.rest();
        let length = match end {
            Bare::Line => {
                let line = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
                let line = rest.get(..line)?;
                let comment = memchr::memmem::find(line, b" #").unwrap_or(line.len());
                line.get(..comment)?.trim_ascii_end().len()
            }
            Bare::Word => first_of(rest, b";&|\"'`)<>,"),
            Bare::Parameter => first_of(rest, b"&;\"'`)<>#,]}\\"),
            Bare::Tag => memchr::memchr2(b'<', b'\n', rest).unwrap_or(rest.len()),
        };
        self.too_long = length == VALUE;
        (!self.too_long).then_some(self.at..self.at + length)
    }
}

/// Where the first white space or one of `ends` stands.
fn first_of(text: &[u8], ends: &[u8]) -> usize {
    text.iter()
        .position(|b| b.is_ascii_whitespace() || ends.contains(b))
        .unwrap_or(text.len())
}

/// True where nothing but indentation, `export`, a list's dash or a dotted path stands before.
fn name_stands_alone(text: &Text<'_>, start: usize) -> bool {
    let before = text.slice(start.saturating_sub(NAME)..start);
    let line = before.rsplit(|b| *b == b'\n').next().unwrap_or_default();
    let mut words = line.split(|b| b.is_ascii_whitespace()).filter(|word| {
        !word.is_empty()
            && !matches!(
                *word,
                b"export" | b"set" | b"-" | b"#" | b"//" | b"ENV" | b"ARG" | b"spring"
            )
    });
    words.next().is_none_or(|word| {
        word.iter().all(|b| {
            b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'/' | b':' | b'#' | b';')
        })
    }) && words.next().is_none()
}

fn is_yaml(kind: FileKind) -> bool {
    matches!(
        kind,
        FileKind::Yaml | FileKind::Compose | FileKind::Workflow | FileKind::Kubernetes
    )
}

fn has_bare_values(kind: FileKind) -> bool {
    matches!(kind, FileKind::Env | FileKind::Ini | FileKind::Text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Origin, RepoPath, Source, SourceId};

    fn value(path: &str, line: &str) -> Option<String> {
        let path = RepoPath::from(path);
        let kind = crate::classify::classify(&path, b"");
        let source = Source::new(SourceId(0), path, kind, line.as_bytes(), Origin::Buffer);
        let text = Text::new(&source);
        let lower = line.to_ascii_lowercase();
        let at = lower.find("passw").or_else(|| lower.find("token"))?;
        let name = name_around(&text, at..at + 5);
        let found = parse(&text, name).ok()?;
        Some(line[found.value].to_owned())
    }

    #[test]
    fn values_are_found_in_every_syntax() {
        for (path, line) in [
            (".env", "DB_PASSWORD=s3cr3t!\n"),
            (".env", "export DB_PASSWORD=\"s3cr3t!\"\n"),
            ("a.ini", "password = s3cr3t! # main\n"),
            ("a.properties", "spring.datasource.password=s3cr3t!\n"),
            ("a.yml", "  password: s3cr3t!\n"),
            ("a.yml", "  password: 's3cr3t!'\n"),
            ("a.yml", "  - DB_PASSWORD=s3cr3t!\n"),
            ("a.json", "{\"password\": \"s3cr3t!\"}"),
            ("a.toml", "password = \"s3cr3t!\"\n"),
            ("a.xml", "<password>s3cr3t!</password>"),
            ("a.xml", "<add key=\"Password\" value=\"s3cr3t!\"/>"),
            ("a.xml", "<db password=\"s3cr3t!\"/>"),
            ("a.py", "config['password'] = 's3cr3t!'\n"),
            ("a.py", "connect(password=b\"s3cr3t!\")"),
            ("a.py", "password: str = \"s3cr3t!\"\n"),
            ("a.go", "password := `s3cr3t!`\n"),
            ("a.go", "var password string = \"s3cr3t!\"\n"),
            ("a.rs", "const PASSWORD: &'static str = \"s3cr3t!\";"),
            ("a.php", "'password' => 's3cr3t!',"),
            ("a.php", "define('DB_PASSWORD', 's3cr3t!');"),
            ("a.rb", ":password => \"s3cr3t!\""),
            ("a.c", "const char password[] = \"s3cr3t!\";"),
            ("a.sh", "mysql --password=s3cr3t! db\n"),
            ("a.sh", "tool --password s3cr3t! db\n"),
            ("a.sh", "PASSWORD=s3cr3t! run\n"),
            ("Dockerfile", "ENV DB_PASSWORD s3cr3t!\n"),
            ("Dockerfile", "ENV DB_PASSWORD=s3cr3t! A=b\n"),
            (".netrc", "machine a login b password s3cr3t!\n"),
            ("a.js", "\"{\\\"password\\\": \\\"s3cr3t!\\\"}\""),
            ("a.cs", "\"Server=x;Password=s3cr3t!;User=a\""),
        ] {
            assert_eq!(
                value(path, line).as_deref(),
                Some("s3cr3t!"),
                "{path}: {line}"
            );
        }
    }

    #[test]
    fn what_gives_no_literal_is_no_assignment() {
        for (path, line) in [
            ("a.py", "password = get_password()\n"),
            ("a.py", "if password == 's3cr3t!':\n"),
            ("a.py", "password = 'a' + rest\n"),
            ("a.py", "password = 'a{}'.format(rest)\n"),
            ("a.py", "password = ''\n"),
            ("a.js", "password: string;\n"),
            ("a.js", "token = 'never closed\n"),
            ("a.txt", "The password is secret\n"),
        ] {
            assert_eq!(value(path, line), None, "{path}: {line}");
        }
    }
}
