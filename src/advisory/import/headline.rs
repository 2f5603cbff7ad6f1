//! What an advisory says, in one line. Some databases give a title; others give paragraphs in
//! Markdown, of which the first sentence often says what the package is for.

/// Characters of a line, at most.
const LONGEST: usize = 160;
/// Characters of a text that are looked at.
const LOOKED_AT: usize = 4000;

/// What a text in Markdown says first of what is wrong.
pub fn of_details(text: &str) -> String {
    let end = text.char_indices().nth(LOOKED_AT);
    let text = end.and_then(|(end, _)| text.get(..end)).unwrap_or(text);
    let paragraph = plain(&paragraph(text));
    let told = sentence(&paragraph);
    match told
        .strip_prefix("However, ")
        .and_then(|rest| rest.split_at_checked(1))
    {
        Some((first, rest)) => first.to_uppercase() + rest,
        None => told.to_owned(),
    }
}

/// A title as it stands behind the name of its package, and before the `ids` of the record.
pub fn of_title<'i>(title: &str, package: &str, ids: impl Iterator<Item = &'i str>) -> String {
    let lines = title
        .lines()
        .map(|line| line.trim_start_matches('#').trim());
    let mut line = lines
        .into_iter()
        .find(|line| !line.is_empty())
        .unwrap_or("");
    for id in ids {
        line = without_start(line, id, &[": ", " - ", " "]);
    }
    line = without_start(line, "rubygem-", &[""]);
    line = without_start(line, package, &[": ", " - "]);
    let bare = line.strip_suffix('.').unwrap_or(line);
    let bare = bare
        .strip_suffix(package)
        .and_then(|rest| rest.strip_suffix(" in "));
    shortened(bare.filter(|rest| !rest.is_empty()).unwrap_or(line))
}

/// The first paragraph, in one line. A heading stands for itself where nothing follows it.
fn paragraph(text: &str) -> String {
    let mut lines = text.lines().map(str::trim).peekable();
    let mut heading = "";
    while let Some(line) = lines.next_if(|line| line.is_empty() || is_mark(line)) {
        if heading.is_empty() {
            heading = line.trim_matches(['#', '=', '-', '*', '`', '~']).trim();
        }
    }
    let mut whole = String::new();
    for line in lines.take_while(|line| !line.is_empty() && !is_mark(line)) {
        if !whole.is_empty() {
            whole.push(' ');
        }
        whole.push_str(line);
    }
    match whole.is_empty() {
        true => heading.to_owned(),
        false => whole,
    }
}

/// A heading, a rule, or the fence of a block.
fn is_mark(line: &str) -> bool {
    line.starts_with(['#', '='])
        || line.starts_with("---")
        || line.starts_with("```")
        || line.starts_with("~~~")
        || (line.starts_with("**") && line.ends_with("**") && line.len() > 4)
}

/// Markdown without its marks; code keeps its backticks.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let after = rest.get(next.len_utf8()..).unwrap_or_default();
        if next == '\\' && after.starts_with(|c: char| c.is_ascii_punctuation()) {
            let escaped = after.chars().next();
            plain.extend(escaped);
            rest = after.get(1..).unwrap_or_default();
        } else if let Some((words, behind)) = link(rest) {
            plain.push_str(words);
            rest = behind;
        } else if let Some(behind) = rest.strip_prefix("**") {
            rest = behind;
        } else {
            // What a line break or several spaces were is one space.
            if !next.is_whitespace() {
                plain.push(next);
            } else if !plain.ends_with(' ') {
                plain.push(' ');
            }
            rest = after;
        }
    }
    plain.trim().to_owned()
}

/// The words of `[words](address)`, and what follows.
fn link(text: &str) -> Option<(&str, &str)> {
    let (words, behind) = text.strip_prefix('[')?.split_once("](")?;
    let (_, behind) = behind.split_once(')')?;
    (!words.contains(['[', ']'])).then_some((words, behind))
}

/// Sentences that are looked at behind the introduction.
const CHOICE: usize = 3;

