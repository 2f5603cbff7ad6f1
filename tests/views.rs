//! Web views as people write them, each with a twin in which nothing is wrong: how many of the bad
//! ones are found, and how many of the fine ones are reported, per category.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde_json::Value;
use support::Scratch;

/// Where the data of a request comes in, as statements that set `param`.
const SOURCES: &[&str] = &[
    "param = request.args.get('q', '')",
    "param = request.form['q']",
    "param = request.cookies.get('q', 'none')",
    "param = request.headers.get('X-Q')",
    "param = urllib.parse.unquote_plus(request.cookies.get('q', ''))",
    "values = request.form.getlist('q')\n        param = ''\n        if values:\n            param = values[0]",
    "param = ''\n        for name in request.form.keys():\n            for value in request.form.getlist(name):\n                if value == 'q':\n                    param = name\n                    break",
    "query = request.query_string.decode('utf-8')\n        at = query.find('q=')\n        if at == -1:\n            return 'no q'\n        param = urllib.parse.unquote_plus(query[at + 2:])",
    "parts = request.path.split('/')\n        param = parts[-1]",
    "parameters = request.args\n        param = parameters.get('q')\n        if not param:\n            param = ''",
    "data = request.get_json()\n        param = data['q']",
];

/// What happens to it before it is used, as statements that set `bar`, and whether it is still there.
const WAYS: &[(bool, &str)] = &[
    (true, "bar = param"),
    (true, "bar = param.strip().lower()"),
    (true, "bar = 'x' + param + 'y'"),
    (true, "bar = f'{param}!'"),
    (true, "bar = '{}'.format(param)"),
    (true, "bar = '%s' % param"),
    (
        true,
        "bar = 'safe'\n        if len(param) > 2:\n            bar = param",
    ),
    (false, "bar = 'safe'"),
    (false, "bar = param\n        bar = 'safe'"),
    (
        true,
        "num = 86\n        if 7 * 42 - num > 200:\n            bar = param\n        else:\n            bar = 'never'",
    ),
    (
        false,
        "num = 106\n        if 7 * 18 + num > 200:\n            bar = 'always'\n        else:\n            bar = param",
    ),
    (
        false,
        "num = 106\n        bar = 'always' if 7 * 18 + num > 200 else param",
    ),
    (
        true,
        "num = 196\n        bar = 'never' if 7 * 18 + num < 200 else param",
    ),
    (
        true,
        "items = {}\n        items['a'] = 'one'\n        items['b'] = param\n        bar = items['b']",
    ),
    (
        false,
        "items = {}\n        items['a'] = 'one'\n        items['b'] = param\n        bar = items['b']\n        bar = items['a']",
    ),
    (
        true,
        "items = ['safe', param, 'more']\n        bar = items[1]",
    ),
    (
        false,
        "items = []\n        items.append('safe')\n        items.append(param)\n        items.append('more')\n        items.pop(0)\n        bar = items[1]",
    ),
    (
        true,
        "items = []\n        items.append('safe')\n        items.append(param)\n        items.append('more')\n        items.pop(0)\n        bar = items[0]",
    ),
    (
        true,
        "conf = configparser.ConfigParser()\n        conf.add_section('s')\n        conf.set('s', 'a', 'one')\n        conf.set('s', 'b', param)\n        bar = conf.get('s', 'b')",
    ),
    (
        false,
        "conf = configparser.ConfigParser()\n        conf.add_section('s')\n        conf.set('s', 'a', 'one')\n        conf.set('s', 'b', param)\n        bar = conf.get('s', 'a')",
    ),
    (
        true,
        "possible = 'ABC'\n        guess = possible[0]\n        match guess:\n            case 'A':\n                bar = param\n            case 'B':\n                bar = 'bob'\n            case _:\n                bar = 'uncle'",
    ),
    (
        false,
        "possible = 'ABC'\n        guess = possible[1]\n        match guess:\n            case 'A':\n                bar = param\n            case 'B':\n                bar = 'bob'\n            case 'C' | 'D':\n                bar = param\n            case _:\n                bar = 'uncle'",
    ),
    (
        true,
        "bar = ''\n        if param:\n            items = ['safe', param]\n            bar = items[1]",
    ),
    (
        true,
        "raw = base64.b64encode(param.encode('utf-8'))\n        bar = base64.b64decode(raw).decode('utf-8')",
    ),
    (
        true,
        "text = f'help{param}snapes'\n        bar = text[4:-5]",
    ),
    (
        true,
        "text = io.StringIO()\n        text.write('a')\n        text.write(param)\n        bar = text.getvalue()",
    ),
    (
        false,
        "bar = 'never'\n        if 'should' not in bar:\n            bar = 'passed'\n        elif 'n' in bar:\n            bar = 'fine'\n        else:\n            bar = param",
    ),
    (
        true,
        "bar = 'this should never happen'\n        if 'should' not in bar:\n            bar = 'passed'\n        else:\n            bar = param",
    ),
    (
        true,
        "def inner(value):\n            return value + ''\n        bar = inner(param)",
    ),
    (
        false,
        "def inner(value):\n            return 'safe'\n        bar = inner(param)",
    ),
    (true, "bar = pick(param, 'x')"),
    (false, "bar = pick('x', param)"),
    (true, "bar = Helper().change(param)"),
    (false, "bar = Helper().forget(param)"),
    (
        false,
        "if param not in ('a', 'b'):\n            return 'no'\n        bar = param",
    ),
    (false, "bar = str(int(param))"),
    (
        true,
        "try:\n            bar = param.strip()\n        except ValueError:\n            bar = 'x'",
    ),
];

