//! Every kind of secret in every syntax, and what only looks like one: numbers instead of
//! examples. Nothing here is stored; tokens are made from fixed seeds when the tests run.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod formats;
mod negatives;
mod random;
mod syntaxes;

use std::sync::{Arc, LazyLock};

use plimsoll::advisory::Advisories;
use plimsoll::classify::classify;
use plimsoll::detect::{Context, Given};
use plimsoll::engine::check_source;
use plimsoll::model::{Finding, Origin, RepoPath, Severity, Source, SourceId};
use plimsoll::rules::pattern::secret::{Alphabet, Checksum, SecretPattern, Segment, parse_body};
use plimsoll::rules::{ActiveRules, PATTERNS, RuleSet};

use random::Random;
use syntaxes::Planted;

/// The findings of secrets in a text, each with the text it points at.
fn secrets(
    rules: &ActiveRules,
    advisories: &Advisories,
    path: &str,
    text: &str,
) -> Vec<(Finding, String)> {
    let path = RepoPath::from(path);
    let kind = classify(&path, text.as_bytes());
    let source = Source::new(SourceId(0), path, kind, text.as_bytes(), Origin::Buffer);
    let cx = Context {
        rules,
        advisories,
        given: Given::NOTHING,
    };
    check_source(&cx, &source)
        .findings
        .into_iter()
        .filter(|finding| finding.rule.family() == "secret")
        .map(|finding| {
            let at = source
                .text(finding.primary().expect("a label").span)
                .into_owned();
            (finding, at)
        })
        .collect()
}

fn all_rules() -> ActiveRules {
    ActiveRules::all(Arc::new(RuleSet::embedded()))
}

/// Where a token that its rule describes may be called something else: the reading that says more.
fn outranks(rule: &str, other: &str) -> bool {
    rule == other
        || [
            // A JSON Web Token is one whatever else it is.
            ("secret/snowflake-token", "secret/jwt"),
        ]
        .contains(&(rule, other))
}

/// How many of these places show the finding that is wanted, and the first that does not.
fn found_in(
    rule: &str,
    places: impl Iterator<Item = Planted>,
    proves_itself: bool,
) -> (usize, usize, Option<String>) {
    static ALL: LazyLock<(ActiveRules, Advisories)> =
        LazyLock::new(|| (all_rules(), Advisories::starter()));
    let (rules, advisories) = &*ALL;
    let (mut found, mut all, mut missed) = (0, 0, None);
    for place in places {
        all += 1;
        let secrets = secrets(rules, advisories, place.path, &place.text);
        let hit = secrets.iter().any(|(finding, text)| {
            outranks(rule, finding.rule.as_str())
                && place.text.contains(text.as_str())
                && (proves_itself || finding.severity >= Severity::Medium)
        });
        if hit {
            found += 1;
        } else if missed.is_none() {
            let instead: Vec<_> = secrets
                .iter()
                .map(|(f, text)| format!("{} {:?} {text}", f.rule, f.severity))
                .collect();
            missed = Some(format!("{}: {} found {instead:?}", place.path, place.text));
        }
    }
    (found, all, missed)
}

/// Runs a check of many rules on all processors and says what each one lost.
fn assert_all<T: Sync>(cases: &[T], check: impl Fn(&T) -> Option<String> + Sync) {
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let next = std::sync::atomic::AtomicUsize::new(0);
    let failures = std::sync::Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(case) =
                    cases.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
                {
                    if let Some(failure) = check(case) {
                        failures.lock().unwrap().push(failure);
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(
        failures.is_empty(),
        "{}\n{} of {}",
        failures.join("\n"),
        failures.len(),
        cases.len()
    );
}

fn is_wanted(rule: &str) -> bool {
    std::env::var("PLIMSOLL_RULE").map_or(true, |part| rule.contains(&part))
}

/// The bytes of an alphabet, as a rule means it.
fn bytes_of(alphabet: Alphabet) -> Vec<u8> {
    (0..=u8::MAX)
        .filter(|byte| alphabet.contains(*byte))
        .collect()
}

/// A token as a rule describes it.
fn token_of(pattern: &SecretPattern, random: &mut Random, nth: usize) -> String {
    let mut fill = |body: &str| -> String {
        let segments = parse_body(body).unwrap().into_iter();
        segments
            .map(|segment| match segment {
                Segment::Literal(text) => String::from_utf8(text).unwrap(),
                Segment::Run { alphabet, min, max } => {
                    random.text(&bytes_of(alphabet), min, max.min(min + 40))
                }
            })
            .collect()
    };
    let before = fill(pattern.before.as_deref().unwrap_or_default());
    let mut body = fill(&pattern.body[nth % pattern.body.len()]);
    if let Some(wanted) = pattern.contains.first() {
        body.replace_range(body.len() / 2..body.len() / 2, wanted);
    }
    let prefixes = &pattern.prefixes;
    let prefix = (!prefixes.is_empty()).then(|| prefixes[nth % prefixes.len()].as_str());
    format!("{before}{}{body}", prefix.unwrap_or_default())
}

/// A name that speaks of the kind's vendor.
fn name_of(pattern: &SecretPattern, rule: &str) -> String {
    let plain = [
        "api", "key", "token", "secret", "pat", "apikey", "private", "sdk",
    ];
    let words = pattern.near.iter().chain(&pattern.named);
    let word = words
        .filter(|word| !word.contains('.') && !plain.contains(&word.as_str()))
        .map(|word| word.trim_matches(['_', '-']).replace('-', "_"))
        .next()
        .unwrap_or_else(|| {
            rule.trim_start_matches("secret/")
                .split('-')
                .next()
                .unwrap()
                .to_owned()
        });
    let credential = ["token", "key", "secret", "pat"]
        .iter()
        .any(|end| word.ends_with(end));
    if credential {
        word
    } else {
        format!("{word}_token")
    }
}

/// The vendor's word of a name, where it may stand apart from the name.
fn vendor_of<'n>(pattern: &SecretPattern, name: &'n str) -> Option<&'n str> {
    const ENDS: &[&str] = &[
        "token",
        "key",
        "secret",
        "id",
        "api",
        "client",
        "access",
        "admin",
        "app",
        "auth",
        "webhook",
        "password",
        "pat",
        "license",
        "delivery",
        "application",
        "registry",
    ];
    let mut vendor = name;
    while let Some((head, last)) = vendor.rsplit_once('_')
        && ENDS.contains(&last)
    {
        vendor = head;
    }
    let is_vendor = |word: &String| word.replace('-', "_") == vendor;
    let mut words = pattern.near.iter().chain(&pattern.named);
    words.any(is_vendor).then_some(vendor)
}

