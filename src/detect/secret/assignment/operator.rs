//! What stands between a name and its value.

use std::ops::Range;

use crate::detect::secret::syntax::Syntax;
use crate::detect::secret::text::Text;
use crate::model::FileKind;

use super::around::{in_braces, in_comment, in_string, stands_alone};
use super::cursor::Cursor;
use super::literal::Bare;
use super::{NAME, Style};

/// How the value hangs on the name, and how it ends if it stands without quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hang {
    pub style: Style,
    pub bare: Option<Bare>,
}

/// A name with what stands around it.
#[derive(Debug)]
pub struct Name {
    /// Without the dashes of `--password`.
    pub range: Range<usize>,
    pub dashes: usize,
    /// What stands before it, and before its dashes.
    before: Option<u8>,
    /// A quotation mark stands behind it.
    closed: bool,
}

impl Name {
    pub fn new(text: &Text<'_>, range: Range<usize>) -> Self {
        let word = text.slice(range.clone());
        let dashes = word.iter().take_while(|b| **b == b'-').count();
        let range = range.start + dashes..range.end;
        Self {
            before: range.start.checked_sub(1).and_then(|at| text.at(at)),
            range,
            dashes,
            closed: false,
        }
    }
}

/// Verbs of functions that look a secret up, make or test one: their argument is none.
const ASKING: &[&str] = &[
    "get", "fetch", "find", "is", "has", "have", "check", "validate", "verify", "hash", "encrypt",
    "decrypt", "parse", "read", "load", "generate", "gen", "create", "make", "remove", "delete",
    "reset", "assert", "expect", "compare", "match", "matches", "test", "show", "forgot", "build",
    "format", "mask", "lookup", "retrieve", "ask", "prompt", "decode", "encode", "require",
    "required", "request", "revoke", "refresh", "issue", "mint", "sign", "next", "peek", "consume",
    "skip", "no", "missing", "invalid", "resolve", "extract", "print", "log", "from", "to",
];
/// Words after which a name and its value are set apart by blanks.
const DEFINING: &[&[u8]] = &[
    b"#define", b"define", b"set", b"setenv", b"setq", b"(setq", b"(def", b"(define", b"def",
    b"setx", b"export", b"-x", b"-gx", b"-Ux", b"const", b"defvar", b"(defvar", b"%define",
];
/// Operators of comparison.
const COMPARING: &[&[u8]] = &[
    b"===",
    b"==",
    b"!==",
    b"!=",
    b".equals(",
    b".equalsIgnoreCase(",
    b".compareTo(",
    b".eql?(",
    b").toBe(",
    b").toEqual(",
    b").isEqualTo(",
    b".should.equal(",
    b").to.equal(",
    b").to.be(",
    b".isEqualToString:",
    b".contentEquals(",
];
/// Methods of a field that take its value, and of an option that take its fallback.
const METHODS: &[&[u8]] = &[
    b".set(",
    b".setValue(",
    b".send_keys(",
    b".sendKeys(",
    b".val(",
    b".fill(",
    b".type(",
    b".setText(",
    b".value(",
    b".orElse(",
    b".unwrap_or(",
    b".unwrap_or_default(",
    b".getOrElse(",
    b".text =",
    b".Text =",
    b".value =",
    b".stringValue =",
    b".defaultValue(",
    b".default(",
    b".default_value(",
    b".withDefault(",
    b".or_insert(",
    b".unwrap_or_else(|_| ",
    b".unwrap_or_else(|| ",
    b".orElseGet(() -> ",
    b".Value =",
    b".set_text(",
    b".typeText(",
];

