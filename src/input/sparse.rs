use std::fs::File;
use std::io::{self, Read};

/// A file read from its start. Where the disk holds nothing of it, it gives zeros without asking:
/// an image of gigabytes may be a few pages.
#[derive(Debug)]
pub struct Sparse {
    file: File,
    at: u64,
    /// Up to where zeros, and then up to where data follows.
    zeros: u64,
    data: u64,
    length: u64,
}

impl Sparse {
    /// Reads at most `limit` bytes.
    pub fn new(file: File, limit: u64) -> io::Result<Self> {
        let length = file.metadata()?.len().min(limit);
        let mut sparse = Self {
            file,
            at: 0,
            zeros: 0,
            data: 0,
            length,
        };
        sparse.look()?;
        Ok(sparse)
    }

    /// Finds out what follows, and goes to where the next data is.
    fn look(&mut self) -> io::Result<()> {
        (self.zeros, self.data) = match stretch(&self.file, self.at) {
            Some((data, hole)) => (data.min(self.length), hole.min(self.length)),
            None => (self.at, self.length),
        };
        io::Seek::seek(&mut self.file, io::SeekFrom::Start(self.zeros)).map(drop)
    }
}

impl Read for Sparse {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.data && self.at < self.length {
            self.look()?;
        }
        let is_zero = self.at < self.zeros;
        let end = if is_zero { self.zeros } else { self.data };
        let room = usize::try_from(end.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let most = room.min(buffer.len());
        let into = buffer.get_mut(..most).unwrap_or_default();
        let read = if is_zero {
            into.fill(0);
            most
        } else {
            self.file.read(into)?
        };
        self.at += read as u64;
        Ok(read)
    }
}

/// Where the next data begins and ends; all zeros from here on begin at the end of the file.
#[cfg(target_os = "linux")]
fn stretch(file: &File, at: u64) -> Option<(u64, u64)> {
    use rustix::fs::{SeekFrom, seek};
    let data = match seek(file, SeekFrom::Data(at)) {
        Ok(data) => data,
        Err(rustix::io::Errno::NXIO) => return Some((u64::MAX, u64::MAX)),
        Err(_) => return None,
    };
    let hole = seek(file, SeekFrom::Hole(data)).ok()?;
    // A file that changes meanwhile is read as it comes.
    (data >= at && hole > data).then_some((data, hole))
}

#[cfg(not(target_os = "linux"))]
fn stretch(_: &File, _: u64) -> Option<(u64, u64)> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::FileExt as _;

    #[test]
    fn holes_read_as_zeros_and_what_lies_between_them_as_it_is() {
        let file = tempfile::tempfile().expect("a file");
        file.set_len(1 << 20).expect("a hole");
        file.write_all_at(b"first", 0).expect("write");
        file.write_all_at(b"middle", 500_000).expect("write");
        file.write_all_at(b"end", (1 << 20) - 3).expect("write");
        for limit in [1 << 20, 500_003, 300_000, 3] {
            let mut whole = Vec::new();
            let mut plain = file.try_clone().expect("the file");
            io::Seek::rewind(&mut plain).expect("its start");
            plain.take(limit).read_to_end(&mut whole).expect("read");
            let mut sparse = Sparse::new(file.try_clone().expect("the file"), limit).expect("open");
            let mut read = Vec::new();
            sparse.read_to_end(&mut read).expect("read");
            assert!(read == whole, "{limit}");
        }
    }
}
