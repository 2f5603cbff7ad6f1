//! Dockerfiles that mean harm, or no Dockerfiles at all: a finding or a row of what was left out
//! says so, and all else in the file is judged as ever.

use std::time::{Duration, Instant};

use crate::program::{findings, json, skipped};
use crate::support::Scratch;

/// Longest that one file may take; builds for tests are some ten times slower than releases.
const PATIENCE: Duration = Duration::from_secs(60);

/// The finding that the last instruction of each file is.
const LAST: &str = "RUN sudo true\n";

/// What is found in a file and what is left out, by rule or reason and line.
fn judged(name: &str, bytes: &[u8]) -> Vec<String> {
    let scratch = Scratch::new();
    scratch.write(name, bytes);
    let start = Instant::now();
    let report = json(
        &scratch,
        &[
            "check",
            "--no-config",
            "--only",
            "dockerfile",
            "--profile",
            "all",
        ],
    );
    assert!(start.elapsed() < PATIENCE, "{:?}", start.elapsed());
    let mut rows = skipped(&report);
    rows.extend(findings(&report));
    rows
}

fn expect(bytes: &[u8], expected: &[&str]) {
    let rows = judged("Dockerfile", bytes);
    for part in expected {
        let (start, end) = part.split_once(' ').unwrap();
        assert!(
            rows.iter()
                .any(|row| row.starts_with(&format!("Dockerfile{start}")) && row.ends_with(end)),
            "{part} is not among {rows:#?}"
        );
    }
}

fn with_last(text: &str) -> String {
    format!("FROM a\n{text}\n{LAST}")
}

#[test]
fn what_is_never_closed_costs_one_instruction() {
    for text in [
        "RUN <<EOF\nfoo\nbar",
        "COPY <<A <<B /x\nA\nb",
        "ENV a=\"b",
        "CMD [1, \"a",
    ] {
        let text = with_last(text);
        let last = format!(":{}: /sudo", text.lines().count());
        let mut expected = vec![last.as_str()];
        if !text.contains("CMD") {
            expected.push(":2: /syntax-error");
        }
        expect(text.as_bytes(), &expected);
    }
    // A quote that does not close inside of a command is the shell's affair.
    expect(with_last("RUN echo 'a").as_bytes(), &[":3: /sudo"]);
}

#[test]
fn deep_nesting_is_listed_and_the_next_instruction_is_judged() {
    for pair in ["(", "$(", "{ ", "`", "\"$(", "[", "if (", "<<A ", "${a:-"] {
        let text = with_last(&format!("RUN {}", pair.repeat(20_000)));
        let rows = judged("Dockerfile", text.as_bytes());
        let is_last = |row: &String| row.starts_with("Dockerfile:3:") && row.ends_with("/sudo");
        assert!(rows.iter().any(is_last), "{pair}: {rows:?}");
    }
    let deep = with_last(&format!("RUN {}", "(".repeat(20_000)));
    expect(deep.as_bytes(), &[" too-deep"]);
    let deep = with_last(&format!(
        "ENV A={}\nCMD {}",
        "${B:-".repeat(20_000),
        "[".repeat(20_000)
    ));
    expect(deep.as_bytes(), &[":4: /sudo"]);
}

#[test]
fn a_line_of_megabytes_is_one_finding_or_skipped() {
    let megabytes = 3 << 20;
    for text in [
        // Within what the shell's grammar reads in its time.
        format!("RUN echo {}", "a ".repeat(35 << 10)),
        format!("ENV A={}", "a".repeat(megabytes)),
        format!("CMD [\"{}\"]", "a".repeat(megabytes)),
        format!("COPY {} /x", "a ".repeat(megabytes / 2)),
        format!("RUN --mount=type=cache,{} ls", "a=b,".repeat(megabytes / 4)),
    ] {
        expect(
            with_last(&text).as_bytes(),
            &[":2: /syntax-error", ":3: /sudo"],
        );
    }
    // Long, and yet looked into.
    for text in [
        format!("COPY {} /x", "a ".repeat(50 << 10)),
        format!("RUN --mount=type=cache,{} ls", "a=b,".repeat(25 << 10)),
    ] {
        expect(
            with_last(&text).as_bytes(),
            &[":2: /syntax-error", ":3: /sudo"],
        );
    }
    let text = with_last(&format!("RUN echo {}", "a".repeat(17 << 20)));
    expect(text.as_bytes(), &[" too-large-to-parse"]);
}

