//! Gemfile.lock and gems.locked: sections by indentation. Four spaces before a gem, six before
//! what it needs. Which group asks for a gem stands only in the Gemfile.

use std::collections::{HashMap, HashSet};

use super::gemfile::{self, Gemfile};
use super::lines::lines;
use super::needs::{Needs, Scopes, Want};
use super::{Ask, Input, Lockfile, SyntaxError};
use crate::model::{Ecosystem, Package, PackageSource, RepoPath, Requested, Scope, Span};

/// Hosts of the public registry and of its mirrors.
const PUBLIC: [&str; 5] = [
    "rubygems.org",
    "www.rubygems.org",
    "index.rubygems.org",
    "gems.ruby-china.com",
    "gems.ruby-china.org",
];

enum Section {
    Gems(PackageSource),
    Dependencies,
    Checksums,
    Other,
}

/// Where the gems of a section come from.
#[derive(Default)]
struct Origin<'t> {
    remotes: Vec<&'t str>,
    revision: Option<&'t str>,
}

struct Gem<'t> {
    name: &'t str,
    /// With the platform, if any.
    release: &'t str,
    span: Span,
    source: PackageSource,
    origin: usize,
}

#[derive(Default)]
struct Parsed<'t> {
    gems: Vec<Gem<'t>>,
    origins: Vec<Origin<'t>>,
    /// The gem that needs, by its place in `gems`, and what it needs in which versions.
    needs: Vec<(usize, &'t str, &'t str)>,
    asked: Vec<(&'t str, &'t str)>,
    checksums: HashMap<(&'t str, &'t str), &'t str>,
    errors: Vec<SyntaxError>,
}

pub fn wants(input: &Input<'_>) -> Vec<Ask> {
    let Some(path) = manifest(input.path) else {
        return Vec::new();
    };
    let here = input.path.parent();
    let mut wanted = vec![Ask::File(path.clone())];
    let names_gemspec = |text: &str| gemfile::read(text).is_some_and(|found| found.gemspec);
    if input.beside.file(&path).is_some_and(names_gemspec) {
        wanted.extend(gemspecs(input).map(Ask::File));
        wanted.push(Ask::Folder(here));
    }
    wanted
}

pub fn read(input: &Input<'_>) -> Lockfile {
    let parsed = parse(input.text);
    // A gem stands once for every platform; what needs it needs whichever fits.
    let mut needs = Needs::default();
    let mut places: HashMap<&str, usize> = HashMap::with_capacity(parsed.gems.len());
    let mut place_of = Vec::with_capacity(parsed.gems.len());
    for gem in &parsed.gems {
        let place = match places.get(gem.name) {
            Some(place) => *place,
            None => needs.add(parsed.package(gem)),
        };
        places.insert(gem.name, place);
        place_of.push(place);
    }
    for (by, name, range) in &parsed.needs {
        if let (Some(by), Some(needed)) = (place_of.get(*by), places.get(name)) {
            needs.need(*by, *needed, Some(range), false);
        }
    }
    let (groups, gemspec) = groups(input);
    let here = parsed
        .gems
        .iter()
        .filter(|gem| gem.source == PackageSource::Path);
    let own: HashSet<&str> = here.map(|gem| gem.name).collect();
    for (name, range) in &parsed.asked {
        let Some(place) = places.get(name) else {
            continue;
        };
        let asked = groups.get(*name);
        let scope = match asked {
            Some((scope, _)) => *scope,
            None if gemspec && own.contains(name) => Scope::Prod,
            None => Scope::Unknown,
        };
        needs.want(Want {
            package: *place,
            by: String::new(),
            scope,
            range: Some((*range).to_owned()),
            requested: asked.map(|(_, requested)| requested.clone()),
        });
    }
    let known = !parsed.asked.is_empty();
    let first = needs.finish(Scopes::Derived, known);
    let mut packages = Vec::with_capacity(parsed.gems.len());
    for (gem, place) in parsed.gems.iter().zip(place_of) {
        let mut package = parsed.package(gem);
        if let Some(first) = first.get(place) {
            package.scope = first.scope;
            package.direct = first.direct;
            package.dependency_path.clone_from(&first.dependency_path);
            package.requested.clone_from(&first.requested);
            if first.span == package.span || first.facts.required_by.len() < REPEATED {
                package
                    .facts
                    .required_by
                    .clone_from(&first.facts.required_by);
            }
        }
        packages.push(package);
    }
    Lockfile {
        packages,
        errors: parsed.errors,
        unknown: Vec::new(),
    }
}

