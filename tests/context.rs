//! Dockerfiles judged together with the files around them, on small repositories made here.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::process::Output;

use support::{Scratch, words};

const KEY: &str = "-----BEGIN PRIVATE KEY-----\n";
const COPY_ALL: &str = "FROM node:24\nUSER node\nCOPY . .\n";

fn check(sandbox: &Scratch, arguments: &[&str]) -> Output {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_plimsoll"));
    command
        .args(arguments)
        .args(["--no-config", "-f", "concise"]);
    command.output().expect("the program runs")
}

/// The findings of one rule, one a line.
fn found(sandbox: &Scratch, arguments: &[&str], rule: &str) -> Vec<String> {
    let mut all = arguments.to_vec();
    all.extend(["--only", rule]);
    let output = check(sandbox, &all);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().map(str::to_owned).collect()
}

const SECRET: &str = "dockerfile/secret-in-context";

#[test]
fn a_key_in_the_worktree_is_found_whatever_is_named() {
    let repo = Scratch::repository();
    repo.write("app/Dockerfile", COPY_ALL);
    repo.write("app/tls/server.key", KEY);
    for arguments in [
        &["check"][..],
        &["check", "app"],
        &["check", "app/Dockerfile"],
    ] {
        let lines = found(&repo, arguments, SECRET);
        assert_eq!(lines.len(), 1, "{arguments:?}: {lines:?}");
        assert!(
            lines[0].contains("COPY . takes tls/server.key"),
            "{lines:?}"
        );
    }
    repo.write("app/.dockerignore", "**/*.key\n");
    assert!(found(&repo, &["check"], SECRET).is_empty());
}

#[test]
fn standard_input_has_no_context() {
    let repo = Scratch::repository();
    repo.write("server.key", KEY);
    let arguments = [
        "check",
        "-",
        "--stdin-filename",
        "Dockerfile",
        "--only",
        SECRET,
    ];
    let mut command = repo.command(env!("CARGO_BIN_EXE_plimsoll"));
    let file = repo.write("Dockerfile", COPY_ALL);
    command
        .args(arguments)
        .stdin(std::fs::File::open(file).unwrap());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", words(&output));
}

#[test]
fn a_commit_is_judged_by_what_it_holds() {
    let repo = Scratch::repository();
    repo.write("README", "x\n");
    repo.commit_all("first");
    repo.write("Dockerfile", COPY_ALL);
    repo.write("tls/server.key", KEY);
    repo.git(&["add", "Dockerfile"]);
    // The key is not part of the commit.
    assert!(found(&repo, &["staged"], SECRET).is_empty());
    repo.git(&["add", "tls"]);
    assert_eq!(found(&repo, &["staged"], SECRET).len(), 1);
    // The worktree's ignore file is not part of it either.
    repo.write(".dockerignore", "tls\n");
    assert_eq!(found(&repo, &["staged"], SECRET).len(), 1);
    repo.git(&["add", "."]);
    assert!(found(&repo, &["staged"], SECRET).is_empty());
    repo.git(&["reset", "-q", ".dockerignore"]);
    repo.git(&["commit", "-q", "-m", "second"]);
    assert_eq!(found(&repo, &["diff", "HEAD~1..HEAD"], SECRET).len(), 1);
}

#[test]
fn what_git_ignores_is_in_the_developers_build() {
    let repo = Scratch::repository();
    repo.write("Dockerfile", COPY_ALL);
    repo.write(".gitignore", "*.key\n");
    repo.write("server.key", KEY);
    repo.write("kept.key", KEY);
    repo.git(&["add", "-f", "kept.key"]);
    let count = |confidence: &str| {
        let arguments = ["check", "--confidence", confidence];
        found(&repo, &arguments, SECRET).len()
    };
    assert_eq!(count("medium"), 1);
    repo.write("id_rsa", KEY);
    assert_eq!(count("high"), 1);
    std::fs::remove_file(repo.root().join("id_rsa")).unwrap();
    repo.write(".gitignore", "*\n");
    repo.git(&["add", "-f", "Dockerfile"]);
    assert_eq!(count("high"), 0);
}

