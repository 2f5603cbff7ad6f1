/// Most words of a line that are no lines of a key: more of them are a sentence.
const WORDS: usize = 6;
/// Shortest piece of a line that no word is as long as.
const PIECE: usize = 16;

/// What stands between the lines of PEM that begin and end a block.
#[derive(Debug, Default)]
pub struct Armour {
    pub base64: Vec<u8>,
    /// A header field says so.
    pub encrypted: bool,
    /// Where the block ends.
    pub end: usize,
    /// Something stands for the rest: `...`, `<key>`, `${KEY}`.
    pub cut: bool,
    /// Length of the longest piece without anything between.
    pub longest: usize,
}

impl Armour {
    /// Reads the base64 of a block, up to the end of `area` or to what belongs to none. Line ends
    /// in every spelling, quotes, indentation, comment signs, header fields and what joins strings
    /// are stepped over. In a difference each line begins with a sign of its own.
    pub fn read(area: &[u8], in_difference: bool) -> Self {
        let mut reader = Reader {
            area,
            at: 0,
            fresh: true,
            run: 0,
            words: 0,
            in_difference,
            out: Self::default(),
        };
        while let Some(byte) = area.get(reader.at).copied() {
            match reader.step(byte) {
                Step::On => {}
                Step::Stop => return reader.out,
                Step::Cut => {
                    reader.out.cut = true;
                    return reader.out;
                }
            }
        }
        reader.out.end = area.len();
        reader.out
    }
}

enum Step {
    On,
    /// The block is over.
    Stop,
    /// The block was shortened.
    Cut,
}

struct Reader<'a> {
    area: &'a [u8],
    at: usize,
    /// Nothing of the block has been read on this line.
    fresh: bool,
    /// Length of the current piece.
    run: usize,
    words: usize,
    in_difference: bool,
    out: Armour,
}

