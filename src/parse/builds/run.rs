//! What compose files and workflows run: the texts of steps and the commands of services.

use std::collections::HashSet;
use std::rc::Rc;

use super::{Form, LARGEST};
use crate::model::RepoPath;
use crate::parse::shell::Variables;
use crate::parse::yaml::{Kind, Value, Yaml};
use crate::text::Mapped;

/// Jobs, steps and services that are looked at: aliases repeat them for little.
const MOST: usize = 10_000;

/// Something that is run.
#[derive(Clone, Debug)]
pub enum Run {
    /// A text for a shell, with the variables that it is given.
    Script { text: Mapped, variables: Variables },
    /// A program and its arguments.
    Words(Vec<Mapped>),
}

/// What a compose file or a workflow runs, as far as it stands in the file.
pub fn runs(path: &RepoPath, text: &str) -> Vec<Run> {
    if text.len() > LARGEST {
        return Vec::new();
    }
    let yaml = || Yaml::parse(text);
    match Form::of(path) {
        Some(Form::Workflow) => steps(&yaml(), text),
        Some(Form::Compose) => services(&yaml(), text),
        _ => Vec::new(),
    }
}

fn steps(yaml: &Yaml, file: &str) -> Vec<Run> {
    let Some(root) = yaml.root() else {
        return Vec::new();
    };
    let jobs = root.get("jobs").into_iter().flat_map(Value::entries);
    let jobs = jobs.map(|(_, job)| job);
    // An action of several steps has them in one place.
    let own = root.get("runs");
    let above = Rc::new(environment(root, Variables::default()));
    let mut runs = Vec::new();
    let mut seen = HashSet::new();
    let mut left = MOST;
    for job in jobs.chain(own).take(MOST) {
        let shell = |level: Value<'_>| {
            level
                .get("defaults")?
                .get("run")?
                .text("shell")
                .map(is_unix)
        };
        let is_unix_here = shell(job).or_else(|| shell(root)).unwrap_or(true);
        let above = Rc::new(environment(job, Variables::above(&above)));
        let steps = job.get("steps");
        for step in steps.into_iter().flat_map(Value::items).take(left) {
            left -= 1;
            let Some(run) = step.get("run").filter(|run| seen.insert(run.span())) else {
                continue;
            };
            let text = run.as_str().map(without_expressions);
            let text = text.and_then(|text| run.mapped(file, &text));
            if let Some(text) = text
                && step.text("shell").map_or(is_unix_here, is_unix)
            {
                let variables = environment(step, Variables::above(&above));
                runs.push(Run::Script { text, variables });
            }
        }
    }
    runs
}

fn is_unix(shell: &str) -> bool {
    ["bash", "sh"]
        .iter()
        .any(|name| shell.split(' ').next() == Some(name))
}

/// The variables of `env`; what an expression gives is only known when it runs.
fn environment(level: Value<'_>, mut variables: Variables) -> Variables {
    for (name, value) in level.get("env").into_iter().flat_map(Value::entries) {
        let value = value.as_str().filter(|value| !value.contains("${{"));
        if let Some(name) = name.as_str() {
            variables.set(name.to_owned(), value.map(str::to_owned));
        }
    }
    variables
}

/// The text with every expression in the form of a variable that nobody sets, and as long as
/// before.
fn without_expressions(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, inside)) = rest.split_once("${{") {
        let Some((expression, after)) = inside.split_once("}}") else {
            break;
        };
        out.push_str(before);
        out.push_str("${_");
        out.extend(std::iter::repeat_n('_', expression.len() + 1));
        out.push('}');
        rest = after;
    }
    out.push_str(rest);
    out
}

fn services(yaml: &Yaml, file: &str) -> Vec<Run> {
    let services = yaml.root().and_then(|root| root.get("services"));
    let services = services.into_iter().flat_map(Value::entries);
    let mut seen = HashSet::new();
    services
        .take(MOST)
        .flat_map(|(_, service)| {
            let commands = ["entrypoint", "command"].map(|key| service.get(key));
            commands.into_iter().flatten()
        })
        .filter(|command| seen.insert(command.span()))
        .filter_map(|command| match command.kind() {
            Kind::Sequence => {
                let words = command.items();
                words
                    .map(|word| word.mapped(file, word.as_str()?))
                    .collect::<Option<Vec<_>>>()
            }
            Kind::Scalar => words(&command.mapped(file, command.as_str()?)?),
            Kind::Mapping => None,
        })
        .filter(|words| !words.is_empty())
        .map(Run::Words)
        .collect()
}

