//! Turns `rules/` into the registry: validates every rule file, embeds what the binary needs of
//! it, and wires each native rule to the file of its name under `src/detect/`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

#[path = "build/advisories.rs"]
mod advisories;
#[allow(dead_code)]
#[path = "src/rules/file.rs"]
mod file;
#[allow(dead_code)]
#[path = "src/model/severity.rs"]
mod model;
#[allow(dead_code)]
#[path = "src/rules/pattern/mod.rs"]
mod pattern;
#[path = "src/rules/row.rs"]
mod row;

use file::{Check, RuleFile};
use row::Row;

fn main() {
    pack_relocations();
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/model/severity.rs");
    println!("cargo::rerun-if-changed=src/rules/file.rs");
    println!("cargo::rerun-if-changed=src/rules/row.rs");
    println!("cargo::rerun-if-changed=src/rules/pattern");
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("set by cargo"));
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("set by cargo"));

    advisories::embed(&root.join("rules/data/advisories"), &out);
    let mut rules = BTreeMap::new();
    collect(&root.join("rules"), "", &mut rules);
    write(&out.join("rules.rs"), &registry(&rules, &out));
    write(&out.join("checks_shell.rs"), &shell_checks(&root, &rules));
    for folder in ["dockerfile", "source"] {
        write(
            &out.join(format!("checks_{folder}.rs")),
            &native_checks(&root, folder, &rules),
        );
    }
}

/// Has the linker pack the addresses that are worked out at start, 24 bytes each otherwise: 0.7 MB.
/// glibc reads the packed form from 2.36 on, and whoever builds for another system may not have it.
fn pack_relocations() {
    let asked = |name| std::env::var(name).unwrap_or_default();
    let is_for_here = asked("TARGET") == asked("HOST");
    if !is_for_here || asked("CARGO_CFG_TARGET_ENV") != "gnu" {
        return;
    }
    let getconf = std::process::Command::new("getconf")
        .arg("GNU_LIBC_VERSION")
        .output();
    let said = getconf.map_or_else(|_| Vec::new(), |output| output.stdout);
    let said = String::from_utf8_lossy(&said);
    let minor = said.trim().strip_prefix("glibc 2.");
    if minor
        .and_then(|minor| minor.parse().ok())
        .is_some_and(|minor: u32| minor >= 36)
    {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}

/// Reads every rule file below `folder`; ids follow the folders. `data` holds tables, not rules.
fn collect(folder: &Path, prefix: &str, rules: &mut BTreeMap<String, (RuleFile, String)>) {
    let mut entries: Vec<_> = std::fs::read_dir(folder)
        .unwrap_or_else(|e| panic!("cannot list {}: {e}", folder.display()))
        .map(|entry| entry.expect("a readable folder").path())
        .collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if name != "data" {
                collect(&path, &format!("{prefix}{name}/"), rules);
            }
        } else if let Some(slug) = name.strip_suffix(".toml") {
            let id = format!("{prefix}{slug}");
            let text = std::fs::read_to_string(&path).expect("a readable rule file");
            let rule =
                RuleFile::parse(&text, &id).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            if let Some(table) = &rule.pattern {
                let json = serde_json::to_string(table).expect("TOML as JSON");
                pattern::validate(id.split('/').next().unwrap(), &json)
                    .unwrap_or_else(|e| panic!("{}: [pattern]: {e}", path.display()));
            }
            rules.insert(id, (rule, text));
        }
    }
}

