//! What compose files and workflows run: the texts of steps and the commands of services.

use super::{Form, LARGEST};
use crate::model::RepoPath;
use crate::parse::yaml::{Kind, Value, Yaml};
use crate::text::Mapped;

/// Something that is run.
#[derive(Clone, Debug)]
pub enum Run {
    /// A text for a shell, with the variables that it is given; `None` for what only the run knows.
    Script {
        text: Mapped,
        environment: Vec<(String, Option<String>)>,
    },
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
    let mut runs = Vec::new();
    for job in jobs.chain(own) {
        let steps = job.get("steps");
        for step in steps.into_iter().flat_map(Value::items) {
            let levels = [Some(root), Some(job), Some(step)];
            let levels = || levels.iter().copied().flatten();
            let shell = step.text("shell").or_else(|| {
                let defaults =
                    [job, root].map(|level| level.get("defaults")?.get("run")?.text("shell"));
                defaults.into_iter().flatten().next()
            });
            if shell.is_some_and(|shell| !shell.starts_with("bash") && !shell.starts_with("sh")) {
                continue;
            }
            let Some(run) = step.get("run") else { continue };
            let Some(value) = run.as_str() else { continue };
            let environment = levels().filter_map(|level| level.get("env"));
            let environment = environment
                .flat_map(Value::entries)
                .filter_map(|(name, value)| {
                    let value = value.as_str().filter(|value| !value.contains("${{"));
                    Some((name.as_str()?.to_owned(), value.map(str::to_owned)))
                });
            if let Some(text) = run.mapped(file, &without_expressions(value)) {
                runs.push(Run::Script {
                    text,
                    environment: environment.collect(),
                });
            }
        }
    }
    runs
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
    services
        .flat_map(|(_, service)| {
            let commands = ["entrypoint", "command"].map(|key| service.get(key));
            commands.into_iter().flatten()
        })
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
        let [Run::Script { text, environment }] = found.as_slice() else {
            panic!("{found:?}");
        };
        assert_eq!(text.as_str(), "pip install x\n");
        let expected = [
            ("A".to_owned(), Some("1".to_owned())),
            ("B".to_owned(), None),
        ];
        assert_eq!(environment.as_slice(), expected);
    }

    #[test]
    fn expressions_keep_their_length() {
        for text in ["a ${{ matrix.v }} b ${{}}", "${{ x", "${{ 'é' }}"] {
            assert_eq!(without_expressions(text).len(), text.len(), "{text}");
        }
        assert_eq!(without_expressions("x==${{ v }}"), "x==${_____}");
    }
}
