//! secret-argument: a literal credential on a command line.

use super::{Image, Shell, fetch};
use crate::detect::Sink;
use crate::model::Span;
use crate::parse::dockerfile::Body;
use crate::parse::shell::{Assignment, Command, Options, PartKind, RedirectKind, Syntax, Word};

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let help = match shell.in_image {
        true => {
            "mount it for this one step: RUN --mount=type=secret,id=..., and read it from /run/secrets"
        }
        false => {
            "read it from a file or an environment variable that the caller sets, and replace this one: it is in the history"
        }
    };
    let script = shell.script;
    let commands = script.commands.iter();
    let mut found: Vec<(Span, &str)> = commands.flat_map(secrets).collect();
    found.extend(script.assignments.iter().filter_map(assigned));
    found.extend(
        script
            .named(&["gh"])
            .filter_map(|gh| token_given(gh, shell)),
    );
    let mut told: Vec<&[u8]> = Vec::new();
    for (span, what) in found {
        out.mask(span);
        // Said once where the same stands behind the same words: one command, written twice.
        let before = shell.text.get(..span.start as usize).unwrap_or_default();
        let line = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
        if let Some(text) = shell.text.get(line..span.end as usize) {
            if told.contains(&text) {
                continue;
            }
            told.push(text);
        }
        out.report(
            rule,
            span,
            format!("{what} stands in the text of a command"),
        )
        .text("a literal credential")
        .help(help);
    }
    for span in shell.image.iter().flat_map(|image| added(image)) {
        out.mask(span);
        out.report(rule, span, "a credential in a URL stands in an instruction")
            .text("a literal credential")
            .help("take it out of the address, and download with RUN --mount=type=secret; the address is in the image's history");
    }
}

/// Variables from which programs take a password, and no other setting.
const VARIABLES: &[&str] = &[
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "BORG_PASSPHRASE",
    "CARGO_REGISTRY_TOKEN",
    "GH_TOKEN",
    "GITHUB_TOKEN",
    "MYSQL_PWD",
    "NODE_AUTH_TOKEN",
    "NPM_TOKEN",
    "PGPASSWORD",
    "REDISCLI_AUTH",
    "RESTIC_PASSWORD",
    "RSYNC_PASSWORD",
    "SSHPASS",
    "TWINE_PASSWORD",
    "VAULT_TOKEN",
];

/// `PGPASSWORD=... psql`.
fn assigned(assignment: &Assignment) -> Option<(Span, &'static str)> {
    let is_known = VARIABLES.contains(&assignment.name.as_str());
    let word = Some(&assignment.value).filter(|_| is_known)?;
    Some((piece(word, 0, word.text.len())?, "a password in a variable"))
}

/// `env PGPASSWORD=... psql`.
fn set_by_wrapper(word: &Word) -> Option<Span> {
    let (name, _) = word.text.split_once('=')?;
    let is_known = VARIABLES.contains(&name);
    piece(word, name.len() + 1, word.text.len()).filter(|_| is_known)
}

/// `gh auth login --with-token <<< ...`, and the same behind `echo`.
fn token_given(gh: &Command, shell: &Shell<'_>) -> Option<(Span, &'static str)> {
    let asks = gh.has_arg("login") && gh.has_arg("--with-token");
    let script = Some(shell.script).filter(|_| asks)?;
    let given = script
        .inputs(gh)
        .find(|(_, r)| r.kind == RedirectKind::HereString);
    let word = match given {
        Some((_, redirect)) => &redirect.target,
        None => {
            let (pipeline, element) = script.pipe(gh)?;
            let (first, end) = *pipeline.elements.get(element.checked_sub(1)?)?;
            let source = script.commands.get(first..end)?.first()?;
            let says = matches!(source.name.as_str(), "echo" | "printf");
            source.args().last().filter(|_| says)?
        }
    };
    Some((piece(word, 0, word.text.trim_end().len())?, "a token"))
}

