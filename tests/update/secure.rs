//! https: whom to believe, and where not to be led.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::mirror::Mirror;
use crate::{Home, Ran, undisturbed};

/// Makes an authority and a certificate for this machine; false where there is no openssl.
fn certificates(folder: &Path) -> bool {
    let script = "
        set -e
        new='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'
        openssl req -x509 $new -keyout authority.key -out authority.pem -days 9 -subj /CN=Authority
        openssl req $new -keyout own.key -out own.csr -subj /CN=localhost
        printf 'subjectAltName=DNS:localhost,IP:127.0.0.1' > names
        openssl x509 -req -in own.csr -CA authority.pem -CAkey authority.key -CAcreateserial \\
            -out own.pem -days 9 -extfile names";
    let made = Command::new("sh")
        .args(["-c", script])
        .current_dir(folder)
        .output();
    made.is_ok_and(|made| made.status.success())
}

/// Serves one archive at every address but `/elsewhere`, which leads to plain http.
fn serve(listener: &TcpListener, config: &Arc<ServerConfig>, archive: &[u8], stop: &AtomicBool) {
    for stream in listener.incoming().flatten() {
        if stop.load(Ordering::SeqCst) {
            return;
        }
        let connection = ServerConnection::new(Arc::clone(config)).expect("a configuration");
        let mut stream = StreamOwned::new(connection, stream);
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read > 0) {
            head.extend(byte);
        }
        let answer = match head.starts_with(b"GET /elsewhere") {
            true => "302 X\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0".to_owned(),
            false => format!("200 X\r\nContent-Length: {}", archive.len()),
        };
        let _ = write!(stream, "HTTP/1.1 {answer}\r\nConnection: close\r\n\r\n");
        let _ = stream.write_all(archive);
        stream.conn.send_close_notify();
        let _ = stream.flush();
    }
}

#[test]
fn only_those_are_believed_whom_the_machine_trusts() {
    let home = Home::new();
    let folder = home.path();
    if !certificates(folder) {
        println!("skipped: openssl cannot make certificates here");
        return;
    }
    let chain = CertificateDer::from_pem_file(folder.join("own.pem")).expect("a certificate");
    let key = PrivateKeyDer::from_pem_file(folder.join("own.key")).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("protocols")
        .with_no_client_auth()
        .with_single_cert(vec![chain], key)
        .expect("a certificate");
    let npm = Mirror::new("npm", 300);
    let archive = npm.zip();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| serve(&listener, &Arc::new(config), &archive, &stop));
        let update = |authorities: &str, from: &str| {
            let mut command = home.command(env!("CARGO_BIN_EXE_plimsoll"));
            command
                .args(["db", "update", "--from", from])
                .env("SSL_CERT_FILE", folder.join(authorities));
            Ran::of(command.output().expect("plimsoll runs"))
        };
        let url = format!("https://localhost:{}/all.zip", address.port());
        let elsewhere = format!("https://localhost:{}/elsewhere.zip", address.port());
        let unknown = update("no.pem", &url);
        let stranger = {
            // Its own certificate is no authority.
            std::fs::copy(folder.join("own.pem"), folder.join("other.pem")).expect("copied");
            update("other.pem", &url)
        };
        let downgraded = update("authority.pem", &elsewhere);
        let trusted = update("authority.pem", &url);
        stop.store(true, Ordering::SeqCst);
        let _ = std::net::TcpStream::connect(address);
        unknown.failed_with("no certificate authorities");
        stranger.failed_with("its certificate is not trusted");
        downgraded.failed_with("a redirect from https to http://127.0.0.1:9/ is not followed");
        trusted.succeeded();
    });
    assert_eq!(home.index(), undisturbed(&[&npm]));
}
