use super::{IN_SCRIPTS, Shell, judge, mention};
use crate::detect::dependency::installed;
use crate::detect::source;
use crate::detect::{Context, Detector, Sink};
use crate::model::{FileKind, KindSet, SkipReason};
use crate::parse::Document;
use crate::parse::shell::Script;

/// The family `source`, language `shell`: script files.
#[derive(Debug)]
pub struct Scripts;

impl Detector for Scripts {
    fn family(&self) -> &'static str {
        "source"
    }

    fn kinds(&self) -> KindSet {
        KindSet::of(&[FileKind::Shell])
    }

    fn check(&self, cx: &Context<'_>, doc: &Document<'_>, out: &mut Sink<'_>) {
        let text = &doc.source.bytes;
        let is_judged =
            cx.rules.any_of("source/shell") && mention::is_worth_parsing(text, cx.rules);
        let installs = installed::is_looked_for(cx, doc.source);
        if !is_judged && !installs {
            return;
        }
        let script = Script::parse(text);
        if let Some(reason) = &script.refused {
            out.skip(reason.clone());
        }
        if let Some(first) = script.errors.iter().map(|error| error.start).min() {
            let before = text.get(..first as usize).unwrap_or(&[]);
            out.skip(SkipReason::SyntaxErrors {
                places: script.errors.len(),
                line: memchr::memchr_iter(b'\n', before).count() + 1,
            });
        }
        if is_judged {
            let path = String::from_utf8_lossy(doc.source.path.as_bytes());
            out.weigh_less(!cx.given.judges_tests && is_test(&path));
            judge(IN_SCRIPTS, &Shell::of_file(&script, text), out);
            out.weigh_less(false);
        }
        if installs {
            installed::check(cx, doc.source, installed::of_script(&script), out);
        }
    }
}

fn is_test_folder(folder: &str) -> bool {
    matches!(folder, "t" | "regress" | "regression" | "selftests") || folder.ends_with("tests")
}

/// True for scripts that only tests run: those of test folders, and `t/` as git and Perl call theirs.
fn is_test(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.split('.').next().unwrap_or(name);
    source::is_test(path)
        || path.split('/').rev().skip(1).any(is_test_folder)
        || stem.starts_with("test-")
        || stem.starts_with("tst-")
        || stem.ends_with("-test")
        || stem.ends_with("-tests")
        || stem.ends_with("_tests")
}

#[cfg(test)]
mod tests {
    use super::is_test;

    #[test]
    fn tests_are_known_by_folder_and_name() {
        for path in [
            "t/lib-httpd.sh",
            "test/run",
            "tools/test-auth.sh",
            "a/smoke-test.sh",
        ] {
            assert!(is_test(path), "{path}");
        }
        for path in [
            "latest.sh",
            "tools/attest.sh",
            "bin/test-t/../run.sh",
            "contest/a.sh",
        ] {
            assert!(!is_test(path), "{path}");
        }
    }
}
