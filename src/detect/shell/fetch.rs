//! What a single command downloads: program, URL, and the files it writes.

use crate::model::Span;
use crate::parse::shell::{Command, Options, Syntax, Word};

const CURL: Syntax = Syntax {
    short: "AbcCdDeEFHKmoPQrtTuUwxXyYz",
    long: &[
        "output",
        "output-dir",
        "header",
        "data",
        "data-raw",
        "data-binary",
        "data-urlencode",
        "user",
        "user-agent",
        "referer",
        "request",
        "form",
        "cookie",
        "cookie-jar",
        "cert",
        "key",
        "cacert",
        "capath",
        "proxy",
        "max-time",
        "connect-timeout",
        "retry",
        "retry-delay",
        "retry-max-time",
        "range",
        "config",
        "write-out",
        "limit-rate",
        "max-redirs",
        "proto",
        "proto-redir",
        "proto-default",
        "resolve",
        "interface",
        "netrc-file",
        "ciphers",
        "tls13-ciphers",
        "tls-max",
        "pinnedpubkey",
        "oauth2-bearer",
        "continue-at",
        "dump-header",
        "noproxy",
        "max-filesize",
        "time-cond",
        "upload-file",
        "speed-limit",
        "speed-time",
        "stderr",
        "url",
        "unix-socket",
        "aws-sigv4",
        "dns-servers",
        "keepalive-time",
    ],
};

const WGET: Syntax = Syntax {
    short: "aABDeiIlnoOPQtTUwXR",
    long: &[
        "output-document",
        "output-file",
        "append-output",
        "directory-prefix",
        "tries",
        "timeout",
        "wait",
        "header",
        "user",
        "password",
        "http-user",
        "http-password",
        "user-agent",
        "referer",
        "post-data",
        "post-file",
        "input-file",
        "execute",
        "load-cookies",
        "save-cookies",
        "ca-certificate",
        "ca-directory",
        "certificate",
        "private-key",
        "progress",
        "quota",
        "limit-rate",
        "secure-protocol",
        "waitretry",
        "retry-connrefused",
        "base",
        "level",
    ],
};

/// How `curl`, `wget` and their like read their options; `None` for other programs.
pub fn syntax(program: &str) -> Option<Syntax> {
    Some(match program {
        "curl" => CURL,
        "wget" | "wget2" => WGET,
        "fetch" | "axel" => Syntax {
            short: "oSwTB",
            long: &["output"],
        },
        "aria2c" => Syntax {
            short: "odxsjkc",
            long: &["out", "dir"],
        },
        _ => return None,
    })
}

/// One URL that a command fetches.
#[derive(Clone, Debug)]
pub struct Url {
    /// As far as it is known.
    pub text: String,
    pub span: Span,
}

/// What a downloading command does with what it fetches.
#[derive(Debug, Default)]
pub struct Fetch {
    pub urls: Vec<Url>,
    /// Files it writes, as the command names them.
    pub files: Vec<String>,
    /// True where it writes to standard output.
    pub to_stdout: bool,
}

/// Reads a downloading command; `None` for every other.
pub fn fetch(command: &Command) -> Option<Fetch> {
    if let Some(fetch) = inline(command) {
        return Some(fetch);
    }
    let options = command.options(syntax(&command.name)?);
    let mut fetch = Fetch {
        urls: urls(&options),
        ..Fetch::default()
    };
    match command.name.as_str() {
        "curl" => curl(&options, &mut fetch),
        "wget" | "wget2" => wget(&options, &mut fetch),
        _ => other(&options, &mut fetch),
    }
    Some(fetch)
}

/// `python3 -c "...urlretrieve('https://...', 'file')"`, `php -r "copy('https://...', 'file');"`.
fn inline(command: &Command) -> Option<Fetch> {
    let function = match command.name.as_str() {
        "php" => "copy(",
        name if name.starts_with("python") => "urlretrieve(",
        _ => return None,
    };
    let mut words = command.args().iter();
    let word = words.find(|word| word.text.contains(function))?;
    let (_, call) = word.text.split_once(function)?;
    let mut texts = call.split(['\'', '"']).skip(1).step_by(2);
    let url = texts.next().filter(|text| text.contains("://"))?;
    let start = word.text.find(url)?;
    Some(Fetch {
        urls: vec![Url {
            text: url.to_owned(),
            span: word.span_of(start, start + url.len()),
        }],
        files: texts.next().map(str::to_owned).into_iter().collect(),
        to_stdout: false,
    })
}

fn urls(options: &Options<'_>) -> Vec<Url> {
    let explicit = options.all(&["url"]).filter_map(|o| o.value_word);
    options
        .positional
        .iter()
        .copied()
        .chain(explicit)
        .filter(|word| looks_like_url(word))
        .map(|word| Url {
            text: word.text.clone(),
            span: word.span,
        })
        .collect()
}

