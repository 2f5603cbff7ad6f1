//! Passwords that a call takes without naming them: `new Credentials("user", "password")`.

use std::ops::Range;

use super::assignment::{Assignment, Cursor, Style};
use super::text::Text;

/// What stands before the arguments, in lower case, and which of them is the password.
pub const CALLS: &[(&str, usize)] = &[
    ("credentials(", 1),
    ("networkcredential(", 1),
    ("passwordcredential(", 1),
    ("clientsecretcredential(", 2),
    ("passwordauthentication(", 1),
    ("authenticationtoken(", 1),
    ("basicauthentication(", 1),
    ("basicauth(", 1),
    ("basic_auth(", 1),
    ("httpbasic(", 1),
    ("httpdigestauth(", 1),
    ("auth=(", 1),
    ("auth = (", 1),
    ("getconnection(", 2),
    ("mysql_connect(", 2),
    ("mysqli_connect(", 2),
    ("mysqli(", 2),
    ("new pdo(", 2),
    ("dbi->connect(", 2),
    ("mysql.connect(", 2),
    ("mysqldb.connect(", 2),
    ("oracle.connect(", 1),
    ("oracledb.connect(", 1),
    ("ftp_login(", 2),
    ("ssh2_auth_password(", 2),
    (".login(", 1),
    ("loginas(", 1),
    ("signin(", 1),
    ("sign_in(", 1),
    (".authenticate(", 1),
    ("plainauth(", 2),
    ("userpassword(", 1),
    ("createuser(", 1),
    ("create_user(", 2),
    ("createsuperuser(", 2),
    ("create_superuser(", 2),
];

/// Arguments that are looked at.
const ARGUMENTS: usize = 400;

/// The password among the arguments of a call whose opening parenthesis ends `hit`.
pub fn check(text: &Text<'_>, hit: Range<usize>, number: usize) -> Option<Assignment> {
    let mut cursor = Cursor::new(text, hit.end);
    let limit = hit.end + ARGUMENTS;
    for at in 0..=number {
        if !cursor.line_end() {
            cursor.blanks();
        }
        if cursor.at > limit {
            return None;
        }
        if at == number {
            let value = cursor.quoted()??;
            cursor.blanks();
            let ends = matches!(cursor.peek(), Some(b')' | b',')) || cursor.line_end();
            return (ends && !value.is_empty()).then_some(Assignment {
                name: hit,
                value,
                quoted: true,
                style: Style::Position,
            });
        }
        skip(&mut cursor)?;
        if !cursor.line_end() {
            cursor.blanks();
        }
        if !cursor.take(b",") {
            return None;
        }
    }
    None
}

/// Steps over an argument: a literal or an expression without commas.
fn skip(cursor: &mut Cursor<'_, '_>) -> Option<()> {
    if cursor.quoted().is_some() {
        return Some(());
    }
    let mut depth = 0usize;
    for byte in cursor.rest(120) {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.checked_sub(1)?,
            b',' if depth == 0 => return Some(()),
            b'\n' | b';' | b'{' => return None,
            _ => {}
        }
        cursor.at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FileKind, Origin, RepoPath, Source, SourceId};

    fn value(line: &str) -> Option<String> {
        let path = RepoPath::from("a.java");
        let source = Source::new(
            SourceId(0),
            path,
            FileKind::Java,
            line.as_bytes(),
            Origin::Buffer,
        );
        let text = Text::new(&source);
        let lower = line.to_ascii_lowercase();
        CALLS.iter().find_map(|(needle, number)| {
            let at = lower.find(needle)?;
            let found = check(&text, at..at + needle.len(), *number)?;
            Some(line[found.value].to_owned())
        })
    }

    #[test]
    fn the_argument_that_is_a_password_is_known() {
        for line in [
            "new NetworkCredential(\"ann\", \"s3cr3t!\")",
            "new UsernamePasswordCredentials(\"ann\", \"s3cr3t!\")",
            "new PasswordAuthentication(\"ann\", \"s3cr3t!\".toCharArray())",
            "requests.get(url, auth=('ann', 's3cr3t!'))",
            "DriverManager.getConnection(\n    url, \"ann\", \"s3cr3t!\")",
            "mysqli_connect('localhost', 'ann', 's3cr3t!', 'db')",
            "smtp.PlainAuth(\"\", \"ann\", \"s3cr3t!\", host)",
            "ftp_login($connection, 'ann', 's3cr3t!')",
            "conn.login('ann@x.io', 's3cr3t!', function (error) {",
            "pymysql.connect(\"localhost\", \"ann\", \"s3cr3t!\", \"db\")",
        ] {
            assert_eq!(value(line).as_deref(), Some("s3cr3t!"), "{line}");
        }
    }

    #[test]
    fn other_arguments_are_none() {
        for line in [
            "new Credentials(user, password)",
            "new Credentials(\"s3cr3t!\")",
            "form.login(\"ann\", password + \"s3cr3t!\")",
            "getConnection(\"ann\", \"s3cr3t!\")",
            "login(function () { a(\"x\", \"s3cr3t!\") })",
        ] {
            assert_eq!(value(line), None, "{line}");
        }
    }
}