struct Category {
    name: &'static str,
    /// Rules that count.
    rules: &'static [&'static str],
    bad: &'static [&'static str],
    fine: &'static [&'static str],
}

/// Categories in which data flows from the request to a place where it must not be.
const FLOWS: &[Category] = &[
    Category {
        name: "command injection",
        rules: &["subprocess-shell", "os-system", "program-path"],
        bad: &[
            "os.system('echo ' + bar)",
            "out = os.popen(f'echo {bar}').read()",
            "subprocess.run(f'echo {bar}', shell=True)",
            "args = []\n        args.append('sh')\n        args.append('-c')\n        args.append(f'echo {bar}')\n        subprocess.run(args, capture_output=True)",
            "command = 'ls ' + bar\n        subprocess.check_output(command, shell=True)",
        ],
        fine: &[
            "subprocess.run(['echo', bar])",
            "os.system('echo ' + shlex.quote(bar))",
        ],
    },
    Category {
        name: "sql injection",
        rules: &["sql-built-from-text"],
        bad: &[
            "cur.execute(f\"SELECT * FROM users WHERE name = '{bar}'\")",
            "sql = \"SELECT * FROM users WHERE name = '\" + bar + \"'\"\n        cur.execute(sql)",
            "sql = \"INSERT INTO users (name) VALUES ('%s')\" % bar\n        con.execute(sql)",
        ],
        fine: &[
            "cur.execute('SELECT * FROM users WHERE name = ?', (bar,))",
            "sql = 'SELECT * FROM users WHERE name = ?'\n        con.execute(sql, [bar])",
        ],
    },
    Category {
        name: "path traversal",
        rules: &["path-traversal"],
        bad: &[
            "file = open('/srv/' + bar)",
            "name = f'{FOLDER}/{bar}'\n        file = codecs.open(name, 'r')",
            "path = pathlib.Path('/srv') / bar\n        text = path.read_text()",
            "os.remove(os.path.join(FOLDER, bar))",
            "return send_file(f'/srv/{bar}')",
        ],
        fine: &[
            "file = open('/srv/' + secure_filename(bar))",
            "path = (pathlib.Path('/srv') / bar).resolve()\n        if not str(path).startswith('/srv/'):\n            return 'no'\n        text = path.read_text()",
        ],
    },
    Category {
        name: "ldap injection",
        rules: &["ldap-injection"],
        bad: &[
            "connection.search('dc=x', f'(&(objectclass=person)(uid={bar}))', attributes=[])",
            "text = '(uid=' + bar + ')'\n        directory.search_s('dc=x', 2, text)",
        ],
        fine: &[
            "connection.search('dc=x', f'(uid={escape_filter_chars(bar)})')",
            "connection.search('dc=x', '(objectclass=person)')",
        ],
    },
    Category {
        name: "xpath injection",
        rules: &["xpath-injection"],
        bad: &[
            "nodes = root.xpath(f\"/users/user[@name='{bar}']\")",
            "query = \"/users/user[@name='\" + bar + \"']\"\n        nodes = elementpath.select(root, query)",
        ],
        fine: &[
            "nodes = root.xpath('/users/user[@name=$name]', name=bar)",
            "nodes = root.xpath('/users/user')",
        ],
    },
    Category {
        name: "open redirect",
        rules: &["open-redirect"],
        bad: &["return redirect(bar)", "return flask.redirect(bar)"],
        fine: &[
            "return redirect('/users/' + bar)",
            "return redirect(url_for('view'))",
        ],
    },
    Category {
        name: "trust boundary",
        rules: &["trust-boundary"],
        bad: &["session['user'] = bar", "flask.session[bar] = '12345'"],
        fine: &["session['user'] = '12345'", "cache['user'] = bar"],
    },
    Category {
        name: "xss",
        rules: &["response-xss"],
        bad: &[
            "page = ''\n        page += f'<p>{bar}</p>'\n        return page",
            "return '<h1>' + bar + '</h1>'",
            "return make_response('<b>%s</b>' % bar)",
        ],
        fine: &[
            "return f'<p>{escape(bar)}</p>'",
            "return jsonify(name=bar)",
            "return render_template('x.html', name=bar)",
        ],
    },
    Category {
        name: "code injection",
        rules: &["eval"],
        bad: &["out = eval(bar)", "exec(bar)"],
        fine: &["out = ast.literal_eval(bar)", "out = json.loads(bar)"],
    },
    Category {
        name: "deserialization",
        rules: &["pickle-load", "yaml-load"],
        bad: &[
            "out = pickle.loads(base64.urlsafe_b64decode(bar))",
            "out = yaml.load(bar, Loader=yaml.Loader)",
        ],
        fine: &["out = json.loads(bar)", "out = yaml.safe_load(bar)"],
    },
    Category {
        name: "ssrf",
        rules: &["ssrf"],
        bad: &[
            "out = requests.get(bar, timeout=5)",
            "out = urllib.request.urlopen(bar)",
        ],
        fine: &["out = requests.get('https://api.example.com/x/' + bar, timeout=5)"],
    },
    Category {
        name: "template injection",
        rules: &["template-injection"],
        bad: &[
            "return render_template_string(bar)",
            "out = jinja2.Template(bar).render()",
        ],
        fine: &["return render_template_string('{{ x }}', x=bar)"],
    },
];

