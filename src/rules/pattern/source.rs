use serde::Deserialize;

/// What a source rule looks for: one of several clauses.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourcePattern {
    /// The first clause that fits a place decides what is said about it.
    pub any: Vec<Clause>,
}

/// A call, an assignment, an entry or a use of a name, with conditions.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Clause {
    /// Canonical names of the callee: `os.system`, `subprocess.{run,call}`, `*.execute` for any
    /// receiver, `sqlite3.*.execute` for any between.
    pub call: Vec<String>,
    /// What is assigned to: `ssl._create_default_https_context`, `*.check_hostname`, `DEBUG`;
    /// `flask.session.[]` is an element under any key.
    pub assign: Vec<String>,
    /// Keys of object literals, keywords of calls and attributes of tags.
    pub entry: Vec<String>,
    /// Canonical names that are used at all.
    pub reference: Vec<String>,
    /// Last names of the decorators of a function whose returned value is tested.
    pub returns: Vec<String>,
    /// Modules that are imported, by their full names.
    pub import: Vec<String>,
    /// For shapes that no name leads to: a query on the syntax tree, in tree-sitter's language.
    /// What it captures as `@at` is what it finds. Paths and words go with it, and `needs` or
    /// `needs_any` must: words without which nothing is parsed.
    pub query: Option<String>,
    /// Must match the receiver of a call or the owner of what is assigned, as written.
    pub receiver: Option<String>,
    /// Must match the name under which the value ends up.
    pub role: Option<String>,
    /// Must match the name of the function that it stands in.
    pub within: Option<String>,
    /// Must match the source of the function, up to its end, or in a module the file.
    pub has: Option<String>,
    /// Must not match the source of the function, up to its end, nor in a module the file.
    pub lacks: Option<String>,
    /// Must not match the eight lines before it, and its own as far as it: `if skipVerify {`.
    pub unasked: Option<String>,
    /// Must not match all the keys that its function reads of what a call gives back, where it does
    /// nothing else with it: `claims["exp"]`.
    pub unless_read: Option<String>,
    /// Must match the file's path.
    pub path: Option<String>,
    /// Must not match the file's path: migrations, scripts of the developers.
    pub unless_path: Option<String>,
    /// Words that the file must contain.
    pub needs: Vec<String>,
    /// Words of which the file must contain at least one.
    pub needs_any: Vec<String>,
    /// Words that the file must not contain.
    pub needs_none: Vec<String>,
    /// Tests that must all hold.
    #[serde(rename = "where")]
    pub tests: Vec<Test>,
    /// Tests none of which may hold.
    pub unless: Vec<Test>,
    /// Last names of calls whose presence in the same function means that somebody checked; `*` at
    /// their ends stands for anything: `validate_*`.
    pub guard: Vec<String>,
    /// Last names of calls of which one must stand in the same function.
    pub beside: Vec<String>,
    /// What the primary label marks: `callee`, `name`, `whole`, or a place as in [`Test::at`].
    pub mark: Option<String>,
    /// `{callee}`, `{mark}`, `{value}` and `{role}` stand for what was found.
    pub message: String,
    pub help: Option<String>,
    pub severity: Option<String>,
    pub confidence: Option<String>,
    /// From which profile on it speaks: `strict` for the unclear variant of a rule that is clear
    /// otherwise. Whoever names the rule in full hears all of it.
    pub profile: Option<String>,
    /// Speaks once a file: what there is to decide is decided for all of it.
    pub once: bool,
    /// The peers' ids that hold for this clause, if not all of the rule's.
    pub aliases: Option<Vec<String>>,
    /// The marked constant is a secret.
    pub mask: bool,
    pub fix: Option<FixTemplate>,
}

