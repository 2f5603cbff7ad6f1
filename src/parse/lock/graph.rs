//! Who depends on whom in one lockfile.

use std::collections::VecDeque;

/// Longer paths help nobody, and a chain of a hundred thousand packages would cost their square.
const LONGEST_PATH: usize = 64;
/// Bytes of the names in all paths of one lockfile together.
const ALL_PATHS: usize = 16 << 20;

/// Packages by index, with the packages each one needs.
#[derive(Debug)]
pub struct Graph {
    needs: Vec<Vec<usize>>,
}

/// A shortest way from the direct dependencies to every package.
#[derive(Debug)]
pub struct Paths {
    /// The package before this one; itself for a direct dependency; `None` where no way leads.
    before: Vec<Option<usize>>,
    left: usize,
}

impl Graph {
    pub fn new(packages: usize) -> Self {
        Self {
            needs: vec![Vec::new(); packages],
        }
    }

    pub fn add(&mut self, package: usize, needed: usize) {
        if let Some(needs) = self.needs.get_mut(package) {
            needs.push(needed);
        }
    }

    /// Packages that no other one needs: somebody asked for them.
    pub fn unneeded(&self) -> Vec<usize> {
        let mut needed = vec![false; self.needs.len()];
        for (package, needs) in self.needs.iter().enumerate() {
            for need in needs.iter().filter(|need| **need != package) {
                if let Some(needed) = needed.get_mut(*need) {
                    *needed = true;
                }
            }
        }
        (0..needed.len()).filter(|at| !needed[*at]).collect()
    }

    /// Walks from the direct dependencies, in their order, breadth first.
    pub fn paths(&self, direct: &[usize]) -> Paths {
        let mut before = vec![None; self.needs.len()];
        let mut queue = VecDeque::new();
        for &package in direct {
            if before.get(package).is_some_and(Option::is_none) {
                before[package] = Some(package);
                queue.push_back(package);
            }
        }
        while let Some(package) = queue.pop_front() {
            for &need in &self.needs[package] {
                if before.get(need).is_some_and(Option::is_none) {
                    before[need] = Some(package);
                    queue.push_back(need);
                }
            }
        }
        Paths {
            before,
            left: ALL_PATHS,
        }
    }
}

impl Paths {
    /// True where some way leads to the package.
    pub fn reaches(&self, package: usize) -> bool {
        self.before.get(package).is_some_and(Option::is_some)
    }

    /// The names from the direct dependency down to the package; empty where no way leads.
    pub fn names<'n>(&mut self, package: usize, name: impl Fn(usize) -> &'n str) -> Vec<String> {
        let mut steps = vec![package];
        let mut at = package;
        loop {
            match self.before.get(at).copied().flatten() {
                Some(before) if before == at => break,
                Some(before) if steps.len() < LONGEST_PATH => {
                    steps.push(before);
                    at = before;
                }
                _ => return Vec::new(),
            }
        }
        // Short names cost something, too.
        let cost: usize = steps.iter().map(|step| name(*step).len() + 8).sum();
        if cost > self.left {
            return Vec::new();
        }
        self.left -= cost;
        steps
            .iter()
            .rev()
            .map(|step| name(*step).to_owned())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_way_is_taken_and_circles_end() {
        let names = ["a", "b", "c", "d", "alone"];
        let mut graph = Graph::new(5);
        for (package, need) in [(0, 1), (1, 2), (2, 0), (0, 2), (2, 3), (4, 4)] {
            graph.add(package, need);
        }
        let mut paths = graph.paths(&[0]);
        assert_eq!(paths.names(3, |at| names[at]), ["a", "c", "d"]);
        assert_eq!(paths.names(0, |at| names[at]), ["a"]);
        assert!(paths.names(4, |at| names[at]).is_empty());
        assert_eq!(graph.unneeded(), [4]);
    }

    #[test]
    fn a_chain_without_end_costs_no_memory() {
        let mut graph = Graph::new(100_000);
        for at in 0..99_999 {
            graph.add(at, at + 1);
        }
        let mut paths = graph.paths(&[0]);
        assert_eq!(paths.names(60, |_| "x").len(), 61);
        assert!(paths.names(99_999, |_| "x").is_empty());
    }
}
