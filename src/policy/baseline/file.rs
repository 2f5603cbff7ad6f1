//! The file of a baseline, read as what anybody may have written.

use std::fmt::Write as _;
use std::ops::Range;

use serde_json::json;

use super::{Baseline, Entry};
use crate::model::Span;
use crate::parse::json::{Json, Kind, Value};
use crate::policy::ConfigError;

const VERSION: &str = "1";

impl Baseline {
    /// Reads the text of a file. Whatever is not exactly what `to_text` writes, but for order and
    /// white space, is an error that points at its place: half a baseline hides or shows the wrong
    /// findings.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        if let Some(at) = text.find("<<<<<<<").or_else(|| text.find(">>>>>>>")) {
            return Err(wrong(
                at..at + 7,
                "a merge was not finished: keep the lines of both sides",
            ));
        }
        let (json, error) = Json::parse(text);
        if let Some(error) = error {
            return Err(wrong(error.span.range(), error.message));
        }
        let root = json
            .root()
            .filter(|root| root.kind() == Kind::Object)
            .ok_or_else(|| wrong(0..text.len().min(1), "a baseline is a JSON object"))?;
        let [version, id, findings] = members(root, ["version", "id", "findings"])?;
        if text.get(version.span().range()) != Some(VERSION) {
            return Err(at(
                version,
                "this version of plimsoll reads baselines of version 1",
            ));
        }
        let key = id
            .as_str()
            .and_then(|text| number(&text, 32))
            .ok_or_else(|| at(id, "the id is 32 hex digits"))?;
        if findings.kind() != Kind::Array {
            return Err(at(findings, "findings is a list"));
        }
        let mut entries = Vec::new();
        for item in findings.children() {
            // The end of the list.
            if item.kind() == Kind::Object && item.children().next().is_none() {
                continue;
            }
            entries.push(entry(item)?);
        }
        let baseline = Self::new(key.to_be_bytes());
        Ok(baseline.with(entries))
    }

    /// The file's text.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        let key = u128::from_be_bytes(self.key);
        let _ = writeln!(
            text,
            "{{\n\"version\": {VERSION},\n\"id\": \"{key:032x}\",\n\"findings\": ["
        );
        for entry in &self.entries {
            let (path, rule) = (json!(entry.path), json!(entry.rule));
            let print = entry.print();
            let _ = writeln!(
                text,
                "{{\"path\": {path}, \"rule\": {rule}, \"print\": \"{print}\"}},"
            );
        }
        text.push_str("{}\n]\n}\n");
        text
    }
}

fn entry(item: Value<'_>) -> Result<Entry, ConfigError> {
    let [path, rule, print] = members(item, ["path", "rule", "print"])?;
    let words = |value: Value<'_>| {
        let text = value.as_str().filter(|text| !text.is_empty());
        text.map(|text| text.into_owned())
            .ok_or_else(|| at(value, "this is a text"))
    };
    let digits = print.as_str().and_then(|text| number(&text, 16));
    let digits = digits.and_then(|number| u64::try_from(number).ok());
    Ok(Entry {
        path: words(path)?,
        rule: words(rule)?,
        print: digits.ok_or_else(|| at(print, "a print is 16 hex digits"))?,
        span: item.span().range(),
    })
}

/// Exactly these members, each once.
fn members<'j, const N: usize>(
    object: Value<'j>,
    names: [&str; N],
) -> Result<[Value<'j>; N], ConfigError> {
    let mut found: [Option<Value<'j>>; N] = [None; N];
    for member in object.children() {
        let known = names.iter().position(|name| *name == member.key());
        let slot = known.and_then(|at| found.get_mut(at)).ok_or_else(|| {
            let what = format!(
                "there is no such thing here; known are {}",
                names.join(", ")
            );
            wrong(member.key_span().range(), what)
        })?;
        if slot.replace(member).is_some() {
            return Err(wrong(member.key_span().range(), "this is said twice"));
        }
    }
    let mut all = [object; N];
    for ((slot, value), name) in all.iter_mut().zip(found).zip(names) {
        *slot = value.ok_or_else(|| at(object, &format!("\"{name}\" is missing")))?;
    }
    Ok(all)
}

fn number(text: &str, digits: usize) -> Option<u128> {
    let plain = text.len() == digits && text.bytes().all(|b| b.is_ascii_hexdigit());
    plain.then(|| u128::from_str_radix(text, 16).ok()).flatten()
}

fn at(value: Value<'_>, message: &str) -> ConfigError {
    let span = value.span();
    // Of a whole list or object, its beginning is enough to look at.
    let end = span.end.min(span.start.saturating_add(80));
    wrong(Span::new(span.start, end).range(), message)
}

fn wrong(span: Range<usize>, message: impl Into<String>) -> ConfigError {
    ConfigError {
        message: message.into(),
        span,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Baseline {
        let entry = |path: &str, print| Entry {
            path: path.into(),
            rule: "a/b".into(),
            print,
            span: 0..0,
        };
        Baseline::new([7; 16]).with(vec![entry("b \"c\"\n", 2), entry("a", 1), entry("a", 1)])
    }

    #[test]
    fn what_is_written_reads_back_and_is_plain_json() {
        let text = sample().to_text();
        let read = Baseline::parse(&text).expect("valid");
        assert_eq!(read.to_text(), text);
        let path = |at: usize| read.entries()[at].path.as_str();
        assert_eq!((path(0), path(1), path(2)), ("a", "a", "b \"c\"\n"));
        assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
        assert_eq!(text.lines().filter(|l| l.contains("\"print\"")).count(), 3);
    }

    #[test]
    fn whatever_else_stands_there_is_an_error_at_its_place() {
        let good = sample().to_text();
        for (from, to, marked) in [
            ("\"version\": 1", "\"version\": 2", "2"),
            ("\"rule\"", "\"line\": 3, \"rule\"", "\"line\""),
            ("\"rule\"", "\"path\": \"x\", \"rule\"", "\"path\""),
            ("\"a/b\"", "7", "7"),
            ("0000000000000001", "1", "\"1\""),
            (
                "\"findings\": [",
                "<<<<<<< ours\n\"findings\": [",
                "<<<<<<<",
            ),
            ("\"id\"", "\"key\"", "\"key\""),
        ] {
            let bad = good.replacen(from, to, 1);
            let error = Baseline::parse(&bad).expect_err(to);
            assert_eq!(bad.get(error.span).unwrap_or(""), marked, "{to}");
        }
        for bad in [
            "",
            "[]",
            "{",
            "{\"version\": 1}",
            "null",
            &"[".repeat(100_000),
        ] {
            assert!(Baseline::parse(bad).is_err());
        }
    }
}