/// What is long and rarely or partly wanted goes packed into files beside the code.
fn registry(rules: &BTreeMap<String, (RuleFile, String)>, out: &Path) -> String {
    // In the format of a list: how many, then one after the other.
    let mut rows = postcard::to_stdvec(&rules.len()).expect("in memory");
    let mut docs = String::new();
    let mut by_language: BTreeMap<&str, String> = BTreeMap::new();
    let mut patterns = String::from(
        "/// Rule id and JSON of its `[pattern]` table.\npub static PATTERNS: &[(&str, &str)] = &[\n",
    );
    // FNV-1a over the files is enough to tell two sets of rules apart.
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    for (id, (rule, text)) in rules {
        for byte in text.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        let row = Row {
            id,
            title: &rule.title,
            severity: level(&rule.severity),
            confidence: level(&rule.confidence),
            profile: level(&rule.profile),
            category: &rule.category,
            cwe: rule.cwe.clone(),
            aliases: &rule.aliases.join("\n"),
            compliance: &rule.compliance.join("\n"),
            since: &rule.since,
            docs: docs.len()..docs.len() + rule.docs.len(),
            fixable: rule.fixable,
        };
        rows = postcard::to_extend(&row, rows).expect("in memory");
        docs.push_str(&rule.docs);
        if let Some(table) = &rule.pattern {
            let json = serde_json::to_string(table).expect("TOML as JSON");
            match id.strip_prefix("source/").and_then(|id| id.split_once('/')) {
                Some((language, _)) => {
                    let lines = by_language.entry(language).or_default();
                    writeln!(lines, "{id}\t{json}").unwrap();
                }
                None => writeln!(patterns, "({id:?}, {json:?}),").unwrap(),
            }
        }
    }
    patterns.push_str(
        "];\n/// Of each language its rules' ids and JSON, packed.\nstatic PACKED_PATTERNS: &[(&str, &[u8])] = &[\n",
    );
    for (language, lines) in by_language {
        let file = pack(&out.join(format!("patterns_{language}.z")), &lines);
        writeln!(patterns, "({language:?}, include_bytes!({file:?})),").unwrap();
    }
    let docs = pack(&out.join("docs.z"), &docs);
    let file = out.join("rules.postcard");
    std::fs::write(&file, rows).expect("a writable folder");
    let number = rules.len();
    format!(
        "{patterns}];\nstatic PACKED_DOCS: &[u8] = include_bytes!({docs:?});\n\
         static PACKED_RULES: &[u8] = include_bytes!({file:?});\n\
         #[cfg(test)]\nconst NUMBER_OF_RULES: usize = {number};\n\
         static RULES_HASH: &str = \"{hash:016x}\";\n"
    )
}

/// Writes a text with zlib; the path, to be included.
fn pack(path: &Path, text: &str) -> String {
    use std::io::Write as _;
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(text.as_bytes()).expect("in memory");
    std::fs::write(path, packer.finish().expect("in memory")).expect("a writable folder");
    path.to_str().expect("a path that is UTF-8").to_owned()
}

/// Modules and a table `CHECKS: &[(&str, Check)]` of a family's native rules.
fn native_checks(
    root: &Path,
    family: &str,
    rules: &BTreeMap<String, (RuleFile, String)>,
) -> String {
    let mut modules = String::new();
    let mut table = String::from("pub(super) static CHECKS: &[(&str, Check)] = &[\n");
    for (id, (rule, _)) in rules {
        if rule.check != Check::Native || !id.starts_with(&format!("{family}/")) {
            continue;
        }
        let place = id.replace('-', "_");
        let path = root.join("src/detect").join(format!("{place}.rs"));
        assert!(
            path.is_file(),
            "rules/{id}.toml says check = \"native\", so {} must exist",
            path.display()
        );
        let module = place
            .split_once('/')
            .expect("family/slug")
            .1
            .replace('/', "_");
        writeln!(modules, "#[path = {path:?}]\nmod {module};").unwrap();
        writeln!(table, "({id:?}, {module}::check),").unwrap();
    }
    table.push_str("];\n");
    modules + &table
}

/// Modules of the judgements of shell commands, and a table for each family that uses them.
fn shell_checks(root: &Path, rules: &BTreeMap<String, (RuleFile, String)>) -> String {
    let mut modules = BTreeMap::new();
    let mut tables = String::new();
    for (name, folder) in [
        ("IN_SCRIPTS", "source/shell/"),
        ("IN_IMAGES", "dockerfile/"),
    ] {
        writeln!(tables, "pub static {name}: &[(&str, Check)] = &[").unwrap();
        for (id, (rule, _)) in rules {
            let Some(slug) = id
                .strip_prefix(folder)
                .filter(|_| rule.check == Check::Shell)
            else {
                continue;
            };
            let module = slug.replace('-', "_");
            let path = root.join(format!("src/detect/shell/{module}.rs"));
            assert!(
                path.is_file(),
                "rules/{id}.toml says check = \"shell\", so {} must exist",
                path.display()
            );
            writeln!(tables, "({id:?}, {module}::check),").unwrap();
            modules.insert(module, path);
        }
        tables.push_str("];\n");
    }
    modules.iter().fold(String::new(), |code, (module, path)| {
        format!("{code}#[path = {path:?}]\nmod {module};\n")
    }) + &tables
}

/// A level of the model by its name, which the rule's file has been validated for.
fn level<T: serde::de::DeserializeOwned>(name: &str) -> T {
    serde_json::from_value(name.into()).expect("a known level")
}

fn write(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap_or_else(|e| panic!("cannot write {}: {e}", path.display()));
}
