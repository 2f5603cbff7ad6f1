//! dependency/vulnerable, malicious, unmaintained, unsound, notice and unparsable-version: what the
//! advisories say about one pinned version.

use super::Pinned;
use crate::advisory::{Kind, Match, Matches, Record};
use crate::detect::{Context, Sink};
use crate::model::{Confidence, Evidence, FileKind, Package, Safety, Severity, Source, Span};
use crate::parse::version::{Scheme, Version};

/// How a command names a package that no lockfile pins.
#[derive(Clone, Copy, Debug)]
pub struct Command {
    /// Where the version stands, alone.
    pub version: Option<Span>,
    /// How sure it is that this is the package.
    pub confidence: Confidence,
}

/// Reports each defect of a pinned version once.
pub fn check(cx: &Context<'_>, source: &Source, pinned: &Pinned<'_>, out: &mut Sink<'_>) {
    let package = pinned.package;
    let version = Scheme::for_ecosystem(package.ecosystem).parse(&package.version);
    let matches = cx
        .advisories
        .affecting(package.ecosystem, &package.name, &version);
    if !version.is_parsable() {
        report_unparsable(package, &matches, out);
    }
    if matches.affected.is_empty() {
        return;
    }
    let target = update_for_all(cx, package, &version, matches.clone());
    for found in &matches.affected {
        report(source, pinned, found, target.as_ref(), out);
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
    target: Option<&Version>,
    out: &mut Sink<'_>,
) {
    let package = pinned.package;
    let record = &found.record;
    let ids: Vec<&str> = std::iter::once(&record.id)
        .chain(&record.aliases)
        .map(String::as_str)
        .collect();
    let mut reported = out
        .report(rule(record.kind), package.span, message(package, record))
        .text(label(found))
        .help(help(pinned, found, target))
        .aliases(&ids)
        .evidence(Evidence::Package {
            purl: package.purl(),
            advisory: record.id.clone(),
            aliases: record.aliases.clone(),
            fixed_in: found.affected.fixed_in.clone(),
            path: package.dependency_path.clone(),
        })
        .confidence(confidence(pinned, record));
    if record.kind == Kind::Vulnerability {
        // What nobody rated must not slip below a gate.
        reported = reported.severity(record.severity.unwrap_or(Severity::Medium));
    }
    for place in &pinned.elsewhere {
        reported = reported.label(*place, "installed here too");
    }
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

fn label(found: &Match) -> String {
    let affected = &found.affected;
    let exploited = if found.record.exploited {
        ", used in attacks"
    } else {
        ""
    };
    match (&affected.fixed_in[..], &affected.last_affected) {
        ([], Some(last)) => format!("affected up to {last}{exploited}"),
        ([], None) => format!("affected, no fixed version known{exploited}"),
        ([first, ..], _) => format!("fixed in {first}{exploited}"),
    }
}

fn help(pinned: &Pinned<'_>, found: &Match, target: Option<&Version>) -> String {
    let package = pinned.package;
    let name = &package.name;
    if found.record.kind == Kind::Malicious {
        return format!(
            "remove {name}, and treat every machine that installed it, and every secret on it, as compromised"
        );
    }
    let (verb, to) = match pinned.command {
        Some(_) => ("install", ""),
        None => ("update", "to "),
    };
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
    let mut help = format!("{verb} {name} {to}{fixed} or later");
    if let Some(target) = target.filter(|target| target.as_str() != fixed) {
        help.push_str(&format!(" ({target} fixes everything known about it)"));
    }
    match &package.dependency_path[..] {
        [direct, .., _] => help.push_str(&format!("; it comes in through {direct}")),
        _ if package.direct == Some(false) => {
            help.push_str("; another dependency brings it in");
        }
        _ => {}
    }
    help
}

/// Updates that lead to another affected version, before it is given up.
const ROUNDS: usize = 8;

/// The lowest version known to have none of the defects: an update for one of them may be affected
/// by another. `None` where some defect has no fix.
fn update_for_all(
    cx: &Context<'_>,
    package: &Package,
    version: &Version,
    mut matches: Matches,
) -> Option<Version> {
    let mut target: Option<Version> = None;
    for _ in 0..ROUNDS {
        let mut defects = matches
            .affected
            .iter()
            .filter(|found| matches!(found.record.kind, Kind::Vulnerability | Kind::Malicious))
            .peekable();
        if defects.peek().is_none() {
            return target;
        }
        for found in defects {
            let fixed = version.scheme().parse(found.affected.fixed_in.first()?);
            target = target.max(Some(fixed));
        }
        matches = cx
            .advisories
            .affecting(package.ecosystem, &package.name, target.as_ref()?);
    }
    None
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