/// Steps over what stands between `name` and its value.
pub fn hang(cursor: &mut Cursor<'_, '_>, name: &mut Name) -> Option<Hang> {
    let syntax = cursor.text.syntax();
    close(cursor, name);
    if compares(cursor) {
        return Some(Style::Compared.quoted());
    }
    if name.closed {
        // `find("name").value = ...`
        cursor.take_while(2, |b| b == b')');
    }
    let is_method = syntax == Syntax::Code && cursor.peek() == Some(b'.');
    if is_method && METHODS.iter().any(|method| cursor.take(method)) {
        return Some(Style::Given.quoted());
    }
    let gap = cursor.blanks();
    if gap == 1 && syntax.has_bare_lines() {
        extend(cursor, name);
    }
    match cursor.peek()? {
        b'=' | b'!' if compares(cursor) => Some(Style::Compared.quoted()),
        b'=' if cursor.take(b"=>") => Some(Style::Given.quoted()),
        b'=' if cursor.take(b"=~") => None,
        b'=' => {
            cursor.at += 1;
            equals(cursor, name, gap)
        }
        b'?' if gap == 0 && cursor.take(b"?:") => colon(cursor, name),
        b':' | b'?' | b'|' | b'+' | b'-' if in_braces(cursor.text, name.range.start) => {
            fallback(cursor)
        }
        b':' | b'?' | b'|' | b'+'
            if [&b":="[..], b"?=", b"||=", b"+=", b"::=", b"??="]
                .iter()
                .any(|sign| cursor.take(sign)) =>
        {
            let line = stands_alone(cursor.text, name.range.start)
                && (syntax.has_bare_lines() || syntax == Syntax::Shell);
            Some(Style::Given.bare(line.then_some(Bare::Line)))
        }
        b'?' | b'|'
            if [&b"||"[..], b"??", b"?:"]
                .iter()
                .any(|sign| cursor.take(sign)) =>
        {
            Some(Style::Given.quoted())
        }
        b'|' => filter(cursor, name),
        b':' => {
            cursor.at += 1;
            colon(cursor, name)
        }
        b'<' if cursor.take(b"<-") || cursor.take(b"<<-") => Some(Style::Given.quoted()),
        b'>' => tag(cursor, name),
        b',' if name.closed => listed(cursor, name),
        b',' if name.before == Some(b'{') => {
            cursor.at += 1;
            Some(Style::Given.quoted())
        }
        b'(' if !name.closed && name.dashes == 0 && syntax != Syntax::Prose => call(cursor, name),
        b'{' if gap > 0 && syntax == Syntax::Code => property(cursor),
        _ if gap > 0 => words(cursor, name, syntax),
        _ => None,
    }
}

impl Style {
    fn quoted(self) -> Hang {
        self.bare(None)
    }

    fn bare(self, bare: Option<Bare>) -> Hang {
        Hang { style: self, bare }
    }
}

/// Steps over an operator of comparison, all of which begin with one of four signs.
fn compares(cursor: &mut Cursor<'_, '_>) -> bool {
    matches!(cursor.peek(), Some(b'=' | b'!' | b'.' | b')'))
        && COMPARING.iter().any(|sign| cursor.take(sign))
}

/// Steps over what closes a name: `"name"`, `["name"]`, `name[]`, `name[32]`, `**name**`.
fn close(cursor: &mut Cursor<'_, '_>, name: &mut Name) {
    name.closed = cursor.mark().is_some();
    if name.closed {
        cursor.take_while(2, |b| b == b']');
    } else if cursor.take(b"[") {
        cursor.take_while(16, |b| b.is_ascii_alphanumeric() || b == b'_');
        cursor.take(b"]");
    } else {
        let _ = cursor.take(b"]") || (cursor.text.syntax() == Syntax::Prose && cursor.take(b"**"));
    }
}

/// `Secret Access Key: value`: the words that follow belong to the name.
fn extend(cursor: &mut Cursor<'_, '_>, name: &mut Name) {
    const PARTS: &[&[u8]] = &[
        b"key",
        b"token",
        b"password",
        b"secret",
        b"access",
        b"id",
        b"hash",
        b"name",
        b"file",
        b"url",
        b"path",
    ];
    let start = cursor.at;
    let mut end = name.range.end;
    for _ in 0..2 {
        if !PARTS.iter().any(|part| cursor.take_word(part)) {
            break;
        }
        end = cursor.at;
        cursor.blanks();
    }
    if matches!(cursor.peek(), Some(b':' | b'=')) {
        name.range.end = end;
    } else {
        cursor.at = start;
    }
}

