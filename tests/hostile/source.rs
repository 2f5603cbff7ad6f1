//! Source code that means harm, in every language: it ends in time, costs nobody's stack, and what
//! stands before and behind what cannot be parsed is judged all the same.

use std::time::Duration;

use plimsoll::advisory::Advisories;
use plimsoll::detect::{Context, Given};
use plimsoll::engine::check_source;
use plimsoll::guard::LIMITS;
use plimsoll::model::{FileKind, Origin, Profile, RepoPath, Source, SourceId};
use plimsoll::rules::{ActiveRules, RuleSet, Selection};
use rustix::time::{ClockId, clock_gettime};

/// The limits are in the release; a build for tests is given less to do.
const LESS: usize = if cfg!(debug_assertions) { 10 } else { 1 };

const DEEP: usize = match LESS {
    1 => 100_000,
    _ => 2_000,
};

/// A language: how a file begins and ends, a place of a finding, and its rule.
struct Language {
    kind: FileKind,
    head: &'static str,
    probe: &'static str,
    tail: &'static str,
    rule: &'static str,
    /// A statement of no interest.
    plain: &'static str,
    /// What nests, as statements: opened, in the middle, closed.
    nests: &'static [(&'static str, &'static str, &'static str)],
}

const LANGUAGES: &[Language] = &[
    Language {
        kind: FileKind::Python,
        head: "import requests\n",
        probe: "requests.get(u, verify=False)\n",
        tail: "",
        rule: "source/python/tls-verify-off",
        plain: "x = 1\n",
        nests: &[
            ("(", "a", ")"),
            ("[", "a", "]"),
            ("{1: ", "a", "}"),
            ("f(", "a", ")"),
            ("a[", "b", "]"),
            ("not ", "a", ""),
            ("-", "a", ""),
            ("lambda: ", "a", ""),
            ("a + ", "a", ""),
            ("a ** ", "a", ""),
            ("a and ", "a", ""),
            ("a < ", "a", ""),
            ("a if b else ", "a", ""),
            ("a.b.", "c", ""),
            ("a", "", ".b()"),
            ("'a' ", "'b'", ""),
            ("a = ", "b", ""),
            ("f'{", "a", "}'"),
            ("if a:\n  b\nelse:\n ", "a", ""),
            ("x = [i for i in ", "a", "]"),
            ("await ", "a", ""),
            ("*", "a", ""),
            ("@a\n", "def f(): pass", ""),
            ("class A: ", "pass", ""),
        ],
    },
    Language {
        kind: FileKind::JavaScript,
        head: "const https = require('https');\n",
        probe: "new https.Agent({ rejectUnauthorized: false });\n",
        tail: "",
        rule: "source/javascript/tls-verify-off",
        plain: "x = 1;\n",
        nests: SCRIPT,
    },
    Language {
        kind: FileKind::TypeScript,
        head: "import https from 'https';\n",
        probe: "new https.Agent({ rejectUnauthorized: false });\n",
        tail: "",
        rule: "source/javascript/tls-verify-off",
        plain: "x = 1;\n",
        nests: SCRIPT,
    },
    Language {
        kind: FileKind::Tsx,
        head: "import https from 'https';\n",
        probe: "new https.Agent({ rejectUnauthorized: false });\n",
        tail: "",
        rule: "source/javascript/tls-verify-off",
        plain: "x = 1;\n",
        nests: SCRIPT,
    },
    Language {
        kind: FileKind::Go,
        head: "package a\nimport \"crypto/tls\"\nfunc f() {\n",
        probe: "_ = &tls.Config{InsecureSkipVerify: true}\n",
        tail: "}\n",
        rule: "source/go/tls-verify-off",
        plain: "x = 1\n",
        nests: &[
            ("(", "a", ")"),
            ("{\n", "a()", "\n}"),
            ("f(", "a", ")"),
            ("a[", "b", "]"),
            ("[]T{{", "a", "}}"),
            ("if a { ", "b()", " }"),
            ("if a { b() } else ", "{ c() }", ""),
            ("for { ", "b()", " }"),
            ("func() { ", "b()", " }()"),
            ("_ = !", "a", ""),
            ("_ = a + ", "b", ""),
            ("_ = a && ", "b", ""),
            ("a", "", ".b()"),
            ("var x ", "int", ""),
            ("*", "a", ""),
            ("switch a { case b: ", "c()", " }"),
            ("go ", "f()", ""),
        ],
    },
    Language {
        kind: FileKind::Java,
        head: "import java.security.MessageDigest;\nclass A { void f() throws Exception {\n",
        probe: "MessageDigest.getInstance(\"MD5\");\n",
        tail: "} }\n",
        rule: "source/java/weak-hash",
        plain: "x = 1;\n",
        nests: &[
            ("(", "a", ")"),
            ("{ ", "a();", " }"),
            ("f(", "a", ")"),
            ("if (a) { ", "b();", " }"),
            ("if (a) b(); else ", "c();", ""),
            ("if (a) ", "b();", ""),
            ("x = -", "a", ";"),
            ("x = a + ", "b", ";"),
            ("x = a ? b : ", "c", ";"),
            ("x = (T) ", "c", ";"),
            ("a", "", ".b()"),
            ("class B { ", "", " }"),
            ("A<", "B", "> x;"),
            ("run(() -> ", "a", ")"),
            ("new A() { void g() { ", "a();", " } };"),
            ("for (;;) ", "a();", ""),
            ("a: ", "b();", ""),
            ("int[", "", "] x;"),
        ],
    },
    Language {
        kind: FileKind::CSharp,
        head: "using System.Security.Cryptography;\nclass A { void F() {\n",
        probe: "var m = MD5.Create();\n",
        tail: "} }\n",
        rule: "source/csharp/weak-hash",
        plain: "x = 1;\n",
        nests: &[
            ("(", "a", ")"),
            ("{ ", "A();", " }"),
            ("F(", "a", ")"),
            ("if (a) { ", "B();", " }"),
            ("if (a) B(); else ", "C();", ""),
            ("x = -", "a", ";"),
            ("x = a + ", "b", ";"),
            ("x = a ?? ", "b", ";"),
            ("x = a ? b : ", "c", ";"),
            ("a", "", ".B()"),
            ("A<", "B", "> x;"),
            ("x = $\"{", "a", "}\";"),
            ("namespace B { ", "", " }"),
            ("#if A\n", "A();\n", "#endif\n"),
            ("new A { B = ", "c", " };"),
            ("await ", "F();", ""),
            ("lock (a) ", "F();", ""),
        ],
    },
    Language {
        kind: FileKind::Ruby,
        head: "require 'net/http'\n",
        probe: "http.verify_mode = OpenSSL::SSL::VERIFY_NONE\n",
        tail: "",
        rule: "source/ruby/tls-verify-off",
        plain: "x = 1\n",
        nests: &[
            ("(", "a", ")"),
            ("[", "a", "]"),
            ("{a: ", "b", "}"),
            ("f(", "a", ")"),
            ("f { ", "a", " }"),
            ("if a\n", "b\n", "end\n"),
            ("if a\nb\nels", "e\nc\nend\n", ""),
            ("begin\n", "b\n", "end\n"),
            ("def f\n", "b\n", "end\n"),
            ("x = \"#{", "a", "}\""),
            ("!", "a", ""),
            ("not ", "a", ""),
            ("x = a + ", "b", ""),
            ("a", "", ".b"),
            ("a ? b : ", "c", ""),
            ("f ", "a", ""),
            ("x = ", "a", ""),
            ("-> { ", "a", " }"),
            ("<<A\n", "", ""),
            ("%w(", "a", ")"),
        ],
    },
    Language {
        kind: FileKind::Php,
        head: "<?php\n",
        probe: "eval($_GET['a']);\n",
        tail: "",
        rule: "source/php/eval-dynamic",
        plain: "$x = 1;\n",
        nests: &[
            ("(", "$a", ");"),
            ("[", "$a", "];"),
            ("{ ", "a();", " }"),
            ("f(", "$a", ")"),
            ("if ($a) { ", "b();", " }"),
            ("if ($a): ", "b();", " endif;"),
            ("if ($a) b(); else ", "c();", ""),
            ("if ($a) b(); elseif ($c) ", "d();", ""),
            ("!", "$a", ";"),
            ("$x = $a . ", "$b", ";"),
            ("$x = $a ?? ", "$b", ";"),
            ("(string) ", "$a", ";"),
            ("$a", "", "->b()"),
            ("fn() => ", "$a", ";"),
            ("function() { ", "a();", " };"),
            ("\"{$a[", "1", "]}\";"),
            ("@", "$a", ";"),
            ("?> a <?php ", "a();", ""),
            ("$", "a", ";"),
        ],
    },
    Language {
        kind: FileKind::Rust,
        head: "fn f() {\n",
        probe: "let c = reqwest::Client::builder().danger_accept_invalid_certs(true).build();\n",
        tail: "}\n",
        rule: "source/rust/tls-verify-off",
        plain: "x = 1;\n",
        nests: &[
            ("(", "a", ");"),
            ("[", "a", "];"),
            ("{ ", "a();", " }"),
            ("f(", "a", ")"),
            ("if a { ", "b();", " }"),
            ("if a { b() } else ", "{ c() }", ""),
            ("!", "a", ";"),
            ("&", "a", ";"),
            ("x = a + ", "b", ";"),
            ("a", "", ".b()"),
            ("a", "", "?"),
            ("|a| ", "a", ";"),
            ("let x: A<", "B", ">;"),
            ("type X = &", "A", ";"),
            ("mod a { ", "", " }"),
            ("println!(\"{}\", ", "a", ");"),
            ("use a::{", "b", "};"),
            ("/*", "", "*/"),
            ("unsafe ", "{ a() }", ""),
            ("return ", "a", ";"),
            ("match a { _ => ", "b", " }"),
        ],
    },
    Language {
        kind: FileKind::Shell,
        head: "#!/bin/sh\n",
        probe: "curl http://example.org/x | sh\n",
        tail: "",
        rule: "source/shell/remote-script",
        plain: "x=1\n",
        nests: &[
            ("echo ", "a", ""),
            ("a && ", "b", ""),
            ("(", "a", ")"),
            ("{ ", "a;", " }"),
            ("if a; then\n", "b\n", "fi\n"),
            ("$(", "a", ")"),
            ("\"$(", "a", ")\""),
            ("${a:-", "b", "}"),
            ("! ", "a", ""),
        ],
    },
];

