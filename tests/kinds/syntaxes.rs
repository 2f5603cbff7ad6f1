//! The ways in which a name is given a value, and a token stands in a text.

/// A token in a file.
pub struct Planted {
    pub path: &'static str,
    pub text: String,
}

/// `linode_token` as `linodeToken`.
fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |all, word| {
        let (head, tail) = word.split_at(1.min(word.len()));
        all + &head.to_ascii_uppercase() + tail
    })
}

/// The `nth` way of writing a token under a name. Kinds without a mark of their own (`context`)
/// stand only where something speaks of them: the name, or a vendor's word nearby.
pub fn plant(name: &str, token: &str, nth: usize, context: bool, vendor: Option<&str>) -> Planted {
    let shout = name.to_ascii_uppercase();
    let kebab = name.replace('_', "-");
    let camel = camel(name);
    let speaks = vendor.is_some();
    let vendor = vendor.unwrap_or("harbour");
    let class = capital(&self::camel(vendor));
    let dotted = name.replacen('_', ".", 1);
    let spaces = token.contains([
        '|', ':', '@', '(', ')', '<', '>', ';', '&', '#', ',', '!', '*', '?', '{', '}', '[', ']',
        '$', '%', '^', '=',
    ]);
    let named: &[(&'static str, String)] = &[
        (
            "config/production.env",
            format!("PORT=80\n{shout}={token}\nDEBUG=0\n"),
        ),
        (
            "deploy/values.yaml",
            format!("app:\n  {name}: \"{token}\"\n"),
        ),
        ("app.properties", format!("{dotted}={token}\n")),
        (
            "config.json",
            format!("{{\"port\": 80, \"{camel}\": \"{token}\"}}\n"),
        ),
        ("deploy.sh", format!("export {shout}='{token}'\n./run\n")),
        (
            "Dockerfile",
            format!("FROM alpine:3.20\nENV {shout}=\"{token}\"\n"),
        ),
        ("app/settings.py", format!("{name} = \"{token}\"\n")),
        ("src/main.go", format!("const {camel} = `{token}`\n")),
        (
            "config.php",
            format!("<?php return ['{name}' => '{token}'];\n"),
        ),
        ("config.toml", format!("[app]\n{name} = '{token}'\n")),
        (
            "notebook.ipynb",
            format!("{{\"source\": [\"{name} = \\\"{token}\\\"\\n\"]}}\n"),
        ),
        (
            "src/app.ts",
            format!("  private readonly {camel}: string = '{token}';\n"),
        ),
        ("src/legacy.js", format!("// var {camel} = \"{token}\";\n")),
        ("a1b2c3d4.yml", format!("    {shout}: {token}\n")),
    ];
    let spoken: &[(&'static str, String)] = &[
        (
            "src/app.js",
            format!("const client = new {}({{ token: \"{token}\" }});\n", class),
        ),
        (
            "main.tf",
            format!("provider \"{vendor}\" {{\n  token = \"{token}\"\n}}\n"),
        ),
        ("src/app.py", format!("{vendor}.token = \"{token}\"\n")),
        ("config.yml", format!("{vendor}:\n  api_key: \"{token}\"\n")),
    ];
    let header =
        format!("curl -H \"Authorization: Bearer {token}\" https://api.{vendor}.com/v1/x\n");
    let header = ("deploy.sh", header);
    let words: &[(&'static str, String)] = &[
        ("deploy.sh", format!("tool --{kebab} {token} --verbose\n")),
        ("deploy.sh", format!("tool --{kebab}={token}\n")),
        (
            "config.xml",
            format!("<settings><{camel}>{token}</{camel}></settings>\n"),
        ),
    ];
    let marked: &[(&'static str, String)] = &[
        (
            "src/app.js",
            format!("fetch(\"https://api.harbour.io/v1?key={token}\");\n"),
        ),
        ("src/app.js", format!("connect('{token}', 80)\n")),
        (
            "deploy.sh",
            format!("curl -H \"Authorization: Bearer {token}\" https://api.harbour.io/\n"),
        ),
        ("notes.txt", format!("the key is {token}\n")),
        ("data.json", format!("[\"first\\n{token}\\nlast\"]\n")),
        (
            "deploy.sh",
            format!("git clone https://harbour:{token}@git.harbour.io/a.git\n"),
        ),
        ("config.yml", format!("args: [--token={token}]\n")),
        ("a.md", format!("Use `{token}` here.\n")),
    ];
    let mut ways: Vec<&(&'static str, String)> = named.iter().collect();
    if context && speaks {
        ways.extend(spoken);
    }
    if !spaces {
        ways.extend(words);
    }
    if !spaces && speaks && !vendor.contains('_') {
        ways.push(&header);
    }
    if !context && !spaces {
        ways.extend(marked);
    }
    let (path, text) = ways[nth % ways.len()];
    Planted {
        path,
        text: text.clone(),
    }
}

/// A token on the line of a word without which it would say nothing.
pub fn beside(word: &str, token: &str, nth: usize) -> Planted {
    let (path, text) = match nth % 4 {
        0 => (
            "config/production.env",
            format!("# {word}\nVALUE={token}\n"),
        ),
        1 => ("src/app.py", format!("{} = \"{word};{token}\"\n", "value")),
        2 => (
            "config.json",
            format!("{{\"a\": \"https://{word}/x?{word}&{token}\"}}\n"),
        ),
        _ => (
            "deploy.sh",
            format!("curl \"https://{word}/?a=1&{word}-1&{token}\"\n"),
        ),
    };
    Planted { path, text }
}

fn capital(word: &str) -> String {
    let (head, tail) = word.split_at(1.min(word.len()));
    head.to_ascii_uppercase() + tail
}
