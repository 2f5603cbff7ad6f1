//! A report to text: one file a format. Each escapes for itself.

mod concise;
mod config_error;
mod cyclonedx;
mod fold;
mod inventory;
mod json;
mod line_hash;
#[cfg(feature = "lsp")]
mod lsp;
mod openvex;
mod packages;
mod place;
mod pretty;
mod sarif;
mod snippet;
mod spdx;
mod summary;
mod uri;
mod window;

use std::io;

pub use config_error::config_error;
pub use cyclonedx::cyclonedx;
pub use inventory::Inventory;
pub use packages::{packages_as_json, packages_as_table};
pub use spdx::spdx;
pub use summary::{advisory_remarks, age_remark, plural, summary_line};

use crate::model::Report;

/// What a renderer may know beside the report.
#[derive(Clone, Debug)]
pub struct RenderContext {
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// Root of the repository as an absolute path, for formats that need URIs.
    pub root: Option<std::path::PathBuf>,
    /// What to say about skipped files: only how many, or each of them.
    pub verbose: bool,
    /// The time that a document is given, in place of the day of the advisories.
    pub timestamp: Option<String>,
    /// A next step to propose at the end, for people.
    pub hint: Option<String>,
}

impl Default for RenderContext {
    fn default() -> Self {
        Self {
            color: false,
            width: 100,
            root: None,
            verbose: false,
            timestamp: None,
            hint: None,
        }
    }
}

/// Writes a report in one format.
pub trait Reporter {
    fn write(&self, report: &Report, cx: &RenderContext, w: &mut dyn io::Write) -> io::Result<()>;
}

/// The formats by name. A new one is a file here and a line in each of the three matches below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    Pretty,
    Concise,
    Json,
    Sarif,
    OpenVex,
    #[cfg(feature = "lsp")]
    Lsp,
}

impl Format {
    pub const ALL: &[Self] = &[
        Self::Pretty,
        Self::Concise,
        Self::Json,
        Self::Sarif,
        Self::OpenVex,
        #[cfg(feature = "lsp")]
        Self::Lsp,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Pretty => "pretty",
            Self::Concise => "concise",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::OpenVex => "openvex",
            #[cfg(feature = "lsp")]
            Self::Lsp => "lsp",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|f| f.name() == name)
    }

    /// True for formats that hold findings and nothing else: what was not checked must be said
    /// elsewhere.
    pub fn holds_findings_only(self) -> bool {
        match self {
            Self::Concise | Self::OpenVex => true,
            #[cfg(feature = "lsp")]
            Self::Lsp => true,
            Self::Pretty | Self::Json | Self::Sarif => false,
        }
    }

    pub fn reporter(self) -> &'static dyn Reporter {
        match self {
            Self::Pretty => &pretty::Pretty,
            Self::Concise => &concise::Concise,
            Self::Json => &json::Json,
            Self::Sarif => &sarif::Sarif,
            Self::OpenVex => &openvex::OpenVex,
            #[cfg(feature = "lsp")]
            Self::Lsp => &lsp::Lsp,
        }
    }
}
