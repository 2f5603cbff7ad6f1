//! Every ordering against the vectors of the field, where they are, and against a few of our own.

use std::cmp::Ordering;
use std::path::PathBuf;

use plimsoll::parse::version::Scheme;

const FILES: [(&str, Scheme); 20] = [
    ("semver-versions", Scheme::SemVer),
    ("semver-versions", Scheme::Go),
    ("pypi-versions", Scheme::Pep440),
    ("pypi-versions-generated", Scheme::Pep440),
    ("maven-versions", Scheme::Maven),
    ("maven-versions-generated", Scheme::Maven),
    ("rubygems-versions", Scheme::RubyGems),
    ("rubygems-versions-generated", Scheme::RubyGems),
    ("packagist-versions", Scheme::Packagist),
    ("packagist-versions-generated", Scheme::Packagist),
    ("nuget-versions", Scheme::NuGet),
    ("pub-versions", Scheme::Pub),
    ("cran-versions", Scheme::Cran),
    ("cran-versions-generated", Scheme::Cran),
    ("hackage-versions", Scheme::Hackage),
    ("debian-versions", Scheme::Debian),
    ("debian-versions-generated", Scheme::Debian),
    ("redhat-versions", Scheme::RedHat),
    ("alpine-versions", Scheme::Alpine),
    ("alpine-versions-generated", Scheme::Alpine),
];

const SCHEMES: [Scheme; 13] = [
    Scheme::SemVer,
    Scheme::Go,
    Scheme::Pep440,
    Scheme::Maven,
    Scheme::RubyGems,
    Scheme::Packagist,
    Scheme::NuGet,
    Scheme::Pub,
    Scheme::Cran,
    Scheme::Hackage,
    Scheme::Debian,
    Scheme::RedHat,
    Scheme::Alpine,
];

/// `shared/` stands beside the repository, or where `PLIMSOLL_SHARED` says.
fn shared() -> PathBuf {
    std::env::var_os("PLIMSOLL_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared"),
        PathBuf::from,
    )
}

/// Checks every line `A < B` of a text in both directions; the lines that are ordered differently.
fn disagreements(scheme: Scheme, text: &str, compared: &mut usize) -> Vec<String> {
    let mut wrong = Vec::new();
    for line in text.lines().map(str::trim) {
        let words: Vec<_> = line.split(' ').collect();
        let [a, sign, b] = words[..] else { continue };
        if line.starts_with("//") || line.starts_with("# ") {
            continue;
        }
        let expected = match sign {
            "<" => Ordering::Less,
            "=" => Ordering::Equal,
            ">" => Ordering::Greater,
            _ => continue,
        };
        *compared += 1;
        let (left, right) = (scheme.parse(a), scheme.parse(b));
        if left.cmp(&right) != expected || right.cmp(&left) != expected.reverse() {
            wrong.push(format!("{line}  (got {:?})", left.cmp(&right)));
        }
    }
    wrong
}

#[test]
fn every_ordering_agrees_with_the_vectors_of_the_field() {
    let folder = shared().join("fixtures/versions");
    if !folder.is_dir() {
        eprintln!("skipped: no version vectors beside the repository");
        return;
    }
    let mut compared = 0;
    let mut wrong = Vec::new();
    for (file, scheme) in FILES {
        let path = folder.join(format!("{file}.txt"));
        let text = std::fs::read_to_string(&path).unwrap();
        let failed = disagreements(scheme, &text, &mut compared);
        if !failed.is_empty() {
            wrong.push(format!(
                "{file}: {}\n{}",
                failed.len(),
                failed[..failed.len().min(12)].join("\n")
            ));
        }
    }
    assert!(wrong.is_empty(), "of {compared}:\n{}", wrong.join("\n"));
    eprintln!("{compared} comparisons");
    assert!(compared > 71_800, "only {compared} comparisons were read");
}

#[test]
fn every_ordering_agrees_with_our_own_sample() {
    let sample = include_str!("versions.txt");
    let mut compared = 0;
    for section in sample.split("== ").skip(1) {
        let (name, lines) = section.split_once('\n').unwrap();
        let scheme = SCHEMES
            .into_iter()
            .find(|scheme| format!("{scheme:?}") == name)
            .unwrap_or_else(|| panic!("no ordering is called {name}"));
        let before = compared;
        let wrong = disagreements(scheme, lines, &mut compared);
        assert!(wrong.is_empty(), "{name}:\n{}", wrong.join("\n"));
        assert!(compared >= before + 4, "{name} has too few lines");
    }
    assert!(compared > 60);
}

#[test]
fn a_text_that_is_no_version_is_kept_and_says_so() {
    for (scheme, text) in [
        (Scheme::SemVer, "workspace"),
        (Scheme::Pep440, "1.0-bulbasaur"),
        (Scheme::Go, "main"),
        (Scheme::Packagist, "dev-main"),
        (Scheme::NuGet, "1.2.3.4.5"),
        (Scheme::RubyGems, ""),
        (Scheme::Maven, ""),
    ] {
        let version = scheme.parse(text);
        assert!(!version.is_parsable(), "{scheme:?} {text}");
        assert_eq!(version.as_str(), text);
    }
}

#[test]
fn a_local_build_of_a_python_package_is_judged_as_its_public_version() {
    let local = Scheme::Pep440.parse("2.0.1+cu118");
    assert!(local > Scheme::Pep440.parse("2.0.1"));
    assert_eq!(local.public(), Scheme::Pep440.parse("2.0.1"));
}

#[test]
fn no_text_makes_an_ordering_panic_or_disagree_with_itself() {
    let odd = [
        "",
        ".",
        "-",
        "--",
        "1.",
        ".1",
        "1..2",
        "v",
        "\u{e9}1",
        "1\u{e9}",
        "_",
        "~",
        "^",
        ":",
        "1:",
        ":1",
        "1:2:3",
        "-1-",
        "+",
        "1+",
        "1.0.0-",
        "9".repeat(400).leak(),
        "#",
        "-r",
        "1-r",
        "a1b2c3",
        "1_alpha_",
        "1!",
        "!1",
        "\u{202e}",
        "1.0.0+\u{1f600}",
    ];
    for scheme in SCHEMES {
        let versions: Vec<_> = odd.iter().map(|text| scheme.parse(text)).collect();
        for a in &versions {
            for b in &versions {
                assert_eq!(a.cmp(b), b.cmp(a).reverse(), "{scheme:?}: {a} and {b}");
            }
        }
    }
}