/// Splits as compose does: quotes hold words together, and no shell looks at the rest. `None`
/// where a quote is not closed.
fn words(text: &Mapped) -> Option<Vec<Mapped>> {
    let mut words: Vec<Mapped> = Vec::new();
    let mut word: Option<Mapped> = None;
    let mut quote = None;
    let mut chars = text.as_str().char_indices();
    while let Some((at, c)) = chars.next() {
        let mut keep = at..at + c.len_utf8();
        match (quote, c) {
            (Some(open), c) if open == c => {
                quote = None;
                continue;
            }
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
                continue;
            }
            (None, c) if c.is_whitespace() => {
                words.extend(word.take());
                continue;
            }
            (None | Some('"'), '\\') => {
                let (next, escaped) = chars.next()?;
                let is_escape = quote.is_none() || matches!(escaped, '"' | '\\' | '$');
                keep = if is_escape { next } else { at }..next + escaped.len_utf8();
            }
            _ => {}
        }
        let span = crate::model::Span::from_usize(keep.start, keep.end);
        word.get_or_insert_default()
            .append_mapped(&text.slice(span));
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

#[cfg(test)]
mod tests {
    use super::{Run, runs, without_expressions};
    use crate::model::RepoPath;

    fn shown(path: &str, text: &str) -> Vec<String> {
        let runs = runs(&RepoPath::from(path), text);
        let shown = runs.iter().map(|run| match run {
            Run::Script { text, .. } => text.as_str().to_owned(),
            Run::Words(words) => {
                let words: Vec<_> = words.iter().map(|word| word.as_str()).collect();
                words.join("|")
            }
        });
        shown.collect()
    }

    #[test]
    fn a_service_runs_words_and_no_shell_text() {
        let text = "services:\n  a:\n    command: sh -c \"pip install 'x==1' && y\"\n    entrypoint: [\"a\", 'b c']\n  b:\n    command: >\n      gem install\n      x\n";
        assert_eq!(
            shown("compose.yaml", text),
            ["a|b c", "sh|-c|pip install 'x==1' && y", "gem|install|x"]
        );
        assert!(shown("compose.yaml", "services: {a: {command: \"it's\"}}").is_empty());
    }

    #[test]
    fn steps_of_other_languages_are_left_out() {
        let text = "on: push\nenv: {A: 1}\njobs:\n  j:\n    env: {B: \"${{ x }}\"}\n    steps:\n      - run: |\n          pip install x\n      - run: y\n        shell: python\n      - uses: z\n";
        let found = runs(&RepoPath::from(".github/workflows/x.yml"), text);
        let [Run::Script { text, variables }] = found.as_slice() else {
            panic!("{found:?}");
        };
        assert_eq!(text.as_str(), "pip install x\n");
        assert_eq!(variables.get("A"), Some(&Some("1".to_owned())));
        assert_eq!(variables.get("B"), Some(&None));
    }

    #[test]
    fn what_an_alias_repeats_is_read_once() {
        let mut text = "x: &s\n".to_owned();
        text.push_str(&"  - run: pip install x\n".repeat(5000));
        text.push_str("jobs:\n");
        for job in 0..5000 {
            text.push_str(&format!("  j{job}: {{steps: *s}}\n"));
        }
        let found = runs(&RepoPath::from(".github/workflows/x.yml"), &text);
        assert_eq!(found.len(), 5000);
    }

    #[test]
    fn expressions_keep_their_length() {
        for text in ["a ${{ matrix.v }} b ${{}}", "${{ x", "${{ 'é' }}"] {
            assert_eq!(without_expressions(text).len(), text.len(), "{text}");
        }
        assert_eq!(without_expressions("x==${{ v }}"), "x==${_____}");
    }
}
