//! Why a record applies: the one interval of its ranges that a version lies in.

use super::record::{Event, Record};
use crate::parse::version::Version;

/// The interval that makes `version` affected, such as `>=2.0, <2.2.5`; `None` where no range
/// holds, because the record lists the version or because nobody can order it.
pub fn interval(record: &Record, version: &Version) -> Option<String> {
    let version = &version.public();
    // Where two lists must both hold, the second one is narrower.
    let narrow = record.ranges.iter().flat_map(|range| &range.narrowed_by);
    let wide = record.ranges.iter().map(|range| &range.events);
    narrow
        .chain(wide)
        .find_map(|events| holding(events, version))
}

fn holding(events: &[Event], version: &Version) -> Option<String> {
    let parse = |text: &str| version.scheme().parse(text);
    let mut events: Vec<(Option<Version>, &Event)> = events
        .iter()
        .map(|event| match event {
            Event::Introduced(at) if at == "0" => (None, event),
            Event::Introduced(at)
            | Event::Fixed(at)
            | Event::LastAffected(at)
            | Event::Limit(at) => (Some(parse(at)), event),
        })
        .collect();
    if !version.is_parsable() && events.iter().any(|(at, _)| at.is_some()) {
        return None;
    }
    // Stable, because the publisher's order decides between equal versions.
    events.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut from = None;
    let mut until = None;
    for (at, event) in &events {
        let reached = |at: &Option<Version>| at.as_ref().is_none_or(|at| version >= at);
        match event {
            Event::Introduced(text) if reached(at) => {
                from = from.or(Some(text.as_str()));
            }
            Event::Fixed(_) | Event::Limit(_) if reached(at) => from = None,
            Event::LastAffected(_) if at.as_ref().is_none_or(|at| version > at) => from = None,
            Event::Fixed(text) => until = until.or(Some(format!("<{text}"))),
            Event::LastAffected(text) => until = until.or(Some(format!("<={text}"))),
            Event::Limit(text) if text != "*" => until = until.or(Some(format!("<{text}"))),
            Event::Introduced(_) | Event::Limit(_) => {}
        }
    }
    let from = from?;
    let from = (from != "0").then(|| format!(">={from}"));
    let bounds: Vec<String> = from.into_iter().chain(until).collect();
    Some(match bounds.is_empty() {
        true => "every version".to_owned(),
        false => bounds.join(", "),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advisory::record::Range;
    use crate::parse::version::Scheme;

    fn told(events: &[(&str, &str)], version: &str) -> Option<String> {
        let mut record = Record::new("X-1");
        let events = events.iter().map(|(kind, at)| {
            let at = (*at).to_owned();
            match *kind {
                "in" => Event::Introduced(at),
                "fix" => Event::Fixed(at),
                "last" => Event::LastAffected(at),
                _ => Event::Limit(at),
            }
        });
        record.ranges = vec![Range {
            events: events.collect(),
            ..Range::default()
        }];
        interval(&record, &Scheme::SemVer.parse(version))
    }

    #[test]
    fn of_several_intervals_the_one_around_the_version_is_told() {
        let events = [("in", "2.0"), ("fix", "2.2.5"), ("in", "0"), ("fix", "1.9")];
        assert_eq!(told(&events, "1.2").as_deref(), Some("<1.9"));
        assert_eq!(told(&events, "2.2.4").as_deref(), Some(">=2.0, <2.2.5"));
        assert_eq!(told(&events, "1.9"), None);
        assert_eq!(told(&events, "3.0"), None);
    }

    #[test]
    fn the_last_affected_version_is_inside_and_an_open_end_is_told_as_such() {
        let last = [("in", "1.0"), ("last", "1.4")];
        assert_eq!(told(&last, "1.4").as_deref(), Some(">=1.0, <=1.4"));
        assert_eq!(told(&last, "1.5"), None);
        assert_eq!(told(&[("in", "1.0")], "9").as_deref(), Some(">=1.0"));
        assert_eq!(told(&[("in", "0")], "9").as_deref(), Some("every version"));
        let limit = [("in", "0"), ("limit", "2.0")];
        assert_eq!(told(&limit, "1.0").as_deref(), Some("<2.0"));
    }

    #[test]
    fn a_version_that_cannot_be_ordered_lies_in_no_interval_but_the_whole() {
        assert_eq!(told(&[("in", "0"), ("fix", "2.0")], "what"), None);
        assert_eq!(
            told(&[("in", "0")], "what").as_deref(),
            Some("every version")
        );
    }
}