#[test]
fn line_ends_and_encodings_of_other_systems_are_read() {
    let text = with_last("USER app");
    expect(
        text.replace('\n', "\r").as_bytes(),
        &[":1: /syntax-error", ":3: /sudo"],
    );
    expect(text.replace('\n', "\r\n").as_bytes(), &[":3: /sudo"]);
    expect(format!("\u{feff}{text}").as_bytes(), &[":3: /sudo"]);
    for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
        let wide = format!("\u{feff}{text}");
        let wide: Vec<u8> = wide.encode_utf16().flat_map(bytes).collect();
        expect(&wide, &[":3: /sudo"]);
    }
    expect(with_last("RUN echo a\0b\0").as_bytes(), &[":3: /sudo"]);
    expect(b"FROM a\nENV A=\xff\xfe\nRUN sudo true", &[":3: /sudo"]);
}

#[test]
fn the_file_may_end_anywhere() {
    for end in ["\\", "\\\n", " \\\n# c", " && \\\n\n\n", "; x \\ \t"] {
        expect(
            format!("FROM a\nRUN sudo true{end}").as_bytes(),
            &[":2: /sudo"],
        );
    }
    expect(b"", &[":1: /syntax-error"]);
    expect(b"\xef\xbb\xbf# only this", &[":1: /syntax-error"]);
}

#[test]
fn stages_that_name_each_other_or_themselves_end() {
    for text in [
        "FROM a AS a\nCOPY --from=a x y\n",
        "FROM b AS a\nFROM a AS b\nCOPY --from=b x y\nCOPY --from=a x y\n",
        "FROM ${A:-$B} AS a\nARG A=$A\nENV A=$A$A\n",
        "ARG A=$B\nARG B=$A\nFROM $A AS a\n",
    ] {
        let text = format!("{text}{LAST}");
        let last = format!(":{}: /sudo", text.lines().count());
        expect(text.as_bytes(), &[&last]);
    }
    let chain: String = (0..500)
        .map(|i| format!("FROM s{} AS s{i}\nONBUILD ENV A=$A$A\n", i.max(1) - 1))
        .collect();
    expect(format!("{chain}{LAST}").as_bytes(), &[":1001: /sudo"]);
    let one: String = "ONBUILD USER a\n".repeat(500);
    let many: String = "FROM one\n".repeat(500);
    expect(
        format!("FROM a AS one\n{one}{many}{LAST}").as_bytes(),
        &[":1002: /sudo"],
    );
}

#[test]
fn other_front_ends_and_templates_are_read_as_far_as_they_go() {
    let plus = "FROM a\nINCLUDE+ Dockerfile.common\nRUN sudo true\n";
    expect(plus.as_bytes(), &[":2: /syntax-error", ":3: /sudo"]);
    let known = format!("# syntax = edrevo/dockerfile-plus\n{plus}");
    let rows = judged("Dockerfile", known.as_bytes());
    assert!(
        !rows.iter().any(|row| row.ends_with("/syntax-error")),
        "{rows:?}"
    );
    assert!(rows.iter().any(|row| row.ends_with("/sudo")), "{rows:?}");
    let template = "{% if a %}\nFROM {{ image }}\n{% endif %}\nRUN sudo true\n";
    expect(template.as_bytes(), &[":1: /syntax-error", ":4: /sudo"]);
    for name in [
        "Dockerfile.j2",
        "Dockerfile.tmpl",
        "app.Dockerfile.erb",
        "Dockerfile.in",
    ] {
        assert_eq!(
            judged(name, template.as_bytes()),
            [format!("{name} template")]
        );
    }
}

/// A file of about 50 KB: what comes first, and a line for each number after it.
fn many(head: &str, line: impl Fn(usize) -> String) -> String {
    let mut text = head.to_owned();
    for number in 0.. {
        if text.len() > 50 << 10 {
            break;
        }
        text.push_str(&line(number));
    }
    text
}

