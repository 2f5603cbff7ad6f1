#!/usr/bin/env python3
"""Times the check of dependencies, beside cargo-audit, in one run.

    benches/dependencies.py [PLIMSOLL] [CARGO_AUDIT]

With ../shared beside the repository (or PLIMSOLL_SHARED), three indexes are made: the starter set of the
binary, everything in ../shared/advisories, and that with 250,000 further records of malicious npm
packages. Each judges a Cargo.lock of 2,000 packages, half of them with an advisory, in versions of which
few are affected, and a package-lock.json of 2,000 packages. cargo-audit judges the same Cargo.lock on the
RustSec database. Every command runs 20 times; the least CPU time and the least wall time count, memory is
the most that any run had resident.
"""

import base64
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time

RUNS = 20
PACKAGES = 2000
SYNTHETIC = 250_000
HERE = os.path.dirname(os.path.abspath(__file__))
SHARED = os.environ.get("PLIMSOLL_SHARED", os.path.join(HERE, "..", "..", "shared"))
ADVISORIES = os.path.join(SHARED, "advisories")
SETS = ["Go", "Packagist", "PyPI", "RubyGems", "crates.io"]


def measure(name, command, env, folder=None, runs=RUNS, first=None):
    cpu = wall = float("inf")
    most = 0
    for _ in range(runs):
        start = time.monotonic()
        child = subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(child.pid, 0)
        wall = min(wall, time.monotonic() - start)
        cpu = min(cpu, used.ru_utime + used.ru_stime)
        most = max(most, used.ru_maxrss)
        if os.waitstatus_to_exitcode(status) not in (0, 1):
            sys.exit(f"{' '.join(command)} fails with {status}")
    ratio = f" {cpu / first[0]:8.1f} {wall / first[1]:8.1f}" if first else ""
    print(f"{name:46} {1000 * cpu:9.1f} {1000 * wall:9.1f} {most / 1024:7.1f}{ratio}", flush=True)
    return cpu, wall


def synthetic(path):
    rng = random.Random(1)
    letters = "abcdefghijklmnopqrstuvwxyz0123456789-"
    with open(path, "w", encoding="utf-8") as file:
        for number in range(SYNTHETIC):
            name = "".join(rng.choice(letters) for _ in range(rng.randrange(6, 24))).strip("-") + str(number)
            if number % 5 == 0:
                name = f"@{name[:6]}/{name}"
            day = f"202{number % 6}-{number % 12 + 1:02}-{number % 28 + 1:02}T00:00:00Z"
            affected = {"package": {"ecosystem": "npm", "name": name}}
            if number % 3:
                affected["ranges"] = [{"type": "SEMVER", "events": [{"introduced": "0"}]}]
            else:
                affected["versions"] = [f"{n}.{number % 7}.0" for n in range(number % 4 + 1)]
            affected["database_specific"] = {"cwes": [{"cweId": "CWE-506", "name": "Embedded Malicious Code"}]}
            record = {
                "schema_version": "1.7.4",
                "id": f"MAL-2025-{number}",
                "modified": day,
                "published": day,
                "summary": f"Malicious code in {name} (npm)",
                "details": f"The package {name} was found to contain malicious code.\n\n" + "What it does is this. " * 10,
                "affected": [affected],
                "references": [{"type": "WEB", "url": f"https://example.org/{number}"}],
                "credits": [{"name": "somebody", "type": "FINDER"}],
                "database_specific": {"malicious-packages-origins": [{"sha256": f"{number:064x}", "source": "somebody"}]},
            }
            json.dump(record, file)
            file.write("\n")


def crates():
    """Names of crates that have advisories, with a version that few of them affect."""
    text = subprocess.run(["zstd", "-dc", os.path.join(ADVISORIES, "crates.io.jsonl.zst")], stdout=subprocess.PIPE, check=True).stdout
    found = {}
    for line in text.splitlines():
        for affected in json.loads(line)["affected"]:
            events = [event for r in affected["ranges"] for event in r["events"]]
            fixed = [event["fixed"] for event in events if "fixed" in event]
            name = affected["package"]["name"]
            version = fixed[-1] if fixed else "1.0.0"
            found[name] = version if len(found) % 20 else "0.1.0"
    return sorted(found.items())


def sha(name, version):
    return hashlib.sha256(f"{name} {version}".encode()).hexdigest()


