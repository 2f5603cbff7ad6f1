use super::*;

#[track_caller]
fn check(ecosystem: Ecosystem, range: &str, inside: &[&str], outside: &[&str]) {
    let requirement = Requirement::parse(ecosystem, range);
    let requirement = requirement.unwrap_or_else(|| panic!("{range} is a range"));
    let scheme = Scheme::for_ecosystem(ecosystem);
    for version in inside {
        assert!(
            requirement.allows(&scheme.parse(version)),
            "{range} has {version}"
        );
    }
    for version in outside {
        assert!(
            !requirement.allows(&scheme.parse(version)),
            "{range} has not {version}"
        );
    }
}

#[track_caller]
fn is_none(ecosystem: Ecosystem, texts: &[&str]) {
    for text in texts {
        assert_eq!(Requirement::parse(ecosystem, text), None, "{text}");
    }
}

#[test]
fn npm_s_carets_tildes_and_open_parts() {
    let check = |range, inside: &[&str], outside: &[&str]| {
        check(Ecosystem::Npm, range, inside, outside);
    };
    check(
        "^1.2.3",
        &["1.2.3", "1.9.0"],
        &["1.2.2", "2.0.0", "2.0.0-rc.1", "1.3.0-rc.1"],
    );
    check("^0.2.3", &["0.2.9"], &["0.3.0"]);
    check("^0.0.3", &["0.0.3"], &["0.0.4"]);
    check("^0.0", &["0.0.9"], &["0.1.0"]);
    check("^0.x", &["0.9.0"], &["1.0.0"]);
    check(
        "^1.2.3-beta.2",
        &["1.2.3-beta.4", "1.2.3"],
        &["1.2.4-beta.2"],
    );
    check("~1.2.3", &["1.2.9"], &["1.3.0"]);
    check("~1", &["1.9.9"], &["2.0.0"]);
    check("1.2", &["1.2.0", "1.2.9"], &["1.3.0"]);
    check(
        "1.x || >=2.5.0 || 5.0.0 - 7.2",
        &["1.4.0", "2.5.0", "7.2.9"],
        &["2.4.9"],
    );
    check("5.0.0 - 7.2", &["5.0.0", "7.2.9"], &["7.3.0"]);
    check(">= 1.2 < 2", &["1.2.0"], &["2.0.0", "1.1.9"]);
    check(">1.2", &["1.3.0"], &["1.2.9"]);
    check("<=1.2", &["1.2.9"], &["1.3.0"]);
    check("*", &["1.0.0"], &["1.0.0-rc.1"]);
    check("", &["1.0.0"], &[]);
    check("npm:@real/name@^1.0.0", &["1.5.0"], &["2.0.0"]);
    check("=v1.2.3", &["1.2.3"], &["1.2.4"]);
}

#[test]
fn what_is_no_range_is_not_guessed() {
    is_none(
        Ecosystem::Npm,
        &[
            "latest",
            "file:../x",
            "github:a/b",
            "https://example.org/x.tgz",
            "workspace:*",
            ">=",
            "1.x.3",
        ],
    );
    is_none(Ecosystem::Packagist, &["dev-main", "self.version"]);
    is_none(Ecosystem::PyPI, &["@ git+https://example.org/x", ">=abc"]);
    is_none(Ecosystem::Maven, &["${version}", "[1.0"]);
    is_none(Ecosystem::SwiftUrl, &["1.0"]);
}

#[test]
fn a_bare_version_is_a_caret_to_cargo() {
    check(
        Ecosystem::CratesIo,
        "1.2",
        &["1.2.0", "1.9.0"],
        &["2.0.0", "1.1.9"],
    );
    check(Ecosystem::CratesIo, "0.3", &["0.3.9"], &["0.4.0"]);
    check(Ecosystem::CratesIo, "0", &["0.9.0"], &["1.0.0"]);
    check(Ecosystem::CratesIo, "=1.2.3", &["1.2.3"], &["1.2.4"]);
    check(Ecosystem::CratesIo, "1.2.*", &["1.2.7"], &["1.3.0"]);
    check(Ecosystem::CratesIo, ">=1.2, <1.5", &["1.4.9"], &["1.5.0"]);
}

