//! Code that is kept apart from the program, known by where it lies, whatever its text says: tests
//! and what serves them, measurements, attacks on others, and examples of how a library is used.

use crate::parse::source::Language;

/// What lies in a folder of tests to serve them.
const SERVING: [&str; 13] = [
    "lib",
    "tools",
    "support",
    "stub",
    "stubs",
    "fixtures",
    "helpers",
    "utils",
    "mocks",
    "__mocks__",
    "artifice",
    "dummy",
    "resources",
];

/// True for what a build, or a habit of its language, keeps apart from the program.
pub(super) fn lies_apart(language: Language, path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let below = |place: &str| lower.starts_with(place) || lower.contains(&format!("/{place}"));
    let has = |names: &[&str]| folders.split('/').any(|folder| names.contains(&folder));
    let measures = || has(&["bench", "benchmark", "benchmarks"]);
    let is_of_test = || has(&["test", "tests", "spec", "e2e", "test-e2e", "e2e-tests"]);
    let serves = || is_of_test() && has(&SERVING);
    let shows = || has(&["examples", "samples", "demo", "demos"]);
    // What attacks others speaks as they do.
    if has(&["exploits", "pocs"]) {
        return true;
    }
    match language {
        // `example` is also what packages are called before they have a name.
        Language::Java => {
            let parts = folders.split_once("/src/main/");
            let mut module = parts.map_or("", |(module, _)| module).split('/');
            let others = [
                "demo",
                "demos",
                "example",
                "samples",
                "test",
                "tests",
                "testsuite",
            ];
            let is_demo = |folder: &str| {
                let ends = ["-demo", "-demos"];
                folder.contains("-demo-") || ends.iter().any(|end| folder.ends_with(end))
            };
            let is_module = module.any(|folder| others.contains(&folder) || is_demo(folder));
            let tests = [
                "testcases/org/",
                "src/it/",
                "src/example/",
                "test/src/",
                "tests/src/",
            ];
            // `src/test/`, and what Gradle has beside it: `src/integTest/`, `src/functionalTest/`.
            let is_set = |place: &str| {
                let (set, _) = place.split_once('/').unwrap_or_default();
                set.ends_with("test") && set != "latest"
            };
            let has_set = lower.split("src/").skip(1).any(is_set);
            // Code that an analyser is tried on is judged as what it shows.
            let is_shown = has(&["testcode"]) || below("src/test/files/");
            let is_test = tests.into_iter().any(below) || has_set;
            // A `-benchmark` may be one of analysers.
            let ends = ["-example", "-examples", "-samples"];
            let is_named = |folder: &str| ends.iter().any(|end| folder.ends_with(end));
            let names = [
                "examples",
                "samples",
                "testing",
                "testsrc",
                "test-framework",
            ];
            // A module of its own, `xml-benchmark/src/`, measures the others.
            let module = lower.split_once("/src/").map(|(module, _)| module);
            let is_measure = module.is_some_and(|module| {
                let last = module.rsplit('/').next().unwrap_or(module);
                matches!(last, "benchmark" | "benchmarks") || last.ends_with("-benchmark")
            });
            let is_bench =
                is_measure || has(&["jmh", "microbench"]) || folders.split('/').any(is_named);
            // What readers of a manual are shown.
            let is_manual = ["doc/", "docs/"].iter().any(|at| lower.starts_with(at));
            // `com.acme.test.PoolTest`, in a package of its own among the program's.
            let is_packaged = folders.ends_with("/test") && name.ends_with("test.java");
            let is_other = has(&names) || is_bench || is_manual || is_packaged;
            !is_shown && (is_test || is_module || is_other)
        }
        Language::CSharp => {
            let is_project = |folder: &str| {
                [".test", ".tests", ".unittests", ".integrationtests"]
                    .iter()
                    .any(|end| folder.ends_with(end))
            };
            // Cases of an analyser are data, and judged as such.
            folders.split('/').any(is_project) && !has(&["testcases"])
                || has(&["examples", "samples"])
                || name == "selftest.cs"
        }
        Language::Go => {
            // Go builds nothing of `testdata`; analysers are tried on `testdata/src`.
            let is_data = has(&["testdata"]) && !below("testdata/src/");
            // Programs that show one implementation to another are no part of either.
            let examples = ["example", "examples", "_example", "_examples", "interop"];
            // `storetest`, as packages are called that help tests.
            let words = ["latest", "contest", "attest", "greatest"];
            let helps = |f: &str| f.len() > 4 && f.ends_with("test") && !words.contains(&f);
            let is_helper = folders.split('/').any(helps);
            // Programs that tests drive.
            let is_driven = folders
                .split_once("integration/")
                .is_some_and(|(_, below)| below.split('/').any(|folder| folder == "cmd"));
            // What a package keeps for its tests and those of others.
            let is_kept = name == "testing.go";
            let is_apart = is_data || is_helper || is_driven || is_kept;
            name.ends_with("_test.go") || is_apart || has(&examples) || serves()
        }
        Language::Rust => {
            let tests = ["tests", "integ_tests", "integration_tests"];
            has(&["examples", "benches"]) || has(&tests) && !below("tests/ui/")
        }
        Language::JavaScript => {
            let fuzzes = matches!(name, "fuzz.js" | "fuzzing.js" | "fuzzer.js");
            // What only a checker of types reads.
            let is_of_types = name.ends_with(".test-d.ts") || name.ends_with(".tst.ts");
            let stem = name.split('.').next().unwrap_or(name);
            // Pages, servers and clients that tests talk to.
            let is_peer = matches!(stem, "server" | "webserver" | "client" | "runner" | "setup");
            let is_named = stem.contains("test") || stem.starts_with("mock");
            // `e2e.api.js`: what puts a server under test into the state that a test asks for.
            let is_whole = stem == "e2e";
            let is_case = is_of_test() && (is_named || is_peer || has(&["server", "servers"]));
            let is_shown = has(&["example", "examples", "demo", "demos"]);
            // What else lies in a folder that only jest, or a server under test, looks into.
            let is_helper = has(&[
                "__tests__",
                "testsrc",
                "testmode",
                "test-utils",
                "test-helpers",
            ]);
            let is_tested = is_case || is_helper || is_whole;
            fuzzes || is_of_types || is_tested || is_shown || measures() || serves()
        }
        Language::Ruby => {
            let is_server = matches!(name, "server.rb" | "test_app.rb" | "config.ru");
            measures() || serves() || shows() || (is_server && is_of_test())
        }
        Language::Python | Language::Php => {
            // The settings with which a library tries itself, and what helps it to.
            let tries = matches!(
                name,
                "testsettings.py"
                    | "test_settings.py"
                    | "testutil.py"
                    | "testutils.py"
                    | "test_util.py"
                    | "test_utils.py"
            );
            let shows = || language == Language::Php && shows();
            // What is there to try a server until it breaks, and what Debian tries a package with.
            let tortures =
                language == Language::Python && (has(&["torture"]) || below("debian/tests/"));
            tries || tortures || shows() || serves_tests(folders, name)
        }
    }
}

