//! Secrets that stand encoded: found, pointed at where they stand, and masked there.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::Arc;

use plimsoll::advisory::Advisories;
use plimsoll::classify::classify;
use plimsoll::detect::{Context, Given};
use plimsoll::engine::check_source;
use plimsoll::model::{Origin, RepoPath, Source, SourceId};
use plimsoll::rules::{ActiveRules, RuleSet, example};

/// Rule, label, message and the masked text of what a file holds.
fn check(path: &str, text: &str) -> (Vec<(String, String, String)>, String) {
    let rules = ActiveRules::all(Arc::new(RuleSet::embedded()));
    let advisories = Advisories::starter();
    let cx = Context {
        rules: &rules,
        advisories: &advisories,
        given: Given::NOTHING,
    };
    let path = RepoPath::from(path);
    let kind = classify(&path, text.as_bytes());
    let source = Source::new(SourceId(0), path, kind, text.as_bytes(), Origin::Buffer);
    let checked = check_source(&cx, &source);
    let secrets = checked
        .findings
        .iter()
        .filter(|f| f.rule.family() == "secret");
    let found = secrets.map(|f| {
        let span = f.primary().expect("a label").span;
        let label = source.text(span).into_owned();
        (f.rule.to_string(), label, f.message.clone())
    });
    let masked = source.masked(&checked.secrets).bytes.to_vec();
    (found.collect(), String::from_utf8(masked).expect("text"))
}

fn rules(path: &str, text: &str) -> Vec<String> {
    let found = check(path, &example::expand(text)).0;
    found.into_iter().map(|found| found.0).collect()
}

fn base64(text: &str) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            match at <= chunk.len() {
                true => out.push(char::from(DIGITS[(bits >> (18 - 6 * at) & 63) as usize])),
                false => out.push('='),
            }
        }
    }
    out
}

fn hex(text: &str) -> String {
    text.bytes().map(|b| format!("{b:02x}")).collect()
}

fn wrapped(text: &str, width: usize, before: &str) -> String {
    let lines = text.as_bytes().chunks(width);
    let lines = lines.map(|line| format!("{before}{}", String::from_utf8_lossy(line)));
    lines.collect::<Vec<_>>().join("\n")
}

fn github_token() -> String {
    example::expand("${crc32:ghp_:30}").into_owned()
}

const PASSWORD: &str = "${join:tide!|andWind7#quay}";

#[test]
fn a_token_is_found_in_base64_wherever_it_starts_there() {
    let token = github_token();
    for before in ["", "x", "xy", "url=https://", "{\"t\":\""] {
        for after in ["", "\n", "\"}", ", and more of the same text"] {
            let encoded = base64(&format!("{before}{token}{after}"));
            for bare in [encoded.clone(), encoded.trim_end_matches('=').to_owned()] {
                let starts_alone = !before.ends_with(['x', 'y']);
                let (found, masked) = check("src/a.py", &format!("data = '{bare}'\n"));
                let rules: Vec<_> = found.iter().map(|f| f.0.as_str()).collect();
                let wanted: &[&str] = if starts_alone {
                    &["secret/github-token"]
                } else {
                    &[]
                };
                assert_eq!(rules, wanted, "{before}{token}{after}: {masked}");
            }
        }
    }
}

#[test]
fn the_label_is_the_piece_that_holds_the_secret_and_no_digit_of_it_stays() {
    let token = github_token();
    let text = format!(
        "data = '{}'\n",
        base64(&format!("login as me with {token} now"))
    );
    let (found, masked) = check("src/a.py", &text);
    let (_, label, message) = &found[0];
    let start = text.find(label.as_str()).unwrap();
    // 17 bytes stand before the token: its first digit also holds bits of the last of them.
    assert_eq!(start, 8 + 17 * 8 / 6);
    assert_eq!(label.len(), (57 * 8usize).div_ceil(6) - 17 * 8 / 6);
    assert_eq!(
        masked,
        text.replace(label.as_str(), &"*".repeat(label.len()))
    );
    assert!(message.contains("base64"), "{message}");
}

