use std::io::{self, Read};

use crate::guard::LIMITS;

const BLOCK: usize = 512;
/// Longest extended header that is read.
const EXTENDED: u64 = 1 << 20;

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
    /// Another name of a file in the same archive.
    HardLink,
    Symlink,
    Device,
}

/// What a header says, names and sizes of extended headers included.
#[derive(Debug)]
pub(super) struct Entry {
    pub name: Vec<u8>,
    pub kind: Kind,
    pub size: u64,
}

/// Why a tar ends before its end.
#[derive(Debug)]
pub(super) enum Broken {
    EndsEarly,
    Header,
    /// An extended header of unreasonable size.
    Extended,
    /// The stream below failed and knows why.
    Stream,
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::EndsEarly,
            _ => Self::Stream,
        }
    }
}

/// True where a block is a header: the checksum over it holds.
pub(super) fn is_header(head: &[u8]) -> bool {
    let Some(head) = head.first_chunk::<BLOCK>() else {
        return false;
    };
    let Some(written) = number(&head[148..156]) else {
        return false;
    };
    let bytes = head.iter().enumerate().map(|(at, byte)| match at {
        148..156 => b' ',
        _ => *byte,
    });
    let sums = bytes.fold((0u64, 0i64), |(plain, signed), byte| {
        (
            plain + u64::from(byte),
            signed + i64::from(byte.cast_signed()),
        )
    });
    // A block of zeros has a sum of blanks and no checksum written.
    head.first() != Some(&0) && (sums.0 == written || i64::try_from(written) == Ok(sums.1))
}

/// The entries of a tar, one after the other; the stream stands at an entry's data when it has
/// been told about.
pub(super) struct Tar<R> {
    stream: R,
    /// Data and padding of the last entry that nobody has read.
    left: u64,
    ended: bool,
}

impl<R: Read> Tar<R> {
    pub fn new(stream: R) -> Self {
        Self {
            stream,
            left: 0,
            ended: false,
        }
    }

    /// The next entry. Behind the end there may be another tar: its entries count as well.
    pub fn next(&mut self) -> Result<Option<Entry>, Broken> {
        let mut name = None;
        let mut size = None;
        loop {
            self.skip()?;
            let Some(head) = self.block()? else {
                return Ok(None);
            };
            if head.iter().all(|byte| *byte == 0) {
                self.ended = true;
                continue;
            }
            if !is_header(&head) {
                return if self.ended {
                    Ok(None)
                } else {
                    Err(Broken::Header)
                };
            }
            let stored = number(&head[124..136]).ok_or(Broken::Header)?;
            match head[156] {
                b'L' => name = Some(until_nul(&self.extended(stored)?).to_vec()),
                b'x' => {
                    let fields = self.extended(stored)?;
                    name = pax(&fields, b"GNU.sparse.name")
                        .or_else(|| pax(&fields, b"path"))
                        .map(<[u8]>::to_vec)
                        .or(name);
                    size = pax(&fields, b"size")
                        .and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok())
                        .or(size);
                }
                b'K' | b'g' | b'V' => {
                    self.set_left(stored);
                }
                kind => {
                    let size = size.take().unwrap_or(stored);
                    if kind == b'S' {
                        self.skip_map(&head)?;
                    }
                    self.set_left(size);
                    let name = name.take().unwrap_or_else(|| short_name(&head));
                    return Ok(Some(Entry {
                        kind: kind_of(kind, &name),
                        name,
                        size,
                    }));
                }
            }
        }
    }

    /// The data of the entry that was told about last.
    pub fn data(&mut self, size: u64) -> Data<'_, R> {
        Data {
            tar: self,
            left: size,
        }
    }

    fn set_left(&mut self, size: u64) {
        self.left = size
            .checked_next_multiple_of(BLOCK as u64)
            .unwrap_or(u64::MAX);
    }

    fn skip(&mut self) -> Result<(), Broken> {
        let mut rest = (&mut self.stream).take(self.left);
        let skipped = io::copy(&mut rest, &mut io::sink())?;
        // The padding of the very last entry may be missing.
        let missing = self.left - skipped;
        self.left = 0;
        match missing < BLOCK as u64 {
            true => Ok(()),
            false => Err(Broken::EndsEarly),
        }
    }

    fn block(&mut self) -> Result<Option<[u8; BLOCK]>, Broken> {
        let mut head = [0u8; BLOCK];
        let mut filled = 0;
        while filled < BLOCK {
            match self.stream.read(head.get_mut(filled..).unwrap_or_default()) {
                Ok(0) if filled == 0 || self.ended => return Ok(None),
                Ok(0) => return Err(Broken::EndsEarly),
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Some(head))
    }

    fn extended(&mut self, size: u64) -> Result<Vec<u8>, Broken> {
        if size > EXTENDED {
            return Err(Broken::Extended);
        }
        let mut bytes = Vec::new();
        (&mut self.stream).take(size).read_to_end(&mut bytes)?;
        self.set_left(size);
        self.left = self.left.saturating_sub(size);
        match bytes.len() as u64 == size {
            true => Ok(bytes),
            false => Err(Broken::EndsEarly),
        }
    }

    /// Steps over the further blocks of an old GNU sparse map: what follows is data.
    fn skip_map(&mut self, head: &[u8; BLOCK]) -> Result<(), Broken> {
        let mut goes_on = head[482] != 0;
        let mut blocks = 0;
        while goes_on {
            blocks += 1;
            if blocks > EXTENDED / BLOCK as u64 {
                return Err(Broken::Extended);
            }
            match self.block()? {
                Some(block) => goes_on = block[504] != 0,
                None => return Err(Broken::EndsEarly),
            }
        }
        Ok(())
    }
}

