//! Whether the repository's own code uses a package that has a defect: what files import is
//! collected while they are checked, and compared once all were seen. It orders findings and adds
//! a few words; no finding is hidden or weighs less for it.

use std::collections::{BTreeMap, HashMap};

use crate::guard::LIMITS;
use crate::join::{Around, Files as _};
use crate::model::{
    Confidence, Ecosystem, Evidence, Finding, Reachability, Reached, RepoPath, Source, Traces,
};
use crate::parse::imports::{ecosystem, imports};

/// Places of one module that are kept: enough to look for calls, and the same whatever the order
/// in which files come.
const MOST_PLACES: usize = 8;
/// Places that a finding names.
const SHOWN: usize = 3;
/// Folders of what others wrote.
const FOREIGN: &[&str] = &[
    "node_modules",
    "bower_components",
    "vendor",
    "third_party",
    "site-packages",
    "dist-packages",
    ".venv",
    "venv",
];

/// The modules that files import, with the first places by path.
#[derive(Debug, Default)]
pub(super) struct Imports(BTreeMap<Ecosystem, HashMap<Box<[u8]>, Vec<Place>>>);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    path: RepoPath,
    line: u32,
}

impl Imports {
    pub fn add(&mut self, source: &Source) {
        let Some(ecosystem) = ecosystem(source.kind).filter(|_| is_own(&source.path)) else {
            return;
        };
        let modules = self.0.entry(ecosystem).or_default();
        for (module, at) in imports(source.kind, &source.bytes) {
            let places = match modules.get_mut(&*module) {
                Some(places) => places,
                None => modules.entry(module.into()).or_default(),
            };
            let is_early = |last: &Place| source.path < last.path;
            if places.len() < MOST_PLACES || places.last().is_some_and(is_early) {
                let before = source.bytes.get(..at).unwrap_or_default();
                let lines = memchr::memchr_iter(b'\n', before).count();
                let place = Place {
                    path: source.path.clone(),
                    line: u32::try_from(lines + 1).unwrap_or(u32::MAX),
                };
                keep(places, place);
            }
        }
    }

    pub fn merge(&mut self, other: Self) {
        for (ecosystem, modules) in other.0 {
            let own = self.0.entry(ecosystem).or_default();
            for (module, places) in modules {
                let own = own.entry(module).or_default();
                places.into_iter().for_each(|place| keep(own, place));
            }
        }
    }

    /// Says of each package with a defect whether code uses it.
    pub fn settle(&self, findings: &mut [Finding], around: Option<&Around<'_>>) {
        for finding in findings {
            let Evidence::Package(advice) = &mut finding.evidence else {
                continue;
            };
            let seen = advice.traces.take().and_then(|traces| {
                // Where no file of the language was checked, nothing could be seen.
                let modules = self.0.get(&traces.ecosystem)?;
                Look {
                    modules,
                    traces: &traces,
                    around,
                }
                .result()
            });
            if let Some((reachability, words)) = seen {
                advice.reachability = Some(reachability);
                let help = finding.help.get_or_insert_default();
                if !help.is_empty() {
                    help.push_str("; ");
                }
                help.push_str(&words);
            }
        }
    }
}

fn is_own(path: &RepoPath) -> bool {
    let mut parts = path.as_bytes().split(|b| *b == b'/');
    !parts.any(|part| FOREIGN.iter().any(|name| name.as_bytes() == part))
}

fn keep(places: &mut Vec<Place>, place: Place) {
    let at = places.partition_point(|kept| *kept < place);
    places.insert(at, place);
    places.truncate(MOST_PLACES);
}

struct Look<'l> {
    modules: &'l HashMap<Box<[u8]>, Vec<Place>>,
    traces: &'l Traces,
    around: Option<&'l Around<'l>>,
}

