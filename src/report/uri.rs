//! Paths as parts of URIs (RFC 3986).

/// Percent-encodes every byte that a path segment may not hold; `/` stays.
pub(super) fn encode_path(path: &[u8], into: &mut String) {
    for byte in path {
        let plain = byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(byte);
        if plain {
            into.push(*byte as char);
        } else {
            into.push_str(&format!("%{byte:02X}"));
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn everything_but_path_characters_is_encoded() {
        let mut uri = String::new();
        super::encode_path(b"a b/\xff:#%", &mut uri);
        assert_eq!(uri, "a%20b/%FF%3A%23%25");
    }
}
