use super::bits;

/// True where the part before the last `_` is JSON that says when and for which server the token
/// was made.
pub fn holds(body: &[u8]) -> bool {
    let Some(sign) = body.iter().rposition(|b| *b == b'_') else {
        return false;
    };
    let text = body.get(..sign).and_then(bits::base64);
    text.and_then(|text| serde_json::from_slice::<serde_json::Value>(&text).ok())
        .is_some_and(|json| json.get("iat").is_some() && json.get("url").is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_part_is_json_or_nothing_is_said() {
        // {"iat":1,"url":"u"}
        let text = "eyJpYXQiOjEsInVybCI6InUifQ==";
        assert!(holds(format!("{text}_secret").as_bytes()));
        assert!(!holds(format!("x{text}_secret").as_bytes()));
        assert!(!holds(b"eyJ"));
    }
}
