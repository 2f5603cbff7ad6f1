use super::{IN_SCRIPTS, Shell, judge, mention};
use crate::detect::dependency::installed;
use crate::detect::source;
use crate::detect::{Context, Detector, Sink};
use crate::model::{FileKind, KindSet, Profile, SkipReason, SourceId};
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
        let mut is_judged =
            cx.rules.any_of("source/shell") && mention::is_worth_parsing(text, cx.rules);
        let installs = installed::is_looked_for(cx, doc.source);
        if !is_judged && !installs {
            return;
        }
        let path = String::from_utf8_lossy(doc.source.path.as_bytes());
        if is_judged && source::is_vendored(&path) && !cx.given.judges_vendored {
            out.skip(SkipReason::Vendored);
            is_judged = false;
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
            let shell = Shell::of_file(&script, text);
            let is_test = !cx.given.judges_tests && is_test(&path);
            let harmless: &[&str] = if is_test {
                &HARMLESS_IN_TESTS
            } else if !cx.given.judges_tests && is_of_runner(&path) {
                &HARMLESS_ON_RUNNERS
            } else if !cx.given.judges_tests && is_shown(&path) {
                &HARMLESS_IN_EXAMPLES
            } else {
                &[]
            };
            out.weigh_less(is_test);
            judge_all_but(harmless, cx, &shell, doc.source.id, out);
            out.weigh_less(false);
        }
        if installs {
            installed::check(cx, doc.source, installed::of_script(&script), out);
        }
    }
}

/// What a test script may do to the machine that it has for itself: it opens files, trusts a server
/// of its own making and gives it a password that it made up.
const HARMLESS_IN_TESTS: [&str; 18] = [
    "dangerous-capability",
    "empty-variable-removal",
    "literal-password",
    "passwordless-sudo",
    "placeholder-in-script",
    "predictable-temp-file",
    "privileged-container",
    "protection-off",
    "secret-argument",
    "setuid-bit",
    "signature-check-off",
    "ssh-host-key-check-off",
    "tls-verification-off",
    "unverified-download",
    "world-writable",
    "relative-search-path",
    "weak-cryptography",
    "weak-random",
];

/// What the machine that runs the checks of a change, and is thrown away after it, allows itself.
const HARMLESS_ON_RUNNERS: [&str; 5] = [
    "weak-cryptography",
    "passwordless-sudo",
    "privileged-container",
    "protection-off",
    "world-writable",
];

/// The passwords of an example are made up for it.
const HARMLESS_IN_EXAMPLES: [&str; 2] = ["literal-password", "secret-argument"];

/// Judges a script, but by what means nothing where it runs only if a run asks for the strict
/// profile.
fn judge_all_but(
    harmless: &[&str],
    cx: &Context<'_>,
    shell: &Shell<'_>,
    source: SourceId,
    out: &mut Sink<'_>,
) {
    let is_left = |rule: &str| {
        let slug = rule.rsplit('/').next().unwrap_or(rule);
        harmless.contains(&slug)
            && cx
                .rules
                .reach(rule)
                .is_some_and(|reach| reach < Profile::Strict)
    };
    let (left, judged): (Vec<_>, Vec<_>) = IN_SCRIPTS
        .iter()
        .copied()
        .partition(|(rule, _)| is_left(rule));
    judge(&judged, shell, out);
    let mut aside = Sink::new(cx.rules, source);
    judge(&left, shell, &mut aside);
    let aside = aside.into_collected();
    if !aside.findings.is_empty() {
        out.skip(SkipReason::UnitTests);
    }
    for secret in aside.secrets {
        out.mask(secret);
    }
}

/// True for what is there to be looked at.
fn is_shown(path: &str) -> bool {
    let shows = |folder: &str| matches!(folder, "example" | "examples" | "sample" | "samples");
    path.split('/').rev().skip(1).any(shows)
}

/// True for what services run that check changes, and for the containers of developers.
fn is_of_runner(path: &str) -> bool {
    let folder = |folder: &str| {
        matches!(
            folder,
            ".github"
                | ".gitlab"
                | ".gitlab-ci"
                | ".circleci"
                | ".travis"
                | "travis"
                | ".ci"
                | "ci"
                | "cirrus"
                | ".cirrus"
                | "jenkins"
                | ".jenkins"
                | "appveyor"
                | "azure-pipelines"
                | ".azure-pipelines"
                | ".buildkite"
                | ".devcontainer"
        )
    };
    let name = path.rsplit('/').next().unwrap_or(path);
    path.split('/').rev().skip(1).any(folder)
        || name.starts_with("travis")
        || name.starts_with("ci-")
}

fn is_test_folder(folder: &str) -> bool {
    matches!(folder, "t" | "regress" | "regression" | "selftests") || folder.ends_with("tests")
}

/// True for scripts that only tests run: those of test folders, and `t/` as git and Perl call theirs.
fn is_test(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let shown = name.strip_prefix('.').unwrap_or(name);
    let stem = shown.split('.').next().unwrap_or(shown);
    source::is_test(path)
        || path.split('/').rev().skip(1).any(is_test_folder)
        || stem.starts_with("test-")
        || stem.starts_with("tst-")
        || stem.starts_with("integration-")
        || stem.ends_with("-test")
        || stem.ends_with("-tests")
        || stem.ends_with("_tests")
        || name.ends_with(".bats")
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
            "system/login.bats",
            "hack/make/.integration-daemon-start",
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
