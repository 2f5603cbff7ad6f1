//! How much may be held at once, over all threads.

use std::sync::{Condvar, Mutex, PoisonError};

/// How many bytes may be held at once: whoever wants to hold more waits until others let go.
#[derive(Debug)]
pub struct Flight {
    held: Mutex<u64>,
    freed: Condvar,
    most: u64,
}

/// Bytes that are held until this is dropped.
#[derive(Debug)]
pub struct Held<'f> {
    flight: &'f Flight,
    bytes: u64,
}

impl Flight {
    pub const fn new(most: u64) -> Self {
        Self {
            held: Mutex::new(0),
            freed: Condvar::new(),
            most,
        }
    }

    /// Waits for room. What is larger than all of it gets all of it.
    pub fn hold(&self, bytes: u64) -> Held<'_> {
        let bytes = bytes.min(self.most);
        if bytes > 0 {
            let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
            let full = |held: &mut u64| *held + bytes > self.most;
            let mut held = self
                .freed
                .wait_while(held, full)
                .unwrap_or_else(PoisonError::into_inner);
            *held += bytes;
        }
        Held {
            flight: self,
            bytes,
        }
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        if self.bytes > 0 {
            let mut held = self
                .flight
                .held
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            *held -= self.bytes;
            drop(held);
            self.flight.freed.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    #[test]
    fn never_more_than_the_most_is_held() {
        let flight = Flight::new(10);
        let now = AtomicU64::new(0);
        std::thread::scope(|scope| {
            for bytes in [4, 4, 6, 10, 99, 1, 3, 7] {
                let (flight, now) = (&flight, &now);
                scope.spawn(move || {
                    for _ in 0..200 {
                        let held = flight.hold(bytes);
                        let counted = bytes.min(10);
                        assert!(now.fetch_add(counted, Ordering::SeqCst) + counted <= 10);
                        now.fetch_sub(counted, Ordering::SeqCst);
                        drop(held);
                    }
                });
            }
        });
    }
}
