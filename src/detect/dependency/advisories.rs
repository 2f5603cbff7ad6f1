//! dependency/vulnerable, malicious, unmaintained, unsound, notice and unparsable-version: what the
//! advisories say about one pinned version.

use super::remedy::Remedy;
use super::{Pinned, traces};
use crate::advisory::{Kind, Match, Matches, Record, interval};
use crate::detect::{Context, Sink};
use crate::model::{
    Advice, Confidence, Ecosystem, Evidence, FileKind, Package, Safety, Severity, Source, Span,
};
use crate::parse::version::{Scheme, Version};

/// How a command names a package that no lockfile pins.
#[derive(Clone, Copy, Debug)]
pub struct Command {
    /// Where the version stands, alone.
    pub version: Option<Span>,
    /// How sure it is that this is the package.
    pub confidence: Confidence,
    /// Why it is not entirely, as the end of a sentence.
    pub note: &'static str,
}

/// Reports each defect of a pinned version once.
pub fn check(cx: &Context<'_>, source: &Source, pinned: &Pinned<'_>, out: &mut Sink<'_>) {
    let package = pinned.package;
    let version = Scheme::for_ecosystem(package.ecosystem).parse(&package.version);
    let known = cx.advisories.dossier(package.ecosystem, &package.name);
    let matches = known.affecting(&version);
    if !version.is_parsable() {
        report_unparsable(package, &matches, out);
    }
    if matches.affected.is_empty() {
        return;
    }
    let remedy = Remedy::find(&known, source, pinned, &version, &matches);
    for found in &matches.affected {
        report(source, pinned, found, &version, &remedy, out);
    }
}

fn rule(kind: Kind) -> &'static str {
    match kind {
        Kind::Vulnerability => "dependency/vulnerable",
        Kind::Malicious => "dependency/malicious",
        Kind::Unmaintained => "dependency/unmaintained",
        Kind::Unsound => "dependency/unsound",
        Kind::Notice => "dependency/notice",
    }
}

fn report(
    source: &Source,
    pinned: &Pinned<'_>,
    found: &Match,
    version: &Version,
    remedy: &Remedy,
    out: &mut Sink<'_>,
) {
    let package = pinned.package;
    let record = &found.record;
    let affected = interval(record, version);
    let ids: Vec<&str> = std::iter::once(&record.id)
        .chain(&record.aliases)
        .map(String::as_str)
        .collect();
    let mut reported = out
        .report(rule(record.kind), package.span, message(package, record))
        .text(label(found, affected.as_deref()))
        .help(help(pinned, found, remedy) + pinned.command.map_or("", |c| c.note))
        .aliases(&ids)
        .evidence(Evidence::Package(Box::new(advice(
            source, pinned, found, affected, version, remedy,
        ))))
        .confidence(confidence(pinned, record));
    if record.kind == Kind::Vulnerability {
        // What nobody rated must not slip below a gate.
        reported = reported.severity(record.severity.unwrap_or(Severity::Medium));
    }
    for same in &pinned.elsewhere {
        reported = reported.label(same.span, "installed here too");
    }
    let target = remedy.target.as_ref();
    let fix = target.and_then(|target| edit(source, pinned, target));
    if let (Kind::Vulnerability, Some((span, target))) = (record.kind, fix) {
        let verb = match pinned.command {
            Some(_) => "install",
            None => "require",
        };
        reported.fix(
            format!("{verb} {} {target}", package.name),
            Safety::Unsafe,
            span,
            target,
        );
    }
}

/// What an attacker can do, and the name under which people know it.
fn message(package: &Package, record: &Record) -> String {
    let what = format!("{} {}", package.name, package.version);
    let known_as = record
        .aliases
        .iter()
        .find(|alias| alias.starts_with("CVE-"))
        .unwrap_or(&record.id);
    let summary = record.summary.trim().trim_end_matches('.');
    let state = match record.kind {
        Kind::Vulnerability => "is vulnerable",
        Kind::Malicious => "is malicious",
        Kind::Unmaintained => "is not maintained",
        Kind::Unsound => "is unsound",
        Kind::Notice => "has a notice",
    };
    if summary.is_empty() {
        format!("{what} {state} ({known_as})")
    } else {
        format!("{what} {state}: {summary} ({known_as})")
    }
}

