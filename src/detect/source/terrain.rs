//! What kind of code a file is: tests, generated, vendored and minified files are judged
//! differently.
//!
//! What nobody of the team wrote and nobody will read a finding about is left out and listed:
//! minified scripts, folders that package managers fill, well-known libraries by their banner.
//! What a mere name or remark says, anybody can say of anything: such files are judged, and their
//! findings weigh less.

use crate::model::SkipReason;
use crate::parse::source::Language;

/// What a file is beside code of the team's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Terrain {
    Own,
    /// Only tests run it, or nobody: it shows how the rest is used.
    Test,
    /// A tool wrote it, or so it says; or it lies where other people's code often lies.
    Borrowed,
    /// A copy of somebody else's library.
    Vendored,
    /// Written for machines.
    Minified,
}

impl Terrain {
    pub fn of(language: Language, path: &str, bytes: &[u8]) -> Self {
        let lower = path.to_ascii_lowercase();
        let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
        let is_script = language == Language::JavaScript;
        let is_bundle = || is_script && is_bundle(folders, bytes);
        if is_minified_name(name)
            || is_chunk(folders, name)
            || is_minified(is_script, bytes)
            || is_bundle()
        {
            return Self::Minified;
        }
        let folders = || folders.split('/');
        if folders().any(|folder| is_vendored_folder(language, folder)) || is_known(name, bytes) {
            return Self::Vendored;
        }
        let is_shown = shows(language) && folders().any(is_example);
        if is_test(path) || is_shown || language == Language::Go && imports_testing(bytes) {
            return Self::Test;
        }
        let is_borrowed = folders().any(|folder| matches!(folder, "vendor" | "vendors"))
            || folders().next() == Some("external");
        if is_borrowed || is_generated_name(name) || says_generated(bytes) {
            return Self::Borrowed;
        }
        Self::Own
    }

    /// Why code of this kind is not judged, where nobody asks for it.
    pub fn left_out(self) -> Option<SkipReason> {
        match self {
            Self::Minified => Some(SkipReason::Minified),
            Self::Vendored => Some(SkipReason::Vendored),
            Self::Own | Self::Test | Self::Borrowed => None,
        }
    }
}

/// Longest line that a person writes; bundlers and minifiers write longer ones.
const LONG_LINE: usize = 5000;

/// Lines of a program that is packed into one file are this long on average, but not one by one.
const DENSE_LINE: usize = 170;
const DENSE_FILE: usize = 100_000;

/// True for files that a tool wrote for machines: bundles, minified scripts, generated parsers.
fn is_minified(is_script: bool, bytes: &[u8]) -> bool {
    let mut start = 0;
    let mut long = 0;
    let mut lines = 0;
    // Lines of a script that is packed into few of them, and what they hold: texts over several
    // lines, which no minifier may join, stand between them.
    let (mut packed, mut in_packed) = (0, 0);
    for end in memchr::memchr_iter(b'\n', bytes).chain([bytes.len()]) {
        if end - start > LONG_LINE {
            long += end - start;
        }
        if is_script && end - start > LONG_SCRIPT {
            packed += 1;
            in_packed += end - start;
        }
        start = end + 1;
        lines += 1;
    }
    // One long table in an ordinary file does not make it generated, nor does a short one.
    let is_dense = bytes.len() > DENSE_FILE && (lines - 1) * DENSE_LINE < bytes.len();
    let is_packed = packed > 2 && in_packed * 2 > bytes.len();
    // A short script in one line, perhaps under a line of remarks.
    let is_one_line = is_script && bytes.len() > LONG_SCRIPT && lines <= 3;
    long * 2 > bytes.len() || is_dense || is_packed || is_one_line
}

/// Longest script that a person writes into one line, or under a line of remarks.
const LONG_SCRIPT: usize = 1500;

fn is_minified_name(name: &str) -> bool {
    let ends = [
        ".min.js",
        ".min.mjs",
        ".min.cjs",
        "-min.js",
        ".bundle.js",
        ".chunk.js",
    ];
    ends.iter().any(|end| name.ends_with(end)) || has_digest(name)
}

