//! What programs do with text that reaches them.

use super::fetch::Url;
use crate::parse::shell::{Command, Word};

/// Interpreters beside shells: name without version, and the options after which they do not take
/// their program from a file or standard input.
const INTERPRETERS: &[(&str, &str)] = &[
    ("python", "cm"),
    ("pypy", "cm"),
    ("perl", "enpEi"),
    ("ruby", "enp"),
    ("node", "ep"),
    ("nodejs", "ep"),
    ("php", "rRBE"),
    ("lua", "e"),
    ("pwsh", "cC"),
    ("osascript", "e"),
];

fn inline_options(command: &Command) -> Option<&'static str> {
    let name = command
        .name
        .trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    INTERPRETERS
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, options)| *options)
}

/// True for programs that run the text of a file or of standard input.
pub fn is_interpreter(command: &Command) -> bool {
    command.is_shell() || is_source(command) || inline_options(command).is_some()
}

fn is_source(command: &Command) -> bool {
    matches!(command.name.as_str(), "source" | ".")
}

/// True where a command runs what it reads from standard input.
pub fn runs_stdin(command: &Command) -> bool {
    if command.wrappers.iter().any(|w| w == "xargs") {
        return false;
    }
    if command.is_shell() {
        return command.reads_script();
    }
    match script_argument(command) {
        Some(word) => matches!(word.text.as_str(), "-" | "/dev/stdin" | "/proc/self/fd/0"),
        None => inline_options(command).is_some_and(|inline| !has_inline(command, inline)),
    }
}

fn has_inline(command: &Command, inline: &str) -> bool {
    command.args().iter().any(|word| {
        let text = word.text.as_str();
        let long = matches!(text, "--eval" | "--print" | "--version" | "--help" | "-V");
        long || (text.starts_with('-')
            && !text.starts_with("--")
            && text.contains(|letter| inline.contains(letter)))
    })
}

/// The address that a program on the command line fetches to run: `python -c
/// "exec(urlopen('https://...').read())"`. The address may not be known.
pub fn fetched_and_run(command: &Command) -> Option<Option<Url>> {
    inline_options(command)?;
    let word = command.args().iter().find(|word| {
        let holds = |parts: &[&str]| parts.iter().any(|part| word.text.contains(part));
        holds(&[
            "urlopen(",
            "requests.get(",
            "Net::HTTP.get",
            "LWP::Simple",
            "file_get_contents('http",
        ]) && holds(&["exec(", "eval(", "eval ", "os.system("])
    })?;
    let start = word
        .text
        .find("http://")
        .or_else(|| word.text.find("https://"));
    let url = start.map(|start| {
        let rest = word.text.get(start..).unwrap_or_default();
        let end = rest.find(['\'', '"', ')', ' ']).unwrap_or(rest.len());
        Url {
            text: rest.get(..end).unwrap_or_default().to_owned(),
            span: word.span_of(start, start + end),
        }
    });
    Some(url)
}

/// The word that names the script which an interpreter runs.
pub fn script_argument(command: &Command) -> Option<&Word> {
    if is_source(command) {
        return command.args().first();
    }
    let inline = if command.is_shell() {
        if command.shell_string().is_some() || command.reads_script() {
            return None;
        }
        ""
    } else {
        inline_options(command)?
    };
    if has_inline(command, inline) {
        return None;
    }
    let mut words = command.args().iter();
    while let Some(word) = words.next() {
        match word.text.as_str() {
            "-" => return Some(word),
            "-o" | "+o" | "-O" | "--rcfile" | "--init-file" | "-W" | "-X" | "-I" | "-r" => {
                words.next();
            }
            text if text.starts_with(['-', '+']) => {}
            _ => return Some(word),
        }
    }
    None
}

/// Programs that pass text on, changed or not.
const FILTERS: &[&str] = &[
    "cat", "tee", "gunzip", "zcat", "gzip", "xz", "unxz", "xzcat", "bzip2", "bunzip2", "bzcat",
    "zstd", "zstdcat", "unzstd", "base64", "sed", "awk", "gawk", "tr", "head", "tail", "grep",
    "egrep", "cut", "jq", "sort", "envsubst", "pv", "funzip", "dos2unix", "rev", "uniq", "echo",
    "printf", "openssl", "iconv", "perl", "sponge",
];

pub fn passes_on(command: &Command) -> bool {
    FILTERS.contains(&command.name.as_str()) && !is_allow_list(command)
}

/// `tr -cd 0-9`: what is left are the signs that the script names.
fn is_allow_list(command: &Command) -> bool {
    let flags = command.args().iter().map(|word| word.text.as_str());
    let flags = flags.take_while(|text| text.starts_with('-'));
    let letters: String = flags.filter(|text| !text.starts_with("--")).collect();
    command.name == "tr" && letters.contains('d') && letters.contains(['c', 'C'])
}

