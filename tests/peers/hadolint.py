#!/usr/bin/env python3
"""Compares verdicts with hadolint: which codes does each report for which Dockerfile?

    hadolint.py [--plimsoll PATH] [--hadolint PATH] [--examples] [FILE | FOLDER]...

A verdict is "this code is reported for this file, or not". hadolint.md explains the differences
that remain.
"""

import argparse
import collections
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
# hadolint reports them only where it is told to; both programs are told to.
OFF_BY_DEFAULT = ["DL1001", "DL3057"]
# They say nothing without a configuration of registries or labels.
CONFIGURED = {"DL3026", *(f"DL{n}" for n in (3049, 3050, 3051, 3052, 3053, 3054, 3055, 3056, 3058))}
PARSE_FAILURE = "DL1000"
CODE = re.compile(r"DL\d{4}|SC\d{4}")
NAME = re.compile(r"(^|[.\-_])(dockerfile|containerfile)([.\-_]|$)", re.IGNORECASE)
BATCH = 200


def dockerfiles(places):
    for place in map(pathlib.Path, places):
        if place.is_dir():
            found = (path for path in sorted(place.rglob("*")) if NAME.search(path.name))
            yield from ((str(path), path.read_bytes()) for path in found if path.is_file())
        else:
            yield str(place), place.read_bytes()


def examples():
    """The examples of the rules, those with made-up secrets left out, and those for hadolint's codes."""
    for path in sorted((ROOT / "rules/dockerfile").glob("*.toml")):
        rule = tomllib.loads(path.read_text())
        for kind in ("bad", "good"):
            for number, example in enumerate(rule.get(kind, []), 1):
                text = example.get("text", "")
                is_template = re.search(r"\$\{(rand|join|crc32|bech32|base64|jwt|pem|pemline):", text)
                if "ockerfile" in example.get("path", "Dockerfile") and not is_template:
                    yield f"{path.stem} {kind} {number}", text.encode()
    yield from dockerfiles([ROOT / "fixtures/hadolint"])


def run(command, cwd):
    # Nothing of the user's own configuration may count.
    env = dict(os.environ, HOME=str(cwd), XDG_CONFIG_HOME=str(cwd))
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    return json.loads(done.stdout) if done.stdout.strip() else None


def hadolint(program, folder, names):
    codes = collections.defaultdict(set)
    told = [word for code in OFF_BY_DEFAULT for word in ("--info", code)]
    command = [program, "--no-fail", "--no-color", "-f", "json", *told]
    batches = [names[start : start + BATCH] for start in range(0, len(names), BATCH)]
    for batch in batches:
        found = run([*command, *batch], folder)
        if found is None and len(batch) > 1:
            # One file ends the run of all (`WORKDIR a` does): each alone, then.
            batches += [[name] for name in batch]
        elif found is None:
            codes[batch[0]].add(PARSE_FAILURE)
        else:
            for finding in found:
                codes[finding["file"]].add(finding["code"])
    return codes


def plimsoll(program, folder):
    command = [program, "--profile", "all", "--only", "dockerfile", "--no-config"]
    command += ["--format", "json", "--fail-on", "never", "."]
    codes = collections.defaultdict(set)
    report = run(command, folder) or sys.exit(f"{program} printed nothing")
    for finding in report["findings"]:
        codes[finding["path"]].update(filter(CODE.fullmatch, finding["aliases"]))
    return codes


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("places", nargs="*")
    parser.add_argument("--examples", action="store_true", help="the rules' own examples as well")
    parser.add_argument("--hadolint", default="hadolint")
    parser.add_argument("--plimsoll", default=str(ROOT / "target/debug/plimsoll"))
    parser.add_argument("--code", action="append", help="only differences of this code")
    parser.add_argument("--least", type=float, default=0, help="fail below this share of verdicts, in per cent")
    arguments = parser.parse_args()

    files = list(dockerfiles(arguments.places))
    if arguments.examples:
        files += examples()
    if not files:
        sys.exit("no Dockerfile to compare")
    with tempfile.TemporaryDirectory() as folder:
        names = {}
        for number, (shown, content) in enumerate(files):
            name = f"{number:06}/Dockerfile"
            (pathlib.Path(folder) / name).parent.mkdir()
            (pathlib.Path(folder) / name).write_bytes(content)
            names[name] = shown
        theirs = hadolint(shutil.which(arguments.hadolint) or arguments.hadolint, folder, list(names))
        ours = plimsoll(str(pathlib.Path(arguments.plimsoll).resolve()), folder)
    return compare(names, theirs, ours, arguments)


def compare(names, theirs, ours, arguments):
    unread = [name for name in names if PARSE_FAILURE in theirs[name]]
    judged = [name for name in names if PARSE_FAILURE not in theirs[name]]
    known = sorted({code for name in judged for code in theirs[name] | ours[name]})
    known = [code for code in known if code not in CONFIGURED and code != PARSE_FAILURE]
    missing, extra, agreed = (collections.Counter() for _ in range(3))
    for code in known:
        for name in judged:
            in_theirs, in_ours = code in theirs[name], code in ours[name]
            if in_theirs and in_ours:
                agreed[code] += 1
            elif in_theirs != in_ours:
                (missing if in_theirs else extra)[code] += 1
                wanted = not arguments.code or code in arguments.code
                if wanted and (code.startswith("DL") or arguments.code):
                    print(f"{code} {'missing' if in_theirs else 'extra'}: {names[name]}")
    for name in unread:
        if PARSE_FAILURE not in ours[name]:
            print(f"{PARSE_FAILURE} only hadolint cannot read: {names[name]}")
    for name in judged:
        if PARSE_FAILURE in ours[name]:
            print(f"{PARSE_FAILURE} only plimsoll cannot read: {names[name]}")

    print(f"\n{'code':8}{'both':>7}{'missing':>9}{'extra':>7}{'agreed of those reported':>27}")
    for code in known:
        if code.startswith("DL"):
            reported = agreed[code] + missing[code] + extra[code]
            share = f"{100 * agreed[code] / reported:.1f} %"
            print(f"{code:8}{agreed[code]:>7}{missing[code]:>9}{extra[code]:>7}{share:>27}")
    return summary(known, judged, unread, missing, extra, agreed, arguments.least)


def summary(known, judged, unread, missing, extra, agreed, least):
    print(f"\n{len(judged)} files compared; {len(unread)} more that hadolint cannot read ({PARSE_FAILURE})")
    own = [code for code in known if code.startswith("DL")]
    differ = sum(missing[code] + extra[code] for code in own)
    reported = differ + sum(agreed[code] for code in own)
    verdicts = len(judged) * len(own)
    share = 100 * (verdicts - differ) / max(verdicts, 1)
    of_reported = 100 * (reported - differ) / max(reported, 1)
    print(f"verdicts: {verdicts}, agreed {verdicts - differ} ({share:.2f} %)")
    print(f"reported by either: {reported}, agreed {reported - differ} ({of_reported:.2f} %)")
    shell = [code for code in known if code.startswith("SC")]
    count = sum(missing[code] + agreed[code] for code in shell)
    print(f"apart: {count} verdicts of {len(shell)} SC codes, which --shellcheck gives")
    return 1 if of_reported < least else 0


if __name__ == "__main__":
    sys.exit(main())
