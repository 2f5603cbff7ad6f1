//! A Gemfile, read by its lines as far as it is a list of gems in groups. It is a program: where
//! its blocks cannot be told apart, nothing is said.

use super::lines::lines;
use crate::model::Scope;

/// What a Gemfile or a gemspec asks for.
#[derive(Debug, Default)]
pub struct Gemfile {
    pub asked: Vec<Asked>,
    /// True where the gem that lies here is asked for too.
    pub gemspec: bool,
}

#[derive(Debug)]
pub struct Asked {
    pub name: String,
    /// 1-based.
    pub line: u32,
    pub requirement: String,
    pub scope: Scope,
}

/// Groups that no program in production loads.
const DEVELOPMENT: [&str; 22] = [
    "development",
    "dev",
    "test",
    "tests",
    "testing",
    "spec",
    "cucumber",
    "ci",
    "lint",
    "linter",
    "linters",
    "linting",
    "rubocop",
    "doc",
    "docs",
    "documentation",
    "debug",
    "guard",
    "benchmark",
    "benchmarks",
    "release",
    "local",
];

/// Words that open a block which `end` closes.
const BLOCKS: [&str; 10] = [
    "if", "unless", "case", "while", "until", "for", "begin", "def", "class", "module",
];

/// A block of the file with the groups that it puts its gems in.
#[derive(Clone, Default)]
struct Block {
    groups: Vec<String>,
    optional: bool,
}

/// `None` where the blocks of the file do not add up.
pub fn read(text: &str) -> Option<Gemfile> {
    let mut file = Gemfile::default();
    let mut open: Vec<Block> = Vec::new();
    for (number, line) in statements(text) {
        let code = line.trim();
        let word = code.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let word = word.into_iter().next().unwrap_or("");
        let rest = code.get(word.len()..).unwrap_or("");
        match word {
            "__END__" => break,
            "end" => {
                open.pop()?;
                continue;
            }
            "gem" => file.asked.extend(asked(rest, number, open.last())),
            "gemspec" => file.gemspec = true,
            _ => {}
        }
        let opens = BLOCKS.contains(&word) && !code.ends_with(" end");
        if opens || before_do(code).is_some() {
            let mut block = open.last().cloned().unwrap_or_default();
            if word == "group" {
                let (names, options) = arguments(before_do(rest).unwrap_or(rest));
                block.optional |= option(&options, "optional") == Some("true");
                block.groups.extend(names);
            }
            open.push(block);
        }
    }
    open.is_empty().then_some(file)
}

/// The development dependencies of a gemspec; the others stand in the lockfile, under its gem.
pub fn read_gemspec(text: &str) -> Gemfile {
    let mut file = Gemfile::default();
    for (number, line) in statements(text) {
        let Some((_, rest)) = line.split_once(".add_development_dependency") else {
            continue;
        };
        let block = Block {
            groups: vec!["development".to_owned()],
            optional: false,
        };
        file.asked.extend(asked(rest, number, Some(&block)));
    }
    file
}

/// Lines without comments, joined where a comma or a backslash continues them; numbered from 1.
fn statements(text: &str) -> Vec<(u32, String)> {
    let mut found: Vec<(u32, String)> = Vec::new();
    let mut continues = false;
    for (number, (_, line)) in (1..).zip(lines(text)) {
        let code = without_comment(line).trim_end();
        if code.trim().is_empty() {
            continue;
        }
        let next = code.ends_with([',', '\\']);
        let code = code.trim_end_matches('\\');
        match found.last_mut().filter(|_| continues) {
            Some((_, before)) => {
                before.push(' ');
                before.push_str(code);
            }
            None => found.push((number, code.to_owned())),
        }
        continues = next;
    }
    found
}

fn without_comment(line: &str) -> &str {
    let mut quote = None;
    for (at, byte) in line.bytes().enumerate() {
        match (quote, byte) {
            (None, b'#') => return &line[..at],
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if byte == open => quote = None,
            _ => {}
        }
    }
    line
}

/// What stands before `do` or `do |name|`, where the line ends so.
fn before_do(code: &str) -> Option<&str> {
    let code = match code.strip_suffix('|') {
        Some(before) => before.rsplit_once('|')?.0,
        None => code,
    };
    let before = code.trim_end().strip_suffix("do")?;
    before.ends_with([' ', ')']).then_some(before)
}

/// Reads the arguments of `gem`.
fn asked(arguments_of: &str, line: u32, block: Option<&Block>) -> Option<Asked> {
    let (mut names, options) = arguments(arguments_of);
    if names.is_empty() {
        return None;
    }
    let name = names.remove(0);
    let mut groups = block.map_or_else(Vec::new, |block| block.groups.clone());
    for key in ["group", "groups"] {
        groups.extend(option(&options, key).into_iter().flat_map(words));
    }
    let scope = if groups.is_empty() {
        Scope::Prod
    } else if groups.iter().all(|group| DEVELOPMENT.contains(&&**group)) {
        Scope::Dev
    } else if block.is_some_and(|block| block.optional) {
        Scope::Optional
    } else {
        Scope::Prod
    };
    Some(Asked {
        name,
        line,
        requirement: names.join(", "),
        scope,
    })
}