/// Needs of a gem that are told again for each further platform of it.
const REPEATED: usize = 64;

/// The Gemfile of a lockfile: `Gemfile`, `gems.rb`, `gemfiles/rails_7.gemfile`.
fn manifest(lock: &RepoPath) -> Option<RepoPath> {
    let path = lock.as_str()?;
    match path.strip_suffix(".lock") {
        Some(stem) => Some(RepoPath::from(stem)),
        None => path
            .strip_suffix(".locked")
            .map(|stem| RepoPath::from(format!("{stem}.rb").as_str())),
    }
}

fn gemspecs(input: &Input<'_>) -> impl Iterator<Item = RepoPath> {
    let here = input.path.parent();
    let names = input.beside.folder(&here).iter();
    let names = names.filter(|name| name.ends_with(".gemspec")).take(4);
    names.map(move |name| here.join(name.as_bytes()))
}

/// What the Gemfile and the gemspec beside it ask for, by name; and whether a gemspec counts.
fn groups(input: &Input<'_>) -> (HashMap<String, (Scope, Requested)>, bool) {
    let mut found = HashMap::new();
    let mut take = |path: &RepoPath, file: Gemfile| {
        for asked in file.asked {
            let requested = Requested {
                path: path.clone(),
                line: asked.line,
                requirement: asked.requirement,
            };
            found.entry(asked.name).or_insert((asked.scope, requested));
        }
        file.gemspec
    };
    let Some(path) = manifest(input.path) else {
        return (found, false);
    };
    let file = input.beside.file(&path).and_then(gemfile::read);
    let gemspec = file.is_some_and(|file| take(&path, file));
    if gemspec {
        for path in gemspecs(input) {
            if let Some(text) = input.beside.file(&path) {
                take(&path, gemfile::read_gemspec(text));
            }
        }
    }
    (found, gemspec)
}

impl Parsed<'_> {
    fn package(&self, gem: &Gem<'_>) -> Package {
        let origin = self.origins.get(gem.origin);
        let remotes: &[&str] = origin.map_or(&[], |origin| &origin.remotes);
        // Of several remotes the file does not tell which one has the gem.
        let source = match gem.source {
            PackageSource::Registry
                if !remotes.is_empty() && !remotes.iter().any(|remote| is_public(remote)) =>
            {
                PackageSource::Url
            }
            source => source,
        };
        // No version has a hyphen: what follows one is the platform.
        let version = gem.release.split('-').next().unwrap_or("");
        let mut package = Package {
            source,
            ..Package::new(Ecosystem::RubyGems, gem.name, version, gem.span)
        };
        if let [remote] = remotes {
            package.facts.resolved = Some((*remote).to_owned());
        }
        let revision = origin.and_then(|origin| origin.revision);
        package.facts.commit = revision.map(str::to_owned);
        if let Some(hashes) = self.checksums.get(&(gem.name, gem.release)) {
            package.facts.integrity = hashes.split(',').map(str::to_owned).collect();
            package.facts.integrity.sort();
        }
        package
    }
}

fn is_public(remote: &str) -> bool {
    let rest = remote.split_once("://").map_or(remote, |(_, rest)| rest);
    let host = rest.split(['/', ':']).next().unwrap_or(rest);
    PUBLIC.iter().any(|known| known.eq_ignore_ascii_case(host))
}

