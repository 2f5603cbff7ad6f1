//! npm, yarn, pnpm, bun and deno; Swift, CocoaPods, Pub and Stack.

use super::{bytes, expect, expect_nothing, package, read, requested, required_by};

#[test]
fn an_npm_lock_of_version_3_knows_aliases_workspaces_and_nested_packages() {
    let path = "npm/v3/package-lock.json";
    expect(
        path,
        "
            28: debug 4.3.1 Dev transitive Registry mocha>debug
            37: ms 2.1.2 Dev transitive Registry mocha>debug>ms
            42: express 4.17.0 Prod direct Registry express
            49: fsevents 2.3.2 Optional direct Registry fsevents
            55: mocha 8.2.0 Dev direct Registry mocha
            63: ms 2.0.0 Prod direct Registry ms
            68: private-kit 1.0.3 Prod direct Url private-kit
            72: qs 6.7.0 Prod transitive Registry express>qs
            76: tide-tables 0.4.0 Prod direct Git tide-tables
            80: @harbour/crane 0.2.0 Prod ? Path
            87: lodash 4.17.15 Prod direct Registry lodash
        ",
    );
    for (name, line) in [
        ("express", "npm/v3/package.json:6 ^4.17.0"),
        ("mocha", "npm/v3/package.json:12 ^8.0.0"),
        ("fsevents", "npm/v3/package.json:15 ^2.0.0"),
        ("lodash", "npm/v3/packages/crane/package.json:5 ^4.17.0"),
        ("qs", ""),
    ] {
        assert_eq!(requested(path, name), line, "{name}");
    }
    let ms = read(path, &bytes(path)).packages.remove(5);
    assert_eq!(ms.facts.alias.as_deref(), Some("ms-alias"));
    assert_eq!(ms.requested.expect("a line").requirement, "2.0.0");
    assert_eq!(required_by(path, "debug"), "mocha 4.3.1");
    assert_eq!(required_by(path, "lodash"), "@harbour/crane ^4.17.0");
    assert_eq!(package(path, "debug").facts.integrity, ["sha512-AA=="]);
    let git = package(path, "tide-tables").facts;
    assert_eq!(git.commit.as_deref(), Some(&*"1".repeat(40)));
}

#[test]
fn an_npm_lock_says_what_is_deprecated_licensed_and_runs_scripts() {
    let path = "npm/facts/package-lock.json";
    expect(
        path,
        "
            14: bundler 1.2.0 Prod direct Registry bundler
            25: inner 3.0.0 Prod transitive Registry bundler>inner
            33: fork 0.9.0 Optional direct Git fork
            39: host 2.1.0 Prod direct Registry host
            44: local 1.0.1 Prod transitive Path
            49: old 0.1.4 Prod transitive Registry bundler>old
        ",
    );
    let bundler = package(path, "bundler").facts;
    assert_eq!(bundler.licences, ["(MIT OR Apache-2.0)"]);
    assert_eq!(bundler.integrity, ["sha1-AA==", "sha512-BB=="]);
    assert_eq!(package(path, "inner").facts.licences, ["ISC"]);
    let fork = package(path, "fork").facts;
    assert_eq!(fork.commit.as_deref(), Some(&*"2".repeat(40)));
    assert!(fork.has_install_script);
    let old = package(path, "old").facts.discouraged;
    assert_eq!(old.as_deref(), Some("Nobody looks after it: use new"));
    assert_eq!(required_by(path, "host"), " >=1 <3");
}

#[test]
fn an_npm_lock_of_version_2_is_read_once() {
    expect(
        "npm/v2/npm-shrinkwrap.json",
        "
            14: minimist 1.2.5 Prod direct Registry minimist
        ",
    );
}

