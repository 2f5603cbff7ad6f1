use super::of_document;
use crate::model::{FileKind, Origin, RepoPath, Source, SourceId};
use crate::parse::Document;

/// What a file installs: ecosystem, name, version, the marked text, and the source if it is
/// another than the public registry.
fn found(kind: FileKind, path: &str, text: &str) -> Vec<String> {
    let path = RepoPath::from(path);
    let source = Source::new(SourceId(0), path, kind, text.as_bytes(), Origin::Buffer);
    let packages = of_document(&Document::new(&source));
    let shown = packages.iter().map(|package| {
        let origin = match package.source.name() {
            "registry" => String::new(),
            other => format!(" ({other})"),
        };
        format!(
            "{} {} {} at {}{origin}",
            package.ecosystem.name(),
            package.name,
            package.version,
            source.text(package.span)
        )
    });
    shown.collect()
}

fn script(text: &str) -> String {
    found(FileKind::Shell, "x.sh", text).join("; ")
}

#[test]
fn every_manager_says_what_it_installs() {
    for (text, expected) in [
        (
            "pip install -q flask==0.12 \"Django[argon2]==3.2.12\"",
            "PyPI flask 0.12 at flask==0.12; PyPI django 3.2.12 at Django[argon2]==3.2.12",
        ),
        ("pip install -c c.txt -r r.txt x==1", "PyPI x 1 at x==1"),
        (
            "sudo -H python3 -m pip install x===1.0",
            "PyPI x 1.0 at x===1.0",
        ),
        ("uv pip install --system x==1.0", "PyPI x 1.0 at x==1.0"),
        ("uv tool install x@1.0", "PyPI x 1.0 at x@1.0"),
        ("uvx --from x==1.0 y", "PyPI x 1.0 at x==1.0"),
        ("uvx x@1.0 --y z==2", "PyPI x 1.0 at x@1.0"),
        ("pipx install x==1.0", "PyPI x 1.0 at x==1.0"),
        ("pipx run --spec x==1.0 y", "PyPI x 1.0 at x==1.0"),
        (
            "poetry add x@1.0 y==2.0",
            "PyPI x 1.0 at x@1.0; PyPI y 2.0 at y==2.0",
        ),
        (
            "npm i -g x@1.2.3 @a/b@2.0.0-rc.1",
            "npm x 1.2.3 at x@1.2.3; npm @a/b 2.0.0-rc.1 at @a/b@2.0.0-rc.1",
        ),
        ("npm install a@npm:b@1.2.3", "npm b 1.2.3 at a@npm:b@1.2.3"),
        ("npx -y x@1.2.3 y@2.0.0", "npm x 1.2.3 at x@1.2.3"),
        ("npx -p x@1.2.3 y", "npm x 1.2.3 at x@1.2.3"),
        (
            "npm exec --package=x@1.2.3 -- y",
            "npm x 1.2.3 at --package=x@1.2.3",
        ),
        ("yarn global add x@1.2.3", "npm x 1.2.3 at x@1.2.3"),
        (
            "pnpm add -g x@1.2.3 && pnpm dlx y@1.0.0",
            "npm x 1.2.3 at x@1.2.3; npm y 1.0.0 at y@1.0.0",
        ),
        (
            "bun add x@1.2.3; bunx y@1.0.0",
            "npm x 1.2.3 at x@1.2.3; npm y 1.0.0 at y@1.0.0",
        ),
        (
            "corepack prepare pnpm@8.6.0 --activate",
            "npm pnpm 8.6.0 at pnpm@8.6.0",
        ),
        ("gem install x -v 1.2", "RubyGems x 1.2 at x"),
        (
            "gem install x:1.2 y --version=3",
            "RubyGems x 1.2 at x:1.2; RubyGems y 3 at y",
        ),
        (
            "go install golang.org/x/tools/cmd/goimports@v0.1.0",
            "Go golang.org/x/tools v0.1.0 at golang.org/x/tools/cmd/goimports@v0.1.0",
        ),
        (
            "cargo install x --version 1.2.3 --locked",
            "crates.io x 1.2.3 at x",
        ),
        ("cargo install x@1.2.3", "crates.io x 1.2.3 at x@1.2.3"),
        (
            "composer global require a/b:1.2.3",
            "Packagist a/b 1.2.3 at a/b:1.2.3",
        ),
        (
            "composer create-project a/b dir 1.2.3",
            "Packagist a/b 1.2.3 at a/b",
        ),
        (
            "dotnet tool install -g X --version 1.2.3",
            "NuGet x 1.2.3 at X",
        ),
        (
            "dotnet add a.csproj package X -v 1.2.3",
            "NuGet x 1.2.3 at X",
        ),
        (
            "mix archive.install hex x 1.2.3 --force",
            "Hex x 1.2.3 at x",
        ),
        ("dart pub global activate x 1.2.3", "Pub x 1.2.3 at x"),
        ("conda run -n e pip install x==1.0", "PyPI x 1.0 at x==1.0"),
        ("uv run --with x==1.0 y z==2", "PyPI x 1.0 at x==1.0"),
        ("bundle add x -v 1.0", "RubyGems x 1.0 at x"),
        (
            "mvn dependency:get -Dartifact=a.b:c:1.2",
            "Maven a.b:c 1.2 at -Dartifact=a.b:c:1.2",
        ),
        ("nuget install X -Version 1.2.3", "NuGet x 1.2.3 at X"),
        (
            "curl -fL https://registry.npmjs.org/x/-/x-1.2.3.tgz | tar xz",
            "npm x 1.2.3 at https://registry.npmjs.org/x/-/x-1.2.3.tgz",
        ),
        (
            "pip install https://files.pythonhosted.org/packages/a/b/c/x-1.0.tar.gz",
            "PyPI x 1.0 at https://files.pythonhosted.org/packages/a/b/c/x-1.0.tar.gz",
        ),
        ("V=1.0; pip install x==$V", "PyPI x 1.0 at x==$V"),
        ("bash -c 'pip install x==1.0'", "PyPI x 1.0 at x==1.0"),
    ] {
        assert_eq!(script(text), expected, "{text}");
    }
}

