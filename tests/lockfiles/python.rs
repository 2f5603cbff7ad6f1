//! Python's lockfiles and manifests.

use super::{bytes, expect, expect_nothing, fact, package, read, requested, required_by, table};
use plimsoll::model::{FileKind, PackageFacts, RepoPath};
use plimsoll::parse::lock::{self, Beside};

#[test]
fn a_poetry_lock_with_groups_has_scopes() {
    expect(
        "poetry/groups/poetry.lock",
        "
            4: flask-login 0.5.0 Prod direct Registry flask-login
            18: flask 1.1.2 Prod ? Registry flask-login>flask
            37: harbour-models 0.1.0 Prod direct Git harbour-models
            52: jinja2 2.10.1 Prod ? Registry flask-login>flask>jinja2
            61: private-kit 1.0.0 Optional direct Url private-kit
            75: pytest 7.1.0 Dev direct Registry pytest
            84: werkzeug 0.16.0 Prod ? Registry flask-login>flask>werkzeug
        ",
    );
}

#[test]
fn a_poetry_lock_with_categories_has_scopes() {
    expect(
        "poetry/category/poetry.lock",
        "
            2: requests 2.19.1 Prod direct Registry requests
            13: tox 3.0.0 Dev direct Registry tox
            21: urllib3 1.23 Prod ? Registry requests>urllib3
        ",
    );
}

#[test]
fn where_a_poetry_lock_has_no_scopes_the_project_tells() {
    let path = "poetry/project/poetry.lock";
    expect(
        path,
        "
            4: harbour-models 0.1.0 Prod direct Git harbour-models
            19: packaging 21.3 Dev transitive Registry pytest>packaging
            30: private-kit 1.0.0 Optional direct Url private-kit
            43: pytest 7.1.0 Dev direct Registry pytest
            55: requests 2.19.1 Prod direct Registry requests
            69: sphinx 5.0.0 Dev direct Registry sphinx
            80: tomli 2.0.1 Dev transitive Registry pytest>tomli
            88: urllib3 1.23 Prod transitive Registry requests>urllib3
        ",
    );
    let manifest = "poetry/project/pyproject.toml";
    for (name, expected) in [
        ("requests", format!("{manifest}:5 >=2.19,<3")),
        ("private-kit", format!("{manifest}:11 ^1.0")),
        ("pytest", format!("{manifest}:14 ^6.0")),
        ("sphinx", format!("{manifest}:19 ^5.0")),
        ("urllib3", String::new()),
    ] {
        assert_eq!(requested(path, name), expected, "{name}");
    }
    assert_eq!(
        required_by(path, "urllib3"),
        "requests >=1.21.1,<1.24, requests >=1.23"
    );
    assert_eq!(required_by(path, "packaging"), "pytest >=20, sphinx *");
    let hashes = |f: PackageFacts| f.integrity.join(" ");
    assert_eq!(fact(path, "packaging", hashes), "sha256:aa sha256:bb");
    let commit = |f: PackageFacts| f.commit.unwrap_or_default();
    assert_eq!(fact(path, "harbour-models", commit), "1".repeat(40));
}

#[test]
fn a_poetry_lock_tells_where_packages_come_from() {
    let path = "poetry/sources/poetry.lock";
    expect(
        path,
        "
            2: here 0.1.0 Prod direct Path here
            14: mirrored 1.0 Prod direct Registry mirrored
            27: shipped 2.0 Optional direct Url shipped
            39: wheel-here 3.0 Dev direct Path wheel-here
        ",
    );
    let hashes = |f: PackageFacts| f.integrity.join(" ");
    assert_eq!(fact(path, "mirrored", hashes), "sha256:bb sha256:cc");
}

#[test]
fn a_lockfile_without_packages_is_in_order() {
    for path in [
        "poetry/empty/poetry.lock",
        "uv/empty/uv.lock",
        "pdm/empty/pdm.lock",
        "pipfile/empty/Pipfile.lock",
        "requirements/empty/requirements.txt",
        "requirements/comments/requirements.txt",
    ] {
        expect_nothing(path);
    }
}

