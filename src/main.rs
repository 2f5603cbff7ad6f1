//! The `plimsoll` program: everything is in the library.

use std::process::ExitCode;

/// A lockfile is many small pieces. The allocators of C libraries, of static ones above all, take
/// longer over them than the checks do.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // A panic's own words could quote a secret; the report says that a check failed.
    std::panic::set_hook(Box::new(|_| {}));
    plimsoll::cli::run(std::env::args_os())
}
