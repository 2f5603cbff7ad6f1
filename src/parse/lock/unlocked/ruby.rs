use super::{Manifest, Place, Role};
use crate::model::Span;
use crate::parse::lock::gemfile;
use crate::parse::lock::lines::lines;

pub fn read(place: &Place<'_>, here: &[String]) -> Option<Manifest> {
    let file = gemfile::read(place.text)?;
    let first = file.asked.first()?;
    let has = |name: &str| here.iter().any(|known| known == name);
    let is_gem = file.gemspec || here.iter().any(|name| name.ends_with(".gemspec"));
    let runs = has("config.ru") || has("Procfile") || has("app/") && has("config/");
    let (lock, locks): (_, &[_]) = match place.path.file_name() {
        b"gems.rb" => ("gems.locked", &["gems.locked"]),
        _ => ("Gemfile.lock", &["Gemfile.lock"]),
    };
    Some(Manifest {
        span: line(place.text, first.line),
        role: match () {
            () if is_gem => Role::Library,
            () if runs => Role::Program("it is an application and no gem"),
            () => Role::Unclear,
        },
        locks,
        lock,
        command: "bundle lock",
    })
}

/// A line without the white space around it.
fn line(text: &str, number: u32) -> Span {
    let found = lines(text).nth(number.saturating_sub(1) as usize);
    found.map_or_else(Span::default, |(start, line)| {
        let from = start + line.len() - line.trim_start().len();
        Span::from_usize(from, from + line.trim().len())
    })
}
