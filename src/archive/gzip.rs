use std::io::{self, BufRead, Read};

use flate2::bufread::GzDecoder;

/// All members of a gzip stream, one after the other. What follows the last one is padding, as for
/// gzip itself.
pub(super) struct Gzip<R: BufRead> {
    decoder: Option<GzDecoder<R>>,
    rest: Option<R>,
}

impl<R: BufRead> Gzip<R> {
    pub fn new(source: R) -> Self {
        Self {
            decoder: Some(GzDecoder::new(source)),
            rest: None,
        }
    }

    /// Starts the next member; false at the end.
    fn next_member(&mut self) -> io::Result<bool> {
        let Some(mut source) = self.rest.take() else {
            return Ok(false);
        };
        let goes_on = source.fill_buf()?.starts_with(&[0x1f]);
        if goes_on {
            self.decoder = Some(GzDecoder::new(source));
        }
        Ok(goes_on)
    }
}

impl<R: BufRead> Read for Gzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            let Some(decoder) = &mut self.decoder else {
                match self.next_member()? {
                    true => continue,
                    false => return Ok(0),
                }
            };
            let read = decoder.read(buffer)?;
            if read > 0 {
                return Ok(read);
            }
            self.rest = self.decoder.take().map(GzDecoder::into_inner);
        }
    }
}