#[test]
fn wrapped_base64_is_read_over_its_lines() {
    let key = example::expand("${pem:RSA PRIVATE KEY}").into_owned();
    let block = wrapped(&base64(&key), 64, "    ");
    for text in [
        format!("key: |\n{block}\nother: 1\n"),
        format!("key: >-\n{}\n", wrapped(&base64(&key), 76, "  ")),
    ] {
        let (found, masked) = check("deploy/app.yaml", &text);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].0, "secret/private-key");
        // The armour's first line is public; nothing behind it may stay.
        let left: String = masked.chars().filter(char::is_ascii_alphanumeric).collect();
        assert!(left.len() < 90, "{masked}");
    }
}

#[test]
fn the_client_key_of_a_kubeconfig_is_a_private_key() {
    let key = example::expand("${pem:EC PRIVATE KEY}").into_owned();
    let text = format!("users:\n- user:\n    client-key-data: {}\n", base64(&key));
    let (found, _) = check("config", &text);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].0, "secret/private-key");
}

#[test]
fn a_value_is_judged_by_what_it_says() {
    let password = example::expand(PASSWORD);
    for encoded in [base64(&password), hex(&password)] {
        let (found, masked) = check("app.yaml", &format!("db_password: {encoded}\n"));
        assert_eq!(found.len(), 1, "{encoded}: {found:?}");
        assert_eq!(found[0].0, "secret/generic-credential");
        assert_eq!(found[0].1, encoded.trim_end_matches('='));
        assert!(found[0].2.contains("nothing but"), "{}", found[0].2);
        assert!(!masked.contains(&encoded[4..]), "{masked}");
    }
    for harmless in [
        "changeme-please",
        "your-password-here",
        "${DB_PASSWORD}",
        "test_password1",
    ] {
        let text = format!("db_password: {}\n", base64(harmless));
        assert_eq!(check("app.yaml", &text).0, [], "{harmless}");
    }
}

