//! Ruby, PHP, the JVM, .NET, Elixir and Erlang.

use plimsoll::model::{Package, Scope};

use super::{bytes, expect, expect_nothing, package, read, requested, required_by, table};

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

#[test]
fn a_gradle_lockfile_has_scopes_by_its_configurations() {
    let path = "gradle/app/gradle.lockfile";
    expect(
        path,
        "
            4: ch.qos.logback:logback-classic 1.2.3 Prod ? Registry
            5: com.puppycrawl.tools:checkstyle 9.3 Dev ? Registry
            6: org.apache.logging.log4j:log4j-core 2.14.1 Prod ? Registry
            7: org.junit.jupiter:junit-jupiter-api 5.8.2 Dev ? Registry
            9: org.projectlombok:lombok 1.18.22 Unknown ? Registry
        ",
    );
    let lockfile = read(path, &bytes(path));
    assert_eq!(lockfile.errors.len(), 1);
    assert_eq!(
        &bytes(path)[lockfile.errors[0].span.range()],
        b"a line that is none"
    );
    expect(
        "gradle/app/buildscript-gradle.lockfile",
        "1: com.gradle:gradle-enterprise-gradle-plugin 3.8.1 Dev ? Registry",
    );
    expect(
        "gradle/app/gradle/dependency-locks/testRuntimeClasspath.lockfile",
        "
            2: junit:junit 4.12 Dev ? Registry
            3: org.hamcrest:hamcrest-core 1.3 Dev ? Registry
        ",
    );
    for text in ["", "# nothing\n", "empty=\n"] {
        assert!(errors("gradle.lockfile", text).is_empty(), "{text}");
    }
    assert_eq!(errors("gradle.lockfile", "a:b:1.0").len(), 1, "half a line");
}

#[test]
fn what_gradle_has_verified_is_listed_with_its_hashes() {
    let path = "gradle/verified/gradle/verification-metadata.xml";
    expect(
        path,
        "
            7: org.apache.pdfbox:pdfbox 2.0.17 Unknown ? Registry
            16: com.github.javaparser:javaparser-core 3.6.11 Unknown ? Registry
        ",
    );
    let hashes = package(path, "org.apache.pdfbox:pdfbox").facts.integrity;
    assert_eq!(hashes.len(), 2);
    assert!(hashes[0].starts_with("sha256:1111"));
    let lockfile = read(path, &bytes(path));
    assert_eq!(
        lockfile.errors[0].message,
        "a component without a group, a name or a version"
    );
}

/// As [`expect`], for files whose versions stand elsewhere than the names.
fn expect_rows(path: &str, expected: &str) {
    let expected: Vec<&str> = expected.trim().lines().map(str::trim).collect();
    let table = table(path);
    let found: Vec<&str> = table.lines().map(str::trim).collect();
    assert_eq!(found, expected, "{path}");
}

#[test]
fn a_build_script_of_gradle_is_read_as_far_as_it_is_written_out() {
    let path = "gradle/script/build.gradle";
    expect_rows(
        path,
        "
            6: org.jetbrains.kotlin:kotlin-gradle-plugin 1.9.0 Dev direct Registry org.jetbrains.kotlin:kotlin-gradle-plugin
            25: commons-io:commons-io 2.6 Prod direct Registry commons-io:commons-io
            26: com.fasterxml.jackson.core:jackson-databind 2.10.0 Prod direct Registry com.fasterxml.jackson.core:jackson-databind
            27: org.apache.logging.log4j:log4j-core 2.14.1 Prod direct Registry org.apache.logging.log4j:log4j-core
            28: org.postgresql:postgresql 42.2.5 Prod direct Registry org.postgresql:postgresql
            31: org.slf4j:slf4j-api 1.7.25 Prod direct Registry org.slf4j:slf4j-api
            36: org.springframework.boot:spring-boot-starter-web  Prod direct Registry org.springframework.boot:spring-boot-starter-web
            37: javax.servlet:servlet-api 2.5 Optional direct Registry javax.servlet:servlet-api
            38: com.example:dotted 2.14.1 Prod direct Registry com.example:dotted
            42: junit:junit 4.12 Dev direct Registry junit:junit
            42: org.mockito:mockito-core  Dev direct Registry org.mockito:mockito-core
            43: com.example:crane 2.1.0 Prod direct Registry com.example:crane
            44: com.example:winch  Prod direct Registry com.example:winch
            47: com.example:added 1.1 Prod direct Registry com.example:added
        ",
    );
    let asked = "gradle/script/build.gradle:42 3.+";
    assert_eq!(requested(path, "org.mockito:mockito-core"), asked);
    assert_eq!(
        read(path, &bytes(path)).unknown,
        [
            "versions may come from com.example:harbour-bom",
            "nothing that is read here defines winchVersion",
            "a build script does not name what its dependencies depend on",
        ]
    );
    expect_nothing("gradle/script/locked/build.gradle");
}