/// `app-3f0c9be7ab42.js`: bundlers put a digest of what they made into its name.
fn has_digest(name: &str) -> bool {
    let stem = [".js", ".mjs"]
        .iter()
        .find_map(|end| name.strip_suffix(end));
    stem.and_then(|stem| stem.rsplit_once(['-', '.']))
        .is_some_and(|(_, digest)| {
            digest.len() >= 16
                && digest.bytes().all(|b| b.is_ascii_hexdigit())
                && digest.bytes().any(|b| b.is_ascii_digit())
        })
}

/// `chunks/index-c31fh01q.js`, `chunk-7rtfrkqw.mjs`: a short digest, where bundlers put theirs.
fn is_chunk(folders: &str, name: &str) -> bool {
    let stem = name.strip_suffix(".js").or(name.strip_suffix(".mjs"));
    let Some((head, digest)) = stem.and_then(|stem| stem.split_once('-')) else {
        return false;
    };
    let is_digest = digest.len() == 8
        && digest
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && digest.bytes().any(|b| b.is_ascii_digit());
    is_digest && (head == "chunk" || folders.rsplit('/').next() == Some("chunks"))
}

/// Most parts that a bundler may name in what is no bundle yet: a module and what it imports.
const FEW_PARTS: usize = 2;

/// True for a build in which a bundler has named each of the files that went into it.
fn is_bundle(folders: &str, bytes: &[u8]) -> bool {
    // `/***/ "./src/a.js"`, `/***/ 431:`, and what is put together into one: `;// ./src/a.ts`.
    let begins = |at: &usize| {
        let next = bytes.get(at + b"\n/***/ ".len());
        next.is_some_and(|byte| *byte == b'"' || byte.is_ascii_digit())
    };
    let listed = || memchr::memmem::find_iter(bytes, b"\n/***/ ").filter(begins);
    let modules = || listed().chain(memchr::memmem::find_iter(bytes, b"\n;// "));
    let is_of_webpack = memchr::memmem::find(bytes, b"__webpack_require__").is_some();
    if is_of_webpack && modules().nth(FEW_PARTS).is_some() {
        return true;
    }
    // `//#region src/a.ts` of Rolldown and Vite, `// src/a.ts` of esbuild.
    let named = |mark: &'static [u8], of_others: bool| {
        memchr::memmem::find_iter(bytes, mark)
            .filter(move |at| {
                let rest = bytes.get(at + mark.len()..).unwrap_or(&[]);
                let line = rest.split(|byte| *byte == b'\n').next().unwrap_or(rest);
                let ends: [&[u8]; 6] = [b".ts", b".js", b".tsx", b".mjs", b".mts", b".cjs"];
                ends.iter().any(|end| line.ends_with(end))
                    && !line.contains(&b' ')
                    && (!of_others || memchr::memmem::find(line, b"node_modules/").is_some())
            })
            .nth(FEW_PARTS)
            .is_some()
    };
    let mut parts = folders.split('/');
    if parts.any(|folder| matches!(folder, "dist" | "build" | "out")) {
        return named(b"\n//#region ", false) || named(b"\n// ", false);
    }
    memchr::memmem::find(bytes, b"node_modules/").is_some() && named(b"\n// ", true)
}

/// Folders that only a package manager, or somebody in its place, fills.
fn is_vendored_folder(language: Language, folder: &str) -> bool {
    match folder {
        "node_modules" | "bower_components" | "jspm_packages" | "site-packages" | "pods"
        | "third_party" | "third-party" | "thirdparty" | "3rdparty" | "3rd_party" | "_vendor"
        | "_vendored" | "vendored" => true,
        // `node_modules_`, under another name so that it can be committed.
        _ if folder.trim_matches(['_', '.']) == "node_modules" => true,
        // What quilt keeps of the files that it has changed.
        ".pc" => true,
        // A copy of Python's own library, beside an implementation of the language.
        "lib-python" => language == Language::Python,
        // What is built goes there; modules that lie there are installed packages.
        "dist" => language == Language::Python,
        // Other people's scripts, put beside those that need them.
        "bundled" => language == Language::JavaScript,
        // Where packages are named after what they are about, a vendor is who sells something.
        "vendor" => !matches!(
            language,
            Language::Python | Language::Java | Language::CSharp
        ),
        _ => false,
    }
}

