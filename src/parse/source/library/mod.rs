//! What the libraries of a language do to values, one file a language: where foreign data enters,
//! what makes it harmless, what passes it on.

pub(super) mod javascript;
pub(super) mod python;

use super::value::{Clean, Taint};

/// What there is to know about a language's libraries. Paths are canonical names.
#[derive(Debug)]
pub(super) struct Library {
    /// The foreign data that a name stands for when it is read: `sys.argv`.
    pub entry: fn(&str) -> Taint,
    /// Foreign data by the shape of the access, object and member as they are written: `req.query`
    /// where `req` is a parameter.
    pub request_member: fn(&str, &str) -> bool,
    /// What a call, by its path and its last name, takes away from its arguments' danger.
    pub cleans: fn(&str, &str) -> Option<Clean>,
    /// True for functions, by path and last name, whose result carries what their arguments carry.
    pub passes_on: fn(&str, &str) -> bool,
    /// Names whose value the program or its platform sets, not a user.
    pub is_own: fn(&str) -> bool,
    /// Functions that give back the module that their first argument names.
    pub loads: fn(&str) -> bool,
    /// Words of which a file that gets hold of a request contains one.
    pub request_words: &'static [&'static str],
}

impl Library {
    /// Names whose value the program, its platform or a convention sets.
    pub fn is_own(&self, path: &str) -> bool {
        let last = path.rsplit('.').next().unwrap_or(path);
        (self.is_own)(path) || matches!(last, "__file__" | "__name__") || is_constant_name(last)
    }
}

/// True for methods that give back the text they were called on, as far as rules care.
pub(super) fn keeps_text(method: &str) -> bool {
    matches!(
        method,
        "encode"
            | "decode"
            | "strip"
            | "lstrip"
            | "rstrip"
            | "lower"
            | "upper"
            | "toString"
            | "trim"
            | "toLowerCase"
            | "toUpperCase"
            | "trimEnd"
            | "trimStart"
    )
}

/// Members that hold a number whoever owns them.
pub(super) fn is_number_member(name: &str) -> bool {
    matches!(name, "pid" | "ppid" | "length" | "byteLength")
}

/// `MAX_SIZE`: by every style guide, a constant.
pub(super) fn is_constant_name(name: &str) -> bool {
    name.len() > 1
        && name.bytes().any(|b| b.is_ascii_uppercase())
        && name
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}
