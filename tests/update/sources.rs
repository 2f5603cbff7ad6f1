//! Where advisories may come from, who may say so, and what nobody must see.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use sha2::Digest as _;

use crate::mirror::Mirror;
use crate::server::{Fault, Server};
use crate::{Home, undisturbed};

fn sha256(bytes: &[u8]) -> String {
    sha2::Sha256::digest(bytes)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect()
}

/// Every file below a folder.
fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => files(&path, into),
            false => into.push(path),
        }
    }
}

#[test]
fn a_folder_serves_as_well_as_a_server() {
    let folder = tempfile::tempdir().expect("a folder");
    let npm = Mirror::new("npm", 300);
    npm.write(folder.path());
    let path = folder.path().to_str().unwrap();
    let home = Home::new();
    home.update(&["--from", &format!("file://{path}")])
        .succeeded();
    assert_eq!(home.index(), undisturbed(&[&npm]));
    let again = home.update(&["--from", path]);
    assert!(
        again.succeeded().stdout.contains("npm: nothing new"),
        "{}",
        again.text()
    );
    home.update(&["--from", path, "--ecosystem", "Go"])
        .failed_with("Go/all.zip: not there");
    let empty = tempfile::tempdir().expect("a folder");
    home.update(&["--from", empty.path().to_str().unwrap()])
        .failed_with("no folder of an ecosystem");
}

#[test]
fn an_archive_with_a_hash_is_taken_if_it_has_it_and_never_asked_for_again() {
    let server = Server::start();
    let npm = Mirror::new("npm", 300);
    server.put("/all.zip", npm.zip());
    let home = Home::new();
    let at = server.url("/all.zip");
    let wrong = format!("{at}#sha256={}", "0".repeat(64));
    home.update(&["--from", &wrong])
        .failed_with("its sha256 is");
    let right = format!("{at}#sha256={}", sha256(&npm.zip()));
    home.update(&["--from", &right]).succeeded();
    assert_eq!(home.index(), undisturbed(&[&npm]));
    server.requests();
    let again = home.update(&["--from", &right]);
    assert!(
        again.succeeded().stdout.contains("npm: nothing new"),
        "{}",
        again.text()
    );
    assert!(server.requests().is_empty());
}

#[test]
fn another_machine_s_export_is_fetched_like_any_archive() {
    let folder = tempfile::tempdir().expect("a folder");
    let (npm, go) = (Mirror::new("npm", 300), Mirror::new("Go", 300));
    npm.write(folder.path());
    go.write(folder.path());
    let other = Home::new();
    other
        .update(&["--from", folder.path().to_str().unwrap()])
        .succeeded();
    let export = other.path().join("export.zip");
    other
        .run(&["db", "export", export.to_str().unwrap()])
        .succeeded();
    let server = Server::start();
    server.put("/export.zip", std::fs::read(&export).expect("an export"));
    let home = Home::new();
    home.update(&["--from", &server.url("/export.zip")])
        .succeeded();
    assert_eq!(home.index(), other.index());
    // Only what is wanted.
    let home = Home::new();
    home.update(&["--from", &server.url("/export.zip"), "--ecosystem", "go"])
        .succeeded();
    assert_eq!(home.index(), undisturbed(&[&go]));
}

#[test]
fn several_sources_of_one_ecosystem_make_one_index_or_none() {
    let server = Server::start();
    let mut more = Mirror::new("npm", 300);
    for number in 0..50 {
        more.set(
            &format!("Y-npm-{number:04}"),
            &format!("package-{number}"),
            "9.0",
            3,
        );
    }
    let own = Mirror {
        ecosystem: "npm",
        records: more
            .records
            .iter()
            .filter(|(id, _)| id.starts_with('Y'))
            .map(|(a, b)| (a.clone(), b.clone()))
            .collect(),
    };
    Mirror::new("npm", 300).publish(&server);
    let pypi = Mirror::new("PyPI", 300);
    pypi.publish(&server);
    server.put("/own.zip", own.zip());
    let home = Home::new();
    let (mirror, archive) = (server.url("/osv"), server.url("/own.zip"));
    let update = || home.update(&["--from", &mirror, "--from", &archive]);

    // Nobody knows yet what the second one has.
    server.fail("/own.zip", Fault::Status(404, ""));
    update().failed_with("/own.zip: not there");
    assert_eq!(home.run(&["db", "verify"]).code, 2);
    server.heal();
    update().succeeded();
    assert_eq!(home.index(), undisturbed(&[&more, &pypi]));
    assert!(
        update()
            .succeeded()
            .stdout
            .contains("npm: nothing new, 350 records")
    );

    // By now it is known to have npm only.
    server.fail("/own.zip", Fault::Status(404, ""));
    let more_pypi = Mirror::new("PyPI", 500);
    more_pypi.publish(&server);
    let mut changed = Mirror::new("npm", 300);
    changed.set("X-npm-0001", "package-1", "7.0", 9);
    changed.publish(&server);
    let ran = update();
    ran.failed_with("/own.zip: not there");
    assert!(ran.stdout.contains("PyPI: replaced, 500"), "{}", ran.text());
    assert_eq!(home.index(), undisturbed(&[&more, &more_pypi]));
}