/// True for a script in a folder of other people's code.
pub fn is_vendored(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let mut folders = lower.split('/').rev().skip(1);
    folders.any(|folder| is_vendored_folder(Language::JavaScript, folder))
}

/// Libraries that are copied into repositories as one file.
const LIBRARIES: [&str; 37] = [
    "ace",
    "angular",
    "backbone",
    "bootstrap",
    "chart",
    "ckeditor",
    "clipboard",
    "codemirror",
    "d3",
    "dropzone",
    "ember",
    "fullcalendar",
    "handlebars",
    "highcharts",
    "highlight",
    "html5shiv",
    "jquery",
    "jszip",
    "knockout",
    "leaflet",
    "lodash",
    "modernizr",
    "moment",
    "mootools",
    "mustache",
    "plotly",
    "popper",
    "prettify",
    "prototype",
    "qunit",
    "react",
    "require",
    "select2",
    "three",
    "tinymce",
    "underscore",
    "vue",
];

/// True for a script that is called like a well-known library and begins with its banner: the
/// name, a version and whose it is; or that a tool has pinned.
fn is_known(name: &str, bytes: &[u8]) -> bool {
    let Some(stem) = name.strip_suffix(".js") else {
        return false;
    };
    // `@acme--chart.js`, as packages are pinned to a folder of scripts.
    if stem.starts_with('@') && stem.contains("--") {
        return true;
    }
    let head = head(bytes, 1000);
    // What a help compiler puts beside its pages.
    let is_of_help = matches!(stem, "ehlpdhtm" | "bsscdhtm") || stem.starts_with("wh");
    if is_of_help && (head.contains("ehelp corporation") || head.contains("robohelp")) {
        return true;
    }
    let is_library = |library: &&&str| {
        stem.strip_prefix(**library)
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphabetic()))
    };
    LIBRARIES.iter().find(is_library).is_some_and(|library| {
        head.trim_start().starts_with("/*")
            && head.contains(*library)
            && ["license", "copyright", "(c)"]
                .iter()
                .any(|word| head.contains(word))
            && has_version(&head)
    })
}

/// The beginning of a file in small letters.
fn head(bytes: &[u8], most: usize) -> String {
    let head = bytes.get(..bytes.len().min(most)).unwrap_or_default();
    String::from_utf8_lossy(head).to_ascii_lowercase()
}

/// True where a number follows a dot that follows a number: `v3.6`.
fn has_version(text: &str) -> bool {
    text.as_bytes()
        .windows(3)
        .any(|w| matches!(w, [a, b'.', b] if a.is_ascii_digit() && b.is_ascii_digit()))
}

/// Names that generators give what they write.
fn is_generated_name(name: &str) -> bool {
    const ENDS: [&str; 17] = [
        ".pb.go",
        ".pb.gw.go",
        ".gen.go",
        "_generated.go",
        "_pb2.py",
        "_pb2_grpc.py",
        "_pb.js",
        "_pb.ts",
        "_pb.rb",
        ".g.cs",
        ".g.i.cs",
        ".designer.cs",
        ".generated.cs",
        ".generated.ts",
        ".generated.js",
        ".generated.rs",
        ".pb.rs",
    ];
    ENDS.iter().any(|end| name.ends_with(end)) || name.starts_with("zz_generated")
}

/// Lines at the top of a file in which a generator says what it made.
const HEADER: usize = 40;

/// How many bytes these lines have at the most.
const HEAD: usize = 4000;

