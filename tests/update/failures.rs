//! Every failure that a server, a network or a disk can have.

use std::time::{Duration, Instant};

use crate::mirror::Mirror;
use crate::server::{Fault, Server};
use crate::{Home, undisturbed};

const ZIP: &str = "/osv/npm/all.zip";

/// A home with an index of 300 records, and a server that has 400 now.
struct Scene {
    server: Server,
    home: Home,
    before: String,
    after: String,
}

impl Scene {
    fn new() -> Self {
        let server = Server::start();
        server.put("/osv/ecosystems.txt", "npm\n");
        let home = Home::new();
        let mut npm = Mirror::new("npm", 300);
        npm.publish(&server);
        home.update(&["--from", &server.url("/osv")]).succeeded();
        let before = home.index();
        assert_eq!(before, undisturbed(&[&npm]));
        npm = Mirror::new("npm", 600);
        npm.publish(&server);
        server.requests();
        Self {
            after: undisturbed(&[&npm]),
            server,
            home,
            before,
        }
    }

    fn update(&self) -> crate::Ran {
        self.home.update(&["--from", &self.server.url("/osv")])
    }

    /// The old index answers.
    fn is_as_before(&self) {
        assert_eq!(self.home.index(), self.before);
        assert_eq!(self.home.advisories("package-7"), ["X-npm-0007"]);
    }

    /// Nothing is left of a failure: the next update ends where an undisturbed one does.
    fn recovers(&self) {
        self.server.heal();
        self.update().succeeded();
        assert_eq!(self.home.index(), self.after);
        assert_eq!(self.home.advisories("package-400"), ["X-npm-0400"]);
    }

    fn fails(&self, path: &str, fault: Fault, words: &str) {
        println!("{path}: {fault:?}");
        self.server.fail(path, fault);
        let start = Instant::now();
        let ran = self.update();
        assert!(start.elapsed() < Duration::from_secs(30));
        ran.failed_with(words);
        self.is_as_before();
        self.server.heal();
    }
}

#[test]
fn whatever_the_server_does_the_old_index_answers() {
    let scene = Scene::new();
    let zip = scene.server.file(ZIP);
    let mut damaged = zip.clone();
    // Into the middle of a record, which only its checksum tells.
    let middle = damaged.len() / 3;
    damaged[middle] ^= 0x10;
    let no_csv = Fault::Body(b"<html>please log in</html>".to_vec());
    let list = "/osv/npm/modified_id.csv";
    for (path, fault, words) in [
        (ZIP, Fault::Status(404, ""), "all.zip: not there (404)"),
        (ZIP, Fault::Status(403, ""), "refused (403)"),
        (ZIP, Fault::Status(418, ""), "(418)"),
        (ZIP, Fault::Status(500, ""), "the server failed (500)"),
        (ZIP, Fault::Status(429, ""), "the server is busy (429)"),
        (
            ZIP,
            Fault::Status(429, "Retry-After: 3600\r\n"),
            "asks to come back in 60 min",
        ),
        (
            ZIP,
            Fault::Status(503, "Retry-After: Fri, 31 Dec 2100 00:00:00 GMT\r\n"),
            "(503) and asks",
        ),
        (ZIP, Fault::Status(301, ""), "a redirect to nowhere"),
        (ZIP, Fault::Silent, "nothing came for 700 ms"),
        (ZIP, Fault::Stall(1000), "nothing came for 700 ms"),
        (ZIP, Fault::Drip, "next to nothing came in 1 s"),
        (ZIP, Fault::Hangup(99), "the connection ended"),
        (ZIP, Fault::Cut(5000), "the connection ended after"),
        (ZIP, Fault::Length(1000), "the connection ended after"),
        (ZIP, Fault::Length(-1000), "it cannot be used"),
        (ZIP, Fault::Length(1 << 40), "limit `download`"),
        (
            ZIP,
            Fault::Encoded(vec![0x1f, 0x8b, 8, 0]),
            "is encoded (gzip)",
        ),
        (
            ZIP,
            Fault::Body(b"PK\x03\x04 and no more".to_vec()),
            "it cannot be used",
        ),
        (ZIP, Fault::Body(Vec::new()), "it cannot be used"),
        (ZIP, Fault::Body(damaged), "it cannot be used"),
        (ZIP, Fault::Body(bomb()), "archive_member"),
        (
            ZIP,
            Fault::Redirect(ZIP.into()),
            "redirected again and again",
        ),
        (
            ZIP,
            Fault::Redirect("http://a.example/".into()),
            "a redirect to http://a.example/",
        ),
        (
            ZIP,
            Fault::Redirect("file:///etc/passwd".into()),
            "is not followed",
        ),
        (list, no_csv, "it cannot be used (line 1 is no time and id)"),
        (list, Fault::Cut(50), "the connection ended after 50"),
        (list, Fault::Status(500, ""), "the server failed (500)"),
        (
            "/osv/ecosystems.txt",
            Fault::Status(500, ""),
            "ecosystems.txt: the server failed",
        ),
    ] {
        scene.fails(path, fault, words);
    }
    scene.recovers();
}