/// The passwords in the addresses that the ADDs of a stage fetch.
fn added(image: &Image<'_>) -> Vec<Span> {
    let range = image.stage.instructions.clone();
    let instructions = image.file.instructions.get(range).unwrap_or_default();
    let words = instructions.iter().flat_map(|i| match &i.body {
        Body::Transfer { sources, .. } => sources.as_slice(),
        _ => &[],
    });
    let secrets = words.filter_map(|word| {
        let raw = word.raw.as_str();
        let (start, end) = login(raw)?;
        let is_exact = word.span.len() as usize == raw.len();
        let text = raw.get(start..end).filter(|text| !is_placeholder(text))?;
        let at = word.span.start + u32::try_from(start).ok()?;
        let length = u32::try_from(text.len()).ok()?;
        Some(match is_exact {
            true => Span::new(at, at + length),
            false => word.span,
        })
    });
    secrets.collect()
}

fn secrets(command: &Command) -> Vec<(Span, &'static str)> {
    let mut found = Vec::new();
    let name = command.name.as_str();
    let wrapped = command.words.get(..command.program).unwrap_or_default();
    let variables = wrapped.iter().filter_map(set_by_wrapper);
    found.extend(variables.map(|span| (span, "a password in a variable")));
    match name {
        "curl" | "wget" | "wget2" => {
            if let Some(syntax) = fetch::syntax(name) {
                let options = command.options(syntax);
                let user: &[&str] = if name == "curl" {
                    &["u", "user", "U", "proxy-user"]
                } else {
                    &[]
                };
                found.extend(
                    options
                        .all(user)
                        .filter_map(|o| after_colon(o.value_word?))
                        .map(|s| (s, "a password")),
                );
                let plain = ["password", "http-password", "ftp-password", "oauth2-bearer"];
                found.extend(
                    options
                        .all(&plain)
                        .filter_map(|o| value(o.value_word?, o.value?))
                        .map(|s| (s, "a password")),
                );
                let headers = ["H", "header"];
                found.extend(
                    options
                        .all(&headers)
                        .filter_map(|o| header(o.value_word?))
                        .map(|s| (s, "an authorization header")),
                );
            }
        }
        "mysql" | "mysqldump" | "mysqladmin" | "mariadb" | "mariadb-dump" | "mysqlimport" => {
            let attached = command.args().iter().find(|w| {
                w.text.starts_with("-p") && w.text.len() > 2 || w.text.starts_with("--password=")
            });
            let start = |w: &Word| w.text.find('=').map_or(2, |at| at + 1);
            found.extend(
                attached
                    .and_then(|w| piece(w, start(w), w.text.len()))
                    .map(|s| (s, "a database password")),
            );
        }
        "sshpass" => {
            found.extend(option(command, "p", &["p"], &[]).map(|s| (s, "an ssh password")))
        }
        "docker" | "podman" | "nerdctl" | "buildah" | "skopeo" | "helm" | "crane" | "oras"
            if command.has_arg("login") =>
        {
            found.extend(
                option(command, "pu", &["p", "password"], &["username", "password"])
                    .map(|s| (s, "a registry password")),
            );
        }
        "az" if command.has_arg("login") => {
            found.extend(
                option(
                    command,
                    "pu",
                    &["p", "password"],
                    &["username", "password", "tenant"],
                )
                .map(|s| (s, "a password")),
            );
        }
        "aws" if command.has_arg("configure") => {
            let words = command.args();
            let at = words.iter().position(|w| {
                matches!(
                    w.text.as_str(),
                    "aws_secret_access_key" | "aws_session_token"
                )
            });
            found.extend(
                at.and_then(|at| words.get(at + 1))
                    .and_then(|w| piece(w, 0, w.text.len()))
                    .map(|s| (s, "an AWS secret key")),
            );
        }
        "openssl" => {
            let given = command.arg_after("-k").filter(|_| command.has_arg("enc"));
            let given = given.and_then(|w| piece(w, 0, w.text.len()));
            found.extend(given.map(|s| (s, "a passphrase")));
            let words = command
                .args()
                .iter()
                .filter(|w| w.text.starts_with("pass:"));
            found.extend(
                words
                    .filter_map(|w| piece(w, 5, w.text.len()))
                    .map(|s| (s, "a key's passphrase")),
            );
        }
        "htpasswd" => {
            let options = command.options(Syntax {
                short: "C",
                long: &[],
            });
            if options.has(&["b"]) {
                let last = options.positional.last().copied();
                found.extend(
                    last.filter(|_| options.positional.len() >= 2)
                        .and_then(|w| piece(w, 0, w.text.len()))
                        .map(|s| (s, "a password")),
                );
            }
        }
        "zip" | "unzip" => {
            found.extend(option(command, "Pd", &["P"], &[]).map(|s| (s, "an archive's password")))
        }
        "gpg" | "gpg2" => found.extend(
            option(command, "", &["passphrase"], &["passphrase"]).map(|s| (s, "a passphrase")),
        ),
        "sqlcmd" => found
            .extend(option(command, "SUdPQqio", &["P"], &[]).map(|s| (s, "a database password"))),
        "keytool" | "jarsigner" | "apksigner" => {
            let given = ["-storepass", "-keypass"]
                .iter()
                .filter_map(|name| command.arg_after(name));
            found.extend(
                given
                    .filter_map(|w| piece(w, 0, w.text.len()))
                    .map(|s| (s, "a key store's password")),
            );
        }
        "redis-cli" | "valkey-cli" => found.extend(
            option(command, "ahpnu", &["a", "pass"], &["pass"]).map(|s| (s, "a database password")),
        ),
        "mongo" | "mongosh" | "mongodump" | "mongorestore" | "mongoimport" => found.extend(
            option(
                command,
                "pudh",
                &["p", "password"],
                &["password", "username", "host", "port"],
            )
            .map(|s| (s, "a database password")),
        ),
        "ldapsearch" | "ldapadd" | "ldapmodify" | "ldapdelete" | "ldapwhoami" | "ldappasswd" => {
            let options = option(command, "wDbHhpsfSoOUXYlza", &["w"], &[]);
            // `dc=example,dc=com` is nobody's directory.
            let is_shown = command
                .args()
                .iter()
                .any(|w| w.text.contains("dc=example,dc="));
            if !is_shown {
                found.extend(options.map(|s| (s, "a directory's password")));
            }
        }
        "smbclient" | "rpcclient" | "smbget" => {
            let options = Options::read(command.args(), SMB);
            let user = options.get(&["U", "user"]).and_then(|o| o.value_word);
            found.extend(
                user.and_then(|w| piece(w, w.text.find('%')? + 1, w.text.len()))
                    .map(|s| (s, "a password")),
            );
        }
        "twine" if command.has_arg("upload") => found.extend(
            option(
                command,
                "purc",
                &["p", "password"],
                &["username", "password", "repository", "repository-url"],
            )
            .map(|s| (s, "a registry password")),
        ),
        "npm" | "pnpm" | "yarn" => {
            // `npm config set //registry.example.com/:_authToken TOKEN`
            let words = command.args();
            let is_key = |w: &Word| {
                ["_authToken", "_password", "_auth"]
                    .iter()
                    .any(|k| w.text.ends_with(k))
            };
            let separate = words
                .iter()
                .position(is_key)
                .and_then(|at| words.get(at + 1));
            let attached = words.iter().find_map(|w| {
                let at = w.text.find("_authToken=")?;
                piece(w, at + "_authToken=".len(), w.text.len())
            });
            let separate = separate.and_then(|w| piece(w, 0, w.text.len()));
            found.extend(separate.or(attached).map(|s| (s, "a registry's token")));
        }
        _ => {}
    }
    if matches!(
        name,
        "git"
            | "curl"
            | "wget"
            | "wget2"
            | "aria2c"
            | "pip"
            | "pip3"
            | "npm"
            | "svn"
            | "uv"
            | "go"
            | "yarn"
            | "pnpm"
            | "gem"
            | "psql"
            | "pg_dump"
            | "mongosh"
            | "mongo"
            | "redis-cli"
    ) {
        found.extend(
            command
                .args()
                .iter()
                .filter_map(in_url)
                .map(|s| (s, "a credential in a URL")),
        );
    }
    found
}

