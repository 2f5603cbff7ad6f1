//! One pattern of a `.dockerignore`: Go's `filepath.Match`, and `**` for any number of folders.

/// Longest pattern that is tried, in bytes.
const LONGEST: usize = 4096;

/// A pattern that is ready to be tried on paths. Takes time in proportion to pattern times path,
/// whatever they hold.
#[derive(Clone, Debug)]
pub struct Pattern(Form);

#[derive(Clone, Debug)]
enum Form {
    /// No wildcard.
    Exact(String),
    /// `folder/**`.
    Beginning(String),
    /// `**/name`.
    Ending(String),
    Steps {
        /// What every path begins and ends with that this stands for: most differ there.
        beginning: String,
        ending: String,
        steps: Vec<Step>,
    },
}

#[derive(Clone, Debug)]
enum Step {
    Char(char),
    /// `?`
    One,
    /// `*`
    Many,
    /// `**/`, together with the step after it: nothing, or anything that ends with a slash.
    Folders,
    /// What `Folders` has begun and a slash ends.
    InFolders,
    /// `**` at the end.
    Rest,
    Class {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
}

impl Pattern {
    /// Reads a cleaned pattern; `None` for one that the builder refuses.
    pub fn new(text: &str) -> Option<Self> {
        if text.is_empty() || text.len() > LONGEST {
            return None;
        }
        let steps = steps(text)?;
        let plain = |steps: &[Step]| steps.iter().all(|s| matches!(s, Step::Char(_)));
        let form = match steps.as_slice() {
            all if plain(all) && !text.contains('\\') => Form::Exact(text.to_owned()),
            [before @ .., Step::Rest] if plain(before) && !before.is_empty() => {
                Form::Beginning(string(before))
            }
            // The builder takes `**name` for `**/name` and, in this one form, for every name that
            // ends so.
            [Step::Folders, Step::InFolders, after @ ..] if plain(after) => {
                Form::Ending(text.get(2..).unwrap_or_default().to_owned())
            }
            _ => {
                let is_char = |step: &&Step| matches!(step, Step::Char(_));
                let before = steps.iter().take_while(is_char).count();
                let after = steps.iter().rev().take_while(is_char).count();
                Form::Steps {
                    beginning: string(steps.get(..before).unwrap_or_default()),
                    ending: string(steps.get(steps.len() - after..).unwrap_or_default()),
                    steps,
                }
            }
        };
        Some(Self(form))
    }

    /// True where the pattern stands for this very path.
    pub fn matches(&self, path: &str) -> bool {
        match &self.0 {
            Form::Exact(text) => path == text,
            Form::Beginning(text) => path.starts_with(text.as_str()),
            Form::Ending(text) => {
                path.ends_with(text.as_str()) || text.strip_prefix('/').is_some_and(|t| t == path)
            }
            Form::Steps {
                beginning,
                ending,
                steps,
            } => {
                path.starts_with(beginning.as_str())
                    && path.ends_with(ending.as_str())
                    && walk(steps, path) == Some(path.len())
            }
        }
    }

    /// True where the pattern stands for the path or for a folder above it.
    pub fn covers(&self, path: &str) -> bool {
        match &self.0 {
            Form::Exact(text) => path
                .strip_prefix(text.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
            Form::Steps {
                beginning, steps, ..
            } => path.starts_with(beginning.as_str()) && walk(steps, path).is_some(),
            Form::Beginning(_) => self.matches(path),
            Form::Ending(_) => folders(path).any(|part| self.matches(part)),
        }
    }

    /// True where it has no wildcard.
    pub fn is_plain(&self) -> bool {
        matches!(self.0, Form::Exact(_))
    }
}

fn string(steps: &[Step]) -> String {
    let chars = steps.iter().filter_map(|step| match step {
        Step::Char(c) => Some(*c),
        _ => None,
    });
    chars.collect()
}

fn steps(text: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '*' if chars.next_if_eq(&'*').is_some() => {
                chars.next_if_eq(&'/');
                if chars.peek().is_none() {
                    steps.push(Step::Rest);
                } else {
                    steps.extend([Step::Folders, Step::InFolders]);
                }
            }
            '*' => steps.push(Step::Many),
            '?' => steps.push(Step::One),
            '[' => steps.push(class(&mut chars)?),
            '\\' => steps.push(Step::Char(chars.next()?)),
            other => steps.push(Step::Char(other)),
        }
    }
    Some(steps)
}

/// What stands between brackets; `None` where it is not closed or empty.
fn class(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<Step> {
    let negated = chars.next_if_eq(&'^').is_some();
    let mut ranges = Vec::new();
    loop {
        let low = match chars.next()? {
            ']' if !ranges.is_empty() => return Some(Step::Class { negated, ranges }),
            ']' | '-' => return None,
            '\\' => chars.next()?,
            other => other,
        };
        let high = if chars.next_if_eq(&'-').is_some() {
            match chars.next()? {
                ']' | '-' => return None,
                '\\' => chars.next()?,
                other => other,
            }
        } else {
            low
        };
        ranges.push((low, high));
    }
}

/// The folders above a path, from the root down, and the path itself.
fn folders(path: &str) -> impl Iterator<Item = &str> {
    let folders = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
    folders.chain([path])
}

/// How long the longest beginning of the path is that the steps stand for and that ends with the
/// name of a file or folder. Tries all ways at once: which steps may come next, after each
/// character.
fn walk(steps: &[Step], path: &str) -> Option<usize> {
    let mut longest = None;
    let mut now = vec![false; steps.len() + 1];
    let mut next = now.clone();
    reach(steps, &mut now, 0);
    let done = |states: &[bool]| states.last().copied().unwrap_or_default();
    for (place, c) in path.char_indices() {
        if c == '/' && done(&now) {
            longest = Some(place);
        }
        next.fill(false);
        let mut alive = false;
        for (at, step) in steps.iter().enumerate() {
            if !now.get(at).copied().unwrap_or_default() {
                continue;
            }
            let (stays, goes) = match step {
                Step::Char(wanted) => (false, c == *wanted),
                Step::One => (false, c != '/'),
                Step::Many => (c != '/', false),
                Step::Folders => (false, false),
                Step::InFolders => (true, c == '/'),
                Step::Rest => (true, false),
                Step::Class { negated, ranges } => {
                    let inside = ranges.iter().any(|(low, high)| (*low..=*high).contains(&c));
                    (false, inside != *negated)
                }
            };
            alive |= stays || goes;
            if stays {
                reach(steps, &mut next, at);
            }
            if goes {
                reach(steps, &mut next, at + 1);
            }
        }
        if !alive {
            return longest;
        }
        std::mem::swap(&mut now, &mut next);
    }
    if done(&now) {
        longest = Some(path.len());
    }
    longest
}

/// Marks a step, and those that may come in its place because it may stand for nothing.
fn reach(steps: &[Step], states: &mut [bool], mut at: usize) {
    while let Some(state) = states.get_mut(at) {
        if std::mem::replace(state, true) {
            return;
        }
        match steps.get(at) {
            Some(Step::Many | Step::Rest) => at += 1,
            Some(Step::Folders) => {
                if let Some(inside) = states.get_mut(at + 1) {
                    *inside = true;
                }
                at += 2;
            }
            _ => return,
        }
    }
}
