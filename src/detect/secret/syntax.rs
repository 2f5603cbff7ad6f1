use crate::model::{FileKind, RepoPath};

/// How literal text is written in a file: what tells a value from a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// A programming language: a literal stands in quotes.
    Code,
    /// `name=value` without blanks, words separated by blanks.
    Shell,
    Batch,
    Dockerfile,
    Yaml,
    Json,
    /// Tags and attributes.
    Xml,
    /// `name = value`, `name: value` to the end of the line.
    Properties,
    /// Text for people, and whatever says nothing about itself.
    Prose,
}

/// Extensions of code, configuration languages with quotes included.
const CODE: &[&str] = &[
    "c",
    "h",
    "cc",
    "cpp",
    "cxx",
    "hpp",
    "hh",
    "hxx",
    "ino",
    "m",
    "mm",
    "swift",
    "kt",
    "kts",
    "scala",
    "sc",
    "groovy",
    "gradle",
    "pl",
    "pm",
    "t",
    "lua",
    "r",
    "dart",
    "ex",
    "exs",
    "erl",
    "hrl",
    "vb",
    "vbs",
    "bas",
    "frm",
    "cls",
    "sql",
    "psql",
    "hs",
    "ml",
    "fs",
    "fsx",
    "clj",
    "cljs",
    "edn",
    "jl",
    "nim",
    "zig",
    "d",
    "pas",
    "dpr",
    "sol",
    "vue",
    "svelte",
    "tf",
    "tfvars",
    "hcl",
    "ps1",
    "psm1",
    "psd1",
    "coffee",
    "cr",
    "jsx",
    "proto",
    "thrift",
    "graphql",
    "lisp",
    "el",
    "scm",
    "tcl",
    "awk",
    "pp",
    "nix",
    "jenkinsfile",
    "feature",
    "bzl",
    "cmake",
    "phtml",
    "inc",
    "rake",
    "gemspec",
    "ru",
    "podspec",
    "es6",
    "pyx",
    "as",
    "ada",
    "f90",
    "cob",
];
const XML: &[&str] = &[
    "xml",
    "html",
    "htm",
    "xhtml",
    "config",
    "plist",
    "csproj",
    "vbproj",
    "props",
    "targets",
    "pom",
    "jmx",
    "xaml",
    "wsdl",
    "xsl",
    "xslt",
    "jsp",
    "jspx",
    "aspx",
    "cshtml",
    "resx",
    "svg",
    "iml",
    "nuspec",
    "mobileconfig",
    "storyboard",
    "ftl",
    "jelly",
    "rdf",
    "soap",
    "wxs",
];
const JSON: &[&str] = &[
    "json",
    "jsonl",
    "ndjson",
    "geojson",
    "tfstate",
    "ipynb",
    "avsc",
    "har",
    "map",
    "webapp",
    "dockercfg",
    "json5",
    "postman_collection",
];
const YAML: &[&str] = &["yaml", "yml", "raml", "sls", "eyaml", "cassette"];
const PROPERTIES: &[&str] = &[
    "ini",
    "cfg",
    "conf",
    "cnf",
    "properties",
    "env",
    "envrc",
    "prefs",
    "s3cfg",
    "boto",
    "desktop",
    "service",
    "reg",
    "rc",
    "pgpass",
    "npmrc",
    "pypirc",
    "muttrc",
    "editorconfig",
    "local",
    "credentials",
    "gitconfig",
    "prop",
    "settings",
    "ovpn",
    "http",
    "rest",
];

impl Syntax {
    /// Decided by the path; where that tells nothing, by how the text begins.
    pub fn of(path: &RepoPath, kind: FileKind, bytes: &[u8]) -> Self {
        let name = String::from_utf8_lossy(path.file_name()).to_ascii_lowercase();
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        match kind.syntax() {
            FileKind::Dockerfile => Self::Dockerfile,
            FileKind::Shell => Self::Shell,
            FileKind::Yaml => Self::Yaml,
            FileKind::Json => Self::Json,
            FileKind::Xml => Self::Xml,
            FileKind::Ini | FileKind::Env => Self::Properties,
            FileKind::Markdown => Self::Prose,
            FileKind::Text => Self::of_text(&name, extension, bytes),
            _ => Self::Code,
        }
    }

    fn of_text(name: &str, extension: &str, bytes: &[u8]) -> Self {
        match extension {
            "bat" | "cmd" => Self::Batch,
            "zsh" | "fish" | "csh" | "tcsh" | "mk" | "mak" | "bash_profile" | "zshrc"
            | "bash_history" | "zsh_history" | "profile" => Self::Shell,
            _ if CODE.contains(&extension) => Self::Code,
            _ if XML.contains(&extension) => Self::Xml,
            _ if JSON.contains(&extension) => Self::Json,
            _ if YAML.contains(&extension) => Self::Yaml,
            _ if PROPERTIES.contains(&extension) => Self::Properties,
            _ if name.starts_with(".env") || name.ends_with("rc") => Self::Properties,
            _ => match name {
                "makefile" | "gnumakefile" => Self::Shell,
                "jenkinsfile" | "vagrantfile" | "podfile" | "fastfile" | "appfile"
                | "matchfile" | "build" | "capfile" | "berksfile" | "guardfile" | "brewfile" => {
                    Self::Code
                }
                "config" | "credentials" => Self::Properties,
                _ => Self::by_content(bytes),
            },
        }
    }

    fn by_content(bytes: &[u8]) -> Self {
        let head = bytes.get(..bytes.len().min(256)).unwrap_or_default();
        let head = head.trim_ascii_start();
        let second = head.get(1..).unwrap_or_default().trim_ascii_start().first();
        match head.first() {
            Some(b'<') if second.is_some_and(|b| b.is_ascii_alphabetic() || b"?!".contains(b)) => {
                Self::Xml
            }
            Some(b'{') if second == Some(&b'"') => Self::Json,
            Some(b'-') if head.starts_with(b"---\n") => Self::Yaml,
            _ => Self::Prose,
        }
    }

    /// True where a value may stand without quotes up to the end of its line.
    pub fn has_bare_lines(self) -> bool {
        matches!(self, Self::Properties | Self::Prose)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn syntax(path: &str, text: &str) -> Syntax {
        let path = RepoPath::from(path);
        let kind = crate::classify::classify(&path, text.as_bytes());
        Syntax::of(&path, kind, text.as_bytes())
    }

    #[test]
    fn the_path_tells_how_literals_are_written_and_the_text_where_it_does_not() {
        for (path, text, expected) in [
            ("a.swift", "", Syntax::Code),
            ("a.tf", "", Syntax::Code),
            ("a.cmd", "", Syntax::Batch),
            ("Makefile", "", Syntax::Shell),
            ("web.config", "", Syntax::Xml),
            ("a.ipynb", "", Syntax::Json),
            (".env.local", "", Syntax::Properties),
            (".esmtprc", "", Syntax::Properties),
            ("9f86d081", "<?xml version=\"1.0\"?>", Syntax::Xml),
            ("9f86d081", "{\n  \"a\": 1}", Syntax::Json),
            ("9f86d081", "Dear reader", Syntax::Prose),
            ("README.md", "", Syntax::Prose),
        ] {
            assert_eq!(syntax(path, text), expected, "{path}");
        }
    }
}
