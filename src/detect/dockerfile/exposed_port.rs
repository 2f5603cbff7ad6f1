//! What EXPOSE names.

use super::Facts;
use crate::model::{Safety, Span};
use crate::parse::dockerfile::{Body, Instruction, Keyword, Word};

/// `[[address:]host:]first[-last][/protocol]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ExposedPort<'w> {
    /// What stands before the container's port: a host's port, with its address.
    pub host: Option<&'w str>,
    /// The container's port or range, as text.
    pub container: &'w str,
    pub protocol: Option<&'w str>,
}

impl<'w> ExposedPort<'w> {
    pub fn parse(text: &'w str) -> Self {
        let (ports, protocol) = match text.split_once('/') {
            Some((ports, protocol)) => (ports, Some(protocol)),
            None => (text, None),
        };
        let (host, container) = match ports.rsplit_once(':') {
            Some((host, container)) => (Some(host), container),
            None => (None, ports),
        };
        Self {
            host,
            container,
            protocol,
        }
    }

    /// First and last port of the container.
    pub fn range(&self) -> Option<(u16, u16)> {
        let (first, last) = self
            .container
            .split_once('-')
            .unwrap_or((self.container, self.container));
        Some((first.parse().ok()?, last.parse().ok()?))
    }

    pub fn is_tcp(&self) -> bool {
        self.protocol
            .is_none_or(|protocol| protocol.eq_ignore_ascii_case("tcp"))
    }
}

impl<'f> Facts<'f> {
    /// Every word of every EXPOSE.
    pub(super) fn exposed(&self) -> impl Iterator<Item = (&'f Instruction, &'f Word)> {
        self.file.instructions.iter().flat_map(|instruction| {
            let words = match (instruction.keyword, &instruction.body) {
                (Keyword::Expose, Body::Words(words)) => words.as_slice(),
                _ => &[],
            };
            words.iter().map(move |word| (instruction, word))
        })
    }

    /// The edit that takes a word out of its EXPOSE, or the EXPOSE out of the file.
    pub(super) fn without(
        &self,
        instruction: &Instruction,
        word: &Word,
    ) -> (&'static str, Safety, Span) {
        let bytes = &self.source.bytes;
        let at = |place: u32| bytes.get(place as usize).copied();
        let is_alone = matches!(&instruction.body, Body::Words(words) if words.len() == 1);
        let mut span = if is_alone {
            instruction.span
        } else {
            word.span
        };
        if is_alone {
            // A trigger without its instruction would be an error.
            if let Some(onbuild) = instruction.trigger {
                span = span.cover(onbuild);
            }
            while matches!(at(span.end), Some(b' ' | b'\t' | b'\r')) {
                span.end += 1;
            }
            if at(span.end) == Some(b'\n') {
                span.end += 1;
            }
            ("delete the instruction", Safety::Safe, span)
        } else {
            while span.start > 0 && matches!(at(span.start - 1), Some(b' ' | b'\t')) {
                span.start -= 1;
            }
            ("delete the port", Safety::Safe, span)
        }
    }
}
