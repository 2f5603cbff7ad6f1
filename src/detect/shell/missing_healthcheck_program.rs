//! missing-healthcheck-program: a health check calls a program that the image does not have.

use super::{Image, Shell};
use crate::detect::Sink;
use crate::detect::dockerfile::known_image::official_name;
use crate::parse::dockerfile::{Base, ImageReference, Keyword};

/// What health checks call.
const PROGRAMS: &[&str] = &["curl", "wget"];

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    let Some(image) = shell.image.filter(Image::is_target) else {
        return;
    };
    let base = &image.file.root_of(image.stage).base;
    let is_missing = |program: &&str| lacks(base, program) && !image.mentions(program);
    let missing: Vec<&str> = PROGRAMS.iter().copied().filter(is_missing).collect();
    if missing.is_empty() || image.hides_something() {
        return;
    }
    for command in &shell.script.commands {
        let is_check = image
            .instruction(command)
            .is_some_and(|i| i.keyword == Keyword::Healthcheck && i.is_direct());
        let name = command.name.as_str();
        if !is_check || !missing.contains(&name) {
            continue;
        }
        let base = match base {
            Base::Image(base) => base,
            _ => "scratch",
        };
        out.report(rule, command.program_span(), format!("{base} has no {name}, and nothing installs it"))
            .help("the container would never be healthy: install the program, or let the application check itself");
    }
}

/// True where an image is known not to have one of the two programs that health checks call.
fn lacks(base: &Base, program: &str) -> bool {
    let Base::Image(image) = base else {
        return *base == Base::Scratch;
    };
    let Some(reference) = ImageReference::parse(image) else {
        return false;
    };
    let name = official_name(&reference);
    let tag = reference.tag.unwrap_or_default();
    let is_slim = tag.contains("slim");
    match name.as_str() {
        "debian" | "ubuntu" => true,
        "alpine" | "busybox" => program == "curl",
        "python" | "node" | "ruby" | "golang" | "rust" if is_slim => true,
        "python" | "node" | "ruby" | "golang" | "rust" => {
            tag.contains("alpine") && program == "curl"
        }
        _ => name.starts_with("gcr.io/distroless/") && !tag.contains("debug"),
    }
}