/// True where a comment at the top says that a tool wrote the file.
fn says_generated(bytes: &[u8]) -> bool {
    let written = bytes.get(..bytes.len().min(HEAD)).unwrap_or_default();
    let says = |word: &[u8]| memchr::memmem::find(written, word).is_some();
    if !says(b"enerated") && !says(b"ENERATED") {
        return false;
    }
    let head = head(bytes, HEAD);
    let mut said = false;
    let mut forbids = false;
    for line in head.lines().take(HEADER) {
        let line = line.trim_start();
        let is_comment = ["//", "/*", "*", "#", "--", "<!--", "<?php", "\"\"\""]
            .iter()
            .any(|sign| line.starts_with(sign));
        if !is_comment {
            continue;
        }
        let is_tag = |tag: &str| {
            line.split_once(tag).is_some_and(|(before, after)| {
                let word = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
                !before.ends_with(word) && !after.starts_with(word)
            })
        };
        if is_tag("@generated") || line.contains("<auto-generated") {
            return true;
        }
        let by_tool = [
            "is auto-generated",
            "is autogenerated",
            "is automatically generated",
            "was automatically generated",
            "was auto-generated",
            "automatically generated by",
            "auto-generated by",
            "autogenerated by",
            "generated by the protocol buffer compiler",
        ];
        if by_tool.iter().any(|words| line.contains(words)) {
            return true;
        }
        said |= line.contains("generated");
        forbids |= line.contains("do not edit")
            || line.contains("do not modify")
            || line.contains("don't edit");
    }
    said && forbids
}

/// Languages in whose packages a folder of examples is no part of what is delivered.
fn shows(language: Language) -> bool {
    matches!(language, Language::Rust | Language::JavaScript)
}

fn is_example(folder: &str) -> bool {
    matches!(folder, "example" | "examples" | "demo" | "demos")
}

/// True for code that only tests run.
pub fn is_test(path: &str) -> bool {
    let mut parts = path.split('/').rev();
    let name = parts.next().unwrap_or("").to_ascii_lowercase();
    let in_folder = parts.any(|folder| {
        let folder = folder.to_ascii_lowercase();
        // `Project.Tests`, as .NET calls the project of tests.
        let of_project = [
            ".test",
            ".tests",
            ".unittests",
            ".integrationtests",
            "-tests",
            "-testsuite",
            "_tests",
        ];
        of_project.iter().any(|end| folder.ends_with(end))
            || matches!(
                folder.as_str(),
                "test"
                    | "tests"
                    | "__tests__"
                    | "spec"
                    | "specs"
                    | "e2e"
                    | "testing"
                    | "testsuite"
                    | "microbench"
                    | "benchmarks"
                    | "testcases"
                    | "test-framework"
                    | "regtest"
                    | "regress"
                    | "xtests"
                    | "__mocks__"
                    | "testdata"
                    | "testutil"
                    | "testutils"
                    | "test_utils"
                    | "testhelper"
                    | "testhelpers"
                    | "integration"
                    | "cypress"
                    | "fuzz"
                    | "fuzz_targets"
                    | "benches"
                    | "jmh"
            )
    });
    // Where Maven keeps the projects that its plugins are tried on.
    let in_folder = in_folder || path.starts_with("src/it/") || path.contains("/src/it/");
    let stem = name.split('.').next().unwrap_or("");
    in_folder
        || stem.starts_with("test_")
        || stem.ends_with("_test")
        || stem.ends_with("_tests")
        || matches!(
            stem,
            "test" | "tests" | "conftest" | "selftest" | "selftests"
        )
        || is_test_class(path)
        || name.contains(".test.")
        || name.contains(".spec.")
}

/// `OrderTest.java`, `OrderTests.cs`, `OrderTest.php`: what test runners look for.
fn is_test_class(path: &str) -> bool {
    let ends = [".java", ".cs", ".php"];
    let stem = ends.into_iter().find_map(|end| path.strip_suffix(end));
    let is_end = |end: &str| {
        let rest = stem.and_then(|stem| stem.strip_suffix(end));
        rest.is_some_and(|rest| rest.ends_with(|c: char| c.is_ascii_lowercase()))
    };
    ["Test", "Tests", "TestCase"].into_iter().any(is_end)
}

