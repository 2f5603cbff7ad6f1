//! Unit tests, known by the words of their frameworks: what they do is done by those who wrote it,
//! on data that they made up.

use memchr::memmem;

use crate::parse::source::Language;

/// True for code that is there for tests, measurements and readers: what it serves and signs is made
/// up, whatever framework runs it.
pub(super) fn is_prop(language: Language, path: &str) -> bool {
    const SHOWN: [&str; 4] = ["example", "examples", "demo", "demos"];
    const MEASURED: [&str; 2] = ["benchmark", "benchmarks"];
    const TESTS: [&str; 4] = ["test", "tests", "spec", "e2e"];
    const SERVING: [&str; 8] = [
        "support",
        "fixtures",
        "helpers",
        "utils",
        "mocks",
        "__mocks__",
        "artifice",
        "dummy",
    ];
    let lower = path.to_ascii_lowercase();
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let holds = |names: &[&str]| folders.split('/').any(|folder| names.contains(&folder));
    let serves = || holds(&TESTS) && holds(&SERVING);
    match language {
        Language::JavaScript => {
            let fuzzes = matches!(name, "fuzz.js" | "fuzzing.js" | "fuzzer.js");
            let is_case = name.starts_with("test-") && holds(&TESTS);
            fuzzes || is_case || holds(&SHOWN) || holds(&MEASURED) || serves()
        }
        Language::Ruby => {
            let is_server = matches!(name, "server.rb" | "test_app.rb" | "config.ru");
            holds(&MEASURED) || serves() || (is_server && holds(&TESTS))
        }
        _ => false,
    }
}

/// True for a text that a framework runs as tests; whether it lies where tests lie, others know.
pub(super) fn is_suite(language: Language, text: &[u8]) -> bool {
    let holds = |word: &str| memmem::find(text, word.as_bytes()).is_some();
    let any = |words: &[&str]| words.iter().any(|word| holds(word));
    match language {
        Language::Python => {
            let names = [
                "unittest",
                "pytest",
                "TestCase",
                "django.test",
                "twisted.trial",
                "setup_method",
            ];
            any(&names) || (any(&["def test_"]) && any(&["assert "]))
        }
        Language::Php => any(&["PHPUnit", "TestCase", "Codeception", "function test"]),
        Language::Ruby => any(&[
            "initest",
            "Test::Unit",
            "TestCase",
            "RSpec",
            "spec_helper",
            "test_helper",
            "describe ",
            "assert_",
            "expect(",
        ]),
        Language::JavaScript => {
            let blocks = ["describe(", " it(", "\nit(", " test(", "\ntest(", "suite("];
            let asks = ["expect(", "assert", "should", "cy."];
            let runners = [
                "vitest",
                "@playwright/test",
                "QUnit",
                "'assert'",
                "\"assert\"",
                "node:assert",
                "assert/strict",
                "'chai'",
                "\"chai\"",
                "'tape'",
                "'tap'",
                "node:test",
                "mustCall",
            ];
            (any(&blocks) && any(&asks)) || any(&runners)
        }
        Language::Java => {
            let words = ["org.junit", "org.testng", "junit.framework", "spock.lang"];
            any(&words) || extends_test(text)
        }
        Language::Go => any(&["testing.T", "testing.B", "testing.F", "testing.M"]),
        Language::CSharp => any(&["Xunit", "NUnit.", "VisualStudio.TestTools", "[Fact]"]),
        Language::Rust => any(&["#[test]", "::test]", "#[rstest", "test]\n"]),
    }
}

/// True where a class of Java is one of tests by what it extends: `extends BaseMapTest`.
fn extends_test(text: &[u8]) -> bool {
    const WORD: &[u8] = b" extends ";
    memmem::find_iter(text, WORD).any(|at| {
        let after = text.get(at + WORD.len()..).unwrap_or_default();
        let end = after.iter().position(|b| !b.is_ascii_alphanumeric());
        let parent = after.get(..end.unwrap_or(after.len())).unwrap_or_default();
        memmem::find(parent, b"Test").is_some()
    })
}

