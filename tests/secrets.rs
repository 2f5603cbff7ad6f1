//! Secrets: nothing leaves detection that could be used, nothing takes long, nothing counts twice.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::Arc;
use std::time::Duration;

use plimsoll::advisory::Advisories;
use plimsoll::classify::classify;
use plimsoll::detect::{Context, Given};
use plimsoll::engine::{Checked, check_source, judge_source};
use plimsoll::model::{
    Confidence, Evidence, Origin, Profile, RepoPath, Severity, Source, SourceId,
};
use plimsoll::rules::{ActiveRules, RuleSet, Selection, example};

fn source(path: &str, bytes: &[u8]) -> Source {
    let path = RepoPath::from(path);
    let kind = classify(&path, bytes);
    Source::new(SourceId(0), path, kind, bytes, Origin::Buffer)
}

fn check(source: &Source, rules: &ActiveRules) -> Checked {
    let advisories = Advisories::starter();
    let cx = Context {
        rules,
        advisories: &advisories,
        given: Given::NOTHING,
    };
    check_source(&cx, source)
}

fn all_rules() -> ActiveRules {
    ActiveRules::all(Arc::new(RuleSet::embedded()))
}

/// The secrets that a text holds, as `rule severity confidence text`.
fn found(path: &str, text: &str) -> Vec<(String, Severity, Confidence, String)> {
    let source = source(path, example::expand(text).as_bytes());
    let checked = check(&source, &all_rules());
    let secrets = checked.findings.iter();
    secrets
        .filter(|f| f.rule.family() == "secret")
        .map(|f| {
            let span = f.primary().expect("a label").span;
            (
                f.rule.to_string(),
                f.severity,
                f.confidence,
                source.text(span).into_owned(),
            )
        })
        .collect()
}

fn rules_found(path: &str, text: &str) -> Vec<String> {
    found(path, text).into_iter().map(|found| found.0).collect()
}

/// Tokens and passwords of every way of finding them.
const CANARIES: &[(&str, &str)] = &[
    ("GITHUB_TOKEN = \"{}\"", "${crc32:ghp_:30}"),
    ("GITHUB_TOKEN = \"{}\"", "ghp_${rand:alnum:36}"),
    ("key = \"{}\"", "sk_live_${rand:alnum:40}"),
    (
        "AZURE = \"{};EndpointSuffix=core\"",
        "AccountKey=${rand:base64:86}==",
    ),
    ("bot = \"{}\"", "${rand:digits:10}:AA${rand:base64url:33}"),
    ("aws_secret_access_key = \"{}\"", "${rand:base64:40}"),
    ("db_password = \"{}\"", "${join:tide!|andWind7#quay}"),
    (
        "db = \"postgres://app:{}@db.harbour.io/app\"",
        "${rand:alnum:24}",
    ),
    ("h = \"Authorization: Bearer {}\"", "${rand:alnum:44}"),
    (
        "h = \"Authorization: Basic {}\"",
        "${base64:harbour:tide!andWind7}",
    ),
    ("t = \"{}\"", "${jwt:admin}"),
    ("k = \"\"\"{}\"\"\"", "${pem:RSA PRIVATE KEY}"),
    ("k = \"{}\"", "${pemline:PRIVATE KEY}"),
    ("k = \"{}\"", "${der:}"),
    ("seed: \"{}\"", "${nkey:9500}"),
    ("k = \"{}\"", "${base58check:0488ade4:74}"),
    ("mnemonic = \"{}\"", "${mnemonic:12}"),
    ("{\"kty\": \"oct\", \"k\": \"{}\"}", "${rand:base64url:43}"),
];

#[test]
fn no_part_of_a_secret_is_in_anything_that_leaves_detection() {
    for (template, canary) in CANARIES {
        let canary = example::expand(canary).into_owned();
        let text = template.replace("{}", &canary);
        let source = source("src/settings.py", text.as_bytes());
        for rules in [
            all_rules(),
            ActiveRules::only(
                Arc::new(RuleSet::embedded()),
                "policy/unused-suppression",
                Profile::All,
            ),
        ] {
            let checked = check(&source, &rules);
            let masked = source.masked(&checked.secrets);
            let said = format!(
                "{:?} {}",
                checked.findings,
                String::from_utf8_lossy(&masked.bytes)
            );
            // The mark of a kind is public, and so are the lines around a key.
            for line in canary.lines().filter(|line| !line.starts_with("-----")) {
                let line = line.rsplit("-----BEGIN PRIVATE KEY-----").next().unwrap();
                let line = line.trim_end_matches("-----END PRIVATE KEY-----");
                let secret = line.get(11.min(line.len())..).unwrap();
                for slice in secret.as_bytes().windows(8) {
                    let slice = std::str::from_utf8(slice).unwrap();
                    assert!(
                        !said.contains(slice),
                        "{template}: {slice} of {canary}\n{said}"
                    );
                }
            }
        }
    }
}