/// Categories in which the place alone decides.
const PLACES: &[Category] = &[
    Category {
        name: "weak hash",
        rules: &["weak-hash", "weak-password-hash"],
        bad: &[
            "h = hashlib.md5()\n        h.update(bar.encode())",
            "h = hashlib.new('sha1')\n        h.update(bar.encode())",
            "h = hashlib.sha1(bar.encode()).hexdigest()",
        ],
        fine: &[
            "h = hashlib.sha256(bar.encode())",
            "h = hashlib.new('sha384')\n        h.update(bar.encode())",
            "h = hashlib.md5(bar.encode(), usedforsecurity=False)",
        ],
    },
    Category {
        name: "weak random",
        rules: &["weak-random"],
        bad: &[
            "token = str(random.random())[2:]",
            "value = str(random.normalvariate(0, 1))[2:]\n        session['remember'] = value",
            "value = random.randint(0, 10**9)\n        cookie = f'r{value}'\n        response.set_cookie('remember', cookie, secure=True, httponly=True)",
        ],
        fine: &[
            "token = secrets.token_hex(16)",
            "value = str(secrets.randbelow(10**9))\n        session['remember'] = value",
            "value = random.SystemRandom().randint(0, 10**9)\n        response.set_cookie('remember', str(value), secure=True, httponly=True)",
            "delay = random.random()",
        ],
    },
    Category {
        name: "insecure cookie",
        rules: &["cookie-flags"],
        bad: &[
            "response.set_cookie('SomeCookie', 'x', path=request.path, secure=False, httponly=True)",
        ],
        fine: &[
            "response.set_cookie('SomeCookie', 'x', path=request.path, secure=True, httponly=True)",
        ],
    },
    Category {
        name: "weak cipher",
        rules: &["weak-cipher"],
        bad: &[
            "c = Crypto.Cipher.DES.new(KEY)",
            "c = Crypto.Cipher.AES.new(KEY, Crypto.Cipher.AES.MODE_ECB)",
        ],
        fine: &["c = Crypto.Cipher.AES.new(KEY, Crypto.Cipher.AES.MODE_GCM)"],
    },
    Category {
        name: "xxe",
        rules: &["xxe"],
        bad: &[
            "parser = lxml.etree.XMLParser(resolve_entities=True)\n        tree = lxml.etree.fromstring(bar, parser)",
            "parser = xml.sax.make_parser()\n        parser.setFeature(xml.sax.handler.feature_external_ges, True)\n        doc = xml.dom.minidom.parseString(bar, parser)",
        ],
        fine: &[
            "parser = lxml.etree.XMLParser(resolve_entities=False)\n        tree = lxml.etree.fromstring(bar, parser)",
            "parser = xml.sax.make_parser()\n        parser.setFeature(xml.sax.handler.feature_external_ges, False)\n        doc = xml.dom.minidom.parseString(bar, parser)",
        ],
    },
];