#[test]
fn a_build_script_in_kotlin_takes_properties_from_the_folders_above() {
    let path = "gradle/script/harbour/build.gradle.kts";
    expect_rows(
        path,
        "
            5: io.ktor:ktor-server-core 1.6.0 Prod direct Registry io.ktor:ktor-server-core
            6: org.jetbrains.exposed:exposed-core 0.30.1 Prod direct Registry org.jetbrains.exposed:exposed-core
            7: junit:junit 4.13 Dev direct Registry junit:junit
            9: com.fasterxml.jackson.core:jackson-core  Prod direct Registry com.fasterxml.jackson.core:jackson-core
            11: com.example:crane 2.1.0 Prod direct Registry com.example:crane
            13: com.example:strict 1.2 Prod direct Registry com.example:strict
            14: com.example:newest  Prod direct Registry com.example:newest
        ",
    );
    let names = "x = '1'\nx = '2'\ndependencies { api \"a:b:$x\" }";
    assert_eq!(pins("build.gradle", names), ["a:b "], "one of two");
    let long = format!(
        "x = '{}'\ndependencies {{ api \"a:b:{}\" }}",
        "1".repeat(10_000),
        "$x".repeat(10_000)
    );
    assert_eq!(pins("build.gradle", &long), ["a:b "]);
    let deep = "{".repeat(200_000);
    assert!(pins("build.gradle", &deep).is_empty());
}

#[test]
fn a_version_catalog_follows_shared_and_rich_versions() {
    let path = "gradle/catalog/gradle/libs.versions.toml";
    expect_rows(
        path,
        "
            8: org.codehaus.groovy:groovy 3.0.5 Unknown ? Registry
            9: org.codehaus.groovy:groovy-json 3.0.5 Unknown ? Registry
            10: org.apache.commons:commons-lang3 3.9 Unknown ? Registry
            11: org.apache.logging.log4j:log4j-core 2.14.1 Unknown ? Registry
            12: org.slf4j:slf4j-api 1.7.25 Unknown ? Registry
            13: org.jetbrains.kotlin:kotlin-stdlib  Unknown ? Registry
            14: org.springframework:spring-core  Unknown ? Registry
            15: com.example:short 1.7 Unknown ? Registry
            20: com.example:long 4.0.1 Unknown ? Registry
            27: com.github.ben-manes.versions:com.github.ben-manes.versions.gradle.plugin 0.45.0 Dev ? Registry
            28: com.example.plugin:com.example.plugin.gradle.plugin 1.2.3 Dev ? Registry
        ",
    );
    let line =
        |name: &str, asked: &str| assert_eq!(requested(path, name), format!("{path}:{asked}"));
    line("org.codehaus.groovy:groovy", "2 3.0.5");
    line(
        "org.slf4j:slf4j-api",
        "4 strictly [1.7, 1.8[, prefer 1.7.25",
    );
    line("org.jetbrains.kotlin:kotlin-stdlib", "5 1.9.+");
    assert_eq!(requested(path, "org.springframework:spring-core"), "");
    let lockfile = read(path, &bytes(path));
    assert_eq!(
        lockfile.errors[0].message,
        "a library or plugin without a name"
    );
    assert_eq!(lockfile.unknown.len(), 1);
}