#[test]
fn an_npm_lock_of_version_1_is_walked_into_its_nested_packages() {
    expect(
        "npm/v1/package-lock.json",
        "
            7: debug 2.6.8 Prod direct Registry debug
            14: ms 2.0.0 Prod ? Registry debug>ms
            21: ms 0.7.1 Dev direct Registry ms
            26: @scope/real 3.1.0 Prod direct Registry @scope/real
            30: tide-tables  Prod direct Git tide-tables
            34: here  Prod direct Path here
        ",
    );
}

#[test]
fn an_npm_lock_of_version_1_learns_from_the_manifest_what_is_direct() {
    let path = "npm/v1-project/package-lock.json";
    expect(
        path,
        "
            6: charts 3.1.0 Prod transitive Url
            10: debug 2.6.8 Prod direct Registry debug
            19: ms 2.0.0 Prod transitive Registry debug>ms
            25: ms 0.7.1 Dev direct Registry ms
            30: tide-tables  Prod transitive Git debug>tide-tables
        ",
    );
    assert_eq!(
        requested(path, "debug"),
        "npm/v1-project/package.json:4 ~2.6.0"
    );
    let git = package(path, "tide-tables").facts;
    assert_eq!(git.commit.as_deref(), Some(&*"1".repeat(40)));
    assert!(git.resolved.is_some());
}

#[test]
fn an_npm_lock_without_packages_is_in_order() {
    expect_nothing("npm/places/package-lock.json");
    expect_nothing("npm/places/npm-shrinkwrap.json");
}

#[test]
fn what_is_no_npm_lock_is_an_error_and_never_an_empty_list_alone() {
    for text in [
        "",
        "[]",
        "{\"packages\": []}",
        "{\"packages\": {\"node_modules/a\": 1}}",
        "{\"dependencies\": {\"a\": {\"version\": ",
        "<<<<<<< HEAD\n{}",
    ] {
        let lockfile = read("package-lock.json", text.as_bytes());
        assert!(!lockfile.errors.is_empty(), "{text}");
    }
}

#[test]
fn a_yarn_lock_of_yarn_1_knows_aliases_places_and_several_patterns() {
    let path = "yarn/classic/yarn.lock";
    expect(
        path,
        "
            5: @harbour/crane 1.2.3 Unknown direct Registry @harbour/crane
            14: berth-map 0.1.0 Unknown direct Path berth-map
            17: build-metadata 1.0.0+build.7 Unknown direct Registry build-metadata
            21: fsevents 2.3.2 Unknown ? Registry @harbour/crane>fsevents
            25: nameless 3.0.0 Unknown direct Git nameless
            29: ms 2.0.0 Unknown ? Registry @harbour/crane>ms
            33: ms 2.1.2 Unknown direct Url ms
            37: short 0.0.1 Unknown direct Git short
            41: tape 5.0.0 Unknown direct Url tape
        ",
    );
    let crane = package(path, "@harbour/crane").facts;
    assert_eq!(crane.integrity, ["sha512-AA=="]);
    assert_eq!(package(path, "fsevents").facts.integrity, ["aaaa"]);
    let short = package(path, "short").facts;
    assert_eq!(short.commit.as_deref(), Some(&*"2".repeat(40)));
    let nameless = package(path, "nameless").facts;
    assert_eq!(nameless.commit.as_deref(), Some(&*"1".repeat(40)));
    let alias = read(path, &bytes(path)).packages.remove(5).facts;
    assert_eq!(alias.alias.as_deref(), Some("ms-old"));
}

#[test]
fn the_manifests_of_workspaces_give_a_yarn_lock_scopes_and_direct_packages() {
    let path = "yarn/classic-workspaces/yarn.lock";
    expect(
        path,
        "
            4: forced 2.5.0 Prod direct Registry forced
            8: linter 3.1.0 Dev direct Registry linter
            15: glob 7.0.0 Dev transitive Registry linter>glob
            19: native 1.0.0 Optional direct Registry native
            25: gyp 8.0.0 Optional transitive Registry native>gyp
            29: router 1.0.9 Prod direct Registry router
        ",
    );
    assert_eq!(
        requested(path, "router"),
        "yarn/classic-workspaces/packages/web/package.json:4 ~1.0.0"
    );
    assert_eq!(required_by(path, "router"), "web ~1.0.0, linter ~1.0.0");
    assert_eq!(required_by(path, "linter"), " ^3.0.0");
}