fn parse(text: &str) -> Parsed<'_> {
    let mut parsed = Parsed::default();
    let mut section = Section::Other;
    for (start, line) in lines(text) {
        let content = line.trim_start_matches(' ');
        let indent = line.len() - content.len();
        let content = content.trim_end();
        let span = Span::from_usize(start + indent, start + indent + content.len());
        let understood = match (&section, indent) {
            (_, 0) if content.is_empty() => true,
            (_, 0) => {
                let begun = begin(content);
                if let Some(Section::Gems(_)) = begun {
                    parsed.origins.push(Origin::default());
                }
                let understood = begun.is_some();
                section = begun.unwrap_or(Section::Other);
                understood
            }
            (Section::Gems(_), 2) => parsed.origin(content),
            (Section::Gems(source), 4) => parsed.gem(content, span, *source),
            (Section::Gems(_), 6) => parsed.need(content),
            (Section::Gems(_), _) => false,
            (Section::Dependencies, _) => match name_and_rest(content.trim_end_matches('!')) {
                Some(asked) => {
                    parsed.asked.push(asked);
                    true
                }
                None => false,
            },
            (Section::Checksums, _) => {
                // A gem without a hash is one that was not downloaded.
                if let Some((gem, hashes)) = content.rsplit_once(' ')
                    && let Some(release) = name_and_rest(gem)
                {
                    parsed.checksums.insert(release, hashes);
                }
                true
            }
            (Section::Other, _) => true,
        };
        if !understood && parsed.errors.len() < MOST_ERRORS {
            parsed.errors.push(SyntaxError {
                span,
                message: "not a line of a lockfile".into(),
            });
        }
    }
    parsed
}

/// More errors than this say nothing new about a file.
const MOST_ERRORS: usize = 100;

/// The headers are capitals; those of later versions of the format are passed over.
fn begin(header: &str) -> Option<Section> {
    Some(match header {
        "GEM" => Section::Gems(PackageSource::Registry),
        "GIT" => Section::Gems(PackageSource::Git),
        "PATH" => Section::Gems(PackageSource::Path),
        "PLUGIN SOURCE" => Section::Gems(PackageSource::Url),
        "DEPENDENCIES" => Section::Dependencies,
        "CHECKSUMS" => Section::Checksums,
        other if other.bytes().all(|b| b.is_ascii_uppercase() || b == b' ') => Section::Other,
        _ => return None,
    })
}

/// `name` or `name (what is in brackets)`.
fn name_and_rest(content: &str) -> Option<(&str, &str)> {
    match content.split_once(" (") {
        Some((name, rest)) => Some((name, rest.strip_suffix(')')?)),
        None if content.is_empty() || content.contains([' ', '(', ')']) => None,
        None => Some((content, "")),
    }
}

impl<'t> Parsed<'t> {
    fn origin(&mut self, content: &'t str) -> bool {
        let (key, value) = content.split_once(':').unwrap_or((content, ""));
        let value = value.trim();
        if let Some(origin) = self.origins.last_mut() {
            match key {
                "remote" => origin.remotes.push(value),
                "revision" => origin.revision = Some(value),
                _ => {}
            }
        }
        content.contains(':')
    }

    fn gem(&mut self, content: &'t str, span: Span, source: PackageSource) -> bool {
        let Some((name, release)) = name_and_rest(content).filter(|gem| !gem.1.is_empty()) else {
            return false;
        };
        self.gems.push(Gem {
            name,
            release,
            span,
            source,
            origin: self.origins.len().saturating_sub(1),
        });
        true
    }

    fn need(&mut self, content: &'t str) -> bool {
        let Some((name, range)) = name_and_rest(content) else {
            return false;
        };
        if let Some(by) = self.gems.len().checked_sub(1) {
            self.needs.push((by, name, range));
        }
        true
    }
}
