use std::sync::Arc;

/// How the file's bytes were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, or an unknown superset of ASCII: the bytes are the file's own.
    Utf8,
    /// Transcribed from UTF-16: positions are positions in the UTF-8 transcription.
    Utf16Le,
    Utf16Be,
}

/// Bytes looked at to tell text from binary, as git does.
const SNIFF: usize = 8000;

/// Sniffs the encoding and returns UTF-8 (or the bytes as they are).
pub fn decode(raw: &[u8]) -> (Encoding, Arc<[u8]>) {
    match sniff(raw) {
        Encoding::Utf8 => (Encoding::Utf8, Arc::from(raw)),
        encoding => {
            let body = match raw {
                [0xff, 0xfe, rest @ ..] | [0xfe, 0xff, rest @ ..] => rest,
                _ => raw,
            };
            let units = body.chunks_exact(2).map(|pair| {
                let pair = [pair[0], pair[1]];
                if encoding == Encoding::Utf16Le {
                    u16::from_le_bytes(pair)
                } else {
                    u16::from_be_bytes(pair)
                }
            });
            let text: String = char::decode_utf16(units)
                .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect();
            (encoding, Arc::from(text.into_bytes()))
        }
    }
}

/// A byte-order mark decides; without one, text whose every second byte is NUL is UTF-16.
pub fn sniff(raw: &[u8]) -> Encoding {
    match raw {
        // A UTF-32 mark begins like a UTF-16 one; UTF-32 stays binary.
        [0xff, 0xfe, 0, 0, ..] => return Encoding::Utf8,
        [0xff, 0xfe, ..] => return Encoding::Utf16Le,
        [0xfe, 0xff, ..] => return Encoding::Utf16Be,
        _ => {}
    }
    let head = &raw[..raw.len().min(SNIFF)];
    if head.len() < 8 || memchr::memchr(0, head).is_none() {
        return Encoding::Utf8;
    }
    let pairs = head.len() / 2;
    let text = |b: u8| b == b'\t' || b == b'\n' || b == b'\r' || (0x20..0x7f).contains(&b);
    let matching = |low: usize| {
        head.chunks_exact(2)
            .filter(|pair| text(pair[low]) && pair[1 - low] == 0)
            .count()
    };
    // Nine of ten units are ASCII: a binary file does not look like this by chance.
    if matching(0) * 10 >= pairs * 9 {
        Encoding::Utf16Le
    } else if matching(1) * 10 >= pairs * 9 {
        Encoding::Utf16Be
    } else {
        Encoding::Utf8
    }
}

/// True for bytes that are not text: a NUL among the first 8,000, as git decides.
pub fn is_binary(bytes: &[u8]) -> bool {
    memchr::memchr(0, &bytes[..bytes.len().min(SNIFF)]).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, little: bool) -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|u| {
                if little {
                    u.to_le_bytes()
                } else {
                    u.to_be_bytes()
                }
            })
            .collect()
    }

    #[test]
    fn utf16_is_read_with_and_without_a_mark() {
        let text = "FROM debian:latest\n";
        for little in [true, false] {
            let bare = utf16(text, little);
            let mut marked = if little {
                vec![0xff, 0xfe]
            } else {
                vec![0xfe, 0xff]
            };
            marked.extend(&bare);
            assert_eq!(&*decode(&bare).1, text.as_bytes());
            assert_eq!(&*decode(&marked).1, text.as_bytes());
        }
    }

    #[test]
    fn binaries_stay_binaries() {
        let (encoding, bytes) = decode(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0");
        assert_eq!(encoding, Encoding::Utf8);
        assert!(is_binary(&bytes));
    }
}