/// A zip archive whose one record unpacks to more than any record may have.
fn bomb() -> Vec<u8> {
    use std::io::Write as _;
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    archive.start_file("X-1.json", options).expect("started");
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..70 {
        archive.write_all(&zeros).expect("written");
    }
    archive.finish().expect("finished").into_inner()
}

#[test]
fn a_server_that_is_busy_for_a_moment_is_waited_for() {
    for fault in [
        Fault::Busy(1, 429, "Retry-After: 1\r\n"),
        Fault::Busy(2, 503, ""),
        Fault::Busy(1, 502, ""),
        Fault::Hangup(1),
    ] {
        let scene = Scene::new();
        scene.server.fail(ZIP, fault);
        scene.update().succeeded();
        scene.recovers();
    }
}

#[test]
fn a_transfer_that_broke_off_is_gone_on_with() {
    let length = Scene::new().server.file(ZIP).len();
    for at in [1, 2, 500, length / 3, length / 2, length - 1] {
        let scene = Scene::new();
        scene.fails(
            ZIP,
            Fault::Cut(at),
            &format!("after {at} of {length} bytes"),
        );
        // In steps of a byte more as well.
        scene.server.requests();
        scene.recovers();
        let asked = scene.server.requests();
        let rest = asked.iter().find(|r| r.path == ZIP).expect("the archive");
        assert_eq!((rest.status, rest.sent), (206, length - at), "{rest:?}");
    }
}

#[test]
fn a_transfer_that_cannot_be_gone_on_with_starts_anew() {
    // The content is another by now.
    let scene = Scene::new();
    scene.fails(ZIP, Fault::Cut(700), "after 700");
    let other = Mirror::new("npm", 650);
    other.publish(&scene.server);
    scene.update().succeeded();
    assert_eq!(scene.home.index(), undisturbed(&[&other]));
    // The server knows no ranges, or says it sends another one.
    for (fault, works) in [(Fault::Plain, true), (Fault::WrongRange, false)] {
        let scene = Scene::new();
        scene.fails(ZIP, Fault::Cut(700), "after 700");
        if works {
            scene.server.fail(ZIP, fault);
            scene.update().succeeded();
        } else {
            scene.fails(ZIP, fault, "another part");
        }
        scene.recovers();
    }
    // The part is damaged on the disk: nothing that does not hold together is ever used.
    let scene = Scene::new();
    scene.fails(ZIP, Fault::Cut(700), "after 700");
    for entry in std::fs::read_dir(scene.home.db().join("fetched")).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|end| end == "part") {
            std::fs::write(path, [7; 700]).expect("written");
        }
    }
    scene.update().failed_with("it cannot be used");
    scene.is_as_before();
    scene.recovers();
}

#[test]
fn a_body_of_unknown_length_is_taken_if_it_is_whole() {
    let scene = Scene::new();
    scene.server.fail(ZIP, Fault::NoLength);
    scene.update().succeeded();
    scene.recovers();
}

#[test]
fn an_update_that_is_killed_leaves_the_old_index_or_the_new_one() {
    let scene = Scene::new();
    let mut killed = 0;
    for round in 0..24u64 {
        let mut child = scene
            .home
            .command(env!("CARGO_BIN_EXE_plimsoll"))
            .args(["db", "update", "--from", &scene.server.url("/osv")])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .expect("plimsoll runs");
        std::thread::sleep(Duration::from_millis(4 + round * 9));
        let _ = child.kill();
        killed += usize::from(!child.wait().expect("an end").success());
        let index = scene.home.index();
        assert!([&scene.before, &scene.after].contains(&&index));
    }
    assert!(killed > 3, "{killed}");
    scene.recovers();
}