#[test]
fn a_uv_lock_derives_scopes_from_what_its_projects_need() {
    expect(
        "uv/project/uv.lock",
        "
            16: dock 0.1.0 Unknown ? Path
            41: dock-models 0.1.0 Prod direct Path dock-models
            46: iniconfig 2.0.0 Dev transitive Registry pytest>iniconfig
            52: numpy 1.26.4 Prod direct Registry numpy
            57: numpy 2.1.0 Unknown transitive Registry
            62: pysocks 1.7.1 Prod transitive Registry requests>pysocks
            67: pytest 8.0.0 Dev direct Registry pytest
            75: redis 4.5.1 Optional direct Registry redis
            80: requests 2.25.0 Prod direct Registry requests
            93: tide-tables 0.2.0 Unknown transitive Git
            98: torch 2.0.0+cpu Unknown transitive Url
            103: urllib3 1.26.4 Prod transitive Registry requests>urllib3
        ",
    );
}

#[test]
fn the_projects_of_a_uv_workspace_ask_for_packages_each() {
    let path = "uv/workspace/uv.lock";
    expect(
        path,
        "
            16: anyio 4.3.0 Prod direct Registry anyio
            29: charts 0.3.0 Prod direct Git charts
            76: idna 3.6 Prod direct Registry idna
            81: pilot 0.2.0 Prod direct Path pilot
            96: pytest 8.1.1 Dev direct Registry pytest
            101: ruff 0.3.4 Dev direct Registry ruff
            106: sniffio 1.3.1 Prod transitive Registry anyio>sniffio
            111: torch 2.2.2 Optional direct Registry torch
            116: torch 2.3.0 Optional direct Registry torch
        ",
    );
    let root = "uv/workspace/pyproject.toml";
    for (name, expected) in [
        ("anyio", format!("{root}:4 >=4")),
        ("ruff", format!("{root}:13 ")),
        (
            "idna",
            "uv/workspace/packages/pilot/pyproject.toml:6 ==3.6".to_owned(),
        ),
        ("sniffio", String::new()),
    ] {
        assert_eq!(requested(path, name), expected, "{name}");
    }
    assert_eq!(required_by(path, "anyio"), " >=4");
    let day = |f: PackageFacts| f.released.unwrap_or_default();
    assert_eq!(fact(path, "anyio", day), "2024-02-18");
    let hashes = |f: PackageFacts| f.integrity.join(" ");
    assert_eq!(fact(path, "anyio", hashes), "sha256:aa sha256:bb");
    let commit = |f: PackageFacts| f.commit.unwrap_or_default();
    assert_eq!(fact(path, "charts", commit), "2".repeat(40));
}

#[test]
fn a_uv_lock_tells_where_packages_come_from() {
    expect(
        "uv/sources/uv.lock",
        "
            5: here  Unknown direct Path here
            9: linked 1.0 Unknown direct Url linked
            17: shipped 1.1 Unknown direct Path shipped
        ",
    );
}

#[test]
fn a_pdm_lock_has_a_package_once_whatever_its_extras() {
    let path = "pdm/groups/pdm.lock";
    expect(
        path,
        "
            11: boto3 1.34.0 Optional direct Registry boto3
            22: charts 0.3.0 Prod direct Git charts
            31: here 0.1.0 Dev direct Path here
            38: pysocks 1.7.1 Prod ? Registry requests>pysocks
            46: pytest 8.0.0 Dev direct Registry pytest
            53: requests 2.31.0 Prod direct Registry requests
            75: shipped 2.0 Prod direct Url shipped
            82: urllib3 1.26.4 Prod ? Registry requests>urllib3
        ",
    );
    assert_eq!(required_by(path, "urllib3"), "requests <3,>=1.21.1");
    let commit = |f: PackageFacts| f.commit.unwrap_or_default();
    assert_eq!(fact(path, "charts", commit), "2".repeat(40));
}

#[test]
fn what_the_groups_of_a_pdm_lock_are_for_the_project_tells() {
    let path = "pdm/project/pdm.lock";
    expect(
        path,
        "
            6: boto3 1.34.0 Optional direct Registry boto3
            13: mypy 1.8.0 Dev direct Registry mypy
            19: requests 2.31.0 Prod direct Registry requests
            25: urllib3 1.26.4 Optional transitive Registry boto3>urllib3
        ",
    );
    assert_eq!(
        requested(path, "mypy"),
        "pdm/project/pyproject.toml:10 ~=1.8"
    );
    let old = "pdm/old/pdm.lock";
    expect(old, "2: toml 0.10.2 Unknown direct Registry toml");
    let hashes = |f: PackageFacts| f.integrity.join(" ");
    assert_eq!(fact(old, "toml", hashes), "sha256:bb");
}

