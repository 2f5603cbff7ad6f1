//! The Dockerfile beside a manifest that installs what it names.

use super::Form;
use super::view::View;
use crate::classify::classify;
use crate::model::{FileKind, RepoPath};

/// Dockerfiles of one folder that are looked at.
const MOST: usize = 8;

/// Commands that install what a manifest names: with options alone, with this folder (`.`), or
/// with whatever else (`*`).
fn commands(form: Form) -> &'static [&'static str] {
    match form {
        Form::Node => &[
            "npm install",
            "npm i",
            "npm ci",
            "yarn install",
            "yarn",
            "pnpm install",
            "pnpm i",
            "bun install",
        ],
        Form::Rust => &["cargo build *", "cargo install --path *", "cargo run *"],
        Form::Python => &[
            "pip install .",
            "pip3 install .",
            "poetry install",
            "uv sync *",
            "pdm install",
            "pdm sync",
        ],
        Form::Pipfile => &["pipenv install", "pipenv sync"],
        Form::Ruby => &["bundle install", "bundle"],
        Form::Php => &["composer install", "composer update"],
        Form::Go => &["go build *", "go install *", "go mod download"],
        Form::Dart => &["dart pub get", "flutter pub get"],
    }
}

pub fn installing(
    form: Form,
    folder: &RepoPath,
    here: &[String],
    view: &mut View<'_>,
) -> Option<RepoPath> {
    let paths = here.iter().map(|name| folder.join(name.as_bytes()));
    let dockerfiles = paths.filter(|path| classify(path, b"") == FileKind::Dockerfile);
    let dockerfiles: Vec<RepoPath> = dockerfiles.take(MOST).collect();
    let mut found = dockerfiles.into_iter().filter(|path| {
        let text = view.file(path);
        text.is_some_and(|text| commands(form).iter().any(|command| has(text, command)))
    });
    let first = found.next();
    // Those behind it are asked for in the same round.
    found.for_each(drop);
    first
}

/// True where a text runs a command in this way.
fn has(text: &str, command: &str) -> bool {
    let mut wanted: Vec<&str> = command.split(' ').collect();
    let target = wanted.pop_if(|last| matches!(*last, "." | "*"));
    let mut steps = text
        .split(['\n', ';', '|', '&', '"'])
        .filter(|line| !line.trim_start().starts_with('#'));
    steps.any(|step| {
        let words: Vec<&str> = step.split_whitespace().collect();
        let mut windows = words.windows(wanted.len());
        let Some(at) = windows.position(|window| window == wanted) else {
            return false;
        };
        let mut rest = words.iter().skip(at + wanted.len());
        let is_here = |word: &str| {
            let word = word.trim_matches(['\'', '"']);
            word.split(['[', '/']).next() == Some(".")
        };
        match target {
            Some(".") => rest.any(|word| is_here(word)),
            Some(_) => true,
            None => rest.all(|word| {
                (word.starts_with('-') || *word == "\\") && !matches!(*word, "-g" | "--global")
            }),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::has;

    #[test]
    fn only_a_command_without_packages_installs_what_the_manifest_names() {
        for (text, command) in [
            ("RUN npm ci --omit=dev && npm run build\n", "npm ci"),
            (
                "RUN --mount=type=cache,target=/x npm install \\\n  && true",
                "npm install",
            ),
            ("RUN yarn\n", "yarn"),
            ("RUN pip install --no-cache-dir . \n", "pip install ."),
            ("RUN pip install -e './[api]' .\n", "pip install ."),
            ("RUN cd x; cargo build --release --bin x\n", "cargo build *"),
        ] {
            assert!(has(text, command), "{text}");
        }
        for (text, command) in [
            ("RUN npm install -g yarn\n", "npm install"),
            ("RUN npm install express\n", "npm install"),
            ("RUN yarn build\n", "yarn"),
            ("# RUN npm ci\n", "npm ci"),
            ("RUN pip install flask\n", "pip install ."),
        ] {
            assert!(!has(text, command), "{text}");
        }
    }
}
