//! Pieces of versions that ranges are made of.

/// A version of which some parts may be left open: `1`, `1.2.x`, `1.2.3-rc.1`.
pub struct Partial<'t> {
    /// The numbers before the first open part.
    pub numbers: Vec<u64>,
    /// Written as a number of more than eighteen digits, or with anything else in its parts.
    pub text: &'t str,
    /// What follows the numbers.
    pub pre: Option<&'t str>,
}

impl<'t> Partial<'t> {
    /// `None` for what is no version.
    pub fn read(text: &'t str) -> Option<Self> {
        let text = text.trim().trim_start_matches(['v', 'V']);
        let text = text.split_once('+').map_or(text, |(before, _)| before);
        let (core, pre) = match text.split_once('-') {
            Some((core, pre)) => (core, Some(pre)),
            None => (text, None),
        };
        let mut numbers = Vec::new();
        let mut open = false;
        for part in core.split('.') {
            match part {
                "x" | "X" | "*" => open = true,
                _ if open => return None,
                digits => numbers.push(number(digits)?),
            }
        }
        if open && pre.is_some() || pre == Some("") {
            return None;
        }
        Some(Self { numbers, text, pre })
    }

    pub fn is_whole(&self, parts: usize) -> bool {
        self.numbers.len() >= parts
    }

    /// The first version that it stands for.
    pub fn first(&self) -> String {
        match self.pre {
            Some(_) => self.text.to_owned(),
            None => padded(&self.numbers),
        }
    }

    /// The first version after all those whose first `kept` numbers are the same.
    pub fn after(&self, kept: usize) -> String {
        let mut numbers: Vec<u64> = self.numbers.iter().take(kept.max(1)).copied().collect();
        if let Some(last) = numbers.last_mut() {
            *last = last.saturating_add(1);
        }
        padded(&numbers)
    }

    /// How many numbers stay the same in what is compatible: up to the first that is not zero.
    pub fn compatible(&self) -> usize {
        let leading = self.numbers.iter().position(|n| *n != 0);
        leading.map_or(self.numbers.len(), |at| at + 1)
    }
}

/// Digits that surely fit.
fn number(digits: &str) -> Option<u64> {
    let plain = !digits.is_empty() && digits.len() <= 18;
    plain.then(|| digits.parse().ok()).flatten()
}

fn padded(numbers: &[u64]) -> String {
    let mut texts: Vec<String> = numbers.iter().map(u64::to_string).collect();
    texts.resize(texts.len().max(3), "0".to_owned());
    texts.join(".")
}

/// The numbers that a version begins with, without zeros at the end, and whether letters after them
/// make it a pre-release.
pub fn release(text: &str) -> (Vec<&str>, bool) {
    let text = text.trim_start_matches(['v', 'V', '=']);
    let text = text.split_once('+').map_or(text, |(before, _)| before);
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (core, rest) = text.split_at(end);
    let mut numbers: Vec<&str> = core.split('.').filter(|part| !part.is_empty()).collect();
    while numbers.len() > 1 && numbers.last().is_some_and(|n| n.bytes().all(|b| b == b'0')) {
        numbers.pop();
    }
    let is_before = !rest.is_empty() && !rest.starts_with("post") && !rest.starts_with("-p");
    (numbers, is_before)
}