#[test]
fn a_pipfile_lock_has_a_package_once_and_its_places() {
    let path = "pipfile/project/Pipfile.lock";
    expect(
        path,
        "
            24: charts  Prod direct Git charts
            28: django 2.2.0 Prod direct Registry django
            36: here  Prod transitive Path
            44: private-kit 1.0.0 Prod direct Url private-kit
            49: pytz 2019.1 Prod transitive Registry
            53: shipped 2.0 Prod transitive Url
            58: pytest 8.0.0 Dev direct Registry pytest
            70: sphinx 5.0.0 Optional transitive Registry
        ",
    );
    let manifest = "pipfile/project/Pipfile";
    for (name, expected) in [
        ("django", format!("{manifest}:7 ==2.2.0")),
        ("pytest", format!("{manifest}:11 *")),
        ("private-kit", format!("{manifest}:13 >=1")),
        ("pytz", String::new()),
    ] {
        assert_eq!(requested(path, name), expected, "{name}");
    }
    let hashes = |f: PackageFacts| f.integrity.join(" ");
    assert_eq!(fact(path, "django", hashes), "sha256:aa sha256:bb");
}

#[test]
fn a_pylock_knows_every_place_that_a_package_may_come_from() {
    let path = "pylock/every-place/pylock.toml";
    expect(
        path,
        "
            10: attrs 25.1.0 Unknown ? Registry
            25: boto3 1.34.0 Optional ? Registry
            32: charts  Unknown ? Git
            36: here  Unknown ? Path
            40: private-kit 1.0.0 Unknown ? Url
            45: pytest 8.0.0 Dev ? Registry
            50: shipped 2.0 Unknown ? Url
            54: wheel-here 3.0 Unknown ? Path
        ",
    );
    let day = |f: PackageFacts| f.released.unwrap_or_default();
    assert_eq!(fact(path, "attrs", day), "2025-01-25");
    assert_eq!(fact(path, "boto3", day), "2023-12-01");
    let hashes = |f: PackageFacts| f.integrity.join(" ");
    for (name, expected) in [("attrs", "aa"), ("shipped", "cc"), ("wheel-here", "dd")] {
        let expected = format!("sha256:{expected}");
        assert_eq!(fact(path, name, hashes), expected, "{name}");
    }
}

#[test]
fn a_pylock_that_tells_who_needs_whom_has_paths() {
    expect(
        "pylock/graph/pylock.dev.toml",
        "
            5: anyio 4.3.0 Unknown direct Registry anyio
            12: idna 3.6 Unknown ? Registry anyio>idna
        ",
    );
}

#[test]
fn a_pyproject_without_a_lockfile_lists_what_it_asks_for() {
    expect(
        "pyproject/tables/pyproject.toml",
        "
            8: django 2.2.0 Prod direct Registry django
            9: requests  Prod direct Registry requests
            10: charts  Prod direct Git charts
            11: models  Prod direct Path models
            15: boto3 1.34.0 Optional direct Registry boto3
            18: pytest  Dev direct Registry pytest
            19: ruff 0.3.4 Dev direct Registry ruff
            22: mypy  Dev direct Registry mypy
        ",
    );
    expect(
        "pyproject/poetry/pyproject.toml",
        "
            7: flask  Prod direct Registry flask
            8: jinja2 3.1.2 Prod direct Registry jinja2
            9: charts  Prod direct Git charts
            10: here  Prod direct Path here
            11: redis 4.5.1 Optional direct Registry redis
            14: black 22.1.0 Dev direct Registry black
            16: sphinx 5.0.0 Dev direct Registry sphinx
        ",
    );
}

#[test]
fn where_a_lockfile_stands_for_the_project_its_manifest_is_silent() {
    for path in [
        "pyproject/locked/pyproject.toml",
        "uv/workspace/pyproject.toml",
        "uv/workspace/packages/pilot/pyproject.toml",
    ] {
        expect_nothing(path);
    }
}

#[test]
fn a_demand_that_cannot_be_read_costs_itself_and_is_told() {
    let path = "pyproject/broken/pyproject.toml";
    expect(
        path,
        "
            3: idna 3.5 Prod direct Registry idna
            3: anyio 4.3.0 Prod direct Registry anyio
        ",
    );
    let bytes = bytes(path);
    let errors = read(path, &bytes).errors;
    assert_eq!(errors.len(), 1);
    assert_eq!(&bytes[errors[0].span.range()], b"$$$");
}

