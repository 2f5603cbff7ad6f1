use crate::model::Package;

/// Packages of a file with one fault, of which one finding tells, at the first.
#[derive(Debug)]
pub struct Group<'p> {
    pub first: &'p Package,
    more: usize,
}

impl<'p> Group<'p> {
    pub fn of(packages: impl IntoIterator<Item = &'p Package>) -> Option<Self> {
        let mut packages = packages.into_iter();
        let first = packages.next()?;
        let more = packages.count();
        Some(Self { first, more })
    }

    pub fn add(&mut self) {
        self.more += 1;
    }

    pub fn len(&self) -> usize {
        self.more + 1
    }

    /// `keel and 3 more packages have`, with the verb for one and for several.
    pub fn with_verb(&self, one: &str, several: &str) -> String {
        let name = &self.first.name;
        match self.more {
            0 => format!("{name} {one}"),
            1 => format!("{name} and 1 more package {several}"),
            more => format!("{name} and {more} more packages {several}"),
        }
    }
}