#[test]
fn every_way_of_finding_a_secret_finds_it_once() {
    for (template, canary) in CANARIES {
        let text = template.replace("{}", &example::expand(canary));
        let found = rules_found("src/settings.py", &text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
    }
}

#[test]
fn the_reading_that_says_most_wins() {
    for (text, rule) in [
        ("password = \"${crc32:ghp_:30}\"", "secret/github-token"),
        (
            "x = \"https://me:${crc32:ghp_:30}@github.com/a\"",
            "secret/github-token",
        ),
        ("Authorization: Bearer ${jwt:admin}", "secret/jwt"),
        ("api_token = \"${jwt:admin}\"", "secret/jwt"),
        (
            "secret_key = \"sk_live_${rand:alnum:30}\"",
            "secret/stripe-key",
        ),
        ("datadog_api_key = \"${rand:hex:32}\"", "secret/datadog-key"),
        (
            "-----BEGIN RSA PRIVATE KEY-----\n${rand:base64:64}\nAKIA${rand:base32:16}\n${rand:base64:40}\n-----END RSA PRIVATE KEY-----",
            "secret/private-key",
        ),
    ] {
        assert_eq!(rules_found("src/app.conf", text), [rule], "{text}");
    }
}

#[test]
fn a_checksum_decides_how_sure_a_finding_is() {
    let good = found("a.py", "t = \"${crc32:ghp_:30}\"");
    let bad = found("a.py", "t = \"ghp_${rand:alnum:36}\"");
    assert_eq!(
        (good[0].1, good[0].2),
        (Severity::Critical, Confidence::High)
    );
    assert_eq!((bad[0].1, bad[0].2), (Severity::Low, Confidence::Low));
}

#[test]
fn what_fails_its_own_check_may_be_left_out_and_is_masked_all_the_same() {
    let text = example::expand("t = \"ghp_${rand:alnum:36}\"").into_owned();
    let source = source("a.py", text.as_bytes());
    let advisories = Advisories::starter();
    let given = Given {
        strict_checksum: true,
        ..Given::default()
    };
    let cx = Context {
        rules: &all_rules(),
        advisories: &advisories,
        given: &given,
    };
    let checked = check_source(&cx, &source);
    assert!(checked.findings.is_empty(), "{:?}", checked.findings);
    assert!(!checked.secrets.is_empty());
}

#[test]
fn what_is_shown_is_masked_where_nobody_asks_for_secrets() {
    let selection = Selection {
        only: vec!["source".to_owned()],
        ..Selection::default()
    };
    let rules = ActiveRules::new(Arc::new(RuleSet::embedded()), &selection).expect("rules");
    let advisories = Advisories::starter();
    let cx = Context {
        rules: &rules,
        advisories: &advisories,
        given: Given::NOTHING,
    };
    let token = example::expand("t = \"ghp_${rand:alnum:36}\"\n").into_owned();
    let call = "import requests\nrequests.get(u, verify=False)\n";
    let judged = judge_source(&cx, &source("a.py", format!("{token}{call}").as_bytes()));
    assert_eq!(judged.findings.len(), 1);
    assert_eq!(judged.secrets.len(), 1);
    // Nothing of this one is shown, unless somebody asks for it.
    let source = source("a.py", token.as_bytes());
    assert!(judge_source(&cx, &source).secrets.is_empty());
    assert_eq!(check_source(&cx, &source).secrets.len(), 1);
}

#[test]
fn proof_is_told_from_silence() {
    for (text, proven) in [
        ("seed: \"${nkey:9500}\"", Some(true)),
        ("nats_seed: \"SU${rand:base32:56}\"", Some(false)),
        ("k = \"${base58check:0488ade4:74}\"", Some(true)),
        ("mnemonic = \"${mnemonic:12}\"", Some(true)),
        ("t = \"glsa_${rand:alnum:32}_${rand:hex:8}\"", None),
        ("t = \"glpat-${rand:base64url:20}\"", None),
    ] {
        let text = example::expand(text).into_owned();
        let checked = check(&source("src/app.py", text.as_bytes()), &all_rules());
        let told = checked.findings.first().map(|f| match &f.evidence {
            Evidence::Secret(redacted) => redacted.checksum,
            other => panic!("{other:?}"),
        });
        assert_eq!(told, Some(proven), "{text}");
    }
}

#[test]
fn a_key_id_names_its_account() {
    // Account 123456789012 behind the first bit.
    let text = example::expand("id = \"AKIA${join:RZPUZ|DIKFKNTY4PC}\"").into_owned();
    let checked = check(&source("src/app.py", text.as_bytes()), &all_rules());
    let message = &checked.findings[0].message;
    assert!(message.contains("of account 123456789012 "), "{message}");
}

/// A key in PEM whose body does not decode: 64 and 40 characters.
const REPLACED: &str = "-----BEGIN RSA PRIVATE KEY-----\n${rand:base64:64}\n${rand:base64:40}\n-----END RSA PRIVATE KEY-----";

#[test]
fn a_key_weighs_what_it_proves() {
    use Confidence::{High, Medium as Half};
    for (path, text, severity, confidence) in [
        ("a.pem", "${pem:PRIVATE KEY}", Severity::Critical, High),
        ("tests/a.pem", "${pem:PRIVATE KEY}", Severity::High, High),
        ("docs/a.md", "${pem:PRIVATE KEY}", Severity::High, High),
        (
            "a.pem",
            "${pem:ENCRYPTED PRIVATE KEY}",
            Severity::Medium,
            Half,
        ),
        ("a.pem", REPLACED, Severity::Medium, Half),
        ("tests/a.pem", REPLACED, Severity::Medium, Half),
        (
            "a.asc",
            "${pem:PGP PRIVATE KEY BLOCK}",
            Severity::Critical,
            High,
        ),
        ("a.json", "{\"key\": \"${der:}\"}", Severity::Critical, High),
        (
            "a.yaml",
            "key: ${pem64:EC PRIVATE KEY}\n",
            Severity::Critical,
            High,
        ),
    ] {
        let found = found(path, text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert_eq!((found[0].1, found[0].2), (severity, confidence), "{text}");
    }
}

#[test]
fn what_is_public_or_encrypted_for_the_repository_is_silent() {
    for (path, text) in [
        (
            "a.pem",
            "${pem:CERTIFICATE}\n${pem:PUBLIC KEY}\n${pem:EC PARAMETERS}",
        ),
        ("a.asc", "${pem:PGP PUBLIC KEY BLOCK}\n${pem:PGP MESSAGE}"),
        (
            "a.yml",
            "$ANSIBLE_VAULT;1.1;AES256\n${rand:digits:80}\n${rand:digits:80}\n",
        ),
        (
            "a.yml",
            "password: ENC[AES256_GCM,data:${rand:base64:24},iv:${rand:base64:43}=,tag:${rand:base64:22}==,type:str]\n",
        ),
        ("a.yml", "enc: |\n  ${pem:AGE ENCRYPTED FILE}\n"),
        (
            "a.go",
            "block.Type == \"RSA PRIVATE KEY\" // -----BEGIN RSA PRIVATE KEY-----\n",
        ),
        (
            "a.md",
            "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA...\n-----END RSA PRIVATE KEY-----\n",
        ),
        (
            "a.md",
            "-----BEGIN RSA PRIVATE KEY-----\n<your key>\n-----END RSA PRIVATE KEY-----\n",
        ),
        (
            "a.json",
            "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"${rand:base64url:43}\",\"y\":\"${rand:base64url:43}\"}",
        ),
        (
            "a.py",
            "xpub = '${base58check:0488b21e:74}'\naddress = '${base58check:00:20}'\n",
        ),
        ("a.conf", "nkey: ${nkey:a0}\n"),
        (
            "a.ts",
            "const mnemonic = 'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about';\n",
        ),
    ] {
        assert_eq!(found(path, text), [], "{path}: {text}");
    }
}

#[test]
fn a_login_file_is_one_finding() {
    let service = "{\"type\": \"service_account\", \"private_key_id\": \"${rand:hex:40}\", \"private_key\": \"${pemline:PRIVATE KEY}\\n\", \"client_email\": \"a@b.iam.gserviceaccount.com\"}";
    assert_eq!(
        rules_found("key.json", service),
        ["secret/gcp-service-account"]
    );
    let user = "{\"client_secret\": \"d-FL95Q1${rand:alnum:16}\", \"refresh_token\": \"1//0${rand:base64url:99}\", \"type\": \"authorized_user\"}";
    assert_eq!(
        rules_found("adc.json", user),
        ["secret/gcp-user-credentials"]
    );
    let creds = "-----BEGIN USER NKEY SEED-----\n${nkey:9500}\n------END USER NKEY SEED------\n";
    assert_eq!(rules_found("user.creds", creds), ["secret/nats-seed"]);
}

#[test]
fn a_token_that_has_expired_weighs_less() {
    let text = example::expand("t = \"${jwt:admin}\"").into_owned();
    let source = source("src/app.py", text.as_bytes());
    let advisories = Advisories::starter();
    let on = |day: &str| {
        let given = Given {
            today: plimsoll::advisory::Day::parse(day),
            ..Given::default()
        };
        let cx = Context {
            rules: &all_rules(),
            advisories: &advisories,
            given: &given,
        };
        check_source(&cx, &source).findings[0].severity
    };
    assert_eq!(on("2029-12-31"), Severity::Medium);
    assert_eq!(on("2030-01-02"), Severity::Low);
}

#[test]
fn a_real_token_weighs_the_same_in_a_test_and_a_look_alike_weighs_less() {
    let proven = found("tests/test_a.py", "t = \"${crc32:ghp_:30}\"");
    assert_eq!(proven[0].1, Severity::Critical);
    let shaped = found("tests/test_a.py", "t = \"sk_live_${rand:alnum:30}\"");
    assert_eq!(shaped[0].1, Severity::High);
    let documented = found("README.md", "t = \"sk_live_${rand:alnum:30}\"");
    assert_eq!(documented[0].1, Severity::High);
}

#[test]
fn encodings_and_binaries_are_looked_at() {
    let text = example::expand("token = \"${crc32:ghp_:30}\"\n").into_owned();
    let mut utf16 = vec![0xff, 0xfe];
    utf16.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    let mut binary = vec![0u8, 1, 2, 3];
    binary.extend(text.as_bytes());
    binary.push(0);
    let mut latin1 = b"caf\xe9 = 1\n".to_vec();
    latin1.extend(text.as_bytes());
    for bytes in [utf16, binary, latin1] {
        let checked = check(&source("data", &bytes), &all_rules());
        assert_eq!(checked.findings.len(), 1, "{:?}", checked.findings);
    }
}

#[test]
fn any_bytes_around_a_secret_do_no_harm() {
    let token =
        example::expand("${crc32:ghp_:30} password=\"${join:tide!|andWind7}\"").into_owned();
    for byte in 0..=255u8 {
        let mut bytes = vec![byte; 3];
        bytes.extend(token.as_bytes());
        bytes.extend([byte; 3]);
        for cut in 0..bytes.len() {
            check(&source("a.env", &bytes[..cut]), &all_rules());
        }
    }
}

/// Texts that make a careless engine read the same bytes again and again.
const HOSTILE: &[&str] = &[
    "password=\"",
    "token=",
    "token: ",
    "eyJ",
    "eyJ.",
    "eyJhbGciOiJIUzI1NiJ9.",
    "-----BEGIN PRIVATE KEY-----",
    "-----BEGIN RSA PRIVATE KEY-----\\n",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n",
    "LS0tLS1CRUdJT",
    "LS0tLS1CRUdJT ",
    "IBAAKCA",
    "MIIEpAIBAAKCAQEA ",
    "{\"kty\":",
    "\"kty\":\"RSA\",\"d\":\"",
    "{\"kty\":\"RSA\",\"d\":\"A\"}",
    "\"keyMaterialType\": ",
    "authorized_user\"",
    "kdfparams ciphertext",
    "\"encryptedPassword\":\"M",
    "RWRTY0Iy",
    "mnemonic abandon ",
    "mnemonic ",
    "abandon ",
    "xprv9s21 ",
    "PuTTY-User-Key-File-2: ",
    "://a:b",
    "://a:b@",
    "AKIA",
    " AKIA",
    "Bearer ",
    "Bearer a",
    "basic YTpi",
    "sk-proj-",
    "hf_",
    "secret\\\"",
    "\"secret\": \"\\",
    "password '''",
    "\"\"\"",
    "<password>",
    "--password ",
    "T3BlbkFJ",
    ":AA",
    "-us",
    ".atlasv1.",
    "8Q~",
    "xoxb-1-",
    "a_pass",
    "curl -u a ",
    "curl -u 'a",
    "- name: password\n",
    "value=\"a\" name=\"password\"",
    "password:\n\n",
    "password = a.b(c(",
    "${password:",
    "Authorization: ",
    "Authorization: Token ",
    "\"auth\": \"",
    "credentials(a,",
    "<pass>",
    ":5432:",
    "a:$6$",
    "IDENTIFIED BY '",
    "echo a | chpasswd",
];

/// CPU time of this thread: a busy machine changes nothing about it.
fn cpu() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(
        u64::try_from(now.tv_sec).unwrap(),
        u32::try_from(now.tv_nsec).unwrap(),
    )
}

#[test]
fn time_grows_with_size_and_not_faster() {
    let rules = all_rules();
    let took = |path: &str, piece: &str, size: usize| -> Duration {
        let bytes = piece.repeat(size / piece.len());
        let source = source(path, bytes.as_bytes());
        let start = cpu();
        check(&source, &rules);
        cpu() - start
    };
    for piece in HOSTILE {
        for path in ["a.txt", "a.yaml"] {
            let small = took(path, piece, 1 << 15).max(Duration::from_millis(1));
            let large = took(path, piece, 1 << 19);
            // Sixteen times the bytes; a square would be 256 times the time.
            assert!(
                large < small * 80,
                "{piece:?} in {path}: {small:?} and {large:?}"
            );
        }
    }
}

#[test]
fn a_secret_at_any_place_of_a_long_line_is_found() {
    let token = example::expand("token=\"${crc32:ghp_:30}\" ").into_owned();
    let filler = "lorem ipsum dolor sit amet ".repeat(40_000);
    let text = format!("{token}{filler}{token}{filler}{token}");
    assert_eq!(rules_found("a.txt", &text).len(), 3);
}

#[test]
fn stand_ins_of_every_class_are_silent() {
    for (path, text) in [
        (
            ".env",
            "API_KEY=\nTOKEN=<your-token>\nSECRET=xxxxxxxxxxxxxxxxxxxx\nPASSWORD=changeme\n",
        ),
        (
            "a.sh",
            "PASSWORD=$1\nTOKEN=$(cat token)\nAPI_KEY=${API_KEY:-}\nexport SECRET=`pass show x`\n",
        ),
        (
            "a.yaml",
            "password: {{ vault.password }}\ntoken: !secret token\nsecret: ENC[AES256,abc123def456]\n",
        ),
        (
            "a.py",
            "password = os.environ['PW1!x']\ntoken = get(\"X\")\napi_key: str = Field(...)\n",
        ),
        (
            "a.js",
            "const token = process.env.TOKEN;\nconst secret = `${a}1b2c3d4e5f6g7h8i9j0k`;\n",
        ),
        (
            "a.js",
            "const password = { type: 'password', minLength: 8 };\n",
        ),
        (
            "a.py",
            "digest_token = 'sha256:${rand:hex:64}'\nsecret_hash = '${rand:hex:64}'\n",
        ),
        (
            "a.json",
            "{\"integrity\": \"sha512-${rand:base64:86}==\", \"publicKey\": \"${rand:base64:44}\"}\n",
        ),
        (
            "a.json",
            "{\"token\": \"4f1c8d2a-b7e9-4a1b-8c2d-0123456789ab\"}\n",
        ),
        (
            "src/locales/de.json",
            "{\"password\": \"Passwort-1-eingeben!\"}\n",
        ),
        (
            "a.html",
            "<input type=\"password\" name=\"password\" value=\"\" autocomplete=\"new-password\">\n",
        ),
        (
            "a.css",
            "background: url(data:image/png;base64,${rand:base64:400})\n",
        ),
        (
            "a.py",
            "url = 'postgres://user:password@localhost/db'\nurl2 = 'http://%s:%s@host.io/'\n",
        ),
        (
            "a.go",
            "if strings.HasPrefix(line, \"-----BEGIN RSA PRIVATE KEY-----\") {\n",
        ),
        ("a.rs", "pub const TOKEN_KIND: &str = \"identifier_2\";\n"),
        (
            "a.java",
            "private static final String PASSWORD_PROPERTY = \"spring.datasource.password1\";\n",
        ),
        (
            "docker-compose.yml",
            "environment:\n  POSTGRES_PASSWORD_FILE: /run/secrets/pg_1\n",
        ),
        (
            "a.c",
            "static const char *token = \"%02x%02x%02x%02x%02x%02x\";\n",
        ),
        ("a.md", "Set `password: s3cr3t!Pass` in the file.\n"),
    ] {
        assert_eq!(found(path, text), [], "{path}: {text}");
    }
}

#[test]
fn evidence_says_what_the_token_proves_and_no_more() {
    let text = example::expand("t = \"${crc32:npm_:30}\"").into_owned();
    let checked = check(&source("a.py", text.as_bytes()), &all_rules());
    let Evidence::Secret(redacted) = &checked.findings[0].evidence else {
        panic!("no secret: {:?}", checked.findings);
    };
    assert_eq!(
        (redacted.prefix.as_str(), redacted.length, redacted.checksum),
        ("npm_", 40, Some(true))
    );
}

#[test]
fn a_random_value_under_a_clear_name_weighs_the_same_in_every_folder() {
    for path in [
        "src/app.py",
        "tests/test_app.py",
        "docs/setup.md",
        "other/9f86d081.properties",
    ] {
        for text in [
            "password = \"${rand:lower:8}\"\n",
            "db_password = \"${rand:alnum:12}\"\n",
            "client_secret = \"${rand:hex:32}\"\n",
            "api_key = \"${rand:upper:20}\"\n",
        ] {
            let found = found(path, text);
            assert_eq!(found.len(), 1, "{path}: {text}");
            assert_eq!(
                (found[0].1, found[0].2),
                (Severity::Medium, Confidence::Medium),
                "{path}: {text}"
            );
        }
    }
}

#[test]
fn look_alikes_of_every_class_are_silent_under_clear_names() {
    for value in [
        "getPassword()",
        "user.password",
        "self.token",
        "args[0]",
        "SecureString",
        "string",
        "DB_PASSWORD",
        "KRB5_PASSWORD",
        "your-token-here",
        "my-secret",
        "primary",
        "refresh_token",
        "oldpwd",
        "ipmi_pwd",
        "Enter your password",
        "Bitte Kennwort eingeben",
        "mot de passe oublie",
        "ctrl+shift+k",
        "2024-01-31",
        "1.22.333",
        "server2.key",
        "/run/secrets/db_1",
        "https://harbour.io/login2",
        "application/json",
        "btn btn-primary-2",
        "#a1b2c3",
        "^[a-z0-9]{8,}$",
        "$2b$12$abcdefghijklmnopqrstuv",
        "{SSHA}abcdefgh12345678",
        "ENC(G6N718UuyPE5bHyWKyuLQSm02auQPUtm)",
        "ENC[AES256_GCM,data:abc,iv:def]",
        "vault:v1:8SDd3WHDOjf7mq69CyCqYjBXAiQQAVZR",
        "sha256:0f1e2d",
        "iVBORw0KGgoAAAANSUhEUgAA",
        "ssh-rsa AAAAB3NzaC1yc2E",
        "123456",
        "12345678",
        "aaaaaaaa",
        "asdfqwer",
        "1q2w3e4r",
        "abcd1234",
        "changeme1",
        "login.password.label",
        "feature_new_login",
        "00:1a:2b:3c:4d:5e",
        "+49 30 123456",
        "password",
        "P@ssw0rd1",
        "contrasena",
        "wachtwoord",
    ] {
        for path in ["src/app.py", "tests/test_app.py", "conf/app.yaml"] {
            for name in ["password", "client_secret"] {
                let text = match path.ends_with("py") {
                    true => format!("{name} = \"{value}\"\n"),
                    false => format!("{name}: \"{value}\"\n"),
                };
                assert_eq!(found(path, &text), [], "{path}: {text}");
            }
        }
    }
}

#[test]
fn known_answers_of_ciphers_and_tokens_of_badges_are_silent() {
    let vectors =
        "KEY = ${rand:hex:32}\nIV = ${rand:hex:24}\nPT = ${rand:hex:40}\nCT = ${rand:hex:48}\n";
    assert_eq!(found("tests/aes.rsp", vectors), []);
    let badge = "![cov](https://codecov.io/gh/a/b/graph/badge.svg?token=${rand:alnum:10})\n";
    assert_eq!(found("README.md", badge), []);
}
