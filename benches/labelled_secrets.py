#!/usr/bin/env python3
"""Measures how many secrets of a labelled set are found, and how many findings are wrong, by class.

    benches/labelled_secrets.py pick TREES RAW           choose files with likely secrets from real trees
    credsweeper --path RAW --save-json ORACLE.json       label them (any other labels of that form will do)
    benches/labelled_secrets.py plant RAW ORACLE.json SET
    benches/labelled_secrets.py score SET TOOL [PROGRAM] [--show wrong|missed]

TREES holds one unpacked source package a folder. `plant` replaces every labelled value by random
characters of the same class (letters for letters, digits for digits), so that the set holds no real
credential, while everything that merely looks like one stays as it was; file names become digests, as
in public sets. TOOL is plimsoll, gitleaks, betterleaks, kingfisher or detect-secrets.

A label is found if a finding touches its lines; a finding that touches no label is wrong. The labels
come from a model and are not free of errors: read a sample with --show before trusting a figure.
"""

import argparse
import base64
import collections
import hashlib
import json
import os
import random
import re
import string
import subprocess
import tempfile

EXTENSIONS = set(
    "java py js ts tsx jsx go cs php rb c h cc cpp m swift kt scala rs pl sh bash ps1 bat yml yaml json xml "
    "properties env ini cfg conf cnf toml md txt rst html erb tf tfvars gradle groovy sql config ejs vue j2 "
    "tpl example template sample dist pem key crt pub http ipynb adoc lua ex exs erl hrl dart plist".split()
)
LIKELY = re.compile(
    rb"(?i)(passw|passwd|pwd|passphrase|secret|token|api_?key|access_?key|private_?key|auth|cred|salt|nonce)"
    rb"[\w\-\"'\]]*\s*(=>|:=|=|:|,)\s*([\"'][^\"'\n]{4,}|[^\s\"'(<{$]{5,})"
    rb"|BEGIN [A-Z ]*PRIVATE KEY|://[^/\s:@]+:[^/\s@]+@|(Bearer|Basic) [A-Za-z0-9+/=._-]{12,}"
)
LARGEST = 200_000
QUOTAS = {"test": 70, "src": 60, "other": 40}

# Rules of the oracle that mark no secrets.
NO_SECRETS = {"UUID", "Dropbox App secret", "Firebase Domain", "AWS S3 Bucket", "IPv4", "IPv6", "JWK"}
MARK = re.compile(
    r"(0x|gh[pousr]_|glpat-|[sr]k_(?:test|live)_|xox.-|AKIA|ASIA|AIza|ya29\.|SG\.|SWMTKN-1-|Bearer |Basic |npm_|"
    r"pypi-|SK(?=[0-9a-f]{32})|AC(?=[0-9a-f]{32}))?"
)


def part_of(path):
    if re.search(r"test|spec|fixture|mock", path):
        return "test"
    return "src" if re.search(r"/(src|lib|app|pkg|cmd|include)/", path) else "other"


def pick(trees, raw):
    rng = random.Random(7)
    for tree in sorted(os.listdir(trees)):
        root = os.path.join(trees, tree)
        files = []
        for folder, folders, names in os.walk(root):
            folders.sort()
            for name in sorted(names):
                path = os.path.join(folder, name)
                extension = name.rsplit(".", 1)[-1].lower()
                if extension not in EXTENSIONS or os.path.islink(path) or os.path.getsize(path) > LARGEST:
                    continue
                with open(path, "rb") as file:
                    data = file.read()
                if LIKELY.search(data) or rng.random() < 0.03:
                    files.append((path, extension, data))
        rng.shuffle(files)
        left = dict(QUOTAS)
        for path, extension, data in files:
            part = part_of(path[len(root):].lower())
            if left[part]:
                left[part] -= 1
                digest = hashlib.sha256(path[len(trees):].encode()).hexdigest()[:8]
                write(os.path.join(raw, tree, part, f"{digest}.{extension}"), data)


def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)


class Disguise:
    """Replaces values by random ones of the same shape; the same value always by the same one."""

    def __init__(self):
        self.rng = random.Random(11)
        self.known = {}

    def of(self, tree, value):
        if (tree, value) not in self.known:
            self.known[tree, value] = self.token(value) or self.plain(value)
        return self.known[tree, value]

    def letters(self, text):
        pools = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
        return "".join(next((self.rng.choice(pool) for pool in pools if c in pool), c) for c in text)

    def plain(self, value):
        mark = MARK.match(value).group(0)
        rest = value[len(mark):]
        for digits in ("0123456789abcdef", "0123456789ABCDEF"):
            if len(rest) >= 16 and set(rest) <= set(digits):
                return mark + "".join(self.rng.choice(digits) for _ in rest)
        return mark + self.letters(rest)

    def token(self, value):
        """A JSON Web Token stays one that decodes."""
        parts = value.split(".")
        if not value.startswith("eyJ") or len(parts) < 3:
            return None
        try:
            told = [json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in parts[:2]]
        except ValueError:
            return None
        for claims in told:
            for name, text in claims.items():
                if isinstance(text, str) and name not in ("alg", "typ"):
                    claims[name] = self.letters(text)
        told = [base64.urlsafe_b64encode(json.dumps(c, separators=(",", ":")).encode()).decode().rstrip("=") for c in told]
        return ".".join(told + [self.letters(part) for part in parts[2:]])


