use super::*;
use crate::model::Span;

fn parse(text: &str) -> Dockerfile {
    Dockerfile::parse(text.as_bytes())
}

fn valid(text: &str) -> Dockerfile {
    let file = parse(text);
    assert_eq!(file.errors, [], "{text}");
    file
}

fn keywords(file: &Dockerfile) -> Vec<&'static str> {
    file.instructions.iter().map(|i| i.keyword.name()).collect()
}

fn script(instruction: &Instruction) -> &Script {
    match instruction.command() {
        Some(Command::Shell(script)) => script,
        other => panic!("not a script: {other:?}"),
    }
}

#[test]
fn instructions_keep_their_order_and_places() {
    let text = "# syntax=docker/dockerfile:1\nARG V=1\nfrom a:$V as b\nRun x\n";
    let file = valid(text);
    assert_eq!(keywords(&file), ["ARG", "FROM", "RUN"]);
    assert_eq!(file.instructions[0].stage, None);
    assert_eq!(file.instructions[2].stage, Some(0));
    assert_eq!(&text[file.instructions[1].span.range()], "from a:$V as b");
    assert_eq!(file.stages[0].base, Base::Image("a:1".into()));
}

#[test]
fn a_lone_heredoc_is_the_script() {
    let text = "FROM a\nRUN <<EOF\nset -e\n# kept \\\nls\nEOF\nUSER b\n";
    let file = valid(text);
    assert_eq!(keywords(&file), ["FROM", "RUN", "USER"]);
    let script = script(&file.instructions[1]);
    assert_eq!(script.text.as_str(), "set -e\n# kept \\\nls\n");
    assert!(script.is_heredoc);
    let at = script.text.as_str().find("ls").unwrap() as u32;
    assert_eq!(&text[script.text.span(Span::new(at, at + 2)).range()], "ls");
    assert!(text[file.instructions[1].span.range()].ends_with("ls\nEOF"));
}

#[test]
fn a_heredoc_with_other_words_is_put_together_again() {
    let file =
        valid("FROM a\nRUN <<A cat > /a && cat <<-'B' \\\n > /b\none\nA\n\ttwo\n\tB\nUSER c\n");
    assert_eq!(keywords(&file), ["FROM", "RUN", "USER"]);
    assert_eq!(
        script(&file.instructions[1]).text.as_str(),
        " cat > /a  <<A && cat <<-'B'  > /b\none\nA\ntwo\nB"
    );
    let heredocs = &file.instructions[1].heredocs;
    assert_eq!(heredocs[0].name, "A");
    assert!(!heredocs[1].expands);
}

#[test]
fn a_marker_may_stand_before_the_words_of_its_command() {
    for (line, expected) in [
        ("<<EOF python3", " python3 <<EOF "),
        ("<<EOF cat 2>&1 | sh", " cat 2>&1  <<EOF | sh"),
        ("x; <<EOF tee 'a|b' && y", "x;  tee 'a|b'  <<EOF && y"),
        ("cat <<EOF > /a", "cat <<EOF > /a"),
        ("<<EOF && x", "<<EOF && x"),
    ] {
        let file = valid(&format!("FROM a\nRUN {line}\nb\nEOF\n"));
        let script = script(&file.instructions[1]);
        assert_eq!(script.text.as_str(), format!("{expected}\nb\nEOF"));
    }
}

#[test]
fn a_shebang_names_the_language_of_a_heredoc() {
    let file = valid("FROM a\nRUN <<EOF\n#!/usr/bin/env python3\nprint()\nEOF\n");
    assert_eq!(script(&file.instructions[1]).dialect, Dialect::Other);
}

#[test]
fn copies_may_bring_files_as_heredocs() {
    let file = valid("FROM a\nCOPY <<a.txt <<\"b c\" x /d/\nA\na.txt\nB\nb c\n");
    let Body::Transfer {
        sources,
        destination,
    } = &file.instructions[1].body
    else {
        panic!("no transfer");
    };
    assert_eq!(sources.len(), 1);
    assert_eq!(sources[0].text(), "x");
    assert_eq!(destination.text(), "/d/");
    assert_eq!(file.instructions[1].heredocs[1].name, "b c");
}

