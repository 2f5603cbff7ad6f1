//! Facts about variables, platforms and triggers.

use super::*;

fn parse(text: &str) -> Dockerfile {
    let file = Dockerfile::parse(text.as_bytes());
    assert_eq!(file.errors, [], "{text}");
    file
}

/// Each reference of an instruction as its text in the source, `?` where nothing declares it and
/// `!` where it says what holds then.
fn references(text: &str, place: usize) -> Vec<String> {
    let file = parse(text);
    let shown = |r: &Reference| {
        assert_eq!(&text[r.span.range()], r.name);
        let declared = if r.is_declared { "" } else { "?" };
        let guarded = if r.is_guarded { "!" } else { "" };
        format!("{}{declared}{guarded}", r.name)
    };
    file.instructions[place]
        .references
        .iter()
        .map(shown)
        .collect()
}

#[test]
fn references_are_named_with_their_places() {
    let text = "ARG G=1\nFROM a:${G}-$NO AS b\nARG A=1 B\nENV E=$A X=${B:-${NO:-x}} \\\n# c\n  Y=\"${NO%.*}\"\nCOPY --chown=$A --from=$X [\"$E\", \\\n \"$G\"]\n";
    assert_eq!(references(text, 1), ["G", "NO?"]);
    assert_eq!(references(text, 3), ["A", "B!", "NO?!", "NO?"]);
    // What stands before the first FROM is not seen here, and --from takes no variables.
    assert_eq!(references(text, 4), ["A", "E", "G?"]);
}

#[test]
fn references_in_mounts_are_named_and_those_of_commands_are_not() {
    let text =
        "FROM a\nARG ID\nRUN --mount=type=cache,id=$ID,\\\ntarget=$DIR echo $HOME\nCMD [\"$X\"]\n";
    assert_eq!(references(text, 2), ["ID", "DIR?"]);
    assert!(references(text, 3).is_empty());
}

#[test]
fn platform_arguments_are_declared_in_from_and_where_a_stage_declares_them() {
    let text = "FROM --platform=$BUILDPLATFORM a\nCOPY $TARGETARCH b\nARG TARGETARCH\nCOPY $TARGETARCH b\n";
    assert_eq!(references(text, 0), ["BUILDPLATFORM"]);
    assert_eq!(references(text, 1), ["TARGETARCH?"]);
    assert_eq!(references(text, 3), ["TARGETARCH"]);
}

#[test]
fn a_stage_may_stand_on_another_one_for_each_platform() {
    let file = parse(
        "FROM x AS base-amd64\nUSER app\nFROM y AS base-arm64\nFROM z AS base-none\nFROM base-${TARGETARCH} AS c\nRUN a\nFROM c-$TARGETOS\n",
    );
    let stage = &file.stages[3];
    assert_eq!(stage.base, Base::Stage(0));
    assert_eq!(stage.others, [1]);
    assert_eq!(file.state_of(stage).user, Some(1));
    assert_eq!(file.stages[4].base, Base::Unknown);
    let file = parse(
        "FROM x AS base-amd64\nFROM y AS base-arm64\nFROM z AS unused\nFROM base-$TARGETARCH\n",
    );
    let ships: Vec<_> = file.stages.iter().map(|s| s.ships).collect();
    assert_eq!(ships, [true, true, false, true]);
}

#[test]
fn the_triggers_of_a_stage_run_first_in_those_that_begin_with_it() {
    let file = parse(
        "FROM t AS tools\nFROM a AS base\nONBUILD USER app\nONBUILD ENV D=/d\nONBUILD COPY --from=tools x y\nUSER root\nFROM base AS child\nWORKDIR $D\nFROM child\nRUN x\n",
    );
    assert_eq!(file.state_of(&file.stages[1]).user, Some(5));
    assert_eq!(file.state_of(&file.stages[2]).user, Some(2));
    let Body::Text(workdir) = &file.instructions[7].body else {
        panic!("no text");
    };
    assert_eq!(workdir.value.known(), Some("/d"));
    assert!(file.stages[0].is_reached);
    assert_eq!(file.stages[1].uses, [0; 0]);
    assert_eq!(file.stages[2].uses, [0]);
    // Grandchildren are not triggered again.
    assert_eq!(file.stages[3].uses, [0; 0]);
}

#[test]
fn a_from_that_is_not_understood_begins_a_stage() {
    let file = Dockerfile::parse(b"FROM {{ image }}\nUSER a\nFROM\nRUN x\n");
    assert_eq!(file.errors.len(), 2);
    assert_eq!(file.stages.len(), 2);
    assert_eq!(file.stages[0].base, Base::Unknown);
    assert_eq!(file.state_of(&file.stages[0]).user, Some(1));
    assert_eq!(file.instructions[3].stage, Some(1));
}