/// Where only a text of the right form, not a name, speaks of the kind.
const TOLD_BY_ITS_FILE: &[&str] = &["secret/google-user-credentials"];

/// Checks that decide by themselves how sure a finding is.
fn proves_itself(pattern: &SecretPattern) -> bool {
    use Checksum::{Base58Check, Bech32, Crc32Base62, Nkey, Stellar};
    let check = pattern.checksum;
    check.is_some_and(|c| matches!(c, Crc32Base62 | Bech32 | Nkey | Stellar | Base58Check))
}

#[test]
fn of_a_hundred_tokens_of_each_rule_at_least_97_are_found() {
    let cases: Vec<(&str, SecretPattern)> = PATTERNS
        .iter()
        .filter(|(rule, _)| rule.starts_with("secret/") && is_wanted(rule))
        .filter(|(rule, _)| !TOLD_BY_ITS_FILE.contains(rule))
        .map(|(rule, json)| (*rule, serde_json::from_str(json).unwrap()))
        .collect();
    assert_all(&cases, |(rule, pattern)| {
        let name = name_of(pattern, rule);
        let places = (0..100).map(|nth| {
            let mut random = Random::seeded(rule, nth);
            let token = token_of(pattern, &mut random, nth);
            match pattern.near.is_empty() || pattern.prefixes.is_empty() {
                true => syntaxes::plant(
                    &name,
                    &token,
                    nth,
                    pattern.prefixes.is_empty(),
                    vendor_of(pattern, &name),
                ),
                // A prefix that needs a word nearby.
                false => syntaxes::beside(&pattern.near[0], &token, nth),
            }
        });
        let (found, all, missed) = found_in(rule, places, proves_itself(pattern));
        (found * 100 < all * 97)
            .then(|| format!("{rule}: {found} of {all}; {}", missed.unwrap_or_default()))
    });
}

#[test]
fn of_a_hundred_tokens_of_each_published_format_at_least_97_are_found() {
    let cases: Vec<&formats::Format> = formats::FORMATS.iter().filter(|f| is_wanted(f.0)).collect();
    assert_all(&cases, |(rule, name, form)| {
        let rule = format!("secret/{rule}");
        let pattern: Option<SecretPattern> = PATTERNS
            .iter()
            .find(|(id, _)| *id == rule)
            .map(|(_, json)| serde_json::from_str(json).unwrap());
        let proof = pattern.as_ref().is_some_and(proves_itself);
        let told = |p: &SecretPattern| p.prefixes.is_empty() || !p.near.is_empty();
        let is_context = pattern.as_ref().is_some_and(told);
        let name = match name.contains("{}") {
            true => (*name).to_owned(),
            false => name.to_ascii_lowercase(),
        };
        let vendor = pattern.as_ref().and_then(|p| vendor_of(p, &name));
        let places = (0..100).map(|nth| {
            let token = formats::make(form, &mut Random::seeded(form, nth));
            match name.contains("{}") {
                true => Planted {
                    path: "config/app.env",
                    text: name.replace("{}", &token),
                },
                false => syntaxes::plant(&name, &token, nth, is_context, vendor),
            }
        });
        let (found, all, missed) = found_in(&rule, places, proof);
        (found * 100 < all * 97).then(|| {
            format!(
                "{rule} {form}: {found} of {all}; {}",
                missed.unwrap_or_default()
            )
        })
    });
}