const SCRIPT: &[(&str, &str, &str)] = &[
    ("(", "a", ")"),
    ("[", "a", "]"),
    ("{ ", "a();", " }"),
    ("f(", "a", ")"),
    ("a[", "b", "]"),
    ("`${", "a", "}`"),
    ("!", "a", ";"),
    ("typeof ", "a", ";"),
    ("x = a + ", "b", ";"),
    ("a ? b : ", "c", ";"),
    ("a", "", ".b()"),
    ("if (a) { ", "b();", " }"),
    ("if (a) b(); else ", "c();", ""),
    ("x = y => ", "a", ";"),
    ("x = ", "a", ";"),
    ("async function f() { await ", "g();", " }"),
    ("<a>", "b", "</a>"),
    ("x = {a: ", "b", "};"),
    ("new ", "A", ";"),
    ("a, ", "b", ";"),
    ("while (a) ", "b();", ""),
    ("class A { f() { ", "a();", " } }"),
    ("let x: A<", "B", ">;"),
    ("do ", "a();", " while (b);"),
    ("a: ", "b();", ""),
];

impl Language {
    /// Something that nests, in lines of a length that people write.
    fn nest(&self, (open, middle, close): (&str, &str, &str)) -> String {
        let end = match self.kind {
            FileKind::Python | FileKind::Shell => "\\\n",
            _ => "\n",
        };
        let lines = |part: &str| match part.contains('\n') {
            true => part.repeat(DEEP),
            false => (part.repeat(50) + end).repeat(DEEP / 50),
        };
        lines(open) + middle + &lines(close)
    }