/// A scheme, a host with a path, or something that only the run knows.
fn looks_like_url(word: &Word) -> bool {
    word.text.contains("://")
        || !word.is_known()
        || word
            .text
            .split('/')
            .next()
            .is_some_and(|host| host.contains('.'))
        || word.text.starts_with("localhost")
}

/// The name that `-O` and plain `wget` save under.
fn saved_name(url: &str) -> Option<String> {
    let path = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = path.split(['?', '#']).next()?;
    let (_, name) = path.rsplit_once('/')?;
    (!name.is_empty()).then(|| name.to_owned())
}

fn curl(options: &Options<'_>, fetch: &mut Fetch) {
    let folder = options.get(&["output-dir"]).and_then(|o| o.value);
    let in_folder = |name: String| match folder {
        Some(folder) => format!("{folder}/{name}"),
        None => name,
    };
    let mut saved = false;
    for option in options.all(&["o", "output"]) {
        saved = true;
        match option.value {
            Some("-" | "/dev/stdout") => fetch.to_stdout = true,
            Some(file) => fetch.files.push(in_folder(file.to_owned())),
            None => {}
        }
    }
    if options.has(&["O", "remote-name", "remote-name-all"]) {
        saved = true;
        let names = fetch.urls.iter().filter_map(|url| saved_name(&url.text));
        fetch.files.extend(names.map(in_folder));
    }
    let only_head = options.has(&["I", "head"]);
    fetch.to_stdout |= !saved && !only_head;
}

fn wget(options: &Options<'_>, fetch: &mut Fetch) {
    let folder = options
        .get(&["P", "directory-prefix"])
        .and_then(|o| o.value);
    match options.get(&["O", "output-document"]).and_then(|o| o.value) {
        Some("-" | "/dev/stdout") => fetch.to_stdout = true,
        Some(file) => fetch.files.push(file.to_owned()),
        None if options.has(&["spider"]) => {}
        None => {
            let names = fetch.urls.iter().filter_map(|url| saved_name(&url.text));
            fetch.files.extend(names.map(|name| match folder {
                Some(folder) => format!("{folder}/{name}"),
                None => name,
            }));
        }
    }
}

fn other(options: &Options<'_>, fetch: &mut Fetch) {
    let folder = options.get(&["d", "dir"]).and_then(|o| o.value);
    let named = options.get(&["o", "out", "output"]).and_then(|o| o.value);
    match named {
        Some("-") => fetch.to_stdout = true,
        Some(file) => fetch.files.push(match folder {
            Some(folder) => format!("{folder}/{file}"),
            None => file.to_owned(),
        }),
        None => {
            let names = fetch.urls.iter().filter_map(|url| saved_name(&url.text));
            fetch.files.extend(names);
        }
    }
}

impl Url {
    /// The host, where it is known.
    pub fn host(&self) -> Option<&str> {
        let rest = self
            .text
            .split_once("://")
            .map_or(self.text.as_str(), |(_, rest)| rest);
        let authority = rest.split(['/', '?', '#']).next()?;
        let host = authority.rsplit('@').next()?;
        let host = host.split(':').next()?;
        (!host.is_empty() && !host.contains(['$', '`', '{', '(', ' '])).then_some(host)
    }

    /// True where it stays on the machine that runs the command.
    pub fn is_local(&self) -> bool {
        self.text.starts_with("file:")
            || self.host().is_some_and(|host| {
                matches!(
                    host,
                    "localhost"
                        | "127.0.0.1"
                        | "0.0.0.0"
                        | "169.254.169.254"
                        | "metadata.google.internal"
                )
            })
    }

    /// True for the schemes that protect nothing on the way.
    pub fn is_plain(&self) -> bool {
        // Without a scheme, curl and wget ask over plain HTTP.
        let has_none = || {
            let host = self.host().filter(|host| host.contains('.'));
            !self.text.contains("://") && self.text.contains('/') && host.is_some()
        };
        self.text.starts_with("http://") || self.text.starts_with("ftp://") || has_none()
    }

    /// True where the path names a whole commit: the text behind it cannot change.
    pub fn is_immutable(&self) -> bool {
        !self.is_plain()
            && self.text.split(['/', '@', '=', '?']).any(|part| {
                matches!(part.len(), 40 | 64) && part.bytes().all(|b| b.is_ascii_hexdigit())
            })
    }

    /// How messages name it: the host, or a word where only the run knows.
    pub fn shown(&self) -> String {
        self.host()
            .map_or_else(|| "a computed address".to_owned(), str::to_owned)
    }
}