/// The first sentence behind the introduction; one soon after it where that one tells of harm and
/// the first does not.
fn sentence(text: &str) -> &str {
    let mut behind = sentences(text)
        .skip_while(|one| is_introduction(one))
        .take(CHOICE);
    let Some(first) = behind.next() else {
        return sentences(text).next().unwrap_or_default();
    };
    let told = match tells_of_harm(first) {
        true => None,
        false => behind.find(|one| tells_of_harm(one) && !leans_back(one)),
    };
    told.unwrap_or(first)
}

/// Whether a sentence means something that another one before it says.
fn leans_back(sentence: &str) -> bool {
    const BACK: &[&str] = &[
        "hence",
        "it",
        "such",
        "that",
        "therefore",
        "these",
        "they",
        "this",
        "those",
        "thus",
    ];
    let mut words = sentence.split(|c: char| !c.is_alphanumeric()).take(6);
    words.any(|word| BACK.iter().any(|back| word.eq_ignore_ascii_case(back)))
}

fn tells_of_harm(sentence: &str) -> bool {
    const HARM: &[&str] = &[
        "allow",
        "arbitrary",
        "attack",
        "bypass",
        "crash",
        "denial",
        "disclos",
        "flaw",
        "forg",
        "inject",
        "insecure",
        "leak",
        "malicious",
        "overflow",
        "redos",
        "smuggl",
        "traversal",
        "unauth",
        "unsafe",
        "vulnerab",
        "weak",
        "xss",
    ];
    let lower = sentence.to_ascii_lowercase();
    HARM.iter().any(|word| lower.contains(word))
}

fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (one, behind) = match end_of_sentence(rest) {
            Some(end) => rest.split_at(end),
            None => (rest, ""),
        };
        rest = behind.trim_start();
        Some(one.trim()).filter(|one| !one.is_empty())
    })
}

/// Where a sentence ends that another one follows.
fn end_of_sentence(text: &str) -> Option<usize> {
    const SHORT: &[&str] = &[
        "e.g", "i.e", "etc", "vs", "cf", "inc", "ltd", "no", "approx", "a.k.a",
    ];
    text.match_indices(". ").map(|(at, _)| at).find_map(|at| {
        let (before, behind) = (text.get(..at)?, text.get(at + 2..)?);
        let last = before.rsplit([' ', '(']).next()?.to_ascii_lowercase();
        let is_short = SHORT.contains(&last.as_str()) || last.len() < 2;
        let begins = behind.trim_start().chars().next()?;
        let is_new = begins.is_uppercase() || begins.is_ascii_digit() || "`\"'".contains(begins);
        // Names of packages are small letters, also at the beginning of a sentence.
        let is_word = last.len() > 3 && last.chars().all(|c| c.is_ascii_alphabetic());
        ((is_new || is_word) && !is_short).then_some(at + 1)
    })
}

/// Whether a sentence says only what a package is, or that something was found in it.
fn is_introduction(sentence: &str) -> bool {
    const FOUND: &[&str] = &[
        "an issue was discovered in ",
        "an issue was found in ",
        "a flaw was found in ",
        "a vulnerability was found in ",
        "a vulnerability has been found in ",
        "a vulnerability was discovered in ",
    ];
    let lower = sentence.to_ascii_lowercase();
    if FOUND.iter().any(|start| lower.starts_with(start)) {
        // With more than a name and versions it is the sentence itself.
        return lower.split_whitespace().count() <= 14;
    }
    let subject = [" is a ", " is an ", " is the ", " provides "]
        .iter()
        .filter_map(|verb| lower.find(verb))
        .min();
    let is_about = subject.is_some_and(|at| {
        lower
            .get(..at)
            .is_some_and(|name| name.split_whitespace().count() <= 5)
    });
    is_about && !tells_of_harm(sentence)
}

/// Without a name that the report gives beside it, and what parts it from the rest.
fn without_start<'t>(line: &'t str, name: &str, parting: &[&str]) -> &'t str {
    let head = line.get(..name.len());
    let is_named = head.is_some_and(|head| head.eq_ignore_ascii_case(name));
    let rest = line.get(name.len()..).filter(|_| is_named);
    let rest = rest.and_then(|rest| parting.iter().find_map(|mark| rest.strip_prefix(mark)));
    let rest = rest.map(str::trim_start).filter(|rest| !rest.is_empty());
    rest.unwrap_or(line)
}