#[test]
fn a_yarn_lock_of_later_yarns_knows_workspaces_patches_and_places() {
    let path = "yarn/berry/yarn.lock";
    expect(
        path,
        "
            8: @esbuild/linux-x64 0.19.0 Dev transitive Registry linter>@esbuild/linux-x64
            15: @port/tools 0.0.0-use.local Dev direct Path @port/tools
            21: @port/web 0.0.0-use.local Unknown ? Path
            30: linter 3.1.0 Dev direct Registry linter
            43: ms 2.0.0 Prod direct Registry ms
            50: ms 2.1.2 Dev transitive Url linter>ms
            67: resolve 1.22.8 Prod direct Registry resolve
            74: resolve 1.22.8 Prod direct Registry resolve
            81: tide-tables 0.4.0 Prod direct Git tide-tables
        ",
    );
    let git = package(path, "tide-tables");
    assert_eq!(git.facts.commit.as_deref(), Some(&*"1".repeat(40)));
    assert_eq!(
        requested(path, "tide-tables"),
        "yarn/berry/packages/web/package.json:4 git@git.example.org:tide/tables.git#main"
    );
    let alias = read(path, &bytes(path)).packages.remove(4);
    assert_eq!(alias.facts.alias.as_deref(), Some("ms-old"));
    assert_eq!(alias.requested.expect("a line").requirement, "2.0.0");
    assert_eq!(required_by(path, "@esbuild/linux-x64"), "linter 0.19.0");
}

#[test]
fn a_yarn_lock_without_packages_is_in_order() {
    expect_nothing("yarn/empty/yarn.lock");
    let lockfile = read("yarn.lock", b"__metadata:\n  version: 4\n  cacheKey: 8\n");
    assert_eq!((lockfile.packages, lockfile.errors), (vec![], vec![]));
}

#[test]
fn a_damaged_yarn_lock_is_an_error_beside_what_could_be_read() {
    let good = "a@^1:\n  version \"1.0.0\"\n";
    for bad in [
        "b@^2:\n",
        "b@^2\n",
        "<<<<<<< HEAD\n",
        "\"b@^2:\n  version \"1.0.0\"\n",
        "b@^2:\n  version \"1.0.0\n",
    ] {
        let lockfile = read("yarn.lock", format!("{good}{bad}").as_bytes());
        assert!(!lockfile.errors.is_empty(), "{bad}");
        assert_eq!(lockfile.packages[0].name, "a", "{bad}");
    }
    let berry = "__metadata:\n  version: 8\n\"a@npm:^1\":\n  version: 1.0.0\n  resolution: \"a@npm:1.0.0\"\n\"b@npm:1\":\n";
    let lockfile = read("yarn.lock", berry.as_bytes());
    assert_eq!((lockfile.packages.len(), lockfile.errors.len()), (1, 1));
}

#[test]
fn the_project_itself_is_none_of_the_packages_of_a_yarn_lock() {
    let root = "__metadata:\n  version: 8\n\"port@workspace:.\":\n  version: 0.0.0-use.local\n  resolution: \"port@workspace:.\"\n  dependencies:\n    a: \"npm:^1\"\n\"a@npm:^1\":\n  version: 1.0.0\n  resolution: \"a@npm:1.0.0\"\n";
    let packages = read("yarn.lock", root.as_bytes()).packages;
    let found: Vec<_> = packages
        .iter()
        .map(|p| (p.name.as_str(), p.direct))
        .collect();
    assert_eq!(found, [("a", Some(true))]);
}