#[test]
fn specifiers_of_python_and_the_carets_of_poetry() {
    let check = |range, inside: &[&str], outside: &[&str]| {
        check(Ecosystem::PyPI, range, inside, outside);
    };
    check("~=1.4.2", &["1.4.2", "1.4.9"], &["1.5", "1.4.1"]);
    check("~=1.4", &["1.9"], &["2.0", "2.0rc1"]);
    check("==1.4.*", &["1.4", "1.4.7"], &["1.5", "1.3"]);
    check(
        ">=1.0,<2.0,!=1.5",
        &["1.4"],
        &["1.5", "2.0", "2.0rc1", "1.6b1"],
    );
    check("(>=1.0)", &["1.0"], &["0.9"]);
    check(">=2.0rc1", &["2.0rc2"], &["2.0b1"]);
    check("^1.2", &["1.9"], &["2.0"]);
    check("^0.0.3", &["0.0.3"], &["0.0.4"]);
    check("~1.2", &["1.2.9"], &["1.3"]);
    check("^1.0 || ^3.0", &["3.1"], &["2.0"]);
    check("*", &["1"], &["1rc1"]);
    check("", &["1"], &[]);
    check("1.2.3", &["1.2.3"], &["1.2.4"]);
}

#[test]
fn the_pessimistic_operator_of_ruby_and_elixir() {
    check(
        Ecosystem::RubyGems,
        "~> 1.2.3",
        &["1.2.3", "1.2.9"],
        &["1.3", "1.3.0.rc1"],
    );
    check(
        Ecosystem::RubyGems,
        "~> 1.2",
        &["1.9"],
        &["2.0", "2.0.0.rc1"],
    );
    check(
        Ecosystem::RubyGems,
        ">= 1.0, != 1.3",
        &["1.2"],
        &["1.3", "1.4.pre"],
    );
    check(Ecosystem::RubyGems, "1.0", &["1.0.0"], &["1.0.1"]);
    check(
        Ecosystem::Hex,
        "~> 1.2.3 or ~> 2.0",
        &["1.2.9", "2.9.0"],
        &["1.3.0", "3.0.0-rc.1"],
    );
    check(
        Ecosystem::Hex,
        ">= 1.0.0 and < 1.5.0",
        &["1.4.0"],
        &["1.5.0"],
    );
}

#[test]
fn constraints_of_composer() {
    let check = |range, inside: &[&str], outside: &[&str]| {
        check(Ecosystem::Packagist, range, inside, outside);
    };
    check("^1.2", &["1.2.0", "1.9.9"], &["2.0.0", "2.0.0-beta1"]);
    check("^0.3", &["0.3.9"], &["0.4.0"]);
    check("~1.2", &["1.9.0"], &["2.0.0"]);
    check("~1.2.3", &["1.2.9"], &["1.3.0"]);
    check("1.0.*", &["1.0.7"], &["1.1.0"]);
    check(">=1.0 <1.1 || >=1.2", &["1.0.5", "1.2.0"], &["1.1.0"]);
    check("1.0 - 2.0", &["2.0.9"], &["2.1.0"]);
    check("^1.0@dev", &["1.5"], &["2.0"]);
    check("1.2.3", &["v1.2.3"], &["1.2.4"]);
}

#[test]
fn intervals_of_maven_and_nuget() {
    check(Ecosystem::Maven, "[1.0,2.0)", &["1.0", "1.9"], &["2.0"]);
    check(
        Ecosystem::Maven,
        "(,1.0],[1.2,)",
        &["0.9", "1.0", "1.2"],
        &["1.1"],
    );
    check(Ecosystem::Maven, "1.5", &["1.5"], &["1.6"]);
    check(
        Ecosystem::NuGet,
        "1.5",
        &["1.5.0", "9.0.0"],
        &["1.4.0", "2.0.0-beta"],
    );
    check(Ecosystem::NuGet, "[1.5]", &["1.5.0"], &["1.5.1"]);
    check(Ecosystem::NuGet, "1.*", &["1.9.0"], &["2.0.0"]);
}

#[test]
fn the_others() {
    check(Ecosystem::Pub, "^0.1.2", &["0.1.9"], &["0.2.0"]);
    check(
        Ecosystem::Pub,
        "^1.2.0",
        &["1.9.0"],
        &["2.0.0", "2.0.0-dev"],
    );
    check(Ecosystem::Pub, ">=1.0.0 <3.0.0", &["2.0.0"], &["3.0.0"]);
    check(Ecosystem::Go, "v1.2.3", &["v1.9.0"], &["v1.2.2"]);
    check(Ecosystem::CocoaPods, "~> 1.2", &["1.9.0"], &["2.0.0"]);
}

#[test]
fn a_range_of_any_length_is_read_in_linear_time() {
    is_none(Ecosystem::Npm, &[&">=1 ".repeat(100_000)]);
}
