use super::*;

fn names(text: &str) -> Vec<String> {
    Script::parse(text.as_bytes())
        .commands
        .iter()
        .map(|c| c.name.clone())
        .collect()
}

fn slice(text: &str, span: Span) -> &str {
    &text[span.range()]
}

#[test]
fn every_command_is_found_wherever_it_stands() {
    assert_eq!(
        names("if a; then b && c | d; fi\n( e; f ) || g $(h `i`) <(j)\nwhile k; do l; done < <(m)"),
        [
            "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m"
        ]
    );
}

#[test]
fn wrappers_are_peeled_and_remembered() {
    let script = Script::parse(
        b"sudo -E -u root env A=b nice -n 5 timeout -k 3 10 /usr/bin/curl -s x | xargs -n1 -I{} rm {}",
    );
    let curl = &script.commands[0];
    assert_eq!(curl.name, "curl");
    assert_eq!(curl.wrappers, ["sudo", "env", "nice", "timeout"]);
    assert_eq!(curl.args().len(), 2);
    assert_eq!(script.commands[1].name, "rm");
    assert_eq!(names("command -v curl"), ["command"]);
    assert_eq!(names("sudo"), ["sudo"]);
}

#[test]
fn variables_hold_their_last_literal() {
    let script = Script::parse(b"V=1.2\nexport U=\"https://h/$V\"\ncurl \"$U/x\" ${D:-/tmp} $E/y");
    let curl = script.named(&["curl"]).next().expect("curl");
    assert_eq!(curl.args()[0].text, "https://h/1.2/x");
    assert!(curl.args()[0].is_known());
    assert!(!curl.args()[0].is_literal());
    assert_eq!(curl.args()[1].text, "/tmp");
    assert_eq!(curl.args()[2].text, "${E}/y");
    assert!(!curl.args()[2].is_known());
}

#[test]
fn quotes_and_escapes_are_resolved_and_parts_keep_their_place() {
    let text = r#"x "a b"'c'"d\"e" i\ j $'f' " g " -k\
 h"#;
    let script = Script::parse(text.as_bytes());
    let words: Vec<_> = script.commands[0]
        .args()
        .iter()
        .map(|w| w.text.as_str())
        .collect();
    assert_eq!(words, ["a bcd\"e", "i j", "f", " g ", "-k", "h"]);
    let word = &script.commands[0].args()[0];
    assert_eq!(slice(text, word.span_of(2, 4)), "b\"'c");
}

#[test]
fn strings_that_a_shell_runs_are_parsed_with_their_places() {
    let text = "sudo sh -exc \"curl \\\"a\\\" | sh\"; bash -o pipefail -c 'wget b'; eval \"rm $x\"";
    let script = Script::parse(text.as_bytes());
    let curl = script.named(&["curl"]).next().expect("curl");
    assert_eq!(slice(text, curl.program_span()), "curl");
    assert_eq!(slice(text, curl.args()[0].parts[0].span), "a");
    assert!(
        script
            .named(&["wget"])
            .next()
            .expect("wget")
            .settings
            .pipefail
    );
    assert_eq!(
        slice(text, script.named(&["rm"]).next().expect("rm").span),
        "rm $x"
    );
}

#[test]
fn heredocs_of_shells_are_scripts_and_others_are_text() {
    assert_eq!(
        names("bash -s <<'EOF' && z\na\nEOF\ncat <<EOF | sudo sh\nb\nEOF\ncat > f <<EOF\nc\nEOF\n"),
        ["bash", "z", "a", "cat", "sh", "b", "cat"]
    );
}

fn output(text: &str) -> (Script, Output) {
    let script = Script::parse(text.as_bytes());
    let curl = script.named(&["curl"]).next().expect("curl");
    let output = script.output(curl);
    (script, output)
}

