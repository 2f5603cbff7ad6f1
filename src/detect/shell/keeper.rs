//! Commands that store the credential they are given in a file of its user.

use crate::parse::shell::Command;

/// Program, words of which all stand among its arguments, and the file that it writes below the
/// home folder (or the working directory where it begins with `./`).
const KEEPERS: &[(&str, &[&str], &str)] = &[
    ("npm", &["config", "set"], "~/.npmrc"),
    ("npm", &["set"], "~/.npmrc"),
    ("npm", &["login"], "~/.npmrc"),
    ("npm", &["adduser"], "~/.npmrc"),
    ("pnpm", &["config", "set"], "~/.npmrc"),
    ("pnpm", &["set"], "~/.npmrc"),
    ("yarn", &["config", "set"], "~/.yarnrc.yml"),
    ("pip", &["config", "set"], "~/.config/pip/pip.conf"),
    ("pip3", &["config", "set"], "~/.config/pip/pip.conf"),
    ("poetry", &["config"], "~/.config/pypoetry/auth.toml"),
    ("bundle", &["config"], "~/.bundle/config"),
    ("composer", &["config"], "~/.config/composer/auth.json"),
    ("git", &["config"], "~/.gitconfig"),
    ("go", &["env", "-w"], "~/.config/go/env"),
    ("aws", &["configure", "set"], "~/.aws/credentials"),
    ("cargo", &["login"], "~/.cargo/credentials.toml"),
    (
        "dotnet",
        &["nuget", "add", "source"],
        "~/.nuget/NuGet/NuGet.Config",
    ),
    (
        "dotnet",
        &["nuget", "update", "source"],
        "~/.nuget/NuGet/NuGet.Config",
    ),
    ("nuget", &["sources"], "~/.nuget/NuGet/NuGet.Config"),
    ("docker", &["login"], "~/.docker/config.json"),
    ("podman", &["login"], "~/.config/containers/auth.json"),
    ("skopeo", &["login"], "~/.config/containers/auth.json"),
    ("crane", &["auth", "login"], "~/.docker/config.json"),
    (
        "helm",
        &["registry", "login"],
        "~/.config/helm/registry/config.json",
    ),
    ("gh", &["auth", "login"], "~/.config/gh/hosts.yml"),
    ("glab", &["auth", "login"], "~/.config/glab-cli/config.yml"),
    (
        "gcloud",
        &["auth", "activate-service-account"],
        "~/.config/gcloud",
    ),
    ("gcloud", &["auth", "login"], "~/.config/gcloud"),
    ("az", &["login"], "~/.azure"),
    ("doctl", &["auth", "init"], "~/.config/doctl/config.yaml"),
    ("heroku", &["login"], "~/.netrc"),
    ("oc", &["login"], "~/.kube/config"),
    ("kubectl", &["config", "set-credentials"], "~/.kube/config"),
    ("vault", &["login"], "~/.vault-token"),
    ("huggingface-cli", &["login"], "~/.cache/huggingface/token"),
    ("hf", &["auth", "login"], "~/.cache/huggingface/token"),
    ("wandb", &["login"], "~/.netrc"),
    ("twine", &["register"], "~/.pypirc"),
];

/// The words by which these programs forget again what they stored.
const UNDO: &[&str] = &[
    "delete",
    "unset",
    "--unset",
    "--unset-all",
    "--remove-section",
    "logout",
    "revoke",
    "remove",
    "rm",
];

/// The file in which a command stores what it is given.
pub fn file(command: &Command) -> Option<&'static str> {
    let (.., file) = KEEPERS.iter().find(|(program, words, _)| {
        *program == command.name && words.iter().all(|word| command.has_arg(word))
    })?;
    (!command
        .args()
        .iter()
        .any(|w| UNDO.contains(&w.text.as_str())))
    .then_some(*file)
}

/// True for the commands whose whole purpose is to log in.
pub fn logs_in(command: &Command) -> bool {
    file(command).is_some()
        && ([
            "login",
            "activate-service-account",
            "init",
            "adduser",
            "set-credentials",
        ]
        .iter()
        .any(|word| command.has_arg(word))
            || (command.name == "aws"
                && command.args().iter().any(|w| {
                    matches!(
                        w.text.as_str(),
                        "aws_secret_access_key" | "aws_session_token"
                    )
                })))
}

/// True where `later` takes back what `command` stored.
pub fn undoes(later: &Command, command: &Command) -> bool {
    later.name == command.name && later.args().iter().any(|w| UNDO.contains(&w.text.as_str()))
}
