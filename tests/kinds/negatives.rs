//! What only looks like a secret, by class.

use crate::formats::make;
use crate::random::Random;

/// A name, the file it stands in, and how it is made.
pub type Class = (&'static str, &'static str, fn(&mut Random, usize) -> String);

const VENDORS: &[&str] = &[
    "linode",
    "datadog",
    "heroku",
    "twilio",
    "mailgun",
    "gitea",
    "circleci",
    "wandb",
    "meraki",
    "deepgram",
    "sendbird",
    "sentry",
    "snyk",
    "azure_openai",
    "algolia",
    "okta",
    "vercel",
    "netlify",
    "hetzner",
    "auth0",
    "binance",
    "coinbase",
    "sourcegraph",
    "aws",
    "cloudflare",
];
const WORDS: &[&str] = &[
    "model",
    "name",
    "large",
    "config",
    "tokenizer",
    "layer",
    "weights",
    "primary",
    "button",
    "container",
    "header",
    "wrapper",
    "default",
    "encoder",
    "dataset",
    "handler",
    "session",
];

fn words(random: &mut Random, count: usize, between: &str) -> String {
    let words: Vec<_> = (0..count).map(|_| random.one_of(WORDS)).collect();
    words.join(between)
}

pub const CLASSES: &[Class] = &[
    (
        "git commits beside vendors",
        "src/versions.py",
        |random, nth| {
            let vendor = random.one_of(VENDORS);
            let form = [
                "{v}_commit = \"{hex:40}\"\n",
                "# {v} provider\nrevision: \"{hex:40}\"\n",
                "ARG {V}_VERSION={hex:40}\n",
                "git clone https://github.com/{v}/{v}.git && git checkout {hex:40}\n",
                "{v}: {\"sha\": \"{hex:40}\"}\n",
            ][nth % 5];
            make(
                &form
                    .replace("{v}", vendor)
                    .replace("{V}", &vendor.to_ascii_uppercase()),
                random,
            )
        },
    ),
    (
        "prefixes inside base64",
        "assets/data.txt",
        |random, nth| {
            let mark = [
                "AKIA{b32:16}",
                "EAAA{b64:60}",
                "cmVmd{an:59}",
                "ABSK{b64:112}",
                "AIza{b64:35}",
                "LTAI{an:20}",
                "SCW{up:17}",
                "EXO{an:24}",
            ][nth % 8];
            let form = match nth % 3 {
                0 => format!("data:image/png;base64,{{b64:57}}/{mark}/{{b64:57}}=\n"),
                1 => format!("blob = \"{{b64:31}}{mark}{{b64:40}}\"\n"),
                _ => format!("blob = \"{{b64:31}}+{mark}+{{b64:40}}\"\n"),
            };
            make(&form, random)
        },
    ),
    ("wrapped base64", "assets/cert.txt", |random, nth| {
        let mark = ["EAAA{b64:60}", "cmVmd{an:59}", "oy2{low:43}"][nth % 3];
        make(&format!("{{b64:64}}\n{mark}\n{{b64:64}}\n"), random)
    }),
    ("prefixes as names", "src/style.css", |random, nth| {
        let words = words(random, 5, "_");
        match nth % 6 {
            0 => format!(".sk_live_{words} {{ color: red }}\n"),
            1 => format!("hf_{words}_v2\n"),
            2 => format!("#re_{words} .pk_{words} {{ }}\n"),
            3 => format!("key_{words} = npm_{words};\n"),
            4 => format!("token: rnd_{words}\n"),
            _ => format!("api_key = gsk_{words}\n"),
        }
    }),
    ("members in scripts", "src/app.min.js", |random, _| {
        make(
            "var a=s.{an:24};e.vault=s.{an:24}(t),r.token=s.{an:24}.x;\n",
            random,
        )
    }),
    ("public keys", "src/config.js", |random, nth| {
        let form = [
            "const stripeKey = \"pk_live_{an:24}\";\n",
            "const stripeKey = \"pk_test_{an:99}\";\n",
            "posthog.init(\"phc_{an:43}\");\n",
            "mailgunPublicKey: \"pubkey-{hex:32}\"\n",
            "mapboxToken = \"pk.eyJ1{an:60}.{b64u:22}\"\n",
            "publicKey: \"FLWPUBK-{hex:32}-X\"\n",
            "square.appId = \"sq0idp-{b64u:22}\"\n",
            "langfuse_public_key = \"pk-lf-{uuid}\"\n",
        ][nth % 8];
        make(form, random)
    }),
    ("identifiers", "src/ids.py", |random, nth| {
        let vendor = random.one_of(VENDORS);
        let form = [
            "{v}_account_id = \"{hex:32}\"\n",
            "{v}_project_id = \"{uuid}\"\n",
            "request_id = \"{uuid}\"  # {v}\n",
            "{v}_zone = \"{hex:32}\"\n",
            "trace_id: {hex:32}\nspan_id: {hex:16}\n",
            "user_id = \"{uuid}\"\n",
        ][nth % 6];
        make(&form.replace("{v}", vendor), random)
    }),
    (
        "printed in documentation",
        "docs/setup.md",
        |random, nth| {
            let fill = random.one_of(&["x", "X", "0"]);
            match nth % 6 {
                0 => "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\n".to_owned(),
                1 => format!("token: ghp_{}\n", fill.repeat(36)),
                2 => format!(
                    "xoxb-{}-{}-{}\n",
                    "0".repeat(12),
                    "0".repeat(12),
                    fill.repeat(24)
                ),
                3 => format!("STRIPE_KEY=sk_live_{}\n", fill.repeat(24)),
                4 => format!("LINODE_TOKEN={}\n", fill.repeat(64)),
                _ => format!("OPENAI_API_KEY=sk-proj-{}\n", fill.repeat(48)),
            }
        },
    ),
    ("digests", "checksums.yaml", |random, nth| {
        let vendor = random.one_of(VENDORS);
        let form = [
            "{v}:\n  sha256: {hex:64}\n",
            "image: {v}/agent@sha256:{hex:64}\n",
            "{hex:64}  {v}-cli.tar.gz\n",
            "{v}_checksum: {hex:64}\n",
            "md5: {hex:32}  # {v}\n",
        ][nth % 5];
        make(&form.replace("{v}", vendor), random)
    }),
    (
        "integrity of packages",
        "package-lock.json",
        |random, nth| {
            let form = [
                "\"integrity\": \"sha512-{b64:86}==\",\n",
                "<script integrity=\"sha384-{b64:64}\"></script>\n",
            ][nth % 2];
            make(form, random)
        },
    ),
    ("minified scripts", "dist/app.min.js", |random, _| {
        let mut text = String::new();
        while text.len() < 2500 {
            text += &make(
                "function {an:2}({an:1}){return {an:1}.token=e.{an:6},{an:2}(\"{an:8}\",{an:1}.key)}",
                random,
            );
        }
        text
    }),
    (
        "names of tests and fields",
        "tests/test_client.py",
        |random, nth| {
            let words = words(random, 3, "_");
            match nth % 4 {
                0 => format!("token = \"test_{words}_token\"\n"),
                1 => format!("api_key = \"{words}-api-key\"\n"),
                2 => format!("def test_secret_{words}(): assert token == 'my_{words}'\n"),
                _ => format!("client_secret = 'fake_{words}'\n"),
            }
        },
    ),
    (
        "values of other names beside vendors",
        "config/app.yaml",
        |random, nth| {
            let vendor = random.one_of(VENDORS);
            let form = [
                "{v}:\n  cache_key: {hex:40}\n",
                "{v}:\n  etag: \"{hex:32}\"\n",
                "{v}:\n  build: {hex:40}\n",
                "{v}:\n  public_key: {b64:44}\n",
                "{v}:\n  page_token: {b64u:40}\n",
                "{v}:\n  fingerprint: {hex:64}\n",
            ][nth % 6];
            make(&form.replace("{v}", vendor), random)
        },
    ),
    (
        "names of things beside vendors",
        "config/app.env",
        |random, nth| {
            let vendor = random.one_of(VENDORS);
            let name = ["TOKEN_NAME", "FOLDER", "APP", "SECRET_PATH", "KEY"][nth % 5];
            let value = words(random, 6, "");
            let length = [15, 16, 20, 22, 24, 30, 32, 36, 40, 64][nth % 10].min(value.len());
            format!(
                "{}_{name}={}\n",
                vendor.to_ascii_uppercase(),
                &value[..length]
            )
        },
    ),
];