/// True for what lies among tests and is called like a part of them: fixtures, servers to test
/// against, and the pages of Django that its client asks for.
pub(super) fn serves_one(language: Language, path: &str) -> bool {
    if !matches!(language, Language::Python | Language::Php) {
        return false;
    }
    let lower = path.to_ascii_lowercase();
    let mut parts = lower.split('/');
    let name = parts.next_back().unwrap_or_default();
    let mut below = parts.skip_while(|folder| !matches!(*folder, "test" | "tests"));
    if below.next().is_none() {
        return false;
    }
    let is_page = matches!(
        name,
        "urls.py" | "views.py" | "models.py" | "forms.py" | "admin.py" | "settings.py"
    );
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let is_helper = matches!(
        stem,
        "utils" | "util" | "helpers" | "helper" | "base" | "common" | "conftest" | "factories"
    );
    let is_setting = stem.starts_with("config") || stem.starts_with("settings");
    // A stub runs nothing.
    let is_stub = name.ends_with(".pyi");
    is_page
        || is_helper
        || is_setting
        || is_stub
        || name.contains("test")
        || below.any(|folder| matches!(folder, "fixtures" | "utils" | "support" | "helpers"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_serves_tests_is_known_by_where_it_lies() {
        for path in [
            "tests/servers/views.py",
            "app/tests/smtp/smtp-test-server.py",
            "src/A/Tests/Fixtures/php/form.php",
            "app/views/tests/utils.py",
            "tests/config_api.py",
            "a/tests/data/reveal/io.pyi",
        ] {
            let language = match path.ends_with(".php") {
                true => Language::Php,
                false => Language::Python,
            };
            assert!(serves_one(language, path), "{path}");
        }
        for path in ["views.py", "tests/hash.py", "fixtures/a.py", "test.py"] {
            assert!(!serves_one(Language::Python, path), "{path}");
        }
    }

    #[test]
    fn a_suite_is_known_by_its_framework() {
        for (language, text) in [
            (Language::Python, "import pytest\n"),
            (Language::Python, "def test_sum():\n    assert 1 + 1 == 2\n"),
            (Language::Php, "class A extends TestCase {}"),
            (Language::Ruby, "require 'spec_helper'\n"),
            (
                Language::JavaScript,
                "describe('sum', () => { it('adds', () => expect(1).toBe(1)) })",
            ),
            (
                Language::JavaScript,
                "const assert = require('assert');\nassert(read());",
            ),
            (Language::Java, "import org.junit.Test;"),
            (Language::Java, "public class Orders extends BaseTest {}"),
            (Language::Go, "func TestA(t *testing.T) {}"),
            (Language::CSharp, "using Xunit;"),
            (Language::Rust, "#[test]\nfn a() {}"),
        ] {
            assert!(is_suite(language, text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn what_serves_tests_and_readers_is_known_by_its_folder() {
        for (language, path) in [
            (Language::JavaScript, "examples/session/index.js"),
            (Language::JavaScript, "benchmark/tls/connect.js"),
            (Language::Ruby, "spec/bundler/support/endpoint.rb"),
            (Language::Ruby, "benchmark/chmod.rb"),
            (Language::Ruby, "actionview/test/ujs/server.rb"),
        ] {
            assert!(is_prop(language, path), "{path}");
        }
        for (language, path) in [
            (Language::JavaScript, "src/example.js"),
            (Language::JavaScript, "tests/app.js"),
            (Language::Ruby, "app/helpers/page.rb"),
            (Language::Ruby, "test/apps/shop/app/models/user.rb"),
            (
                Language::Java,
                "org/owasp/benchmark/testcode/BenchmarkTest1.java",
            ),
        ] {
            assert!(!is_prop(language, path), "{path}");
        }
    }

    #[test]
    fn a_program_is_no_suite() {
        for (language, text) in [
            (Language::Python, "def test(x):\n    return eval(x)\n"),
            (Language::JavaScript, "assert(x); process.exit(1)"),
            (
                Language::JavaScript,
                "app.get('/', (req, res) => res.send(req.query.q))",
            ),
            (
                Language::Java,
                "class BenchmarkTest00001 extends HttpServlet {}",
            ),
            (Language::Go, "package main\n"),
        ] {
            assert!(!is_suite(language, text.as_bytes()), "{text}");
        }
    }
}