const HEAD: &str = "\
import ast, base64, codecs, configparser, flask, hashlib, io, jinja2, json, ldap, ldap3, lxml.etree, os, pathlib
import elementpath, pickle, random, requests, secrets, shlex, subprocess, urllib.parse, urllib.request, yaml
import Crypto.Cipher.AES, Crypto.Cipher.DES, xml.dom.minidom, xml.sax, xml.sax.handler
from flask import jsonify, make_response, redirect, render_template, render_template_string, request, send_file
from flask import session, url_for
from ldap3.utils.conv import escape_filter_chars
from markupsafe import escape
from werkzeug.utils import secure_filename

FOLDER = '/srv/files'

def pick(one, other):
    return one

class Helper:
    def change(self, value):
        return 'a' + value

    def forget(self, value):
        return 'nothing'

def init(app):
    @app.route('/view', methods=['GET', 'POST'])
    def view():
";

/// Files by name, with whether something is wrong in them.
fn cases() -> Vec<(String, &'static Category, bool, String)> {
    let mut cases = Vec::new();
    let mut add = |category: &'static Category, bad: bool, source: &str, way: &str, sink: &str| {
        let name = format!("{}_{}.py", category.name.replace(' ', "_"), cases.len());
        let mut text = HEAD.to_owned();
        for part in [source, way, sink, "return 'done'"] {
            writeln!(text, "        {part}").unwrap();
        }
        cases.push((name, category, bad, text));
    };
    for category in FLOWS {
        for (at, (carries, way)) in WAYS.iter().enumerate() {
            // Every way with another source and sink in turn: all of them meet somewhere.
            for step in 0..2 {
                let source = SOURCES[(at * 2 + step * 5) % SOURCES.len()];
                let sink = category.bad[(at + step) % category.bad.len()];
                add(category, *carries, source, way, sink);
            }
        }
        for (at, sink) in category.fine.iter().enumerate() {
            for (step, (_, way)) in WAYS.iter().filter(|w| w.0).take(6).enumerate() {
                add(
                    category,
                    false,
                    SOURCES[(at + step) % SOURCES.len()],
                    way,
                    sink,
                );
            }
        }
        for source in SOURCES {
            for sink in category.bad {
                add(category, true, source, "bar = param", sink);
            }
        }
    }
    for category in PLACES {
        for (is_bad, sinks) in [(true, category.bad), (false, category.fine)] {
            for (at, sink) in sinks.iter().enumerate() {
                for source in [SOURCES[at % 3], SOURCES[4 + at % 3]] {
                    add(category, is_bad, source, "bar = param", sink);
                }
            }
        }
    }
    script_cases(&mut |category, bad, text| {
        let name = format!("{}_{}.js", category.name.replace(' ', "_"), cases.len());
        cases.push((name, category, bad, text));
    });
    cases
}