/// Texts and symbols, then options by name: `"a", :b, c: 1, :d => [2]`.
fn arguments(code: &str) -> (Vec<String>, Vec<(String, String)>) {
    let code = code.trim();
    let code = code.strip_prefix('(').unwrap_or(code);
    let (mut plain, mut options) = (Vec::new(), Vec::new());
    for argument in split(code) {
        let argument = argument.trim();
        if let Some((key, value)) = argument.split_once("=>") {
            let key = key.trim().trim_start_matches(':');
            options.push((key.to_owned(), value.trim().to_owned()));
        } else if argument.starts_with(['"', '\'']) {
            plain.extend(literals(argument).into_iter().take(1));
        } else if argument.starts_with(['[', '%', ':']) {
            plain.extend(literals(argument));
        } else if let Some((key, value)) = argument.split_once(':') {
            options.push((key.trim().to_owned(), value.trim().to_owned()));
        }
    }
    (plain, options)
}

fn option<'o>(options: &'o [(String, String)], name: &str) -> Option<&'o str> {
    let found = options.iter().find(|(key, _)| key == name);
    found.map(|(_, value)| value.as_str())
}

/// At the commas that stand in no brackets and no quotes; up to the bracket that closes the call.
fn split(code: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut depth = 0u32;
    let mut quote = None;
    let mut start = 0;
    for (at, byte) in code.bytes().enumerate() {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, b'(' | b'[' | b'{') => depth += 1,
            (None, b')' | b']' | b'}') if depth == 0 => {
                parts.push(&code[start..at]);
                return parts;
            }
            (None, b')' | b']' | b'}') => depth -= 1,
            (None, b',') if depth == 0 => {
                parts.push(&code[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&code[start..]);
    parts
}

/// The texts and symbols in a literal or in a list of them.
fn literals(argument: &str) -> Vec<String> {
    if !argument.contains(['"', '\'']) {
        let all = if argument.starts_with("%q") {
            1
        } else {
            usize::MAX
        };
        return words(argument).take(all).collect();
    }
    let mut found = Vec::new();
    let mut rest = argument;
    while let Some(open) = rest.find(['"', '\'']) {
        let (quote, after) = rest[open..].split_at(1);
        let Some((text, after)) = after.split_once(quote) else {
            break;
        };
        found.push(text.to_owned());
        rest = after;
    }
    found
}

/// The names in `:a`, `[:a, "b"]` and `%i[a b]`.
fn words(value: &str) -> impl Iterator<Item = String> {
    let value = value.strip_prefix('%').map_or(value, |list| {
        list.trim_start_matches(|c: char| c.is_ascii_alphabetic())
    });
    value
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<String> {
        let file = read(text).expect("a simple Gemfile");
        let row = |a: &Asked| format!("{} {} {:?} {}", a.line, a.name, a.scope, a.requirement);
        file.asked.iter().map(row).collect()
    }

    #[test]
    fn groups_are_blocks_and_options() {
        let text = r##"
source "https://rubygems.org" # the public one
gem 'rails', '~> 7.0', ">= 7.0.1"
gem "pg", ["> 1", "< 3"], require: false if ENV["DB"] == "pg"
gem("puma")
group :development, :test do
  gem "rspec",
      "~> 3.0", # a note
      :require => false
  platforms :mri do gem "byebug" end
  if RUBY_VERSION > "3"
    gem "debug"
  end
end
group :docs, optional: true do
  gem "yard"
end
group :tools, optional: true do
  gem "tool"
end
gem "rubocop", group: [:lint, :ci]
gem "uglifier", :group => :assets
gem "simplecov", groups: %i[test]
gem "a#b", "1"
"##;
        assert_eq!(
            rows(text),
            [
                "3 rails Prod ~> 7.0, >= 7.0.1",
                "4 pg Prod > 1, < 3",
                "5 puma Prod ",
                "7 rspec Dev ~> 3.0",
                "12 debug Dev ",
                "16 yard Dev ",
                "19 tool Optional ",
                "21 rubocop Dev ",
                "22 uglifier Prod ",
                "23 simplecov Dev ",
                "24 a#b Prod 1",
            ]
        );
    }

    #[test]
    fn a_gemfile_whose_blocks_do_not_add_up_says_nothing() {
        assert!(read("group :test do\n gem 'a'\n").is_none());
        assert!(read("gem 'a'\nend\n").is_none());
    }

    #[test]
    fn a_gemspec_names_what_its_developers_need() {
        let file = read_gemspec(
            "Gem::Specification.new do |s|\n  s.add_dependency 'a'\n  s.add_development_dependency(%q<rake>.freeze, '~> 13')\n  s.add_development_dependency \"rspec\", \">= 3\", \"< 5\"\nend\n",
        );
        let first = &file.asked[0];
        assert_eq!((&*first.name, &*first.requirement), ("rake", "~> 13"));
        let last = file.asked.last().expect("two");
        assert_eq!(
            (&*last.name, last.line, &*last.requirement, last.scope),
            ("rspec", 4, ">= 3, < 5", Scope::Dev)
        );
    }
}
