//! What functions are called with by those who send something: handlers of Lambda, and of the
//! messages of other windows.

use super::Language;
use super::code::{ScopeId, ScopeKind};
use super::eval::Pass;
use super::value::Taint;

/// How much of what stands before a function is read, in bytes.
const BEFORE: usize = 120;

/// Functions around a use of an event that are looked at.
const DEPTH: usize = 4;

impl Pass<'_, '_> {
    /// What a member of an event brings: all of it is the caller's in a handler of Lambda, the data
    /// is another window's in one of messages.
    pub(super) fn brought_by_event(&self, object: &str, member: &str, scope: ScopeId) -> Taint {
        let is_event = matches!(object, "event" | "evt" | "ev" | "e");
        if self.language != Language::JavaScript || !is_event {
            return Taint::NONE;
        }
        let mut at = scope;
        for _ in 0..DEPTH {
            let Some(own) = self.code.scope(at) else {
                break;
            };
            if own.kind == ScopeKind::Function {
                let text = self.code.slice(own.span);
                let head = text.split([')', '{']).next().unwrap_or(text);
                if takes(head, object) {
                    let start = own.span.start as usize;
                    let before = self.code.text.get(start.saturating_sub(BEFORE)..start);
                    let before = String::from_utf8_lossy(before.unwrap_or_default());
                    return brings(&before, head, object, member);
                }
            }
            if at == ScopeId::MODULE {
                break;
            }
            at = own.parent;
        }
        Taint::NONE
    }
}

/// True where a head of a function has this name as its first parameter.
fn takes(head: &str, name: &str) -> bool {
    let list = head.split_once('(').map_or(head, |(_, list)| list);
    let first = list.split(['=', ',', ':']).next().unwrap_or(list);
    let first = first.trim().trim_end_matches('?');
    first.strip_prefix("async ").unwrap_or(first).trim() == name
}

fn brings(before: &str, head: &str, object: &str, member: &str) -> Taint {
    let line = before.trim_end();
    let line = line.strip_suffix("async").unwrap_or(line).trim_end();
    let statement = line.rsplit([';', '}', '\n']).next().unwrap_or(line).trim();
    if member == "data" && is_message(statement) {
        return Taint::INPUT;
    }
    // What a browser or a stream hands over has these.
    let is_of_page = matches!(
        member,
        "target"
            | "currentTarget"
            | "preventDefault"
            | "stopPropagation"
            | "data"
            | "type"
            | "detail"
    );
    if object == "event" && !is_of_page && is_lambda(statement, head) {
        return Taint::REQUEST;
    }
    Taint::NONE
}

/// `window.addEventListener("message",`, `window.onmessage =`
fn is_message(statement: &str) -> bool {
    let list = statement.strip_suffix(',').map(str::trim_end);
    let is_listener = list.is_some_and(|list| {
        ["'message'", "\"message\"", "`message`"]
            .iter()
            .filter_map(|name| list.strip_suffix(name))
            .any(|rest| {
                rest.trim_end()
                    .strip_suffix('(')
                    .is_some_and(|rest| rest.ends_with("addEventListener") && !is_worker(rest))
            })
    });
    let owner = statement.strip_suffix('=').map(str::trim_end);
    let is_assigned = owner.is_some_and(|owner| {
        matches!(
            owner,
            "onmessage" | "window.onmessage" | "window.top.onmessage" | "parent.onmessage"
        )
    });
    is_listener || is_assigned
}

/// `worker.addEventListener`, `self.addEventListener`: hears from its own page, or from a server.
fn is_worker(callee: &str) -> bool {
    let owner = callee.strip_suffix("addEventListener").unwrap_or(callee);
    !matches!(
        owner,
        "" | "window." | "top." | "parent." | "window.top." | "window.parent."
    )
}

/// `exports.handler =`, `export const handler =`, `export async function handler(event`
fn is_lambda(statement: &str, head: &str) -> bool {
    let named = |name: &str| name.to_ascii_lowercase().ends_with("handler") || name == "main";
    if let Some(target) = statement.strip_suffix('=').map(str::trim_end) {
        let target = target.split(':').next().unwrap_or(target).trim_end();
        if target.starts_with("exports.") || target.starts_with("module.exports.") {
            return true;
        }
        let name = target.strip_prefix("export const ");
        return name.is_some_and(named) || target == "module.exports";
    }
    let name = head
        .split_once("function ")
        .and_then(|(_, rest)| rest.split_once('('));
    let is_exported = statement.ends_with("export") || statement.ends_with("export default");
    let is_exported = is_exported || head.starts_with("export ");
    is_exported && name.is_some_and(|(name, _)| named(name.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handler_of_lambda_is_exported_and_takes_an_event() {
        for (before, head) in [
            ("exports.run = async ", "(event, context"),
            ("module.exports.resize = ", "async (event"),
            ("exports.pg = ", "async function (event"),
            (
                "export const handler = async ",
                "(event: APIGatewayProxyEvent",
            ),
            ("export const handler: Handler = async ", "(event"),
            ("export ", "async function handler(event"),
        ] {
            assert!(takes(head, "event"), "{head}");
            assert_eq!(
                brings(before, head, "event", "file"),
                Taint::REQUEST,
                "{before}{head}"
            );
        }
        for (before, head) in [
            ("const handler = ", "(event"),
            ("export const onClick = ", "(event"),
            ("button.onclick = ", "function (event"),
            ("list.forEach(", "(event"),
        ] {
            assert_eq!(
                brings(before, head, "event", "file"),
                Taint::NONE,
                "{before}{head}"
            );
        }
        assert_eq!(
            brings("exports.a = ", "(event", "event", "target"),
            Taint::NONE
        );
        assert!(!takes("(context, event", "event"));
    }

    #[test]
    fn the_data_of_a_message_is_what_another_window_says() {
        for before in [
            "window.addEventListener('message', ",
            "addEventListener(\"message\", async ",
            "window.onmessage = ",
        ] {
            assert_eq!(brings(before, "(e", "e", "data"), Taint::INPUT, "{before}");
            assert_eq!(brings(before, "(e", "e", "origin"), Taint::NONE, "{before}");
        }
        for before in [
            "worker.addEventListener('message', ",
            "window.addEventListener('click', ",
            "socket.onmessage = ",
            "self.addEventListener('message', ",
        ] {
            assert_eq!(brings(before, "(e", "e", "data"), Taint::NONE, "{before}");
        }
    }
}