#[test]
fn only_an_exact_requirement_is_a_pin() {
    expect(
        "requirements/plain/requirements-dev.txt",
        "
            5: requests 2.19.1 Dev ? Registry
            6: django 2.2.0 Dev ? Registry
            7: zope-interface 5.0.0 Dev ? Registry
            8: flask  Dev ? Registry
            9: jinja2  Dev ? Registry
            10: pyyaml  Dev ? Registry
            11: numpy 1.16.0 Dev ? Registry
            12: urllib3 1.24.1 Dev ? Registry
            15: cryptography 2.1 Dev ? Registry
            19: tide-tables  Dev ? Git
            20: tide-charts  Dev ? Git
            21: harbour 1.0 Dev ? Url
            22: local 1.0 Dev ? Path
            23: pkg 1.0 Dev ? Url
        ",
    );
}

#[test]
fn the_notes_of_pip_compile_are_dependency_paths() {
    expect(
        "requirements/compiled/requirements.txt",
        "
            4: click 8.0.1 Unknown transitive Registry flask>click
            8: flask 2.0.1 Unknown direct Registry flask
            10: black-box 1.0 Unknown direct Registry black-box
            11: itsdangerous 2.0.1 Unknown transitive Registry flask>itsdangerous
            14: colorama 0.4.4 Unknown transitive Registry flask>click>colorama
        ",
    );
}

#[test]
fn a_line_that_is_no_requirement_costs_itself_and_is_told() {
    let path = "requirements/plain/requirements-dev.txt";
    let bytes = bytes(path);
    let errors = read(path, &bytes).errors;
    assert_eq!(errors.len(), 1);
    assert_eq!(&bytes[errors[0].span.range()], b"$$$ not a requirement");
}

#[test]
fn what_is_included_is_listed_once_and_where_it_is_looked_for() {
    let path = "requirements/included/requirements.txt";
    let lockfile = read(path, &bytes(path));
    let rows = table(path);
    let rows: Vec<&str> = rows.lines().map(str::trim).collect();
    assert_eq!(
        rows,
        [
            "1: flask 1.0 Unknown ? Registry",
            "1: jinja2 2.10 Unknown ? Registry",
            "8: idna 3.6 Unknown ? Registry",
            "9: anyio  Unknown ? Registry",
            "10: sniffio 1.3.1 Unknown ? Registry",
            "11: django 2.2.0 Unknown ? Registry",
        ]
    );
    let folder = "requirements/included";
    assert_eq!(
        requested(path, "jinja2"),
        format!("{folder}/more/base.list:3 ==2.10")
    );
    assert_eq!(
        requested(path, "anyio"),
        format!("{folder}/constraints.txt:1 ==4.3.0")
    );
    assert_eq!(
        requested(path, "sniffio"),
        format!("{folder}/limits.list:1 ==1.3.1")
    );
    assert_eq!(
        lockfile.unknown,
        [
            "requirements/included/missing.list is not there",
            "../../../../../etc/passwd lies elsewhere"
        ]
    );
    assert!(lockfile.errors.is_empty());
    expect(
        "requirements/included/requirements-dev.txt",
        "2: pytest 8.0.0 Dev ? Registry",
    );
}

#[test]
fn a_requirement_may_be_a_place() {
    let path = "requirements/places/requirements.txt";
    expect(
        path,
        "
            2: kit  Unknown ? Path
            3: tide-charts  Unknown ? Git
            4: tables  Unknown ? Git
            5: harbour 1.0 Unknown ? Url
            6: numpy 1.9.2 Unknown ? Path
            7: wx-p 3.0.3.dev1820+49a8884 Unknown ? Url
            10: pinned-by-the-build  Unknown ? Registry
        ",
    );
    let lockfile = read(path, &bytes(path));
    assert!(lockfile.errors.is_empty(), "{:?}", lockfile.errors);
    assert_eq!(
        lockfile.unknown,
        [
            "which package https://git.example.org/a/b/archive/main.zip is",
            "what ${SECRET_INDEX_PACKAGE} stands for"
        ]
    );
    let commit = |f: PackageFacts| f.commit.unwrap_or_default();
    assert_eq!(fact(path, "tide-charts", commit), "v1.0");
}