const SMB: Syntax = Syntax {
    short: "UcIWpmLDTnO",
    long: &["user"],
};

fn option(
    command: &Command,
    short: &'static str,
    names: &[&str],
    long: &'static [&'static str],
) -> Option<Span> {
    let options = Options::read(command.args(), Syntax { short, long });
    let option = options.get(names)?;
    value(option.value_word?, option.value?)
}

/// The end of a word that is an option's value.
fn value(word: &Word, value: &str) -> Option<Span> {
    piece(
        word,
        word.text.len() - value.len().min(word.text.len()),
        word.text.len(),
    )
}

/// `user:password`; `admin:admin` is what a program of the developer's own begins with.
fn after_colon(word: &Word) -> Option<Span> {
    let at = word.text.find(':')?;
    if word.text.get(..at) == word.text.get(at + 1..) {
        return None;
    }
    piece(word, at + 1, word.text.len())
}

fn header(word: &Word) -> Option<Span> {
    let (name, text) = word.text.split_once(':')?;
    let name = name.to_lowercase();
    if !matches!(
        name.as_str(),
        "authorization" | "proxy-authorization" | "private-token" | "x-api-key" | "x-auth-token"
    ) {
        return None;
    }
    let secret = text.split_whitespace().last()?;
    if secret.len() < 8 {
        return None;
    }
    let start = word.text.rfind(secret)?;
    piece(word, start, start + secret.len())
}

