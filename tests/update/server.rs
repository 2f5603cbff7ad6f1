//! A server on this machine that serves files as an object store does, and fails as it is told to.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use sha2::{Digest as _, Sha256};

/// What goes wrong with a path.
#[derive(Clone, Debug)]
pub enum Fault {
    /// This status and these headers.
    Status(u16, &'static str),
    /// The same, for so many requests; then all is well.
    Busy(usize, u16, &'static str),
    Redirect(String),
    /// The connection ends after so many bytes of the body.
    Cut(usize),
    /// Nothing comes after so many bytes of the body.
    Stall(usize),
    /// Nothing comes at all.
    Silent,
    /// The connection ends without an answer, so many times.
    Hangup(usize),
    /// One byte at a time, for ever.
    Drip,
    /// The head says another length.
    Length(i64),
    /// The head says nothing of the length.
    NoLength,
    /// The head says that the body is packed, and it is.
    Encoded(Vec<u8>),
    /// Asked to go on, the server sends from another byte on.
    WrongRange,
    /// Ranges and validators are not known to the server.
    Plain,
    /// Another body, as if all were well.
    Body(Vec<u8>),
}

#[derive(Debug, Default)]
struct State {
    files: BTreeMap<String, Vec<u8>>,
    faults: BTreeMap<String, Fault>,
    requests: Vec<Request>,
}

/// What was asked.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub status: u16,
    pub sent: usize,
}

#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(Mutex::new(State::default()));
        let stop = Arc::new(AtomicBool::new(false));
        let (own_state, own_stop) = (Arc::clone(&state), Arc::clone(&stop));
        let thread = std::thread::spawn(move || {
            let mut served = Vec::new();
            for stream in listener.incoming().flatten() {
                if own_stop.load(Ordering::SeqCst) {
                    break;
                }
                let (state, stop) = (Arc::clone(&own_state), Arc::clone(&own_stop));
                served.push(std::thread::spawn(move || serve(&stream, &state, &stop)));
            }
            for thread in served {
                let _ = thread.join();
            }
        });
        Self {
            address,
            state,
            stop,
            thread: Some(thread),
        }
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn put(&self, path: &str, content: impl Into<Vec<u8>>) {
        self.state().files.insert(path.into(), content.into());
    }

    pub fn remove(&self, path: &str) {
        self.state().files.remove(path);
    }

    pub fn file(&self, path: &str) -> Vec<u8> {
        self.state().files[path].clone()
    }

    pub fn fail(&self, path: &str, fault: Fault) {
        self.state().faults.insert(path.into(), fault);
    }

    pub fn heal(&self) {
        self.state().faults.clear();
    }

    /// What was asked since the last time.
    pub fn requests(&self) -> Vec<Request> {
        std::mem::take(&mut self.state().requests)
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().expect("nobody panicked")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

pub fn etag(content: &[u8]) -> String {
    let hash = Sha256::digest(content);
    format!(
        "\"{:02x}{:02x}{:02x}{:02x}\"",
        hash[0], hash[1], hash[2], hash[3]
    )
}

fn serve(stream: &TcpStream, state: &Mutex<State>, stop: &AtomicBool) {
    let _ = stream.set_read_timeout(Some(Duration::from_millis(50)));
    let mut reader = BufReader::new(stream);
    while let Some(request) = next_request(&mut reader, stop) {
        if request.method == "CONNECT" {
            state.lock().expect("state").requests.push(request);
            let _ = (&mut &*stream).write_all(b"HTTP/1.1 200 OK\r\n\r\n");
            continue;
        }
        if !answer(stream, request, state, stop) {
            let _ = stream.shutdown(std::net::Shutdown::Both);
            return;
        }
    }
}

fn next_request(reader: &mut BufReader<&TcpStream>, stop: &AtomicBool) -> Option<Request> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match reader.read_until(b'\n', &mut head) {
            Ok(0) => return None,
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                if stop.load(Ordering::SeqCst) {
                    return None;
                }
            }
            Err(_) => return None,
        }
    }
    let head = String::from_utf8(head).ok()?;
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?);
    let headers = lines.filter_map(|line| line.split_once(':'));
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()));
    Some(Request {
        method,
        path: target.split('?').next()?.to_owned(),
        headers: headers.collect(),
        status: 0,
        sent: 0,
    })
}