/// A condition on one part.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Test {
    /// Where: `0` (position), `shell` (keyword), `*` (any argument), `1.algorithms` (key of an
    /// object), `value` (of an assignment, entry or return), `key` (of an element that is assigned),
    /// `outer` (the key under which that element's owner lies), `receiver`, `parent` (the expression
    /// around it). The first that is there counts.
    pub at: Vec<String>,
    /// Is exactly this constant.
    pub is: Option<Scalar>,
    /// Is one of these constants.
    pub one_of: Vec<Scalar>,
    /// Is a constant text or number that this expression finds.
    pub matches: Option<String>,
    /// Is a constant or composed text that this expression finds; `\uFFFC` is a hole.
    pub shape: Option<String>,
    /// Is any constant text (true) or none (false).
    pub literal: Option<bool>,
    /// Is not constant (true) or constant (false).
    pub dynamic: Option<bool>,
    /// Is a text put together from parts that are not all constant.
    pub composed: Option<bool>,
    /// Carries data from `request`, `argv`, `env`, `input` or `archive` (names of its files), or
    /// from a predictable `random`.
    pub tainted: Vec<String>,
    /// Came in as one of these parts of a request: `body`, `query`.
    pub part: Vec<String>,
    /// With `dynamic`, `composed` and `tainted`: not escaped for `shell`, `html`, `sql`, `path`, `url`,
    /// `ldap`, `xpath` or `line` (headers and logs).
    pub unescaped: Option<String>,
    /// Is a constant number below or above.
    pub below: Option<f64>,
    pub above: Option<f64>,
    /// Is a constant number that has one of these bits.
    pub bits: Option<u32>,
    /// Is there (false) or not (true).
    pub absent: Option<bool>,
    /// Has one of these canonical names, `*` allowed.
    pub reference: Vec<String>,
    /// The source text of it matches.
    pub text: Option<String>,
    /// The source text of what made it matches: the right side of the assignment of a variable.
    pub made: Option<String>,
    /// Is a function, class or lambda (true) or not (false).
    pub function: Option<bool>,
    /// Is, or is made of, what the function was given as an argument (true) or not (false).
    pub given: Option<bool>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Scalar {
    Bool(bool),
    Number(f64),
    /// `"None"` is the null of every language.
    Text(String),
}

/// Edits of a fix; all that are given are made together.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FixTemplate {
    pub title: String,
    pub safety: String,
    /// Arguments or entries that go.
    pub delete: Vec<String>,
    /// The new last part of the callee's name.
    pub callee: Option<String>,
    /// A new argument at the end.
    pub insert: Option<String>,
    /// What the marked value becomes.
    pub replace: Option<String>,
}

impl SourcePattern {
    pub fn validate(&self) -> Result<(), String> {
        if self.any.is_empty() {
            return Err("a source pattern needs a clause in `any`".into());
        }
        self.any.iter().try_for_each(Clause::validate)
    }
}

impl Clause {
    /// The fields that are regular expressions.
    pub const EXPRESSIONS: [&str; 9] = [
        "receiver",
        "role",
        "within",
        "has",
        "lacks",
        "unasked",
        "unless_read",
        "path",
        "unless_path",
    ];
    /// The fields that are lists of names or words.
    pub const NAMES: [&str; 11] = [
        "call",
        "assign",
        "entry",
        "reference",
        "returns",
        "import",
        "needs",
        "needs_any",
        "needs_none",
        "guard",
        "beside",
    ];

    pub fn validate(&self) -> Result<(), String> {
        let kinds = [
            &self.call,
            &self.assign,
            &self.entry,
            &self.reference,
            &self.returns,
            &self.import,
        ];
        let given = kinds.iter().filter(|names| !names.is_empty()).count();
        if given + usize::from(self.query.is_some()) != 1 {
            return Err(
                "a clause has exactly one of call, assign, entry, reference, returns, import, query"
                    .into(),
            );
        }
        // What follows the last dot is what a place is found by.
        let last = |name: &str| {
            name.rsplit('.')
                .next()
                .map(str::to_owned)
                .unwrap_or_default()
        };
        for name in kinds.into_iter().flatten() {
            let open = |name: &String| last(name).contains('*') || last(name).is_empty();
            if alternatives(name).iter().any(open) {
                return Err(format!(
                    "the last part of the name \"{name}\" is not a word"
                ));
            }
        }
        self.validate_query()?;
        if self.message.is_empty() || self.message.ends_with('.') {
            return Err("a clause needs a message without a full stop".into());
        }
        let levels = ["low", "medium", "high", "critical"];
        for level in self.severity.iter().chain(&self.confidence) {
            if !levels.contains(&level.as_str()) {
                return Err(format!("unknown level \"{level}\""));
            }
        }
        if let Some(profile) = &self.profile
            && !["strict", "all"].contains(&profile.as_str())
        {
            return Err(format!(
                "a clause speaks from `strict` or `all` on, not \"{profile}\""
            ));
        }
        for test in self.tests.iter().chain(&self.unless) {
            test.validate()?;
        }
        match &self.fix {
            Some(fix) => fix.validate(),
            None => Ok(()),
        }
    }

