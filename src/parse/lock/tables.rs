//! A TOML file as the records that lockfiles are made of: a `[[package]]` with the tables below it.

use std::borrow::Cow;

use super::SyntaxError;
use crate::model::Span;
use crate::parse::toml::{Entry, Reader, Statement, Value};

/// A table, or one of an array of tables, with the tables below it.
#[derive(Debug, Default)]
pub struct Record<'t> {
    /// The header; empty for what stands above all headers.
    pub header: Span,
    path: Vec<Cow<'t, str>>,
    is_array: bool,
    fields: Vec<Field<'t>>,
}

#[derive(Debug)]
struct Field<'t> {
    /// The table below the record that it stands in.
    table: Vec<Cow<'t, str>>,
    entry: Entry<'t>,
}

/// The records of a file, one after another, so that nobody has to hold them all.
#[derive(Debug)]
pub struct Records<'t> {
    reader: Reader<'t>,
    current: Option<Record<'t>>,
    /// Where the entries that follow belong.
    table: Vec<Cow<'t, str>>,
}

impl<'t> Records<'t> {
    pub fn new(text: &'t str) -> Self {
        Self {
            reader: Reader::new(text),
            current: Some(Record::default()),
            table: Vec::new(),
        }
    }

    /// What could not be read.
    pub fn into_errors(self) -> Vec<SyntaxError> {
        self.reader.into_errors()
    }
}

impl<'t> Iterator for Records<'t> {
    type Item = Record<'t>;

    fn next(&mut self) -> Option<Record<'t>> {
        let mut current = self.current.take()?;
        while let Some(statement) = self.reader.next_statement() {
            match statement {
                Statement::Entry(entry) => current.fields.push(Field {
                    table: self.table.clone(),
                    entry,
                }),
                Statement::Table { path, array, span } => {
                    let below = current.is_array
                        && path.len() > current.path.len()
                        && path.starts_with(&current.path);
                    if below {
                        self.table = path[current.path.len()..].to_vec();
                        continue;
                    }
                    self.table.clear();
                    self.current = Some(Record {
                        header: span,
                        path,
                        is_array: array,
                        fields: Vec::new(),
                    });
                    break;
                }
            }
        }
        Some(current)
    }
}

impl<'t> Record<'t> {
    /// True for one of `[[name]]`.
    pub fn is_one_of(&self, name: &str) -> bool {
        self.is_array && matches!(&self.path[..], [only] if only == name)
    }

    /// The parts of the header's name.
    pub fn path(&self) -> Vec<&str> {
        self.path.iter().map(AsRef::as_ref).collect()
    }

    /// The record's own entries.
    pub fn entries(&self) -> impl Iterator<Item = &Entry<'t>> {
        let own = |field: &&Field<'t>| field.table.is_empty();
        self.fields.iter().filter(own).map(|field| &field.entry)
    }

    /// The entries of a table right below the record.
    pub fn below<'r>(&'r self, table: &'r str) -> impl Iterator<Item = &'r Entry<'t>> {
        let here = move |field: &&Field<'t>| matches!(&field.table[..], [only] if only == table);
        self.fields.iter().filter(here).map(|field| &field.entry)
    }

    /// The entries of tables two levels below the record, with the name of the lower one.
    pub fn far_below<'r>(
        &'r self,
        table: &'r str,
    ) -> impl Iterator<Item = (&'r str, &'r Entry<'t>)> {
        self.fields
            .iter()
            .filter_map(move |field| match &field.table[..] {
                [upper, lower] if upper == table => Some((lower.as_ref(), &field.entry)),
                _ => None,
            })
    }

    pub fn entry(&self, key: &str) -> Option<&Entry<'t>> {
        self.entries().find(|entry| entry.is(key))
    }

    pub fn value(&self, key: &str) -> Option<&Value<'t>> {
        self.entry(key).map(|entry| &entry.value)
    }

    pub fn text(&self, key: &str) -> Option<&str> {
        self.value(key)?.as_str()
    }

    /// A text of the file, which outlives the record.
    pub fn owned_text(&self, key: &str) -> Option<Cow<'t, str>> {
        self.value(key)?.to_text()
    }

    /// A text in a table of the record, be it written inline or below.
    pub fn inner<'r>(&'r self, table: &'r str, key: &str) -> Option<&'r str> {
        let inline = self.value(table).and_then(|value| value.get(key));
        let below = || self.below(table).find(|entry| entry.is(key));
        inline
            .or_else(|| below().map(|entry| &entry.value))?
            .as_str()
    }

    /// True where the record has a table of that name, be it written inline or below.
    pub fn has(&self, table: &str) -> bool {
        let first = |field: &Field<'t>| field.table.first().is_some_and(|name| name == table);
        self.entry(table).is_some() || self.fields.iter().any(first)
    }

    /// From the name to the version; what stands between them in a file that is sorted otherwise
    /// is not marked.
    pub fn span(&self) -> Span {
        let name = self.entry("name").map_or(self.header, |entry| entry.span);
        match self.entry("version").map(|entry| name.cover(entry.span)) {
            Some(both) if both.len() <= MOST_MARKED => both,
            _ => name,
        }
    }

    /// What is said of a record that names no package.
    pub fn error(&self, message: &str) -> SyntaxError {
        SyntaxError {
            span: self.header,
            message: message.to_owned(),
        }
    }
}

/// A name and a version that stand further apart are not marked as one.
const MOST_MARKED: u32 = 400;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_holds_the_tables_below_it_and_ends_where_another_begins() {
        let text = "top = 1\n[[package]]\nname = \"a\"\nsource = { type = \"git\" }\n\
                    [package.needs]\nb = \"1\"\n[package.needs.c]\nversion = \"2\"\n\
                    [[package]]\nname = \"d\"\n[package.source]\ntype = \"url\"\n[metadata]\nx = 1\n";
        let records: Vec<Record<'_>> = Records::new(text).collect();
        assert_eq!(records.len(), 4);
        assert!(records[0].entry("top").is_some());
        let a = &records[1];
        assert!(a.is_one_of("package") && a.text("name") == Some("a"));
        assert_eq!(a.below("needs").count(), 1);
        assert_eq!(a.far_below("needs").next().map(|(name, _)| name), Some("c"));
        assert_eq!(a.inner("source", "type"), Some("git"));
        assert_eq!(records[2].inner("source", "type"), Some("url"));
        assert!(records[2].has("source") && !records[2].has("needs"));
        assert_eq!(records[3].path(), ["metadata"]);
    }
}
