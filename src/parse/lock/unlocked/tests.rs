use super::*;

/// What is found in a repository of these files, the first of which is the manifest.
fn found(files: &[(&str, &str)]) -> Option<Unlocked> {
    let (path, text) = files.first().expect("a manifest");
    let path = RepoPath::from(*path);
    let mut beside = Beside::default();
    for _ in 0..10 {
        let asks = wants(&path, text.as_bytes(), &beside);
        if asks.is_empty() {
            break;
        }
        for ask in asks {
            assert!(!beside.knows(&ask), "{ask:?} is asked twice");
            match ask {
                Ask::File(path) => {
                    let mut named = files.iter();
                    let file = named.find(|(name, _)| *name == path.to_text());
                    beside.put_file(path, file.map(|(_, text)| text.as_bytes().to_vec()));
                }
                Ask::Folder(path) => {
                    let names = names(files, &path.to_text());
                    beside.put_folder(path, names);
                }
            }
        }
    }
    find(&path, text.as_bytes(), &beside)
}

fn names(files: &[(&str, &str)], folder: &str) -> Vec<String> {
    let inner = |path: &str| match folder {
        "" => Some(path.to_owned()),
        folder => path.strip_prefix(&format!("{folder}/")).map(str::to_owned),
    };
    let paths = files.iter().filter_map(|(path, _)| inner(path));
    let mut names: Vec<String> = paths
        .map(|path| match path.split_once('/') {
            Some((first, _)) => format!("{first}/"),
            None => path,
        })
        .collect();
    names.sort();
    names.dedup();
    names
}

const PRIVATE: &str = r#"{"private": true, "dependencies": {"left": "^1.0.0"}}"#;

#[test]
fn what_is_not_known_yet_is_not_missing() {
    let path = RepoPath::from("package.json");
    let beside = Beside::default();
    assert!(find(&path, PRIVATE.as_bytes(), &beside).is_none());
    assert!(found(&[("package.json", PRIVATE)]).is_some());
}

#[test]
fn a_lockfile_that_git_leaves_out_is_none() {
    let mut beside = Beside::default();
    let root = RepoPath::default();
    let path = RepoPath::from("package.json");
    beside.put_folder(root, vec!["package.json".into(), "yarn.lock".into()]);
    assert!(find(&path, PRIVATE.as_bytes(), &beside).is_none());
    beside.put_private(RepoPath::from("yarn.lock"));
    let found = find(&path, PRIVATE.as_bytes(), &beside).expect("a finding");
    assert_eq!(found.absence, Absence::Ignored(None));
}

#[test]
fn the_line_that_leaves_a_lockfile_out_is_told() {
    let absence = |ignored: &str, below: &str| {
        let files = [
            ("web/package.json", PRIVATE),
            (".gitignore", ignored),
            ("web/.gitignore", below),
        ];
        found(&files).expect("a finding").absence
    };
    let at = |path: &str, line| Absence::Ignored(Some((RepoPath::from(path), line)));
    assert_eq!(
        absence("*.log\npackage-lock.json\n", ""),
        at(".gitignore", 2)
    );
    assert_eq!(absence("", "/package-lock.json"), at("web/.gitignore", 1));
    assert_eq!(
        absence("package-lock.json", "!package-lock.json"),
        Absence::Missing
    );
    assert_eq!(absence("/package-lock.json", ""), Absence::Missing);
    let files = [
        ("package.json", PRIVATE),
        (".npmrc", "package-lock = false\n"),
    ];
    let absence = found(&files).expect("a finding").absence;
    assert_eq!(absence, Absence::SwitchedOff(RepoPath::from(".npmrc")));
}

#[test]
fn a_folder_of_the_root_project_is_locked_with_it() {
    let root = r#"{"dependencies": {"web": "file:apps/web"}}"#;
    let files = [("apps/web/package.json", PRIVATE), ("package.json", root)];
    assert!(found(&files).is_none());
    let files = [("apps/api/package.json", PRIVATE), ("package.json", root)];
    assert!(found(&files).is_some());
}

#[test]
fn the_package_manager_of_the_manifest_is_the_one_to_run() {
    let text = r#"{"packageManager": "pnpm@9.1.0", "dependencies": {"left": "1"}}"#;
    let found = found(&[("package.json", text)]).expect("a finding");
    assert_eq!(found.lock, "pnpm-lock.yaml");
}

#[test]
fn only_folders_that_show_or_try_something_are_samples() {
    for path in [
        "examples/a/x",
        "a/test-apps/x",
        "{{cookiecutter.name}}/x",
        "a/node_modules/b/x",
    ] {
        assert!(is_sample(&RepoPath::from(path)), "{path}");
    }
    for path in ["x", "contest/x", "services/testing-ground/x", "latest/x"] {
        assert!(!is_sample(&RepoPath::from(path)), "{path}");
    }
    assert!(SAMPLES.is_sorted());
}