/// Why the advisory applies, and where that ends.
fn label(found: &Match, range: Option<&str>) -> String {
    let affected = &found.affected;
    let range = match range {
        Some(range) => format!("affected: {range}"),
        None if affected.listed => "affected: this version is listed".to_owned(),
        None => "affected".to_owned(),
    };
    let end = match (&affected.fixed_in[..], &affected.last_affected) {
        ([first, ..], _) => format!("; fixed in {first}"),
        ([], Some(_)) => String::new(),
        ([], None) => ", no fixed version known".to_owned(),
    };
    let exploited = if found.record.exploited {
        ", used in attacks"
    } else {
        ""
    };
    format!("{range}{end}{exploited}")
}

fn help(pinned: &Pinned<'_>, found: &Match, remedy: &Remedy) -> String {
    let package = pinned.package;
    let name = &package.name;
    if found.record.kind == Kind::Malicious {
        return format!(
            "remove {name}, and treat every machine that installed it, and every secret on it, as compromised"
        );
    }
    let (verb, to) = verb(pinned);
    let Some(fixed) = found.affected.fixed_in.first() else {
        return match &found.affected.last_affected {
            Some(last) => format!("{verb} {name} above {last}, if there is such a version"),
            None if found.record.kind == Kind::Vulnerability => {
                format!(
                    "no version is known to fix it: replace {name}, or ignore the advisory with a reason"
                )
            }
            None => format!("look for a replacement of {name}"),
        };
    };
    let target = remedy.target.as_ref().map(Version::as_str);
    let mut help = format!("{verb} {name} {to}{fixed} or later");
    if let Some(target) = target.filter(|target| *target != fixed) {
        help.push_str(&format!(" ({target} fixes everything known about it)"));
    }
    help + &way(package, remedy, target.unwrap_or(fixed))
}

/// How the package gets to the version, and who brings it in.
fn way(package: &Package, remedy: &Remedy, target: &str) -> String {
    let mut way = how(package, remedy, target);
    match &package.dependency_path[..] {
        // Who stands in the way was named already.
        _ if !remedy.blocked_by.is_empty() || remedy.first.is_some() => {}
        [direct, .., _] => way.push_str(&format!("; it comes in through {direct}")),
        _ if package.direct == Some(false) => {
            way.push_str("; another dependency brings it in");
        }
        _ => {}
    }
    way
}

/// What answers everything that is known about the package.
fn answer(pinned: &Pinned<'_>, remedy: &Remedy) -> Option<String> {
    let (package, target) = (pinned.package, remedy.target.as_ref()?.as_str());
    let (verb, to) = verb(pinned);
    let name = &package.name;
    Some(format!(
        "{verb} {name} {to}{target} or later{}",
        way(package, remedy, target)
    ))
}

/// What one does with a package: a lockfile is brought up to date, a command is written anew.
fn verb(pinned: &Pinned<'_>) -> (&'static str, &'static str) {
    match pinned.command {
        Some(_) => ("install", ""),
        None => ("update", "to "),
    }
}

/// Whether those who ask for the package allow the update, and what makes it.
fn how(package: &Package, remedy: &Remedy, target: &str) -> String {
    let command = remedy
        .command
        .as_ref()
        .map(|command| format!("`{command}`"));
    match (remedy.in_range, &remedy.blocked_by[..]) {
        (Some(true), _) => {
            let range = match &remedy.inside[..] {
                [range] => shown(package, range),
                [_, _] => Some("what both ranges allow".to_owned()),
                several => Some(format!("what all {} ranges allow", several.len())),
            };
            let inside = range.map_or_else(String::new, |range| format!(" inside {range}"));
            match (command, remedy.by_hand) {
                (Some(command), _) => format!("; {command} reaches {target}{inside}"),
                (None, by_hand) => {
                    let by_hand = by_hand.map_or_else(String::new, |how| format!(": {how}"));
                    match inside.is_empty() {
                        true => by_hand.replacen(':', ";", 1),
                        false => format!("; {target} lies{inside}{by_hand}"),
                    }
                }
            }
        }
        (Some(false), [first, others @ ..]) => {
            let mut said = match (&remedy.manifest, first.by.is_empty()) {
                (Some(line), _) if line == first => {
                    format!(
                        "; {} asks for {}, which leaves {target} out",
                        line.by, line.range
                    )
                }
                (_, true) => format!(
                    "; this project asks for {}, which leaves {target} out",
                    first.range
                ),
                _ => format!("; blocked by {}, which wants {}", first.by, first.range),
            };
            if !others.is_empty() {
                said.push_str(&format!(", and by {} more", others.len()));
            }
            if let Some(command) = command {
                said.push_str(&format!(": {command}"));
            }
            said
        }
        _ => match (&remedy.first, command) {
            (Some(first), _) => format!(
                "; {target} is not compatible with {}: update {first}, which asks for it, first",
                package.version
            ),
            // Go takes the highest version that anybody asks for.
            (None, Some(command)) if package.ecosystem == Ecosystem::Go => {
                format!("; {command} does it")
            }
            (None, Some(command)) => format!("; {command} does it where all ranges allow it"),
            (None, None) => remedy
                .by_hand
                .map_or_else(String::new, |how| format!("; {how}")),
        },
    }
}

