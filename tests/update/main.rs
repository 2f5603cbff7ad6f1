//! `db update` against a server of our own, with everything that can go wrong: whatever happens,
//! the index that was there answers, and the next update ends where an undisturbed one does.

#![cfg(feature = "fetch")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout
)]

mod failures;
mod mirror;
mod secure;
mod server;
mod sources;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use mirror::Mirror;
use server::Server;

/// Times that a test can wait for.
const IMPATIENT: &str =
    "[db]\nconnect-timeout = \"5s\"\nstall-timeout = \"700ms\"\nretry-timeout = \"1s\"\n";

/// A user's folders.
#[derive(Debug)]
pub struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    pub(crate) fn new() -> Self {
        let home = Self {
            folder: tempfile::tempdir().expect("a folder"),
        };
        home.configure(IMPATIENT);
        home
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn db(&self) -> PathBuf {
        self.path().join("cache/plimsoll/db")
    }

    pub fn configure(&self, text: &str) {
        let place = self.path().join("config/plimsoll/config.toml");
        std::fs::create_dir_all(place.parent().unwrap()).expect("a folder");
        std::fs::write(place, text).expect("written");
    }

    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path())
            .env("XDG_CACHE_HOME", self.path().join("cache"))
            .env("XDG_CONFIG_HOME", self.path().join("config"))
            .env("SOURCE_DATE_EPOCH", "1916000000")
            .current_dir(self.path())
            .stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = self.command(env!("CARGO_BIN_EXE_plimsoll"));
        Ran::of(command.args(arguments).output().expect("plimsoll runs"))
    }

    pub fn update(&self, more: &[&str]) -> Ran {
        self.run(&[&["db", "update"], more].concat())
    }

    /// The hash of the index in force, which must be whole.
    pub fn index(&self) -> String {
        let verified = self.run(&["db", "verify"]);
        assert_eq!(verified.code, 0, "{}", verified.text());
        verified
            .stdout
            .trim()
            .rsplit(' ')
            .next()
            .unwrap()
            .to_owned()
    }

    /// The advisories that version 1.0.0 of a package of npm has.
    pub fn advisories(&self, package: &str) -> Vec<String> {
        let folder = self.path().join("project");
        std::fs::create_dir_all(&folder).expect("a folder");
        let lock = format!(
            r#"{{"name":"a","lockfileVersion":3,"packages":{{"":{{}},"node_modules/{package}":{{"version":"1.0.0","resolved":"https://registry.npmjs.org/{package}/-/{package}-1.0.0.tgz","integrity":"sha512-AAAA"}}}}}}"#
        );
        std::fs::write(folder.join("package-lock.json"), lock).expect("written");
        let ran = self.run(&["check", "--only", "dependency", "-f", "json", "project"]);
        let report: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
        let findings = report["findings"].as_array().expect("findings");
        let ids = findings
            .iter()
            .filter_map(|f| f["evidence"]["advisory"].as_str());
        ids.map(str::to_owned).collect()
    }
}

/// What a run said.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    pub fn text(&self) -> String {
        format!("exit {}\n{}{}", self.code, self.stdout, self.stderr)
    }

    /// The run must have failed, with these words.
    pub fn failed_with(&self, words: &str) {
        assert_eq!(self.code, 2, "{}", self.text());
        assert!(
            self.stderr.contains(words),
            "no `{words}` in\n{}",
            self.text()
        );
    }

    pub fn succeeded(&self) -> &Self {
        assert_eq!(self.code, 0, "{}", self.text());
        self
    }
}

/// The index that one undisturbed update of these mirrors makes.
pub fn undisturbed(mirrors: &[&Mirror]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    for mirror in mirrors {
        mirror.write(folder.path());
    }
    let home = Home::new();
    home.update(&["--from", folder.path().to_str().unwrap()])
        .succeeded();
    home.index()
}

