//! sql-injection: what the caller says becomes part of a statement.

use super::Shell;
use super::foreign::Foreign;
use crate::detect::Sink;
use crate::parse::shell::{Command, Word};

/// Clients that take a statement on their command line or their input.
const CLIENTS: [&str; 9] = [
    "mysql",
    "mariadb",
    "psql",
    "sqlite3",
    "sqlcmd",
    "sqlplus",
    "clickhouse-client",
    "mongo",
    "mongosh",
];

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let mut foreign: Option<Foreign<'_>> = None;
    for command in shell.script.named(&CLIENTS) {
        let inputs = shell.script.inputs(command);
        let given = inputs.map(|(_, redirect)| &redirect.target);
        let statements = command.args().iter().chain(given);
        let statements =
            statements.filter(|word| !word.is_literal() && is_statement(command, word));
        for word in statements {
            let foreign = foreign.get_or_insert_with(|| Foreign::of(shell));
            if let Some(name) = foreign.variable(command, word) {
                out.report(
                    rule,
                    word.span,
                    format!("${name}, which the caller chooses, is part of a statement for {}", command.name),
                )
                .text("a quote in it ends the text")
                .help("hand the value over as a variable of the client (psql -v id=\"$1\" with :'id' in a statement that it reads), or let only known characters through");
                break;
            }
        }
    }
}

/// Whoever may do this owns the database: nothing is left to be gained.
const SETUP: [&str; 6] = [
    "create database",
    "create user",
    "create role",
    "alter user",
    "alter role",
    "grant ",
];

fn is_statement(command: &Command, word: &Word) -> bool {
    let lower = word.text.to_ascii_lowercase();
    if SETUP
        .iter()
        .any(|setup| lower.trim_start().starts_with(setup))
    {
        return false;
    }
    let verbs: &[&str] = match command.name.starts_with("mongo") {
        true => &["db.", ".find(", ".insert", ".update"],
        false => &[
            "select ",
            "insert into ",
            "update ",
            "delete from ",
            "drop ",
            "create ",
            "alter ",
            "replace into ",
            "set password",
        ],
    };
    verbs.iter().any(|verb| lower.contains(verb))
}
