//! What kind of code a file is: tests and generated files are judged differently.

/// Longest line that a person writes; bundlers and minifiers write longer ones.
const LONG_LINE: usize = 5000;

/// True for files that a tool wrote for machines: bundles, minified scripts, generated parsers.
pub(super) fn is_generated(bytes: &[u8]) -> bool {
    let mut start = 0;
    let mut long = 0;
    for end in memchr::memchr_iter(b'\n', bytes).chain([bytes.len()]) {
        if end - start > LONG_LINE {
            long += end - start;
        }
        start = end + 1;
    }
    // One long table in an ordinary file does not make it generated.
    long * 2 > bytes.len()
}

/// True for code that only tests run.
pub(super) fn is_test(path: &str) -> bool {
    let mut parts = path.split('/').rev();
    let name = parts.next().unwrap_or("").to_ascii_lowercase();
    let in_folder = parts.any(|folder| {
        matches!(
            folder.to_ascii_lowercase().as_str(),
            "test"
                | "tests"
                | "__tests__"
                | "spec"
                | "specs"
                | "e2e"
                | "testing"
                | "__mocks__"
                | "testdata"
                | "testutil"
                | "testutils"
                | "testhelper"
                | "testhelpers"
                | "integration"
                | "cypress"
        )
    });
    let stem = name.split('.').next().unwrap_or("");
    in_folder
        || stem.starts_with("test_")
        || stem.ends_with("_test")
        || matches!(stem, "test" | "tests" | "conftest")
        || name.contains(".test.")
        || name.contains(".spec.")
}

#[cfg(test)]
mod tests {
    use super::{is_generated, is_test};

    #[test]
    fn tests_are_known_by_folder_and_name() {
        for path in [
            "tests/a.py",
            "src/app.spec.ts",
            "pkg/util_test.py",
            "a/__tests__/b.js",
        ] {
            assert!(is_test(path), "{path}");
        }
        for path in [
            "src/testify.py",
            "latest/app.js",
            "contest.py",
            "src/attest.ts",
        ] {
            assert!(!is_test(path), "{path}");
        }
    }

    #[test]
    fn a_bundle_is_generated_and_a_file_with_one_long_table_is_not() {
        let bundle = format!("/*! x */\n{}\n", "a".repeat(20_000));
        assert!(is_generated(bundle.as_bytes()));
        let table = format!("{}\nt = '{}'\n", "x = 1\n".repeat(5000), "a".repeat(6000));
        assert!(!is_generated(table.as_bytes()));
    }
}
