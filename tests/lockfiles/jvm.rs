//! Ruby, PHP, the JVM, .NET, Elixir and Erlang.

use plimsoll::model::Package;

use super::{bytes, expect, package, read, requested, required_by};

/// What could not be read in a text under a name.
fn errors(path: &str, text: &str) -> Vec<String> {
    let errors = read(path, text.as_bytes()).errors;
    errors.into_iter().map(|error| error.message).collect()
}

/// `name version` of what a text under a name pins.
fn pins(path: &str, text: &str) -> Vec<String> {
    let packages = read(path, text.as_bytes()).packages;
    let pin = |package: &Package| format!("{} {}", package.name, package.version);
    packages.iter().map(pin).collect()
}

#[test]
fn a_gemfile_lock_has_the_groups_of_its_gemfile() {
    let path = "bundler/groups/Gemfile.lock";
    expect(
        path,
        "
            6: tide-tables 0.4.0.pre1 Prod direct Git tide-tables
            12: harbour 0.1.0 Prod direct Path harbour
            18: private-kit 1.0.3 Prod direct Url private-kit
            23: diff-lcs 1.5.0 Dev transitive Registry rspec>rspec-expectations>diff-lcs
            24: execjs 2.8.1 Prod transitive Registry uglifier>execjs
            25: nokogiri 1.15.4 Prod direct Registry nokogiri
            27: nokogiri 1.15.4 Prod direct Registry nokogiri
            29: nokogiri 1.15.4 Prod direct Registry nokogiri
            31: racc 1.7.1 Prod transitive Registry nokogiri>racc
            32: rack 2.2.3 Prod direct Registry rack
            33: rspec 3.10.0 Dev direct Registry rspec
            36: rspec-core 3.10.1 Dev transitive Registry rspec>rspec-core
            37: rspec-expectations 3.10.1 Dev transitive Registry rspec>rspec-expectations
            39: uglifier 4.2.0 Prod direct Registry uglifier
        ",
    );
    assert_eq!(
        requested(path, "rack"),
        "bundler/groups/Gemfile:3 ~> 2.2, >= 2.2.3"
    );
    assert_eq!(
        required_by(path, "rack"),
        " ~> 2.2, >= 2.2.3, tide-tables >= 1.0, < 4"
    );
    let git = package(path, "tide-tables").facts;
    assert_eq!(git.commit.as_deref(), Some(&*"1".repeat(40)));
    let nokogiri = &read(path, &bytes(path)).packages[5].facts;
    assert_eq!(nokogiri.resolved.as_deref(), Some("https://rubygems.org/"));
    assert!(nokogiri.integrity[0].starts_with("sha256=e4a8"));
}

#[test]
fn the_gemspec_says_what_only_developers_of_a_gem_need() {
    let path = "bundler/gem/Gemfile.lock";
    expect(
        path,
        "
            4: mooring 1.2.0 Prod direct Path mooring
            10: rack 3.0.8 Prod transitive Registry mooring>rack
            11: rake 13.0.6 Dev direct Registry rake
        ",
    );
    assert_eq!(
        requested(path, "rake"),
        "bundler/gem/mooring.gemspec:5 ~> 13.0"
    );
}

#[test]
fn a_platform_is_no_part_of_a_version_and_a_conflict_is_told() {
    let path = "bundler/platforms/gems.locked";
    expect(
        path,
        "
            5: anchor 0.3.1 Unknown direct Url anchor
            11: ffi 1.16.3 Unknown direct Registry ffi
            12: google-protobuf 3.25.1 Unknown direct Registry google-protobuf
            13: hanami-utils 2.0.0.alpha1 Unknown transitive Registry
        ",
    );
    assert_eq!(read(path, &bytes(path)).errors.len(), 1);
}

#[test]
fn a_gemfile_lock_may_hold_nothing() {
    for text in [
        "",
        "GEM\n  remote: https://rubygems.org/\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n",
    ] {
        assert!(errors("Gemfile.lock", text).is_empty());
        assert!(pins("Gemfile.lock", text).is_empty());
    }
    let cut = "GEM\n  specs:\n    rack (2.2.3)\n    rake (13.0";
    assert_eq!(pins("Gemfile.lock", cut), ["rack 2.2.3"]);
    assert_eq!(errors("Gemfile.lock", cut), ["not a line of a lockfile"]);
}