fn equals(cursor: &mut Cursor<'_, '_>, name: &Name, gap: usize) -> Option<Hang> {
    let text = cursor.text;
    let syntax = text.syntax();
    let start = name.range.start;
    let tight = gap == 0 && !matches!(cursor.peek(), Some(b' ' | b'\t'));
    if tight && name.dashes == 0 && matches!(name.before, Some(b'?' | b'&' | b';')) {
        let in_url = name.before != Some(b';') || text.line_before(start, 5) == b"&amp;";
        let end = if in_url { Bare::Parameter } else { Bare::Field };
        return Some(Style::Embedded.bare(Some(end)));
    }
    let alone = stands_alone(text, start);
    if name.dashes > 0 {
        return Some(Style::Given.bare(tight.then_some(Bare::Word)));
    }
    match syntax {
        Syntax::Shell | Syntax::Dockerfile | Syntax::Batch if tight => {
            return Some(Style::Given.bare(Some(Bare::Word)));
        }
        Syntax::Shell if alone => return Some(Style::Given.bare(Some(Bare::Line))),
        Syntax::Properties | Syntax::Prose if alone => {
            return Some(Style::Given.bare(Some(Bare::Line)));
        }
        Syntax::Properties if tight => return Some(Style::Given.bare(Some(Bare::Word))),
        Syntax::Yaml if tight && alone => return Some(Style::Given.bare(Some(Bare::Word))),
        Syntax::Yaml if tight => return Some(Style::Embedded.bare(Some(Bare::Parameter))),
        Syntax::Prose if tight => return Some(Style::Embedded.bare(Some(Bare::Parameter))),
        Syntax::Prose => return Some(Style::Told.bare(Some(Bare::Told))),
        _ => {}
    }
    if !name.closed {
        if let Some(mark) = in_string(text, start) {
            return embedded(cursor, start, mark);
        }
        if in_comment(text, start) {
            return Some(Style::Told.bare(Some(Bare::Told)));
        }
    }
    Some(Style::Given.quoted())
}

/// `name=value` and `name: value` inside the quotes of a literal.
fn embedded(cursor: &mut Cursor<'_, '_>, start: usize, mark: u8) -> Option<Hang> {
    cursor.blanks();
    if cursor.peek() != Some(mark) && cursor.starts_literal() {
        return Some(Style::Given.quoted());
    }
    if cursor.peek() == Some(mark) {
        // The literal ends here: what follows is no part of it.
        return None;
    }
    let line = cursor.line(160);
    let fields = memchr::memchr(b';', cursor.text.line_before(start, 160)).is_some()
        || memchr::memchr2(b';', mark, line).is_some_and(|at| line.get(at) == Some(&b';'));
    let end = if fields { Bare::Field } else { Bare::Parameter };
    Some(Style::Embedded.bare(Some(end)))
}

fn colon(cursor: &mut Cursor<'_, '_>, name: &Name) -> Option<Hang> {
    let text = cursor.text;
    let syntax = text.syntax();
    let start = name.range.start;
    if cursor.peek() == Some(b':') {
        return None;
    }
    let spaced = matches!(cursor.peek(), Some(b' ' | b'\t'));
    let ends = matches!(cursor.peek(), Some(b'\n' | b'\r') | None);
    if syntax == Syntax::Prose && cursor.take(b"**") {
        return Some(Style::Told.bare(Some(Bare::Told)));
    }
    match syntax {
        Syntax::Yaml if spaced || ends => {
            let before = text.line_before(start, 240);
            let flow = memchr::memrchr(b'{', before) > memchr::memrchr(b'}', before);
            let end = if flow { Bare::Flow } else { Bare::Line };
            return Some(Style::Given.bare(Some(end)));
        }
        Syntax::Json if name.closed => return Some(Style::Given.bare(Some(Bare::Digits))),
        Syntax::Properties | Syntax::Prose if stands_alone(text, start) => {
            let bare = (spaced || syntax == Syntax::Properties) && !name.closed;
            return Some(Style::Given.bare(bare.then_some(Bare::Line)));
        }
        Syntax::Prose | Syntax::Xml if spaced && !name.closed => {
            return Some(Style::Told.bare(Some(Bare::Told)));
        }
        _ => {}
    }
    if syntax == Syntax::Code && skip_type(cursor) {
        return Some(Style::Given.quoted());
    }
    if !name.closed && spaced {
        if let Some(mark) = in_string(text, start) {
            return embedded(cursor, start, mark);
        }
        if in_comment(text, start) {
            return Some(Style::Told.bare(Some(Bare::Told)));
        }
    }
    let told = !name.closed && syntax == Syntax::Code && follows_word(text, start);
    Some(if told { Style::Told } else { Style::Given }.quoted())
}

/// `Enter the token: "..."`: a sentence, and no key of an object or parameter. In Ruby, what a
/// method is given stands like this.
fn follows_word(text: &Text<'_>, start: usize) -> bool {
    let before = text.line_before(start, NAME);
    let word = before.trim_ascii_end();
    word.len() < before.len()
        && word.last().is_some_and(u8::is_ascii_alphanumeric)
        && text.kind != FileKind::Ruby
}

/// `: str =`, `: &'static str =`, `: Option<String> =`: steps to behind the `=`.
fn skip_type(cursor: &mut Cursor<'_, '_>) -> bool {
    let start = cursor.at;
    let of_type = |b: u8| b.is_ascii_alphanumeric() || b"_&<>[]|.?*' ".contains(&b);
    let written = cursor.take_while(48, of_type);
    let typed =
        written.iter().any(u8::is_ascii_alphabetic) && !written.trim_ascii().starts_with(b"'");
    let _ = cursor.take(b":");
    let given = typed && cursor.take(b"=") && cursor.peek() != Some(b'=');
    if !given {
        cursor.at = start;
    }
    given
}

