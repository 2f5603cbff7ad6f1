//! `.gitleaks.toml`, and betterleaks' file of the same form.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::{File, Migration, listed, ours, quoted};
use crate::rules::RuleSet;
use crate::rules::team::{TeamRule, check_expression};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Config {
    #[serde(rename = "title")]
    _title: Option<toml::Value>,
    extend: Extend,
    rules: Vec<Rule>,
    allowlist: Option<Allowlist>,
    allowlists: Vec<Allowlist>,
    #[serde(flatten)]
    rest: BTreeMap<String, toml::Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Extend {
    use_default: bool,
    path: Option<Spanned<String>>,
    url: Option<Spanned<String>>,
    disabled_rules: Vec<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: Spanned<String>,
    description: Option<String>,
    regex: Option<Spanned<String>>,
    secret_group: Option<usize>,
    entropy: Option<f64>,
    path: Option<Spanned<String>>,
    #[serde(default)]
    keywords: Vec<String>,
    allowlist: Option<Allowlist>,
    #[serde(default)]
    allowlists: Vec<Allowlist>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(flatten)]
    rest: BTreeMap<String, toml::Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Allowlist {
    description: String,
    condition: Option<Spanned<String>>,
    paths: Vec<Spanned<String>>,
    regexes: Vec<Spanned<String>>,
    regex_target: String,
    stopwords: Vec<Spanned<String>>,
    commits: Vec<Spanned<String>>,
    target_rules: Vec<String>,
    #[serde(flatten)]
    rest: BTreeMap<String, toml::Value>,
}

pub(super) fn read(file: &File<'_>, rules: &RuleSet, out: &mut Migration) {
    let config: Config = match toml::from_str(file.text) {
        Ok(config) => config,
        Err(error) => {
            let at = error.span().map(|span| span.start);
            out.leave(
                file,
                at,
                "the file",
                "it is not what its tool reads, from here on",
            );
            return;
        }
    };
    for key in config
        .rest
        .keys()
        .filter(|key| *key != "minVersion" && *key != "description")
    {
        out.leave(file, None, key, "plimsoll has nothing like it");
    }
    extend(file, &config.extend, rules, out);
    let mut names: BTreeMap<String, Option<String>> = BTreeMap::new();
    for rule in &config.rules {
        let name = own_rule(file, rule, rules, out);
        names.insert(rule.id.get_ref().clone(), name);
    }
    let name_of = |id: &str| match names.get(id) {
        Some(name) => name.clone(),
        None => ours(rules, id).map(str::to_owned),
    };
    for list in config.allowlist.iter().chain(&config.allowlists) {
        let mut targets = vec!["secret".to_owned()];
        if !list.target_rules.is_empty() {
            targets = list
                .target_rules
                .iter()
                .filter_map(|id| name_of(id))
                .collect();
            if targets.is_empty() {
                out.leave(
                    file,
                    None,
                    "an allowlist",
                    "none of its rules is carried over",
                );
            }
        }
        for target in targets {
            allowlist(file, list, &target, out);
        }
    }
}

fn extend(file: &File<'_>, extend: &Extend, rules: &RuleSet, out: &mut Migration) {
    for (other, what) in [(&extend.path, "extend.path"), (&extend.url, "extend.url")] {
        if let Some(other) = other {
            let why = "a configuration is one file: carry that one over by hand";
            out.leave(file, Some(other.span().start), what, why);
        }
    }
    for id in &extend.disabled_rules {
        let at = Some(id.span().start);
        let what = format!("disabledRules: {}", id.get_ref());
        // Of the generic rule, that of passwords and the like is ours, too.
        match ours(rules, id.get_ref()) {
            Some(ours) => {
                let said = format!("disabled as {}", plain(id.get_ref()));
                out.off.insert(ours.to_owned(), said);
            }
            None => out.leave(file, at, &what, "no rule of plimsoll answers to this id"),
        }
    }
    if !extend.use_default {
        let why = "plimsoll's own rules stay switched on: \"secret\" = \"off\" in [rules] leaves \
                   the file's rules alone";
        out.leave(file, None, "a configuration without useDefault", why);
    }
}

/// An id in a comment of ours.
fn plain(id: &str) -> String {
    id.chars()
        .filter(|c| c.is_ascii_alphanumeric() || "-_./".contains(*c))
        .collect()
}

/// Carries a rule over and gives the name that ignores use for it.
fn own_rule(file: &File<'_>, rule: &Rule, rules: &RuleSet, out: &mut Migration) -> Option<String> {
    let id = rule.id.get_ref();
    let at = Some(rule.id.span().start);
    let what = format!("rule {}", plain(id));
    let known = ours(rules, id).map(str::to_owned);
    let lists = rule.allowlist.iter().chain(&rule.allowlists);
    if let Some(ours) = known {
        if rule.regex.is_some() {
            out.leave(
                file,
                at,
                &what,
                format!("its regex: {ours} looks for the same"),
            );
        }
        for list in lists {
            allowlist(file, list, &ours, out);
        }
        return Some(ours);
    }
    let Some(regex) = &rule.regex else {
        out.leave(
            file,
            at,
            &what,
            "it has no regex: rules about names of files are not known",
        );
        return None;
    };
    if file.holds_secret(&regex.span()) {
        out.leave(file, at, &what, "its regex holds what looks like a secret");
        return None;
    }
    for key in rule.rest.keys() {
        out.leave(
            file,
            at,
            &format!("{what}: {key}"),
            "plimsoll has nothing like it",
        );
    }
    let name = format!("secret/{}", slug(id));
    let title = rule
        .description
        .as_deref()
        .unwrap_or(id)
        .trim()
        .trim_end_matches('.');
    let title: String = title
        .chars()
        .filter(|c| !c.is_control())
        .take(150)
        .collect();
    let mut text = format!(
        "[[rule]]\nid = {}\ntitle = {}\naliases = {}\n[rule.pattern]\nregex = {}\n",
        quoted(&name),
        quoted(if title.is_empty() { id } else { &title }),
        listed(&[plain(id)]),
        quoted(regex.get_ref())
    );
    let near: Vec<String> = rule
        .keywords
        .iter()
        .map(|word| word.to_ascii_lowercase())
        .collect();
    if near.iter().any(|word| word.len() < 3) {
        out.leave(file, at, &what, "a keyword is shorter than three bytes");
        return None;
    }
    let mut add = |key: &str, value: String| text.push_str(&format!("{key} = {value}\n"));
    if !near.is_empty() {
        add("near", listed(&near));
    }
    if let Some(group) = rule.secret_group.filter(|group| *group > 0) {
        add("group", group.to_string());
    }
    if let Some(entropy) = rule.entropy.filter(|entropy| *entropy > 0.0) {
        add("entropy", format!("{entropy:?}"));
    }
    if let Some(path) = &rule.path {
        add("path", quoted(path.get_ref()));
    }
    let (mut values, mut lines, mut paths, mut words) = (vec![], vec![], vec![], vec![]);
    for list in lists {
        if !is_simple(file, list, &what, out) {
            continue;
        }
        let keep = |texts: &[Spanned<String>], out: &mut Migration| -> Vec<String> {
            let all = texts.iter().filter(|text| is_fit(file, text, &what, out));
            all.map(|text| text.get_ref().clone()).collect()
        };
        paths.extend(keep(&list.paths, out));
        match list.regex_target.as_str() {
            "line" => lines.extend(keep(&list.regexes, out)),
            _ => values.extend(keep(&list.regexes, out)),
        }
        let free = list
            .stopwords
            .iter()
            .filter(|word| is_free(file, word, &what, out));
        words.extend(free.map(|word| word.get_ref().to_ascii_lowercase()));
    }
    for (key, texts) in [
        ("unless", values),
        ("unless_line", lines),
        ("unless_path", paths),
        ("unless_words", words),
    ] {
        if !texts.is_empty() {
            add(key, listed(&texts));
        }
    }
    let own = text
        .replacen("[[rule]]\n", "", 1)
        .replacen("[rule.pattern]", "[pattern]", 1);
    match TeamRule::parse(&own) {
        Ok(_)
            if out
                .rules
                .iter()
                .any(|other| other.contains(&format!("id = {}\n", quoted(&name)))) =>
        {
            out.leave(file, at, &what, "another rule has the same id");
            None
        }
        Ok(_) => {
            if !rule.tags.is_empty() {
                out.leave(file, at, &format!("{what}: tags"), "rules have no tags");
            }
            out.rules.push(text);
            Some(name)
        }
        Err(error) => {
            out.leave(file, at, &what, error.message);
            None
        }
    }
}

fn slug(id: &str) -> String {
    let mut slug = String::new();
    for c in id.chars().map(|c| c.to_ascii_lowercase()) {
        match c {
            'a'..='z' | '0'..='9' => slug.push(c),
            _ if !slug.ends_with('-') && !slug.is_empty() => slug.push('-'),
            _ => {}
        }
    }
    let slug: String = slug.trim_end_matches('-').chars().take(60).collect();
    match slug.len() {
        0..2 => format!("rule-{slug}").trim_end_matches('-').to_owned(),
        _ => slug,
    }
}

/// Ignores for what an allowlist lets pass of our rules.
fn allowlist(file: &File<'_>, list: &Allowlist, rule: &str, out: &mut Migration) {
    let what = "an allowlist";
    if !is_simple(file, list, what, out) {
        return;
    }
    let said: String = list
        .description
        .chars()
        .filter(|c| !c.is_control())
        .take(200)
        .collect();
    let reason = match said.trim() {
        "" => format!("allowed in {}", file.path),
        said => said.to_owned(),
    };
    for path in list
        .paths
        .iter()
        .filter(|path| is_fit(file, path, what, out))
        .collect::<Vec<_>>()
    {
        out.ignore(rule, "path-regex", path.get_ref(), &reason);
    }
    let key = if list.regex_target == "line" {
        "line"
    } else {
        "value"
    };
    for regex in list
        .regexes
        .iter()
        .filter(|regex| is_fit(file, regex, what, out))
        .collect::<Vec<_>>()
    {
        out.ignore(rule, key, regex.get_ref(), &reason);
    }
    for word in list
        .stopwords
        .iter()
        .filter(|word| is_free(file, word, what, out))
        .collect::<Vec<_>>()
    {
        let regex = format!("(?i){}", regex::escape(word.get_ref()));
        out.ignore(rule, "value", &regex, &reason);
    }
}

/// True where each of a list's conditions stands for itself; what else it says is left.
fn is_simple(file: &File<'_>, list: &Allowlist, what: &str, out: &mut Migration) -> bool {
    for commit in &list.commits {
        let why = "plimsoll judges files as they are, whichever commit they come from";
        out.leave(
            file,
            Some(commit.span().start),
            &format!("{what}: a commit"),
            why,
        );
    }
    for key in list.rest.keys() {
        out.leave(
            file,
            None,
            &format!("{what}: {key}"),
            "plimsoll has nothing like it",
        );
    }
    if list.regex_target == "match" {
        let at = list.regexes.first().map(|regex| regex.span().start);
        let why = "regexTarget = \"match\": ignores look at the secret or at its line";
        out.leave(file, at, what, why);
        return false;
    }
    let conditions = [&list.paths, &list.regexes, &list.stopwords, &list.commits];
    let several = conditions.iter().filter(|list| !list.is_empty()).count() > 1;
    let condition = list.condition.as_ref();
    let and =
        condition.filter(|c| matches!(c.get_ref().to_ascii_uppercase().as_str(), "AND" | "&&"));
    if let Some(and) = and.filter(|_| several) {
        let why =
            "condition = \"AND\": the conditions of an ignore cannot be tied together this way";
        out.leave(file, Some(and.span().start), what, why);
        return false;
    }
    true
}

fn is_fit(file: &File<'_>, text: &Spanned<String>, what: &str, out: &mut Migration) -> bool {
    if let Err(why) = check_expression(text.get_ref()) {
        out.leave(
            file,
            Some(text.span().start),
            &format!("{what}: a regex"),
            why,
        );
        return false;
    }
    is_free(file, text, what, out)
}

fn is_free(file: &File<'_>, text: &Spanned<String>, what: &str, out: &mut Migration) -> bool {
    if !file.holds_secret(&text.span()) {
        return true;
    }
    let why = "it holds what looks like a secret: ignore the finding by its fingerprint";
    out.leave(file, Some(text.span().start), what, why);
    false
}