#[test]
fn escapes_are_read_as_what_they_stand_for() {
    let password = example::expand(PASSWORD);
    let escaped: String = password
        .chars()
        .map(|c| match c.is_ascii_alphanumeric() {
            true => c.to_string(),
            false => format!("\\u{:04x}", u32::from(c)),
        })
        .collect();
    for (path, text) in [
        ("a.json", format!("{{\"password\": \"{escaped}\"}}")),
        (
            "a.json",
            String::from("{\"dsn\": \"host=x\\u0026password\\u003dtide!andWind7\\u0026a=b\"}"),
        ),
        (
            "a.json",
            "{\"u\": \"https:\\/\\/app:${rand:alnum:24}@db.harbour.io\\/x\"}".to_owned(),
        ),
        (
            "a.js",
            "u = 'x?next=postgres%3A%2F%2Fapp%3A${rand:alnum:24}%40db.harbour.io%2Fa'".to_owned(),
        ),
        (
            "a.js",
            "u = 'https://x.io/?r=%2Fa%3Faccess_token%3D${rand:alnum:40}%26b%3Dc'".to_owned(),
        ),
        (
            "a.php",
            format!("<a data-x=\"{{&quot;password&quot;: &quot;{password}&quot;}}\">"),
        ),
        (
            "a.json",
            "{\"t\": \"a\\u003d${crc32:ghp_:30}\\u0026b\"}".to_owned(),
        ),
    ] {
        let text = example::expand(&text).into_owned();
        let (found, masked) = check(path, &text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert!(masked.contains("*************"), "{masked}");
    }
}

fn secret_of_kubernetes(data: &[(&str, &str)]) -> String {
    let lines = data.iter().map(|(k, v)| format!("  {k}: {}\n", base64(v)));
    let head = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: harbour\ntype: Opaque\ndata:\n";
    format!("{head}{}", lines.collect::<String>())
}

#[test]
fn a_kubernetes_secret_is_decoded_and_judged() {
    let password = example::expand(PASSWORD);
    let token = github_token();
    let url = example::expand("postgres://app:${rand:alnum:24}@db.harbour.io/app");
    let properties = format!("user=app\nspring.datasource.password={password}\n");
    let key = example::expand("${pem:PRIVATE KEY}");
    let text = secret_of_kubernetes(&[
        ("username", "harbour"),
        ("password", &password),
        ("git", &token),
        ("url", &url),
        ("application.properties", &properties),
        ("tls.key", &key),
    ]);
    let (found, masked) = check("deploy/secret.yaml", &text);
    let rules: Vec<_> = found.iter().map(|f| f.0.as_str()).collect();
    assert_eq!(
        rules,
        [
            "secret/generic-credential",
            "secret/github-token",
            "secret/url-credentials",
            "secret/generic-credential",
            "secret/private-key",
        ],
        "{found:?}"
    );
    for secret in [&*password, &token[4..]] {
        assert!(!masked.contains(&base64(secret)[..8]), "{masked}");
    }
}

#[test]
fn placeholders_references_and_names_in_a_kubernetes_secret_are_none() {
    let text = secret_of_kubernetes(&[
        ("username", "admin"),
        ("password", "changeme"),
        ("token", "your-token-here"),
        ("api-key", "<api-key>"),
        ("namespace", "harbour-production"),
    ]);
    assert_eq!(check("deploy/secret.yaml", &text).0, []);
    let templates = "kind: Secret\ndata:\n  password: {{ .Values.password | b64enc }}\n  token: \
                     {{ randAlphaNum 32 | b64enc | quote }}\n";
    assert_eq!(check("chart/templates/secret.yaml", templates).0, []);
}

#[test]
fn the_registry_login_inside_a_kubernetes_secret_is_found() {
    let password = example::expand(PASSWORD);
    let login = base64(&format!("app:{password}"));
    let config = format!(
        r#"{{"auths":{{"registry.harbour.io":{{"username":"app","password":"{password}","auth":"{login}"}}}}}}"#
    );
    let text = secret_of_kubernetes(&[(".dockerconfigjson", &config)]);
    let (found, _) = check("deploy/pull.yaml", &text);
    assert!(!found.is_empty(), "nothing found");
    assert!(found.iter().all(|f| f.2.contains("base64")), "{found:?}");
}

#[test]
fn three_encodings_are_looked_through_and_a_fourth_is_not() {
    let token = github_token();
    let mut text = format!("{{\"password\": \"{token}\"}}");
    for depth in 1..=4 {
        text = format!("{{\"password\": \"{}\"}}", base64(&text));
        let found = rules("a.json", &text);
        let finds = found.iter().any(|rule| rule == "secret/github-token");
        assert_eq!(finds, depth <= 3, "{depth}: {found:?}");
    }
}

#[test]
fn images_fonts_digests_and_source_maps_say_nothing() {
    let noise = "${rand:base64:4000}";
    for (path, text) in [
        (
            "a.css",
            format!("src: url(data:font/woff2;base64,d09GMgABAAAAA{noise})"),
        ),
        (
            "a.html",
            format!("<img src=\"data:image/png;base64,iVBORw0KGgo{noise}\">"),
        ),
        (
            "a.html",
            "<script integrity=\"sha384-${rand:base64:64}\">".to_owned(),
        ),
        (
            "a.js",
            format!(
                "//# sourceMappingURL=data:application/json;base64,{}",
                base64(
                    "{\"version\":3,\"sources\":[\"a.ts\"],\"names\":[\"token\",\"secret\",\"password\"],\"mappings\":\"AAAA\"}"
                )
            ),
        ),
        (
            "a.pem",
            format!("-----BEGIN CERTIFICATE-----\n{noise}\n-----END CERTIFICATE-----\n"),
        ),
    ] {
        assert_eq!(rules(path, &text), [""; 0], "{path}");
    }
}

#[test]
fn hostile_runs_take_no_longer_than_they_are_long() {
    let image = base64("ghp_ghp_ghp_");
    for text in [
        image.repeat(1 << 16),
        format!("{image}\n").repeat(1 << 16),
        wrapped(&image.repeat(1 << 15), 64, "  "),
        "kind: Secret\n".repeat(1 << 16),
        "- kind: Secret\n".repeat(1 << 16),
        "kind: Secret\ndata:\n  a: eA==\n".repeat(1 << 14),
        r#"{"kind":"Secret","data":"#.repeat(1 << 15),
        "token%3D".repeat(1 << 14),
        ":\\/\\/@".repeat(1 << 17),
        "password: \\u0061\\u0061\\u0061\n".repeat(1 << 14),
        "6768705f".repeat(1 << 17),
    ] {
        let start = std::time::Instant::now();
        let _ = check("a.yaml", &text);
        let took = start.elapsed();
        assert!(
            took < std::time::Duration::from_secs(20),
            "{took:?}: {}",
            &text[..40]
        );
    }
}