#[test]
fn a_target_of_a_compose_file_gets_its_own_verdict() {
    let repo = Scratch::repository();
    repo.write(
        "docker/build.web",
        "# the web image\nARG BASE=alpine\nFROM ${BASE} AS api\nUSER 1000\nFROM api AS worker\nUSER root\nFROM api\n",
    );
    let rule = "dockerfile/root-user";
    assert!(found(&repo, &["check"], rule).is_empty());
    repo.write(
        "compose.yaml",
        "services:\n  w:\n    build: {context: ., dockerfile: docker/build.web, target: worker}\n",
    );
    let lines = found(&repo, &["check"], rule);
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].starts_with("docker/build.web:6:"), "{lines:?}");
}

#[test]
fn arguments_of_a_build_decide_about_the_image() {
    let repo = Scratch::repository();
    repo.write("Dockerfile", "ARG IMG\nFROM ${IMG}\nUSER 1000\n");
    repo.write(
        "docker-bake.hcl",
        "target \"app\" {\n  args = { IMG = \"node:latest\" }\n}\n",
    );
    let lines = found(&repo, &["check"], "dockerfile/unpinned-image-tag");
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains("node"), "{lines:?}");
}

#[test]
fn the_user_may_name_target_and_arguments() {
    let repo = Scratch::repository();
    repo.write(
        "Dockerfile",
        "ARG IMG\nFROM ${IMG} AS a\nUSER root\nFROM ${IMG}\nUSER 1000\n",
    );
    let rule = "dockerfile/root-user";
    assert!(found(&repo, &["check"], rule).is_empty());
    assert_eq!(found(&repo, &["check", "--target", "a"], rule).len(), 1);
    let rule = "dockerfile/unpinned-image-tag";
    assert!(found(&repo, &["check"], rule).is_empty());
    let arguments = ["check", "--build-arg", "IMG=node"];
    assert!(!found(&repo, &arguments, rule).is_empty());
}

#[test]
fn a_dockerfile_inside_a_compose_file_is_checked_where_it_stands() {
    let repo = Scratch::repository();
    repo.write(
        "compose.yaml",
        "services:\n  a:\n    build:\n      dockerfile_inline: |\n        FROM alpine:3.22\n        RUN sudo id\n",
    );
    let lines = found(&repo, &["check"], "dockerfile/sudo");
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].starts_with("compose.yaml:6:13:"), "{lines:?}");
}

#[test]
fn the_number_of_threads_leaves_no_trace() {
    let repo = Scratch::repository();
    for n in 0..40 {
        repo.write(&format!("s{n}/Dockerfile"), COPY_ALL);
        repo.write(&format!("s{n}/a.key"), KEY);
        repo.write(&format!("s{n}/compose.yaml"), "services: {a: {build: .}}\n");
    }
    let run = |threads: &str| check(&repo, &["check", "--profile", "all", "-j", threads]).stdout;
    let first = run("1");
    assert!(!first.is_empty());
    for threads in ["2", "3", "8"] {
        assert_eq!(run(threads), first, "{threads} threads");
    }
}

#[cfg(unix)]
#[test]
fn nothing_outside_the_repository_is_looked_at() {
    use std::os::unix::fs::symlink;
    let repo = Scratch::repository();
    let outside = repo.root().parent().unwrap().join("outside");
    std::fs::create_dir_all(&outside).unwrap();
    std::fs::write(outside.join("server.key"), KEY).unwrap();
    std::fs::write(outside.join("Dockerfile"), COPY_ALL).unwrap();
    repo.write("Dockerfile", COPY_ALL);
    symlink(&outside, repo.root().join("link")).unwrap();
    symlink(outside.join("server.key"), repo.root().join("linked.key")).unwrap();
    symlink(repo.root(), repo.root().join("loop")).unwrap();
    repo.write(
        "compose.yaml",
        "services:\n  a: {build: ../outside}\n  b: {build: {context: ./link, dockerfile: ../Dockerfile}}\n  c: {build: /etc}\n",
    );
    assert!(found(&repo, &["check"], SECRET).is_empty());
}

#[test]
fn hostile_files_around_a_dockerfile_cost_bounded_time() {
    let repo = Scratch::repository();
    repo.write("Dockerfile", COPY_ALL);
    repo.write("a.key", KEY);
    repo.write(".dockerignore", "**/*a*a*a*a*b\n".repeat(100_000));
    repo.write(
        "compose.yaml",
        format!("services: {}", "{a: ".repeat(100_000)),
    );
    repo.write("docker-bake.json", "{\"target\":".repeat(100_000));
    repo.write("docker-bake.hcl", "target \"a\" { args = {".repeat(50_000));
    let started = std::time::Instant::now();
    assert_eq!(found(&repo, &["check"], SECRET).len(), 1);
    assert!(started.elapsed().as_secs() < 60);
}