/// Answers one request; false where the connection ends.
fn answer(
    mut stream: &TcpStream,
    request: Request,
    state: &Mutex<State>,
    stop: &AtomicBool,
) -> bool {
    let (content, fault) = {
        let mut state = state.lock().expect("state");
        let fault = state.faults.get(&request.path).cloned();
        match state.faults.get_mut(&request.path) {
            Some(Fault::Busy(left, ..) | Fault::Hangup(left)) if *left > 1 => *left -= 1,
            Some(Fault::Busy(..) | Fault::Hangup(_)) => {
                state.faults.remove(&request.path);
            }
            _ => {}
        }
        (state.files.get(&request.path).cloned(), fault)
    };
    let log = |status: u16, sent: usize| {
        let request = Request {
            status,
            sent,
            ..request.clone()
        };
        state.lock().expect("state").requests.push(request);
    };
    let mut send = |bytes: &[u8]| stream.write_all(bytes).is_ok();
    let wait = || {
        while !stop.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(10));
        }
        false
    };
    match &fault {
        Some(Fault::Status(status, headers) | Fault::Busy(_, status, headers)) => {
            log(*status, 0);
            return send(
                format!("HTTP/1.1 {status} X\r\n{headers}Content-Length: 0\r\n\r\n").as_bytes(),
            );
        }
        Some(Fault::Redirect(to)) => {
            log(302, 0);
            return send(
                format!("HTTP/1.1 302 X\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n").as_bytes(),
            );
        }
        Some(Fault::Silent) => {
            log(0, 0);
            return wait();
        }
        Some(Fault::Hangup(_)) => {
            log(0, 0);
            return false;
        }
        _ => {}
    }
    let Some(mut content) = content else {
        log(404, 0);
        return send(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    };
    if let Some(Fault::Body(other)) = &fault {
        content.clone_from(other);
    }
    let tag = etag(&content);
    let has = |name: &str| request.headers.get(name).map(String::as_str);
    let plain = matches!(fault, Some(Fault::Plain));
    if has("if-none-match") == Some(&tag) && !plain {
        log(304, 0);
        return send(format!("HTTP/1.1 304 X\r\nETag: {tag}\r\n\r\n").as_bytes());
    }
    let mut head = String::new();
    let mut status = 200;
    let mut from = 0;
    let range = has("range").and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-'));
    if let Some(range) = range.filter(|_| has("if-range") == Some(&tag) && !plain) {
        from = range.parse().expect("a number");
        if from >= content.len() {
            log(416, 0);
            return send(b"HTTP/1.1 416 X\r\nContent-Length: 0\r\n\r\n");
        }
        status = 206;
        let said = from - usize::from(matches!(fault, Some(Fault::WrongRange)));
        head += &format!(
            "Content-Range: bytes {said}-{}/{}\r\n",
            content.len() - 1,
            content.len()
        );
    }
    let mut body = content[from..].to_vec();
    if let Some(Fault::Encoded(packed)) = &fault {
        body.clone_from(packed);
        head += "Content-Encoding: gzip\r\n";
    }
    if !plain {
        head += &format!("ETag: {tag}\r\n");
    }
    let length = match &fault {
        Some(Fault::NoLength) => {
            head += "Connection: close\r\n";
            None
        }
        Some(Fault::Length(more)) => Some(body.len() as i64 + more),
        _ => Some(body.len() as i64),
    };
    if let Some(length) = length {
        head += &format!("Content-Length: {length}\r\n");
    }
    if !send(format!("HTTP/1.1 {status} X\r\n{head}\r\n").as_bytes()) {
        return false;
    }
    match &fault {
        Some(Fault::Cut(at)) => {
            let at = (*at).min(body.len());
            log(status, at);
            send(&body[..at]);
            false
        }
        Some(Fault::Stall(at)) => {
            log(status, *at);
            send(&body[..(*at).min(body.len())]);
            wait()
        }
        Some(Fault::Drip) => {
            log(status, 0);
            for byte in body {
                if stop.load(Ordering::SeqCst) || !send(&[byte]) {
                    return false;
                }
                std::thread::sleep(Duration::from_millis(20));
            }
            true
        }
        Some(Fault::Length(_) | Fault::NoLength) => {
            log(status, body.len());
            send(&body);
            false
        }
        _ => {
            log(status, body.len());
            send(&body)
        }
    }
}
