//! The OpenVEX documents that a run goes by: those that are named on the command line, and those of
//! the configuration, as the state that is checked has them.

use std::sync::Arc;

use super::{CheckError, CheckRequest, as_text, files};
use crate::guard::LIMITS;
use crate::input::{InputError, Repository, Root, WorktreeFiles, read_config};
use crate::model::RepoPath;
use crate::policy::{Config, ConfigError, Vex};

pub(super) fn read(
    request: &CheckRequest,
    config: &Config,
    config_file: Option<&(RepoPath, String)>,
    repository: Option<&Repository>,
    root: &Arc<Root>,
) -> Result<Vex, CheckError> {
    let mut vex = Vex::default();
    if !config.vex.is_empty() && request.honour_ignores {
        let files = files(&request.what, root, repository)?;
        let files = files.unwrap_or_else(|| Box::new(WorktreeFiles::new(Arc::clone(root))));
        for pattern in &config.vex {
            for path in pattern.paths(files.as_ref()) {
                let bytes = files.read(&path, LIMITS.parse + 1);
                let bytes = bytes.filter(|bytes| bytes.len() as u64 <= LIMITS.parse);
                let Some(bytes) = bytes else {
                    let (config, text) = config_file.cloned().unwrap_or_default();
                    let message = format!("{}: no such file, or too large", path.display());
                    let span = pattern.span.clone();
                    return Err(CheckError::Config {
                        path: config,
                        text,
                        error: ConfigError { message, span },
                    });
                };
                add(&mut vex, path, bytes)?;
            }
        }
    }
    for file in &request.vex {
        let bytes = read_config(&request.current_dir.join(file))?
            .ok_or_else(|| InputError::NoSuchPath(file.clone()))?;
        add(&mut vex, RepoPath::from_path(file), bytes)?;
    }
    Ok(vex)
}

fn add(vex: &mut Vex, path: RepoPath, bytes: Vec<u8>) -> Result<(), CheckError> {
    let (path, text) = as_text(path, bytes)?;
    match vex.add(&path, &text) {
        Ok(()) => Ok(()),
        Err(error) => Err(CheckError::Vex { path, text, error }),
    }
}
