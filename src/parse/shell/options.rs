use super::Word;

/// Which options of a program take a value.
#[derive(Clone, Copy, Debug)]
pub struct Syntax {
    /// Letters of short options with a value, attached or as the next word.
    pub short: &'static str,
    /// Names of long options whose value may be the next word.
    pub long: &'static [&'static str],
}

/// No option takes its value from the next word.
pub const PLAIN: Syntax = Syntax {
    short: "",
    long: &[],
};

/// One option as it was given.
#[derive(Clone, Copy, Debug)]
pub struct Opt<'a> {
    /// A letter, or a long name without its dashes.
    pub name: &'a str,
    pub value: Option<&'a str>,
    /// The word that holds the option.
    pub word: &'a Word,
    /// The word that holds the value, which may be the same.
    pub value_word: Option<&'a Word>,
}

/// The arguments of a command, told apart.
#[derive(Debug, Default)]
pub struct Options<'a> {
    pub options: Vec<Opt<'a>>,
    pub positional: Vec<&'a Word>,
}

impl<'a> Options<'a> {
    /// Reads clustered short options (`-sSLo file`), long ones with `=` or a word after them, and
    /// `--`.
    pub fn read(args: &'a [Word], syntax: Syntax) -> Self {
        let mut found = Self::default();
        let mut words = args.iter();
        while let Some(word) = words.next() {
            let text = word.text.as_str();
            if text == "--" {
                found.positional.extend(words);
                break;
            }
            if let Some(long) = text.strip_prefix("--") {
                let (name, value) = match long.split_once('=') {
                    Some((name, value)) => (name, Some(value)),
                    None => (long, None),
                };
                let next = (value.is_none() && syntax.long.contains(&name))
                    .then(|| words.next())
                    .flatten();
                found.options.push(Opt {
                    name,
                    value: value.or(next.map(|w| w.text.as_str())),
                    word,
                    value_word: next.or(value.map(|_| word)),
                });
            } else if text.len() > 1 && text.starts_with('-') {
                found.cluster(word, &mut words, syntax);
            } else {
                found.positional.push(word);
            }
        }
        found
    }

    fn cluster(&mut self, word: &'a Word, words: &mut std::slice::Iter<'a, Word>, syntax: Syntax) {
        for (at, letter) in word.text.char_indices().skip(1) {
            let end = at + letter.len_utf8();
            let name = word.text.get(at..end).unwrap_or_default();
            let mut option = Opt {
                name,
                value: None,
                word,
                value_word: None,
            };
            if syntax.short.contains(letter) {
                let attached = word.text.get(end..).filter(|rest| !rest.is_empty());
                option.value_word = match attached {
                    Some(_) => Some(word),
                    None => words.next(),
                };
                option.value = attached.or(option.value_word.map(|w| w.text.as_str()));
                self.options.push(option);
                return;
            }
            self.options.push(option);
        }
    }

    /// The last option of one of these names.
    pub fn get(&self, names: &[&str]) -> Option<&Opt<'a>> {
        self.options.iter().rev().find(|o| names.contains(&o.name))
    }

    pub fn has(&self, names: &[&str]) -> bool {
        self.get(names).is_some()
    }

    /// Every option of one of these names.
    pub fn all(&self, names: &'a [&'a str]) -> impl Iterator<Item = &Opt<'a>> {
        self.options.iter().filter(|o| names.contains(&o.name))
    }
}