#[test]
fn credentials_go_to_their_server_and_nowhere_else() {
    let (server, other) = (Server::start(), Server::start());
    let npm = Mirror::new("npm", 300);
    npm.publish(&server);
    npm.publish(&other);
    server.fail(
        "/osv/npm/all.zip",
        Fault::Redirect(other.url("/osv/npm/all.zip?token=hunter4")),
    );
    let home = Home::new();
    let from = format!(
        "http://captain:hunter%32@127.0.0.1:{}/osv?sig=hunter3",
        server.port()
    );
    let ran = home.update(&["--from", &from]);
    ran.succeeded();
    let sent = server.requests();
    // captain:hunter2
    let basic = "Basic Y2FwdGFpbjpodW50ZXIy";
    assert!(
        sent.iter().all(|r| r.headers["authorization"] == basic),
        "{sent:?}"
    );
    let sent = other.requests();
    assert!(!sent.is_empty());
    assert!(
        sent.iter()
            .all(|r| !r.headers.contains_key("authorization"))
    );
    other.fail("/osv/npm/all.zip", Fault::Status(500, ""));
    server.fail("/osv/npm/modified_id.csv", Fault::Status(404, ""));
    let failed = home.update(&["--from", &from]);
    failed.failed_with("the server failed (500)");
    let status = home.run(&["db", "status"]);
    for ran in [ran, failed, status] {
        assert!(!ran.text().contains("hunter"), "{}", ran.text());
        assert!(!ran.text().contains("captain"), "{}", ran.text());
    }
    let mut written = Vec::new();
    files(&home.path().join("cache"), &mut written);
    assert!(written.len() > 3);
    for path in written {
        let bytes = std::fs::read(&path).expect("readable");
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("hunter"), "{}", path.display());
    }
}

#[test]
fn the_proxy_of_the_environment_is_asked() {
    let server = Server::start();
    let npm = Mirror::new("npm", 300);
    npm.publish(&server);
    let home = Home::new();
    let update = |proxy: &str, no_proxy: &str| {
        let mut command = home.command(env!("CARGO_BIN_EXE_plimsoll"));
        command
            .args([
                "db",
                "update",
                "--allow-http",
                "--from",
                "http://mirror.example/osv",
            ])
            .env("HTTP_PROXY", proxy)
            .env("NO_PROXY", no_proxy);
        crate::Ran::of(command.output().expect("plimsoll runs"))
    };
    let proxy = format!("http://captain:hunter2@127.0.0.1:{}", server.port());
    let ran = update(&proxy, "");
    ran.succeeded();
    assert!(!ran.text().contains("hunter"), "{}", ran.text());
    assert_eq!(home.index(), undisturbed(&[&npm]));
    assert!(server.requests().iter().any(|r| r.method == "CONNECT"));
}

#[test]
fn plain_http_is_refused_unless_it_is_asked_for() {
    let home = Home::new();
    home.update(&["--from", "http://a.example/osv"])
        .failed_with("http is read by everybody on the way");
    home.configure("[db]\nsources = [\"http://a.example/osv\"]\n");
    home.update(&[])
        .failed_with("config.toml:2: http://a.example/osv: http is read");
}

#[test]
fn the_user_s_configuration_says_where_from_and_the_repository_s_does_not() {
    let (server, other) = (Server::start(), Server::start());
    let npm = Mirror::new("npm", 300);
    npm.publish(&server);
    npm.publish(&other);
    let home = Home::new();
    home.configure(&format!(
        "[db]\nsources = [\"{}\"]\necosystems = [\"npm\"]\n",
        server.url("/osv")
    ));
    let table = format!("[db]\nsources = [\"{}\"]\n", other.url("/osv"));
    for place in ["plimsoll.toml", ".plimsoll.toml", ".config/plimsoll.toml"] {
        let place = home.path().join(place);
        std::fs::create_dir_all(place.parent().unwrap()).expect("a folder");
        std::fs::write(place, &table).expect("written");
    }
    home.update(&[]).succeeded();
    assert!(!server.requests().is_empty());
    assert!(other.requests().is_empty());
    // It is no table that a repository could have.
    assert_eq!(home.run(&["check", "."]).code, 2);
}

#[test]
fn what_is_kept_is_private_and_goes_when_its_source_does() {
    let server = Server::start();
    Mirror::new("npm", 300).publish(&server);
    let home = Home::new();
    let sources = |base: &str| {
        home.configure(&format!("[db]\nsources = [\"{}\"]\n", server.url(base)));
        home.update(&["--force"])
    };
    sources("/osv").succeeded();
    let fetched = || {
        let mut found = Vec::new();
        files(&home.db().join("fetched"), &mut found);
        found.into_iter().collect::<BTreeSet<_>>()
    };
    let first = fetched();
    assert!(first.len() >= 4, "{first:?}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(home.db().join("fetched"))
            .expect("a folder")
            .permissions();
        assert_eq!(mode.mode() & 0o777, 0o700);
    }
    server.put("/all.zip", Mirror::new("npm", 300).zip());
    sources("/all.zip").succeeded();
    assert!(first.is_disjoint(&fetched()));
}

#[test]
fn status_says_where_everything_is_from() {
    let server = Server::start();
    Mirror::new("npm", 300).publish(&server);
    let home = Home::new();
    home.update(&["--from", &server.url("/osv")]).succeeded();
    let status = home.run(&["db", "status"]);
    let line = format!(
        "npm: fetched from {}/osv/npm/all.zip on 2030-09-18, 300 records",
        server.url("")
    );
    assert!(
        status.succeeded().stdout.contains(&line),
        "{}",
        status.text()
    );
}
