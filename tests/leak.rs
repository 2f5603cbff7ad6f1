//! No secret is printed or written, whatever is asked: canaries stand in every place that a program
//! reads, and no middle slice of eight bytes of any of them may come out, on either stream, in any
//! format, in any file.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use aho_corasick::AhoCorasick;
use plimsoll::rules::{RuleFile, example};
use support::Scratch;

/// A secret, and where it was put.
struct Canary {
    place: String,
    /// What may not come out: the text without its public beginning.
    secret: String,
}

/// All that is planted, and how to find pieces of it.
#[derive(Default)]
struct Canaries {
    planted: Vec<Canary>,
}

/// Random text of its own for every seed.
fn random(seed: usize, length: usize) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
    let mut state = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed as u64 + 1) | 1;
    (0..length)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            char::from(LETTERS[(state >> 33) as usize % LETTERS.len()])
        })
        .collect()
}

impl Canaries {
    fn remember(&mut self, place: &str, secret: &str) {
        self.planted.push(Canary {
            place: place.to_owned(),
            secret: secret.to_owned(),
        });
    }

    /// A token of GitHub that stands nowhere else.
    fn token(&mut self, place: &str) -> String {
        let secret = random(1000 + self.planted.len(), 30);
        self.remember(place, &secret);
        // The check is that of other characters: it does not hold, and that changes nothing.
        format!("gh{}{secret}Zk9Qw7", "p_")
    }

    /// A password that a generator made.
    fn password(&mut self, place: &str) -> String {
        let secret = random(5000 + self.planted.len(), 20) + "7q";
        self.remember(place, &secret);
        secret
    }

    /// Where a middle slice of a canary stands in what runs left.
    fn leaks(&self, runs: &[Run]) -> Vec<String> {
        let mut slices = Vec::new();
        let mut owners = Vec::new();
        for (at, canary) in self.planted.iter().enumerate() {
            // An example may hold words and marks, which documentation holds as well.
            let is_secret = |slice: &&[u8]| {
                !canary.place.starts_with("kinds/")
                    || (slice.iter().any(u8::is_ascii_digit) && *slice != b"T3BlbkFJ")
            };
            for slice in canary.secret.as_bytes().windows(8).filter(is_secret) {
                slices.push(slice);
                owners.push(at);
            }
        }
        let automaton = AhoCorasick::new(&slices).unwrap();
        let mut told = BTreeSet::new();
        let mut leaks = Vec::new();
        for Run { command, outputs } in runs {
            for (name, bytes) in outputs {
                for hit in automaton.find_iter(bytes) {
                    let place = &self.planted[owners[hit.pattern().as_usize()]].place;
                    if told.insert((command.clone(), place.clone())) {
                        let from = hit.start().saturating_sub(200);
                        let to = bytes.len().min(hit.end() + 60);
                        let text = String::from_utf8_lossy(&bytes[from..to]);
                        leaks.push(format!("`{command}`, {name}: {place}:\n{text}\n"));
                    }
                }
            }
        }
        leaks
    }

    fn assert_absent(&self, runs: &[Run]) {
        let leaks = self.leaks(runs);
        assert!(
            leaks.is_empty(),
            "{} leaks\n{}",
            leaks.len(),
            leaks.join("\n")
        );
    }
}

/// What one run printed and wrote.
struct Run {
    command: String,
    outputs: Vec<(String, Vec<u8>)>,
}

/// Bad examples of every rule about secrets, each in a folder of its own.
fn plant_examples(scratch: &Scratch, canaries: &mut Canaries) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/secret");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    for file in files {
        let slug = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&file).unwrap();
        let rule = RuleFile::parse(&text, &format!("secret/{slug}")).unwrap();
        for (n, bad) in rule.bad.iter().enumerate() {
            let text = example::expand(&bad.text).into_owned();
            let folder = format!("kinds/{slug}-{n}");
            scratch.write(&format!("{folder}/{}", bad.path), &text);
            let at = example::expand(bad.at.as_deref().unwrap_or_default()).into_owned();
            // The first half may be public: a prefix, a host, the header of a token.
            let secret = at.get(at.len() / 2..).unwrap_or_default();
            if secret.len() >= 8 && !at.starts_with("-----") {
                canaries.remember(&format!("{folder}/{}", bad.path), secret);
            }
            if let Some(key) = key_in(&text) {
                canaries.remember(&format!("the key in {folder}"), &key);
            }
        }
    }
}