    fn file(&self, middle: &str) -> String {
        let Self {
            head, probe, tail, ..
        } = self;
        format!("{head}{probe}\n{middle}\n{probe}{tail}")
    }
}

/// What the rules for source code say about a text: the lines of one rule's findings, why anything
/// was left out, and what it cost.
pub(super) struct Judged {
    pub(super) lines: Vec<usize>,
    pub(super) skipped: Vec<&'static str>,
    pub(super) cost: Duration,
}

pub(super) struct Judge {
    rules: ActiveRules,
    advisories: Advisories,
}

impl Judge {
    pub(super) fn new() -> Self {
        let selection = Selection {
            profile: Profile::All,
            only: vec!["source".to_owned()],
            ..Selection::default()
        };
        Self {
            rules: ActiveRules::new(std::sync::Arc::new(RuleSet::embedded()), &selection).unwrap(),
            advisories: Advisories::open(None),
        }
    }

    /// Judges a text on a thread like those of a scan.
    pub(super) fn judge(&self, kind: FileKind, rule: &str, text: &[u8]) -> Judged {
        let cx = Context {
            rules: &self.rules,
            advisories: &self.advisories,
            given: Given::NOTHING,
        };
        let path = RepoPath::from("a");
        let source = Source::new(SourceId(0), path, kind, text, Origin::Buffer);
        let work = || {
            let now = || {
                let time = clock_gettime(ClockId::ThreadCPUTime);
                Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
            };
            let start = now();
            let checked = check_source(&cx, &source);
            let cost = now().saturating_sub(start);
            let own = checked.findings.iter().filter(|f| f.rule.as_str() == rule);
            let line = |at: u32| source.bytes[..at as usize].split(|b| *b == b'\n').count();
            Judged {
                lines: own
                    .filter_map(|f| f.primary())
                    .map(|label| line(label.span.start))
                    .collect(),
                skipped: checked.skipped.iter().map(|s| s.code()).collect(),
                cost,
            }
        };
        std::thread::scope(|scope| {
            let builder = std::thread::Builder::new().stack_size(LIMITS.stack);
            builder.spawn_scoped(scope, work).unwrap().join().unwrap()
        })
    }
}