#[test]
fn output_is_followed_to_where_it_goes() {
    let pipe = |index| Output::Pipe { pipeline: 0, index };
    assert_eq!(output("curl a 2>/dev/null | sh").1, pipe(1));
    assert_eq!(output("{ curl a; } 2>&1 | sh").1, pipe(1));
    assert_eq!(output("x | curl a").1, Output::Inherited);
    assert_eq!(output("curl a > f").1, Output::File { redirect: 0 });
    assert_eq!(output("(x; curl a) > f").1, Output::File { redirect: 0 });
    let word = |process, word| Output::Word {
        command: 0,
        word,
        process,
    };
    assert_eq!(output("sh -c \"$(curl a)\"").1, word(false, 2));
    assert_eq!(output("eval $(curl a)").1, word(false, 1));
    assert_eq!(output("bash <(curl a)").1, word(true, 1));
    assert_eq!(output("X=$(curl a)").1, Output::Variable { assignment: 0 });
    assert_eq!(output("sh < <(curl a)").1, Output::Input { redirect: 0 });
    let (script, end) = output("x | y && curl a | gunzip | sudo sh -s");
    assert_eq!(
        end,
        Output::Pipe {
            pipeline: 1,
            index: 1
        }
    );
    assert!(script.element(1, 2)[0].reads_script());
}

#[test]
fn a_forgotten_failure_is_seen() {
    let forgiven = |text: &str| {
        let script = Script::parse(text.as_bytes());
        let curl = script.named(&["curl"]).next().expect("curl");
        script.is_forgiven(curl)
    };
    assert!(forgiven("curl a || true"));
    assert!(forgiven("x && curl a || :"));
    assert!(!forgiven("curl a || exit 1"));
    assert!(forgiven("curl a | tar x"));
    assert!(!forgiven("set -o pipefail; curl a | tar x"));
}

#[test]
fn the_working_directory_is_followed() {
    let script = Script::parse(b"cd /opt && (cd x; a) && b; cd ../tmp; c");
    let cwd: Vec<_> = script
        .commands
        .iter()
        .filter(|c| c.name.len() == 1)
        .map(|c| c.cwd.as_str())
        .collect();
    assert_eq!(cwd, ["/opt/x", "/opt", "/tmp"]);
}

#[test]
fn units_are_shells_of_their_own() {
    let mut builder = Builder::default();
    let pipefail = Settings::default().after(["-o", "pipefail"]);
    builder.start_unit(Variables::default(), "/app", Settings::default());
    builder.text(&Mapped::verbatim("cd x; A=1; a $A", 10));
    builder.start_unit(Variables::default(), "/app", pipefail);
    builder.text(&Mapped::verbatim("b $A", 50));
    builder.start_unit(Variables::default(), "/app", pipefail);
    builder.argv(&[
        Mapped::verbatim("sh", 70),
        Mapped::verbatim("-c", 74),
        Mapped::verbatim("c | d", 80),
    ]);
    let script = builder.finish().0;
    let b = script.named(&["b"]).next().expect("b");
    assert_eq!(
        (b.unit, b.cwd.as_str(), b.span),
        (1, "/app", Span::new(50, 54))
    );
    assert_eq!(b.args()[0].text, "${A}");
    assert_eq!(
        script.named(&["d"]).next().expect("d").span,
        Span::new(84, 85)
    );
}

#[test]
fn hostile_texts_end() {
    for text in [
        "$(".repeat(100_000),
        "(".repeat(100_000),
        "sh -c '".repeat(20_000),
        "a <<E\n".repeat(5_000),
        "a | ".repeat(1_000),
        "\"".repeat(9999),
        "`".repeat(9999),
        "\\".repeat(9999),
    ] {
        let _ = Script::parse(text.as_bytes());
    }
    let _ = Script::parse(&[0xff, b'$', 0xfe, b'(', 0, b'|']);
}

#[test]
fn words_in_variables_are_words_of_the_command() {
    let text = r#"
YUM="yum --root $r -y --nogpgcheck"
MORE="$YUM --quiet"
$MORE install a
opts=(-k "-o $f")
opts+=(-L)
curl "${opts[@]}" x
q="-a"
q+=" -b $z"
d $q
read opts
e ${opts[*]}
p=$(a b)
f $p
"#;
    let script = Script::parse(text.as_bytes());
    let words = |name: &str| -> Vec<String> {
        let names = [name];
        let command = script.named(&names).next().expect("the command");
        command.args().iter().map(|w| w.text.clone()).collect()
    };
    assert_eq!(
        words("yum"),
        [
            "--root",
            "${r}",
            "-y",
            "--nogpgcheck",
            "--quiet",
            "install",
            "a"
        ]
    );
    assert_eq!(words("curl"), ["-k", "-o ${f}", "-L", "x"]);
    assert_eq!(words("d"), ["-a", "-b", "${z}"]);
    assert_eq!(words("e"), ["${opts[*]}"]);
    assert_eq!(words("f"), ["${p}"]);
}