#[test]
fn a_pom_takes_versions_from_the_parents_that_are_here() {
    let path = "maven/module/ship/pom.xml";
    expect_rows(
        path,
        "
            6: org.slf4j:slf4j-api 1.7.25 Prod transitive Registry org.example.harbour:module>org.slf4j:slf4j-api
            14: com.fasterxml.jackson.core:jackson-databind 2.10.0 Prod direct Registry com.fasterxml.jackson.core:jackson-databind
            18: junit:junit 4.12 Dev direct Registry junit:junit
            22: org.example.harbour:crane 2.1.0 Prod direct Registry org.example.harbour:crane
            25: org.eclipse.jetty:jetty-server 9.4.35.v20201120 Prod direct Registry org.eclipse.jetty:jetty-server
            33: commons-io:commons-io  Prod direct Registry commons-io:commons-io
            38: com.example:exact 1.0.1 Optional direct Registry com.example:exact
            44: com.example:exact 1.0.2 Dev direct Registry com.example:exact
            51: javax.servlet:servlet-api 2.5 Optional direct Registry javax.servlet:servlet-api
            57: com.example:local 1.0 Prod direct Path com.example:local
            64: org.springframework.boot:spring-boot-starter-web  Prod direct Registry org.springframework.boot:spring-boot-starter-web
            68: com.example:nowhere  Prod direct Registry com.example:nowhere
            96: com.example:usual 1.1 Prod direct Registry com.example:usual
            109: org.postgresql:postgresql 42.2.5 Optional direct Registry org.postgresql:postgresql
        ",
    );
    let line = |name: &str, asked: &str| assert_eq!(requested(path, name), asked);
    line(
        "com.fasterxml.jackson.core:jackson-databind",
        "maven/module/pom.xml:10 2.10.0",
    );
    line("junit:junit", "maven/pom.xml:23 4.12");
    line(
        "commons-io:commons-io",
        "maven/module/ship/pom.xml:34 [2.7,3)",
    );
    line(
        "org.postgresql:postgresql",
        "maven/module/ship/pom.xml:104 42.2.5",
    );
    line("org.springframework.boot:spring-boot-starter-web", "");
    let lockfile = read(path, &bytes(path));
    assert_eq!(
        lockfile.unknown,
        [
            "1 dependency has no version in this repository; it may come from org.springframework.boot:spring-boot-dependencies",
            "nothing in this repository defines ${nowhere.version}",
            "a pom.xml does not name what its dependencies depend on",
        ]
    );
    let errors: Vec<_> = lockfile.errors.iter().map(|e| e.message.as_str()).collect();
    assert_eq!(errors, ["a dependency without a group or a name"]);
}

#[test]
fn a_pom_says_what_a_parent_from_elsewhere_hides() {
    let path = "maven/remote/pom.xml";
    expect_rows(
        path,
        "
            12: org.springframework.boot:spring-boot-starter-web  Prod direct Registry org.springframework.boot:spring-boot-starter-web
            16: org.apache.commons:commons-text 1.9 Prod direct Registry org.apache.commons:commons-text
            21: org.apache.commons:commons-lang3 2.6.1 Prod direct Registry org.apache.commons:commons-lang3
        ",
    );
    assert_eq!(
        read(path, &bytes(path)).unknown,
        [
            "the parent org.springframework.boot:spring-boot-starter-parent is not in this repository: what it adds is not known",
            "1 dependency has no version in this repository; it may come from org.springframework.boot:spring-boot-starter-parent",
            "a pom.xml does not name what its dependencies depend on",
        ]
    );
}

