use super::{Action, Call, Manager, Origin};
use crate::parse::shell::Script;

fn read(text: &str) -> String {
    let script = Script::parse(text.as_bytes());
    let calls = Call::all(&script);
    let shown = calls.iter().map(|call| {
        let packages = call.packages.iter().map(|package| match package.origin {
            Origin::Index { version: None } => package.name.to_owned(),
            Origin::Index { version: Some(v) } => format!("{} {v}", package.name),
            Origin::Repository { reference } => {
                format!("{} repository {reference:?}", package.name)
            }
            other => format!("{} {other:?}", package.name),
        });
        let packages: Vec<_> = packages.collect();
        format!(
            "{:?} {:?} {}",
            call.manager,
            call.action,
            packages.join(", ")
        )
    });
    shown.collect::<Vec<_>>().join("; ")
}

#[test]
fn options_and_their_values_are_no_packages() {
    for (text, expected) in [
        (
            "apt-get -qy -o A=b install -t x curl=1 wget",
            "AptGet Install curl 1, wget",
        ),
        (
            "sudo apk --no-cache -X u add -t .b gcc 'a>1'",
            "Apk Install gcc, a >1",
        ),
        (
            "yum --enablerepo x install -y a-1.2 b-devel",
            "Yum Install a 1.2, b-devel",
        ),
        ("dnf module install -y nodejs:20", "Dnf Install nodejs :20"),
        ("zypper -n in -r x vim 'b>=2'", "Zypper Install vim, b >=2"),
        (
            "pip --timeout 9 install -U flask[async]",
            "Pip Install flask",
        ),
        ("npm i --prefix /x -g @a/b@1 c", "Npm Install @a/b 1, c"),
        ("gem install -v 1 rails -- --with-x", "Gem Install rails"),
        (
            "go install -ldflags '-s' a.b/c@v1 ./d",
            "Go Install a.b/c v1, ./d File",
        ),
        (
            "cargo +nightly install --locked ripgrep@14",
            "Cargo Install ripgrep 14",
        ),
        ("pacman -Syu --noconfirm git", "Pacman Install git"),
        ("pacman -Sy", "Pacman Refresh "),
    ] {
        assert_eq!(read(text), expected, "{text}");
    }
}

#[test]
fn python_runs_pip_as_a_module() {
    assert_eq!(read("python3 -W ignore -m pip install a"), "Pip Install a");
    assert_eq!(read("python -mpip install a"), "Pip Install a");
    assert_eq!(read("python -m venv pip"), "");
}

#[test]
fn a_package_says_where_it_comes_from() {
    for (text, expected) in [
        (
            "pip install git+https://h/a/b@v1#egg=b",
            "repository Some(\"v1\")",
        ),
        ("pip install git+ssh://git@h/a/b.git", "repository None"),
        ("pip install 'b @ git+https://h/a/b'", "b repository None"),
        ("pip install -e git+https://h/a/b", "repository None"),
        ("pip install https://h/b.zip", "Url"),
        ("pip install .[dev]", "File"),
        ("npm i a/b", "a/b repository None"),
        ("npm i github:a/b#main", "repository Some(\"main\")"),
        ("npm i a@https://h/b.git#1", "repository Some(\"1\")"),
        ("npm i ./x", "File"),
        ("apt-get install ./a.deb", "File"),
        ("apt-get install a/bookworm", "a bookworm"),
        ("apt-get install $A", "Unknown"),
        ("apt-get install $A=$B", "${A} ${B}"),
        ("yum install -y https://h/x.rpm", "Url"),
    ] {
        let found = read(text);
        assert!(found.ends_with(expected), "{text}: {found}");
    }
}

#[test]
fn what_a_known_variable_holds_is_read() {
    let found = read("P='a=1 b'; apt-get install $P");
    assert_eq!(found, "AptGet Install a 1, b");
}

#[test]
fn kin_share_their_index() {
    assert!(Manager::Apt.is_kin_of(Manager::AptGet));
    assert!(!Manager::Apk.is_kin_of(Manager::AptGet));
    let script = Script::parse(b"apt-get dist-upgrade");
    assert!(
        Call::all(&script)
            .iter()
            .all(|call| call.is(Action::Release))
    );
}