/// What one file may cost: its clock, and what builds for tests take longer.
pub(super) const PATIENCE: Duration = Duration::from_secs(8);

/// Runs a check of every language, two at a time.
fn in_every_language(check: impl Fn(&Judge, &Language) -> Vec<String> + Sync) {
    let judge = Judge::new();
    let next = std::sync::atomic::AtomicUsize::new(0);
    let work = || {
        let mut wrong = Vec::new();
        loop {
            let at = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            match LANGUAGES.get(at) {
                Some(language) => wrong.extend(check(&judge, language)),
                None => return wrong,
            }
        }
    };
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let threads = [(); 2].map(|()| scope.spawn(work));
        threads
            .into_iter()
            .flat_map(|t| t.join().unwrap())
            .collect()
    });
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn show(language: &Language, what: &str, judged: &Judged) {
    if std::env::var_os("PLIMSOLL_SHOW").is_some() {
        let Judged {
            lines,
            skipped,
            cost,
        } = judged;
        eprintln!(
            "{:?} {what:?} {lines:?} {skipped:?} {cost:?}",
            language.kind
        );
    }
}

/// What is wrong with a judgement of a file that has a finding before and one after a middle.
fn faults(language: &Language, middle: &str, what: &str, judged: &Judged) -> Option<String> {
    let first = language.head.lines().count() + 1;
    let last = first + 2 + middle.split('\n').count();
    // Quotes, here-documents and literals that nobody ends are the rest of a script.
    let swallows = matches!(language.kind, FileKind::Ruby | FileKind::Shell)
        && middle.contains(['<', '\'', '\\']);
    let complete = (swallows && !judged.lines.is_empty())
        || (judged.lines.contains(&first) && judged.lines.contains(&last));
    let failed = judged.skipped.contains(&"detector-failed");
    let fine = judged.cost < PATIENCE && !failed;
    // What is not judged is listed.
    (!fine || (!complete && judged.skipped.is_empty())).then(|| {
        format!(
            "{:?} {what:?}: {:?} of {first} and {last}, {:?}, {:?}",
            language.kind, judged.lines, judged.skipped, judged.cost
        )
    })
}

