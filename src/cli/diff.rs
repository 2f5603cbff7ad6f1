use clap::{Args, ValueHint};

use crate::check::What;

use super::check::{CommonArgs, finish, perform};
use super::{Outcome, output};

/// Arguments of `diff`.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// BASE..HEAD, or BASE alone: what changed since the two parted
    #[arg(value_name = "RANGE", value_hint = ValueHint::Other)]
    range: String,
    /// Report findings on unchanged lines too
    #[arg(long)]
    whole_files: bool,
    #[command(flatten)]
    common: CommonArgs,
}

const HINT: &str = "next: plimsoll explain RULE says why and what to do";

pub fn run(args: &DiffArgs) -> Outcome {
    let what = What::Range(args.range.clone());
    let checked = perform(what, &args.common, args.whole_files, false)?;
    if checked.changes == Some(0) {
        output::note("the range changes nothing");
    }
    finish(&checked, &args.common, HINT)
}