#[test]
fn everything_is_fetched_once_and_then_only_what_changed() {
    let server = Server::start();
    let mut npm = Mirror::new("npm", 300);
    let pypi = Mirror::new("PyPI", 300);
    server.put("/osv/ecosystems.txt", "Alpine\nPyPI\nnpm\n");
    npm.publish(&server);
    pypi.publish(&server);
    let home = Home::new();
    let from = server.url("/osv");
    let update = || home.update(&["--from", &from]);

    let first = update();
    let lines = "npm: replaced, 300 records";
    assert!(first.succeeded().stdout.contains(lines), "{}", first.text());
    assert_eq!(home.index(), undisturbed(&[&npm, &pypi]));
    assert_eq!(home.advisories("package-7"), ["X-npm-0007"]);
    assert!(home.advisories("package-400").is_empty());
    server.requests();

    let second = update();
    assert!(
        second
            .succeeded()
            .stdout
            .contains("npm: nothing new, 300 records"),
        "{}",
        second.text()
    );
    let asked = server.requests();
    assert!(
        asked.iter().all(|r| r.sent == 0 && r.status == 304),
        "{asked:#?}"
    );

    // The archives are made anew later than the records.
    npm.set("X-npm-0400", "package-400", "2.0", 4);
    npm.set("X-npm-0007", "package-8", "2.0", 5);
    npm.publish_changes(&server);
    let third = update();
    assert!(
        third
            .succeeded()
            .stdout
            .contains("npm: replaced, 301 records (before: 300)"),
        "{}",
        third.text()
    );
    let fetched: Vec<_> = server
        .requests()
        .into_iter()
        .filter(|r| r.status == 200)
        .collect();
    let paths: Vec<_> = fetched.iter().map(|r| r.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "/osv/npm/modified_id.csv",
            "/osv/npm/X-npm-0007.json",
            "/osv/npm/X-npm-0400.json"
        ]
    );
    assert_eq!(home.index(), undisturbed(&[&npm, &pypi]));
    assert_eq!(home.advisories("package-400"), ["X-npm-0400"]);
    assert!(home.advisories("package-7").is_empty());

    // Where a record is gone, only a new archive tells it for sure.
    npm.records.remove("X-npm-0008");
    npm.publish(&server);
    update().succeeded();
    assert_eq!(home.index(), undisturbed(&[&npm, &pypi]));

    // Many changes are cheaper as an archive.
    for number in 0..250 {
        npm.set(&format!("X-npm-{number:04}"), "many", "2.0", 6);
    }
    npm.publish(&server);
    server.requests();
    update().succeeded();
    let singles = server
        .requests()
        .iter()
        .filter(|r| r.path.ends_with(".json"))
        .count();
    assert_eq!(singles, 0);
    assert_eq!(home.index(), undisturbed(&[&npm, &pypi]));
}

#[test]
fn an_archive_that_lags_behind_is_made_up_for_by_single_records() {
    let server = Server::start();
    let mut npm = Mirror::new("npm", 300);
    npm.publish(&server);
    npm.set("X-npm-0001", "package-1", "3.0", 9);
    npm.set("X-npm-0500", "package-500", "3.0", 9);
    npm.publish_changes(&server);
    let home = Home::new();
    home.update(&["--from", &server.url("/osv")]).succeeded();
    assert_eq!(home.index(), undisturbed(&[&npm]));
    // A record that the list names and the server does not have costs that record.
    server.remove("/osv/npm/X-npm-0002.json");
    npm.set("X-npm-0002", "package-2", "3.0", 10);
    server.put("/osv/npm/modified_id.csv", npm.list());
    let ran = home.update(&["--from", &server.url("/osv")]);
    assert!(
        ran.succeeded().stderr.contains("X-npm-0002 is listed"),
        "{}",
        ran.text()
    );
}

#[test]
fn an_import_in_between_is_noticed() {
    let server = Server::start();
    let npm = Mirror::new("npm", 300);
    npm.publish(&server);
    let home = Home::new();
    let update = || home.update(&["--from", &server.url("/osv")]);
    update().succeeded();
    let index = home.index();
    let file = home.path().join("one.json");
    let one = Mirror::new("npm", 1);
    std::fs::write(&file, one.json("X-npm-0000")).expect("written");
    home.run(&["db", "import", file.to_str().unwrap()])
        .succeeded();
    assert_ne!(home.index(), index);
    assert!(!home.run(&["db", "status"]).stdout.contains("fetched from"));
    server.requests();
    update().succeeded();
    assert_eq!(home.index(), index);
    // What was fetched before is still there.
    assert!(server.requests().iter().all(|r| r.sent == 0));
    assert!(home.run(&["db", "status"]).stdout.contains("fetched from"));
}

#[test]
fn a_damaged_index_is_made_anew_from_what_was_fetched() {
    let server = Server::start();
    Mirror::new("npm", 300).publish(&server);
    let home = Home::new();
    let update = || home.update(&["--from", &server.url("/osv")]);
    update().succeeded();
    let index = home.index();
    let segment = home.db().join(&index).join("npm.segment");
    let mut bytes = std::fs::read(&segment).expect("a segment");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&segment, bytes).expect("written");
    assert_eq!(home.run(&["db", "verify"]).code, 2);
    update().succeeded();
    assert_eq!(home.index(), index);
}

#[test]
fn only_one_update_runs_at_a_time() {
    let server = Server::start();
    Mirror::new("npm", 300).publish(&server);
    server.fail("/osv/npm/all.zip", server::Fault::Silent);
    let home = Home::new();
    let mut first = home
        .command(env!("CARGO_BIN_EXE_plimsoll"))
        .args([
            "db",
            "update",
            "--ecosystem",
            "npm",
            "--from",
            &server.url("/osv"),
        ])
        .stderr(Stdio::null())
        .spawn()
        .expect("plimsoll runs");
    while server.requests().is_empty() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    home.update(&["--from", &server.url("/osv")])
        .failed_with("another update is running");
    let _ = first.kill();
    let _ = first.wait();
    server.heal();
    home.update(&["--from", &server.url("/osv")]).succeeded();
}
