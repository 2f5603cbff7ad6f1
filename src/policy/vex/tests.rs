use super::*;
use crate::model::{Ecosystem, Package, Span};

fn advice(version: &str) -> Advice {
    let package = Package::new(Ecosystem::Npm, "@a/b", version, Span::default());
    Advice {
        aliases: vec!["CVE-2020-1".into()],
        ..Advice::new(&package, "GHSA-x")
    }
}

fn vex(statements: &str) -> Result<Vex, ConfigError> {
    let mut vex = Vex::default();
    vex.add(
        &RepoPath::from("x.json"),
        &format!(r#"{{ "timestamp": "2026-01-01T00:00:00Z", "statements": [{statements}] }}"#),
    )?;
    Ok(vex)
}

fn status(statements: &str) -> Option<Status> {
    let vex = vex(statements).expect("a document");
    vex.about(&advice("1.0.0")).map(|(status, _)| status)
}

const WHY: &str = r#""justification": "vulnerable_code_not_present""#;

#[test]
fn a_product_is_named_by_its_package_url_with_or_without_a_version() {
    for (product, expected) in [
        (r#"{"@id": "pkg:npm/%40a/b@1.0.0"}"#, true),
        (r#"{"@id": "pkg:npm/@a/b"}"#, true),
        (r#""pkg:npm/%40a/b""#, true),
        (r#"{"identifiers": {"purl": "pkg:npm/%40a/b?x=y#z"}}"#, true),
        (
            r#"{"@id": "pkg:oci/app", "subcomponents": [{"@id": "pkg:npm/%40a/b"}]}"#,
            true,
        ),
        (
            r#"{"@id": "pkg:npm/%40a/b", "subcomponents": [{"@id": "pkg:npm/c"}]}"#,
            false,
        ),
        (r#"{"@id": "pkg:npm/%40a/b@1.0.1"}"#, false),
        (r#"{"@id": "pkg:pypi/%40a/b"}"#, false),
        (r#"{"@id": "https://example.org/b"}"#, false),
    ] {
        let text = format!(
            r#"{{"vulnerability": {{"name": "CVE-2020-1"}}, "products": [{product}], "status": "not_affected", {WHY}}}"#
        );
        assert_eq!(status(&text).is_some(), expected, "{product}");
    }
}

#[test]
fn a_vulnerability_is_named_by_any_of_its_ids() {
    let products = r#""products": ["pkg:npm/%40a/b"], "status": "fixed""#;
    for (vulnerability, expected) in [
        (r#""CVE-2020-1""#, true),
        (r#"{"name": "ghsa-x"}"#, true),
        (r#"{"name": "X-1", "aliases": ["CVE-2020-1"]}"#, true),
        (r#"{"name": "CVE-2020-2"}"#, false),
    ] {
        let text = format!(r#"{{"vulnerability": {vulnerability}, {products}}}"#);
        assert_eq!(status(&text).is_some(), expected, "{vulnerability}");
    }
}

#[test]
fn the_younger_statement_counts() {
    let one = |status: &str, day: &str| {
        format!(
            r#"{{"vulnerability": "CVE-2020-1", "products": ["pkg:npm/%40a/b"], "status": "{status}", {WHY}, "timestamp": "2026-0{day}-01T00:00:00Z"}}"#
        )
    };
    let both = |a: &str, b: &str| status(&format!("{a},{b}"));
    let (old, new) = (one("not_affected", "1"), one("affected", "2"));
    assert_eq!(both(&old, &new), Some(Status::Affected));
    assert_eq!(both(&new, &old), Some(Status::Affected));
    let same = one("under_investigation", "2");
    assert_eq!(both(&new, &same), Some(Status::UnderInvestigation));
}

#[test]
fn the_reason_is_the_justification_and_what_is_said_about_it() {
    let text = format!(
        r#"{{"vulnerability": "CVE-2020-1", "products": ["pkg:npm/%40a/b"], "status": "not_affected", {WHY}, "impact_statement": "left out of the build"}}"#
    );
    let vex = vex(&text).expect("a document");
    let (_, reason) = vex.about(&advice("1.0.0")).expect("a statement");
    assert_eq!(
        reason,
        Some("vulnerable_code_not_present: left out of the build")
    );
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let at = |text: &str| {
        let error = Vex::default()
            .add(&RepoPath::from("x.json"), text)
            .expect_err(text);
        (
            text.get(error.span).unwrap_or_default().to_owned(),
            error.message,
        )
    };
    assert_eq!(
        at(r#"{"statements": [{"vulnerability": "X", "status": "no"}]}"#).0,
        "\"no\""
    );
    assert!(
        at(r#"{"statements": [{"vulnerability": "X", "status": "not_affected"}]}"#)
            .1
            .contains("justification")
    );
    assert_eq!(
        at(r#"{"statements": [{"vulnerability": "X", "status": "fixed", "justification": "why not"}]}"#).0,
        "\"why not\""
    );
    for text in [
        "",
        "[]",
        "{",
        r#"{"statements": {}}"#,
        r#"{"statements": [{"status": "fixed"}]}"#,
    ] {
        at(text);
    }
}
