//! What the streams are: decides colour, width and progress.

use std::env;
use std::io::{self, IsTerminal as _};

use clap::ValueEnum;

/// `--color`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    #[default]
    Auto,
    Always,
    Never,
}

/// Flag, then NO_COLOR, then CLICOLOR_FORCE and FORCE_COLOR, then TERM, then the terminal.
pub fn use_color(choice: ColorChoice) -> bool {
    let set = |name: &str| env::var_os(name).is_some_and(|v| !v.is_empty());
    let forced = |name: &str| env::var_os(name).is_some_and(|v| !v.is_empty() && v != "0");
    match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto if set("NO_COLOR") => false,
        ColorChoice::Auto if forced("CLICOLOR_FORCE") || forced("FORCE_COLOR") => true,
        ColorChoice::Auto if env::var_os("TERM").is_some_and(|term| term == "dumb") => false,
        ColorChoice::Auto => io::stdout().is_terminal(),
    }
}

/// Columns to write in: the terminal's, `COLUMNS`, or 100.
pub fn width() -> usize {
    let wanted = env::var("COLUMNS").ok().and_then(|c| c.parse().ok());
    terminal_size::terminal_size()
        .map(|(width, _)| usize::from(width.0))
        .or(wanted)
        .unwrap_or(100)
        .clamp(40, 200)
}

/// True where somebody watches stderr and no machine reads it.
pub fn shows_progress() -> bool {
    io::stderr().is_terminal()
        && env::var_os("CI").is_none()
        && env::var_os("TERM").is_none_or(|term| term != "dumb")
}
