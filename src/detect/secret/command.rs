//! Passwords of command lines and statements where no name says so, but the place does:
//! `curl -u user:password`, `mysql -ppassword`, `IDENTIFIED BY 'password'`.

use std::ops::Range;

use super::assignment::{Assignment, Cursor, Style};
use super::text::Text;

/// A command that is given a password.
#[derive(Debug)]
pub struct Command {
    /// What stands before its arguments, in lower case: a needle of the automaton.
    pub needle: &'static str,
    flags: &'static [&'static str],
    form: Form,
}

/// Where in the arguments the password stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// `-p password`, `-ppassword`, `--flag=password`.
    Flag,
    /// `-ppassword` alone: what follows a bare `-p` is something else.
    Attached,
    /// `-u user:password`, with the sign between the two.
    Behind(u8),
    /// The argument of that number, options not counted.
    Argument(usize),
    /// The next word, whatever it is.
    Next,
    /// The next word behind that sign: `ident: "user:password"`.
    NextBehind(u8),
    /// The next word, in quotes.
    Quoted,
    /// `echo password | command`; with a sign, behind it.
    Piped(Option<u8>),
}

/// Longest command line that is looked at.
const LINE: usize = 400;

const fn command(needle: &'static str, flags: &'static [&'static str], form: Form) -> Command {
    Command {
        needle,
        flags,
        form,
    }
}

pub const COMMANDS: &[Command] = &[
    command(
        "curl ",
        &["-u", "--user", "-U", "--proxy-user"],
        Form::Behind(b':'),
    ),
    command("sshpass ", &["-p"], Form::Flag),
    command("mysql ", &["-p"], Form::Attached),
    command("mysqldump ", &["-p"], Form::Attached),
    command("mysqladmin ", &["-p"], Form::Attached),
    command("mysqlimport ", &["-p"], Form::Attached),
    command("mariadb ", &["-p"], Form::Attached),
    command("docker login", &["-p"], Form::Flag),
    command("podman login", &["-p"], Form::Flag),
    command("nerdctl login", &["-p"], Form::Flag),
    command("registry login", &["-p"], Form::Flag),
    command("acr login", &["-p"], Form::Flag),
    command("oc login", &["-p"], Form::Flag),
    command("az login", &["-p"], Form::Flag),
    command("cf login", &["-p"], Form::Flag),
    command("argocd login", &["--password"], Form::Flag),
    command("redis-cli ", &["-a"], Form::Flag),
    command("mongo ", &["-p"], Form::Flag),
    command("mongosh ", &["-p"], Form::Flag),
    command("mongodump ", &["-p"], Form::Flag),
    command("mongorestore ", &["-p"], Form::Flag),
    command("mongoimport ", &["-p"], Form::Flag),
    command("mongoexport ", &["-p"], Form::Flag),
    command("ldapsearch ", &["-w"], Form::Flag),
    command("ldapadd ", &["-w"], Form::Flag),
    command("ldapmodify ", &["-w"], Form::Flag),
    command("ldapwhoami ", &["-w"], Form::Flag),
    command("smbclient ", &["-U"], Form::Behind(b'%')),
    command("sqlcmd ", &["-P"], Form::Flag),
    command("sqlplus ", &[], Form::Argument(0)),
    command("tsql ", &["-P"], Form::Flag),
    command("plink ", &["-pw"], Form::Flag),
    command("pscp ", &["-pw"], Form::Flag),
    command("psftp ", &["-pw"], Form::Flag),
    command("lftp ", &["-u"], Form::Behind(b',')),
    command("ncftpput ", &["-p"], Form::Flag),
    command("7z ", &["-p"], Form::Attached),
    command("7za ", &["-p"], Form::Attached),
    command("unzip ", &["-P"], Form::Flag),
    command("unrar ", &["-p"], Form::Attached),
    command("mosquitto_pub ", &["-P"], Form::Flag),
    command("mosquitto_sub ", &["-P"], Form::Flag),
    command("xfreerdp ", &["/p:"], Form::Attached),
    command("ipmitool ", &["-P"], Form::Flag),
    command(
        "keytool ",
        &["-storepass", "-keypass", "-srcstorepass", "-deststorepass"],
        Form::Flag,
    ),
    command("jarsigner ", &["-storepass", "-keypass"], Form::Flag),
    command(
        "openssl ",
        &["-passin", "-passout", "-pass", "-k"],
        Form::Flag,
    ),
    command("apksigner ", &["--ks-pass", "--key-pass"], Form::Flag),
    command("htpasswd ", &[], Form::Argument(2)),
    command("rabbitmqctl ", &[], Form::Argument(2)),
    command("wpa_passphrase ", &[], Form::Argument(1)),
    command("requirepass", &[], Form::Next),
    command("masterauth", &[], Form::Next),
    command("npmauthident", &[], Form::NextBehind(b':')),
    command("identified by ", &[], Form::Quoted),
    command("chpasswd", &[], Form::Piped(Some(b':'))),
    command("passwd --stdin", &[], Form::Piped(None)),
    command("sudo -s", &[], Form::Piped(None)),
];

/// The password in the arguments of `command`, whose needle was seen at `hit`; and up to where
/// the command line has been read.
pub fn check(text: &Text<'_>, hit: Range<usize>, command: &Command) -> (usize, Option<Assignment>) {
    let inside_word = hit
        .start
        .checked_sub(1)
        .and_then(|at| text.at(at))
        .is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_');
    if inside_word {
        return (hit.end, None);
    }
    let mut words = Words::new(text, hit.end);
    let found = match command.form {
        Form::Piped(sign) => piped(text, hit.start, sign),
        Form::Next => words.separated(false),
        Form::NextBehind(sign) => words
            .separated(false)
            .and_then(|word| part(text, word, Form::Behind(sign))),
        Form::Quoted => words.separated(true),
        Form::Argument(number) => words.argument(command, number),
        Form::Flag | Form::Attached | Form::Behind(_) => words.flagged(command),
    };
    let found = found
        .filter(|value| !value.is_empty())
        .map(|value| Assignment {
            name: hit,
            value,
            quoted: true,
            style: Style::Position,
        });
    (words.cursor.at, found)
}

/// The words of one command line.
struct Words<'t, 'a> {
    cursor: Cursor<'t, 'a>,
    limit: usize,
    /// The string that holds the command line has ended.
    over: bool,
}

impl<'t, 'a> Words<'t, 'a> {
    fn new(text: &'t Text<'a>, at: usize) -> Self {
        Self {
            cursor: Cursor::new(text, at),
            limit: at + LINE,
            over: false,
        }
    }

    fn next(&mut self) -> Option<Range<usize>> {
        if self.over || self.cursor.at >= self.limit {
            return None;
        }
        self.blanks();
        while self.cursor.peek() == Some(b'\\') && self.cursor.line_end() {
            self.blanks();
        }
        match self.cursor.peek()? {
            b'\n' | b'\r' | b'|' | b';' | b'&' | b')' | b'`' | b'<' | b'>' | b'#' => None,
            b'"' | b'\'' | b'\\' => {
                let mark = self.cursor.mark()?;
                self.cursor.until(mark)
            }
            _ => {
                let start = self.cursor.at;
                let word = self.bare();
                // A form feed is neither a word nor a blank: whoever asks for words ends here.
                (self.cursor.at > start).then_some(word)
            }
        }
    }

    fn blanks(&mut self) {
        while self.cursor.at < self.limit && self.cursor.blanks() > 0 {}
    }

    /// A word without quotes; what is quoted at its end belongs to it.
    fn bare(&mut self) -> Range<usize> {
        let start = self.cursor.at;
        let word = self.cursor.take_while(LINE, |b| {
            !b.is_ascii_whitespace() && !b"\"'`|;<>".contains(&b)
        });
        let escaped = word.ends_with(b"\\");
        match self.cursor.peek() {
            Some(b'"' | b'\'') if word.ends_with(b"=") || word == b"-p" => {
                let quote = self.cursor.mark();
                if let Some(inside) = quote.and_then(|mark| self.cursor.until(mark)) {
                    return start..inside.end;
                }
            }
            Some(b'"' | b'\'' | b'`') => self.over = true,
            _ => {}
        }
        start..start + word.len() - usize::from(escaped && self.over)
    }

    fn flagged(&mut self, command: &Command) -> Option<Range<usize>> {
        let text = self.cursor.text;
        while let Some(word) = self.next() {
            let written = text.slice(word.clone());
            for flag in command.flags {
                let Some(rest) = written.strip_prefix(flag.as_bytes()) else {
                    if is_bundle(written, flag) && command.form != Form::Attached {
                        let next = self.next()?;
                        return part(text, next, command.form);
                    }
                    continue;
                };
                let long = flag.len() > 2 && !flag.ends_with(':');
                let value = match rest.first() {
                    None if command.form == Form::Attached => continue,
                    None => self.next()?,
                    Some(b'=') => word.end - rest.len() + 1..word.end,
                    Some(_) if long => continue,
                    Some(_) => word.end - rest.len()..word.end,
                };
                return part(text, unquoted(text, value), command.form);
            }
        }
        None
    }

    /// `sqlplus user/password@host`, `rabbitmqctl add_user user password`.
    fn argument(&mut self, command: &Command, number: usize) -> Option<Range<usize>> {
        let text = self.cursor.text;
        let mut seen = 0;
        let mut given = command.needle != "htpasswd ";
        let mut adds = command.needle != "rabbitmqctl ";
        while let Some(word) = self.next() {
            let written = text.slice(word.clone());
            if let Some(options) = written.strip_prefix(b"-") {
                // The password of htpasswd is on the command line with `-b` alone.
                given |= options.contains(&b'b');
                continue;
            }
            adds |= matches!(written, b"add_user" | b"change_password");
            if seen < number {
                seen += 1;
                continue;
            }
            if command.needle == "sqlplus " {
                let slash = memchr::memchr(b'/', written)?;
                let end = memchr::memchr(b'@', written).unwrap_or(written.len());
                return (slash + 1 < end).then(|| word.start + slash + 1..word.start + end);
            }
            return (given && adds).then_some(word);
        }
        None
    }

    /// `requirepass value`, `"--requirepass", "value"`, `IDENTIFIED BY 'value'`.
    fn separated(&mut self, quoted: bool) -> Option<Range<usize>> {
        let gap = self
            .cursor
            .take_while(8, |b| b" \t,=:\"'\\".contains(&b) && !quoted);
        if !quoted && gap.is_empty() {
            return None;
        }
        if quoted && !self.cursor.starts_literal() {
            return None;
        }
        match quoted {
            true => self.next(),
            false => Some(self.bare()),
        }
    }
}

/// `-su` before what `-u` takes.
fn is_bundle(word: &[u8], flag: &str) -> bool {
    let [b'-', letter] = flag.as_bytes() else {
        return false;
    };
    (3..=6).contains(&word.len())
        && word.starts_with(b"-")
        && word.ends_with(&[*letter])
        && word.iter().skip(1).all(u8::is_ascii_alphabetic)
}

/// Without the quotation mark that opens it, where a flag stands before.
fn unquoted(text: &Text<'_>, value: Range<usize>) -> Range<usize> {
    let marked = matches!(text.at(value.start), Some(b'"' | b'\''));
    value.start + usize::from(marked)..value.end
}

/// The password of a value that holds a user as well.
fn part(text: &Text<'_>, value: Range<usize>, form: Form) -> Option<Range<usize>> {
    let written = text.slice(value.clone());
    match form {
        Form::Behind(sign) => {
            let at = memchr::memchr(sign, written)?;
            Some(value.start + at + 1..value.end)
        }
        // Where OpenSSL and apksigner are told where to find it, it is not here.
        _ if [&b"file:"[..], b"env:", b"fd:", b"stdin"]
            .iter()
            .any(|source| written.starts_with(source)) =>
        {
            None
        }
        _ if written.starts_with(b"pass:") => Some(value.start + 5..value.end),
        _ if written.starts_with(b"-") => None,
        _ => Some(value),
    }
}

/// `echo value | command`.
fn piped(text: &Text<'_>, start: usize, sign: Option<u8>) -> Option<Range<usize>> {
    let before = text.line_before(start, 160);
    let pipe = memchr::memrchr(b'|', before)?;
    let echo = memchr::memmem::rfind(before.get(..pipe)?, b"echo ")?;
    let mut words = Words::new(text, start - before.len() + echo + b"echo ".len());
    let mut word = words.next()?;
    while text.slice(word.clone()).starts_with(b"-") {
        word = words.next()?;
    }
    match sign {
        Some(sign) => {
            let at = memchr::memchr(sign, text.slice(word.clone()))?;
            Some(word.start + at + 1..word.end)
        }
        None => Some(word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FileKind, Origin, RepoPath, Source, SourceId};

    fn value(line: &str) -> Option<String> {
        let path = RepoPath::from("a.sh");
        let source = Source::new(
            SourceId(0),
            path,
            FileKind::Shell,
            line.as_bytes(),
            Origin::Buffer,
        );
        let text = Text::new(&source);
        let lower = line.to_ascii_lowercase();
        COMMANDS.iter().find_map(|command| {
            let at = lower.find(command.needle)?;
            let (_, found) = check(&text, at..at + command.needle.len(), command);
            Some(line[found?.value].to_owned())
        })
    }

    #[test]
    fn the_place_of_a_password_in_a_command_line_is_known() {
        for line in [
            "curl -u user:s3cr3t! https://x.io",
            "curl -sSu 'user:s3cr3t!' https://x.io",
            "curl -s --user=\"user:s3cr3t!\" https://x.io",
            "curl -X POST \\\n  -H 'A: b' \\\n  -u user:s3cr3t! https://x.io",
            "os.system(\"curl -uuser:s3cr3t! https://x.io\")",
            "sshpass -p s3cr3t! ssh a",
            "sshpass -p's3cr3t!' ssh a",
            "mysql -u root -ps3cr3t! db",
            "mysqldump -h a -p's3cr3t!' db",
            "docker login -u a -p s3cr3t! x.io",
            "redis-cli -h a -a s3cr3t! ping",
            "ldapsearch -x -w s3cr3t! -b a",
            "smbclient //a/b -U user%s3cr3t!",
            "sqlplus user/s3cr3t!@db",
            "lftp -u user,s3cr3t! sftp://a",
            "7z x -ps3cr3t! a.7z",
            "keytool -list -storepass s3cr3t! -keystore a",
            "openssl rsa -in a -passin pass:s3cr3t! -out b",
            "htpasswd -bc file user s3cr3t!",
            "rabbitmqctl add_user user s3cr3t!",
            "redis-server --requirepass s3cr3t!",
            "[\"redis-server\", \"--requirepass\", \"s3cr3t!\"]",
            "npmAuthIdent: \"user:s3cr3t!\"",
            "CREATE USER a IDENTIFIED BY 's3cr3t!';",
            "mysql -e \"CREATE USER a IDENTIFIED BY 's3cr3t!'\"",
            "echo 'user:s3cr3t!' | chpasswd",
            "echo -n s3cr3t! | sudo -S ls",
        ] {
            assert_eq!(value(line).as_deref(), Some("s3cr3t!"), "{line}");
        }
    }

    #[test]
    fn a_command_line_ends_whatever_stands_in_it() {
        for odd in (0..=u8::MAX)
            .map(char::from)
            .chain(['\u{2028}', '\u{fffc}'])
        {
            for command in COMMANDS {
                value(&format!("{}{odd}", command.needle));
                value(&format!("{} {odd}{odd} -x{odd}", command.needle));
            }
        }
        let far = format!("curl{}-u user:s3cr3t! https://x.io", " ".repeat(200));
        assert_eq!(value(&far).as_deref(), Some("s3cr3t!"));
    }

    #[test]
    fn other_arguments_are_no_passwords() {
        for line in [
            "curl -u user https://x.io:80",
            "curl https://x.io | sort -u a:b",
            "mysql -p database",
            "mysql -u root -p",
            "openssl rsa -in a -passin file:s3cr3t",
            "openssl rsa -passin env:PW",
            "docker login -u a --password-stdin x.io",
            "htpasswd file user",
            "rabbitmqctl set_permissions a b c",
            "is identified by the reader",
            "libcurl is a curl library -u a",
            "chpasswd < file",
        ] {
            assert_eq!(value(line), None, "{line}");
        }
    }
}
