//! Examples of rules: `${...}` stands for a look-alike secret made on the spot, so that no file of
//! this repository holds one.

use std::borrow::Cow;

/// Replaces every `${kind:...}` placeholder of an example's text.
///
/// | placeholder | becomes |
/// |---|---|
/// | `${rand:ALPHABET:N}` | N characters of `hex`, `HEX`, `lower`, `upper`, `alnum`, `base64`, `base64url`, `digits` |
/// | `${join:A\|B\|C}` | `ABC`: a literal that must not stand in one piece in a file |
pub fn expand(text: &str) -> Cow<'_, str> {
    if !text.contains("${rand:") && !text.contains("${join:") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let (before, tail) = rest.split_at(at);
        out.push_str(before);
        let placeholder = tail
            .find('}')
            .and_then(|end| Some((generate(&tail[2..end])?, end)));
        match placeholder {
            Some((made, end)) => {
                out.push_str(&made);
                rest = &tail[end + 1..];
            }
            None => {
                out.push_str("${");
                rest = &tail[2..];
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn generate(body: &str) -> Option<String> {
    if let Some(parts) = body.strip_prefix("join:") {
        return Some(parts.replace('|', ""));
    }
    let (alphabet, length) = body.strip_prefix("rand:")?.split_once(':')?;
    let alphabet: &[u8] = match alphabet {
        "hex" => b"0123456789abcdef",
        "HEX" => b"0123456789ABCDEF",
        "lower" => b"abcdefghijklmnopqrstuvwxyz0123456789",
        "upper" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
        "alnum" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        "base64" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
        "base64url" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
        "digits" => b"0123456789",
        _ => return None,
    };
    let length: usize = length.parse().ok()?;
    // A fixed sequence: the same example is the same text on every machine.
    let mut state = 0x9e37_79b9_7f4a_7c15u64 ^ length as u64;
    let made = (0..length)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            alphabet[(state >> 33) as usize % alphabet.len()] as char
        })
        .collect();
    Some(made)
}

#[cfg(test)]
mod tests {
    use super::expand;

    #[test]
    fn placeholders_become_text_and_shell_variables_stay() {
        let text = expand("a=${HOME} ${join:gh|p_}${rand:digits:4}").into_owned();
        assert!(text.starts_with("a=${HOME} ghp_"));
        assert_eq!(text.len(), "a=${HOME} ghp_0000".len());
    }
}
