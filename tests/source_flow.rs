//! The way of foreign data to a finding, hop by hop, in every format that has a place for it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use serde_json::Value;
use support::{Scratch, words};

fn shown(scratch: &Scratch, format: &str) -> String {
    let mut command = scratch.command(env!("CARGO_BIN_EXE_plimsoll"));
    let output = command
        .args(["check", "--only", "source", "--format", format])
        .output()
        .unwrap();
    words(&output)
}

fn json(scratch: &Scratch, format: &str) -> Value {
    let shown = shown(scratch, format);
    let start = shown.find('{').unwrap_or_else(|| panic!("{shown}"));
    let mut documents = serde_json::Deserializer::from_str(&shown[start..]).into_iter();
    documents.next().unwrap().unwrap()
}

/// A view that runs what a request says, after so many more variables.
fn long_way(variables: usize) -> Scratch {
    let scratch = Scratch::repository();
    let mut code = String::from(
        "import os\nfrom flask import request\n\ndef view():\n    v0 = request.args['name']\n",
    );
    for n in 1..=variables {
        code += &format!("    v{n} = v{}.strip()\n", n - 1);
    }
    code += &format!("    os.system('ls ' + v{variables})\n");
    scratch.write("a.py", code);
    scratch
}

/// The lines of the steps, as the JSON report gives them.
fn lines(scratch: &Scratch) -> Vec<u64> {
    let report = json(scratch, "json");
    let labels = report["findings"][0]["labels"].as_array().unwrap().clone();
    let steps = labels.iter().filter(|l| l["role"] == "flow");
    steps
        .map(|l| l["range"]["start"]["line"].as_u64().unwrap())
        .collect()
}

/// The lines of all findings.
fn found(scratch: &Scratch) -> Vec<u64> {
    let report = json(scratch, "json");
    let findings = report["findings"].as_array().unwrap();
    findings
        .iter()
        .map(|finding| finding["range"]["start"]["line"].as_u64().unwrap())
        .collect()
}

#[test]
fn every_variable_between_source_and_sink_has_a_label() {
    assert_eq!(lines(&long_way(0)), [5]);
    assert_eq!(lines(&long_way(3)), [5, 6, 7, 8]);
}

#[test]
fn of_a_long_way_the_beginning_and_the_end_are_shown() {
    assert_eq!(lines(&long_way(20)), [5, 6, 7, 23, 24, 25]);
}

#[test]
fn a_way_of_hundreds_of_variables_still_begins_where_the_data_enters() {
    let lines = lines(&long_way(300));
    assert_eq!(lines[0], 5);
    assert_eq!((lines.len(), lines[5]), (6, 305));
}

#[test]
fn every_format_with_a_place_for_flows_shows_them() {
    let scratch = long_way(2);
    let pretty = shown(&scratch, "pretty");
    for step in [
        "1. foreign data enters here",
        "2. the value",
        "3. the value",
    ] {
        assert!(pretty.contains(step), "{pretty}");
    }
    let sarif = json(&scratch, "sarif");
    let result = &sarif["runs"][0]["results"][0];
    let flow = &result["codeFlows"][0]["threadFlows"][0]["locations"];
    let places: Vec<u64> = flow
        .as_array()
        .unwrap()
        .iter()
        .map(|l| &l["location"]["physicalLocation"]["region"]["startLine"])
        .map(|line| line.as_u64().unwrap())
        .collect();
    assert_eq!(places, [5, 6, 7, 8]);
    let lsp = json(&scratch, "lsp");
    let related = &lsp["diagnostics"][0]["relatedInformation"];
    assert_eq!(related.as_array().unwrap().len(), 3);
}

#[test]
fn the_way_through_helpers_and_texts_is_shown() {
    let scratch = Scratch::repository();
    let code = "const { exec } = require('child_process');\n\
                function run(command) {\n  const full = `ls ${command}`;\n  exec(full);\n}\n\
                app.get('/', (req, res) => {\n  const { q } = req.query;\n  run(q);\n});\n";
    scratch.write("a.js", code);
    assert_eq!(lines(&scratch), [7, 8, 3]);
    let pretty = shown(&scratch, "pretty");
    for step in [
        "1. foreign data enters here",
        "2. it is handed over here",
        "3. it becomes part of this text",
    ] {
        assert!(pretty.contains(step), "{pretty}");
    }
}

