#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::{inline, interpolated, read, resolve};
use crate::model::RepoPath;
use crate::parse::surroundings::Build;

fn builds(path: &str, text: &str) -> Vec<Build> {
    read(&RepoPath::from(path), text.as_bytes())
}

/// Dockerfile, context, target and arguments of a build in one line.
fn shown(build: &Build) -> String {
    let context = build.context.as_ref().map(RepoPath::to_text);
    let args: Vec<String> = build
        .args
        .iter()
        .map(|arg| format!("{}={}", arg.name, arg.value.as_deref().unwrap_or("?")))
        .collect();
    format!(
        "{} in {:?} to {} with {}",
        build.dockerfile.to_text(),
        context.unwrap_or_default(),
        build.target.as_deref().unwrap_or("-"),
        args.join(",")
    )
}

#[test]
fn compose_services_name_context_dockerfile_target_and_arguments() {
    let text = r#"
x-base: &base
  context: .
  args:
    VERSION: "${VERSION:-1.2}"
    TOKEN:
services:
  a: {build: ./web}
  b:
    build:
      <<: *base
      dockerfile: docker/build.web
      target: prod
      additional_contexts: [shared=../shared]
  c:
    build:
      context: ../other
      args: [A=b, C]
  d: {build: "https://example.com/x.git"}
  e: {build: "${DIR}"}
  f: {image: nginx}
"#;
    let builds = builds("deploy/compose.yaml", text);
    let shown: Vec<_> = builds.iter().map(shown).collect();
    assert_eq!(
        shown,
        [
            "deploy/web/Dockerfile in \"deploy/web\" to - with ",
            "deploy/docker/build.web in \"deploy\" to prod with VERSION=1.2,TOKEN=?",
            "other/Dockerfile in \"other\" to - with A=b,C=?",
        ]
    );
    assert_eq!(builds[1].by, "service b of deploy/compose.yaml");
    assert_eq!(builds[1].named_contexts, ["shared"]);
    assert_eq!(&text[builds[2].args[0].span.range()], "A=b");
}

#[test]
fn bake_targets_take_over_from_others_and_read_variables() {
    let hcl = r#"
variable "TAG" { default = "1.0" } // a comment
group "default" { targets = ["web", "db"] }
target "_base" {
  context = "."
  args = { TAG = "${TAG}", "BOTH" = 1 }
  labels = { "a" = "b" }
}
target "web" {
  inherits = ["_base"]
  dockerfile = "docker/web.Dockerfile"
  target = "prod" # the last but one
  args = {
    MODE = upper("x")
    NODE = "24"
  }
}
target "db" { context = "db" }
target "far" { context = "https://example.com/x.git" }
"#;
    let json = r#"{"target": {"web": {"context": "app", "args": {"A": "b"}, "target": "t"}}}"#;
    let all: Vec<_> = builds("docker-bake.hcl", hcl)
        .iter()
        .chain(&builds("x/docker-bake.json", json))
        .map(shown)
        .collect();
    assert_eq!(
        all,
        [
            "docker/web.Dockerfile in \"\" to prod with MODE=?,NODE=24,TAG=1.0,BOTH=?",
            "db/Dockerfile in \"db\" to - with ",
            "x/app/Dockerfile in \"x/app\" to t with A=b",
        ]
    );
}

#[test]
fn workflows_build_from_the_top_of_the_repository() {
    let text = r#"
jobs:
  image:
    steps:
      - uses: actions/checkout@v4
      - uses: docker/build-push-action@v6
        with:
          file: docker/api.Dockerfile
          target: prod
          build-args: |
            VERSION=1
            TOKEN=${{ secrets.TOKEN }}
      - uses: docker/build-push-action@v6
        with:
          context: ./web
      - uses: docker/build-push-action@v6
        with:
          context: ${{ matrix.dir }}
"#;
    let builds = builds(".github/workflows/ci.yml", text);
    let shown: Vec<_> = builds.iter().map(shown).collect();
    assert_eq!(
        shown,
        [
            "docker/api.Dockerfile in \"\" to prod with VERSION=1,TOKEN=?",
            "web/Dockerfile in \"web\" to - with ",
        ]
    );
    let span = builds[0].args[1].span;
    assert_eq!(&text[span.range()], "TOKEN=${{ secrets.TOKEN }}");
}

#[test]
fn a_dockerfile_inside_a_compose_file_maps_back() {
    let text = "services:\n  a:\n    build:\n      dockerfile_inline: |\n        FROM alpine\n\n        RUN sudo id\n";
    let found = inline(&RepoPath::from("compose.yaml"), text);
    let body = &found[0].text;
    assert_eq!(body.as_str(), "FROM alpine\n\nRUN sudo id\n");
    let at = u32::try_from(body.as_str().find("sudo").unwrap()).unwrap();
    let span = body.span(crate::model::Span::new(at, at + 4));
    assert_eq!(&text[span.range()], "sudo");
}

#[test]
fn paths_stay_in_the_repository() {
    let at = |folder: &str, path: &str| resolve(&RepoPath::from(folder), path).map(|p| p.to_text());
    assert_eq!(at("a", "../b").as_deref(), Some("b"));
    assert_eq!(at("a", "..").as_deref(), Some(""));
    assert_eq!(at("", "./x/").as_deref(), Some("x"));
    for path in ["../../x", "/etc", "~/x", "git@x:y", "$HOME"] {
        assert_eq!(at("a", path), None, "{path}");
    }
}

#[test]
fn defaults_stand_in_for_variables() {
    assert_eq!(interpolated("a${X:-b}$$").as_deref(), Some("ab$"));
    assert_eq!(interpolated("${X-}").as_deref(), Some(""));
    assert_eq!(interpolated("$X"), None);
    assert_eq!(interpolated("${X}"), None);
}

#[test]
fn broken_and_hostile_files_ask_for_nothing() {
    let started = std::time::Instant::now();
    let deep = format!("services: {}", "{a: ".repeat(20_000));
    assert!(builds("compose.yaml", &deep).is_empty());
    assert!(builds("compose.yaml", "services: [\n\t!!").is_empty());
    let deep = format!("target \"a\" {{ args = {}", "{ a = [".repeat(100_000));
    builds("docker-bake.hcl", &deep);
    let chain: String = (0..2000)
        .map(|n| {
            format!(
                "target \"t{n}\" {{ inherits = [\"t{}\", \"t{n}\"] }}\n",
                n + 1
            )
        })
        .collect();
    builds("docker-bake.hcl", &chain);
    builds("docker-bake.json", &"{\"target\":".repeat(50_000));
    assert!(started.elapsed().as_secs() < 20);
}

#[test]
fn commands_of_scripts_and_makefiles_build_too() {
    let script = "cd web && docker build -f docker/api.Dockerfile --target prod --build-arg A=b -t x .\ndocker buildx build --build-arg C=$D \"$DIR\"\ndocker run build\n";
    let makefile = "image:\n\t@docker build \\\n\t  --target=web app\n\tdocker build $(CONTEXT)\n";
    let workflow = "jobs:\n  a:\n    steps:\n      - run: docker build --target ${{ matrix.t }} .\n      - run: |\n          docker build -f a.web .\n";
    let all: Vec<_> = builds("build.sh", script)
        .iter()
        .chain(&builds("Makefile", makefile))
        .chain(&builds(".github/workflows/a.yml", workflow))
        .map(shown)
        .collect();
    assert_eq!(
        all,
        [
            "web/docker/api.Dockerfile in \"web\" to prod with A=b",
            "app/Dockerfile in \"app\" to web with ",
            "a.web in \"\" to - with ",
        ]
    );
}
