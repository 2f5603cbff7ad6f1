//! Commands of PowerShell and cmd, read for what they start: words, pipes, blocks and texts that
//! one shell hands to another. Tolerant: what it does not know is a word.

use crate::model::Span;
use crate::text::Mapped;

/// Deepest nesting of blocks that is told apart, and of shells within shells.
const BLOCKS: usize = 200;
const SHELLS: usize = 3;

/// One word of a command, quotes removed.
#[derive(Clone, Debug, Default)]
pub struct Word {
    pub text: String,
    pub span: Span,
    /// In the text that was read, quotes left out.
    inner: (usize, usize),
}

/// One command of a pipeline.
#[derive(Clone, Debug, Default)]
pub struct Command {
    pub words: Vec<Word>,
    /// All that it says, blocks included, in lower case.
    pub text: String,
}

/// Commands that pass their output on, one to the next.
#[derive(Clone, Debug, Default)]
pub struct Pipeline {
    pub commands: Vec<Command>,
}

impl Command {
    /// The program in lower case, without its folder and `.exe`.
    pub fn name(&self) -> String {
        let Some(word) = self.words.first() else {
            return String::new();
        };
        let name = word.text.rsplit(['/', '\\']).next().unwrap_or_default();
        let name = name.to_ascii_lowercase();
        name.strip_suffix(".exe").unwrap_or(&name).to_owned()
    }

    /// The word after the program that is one of these, in any case.
    pub fn word(&self, names: &[&str]) -> Option<&Word> {
        let mut words = self.words.iter().skip(1);
        words.find(|word| {
            names
                .iter()
                .any(|name| word.text.eq_ignore_ascii_case(name))
        })
    }

    pub fn span(&self) -> Span {
        self.words.first().map(|word| word.span).unwrap_or_default()
    }
}

/// Reads a text of PowerShell or, with `is_cmd`, of cmd, and the texts that it hands to another
/// shell.
pub fn read(text: &Mapped, is_cmd: bool) -> Vec<Pipeline> {
    let mut found = Vec::new();
    let mut waiting = vec![(text.clone(), is_cmd, 0)];
    while let Some((text, is_cmd, depth)) = waiting.pop() {
        let pipelines = Reader::new(&text, is_cmd).run();
        for command in pipelines.iter().flat_map(|pipeline| &pipeline.commands) {
            if depth < SHELLS
                && let Some((nested, is_cmd)) = handed_on(command, &text)
            {
                waiting.push((nested, is_cmd, depth + 1));
            }
        }
        found.extend(pipelines);
    }
    found
}

/// The text that `powershell -Command ...` or `cmd /c ...` runs.
fn handed_on(command: &Command, text: &Mapped) -> Option<(Mapped, bool)> {
    let is_cmd = command.name() == "cmd";
    if !is_cmd && !is_powershell(&command.name()) {
        return None;
    }
    let mut words = command.words.iter().skip(1);
    let first = loop {
        let word = words.next()?;
        let lower = word.text.to_ascii_lowercase();
        let is_switch = match is_cmd {
            true => matches!(lower.as_str(), "/c" | "/k"),
            false => lower.len() > 1 && "-command".starts_with(&lower),
        };
        if is_switch {
            break words.next()?;
        }
        let takes_value = [
            "-executionpolicy",
            "-ep",
            "-ex",
            "-version",
            "-inputformat",
            "-windowstyle",
        ];
        if !is_cmd && takes_value.contains(&lower.as_str()) {
            words.next();
        } else if !lower.starts_with(['-', '/']) {
            break word;
        }
    };
    let end = words.last().unwrap_or(first).inner.1;
    let span = Span::from_usize(first.inner.0, end);
    (span.len() < text.len()).then(|| (text.slice(span), is_cmd))
}

/// True for the names of PowerShell.
pub fn is_powershell(name: &str) -> bool {
    matches!(name, "powershell" | "pwsh" | "powershell_ise")
}

struct Frame {
    pipeline: Pipeline,
    words: Vec<Word>,
    /// Where the command begins.
    start: usize,
}