/// The same for handlers of a Node server: sources, ways and sinks as statements of JavaScript.
const SCRIPT_SOURCES: &[&str] = &[
    "const param = req.query.q;",
    "const param = req.body.q;",
    "const { q: param } = req.query;",
    "const param = req.params.q;",
    "const param = req.headers['x-q'];",
    "let param = ''; if (req.cookies) { param = req.cookies.q; }",
];

const SCRIPT_WAYS: &[(bool, &str)] = &[
    (true, "const bar = param;"),
    (true, "const bar = param.trim().toLowerCase();"),
    (true, "const bar = `x${param}y`;"),
    (true, "let bar = 'safe'; if (param) { bar = param; }"),
    (false, "let bar = param; bar = 'safe';"),
    (
        false,
        "const num = 106; const bar = 7 * 18 + num > 200 ? 'always' : param;",
    ),
    (
        true,
        "const num = 196; const bar = 7 * 18 + num < 200 ? 'never' : param;",
    ),
    (
        false,
        "let bar; switch ('ABC'.charAt(1)) { case 'A': bar = param; break; case 'B': bar = 'bob'; break; default: bar = param; }",
    ),
    (
        true,
        "let bar; switch ('ABC'[0]) { case 'A': bar = param; break; default: bar = 'bob'; }",
    ),
    (
        true,
        "const map = new Map(); map.set('a', 'one'); map.set('b', param); const bar = map.get('b');",
    ),
    (
        false,
        "const map = new Map(); map.set('a', 'one'); map.set('b', param); const bar = map.get('a');",
    ),
    (
        false,
        "const list = []; list.push('safe'); list.push(param); list.push('more'); list.shift(); const bar = list[1];",
    ),
    (
        true,
        "const list = []; list.push('safe'); list.push(param); list.shift(); const bar = list[0];",
    ),
    (true, "const bar = same(param);"),
    (false, "const bar = forget(param);"),
    (
        true,
        "const parts = ['a', param]; const bar = parts.join('/');",
    ),
    (
        false,
        "if (!['a', 'b'].includes(param)) { return res.end(); } const bar = param;",
    ),
    (
        false,
        "if (!/^[a-z]+$/.test(param)) { throw new Error('no'); } const bar = param;",
    ),
    (false, "const bar = String(parseInt(param, 10));"),
    (
        true,
        "let bar; try { bar = decodeURIComponent(param); } catch (e) { bar = 'x'; }",
    ),
];

const SCRIPT_FLOWS: &[Category] = &[
    Category {
        name: "js command injection",
        rules: &["child-process-exec", "spawn-shell", "program-path"],
        bad: &[
            "cp.exec('ls ' + bar);",
            "cp.execSync(`ls ${bar}`);",
            "cp.spawn('sh', ['-c', 'ls ' + bar]);",
        ],
        fine: &["cp.execFile('ls', [bar]);"],
    },
    Category {
        name: "js sql injection",
        rules: &["sql-built-from-text"],
        bad: &[
            "db.query(`SELECT * FROM t WHERE a = '${bar}'`);",
            "db.query(\"SELECT * FROM t WHERE a = '\" + bar + \"'\");",
        ],
        fine: &["db.query('SELECT * FROM t WHERE a = $1', [bar]);"],
    },
    Category {
        name: "js path traversal",
        rules: &["path-traversal"],
        bad: &[
            "fs.readFile('/srv/' + bar, done);",
            "fs.readFileSync(path.join(ROOT, bar));",
            "res.sendFile('/srv/' + bar);",
        ],
        fine: &[
            "fs.readFile('/srv/' + path.basename(bar), done);",
            "res.sendFile(bar, { root: ROOT });",
        ],
    },
    Category {
        name: "js open redirect",
        rules: &["open-redirect"],
        bad: &["res.redirect(bar);"],
        fine: &["res.redirect('/users/' + bar);"],
    },
    Category {
        name: "js xss",
        rules: &["response-xss"],
        bad: &[
            "res.send('<b>' + bar + '</b>');",
            "res.send(`<h1>${bar}</h1>`);",
        ],
        fine: &[
            "res.json({ bar });",
            "res.send('<b>' + escapeHtml(bar) + '</b>');",
        ],
    },
    Category {
        name: "js code injection",
        rules: &["eval"],
        bad: &["eval(bar);", "new Function(bar)();"],
        fine: &["JSON.parse(bar);"],
    },
    Category {
        name: "js ssrf",
        rules: &["ssrf"],
        bad: &["axios.get(bar);", "fetch(bar);"],
        fine: &["axios.get('https://api.example.com/' + bar);"],
    },
];

