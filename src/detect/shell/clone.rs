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

/// What takes another revision than the one that was cloned.
const VERBS: &[&str] = &[
    "checkout",
    "reset",
    "switch",
    "fetch",
    "submodule",
    "worktree",
];

/// Clones of one script that are looked at: what follows each of them is searched.
const CLONES: usize = 200;

/// A `git clone` of a repository elsewhere.
pub struct Clone<'s> {
    pub command: &'s Command,
    pub url: &'s Word,
    /// The branch or tag that it asks for.
    pub reference: Option<&'s Word>,
    /// Where it puts the repository.
    pub folder: String,
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

    /// True where nothing protects it on the way. An address without a scheme is ssh's.
    pub fn is_plain(&self) -> bool {
        let schemes = ["http://", "ftp://", "git://"];
        let is_plain = schemes.iter().any(|s| self.url.text.starts_with(s));
        is_plain && !self.address().is_local()
    }
}

/// The clones of a script, in order.
pub fn clones(script: &Script) -> Vec<Clone<'_>> {
    let others: Vec<_> = script
        .named(&["git"])
        .filter(|command| VERBS.iter().any(|verb| command.has_arg(verb)))
        .collect();
    script
        .named(&["git"])
        .filter(|command| command.has_arg("clone"))
        .take(CLONES)
        .filter_map(|command| read(&others, command))
        .collect()
}

fn read<'s>(others: &[&Command], command: &'s Command) -> Option<Clone<'s>> {
    let options = command.options(CLONE);
    let mut words = options.positional.iter().copied();
    words.next().filter(|verb| verb.text == "clone")?;
    let url = words.next()?;
    if !is_remote(&url.text) {
        return None;
    }
    let name = url.text.trim_end_matches('/').trim_end_matches(".git");
    let name = name.rsplit(['/', ':']).next().unwrap_or_default();
    let folder = command.path(words.next().map_or(name, |word| word.text.as_str()));
    let is_settled = options.has(&["revision"])
        || others
            .iter()
            .filter(|later| later.id > command.id)
            .any(|later| takes_revision(later, command, &folder));
    Some(Clone {
        command,
        url,
        folder,
        reference: options
            .get(&["b", "branch"])
            .and_then(|option| option.value_word),
        is_settled,
    })
}

/// An address with a scheme, or `host:path` as ssh writes it; not a path, and not a drive's letter.
fn is_remote(url: &str) -> bool {
    if url.contains("://") {
        return !url.starts_with("file:");
    }
    let host = url.split_once(':').map_or("", |(host, _)| host);
    host.len() > 1 && !host.contains(['/', '$', '`', '\\'])
}

/// `git checkout`, `reset`, `switch` or `fetch` of something, in the folder of a clone.
fn takes_revision(later: &Command, clone: &Command, folder: &str) -> bool {
    let options = later.options(CLONE);
    let mut words = options.positional.iter().map(|word| word.text.as_str());
    if !words.next().is_some_and(|verb| VERBS.contains(&verb)) || words.next().is_none() {
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