struct Reader<'t> {
    mapped: &'t Mapped,
    text: &'t str,
    is_cmd: bool,
    at: usize,
    frames: Vec<Frame>,
    done: Vec<Pipeline>,
}

impl<'t> Reader<'t> {
    fn new(mapped: &'t Mapped, is_cmd: bool) -> Self {
        Self {
            mapped,
            text: mapped.as_str(),
            is_cmd,
            at: 0,
            frames: Vec::new(),
            done: Vec::new(),
        }
    }

    fn run(mut self) -> Vec<Pipeline> {
        self.open(0);
        while let Some(c) = self.peek(0) {
            let next = self.peek(1);
            match c {
                '\n' | '\r' => self.end_of_line(),
                c if c.is_whitespace() => self.at += c.len_utf8(),
                '#' if !self.is_cmd => self.skip_line(),
                '|' if next == Some('|') => self.end_pipeline(2),
                '|' => self.end_command(),
                '&' if next == Some('&') => self.end_pipeline(2),
                '&' if self.is_cmd => self.end_pipeline(1),
                '&' => self.at += 1,
                ';' if !self.is_cmd => self.end_pipeline(1),
                '(' | '{' => {
                    self.at += 1;
                    self.open(self.at);
                }
                ')' | '}' => self.close(),
                ',' if !self.is_cmd => self.at += 1,
                _ => self.word(),
            }
        }
        while !self.frames.is_empty() {
            self.close_frame();
        }
        self.done
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.text.get(self.at..)?.chars().nth(ahead)
    }

    fn open(&mut self, start: usize) {
        if self.frames.len() < BLOCKS {
            self.frames.push(Frame {
                pipeline: Pipeline::default(),
                words: Vec::new(),
                start,
            });
        }
    }

    fn close(&mut self) {
        if self.frames.len() > 1 {
            self.close_frame();
        }
        self.at += 1;
    }

    fn close_frame(&mut self) {
        self.finish_command();
        if let Some(frame) = self.frames.pop()
            && !frame.pipeline.commands.is_empty()
        {
            self.done.push(frame.pipeline);
        }
    }

    fn finish_command(&mut self) {
        let at = self.at;
        let Some(frame) = self.frames.last_mut() else {
            return;
        };
        let words = std::mem::take(&mut frame.words);
        let text = self.text.get(frame.start..at).unwrap_or_default();
        frame.start = at;
        let words = program_first(words);
        if !words.is_empty() || !text.trim().is_empty() {
            frame.pipeline.commands.push(Command {
                words,
                text: text.to_ascii_lowercase(),
            });
        }
    }

    /// `|`.
    fn end_command(&mut self) {
        self.finish_command();
        self.at += 1;
        if let Some(frame) = self.frames.last_mut() {
            frame.start = self.at;
        }
    }

    fn end_pipeline(&mut self, length: usize) {
        self.finish_command();
        self.at += length;
        if let Some(frame) = self.frames.last_mut() {
            frame.start = self.at;
            let pipeline = std::mem::take(&mut frame.pipeline);
            if !pipeline.commands.is_empty() {
                self.done.push(pipeline);
            }
        }
    }

    /// A line's end ends a command, but not after `|`.
    fn end_of_line(&mut self) {
        let frame = self.frames.last();
        let goes_on = frame.is_some_and(|f| f.words.is_empty() && !f.pipeline.commands.is_empty());
        if goes_on {
            self.at += 1;
        } else {
            self.end_pipeline(1);
        }
    }

