//! Rust and Go; Conan, R, Julia and Haskell.

use super::{bytes, expect, expect_nothing, fact, package, read, requested, table};
use plimsoll::model::PackageFacts;

#[test]
fn a_cargo_lock_tells_members_registries_and_git_apart() {
    expect(
        "cargo/v4/Cargo.lock",
        "
            6: bitflags 1.3.2 Unknown transitive Registry internal-auth>smallvec>bitflags
            12: bitflags 2.6.0 Unknown direct Registry bitflags
            18: cargo-hold 0.3.0 Unknown ? Path
            28: hold-core 0.3.0 Unknown direct Path hold-core
            35: internal-auth 1.4.0 Unknown direct Url internal-auth
            44: smallvec 0.6.13 Unknown direct Registry smallvec
            50: smallvec 1.13.2 Unknown transitive Registry internal-auth>smallvec
            59: tidewater 0.1.0 Unknown direct Git tidewater
        ",
    );
}

#[test]
fn the_oldest_cargo_lock_is_read() {
    expect(
        "cargo/v1/Cargo.lock",
        "
            2: libc 0.2.50 Unknown transitive Registry time>libc
            7: old-ship 0.1.0 Unknown ? Path
            14: time 0.1.42 Unknown direct Registry time
        ",
    );
}

#[test]
fn the_manifests_of_a_workspace_tell_what_a_crate_is_needed_for() {
    let path = "cargo/workspace/Cargo.lock";
    expect(
        path,
        "
            4: cc 1.0.83 Prod direct Registry cc
            10: console 0.15.8 Dev transitive Registry insta>console
            16: fleet 0.1.0 Unknown ? Path
            29: insta 1.34.0 Dev direct Registry insta
            39: pilot 0.2.0 Prod direct Path pilot
            47: rand 0.7.3 Dev direct Registry rand
            56: rand 0.8.5 Prod direct Registry rand
            65: rand_core 0.5.1 Dev transitive Registry rand>rand_core
            71: rand_core 0.6.4 Prod transitive Registry rand>rand_core
            77: serde 1.0.195 Prod direct Registry serde
            83: tides 1.0.0+build.5 Prod direct Git tides
            88: winapi 0.3.9 Optional direct Registry winapi
        ",
    );
    let manifest = "cargo/workspace/Cargo.toml";
    for (name, expected) in [
        ("serde", format!("{manifest}:5 1.0")),
        ("insta", format!("{manifest}:18 1.34")),
        ("winapi", format!("{manifest}:23 0.3")),
        (
            "tides",
            "cargo/workspace/crates/pilot/Cargo.toml:6 ".to_owned(),
        ),
        ("console", String::new()),
    ] {
        assert_eq!(requested(path, name), expected, "{name}");
    }
    let commit = |f: PackageFacts| f.commit.unwrap_or_default();
    assert_eq!(fact(path, "tides", commit), "3".repeat(40));
    let renamed: Vec<_> = read(path, &bytes(path))
        .packages
        .into_iter()
        .filter_map(|package| Some((package.version, package.facts.alias?)))
        .collect();
    assert_eq!(renamed, [("0.8.5".to_owned(), "rand_new".to_owned())]);
}

#[test]
fn the_oldest_cargo_lock_has_its_hashes_at_the_end() {
    let hashes = |f: PackageFacts| f.integrity.join(" ");
    let hash = fact("cargo/v1/Cargo.lock", "time", hashes);
    assert_eq!(hash.len(), 64);
}

#[test]
fn a_go_mod_is_read_as_it_is_built() {
    expect(
        "go-mod/module/go.mod",
        "
            5: stdlib 1.21.3 Unknown direct Registry stdlib
            7: harbour.example.org/tide 1.0.0 Unknown direct Path harbour.example.org/tide
            11: golang.org/x/text 0.3.5 Unknown transitive Registry
            12: gopkg.in/yaml.v2 2.2.2 Unknown transitive Registry
            13: github.com/dgrijalva/jwt-go 3.2.0+incompatible Unknown direct Registry github.com/dgrijalva/jwt-go
            14: golang.org/x/crypto 0.0.0-20200622213623-75b288015ac9 Unknown transitive Registry
            21: github.com/gin-gonic/gin 1.7.7 Unknown direct Registry github.com/gin-gonic/gin
        ",
    );
}