#[test]
fn the_hashes_of_a_requirement_are_kept() {
    let path = "requirements/hashes/requirements.txt";
    expect(
        path,
        "
            1: idna 3.6 Unknown ? Registry
            2: anyio 4.3.0 Unknown direct Registry anyio
            6: sniffio  Unknown ? Registry
        ",
    );
    let hashes = |f: PackageFacts| f.integrity.join(" ");
    assert_eq!(fact(path, "idna", hashes), "sha256:aa sha256:bb");
    assert_eq!(fact(path, "anyio", hashes), "sha256:cc sha256:dd");
}

#[test]
fn the_line_of_the_source_that_pins_were_made_from_is_known() {
    let path = "requirements/compiled/requirements.txt";
    let source = "requirements/compiled/requirements.in";
    assert_eq!(requested(path, "flask"), format!("{source}:1 >=2"));
}

#[test]
fn a_requirements_file_in_utf_16_is_read_beside_another() {
    let path = RepoPath::from("requirements.txt");
    let mut beside = Beside::default();
    let wide = "idna==3.6\n".encode_utf16().flat_map(u16::to_le_bytes);
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(wide).collect();
    beside.put_file(RepoPath::from("base"), Some(wide));
    let lockfile = lock::read(FileKind::Requirements, &path, b"-r base\n", &beside);
    assert_eq!(lockfile.unwrap().packages[0].name, "idna");
}

#[test]
fn an_environment_of_conda_names_packages_of_two_kinds() {
    expect(
        "conda/environment/environment.yml",
        "
            6: python 3.8 Unknown direct Registry python
            7: numpy 1.21.0 Unknown direct Registry numpy
            8: pandas 1.3.5 Unknown direct Registry pandas
            9: zlib 1.2.13 Unknown direct Registry zlib
            10: scipy  Unknown direct Registry scipy
            11: libtide  Unknown direct Registry libtide
            12: pip  Unknown direct Registry pip
            14: flask 0.12 Unknown direct Registry flask
            15: requests  Unknown direct Registry requests
            18: charts  Unknown direct Git charts
        ",
    );
    let path = "conda/environment/environment.yml";
    let ecosystem = |name| package(path, name).ecosystem.name();
    assert_eq!((ecosystem("numpy"), ecosystem("flask")), ("Conda", "PyPI"));
    assert!(package(path, "python").facts.is_lowest, "3.8 is a series");
    assert!(!package(path, "pandas").facts.is_lowest);
    let unknown = read(path, &bytes(path)).unknown;
    assert_eq!(unknown, ["what more.list asks for"]);
    expect_nothing("conda/empty/environment.yaml");
}

#[test]
fn a_lock_of_conda_has_a_package_once_for_all_platforms() {
    let path = "conda/locked/conda-lock.yml";
    expect(
        path,
        "
            15: numpy 1.26.4 Prod direct Registry numpy
            37: python 3.12.2 Prod ? Registry numpy>python
            47: pytest 8.0.0 Dev direct Registry pytest
            58: tide-charts 2.0 Optional direct Url tide-charts
        ",
    );
    let hashes = |f: PackageFacts| f.integrity.join(" ");
    assert_eq!(fact(path, "numpy", hashes), "sha256:bb");
    assert_eq!(required_by(path, "python"), "numpy >=3.12,<3.13.0a0");
}

#[test]
fn a_lock_of_pixi_names_packages_of_conda_by_their_files() {
    let path = "conda/pixi/pixi.lock";
    expect(
        path,
        "
            11: python-dateutil 2.9.0 Unknown ? Registry
            20: flask 0.12 Unknown ? Registry
            26: harbour 1.0.0 Unknown ? Path
            29: openssl 3.2.1 Unknown ? Registry
        ",
    );
    let hashes = |f: PackageFacts| f.integrity.join(" ");
    assert_eq!(fact(path, "python-dateutil", hashes), "sha256:aa");
    assert_eq!(package(path, "flask").ecosystem.name(), "PyPI");
    expect(
        "conda/pixi/old/pixi.lock",
        "
            4: zlib 1.2.13 Unknown ? Registry
            10: tide-charts 2.0 Unknown ? Url
        ",
    );
}

#[test]
fn what_is_installed_in_an_environment_of_conda_is_listed() {
    let path = "conda/installed/conda-meta/zlib-1.2.13-h_0.json";
    let zlib = package(path, "zlib");
    let found = (zlib.version.as_str(), zlib.direct, zlib.facts.licences);
    assert_eq!(found, ("1.2.13", Some(true), vec!["Zlib".to_owned()]));
}