impl Reader<'_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.area.get(self.at + ahead).copied()
    }

    fn rest(&self) -> &[u8] {
        self.area.get(self.at..).unwrap_or_default()
    }

    fn step(&mut self, byte: u8) -> Step {
        if self.fresh && byte.is_ascii_alphabetic() && self.field() {
            return Step::On;
        }
        match byte {
            _ if self.is_sign(byte) => self.glue(1),
            b'/' if self.fresh && self.rest().starts_with(b"// ") => self.glue(3),
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' | b'=' => self.push(byte, 1),
            b'\n' => {
                let sign = self.in_difference && matches!(self.peek(1), Some(b'+' | b'-' | b' '));
                self.new_line(1 + usize::from(sign))
            }
            b' ' => {
                if (1..PIECE).contains(&self.run) {
                    self.words += 1;
                }
                match self.words > WORDS {
                    true => Step::Cut,
                    false => self.glue(1),
                }
            }
            b'\t' | b'\r' | b'"' | b'\'' | b'`' | b',' | b';' | b'(' | b')' | b'[' | b']' => {
                self.glue(1)
            }
            b'\\' => self.escape(),
            b'%' => self.percent(),
            b'&' => self.entity(),
            b'<' => self.tag(),
            b'.' if self.rest().starts_with(b"..") => Step::Cut,
            b'*' if self.rest().starts_with(b"**") => Step::Cut,
            b'#' | b'>' | b'|' | b'-' | b'*' if self.fresh => self.glue(1),
            b'{' | b'$' | b'*' | 0x80.. => Step::Cut,
            _ => Step::Stop,
        }
    }

    fn push(&mut self, byte: u8, length: usize) -> Step {
        self.out.base64.push(byte);
        self.at += length;
        self.out.end = self.at;
        self.run += 1;
        self.out.longest = self.out.longest.max(self.run);
        self.fresh = false;
        Step::On
    }

    fn glue(&mut self, length: usize) -> Step {
        self.at += length;
        self.run = 0;
        Step::On
    }

    fn new_line(&mut self, length: usize) -> Step {
        self.fresh = true;
        self.words = 0;
        self.glue(length)
    }

    /// A sign that joins strings, or a letter that stands before one: `" + "`, `" . "`, `b"`.
    fn is_sign(&self, byte: u8) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| self.area.get(at));
        let opens = before.is_none_or(|b| b.is_ascii_whitespace() || b"\"'(,".contains(b));
        let after = self.peek(1);
        match byte {
            b'+' | b'.' | b'&' | b'_' | b'=' => {
                opens && after.is_none_or(|b| b.is_ascii_whitespace() || b"\"'".contains(&b))
            }
            b'b' | b'r' | b'u' | b'f' | b'L' | b'@' => {
                let stands_alone = before.is_none_or(|b| b.is_ascii_whitespace() || *b == b'(');
                stands_alone && matches!(after, Some(b'"' | b'\''))
            }
            _ => false,
        }
    }

    /// Steps over a header field: `Proc-Type: 4,ENCRYPTED`, `Version: GnuPG v2`.
    fn field(&mut self) -> bool {
        let rest = self.rest();
        let name = rest
            .iter()
            .take(24)
            .take_while(|b| b.is_ascii_alphabetic() || **b == b'-')
            .count();
        if name < 3 || !rest.get(name..).is_some_and(|rest| rest.starts_with(b": ")) {
            return false;
        }
        let window = rest.get(..rest.len().min(200)).unwrap_or_default();
        let length = window
            .iter()
            .position(|b| matches!(b, b'\n' | b'\r' | b'\\' | b'"' | b'\'' | b'<'))
            .unwrap_or(window.len());
        let field = window.get(..length).unwrap_or_default();
        self.out.encrypted |= memchr::memmem::find(field, b"ENCRYPTED").is_some();
        self.glue(length);
        true
    }

    /// `\n`, `\\r\\n`, `\u000a`, `\x0a`, `\/`, `\"`, and a line that goes on.
    fn escape(&mut self) -> Step {
        let slashes = self.rest().iter().take_while(|b| **b == b'\\').count();
        let digits = match self.peek(slashes) {
            Some(b'n' | b'r') => return self.new_line(slashes + 1),
            Some(b't' | b'"' | b'\'') => return self.glue(slashes + 1),
            Some(b'/' | b'\n' | b'\r') => {
                self.at += slashes;
                return Step::On;
            }
            Some(b'u') => 4,
            Some(b'x') => 2,
            None => return self.glue(slashes),
            Some(_) => return Step::Stop,
        };
        self.coded(slashes + 1, digits)
    }

    fn percent(&mut self) -> Step {
        self.coded(1, 2)
    }

    /// A character written as hex digits.
    fn coded(&mut self, before: usize, digits: usize) -> Step {
        let code = self.rest().get(before..before + digits);
        let code = code
            .and_then(|code| std::str::from_utf8(code).ok())
            .and_then(|code| u8::from_str_radix(code, 16).ok());
        let length = before + digits;
        match code {
            Some(b'\n' | b'\r') => self.new_line(length),
            Some(b' ' | b'\t' | b'"' | b'\'') => self.glue(length),
            Some(byte @ (b'+' | b'/' | b'=')) => self.push(byte, length),
            _ => Step::Cut,
        }
    }

    /// `&#10;`, `&quot;`.
    fn entity(&mut self) -> Step {
        let rest = self.rest();
        let Some(end) = rest.iter().take(10).position(|b| *b == b';') else {
            return Step::Stop;
        };
        match rest.get(1..end).unwrap_or_default() {
            b"#10" | b"#13" | b"#xA" | b"#xa" | b"#xD" | b"#xd" | b"NewLine" => {
                self.new_line(end + 1)
            }
            b"quot" | b"apos" | b"#34" | b"#39" | b"nbsp" => self.glue(end + 1),
            b"#43" => self.push(b'+', end + 1),
            b"#47" => self.push(b'/', end + 1),
            b"#61" => self.push(b'=', end + 1),
            _ => Step::Stop,
        }
    }

    /// `<br/>` and other tags that end a line; any other is what to fill in.
    fn tag(&mut self) -> Step {
        let rest = self.rest();
        let Some(end) = rest.iter().take(16).position(|b| *b == b'>') else {
            return Step::Stop;
        };
        let name = rest.get(1..end).unwrap_or_default();
        let name = name.trim_ascii_end();
        let name = name.strip_suffix(b"/").unwrap_or(name).trim_ascii_end();
        match name.to_ascii_lowercase().as_slice() {
            b"br" | b"p" | b"/p" | b"div" | b"/div" | b"span" | b"/span" | b"li" | b"/li" => {
                self.new_line(end + 1)
            }
            // The element that holds the key is over.
            [b'/', ..] => Step::Stop,
            _ => Step::Cut,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "MIIBabcdefghijklmnopqrstuvwxyz01";

    fn read(area: &str) -> String {
        let armour = Armour::read(area.as_bytes(), false);
        assert!(!armour.cut, "{area}");
        String::from_utf8_lossy(&armour.base64).into_owned()
    }

    #[test]
    fn a_key_is_the_same_in_every_dress() {
        let twice = KEY.repeat(2);
        for area in [
            "\nA\nA\n",
            "\r\nA\r\nA\r\n",
            "\\nA\\nA\\n",
            "\\\\nA\\\\r\\\\nA\\\\n",
            "\\n\" +\n  \"A\\n\" +\n  \"A\\n\" + \"",
            "\\n\"\n  b\"A\\n\"\n  b\"A\\n\"\n \"",
            "\\n' .\n '\tA\\n' .\n 'A\\n' .\n'",
            "\", \"A\", \"A\", \"",
            "\n    A\n    A\n    ",
            "\n# A\n# A\n# ",
            "\n// A\n// A\n// ",
            "\n * A\n * A\n * ",
            "\n> A\n> A\n> ",
            " A A ",
            "<br/>A<br>A<br />",
            "&#10;A&#xA;A&#10;",
            "%0AA%0D%0AA%0A",
            "\\u000aA\\u000AA\\x0a",
            "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0A1B2C\n\nA\nA\n",
            "\\nVersion: GnuPG v2\\n\\nA\\nA\\n",
        ] {
            let spelt = area.replace("A", KEY).replace("0A1B2C", "0");
            let spelt = spelt.replace(&format!("%0{KEY}"), "%0A");
            let spelt = spelt.replace(&format!("&#x{KEY}"), "&#xA");
            let spelt = spelt.replace(&format!("\\u000{KEY}"), "\\u000A");
            let spelt = spelt.replace(&format!("{KEY}ES-128"), "AES-128");
            assert_eq!(read(&spelt), twice, "{spelt}");
        }
        assert_eq!(read("\\nab\\/c+d%2Be\\u003d\\n"), "ab/c+d+e=");
        let patch = Armour::read(b"\n+ab+\n++cd\n+", true);
        assert_eq!(patch.base64, b"ab++cd");
    }

    #[test]
    fn what_was_shortened_or_stands_in_is_cut() {
        for area in [
            "\nMIIE...\n",
            "\n<key>\n",
            "\n${KEY}\n",
            "\n{{ key }}\n",
            "\nMIIE***\n",
            "\nMIIE\u{2026}\n",
            "\nput the text of your own key into this place please\n",
            "%s",
        ] {
            assert!(Armour::read(area.as_bytes(), false).cut, "{area}");
        }
        let over = Armour::read(b"\nabcd</key><key>efgh", false);
        assert_eq!((over.base64.as_slice(), over.end), (&b"abcd"[..], 5));
    }
}