#[test]
fn before_go_1_17_the_sums_tell_the_other_modules() {
    let path = "go-mod/old/go.mod";
    let rows = table(path);
    let rows: Vec<&str> = rows.lines().map(str::trim).collect();
    assert_eq!(
        rows,
        [
            "3: stdlib 1.16 Unknown direct Registry stdlib",
            "3: github.com/davecgh/go-spew 1.1.1 Unknown transitive Registry",
            "3: golang.org/x/tools 0.1.10 Unknown transitive Registry",
            "6: github.com/gin-gonic/gin 1.7.0 Unknown direct Registry github.com/gin-gonic/gin",
            "7: golang.org/x/text 0.3.5 Unknown direct Path golang.org/x/text",
        ]
    );
    let hash = |f: PackageFacts| f.integrity.join(" ");
    assert_eq!(fact(path, "github.com/gin-gonic/gin", hash), "h1:bb=");
    expect_nothing("go-mod/old/go.sum");
    expect_nothing("go-mod/empty/go.mod");
}

#[test]
fn the_go_line_is_only_the_lowest_version_of_the_standard_library() {
    let is_lowest = |path: &str| package(path, "stdlib").facts.is_lowest;
    assert!(is_lowest("go-mod/old/go.mod"));
    assert!(!is_lowest("go-mod/module/go.mod"));
}

#[test]
fn a_go_workspace_replaces_modules_for_all_of_its_modules() {
    expect(
        "go-mod/workspace/go.work",
        "
            3: stdlib 1.22.3 Unknown direct Registry stdlib
            10: github.com/gin-gonic/gin 1.9.1 Unknown ? Registry
        ",
    );
    let rows = table("go-mod/workspace/pilot/go.mod");
    let gin = rows.lines().last().unwrap();
    assert_eq!(
        gin,
        "5: github.com/gin-gonic/gin 1.9.1 Unknown direct Registry github.com/gin-gonic/gin"
    );
}

#[test]
fn a_go_sum_alone_is_better_than_nothing() {
    let path = "go-sum/alone/go.sum";
    expect(
        path,
        "
            1: github.com/davecgh/go-spew 1.1.1 Unknown ? Registry
            4: gopkg.in/yaml.v3 3.0.1 Unknown ? Registry
        ",
    );
}

#[test]
fn what_is_vendored_is_listed_where_go_mod_says_something_else() {
    expect(
        "go-vendor/stale/vendor/modules.txt",
        "
            4: github.com/gin-gonic/gin 1.7.7 Unknown direct Registry github.com/gin-gonic/gin
            7: golang.org/x/text 0.3.5 Unknown transitive Path
            9: golang.org/x/sys 0.1.0 Unknown transitive Registry
        ",
    );
}

#[test]
fn a_conan_lock_is_read_in_both_of_its_forms() {
    let lists = "conan/lists/conan.lock";
    expect(
        lists,
        "
            4: zlib 1.2.11 Prod ? Registry
            5: private 1.0 Prod ? Url
            8: cmake 3.22.0 Dev ? Registry
            11: helper 0.1 Dev ? Registry
        ",
    );
    let hash = |f: PackageFacts| f.integrity.join(" ");
    assert_eq!(
        fact(lists, "zlib", hash),
        "4524fcdd41f33e8df88ece6e755a5dcc"
    );
    expect(
        "conan/graph/conan.lock",
        "
            12: openssl 1.1.1k Prod direct Registry openssl
            18: fmt 7.1.3 Prod direct Registry fmt
            22: zlib 1.2.11 Prod transitive Registry openssl>zlib
            26: cmake 3.22.0 Dev direct Url cmake
        ",
    );
    expect_nothing("conan/empty/conan.lock");
}

