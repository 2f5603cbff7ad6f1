use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};
use toml::Spanned;

/// A value as what is wanted, or why it is not. By way of JSON, whose reader the binary has for its
/// own rules: another one for the same types would be large.
pub fn read<T: DeserializeOwned>(value: &Value) -> Result<T, String> {
    serde_json::from_str(&value.to_string()).map_err(|error| {
        let message = error.to_string();
        // The place is one in JSON that nobody wrote.
        let place = format!(" at line {} column {}", error.line(), error.column());
        message.strip_suffix(&place).unwrap_or(&message).to_owned()
    })
}

/// A TOML value that knows where each of its parts stands.
#[derive(Clone, Debug)]
pub enum Part {
    Leaf(Value),
    List(Vec<Spanned<Part>>),
    Table(Vec<(Spanned<String>, Spanned<Part>)>),
}

impl Part {
    /// The value alone.
    pub fn plain(&self) -> Value {
        match self {
            Self::Leaf(value) => value.clone(),
            Self::List(list) => list.iter().map(|part| part.get_ref().plain()).collect(),
            Self::Table(table) => table
                .iter()
                .map(|(key, part)| (key.get_ref().clone(), part.get_ref().plain()))
                .collect(),
        }
    }

    /// The entries of a table; of anything else there are none.
    pub fn entries(&self) -> &[(Spanned<String>, Spanned<Self>)] {
        match self {
            Self::Table(table) => table,
            _ => &[],
        }
    }

    pub fn elements(&self) -> &[Spanned<Self>] {
        match self {
            Self::List(list) => list,
            _ => &[],
        }
    }

    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Leaf(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    /// Where a text stands in it, as a key or a value.
    pub fn place_of(&self, is_wanted: &dyn Fn(&str) -> bool) -> Option<Range<usize>> {
        let own = |part: &Spanned<Self>| match part.get_ref().as_str() {
            Some(text) => is_wanted(text).then(|| part.span()),
            None => part.get_ref().place_of(is_wanted),
        };
        match self {
            Self::Leaf(_) => None,
            Self::List(list) => list.iter().find_map(own),
            Self::Table(table) => table.iter().find_map(|(key, part)| {
                let is_key = is_wanted(key.get_ref());
                is_key.then(|| key.span()).or_else(|| own(part))
            }),
        }
    }
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PartVisitor)
    }
}

struct PartVisitor;

impl<'de> Visitor<'de> for PartVisitor {
    type Value = Part;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a number, true, false, a list or a table")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Part, E> {
        Ok(Part::Leaf(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Part, E> {
        Ok(Part::Leaf(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Part, E> {
        // JSON has no other numbers, and nothing in a rule means one.
        let number = Number::from_f64(value).ok_or_else(|| E::custom("a number is finite"))?;
        Ok(Part::Leaf(number.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Part, E> {
        Ok(Part::Leaf(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Part, A::Error> {
        let mut list = Vec::new();
        while let Some(part) = seq.next_element()? {
            list.push(part);
        }
        Ok(Part::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Part, A::Error> {
        let mut table = Vec::new();
        while let Some(entry) = map.next_entry()? {
            table.push(entry);
        }
        Ok(Part::Table(table))
    }
}