#[test]
fn a_pom_survives_circles_bombs_and_halves() {
    let nothing = "<project></project>";
    assert!(errors("pom.xml", nothing).is_empty());
    assert!(read("pom.xml", nothing.as_bytes()).unknown.is_empty());
    assert_eq!(errors("pom.xml", ""), ["no element"]);
    assert_eq!(errors("pom.xml", "<html></html>"), ["not a project"]);
    let half = "<project><dependencies><dependency><groupId>g</groupId><artifactId>a</artifactId><version>1.2";
    assert_eq!(pins("pom.xml", half), ["g:a "]);
    assert_eq!(errors("pom.xml", half).len(), 1);
    let one = |properties: &str, version: &str| {
        format!(
            "<project><properties>{properties}</properties><dependencies><dependency><groupId>g</groupId><artifactId>a</artifactId><version>{version}</version></dependency></dependencies></project>"
        )
    };
    assert_eq!(
        pins("pom.xml", &one("<a>${b}</a><b>${a}</b>", "${a}")),
        ["g:a "]
    );
    let mut bomb = String::new();
    for level in 0..60 {
        let inner = format!("${{p{}}}", level + 1).repeat(10);
        bomb.push_str(&format!("<p{level}>{inner}</p{level}>"));
    }
    assert_eq!(pins("pom.xml", &one(&bomb, "${p0}")), ["g:a "]);
    assert_eq!(
        pins("pom.xml", &one("<v>1</v>", "${v}.${v}-x")),
        ["g:a 1.1-x"]
    );
    // That a dependency is optional is never kept for it elsewhere.
    let name = "<groupId>g</groupId><artifactId>a</artifactId>";
    let kept = format!(
        "<project><dependencyManagement><dependencies><dependency>{name}<version>1</version><optional>true</optional></dependency></dependencies></dependencyManagement><dependencies><dependency>{name}</dependency></dependencies></project>"
    );
    let package = &read("pom.xml", kept.as_bytes()).packages[0];
    assert_eq!((&*package.version, package.scope), ("1", Scope::Prod));
    // A parent that is its own.
    let circle = "<project><parent><groupId>g</groupId><artifactId>a</artifactId><version>1</version><relativePath>pom.xml</relativePath></parent><artifactId>a</artifactId></project>";
    assert!(errors("pom.xml", circle).is_empty());
}

#[test]
fn a_nuget_lockfile_lists_a_package_in_each_framework() {
    let path = "nuget/lock/packages.lock.json";
    expect(
        path,
        "
            5: newtonsoft.json 12.0.3 Prod direct Registry newtonsoft.json
            13: newtonsoft.json 12.0.3 Prod direct Registry newtonsoft.json
            19: stylecop.analyzers 1.1.118 Dev direct Registry stylecop.analyzers
            25: system.buffers 4.5.1 Prod transitive Registry quay>system.memory>system.buffers
            30: system.memory 4.5.4 Prod transitive Registry quay>system.memory
            39: quay  Prod direct Path quay
            47: runtime.native.system 4.0.0 Unknown transitive Registry
        ",
    );
    assert_eq!(
        requested(path, "stylecop.analyzers"),
        "nuget/lock/Ferry.csproj:8 1.1.118"
    );
    assert_eq!(required_by(path, "system.memory"), "quay [4.5.4, )");
    let hash = package(path, "system.buffers").facts.integrity;
    assert!(hash[0].starts_with("Rw7ij"));
    assert_eq!(
        errors(
            "packages.lock.json",
            "{\"version\": 1, \"dependencies\": {}}"
        ),
        [""; 0]
    );
    assert_eq!(
        errors("packages.lock.json", "[]"),
        ["a lockfile is an object"]
    );
}

#[test]
fn a_project_with_a_lockfile_leaves_the_word_to_it() {
    expect_nothing("nuget/lock/Ferry.csproj");
}

