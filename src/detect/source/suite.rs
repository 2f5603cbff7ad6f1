//! Unit tests, known by the words of their frameworks: what they do is done by those who wrote it,
//! on data that they made up.

use memchr::memmem;

use crate::parse::source::Language;

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
            any(&names)
                || (any(&["def test_"]) && any(&["assert "])
                    || any(&["def test"]) && any(&["self.assert"]))
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
                "'ava'",
                "\"ava\"",
                "'sinon'",
                "\"sinon\"",
                "'supertest'",
                "\"supertest\"",
            ];
            (any(&blocks) && any(&asks)) || any(&runners)
        }
        Language::Java => {
            let words = ["org.junit", "org.testng", "junit.framework", "spock.lang"];
            any(&words) || extends_test(text)
        }
        // What no build takes along, somebody starts by hand among the tests.
        Language::Go => any(&[
            "testing.T",
            "testing.B",
            "testing.F",
            "testing.M",
            "//go:build ignore",
        ]),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suite_is_known_by_its_framework() {
        for (language, text) in [
            (Language::Python, "import pytest\n"),
            (Language::Python, "def test_sum():\n    assert 1 + 1 == 2\n"),
            (
                Language::Python,
                "class A(Base):\n    def testSum(self):\n        self.assertEqual(2, 1 + 1)\n",
            ),
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
            (Language::Go, "//go:build ignore\n\npackage main\n"),
            (Language::CSharp, "using Xunit;"),
            (Language::Rust, "#[test]\nfn a() {}"),
        ] {
            assert!(is_suite(language, text.as_bytes()), "{text}");
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