def cargo_lock(path, known):
    packages = known[: PACKAGES // 2]
    packages += [(f"package-{n}", f"1.{n % 50}.{n % 7}") for n in range(PACKAGES - len(packages))]
    packages.sort()
    with open(path, "w", encoding="utf-8") as file:
        file.write("version = 4\n")
        for at, (name, version) in enumerate(packages):
            needs = sorted({packages[(at * 7 + n) % len(packages)][0] for n in range(1, at % 6 + 1)})
            file.write(f'\n[[package]]\nname = "{name}"\nversion = "{version}"\n')
            file.write('source = "registry+https://github.com/rust-lang/crates.io-index"\n')
            file.write(f'checksum = "{sha(name, version)}"\n')
            if needs:
                file.write("dependencies = [\n" + "".join(f' "{need}",\n' for need in needs) + "]\n")


def package_lock(path, advisories):
    rng = random.Random(2)
    names = [f"package-{n}" if n % 4 else f"@scope-{n % 40}/package-{n}" for n in range(PACKAGES - 20)]
    # A few that the starter set, and a few that the synthetic records know.
    names += ["lodash", "minimist", "next", "axios", "express"]
    if os.path.exists(advisories):
        with open(advisories, encoding="utf-8") as file:
            names += [json.loads(file.readline())["affected"][0]["package"]["name"] for _ in range(15)]
    packages = {"": {"name": "root", "version": "1.0.0", "dependencies": {name: "^1.0.0" for name in names[:40]}}}
    for at, name in enumerate(sorted(names)):
        packages[f"node_modules/{name}"] = {
            "version": f"{at % 9}.{at % 31}.{at % 5}",
            "resolved": f"https://registry.npmjs.org/{name}/-/{name.split('/')[-1]}-1.0.0.tgz",
            "integrity": f"sha512-{base64.b64encode(hashlib.sha512(name.encode()).digest()).decode()}",
            "license": "MIT",
            "dependencies": {names[rng.randrange(len(names))]: "^1.0.0" for _ in range(at % 5)},
            "engines": {"node": ">=10"},
        }
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"name": "root", "version": "1.0.0", "lockfileVersion": 3, "requires": True, "packages": packages}, file, indent=2)


def main():
    if "-h" in sys.argv or "--help" in sys.argv:
        sys.exit(__doc__)
    arguments = sys.argv[1:]
    plimsoll = os.path.abspath(arguments[0] if arguments else os.path.join(HERE, "..", "target", "release", "plimsoll"))
    audit = os.path.abspath(arguments[1]) if len(arguments) > 1 else None
    with tempfile.TemporaryDirectory() as folder:
        os.makedirs(f"{folder}/cargo")
        os.makedirs(f"{folder}/npm")
        extra = f"{folder}/synthetic.jsonl"
        files = [os.path.join(ADVISORIES, f"{name}.jsonl.zst") for name in SETS]
        there = all(os.path.exists(file) for file in files)
        synthetic(extra)
        cargo_lock(f"{folder}/cargo/Cargo.lock", crates() if there else [])
        package_lock(f"{folder}/npm/package-lock.json", extra)

        def env(name):
            return {"PATH": os.environ["PATH"], "HOME": f"{folder}/{name}"}

        print(f"{'':46} {'CPU ms':>9} {'wall ms':>9} {'MB':>7} {'CPU x':>8} {'wall x':>8}")
        measure("start: --version", [plimsoll, "--version"], env("none"))
        sets = [("starter", "none", [])]
        if there:
            sets += [("shared", "shared", files), ("shared + 250,000", "all", files + [extra])]
        last = None
        for label, name, inputs in sets:
            os.makedirs(f"{folder}/{name}", exist_ok=True)
            if inputs:
                measure(f"db import: {label}", [plimsoll, "db", "import", *inputs], env(name), runs=2)
            for ecosystem, lock in (("cargo", "Cargo.lock"), ("npm", "package-lock.json")):
                command = [plimsoll, "check", "--no-config", "--only", "dependency", "-f", "concise", lock]
                measured = measure(f"check {lock}: {label}", command, env(name), f"{folder}/{ecosystem}")
                last = measured if ecosystem == "cargo" else last
        if audit and there:
            database = f"{folder}/rustsec"
            os.mkdir(database)
            archive = os.path.join(ADVISORIES, "rustsec-advisory-db.tar.zst")
            subprocess.run(["tar", "--zstd", "-xf", archive, "-C", database, "--strip-components=1"], check=True)
            git = ["git", "-C", database, "-c", "user.name=a", "-c", "user.email=a@example.org"]
            subprocess.run([*git, "init", "-q"], check=True)
            subprocess.run([*git, "add", "-A"], check=True)
            subprocess.run([*git, "commit", "-q", "-m", "database"], check=True)
            command = [audit, "audit", "--no-fetch", "--stale", "--no-yanked", "--db", database, "--file", "Cargo.lock"]
            measure("cargo-audit", command, env("none"), f"{folder}/cargo", first=last)
        elif audit:
            print("cargo-audit: no ../shared/advisories to judge by")


main()