#[test]
fn an_renv_lock_tells_repositories_apart() {
    let path = "renv/sources/renv.lock";
    expect(
        path,
        "
            15: BH 1.75.0-0 Unknown ? Registry dplyr>BH
            22: BiocGenerics 0.46.0 Unknown direct Registry BiocGenerics
            29: dplyr 1.1.2 Unknown direct Registry dplyr
            36: here 0.1.0 Unknown direct Path here
            42: inner 2.0 Unknown direct Url inner
            49: rlang 1.1.1 Unknown ? Registry dplyr>rlang
            56: tides 0.3.0.9000 Unknown direct Git tides
        ",
    );
    let ecosystem = |name| package(path, name).ecosystem.name();
    assert_eq!(ecosystem("BiocGenerics"), "Bioconductor");
    assert_eq!(ecosystem("BH"), "CRAN");
    let commit = |f: PackageFacts| f.commit.unwrap_or_default();
    assert_eq!(fact(path, "tides", commit), "4".repeat(40));
    expect_nothing("renv/empty/renv.lock");
}

#[test]
fn a_manifest_of_julia_is_read_in_both_of_its_forms() {
    let path = "julia/second/Manifest.toml";
    expect(
        path,
        "
            7: Adapt 3.7.2 Prod transitive Registry Charts>Adapt
            17: LinearAlgebra  Prod transitive Registry Charts>Adapt>LinearAlgebra
            21: OpenBLAS_jll 0.3.23+4 Prod transitive Registry Charts>Adapt>LinearAlgebra>OpenBLAS_jll
            25: Requires 1.3.0 Prod direct Registry Requires
            31: Tides 0.1.0 Prod direct Path Tides
            36: Charts 0.2.0 Prod direct Git Charts
        ",
    );
    assert_eq!(requested(path, "Requires"), "julia/second/Project.toml:5 1");
    expect(
        "julia/first/Manifest.toml",
        "
            1: Dates  Unknown ? Registry JSON>Dates
            5: JSON 0.21.2 Unknown direct Registry JSON
        ",
    );
    expect_nothing("julia/empty/Manifest.toml");
    expect_nothing("julia/other/Manifest.toml");
}

#[test]
fn a_freeze_of_cabal_pins_versions_and_no_flags() {
    expect(
        "cabal/freeze/cabal.project.freeze",
        "
            2: Cabal 3.2.1.0 Unknown ? Registry
            3: HUnit 1.6.2.0 Unknown ? Registry
            7: text 2.0.2 Unknown ? Registry
            8: process 1.6.18.0 Unknown ? Registry
            9: open  Unknown ? Registry
        ",
    );
    expect_nothing("cabal/empty/cabal.project.freeze");
}

#[test]
fn a_bill_of_cyclonedx_says_the_same_in_xml() {
    let path = "cyclonedx/xml/bom.xml";
    expect(
        path,
        "
            13: express 4.17.0 Prod direct Registry express
            19: @harbour/core 1.0.0 Unknown transitive Url
            28: qs 6.7.0 Optional transitive Registry express>qs
        ",
    );
    assert_eq!(
        fact(path, "express", |f| f.integrity.join(" ")),
        "SHA-256:aa"
    );
    let licences = |f: PackageFacts| f.licences.join(" ");
    assert_eq!(fact(path, "qs", licences), "BSD-3-Clause OR MIT");
    let unknown = read(path, &bytes(path)).unknown;
    assert_eq!(unknown, ["1 component of the type deb cannot be looked up"]);
    let other = read(
        "bom.xml",
        b"<project><name>bill of materials</name></project>",
    );
    assert_eq!(other.errors[0].message, "not a CycloneDX document");
}

#[test]
fn a_document_of_spdx_says_the_same_in_rdf() {
    let path = "spdx/rdf/app.spdx.rdf";
    let log4j = "org.apache.logging.log4j:log4j-core";
    expect(
        path,
        "
            29: org.apache.logging.log4j:log4j-core 2.14.1 Unknown direct Registry org.apache.logging.log4j:log4j-core
            53: org.apache.logging.log4j:log4j-api 2.14.1 Unknown transitive Registry org.apache.logging.log4j:log4j-core>org.apache.logging.log4j:log4j-api
        ",
    );
    assert_eq!(fact(path, log4j, |f| f.licences.join(" ")), "Apache-2.0");
    assert_eq!(fact(path, log4j, |f| f.integrity.join(" ")), "SHA1:aa");
    let other = read("a.spdx.rdf", b"<bom><Package/></bom>");
    assert_eq!(other.errors[0].message, "not an SPDX document");
}