#[test]
fn the_same_call_of_the_same_variables_is_said_once() {
    let scratch = Scratch::repository();
    let code = "import javax.jms.*;\n\
                class Reader {\n\
                  Object read(Message first, Message second) throws Exception {\n\
                    ObjectMessage message = (ObjectMessage) first;\n\
                    if (message.getObject() == null) {\n\
                      return null;\n\
                    }\n\
                    Object held = message.getObject();\n\
                    message = (ObjectMessage) second;\n\
                    return held == null ? held : message.getObject();\n\
                  }\n\
                }\n";
    scratch.write("src/Reader.java", code);
    assert_eq!(found(&scratch), [5, 10]);
}

#[test]
fn two_statements_in_a_row_are_one_finding_of_an_object_and_two_of_a_module() {
    let scratch = Scratch::repository();
    scratch.write(
        "a.php",
        "<?php\n\
         curl_setopt($c, CURLOPT_SSL_VERIFYPEER, 0);\n\
         curl_setopt($c, CURLOPT_SSL_VERIFYHOST, 0);\n",
    );
    scratch.write(
        "b.py",
        "import os\nos.chmod(a, 0o777)\nos.chmod(b, 0o777)\n",
    );
    assert_eq!(found(&scratch), [2, 2, 3]);
}

/// The places of all findings, each with the files that its labels are in.
fn places(scratch: &Scratch) -> Vec<(String, Vec<String>)> {
    let report = json(scratch, "json");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|finding| {
            let labels = finding["labels"].as_array().unwrap().iter();
            let others = labels.filter(|label| label["path"] != finding["path"]);
            let others = others.map(|label| text(&label["path"])).collect();
            (text(&finding["path"]), others)
        })
        .collect()
}

#[test]
fn what_a_compiler_made_of_a_file_is_a_label_of_its_finding() {
    let scratch = Scratch::repository();
    let typed = "import https from 'https';\nexport const a: https.Agent = \
                 new https.Agent({ rejectUnauthorized: false });\n";
    let compiled = "\"use strict\";\nObject.defineProperty(exports, \"__esModule\", { value: true });\n\
                    const https_1 = require(\"https\");\n\
                    exports.a = new https_1.Agent({ rejectUnauthorized: false });\n";
    scratch.write("packages/net/src/agent.ts", typed);
    scratch.write("packages/net/dist/cjs/agent.js", compiled);
    scratch.write("packages/net/src/agent.js", compiled);
    scratch.write("packages/other/dist/agent.js", compiled);
    let own = |path: &str| path.to_owned();
    assert_eq!(
        places(&scratch),
        [
            (
                own("packages/net/src/agent.ts"),
                vec![
                    own("packages/net/src/agent.js"),
                    own("packages/net/dist/cjs/agent.js")
                ]
            ),
            (own("packages/other/dist/agent.js"), vec![]),
        ]
    );
}

#[test]
fn a_second_weakness_in_a_copy_is_a_finding() {
    let scratch = Scratch::repository();
    let one = "const https = require('https');\n\
               exports.a = new https.Agent({ rejectUnauthorized: false });\n";
    scratch.write("src/agent.js", one);
    scratch.write(
        "dist/agent.js",
        format!("{one}exports.b = new https.Agent({{ rejectUnauthorized: false }});\n"),
    );
    // Its own code, though it has the name of another file.
    scratch.write(
        "src/tools/agent.js",
        one.replace("exports.a", "module.exports"),
    );
    let found: Vec<String> = places(&scratch).into_iter().map(|(path, _)| path).collect();
    assert_eq!(
        found,
        ["dist/agent.js", "src/agent.js", "src/tools/agent.js"]
    );
}

#[test]
fn the_same_file_twice_is_said_once() {
    let scratch = Scratch::repository();
    let code = "import os\nos.chmod('/etc/app', 0o777)\n";
    scratch.write("web/setup.py", code);
    scratch.write("worker/setup.py", code);
    let own = |path: &str| path.to_owned();
    assert_eq!(
        places(&scratch),
        [(own("web/setup.py"), vec![own("worker/setup.py")])]
    );
}
