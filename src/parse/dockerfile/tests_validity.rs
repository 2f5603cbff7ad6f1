//! What BuildKit accepts and what it refuses, line by line.

use super::*;

fn errors(text: &str) -> Vec<String> {
    let file = Dockerfile::parse(text.as_bytes());
    let shown = |e: &SyntaxError| format!("{}: {}", &text[e.span.range()], e.message);
    file.errors.iter().map(shown).collect()
}

#[test]
fn lines_that_buildkit_accepts_are_no_errors() {
    for line in [
        // words and pairs
        "ENV a b c",
        "ENV  a   b ",
        "ENV \"a b\"=c d=\"x y\" e='p q' f=x\\ y",
        "ENV a=\"b\\\"c\" b=${c:-\"d e\"} c=${d:?needed}",
        "LABEL a=",
        "LABEL a b's c'",
        "ARG a b=c d=\"e f\"",
        "MAINTAINER Joe O'Neil <${",
        "VOLUME ['/a']",
        "USER a b",
        "WORKDIR a b",
        "STOPSIGNAL --x 9",
        "EXPOSE 80  \t 90-95/UDP $P",
        // exec form or not
        "CMD",
        "RUN",
        "RUN []",
        "ENTRYPOINT []",
        "CMD ['a']",
        "CMD [\"a\",]",
        "CMD [\"a\" \"b\"]",
        "CMD [\"a\"",
        "CMD [\"a\"] && b",
        "CMD [\"\\x\"]",
        "CMD -- --x",
        // flags
        "COPY --link=false --parents a b",
        "COPY --link=TRUE a b",
        "COPY --chown=$X:$Y --exclude=a --exclude=b a b",
        "COPY --from='x' a b",
        "RUN --mount=type=\"tmpfs\",size=1g,target=/x ls",
        "RUN --mount=from=b",
        "RUN --mount=type=bind,rw ls",
        "RUN --mount=type=cache,id=$X,target=/x,sharing=LOCKED,uid=$UID ls",
        "RUN --mount=type=secret,required,id=a,mode=0400,env=A ls",
        "RUN --mount=type=ssh ls",
        "RUN --mount='type=cache,\"target=/a,b\"' ls",
        "RUN --network=host --security=insecure ls",
        "HEALTHCHECK --interval=1m30s --timeout=0 --retries=3 CMD a",
        "HEALTHCHECK  \t cmd [ \"a\" ]",
        "HEALTHCHECK none",
        // what ONBUILD triggers is expanded elsewhere
        "ONBUILD USER 'a",
        // blanks
        "RUN\u{b}x",
        "FROM a\u{c}AS\tb-c_d.e",
    ] {
        assert!(
            errors(&format!("FROM a\n{line}\nRUN z\n")).is_empty(),
            "{line}"
        );
    }
}

#[test]
fn what_buildkit_refuses_is_one_error_at_its_place() {
    for (line, place) in [
        // a word that cannot be read
        ("ENV a=b c='d\\'e'", "'d\\'e'"),
        ("ENV a=${b^^}", "${b^^}"),
        ("ENV a=x b=\"${c", "\"${c"),
        ("LABEL a b it's", "b it's"),
        ("ARG a=\"b", "\"b"),
        ("COPY a ${b c", "${b"),
        ("COPY --chown=${ a b", "${"),
        ("USER 'a", "'a"),
        ("FROM a:${X", "a:${X"),
        // flags
        ("COPY --from a b", "--from"),
        ("COPY --link=x a b", "x"),
        ("COPY --chown=a --chown=b x y", "--chown=b"),
        ("ADD --lonk a b", "--lonk"),
        ("RUN --network=lol ls", "lol"),
        ("FROM --platform a", "--platform"),
        ("CMD --x y", "--x"),
        // mounts
        ("RUN --mount ls", "--mount"),
        ("RUN --mount=type=foo ls", "foo"),
        ("RUN --mount=type=bind,rw,z ls", "--mount=type=bind,rw,z"),
        ("RUN --mount=type=cache,target=/x,sharing=lol ls", "lol"),
        ("RUN --mount=type=secret ls", "--mount=type=secret"),
        ("RUN --mount=type=secret,id=a,mode=9 ls", "9"),
        ("RUN --mount=type=tmpfs,target=/x,from=a ls", ""),
        ("RUN --mount=target=/x,uid=1 ls", "1"),
        ("RUN --mount=from=$X,target=/x ls", "$X"),
        ("RUN --mount=targt=/x ls", "/x"),
        // health checks
        ("HEALTHCHECK --interval=5 CMD a", "5"),
        ("HEALTHCHECK --interval=1us CMD a", "1us"),
        ("HEALTHCHECK --retries=-1 CMD a", "-1"),
        ("HEALTHCHECK CMD []", "CMD []"),
        // here-documents and lists
        ("COPY a <<EOF\nx\nEOF", "a <<EOF"),
        ("VOLUME []", "[]"),
        ("VOLUME [\"\"]", "[\"\"]"),
        ("RUN\u{a0}x", "RUN\u{a0}x"),
    ] {
        let found = errors(&format!("FROM a\n{line}\nRUN z\n"));
        if place.is_empty() {
            assert!(found.is_empty(), "{line}: {found:?}");
            continue;
        }
        assert_eq!(found.len(), 1, "{line}: {found:?}");
        assert!(
            found[0].starts_with(&format!("{place}: ")),
            "{line}: {found:?}"
        );
    }
}

