#!/usr/bin/env python3
"""The figures of everyday use: CPU and wall time of whole processes, least and median of 20 runs.

    benches/figures.py [PLIMSOLL]

A repository of 10,000 files with ten staged is made in a temporary folder, and a Cargo.lock of 2,000
packages. With ../shared beside the repository, the lockfile is judged by the full RustSec database.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

RUNS = 20
HERE = os.path.dirname(os.path.abspath(__file__))
SHARED = os.environ.get("PLIMSOLL_SHARED", os.path.join(HERE, "..", "..", "shared"))
RUSTSEC = os.path.join(SHARED, "advisories", "rustsec-advisory-db.tar.zst")


def measure(name, command, folder, env):
    cpu, wall = [], []
    for _ in range(RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.monotonic()
        subprocess.run(command, cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        wall.append(time.monotonic() - start)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    milliseconds = [1000 * f(v) for v in (cpu, wall) for f in (min, statistics.median)]
    print("{:34} CPU {:6.1f} / {:6.1f} ms   wall {:6.1f} / {:6.1f} ms".format(name, *milliseconds))


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def repository(folder, env):
    def git(*args):
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *args], cwd=folder, env=env, check=True, stdout=subprocess.DEVNULL)

    for n in range(10_000):
        write(f"{folder}/d{n // 100}/f{n}.py", f"value = {n}\n\n\ndef name():\n    return value\n")
    git("init", "-q")
    git("add", "-A")
    git("commit", "-q", "-m", "first")
    for n in range(8):
        write(f"{folder}/d{n}/f{n * 100}.py", f"import subprocess\nvalue = {n}\nsubprocess.run(['ls', str(value)])\n")
    write(f"{folder}/Dockerfile", "FROM python:3.13-slim\nRUN apt-get update && apt-get install -y curl\nUSER 10001\n")
    write(f"{folder}/run.sh", "#!/bin/sh\nset -e\ncurl -fsSLo tool https://example.org/tool\n")
    git("add", "-A")


def lockfile(folder):
    packages = "".join(
        f'\n[[package]]\nname = "package-{n}"\nversion = "1.{n % 50}.{n % 7}"\n'
        'source = "registry+https://github.com/rust-lang/crates.io-index"\n'
        f'checksum = "{n:064x}"\ndependencies = [\n "package-{(n + 1) % 1998}",\n]\n'
        for n in range(1998)
    )
    known = "".join(
        f'\n[[package]]\nname = "{name}"\nversion = "{version}"\n'
        'source = "registry+https://github.com/rust-lang/crates.io-index"\n'
        for name, version in (("time", "0.1.43"), ("smallvec", "1.6.0"))
    )
    write(f"{folder}/Cargo.lock", "version = 3\n" + packages + known)


def main():
    plimsoll = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "..", "target", "release", "plimsoll"))
    with tempfile.TemporaryDirectory() as folder:
        env = {"PATH": os.environ["PATH"], "HOME": folder}
        measure("--version", [plimsoll, "--version"], folder, env)
        write(f"{folder}/one/Dockerfile", "FROM debian:12\nUSER 1000\nCMD [\"true\"]\n")
        measure("check, one Dockerfile", [plimsoll, "check", "Dockerfile"], f"{folder}/one", env)
        write(f"{folder}/py/a.py", "import subprocess\nsubprocess.run(['ls'])\n")
        measure("check, one Python file", [plimsoll, "check", "a.py"], f"{folder}/py", env)
        os.mkdir(f"{folder}/repo")
        repository(f"{folder}/repo", env)
        measure("staged, 10 of 10,000 files", [plimsoll, "staged"], f"{folder}/repo", env)
        lockfile(f"{folder}/lock")
        measure("check, 2,000 packages, starter set", [plimsoll, "check", "Cargo.lock"], f"{folder}/lock", env)
        if os.path.exists(RUSTSEC):
            subprocess.run([plimsoll, "db", "import", RUSTSEC], env=env, check=True, stdout=subprocess.DEVNULL)
            measure("check, 2,000 packages, RustSec", [plimsoll, "check", "Cargo.lock"], f"{folder}/lock", env)


main()