#[test]
fn a_hundred_thousand_levels_cost_nothing_that_stands_around_them() {
    in_every_language(|judge, language| {
        let mut wrong = Vec::new();
        for parts in language.nests {
            let (open, nest) = (parts.0, language.nest(*parts));
            let text = language.file(&nest);
            let judged = judge.judge(language.kind, language.rule, text.as_bytes());
            show(language, open, &judged);
            wrong.extend(faults(language, &nest, open, &judged));
            let first = language.head.lines().count() + 1;
            // A script that nests too deep is listed as a whole: what a shell does with half of it
            // nobody can say.
            let is_listed = language.kind == FileKind::Shell && !judged.skipped.is_empty();
            if !judged.lines.contains(&first) && !is_listed {
                wrong.push(format!("{:?} {open:?}: nothing before it", language.kind));
            }
        }
        wrong
    });
}

#[test]
fn a_million_lines_are_judged_from_the_first_to_the_last() {
    let lines = match LESS {
        1 => 1_000_000,
        _ => 30_000,
    };
    in_every_language(|judge, language| {
        let middle = language.plain.repeat(lines);
        let judged = judge.judge(
            language.kind,
            language.rule,
            language.file(&middle).as_bytes(),
        );
        show(language, "lines", &judged);
        let mut wrong = Vec::from_iter(faults(language, &middle, "lines", &judged));
        if judged.lines.len() != 2 {
            wrong.push(format!("{:?}: {:?}", language.kind, judged.lines));
        }
        wrong
    });
}

#[test]
fn errors_everywhere_cost_no_more_than_themselves() {
    const RUBBISH: &[&str] = &[
        ")",
        "} ",
        "]]\n",
        "<<<<<<< ours\n=======\n",
        "@@ -1,2 +3,4 @@\n",
        "\u{0}\u{1}\u{7f}",
        "if else class end {\n",
        "\"'`",
        "/* \" ' */ /*\n",
        "<<A <<-B <<~C\n",
        "#if #else #end\n",
        "a b c d e\n",
        "= = = =\n",
        "\u{feff}\u{200b}\u{2028}é漢😀\n",
        "%w( %q{ ${ #{ $(\n",
        "\\\n\\",
    ];
    in_every_language(|judge, language| {
        let mut wrong = Vec::new();
        for rubbish in RUBBISH {
            let middle = (rubbish.repeat(20) + "\n").repeat(500 / LESS);
            let text = language.file(&middle);
            let judged = judge.judge(language.kind, language.rule, text.as_bytes());
            show(language, rubbish, &judged);
            wrong.extend(faults(language, &middle, rubbish, &judged));
        }
        wrong
    });
}

#[test]
fn templates_inside_leave_what_stands_around_them() {
    const TEMPLATES: &[&str] = &[
        "{{ user.name }}",
        "{% if a %}\n{{ b|escape }}\n{% endif %}",
        "<% if a %>\n<%= b %>\n<% end %>",
        "{{#each items}}\n{{this}}\n{{/each}}",
        "@Model.Name\n@{ var a = 1; }\n@if (a) { <p>b</p> }",
        "<?php echo $a; ?>",
        "<#if a>${b}</#if>",
        "#set($a = 1)\n$!{a}",
        "<script>let a = 1;</script>",
    ];
    in_every_language(|judge, language| {
        let mut wrong = Vec::new();
        for template in TEMPLATES {
            let text = language.file(template);
            let judged = judge.judge(language.kind, language.rule, text.as_bytes());
            show(language, template, &judged);
            wrong.extend(faults(language, template, template, &judged));
        }
        wrong
    });
}