/// Cut between words.
fn shortened(line: &str) -> String {
    let Some((cut, _)) = line.char_indices().nth(LONGEST) else {
        return line.to_owned();
    };
    let head = line.get(..cut).unwrap_or(line);
    let head = head.rsplit_once(' ').map_or(head, |(words, _)| words);
    format!("{}…", head.trim_end_matches([',', ';', ':', '.', '(', ' ']))
}

#[cfg(test)]
mod tests {
    use super::{of_details, of_title};

    #[track_caller]
    fn title(text: &str, expected: &str) {
        let ids = ["FOP-pkg-1", "CVE-2024-1"].into_iter();
        assert_eq!(of_title(text, "pkg", ids), expected);
    }

    #[track_caller]
    fn details(text: &str, expected: &str) {
        assert_eq!(of_details(text), expected);
    }

    #[test]
    fn a_title_stays_as_it_is() {
        for text in [
            "Data race in `Iter<T>` and \\??\\ paths",
            "Open redirect, e.g. Through a proxy. And more",
            "pkgs: endless loop",
            "pkg",
            "",
        ] {
            title(text, text);
        }
        title("# Heading\nmore", "Heading");
    }

    #[test]
    fn names_that_the_report_gives_are_left_out() {
        title("CVE-2024-1: Hijack on Windows", "Hijack on Windows");
        title("FOP-pkg-1: CVE-2024-1 - Hijack", "Hijack");
        title("CVE-2024-1 rubygem-pkg: XSS in a helper", "XSS in a helper");
        title("CVE-2024-11: Hijack", "CVE-2024-11: Hijack");
        title("pkg: endless loop", "endless loop");
        title("Memory exhaustion in pkg", "Memory exhaustion");
        title("Memory exhaustion in pkg.", "Memory exhaustion");
        title("Memory exhaustion in a-pkg", "Memory exhaustion in a-pkg");
    }

    #[test]
    fn of_a_text_the_sentence_is_taken_that_says_what_is_wrong() {
        details(
            "Pkg is a library for HTTP. Since 2.3.0 it has been\nleaking headers. More follows.",
            "Since 2.3.0 it has been leaking headers.",
        );
        details(
            "pkg is a client for Python. pkg doesn't drop the body. More.",
            "pkg doesn't drop the body.",
        );
        details(
            "An issue was discovered in pkg before 1.26.5. When given a URL with many @ it stalls.",
            "When given a URL with many @ it stalls.",
        );
        details(
            "Pkg is a library. It has no more to say.",
            "It has no more to say.",
        );
        details(
            "pkg is a package that exposes keys to people. Calling it with nothing crashes.",
            "Calling it with nothing crashes.",
        );
        details(
            "Routes need a root. However, an attacker may read any file. More.",
            "An attacker may read any file.",
        );
        details(
            "Roots are not checked. This allows traversal.",
            "Roots are not checked.",
        );
        details("pkg is a library. lib is a package.", "pkg is a library.");
        details(
            "pkg is a tool that leaks keys. Be careful.",
            "pkg is a tool that leaks keys.",
        );
        details(
            "Fails, e.g. On empty input. More follows.",
            "Fails, e.g. On empty input.",
        );
    }

    #[test]
    fn marks_are_not_words() {
        details(
            "### Impact\n\nUsers of [the thing](https://example.org/a) may\\_not **see** this.\n\n### Patches\nNone.",
            "Users of the thing may_not see this.",
        );
        details("# Title alone", "Title alone");
        details("**Impact**\nA secret leaks.", "A secret leaks.");
        details("a [b] c](d e", "a [b] c](d e");
        details("", "");
    }

    #[test]
    fn what_is_long_is_cut_between_words() {
        let long = of_title(&"word ".repeat(60), "pkg", std::iter::empty());
        assert!(
            long.ends_with("word…") && long.chars().count() <= 161,
            "{long}"
        );
        let one = of_title(&"ä".repeat(9000), "pkg", std::iter::empty());
        assert_eq!(one.chars().count(), 161);
    }
}