fn in_url(word: &Word) -> Option<Span> {
    let (start, end) = login(&word.text)?;
    piece(word, start, end)
}

/// Where the credential of `https://user:password@host` and `https://token@host` stands.
fn login(text: &str) -> Option<(usize, usize)> {
    let (scheme, rest) = text.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let (user, _) = authority.rsplit_once('@')?;
    let start = scheme.len() + 3;
    let end = start + user.len();
    match user.split_once(':') {
        Some((_, password)) => Some((end - password.len(), end)),
        // A name alone is a credential only where it looks like nobody's name.
        None => {
            let is_token = user.len() >= 20
                && user.bytes().any(|b| b.is_ascii_digit())
                && scheme.starts_with("http");
            is_token.then_some((start, end))
        }
    }
}

/// The span of a part of a word's text, where that part is literal and no placeholder.
fn piece(word: &Word, start: usize, end: usize) -> Option<Span> {
    let text = word.text.get(start..end)?;
    let mut at = 0;
    for part in &word.parts {
        let next = at + part.text.len();
        if at < end && start < next && part.kind != PartKind::Literal {
            return None;
        }
        at = next;
    }
    (!is_placeholder(text)).then(|| word.span_of(start, end))
}

/// Empty, a template, or a word that stands for a password in examples.
fn is_placeholder(text: &str) -> bool {
    let lower = text.to_lowercase();
    let trimmed = lower.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    trimmed.len() < 3
        || text.contains(['$', '<', '{', '`', '%'])
        || lower.starts_with("your")
        || lower.contains("example")
        || lower.contains("changeme")
        || lower.contains("dummy")
        || lower.starts_with("fake")
        || matches!(
            trimmed,
            "password"
                | "passwd"
                | "pass"
                | "secret"
                | "token"
                | "xxx"
                | "xxxx"
                | "xxxxx"
                | "x-oauth-basic"
                | "foo"
                | "bar"
                | "foobar"
                | "mypass"
                | "mypassword"
                | "changeit"
                | "guest"
                | "test"
                | "none"
                | "null"
                | "true"
                | "false"
        )
        // `xxxx`, `rrrr`: one letter over and over protects nothing, and is not meant to.
        || trimmed.bytes().all(|b| trimmed.as_bytes().first() == Some(&b))
}
