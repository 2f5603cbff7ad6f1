//! What is known about the value of an expression.

use super::code::{NodeId, ScopeId};
use super::names::Path;

/// Stands in a composed text for a part that is not constant.
pub const HOLE: char = '\u{fffc}';

/// Stands in a composed text for a part that is not constant but that nobody outside chooses.
pub const FILL: char = '\u{fffb}';

/// Where a value may come from, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taint(pub u8);

impl Taint {
    pub const NONE: Self = Self(0);
    /// A request of a web framework.
    pub const REQUEST: Self = Self(1);
    /// The command line.
    pub const ARGV: Self = Self(2);
    /// The environment.
    pub const ENV: Self = Self(4);
    /// Standard input or a prompt.
    pub const INPUT: Self = Self(8);
    /// What an archive says its files are called.
    pub const ARCHIVE: Self = Self(16);
    /// Everything that somebody else chooses.
    pub const FOREIGN: Self = Self(31);
    /// A generator of random numbers that can be predicted.
    pub const RANDOM: Self = Self(32);

    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub fn only(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub fn overlaps(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// What a value cannot do any more, as bits: each names a language that it was escaped for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clean(pub u16);

impl Clean {
    pub const NONE: Self = Self(0);
    pub const SHELL: Self = Self(1);
    pub const HTML: Self = Self(2);
    pub const SQL: Self = Self(4);
    pub const PATH: Self = Self(8);
    pub const URL: Self = Self(16);
    pub const LDAP: Self = Self(32);
    pub const XPATH: Self = Self(64);
    /// Line ends are gone: headers and logs.
    pub const LINE: Self = Self(128);
    /// All of these, of what is no constant all the same.
    pub const EACH: Self = Self(255);
    /// Constant, a number, or of the program's own making.
    pub const ALL: Self = Self(u16::MAX);

    pub fn both(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub fn covers(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// The shape of a value. Numbers point into the tables of [`super::Facts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Unknown,
    /// One constant.
    Constant(u32),
    /// One of several constants: first and number.
    Choice(u32, u32),
    /// A text composed of constant and other parts.
    Composed(u32),
    /// Something imported or global, by its canonical name.
    Reference(Path),
    /// A sequence or map that was written out.
    Collection(NodeId),
    /// One that calls have filled or changed: a number of [`super::items::Items`].
    Items(u32),
    Function(ScopeId),
}

/// A value with its history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Value {
    pub shape: Shape,
    pub taint: Taint,
    pub clean: Clean,
    /// What the foreign data in it was escaped for, whatever else went into it.
    pub washed: Clean,
    /// The expression that a variable got it from; none where it stands in place.
    pub via: NodeId,
    /// The expression through which foreign data came in.
    pub entry: NodeId,
    /// Parameters whose value went into it.
    pub params: Params,
}

/// Parameters of one function, as bits by their position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Params {
    pub of: ScopeId,
    pub bits: u16,
    /// Those of them that were escaped for HTML wherever they went into it.
    pub html: u16,
}

impl Params {
    pub const NONE: Self = Self {
        of: ScopeId::MODULE,
        bits: 0,
        html: 0,
    };

    /// True for a position that went into the value escaped for HTML.
    pub fn is_html(self, position: usize) -> bool {
        self.html & (1 << position) != 0
    }

    /// These, and others of the same function: escaped is what is so on both sides.
    fn and(self, other: Self) -> Self {
        let both = self.html & other.html;
        let one = self.html & !other.bits | other.html & !self.bits;
        Self {
            of: self.of,
            bits: self.bits | other.bits,
            html: both | one,
        }
    }

    /// The positions that are set.
    pub fn positions(self) -> impl Iterator<Item = usize> {
        (0..16).filter(move |at| self.bits & (1 << at) != 0)
    }
}

impl Value {
    pub const UNKNOWN: Self = Self {
        shape: Shape::Unknown,
        taint: Taint::NONE,
        clean: Clean::NONE,
        washed: Clean::NONE,
        via: NodeId::NONE,
        entry: NodeId::NONE,
        params: Params::NONE,
    };

    /// True for what comes from a parameter of the function.
    pub fn is_given(self) -> bool {
        self.params != Params::NONE
    }

    pub(super) fn of(shape: Shape) -> Self {
        let clean = match shape {
            Shape::Constant(_) | Shape::Choice(..) | Shape::Function(_) => Clean::ALL,
            _ => Clean::NONE,
        };
        Self {
            shape,
            clean,
            ..Self::UNKNOWN
        }
    }

    /// Nothing is known but that these went into it.
    pub(super) fn made_of(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut clean = Clean::ALL;
        let mut made = Self::UNKNOWN;
        for part in parts {
            clean = clean.both(part.clean);
            made.taint_by(part);
        }
        made.clean = clean;
        made
    }

    /// A part of an address whose host was our own, which says nothing about the part.
    pub(super) fn open_as_url(self) -> Self {
        let open = |clean: Clean| match self.taint.overlaps(Taint::REQUEST) {
            true => Clean(clean.0 & !Clean::URL.0),
            false => clean,
        };
        Self {
            clean: open(self.clean),
            washed: open(self.washed),
            ..self
        }
    }

    pub(super) fn taint_by(&mut self, other: Self) {
        // Foreign data counts before parameters, of which nobody knows what they bring.
        let (own, more) = match other.taint == Taint::NONE {
            true => (
                self.params != Params::NONE,
                self.taint == Taint::NONE && other.params != Params::NONE,
            ),
            false => (self.taint != Taint::NONE, true),
        };
        if more {
            self.washed = match own {
                true => self.washed.both(other.washed),
                false => other.washed,
            };
        }
        if self.taint == Taint::NONE {
            self.entry = other.entry;
        }
        self.taint = self.taint.union(other.taint);
        if self.params.bits == 0 {
            self.params = other.params;
        } else if self.params.of == other.params.of {
            self.params = self.params.and(other.params);
        }
    }

    /// Escaped for this, too.
    pub(super) fn escaped(mut self, clean: Clean) -> Self {
        self.clean = self.clean.with(clean);
        self.washed = self.washed.with(clean);
        if clean.covers(Clean::HTML) {
            self.params.html = self.params.bits;
        }
        self
    }

    /// Nobody outside can choose it.
    pub(super) fn harmless(mut self) -> Self {
        self.clean = Clean::ALL;
        self.taint = Taint::NONE;
        self.params = Params::NONE;
        self
    }

    /// As a number, it carries no text: no more than that it can be predicted.
    pub(super) fn number(self) -> Self {
        Self {
            taint: self.taint.only(Taint::RANDOM),
            ..self.harmless()
        }
    }

    /// Made of this, but nothing of it is left: yes or no.
    pub(super) fn harmless_unknown(self) -> Self {
        Self {
            shape: Shape::Unknown,
            ..self.harmless()
        }
    }

    /// True where an attacker cannot choose it: constants and what is of the program's making.
    pub fn is_constant(&self) -> bool {
        self.clean == Clean::ALL
    }
}