const TWO_TARGETS: &str = "group \"default\" { targets = [\"a\", \"b\"] }\n\
    target \"a\" { target = \"a\" }\ntarget \"b\" { target = \"b\" }\n";

#[test]
fn an_account_is_of_use_where_one_of_two_images_uses_it() {
    let repo = Scratch::repository();
    repo.write("docker-bake.hcl", TWO_TARGETS);
    let shared = "FROM debian:13 AS base\nRUN useradd app\nFROM base AS a\nCMD [\"a\"]\n";
    let rule = "dockerfile/unused-user";
    repo.write("Dockerfile", format!("{shared}FROM base AS b\nUSER app\n"));
    assert!(found(&repo, &["check", "--profile", "all"], rule).is_empty());
    repo.write(
        "Dockerfile",
        format!("{shared}FROM base AS b\nFROM base\nUSER app\n"),
    );
    let lines = found(&repo, &["check", "--profile", "all"], rule);
    assert_eq!(lines.len(), 1, "{lines:?}");
}

#[test]
fn sudo_stays_in_whichever_image_gives_up_root() {
    let repo = Scratch::repository();
    repo.write("docker-bake.hcl", TWO_TARGETS);
    let rule = "dockerfile/sudo-installed";
    let text = |on_a: &str, on_b: &str| {
        format!(
            "FROM debian:13 AS a\nRUN apt-get install -y {on_a}\nUSER 1000\n\
             FROM debian:13 AS b\nRUN apt-get install -y {on_b}\nUSER root\n\
             FROM debian:13\nRUN apt-get install -y sudo\nUSER 1000\n"
        )
    };
    let arguments = ["check", "--profile", "all"];
    repo.write("Dockerfile", text("curl", "sudo"));
    assert!(found(&repo, &arguments, rule).is_empty());
    repo.write("Dockerfile", text("sudo", "curl"));
    assert_eq!(found(&repo, &arguments, rule).len(), 1);
}

#[test]
fn an_image_for_developers_beside_others_is_told_apart() {
    let repo = Scratch::repository();
    let text = "FROM node:24 AS web\nENV NODE_ENV=production\nFROM web AS dev\nENV NODE_ENV=development\nUSER root\n";
    repo.write("Dockerfile", text);
    let rules = "dockerfile/development-mode,dockerfile/root-user";
    let both = ["check", "--target", "web", "--target", "dev"];
    let lines = found(&repo, &both, rules);
    assert!(lines.iter().all(|l| l.contains("root-user")), "{lines:?}");
    assert_eq!(lines.len(), 1);
    // A compose file that builds the other stage makes the last one nobody's image.
    let compose = "services: {w: {build: {context: ., target: web}}}\n";
    repo.write("compose.yaml", compose);
    assert!(found(&repo, &["check"], rules).is_empty());
    // Both are in use, so that the shared stage is judged.
    repo.write("Dockerfile", text.replace("production", "development"));
    assert_eq!(found(&repo, &both, "dockerfile/development-mode").len(), 1);
}

#[test]
fn root_at_the_end_of_a_target_is_said_once() {
    let repo = Scratch::repository();
    repo.write("docker-bake.hcl", TWO_TARGETS);
    repo.write(
        "Dockerfile",
        "FROM debian:13 AS a\nUSER root\nFROM debian:13 AS b\nUSER root\nFROM debian:13\nUSER root\n",
    );
    let arguments = ["check", "--profile", "all"];
    let lines = found(&repo, &arguments, "dockerfile/root-build-stage");
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].starts_with("Dockerfile:6:"), "{lines:?}");
    let lines = found(&repo, &arguments, "dockerfile/root-user");
    assert_eq!(lines.len(), 2, "{lines:?}");
}

#[test]
fn a_health_check_is_judged_in_each_image() {
    let repo = Scratch::repository();
    repo.write("docker-bake.hcl", TWO_TARGETS);
    let check = "HEALTHCHECK CMD curl -f http://127.0.0.1/\n";
    repo.write(
        "Dockerfile",
        format!("FROM debian:13 AS a\n{check}FROM debian:13 AS b\n{check}FROM debian:13\n{check}"),
    );
    let arguments = ["check", "--profile", "all"];
    let lines = found(&repo, &arguments, "dockerfile/missing-healthcheck-program");
    assert_eq!(lines.len(), 2, "{lines:?}");
}