#[test]
fn a_composer_lock_has_the_lines_of_its_composer_json() {
    let path = "composer/project/composer.lock";
    expect(
        path,
        "
            6: drupal/token 1.11.0 Prod direct Registry drupal/token
            24: harbour/crane dev-work Prod transitive Path
            34: monolog/monolog v2.9.1 Prod direct Registry monolog/monolog
            60: psr/log 3.0.0 Prod transitive Registry monolog/monolog>psr/log
            68: tide/tables dev-main Prod direct Url tide/tables
            84: phpunit/phpunit 9.6.13 Dev direct Registry phpunit/phpunit
            93: sebastian/version 3.0.2 Dev transitive Registry phpunit/phpunit>sebastian/version
        ",
    );
    assert_eq!(
        requested(path, "monolog/monolog"),
        "composer/project/composer.json:5 ^2.0"
    );
    assert_eq!(
        required_by(path, "monolog/monolog"),
        " ^2.0, tide/tables ^1.0 || ^2.0"
    );
    let monolog = package(path, "monolog/monolog").facts;
    assert_eq!(monolog.released.as_deref(), Some("2023-02-06"));
    assert_eq!(monolog.licences, ["MIT"]);
    assert!(monolog.commit.expect("a commit").starts_with("f259e2b"));
    assert!(monolog.integrity.is_empty());
    let log = package(path, "psr/log").facts;
    assert_eq!(log.discouraged.as_deref(), Some("use psr/logger instead"));
    assert_eq!(
        log.licences,
        ["MIT OR (GPL-2.0-only WITH Classpath-exception-2.0)"]
    );
    let facts = |name| package(path, name).facts;
    assert_eq!(facts("sebastian/version").discouraged.as_deref(), Some(""));
    assert_eq!(facts("phpunit/phpunit").discouraged, None);
    assert!(facts("tide/tables").has_install_script);
    assert_eq!(facts("drupal/token").integrity.len(), 1);
}

#[test]
fn a_composer_lock_without_its_manifest_does_not_invent_what_is_direct() {
    expect(
        "composer/dev/composer.lock",
        "5: sentry/sdk 2.0.4 Dev direct Registry sentry/sdk",
    );
    assert_eq!(errors("x/composer.lock", "{}"), [""; 0]);
    assert_eq!(errors("x/composer.lock", ""), ["the text ends too early"]);
    assert_eq!(errors("x/composer.lock", "[]"), ["a lockfile is an object"]);
    let nameless = r#"{"packages": [{"version": "1.0"}, {"name": "a/b", "version": "1.0"}]}"#;
    assert_eq!(pins("x/composer.lock", nameless), ["a/b 1.0"]);
    assert_eq!(
        errors("x/composer.lock", nameless),
        ["a package without a name"]
    );
}

#[test]
fn a_mix_lock_names_packages_by_what_they_are_published_as() {
    let path = "mix/app/mix.lock";
    expect(
        path,
        "
            2: backoff 1.1.6 Prod transitive Registry plug>backoff
            3: bunt 0.2.0 Dev transitive Registry credo>bunt
            4: credo 1.5.5 Dev direct Registry credo
            5: earmark 1.4.9 Optional direct Registry earmark
            6: jason 1.2.2 Optional transitive Registry plug>jason
            7: private_kit 1.0.3 Unknown transitive Url
            8: plug 1.11.1 Prod direct Registry plug
            9: tide_tables  Prod direct Git tide_tables
        ",
    );
    assert_eq!(requested(path, "credo"), "mix/app/mix.exs:11 ~> 1.5");
    assert_eq!(requested(path, "tide_tables"), "mix/app/mix.exs:12 ");
    assert_eq!(required_by(path, "jason"), "credo ~> 1.0, plug ~> 1.1");
    let facts = |name| package(path, name).facts;
    assert_eq!(facts("private_kit").alias.as_deref(), Some("kit"));
    assert_eq!(facts("private_kit").integrity, ["bb"]);
    assert_eq!(
        facts("tide_tables").commit.as_deref(),
        Some(&*"1".repeat(40))
    );
}

#[test]
fn a_mix_lock_may_be_empty_or_broken() {
    for text in ["", "%{}\n", "%{\n}\n"] {
        assert!(errors("mix.lock", text).is_empty(), "{text}");
    }
    assert_eq!(errors("mix.lock", "[]"), ["a lockfile is a map"]);
    let cut =
        "%{\n  \"a\": {:hex, :a, \"1.0\", \"\", [], [], \"hexpm\"},\n  \"b\": {:hex, :b, \"2.";
    assert_eq!(pins("mix.lock", cut), ["a 1.0"]);
    assert_eq!(errors("mix.lock", cut).len(), 2);
}

#[test]
fn a_rebar_lock_knows_how_far_each_package_is() {
    let path = "rebar/release/rebar.lock";
    expect(
        path,
        "
            2: base64url 1.0.1 Unknown direct Registry
            3: cowlib  Unknown transitive Git
            7: jose_fork 1.11.5 Unknown direct Registry
        ",
    );
    let jose = package(path, "jose_fork").facts;
    assert_eq!(jose.alias.as_deref(), Some("jose"));
    assert!(jose.integrity[0].starts_with("DCD3"));
    let cowlib = package(path, "cowlib").facts;
    assert_eq!(cowlib.commit.as_deref(), Some(&*"1".repeat(40)));
    expect(
        "rebar/old/rebar.lock",
        "
            1: goldrush 0.1.9 Unknown transitive Registry
            2: lager 3.5.2 Unknown direct Registry
        ",
    );
    assert!(errors("rebar.lock", "[].\n").is_empty());
}
