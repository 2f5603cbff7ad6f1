//! The `plimsoll` program: everything is in the library.

use std::process::ExitCode;

/// A lockfile is many small pieces. The allocators of C libraries, of static ones above all, take
/// longer over them than the checks do.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The option of mimalloc for how long it keeps memory that was given back, in milliseconds:
/// `mi_option_purge_delay` in its `mimalloc.h`, which the bindings leave out.
const PURGE_DELAY: libmimalloc_sys::mi_option_t = 15;

/// By default a second, in which the trees of many files come and go. With a millisecond a run over
/// source code holds about a tenth less than with a twentieth of a second, which was less by a third
/// already, and takes about a twentieth longer.
fn give_memory_back() {
    // SAFETY: writes a number into the allocator's own table, before there is another thread.
    #[allow(unsafe_code)]
    unsafe {
        libmimalloc_sys::mi_option_set(PURGE_DELAY, 1);
    }
}

fn main() -> ExitCode {
    give_memory_back();
    // A panic's own words could quote a secret; the report says that a check failed.
    std::panic::set_hook(Box::new(|_| {}));
    plimsoll::cli::run(std::env::args_os())
}