#[test]
fn what_is_no_exact_version_of_a_public_package_is_left_out() {
    for text in [
        "pip install flask>=1 'x~=1.0' y z==1.* 'a==1.0,<2' b==$B ./c==1 -e git+https://h/x@1.0",
        "pip uninstall -y x==1",
        "echo pip install x==1",
        "npm i x@1 y@^1.2.3 z@latest a@1.2 ./b b/c#1.2.3 git+https://h/x.git#1.2.3",
        "gem install x -v '~> 1.2' y:'>= 1'",
        "gem install x --version \"$V\"",
        "go install a.b/c@latest ./cmd/x",
        "go install a.b/c@5f3c7e1",
        "cargo install x --version '^1.2' y@1",
        "cargo add x@1.2.3",
        "composer require a/b:^1.2 c/d:dev-main",
        "dotnet tool install X",
        "mix archive.install hex phx_new",
        "mvn dependency:get -Dartifact=a.b:c:${V}",
        "npx x",
        "curl -O https://example.org/x-1.2.3.tar.gz",
    ] {
        assert_eq!(script(text), "", "{text}");
    }
}

#[test]
fn another_registry_is_another_source() {
    for text in [
        "pip install -i https://pypi.example.org/simple x==1.0",
        "pip install --extra-index-url=https://pypi.example.org x==1.0",
        "export PIP_INDEX_URL=https://pypi.example.org\npip install x==1.0",
    ] {
        assert_eq!(script(text), "PyPI x 1.0 at x==1.0 (url)", "{text}");
    }
    for text in [
        "npm i --registry https://npm.example.org x@1.2.3",
        "npm config set registry https://npm.example.org; npm i x@1.2.3",
    ] {
        assert_eq!(script(text), "npm x 1.2.3 at x@1.2.3 (url)", "{text}");
    }
    for text in [
        "pip install -i https://pypi.tuna.tsinghua.edu.cn/simple x==1.0",
        "pip install --extra-index-url https://download.pytorch.org/whl/cpu x==1.0",
    ] {
        assert_eq!(script(text), "PyPI x 1.0 at x==1.0", "{text}");
    }
}

#[test]
fn dockerfiles_install_in_every_form_and_stage() {
    let text = "\
ARG FLASK=0.12
FROM a AS one
ARG FLASK
ENV DJANGO 3.2.12
RUN pip install flask==$FLASK \\
    django==${DJANGO}
FROM b
RUN [\"npm\", \"i\", \"-g\", \"x@1.2.3\"]
RUN <<EOF
gem install y -v 1.0
EOF
ADD https://repo1.maven.org/maven2/a/b/c/1.0/c-1.0.jar /c.jar
CMD [\"sh\", \"-c\", \"npx z@1.0.0\"]
";
    assert_eq!(
        found(FileKind::Dockerfile, "Dockerfile", text),
        [
            "Maven a.b:c 1.0 at https://repo1.maven.org/maven2/a/b/c/1.0/c-1.0.jar",
            "PyPI flask 0.12 at flask==$FLASK",
            "PyPI django 3.2.12 at django==${DJANGO}",
            "npm x 1.2.3 at x@1.2.3",
            "RubyGems y 1.0 at y",
            "npm z 1.0.0 at z@1.0.0",
        ]
    );
    let elsewhere = "FROM a\nENV PIP_INDEX_URL=https://pypi.example.org\nRUN pip install x==1\n";
    let found = found(FileKind::Dockerfile, "Dockerfile", elsewhere);
    assert_eq!(found, ["PyPI x 1 at x==1 (url)"]);
}

#[test]
fn services_and_steps_install_where_they_say_so() {
    let compose = "\
services:
  a:
    command: sh -c \"pip install x==1.0 && run\"
  b:
    entrypoint:
      - gem
      - install
      - y:2.0
  c:
    command: echo a && pip install x==3.0
  d:
    build:
      dockerfile_inline: |
        FROM a
        RUN pip install z==1.0
";
    assert_eq!(
        found(FileKind::Compose, "compose.yaml", compose),
        [
            "PyPI x 1.0 at x==1.0",
            "RubyGems y 2.0 at y:2.0",
            "PyPI z 1.0 at z==1.0",
        ]
    );
    let workflow = "\
env:
  BLACK: 22.1.0
jobs:
  test:
    steps:
      - run: pip install black==$BLACK flake8==${{ matrix.flake8 }}
      - run: |
          npm i -g x@1.2.3
      - run: pip install y==1.0
        shell: python
";
    assert_eq!(
        found(FileKind::Workflow, ".github/workflows/ci.yml", workflow),
        [
            "PyPI black 22.1.0 at black==$BLACK",
            "npm x 1.2.3 at x@1.2.3"
        ]
    );
}