/// One entry's data.
pub(super) struct Data<'t, R> {
    tar: &'t mut Tar<R>,
    left: u64,
}

impl<R: Read> Read for Data<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 || buffer.is_empty() {
            return Ok(0);
        }
        let most = usize::try_from(self.left).map_or(buffer.len(), |left| left.min(buffer.len()));
        let read = self
            .tar
            .stream
            .read(buffer.get_mut(..most).unwrap_or_default())?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= read as u64;
        self.tar.left -= read as u64;
        Ok(read)
    }
}

fn kind_of(kind: u8, name: &[u8]) -> Kind {
    match kind {
        b'1' => Kind::HardLink,
        b'2' => Kind::Symlink,
        b'3' | b'4' | b'6' => Kind::Device,
        b'5' | b'D' => Kind::Folder,
        // Before there was a kind for them, a slash made a folder.
        b'0' | 0 if name.ends_with(b"/") => Kind::Folder,
        _ => Kind::File,
    }
}

fn short_name(head: &[u8; BLOCK]) -> Vec<u8> {
    let name = until_nul(&head[..100]);
    let prefix = match &head[257..263] {
        b"ustar\0" => until_nul(&head[345..500]),
        _ => b"",
    };
    match prefix.is_empty() {
        true => name.to_vec(),
        false => [prefix, b"/", name].concat(),
    }
}

fn until_nul(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// A number in octal, or in base 256 where the first bit says so.
fn number(field: &[u8]) -> Option<u64> {
    if let Some((first, rest)) = field.split_first()
        && *first == 0x80
    {
        let (high, low) = rest.split_at(rest.len().saturating_sub(8));
        let fits = high.iter().all(|byte| *byte == 0);
        return fits.then(|| low.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)));
    }
    let digits = until_nul(field).trim_ascii();
    let text = std::str::from_utf8(digits).ok()?;
    u64::from_str_radix(text, 8).ok()
}

/// The value of a key in a pax header: records of `length key=value\n`.
fn pax<'h>(mut header: &'h [u8], wanted: &[u8]) -> Option<&'h [u8]> {
    let mut found = None;
    while let Some(blank) = memchr::memchr(b' ', header) {
        let length: usize = std::str::from_utf8(header.get(..blank)?)
            .ok()?
            .parse()
            .ok()?;
        let record = header.get(blank + 1..length)?;
        let record = record.strip_suffix(b"\n").unwrap_or(record);
        if let Some(equals) = memchr::memchr(b'=', record)
            && record.get(..equals) == Some(wanted)
        {
            found = record.get(equals + 1..);
        }
        header = header.get(length..)?;
    }
    found.filter(|value| value.len() <= LIMITS.path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_octal_or_binary() {
        assert_eq!(number(b"0000644\0"), Some(0o644));
        assert_eq!(number(b" 644 \0  "), Some(0o644));
        assert_eq!(
            number(&[0x80, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]),
            Some(1 << 32)
        );
        assert_eq!(number(b"\0\0\0"), None);
    }

    #[test]
    fn a_value_in_a_pax_header_may_hold_anything() {
        let header = b"14 path=a\nb=c\n12 size=100\n";
        assert_eq!(pax(header, b"path"), Some(&b"a\nb=c"[..]));
        assert_eq!(pax(header, b"size"), Some(&b"100"[..]));
        assert_eq!(pax(b"99 path=x\n", b"path"), None);
    }
}
