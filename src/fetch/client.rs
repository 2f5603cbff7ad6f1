//! One request at a time: redirects, credentials, busy servers and the clock.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use ureq::http::{HeaderMap, Response, header};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Body};
use url::Url;

use super::address::{is_loopback, redirected, shown, without_user};
use super::patience::{Patience, retry_after};
use super::trouble::{FetchError, Trouble};

/// Longest chain of redirects.
const REDIRECTS: usize = 5;
/// How often a busy server is asked again.
const AGAIN: u32 = 3;
const AGENT: &str = concat!("plimsoll/", env!("CARGO_PKG_VERSION"));

/// Asks servers.
#[derive(Debug)]
pub struct Client {
    pub patience: Patience,
    allow_http: bool,
    /// For http, and for https with the certificates of this machine, which are read at need.
    plain: OnceCell<Agent>,
    secure: OnceCell<Agent>,
    /// Hosts that did not answer: they are not asked again.
    silent: RefCell<BTreeSet<String>>,
}

/// What a request says beside the address.
#[derive(Clone, Debug, Default)]
pub struct Ask {
    /// The validators of what is there already.
    pub etag: Option<String>,
    pub modified: Option<String>,
    /// From which byte on, as long as the content is still the one of this validator.
    pub from: Option<(u64, String)>,
}

/// An answer with 200, 206, 304 or 416.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Body,
}

impl Answer {
    pub fn header(&self, name: header::HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub fn number(&self, name: header::HeaderName) -> Option<u64> {
        self.header(name)?.trim().parse().ok()
    }
}

impl Client {
    pub fn new(patience: Patience, allow_http: bool) -> Self {
        Self {
            patience,
            allow_http,
            plain: OnceCell::new(),
            secure: OnceCell::new(),
            silent: RefCell::default(),
        }
    }

    /// Asks for a URL, and where redirects lead to.
    pub fn get(&self, url: &Url, ask: &Ask) -> Result<Answer, FetchError> {
        let mut at = url.clone();
        for _ in 0..=REDIRECTS {
            let response = self.patiently(&at, ask)?;
            let status = response.status().as_u16();
            if !matches!(status, 301 | 302 | 303 | 307 | 308) {
                return accept(response).map_err(|what| what.at(shown(&at)));
            }
            let location = response.headers().get(header::LOCATION);
            let to = location
                .and_then(|location| location.to_str().ok())
                .ok_or_else(|| Trouble::Redirect("a redirect to nowhere".into()))
                .and_then(|to| redirected(&at, to, self.allow_http).map_err(Trouble::Redirect))
                .map_err(|what| what.at(shown(&at)))?;
            at = to;
            // Credentials are for the one they were given for.
            if at.origin() == url.origin() {
                let _ = at.set_username(url.username());
                let _ = at.set_password(url.password());
            }
        }
        Err(Trouble::Redirects.at(shown(url)))
    }

    /// Asks a server again that is busy or lost the connection, as long as there is time.
    fn patiently(&self, url: &Url, ask: &Ask) -> Result<Response<Body>, FetchError> {
        let host = url.host_str().unwrap_or_default().to_owned();
        if self.silent.borrow().contains(&host) {
            return Err(Trouble::Skipped(host).at(shown(url)));
        }
        let mut left = self.patience.retry;
        let mut pause = self.patience.retry / 20;
        let mut round = 0;
        loop {
            let (what, wait) = match self.once(url, ask) {
                Ok(response) => match response.status().as_u16() {
                    status @ (429 | 500 | 502..=504) => {
                        let asked = response.headers().get(header::RETRY_AFTER);
                        let asked = asked.and_then(|text| text.to_str().ok());
                        let asked = asked.and_then(|text| retry_after(text, SystemTime::now()));
                        let what = match status {
                            429 | 503 => Trouble::Busy(status, asked),
                            status => Trouble::Status(status),
                        };
                        (what, asked)
                    }
                    _ => return Ok(response),
                },
                Err(trouble) if trouble.is_lost_connection() => (trouble, None),
                Err(trouble) => return Err(self.gave_up(&host, trouble).at(shown(url))),
            };
            let wait = wait.unwrap_or(pause);
            if round == AGAIN || wait > left {
                return Err(self.gave_up(&host, what).at(shown(url)));
            }
            std::thread::sleep(wait);
            left -= wait;
            pause *= 2;
            round += 1;
        }
    }

    /// Remembers the hosts that are not worth another wait.
    pub fn gave_up(&self, host: &str, trouble: Trouble) -> Trouble {
        if trouble.is_the_hosts() {
            self.silent.borrow_mut().insert(host.to_owned());
        }
        trouble
    }

