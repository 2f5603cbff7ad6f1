//! Texts on which a grammar's recovery takes time by the square of their length.

use std::time::Duration;

use plimsoll::guard::LIMITS;
use plimsoll::model::{FileKind, SkipReason};
use plimsoll::parse::shell::Script;
use plimsoll::parse::source;
use rustix::time::{ClockId, clock_gettime};

/// What work costs this thread, whatever else the machine does.
fn cost<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let now = || {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
    };
    let start = now();
    let done = work();
    (done, now().saturating_sub(start))
}

#[test]
fn pipelines_that_never_end_are_refused_before_they_are_parsed() {
    for statement in [
        "a | ",
        "a |& ",
        "a |\n",
        "time |",
        "]] a | ",
        "} case a in a | ",
        "a | if b; then ",
    ] {
        for times in [1_000, 20_000, 200_000] {
            let text = statement.repeat(times);
            let (script, cost) = cost(|| Script::parse(text.as_bytes()));
            let refused = matches!(script.refused, Some(SkipReason::TooDeep { .. }));
            assert!(refused, "{statement}: {:?}", script.refused);
            assert!(cost < Duration::from_secs(1), "{statement}: {cost:?}");
        }
    }
}

/// The clock ends them; its time is for all texts of a script, not for each. What is done to a text
/// before the clock starts takes longer in builds for tests.
#[test]
fn what_is_slow_to_parse_ends_by_the_clock() {
    let bound = Duration::from_millis(LIMITS.parse_millis) + Duration::from_secs(3);
    let nested = format!("eval '{}'\n", "case\n".repeat(20_000)).repeat(10);
    let (script, spent) = cost(|| Script::parse(nested.as_bytes()));
    assert!(script.refused.is_some());
    assert!(spent < bound, "{spent:?}");
    let texts = [
        (FileKind::Python, "try:a=a:"),
        (FileKind::JavaScript, "} ! "),
        (FileKind::Tsx, "typeof } "),
    ];
    for (kind, statement) in texts {
        let text = statement.repeat(200_000);
        let (facts, spent) = cost(|| source::facts(kind, text.as_bytes()).is_ok());
        assert!(!facts, "{statement}");
        assert!(spent < bound, "{statement}: {spent:?}");
    }
}