/// `${NAME:-value}`, `${NAME:value}`, `${NAME-value}`.
fn fallback(cursor: &mut Cursor<'_, '_>) -> Option<Hang> {
    let _ = cursor.take(b":-") || cursor.take(b":=") || cursor.take(b":") || cursor.take(b"-");
    Some(Style::Given.bare(Some(Bare::Brace)))
}

/// `name | default("value")` in templates, `| name | value |` in tables.
fn filter(cursor: &mut Cursor<'_, '_>, name: &Name) -> Option<Hang> {
    cursor.at += 1;
    cursor.blanks();
    if cursor.take(b"default(") || cursor.take(b"d(") || cursor.take(b"default ") {
        return Some(Style::Given.quoted());
    }
    let line = cursor.text.line_before(name.range.start, NAME);
    let table = cursor.text.syntax() == Syntax::Prose && line.trim_ascii_start().starts_with(b"|");
    table.then(|| Style::Told.bare(Some(Bare::Told)))
}

/// `<name>value`, `<name type="string">value`, `<string name="name">value`.
fn tag(cursor: &mut Cursor<'_, '_>, name: &Name) -> Option<Hang> {
    let before = cursor.text.line_before(name.range.start, NAME);
    let opened = memchr::memrchr2(b'<', b'>', before).and_then(|at| before.get(at..));
    let is_tag = opened.is_some_and(|tag| tag.starts_with(b"<") && !tag.starts_with(b"</"));
    cursor.at += 1;
    is_tag.then(|| Style::Given.bare(Some(Bare::Tag)))
}

/// `("name", "value")`, `add_option("name", default="value")`.
fn listed(cursor: &mut Cursor<'_, '_>, name: &Name) -> Option<Hang> {
    let start = name.range.start - name.dashes;
    let before = cursor.text.line_before(start, NAME);
    let path = before
        .iter()
        .rev()
        .take_while(|b| b.is_ascii_alphanumeric() || b"_.#:$@[/-".contains(b))
        .count();
    let opened = before
        .len()
        .checked_sub(path + 1)
        .and_then(|at| before.get(at));
    if !opened.is_some_and(|b| b"\"'`;".contains(b)) {
        return None;
    }
    cursor.at += 1;
    if name.dashes > 0 {
        let call = cursor.rest(200);
        let call = call.get(..memchr::memchr(b')', call).unwrap_or(call.len()))?;
        if let Some(at) = memchr::memmem::find(call, b"default") {
            cursor.at += at + b"default".len();
            cursor.blanks();
            return (cursor.take(b"=") || cursor.take(b":")).then(|| Style::Given.quoted());
        }
        return Some(Style::Given.quoted());
    }
    let end = cursor.at;
    cursor.blanks();
    for word in [&b"with"[..], b"default", b"value", b"defaultValue"] {
        if cursor.take_word(word) {
            cursor.blanks();
            return (cursor.take(b"=") || cursor.take(b":")).then(|| Style::Given.quoted());
        }
    }
    cursor.at = end;
    Some(Style::Listed.quoted())
}

/// `setName("value")`, `.name("value")`; not `getName("what")`.
fn call(cursor: &mut Cursor<'_, '_>, name: &Name) -> Option<Hang> {
    let word = cursor.text.slice(name.range.clone());
    let verb_end = word
        .iter()
        .skip(1)
        .position(|b| b.is_ascii_uppercase() || *b == b'_' || *b == b'-')
        .map_or(word.len(), |at| at + 1);
    let verb = word.get(..verb_end)?.to_ascii_lowercase();
    if ASKING.iter().any(|asking| asking.as_bytes() == verb) {
        return None;
    }
    cursor.at += 1;
    let sets = [
        &b"set"[..],
        b"with",
        b"use",
        b"change",
        b"put",
        b"add",
        b"update",
    ];
    let given = sets.contains(&verb.as_slice()) || name.before == Some(b'.');
    Some(if given { Style::Given } else { Style::Listed }.quoted())
}

/// `Name { get; set; } = "value"`.
fn property(cursor: &mut Cursor<'_, '_>) -> Option<Hang> {
    cursor.at += 1;
    cursor.take_while(48, |b| b.is_ascii_alphabetic() || b"; ".contains(&b));
    if !cursor.take(b"}") {
        return None;
    }
    cursor.blanks();
    cursor.take(b"=").then(|| Style::Given.quoted())
}