#[test]
fn thousands_of_stages_end_in_time() {
    let before = |i: usize| i.checked_sub(1).map_or("a".into(), |i| format!("s{i}"));
    for text in [
        many("", |i| format!("FROM a AS s{i}\n")),
        many("", |i| format!("FROM {} AS s{i}\nRUN a\n", before(i))),
        many("", |i| {
            format!("FROM {} AS s{i}\nENV A=$A$B\nUSER $A\n", before(i))
        }),
        many("", |i| {
            format!("FROM {} AS s{i}\nONBUILD RUN a\n", before(i))
        }),
        many("", |i| format!("FROM a AS s{i}\nCOPY --from=x{i} a a\n")),
        many("", |i| format!("FROM b{i}$A AS s{i}\n")),
        many("FROM a AS b\n", |i| format!("FROM b\nENV A{i}=$B{i}\n")),
        many("", |_| "FROM a\nRUN useradd u\nUSER u\n".into()),
        many("", |_| {
            "FROM a\nRUN --mount=type=secret,id=s cat /run/secrets/s > /f\n".into()
        }),
        many(&format!("FROM a AS b\n{}", "RUN a\n".repeat(1000)), |_| {
            "FROM b\n".into()
        }),
        many(
            &format!("FROM a AS b\n{}", "ONBUILD RUN a\n".repeat(1000)),
            |_| "FROM b\n".into(),
        ),
    ] {
        let last = format!(":{}: /sudo", text.lines().count() + 1);
        expect(format!("{text}{LAST}").as_bytes(), &[&last]);
    }
}

#[test]
fn stages_that_stand_on_too_much_are_listed() {
    let text = many("FROM a AS s\n", |_| "FROM s AS s\n".into());
    expect(text.as_bytes(), &[" other"]);
}

#[test]
fn thousands_of_instructions_end_in_time() {
    let from = "FROM a\n";
    for text in [
        many(from, |_| "COPY a /a\n".into()),
        many(from, |i| format!("COPY --from=x{i} /a /a\n")),
        many("FROM a AS b\nFROM a\n", |_| "COPY --from=0 /a /a\n".into()),
        many(
            &format!("FROM b\n{}FROM a\n", "COPY .env /x\n".repeat(1000)),
            |_| "COPY --from=0 /y /y\n".into(),
        ),
        many(from, |_| "RUN a\n".into()),
        many(from, |_| "WORKDIR a\nRUN cd b\n".into()),
        many(from, |i| format!("ARG A{i}=b\nRUN echo $A{i}\n")),
        many(from, |i| format!("ENV TOKEN{i}=b\nRUN echo $TOKEN{i}\n")),
        many(from, |i| {
            format!("RUN --mount=type=secret,id=s{i} cat /run/secrets/s{i} > f{i}\n")
        }),
        many(from, |i| {
            format!("RUN curl -o f{i} https://e.x/{i} && chmod +x f{i} && ./f{i}\n")
        }),
        many(from, |i| {
            format!("ADD http://e.x/{i} /a{i}\nRUN sha256sum -c a{i}\n")
        }),
        many(from, |_| {
            "RUN apt-get update && apt-get install -y curl\n".into()
        }),
        many(from, |i| {
            format!("RUN git clone https://e.x/{i}\nRUN git log\n")
        }),
        many(from, |i| format!("LABEL a{i}=b\n")),
        many(from, |i| format!("COPY id_rsa /a{i}\nRUN rm b\n")),
        many("FROM a\nRUN", |i| {
            format!(" --mount=type=cache,target=/c{i} --mount=type=secret,id=s,target=/s{i} \\\n")
        }) + "a\n",
        many("FROM a\nENV", |i| format!(" A{i}=$A{} \\\n", i + 1)) + "B=c\n",
        many("FROM a\nRUN", |i| {
            format!(" --mount=type=secret,id=s{i} \\\n")
        }) + "a\n",
    ] {
        let last = format!(":{}: /sudo", text.lines().count() + 1);
        expect(format!("{text}{LAST}").as_bytes(), &[&last]);
    }
}