    /// A query sees the tree and nothing else, and no file is parsed for it without a word.
    fn validate_query(&self) -> Result<(), String> {
        let Some(query) = &self.query else {
            return Ok(());
        };
        if self.needs.is_empty() && self.needs_any.is_empty() {
            return Err("a query needs words: `needs` or `needs_any`".into());
        }
        let others = [
            self.receiver.is_some(),
            self.role.is_some(),
            self.within.is_some(),
            self.has.is_some(),
            self.lacks.is_some(),
            self.unasked.is_some(),
            self.unless_read.is_some(),
            self.mark.is_some(),
            self.mask,
            self.fix.is_some(),
            !self.tests.is_empty(),
            !self.unless.is_empty(),
            !self.guard.is_empty(),
            !self.beside.is_empty(),
        ];
        if others.contains(&true) {
            return Err(
                "with a query go path, unless_path, needs, needs_any, needs_none, profile, message, help, \
                 severity, confidence and aliases: conditions are its own predicates"
                    .into(),
            );
        }
        if query.len() > LONGEST_QUERY || !query.is_ascii() {
            return Err(format!(
                "a query is at most {LONGEST_QUERY} characters of ASCII"
            ));
        }
        Ok(())
    }
}

/// Longest query, in bytes.
const LONGEST_QUERY: usize = 4096;

impl Test {
    /// The fields that are regular expressions.
    pub const EXPRESSIONS: [&str; 4] = ["matches", "shape", "text", "made"];
    /// The fields that are lists of names or values.
    pub const NAMES: [&str; 3] = ["reference", "one_of", "part"];

    pub fn validate(&self) -> Result<(), String> {
        if self.at.is_empty() {
            return Err("a test needs `at`".into());
        }
        for source in &self.tainted {
            if ![
                "request", "argv", "env", "input", "archive", "random", "any",
            ]
            .contains(&source.as_str())
            {
                return Err(format!("unknown source of data \"{source}\""));
            }
        }
        if let Some(language) = &self.unescaped
            && ![
                "shell", "html", "sql", "path", "url", "ldap", "xpath", "line",
            ]
            .contains(&language.as_str())
        {
            return Err(format!("nothing is escaped for \"{language}\""));
        }
        Ok(())
    }
}

impl FixTemplate {
    fn validate(&self) -> Result<(), String> {
        if self.title.is_empty() || !["safe", "unsafe", "manual"].contains(&self.safety.as_str()) {
            return Err("a fix needs a title and a safety: safe, unsafe or manual".into());
        }
        Ok(())
    }
}

/// How many names [`alternatives`] makes of one.
pub fn alternatives_of(name: &str) -> usize {
    let braces = name.split('{').skip(1);
    let choices = braces.map(|rest| rest.split('}').next().unwrap_or("").split(',').count());
    choices.fold(1, usize::saturating_mul)
}

/// `a.{b,c}` as `a.b` and `a.c`.
pub fn alternatives(name: &str) -> Vec<String> {
    match name.split_once('{').and_then(|(before, rest)| {
        let (choices, after) = rest.split_once('}')?;
        Some((before, choices, after))
    }) {
        Some((before, choices, after)) => choices
            .split(',')
            .flat_map(|choice| alternatives(&format!("{before}{}{after}", choice.trim())))
            .collect(),
        None => vec![name.to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every field of a type is in one of the lists, and nothing else: by what serde says that it
    /// would have accepted.
    fn assert_all<T: for<'de> Deserialize<'de> + std::fmt::Debug>(lists: [&[&str]; 3]) {
        let table = toml::Table::from_iter([("?".to_owned(), toml::Value::Boolean(true))]);
        let message = table.try_into::<T>().unwrap_err().to_string();
        let (_, expected) = message.split_once("expected one of").unwrap();
        let mut fields: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
        let mut known = lists.concat();
        known.sort_unstable();
        fields.sort_unstable();
        assert_eq!(fields, known);
    }

    #[test]
    fn every_field_of_a_clause_is_an_expression_a_list_of_names_or_neither() {
        let neither = [
            "query",
            "where",
            "unless",
            "mark",
            "message",
            "help",
            "severity",
            "confidence",
            "profile",
            "aliases",
            "mask",
            "once",
            "fix",
        ];
        assert_all::<Clause>([&Clause::EXPRESSIONS, &Clause::NAMES, &neither]);
    }

    #[test]
    fn every_field_of_a_test_is_an_expression_a_list_of_names_or_neither() {
        let neither = [
            "at",
            "is",
            "literal",
            "dynamic",
            "composed",
            "tainted",
            "unescaped",
            "below",
            "above",
            "bits",
            "absent",
            "function",
            "given",
        ];
        assert_all::<Test>([&Test::EXPRESSIONS, &Test::NAMES, &neither]);
    }
}