#[test]
fn a_packages_config_marks_what_only_developers_need() {
    let path = "nuget/config/packages.config";
    expect(
        path,
        "
            3: jquery 1.10.2 Prod ? Registry
            4: microsoft.codedom.providers.dotnetcompilerplatform 1.0.0 Dev ? Registry
            6: nlog 4.3.10 Prod ? Registry
        ",
    );
    assert_eq!(required_by(path, "nlog"), " [4,5)");
    let lockfile = read(path, &bytes(path));
    assert_eq!(
        lockfile.errors[0].message,
        "a package without an id or a version"
    );
}

#[test]
fn the_assets_of_a_project_tell_what_it_asked_for() {
    let path = "nuget/assets/project.assets.json";
    expect(
        path,
        "
            21: newtonsoft.json 12.0.3 Prod transitive Registry quay>serilog>newtonsoft.json
            26: quay 1.0.0 Prod direct Path quay
            30: serilog 2.10.0 Prod transitive Registry quay>serilog
            35: stylecop.analyzers 1.1.118 Dev direct Registry stylecop.analyzers
        ",
    );
    assert_eq!(required_by(path, "newtonsoft.json"), "serilog [12.0.0, )");
    assert_eq!(required_by(path, "stylecop.analyzers"), " [1.1.118, )");
}

#[test]
fn what_a_built_program_loads_is_listed_with_its_runtime() {
    expect(
        "nuget/deps/Ferry.deps.json",
        "
            22: ferry 1.0.0 Unknown ? Path
            23: microsoft.netcore.app.runtime.linux-x64 6.0.1 Prod direct Registry microsoft.netcore.app.runtime.linux-x64
            26: newtonsoft.json 12.0.3 Prod transitive Registry serilog>newtonsoft.json
            31: serilog 2.10.0 Prod direct Registry serilog
        ",
    );
}

#[test]
fn a_project_file_pins_what_it_asks_for_in_one_way() {
    let path = "nuget/project/Pier.csproj";
    expect_rows(
        path,
        "
            11: newtonsoft.json 12.0.3 Prod direct Registry newtonsoft.json
            14: serilog 2.10.0 Prod direct Registry serilog
            15: mixed  Prod direct Registry mixed
            16: default 3.0.0 Prod direct Registry default
            17: floating  Prod direct Registry floating
            18: range  Prod direct Registry range
            19: exact 1.5.0 Prod direct Registry exact
            20: coverlet.collector 3.1.0 Dev direct Registry coverlet.collector
            21: implicit  Prod direct Registry implicit
        ",
    );
    assert_eq!(requested(path, "range"), format!("{path}:18 [1.0,2.0)"));
    assert_eq!(
        requested(path, "newtonsoft.json"),
        format!("{path}:12 12.0.3")
    );
    assert_eq!(
        read(path, &bytes(path)).unknown,
        [
            "1 package has no version in this repository",
            "nothing in this repository defines $(MixedVersion) in one way",
            "what its packages depend on stands in no project file: restore with a lockfile",
        ]
    );
}

#[test]
fn central_versions_count_for_the_projects_below() {
    let central = "nuget/central/Directory.Packages.props";
    expect_rows(
        central,
        "
            3: azure.identity 1.7.0 Unknown ? Registry
            4: newtonsoft.json 12.0.3 Unknown ? Registry
            5: nunit 3.13.2 Unknown ? Registry
            6: nerdbank.gitversioning 3.5.109 Dev direct Registry nerdbank.gitversioning
        ",
    );
    let path = "nuget/central/src/app/App.fsproj";
    expect_rows(
        path,
        "
            3: azure.identity 1.7.0 Prod direct Registry azure.identity
            4: newtonsoft.json 13.0.1 Prod direct Registry newtonsoft.json
            5: nunit 3.13.2 Dev direct Registry nunit
        ",
    );
    assert_eq!(requested(path, "nunit"), format!("{central}:5 3.13.2"));
}