const SCRIPT_HEAD: &str = "\
const cp = require('child_process'), fs = require('fs'), path = require('path'), axios = require('axios');
const app = require('express')();
const ROOT = '/srv';
function same(value) { return value + ''; }
const forget = (value) => 'safe';
app.post('/x', (req, res) => {
";

fn script_cases(add: &mut impl FnMut(&'static Category, bool, String)) {
    for category in SCRIPT_FLOWS {
        for (at, (carries, way)) in SCRIPT_WAYS.iter().enumerate() {
            for step in 0..2 {
                let source = SCRIPT_SOURCES[(at * 2 + step) % SCRIPT_SOURCES.len()];
                let sink = category.bad[(at + step) % category.bad.len()];
                add(
                    category,
                    *carries,
                    format!("{SCRIPT_HEAD}  {source}\n  {way}\n  {sink}\n}});\n"),
                );
            }
        }
        for sink in category.fine {
            for (_, way) in SCRIPT_WAYS.iter().filter(|way| way.0) {
                let source = SCRIPT_SOURCES[0];
                add(
                    category,
                    false,
                    format!("{SCRIPT_HEAD}  {source}\n  {way}\n  {sink}\n}});\n"),
                );
            }
        }
    }
}

#[test]
fn bad_views_are_told_from_fine_ones() {
    let scratch = match std::env::var_os("PLIMSOLL_VIEWS") {
        // Somewhere to look at, and for other tools to read.
        Some(folder) => {
            std::fs::create_dir_all(&folder).unwrap();
            for (name, _, bad, text) in cases() {
                let name = format!("{}_{name}", if bad { "bad" } else { "fine" });
                std::fs::write(std::path::Path::new(&folder).join(name), text).unwrap();
            }
            Scratch::new()
        }
        None => Scratch::new(),
    };
    let cases = cases();
    for (name, _, _, text) in &cases {
        scratch.write(name, text);
    }
    let mut command = scratch.command(env!("CARGO_BIN_EXE_plimsoll"));
    let output = command
        .args([
            "check",
            "--no-config",
            "--only",
            "source",
            "--format",
            "json",
            ".",
        ])
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut found: BTreeSet<(String, String)> = BTreeSet::new();
    for finding in report["findings"].as_array().unwrap() {
        let rule = finding["rule"].as_str().unwrap();
        let slug = rule.rsplit('/').next().unwrap();
        let path = finding["path"].as_str().unwrap();
        found.insert((path.to_owned(), slug.to_owned()));
    }
    let mut counts: BTreeMap<&str, [u32; 4]> = BTreeMap::new();
    let mut wrong = String::new();
    for (name, category, bad, text) in &cases {
        let hit = category
            .rules
            .iter()
            .any(|rule| found.contains(&(name.clone(), (*rule).to_owned())));
        let count = counts.entry(category.name).or_default();
        count[usize::from(*bad) * 2 + usize::from(hit)] += 1;
        if hit != *bad {
            let body = text.strip_prefix(HEAD).unwrap_or(text);
            writeln!(
                wrong,
                "{name}: {}\n{body}",
                if *bad { "missed" } else { "false" }
            )
            .unwrap();
        }
    }
    let mut table = String::new();
    let mut worst = 1.0_f64;
    for (name, [quiet, false_alarms, missed, hits]) in &counts {
        let rate = |part: u32, rest: u32| f64::from(part) / f64::from((part + rest).max(1));
        let (sensitive, noisy) = (rate(*hits, *missed), rate(*false_alarms, *quiet));
        worst = worst.min(sensitive - noisy);
        writeln!(
            table,
            "{name:20} found {hits}/{} false {false_alarms}/{} Youden {:+.2}",
            hits + missed,
            quiet + false_alarms,
            sensitive - noisy
        )
        .unwrap();
    }
    println!("{table}");
    assert!(worst >= 0.9, "{table}\n{wrong}");
}
