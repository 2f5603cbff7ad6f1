//! What package managers are told to do: the one reading of their command lines for all rules.

mod index;
mod manager;
mod package;
mod pip;

pub use index::KIN_OF_PYPI;
pub use manager::{Action, Manager};
pub use package::{Origin, Package};

use crate::parse::shell::{Command, Options, Script, Word};

/// One call of a package manager.
#[derive(Debug)]
pub struct Call<'a> {
    pub command: &'a Command,
    pub manager: Manager,
    pub action: Action,
    /// The last word of the subcommand; the program's where it has none (`yarn`).
    pub verb: &'a Word,
    pub options: Options<'a>,
    pub packages: Vec<Package<'a>>,
}

impl<'a> Call<'a> {
    /// Every call in a script, in order.
    pub fn all(script: &'a Script) -> Vec<Self> {
        script.commands.iter().filter_map(Self::read).collect()
    }

    /// What a command tells a package manager, if it is one.
    pub fn read(command: &'a Command) -> Option<Self> {
        let (manager, args) = Manager::called(command)?;
        let options = manager.options(args);
        let (action, taken) = manager.action(&options);
        let verb = match taken.checked_sub(1) {
            Some(last) => options.positional.get(last).copied()?,
            None => command.program_word()?,
        };
        let named = options.positional.get(taken..).unwrap_or_default();
        let packages = match action {
            Action::Install => Package::all(manager, named, &options),
            _ => Vec::new(),
        };
        Some(Self {
            command,
            manager,
            action,
            verb,
            options,
            packages,
        })
    }

    pub fn is(&self, action: Action) -> bool {
        self.action == action
    }

    /// True where an option of one of these names is given.
    pub fn has(&self, options: &[&str]) -> bool {
        self.options.has(options)
    }

    /// How many words stand after the subcommand.
    pub fn packages_named(&self) -> usize {
        let verb = |word: &&Word| std::ptr::eq(*word, self.verb);
        let at = self.options.positional.iter().position(verb);
        self.options.positional.len() - at.map_or(0, |at| at + 1)
    }

    /// The program and its subcommand, which is the program itself for `yarn`.
    pub fn shown(&self) -> String {
        match self.program() == self.verb.text {
            true => self.program().to_owned(),
            false => format!("{} {}", self.program(), self.verb.text),
        }
    }

    /// The name of the program as it is called.
    pub fn program(&self) -> &'a str {
        &self.command.name
    }
}

/// The words that name packages; empty for commands that install none.
pub fn packages(command: &Command) -> Vec<&Word> {
    let call = Call::read(command).filter(|call| call.manager.is_of_system());
    call.map(|call| call.packages.iter().map(|p| p.word).collect())
        .unwrap_or_default()
}

/// A package's name without its version.
pub fn bare_name(text: &str) -> &str {
    text.split(['=', '<', '>', '~', ':']).next().unwrap_or(text)
}

#[cfg(test)]
mod tests;
