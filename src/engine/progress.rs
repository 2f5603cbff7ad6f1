/// Told about every file that was checked, from any thread.
pub trait Progress: Sync {
    fn checked(&self, bytes: u64);
    /// Says how many there will be, where that is known before.
    fn announce(&self, _files: u64) {}
}

/// Says nothing.
#[derive(Clone, Copy, Debug)]
pub struct Silent;

impl Progress for Silent {
    fn checked(&self, _bytes: u64) {}
}
