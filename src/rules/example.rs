//! Examples of rules: `${...}` stands for a look-alike secret made on the spot, so that no file of
//! this repository holds one.

use std::borrow::Cow;

use super::checksum;

/// Replaces every `${kind:...}` placeholder of an example's text.
///
/// | placeholder | becomes |
/// |---|---|
/// | `${rand:ALPHABET:N}` | N characters of `hex`, `HEX`, `lower`, `upper`, `alnum`, `base64`, `base64url`, `digits`, `base32`, `base32lower`, `word` |
/// | `${join:A\|B\|C}` | `ABC`: a literal that must not stand in one piece in a file |
/// | `${crc32:PREFIX:N}` | the prefix, N characters and the check that GitHub and npm append |
/// | `${bech32:PREFIX:N}` | the prefix, N characters and their Bech32 check |
/// | `${nkey:BYTES}` | these bytes in hex, 32 more and their CRC-16, in base32 |
/// | `${base58check:BYTES:N}` | these bytes in hex, N more and their check, in base 58 |
/// | `${mnemonic:N}` | a phrase of N words with a check that holds |
/// | `${base64:TEXT}` | the text in base64 |
/// | `${jwt:ROLE}` | a JSON Web Token of somebody with that role |
/// | `${pem:LABEL}` | a block of PEM with a DER sequence inside, its lines joined by line ends |
/// | `${pem64:LABEL}` | the same in base64 |
/// | `${blob:TEXT:N}` | the text and N bytes behind it, in base64 |
/// | `${der:}` | a private key of RSA in base64, without armour |
/// | `${pemline:LABEL}` | the same, joined by `\n` escapes |
pub fn expand(text: &str) -> Cow<'_, str> {
    if !text.contains("${") {
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
    let (kind, rest) = body.split_once(':')?;
    let sized = || -> Option<(&str, usize)> {
        let (name, length) = rest.rsplit_once(':')?;
        Some((name, length.parse().ok()?))
    };
    Some(match kind {
        "join" => rest.replace('|', ""),
        "base64" => base64(rest.as_bytes(), false),
        "jwt" => token(rest),
        "blob" => {
            let (start, length) = sized()?;
            base64(&[start.as_bytes(), &bytes(length)].concat(), false)
        }
        "der" => base64(&rsa_key(), false),
        "pem64" => base64(pem(rest, "\n").as_bytes(), false),
        "pem" => pem(rest, "\n"),
        "pemline" => pem(rest, "\\n"),
        "rand" => {
            let (alphabet, length) = sized()?;
            random(self::alphabet(alphabet)?, length)
        }
        "crc32" => {
            let (prefix, length) = sized()?;
            let payload = random(alphabet("alnum")?, length);
            prefix.to_owned() + &checksum::crc32_base62(&payload)
        }
        "bech32" => {
            let (prefix, length) = sized()?;
            let payload = random(b"QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", length);
            prefix.to_owned() + &checksum::bech32(prefix, &payload)
        }
        "nkey" => checksum::base32_crc16(&[&hex(rest)?[..], &bytes(32)].concat()),
        "base58check" => {
            let (version, length) = sized()?;
            checksum::base58check(&[&hex(version)?[..], &bytes(length)].concat())
        }
        "mnemonic" => checksum::mnemonic_of(&bytes(rest.parse::<usize>().ok()? / 3 * 4)),
        _ => return None,
    })
}

fn alphabet(name: &str) -> Option<&'static [u8]> {
    Some(match name {
        "hex" => b"0123456789abcdef",
        "HEX" => b"0123456789ABCDEF",
        "lower" => b"abcdefghijklmnopqrstuvwxyz0123456789",
        "upper" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
        "base32" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
        "base32lower" => b"abcdefghijklmnopqrstuvwxyz234567",
        "word" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_",
        "alnum" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        "base64" => BASE64,
        "base64url" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
        "digits" => b"0123456789",
        _ => return None,
    })
}

/// A fixed sequence: the same example is the same text on every machine.
fn random(alphabet: &[u8], length: usize) -> String {
    let mut state = 0x9e37_79b9_7f4a_7c15u64 ^ length as u64;
    (0..length)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            alphabet[(state >> 33) as usize % alphabet.len()] as char
        })
        .collect()
}

fn bytes(length: usize) -> Vec<u8> {
    random(BASE64, length).into_bytes()
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn base64(bytes: &[u8], for_urls: bool) -> String {
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let bits = (0..3).fold(0u32, |bits, at| {
            bits << 8 | u32::from(chunk.get(at).copied().unwrap_or(0))
        });
        for at in 0..=chunk.len() {
            out.push(BASE64[(bits >> (18 - 6 * at) & 63) as usize] as char);
        }
        if !for_urls {
            (chunk.len()..3).for_each(|_| out.push('='));
        }
    }
    if for_urls {
        out = out.replace('+', "-").replace('/', "_");
    }
    out
}

fn token(role: &str) -> String {
    let header = base64(br#"{"alg":"HS256","typ":"JWT"}"#, true);
    let claims =
        format!(r#"{{"iss":"harbour","role":"{role}","iat":1767225600,"exp":1893456000}}"#);
    let signature = random(BASE64, 43).replace('+', "-").replace('/', "_");
    format!("{header}.{}.{signature}", base64(claims.as_bytes(), true))
}

fn pem(label: &str, line_end: &str) -> String {
    let bytes = key(label);
    let text = base64(&bytes, false);
    let mut out = format!("-----BEGIN {label}-----");
    for line in text.as_bytes().chunks(64) {
        out.push_str(line_end);
        out.push_str(&String::from_utf8_lossy(line));
    }
    format!("{out}{line_end}-----END {label}-----")
}

/// The frame of PKCS #8 around 600 bytes.
fn rsa_key() -> Vec<u8> {
    let frame = b"\x30\x82\x02\x6e\x02\x01\0\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\0\x04\x82\x02\x58";
    [&frame[..], &bytes(600)].concat()
}

/// What a block of PEM holds: the frame of its format around bytes that mean nothing.
fn key(label: &str) -> Vec<u8> {
    let body = bytes(600);
    let frame: &[u8] = match label {
        // No cipher, no key derivation, no options, one key; its public and its private part.
        "OPENSSH PRIVATE KEY" => &[
            &b"openssh-key-v1\0\0\0\0\x04none\0\0\0\x04none\0\0\0\0\0\0\0\x01"[..],
            b"\0\0\0\x02pk\0\0\x02\x58",
        ]
        .concat(),
        // A secret key packet of 600 bytes, RSA with two short numbers, no passphrase.
        "PGP PRIVATE KEY BLOCK" => &[0x95, 2, 0x66, 4, 0, 0, 0, 1, 1, 0, 16, 200, 1, 0, 2, 3, 0],
        // A DER sequence of 600 bytes.
        _ => &[0x30, 0x82, 0x02, 0x58],
    };
    [frame, &body].concat()
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

    #[test]
    fn base64_and_tokens_are_what_they_say() {
        assert_eq!(expand("${base64:user:hi}"), "dXNlcjpoaQ==");
        assert_eq!(expand("${jwt:admin}").split('.').count(), 3);
        assert!(
            expand("${pem:RSA PRIVATE KEY}").starts_with("-----BEGIN RSA PRIVATE KEY-----\nMII")
        );
        assert_eq!(expand("${crc32:ghp_:30}").len(), 40);
    }
}
