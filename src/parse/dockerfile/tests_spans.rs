//! Every piece of an instruction stands in the source where its span says.

use super::*;
use crate::model::Span;
use crate::text::Mapped;

/// Numbers that look random and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    /// Something that separates words: blanks, or a continuation with whatever may stand in it.
    fn gap(&mut self, escape: &str) -> String {
        match self.below(6) {
            0 => format!(" {escape}\n  "),
            1 => format!("\t{escape} \t\r\n# c {escape}\n\n \t# d é\n "),
            2 => "  \t".to_owned(),
            _ => " ".to_owned(),
        }
    }

    /// A word, perhaps torn by a continuation.
    fn word(&mut self, escape: &str) -> String {
        let word = self.pick(&[
            "a", "é", "/x/y", "$V", "${V:-w}", "\"q r\"", "'s t'", "b.c", "😀", "a-b", "k/l",
        ]);
        match self.below(9) {
            0 => format!("{word}{escape}\n# torn\nz"),
            _ => word.to_owned(),
        }
    }
}

fn instruction(n: &mut Numbers, escape: &str) -> String {
    let mut words = vec![n.pick(&["", "ONBUILD"]).to_owned()];
    let keyword = n.pick(&[
        "RUN", "run", "COPY", "ADD", "ENV", "LABEL", "ARG", "USER", "WORKDIR", "EXPOSE", "VOLUME",
        "CMD",
    ]);
    words.push(keyword.to_owned());
    let mut bodies = String::new();
    match keyword {
        "RUN" | "run" => {
            for _ in 0..n.below(3) {
                let (one, two) = (
                    n.pick(&["id=\"a b\"", "id=x"]),
                    n.pick(&["", ",ro", ",uid=$U"]),
                );
                words.push(format!("--mount=type=cache,{one},target=/t{two}"));
            }
            words.push(n.word(escape));
            for name in ["A", "B"].iter().take(n.below(3)) {
                words.push(n.pick(&["<<", "<<-", "3<<"]).to_owned() + name);
                bodies += &format!("body é {escape}\n\t# {}\n{name}\n", n.pick(&["x", "😀"]));
            }
        }
        "COPY" | "ADD" => {
            words.push(format!("--chown={}", n.pick(&["1:1", "'a b'", "$U"])));
            match n.below(3) {
                0 => words.push(format!(
                    "[\"{}\",{escape}\n \"d\"]",
                    n.pick(&["p q", "é", "$V"])
                )),
                _ => words.extend([n.word(escape), n.word(escape)]),
            }
        }
        "ENV" | "LABEL" | "ARG" => {
            for _ in 0..=n.below(3) {
                let name = n.pick(&["a", "k.l", "N"]);
                words.push(format!("{name}={}", n.word(escape)));
            }
        }
        "CMD" => words.push(n.pick(&["[\"a\", \"é\"]", "x | y", "[]"]).to_owned()),
        _ => words.push(n.word(escape)),
    }
    let mut text = String::new();
    for word in words.iter().filter(|word| !word.is_empty()) {
        if !text.is_empty() {
            text += &n.gap(escape);
        }
        text += word;
    }
    format!("{text}\n{bodies}")
}

/// A piece of the source with what a continuation inserts taken out.
fn folded(source: &str, span: Span, escape: &str) -> String {
    let mut text = String::new();
    let mut continues = false;
    for line in source[span.range()].split_inclusive('\n') {
        let bare = line.trim();
        if continues && (bare.is_empty() || bare.starts_with('#')) {
            continue;
        }
        let kept = line.trim_end().strip_suffix(escape);
        continues = line.ends_with('\n') && kept.is_some();
        text += if continues {
            kept.unwrap_or(line)
        } else {
            line
        };
    }
    text
}

fn check(source: &str, escape: &str) -> usize {
    let file = Dockerfile::parse(source.as_bytes());
    let mut checked = 0;
    let mut same = |raw: &str, span: Span| {
        assert_eq!(folded(source, span, escape), raw, "{source}");
        checked += 1;
    };
    let verbatim = |text: &Mapped| {
        for (at, c) in text.as_str().char_indices().filter(|(_, c)| *c != '\n') {
            let span = text.span(Span::from_usize(at, at + c.len_utf8()));
            assert_eq!(source[span.range()].chars().next(), Some(c), "{source}");
        }
    };
    for i in &file.instructions {
        let keyword = &source[i.keyword_span.range()];
        assert_eq!(Keyword::of(keyword), i.keyword, "{source}");
        verbatim(&i.line);
        for heredoc in &i.heredocs {
            verbatim(&heredoc.body);
            same(&heredoc.name, heredoc.terminator);
        }
        for flag in &i.flags {
            let value = flag.value.as_ref().unwrap();
            same(&value.raw, value.span);
            same(&format!("--{}={}", flag.name, value.raw), flag.span);
            for option in flag.options().into_iter().filter_map(|(_, word)| word) {
                same(&option.raw, option.span);
            }
        }
        for reference in &i.references {
            same(&reference.name, reference.span);
        }
        match &i.body {
            Body::Env(pairs) | Body::Label(pairs) | Body::Arg(pairs) => {
                for pair in pairs {
                    same(&pair.name.raw, pair.name.span);
                    let value = pair.value.as_ref().unwrap();
                    same(&value.raw, value.span);
                    same(&format!("{}={}", pair.name.raw, value.raw), pair.span);
                }
            }
            Body::Words(words) => words.iter().for_each(|word| same(&word.raw, word.span)),
            Body::Text(word) => same(&word.raw, word.span),
            Body::Transfer {
                sources,
                destination,
            } => sources
                .iter()
                .chain([destination])
                .for_each(|word| same(&word.raw, word.span)),
            Body::Command(Command::Shell(script)) => verbatim(&script.text),
            Body::Command(Command::Exec(words)) => words.iter().for_each(&verbatim),
            Body::From { .. } | Body::Shell(_) | Body::NoHealthcheck | Body::Invalid => {}
        }
    }
    checked
}

#[test]
fn every_span_is_where_its_text_stands() {
    let mut checked = 0;
    for seed in 1..400 {
        let mut n = Numbers(seed * 0x9e37_79b9);
        let (escape, directive) = [("\\", ""), ("`", "# escape=`\n")][n.below(2)];
        let mut source = format!(
            "{}{directive}FROM a\nARG V=1 U=2\n",
            n.pick(&["", "\u{feff}"])
        );
        for _ in 0..n.below(8) {
            source += &instruction(&mut n, escape);
        }
        checked += check(&source, escape);
    }
    assert!(checked > 5_000, "{checked}");
}