#[test]
fn a_pnpm_lock_of_version_5_names_packages_by_paths() {
    let path = "pnpm/v5/pnpm-lock.yaml";
    expect(
        path,
        "
            28: @types/node 16.0.0 Dev transitive Registry mocha>@types/node
            33: debug 4.3.1 Prod transitive Registry express>debug
            41: express 4.17.0 Prod direct Registry express
            51: fsevents 2.3.2 Optional transitive Registry express>fsevents
            58: mocha 8.2.0 Dev direct Registry mocha
            67: ms 2.0.0 Prod direct Registry ms
            71: ms 2.1.2 Prod transitive Registry express>debug>ms
            74: local 1.0.0 Prod direct Path local
            80: tide-tables 0.4.0 Prod direct Git tide-tables
            86: @harbour/private 3.0.0 Prod transitive Url
        ",
    );
    let fsevents = package(path, "fsevents").facts;
    assert_eq!(
        fsevents.discouraged.as_deref(),
        Some("Upgrade to 3: the old one doesn't build")
    );
    let mocha = package(path, "mocha").facts;
    assert_eq!(
        mocha.discouraged.as_deref(),
        Some("This one is old, take another")
    );
    assert!(package(path, "debug").facts.has_install_script);
    let tide = package(path, "tide-tables").facts;
    assert_eq!(tide.commit.as_deref(), Some(&*"1".repeat(40)));
    let ms = read(path, &bytes(path)).packages.remove(5).facts;
    assert_eq!(ms.released.as_deref(), Some("2017-05-16"));
    assert_eq!(ms.alias.as_deref(), Some("ms-old"));
    assert_eq!(ms.integrity, ["sha512-FF=="]);
    assert_eq!(required_by(path, "tide-tables"), " github:tide/tables");
    assert_eq!(required_by(path, "mocha"), "packages/web ^8.0.0");
    assert_eq!(required_by(path, "debug"), "", "no range is written");
}

#[test]
fn a_pnpm_lock_of_version_6_names_peers_in_brackets() {
    let path = "pnpm/v6/pnpm-lock.yaml";
    expect(
        path,
        "
            25: @babel/core 7.0.0 Dev transitive Registry tape>@babel/core
            29: react-dom 18.2.0 Prod direct Registry react-dom
            37: react 18.2.0 Prod direct Registry react
            41: tape 5.0.0 Dev direct Url tape
            49: tools 0.1.0 Dev direct Git tools
        ",
    );
    let tools = package(path, "tools").facts;
    assert_eq!(tools.commit.as_deref(), Some(&*"2".repeat(40)));
}

#[test]
fn a_pnpm_lock_of_version_9_derives_scopes_from_its_snapshots() {
    let path = "pnpm/v9/pnpm-lock.yaml";
    expect(
        path,
        "
            14: hooks 0.1.0 Dev direct Registry hooks
            73: @scope/real 3.1.0 Prod direct Registry @scope/real
            77: linter 3.1.0 Dev direct Registry linter
            83: local  Prod direct Path local
            86: loose-envify 1.4.0 Prod transitive Registry react>loose-envify
            89: native 1.0.0 Optional direct Registry native
            94: react-dom 18.2.0 Prod direct Registry react-dom
            99: react 18.2.0 Prod direct Registry react
            102: tide-tables 0.4.0 Prod direct Git tide-tables
        ",
    );
    for (name, line) in [
        ("react", "pnpm/v9/package.json:3 ^18.0.0"),
        ("@scope/real", "pnpm/v9/package.json:5 ^3.0.0"),
        ("linter", "pnpm/v9/package.json:8 ^3.0.0"),
        ("native", "pnpm/v9/packages/web/package.json:9 ^1.0.0"),
    ] {
        assert_eq!(requested(path, name), line, "{name}");
    }
    let real = package(path, "@scope/real").facts;
    assert_eq!(real.alias.as_deref(), Some("renamed"));
    assert_eq!(real.discouraged.as_deref(), Some("no longer kept"));
    assert_eq!(required_by(path, "native"), "@port/web ^1.0.0");
}

