//! weak-cryptography: a program is told to use what is broken, or too short to hold.

use super::Shell;
use crate::detect::Sink;
use crate::parse::shell::{Command, Word};

const BROKEN: &str = "this cipher is broken, or was never one to rely on";
const SHORT: &str = "a key of this length can be computed";
const HASH: &str = "this hash is broken: a signature over it proves nothing";
const PROTOCOL: &str = "this version of the protocol is broken";
const PASSWORD: &str = "a password's hash of this kind is guessed in seconds";

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for command in &shell.script.commands {
        let found = weak(command).or_else(|| hashed_password(command, shell));
        if let Some((word, what)) = found.filter(|(word, _)| !shell.is_asked_for(word.span)) {
            out.report(rule, word.span, what)
                .text("chosen here")
                .help("take what the program takes by itself: AES with GCM, SHA-256, RSA from 2048 bits on or Ed25519, TLS 1.2 and later; for passwords argon2, bcrypt or yescrypt");
        }
    }
}

fn weak(command: &Command) -> Option<(&Word, &'static str)> {
    match command.name.as_str() {
        "openssl" => openssl(command),
        "ssh-keygen" => {
            // `-t`, and `-qt` with it.
            let words = command.args();
            let is_kind = |word: &Word| {
                let letters = word.text.strip_prefix('-').unwrap_or_default();
                !letters.starts_with('-') && letters.len() < 4 && letters.ends_with('t')
            };
            let kind = words
                .iter()
                .position(is_kind)
                .and_then(|at| words.get(at + 1));
            if let Some(word) = kind.filter(|word| word.text == "dsa") {
                return Some((word, SHORT));
            }
            let kind = kind.map(|word| word.text.as_str());
            let bits = command
                .arg_after("-b")
                .filter(|_| kind.is_none_or(|kind| kind == "rsa"))?;
            is_short(&bits.text).then_some((bits, SHORT))
        }
        "ssh" | "scp" | "sftp" => {
            let broken = |text: &str| {
                ["3des-cbc", "blowfish-cbc", "cast128-cbc", "arcfour"]
                    .iter()
                    .any(|cipher| text.starts_with(cipher))
            };
            let listed = command.arg_after("-c").filter(|word| broken(&word.text));
            let option = |text: &str| text.strip_prefix("-oCiphers=").is_some_and(broken);
            let value = |text: &str| text.strip_prefix("Ciphers=").is_some_and(broken);
            listed
                .or_else(|| find(command, |text| option(text) || value(text)))
                .map(|word| (word, BROKEN))
        }
        "curl" => {
            let old = ["--sslv2", "--sslv3", "--tlsv1.0", "--tlsv1.1"];
            let flag = find(command, |text| old.contains(&text));
            let most = || {
                command
                    .arg_after("--tls-max")
                    .filter(|word| matches!(word.text.as_str(), "1.0" | "1.1"))
            };
            let ciphers = || {
                command
                    .arg_after("--ciphers")
                    .filter(|word| is_broken_suite(&word.text))
            };
            flag.or_else(most)
                .map(|word| (word, PROTOCOL))
                .or_else(|| ciphers().map(|word| (word, BROKEN)))
        }
        "wget" | "wget2" => {
            let old = ["SSLv2", "SSLv3", "TLSv1", "TLSv1_1"];
            let names = |text: &str| {
                let value = text.strip_prefix("--secure-protocol=");
                value.is_some_and(|value| old.contains(&value))
            };
            find(command, names).map(|word| (word, PROTOCOL))
        }
        _ => None,
    }
}

fn openssl(command: &Command) -> Option<(&Word, &'static str)> {
    let short = |text: &str| is_short(text);
    match command.subcommand() {
        "genrsa" | "dhparam" | "dsaparam" => find(command, short).map(|word| (word, SHORT)),
        "req" | "x509" | "ca" => {
            let key = |text: &str| text.strip_prefix("rsa:").is_some_and(is_short);
            let key = find(command, key).map(|word| (word, SHORT));
            key.or_else(|| find(command, is_broken_hash).map(|word| (word, HASH)))
        }
        "genpkey" => {
            let bits = |text: &str| text.strip_prefix("rsa_keygen_bits:").is_some_and(is_short);
            find(command, bits).map(|word| (word, SHORT))
        }
        "dgst" if command.has_arg("-sign") => {
            find(command, is_broken_hash).map(|word| (word, HASH))
        }
        // What is old has to be read with what it was written with.
        "enc" if !command.has_arg("-d") => {
            let cipher = |text: &str| text.strip_prefix('-').is_some_and(is_broken_cipher);
            find(command, cipher).map(|word| (word, BROKEN))
        }
        _ => None,
    }
}

/// `echo "$password" | md5sum`.
fn hashed_password<'s>(
    command: &'s Command,
    shell: &Shell<'s>,
) -> Option<(&'s Word, &'static str)> {
    let is_hash = matches!(
        command.name.as_str(),
        "md5sum" | "md5" | "sha1sum" | "sha1" | "sha256sum"
    );
    let (pipeline, element) = shell.script.pipe(command).filter(|_| is_hash)?;
    let (first, end) = *pipeline.elements.get(element.checked_sub(1)?)?;
    let source = shell.script.commands.get(first..end)?.first()?;
    let says = matches!(source.name.as_str(), "echo" | "printf");
    let word = source.args().iter().filter(|_| says).find(|word| {
        let mut names = word.variables();
        names.any(is_password)
    })?;
    Some((word, PASSWORD))
}

/// `DB_PASSWORD`, `pass`.
fn is_password(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let mut words = name.split('_');
    words.any(|word| {
        matches!(
            word,
            "password" | "passwd" | "pass" | "passphrase" | "passwort"
        )
    })
}

fn find(command: &Command, test: impl Fn(&str) -> bool) -> Option<&Word> {
    command.args().iter().find(|word| test(&word.text))
}

/// A number of bits of a key that rests on a large number.
fn is_short(text: &str) -> bool {
    let bits = text.parse::<u32>().ok();
    bits.is_some_and(|bits| (256..2000).contains(&bits))
}

fn is_broken_hash(text: &str) -> bool {
    matches!(text, "-md5" | "-sha1" | "-md4" | "-sha")
}

fn is_broken_cipher(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let family = ["des", "rc4", "rc2", "bf", "cast", "idea", "seed"];
    let is = |family: &str| {
        let rest = name.strip_prefix(family);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '3', '5']))
    };
    family.iter().any(|family| is(family)) || name.ends_with("-ecb")
}

fn is_broken_suite(text: &str) -> bool {
    let mut suites = text
        .split([':', ','])
        .filter(|suite| !suite.starts_with(['!', '-']));
    suites.any(|suite| {
        let mut words = suite.split(['-', '_', '+']);
        words.any(|word| {
            matches!(
                word,
                "RC4" | "DES" | "NULL" | "aNULL" | "eNULL" | "EXP" | "EXPORT" | "MD5"
            )
        })
    })
}