impl Look<'_> {
    fn result(&self) -> Option<(Reachability, String)> {
        let ecosystem = self.traces.ecosystem;
        let affected = match ecosystem {
            Ecosystem::Go => self.affected_packages(),
            _ => Vec::new(),
        };
        let anywhere = self.places(&self.traces.modules);
        let module = self.own(anywhere.clone());
        if module.is_empty() && !anywhere.is_empty() {
            // Another project's code says nothing about this one, and hides that there is none.
            return None;
        }
        let used = match affected.is_empty() {
            true => module.clone(),
            false => self.own(self.places(&affected)),
        };
        let shown = |places: &[Place]| {
            let shown = places.iter().take(SHOWN);
            shown
                .map(|p| format!("{}:{}", p.path.display(), p.line))
                .collect()
        };
        if let Some((function, place)) = self.call(&used) {
            let words = format!(
                "{function} is called in {}:{}",
                place.path.display(),
                place.line
            );
            let reachability = Reachability {
                state: Reached::Called,
                confidence: Confidence::Medium,
                at: shown(&[place]),
            };
            return Some((reachability, words));
        }
        let (state, confidence, words) = match (used.first(), affected.first()) {
            (Some(place), _) => {
                let confidence = match ecosystem {
                    // The first name of a path may be a module of the crate itself.
                    Ecosystem::CratesIo => Confidence::Medium,
                    _ if !self.traces.is_certain => Confidence::Medium,
                    _ => Confidence::High,
                };
                let what = match (affected.as_slice(), ecosystem) {
                    ([one], _) => one.as_str(),
                    _ => "it",
                };
                let words = format!(
                    "{what} is imported in {}:{}",
                    place.path.display(),
                    place.line
                );
                (Reached::Imported, confidence, words)
            }
            // Other packages of the module may lead to the affected one.
            (None, Some(package)) if !module.is_empty() => (
                Reached::NotSeen,
                Confidence::Low,
                format!("no checked file imports the affected {package}"),
            ),
            (None, _) if self.traces.is_direct => {
                let confidence = match ecosystem {
                    Ecosystem::Go => Confidence::Medium,
                    _ => Confidence::Low,
                };
                let words = "no checked file imports it".to_owned();
                (Reached::NotSeen, confidence, words)
            }
            _ => return None,
        };
        let reachability = Reachability {
            state,
            confidence,
            at: shown(&used),
        };
        Some((reachability, words))
    }

    /// Those in the project that the package belongs to.
    fn own(&self, mut places: Vec<Place>) -> Vec<Place> {
        places.retain(|place| place.path.as_bytes().starts_with(&self.traces.below));
        places
    }

    /// Where one of these is imported; of Go, also what lies below a module.
    fn places(&self, names: &[String]) -> Vec<Place> {
        let mut found: Vec<Place> = Vec::new();
        for name in names {
            let name = name.as_bytes();
            found.extend(self.modules.get(name).into_iter().flatten().cloned());
            if self.traces.ecosystem == Ecosystem::Go && self.traces.modules.len() == 1 {
                let is_below =
                    |path: &[u8]| path.strip_prefix(name)?.strip_prefix(b"/").map(|_| ());
                let below = self
                    .modules
                    .iter()
                    .filter(|(path, _)| is_below(path).is_some());
                found.extend(below.flat_map(|(_, places)| places).cloned());
            }
        }
        found.sort();
        found.dedup();
        found.truncate(MOST_PLACES);
        found
    }

    /// The packages of Go that have the defect; none where the advisory names one that nobody
    /// outside the module can import.
    fn affected_packages(&self) -> Vec<String> {
        let paths = self.traces.functions.iter().map(|f| split(f).0.to_owned());
        let mut paths: Vec<String> = paths.collect();
        paths.sort();
        paths.dedup();
        match paths
            .iter()
            .any(|path| path.split('/').any(|part| part == "internal"))
        {
            true => Vec::new(),
            false => paths,
        }
    }

    /// A call of a function that has the defect, in one of the files that import its package.
    fn call(&self, places: &[Place]) -> Option<(String, Place)> {
        let around = self.around.filter(|_| !self.traces.functions.is_empty())?;
        places.iter().find_map(|place| {
            let bytes = around.read(&place.path, LIMITS.parse)?;
            let text = String::from_utf8_lossy(&bytes);
            self.traces.functions.iter().find_map(|function| {
                let call = match self.traces.ecosystem {
                    Ecosystem::Go => go_call(&text, function)?,
                    Ecosystem::CratesIo => rust_call(function)?,
                    _ => return None,
                };
                let at = find_word(&text, &call)?;
                let before = text.get(..at)?;
                let line = u32::try_from(before.matches('\n').count() + 1).ok()?;
                let path = place.path.clone();
                Some((call.trim_end_matches('(').to_owned(), Place { path, line }))
            })
        })
    }
}