#[test]
fn a_pnpm_lock_without_packages_is_in_order() {
    expect_nothing("pnpm/empty/pnpm-lock.yaml");
    let lockfile = read("pnpm-lock.yaml", b"");
    assert_eq!((lockfile.packages, lockfile.errors), (vec![], vec![]));
}

#[test]
fn a_pnpm_lock_that_breaks_off_between_two_packages_says_so() {
    for version in ["v5", "v6", "v9"] {
        let path = format!("pnpm/{version}/pnpm-lock.yaml");
        let bytes = bytes(&path);
        let text = String::from_utf8(bytes.clone()).unwrap();
        let whole = read(&path, &bytes).packages.len();
        let ends = text.match_indices("\n\n").map(|(at, _)| at + 1);
        // Before them nothing is needed yet.
        let begin = text.rfind("\npackages:").unwrap();
        for end in ends.filter(|end| *end > begin) {
            let part = read(&path, &bytes[..end]);
            let lost = part.packages.len() < whole;
            // Only what the projects themselves need is missed in versions without snapshots.
            let noticed = !part.errors.is_empty() || (version != "v9" && part.packages.len() > 3);
            assert!(!lost || noticed, "{path} until {end}");
        }
    }
}

#[test]
fn a_bun_lock_finds_packages_below_packages() {
    let path = "bun/packages/bun.lock";
    expect(
        path,
        "
            31: @port/web 0.2.0 Unknown ? Path
            33: ms 2.1.3 Prod direct Registry ms
            35: debug 4.3.1 Prod direct Registry debug
            37: linter 3.1.0 Dev direct Url linter
            39: ms 2.1.2 Prod transitive Registry debug>ms
            41: ms 2.0.0 Prod direct Registry ms
            43: native 1.0.0+build.2 Dev transitive Registry linter>native
            45: packed  Optional direct Path packed
            49: short  Optional direct Git short
            51: tide-tables  Prod direct Git tide-tables
        ",
    );
    let short = package(path, "short").facts;
    assert_eq!(short.commit.as_deref(), Some("2222222"));
    let tide = package(path, "tide-tables").facts;
    assert_eq!(tide.commit.as_deref(), Some(&*"1".repeat(40)));
    let old = read(path, &bytes(path)).packages.remove(5);
    assert_eq!(old.facts.alias.as_deref(), Some("ms-old"));
    assert_eq!(old.facts.integrity, ["sha512-EE=="]);
    assert_eq!(required_by(path, "debug"), " ^4.3.0, linter *");
    assert_eq!(
        requested(path, "linter"),
        "bun/packages/package.json:10 ^3.0.0"
    );
}

#[test]
fn a_bun_lock_without_packages_is_in_order_and_a_binary_one_says_what_to_do() {
    expect_nothing("bun/empty/bun.lock");
    let binary = read(
        "bun.lockb",
        b"#!/usr/bin/env bun\nbun-lockfile-format-v0\n\0\x01\x02",
    );
    assert!(binary.packages.is_empty() && binary.errors.is_empty());
    assert!(binary.unknown[0].contains("--save-text-lockfile"));
}

#[test]
fn a_deno_lock_lists_packages_of_npm_and_jsr_and_modules_that_name_one() {
    let path = "deno/v5/deno.lock";
    expect(
        path,
        "
            9: @std/internal 1.0.5 Unknown transitive Registry @std/path>@std/internal
            12: @std/path 1.0.8 Unknown direct Registry @std/path
            20: @types/node 20.0.0 Dev transitive Registry vite>@types/node
            23: chalk 5.3.0 Unknown direct Registry chalk
            27: esbuild 0.19.0 Dev transitive Registry vite>esbuild
            33: vite 5.0.0 Dev direct Registry vite
            43: width 4.2.3 Dev transitive Registry vite>width
            51: deno.land/std 0.200.0 Unknown transitive Url
            53: preact 10.5.0 Unknown transitive Registry
        ",
    );
    assert!(package(path, "esbuild").facts.has_install_script);
    assert_eq!(
        package(path, "chalk").facts.discouraged.as_deref(),
        Some("")
    );
    assert_eq!(requested(path, "vite"), "deno/v5/package.json:3 ^5.0.0");
}