#[test]
fn what_follows_a_json_array_is_dropped() {
    let text = "FROM a\nCMD [\"b\"] && \\\n # c\n d\nRUN [\"x\"]\nRUN [ \"$y\" = z ] && w\n";
    let file = Dockerfile::parse(text.as_bytes());
    let dropped = file.instructions[1].dropped.unwrap();
    assert_eq!(&text[dropped.range()], "&& \\\n # c\n d");
    assert!(file.instructions[2].dropped.is_none());
    assert!(file.instructions[3].dropped.is_none());
}

#[test]
fn files_without_instructions_or_line_feeds_and_with_endless_lines_are_refused() {
    assert_eq!(errors("# only a comment\n").len(), 1);
    let old = Dockerfile::parse(b"FROM a\rRUN b\r");
    assert_eq!(old.instructions.len(), 2);
    assert_eq!(old.errors.len(), 1);
    let long =
        Dockerfile::parse(format!("FROM a\nRUN {}\nUSER b\n", "x".repeat(70_000)).as_bytes());
    assert_eq!(long.instructions.len(), 3);
    assert_eq!(long.errors.len(), 1);
}

#[test]
fn flags_are_read_with_backslashes_whatever_the_escape_character() {
    let text = "# escape=`\nFROM a\nCOPY --from='x\\'y' --chown=a\\ b c d\n";
    let file = Dockerfile::parse(text.as_bytes());
    let copy = &file.instructions[1];
    let values: Vec<_> = copy
        .flags
        .iter()
        .map(|f| f.value.as_ref().unwrap().text())
        .collect();
    assert_eq!(values, ["x'y", "a b"]);
}

#[test]
fn mount_options_keep_their_places_across_continuations_and_quotes() {
    let text = "FROM a\nRUN --mount=type=\"cache\",\\\n# why\ntarget=/x,id='y z' \\\n  --mount='type=bind,\"source=p,q\"' ls\n";
    let file = Dockerfile::parse(text.as_bytes());
    assert_eq!(file.errors, []);
    let [first, second] = file.instructions[1].flags.as_slice() else {
        panic!("two mounts");
    };
    for (flag, name, raw) in [
        (first, "type", "cache"),
        (first, "target", "/x"),
        (first, "id", "y z"),
        (second, "source", "p,q"),
    ] {
        let word = flag.option(name).unwrap();
        assert_eq!((word.raw.as_str(), &text[word.span.range()]), (raw, raw));
    }
}

#[test]
fn a_file_without_from_still_has_a_stage_for_what_it_runs() {
    let file = Dockerfile::parse(b"ARG A=1\nENV B=2\nRUN make\nFROM debian:13\nRUN x\n");
    assert_eq!(file.stages.len(), 2);
    let first = &file.stages[0];
    assert_eq!(file.instructions_of(first).count(), 2);
    assert_eq!(first.image.raw, "");
    assert_eq!(file.instructions[0].stage, None);
}
