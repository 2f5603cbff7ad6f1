use super::fetch::Url;
use crate::parse::shell::{Command, Script, Syntax, Word};

const CLONE: Syntax = Syntax {
    short: "bojcuC",
    long: &[
        "branch",
        "origin",
        "config",
        "reference",
        "jobs",
        "filter",
        "depth",
        "shallow-since",
        "separate-git-dir",
        "template",
        "revision",
        "upload-pack",
        "reference-if-able",
        "shallow-exclude",
        "server-option",
    ],
};

/// Clones of one script that are looked at: what follows each of them is searched.
const CLONES: usize = 200;

/// A `git clone` of a repository elsewhere.
pub struct Clone<'s> {
    pub command: &'s Command,
    pub url: &'s Word,
    /// The branch or tag that it asks for.
    pub reference: Option<&'s Word>,
    /// True where it asks for a commit, or a later command takes another revision.
    pub is_settled: bool,
}

impl Clone<'_> {
    fn address(&self) -> Url {
        Url {
            text: self.url.text.clone(),
            span: self.url.span,
        }
    }

    /// How messages name the repository.
    pub fn shown(&self) -> String {
        let text = self.url.text.trim_end_matches('/').trim_end_matches(".git");
        let path = text.rsplit(['/', ':']).next().unwrap_or_default();
        match path.is_empty() || path.contains(['$', '@']) {
            true => self.address().shown(),
            false => path.to_owned(),
        }
    }

    /// True where nothing protects it on the way.
    pub fn is_plain(&self) -> bool {
        let is_plain = self.address().is_plain() || self.url.text.starts_with("git://");
        is_plain && !self.address().is_local()
    }
}

/// The clones of a script, in order.
pub fn clones(script: &Script) -> Vec<Clone<'_>> {
    script
        .named(&["git"])
        .filter(|command| command.has_arg("clone"))
        .take(CLONES)
        .filter_map(|command| read(script, command))
        .collect()
}

fn read<'s>(script: &'s Script, command: &'s Command) -> Option<Clone<'s>> {
    let options = command.options(CLONE);
    let mut words = options.positional.iter().copied();
    words.next().filter(|verb| verb.text == "clone")?;
    let url = words.next()?;
    let is_remote = url.text.contains("://") || (url.text.contains('@') && url.text.contains(':'));
    if !is_remote || url.text.starts_with("file:") {
        return None;
    }
    let name = url.text.trim_end_matches('/').trim_end_matches(".git");
    let name = name.rsplit(['/', ':']).next().unwrap_or_default();
    let folder = command.path(words.next().map_or(name, |word| word.text.as_str()));
    let is_settled = options.has(&["revision"])
        || script
            .commands
            .iter()
            .skip(command.id + 1)
            .any(|later| later.name == "git" && takes_revision(later, command, &folder));
    Some(Clone {
        command,
        url,
        reference: options
            .get(&["b", "branch"])
            .and_then(|option| option.value_word),
        is_settled,
    })
}

/// `git checkout`, `reset`, `switch` or `fetch` of something, in the folder of a clone.
fn takes_revision(later: &Command, clone: &Command, folder: &str) -> bool {
    let options = later.options(CLONE);
    let mut words = options.positional.iter().map(|word| word.text.as_str());
    let verbs = [
        "checkout",
        "reset",
        "switch",
        "fetch",
        "submodule",
        "worktree",
    ];
    if !words.next().is_some_and(|verb| verbs.contains(&verb)) || words.next().is_none() {
        return false;
    }
    let place = match options.get(&["C"]).and_then(|option| option.value) {
        Some(place) => later.path(place),
        None => later.cwd.clone(),
    };
    let git_dir = options.get(&["git-dir"]).and_then(|option| option.value);
    // A folder that a variable or `$_` names is believed to be the one, in the same step.
    let is_unknown = place.contains('$') && later.unit == clone.unit;
    place == folder
        || place.starts_with(&format!("{folder}/"))
        || is_unknown
        || git_dir.is_some_and(|dir| later.path(dir).starts_with(folder))
}