    fn once(&self, url: &Url, ask: &Ask) -> Result<Response<Body>, Trouble> {
        let agent = match url.scheme() {
            "https" => match self.secure.get() {
                Some(agent) => agent,
                None => {
                    let agent = self.agent(Some(authorities()?));
                    self.secure.get_or_init(|| agent)
                }
            },
            _ => self.plain.get_or_init(|| self.agent(None)),
        };
        let mut request = agent.get(without_user(url).as_str());
        if !url.username().is_empty() || url.password().is_some() {
            request = request.header(header::AUTHORIZATION, basic(url));
        }
        if let Some(etag) = &ask.etag {
            request = request.header(header::IF_NONE_MATCH, etag);
        }
        if let Some(modified) = &ask.modified {
            request = request.header(header::IF_MODIFIED_SINCE, modified);
        }
        if let Some((from, validator)) = &ask.from {
            request = request.header(header::RANGE, format!("bytes={from}-"));
            request = request.header(header::IF_RANGE, validator);
        }
        let request = match is_loopback(url) {
            true => request.config().proxy(None).build(),
            false => request,
        };
        request.call().map_err(|error| self.trouble(error))
    }

    fn agent(&self, authorities: Option<RootCerts>) -> Agent {
        let patience = &self.patience;
        let mut config = Agent::config_builder()
            .user_agent(AGENT)
            .accept_encoding("identity")
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_resolve(Some(patience.connect))
            .timeout_connect(Some(patience.connect))
            .timeout_send_request(Some(patience.stall))
            .timeout_recv_response(Some(patience.stall))
            .timeout_per_read(Some(patience.stall))
            .timeout_per_call(Some(patience.total));
        if let Some(authorities) = authorities {
            let provider = Arc::new(rustls::crypto::ring::default_provider());
            config = config.tls_config(
                TlsConfig::builder()
                    .root_certs(authorities)
                    .unversioned_rustls_crypto_provider(provider)
                    .build(),
            );
        }
        Agent::new_with_config(config.build())
    }

    /// Why a request failed.
    pub fn trouble(&self, error: ureq::Error) -> Trouble {
        use ureq::Timeout;
        match error {
            ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect) => {
                let after = super::trouble::words(self.patience.connect);
                Trouble::NoAnswer(format!("none within {after}"))
            }
            ureq::Error::Timeout(Timeout::Global | Timeout::PerCall) => {
                Trouble::TooLong(self.patience.total)
            }
            ureq::Error::Timeout(_) => Trouble::Stalled(self.patience.stall),
            ureq::Error::Rustls(error) => of_tls(&error),
            ureq::Error::Io(error) => match tls_error(&error) {
                Some(tls) => of_tls(tls),
                None if is_lost(error.kind()) => Trouble::Lost(error),
                None => Trouble::NoAnswer(error.to_string()),
            },
            ureq::Error::HostNotFound => Trouble::NoAnswer("there is no such host".into()),
            ureq::Error::InvalidProxyUrl | ureq::Error::ConnectProxyFailed(_) => {
                Trouble::NoAnswer("the proxy of the environment refuses".into())
            }
            other => Trouble::NoAnswer(other.to_string()),
        }
    }
}

/// Sorts answers out; what is encoded would unpack without a bound.
fn accept(response: Response<Body>) -> Result<Answer, Trouble> {
    let status = response.status().as_u16();
    match status {
        200 | 206 | 304 | 416 => {}
        404 | 410 => return Err(Trouble::NotFound),
        401 | 403 | 407 => return Err(Trouble::Refused(status)),
        status => return Err(Trouble::Status(status)),
    }
    let encoding = response.headers().get(header::CONTENT_ENCODING);
    if let Some(encoding) = encoding.filter(|encoding| *encoding != "identity") {
        let encoding = String::from_utf8_lossy(encoding.as_bytes()).into_owned();
        return Err(Trouble::Encoded(encoding));
    }
    let (parts, body) = response.into_parts();
    Ok(Answer {
        status,
        headers: parts.headers,
        body,
    })
}

/// Connections that end by themselves: a server that was restarted, an idle one that was dropped.
fn is_lost(kind: io::ErrorKind) -> bool {
    matches!(
        kind,
        io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::UnexpectedEof
    )
}

fn tls_error(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref()
}

fn of_tls(error: &rustls::Error) -> Trouble {
    match error {
        rustls::Error::InvalidCertificate(why) => Trouble::Certificate(why.to_string()),
        other => Trouble::NoAnswer(other.to_string()),
    }
}

/// The certificate authorities that this machine trusts.
fn authorities() -> Result<RootCerts, Trouble> {
    let found = rustls_native_certs::load_native_certs();
    if found.certs.is_empty() {
        let why = found.errors.first().map(ToString::to_string);
        return Err(Trouble::NoAuthorities(
            why.unwrap_or_else(|| "none found".into()),
        ));
    }
    let certificates = found
        .certs
        .iter()
        .map(|der| Certificate::from_der(der).to_owned());
    Ok(certificates.collect::<Vec<_>>().into())
}

fn basic(url: &Url) -> String {
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let user = decoded(url.username());
    let password = decoded(url.password().unwrap_or_default());
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}
