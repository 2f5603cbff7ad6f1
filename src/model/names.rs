use std::borrow::Cow;
use std::fmt;

use serde::{Serialize, Serializer};

/// Other names of a rule, one a line: a list of strings would cost the binary a relocation a name.
#[derive(Clone, Debug, Default)]
pub struct Names(Cow<'static, str>);

impl Names {
    pub const fn new(lines: &'static str) -> Self {
        Self(Cow::Borrowed(lines))
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.lines()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<Vec<String>> for Names {
    fn from(names: Vec<String>) -> Self {
        Self(Cow::Owned(names.join("\n")))
    }
}

/// The names in one line.
impl fmt::Display for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.replace('\n', ", "))
    }
}

impl Serialize for Names {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_as_a_list() {
        let written = |names: &Names| serde_json::to_string(names).unwrap();
        assert_eq!(
            written(&Names::new("DL3002\nDS-0002")),
            r#"["DL3002","DS-0002"]"#
        );
        assert_eq!(
            written(&Names::from(vec!["CIS 4.1".to_owned()])),
            r#"["CIS 4.1"]"#
        );
        assert_eq!(written(&Names::default()), "[]");
    }
}
