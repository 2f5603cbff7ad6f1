use crate::model::Span;
use crate::parse::shell::{Command, Output, RedirectKind, Script, Word};

/// A text that becomes a file, or a part of one.
#[derive(Clone, Debug)]
pub struct Written {
    pub path: String,
    pub text: Word,
    /// Where in the text that which is written begins: after the pattern of `sed s/a/b/`.
    start: usize,
}

impl Written {
    pub fn new(path: String, text: Word) -> Self {
        Self {
            path,
            text,
            start: 0,
        }
    }

    /// Its lines with the place of each in the text; `\n` in the text of `printf` ends one too.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let mut at = self.start;
        let text = self.text.text.get(at..).unwrap_or_default();
        text.split('\n').flat_map(move |line| {
            let start = at;
            at += line.len() + 1;
            let mut inner = start;
            line.split("\\n").map(move |piece| {
                let begin = inner;
                inner += piece.len() + 2;
                (begin, piece)
            })
        })
    }

    pub fn span_of(&self, start: usize, end: usize) -> Span {
        self.text.span_of(start, end)
    }
}

/// What the commands of a script write into files: `echo`, `printf`, `cat <<EOF`, `tee`, `sed -i`.
pub(super) fn by_commands(script: &Script) -> Vec<Written> {
    let mut written = Vec::new();
    for command in &script.commands {
        let texts: Vec<Word> = match command.name.as_str() {
            "echo" | "printf" => vec![Word::joined(command.args())],
            "cat" | "tee" => script
                .inputs(command)
                .filter(|(_, input)| {
                    matches!(input.kind, RedirectKind::HereDoc | RedirectKind::HereString)
                })
                .map(|(_, input)| input.target.clone())
                .collect(),
            "sed" if edits_in_place(command) => {
                if let Some(file) = command.args().last() {
                    let scripts = command.args().iter().filter(|word| word.text.len() > 3);
                    written.extend(scripts.map(|text| Written {
                        path: command.path(&file.text),
                        text: text.clone(),
                        start: replacement(&text.text),
                    }));
                }
                continue;
            }
            _ => continue,
        };
        if texts.is_empty() {
            continue;
        }
        for path in targets(script, command) {
            let texts = texts.iter().cloned();
            written.extend(texts.map(|text| Written::new(path.clone(), text)));
        }
    }
    written
}

/// Where the replacement of `s/pattern/replacement/` begins; of other scripts, their start.
fn replacement(script: &str) -> usize {
    let mut letters = script.char_indices();
    let (Some((_, 's')), Some((_, delimiter))) = (letters.next(), letters.next()) else {
        return 0;
    };
    if delimiter.is_alphanumeric() {
        return 0;
    }
    let mut escaped = false;
    for (at, letter) in letters {
        if letter == delimiter && !escaped {
            return at + letter.len_utf8();
        }
        escaped = letter == '\\' && !escaped;
    }
    0
}

fn edits_in_place(command: &Command) -> bool {
    let is_option = |text: &str| text.starts_with("-i") || text.starts_with("--in-place");
    let clustered = |text: &str| {
        text.starts_with('-') && !text.starts_with("--") && text.contains('i') && text.len() < 5
    };
    let mut words = command.args().iter().map(|word| word.text.as_str());
    words.any(|text| is_option(text) || clustered(text))
}

/// The files that a command's text ends up in.
fn targets(script: &Script, command: &Command) -> Vec<String> {
    let named = |tee: &Command| -> Vec<String> {
        let files = tee.args().iter().filter(|word| !word.text.starts_with('-'));
        files.map(|word| tee.path(&word.text)).collect()
    };
    if command.name == "tee" {
        return named(command);
    }
    match script.output(command) {
        Output::File { redirect } => script
            .redirects
            .get(redirect)
            .map(|redirect| command.path(&redirect.target.text))
            .into_iter()
            .collect(),
        Output::Pipe { pipeline, index } => script
            .element(pipeline, index)
            .iter()
            .filter(|command| command.name == "tee")
            .flat_map(named)
            .collect(),
        _ => Vec::new(),
    }
}