    fn skip_line(&mut self) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        self.at += rest.find('\n').unwrap_or(rest.len());
    }

    fn word(&mut self) {
        let start = self.at;
        let mut text = String::new();
        let mut quote: Option<char> = None;
        let mut inner = (start, start);
        while let Some(c) = self.peek(0) {
            let escape = if self.is_cmd { '^' } else { '`' };
            match quote {
                Some(open) if c == open => {
                    quote = None;
                    inner.1 = self.at;
                }
                Some(_) if c == escape && !self.is_cmd => {
                    self.at += 1;
                    text.extend(self.peek(0));
                }
                Some(_) => text.push(c),
                None if c == '"' || (c == '\'' && !self.is_cmd) => {
                    if self.at == start {
                        inner.0 = start + 1;
                    }
                    quote = Some(c);
                }
                None if c == escape => {
                    self.at += 1;
                    text.extend(self.peek(0).filter(|c| *c != '\n'));
                }
                None if c.is_whitespace() || matches!(c, '|' | '(' | ')' | '{' | '}') => break,
                None if c == ';' || c == ',' => {
                    if !self.is_cmd {
                        break;
                    }
                    text.push(c);
                }
                None if c == '&' => break,
                None => text.push(c),
            }
            self.at += self.peek(0).map_or(0, char::len_utf8);
        }
        self.at = self.at.min(self.text.len());
        let is_quoted = inner.0 > start && inner.1 + 1 == self.at;
        if !is_quoted {
            inner = (start, self.at);
        }
        let word = Word {
            text,
            span: self.mapped.span(Span::from_usize(inner.0, inner.1)),
            inner,
        };
        if let Some(frame) = self.frames.last_mut() {
            frame.words.push(word);
        }
    }
}

/// Words without what stands before the program: `$x =`, `call`, `start /wait`, `@`, `.`.
fn program_first(mut words: Vec<Word>) -> Vec<Word> {
    loop {
        let Some(first) = words.first() else {
            return words;
        };
        let lower = first.text.to_ascii_lowercase();
        let assigns = words.get(1).is_some_and(|word| word.text == "=");
        if lower.starts_with('$') && assigns {
            words.drain(..2);
        } else if matches!(
            lower.as_str(),
            "." | "@" | "call" | "return" | "exec" | "!" | "-not" | "if" | "try" | "else"
        ) {
            words.remove(0);
        } else {
            return words;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str, is_cmd: bool) -> Vec<Vec<String>> {
        read(&Mapped::verbatim(text, 0), is_cmd)
            .iter()
            .map(|pipeline| pipeline.commands.iter().map(Command::name).collect())
            .collect()
    }

    #[test]
    fn pipes_and_statements_are_told_apart() {
        assert_eq!(
            names("$a = iwr 'https://x/a;b' | iex; Get-Item `\n x", false),
            [vec!["iwr", "iex"], vec!["get-item"]]
        );
        assert_eq!(
            names("a & b && c | d", true),
            [vec!["a"], vec!["b"], vec!["c", "d"]]
        );
    }

    #[test]
    fn blocks_hold_commands_of_their_own() {
        let found = names("if (Test-Path x) { iwr u | iex }", false);
        assert!(
            found.contains(&vec!["iwr".to_owned(), "iex".to_owned()]),
            "{found:?}"
        );
    }

    #[test]
    fn a_text_for_another_shell_is_read_as_well() {
        let found = names("powershell -NoProfile -Command \"iwr u | iex\"", true);
        assert!(
            found.contains(&vec!["iwr".to_owned(), "iex".to_owned()]),
            "{found:?}"
        );
        let found = names(
            "PowerShell.exe -ExecutionPolicy Bypass choco install x",
            true,
        );
        assert!(
            found.iter().flatten().any(|name| name == "choco"),
            "{found:?}"
        );
    }

    #[test]
    fn words_stand_where_they_are_written() {
        let text = "iwr -Uri \"https://x\" | iex";
        let found = read(&Mapped::verbatim(text, 0), false);
        let word = &found[0].commands[0].words[2];
        assert_eq!(&text[word.span.range()], "https://x");
        assert_eq!(word.text, "https://x");
    }

    #[test]
    fn odd_text_ends() {
        for text in [
            "((((",
            "'abc",
            "}}}}",
            "a|",
            "`",
            "\"`",
            "powershell",
            "cmd /c",
            "é|é{é",
        ] {
            names(text, false);
            names(text, true);
        }
    }
}