#[test]
fn older_deno_locks_are_read() {
    expect(
        "deno/v3/deno.lock",
        "
            8: ansi-styles 4.3.0 Unknown transitive Registry chalk>ansi-styles
            12: chalk 4.1.2 Unknown direct Registry chalk
        ",
    );
    expect(
        "deno/v2/deno.lock",
        "
            4: deno.land/x/oak v12.0.0 Unknown transitive Url
            11: chalk 4.1.2 Unknown direct Registry chalk
        ",
    );
    let oldest = read("deno.lock", b"{\"https://esm.sh/preact@10.5.0\": \"aaaa\"}");
    assert_eq!(oldest.packages[0].name, "preact");
}

#[test]
fn pins_of_swift_are_named_by_their_repositories() {
    let path = "swift/v2/Package.resolved";
    expect(
        path,
        "
            5: github.com/harbour/crane 5.8.1 Unknown direct Registry github.com/harbour/crane
            14: local-kit 1.0.0 Unknown transitive Path
            23: quay.tides 2.0.0 Unknown transitive Registry
            31: git.example.org/harbour/winch  Unknown transitive Git
        ",
    );
    assert_eq!(
        requested(path, "github.com/harbour/crane"),
        "swift/v2/Package.swift:7 from: \"5.0.0\""
    );
    let winch = package(path, "git.example.org/harbour/winch").facts;
    assert_eq!(winch.commit.as_deref(), Some(&*"3".repeat(40)));
    expect(
        "swift/v1/Package.resolved",
        "
            5: github.com/harbour/crane 5.4.0 Unknown ? Registry
            14: github.com/harbour/winch  Unknown ? Git
        ",
    );
    expect_nothing("swift/empty/Package.resolved");
    for text in [
        "",
        "{}",
        "{\"pins\": {}}",
        "{\"pins\": [{\"identity\": \"a\"}]}",
    ] {
        let lockfile = read("Package.resolved", text.as_bytes());
        assert!(!lockfile.errors.is_empty(), "{text}");
    }
}

#[test]
fn pods_are_listed_with_their_parts_and_places() {
    let path = "cocoapods/pods/Podfile.lock";
    expect(
        path,
        "
            2: Crane 5.4.0 Unknown direct Registry Crane
            3: Harbour/Core 8.0.0 Unknown direct Git Harbour/Core
            6: Harbour/Tides 8.0.0 Unknown transitive Git Harbour/Core>Harbour/Tides
            7: Local 0.1.0 Unknown direct Path Local
            9: Winch+Rope 2.1.0-beta.1 Unknown transitive Registry Harbour/Core>Winch+Rope
        ",
    );
    assert_eq!(requested(path, "Crane"), "cocoapods/pods/Podfile:4 ~> 5.4");
    assert_eq!(requested(path, "Local"), "cocoapods/pods/Podfile:6 ");
    assert_eq!(required_by(path, "Crane"), " ~> 5.4, Local < 6, >= 5.0");
    let harbour = package(path, "Harbour/Core").facts;
    assert_eq!(harbour.commit.as_deref(), Some(&*"1".repeat(40)));
    assert_eq!(harbour.integrity, ["bbbb"]);
    let bad = read("Podfile.lock", b"PODS:\n  - Crane (1.0)\n  - Winch\n");
    assert_eq!((bad.packages.len(), bad.errors.len()), (1, 1));
}