#[test]
fn data_that_shrank_or_is_older_is_refused_unless_it_is_wanted() {
    let server = Server::start();
    let home = Home::new();
    let from = server.url("/osv");
    Mirror::new("npm", 600).publish(&server);
    home.update(&["--from", &from]).succeeded();
    let before = home.index();

    let small = Mirror::new("npm", 299);
    small.publish(&server);
    let ran = home.update(&["--from", &from]);
    ran.failed_with("npm: 299 records where there were 600: not used; --force takes them");
    assert_eq!(home.index(), before);
    home.update(&["--from", &from])
        .failed_with("where there were 600");
    home.update(&["--from", &from, "--force"]).succeeded();
    assert_eq!(home.index(), undisturbed(&[&small]));

    // A mirror without a list of changes sends its archive, whatever is in it.
    let mut newer = Mirror::new("npm", 300);
    newer.set("X-npm-0001", "package-1", "2.0", 25);
    server.put("/osv/npm/all.zip", newer.zip());
    server.remove("/osv/npm/modified_id.csv");
    home.update(&["--from", &from]).succeeded();
    let before = home.index();
    server.put("/osv/npm/all.zip", Mirror::new("npm", 300).zip());
    home.update(&["--from", &from])
        .failed_with("npm: the newest record is of 2030-09-03, where there was one of 2030-09-25");
    assert_eq!(home.index(), before);
}

#[test]
fn an_ecosystem_that_fails_does_not_keep_the_others_from_being_updated() {
    let server = Server::start();
    let home = Home::new();
    let from = server.url("/osv");
    let (npm, pypi) = (Mirror::new("npm", 300), Mirror::new("PyPI", 300));
    npm.publish(&server);
    pypi.publish(&server);
    home.update(&["--from", &from]).succeeded();
    let more = Mirror::new("PyPI", 600);
    more.publish(&server);
    Mirror::new("npm", 600).publish(&server);
    server.fail("/osv/npm/all.zip", Fault::Status(404, ""));
    let ran = home.update(&["--from", &from]);
    ran.failed_with("/osv/npm/all.zip: not there (404)");
    assert!(
        ran.stdout
            .contains("PyPI: replaced, 600 records (before: 300)"),
        "{}",
        ran.text()
    );
    assert!(!ran.stdout.contains("npm"), "{}", ran.text());
    assert_eq!(home.index(), undisturbed(&[&npm, &more]));
}

#[test]
fn a_server_that_does_not_answer_is_not_asked_for_everything() {
    let server = Server::start();
    let home = Home::new();
    server.put("/osv/ecosystems.txt", "npm\nPyPI\nGo\nMaven\n");
    for ecosystem in ["npm", "PyPI", "Go", "Maven"] {
        let mirror = Mirror::new(ecosystem, 300);
        mirror.publish(&server);
        server.fail(&mirror.path("all.zip"), Fault::Silent);
    }
    let ran = home.update(&["--from", &server.url("/osv")]);
    ran.failed_with("nothing came for");
    ran.failed_with("not asked after 127.0.0.1 failed");
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn a_server_that_stalls_costs_less_than_half_a_minute() {
    let scene = Scene::new();
    scene.home.configure("");
    let start = Instant::now();
    scene.server.fail(ZIP, Fault::Stall(100));
    scene.update().failed_with("nothing came for 8 s");
    assert!(start.elapsed() < Duration::from_secs(30));
    scene.is_as_before();
    scene.recovers();
}

#[test]
fn nobody_listens() {
    let scene = Scene::new();
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .expect("a port")
        .local_addr();
    let from = format!("http://{}/osv", port.expect("an address"));
    scene
        .home
        .update(&["--from", &from])
        .failed_with("check network and proxy");
    scene.is_as_before();
}

#[cfg(unix)]
#[test]
fn a_disk_that_is_full_costs_the_update_and_nothing_else() {
    let scene = Scene::new();
    // Blocks of 512 or 1024 bytes: room for a list, for half an archive, for an archive.
    for blocks in [1, 8, 60, 150, 300] {
        let mut command = scene.home.command("sh");
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
        let output = command
            .args([
                "-c",
                &script,
                "sh",
                env!("CARGO_BIN_EXE_plimsoll"),
                "db",
                "update",
                "--from",
            ])
            .arg(scene.server.url("/osv"))
            .output()
            .expect("sh runs");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        match output.status.code() {
            Some(0) => assert_eq!(scene.home.index(), scene.after),
            Some(2) => {
                assert!(text.contains("cannot be"), "{blocks}: {text}");
                scene.is_as_before();
            }
            code => panic!("{blocks}: {code:?} {text}"),
        }
    }
    scene.recovers();
}