/// Where a text begins that no word goes into.
fn find_word(text: &str, word: &str) -> Option<usize> {
    let is_free = |at: usize| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '.')
    };
    let mut hits = text.match_indices(word).map(|(at, _)| at);
    hits.find(|at| is_free(*at))
}

/// Path and symbol of `path#Symbol`, and of `path.Symbol`; a path may stand alone.
fn split(function: &str) -> (&str, &str) {
    if let Some(parts) = function.split_once('#') {
        return parts;
    }
    let last = function.rfind('/').map_or(0, |at| at + 1);
    let name = function.get(last..).unwrap_or_default();
    let symbol = name.match_indices('.').find(|(at, _)| {
        let rest = name.get(at + 1..).unwrap_or_default();
        rest.starts_with(|c: char| c.is_ascii_uppercase())
    });
    match symbol {
        Some((at, _)) => (
            function.get(..last + at).unwrap_or(function),
            function.get(last + at + 1..).unwrap_or_default(),
        ),
        None => (function, ""),
    }
}

/// How a file calls a function of a package that it imports: under the package's name, or the one
/// that the import gives it.
fn go_call(text: &str, function: &str) -> Option<String> {
    let (path, symbol) = split(function);
    // Methods belong to values, whose types only a compiler knows.
    if symbol.is_empty() || symbol.contains('.') {
        return None;
    }
    let quoted = format!("\"{path}\"");
    let at = text.find(&quoted)?;
    let line = text.get(..at)?.rsplit('\n').next()?.trim();
    let alias = line.strip_prefix("import").unwrap_or(line).trim();
    let name = match alias {
        "" | "(" => {
            let mut parts = path.rsplit('/');
            let last = parts.next()?;
            let is_major = |part: &str| {
                part.strip_prefix('v')
                    .is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()))
            };
            let name = if is_major(last) { parts.next()? } else { last };
            // `gopkg.in/yaml.v2` is the package `yaml`.
            name.split('.').next()?
        }
        "_" | "." => return None,
        alias => alias,
    };
    Some(format!("{name}.{symbol}("))
}

/// The last two names of a path: `Type::method(`, `module::function(`.
fn rust_call(function: &str) -> Option<String> {
    let mut names = function.rsplit("::");
    let (last, before) = (names.next()?, names.next()?);
    Some(format!("{before}::{last}("))
}

#[cfg(test)]
mod tests {
    use super::{find_word, go_call, rust_call, split};

    #[test]
    fn functions_of_advisories_are_split_in_both_forms() {
        assert_eq!(split("a.b/c#D"), ("a.b/c", "D"));
        assert_eq!(split("a.b/c.D"), ("a.b/c", "D"));
        assert_eq!(
            split("gopkg.in/yaml.v2.Unmarshal"),
            ("gopkg.in/yaml.v2", "Unmarshal")
        );
        assert_eq!(split("a.b/c"), ("a.b/c", ""));
    }

    #[test]
    fn calls_are_known_under_the_name_of_the_import() {
        let call = |text: &str| go_call(text, "gopkg.in/yaml.v2#Unmarshal");
        let plain = "import (\n\t\"gopkg.in/yaml.v2\"\n)";
        assert_eq!(call(plain).as_deref(), Some("yaml.Unmarshal("));
        let named = "import y \"gopkg.in/yaml.v2\"";
        assert_eq!(call(named).as_deref(), Some("y.Unmarshal("));
        assert_eq!(call("import _ \"gopkg.in/yaml.v2\""), None);
        assert_eq!(go_call("import \"a/b\"", "a/b#T.M"), None);
        assert_eq!(rust_call("a::B::c").as_deref(), Some("B::c("));
    }

    #[test]
    fn a_longer_word_is_another() {
        assert_eq!(find_word("xa.B( a.B(", "a.B("), Some(6));
        assert_eq!(find_word("x.a.B(", "a.B("), None);
    }
}