#[test]
fn a_pubspec_lock_tells_registries_paths_and_the_sdk_apart() {
    let path = "pubspec/app/pubspec.lock";
    expect(
        path,
        "
            4: crane 1.17.0 Prod direct Registry crane
            12: flutter 0.0.0 Prod direct Path flutter
            17: harbour_kit 0.1.0 Unknown direct Path harbour_kit
            24: lints 2.0.0 Dev direct Registry lints
            31: private 3.0.0+1 Unknown transitive Url
            38: tides 0.4.0 Unknown transitive Git
        ",
    );
    assert_eq!(
        requested(path, "crane"),
        "pubspec/app/pubspec.yaml:3 ^1.0.0"
    );
    assert_eq!(
        requested(path, "lints"),
        "pubspec/app/pubspec.yaml:8 ^2.0.0"
    );
    assert_eq!(package(path, "crane").facts.integrity, ["aaaa"]);
    let tides = package(path, "tides").facts;
    assert_eq!(tides.commit.as_deref(), Some(&*"1".repeat(40)));
    let empty = read("pubspec.lock", b"packages: {}\n");
    assert_eq!((empty.packages, empty.errors), (vec![], vec![]));
}

#[test]
fn a_stack_lock_names_hackage_repositories_and_archives() {
    let path = "stack/project/stack.yaml.lock";
    expect(
        path,
        "
            6: acme-missiles 0.3 Unknown ? Registry
            15: tides 1.2.3.4 Unknown ? Git
            24: crane 0.1 Unknown ? Url
        ",
    );
    let missiles = package(path, "acme-missiles").facts.integrity;
    assert!(missiles[0].starts_with("sha256:2ba6"));
    let empty = read("stack.yaml.lock", b"packages: []\nsnapshots: []\n");
    assert_eq!((empty.packages, empty.errors), (vec![], vec![]));
}

#[test]
fn a_manifest_without_a_lockfile_lists_what_it_asks_for() {
    let path = "npm/manifest/package.json";
    expect(
        path,
        "
            4: express 4.16.0 Prod direct Registry express
            5: lodash  Prod direct Registry lodash
            6: left-pad 1.3.0 Prod direct Registry left-pad
            7: charts  Prod direct Git charts
            8: tables  Prod direct Git tables
            9: crane  Prod direct Path crane
            10: newest  Prod direct Registry newest
            13: mocha 8.2.0-beta.1 Dev direct Registry mocha
            16: fsevents  Optional direct Registry fsevents
        ",
    );
    assert_eq!(requested(path, "lodash"), format!("{path}:5 ^4.17.0"));
    let alias = package(path, "left-pad").facts.alias;
    assert_eq!(alias.as_deref(), Some("pad"));
    let commit = package(path, "charts").facts.commit;
    assert_eq!(commit.as_deref(), Some("v1.0"));
    // A lockfile stands beside it, or above it.
    for locked in ["npm/v3/package.json", "npm/v3/packages/crane/package.json"] {
        expect_nothing(locked);
    }
    let template = "{\"name\": \"{{ name }}\", {% if x %}}";
    let lockfile = read("package.json", template.as_bytes());
    assert_eq!((lockfile.packages, lockfile.errors), (vec![], vec![]));
    for text in ["[]", "", "{\"dependencies\": {\"a\": "] {
        let lockfile = read("package.json", text.as_bytes());
        assert!(!lockfile.errors.is_empty(), "{text}");
    }
}

#[test]
fn workspaces_in_an_npm_lock_of_version_1_are_projects() {
    let path = "npm/v1-workspaces/package-lock.json";
    expect(
        path,
        "
            5: @port/web  Prod ? Path
            9: a 1.0.0 Prod direct Registry a
            13: b 2.0.0 Dev direct Registry b
        ",
    );
    assert_eq!(
        requested(path, "b"),
        "npm/v1-workspaces/packages/web/package.json:5 ^2.0.0"
    );
}