/// True for files that say what there is, and hold nothing that runs: `index.d.ts`.
pub(super) fn declares_only(language: Language, path: &str) -> bool {
    let ends = [".d.ts", ".d.mts", ".d.cts"];
    language == Language::JavaScript && ends.iter().any(|end| path.ends_with(end))
}

/// True for what lies among tests and is called like a part of them: fixtures, servers to test
/// against, and the pages of Django that its client asks for.
fn serves_tests(folders: &str, name: &str) -> bool {
    let mut below = folders.split('/');
    if !below.any(|folder| matches!(folder, "test" | "tests" | "testing")) {
        return false;
    }
    let is_page = matches!(
        name,
        "urls.py" | "views.py" | "models.py" | "forms.py" | "admin.py"
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
        || name.starts_with("mock")
        || below.any(|folder| {
            let names = [
                "fixtures",
                "functional",
                "integration",
                "integration_tests",
                "unit",
                "utils",
                "support",
                "helpers",
            ];
            // `TestBundle`, as Symfony calls an application to try itself on.
            names.contains(&folder) || folder.ends_with("testbundle")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_and_examples_are_known_by_where_a_build_looks_for_them() {
        for (language, path) in [
            (
                Language::Java,
                "core/src/test/java/org/acme/TestOrders.java",
            ),
            (Language::Java, "core/src/jmh/java/org/acme/Orders.java"),
            (Language::Java, "example/src/main/java/org/acme/Client.java"),
            (
                Language::Java,
                "tests/webapp/src/main/java/org/acme/Dump.java",
            ),
            (
                Language::Java,
                "src/main/java/org/acme/examples/Client.java",
            ),
            (Language::Java, "core/src/test/java/org/acme/Recorder.java"),
            (Language::Java, "java/testing/org/acme/Harness.java"),
            (Language::Java, "doc/PoolExample.java"),
            (Language::Java, "test/src/org/acme/Servlet.java"),
            (Language::Java, "src/ooxml/testcases/org/acme/Keys.java"),
            (
                Language::Java,
                "core/src/integTest/java/org/acme/Server.java",
            ),
            (Language::Java, "src/example/java/org/acme/Demo.java"),
            (
                Language::Java,
                "acme-demos/acme-demo-web/src/main/java/org/acme/Dump.java",
            ),
            (
                Language::Java,
                "acme-example/src/main/java/org/acme/Demo.java",
            ),
            (
                Language::Java,
                "acme-benchmark/src/java/org/acme/Reader.java",
            ),
            (Language::Java, "src/classes/org/acme/test/PoolTest.java"),
            (Language::CSharp, "Src/Acme.Tests/Objects/Item.cs"),
            (Language::Go, "pkg/order_test.go"),
            (Language::Go, "pkg/storetest/store.go"),
            (Language::Go, "_examples/client/main.go"),
            (Language::Go, "test/utils/commands.go"),
            (Language::Go, "integration/plugin/cmd/discard/driver.go"),
            (Language::Go, "build/testing.go"),
            (Language::Go, "interop/fallback/client.go"),
            (Language::Rust, "benches/decode.rs"),
            (Language::Rust, "tests/support/client.rs"),
            (Language::Python, "acme/tests/unit/backend.py"),
            (Language::Python, "acme/utils/testutil.py"),
            (Language::Python, "torture/drs/replicate.py"),
            (Language::Python, "debian/tests/mitm.py"),
        ] {
            assert!(lies_apart(language, path), "{path}");
        }
        for (language, path) in [
            (Language::Java, "src/main/java/com/example/app/Shop.java"),
            (Language::Java, "src/main/java/com/example/demo/Shop.java"),
            (
                Language::Java,
                "acme-democracy/src/main/java/org/acme/Shop.java",
            ),
            (Language::Java, "src/Test.java"),
            (
                Language::Java,
                "acme-benchmark/src/main/java/org/acme/testcode/Case.java",
            ),
            (Language::Java, "src/main/java/org/acme/benchmark/Shop.java"),
            (Language::Java, "src/latest/Shop.java"),
            (Language::Java, "src/main/java/org/acme/test/Shop.java"),
            (Language::Go, "internal/integration/slack/client.go"),
            (Language::Java, "src/main/java/org/acme/doc/Shop.java"),
            (
                Language::Java,
                "samples/src/test/java/testcode/Servlet.java",
            ),
            (Language::Java, "src/main/java/org/acme/TestServlet.java"),
            (Language::CSharp, "src/Acme.Tests/TestCases/Cookie.cs"),
            (Language::CSharp, "src/Testing/Item.cs"),
            (Language::Go, "internal/exampled/main.go"),
            (Language::Go, "api/latest/main.go"),
            (Language::Go, "internal/interoperable/main.go"),
            (Language::Rust, "src/examples.rs"),
            (Language::Rust, "tests/ui/permissions.rs"),
            (Language::Python, "examples/client.py"),
            (Language::Python, "acme/unit/backend.py"),
        ] {
            assert!(!lies_apart(language, path), "{path}");
        }
    }

    #[test]
    fn attacks_on_others_are_known_by_their_folder() {
        let (python, ruby) = (Language::Python, Language::Ruby);
        assert!(lies_apart(python, "modules/exploits/routers/acme.py"));
        assert!(lies_apart(ruby, "modules/exploits/linux/acme.rb"));
        assert!(!lies_apart(python, "modules/exploited.py"));
        assert!(!lies_apart(python, "exploits.py"));
    }

    #[test]
    fn declarations_of_types_hold_no_code() {
        assert!(declares_only(Language::JavaScript, "dist/index.d.mts"));
        assert!(!declares_only(Language::JavaScript, "src/d.ts"));
    }

    #[test]
    fn what_serves_tests_is_known_by_where_it_lies() {
        for path in [
            "tests/servers/views.py",
            "guard/testapp/testsettings.py",
            "app/tests/smtp/smtp-test-server.py",
            "src/A/Tests/Fixtures/php/form.php",
            "src/A/Tests/Apps/AcmeTestBundle/Controller/Form.php",
            "app/views/tests/utils.py",
            "tests/config_api.py",
            "tests/mock_api.py",
            "Testing/Source/Python/TestDigest.py",
            "a/tests/data/reveal/io.pyi",
        ] {
            let language = match path.ends_with(".php") {
                true => Language::Php,
                false => Language::Python,
            };
            assert!(lies_apart(language, path), "{path}");
        }
        for path in ["views.py", "tests/hash.py", "fixtures/a.py", "test.py"] {
            assert!(!lies_apart(Language::Python, path), "{path}");
        }
    }

    #[test]
    fn what_serves_tests_and_readers_is_known_by_its_folder() {
        for (language, path) in [
            (Language::JavaScript, "examples/session/index.js"),
            (Language::JavaScript, "benchmark/tls/connect.js"),
            (Language::JavaScript, "src/__tests__/utils.ts"),
            (Language::JavaScript, "test/webserver.js"),
            (Language::JavaScript, "types/index.tst.ts"),
            (Language::JavaScript, "test/stub/node/app.js"),
            (Language::JavaScript, "test/lib/run-server.js"),
            (Language::JavaScript, "tests/cases/set/resources/set.js"),
            (Language::JavaScript, "test-e2e/tools/cluster.ts"),
            (Language::JavaScript, "dijit/tests/_loadTest.js"),
            (Language::JavaScript, "engine/testsrc/tests/eval.js"),
            (Language::Ruby, "spec/bundler/support/endpoint.rb"),
            (Language::Ruby, "benchmark/chmod.rb"),
            (Language::Ruby, "examples/client.rb"),
            (Language::Php, "demo/ssl_connection.php"),
            (Language::Ruby, "bench/ffi/chmod.rb"),
            (Language::Ruby, "actionview/test/ujs/server.rb"),
        ] {
            assert!(lies_apart(language, path), "{path}");
        }
        for (language, path) in [
            (Language::JavaScript, "src/example.js"),
            (Language::JavaScript, "src/server.js"),
            (Language::JavaScript, "tests/app.js"),
            (Language::JavaScript, "latest/tools/app.js"),
            (Language::Ruby, "app/helpers/page.rb"),
            (Language::Ruby, "app/models/sample.rb"),
            (Language::Php, "src/Demo.php"),
            (Language::Ruby, "test/apps/shop/app/models/user.rb"),
            (
                Language::Java,
                "org/owasp/benchmark/testcode/BenchmarkTest1.java",
            ),
        ] {
            assert!(!lies_apart(language, path), "{path}");
        }
    }
}