#[test]
fn every_encoding_has_the_same_findings() {
    in_every_language(|judge, language| {
        let text = language.file("");
        let utf16 = |mark: bool, bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
            let units = mark.then_some(0xfeff).into_iter();
            units.chain(text.encode_utf16()).flat_map(bytes).collect()
        };
        let comment: &[u8] = match language.kind {
            FileKind::Python | FileKind::Ruby | FileKind::Shell => b"# ",
            _ => b"// ",
        };
        let inside = |bytes: &[u8]| {
            let middle = text.find("\n\n").unwrap() + 1;
            let (before, after) = text.as_bytes().split_at(middle);
            [before, comment, bytes, b" ", after].concat()
        };
        let twins: Vec<(&str, Vec<u8>)> = vec![
            ("as it is", text.clone().into_bytes()),
            ("CRLF", text.replace('\n', "\r\n").into_bytes()),
            ("BOM", format!("\u{feff}{text}").into_bytes()),
            ("UTF-16LE", utf16(true, u16::to_le_bytes)),
            ("UTF-16BE", utf16(true, u16::to_be_bytes)),
            ("Latin-1", inside(b"caf\xe9 \xa3\xff")),
            ("broken UTF-8", inside(b"\xf0\x9f\x98 \xc3 \xed\xa0\x80")),
            ("Shift JIS", inside(b"\x93\xfa\x96\x7b\x8c\xea")),
            ("controls", inside(b"\x01\x02\x1b[2J\x7f")),
        ];
        let first = language.head.lines().count() + 1;
        let mut wrong = Vec::new();
        for (encoding, bytes) in twins {
            let judged = judge.judge(language.kind, language.rule, &bytes);
            if judged.lines != [first, first + 3] {
                wrong.push(format!(
                    "{:?} {encoding}: {:?} {:?}",
                    language.kind, judged.lines, judged.skipped
                ));
            }
        }
        wrong
    });
}

/// What the examples of a language's rules are, in one file each.
fn samples(language: &Language) -> Vec<String> {
    let folder = language.rule.rsplit_once('/').unwrap().0;
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("rules")
        .join(folder);
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let mut samples = Vec::new();
    for path in paths {
        let rule: toml::Table = std::fs::read_to_string(path).unwrap().parse().unwrap();
        for kind in ["bad", "good"] {
            let examples = rule.get(kind).and_then(|list| list.as_array());
            let code = |example: &toml::Value| Some(example.get("text")?.as_str()?.to_owned());
            samples.extend(examples.into_iter().flatten().filter_map(code));
        }
    }
    assert!(samples.len() > 20, "{:?}", language.kind);
    samples
}

/// Numbers that look random and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end.max(1) as u64) as usize
    }
}

/// How many files are made worse in a language: `PLIMSOLL_FLIPS` asks for more.
fn rounds() -> usize {
    let asked = std::env::var("PLIMSOLL_FLIPS").ok();
    asked.and_then(|n| n.parse().ok()).unwrap_or(300)
}

fn failed(language: &Language, judged: &Judged, bytes: &[u8]) -> Option<String> {
    let failed = judged.skipped.contains(&"detector-failed") || judged.cost > PATIENCE;
    failed.then(|| {
        let text = String::from_utf8_lossy(bytes);
        format!("{:?} {:?}: {text}", language.kind, judged.cost)
    })
}

#[test]
fn bits_that_flip_break_nothing() {
    in_every_language(|judge, language| {
        let samples = samples(language);
        let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
        let mut wrong = Vec::new();
        for round in 0..rounds() {
            let mut bytes = samples[numbers.below(samples.len())].clone().into_bytes();
            for _ in 0..=round % 12 {
                let at = numbers.below(bytes.len());
                match numbers.below(4) {
                    _ if bytes.is_empty() => {}
                    0 => drop(bytes.remove(at)),
                    1 => {
                        let other = samples[numbers.below(samples.len())].as_bytes();
                        let from = numbers.below(other.len());
                        let piece = &other[from..(from + 1 + numbers.below(40)).min(other.len())];
                        drop(bytes.splice(at..at, piece.iter().copied()));
                    }
                    _ => bytes[at] ^= 1 << numbers.below(8),
                }
            }
            let judged = judge.judge(language.kind, language.rule, &bytes);
            wrong.extend(failed(language, &judged, &bytes));
        }
        wrong
    });
}

#[test]
fn a_file_may_end_anywhere() {
    in_every_language(|judge, language| {
        let samples = samples(language);
        let mut numbers = Numbers(0x2545_f491_4f6c_dd1d);
        let mut wrong = Vec::new();
        for _ in 0..rounds() / 3 {
            let sample = samples[numbers.below(samples.len())].as_bytes();
            let bytes = &sample[..numbers.below(sample.len() + 1)];
            let judged = judge.judge(language.kind, language.rule, bytes);
            wrong.extend(failed(language, &judged, bytes));
        }
        wrong
    });
}
