use super::{Manifest, Role};
use crate::model::Span;
use crate::parse::lock::tables::{Record, Records};
use crate::parse::toml::Value;

/// What pins the packages of a project, whichever tool wrote it.
const LOCKS: &[&str] = &[
    "poetry.lock",
    "uv.lock",
    "pdm.lock",
    "Pipfile.lock",
    "pixi.lock",
    "conda-lock.yml",
    "pylock*.toml",
    "requirements*.txt",
    "constraints*.txt",
    "requirements/",
];

/// What a pyproject.toml says.
#[derive(Default)]
struct Project {
    /// Where packages are named.
    named: Option<Span>,
    /// The tool that locks them.
    tool: Option<Tool>,
    is_built: bool,
    is_published: bool,
    is_no_package: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tool {
    Poetry,
    Uv,
    Pdm,
}

pub fn read(text: &str) -> Option<Manifest> {
    let mut project = Project::default();
    for record in Records::new(text) {
        project.take(&record);
    }
    let (lock, command) = match project.tool {
        Some(Tool::Poetry) => ("poetry.lock", "poetry lock"),
        Some(Tool::Pdm) => ("pdm.lock", "pdm lock"),
        Some(Tool::Uv) | None => ("uv.lock", "uv lock"),
    };
    let is_program = project.is_no_package || (project.tool == Some(Tool::Uv) && !project.is_built);
    Some(Manifest {
        span: project.named?,
        role: match () {
            () if is_program && !project.is_published => {
                Role::Program("it is no package that anybody installs")
            }
            () if project.is_published => Role::Library,
            () => Role::Unclear,
        },
        locks: LOCKS,
        lock,
        command,
    })
}

impl Project {
    fn take(&mut self, record: &Record<'_>) {
        let is = |key: &str, value: bool| matches!(record.value(key), Some(Value::Bool(is)) if *is == value);
        match record.path()[..] {
            ["build-system"] => self.is_built = true,
            ["project"] => {
                self.is_published = record.entry("classifiers").is_some();
                let needs = record.entry("dependencies");
                let needs = needs.filter(|needs| !needs.value.items().is_empty());
                self.named = self.named.or(needs.map(|needs| needs.key_span));
            }
            ["tool", "poetry"] => {
                self.tool = Some(Tool::Poetry);
                self.is_published |= record.entry("classifiers").is_some();
                self.is_no_package |= is("package-mode", false);
            }
            ["tool", "poetry", "dependencies"] => {
                self.tool = Some(Tool::Poetry);
                let mut entries = record.entries();
                if entries.any(|entry| !entry.is("python") && entry.value.get("path").is_none()) {
                    self.named.get_or_insert(record.header);
                }
            }
            ["tool", "uv", ..] => {
                self.tool.get_or_insert(Tool::Uv);
                self.is_no_package |= is("package", false);
            }
            ["tool", "pdm", ..] => {
                self.tool.get_or_insert(Tool::Pdm);
                self.is_no_package |= is("distribution", false);
            }
            _ => {}
        }
    }
}

pub fn read_pipfile(text: &str, here: &[String]) -> Option<Manifest> {
    let mut records = Records::new(text);
    let named = records.find(|record| {
        let mut entries = record.entries();
        record.path() == ["packages"] && entries.any(|entry| entry.value.get("path").is_none())
    })?;
    let is_package = |name: &String| matches!(&**name, "setup.py" | "setup.cfg" | "pyproject.toml");
    Some(Manifest {
        span: named.header,
        role: match here.iter().any(is_package) {
            true => Role::Unclear,
            false => Role::Program("it is no package that anybody installs"),
        },
        locks: LOCKS,
        lock: "Pipfile.lock",
        command: "pipenv lock",
    })
}