/// What blanks and words alone set apart.
fn words(cursor: &mut Cursor<'_, '_>, name: &Name, syntax: Syntax) -> Option<Hang> {
    let text = cursor.text;
    let start = name.range.start;
    let before = text.line_before(start - name.dashes, NAME);
    let last = before
        .trim_ascii_end()
        .rsplit(u8::is_ascii_whitespace)
        .next()
        .unwrap_or_default();
    if syntax == Syntax::Xml && before.trim_ascii_start().starts_with(b"<") {
        cursor.take_while(NAME, |b| !matches!(b, b'>' | b'<' | b'\n'));
        return (cursor.peek() == Some(b'>')).then(|| tag(cursor, name))?;
    }
    if name.dashes > 0 {
        let shell =
            !matches!(syntax, Syntax::Code | Syntax::Json) || in_string(text, start).is_some();
        let bare = shell && name.dashes <= 2 && !matches!(cursor.peek(), Some(b'-' | b'='));
        return Some(Style::Given.bare(bare.then_some(Bare::Word)));
    }
    if cursor.take_word(b"eq") || cursor.take(b"-eq ") || cursor.take(b"-ne ") {
        return Some(Style::Compared.quoted());
    }
    if cursor.starts_literal() {
        let command = before.trim_ascii().is_empty() || name.before == Some(b':');
        let fits = command || DEFINING.contains(&last) || in_statement(text, start);
        return fits.then(|| Style::Given.quoted());
    }
    if is_spaced_pair(text, start, last) {
        return Some(Style::Given.bare(Some(Bare::Word)));
    }
    let line = cursor.line(NAME);
    if syntax == Syntax::Properties
        && stands_alone(text, start)
        && !line.trim_ascii_end().iter().any(u8::is_ascii_whitespace)
    {
        return Some(Style::Given.bare(Some(Bare::Word)));
    }
    if syntax == Syntax::Code && typed(cursor, last) {
        return Some(Style::Given.quoted());
    }
    let told = syntax == Syntax::Prose || in_comment(text, start);
    if told && (cursor.take_word(b"is") || cursor.take_word(b"to") || cursor.take(b"->")) {
        return Some(Style::Told.bare(Some(Bare::Told)));
    }
    None
}

/// `string = `, `As String = `, `nvarchar(50) = ` behind the name.
fn typed(cursor: &mut Cursor<'_, '_>, last: &[u8]) -> bool {
    const DECLARING: &[&[u8]] = &[
        b"var",
        b"let",
        b"const",
        b"val",
        b"dim",
        b"declare",
        b"my",
        b"static",
        b"private",
        b"public",
        b"field",
        b"constant",
    ];
    let start = cursor.at;
    let written = cursor.take_while(48, |b| {
        b.is_ascii_alphanumeric() || b"_*&[]<>.() ".contains(&b)
    });
    let single = !written.trim_ascii().contains(&b' ');
    let declared = DECLARING.contains(&last.to_ascii_lowercase().as_slice()) || last == b"@";
    let given = (single || declared)
        && cursor.take(b"=")
        && !matches!(cursor.peek(), Some(b'=' | b'>' | b'~'));
    if !given {
        cursor.at = start;
    }
    given
}

/// `CREATE USER app WITH PASSWORD 'value'`.
fn in_statement(text: &Text<'_>, start: usize) -> bool {
    let before = text.line_before(start, 160).to_ascii_lowercase();
    [&b"user "[..], b"role ", b"login ", b"encrypted "]
        .iter()
        .any(|word| memchr::memmem::find(&before, word).is_some())
}

/// `login me password X` in .netrc, `ENV DB_PASSWORD X` in a Dockerfile, `setenv NAME X`.
fn is_spaced_pair(text: &Text<'_>, start: usize, last: &[u8]) -> bool {
    match text.syntax() {
        Syntax::Dockerfile => last.eq_ignore_ascii_case(b"ENV"),
        Syntax::Shell => DEFINING.contains(&last) && last != b"export",
        Syntax::Batch => last == b"setx",
        _ => {
            let before = text.slice(start.saturating_sub(160)..start);
            let mut words = before
                .rsplit(u8::is_ascii_whitespace)
                .filter(|word| !word.is_empty())
                .skip(1)
                .step_by(2)
                .take(2);
            // `login` and its value, at times `account` and its, stand before.
            text.is_named(&[".netrc", "_netrc"]) || words.any(|word| word == b"login")
        }
    }
}