/// What helps tests is compiled into no program: `testing` drags its flags along.
pub(super) fn imports_testing(bytes: &[u8]) -> bool {
    let head = bytes.get(..4096).unwrap_or(bytes);
    memchr::memmem::find(head, b"\n\t\"testing\"\n").is_some()
        || memchr::memmem::find(head, b"\nimport \"testing\"\n").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terrain(path: &str, text: &str) -> Terrain {
        let language = match path.rsplit('.').next() {
            Some("js") => Language::JavaScript,
            Some("go") => Language::Go,
            Some("cs") => Language::CSharp,
            Some("rb") => Language::Ruby,
            _ => Language::Python,
        };
        Terrain::of(language, path, text.as_bytes())
    }

    #[test]
    fn tests_are_known_by_folder_and_name() {
        for path in [
            "tests/a.py",
            "src/app.spec.ts",
            "pkg/util_test.py",
            "end_to_end_tests/upload.py",
            "yaml/integration_tests.py",
            "a/__tests__/b.js",
            "src/App.Tests/HomeControllerTests.cs",
            "plugin/src/it/simple/Hello.java",
            "src/Crypto/SelfTest.cs",
            "src/OrderTest.java",
            "src/Ftp/ConnectionTest.php",
        ] {
            assert!(is_test(path), "{path}");
        }
        for path in [
            "src/testify.py",
            "latest/app.js",
            "contest.py",
            "src/Contest.java",
            "src/BenchmarkTest00001.java",
            "src/attest.ts",
        ] {
            assert!(!is_test(path), "{path}");
        }
    }

    #[test]
    fn a_bundle_is_minified_and_a_file_with_one_long_table_is_not() {
        let bundle = format!("/*! x */\n{}\n", "a".repeat(20_000));
        assert_eq!(terrain("a.js", &bundle), Terrain::Minified);
        assert_eq!(terrain("static/a.min.js", "eval(x)\n"), Terrain::Minified);
        let line = format!("'use strict';{}\n", "a(b);".repeat(400));
        assert_eq!(terrain("lib/a.js", &line), Terrain::Minified);
        assert_eq!(terrain("lib/a.py", &line), Terrain::Own);
        assert_eq!(terrain("a.js", &"a(b);\n".repeat(400)), Terrain::Own);
        let table = format!("{}\nt = '{}'\n", "x = 1\n".repeat(5000), "a".repeat(6000));
        assert_eq!(terrain("a.js", &table), Terrain::Own);
        assert_eq!(terrain("admin.js", "eval(x)\n"), Terrain::Own);
        let parts = "\n//#region src/a.ts\na(b);\n//#endregion\n";
        assert_eq!(terrain("dist/a.js", &parts.repeat(3)), Terrain::Minified);
        assert_eq!(terrain("dist/a.js", parts), Terrain::Own);
        assert_eq!(terrain("src/a.js", &parts.repeat(3)), Terrain::Own);
        let parts = "\n// src/a.ts\na(b);\n";
        assert_eq!(terrain("dist/b.js", &parts.repeat(3)), Terrain::Minified);
        assert_eq!(terrain("src/b.js", &parts.repeat(3)), Terrain::Own);
        let parts = "\n// ../../node_modules/a/b.mjs\na(b);\n";
        assert_eq!(terrain("cli/b.js", &parts.repeat(3)), Terrain::Minified);
        assert_eq!(terrain("cli/b.js", parts), Terrain::Own);
        let few = format!("'use strict';{}\n`\n", "a(b);".repeat(400));
        let more = "a(b);\n".repeat(100);
        assert_eq!(
            terrain("lib/b.js", &format!("{few}{few}{few}{more}")),
            Terrain::Minified
        );
        assert_eq!(
            terrain("lib/b.js", &format!("{few}{more}{more}{more}{more}")),
            Terrain::Own
        );
        let part = "\n/***/ \"./node_modules/a/b.js\":\n__webpack_require__.r(a);\n";
        assert_eq!(terrain("static/a.js", &part.repeat(3)), Terrain::Minified);
        assert_eq!(terrain("static/a.js", part), Terrain::Own);
        let one = "\n/***/ 431:\n__webpack_require__.r(a);\n/***/ },\n";
        assert_eq!(terrain("static/a.js", &one.repeat(3)), Terrain::Minified);
        assert_eq!(terrain("static/a.js", one), Terrain::Own);
        let joined = "__webpack_require__.r(a);\n;// ./src/a.ts\na(b);\n";
        assert_eq!(terrain("build/a.js", &joined.repeat(3)), Terrain::Minified);
        assert_eq!(terrain("build/a.js", joined), Terrain::Own);
    }

    #[test]
    fn folders_of_package_managers_are_vendored() {
        for path in [
            "node_modules/a/index.js",
            "app/node_modules_/a/index.js",
            "web/bower_components/a.js",
            "venv/lib/python3.13/site-packages/a/b.py",
            "third_party/zlib/a.py",
            "pip/_vendor/requests/api.py",
            "app/dist/requests/api.py",
            "vendor/github.com/a/b/c.go",
            "vendor/bundle/ruby/a.rb",
            "lib-python/2.7/pydoc.py",
        ] {
            assert_eq!(terrain(path, "x\n"), Terrain::Vendored, "{path}");
        }
    }

    #[test]
    fn a_folder_that_may_hold_own_code_weighs_less_and_is_judged() {
        assert_eq!(terrain("shop/vendor/views.py", "x\n"), Terrain::Borrowed);
        assert_eq!(terrain("external/a/b.py", "x\n"), Terrain::Borrowed);
        assert_eq!(terrain("app/external/client.py", "x\n"), Terrain::Own);
        assert_eq!(terrain("app/vendoring.py", "x\n"), Terrain::Own);
        assert_eq!(terrain("app/vendor.py", "x\n"), Terrain::Own);
        assert_eq!(terrain("app/dist/run.js", "x\n"), Terrain::Own);
        assert_eq!(terrain("app/dist.py", "x\n"), Terrain::Own);
        assert_eq!(terrain("my_node_modules/a.js", "x\n"), Terrain::Own);
    }

    #[test]
    fn a_library_is_known_by_its_name_and_its_banner() {
        let banner =
            "/*!\n * jQuery JavaScript Library v3.6.0\n * Released under the MIT license\n */\nx\n";
        for path in ["js/jquery.js", "js/jquery-3.6.0.js", "js/jquery.slim.js"] {
            assert_eq!(terrain(path, banner), Terrain::Vendored, "{path}");
        }
        let pinned = "vendor/javascript/@acme--chart.js";
        assert_eq!(terrain(pinned, "eval(x)\n"), Terrain::Vendored);
        let help = "// eHelp Corporation Dynamic HTML JavaScript\n// Version=4.45\nx\n";
        assert_eq!(terrain("help/ehlpdhtm.js", help), Terrain::Vendored);
        assert_eq!(terrain("help/ehlpdhtm.js", "eval(x)\n"), Terrain::Own);
        assert_eq!(terrain("js/@acme/chart.js", "eval(x)\n"), Terrain::Own);
        assert_eq!(terrain("js/jquery.js", "eval(x)\n"), Terrain::Own);
        assert_eq!(terrain("js/jqueryish.js", banner), Terrain::Own);
        assert_eq!(terrain("js/shop.js", banner), Terrain::Own);
    }

    #[test]
    fn a_generator_signs_what_it_writes() {
        for (path, text) in [
            (
                "a.go",
                "// Code generated by mockgen. DO NOT EDIT.\npackage a\n",
            ),
            (
                "a.py",
                "# -*- coding: utf-8 -*-\n# Generated by the protocol buffer compiler.  DO NOT EDIT!\n",
            ),
            (
                "a.py",
                "#\n# Autogenerated by Thrift Compiler (0.20.0)\n#\n",
            ),
            ("a.cs", "//----\n// <auto-generated>\n//     by a tool\n"),
            ("a.js", "/**\n * @generated SignedSource<<x>>\n */\n"),
            (
                "schema.rb",
                "# This file is auto-generated from the current state of the database.\n",
            ),
            ("api/a.pb.go", "package a\n"),
            ("api/a_pb2.py", "x\n"),
            ("Form1.Designer.cs", "x\n"),
        ] {
            assert_eq!(terrain(path, text), Terrain::Borrowed, "{path}");
        }
        for text in [
            "# Tokens are generated below.\n",
            "# Do not edit the list without asking.\n",
            "MARK = '@generated'\n",
            "print('this file is auto-generated')\n",
            "# see the @generated-by option\n",
        ] {
            assert_eq!(terrain("a.py", text), Terrain::Own, "{text}");
        }
        let late = "x = 1\n".repeat(50) + "# @generated\n";
        assert_eq!(terrain("a.py", &late), Terrain::Own);
    }
}