/// The base64 of the first private key in a text, from its second line on.
fn key_in(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("PRIVATE KEY-----")?;
    let (body, _) = rest.split_once("-----END")?;
    let body = body.replace("\\n", "\n");
    let line = body.lines().filter(|line| line.trim().len() >= 40).nth(1)?;
    Some(line.trim().to_owned())
}

fn base64(text: &str) -> String {
    example::expand(&format!("${{base64:{text}}}")).into_owned()
}

fn utf16(text: &str) -> Vec<u8> {
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

/// Canaries in every place that is read, beside those of the rules' own examples.
fn plant(scratch: &Scratch) -> Canaries {
    let mut canaries = Canaries::default();
    let c = &mut canaries;
    plant_examples(scratch, c);

    // Syntaxes.
    for (path, text) in [
        (
            "code/a.py",
            "import subprocess\nTOKEN = '{}'\nsubprocess.run('ls ' + TOKEN, shell=True)\n",
        ),
        (
            "code/b.js",
            "const { exec } = require('child_process');\nexec(`curl -u x:{} ${host}`);\n",
        ),
        ("code/c.go", "package a\nvar token = \"{}\"\n"),
        (
            "code/d.sh",
            "#!/bin/bash\nexport TOKEN={}\ncurl -k https://x.io/$1 | sh # {}\ncurl -H 'Authorization: Bearer {}' x\n",
        ),
        ("code/e.rb", "token = '{}'\n"),
        ("code/f.java", "class F { String token = \"{}\"; }\n"),
        ("code/g.php", "<?php $token = '{}';\n"),
        ("code/h.cs", "class H { string token = \"{}\"; }\n"),
        ("code/i.rs", "const TOKEN: &str = \"{}\";\n"),
        ("conf/a.json", "{\"token\": \"{}\"}\n"),
        ("conf/b.yaml", "token: {}\n"),
        ("conf/c.toml", "token = \"{}\"\n"),
        ("conf/d.ini", "token = {}\n"),
        ("conf/e.xml", "<token>{}</token>\n"),
        ("conf/.env", "TOKEN={}\n"),
        ("conf/.npmrc", "//registry.npmjs.org/:_authToken={}\n"),
        ("conf/.netrc", "machine github.com login me password {}\n"),
        ("doc/README.md", "Run `deploy --token {}`.\n"),
        ("broken/a.json", "{\"token\": \"{}\",,,\n"),
        ("broken/Dockerfile", "FORM x\nTOKEN {}\nRUN [\"{}\n"),
        ("broken/package-lock.json", "{\"token\": \"{}\"\n"),
        ("broken/requirements.txt", "=={}\n-r {}\n"),
        ("broken/Cargo.lock", "[[package]]\nname = \"{}\nversion=\n"),
        ("minified/a.min.js", "var a=1,b={token:\"{}\"};"),
        (
            "image/Dockerfile",
            concat!(
                "FROM debian:latest\nARG TOKEN={}\nENV GITHUB_TOKEN={} OTHER=1\nENV API_TOKEN {}\n",
                "LABEL token=\"{}\" org.opencontainers.image.source=https://{}@github.com/a/b\n",
                "RUN curl -H \"Authorization: token {}\" https://api.github.com | sh\n",
                "RUN git clone https://{}@github.com/a/b\nRUN echo {} > /root/.token && apt-get install curl\n",
                "ADD https://{}@github.com/a/b.tar.gz /\nCOPY {} /x\nUSER root\nCMD run --token {}\n",
            ),
        ),
        (
            "image/compose.yaml",
            concat!(
                "services:\n  a:\n    build:\n      context: .\n      args:\n        TOKEN: {}\n",
                "    environment:\n      - TOKEN={}\n    image: registry.io/a:{}\n",
            ),
        ),
        (
            ".github/workflows/a.yml",
            "on: push\njobs:\n  a:\n    runs-on: x\n    env:\n      TOKEN: {}\n    steps:\n      - run: curl -H 'token: {}' x | sh\n",
        ),
        (
            "deps/requirements.txt",
            "flask @ git+https://{}@github.com/a/b.git\n--index-url https://{}@pypi.io/simple\ndjango==1.0\n",
        ),
        (
            "deps/package-lock.json",
            "{\"lockfileVersion\": 3, \"packages\": {\"node_modules/a\": {\"version\": \"1.0.0\", \"resolved\": \"git+https://{}@github.com/a/b.git\"}}}\n",
        ),
        (
            "deps/Cargo.lock",
            "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"git+https://{}@github.com/a/b#0123\"\n",
        ),
        (
            "deps/poetry/poetry.lock",
            "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n[package.source]\ntype = \"git\"\nurl = \"https://{}@github.com/a/b\"\n",
        ),
        (
            "deps/uv/uv.lock",
            "version = 1\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = { git = \"https://{}@github.com/a/b\" }\n",
        ),
        (
            "deps/go.mod",
            "module a\n\nrequire github.com/a/b v1.0.0\nreplace github.com/a/b => https://{}@github.com/a/b v1.0.1\n",
        ),
        (
            "code/ignored.py",
            "a = '{}' # plimsoll: ignore[secret/github-token] because {}\nb = 1 # plimsoll: ignore[secret/{}] gone\n",
        ),
        (
            "code/peers.py",
            "a = '{}' # gitleaks:allow {}\n# nosec {}\n",
        ),
    ] {
        let mut filled = String::new();
        for (at, part) in text.split("{}").enumerate() {
            if at > 0 {
                filled.push_str(&c.token(path));
            }
            filled.push_str(part);
        }
        scratch.write(path, filled);
    }

    // Every way in which a password stands in something.
    for (path, text) in [
        (
            "ways/url.py",
            "db = 'postgres://app:{}@db.harbour.io/app'\n",
        ),
        ("ways/password.yaml", "db_password: {}\n"),
        ("ways/basic.txt", "Authorization: Bearer {}\n"),
        (
            "ways/twice.py",
            "password = '{}'\nimport os\nos.system('x ' + y)\n",
        ),
        (
            "ways/deps/requirements.txt",
            "--extra-index-url https://me:{}@pypi.harbour.io/simple\nflask==0.1\n",
        ),
        (
            "ways/deps/package-lock.json",
            "{\"lockfileVersion\": 3, \"packages\": {\"node_modules/a\": {\"version\": \"1.0.0\", \"resolved\": \"https://me:{}@npm.harbour.io/a.tgz\"}}}\n",
        ),
        (
            "ways/image/Dockerfile",
            "FROM registry.io/a@{}\nENV DB_PASSWORD={}\nRUN wget --password={} https://x.io/a\n",
        ),
    ] {
        let mut filled = String::new();
        for (at, part) in text.split("{}").enumerate() {
            if at > 0 && !filled.ends_with("a@") {
                filled.push_str(&c.password(path));
            }
            filled.push_str(part);
        }
        scratch.write(path, filled);
    }

    // A secret that is known in one place is none in another.
    let known = c.password("a file that shows it again");
    let shown = format!(
        "password = '{known}'\n\n\nimport subprocess\nsubprocess.run('x {known} ' + y, shell=True)\n"
    );
    scratch.write("again/a.py", shown);
    scratch.write(
        "again/b.sh",
        format!("#!/bin/sh\ncurl https://x.io/{known} | sh\n"),
    );

    // Encodings.
    let token = c.token("base64");
    c.remember("base64 itself", &base64(&token)[8..]);
    scratch.write("encoded/a.py", format!("x = '{}'\n", base64(&token)));
    let password = c.password("a Kubernetes Secret");
    c.remember("a Kubernetes Secret, encoded", &base64(&password)[4..]);
    let manifest = "apiVersion: v1\nkind: Secret\ndata:\n  password: ";
    scratch.write(
        "encoded/secret.yaml",
        format!("{manifest}{}\n", base64(&password)),
    );
    let token = c.token("UTF-16");
    scratch.write("encoded/wide.ps1", utf16(&format!("$token = '{token}'\n")));
    let token = c.token("a binary file");
    scratch.write(
        "encoded/a.bin",
        [b"\0\x01\x02", token.as_bytes(), b"\0"].concat(),
    );
    let token = c.token("text with stray bytes");
    scratch.write(
        "encoded/latin.txt",
        [b"caf\xe9 ", token.as_bytes(), b" \xff\xfe\n"].concat(),
    );
    let token = c.token("a line without end");
    scratch.write(
        "encoded/long.txt",
        format!("{}{token}{}", "x ".repeat(40_000), " y".repeat(40_000)),
    );

    // Names.
    let token = c.token("the name of a file");
    scratch.write(
        &format!("names/{token}.py"),
        "import os\nos.system('x ' + y)\n",
    );
    let token = c.token("the name of a folder");
    scratch.write(
        &format!("names/{token}/Dockerfile"),
        "FROM debian:latest\nRUN sudo x\n",
    );
    let token = c.token("the name of a binary");
    scratch.write(&format!("names/{token}.bin"), b"\0\0\0");
    let token = c.token("the name of a lockfile's folder");
    scratch.write(
        &format!("names/{token}/requirements.txt"),
        "flask==0.1\n=broken\n",
    );
    canaries
}

/// What a run printed, and every file that it wrote in the user's folders.
fn run(scratch: &Scratch, environment: &[(&str, &str)], arguments: &[&str], stdin: &str) -> Run {
    let mut command: Command = scratch.command(env!("CARGO_BIN_EXE_plimsoll"));
    let mut child = command
        .args(arguments)
        .envs(environment.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let _ = std::io::Write::write_all(&mut child.stdin.take().unwrap(), stdin.as_bytes());
    let output = child.wait_with_output().unwrap();
    assert!(
        output.status.code().is_some_and(|code| code <= 3),
        "{arguments:?} ended with {:?}",
        output.status
    );
    let mut outputs = vec![
        ("standard output".to_owned(), output.stdout),
        ("standard error".to_owned(), output.stderr),
    ];
    let written = scratch.home();
    for entry in walkdir::WalkDir::new(&written).into_iter().flatten() {
        if entry.file_type().is_file() {
            let name = entry.path().display().to_string();
            outputs.push((name, std::fs::read(entry.path()).unwrap()));
        }
    }
    Run {
        command: arguments.join(" "),
        outputs,
    }
}

/// Every way of asking for something to be printed: a new verb is a line.
fn questions(home: &Path) -> Vec<Vec<String>> {
    let mut all: Vec<Vec<String>> = Vec::new();
    let mut ask = |words: &str| {
        let words = words.split(' ').filter(|word| !word.is_empty());
        all.push(words.map(str::to_owned).collect());
    };
    for format in plimsoll::report::Format::ALL.iter().map(|f| f.name()) {
        ask(&format!(
            "check --no-config --profile all --no-ignores -v -f {format}"
        ));
        ask(&format!("staged -f {format}"));
        ask(&format!(
            "check --no-config -f {format}={}/report.{format}",
            home.display()
        ));
    }
    for words in [
        "",
        "check --color always --profile all --no-config",
        "check --skip secret --no-config --profile all -v",
        "check --diff --fix=all --no-config --profile all",
        "staged --diff --fix=all",
        "staged -v --profile all",
        "diff main -v",
        "diff HEAD~1..HEAD -f json",
        "packages",
        "packages --format json",
        "rules",
        "rules --format json",
        "explain secret/github-token",
        "hook status",
        "db status",
        "history",
        "history -f json -v",
        "baseline show",
        "man",
    ] {
        ask(words);
    }
    ask(&format!(
        "baseline create --baseline {}/baseline.json",
        home.display()
    ));
    all
}

fn commit(scratch: &Scratch, canaries: &mut Canaries) {
    scratch.git(&["config", "core.excludesFile", "/dev/null"]);
    scratch.write("base.txt", "nothing\n");
    scratch.git(&["add", "base.txt"]);
    scratch.git(&["commit", "-q", "-m", "first"]);
    let token = canaries.token("a commit message");
    scratch.git(&["add", "-A"]);
    scratch.git(&["commit", "-q", "-m", &format!("second: {token}")]);
    let token = canaries.token("the name of a branch");
    scratch.git(&["checkout", "-q", "-b", &format!("b/{token}")]);
    let token = canaries.token("a staged file");
    let url = canaries.password("a staged URL");
    scratch.write(
        "staged/Dockerfile",
        format!("FROM debian:latest\nENV TOKEN={token}\nRUN curl https://me:{url}@x.io | sh\n"),
    );
    scratch.git(&["add", "staged"]);
}

#[test]
fn no_slice_of_a_secret_comes_out_of_any_verb() {
    let scratch = Scratch::repository();
    let mut canaries = plant(&scratch);
    commit(&scratch, &mut canaries);
    assert!(canaries.planted.len() >= 200, "{}", canaries.planted.len());
    let token = canaries.token("the environment");
    let environment = [("GITHUB_TOKEN", token.as_str()), ("HTTPS_PROXY", &token)];
    let home = scratch.home();
    let mut runs = Vec::new();
    for question in questions(&home) {
        let words: Vec<&str> = question.iter().map(String::as_str).collect();
        runs.push(run(&scratch, &environment, &words, ""));
    }
    canaries.assert_absent(&runs);
}

#[test]
fn no_slice_of_a_secret_comes_out_of_a_configuration_or_an_error() {
    let mut canaries = Canaries::default();
    let mut runs = Vec::new();
    for (n, config) in [
        "token = \"{}\"\n",
        "profile = \"{}\"\n",
        "fail-on = \"{}\"\n",
        "exclude = [\"{}\", \"[{}\"]\n",
        "registries = [\"{}\", 1]\n",
        "[rules]\n\"{}\" = \"off\"\n",
        "[rules]\n\"secret/{}\" = \"off\"\n",
        "[rules]\n\"dockerfile/root-user\" = \"{}\"\n",
        "[[ignore]]\nrule = \"{}\"\nreason = \"because of {}\"\n",
        "[[ignore]]\nrule = \"secret/github-token\"\npath = \"{}\"\nreason = \"because of {}\"\nuntil = 2020-01-01\n",
        "[[ignore]]\nrule = \"dockerfile/root-user\"\npackage = \"{}\"\nreason = \"{}\"\nuntil = \"{}\"\n",
        "broken = '{}\n",
        "{} = 1\n",
    ]
    .iter()
    .enumerate()
    {
        let scratch = Scratch::repository();
        let mut filled = String::new();
        for (at, part) in config.split("{}").enumerate() {
            if at > 0 {
                filled.push_str(&canaries.token(&format!("configuration {n}: {config}")));
            }
            filled.push_str(part);
        }
        scratch.write("plimsoll.toml", filled);
        scratch.write("a.py", "import os\nos.system('x ' + y)\n");
        for format in plimsoll::report::Format::ALL.iter().map(|f| f.name()) {
            let words = ["check", "-v", "--profile", "all", "-f", format];
            runs.push(run(&scratch, &[], &words, ""));
        }
    }
    let scratch = Scratch::repository();
    for words in [
        "check {}",
        "check ./{}",
        "{}",
        "--{}",
        "check --only {}",
        "check --only secret/{}",
        "check --fail-on {}",
        "check --format {}",
        "check --config {}",
        "check --files-from {}",
        "check --format json=/nowhere/{}",
        "check - --stdin-filename {}.py",
        "diff {}..HEAD",
        "diff {}",
        "explain {}",
        "packages {}",
        "db import {}",
    ] {
        let token = canaries.token(words);
        let line = words.replace("{}", &token);
        let words: Vec<&str> = line.split(' ').collect();
        runs.push(run(
            &scratch,
            &[],
            &words,
            "import os\nos.system('x ' + y)\n",
        ));
    }
    canaries.assert_absent(&runs);
}

#[cfg(unix)]
#[test]
fn no_slice_of_a_secret_comes_out_of_files_that_cannot_be_read() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let mut canaries = Canaries::default();
    let scratch = Scratch::repository();
    let token = canaries.token("the name of an unreadable file");
    let path = scratch.write(&format!("{token}.py"), "x = 1\n");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    let token = canaries.token("the name of a link");
    symlink("/etc/passwd", scratch.root().join(format!("{token}.txt"))).unwrap();
    let token = canaries.token("the target of a link");
    symlink(format!("/nowhere/{token}"), scratch.root().join("link")).unwrap();
    let token = canaries.token("the name of a pipe");
    let pipe = scratch.root().join(&token);
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let mut runs = Vec::new();
    for format in plimsoll::report::Format::ALL.iter().map(|f| f.name()) {
        runs.push(run(&scratch, &[], &["check", "-v", "-f", format], ""));
    }
    canaries.assert_absent(&runs);
}