#[test]
fn circles_of_many_packages_are_read_in_every_format() {
    const MANY: usize = 10_000;
    let lines = |line: &dyn Fn(usize, usize) -> String| -> String {
        (0..MANY).map(|at| line(at, (at + 1) % MANY)).collect()
    };
    let list = |line: &dyn Fn(usize, usize) -> String| -> String {
        let text = lines(line);
        text.trim_end_matches([',', '\n']).to_owned()
    };
    let npm = list(&|at, next| {
        format!(
            "\"node_modules/p{at}\": {{\"version\": \"1.0.0\", \"dependencies\": {{\"p{next}\": \"1\"}}}},\n"
        )
    });
    let bun = list(&|at, next| {
        format!(
            "\"p{at}\": [\"p{at}@1.0.0\", \"\", {{\"dependencies\": {{\"p{next}\": \"1\"}}}}, \"\"],\n"
        )
    });
    let deno = list(&|at, next| format!("\"p{at}@1.0.0\": {{\"dependencies\": [\"p{next}\"]}},\n"));
    let classic = lines(&|at, next| {
        format!("p{at}@1:\n  version \"1.0.0\"\n  dependencies:\n    p{next} \"1\"\n\n")
    });
    let berry = lines(&|at, next| {
        format!(
            "\"p{at}@npm:1\":\n  version: 1.0.0\n  resolution: \"p{at}@npm:1.0.0\"\n  dependencies:\n    p{next}: \"npm:1\"\n\n"
        )
    });
    let keys = lines(&|at, _| format!("  p{at}@1.0.0:\n    resolution: {{integrity: x}}\n"));
    let snapshots =
        lines(&|at, next| format!("  p{at}@1.0.0:\n    dependencies:\n      p{next}: 1.0.0\n"));
    for (name, text) in [
        ("package-lock.json", format!("{{\"packages\": {{{npm}}}}}")),
        ("bun.lock", format!("{{\"packages\": {{{bun}}}}}")),
        ("deno.lock", format!("{{\"npm\": {{{deno}}}}}")),
        ("yarn.lock", format!("# yarn lockfile v1\n\n{classic}")),
        ("yarn.lock", format!("__metadata:\n  version: 8\n\n{berry}")),
        (
            "pnpm-lock.yaml",
            format!("lockfileVersion: '9.0'\npackages:\n{keys}snapshots:\n{snapshots}"),
        ),
    ] {
        let started = std::time::Instant::now();
        let lockfile = read(name, text.as_bytes());
        assert_eq!(lockfile.errors, [], "{name}");
        assert_eq!(lockfile.packages.len(), MANY, "{name}");
        assert!(started.elapsed().as_secs() < 30, "{name}");
    }
}

#[test]
fn bombs_end_in_bounded_time_and_are_told() {
    let mut bomb = "a0: &a0 [x, x]\n".to_owned();
    for at in 1..60 {
        bomb.push_str(&format!("a{at}: &a{at} [*a{}, *a{}]\n", at - 1, at - 1));
    }
    bomb.push_str("packages:\n  a@1.0.0: *a59\n");
    let deep = format!("packages:\n  a@1.0.0: {}", "[".repeat(100_000));
    let peers = format!(
        "lockfileVersion: '9.0'\npackages:\n  a@1.0.0{}: {{}}\n",
        "(b@1)".repeat(9000)
    );
    let started = std::time::Instant::now();
    for name in [
        "pnpm-lock.yaml",
        "pubspec.lock",
        "Podfile.lock",
        "stack.yaml.lock",
    ] {
        for text in [&bomb, &deep, &peers] {
            let lockfile = read(name, text.as_bytes());
            assert!(lockfile.packages.len() < 3, "{name}");
        }
        assert!(!read(name, deep.as_bytes()).errors.is_empty(), "{name}");
    }
    // A name as long as the file, needed again and again.
    let long = "n".repeat(400_000);
    let needs = "\"a\": \"1\", ".repeat(30_000);
    let text = format!(
        "{{\"packages\": {{\"node_modules/a\": {{\"version\": \"1.0.0\"}}, \"{long}\": {{\"dependencies\": {{{needs}\"a\": \"1\"}}}}}}}}"
    );
    let lockfile = read("package-lock.json", text.as_bytes());
    assert_eq!((lockfile.packages.len(), lockfile.errors.len()), (1, 1));
    assert!(started.elapsed().as_secs() < 60);
}
