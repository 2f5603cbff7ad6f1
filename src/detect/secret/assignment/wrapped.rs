//! Literals inside calls that hand them on, and behind what may be missing.

use std::ops::Range;

use super::cursor::Cursor;

/// Functions and types that hand their only text on, in lower case, without what qualifies them.
const WRAPPERS: &[&str] = &[
    "string",
    "from",
    "new",
    "of",
    "str",
    "strdup",
    "_strdup",
    "some",
    "just",
    "bytes",
    "byte",
    "bytearray",
    "buffer",
    "tobytes",
    "char",
    "text",
    "_t",
    "qstring",
    "qstringliteral",
    "qlatin1string",
    "cstring",
    "nsstring",
    "securestring",
    "secretstring",
    "secretstr",
    "secret",
    "secretbox",
    "guardedstring",
    "plaintext",
    "valueof",
    "fromstring",
    "from_str",
    "fromplaintext",
    "unsafeplaintext",
    "b64decode",
    "b64encode",
    "base64",
    "atob",
    "btoa",
    "encode",
    "decode",
    "encodebase64string",
    "nonnull",
    "stringvalue",
    "ptr",
    "stringptr",
    "to",
    "pointer",
    "quote",
    "unquote",
    "urlencode",
    "encodeuricomponent",
    "quote_plus",
    "password",
    "passwordtext",
    "digest",
    "value",
    "expression",
    "literal",
    "static",
    "tolist",
    "aslist",
    "toobject",
    "getbytes",
    "utf8",
    "data",
    "obfuscated",
    "secretvalue",
    "unsecured",
    "convertto-securestring",
];
/// Functions whose second text is what they give where the first finds nothing.
const DEFAULTING: &[&str] = &[
    "getenv",
    "env",
    "get",
    "getproperty",
    "getordefault",
    "getenvironmentvariable",
    "fetch",
    "config",
    "getstring",
    "getenvordefault",
    "envordefault",
    "envor",
    "get_env",
    "env_or",
    "getenvdefault",
    "lookup",
    "default",
    "coalesce",
    "nvl",
    "ifnull",
    "defaultifempty",
    "getvalue",
    "setdefault",
    "pop",
    "getattr",
    "option",
];
impl Cursor<'_, '_> {
    /// `new String("value")`, `Some(String::from("value"))`, `getenv("NAME", "value")`.
    pub fn wrapped(&mut self) -> Option<Option<Range<usize>>> {
        let start = self.at;
        self.take(b"(");
        for _ in 0..3 {
            let head = self.take_while(64, |b| {
                b.is_ascii_alphanumeric() || b"_.:$<>&*[]!-@ ".contains(&b)
            });
            let head = head.trim_ascii();
            let last = head
                .rsplit(|b| b".:$<>&*[]!@ ".contains(b))
                .find(|word| !word.is_empty())
                .unwrap_or_default()
                .to_ascii_lowercase();
            let is_one_of = |list: &[&str]| list.iter().any(|word| word.as_bytes() == last);
            if (last == b"-string" || last == b"convertto-securestring")
                && let Some(found) = self.quoted()
            {
                return Some(found);
            }
            if last.is_empty() || !(self.take(b"(") || self.take(b"{")) {
                break;
            }
            let defaults = is_one_of(DEFAULTING);
            if !defaults && !is_one_of(WRAPPERS) {
                break;
            }
            if !self.line_end() {
                self.blanks();
            }
            if defaults {
                let found = self.second_argument();
                if found.is_none() {
                    self.at = start;
                }
                return found.map(Some);
            }
            if let Some(found) = self.quoted() {
                return Some(found);
            }
        }
        self.at = start;
        None
    }

    fn second_argument(&mut self) -> Option<Range<usize>> {
        let start = self.at;
        if let Some(mark) = self.mark() {
            self.until(mark)?;
        } else {
            self.take_while(64, |b| b.is_ascii_alphanumeric() || b"_.$[]".contains(&b));
        }
        self.blanks();
        if !self.take(b",") {
            self.at = start;
            return None;
        }
        if !self.line_end() {
            self.blanks();
        }
        for word in [
            &b"default"[..],
            b"defaultvalue",
            b"fallback",
            b"default_value",
        ] {
            if self.take_word(word) {
                self.blanks();
                let _ = self.take(b"=") || self.take(b":");
                self.blanks();
            }
        }
        self.quoted()?
    }

    /// `process.env.NAME || "value"`, `os.getenv("NAME") or "value"`.
    pub fn otherwise(&mut self) -> Option<Option<Range<usize>>> {
        let start = self.at;
        let line = self.line(120);
        if !line
            .first()
            .is_some_and(|b| b.is_ascii_alphabetic() || *b == b'$')
        {
            return None;
        }
        let operator = [&b" || "[..], b" ?? ", b" ?: ", b" or ", b"||"]
            .iter()
            .filter_map(|sign| Some(memchr::memmem::find(line, sign)? + sign.len()))
            .min()?;
        let head = line.get(..operator)?;
        if head.iter().any(|b| b";{}=".contains(b)) {
            return None;
        }
        self.at += operator;
        self.blanks();
        let found = self.quoted();
        if found.is_none() {
            self.at = start;
        }
        found
    }
}