#[test]
fn of_three_hundred_look_alikes_of_each_class_at_most_three_are_flagged() {
    let cases: Vec<&negatives::Class> = negatives::CLASSES.iter().collect();
    let (rules, advisories) = (all_rules(), Advisories::starter());
    assert_all(&cases, |(class, path, make)| {
        let mut flagged = Vec::new();
        for nth in 0..300 {
            let text = make(&mut Random::seeded(class, nth), nth);
            let found = secrets(&rules, &advisories, path, &text);
            if let Some((finding, at)) = found.iter().find(|(f, _)| f.severity >= Severity::Medium)
            {
                flagged.push(format!("{} {at} in {text}", finding.rule));
            }
        }
        let said = || {
            format!(
                "{class}: {} flagged; {}",
                flagged.len(),
                flagged[..flagged.len().min(3)].join("\n   ")
            )
        };
        (flagged.len() > 3).then(said)
    });
}

#[test]
fn there_are_more_than_two_hundred_kinds() {
    let rules = RuleSet::embedded();
    let kinds = rules
        .iter()
        .filter(|rule| rule.id.family() == "secret")
        .count();
    assert!(kinds >= 230, "{kinds}");
}

#[test]
fn a_key_id_and_its_secret_are_one_finding_with_two_labels() {
    let (rules, advisories) = (all_rules(), Advisories::starter());
    for (text, rule) in [
        (
            "[default]\naws_access_key_id = AKIA{b32:16}\naws_secret_access_key = {b64:40}\n",
            "secret/aws-secret-access-key",
        ),
        (
            "TWILIO_ACCOUNT_SID=AC{hex:32}\nTWILIO_AUTH_TOKEN={hex:32}\n",
            "secret/twilio-credential",
        ),
        (
            "ALIBABA_ID=LTAI{an:20}\nALIBABA_CLOUD_ACCESS_KEY_SECRET={an:30}\n",
            "secret/alibaba-access-key-secret",
        ),
        (
            "TENCENT_ID=AKID{an:32}\nTENCENT_SECRET_KEY={an:32}\n",
            "secret/tencent-secret-key",
        ),
        (
            "GCS_ID=GOOG1E{up:55}\nGCS_HMAC_SECRET={b64:40}\n",
            "secret/google-hmac-secret",
        ),
        (
            "PLAID_CLIENT_ID={hex:24}\nPLAID_SECRET={hex:30}\n",
            "secret/plaid-secret",
        ),
        (
            "SQUARE_APP_ID=sq0idp-{b64u:22}\nSQUARE_TOKEN=EAAA{b64u:60}\n",
            "secret/square-access-token",
        ),
        (
            "SPACES_KEY_ID=DO00{up:16}\nSPACES_SECRET_KEY={b64:43}\n",
            "secret/digitalocean-spaces-secret",
        ),
        (
            "COINBASE_KEY_ID={uuid}\nCOINBASE_API_SECRET={b64u:64}\n",
            "secret/coinbase-secret",
        ),
        (
            "RAZORPAY_KEY_ID=rzp_live_{an:14}\nRAZORPAY_KEY_SECRET={an:24}\n",
            "secret/razorpay-secret",
        ),
    ] {
        let text = formats::make(text, &mut Random::seeded(text, 1));
        let found = secrets(&rules, &advisories, "config/app.env", &text);
        let said: Vec<_> = found
            .iter()
            .map(|(f, _)| (f.rule.as_str(), f.labels.len()))
            .collect();
        assert_eq!(said, [(rule, 2)], "{text}");
    }
}

#[test]
fn the_same_secret_twice_is_two_places_and_the_second_names_the_first() {
    let (rules, advisories) = (all_rules(), Advisories::starter());
    let text = formats::make("a = \"sk_live_{an:30}\"\n", &mut Random::seeded("twice", 1));
    let found = secrets(&rules, &advisories, "a.py", &text.repeat(2));
    let labels: Vec<_> = found.iter().map(|(f, _)| f.labels.len()).collect();
    assert_eq!(labels, [1, 2]);
    assert_eq!(found[1].0.labels[1].text, "the same value");
}

#[test]
fn a_service_account_is_one_finding() {
    let (rules, advisories) = (all_rules(), Advisories::starter());
    let key = plimsoll::rules::example::expand("${pemline:PRIVATE KEY}");
    let id = formats::make("{hex:40}", &mut Random::seeded("id", 1));
    let text = format!(
        "{{\n \"type\": \"service_account\",\n \"private_key_id\": \"{id}\",\n \"private_key\": \"{key}\\n\",\n \"client_email\": \"a@b.iam.gserviceaccount.com\"\n}}\n"
    );
    let found = secrets(&rules, &advisories, "key.json", &text);
    let said: Vec<_> = found.iter().map(|(f, _)| f.rule.as_str()).collect();
    assert_eq!(said, ["secret/gcp-service-account"]);
}
