//! The list of packages: JSON for machines, columns for people.

use std::fmt::Write as _;

use serde_json::json;

use crate::guard::printable;
use crate::model::PlacedPackage;

/// An array with one object a package.
pub fn packages_as_json(packages: &[PlacedPackage]) -> serde_json::Result<String> {
    let all: Vec<_> = packages
        .iter()
        .map(|placed| {
            let package = &placed.package;
            json!({
                "ecosystem": package.ecosystem.name(),
                "name": package.name,
                "version": package.version,
                "path": placed.path.to_text(),
                "line": placed.line,
                "scope": package.scope,
                "direct": package.direct,
                "source": package.source,
                "dependency_path": package.dependency_path,
                "purl": package.purl(),
                "manifest": package.requested.as_ref().map(|requested| json!({
                    "path": requested.path.to_text(),
                    "line": requested.line,
                    "requirement": requested.requirement,
                })),
            })
        })
        .collect();
    let mut text = serde_json::to_string_pretty(&all)?;
    text.push('\n');
    Ok(text)
}

const COLUMNS: usize = 6;

/// A line a package: where it stands, what it is, and what brings it in.
pub fn packages_as_table(packages: &[PlacedPackage]) -> String {
    let rows: Vec<[String; COLUMNS]> = packages.iter().map(row).collect();
    let mut widths = [0; COLUMNS];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(unicode_width::UnicodeWidthStr::width(cell.as_str()));
        }
    }
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (width, cell) in widths.iter().zip(row) {
            let used = unicode_width::UnicodeWidthStr::width(cell.as_str());
            let _ = write!(line, "{cell}{}  ", " ".repeat(width.saturating_sub(used)));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn row(placed: &PlacedPackage) -> [String; COLUMNS] {
    let package = &placed.package;
    let version = if package.version.is_empty() {
        "(not pinned)"
    } else {
        &package.version
    };
    [
        format!("{}:{}", placed.path.display(), placed.line),
        package.ecosystem.name().to_owned(),
        format!(
            "{} {}",
            printable::line(&package.name),
            printable::line(version)
        ),
        package.scope.name().to_owned(),
        package.source.name().to_owned(),
        printable::line(&package.dependency_path.join(" > ")),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Ecosystem, Package, RepoPath, Scope, Span};

    fn placed(name: &str) -> PlacedPackage {
        PlacedPackage {
            path: RepoPath::from("web/package-lock.json"),
            line: 7,
            package: Package {
                scope: Scope::Dev,
                dependency_path: vec!["mocha".to_owned(), name.to_owned()],
                ..Package::new(Ecosystem::Npm, name, "1.0.0", Span::default())
            },
        }
    }

    #[test]
    fn the_json_has_every_field_of_the_contract() {
        let text = packages_as_json(&[placed("ms")]).unwrap();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            value,
            json!([{
                "ecosystem": "npm", "name": "ms", "version": "1.0.0",
                "path": "web/package-lock.json", "line": 7, "scope": "dev", "direct": null,
                "source": "registry", "dependency_path": ["mocha", "ms"],
                "purl": "pkg:npm/ms@1.0.0",
                "manifest": null,
            }])
        );
    }

    #[test]
    fn a_name_cannot_write_to_the_terminal() {
        let table = packages_as_table(&[placed("m\u{1b}[31ms\nx")]);
        assert_eq!(table.lines().count(), 1);
        assert!(table.contains("m\\x1b[31ms\\nx 1.0.0"));
    }
}