#[test]
fn an_unclosed_heredoc_costs_one_instruction() {
    let file = parse("FROM a\nRUN <<EOF\nfoo\nbar baz\nUSER b\n");
    assert_eq!(file.errors.len(), 1);
    assert_eq!(keywords(&file), ["FROM", "RUN", "USER"]);
}

#[test]
fn arithmetic_is_no_heredoc() {
    let file = valid("FROM a\nRUN echo $((1 << 2)) && x\nRUN cat <<< \"<<EOF\"\nUSER b\n");
    assert_eq!(keywords(&file), ["FROM", "RUN", "RUN", "USER"]);
}

#[test]
fn crlf_and_lf_say_the_same() {
    let text = "FROM a\nRUN x \\\n  # c\n y <<EOF\nz\nEOF\nENV a=1 \\\n b=2\n";
    let one = valid(text);
    let two = valid(&text.replace('\n', "\r\n"));
    let show = |file: &Dockerfile| {
        file.instructions
            .iter()
            .map(|i| i.line.as_str().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(show(&one), show(&two));
    assert_eq!(
        script(&one.instructions[1]).text.as_str(),
        script(&two.instructions[1]).text.as_str()
    );
}

#[test]
fn a_byte_order_mark_and_invalid_bytes_do_no_harm() {
    let bytes = b"\xef\xbb\xbf# escape=`\nFROM a\nLABEL x=\xff\xfe y=1\nUSER b\n";
    let file = Dockerfile::parse(bytes);
    assert_eq!(file.errors, []);
    assert_eq!(file.escape, '`');
    assert_eq!(keywords(&file), ["FROM", "LABEL", "USER"]);
    assert_eq!(&bytes[file.instructions[2].span.range()], b"USER b");
}

#[test]
fn exec_and_shell_form_are_told_apart() {
    let file = valid(
        "FROM a\nRUN [\"a\", \\\n \"b\"]\nCMD ['x']\nENTRYPOINT [ -f x ] && y\nHEALTHCHECK --interval=5m CMD [\"z\"]\n",
    );
    let exec: Vec<_> = file.instructions[1..]
        .iter()
        .map(|i| matches!(i.command(), Some(Command::Exec(_))))
        .collect();
    assert_eq!(exec, [true, false, false, true]);
}

#[test]
fn onbuild_is_its_child_at_its_own_place() {
    let text = "FROM a\nONBUILD  USER root\nONBUILD RUN <<E\nx\nE\n";
    let file = valid(text);
    assert_eq!(keywords(&file), ["FROM", "USER", "RUN"]);
    let user = &file.instructions[1];
    assert_eq!(&text[user.keyword_span.range()], "USER");
    assert!(!user.is_direct());
    assert_eq!(file.state_of(&file.stages[0]).user, None);
    assert_eq!(script(&file.instructions[2]).text.as_str(), "x\n");
    for bad in ["ONBUILD", "ONBUILD COPPY a b"] {
        assert_eq!(parse(&format!("FROM a\n{bad}\n")).errors.len(), 1, "{bad}");
    }
}

#[test]
fn each_error_costs_one_instruction_only() {
    for bad in [
        "RUNN x",
        "FROM",
        "FROM a b",
        "FROM a AS 1x",
        "ENV",
        "ENV a",
        "COPY x",
        "SHELL bash",
        "HEALTHCHECK",
        "HEALTHCHECK NONE x",
        "USER",
        "EXPOSE",
        "COPY --frm=x a b",
        "CMD [1]",
    ] {
        let file = parse(&format!("FROM a\n{bad}\nRUN y\n"));
        assert_eq!(file.errors.len(), 1, "{bad}: {:?}", file.errors);
        assert_eq!(file.instructions.len(), 3, "{bad}");
    }
}

#[test]
fn what_a_custom_front_end_knows_is_no_error() {
    let body = "FROM a\nINCLUDE+ Dockerfile.common\nRUN x\n";
    assert_eq!(parse(body).errors.len(), 1);
    valid(&format!("# syntax=edrevo/dockerfile-plus\n{body}"));
    assert_eq!(
        parse(&format!("# syntax=docker.io/docker/dockerfile:1\n{body}"))
            .errors
            .len(),
        1
    );
}

#[test]
fn what_is_no_dockerfile_at_all_is_said_once() {
    assert_eq!(parse("a: 1\nb: 2\nc: 3\n").errors.len(), 1);
}

#[test]
fn a_template_is_said_once() {
    let text = format!("FROM a\n{}USER b c\n", "{% if x %}\n".repeat(9));
    let file = parse(&text);
    assert_eq!(file.errors.len(), 1);
    assert!(file.errors[0].message.ends_with("nor are 8 more"));
    assert_eq!(file.stages.len(), 1);
}

#[test]
fn an_error_is_placed_where_the_instruction_goes_wrong() {
    let text = "FROM debian:13 AS base \\\n  extra\nRUN x\n";
    let file = parse(text);
    assert_eq!(&text[file.errors[0].span.range()], "extra");
}

#[test]
fn the_grammar_agrees_on_the_kind_of_what_it_reads() {
    let file = Dockerfile::parse(SEED.as_bytes());
    let mut agreed = 0;
    for instruction in file.instructions.iter().filter(|i| i.heredocs.is_empty()) {
        let text = format!("{}\n", instruction.line.as_str());
        if let Some(kind) = grammar::kind(&text) {
            let ours = instruction.keyword.name().to_lowercase();
            assert_eq!(kind, format!("{ours}_instruction"));
            agreed += 1;
        }
    }
    assert!(agreed >= 6, "{agreed}");
}

#[test]
fn arguments_reach_as_far_as_buildkit_lets_them() {
    let file = valid(
        "ARG TAG=3\nARG IMG=alpine:${TAG}\nFROM ${IMG} AS one\nARG TAG\nARG U=app\nENV U=env\nUSER $U\nFROM one\nUSER ${TAG}-$U\nWORKDIR /$NONE\n",
    );
    assert_eq!(file.stages[0].base, Base::Image("alpine:3".into()));
    assert_eq!(file.stages[1].base, Base::Stage(0));
    let text = |place: usize| match &file.instructions[place].body {
        Body::Text(word) => word.value.known().map(str::to_owned),
        other => panic!("{other:?}"),
    };
    assert_eq!(text(6).as_deref(), Some("env"));
    assert_eq!(text(8).as_deref(), Some("3-env"));
    assert_eq!(text(9), None);
}

#[test]
fn a_global_argument_is_not_seen_in_a_stage_that_does_not_declare_it() {
    let file = valid("ARG U=root\nFROM a\nUSER ${U:-app}\n");
    let Body::Text(word) = &file.instructions[2].body else {
        panic!("no text");
    };
    assert_eq!(word.value.known(), Some("app"));
}

#[test]
fn platform_arguments_and_open_ones_leave_the_base_unknown() {
    for image in ["a-${TARGETARCH}", "$OPEN", "a:${OPEN}"] {
        let file = valid(&format!("ARG OPEN\nFROM {image}\n"));
        assert_eq!(file.stages[0].base, Base::Unknown, "{image}");
    }
    let file = valid("ARG OPEN\nFROM a:${OPEN:-1}\n");
    assert_eq!(file.stages[0].base, Base::Image("a:1".into()));
}

#[test]
fn only_what_the_last_stage_stands_on_ships() {
    let file = valid(
        "FROM a AS base\nFROM b AS tools\nFROM c AS unused\nFROM base\nCOPY --from=tools /x /\nRUN --mount=type=bind,from=tools,target=/t ls\n",
    );
    let ships: Vec<_> = file.stages.iter().map(|s| s.ships).collect();
    let reached: Vec<_> = file.stages.iter().map(|s| s.is_reached).collect();
    assert_eq!(ships, [true, false, false, true]);
    assert_eq!(reached, [true, true, false, true]);
}

#[test]
fn a_stage_may_bear_the_name_of_an_image() {
    let file = valid("FROM debian AS Debian\nFROM debian\nFROM later\nFROM x AS later\n");
    assert_eq!(file.stages[0].base, Base::Image("debian".into()));
    assert_eq!(file.stages[1].base, Base::Stage(0));
    assert_eq!(file.stages[2].base, Base::Image("later".into()));
}

#[test]
fn origins_are_stages_by_name_or_number_and_images_otherwise() {
    let file = valid(
        "FROM a AS one\nFROM b\nCOPY --from=ONE x x\nCOPY --from=0 x x\nCOPY --from=nginx:1 x x\nCOPY --from=$X x x\nCOPY --from=7 x x\n",
    );
    let origins: Vec<_> = file.instructions[2..]
        .iter()
        .map(|i| file.origin(1, i.flag("from").unwrap().value.as_ref().unwrap()))
        .collect();
    assert_eq!(
        origins,
        [
            Origin::Stage(0),
            Origin::Stage(0),
            Origin::Image("nginx:1".into()),
            Origin::Unknown,
            Origin::Unknown
        ]
    );
}

#[test]
fn settings_follow_local_parents_and_end_at_images() {
    let file = valid(
        "FROM a AS one\nUSER app\nSHELL [\"/bin/bash\", \"-c\"]\nFROM one\nRUN x\nFROM b\nRUN y\n",
    );
    assert_eq!(file.state_before(4).user, Some(1));
    assert_eq!(script(&file.instructions[4]).dialect, Dialect::Bash);
    assert_eq!(file.state_before(6), State::default());
    assert_eq!(script(&file.instructions[6]).dialect, Dialect::Posix);
}

#[test]
fn windows_images_run_cmd() {
    let file = valid(
        "# escape=`\nFROM mcr.microsoft.com/windows/servercore:ltsc2022\nRUN dir `\n /s\nSHELL [\"powershell\"]\nRUN ls\n",
    );
    assert_eq!(script(&file.instructions[1]).dialect, Dialect::Cmd);
    assert_eq!(script(&file.instructions[3]).dialect, Dialect::PowerShell);
}

#[test]
fn mounts_are_lists_of_options() {
    let text = "FROM a\nRUN --mount=type=secret,id=tok,required,dst=/x cmd\n";
    let file = valid(text);
    let mount = file.instructions[1].flag("mount").unwrap();
    let id = mount.option("id").unwrap();
    assert_eq!(id.raw, "tok");
    assert_eq!(&text[id.span.range()], "tok");
    assert_eq!(mount.options()[2].0, "required");
}

#[test]
fn instructions_that_grammars_stumble_over_are_valid() {
    valid(concat!(
        "ARG B=${TARGETPLATFORM#linux/amd64}\n",
        "FROM --platform=$BUILDPLATFORM a AS b\n",
        "STOPSIGNAL sigquit\n",
        "COPY --link --parents a b\n",
        "ADD --unpack=true --keep-git-dir https://x/y.git#main /z\n",
        "LABEL maintainer Somebody Else\n",
        "LABEL a/b.c-d=\"x\" 'e f'=g\n",
        "EXPOSE 80/TCP 127.0.0.1:80:80 $PORT\n",
        "RUN --mount=from=binaries \\\n  --mount=target=/x,rw \\\n  [ \"$(ls)\" = a ] && b\n",
        "RUN --network=none --security=insecure --device=vendor/x=y ls\n",
        "VOLUME [\"/a\", \"/b\"]\n",
        "HEALTHCHECK --start-interval=1s --retries=3 CMD curl localhost\n",
        "ARG a b=c d=\"e f\"\n",
        "CMD",
    ));
}

/// A file with something of everything, for the truncation test.
const SEED: &str = "\u{feff}# syntax=docker/dockerfile:1\n# escape=\\\nARG V=${X:-\"1 2\"}\nFROM --platform=$P a:${V%.*}@sha256:0 AS b\nONBUILD RUN <<-'E' cat \\\n # c\n > é\n\tbody 😀\n\tE\nENV a=\"\\\"x\" b='y' c=z\\ w\nCOPY --from=b --chown=1:1 [\"p q\", \"\\u00e9\\ud83d\\ude00\"]\nRUN --mount=type=secret,id=\"x\",env=Y \\\n\n  cmd && \\\r\n  other <<A <<B\r\n1\r\nA\r\n2\r\nB\r\nHEALTHCHECK --interval=1s CMD [\"a\\n\"]\nSHELL [\"pwsh\"]\nUSER ${V:+${W:-r}}\nLABEL k v";

fn check_spans(file: &Dockerfile, length: u32) {
    let inside = |span: Span| assert!(span.start <= span.end && span.end <= length, "{span:?}");
    for instruction in &file.instructions {
        inside(instruction.span);
        inside(instruction.keyword_span);
        inside(instruction.line.source_span());
        for flag in &instruction.flags {
            inside(flag.span);
            for (_, word) in flag.options() {
                word.iter().for_each(|word| inside(word.span));
            }
        }
        match &instruction.body {
            Body::Command(Command::Shell(script)) => {
                for at in 0..=script.text.len() {
                    inside(script.text.span(Span::new(at, script.text.len())));
                }
            }
            Body::Command(Command::Exec(words)) | Body::Shell(words) => {
                words.iter().for_each(|word| inside(word.source_span()));
            }
            Body::Env(pairs) | Body::Arg(pairs) | Body::Label(pairs) => {
                pairs.iter().for_each(|pair| inside(pair.span));
            }
            Body::Words(words) | Body::Transfer { sources: words, .. } => {
                words.iter().for_each(|word| inside(word.span));
            }
            _ => {}
        }
    }
    file.errors.iter().for_each(|error| inside(error.span));
}

#[test]
fn a_file_cut_at_any_byte_is_read_without_harm() {
    let bytes = SEED.as_bytes();
    for end in 0..=bytes.len() {
        check_spans(&Dockerfile::parse(&bytes[..end]), end as u32);
        check_spans(
            &Dockerfile::parse(&bytes[end..]),
            (bytes.len() - end) as u32,
        );
    }
}

#[test]
fn a_file_with_any_byte_replaced_is_read_without_harm() {
    let bytes = SEED.as_bytes();
    for at in 0..bytes.len() {
        for with in [
            0, b'\n', b'\r', b'\\', b'"', b'<', b'$', b'{', 0xff, b' ', b'[',
        ] {
            let mut changed = bytes.to_vec();
            changed[at] = with;
            check_spans(&Dockerfile::parse(&changed), bytes.len() as u32);
        }
    }
}

#[test]
fn hostile_sizes_stay_quick() {
    let many = 10_000;
    for text in [
        format!("FROM a\nRUN {}\n", "(".repeat(many)),
        format!("FROM a\nCMD {}\n", "[".repeat(many)),
        format!("FROM a\nENV A={}\n", "${B:-".repeat(many)),
        format!("FROM a\nENV A=x\n{}", "ENV A=$A$A\n".repeat(1000)),
        (0..many)
            .map(|i| format!("FROM s{} AS s{i}\nENV A{i}=$A\n", i.max(1) - 1))
            .collect(),
        format!("FROM a\nRUN {}\n", "<<A ".repeat(many)),
        format!("FROM a\nRUN x{}", " \\\n#c\n y".repeat(many)),
        "RUN <<A\n".repeat(many),
        (0..many).map(|i| format!("RUN <<A{i}\n")).collect(),
        "FROM a AS a\n".repeat(many),
    ] {
        let started = std::time::Instant::now();
        parse(&text);
        assert!(started.elapsed().as_secs() < 20, "{}", &text[..40]);
    }
}
