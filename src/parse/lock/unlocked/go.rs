use super::{Manifest, Place, Role};
use crate::model::{PackageSource, Span};
use crate::parse::lock::lines::lines;
use crate::parse::lock::{Beside, Input, go_mod};

pub fn read(place: &Place<'_>, here: &[String]) -> Option<Manifest> {
    let file = go_mod::read(&Input {
        path: place.path,
        text: place.text,
        beside: &Beside::default(),
    });
    let is_module = |name: &str| {
        name.split('/')
            .next()
            .is_some_and(|host| host.contains('.'))
    };
    let mut needs = file.packages.iter();
    needs.find(|need| need.source != PackageSource::Path && is_module(&need.name))?;
    // What is vendored is built from there.
    if here.iter().any(|name| name == "vendor/") {
        return None;
    }
    let word = "require";
    let (start, _) = lines(place.text).find(|(_, line)| line.starts_with(word))?;
    Some(Manifest {
        span: Span::from_usize(start, start + word.len()),
        role: Role::Program("Go builds nothing without go.sum"),
        locks: &["go.sum"],
        lock: "go.sum",
        command: "go mod tidy",
    })
}