#[test]
fn a_setup_script_is_read_as_far_as_it_is_written_out() {
    let path = "setuptools/script/setup.py";
    expect(
        path,
        "
            4: requests 2.19.1 Prod direct Registry requests
            5: flask  Prod direct Registry flask
            7: pytest  Dev direct Registry pytest
            19: charts  Prod direct Git charts
            21: wheel  Dev direct Registry wheel
            22: cython 0.29.1 Dev direct Registry cython
            26: redis 3.0.0 Optional direct Registry redis
            27: pywin32  Optional direct Registry pywin32
        ",
    );
    assert_eq!(requested(path, "flask"), format!("{path}:5 >= 0.12"));
    let unknown = read(path, &bytes(path)).unknown;
    assert_eq!(unknown, ["tests_require is computed, at least in part"]);
}

#[test]
fn a_setup_script_that_names_its_lists_elsewhere_says_so() {
    for call in [
        "setup(install_requires=requirements())",
        "setup(install_requires=open('r.txt').readlines())",
        "setup(install_requires=['a'] + more)",
        "setup(install_requires=[name for name in names])",
        "setup(install_requires=f'{name}==1')",
        "import setuptools\nsetuptools.setup(install_requires=A)",
    ] {
        let lockfile = read("setup.py", call.as_bytes());
        let expected = "install_requires is computed, at least in part";
        assert_eq!(lockfile.unknown, [expected], "{call}");
    }
    let whole = "setup(**options)";
    let expected = "what setup is told is computed, at least in part";
    assert_eq!(read("setup.py", whole.as_bytes()).unknown, [expected]);
    let later = "options = {'name': 'x'}\noptions['install_requires'] = ['a==1']\noptions['tests_require'] = ['b'] if x else ['c']\nsetup(**options)\n";
    let lockfile = read("setup.py", later.as_bytes());
    let names: Vec<_> = lockfile.packages.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "c"]);
    assert_eq!(lockfile.unknown.len(), 1);
    let endless = "A = A + ['a==1']\nsetup(install_requires=A)\n";
    assert!(read("setup.py", endless.as_bytes()).packages.len() < 20);
}

#[test]
fn the_table_of_a_setup_names_packages() {
    let path = "setuptools/table/setup.cfg";
    expect(
        path,
        "
            9: flask 0.12 Prod direct Registry flask
            10: requests  Prod direct Registry requests
            11: wheel  Dev direct Registry wheel
            11: cython 0.29.1 Dev direct Registry cython
            16: redis 3.0.0 Optional direct Registry redis
        ",
    );
    let unknown = read(path, &bytes(path)).unknown;
    assert_eq!(
        unknown,
        ["what tests/more.list asks for", "what %(queue)s stands for"]
    );
    // A lockfile stands beside it, and says it better.
    expect_nothing("setuptools/locked/setup.cfg");
}

#[test]
fn names_for_lists_of_names_end_in_bounded_time() {
    let mut script = "a0 = ['x==1', 'y==1']\n".to_owned();
    for at in 1..14 {
        let inner = format!("a{}, ", at - 1).repeat(20);
        script.push_str(&format!("a{at} = [{inner}]\n"));
    }
    script.push_str("setup(install_requires=a13)\n");
    let lockfile = read("setup.py", script.as_bytes());
    assert!(lockfile.packages.len() <= script.len());
    assert_eq!(lockfile.unknown.len(), 1);

    let pip = "    - a==1\n".repeat(2_000);
    let again = "  - *p\n".repeat(20_000);
    let environment = format!("dependencies:\n  - &p\n    pip:\n{pip}{again}");
    let lockfile = read("environment.yml", environment.as_bytes());
    assert!(lockfile.packages.len() <= environment.len());
    assert_eq!(lockfile.errors.len(), 1);

    let needs = "      a: '1'\n".repeat(2_000);
    let first = format!("  - name: a\n    version: '0'\n    dependencies: &d\n{needs}");
    let others: String = (1..20_000)
        .map(|at| format!("  - {{name: a, version: '{at}', dependencies: *d}}\n"))
        .collect();
    let lock = format!("package:\n{first}{others}");
    assert_eq!(
        read("conda-lock.yml", lock.as_bytes()).packages.len(),
        20_000
    );
}