/// A range as its ecosystem means it; `None` for one that allows everything.
fn shown(package: &Package, range: &str) -> Option<String> {
    let is_bare = range.starts_with(|c: char| c.is_ascii_digit()) && !range.contains([',', '*']);
    match range {
        "" | "*" => None,
        _ if is_bare && package.ecosystem == Ecosystem::CratesIo => Some(format!("^{range}")),
        _ => Some(range.to_owned()),
    }
}

fn advice(
    source: &Source,
    pinned: &Pinned<'_>,
    found: &Match,
    affected: Option<String>,
    version: &Version,
    remedy: &Remedy,
) -> Advice {
    let record = &found.record;
    let is_locked = pinned.command.is_none();
    Advice {
        aliases: record.aliases.clone(),
        affected,
        ordering: version.scheme().name(),
        fixed_in: found.affected.fixed_in.clone(),
        target: remedy
            .target
            .as_ref()
            .map(|target| target.as_str().to_owned()),
        in_range: remedy.in_range,
        blocked_by: remedy.blocked_by.clone(),
        manifest: remedy.manifest.clone(),
        command: remedy.command.clone(),
        remedy: answer(pinned, remedy),
        url: record.url(),
        modified: record.dated().map(|day| day.to_string()),
        traces: traces::of(source, pinned.package, &record.functions, is_locked),
        ..Advice::new(pinned.package, &record.id)
    }
}

fn confidence(pinned: &Pinned<'_>, record: &Record) -> Confidence {
    let most = pinned.command.map_or(Confidence::High, |c| c.confidence);
    let elsewhere = !record.os.is_empty() && !record.os.iter().any(|os| os == "linux");
    let confidence = if elsewhere {
        // Images run Linux.
        Confidence::Low
    } else if record.unreviewed {
        Confidence::Medium
    } else {
        Confidence::High
    };
    confidence.min(most)
}

/// The version where it stands alone and may be replaced.
fn edit(source: &Source, pinned: &Pinned<'_>, target: &Version) -> Option<(Span, String)> {
    let Some(command) = pinned.command else {
        return requirement_edit(source, pinned.package, target);
    };
    let target = target.as_str();
    // Go writes a `v` that its advisories leave out.
    let mark = match pinned.package.version.strip_prefix('v') {
        Some(_) if !target.starts_with('v') => "v",
        _ => "",
    };
    Some((command.version?, format!("{mark}{target}")))
}

/// The version of a pinned requirement, where nothing else (a hash) pins it as well.
fn requirement_edit(
    source: &Source,
    package: &Package,
    target: &Version,
) -> Option<(Span, String)> {
    let entry = source.text(package.span);
    if source.kind != FileKind::Requirements || !entry.ends_with(&package.version) {
        return None;
    }
    let lines = source.lines();
    let line = lines.line_range(lines.line(package.span.end), &source.bytes);
    let rest = source.text(Span::from_usize(package.span.end as usize, line.end));
    if rest.contains("--hash") || rest.contains('\\') {
        return None;
    }
    let start = package.span.end as usize - package.version.len();
    let span = Span::from_usize(start, package.span.end as usize);
    Some((span, target.as_str().to_owned()))
}

fn report_unparsable(package: &Package, matches: &Matches, out: &mut Sink<'_>) {
    let ids: Vec<&str> = matches.unknown.iter().map(|r| r.id.as_str()).collect();
    let message = format!(
        "{} {} has a version that {} cannot order",
        package.name,
        package.version,
        package.ecosystem.name()
    );
    let help = if ids.is_empty() {
        "no advisory is known for this package; pin a released version to be sure".to_owned()
    } else {
        format!(
            "pin a released version: these advisories may apply: {}",
            ids.join(", ")
        )
    };
    let reported = out
        .report("dependency/unparsable-version", package.span, message)
        .text("not comparable with the versions of advisories")
        .help(help);
    if !ids.is_empty() {
        reported.severity(Severity::Medium);
    }
}