def plant(raw, oracle, target):
    with open(oracle, encoding="utf-8") as file:
        found = json.load(file)
    edits, spans = collections.defaultdict(list), {}
    for entry in found:
        lines = [line for line in entry["line_data_list"] if line["value_start"] >= 0]
        if entry["rule"] in NO_SECRETS or not lines:
            continue
        path = os.path.relpath(lines[0]["path"], raw)
        is_key = entry["rule"] == "PEM Private Key"
        lines = lines if is_key else lines[:1]
        for line in lines:
            if not line["value"].startswith("-----"):
                edits[path].append((line["line_num"], line["value_start"], line["value"]))
        spans.setdefault((path, lines[0]["line_num"]), (lines[-1]["line_num"], entry["rule"]))
    disguise, changed = Disguise(), set()
    for folder, folders, names in os.walk(raw):
        folders.sort()
        for name in sorted(names):
            path = os.path.relpath(os.path.join(folder, name), raw)
            with open(os.path.join(raw, path), "rb") as file:
                lines = file.read().decode("utf-8", "surrogateescape").split("\n")
            before = None
            for number, start, value in sorted(set(edits[path]), reverse=True):
                line = lines[number - 1]
                at = start if line.startswith(value, start) else line.find(value)
                if at < 0 or (before and before[0] == number and at + len(value) > before[1]):
                    continue
                lines[number - 1] = line[:at] + disguise.of(path.split(os.sep)[0], value) + line[at + len(value):]
                before = (number, at)
                changed.add((path, number))
            write(os.path.join(target, "files", path), "\n".join(lines).encode("utf-8", "surrogateescape"))
    labels = [
        {"path": path, "first": first, "last": last, "class": rule}
        for (path, first), (last, rule) in sorted(spans.items())
        if any((path, number) in changed for number in range(first, last + 1))
    ]
    write(os.path.join(target, "labels.json"), json.dumps(labels, indent=1).encode())
    print(f"{len(labels)} labels")


def run(command, folder):
    return subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout


def plimsoll(program, folder):
    told = json.loads(run([program, "check", "--no-config", "--only", "secret", "--format", "json", "."], folder))
    for finding in told["findings"]:
        place = finding["range"]
        yield finding["path"], place["start"]["line"], place["end"]["line"], f"{finding['rule']} {finding['severity']}"


def gitleaks(program, folder):
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        run([program, "dir", ".", "--no-banner", "-f", "json", "-r", report.name], folder)
        for finding in json.load(report):
            yield finding["File"], finding["StartLine"], finding["EndLine"], finding["RuleID"]


def betterleaks(program, folder):
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        run([program, "--no-color", "-s", "-o", report.name, "."], folder)
        for finding in json.load(report)["findings"]:
            place = finding["location"]
            yield place["path"], place["start_line"], place["end_line"], f"{finding['rule_id']} {finding['confidence']}"


def kingfisher(program, folder):
    told = run([program, "scan", ".", "--no-validate", "--format", "jsonl", "--git-history", "none", "--quiet"], folder)
    for line in told.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        for one in entry if isinstance(entry, list) else [entry]:
            if "finding" in one:
                yield one["finding"]["path"], one["finding"]["line"], one["finding"]["line"], one["rule"]["id"]


def detect_secrets(program, folder):
    for path, entries in json.loads(run([program, "scan", "--all-files", "-n", "."], folder))["results"].items():
        for entry in entries:
            yield path, entry["line_number"], entry["line_number"], entry["type"]


TOOLS = {
    "plimsoll": plimsoll,
    "gitleaks": gitleaks,
    "betterleaks": betterleaks,
    "kingfisher": kingfisher,
    "detect-secrets": detect_secrets,
}


def score(target, tool, program, show):
    folder = os.path.join(target, "files")
    with open(os.path.join(target, "labels.json"), encoding="utf-8") as file:
        labels = json.load(file)
    by_line = {
        (label["path"], line): index
        for index, label in enumerate(labels)
        for line in range(label["first"], label["last"] + 1)
    }
    found, wrong = set(), {}
    for path, first, last, rule in TOOLS[tool](program or tool, folder):
        path = os.path.relpath(os.path.join(folder, path), folder)
        touched = {by_line[path, line] for line in range(first, min(last, first + 300) + 1) if (path, line) in by_line}
        found |= touched
        if not touched:
            wrong[path, first] = rule
    precision, recall = len(found) / max(1, len(found) + len(wrong)), len(found) / len(labels)
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    print(f"{tool}: {len(found)} of {len(labels)} found, {len(wrong)} wrong: "
          f"precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}")
    all_of = collections.Counter(label["class"] for label in labels)
    found_of = collections.Counter(labels[index]["class"] for index in found)
    print("  " + ", ".join(f"{name} {found_of[name]}/{count}" for name, count in all_of.most_common()))
    print("  wrong: " + ", ".join(f"{rule} {count}" for rule, count in collections.Counter(wrong.values()).most_common()))
    if show == "wrong":
        places = [(path, line, rule) for (path, line), rule in sorted(wrong.items())]
    elif show == "missed":
        places = [(l["path"], l["first"], l["class"]) for i, l in enumerate(labels) if i not in found]
    else:
        places = []
    for path, line, what in places:
        with open(os.path.join(folder, path), "rb") as file:
            text = file.read().decode("utf-8", "replace").split("\n")[line - 1]
        print(f"{path}:{line}: {what}: {text.strip()[:160]!r}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(required=True, dest="verb")
    verb = verbs.add_parser("pick")
    verb.add_argument("trees")
    verb.add_argument("raw")
    verb = verbs.add_parser("plant")
    verb.add_argument("raw")
    verb.add_argument("oracle")
    verb.add_argument("target")
    verb = verbs.add_parser("score")
    verb.add_argument("target")
    verb.add_argument("tool", choices=TOOLS)
    verb.add_argument("program", nargs="?")
    verb.add_argument("--show", choices=["wrong", "missed"])
    given = vars(parser.parse_args())
    {"pick": pick, "plant": plant, "score": score}[given.pop("verb")](**given)


if __name__ == "__main__":
    main()
