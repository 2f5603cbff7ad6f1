//! personal-archive: packages that one person builds are installed as root.

use super::Shell;
use crate::detect::Sink;

pub fn check(rule: &str, shell: &Shell<'_>, out: &mut Sink<'_>) {
    for command in shell
        .script
        .named(&["add-apt-repository", "apt-add-repository"])
    {
        let removes = command.has_arg("-r") || command.has_arg("--remove");
        let mut words = command.args().iter().filter(|_| !removes);
        if let Some(word) = words.find(|word| word.text.starts_with("ppa:")) {
            let message = format!("whoever owns {} decides what apt installs here", word.text);
            out.report(rule, word.span, message)
                .text("a personal archive")
                .help("take the distribution's package, or copy the one package that is needed, and pin it");
        }
    }
}
