//! Words by which a program lets itself be controlled from outside.

/// What a word of a command or of an environment opens, if it opens anything to everybody.
pub(super) fn opened_by(word: &str) -> Option<&'static str> {
    let everywhere = |address: &str| {
        ["*:", "0.0.0.0", "[::]", ":::"]
            .iter()
            .any(|any| address.starts_with(any))
    };
    let after = |key: &str| word.split_once(key).map(|(_, rest)| rest);
    if word.contains("jdwp=") && after("address=").is_some_and(everywhere) {
        return Some("the Java debugger, by which everybody who reaches it runs code");
    }
    let node = after("--inspect=").or_else(|| after("--inspect-brk="));
    if node.is_some_and(everywhere) {
        return Some("the Node.js debugger, by which everybody who reaches it runs code");
    }
    if word.contains("com.sun.management.jmxremote.authenticate=false") {
        return Some(
            "Java's management without a password, by which everybody who reaches it runs code",
        );
    }
    None
}