/// What a command does to a file that it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Unpacks an archive.
    Unpack,
    /// Installs a package.
    Install,
    /// Makes a file executable.
    MakeExecutable,
}

/// What a command does with the files among its arguments, if it puts them to use.
pub fn use_of(command: &Command) -> Option<Use> {
    let has = |names: &[&str]| {
        command
            .args()
            .iter()
            .any(|w| names.contains(&w.text.as_str()))
    };
    match command.name.as_str() {
        "tar" | "gtar" | "bsdtar" => unpacks(command).then_some(Use::Unpack),
        "unzip" | "7z" | "7za" | "unrar" | "cpio" => Some(Use::Unpack),
        "dpkg" => has(&["-i", "--install"]).then_some(Use::Install),
        "rpm" => command
            .args()
            .iter()
            .any(|w| {
                matches!(w.text.as_str(), "--install" | "--upgrade")
                    || (w.text.starts_with('-')
                        && !w.text.starts_with("--")
                        && w.text.contains(['i', 'U', 'F'])
                        && !w.text.contains('q'))
            })
            .then_some(Use::Install),
        "apt" | "apt-get" | "yum" | "dnf" | "microdnf" | "zypper" | "gem" | "npm" | "pip"
        | "pip3" | "apk" | "gdebi" | "snap" | "installer" => {
            // apk compares a package's signature with its keys unless it is told not to.
            let verifies = command.name == "apk" && !has(&["--allow-untrusted"]);
            let installs = has(&["install", "localinstall", "add", "i", "-pkg"]);
            (installs && !verifies).then_some(Use::Install)
        }
        "chmod" => command
            .args()
            .iter()
            .find(|w| !w.text.starts_with('-') || w.text.starts_with("-x"))
            .is_some_and(|mode| makes_executable(&mode.text))
            .then_some(Use::MakeExecutable),
        _ => None,
    }
}

fn unpacks(command: &Command) -> bool {
    // To standard output: nothing is put anywhere.
    let prints = |text: &str| {
        text == "--to-stdout"
            || (text.starts_with('-') && !text.starts_with("--") && text.contains('O'))
    };
    if command.args().iter().any(|word| prints(&word.text)) {
        return false;
    }
    command.args().iter().enumerate().any(|(at, word)| {
        let text = word.text.as_str();
        matches!(text, "--extract" | "--get")
            || (text.starts_with('-') && !text.starts_with("--") && text.contains('x'))
            || (at == 0 && !text.starts_with('-') && text.contains('x') && text.len() < 8)
    })
}

fn makes_executable(mode: &str) -> bool {
    if mode.bytes().all(|b| b.is_ascii_digit()) {
        return mode.bytes().any(|b| (b - b'0') & 1 == 1);
    }
    mode.split(',')
        .any(|clause| clause.contains(['+', '=']) && clause.contains('x'))
}

/// True where a command compares a checksum or a signature.
pub fn verifies(command: &Command) -> bool {
    let name = command.name.as_str();
    let has = |names: &[&str]| {
        command
            .args()
            .iter()
            .any(|w| names.contains(&w.text.as_str()))
    };
    match name {
        "gpg" | "gpg2" | "sq" => has(&["--verify", "--verify-files", "--decrypt", "-d", "verify"]),
        "openssl" => has(&["dgst", "sha256", "sha512", "cms", "smime"]),
        "rpm" => has(&["-K", "--checksig", "-qip"]),
        "gpgv" | "gpgv2" | "minisign" | "signify" | "cosign" | "slsa-verifier" | "jarsigner"
        | "rpmkeys" | "shasum" | "md5sum" | "b2sum" | "b3sum" | "sha256" | "md5" | "cksum" => true,
        "gh" => has(&["attestation"]),
        "cmp" | "diff" => true,
        // `$SHASUM_COMMAND -c SHASUMS256.txt`
        "" => command.words.get(command.program).is_some_and(|word| {
            word.variables().any(|name| {
                let lower = name.to_lowercase();
                ["shasum", "sha256", "sha512", "checksum", "verify"]
                    .iter()
                    .any(|part| lower.contains(part))
            })
        }),
        _ if inline_options(command).is_some() => {
            let hashes = ["hashlib", "hash_file(", "createHash(", "Digest::SHA"];
            let computes = |word: &Word| hashes.iter().any(|part| word.text.contains(part));
            command.args().iter().any(computes)
        }
        _ => {
            let lower = name.to_lowercase();
            (name.starts_with("sha") && name.ends_with("sum"))
                || [
                    "verify",
                    "checksum",
                    "sha256",
                    "sha512",
                    "check_hash",
                    "check_sha",
                    "validate",
                ]
                .iter()
                .any(|word| lower.contains(word))
        }
    }
}
