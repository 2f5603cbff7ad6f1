#!/usr/bin/env python3
"""Times plimsoll's rules for source code beside semgrep with as many rules, on the same tree, in one run.

    benches/source.py PLIMSOLL SEMGREP TREE

semgrep gets a rule for each of ours that is about calls: the same names as plain patterns, without
what ours ask for beyond the name, so that each of its rules does less than ours. Every command runs
RUNS times (3); the least CPU time counts. `pip install semgrep` in a virtual environment of its own.
"""

import itertools
import json
import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile
import tomllib

RUNS = int(os.environ.get("RUNS", "3"))
RULES = pathlib.Path(__file__).resolve().parent.parent / "rules" / "source"
LANGUAGES = {
    "python": ["python"],
    "javascript": ["javascript", "typescript"],
    "go": ["go"],
    "java": ["java"],
    "ruby": ["ruby"],
    "php": ["php"],
    "csharp": ["csharp"],
    "rust": ["rust"],
}
MOST_PATTERNS = 12
# What looks like a call in our rules and is none in the language.
WORDS = {"echo", "unsafe"}


def spelled(name):
    """`a.{b,c}` as `a.b` and `a.c`."""
    pieces = re.split(r"\{([^}]*)\}", name)
    choices = [piece.split(",") if at % 2 else [piece] for at, piece in enumerate(pieces)]
    return ("".join(words) for words in itertools.product(*choices))


def pattern(language, name):
    """A call by this name in semgrep's words; nothing where it has no such words."""
    name = name.replace("()", "").rsplit("/", 1)[-1]
    parts = name.split(".")
    if parts[0] == "new":
        head, parts = "new ", parts[1:]
    else:
        head = ""
    parts = ["$RECEIVER" if part == "*" else part for part in parts]
    if not parts or parts[-1] in WORDS or not all(re.fullmatch(r"\$?[A-Za-z_][A-Za-z0-9_]*", part) for part in parts):
        return None
    if language == "rust" and parts[0] != "$RECEIVER":
        joined = "::".join(parts)
    elif language == "php" and len(parts) > 1:
        of = "->" if parts[0] == "$RECEIVER" else "::"
        joined = of.join([parts[0], parts[-1]])
    else:
        joined = ".".join(parts)
    return f"{head}{joined}(...)"


def rules():
    made = []
    for folder, languages in LANGUAGES.items():
        for path in sorted((RULES / folder).glob("*.toml")):
            rule = tomllib.loads(path.read_text())
            names = [name for clause in rule["pattern"]["any"] for name in called(clause)]
            patterns = {pattern(folder, one) for name in names for one in spelled(name)} - {None}
            if patterns:
                made.append(
                    {
                        "id": f"{folder}-{path.stem}",
                        "languages": languages,
                        "severity": "WARNING",
                        "message": rule["title"],
                        "pattern-either": [{"pattern": p} for p in sorted(patterns)[:MOST_PATTERNS]],
                    }
                )
    return made


def called(clause):
    names = clause.get("call", [])
    return [names] if isinstance(names, str) else names


def measure(command, environment):
    best = None
    for _ in range(RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(command, capture_output=True, env=environment, timeout=3000, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        best = cpu if best is None else min(best, cpu)
    return best, done


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    plimsoll, semgrep, tree = sys.argv[1:]
    made = rules()
    with tempfile.TemporaryDirectory() as scratch:
        file = os.path.join(scratch, "rules.json")
        with open(file, "w") as out:
            json.dump({"rules": made}, out)
        environment = dict(os.environ, HOME=scratch, SEMGREP_SEND_METRICS="off", SEMGREP_ENABLE_VERSION_CHECK="0")
        environment["PATH"] = os.path.dirname(os.path.abspath(semgrep)) + ":" + environment["PATH"]
        theirs, done = measure(
            [semgrep, "scan", "--config", file, "--metrics", "off", "--disable-version-check", "--no-git-ignore",
             "--max-target-bytes", "0", "--json", "--quiet", tree],
            environment,
        )
        try:
            report = json.loads(done.stdout)
        except json.JSONDecodeError:
            sys.exit(f"semgrep: {done.stderr.decode(errors='replace')[-2000:]}")
        ours, done = measure(
            [plimsoll, "check", "--no-config", "--only", "source", "--fail-on", "never", "-f", "json", tree],
            environment,
        )
        found = json.loads(done.stdout)
    print(f"semgrep   {len(made)} rules {theirs:8.2f} s CPU, {len(report['results'])} findings, "
          f"{len(report['paths']['scanned'])} files, {len(report['errors'])} errors")
    print(f"plimsoll  {sum(1 for _ in RULES.glob('*/*.toml'))} rules {ours:8.2f} s CPU, {len(found['findings'])} findings")
    print(f"ratio     {theirs / ours:.1f}")


if __name__ == "__main__":
    main()
